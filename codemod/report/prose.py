"""Lines for people: prose is wrapped to a width; source, paths and names never are."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from codemod.report import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Lines = list[Text]

INDENT = "    "
SOURCE_LINES = 8
_WORD = re.compile(r"(?:`[^`]*`|\S)+\s*")


@dataclass(frozen=True, slots=True)
class Wording:
    """How one report speaks: the codes' names and advice, the width, and whether it tells of things done."""

    names: Mapping[str, str]
    advice: Mapping[str, str]
    width: int
    written: bool

    def done(self, verb: str) -> str:
        """Return ``verb`` for what the run did, or would do."""
        return verb if self.written else f"would be {verb}"

    def coded(self, code: str) -> str:
        """Return ``code`` with its name."""
        return f"{code} {self.names.get(code, '')}".rstrip()


def wrapped(prose: Text, width: int, indent: str = INDENT, hang: str = "") -> Lines:
    """Return ``prose`` in lines of at most ``width`` cells, broken at spaces outside backquotes.

    Each line starts with ``indent``, and from the second on with ``hang`` too.
    """
    breaks: list[int] = []
    used = 0
    for word in _WORD.finditer(prose.plain):
        room = width - len(indent) - (len(hang) if breaks else 0)
        if used and used + cell_len(word[0].rstrip()) > room:
            breaks.append(word.start())
            used = 0
        used += cell_len(word[0])
    first, *rest = prose.divide(breaks)
    return [Text(indent) + first, *(Text(indent + hang) + line for line in rest)]


def beside(first: Text, second: Text, width: int, indent: str = INDENT) -> Lines:
    """Return both on one line where ``width`` has room, else the second wrapped below the first."""
    if first.cell_len + second.cell_len < width:
        return [Text.assemble(first, " ", second)]
    return [first, *wrapped(second, width, indent)]


def quoted(source: str, line: int, indent: str = INDENT) -> Lines:
    """Return the lines of ``source``, numbered from ``line``, without the indentation that they share."""
    lines = dedent(re.sub(r"\r\n?", "\n", source)).split("\n")
    shown = lines if len(lines) <= SOURCE_LINES else lines[: SOURCE_LINES - 1]
    digits = len(str(line + len(lines) - 1))
    rows = [
        Text.assemble((f"{indent}{number:>{digits}} | ", "dim"), visible(text))
        for number, text in enumerate(shown, line)
    ]
    if len(shown) < len(lines):
        rows.append(Text(f"{indent}{'':>{digits}} | ... {len(lines) - len(shown)} more lines", "dim"))
    return rows


def columns(rows: Sequence[tuple[int, Text]], indent: str = INDENT, digits: int = 0) -> Lines:
    """Return a line for each count and its label, the counts aligned and at least ``digits`` wide."""
    digits = max([digits, *(len(str(count)) for count, _ in rows)])
    return [Text.assemble(f"{indent}{count:>{digits}}  ", label) for count, label in rows]


def spaced(blocks: Iterable[Lines]) -> Lines:
    """Return the lines of all ``blocks``, with an empty line on both sides of those with several lines."""
    lines: Lines = []
    previous = 0
    for block in blocks:
        if previous > 1 or (previous and len(block) > 1):
            lines.append(Text())
        lines += block
        previous = len(block)
    return lines


def printed(parts: Iterable[Lines], color: bool) -> str:
    """Return the lines of all ``parts``, with an empty line between those that have any."""
    lines: Lines = []
    for number, part in enumerate(filter(None, parts)):
        lines += [Text(), *part] if number else part
    if not color:
        return "".join(f"{line.plain.expandtabs().rstrip()}\n" for line in lines)
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard")
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True, highlight=False)
    return out.getvalue()
