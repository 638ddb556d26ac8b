"""Text edits for whole statements: taking one out, and putting one behind another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.source import Source

_REST_OF_LINE = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?=\r|\n|\Z)")
_REST_OF_STATEMENT = re.compile(r"[ \t\f]*;?[ \t\f]*(?:#[^\r\n]*)?(?=\r|\n|\Z)")
_SEMICOLON_BEHIND = re.compile(r"[ \t\f\\\r\n]*;[ \t\f]*")
_SEMICOLON_BEFORE = re.compile(r"[ \t\f]*;(?:[ \t\f]|\\(?:\r\n?|\n))*\Z")
_CONTINUATION_BEFORE = re.compile(r"\\(?:\r\n?|\n)\Z")


@dataclass(frozen=True, slots=True)
class Splice:
    """Put ``text`` in the place of what is between two offsets."""

    start: int
    end: int
    text: str


def stands_alone(source: Source, start: int, end: int) -> bool:
    """Whether the statement between two offsets shares its lines with nothing but a comment at the end."""
    line_start = source.line_starts[source.position(start)[0] - 1]
    is_last = _REST_OF_STATEMENT.match(source.text, end) is not None
    return is_last and _starts_its_line(source.text, line_start, start)


def remove_statement(source: Source, start: int, end: int) -> Splice:
    """Take the statement between two offsets out, with its line and the comment at the end of it where it
    stands alone there, else with one semicolon.
    """
    text = source.text
    line_start = source.line_starts[source.position(start)[0] - 1]
    rest = _REST_OF_STATEMENT.match(text, end)
    if rest and stands_alone(source, start, end):
        return Splice(line_start, _line_end(text, rest.end()), "")
    behind = _SEMICOLON_BEHIND.match(text, end)
    if behind:
        return Splice(start, behind.end(), "")
    before = _SEMICOLON_BEFORE.search(text, max(line_start - 200, 0), start)
    return Splice(before.start() if before else start, end, "" if before else "pass")


def add_statement(source: Source, start: int, end: int, statement: str) -> Splice:
    """Put a statement behind the one between two offsets: on a line of its own, or behind a semicolon where
    that one shares its line.
    """
    text = source.text
    rest = _REST_OF_LINE.match(text, end)
    line_start = source.line_starts[source.position(start)[0] - 1]
    if not rest or not _starts_its_line(text, line_start, start):
        return Splice(end, end, f"; {statement}")
    indentation = text[line_start:start]
    newline = _newline_at(source, rest.end())
    return Splice(rest.end(), rest.end(), f"{newline}{indentation}{statement}")


def _starts_its_line(text: str, line_start: int, start: int) -> bool:
    """Whether a statement is the first on its line, and no backslash joins that to the line before."""
    is_joined = _CONTINUATION_BEFORE.search(text, max(line_start - 3, 0), line_start)
    return not is_joined and not text[line_start:start].strip()


def _line_end(text: str, offset: int) -> int:
    newline = re.compile(r"\r\n?|\n").match(text, offset)
    return newline.end() if newline else offset


def _newline_at(source: Source, offset: int) -> str:
    newline = re.compile(r"\r\n?|\n").match(source.text, offset) or re.search(r"\r\n?|\n", source.text)
    return newline[0] if newline else "\n"


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text with all splices made."""
    pieces, at = [], 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        pieces += [text[at : splice.start], splice.text]
        at = splice.end
    return "".join([*pieces, text[at:]])
