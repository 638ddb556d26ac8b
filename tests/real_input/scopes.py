"""Names that a change could have left without a binding, in a file and between files."""

from __future__ import annotations

import ast
import builtins
import symtable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .compare import Names

ALWAYS = frozenset(dir(builtins)) | {"__file__", "__path__", "__module__", "__qualname__", "__class__"}


def tables(text: str) -> Iterator[symtable.SymbolTable]:
    """Every scope of a module, the module's own first."""
    pending = [symtable.symtable(text, "module", "exec")]
    while pending:
        table = pending.pop(0)
        yield table
        pending += table.get_children()


def bound(text: str) -> set[str]:
    """The names that a module binds at its top."""
    top, *inner = tables(text)
    names = {item.get_name() for item in top.get_symbols() if item.is_assigned() or item.is_imported()}
    declared = (item for table in inner for item in table.get_symbols() if item.is_declared_global())
    return names | {item.get_name() for item in declared if item.is_assigned() or item.is_imported()}


def unbound(text: str) -> set[str]:
    """The names that a module reads and nothing in it binds."""
    known = bound(text) | ALWAYS
    top, *inner = tables(text)
    read = {item.get_name() for item in top.get_symbols() if item.is_referenced()}
    for table in inner:
        read |= {item.get_name() for item in table.get_symbols() if item.is_referenced() and item.is_global()}
    return read - known


def has_star(text: str) -> bool:
    """Whether a module imports everything from another."""
    return any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        for node in ast.walk(ast.parse(text))
    )


def lost_names(old: str, new: str, names: Names) -> list[str]:
    """What the new file reads unbound although the old one did not."""
    before = unbound(old)
    lost = unbound(new) - before
    if names.factory in before and has_star(old):
        lost -= {names.getter}
    return [f"1: {name} is not bound any more" for name in sorted(lost)]


class Tree:
    """The texts of a tree's files by path, as they were and as they are after the run."""

    def __init__(self, old: dict[str, str], new: dict[str, str]) -> None:
        self.old, self.new = old, new
        self.bound: dict[tuple[bool, str], tuple[set[str], bool]] = {}
        self.found: dict[str, list[str]] = {}

    def modules(self, path: str, statement: ast.ImportFrom) -> list[str]:
        """The files that an import in ``path`` may mean; an absolute one by the end of their paths."""
        module = (statement.module or "").replace(".", "/")
        if statement.level:
            base = (PurePosixPath(path).parents[statement.level - 1] / module).as_posix()
            return [name for name in (f"{base}.py", f"{base}/__init__.py") if name in self.new]
        if module not in self.found:
            ends = (f"/{module}.py", f"/{module}/__init__.py")
            self.found[module] = [name for name in self.new if f"/{name}".endswith(ends)]
        return self.found[module]

    def has(self, path: str, name: str, *, after: bool) -> bool:
        """Whether the module at ``path`` has ``name``, or a star import that may, before or after the run."""
        if (after, path) not in self.bound:
            text = (self.new if after else self.old)[path]
            self.bound[after, path] = bound(text), has_star(text)
        names, star = self.bound[after, path]
        return star or name in names

    def broken_imports(self, names: Names) -> list[str]:
        """Imports of a name from a file of the tree that does not have it after the run.

        An import of the factory that found nothing before the run either is not the run's fault.
        """
        found = []
        for path, text in self.new.items():
            if names.factory not in text and names.getter not in text:
                continue
            for node in ast.walk(parse(text)):
                if isinstance(node, ast.ImportFrom) and (targets := self.modules(path, node)):
                    wanted = {alias.name for alias in node.names} & {names.factory, names.getter}
                    missing = [name for name in sorted(wanted) if self.is_missing(targets, name, names)]
                    found += [f"{path}:{node.lineno}: {name} is not in {targets[0]}" for name in missing]
        return found

    def is_missing(self, targets: list[str], name: str, names: Names) -> bool:
        """Whether none of ``targets`` has ``name`` although one should."""
        expected = name == names.getter or any(self.has(path, name, after=False) for path in targets)
        return expected and not any(self.has(path, name, after=True) for path in targets)


def parse(text: str) -> ast.Module:
    """The tree of a file; empty where it is no Python."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([], [])
