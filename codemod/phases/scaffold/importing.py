"""How a module comes by the session manager: a name that it has, a new import, or one inside the function."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.edits import ImportEdit
from codemod.phases.scaffold.lookup import class_named, is_for_type_checkers, is_type_checking, sources
from codemod.phases.scaffold.naming import ancestors, import_of
from codemod.phases.scaffold.refusal import refused
from codemod.resolve.places import ModuleIndex
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.scaffold.manager import Manager
    from codemod.phases.tree import Tree


@dataclass(frozen=True, slots=True)
class Provision:
    """The ``name`` by which a module has the session manager, and what brings it where it is not there yet: a name
    more in an import, a ``statement`` of the module, or a ``local`` one in the function, where the manager's
    module imports this one.
    """

    name: str
    edits: tuple[ImportEdit, ...] = ()
    statement: str = ""
    local: str = ""


def provision(tree: Tree, index: ModuleIndex, manager: Manager) -> Provision:
    """How a module gets the session manager. RefusedError where the manager's name is taken in it."""
    name, path = manager.imported, index.source.path
    if manager.path == path:
        return Provision(name)
    imports = [n for n in _imports_while_running(index.tree.body) if isinstance(n, ast.ImportFrom)]
    for node in imports:
        for alias in node.names:
            if alias.name == name and _is_of(tree, index, node, alias, manager):
                return Provision(alias.asname or name)
    group = Scopes(index).groups(name).get(index.tree)
    taken = [place for place in group.bindings if not is_for_type_checkers(place)] if group else []
    if taken:
        line = index.source.position(taken[0].start)[0]
        message = f"the name `{name}`, by which the session manager would be imported, is taken"
        raise refused(path, line, message, "Rename one of them.")
    statement = import_of(tree, index, manager.path, name)
    for node in imports:
        if node in index.tree.body and _prefix(node) == statement.rpartition(" ")[0]:
            return Provision(name, edits=(_added(index, node, name),))
    if _needs(tree, manager.path, path):
        return Provision(name, local=statement)
    return Provision(name, statement=statement)


def _is_of(tree: Tree, index: ModuleIndex, node: ast.ImportFrom, alias: ast.alias, manager: Manager) -> bool:
    """Whether an imported name is the manager's: right from its module, or through others that have its class."""
    if manager.path in sources(tree, index, node):
        return True
    cls = class_named(tree, index, alias.asname or alias.name)
    return cls is not None and cls.node is manager.cls and cls.node.name == manager.owner


def _prefix(node: ast.ImportFrom) -> str:
    return "" if node.names[0].name == "*" else f"from {'.' * node.level}{node.module or ''} import"


def _added(index: ModuleIndex, node: ast.ImportFrom, name: str) -> ImportEdit:
    ranks = [_rank(alias.name) <= _rank(name) for alias in node.names]
    position = max(ranks.count(True) - 1, 0)
    return ImportEdit(index.node_start(node), index.node_end(node), position, add=name)


def _rank(name: str) -> tuple[int, str]:
    """Where the usual sorters put a name among others: constants, then classes, then the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _needs(tree: Tree, module: str, other: str) -> bool:
    """Whether importing ``module`` imports ``other`` before it is ready, as far as the source tells. The packages
    that both are in are there before either.
    """
    above = set(ancestors(tree, module))
    before = above & {other, *ancestors(tree, other)}
    pending = list({module, *above} - before)
    passed = {*pending, *before}
    while pending:
        index = tree.module(pending.pop())
        named = set(_imported(tree, index)) if isinstance(index, ModuleIndex) else set()
        found = named.union(*(ancestors(tree, file) for file in named)) - passed
        if other in named | found:
            return True
        passed |= found
        pending += found
    return False


def _imported(tree: Tree, index: ModuleIndex) -> Iterator[str]:
    """The files under the root that a module imports as soon as it is imported itself."""
    path = index.source.path
    for node in _imports_while_running(index.tree.body):
        if isinstance(node, ast.Import):
            found = [file for alias in node.names for file in tree.modules.absolute(path, alias.name)[:1]]
        else:
            found = list(sources(tree, index, node)[:1])
            found += [
                s for f in found for alias in node.names if (s := tree.modules.submodule(f, alias.name))
            ]
        yield from (file for file in found if not file.endswith("/"))


def _imports_while_running(statements: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports among statements and in their blocks, but for those of functions and for type checkers."""
    for node in statements:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_guard = isinstance(node, ast.If) and is_type_checking(node.test)
            blocks = [node, *getattr(node, "handlers", [])]
            for block in blocks:
                for field in ("orelse", "finalbody") if is_guard else ("body", "orelse", "finalbody"):
                    yield from _imports_while_running(getattr(block, field, []))
