"""How something of another module can be used in a module: by an import that is there, or one that it gains."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.rewrite.new_imports import ImportNode, NewImport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.resolve.places import Place
    from codemod.resolve.scopes import Scopes
    from codemod.rewrite.definitions import FunctionNode


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ``name`` that ``modules`` have; those among ``whole`` have it for sure, even where it is not imported."""

    name: str
    modules: tuple[str, ...]
    whole: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The ``expression`` for something of another module, and the import that it needs, if any."""

    expression: str
    new_import: NewImport | None = None


class Names:
    """The names that mean the same above and inside all of some definitions of a module."""

    def __init__(self, scopes: Scopes, nodes: Sequence[FunctionNode]) -> None:
        self.scopes = scopes
        self.nodes = nodes
        self.tree = scopes.index.tree
        self._declared = frozenset(name for node in nodes for name in _declared(node))

    def existing(self, wanted: Wanted) -> Reach | None:
        """What an import that is there makes of a name; None where none surely brings it."""
        statements = [node for node in ast.walk(self.tree) if isinstance(node, ImportNode)]
        for statement in statements:
            for alias in statement.names:
                expression = _brought(statement, alias, wanted)
                if expression and self._is_sure(alias.asname or alias.name, wanted):
                    return Reach(expression)
        return None

    def may_mean(self, function: ast.expr, wanted: Wanted) -> bool:
        """Whether one of the imports that bind it makes an expression, above the definitions, mean what is wanted."""
        written = dotted(function)
        group = self.scopes.groups(written.partition(".")[0]).get(self.tree) if written else None
        return group is not None and any(_expression(place, wanted) == written for place in group.bindings)

    def new(self, wanted: NewImport) -> Reach:
        """An import that the module gains, under another name where its own is taken."""
        name = wanted.name or wanted.module
        while not self.is_free(name):
            name = f"_{name}"
        return Reach(name, wanted if name == (wanted.name or wanted.module) else replace(wanted, asname=name))

    def is_free(self, name: str) -> bool:
        """Whether nothing binds a name in the module or the definitions, or could do so by a star import."""
        return not self.is_bound(name) and (name.startswith("_") or not self._has_stars())

    def is_bound(self, name: str) -> bool:
        """Whether the module or one of the definitions binds a name."""
        return self.is_hidden(name) or self.tree in self.scopes.groups(name)

    def is_hidden(self, name: str) -> bool:
        """Whether one of the definitions binds a name itself, or declares it, so that no use may come before."""
        return name in self._declared or not self.scopes.groups(name).keys().isdisjoint(self.nodes)

    def _has_stars(self) -> bool:
        return any(
            alias.name == "*"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        )

    def _is_sure(self, bound: str, wanted: Wanted) -> bool:
        """Whether ``bound`` means that in the module and in the definitions, and does so before them."""
        group = self.scopes.groups(bound).get(self.tree)
        if group is None or self.is_hidden(bound):
            return False
        first = min(self.scopes.index.node_start(node) for node in self.nodes)
        is_always_bound = len(group.bindings) > 1 or len(group.bindings[0].steps) == 2
        return is_always_bound and all(
            place.start < first and _expression(place, wanted) for place in group.bindings
        )


def dotted(node: ast.expr) -> str:
    """A name, or names joined by dots, as text; empty for any other expression."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return before and f"{before}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _declared(function: FunctionNode) -> Iterator[str]:
    """The names of the ``global`` statements in a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield from node.names


def _expression(place: Place, wanted: Wanted) -> str:
    """The expression for a name where the import at a place binds one for it; else empty."""
    alias, statement = place.node, place.parent()
    if not isinstance(alias, ast.alias) or not isinstance(statement, ImportNode):
        return ""
    return _brought(statement, alias, wanted)


def _brought(statement: ImportNode, alias: ast.alias, wanted: Wanted) -> str:
    """The expression for a name behind an import; empty where it brings neither that nor its module."""
    if isinstance(statement, ast.ImportFrom):
        is_it = not statement.level and statement.module in wanted.modules and alias.name == wanted.name
        return (alias.asname or alias.name) if is_it else ""
    return f"{alias.asname or alias.name}.{wanted.name}" if alias.name in wanted.whole else ""
