"""The tool's JSON report, and the text of a file with the positions that the report uses."""

from __future__ import annotations

import io
import json
import re
import tokenize
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

Span = tuple[int, int]
NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Site:
    """One site of the report."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    kind: str
    verdict: str
    codes: tuple[str, ...]
    notes: tuple[str, ...]
    message: str
    help: str
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an import, a re-export or an ``__all__``."""

    path: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the report says."""

    summary: dict[str, int]
    sites: tuple[Site, ...]
    changes: tuple[Change, ...]
    errors: tuple[dict[str, object], ...]


def load(text: str | bytes) -> Report:
    """The report that ``text`` holds."""
    data = json.loads(text)
    sites = ({**site, "codes": tuple(site["codes"]), "notes": tuple(site["notes"])} for site in data["sites"])
    changes = tuple(Change(**change) for change in data["changes"])
    return Report(data["summary"], tuple(Site(**site) for site in sites), changes, tuple(data["errors"]))


class Text:
    """A file's decoded text; offsets count its characters.

    Raises SyntaxError or UnicodeDecodeError where the file's own encoding does not fit it.
    """

    def __init__(self, data: bytes) -> None:
        self.encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        self.text = data.decode(self.encoding)

    @cached_property
    def starts(self) -> list[int]:
        """Where each line starts, and where the text ends."""
        return [0, *(newline.end() for newline in NEWLINE.finditer(self.text)), len(self.text)]

    def _byte_column(self, line: int, column: int) -> int:
        """The offset of a position as ``ast`` gives it. Before Python 3.12 it may be false in an f-string."""
        line = min(line, len(self.starts) - 1)
        start = self.starts[line - 1]
        content = self.text[start : self.starts[line]]
        return start + (
            column if content.isascii() else len(content.encode()[:column].decode(errors="ignore"))
        )

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias | ast.arg) -> Span:
        """Where ``node`` stands."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._byte_column(node.lineno, node.col_offset)
        return start, self._byte_column(node.end_lineno, node.end_col_offset)

    def span_of(self, site: Site) -> Span:
        """Where the report says that ``site`` stands."""
        start = self.starts[site.line - 1] + site.column - 1
        return start, self.starts[site.end_line - 1] + site.end_column - 1

    def line_of(self, offset: int) -> int:
        """The line, from 1, of an offset."""
        return len(NEWLINE.findall(self.text, 0, offset)) + 1

    def cut(self, span: Span) -> str:
        """The text of ``span``."""
        return self.text[slice(*span)]
