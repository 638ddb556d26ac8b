"""The definitions of a module that a piece of its code draws on."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.evidence.definitions import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.evidence.definitions import Definitions


@dataclass(frozen=True, slots=True)
class Closure:
    """The ``parts`` of one module that a definition draws on, itself first, and the names of other modules that
    they use, those of Python's own aside: what is ``outside`` is not looked through.
    """

    parts: tuple[Part, ...]
    outside: tuple[str, ...]

    def nodes(self) -> Iterator[ast.AST]:
        """Yield every node of the parts."""
        for part in self.parts:
            yield from ast.walk(part.node)


def closure(definitions: Definitions, start: Part) -> Closure:
    """Return what ``start`` draws on: the definitions that are named in it, those named in them, and so on."""
    parts = [start]
    seen = {start.name}
    outside: list[str] = []
    for part in parts:
        for name in _names(part.node):
            if name in seen:
                continue
            seen.add(name)
            statement = definitions.statement(start.path, name)
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                if not definitions.is_pythons(start.path, name):
                    outside.append(name)
            elif statement is not None:
                parts.append(Part(start.path, name, statement))
    return Closure(tuple(parts), tuple(outside))


def _names(node: ast.AST) -> Iterator[str]:
    """The names in a piece of code, those in quoted annotations too."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier():
            yield each.value
