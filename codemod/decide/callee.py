"""What a call calls, as far as its name tells after imports are resolved."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.resolve.places import Step
    from codemod.resolve.scopes import Scopes


@dataclass(frozen=True, slots=True)
class Callee:
    """The function of a call.

    ``qualified`` is the dotted name after imports are resolved (``uuid.uuid4``; a built-in by its bare name),
    empty where the name is a local thing. ``written`` is the dotted name as it stands, ``last`` its end.
    ``on_module`` tells that a method's object is an imported module.
    """

    qualified: str
    written: str
    last: str
    is_method: bool
    on_module: bool

    def is_one_of(self, patterns: Iterable[str]) -> bool:
        """Whether one of the dotted-name globs matches what the name means."""
        return bool(self.qualified) and any(fnmatchcase(self.qualified, pattern) for pattern in patterns)

    def matches(self, patterns: Iterable[str]) -> bool:
        """Whether one of the dotted-name globs matches what the name means, or the name as it is written."""
        return self.is_one_of(patterns) or any(
            fnmatchcase(self.written, pattern) for pattern in patterns if self.written
        )


def read_callee(scopes: Scopes, function: ast.expr, steps: tuple[Step, ...]) -> Callee:
    """What ``function``, which stands where ``steps`` lead, calls."""
    parts: list[str] = []
    node = function
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    is_method = bool(parts)
    if not isinstance(node, ast.Name):
        last = parts[-1] if parts else ""
        return Callee("", "", last, is_method, on_module=False)
    qualified, on_module = _qualified(scopes, node.id, parts, steps)
    written = ".".join((node.id, *parts))
    return Callee(qualified, written, (qualified or written).rpartition(".")[2], is_method, on_module)


def _qualified(scopes: Scopes, root: str, parts: list[str], steps: tuple[Step, ...]) -> tuple[str, bool]:
    group = scopes.resolve(root, steps)
    if group is None:
        known = hasattr(builtins, root)
        return (".".join((root, *parts)) if known else ""), False
    imports = [(place.node, place.parent()) for place in group.bindings]
    meanings = {
        _imported(alias, statement, root) for alias, statement in imports if isinstance(alias, ast.alias)
    }
    if len(meanings) != 1 or not all(isinstance(alias, ast.alias) for alias, _ in imports):
        return "", False
    whole, is_module = meanings.pop()
    return ".".join((whole, *parts)), bool(parts) and is_module


def _imported(alias: ast.alias, statement: ast.AST | None, root: str) -> tuple[str, bool]:
    """The dotted name of what an import binds to ``root``, and whether that is surely a module."""
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        is_module = bool(statement.level) and not statement.module
        return f"{module}.{alias.name}".lstrip("."), is_module
    return (alias.name if alias.asname else root), True
