"""Find the Python files under the root, and say which of them a run may report and write.

A walk finds the files; git, or where it has no answer the ``.gitignore`` files, then says which of them are
ignored. A folder of version control, ``site-packages``, ``node_modules``, ``__pycache__`` or one that holds a
``pyvenv.cfg`` is never entered: nothing in it is listed, tracked or not, unless a PATH names that very file.
A folder that may not be read is passed over.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.model import SourceFile, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pathspec import GitIgnoreSpec

_SUFFIXES = (".py", ".pyi")
_VERSION_CONTROL = frozenset((".git", ".hg", ".svn", ".bzr", ".jj", ".sl", "_darcs", "CVS"))
_NEVER_ENTERED = _VERSION_CONTROL | {"site-packages", "node_modules", "__pycache__"}
_GIT_LISTING = ("git", "-c", "core.fsmonitor=false", "ls-files", "-z")
_NOT_IGNORED = ("-co", "--exclude-standard")
_GIT_POINTERS = frozenset(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"))


def discover(root: Path, paths: Sequence[Path], exclude: Sequence[str]) -> tuple[SourceFile, ...]:
    """List every Python file under ``root`` once, sorted by path.

    A file is ``selected`` when one of ``paths`` names it, or names a folder that it is in and git does not
    ignore it, and in both cases no glob of ``exclude`` matches it. The others are listed for what they use.
    A file that is named counts whatever its suffix and whatever git says of it, since a person asked for it;
    the globs hold for it too, since a hook hands over names without a look at them.

    ``exclude`` holds patterns as in a ``.gitignore`` at the root: ``*.pyi`` and ``tests/`` match at any
    depth, ``/build`` and ``app/legacy`` from the root, ``**`` stands for any folders between; the last match
    wins, so ``!keep.py`` takes a file out again, though not out of a folder that is matched as a whole.

    Every path is the real one. A link to a file counts as that file, if it is a regular one in a folder that
    is walked; links to folders are not followed. The files of a repository inside the root, such as a
    submodule, are treated like all others; its own git says which of them are ignored.

    Raises UsageError for a path that does not exist, is outside ``root``, is neither a file nor a folder or
    is a folder that may not be read, and for a glob that is no pattern.
    """
    return _discover(root, paths, exclude, is_python=True)


def discover_tracked(root: Path, paths: Sequence[Path], exclude: Sequence[str]) -> tuple[str, ...]:
    """List the other files that git tracks, or without git does not ignore; the rest is as in ``discover``."""
    files = _discover(root, paths, exclude, is_python=False)
    return tuple(file.path for file in files if file.selected and not file.path.endswith(_SUFFIXES))


def _discover(
    root: Path, paths: Sequence[Path], exclude: Sequence[str], *, is_python: bool
) -> tuple[SourceFile, ...]:
    base = _base(root)
    files, folders = _places(base, paths)
    excluded = _excluded(exclude)
    tree = _walk(base, _SUFFIXES if is_python else ("",))
    tree.files.update(_link_targets(base, tree))
    ignored = _ignored(base, tree, _NOT_IGNORED if is_python else ()) if folders else _nothing

    def selected(path: str) -> bool:
        asked_for = path in files or (path.startswith(folders) and not ignored(path))
        return asked_for and not excluded(path)

    return tuple(SourceFile(path, selected(path)) for path in sorted(tree.files | files))


def _base(root: Path) -> str:
    return os.path.join(os.path.realpath(root), "")


def _places(base: str, paths: Iterable[Path]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Tell the files that are named from the folders, which end with a slash (the root itself is empty)."""
    files: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        relative, mode = _place(base, path)
        if stat.S_ISREG(mode):
            files.add(relative)
        elif stat.S_ISDIR(mode):
            folders.add(relative and relative + "/")
        else:
            raise UsageError(f"{str(path)!r} is neither a file nor a folder")
    return frozenset(files), tuple(sorted(folders))


def _place(base: str, path: Path) -> tuple[str, int]:
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{str(path)!r} does not exist") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {getattr(error, 'strerror', error)}") from None
    relative = _relative(base, os.path.realpath(path))
    if relative is None:
        raise UsageError(
            f"{str(path)!r} is outside the root {os.path.dirname(base)!r}, which the first PATH settles: "
            "run ctxmigrate on it separately, or put a [tool.ctxmigrate] into the pyproject.toml of a folder "
            "above both"
        )
    if stat.S_ISDIR(mode) and not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(f"{str(path)!r} cannot be read: permission denied")
    return relative, mode


def _relative(base: str, real: str) -> str | None:
    """Cut ``base``, which ends with a separator, off a path; None for a path outside it."""
    if real.startswith(base):
        return real[len(base) :].replace(os.sep, "/")
    return "" if os.path.join(real, "") == base else None


@dataclass(frozen=True, slots=True)
class _Tree:
    """What a walk for ``suffixes`` found. Paths are relative to the root, those of folders end with a slash."""

    suffixes: tuple[str, ...]
    files: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    repositories: list[str] = field(default_factory=list)
    ignore_files: list[str] = field(default_factory=list)


def _walk(base: str, suffixes: tuple[str, ...]) -> _Tree:
    tree = _Tree(suffixes)
    pending = [""]
    while pending:
        folder = pending.pop()
        with suppress(OSError):
            with os.scandir(base + folder) as listing:
                entries = {entry.name: entry for entry in listing}
            if not folder or "pyvenv.cfg" not in entries:
                pending += _enter(tree, folder, entries)
    return tree


