"""From a template to code in the style of a tree.

The templates are written with four spaces, double quotes and lines of any length; docstrings and comments in them
keep to 79 characters and hold no double quotes. What is put into them stays as it is.
"""

from __future__ import annotations

import re
import tokenize
from functools import cache
from importlib.resources import files
from io import StringIO
from itertools import pairwise
from keyword import iskeyword
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.style import Style

_INDENTATION = re.compile(r"^(?: {4})+", re.MULTILINE)
_STRING = re.compile(r"""(?<!")"(?!")([^"'\n]*)"(?!")""")
_TAB_WIDTH = 4
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def render(template: str, style: Style, **values: object) -> str:
    r"""The code that ``template`` makes of ``values``; its lines end with ``\n`` whatever the style says."""
    text = files(__name__.rpartition(".")[0]).joinpath(template).read_text("utf-8")
    text = _INDENTATION.sub(lambda match: style.indent * (len(match[0]) // 4), text)
    text = _STRING.sub(rf"{style.quote}\1{style.quote}", text)
    return fitted(_engine().from_string(text).render(**values), style)


def fitted(code: str, style: Style) -> str:
    """``code`` with the statements that are longer than a line of ``style`` put on several, if they have brackets."""
    lines = code.split("\n")
    for row, brackets in _one_liners(code):
        line = lines[row]
        if len(line.expandtabs(_TAB_WIDTH)) > style.line_length and brackets:
            lines[row] = _spread(line, brackets[0 if _is_def(line) else -1], style)
    return "\n".join(lines)


def fitted_import(statement: str, style: Style) -> str:
    """A ``from`` import of one name, in brackets on lines of its own where it is too long for one."""
    if len(statement) <= style.line_length:
        return statement
    head, _, name = statement.rpartition(" ")
    return f"{head} (\n{style.indent}{name},\n)"


@cache
def _engine() -> Environment:
    return Environment(
        keep_trailing_newline=True, lstrip_blocks=True, trim_blocks=True, undefined=StrictUndefined
    )


class _Bracket(NamedTuple):
    """A pair of brackets on one line: its columns, those of the commas right in it, and whether what is in it
    means the same with a comma behind it.
    """

    start: int
    end: int
    commas: tuple[int, ...]
    takes_comma: bool


def _one_liners(code: str) -> Iterator[tuple[int, list[_Bracket]]]:
    """The row from 0 of every statement on one line, and its outermost brackets."""
    line: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(StringIO(code).readline):
        line.append(token)
        if token.type == tokenize.NEWLINE:
            if line[0].start[0] == token.end[0]:
                yield token.start[0] - 1, list(_brackets(line))
            line = []
        elif token.type in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT) and line == [
            token
        ]:
            line = []


def _brackets(line: Iterable[tokenize.TokenInfo]) -> Iterator[_Bracket]:
    depth = start = 0
    is_call = has_loop = False
    commas: list[int] = []
    before = ""
    for token in line:
        text = token.string if token.type in (tokenize.OP, tokenize.NAME) else ""
        depth += text in _OPENING
        if depth == 1 and text in _OPENING:
            start, commas, has_loop = token.start[1], [], False
            is_call = text == "(" and (
                before in _CLOSING or (before.isidentifier() and not iskeyword(before))
            )
        elif depth == 1 and text == ",":
            commas.append(token.start[1])
        elif depth == 1 and text == "for":
            has_loop = True
        elif text in _CLOSING:
            depth -= 1
            if not depth:
                takes_comma = not has_loop and (is_call or bool(commas))
                yield _Bracket(start, token.start[1], () if has_loop else tuple(commas), takes_comma)
        before = text


def _spread(line: str, bracket: _Bracket, style: Style) -> str:
    """``line`` with what is in the bracket on lines of its own, laid out as the formatters do."""
    outer = line[: len(line) - len(line.lstrip())]
    inner = outer + style.indent
    head, body, tail = line[: bracket.start + 1], line[bracket.start + 1 : bracket.end], line[bracket.end :]
    stops = (bracket.start, *bracket.commas, bracket.end)
    items = [line[start + 1 : end].strip() for start, end in pairwise(stops)]
    fits = len((inner + body).expandtabs(_TAB_WIDTH)) <= style.line_length
    if not bracket.takes_comma or (fits and not _is_def(line)):
        return f"{head}\n{inner}{body}\n{outer}{tail}"
    return "\n".join([head, *(f"{inner}{item}," for item in items if item), outer + tail])


def _is_def(line: str) -> bool:
    return line.lstrip().startswith(("def ", "async def "))
