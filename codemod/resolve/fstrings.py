"""Positions inside f-strings, which ``ast`` gets wrong before Python 3.12.

Those f-strings are plain string tokens: their fields hold no backslash, no comment and no quote of the
string's own kind, so splitting them takes no more than counting brackets.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTES = re.compile(r"(?P<prefix>[a-zA-Z]*)(?P<quote>\"\"\"|'''|\"|')")
_STRING = re.compile(r"'''.*?'''|\"\"\".*?\"\"\"|'[^']*'|\"[^\"]*\"", re.DOTALL)


class _Field(NamedTuple):
    start: int
    end: int
    expression: tuple[int, int]
    spec: tuple[int, int] | None
    raw: bool


def mend_positions(node: ast.JoinedStr, segment: str) -> None:
    """Give the expressions in the f-string ``node``, whose source is ``segment``, their true positions.

    The expressions are parsed again where they stand and replaced in place.
    """
    starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", segment))]
    origin = (node.lineno, node.col_offset)
    fields = [
        field
        for body_start, body_end, raw in _bodies(segment, starts)
        for field in _fields(segment, body_start, body_end, raw)
    ]
    _mend_values(node, fields, segment, starts, origin)


def _mend_values(
    node: ast.JoinedStr, fields: list[_Field], segment: str, starts: list[int], origin: tuple[int, int]
) -> None:
    for text in node.values:
        text.end_lineno, text.end_col_offset = text.lineno, text.col_offset
    values = [value for value in node.values if isinstance(value, ast.FormattedValue)]
    for value, field in zip(values, fields, strict=True):
        _place(value, field.start, field.end, segment, starts, origin)
        value.value = _parse(segment, field.expression, starts, origin)
        if isinstance(value.format_spec, ast.JoinedStr) and field.spec:
            _place(value.format_spec, *field.spec, segment, starts, origin)
            nested = list(_fields(segment, *field.spec, field.raw))
            _mend_values(value.format_spec, nested, segment, starts, origin)


def _bodies(segment: str, starts: list[int]) -> Iterator[tuple[int, int, bool]]:
    """The spans between the quotes of each f-string token in an implicit concatenation."""
    wrapped = io.StringIO("(" + re.sub(r"\r\n?", "\n", segment) + ")").readline
    for token in tokenize.generate_tokens(wrapped):
        if token.type != tokenize.STRING:
            continue
        opening = _QUOTES.match(token.string)
        if opening is None or "f" not in opening["prefix"].lower():
            continue
        start, end = (_offset(place, starts) for place in (token.start, token.end))
        yield start + opening.end(), end - len(opening["quote"]), "r" in opening["prefix"].lower()


def _offset(place: tuple[int, int], starts: list[int]) -> int:
    line, column = place
    return starts[line - 1] + column - (1 if line == 1 else 0)


def _fields(text: str, start: int, end: int, raw: bool) -> Iterator[_Field]:
    at = start
    while at < end:
        if not raw and text.startswith("\\N{", at):
            at = text.index("}", at) + 1
        elif text.startswith(("{{", "}}", r"\\"), at):
            at += 2
        elif text[at] == "{":
            field = _field(text, at, raw)
            yield field
            at = field.end
        else:
            at += 1


def _field(text: str, start: int, raw: bool) -> _Field:
    stop = _skip_expression(text, start + 1)
    at = stop
    while text[at] not in ":}":
        at += 1
    spec = None
    if text[at] == ":":
        spec_start = at = at + 1
        while text[at] != "}":
            at = _field(text, at, raw).end if text[at] == "{" else at + 1
        spec = (spec_start, at)
    return _Field(start, at + 1, (start + 1, stop), spec, raw)


def _skip_expression(text: str, at: int) -> int:
    depth = 0
    while True:
        char = text[at]
        if char in "'\"":
            string = _STRING.match(text, at)
            assert string is not None, "the parser accepted this f-string"
            at = string.end()
            continue
        if depth == 0:
            if text[at : at + 2] in ("!=", "==", "<=", ">="):
                at += 2
                continue
            if char in "!:=}":
                return at
        depth += (char in "([{") - (char in ")]}")
        at += 1


def _parse(text: str, span: tuple[int, int], starts: list[int], origin: tuple[int, int]) -> ast.expr:
    expression = ast.parse("(" + text[slice(*span)] + ")", mode="eval").body
    line, column = _position(span[0], text, starts, origin)
    for node in ast.walk(expression):
        if hasattr(node, "lineno"):
            _shift(node, line, column - 1)
    return expression


def _shift(node: ast.AST, line: int, column: int) -> None:
    for line_field, column_field in (("lineno", "col_offset"), ("end_lineno", "end_col_offset")):
        number = getattr(node, line_field)
        if number == 1:
            setattr(node, column_field, getattr(node, column_field) + column)
        setattr(node, line_field, number + line - 1)


def _place(
    node: ast.expr, start: int, end: int, text: str, starts: list[int], origin: tuple[int, int]
) -> None:
    node.lineno, node.col_offset = _position(start, text, starts, origin)
    node.end_lineno, node.end_col_offset = _position(end, text, starts, origin)


def _position(offset: int, text: str, starts: list[int], origin: tuple[int, int]) -> tuple[int, int]:
    """The line and UTF-8 column in the file of an offset in the segment that starts at ``origin``."""
    index = max(i for i, start in enumerate(starts) if start <= offset)
    column = len(text[starts[index] : offset].encode("utf-8", "surrogatepass"))
    return origin[0] + index, column + (origin[1] if index == 0 else 0)
