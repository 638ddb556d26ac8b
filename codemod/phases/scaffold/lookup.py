"""Which class under the root a name means."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.resolve.places import ModuleIndex
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.phases.tree import FunctionNode, Tree
    from codemod.resolve.places import Place

_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class that a module under the root defines."""

    index: ModuleIndex
    node: ast.ClassDef

    @property
    def where(self) -> str:
        """Its file and line."""
        return f"{self.index.source.path}:{self.node.lineno}"


def class_named(tree: Tree, index: ModuleIndex, name: str, at: ast.expr | None = None) -> Class | None:
    """The class that a dotted name means where the expression ``at`` stands, by default at the level of the module;
    None where it is no class under the root, or is bound in several ways.
    """
    return _Search(tree).find(index, name, at) if name else None


def dotted_name(node: ast.AST | None) -> str:
    """A name, or names joined by dots, as text; a subscript counts as what is before its bracket. Empty for any
    other expression.
    """
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            before = dotted_name(value)
            return before and f"{before}.{name}"
        case ast.Subscript(value=value):
            return dotted_name(value)
    return ""


def annotated_name(annotation: ast.expr | None) -> str:
    """The dotted name of the class in an annotation, without quotes and ``None``; empty where it has not one."""
    match annotation:
        case ast.Constant(value=str() as text):
            return annotated_name(_expression(text))
        case ast.Subscript(value=value, slice=inner) if dotted_name(value).endswith("Optional"):
            return annotated_name(inner)
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return annotated_name(left)
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
            return annotated_name(right)
    return dotted_name(annotation)


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def returned_values(function: FunctionNode) -> Iterator[ast.expr]:
    """The expressions that the ``return`` statements of a function give, but not those of functions in it."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Return) and node.value:
            yield node.value
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)


def gives_dictionary(function: FunctionNode) -> bool:
    """Whether a function returns a dictionary, by its annotation or, without one, by what it returns."""
    annotated = annotated_name(function.returns)
    if annotated:
        return annotated.rpartition(".")[2] in _MAPPINGS
    return any(isinstance(value, ast.Dict) for value in returned_values(function))


def is_for_type_checkers(place: Place) -> bool:
    """Whether a place stands under ``if TYPE_CHECKING``, and so means nothing while the program runs."""
    tests = (
        step.parent.test for step in place.steps if isinstance(step.parent, ast.If) and step.field == "body"
    )
    return any(is_type_checking(test) for test in tests)


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is ``TYPE_CHECKING``."""
    return dotted_name(test).rpartition(".")[2] == "TYPE_CHECKING"


def sources(tree: Tree, index: ModuleIndex, statement: ast.ImportFrom) -> tuple[str, ...]:
    """The modules under the root that a ``from`` import may mean, the best first."""
    path, module = index.source.path, statement.module or ""
    if statement.level:
        return tree.modules.relative(path, statement.level, module)
    return tree.modules.absolute(path, module)


def import_statement(place: Place) -> str:
    """The import that binds a name, as a statement for this name alone; empty for any other binding."""
    alias, statement = place.node, place.parent()
    if not isinstance(alias, ast.alias):
        return ""
    text = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
    if isinstance(statement, ast.ImportFrom):
        return f"from {'.' * statement.level}{statement.module or ''} {text}"
    return text


class _Search:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.asked: list[tuple[str, str]] = []

    def find(self, index: ModuleIndex, name: str, at: ast.expr | None = None) -> Class | None:
        """The class of that name; None where it is none, or where imports lead in a circle."""
        asked = index.source.path, name
        if asked in self.asked:
            return None
        self.asked.append(asked)
        try:
            return self._find(index, name, at)
        finally:
            self.asked.pop()

    def _find(self, index: ModuleIndex, name: str, at: ast.expr | None) -> Class | None:
        first, _, rest = name.partition(".")
        scopes = Scopes(index)
        group = scopes.resolve(first, index.steps_to(index.node_start(at))) if at else None
        group = group or scopes.groups(first).get(index.tree)
        if group is None:
            return self._first(self._stars(index), name)
        found = [self._bound(index, binding, rest) for binding in group.bindings]
        return found[0] if len({each and each.where for each in found}) == 1 else None

    def _bound(self, index: ModuleIndex, binding: Place, rest: str) -> Class | None:
        node, statement = binding.node, binding.parent()
        if isinstance(node, ast.ClassDef) and binding.role == "class" and not rest:
            return Class(index, node)
        if not isinstance(node, ast.alias):
            return None
        if isinstance(statement, ast.ImportFrom):
            return self._imported(sources(self.tree, index, statement), node.name, rest)
        module = node.name if node.asname else node.name.partition(".")[0]
        package, _, name = f"{module}.{rest}".rpartition(".")
        return self._first(self.tree.modules.absolute(index.source.path, package), name) if rest else None

    def _imported(self, sources: Iterable[str], name: str, rest: str) -> Class | None:
        if not rest:
            return self._first(sources, name)
        submodules = (self.tree.modules.submodule(source, name) for source in sources)
        return self._first(filter(None, submodules), rest)

    def _first(self, paths: Iterable[str], name: str) -> Class | None:
        indexes = (self.tree.module(path) for path in paths if not path.endswith("/"))
        found = (self.find(index, name) for index in indexes if isinstance(index, ModuleIndex))
        return next(filter(None, found), None)

    def _stars(self, index: ModuleIndex) -> Iterator[str]:
        for node in index.tree.body:
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                yield from sources(self.tree, index, node)
