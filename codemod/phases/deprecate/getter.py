"""The getter as the factory's module can call it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from codemod.decide.reached import Reached
from codemod.model import Remark
from codemod.resolve.places import ModuleIndex
from codemod.resolve.signatures import is_overload

if TYPE_CHECKING:
    from codemod.model import Site
    from codemod.phases.tree import Definition, FunctionNode, Tree
    from codemod.resolve.origin import Origin

_OTHERWISE = "Let the getter make the context without the factory."
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Getter:
    """The definition of the getter and ``where`` that is. Where the factory's module does not have it by name,
    ``imported`` is the statement that gets it.
    """

    node: FunctionNode
    where: str
    imported: str = ""


def find_getter(tree: Tree, factory: Definition) -> Getter | Remark:
    """The getter that the factory can call; why it cannot."""
    config, path = tree.config, factory.path
    name = config.getter_name
    here = tree.links.export(path, name)
    files = tree.modules.absolute(path, config.getter_module) if config.getter_module else (here.module,)
    if here.kind == "function" and here.module in files and tree.links.has_at_run_time(path, name):
        return _getter(tree, factory, here, "")
    there = tree.links.member(files[0], name) if config.getter_module and files else None
    if there and there.kind == "function":
        return _getter(tree, factory, there, f"from {config.getter_module} import {name}")
    return Remark(
        path,
        factory.line,
        f"the getter `{config.getter}` is no function that this module has by name",
        "Define it there, or import it; or name its module: `getter` in [tool.ctxmigrate].",
    )


def _getter(tree: Tree, factory: Definition, origin: Origin, imported: str) -> Getter | Remark:
    """The getter that ``origin`` leads to, unless it needs the factory itself."""
    name = tree.config.factory_name
    definitions = (each for each in tree.definitions(origin.name) if not each.is_stub)
    getter = next((each for each in definitions if each.path == origin.module), None)
    nodes = [node for node in getter.nodes if not is_overload(node)] if getter else []
    if getter is None or not nodes:
        message = f"the getter `{tree.config.getter}` is only declared, in {origin.module}"
        return Remark(factory.path, factory.line, message, "Define it, or deprecate without --delegate.")
    line = factory_use(getter, name)
    if line:
        message = f"the getter needs `{name}` itself: they would call each other for ever"
        return Remark(origin.module, line, message, _OTHERWISE)
    if site := _site_within(tree, getter):
        message = f"the getter comes to this `{name}` by what it calls: they would call each other for ever"
        return Remark(site.path, site.line, message, _OTHERWISE)
    return Getter(nodes[-1], f"{origin.module}:{nodes[-1].lineno}", imported)


def _site_within(tree: Tree, getter: Definition) -> Site | None:
    """The first use of the factory in what the getter calls in any module."""
    called = Reached(tree.links, partial(_index, tree)).from_function(getter.path, getter.name)
    for site in tree.report.sites:
        index = _index(tree, site.path) if site.path in called else None
        if index and site.kind in ("call", "reference", "dynamic"):
            at = index.source.line_starts[site.line - 1] + site.column - 1
            if any(span.start <= at < span.end for _, span in called[site.path]):
                return site
    return None


def _index(tree: Tree, path: str) -> ModuleIndex | None:
    index = tree.module(path)
    return index if isinstance(index, ModuleIndex) else None


def factory_use(getter: Definition, name: str) -> int:
    """The line where the getter uses ``name``, by itself or by what it uses of its module; 0 for nowhere."""
    module = getter.index.tree
    names = {name, *_aliases(module, name)}
    known = {node.name: node for node in module.body if isinstance(node, _DEFINITIONS)}
    pending: list[ast.AST] = list(getter.nodes)
    seen = set(pending)
    while pending:
        for node in ast.walk(pending.pop()):
            if not isinstance(node, (ast.Name, ast.Attribute)):
                continue
            used = node.id if isinstance(node, ast.Name) else node.attr
            if used in names:
                return node.lineno
            if used in known and known[used] not in seen:
                seen.add(known[used])
                pending.append(known[used])
    return 0


def _aliases(module: ast.Module, name: str) -> set[str]:
    """The other names that imports give to ``name``."""
    statements = (node for node in ast.walk(module) if isinstance(node, ast.ImportFrom))
    return {
        alias.asname for node in statements for alias in node.names if alias.name == name and alias.asname
    }
