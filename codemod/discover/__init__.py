"""Find the Python files under the root, and say which of them a run may report and write.

A walk finds the files; git, or where it has no answer the ``.gitignore`` files, then says which of them are
ignored. A folder of version control, ``site-packages``, ``node_modules``, ``__pycache__`` or one that holds a
``pyvenv.cfg`` is never entered: nothing in it is listed, tracked or not, unless a PATH names that very file.
A folder that may not be read is passed over.
"""

from __future__ import annotations

import os
import stat
from functools import partial
from typing import TYPE_CHECKING

from codemod.discover.git import NOT_IGNORED, GitListing
from codemod.discover.patterns import ignored_by_files, matcher_of_globs, nothing
from codemod.discover.walk import SUFFIXES, Walked, relative_to, walk
from codemod.errors import UsageError
from codemod.listing import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


def discover(root: str | Path, paths: Sequence[str | Path], exclude: Sequence[str]) -> Selection:
    """List every Python file under ``root`` once, and select some.

    A file is selected when one of ``paths`` names it, or names a folder that it is in and git does not
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
    return _discover(root, paths, exclude, NOT_IGNORED, SUFFIXES)


def check(root: str | Path, paths: Sequence[str | Path], exclude: Sequence[str]) -> None:
    """Raise what ``discover`` would, without a walk over the tree."""
    _places(_base(root), paths)
    matcher_of_globs(exclude)


def discover_tracked(
    root: str | Path, paths: Sequence[str | Path], exclude: Sequence[str]
) -> tuple[str, ...]:
    """List the other files that git tracks, or without git does not ignore; the rest is as in ``discover``."""
    files = _discover(root, paths, exclude, (), ("",))
    return tuple(sorted(path for path in files if not path.endswith(SUFFIXES)))


def _discover(
    root: str | Path,
    paths: Sequence[str | Path],
    exclude: Sequence[str],
    which: tuple[str, ...],
    suffixes: tuple[str, ...],
) -> Selection:
    base = _base(root)
    files, folders = _places(base, paths)
    excluded = matcher_of_globs(exclude)
    ask = partial(GitListing, which=which, suffixes=suffixes)
    listing = ask(base) if folders else None
    walked = walk(base, suffixes)
    for path in files:
        walked.files.put(path)
    ignored: Callable[[str], bool] = nothing
    if listing:
        ignored = _ignored(base, walked, listing, ask) or ignored_by_files(base, walked.ignore_files)

    def selected(path: str) -> bool:
        asked_for = path in files or (path.startswith(folders) and not ignored(path))
        return asked_for and not excluded(path)

    return Selection(walked.files, selected)


def _base(root: str | Path) -> str:
    return os.path.join(os.path.realpath(root), "")


def _places(base: str, paths: Iterable[str | Path]) -> tuple[frozenset[str], tuple[str, ...]]:
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


def _place(base: str, path: str | Path) -> tuple[str, int]:
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{str(path)!r} does not exist") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {getattr(error, 'strerror', error)}") from None
    relative = relative_to(base, os.path.realpath(path))
    if relative is None:
        raise UsageError(
            f"{str(path)!r} is outside the root {os.path.dirname(base)!r}, which the first PATH settles: "
            "run ctxmigrate on it separately, or put a [tool.ctxmigrate] into the pyproject.toml of a folder "
            "above both"
        )
    if stat.S_ISDIR(mode) and not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(f"{str(path)!r} cannot be read: permission denied")
    return relative, mode


def _ignored(
    base: str, walked: Walked, listing: GitListing, ask: Callable[[str], GitListing]
) -> Callable[[str], bool] | None:
    """Tell what git ignores, in the repositories inside the root too; None where git has no answer."""
    kept = listing.kept(walked.repositories)
    if kept is None:
        return None
    for folder in sorted(walked.repositories):
        if folder and (folder in kept or folder[:-1] in kept):
            inside = [inner[len(folder) :] for inner in walked.repositories if inner.startswith(folder)]
            for path in ask(base + folder).kept(inside) or ():
                kept.put(folder + path)
    return frozenset(walked.files.without(kept)).__contains__
