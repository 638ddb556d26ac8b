"""What a call calls, as far as its name tells after imports are resolved."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from codemod.resolve.attributes import split_attributes
from codemod.resolve.facts import ImportSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.resolve.places import Step
    from codemod.resolve.scopes import Scopes


@dataclass(frozen=True, slots=True)
class Callee:
    """The function of a call.

    ``qualified`` is the dotted name after imports are resolved (``uuid.uuid4``; a built-in by its bare name; with
    the leading dots of a relative import), empty where the name is a local thing. ``written`` is the dotted name
    as it stands, ``last`` its end. ``on_module`` tells that a method's object is an imported module, or may be one.
    """

    qualified: str
    written: str
    last: str
    is_method: bool
    on_module: bool

    def is_one_of(self, patterns: Iterable[str]) -> bool:
        """Whether one of the dotted-name globs matches what the name means."""
        return bool(self.qualified) and any(fnmatchcase(self.qualified, pattern) for pattern in patterns)

    @property
    def name_in_settings(self) -> str:
        """The name by which a setting may have it: without leading dots, or as it is written."""
        return self.qualified.lstrip(".") or self.written

    def matches(self, patterns: Iterable[str]) -> bool:
        """Whether one of the dotted-name globs of a setting matches what the name means, or as it is written."""
        names = [name for name in (self.name_in_settings, self.written) if name]
        return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


IsModule = Callable[[ImportSpec], bool]
"""Tells whether an import surely brings a module."""


def read_callee(scopes: Scopes, is_module: IsModule, function: ast.expr, steps: tuple[Step, ...]) -> Callee:
    """What ``function``, which stands where ``steps`` lead, calls."""
    node, parts = split_attributes(function)
    if not isinstance(node, ast.Name):
        last = parts[-1] if parts else ""
        return Callee("", "", last, bool(parts), on_module=False)
    whole, on_module = _meaning(scopes, is_module, node.id, steps)
    qualified = ".".join((whole, *parts)) if whole else ""
    written = ".".join((node.id, *parts))
    last = (qualified or written).rpartition(".")[2]
    return Callee(qualified, written, last, bool(parts), on_module=bool(parts) and on_module)


def _meaning(scopes: Scopes, is_module: IsModule, name: str, steps: tuple[Step, ...]) -> tuple[str, bool]:
    """The dotted name of what a name means (empty for a local thing), and whether that may be a module."""
    group = scopes.resolve(name, steps)
    if group is None:
        return (name if hasattr(builtins, name) else ""), False
    meanings = {_imported(is_module, place.node, place.parent(), name) for place in group.bindings}
    if len(meanings) == 1:
        return meanings.pop()
    return "", any(on_module for _, on_module in meanings)


def _imported(is_module: IsModule, alias: ast.AST, statement: ast.AST | None, name: str) -> tuple[str, bool]:
    if not isinstance(alias, ast.alias):
        return "", False
    if not isinstance(statement, ast.ImportFrom):
        return (alias.name if alias.asname else name), True
    spec = ImportSpec(statement.level, statement.module or "", alias.name)
    dotted = ".".join(filter(None, (spec.module, alias.name)))
    return "." * spec.level + dotted, is_module(spec)
