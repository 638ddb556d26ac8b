"""Find the root of a run, and the configuration table that goes with it."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from codemod.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = "[tool.ctxmigrate]"
_MOST = 1_000_000
"""Bytes of a configuration, which is never that long."""
_MOST_PARTS = 5_000
"""Dots in a line of it: for a key of so many parts the time and the memory that TOML takes grow with their square."""


def find(first: str, cwd: str) -> tuple[str, str, dict[str, Any]]:
    """Find the root, and the configuration table at or above it with its file; without one both are empty.

    ``first`` is the first PATH, taken from the folder ``cwd``. Raises UsageError where it does not exist, and
    where a ``pyproject.toml`` on the way cannot be read.
    """
    place = os.path.realpath(os.path.join(cwd, first))
    if not os.path.exists(place):
        raise UsageError(f"{first!r} does not exist")
    above = list(upwards(place if os.path.isdir(place) else os.path.dirname(place)))
    for folder in above:
        file = os.path.join(folder, "pyproject.toml")
        table = _table_of_project(file)
        if table is not None:
            return folder, file, table
    here = os.path.realpath(cwd)
    candidates = (
        *(folder for folder in above if os.path.lexists(os.path.join(folder, ".git"))),
        *(folder for folder in above if folder == here),
        *(folder for folder in above if not os.path.isfile(os.path.join(folder, "__init__.py"))),
        *above,
    )
    return candidates[0], "", {}


def upwards(folder: str) -> Iterator[str]:
    """Yield a folder and all above it, the nearest first."""
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        yield above
        folder = above


def _table_of_project(file: str) -> dict[str, Any] | None:
    if not os.path.isfile(file):
        return None
    data = read(file, file)
    return table_of(file, data) if b"ctxmigrate" in data else None


def read(shown: str, file: str) -> bytes:
    """Return the bytes of a file. Raises UsageError, which calls it ``shown``, where they cannot be had."""
    try:
        with open(file, "rb") as opened:
            data = opened.read(_MOST + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown}: cannot be read: {getattr(error, 'strerror', error)}") from None
    if len(data) > _MOST:
        raise UsageError(f"{shown}: this is too long to be a configuration; right would be less than 1 MB")
    return data


def table_of(file: str, data: bytes) -> dict[str, Any] | None:
    """Return the table in the bytes of a ``pyproject.toml``; None without one. Raises UsageError for no TOML."""
    tool = _parsed(file, data).get("tool")
    table = tool.get("ctxmigrate") if isinstance(tool, dict) else None
    if table is None or isinstance(table, dict):
        return table
    from codemod.keys import kind_of

    raise UsageError(f"{file}: tool.ctxmigrate is {kind_of(table)}; right would be a table, {TABLE}")


def _parsed(file: str, data: bytes) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    for number, row in enumerate(data.split(b"\n"), 1):
        if row.count(b".") > _MOST_PARTS:
            right = f"right would be shorter lines, with at most {_MOST_PARTS} each"
            raise UsageError(f"{file}:{number}: too many dots in a line; {right}")
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: this is no TOML: a byte that is no UTF-8") from None
    except (ValueError, RecursionError) as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else max(len(data.splitlines()), 1)
        raise UsageError(f"{file}:{line}: this is no TOML: {error}") from None
