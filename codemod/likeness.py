"""When the sources of two sites are alike: layout, comments and quotes aside."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from codemod.source import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.model import Site

_STRING = r'"""(?:\\.|.)*?"""|"(?:\\.|[^"\\])*"'
_BREAK = r"(?:[ \t\f\\]*(?:#[^\r\n]*)?[\r\n]+)+[ \t\f]*"
_STRING_OR_BREAK = re.compile(f"""({_STRING}|{_STRING.replace('"', "'")})|{_BREAK}""", re.DOTALL)


def blocked_sources(sites: Sequence[Site]) -> Iterator[tuple[Site, str]]:
    """Yield each blocked site with its source, on one line, as the run leaves it.

    That differs from the site's own source where sites inside of its arguments are migrated. ``sites`` are in
    the order of a report.
    """
    for number, site in enumerate(sites):
        if site.verdict == "blocked":
            yield site, on_one_line(_left(site, _inside(sites, number)))


def on_one_line(source: str) -> str:
    """Return the source of an expression without its line breaks, its comments and its last comma."""
    line = _STRING_OR_BREAK.sub(_joined, source)
    meaning = syntax(source)
    return next((each for each in (re.sub(r",\)$", ")", line), line) if syntax(each) == meaning), source)


def syntax(source: str) -> str:
    """Return what is the same for all spellings of an expression; for what is none, the text itself.

    Two results can be compared if the same Python made them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(f"({source}\n)", mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def _joined(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    before, after = (
        match.string[match.start() - 1 : match.start()],
        match.string[match.end() : match.end() + 1],
    )
    return "" if before in "([{" or after in ")]}" else " "


def _inside(sites: Sequence[Site], number: int) -> Iterator[Site]:
    """Yield the sites that start inside of the one of that number."""
    outer = sites[number]
    for index in range(number + 1, len(sites)):
        site = sites[index]
        if site.path != outer.path or (site.line, site.column) >= (outer.end_line, outer.end_column):
            return
        yield site


def _left(site: Site, inside: Iterator[Site]) -> str:
    """Return the source of ``site`` once the sites in ``inside`` are migrated."""
    text = site.before
    starts = line_starts(text)
    pieces, at = [], 0
    for each in inside:
        start = _offset(site, starts, each.line, each.column)
        if start >= at and each.after is not None:
            pieces += [text[at:start], each.after]
            at = _offset(site, starts, each.end_line, each.end_column)
    return "".join([*pieces, text[at:]])


def _offset(site: Site, starts: Sequence[int], line: int, column: int) -> int:
    """Return where a position in the file is in the source of a site, of which ``starts`` are the lines."""
    return column - site.column if line == site.line else starts[line - site.line] + column - 1
