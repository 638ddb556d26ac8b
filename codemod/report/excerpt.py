"""The source of a site for a report, as it was and as it becomes."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.model import Site

LONGEST = 20
"""The most lines that are shown of one site."""

_NEWLINE = re.compile(r"\r\n?|\n")


def lines(source: str) -> list[str]:
    """Return the lines of ``source`` without the indentation that they share."""
    return dedent("\n".join(_NEWLINE.split(source))).split("\n")


def excerpt(site: Site) -> list[str]:
    """Return the lines of ``site``; those of a migrated one as in a diff."""
    whole = site.source or " " * (site.column - 1) + site.before
    if site.after is None:
        return _cut(lines(whole))
    rows = _NEWLINE.split(whole)
    end = rows[-1][site.end_column - 1 :] if site.source else ""
    both = lines(f"{whole}\n{rows[0][: site.column - 1]}{site.after}{end}")
    return _cut(list(_compared(both[: len(rows)], both[len(rows) :])))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield from (f" {line}" for line in old[start:end])
        else:
            yield from (f"-{line}" for line in old[start:end])
            yield from (f"+{line}" for line in new[new_start:new_end])


def _cut(rows: list[str]) -> list[str]:
    hidden = len(rows) - LONGEST
    return rows if hidden <= 1 else [*rows[:LONGEST], f"... {hidden} more lines"]
