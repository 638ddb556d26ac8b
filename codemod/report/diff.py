"""The unified diff of what a run would write, for ``git apply`` and ``patch -p1``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from moreorless import unified_diff as text_diff

from codemod.report.stretches import Block, changed

if TYPE_CHECKING:
    from codemod.model import FilePlan

# A diff's lines end at \n alone. str.splitlines ends them at these characters too: they go through disguised.
_DISGUISES = {code: 0xE000 + code for code in (0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85)}
_CHARACTERS = {disguise: code for code, disguise in _DISGUISES.items()}
_CONTEXT = 3
"""The lines around a change, as tools that apply a diff expect them."""
_HEADER = re.compile(r"^@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@$", re.M)
_QUOTED = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_LETTERS = dict(zip(b'\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True))


Part = tuple["FilePlan", str]
"""A plan, and what stands between ``a`` or ``b`` and its path."""
Spread = Callable[[Callable[[Part], bytes], Sequence[Part]], Iterable[bytes]]
"""A ``map`` that other processes may do."""


def unified_diff(plans: Iterable[FilePlan], root: str = "", spread: Spread = map) -> bytes:
    """Return the diff of all plans in their order; in bytes, since every file keeps its own encoding.

    ``root`` is the absolute path of the folder that the plans' paths start at, and the diff is applied in.
    A new file must not be empty: there is no form of that which both tools take everywhere.
    """
    return Patch(root).part(plans, spread)


class Patch:
    """A diff that is made part by part, and applied as a whole in the folder ``root``."""

    def __init__(self, root: str) -> None:
        self._prefix = _prefix(root)
        self._guessed = False

    def part(self, plans: Iterable[FilePlan], spread: Spread = map) -> bytes:
        """Return what comes next in it: the diff of these plans."""
        return b"".join(spread(_file_diff, [(plan, self._separator(plan.path)) for plan in plans]))

    def _separator(self, path: str) -> str:
        """Return what stands between ``a`` or ``b`` and the next path: a slash, or some that ``patch`` takes for one.

        In a folder ``x`` of a work tree, ``git apply`` guesses from ``a/x/y.py`` that the paths start at the top
        of the tree, and strips that much from this file's path and all further ones: that many slashes.
        """
        self._guessed = self._guessed or (self._prefix != "" and path.startswith(self._prefix))
        return "/" * (self._prefix.count("/") + 1) if self._guessed else "/"


def _file_diff(part: Part) -> bytes:
    plan, separator = part
    before, after = (content.decode("latin-1").translate(_DISGUISES) for content in (plan.before, plan.after))
    hunks = "".join(_hunks(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    old, new = (_name(side + separator + plan.path) for side in "ab")
    if plan.is_new:
        old = b"/dev/null"
    return b"--- %b\n+++ %b\n" % (old, new) + hunks.translate(_CHARACTERS).encode("latin-1")


def _hunks(olds: Sequence[str], news: Sequence[str]) -> Iterator[str]:
    """The hunks of a diff. Only the lines around changes are compared, since comparing takes a time that grows with the
    square of their number.
    """
    for start, end, new_start, new_end in _windows(changed(olds, news)):
        first, new_first = max(start - _CONTEXT, 0), max(new_start - _CONTEXT, 0)
        text = "".join(olds[first : end + _CONTEXT])
        new_text = "".join(news[new_first : new_end + _CONTEXT])
        _, _, hunks = text_diff(text, new_text, "", _CONTEXT).split("\n", 2)
        yield _HEADER.sub(partial(_moved, by=(first, new_first)), hunks)


def _windows(blocks: Iterable[Block]) -> list[Block]:
    """The blocks; those whose context would touch become one."""
    windows: list[Block] = []
    for start, end, new_start, new_end in blocks:
        if windows and start - windows[-1][1] <= 2 * _CONTEXT:
            windows[-1] = windows[-1][0], end, windows[-1][2], new_end
        else:
            windows.append((start, end, new_start, new_end))
    return windows


def _moved(header: re.Match[str], by: tuple[int, int]) -> str:
    old, new = int(header[1]) + by[0], int(header[3]) + by[1]
    return f"@@ -{old}{header[2]} +{new}{header[4]} @@"


def _prefix(root: str) -> str:
    """Return the path of ``root`` in its git work tree, ending in a slash; empty at the top."""
    folder = Path(root)
    for top in (folder, *folder.parents):
        if os.path.lexists(top / ".git"):
            return "" if top == folder else f"{folder.relative_to(top).as_posix()}/"
    return ""


def _name(path: str) -> bytes:
    """Write a file name as git does: in quotes where it must be, before a tab where it has spaces."""
    raw = os.fsencode(path)
    name = _QUOTED.sub(_escape, raw)
    if name != raw or raw.endswith(b" "):
        name = b'"' + name + b'"'
    return name + b"\t" if b" " in raw else name


def _escape(match: re.Match[bytes]) -> bytes:
    code = match[0][0]
    return f"\\{_LETTERS.get(code, f'{code:03o}')}".encode()