def _enter(tree: _Tree, folder: str, entries: Mapping[str, os.DirEntry[str]]) -> list[str]:
    """Note what a folder holds; the result is the folders in it that are to be walked."""
    tree.folders.add(folder)
    if ".git" in entries:
        tree.repositories.append(folder)
    if ".gitignore" in entries:
        tree.ignore_files.append(folder)
    inner = []
    for name, entry in entries.items():
        if entry.is_dir(follow_symlinks=False):
            if name not in _NEVER_ENTERED:
                inner.append(f"{folder}{name}/")
        elif name.endswith(tree.suffixes):
            if entry.is_file(follow_symlinks=False):
                tree.files.add(folder + name)
            elif entry.is_symlink():
                tree.links.append(folder + name)
    return inner


def _link_targets(base: str, tree: _Tree) -> Iterator[str]:
    for link in tree.links:
        real = os.path.realpath(base + link)
        path = _relative(base, real)
        if path and _parent(path) in tree.folders and os.path.isfile(real):
            yield path


def _parent(path: str) -> str:
    """Name the folder that a file or folder is in, with its slash; empty for the root."""
    return path[: path.rstrip("/").rfind("/") + 1]


def _ignored(base: str, tree: _Tree, listing: tuple[str, ...]) -> Callable[[str], bool]:
    kept = _git_files(base, listing)
    if kept is None:
        return _ignored_by_files(base, tree.ignore_files)
    for folder in sorted(tree.repositories):
        if folder and not kept.isdisjoint((folder, folder[:-1])):
            kept.update(folder + path for path in _git_files(base + folder, listing) or ())
    return lambda path: path not in kept


def _git_files(folder: str, listing: tuple[str, ...]) -> set[str] | None:
    """List what git tracks or does not ignore in a folder, a repository inside it as one entry; None if git fails.

    The variables that point git to the repository of a running hook hold for that repository's own folder.
    """
    import subprocess

    environment = {name: value for name, value in os.environ.items() if name not in _GIT_POINTERS}
    try:
        answer = subprocess.run(
            (*_GIT_LISTING, *listing),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return set(os.fsdecode(answer.stdout).split("\0"))


def _ignored_by_files(base: str, folders: Iterable[str]) -> Callable[[str], bool]:
    """Ask the ``.gitignore`` files; in a work tree that git cannot read, those above the root too."""
    upwards = (Path(base), *Path(base).parents)
    top = next((os.path.join(folder, "") for folder in upwards if os.path.lexists(folder / ".git")), base)
    below = base[len(top) :].replace(os.sep, "/")
    matched = _matcher(_specs(top, [*_folders_above(below), *(below + folder for folder in folders)]))
    return lambda path: matched(below + path)


def _folders_above(path: str) -> Iterator[str]:
    while path:
        path = _parent(path)
        yield path


def _specs(top: str, folders: Iterable[str]) -> dict[str, GitIgnoreSpec]:
    specs: dict[str, GitIgnoreSpec] = {}
    for folder in folders:
        name = f"{top}{folder}.gitignore"
        if os.path.isfile(name) and not os.path.islink(name):
            with suppress(OSError), open(name, "rb") as file:
                text = os.fsdecode(file.read().removeprefix(b"\xef\xbb\xbf"))
                specs[folder] = _spec(line for line in text.split("\n") if _is_pattern(line))
    return specs


def _excluded(exclude: Sequence[str]) -> Callable[[str], bool]:
    for glob in exclude:
        if not _is_pattern(glob):
            raise UsageError(
                f"exclude: {glob!r} is no pattern as in a .gitignore, such as 'tests/' or '/app/old_*.py'"
            )
    return _matcher({"": _spec(exclude)}) if exclude else _nothing


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        return any(pattern.include is not None for pattern in GitIgnoreSpec.from_lines([line]).patterns)
    except (ValueError, re.error):
        return False


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    """Read patterns so that they match a path that is ``_ended`` itself, and not by a folder above it."""
    from pathspec import GitIgnoreSpec

    whole = (re.sub(r"(?<!\\)\s+$", "", line) for line in lines)
    return GitIgnoreSpec.from_lines(_ended(re.sub(r"/\*\*(/?)$", r"/**/*\1", line)) for line in whole)


def _ended(path: str) -> str:
    """Mark the end of a path or pattern with a NUL, which no path holds, before the slash of a folder."""
    return path[:-1] + "\0/" if path.endswith("/") else path + "\0"


def _matcher(specs: Mapping[str, GitIgnoreSpec]) -> Callable[[str], bool]:
    """Tell which paths are matched by patterns, given by the folder that they stand in.

    As in git, a folder that is matched takes all in it along, and the nearest file of patterns decides.
    """
    known = {"": False}

    def decided(path: str) -> bool:
        for folder in _folders_above(path):
            if folder in specs:
                include = specs[folder].check_file(_ended(path[len(folder) :])).include
                if include is not None:
                    return include
        return False

    def matched(path: str) -> bool:
        folder, unknown = _parent(path), []
        while folder not in known:
            unknown.append(folder)
            folder = _parent(folder)
        for folder in reversed(unknown):
            known[folder] = known[_parent(folder)] or decided(folder)
        return known[_parent(path)] or decided(path)

    return matched


def _nothing(path: str) -> bool:
    return False
