"""The comments ``# ctxmigrate: ignore`` and ``# ctxmigrate: ignore[CTX102]``."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemod.source import Source

_MARKER = re.compile(r"ctxmigrate:\s*ignore\b(?:\s*\[(?P<codes>[^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The markers of one file: for each line with one the codes it lists, none where it means all."""

    lines: dict[int, frozenset[str]]

    def between(self, first: int, last: int) -> frozenset[str] | None:
        """What is ignored by markers on the lines from ``first`` to ``last``; None without a marker."""
        found = [codes for line, codes in self.lines.items() if first <= line <= last]
        if not found:
            return None
        return frozenset() if frozenset() in found else frozenset().union(*found)


def read_suppressions(source: Source) -> Suppressions:
    """The markers in the comments of a file that parses."""
    if "ctxmigrate:" not in source.text:
        return Suppressions({})
    lines: dict[int, frozenset[str]] = {}
    text = re.sub(r"\r\n?", "\n", source.text)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        marker = _MARKER.search(token.string) if token.type == tokenize.COMMENT else None
        if marker:
            codes = (marker["codes"] or "").replace(",", " ").split()
            lines[token.start[0]] = frozenset(code.upper() for code in codes)
    return Suppressions(lines)
