"""Walks a tree for Python files, without following links to folders."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from codemod.listing import Listing, folder_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES = (".py", ".pyi")
_VERSION_CONTROL = frozenset((".git", ".hg", ".svn", ".bzr", ".jj", ".sl", "_darcs", "CVS"))
_NEVER_ENTERED = _VERSION_CONTROL | {"site-packages", "node_modules", "__pycache__"}


class Walked:
    """What a walk found. Paths are relative to the root, those of folders end with a slash.

    ``files`` are the Python files in the folders that were walked, ``links`` links to such, ``repositories``
    the folders with a ``.git``, ``ignore_files`` those with a ``.gitignore``.
    """

    def __init__(self) -> None:
        self.files = Listing()
        self.links: list[str] = []
        self.repositories: list[str] = []
        self.ignore_files: list[str] = []


def walk(base: str, suffixes: tuple[str, ...] = SUFFIXES) -> Walked:
    """Walk the folder ``base``, which ends with a separator, for files with such suffixes."""
    walked = Walked()
    pending = [""]
    while pending:
        folder = pending.pop()
        with suppress(OSError):
            with os.scandir(base + folder) as listing:
                entries = {entry.name: entry for entry in listing}
            if not folder or "pyvenv.cfg" not in entries:
                pending += _enter(walked, folder, entries, suffixes)
    for path in _link_targets(base, walked):
        walked.files.put(path)
    return walked


def relative_to(base: str, real: str) -> str | None:
    """Cut ``base``, which ends with a separator, off a path; None for a path outside it."""
    if real.startswith(base):
        return real[len(base) :].replace(os.sep, "/")
    return "" if os.path.join(real, "") == base else None


def _enter(
    walked: Walked, folder: str, entries: Mapping[str, os.DirEntry[str]], suffixes: tuple[str, ...]
) -> list[str]:
    """Note what a folder holds; the result is the folders in it that are to be walked."""
    files = []
    if ".git" in entries:
        walked.repositories.append(folder)
    if ".gitignore" in entries:
        walked.ignore_files.append(folder)
    inner = []
    for name, entry in entries.items():
        if name.endswith(suffixes):
            if entry.is_file(follow_symlinks=False):
                files.append(name)
            elif entry.is_symlink():
                walked.links.append(folder + name)
        if name not in _NEVER_ENTERED and entry.is_dir(follow_symlinks=False):
            inner.append(f"{folder}{name}/")
    walked.files.add(folder, files)
    return inner


def _link_targets(base: str, walked: Walked) -> list[str]:
    found = []
    for link in walked.links:
        real = os.path.realpath(base + link)
        path = relative_to(base, real)
        if path and folder_of(path) in walked.files.folders and os.path.isfile(real):
            found.append(path)
    return found
