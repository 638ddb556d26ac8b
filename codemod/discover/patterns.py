"""Patterns as in a ``.gitignore``: those of such files, and the globs of the configuration."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from codemod.errors import UsageError
from codemod.listing import folder_of, folders_of
from codemod.root import upwards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pathspec import GitIgnoreSpec


def ignored_by_files(base: str, folders: Iterable[str]) -> Callable[[str], bool]:
    """Ask the ``.gitignore`` files; in a work tree that git cannot read, those above the root too."""
    top = next(
        (folder for folder in upwards(base[:-1]) if os.path.lexists(os.path.join(folder, ".git"))), base
    )
    top = os.path.join(top, "")
    below = base[len(top) :].replace(os.sep, "/")
    matched = _matcher(_specs(top, [*folders_of(below), *(below + folder for folder in folders)]))
    return lambda path: matched(below + path)


def _specs(top: str, folders: Iterable[str]) -> dict[str, GitIgnoreSpec]:
    specs: dict[str, GitIgnoreSpec] = {}
    for folder in folders:
        name = f"{top}{folder}.gitignore"
        if os.path.isfile(name) and not os.path.islink(name):
            with suppress(OSError), open(name, "rb") as file:
                text = os.fsdecode(file.read().removeprefix(b"\xef\xbb\xbf"))
                specs[folder] = _spec(line for line in text.split("\n") if _is_pattern(line))
    return specs


def matcher_of_globs(exclude: Sequence[str]) -> Callable[[str], bool]:
    """Tell which paths match the globs, which stand at the root. Raises UsageError for one that is no pattern."""
    for glob in exclude:
        if not _is_pattern(glob):
            raise UsageError(
                f"exclude: {glob!r} is no pattern as in a .gitignore, such as 'tests/' or '/app/old_*.py'"
            )
    return _matcher({"": _spec(exclude)}) if exclude else nothing


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
        for folder in folders_of(path):
            if folder in specs:
                include = specs[folder].check_file(_ended(path[len(folder) :])).include
                if include is not None:
                    return include
        return False

    def matched(path: str) -> bool:
        folder, unknown = folder_of(path), []
        while folder not in known:
            unknown.append(folder)
            folder = folder_of(folder)
        for folder in reversed(unknown):
            known[folder] = known[folder_of(folder)] or decided(folder)
        return known[folder_of(path)] or decided(path)

    return matched


def nothing(_: str) -> bool:
    """Match no path."""
    return False
