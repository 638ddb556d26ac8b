"""The other files, such as settings with entry points, that name the factory with its module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.discover import discover_tracked
from codemod.model import FileError, Remark
from codemod.phases.verify.naming import naming_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.phases.tree import Tree

_HELP = "Name what is right instead; or put `ctxmigrate: ignore` on the line, or exclude the file, where it may stay."


def named_in_texts(tree: Tree, exported: Iterable[tuple[str, str]]) -> Iterator[Remark]:
    """The lines of tracked files that name one of the ``exported`` functions, each a file and a name, with the
    module of that file: ``app.deps:make``, ``app.deps.make``.
    """
    by_name: dict[str, set[str]] = {}
    for path, name in exported:
        by_name.setdefault(name, set()).add(tree.dotted(path))
    for path in discover_tracked(tree.root, [tree.root], tree.config.exclude):
        for name, modules in sorted(by_name.items()):
            found = naming_file(tree.root, path, name)
            if isinstance(found, FileError):
                yield Remark(path, found.line, f"may need it: {found.message}", "Make it readable first.")
            elif found and not found.record:
                yield from _dotted(tree, path, name, modules)


def _dotted(tree: Tree, path: str, name: str, modules: Iterable[str]) -> Iterator[Remark]:
    for written in sorted(f"{module}{mark}{name}" for module in modules for mark in ".:"):
        found = naming_file(tree.root, path, written)
        for each in found.mentions if found and not isinstance(found, FileError) else ():
            if not each.ignored:
                yield Remark(path, each.line, f"`{written}` may be looked up by its name", _HELP)
