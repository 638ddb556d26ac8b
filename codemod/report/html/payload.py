"""What the page's scripts get: the sites, changes, errors and warnings of a report, and the rules they name."""

from __future__ import annotations

import re
from collections import Counter
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
_Source = tuple[int, str, str, "str | None", str]
_Entry = tuple[str, int, int, str, str, "tuple[Finding, ...]", _Source]


def tally(report: Report) -> Counter[str]:
    """Return how many sites have each status, and the numbers of changes, errors and warnings."""
    counts = Counter(_status(site) for site in report.sites)
    counts.update(change=len(report.changes), error=len(report.errors), warning=len(report.warnings))
    return counts


def payload(report: Report, rules: Iterable[Rule]) -> dict[str, Any]:
    """Return the report as values for JSON.

    ``entries`` has a row for each site, change, error and warning, in the order of the files: path, line,
    column, status, kind, findings, and the source: its first line's number, what stands before the site, the
    site as it was, as it will be or None, and what stands behind it. A path is its position in ``paths``, a
    finding its position in ``findings``, whose help is None where it is the advice of the rule.
    """
    known = {rule.code: rule for rule in rules}
    paths: dict[str, int] = {}
    findings: dict[Finding, int] = {}
    rows = []
    for path, line, column, status, kind, found, source in sorted(
        _entries(report), key=lambda each: each[:3]
    ):
        place = paths.setdefault(visible(path), len(paths))
        told = [findings.setdefault(each, len(findings)) for each in dict.fromkeys(found)]
        rows.append((place, line, column, status, kind, told, *map(_text, source)))
    return {
        "written": report.written,
        "rules": {
            code: _rule(known[code]) for code in sorted({each.code for each in findings} & known.keys())
        },
        "paths": list(paths),
        "findings": [_finding(each, known.get(each.code)) for each in findings],
        "entries": rows,
    }


def _position(entry: _Entry) -> tuple[str, int, int]:
    return entry[:3]


def _entries(report: Report) -> Iterator[_Entry]:
    for site in report.sites:
        found = (*site.codes, *site.notes)
        yield site.path, site.line, site.column, _status(site), site.kind, found, _source(site)
    for change, hunk in zip(report.changes, change_hunks(report), strict=True):
        yield change.path, hunk.line, 0, "change", change.kind, (), (hunk.start, "", hunk.before, hunk.after, "")
    for error in report.errors:
        found = (Finding(error.code, error.message, ""),)
        yield error.path, error.line, 0, "error", "file", found, (0, "", "", None, "")
    for caution in report.warnings:
        found = (Finding("", caution.message, ""),)
        yield caution.path, caution.line, 0, "warning", "comment", found, (0, "", "", None, "")


def _status(site: Site) -> str:
    return "review" if site.verdict == "migrated" and site.notes else site.verdict


def _source(site: Site) -> _Source:
    """Return the lines of a site in parts; where they are not known, spaces stand before it."""
    if not site.source:
        return site.line, " " * (site.column - 1), site.before, site.after, ""
    rows = _NEWLINE.split(site.source)
    return site.line, rows[0][: site.column - 1], site.before, site.after, rows[-1][site.end_column - 1 :]


def _text(source: str | None) -> str | None:
    return None if source is None else "\n".join(visible(line) for line in _NEWLINE.split(source))


def _finding(finding: Finding, rule: Rule | None) -> tuple[str, str, str | None]:
    advised = rule is not None and finding.help in ("", rule.advice)
    return finding.code, visible(finding.message), None if advised else visible(finding.help)


def _rule(rule: Rule) -> dict[str, str]:
    texts = ("name", "kind", "summary", "advice", "before", "after")
    return {text: getattr(rule, text) for text in texts}
