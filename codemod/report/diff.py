"""The unified diff of what a run would write, for ``git apply`` and ``patch -p1``."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from moreorless import unified_diff as text_diff

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.model import FilePlan

# A diff's lines end at \n alone. str.splitlines ends them at these characters too: they go through disguised.
_DISGUISES = {code: 0xE000 + code for code in (0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85)}
_CHARACTERS = {disguise: code for code, disguise in _DISGUISES.items()}
_QUOTED = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_LETTERS = dict(zip(b'\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True))


def unified_diff(plans: Iterable[FilePlan]) -> bytes:
    """Return the diff of all plans in their order; in bytes, since every file keeps its own encoding."""
    return b"".join(map(_file_diff, plans))


def _file_diff(plan: FilePlan) -> bytes:
    before, after = (content.decode("latin-1").translate(_DISGUISES) for content in (plan.before, plan.after))
    _, _, hunks = text_diff(before, after, "").split("\n", 2)
    header = b"--- " + _name("a/" + plan.path) + b"\n+++ " + _name("b/" + plan.path) + b"\n"
    return header + hunks.translate(_CHARACTERS).encode("latin-1")


def _name(path: str) -> bytes:
    """Write a file name as git does: in quotes where it must be, before a tab where it has spaces."""
    raw = os.fsencode(path)
    name = _QUOTED.sub(_escape, raw)
    if name != raw:
        name = b'"' + name + b'"'
    return name + b"\t" if b" " in raw else name


def _escape(match: re.Match[bytes]) -> bytes:
    code = match[0][0]
    return f"\\{_LETTERS.get(code, f'{code:03o}')}".encode()
