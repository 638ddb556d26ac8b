"""The text of one file, and the ways between its lines, its characters and its bytes."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

_NEWLINE = re.compile(r"\r\n?|\n")


def line_starts(text: str) -> tuple[int, ...]:
    r"""Return the offsets at which the parser's lines start: only ``\r\n``, ``\r`` and ``\n`` end one."""
    if "\r" in text:
        return (0, *(newline.end() for newline in _NEWLINE.finditer(text)))
    return (0, *accumulate(len(line) + 1 for line in text.split("\n")[:-1]))


@dataclass(frozen=True)
class Source:
    """One decoded file.

    ``text`` is without the byte order mark and keeps its newlines as they are; ``encoding`` is the name of a
    codec, ``bom`` the mark's bytes or empty.
    """

    path: str
    raw: bytes
    text: str
    encoding: str
    bom: bytes

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offsets at which its lines start."""
        return line_starts(self.text)

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a position from ``ast``: the line from 1, the column in UTF-8 bytes from 0."""
        start = self.line_starts[line - 1]
        if self.text.isascii():
            return start + column
        whole = self.text[start : self._end(line)]
        return start + (column if whole.isascii() else len(whole.encode()[:column].decode()))

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a character offset, both from 1, the column in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return the text of a line, counted from 1, without its newline."""
        return self.text[self.line_starts[number - 1] : self._end(number)].rstrip("\r\n")

    def encode(self, text: str) -> bytes:
        """Return the bytes of a whole new text for this file, with its byte order mark.

        Raises UnicodeEncodeError where the file's encoding has no bytes for a character.
        """
        return self.bom + text.encode(self.encoding)

    def _end(self, line: int) -> int:
        return self.line_starts[line] if line < len(self.line_starts) else len(self.text)
