"""What the page's scripts get: the sites, changes, errors and warnings of a report, and the rules they name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codemod.model import Finding
from codemod.report import visible
from codemod.report.html.hunks import change_hunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.decide.rule import Rule
    from codemod.model import Report, Site

STATUSES = ("migrated", "review", "blocked", "ignored")
"""What can become of a site, in the order of the bar; ``review`` is migrated with a note."""

_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of the page's list.

    Its source starts in line ``start`` and has three parts: what stands ``ahead`` of the site in its first
    line, the site ``before`` and ``after`` (None where it stays as it is), and what stands ``behind`` it.
    """

    path: str
    line: int
    column: int
    status: str
    kind: str
    findings: tuple[Finding, ...] = ()
    start: int = 0
    ahead: str = ""
    before: str = ""
    after: str | None = None
    behind: str = ""


def tally(report: Report) -> Counter[str]:
    """Return how many sites have each status, and the numbers of changes, errors and warnings."""
    counts = Counter(_status(site) for site in report.sites)
    counts.update(change=len(report.changes), error=len(report.errors), warning=len(report.warnings))
    return counts


class Payload:
    """The reports of one page as values for JSON: a table of paths, one of findings, and the entries by place.

    An entry is the list of its fields, with positions in the tables for its path and findings. The help of a
    finding is None where it is the advice of its rule.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._known = {rule.code: rule for rule in rules}
        self._paths: dict[str, int] = {}
        self._findings: dict[Finding, int] = {}
        self._rows: list[tuple[Any, ...]] = []

    def add(self, report: Report) -> None:
        """Put the entries of a report behind those that are there."""
        entries = sorted(_entries(report), key=lambda entry: (entry.path, entry.line, entry.column))
        self._rows += map(self._row, entries)

    def values(self, *, written: bool) -> dict[str, Any]:
        """Return everything; ``written`` says whether it is done."""
        named = sorted({finding.code for finding in self._findings} & self._known.keys())
        return {
            "written": written,
            "rules": {code: _rule(self._known[code]) for code in named},
            "paths": list(self._paths),
            "findings": [_finding(each, self._known.get(each.code)) for each in self._findings],
            "entries": self._rows,
        }

    def _row(self, entry: _Entry) -> tuple[Any, ...]:
        path = self._paths.setdefault(visible(entry.path), len(self._paths))
        findings = self._findings
        told = [findings.setdefault(each, len(findings)) for each in dict.fromkeys(entry.findings)]
        source = (
            _text(entry.ahead),
            _text(entry.before),
            entry.after and _text(entry.after),
            _text(entry.behind),
        )
        return (path, entry.line, entry.column, entry.status, entry.kind, told, entry.start, *source)


def _entries(report: Report) -> Iterator[_Entry]:
    yield from map(_site, report.sites)
    for change, hunk in zip(report.changes, change_hunks(report), strict=True):
        yield _Entry(
            *(change.path, change.line, 0, "change", change.kind),
            start=hunk.line,
            before=hunk.before,
            after=hunk.after,
        )
    for error in report.errors:
        findings = (Finding(error.code, error.message, ""),)
        yield _Entry(error.path, error.line, 0, "error", "", findings)
    for caution in report.warnings:
        findings = (Finding("", caution.message, ""),)
        yield _Entry(caution.path, caution.line, 0, "warning", "", findings)


def _site(site: Site) -> _Entry:
    """Return the entry of a site; where its lines are not known, spaces stand ahead of it."""
    rows = _NEWLINE.split(site.source)
    return _Entry(
        site.path,
        site.line,
        site.column,
        _status(site),
        site.kind,
        (*site.codes, *site.notes),
        start=site.line,
        ahead=rows[0][: site.column - 1] if site.source else " " * (site.column - 1),
        before=site.before,
        after=site.after,
        behind=rows[-1][site.end_column - 1 :],
    )


def _status(site: Site) -> str:
    return "review" if site.verdict == "migrated" and site.notes else site.verdict


def _text(source: str) -> str:
    return "\n".join(visible(line) for line in _NEWLINE.split(source))


def _finding(finding: Finding, rule: Rule | None) -> tuple[str, str, str | None]:
    advised = rule is not None and finding.help in ("", rule.advice)
    message = "\n".join(map(visible, (finding.message, *finding.output)))
    return finding.code, message, None if advised else visible(finding.help)


def _rule(rule: Rule) -> dict[str, str]:
    texts = ("name", "kind", "summary", "advice", "before", "after")
    return {text: getattr(rule, text) for text in texts}
