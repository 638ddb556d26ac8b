"""Markdown as GitHub reads it: whatever a text holds, it is shown as that text and does nothing."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from codemod.report import visible
from codemod.report.excerpt import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemod.decide.rule import Rule

_CODE = re.compile(r"(`[^`]+`)")
_MARKUP = re.compile(r"[\\`*_\[\]<>~&$!]")
_LINKING = re.compile(r"([@#])(?=\w)")
_BACKQUOTES = re.compile("`+")


def prose(text: str) -> str:
    """Return a sentence; what stands between backquotes in it is code, nothing else is markup or a mention."""
    parts = _CODE.split(visible(text))
    return "".join(code(part[1:-1]) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    return _LINKING.sub("\\1\u200b", _MARKUP.sub(r"\\\g<0>", text))


def code(text: str) -> str:
    """Return ``text`` as code within a line."""
    shown = visible(text)
    fence = _fence(shown, 1)
    space = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _fence(text: str, least: int) -> str:
    return "`" * max([least, *(len(found) + 1 for found in _BACKQUOTES.findall(text))])


def html_code(text: str) -> str:
    """Return ``text`` as code for places where Markdown is not read, such as a summary."""
    return f"<code>{escape(visible(text))}</code>"


def fenced(shown: Iterable[str], language: str) -> str:
    """Return lines of source as a block of code."""
    block = "\n".join(map(visible, shown))
    fence = _fence(block, 3)
    return f"{fence}{language}\n{block}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already; a heading that ends in ``:`` is of numbers."""
    marks = ["---:" if title.endswith(":") else "---" for title in head]
    titles = [title.removesuffix(":") for title in head]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in (titles, marks, *rows))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def details(summary: str, body: str, *, opened: bool = False) -> str:
    """Return ``body`` folded behind a ``summary``, which is HTML."""
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>\n\n{body}\n\n</details>"


def meaning(rule: Rule) -> str:
    """Return what a rule means, its example and what to do."""
    examples = (("Before", rule.before), ("After", rule.after))
    return "\n\n".join(
        [
            prose(rule.summary),
            *(f"{title}:\n\n{fenced(lines(source), 'python')}" for title, source in examples if source),
            f"What to do: {prose(rule.advice)}",
        ]
    )
