"""The report as workflow commands of GitHub Actions, which shows each as an annotation at its line.

GitHub shows only the first ten of each level in a step; the step's log has all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.report import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.decide.rule import Rule
    from codemod.model import Report, Site

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report, rules: Iterable[Rule]) -> str:
    """Return a line for each file error, each warning and each finding on a site, or for a site without.

    ``rules`` are those whose codes can be in the report.
    """
    return "".join(f"{line}\n" for line in _commands(report, {rule.code: rule for rule in rules}))


def _commands(report: Report, rules: dict[str, Rule]) -> Iterator[str]:
    for error in report.errors:
        advice = rules[error.code].advice if error.code in rules else ""
        yield _command(
            "error", _place(error.path, error.line), _title(error.code, rules), error.message, advice
        )
    for caution in report.warnings:
        yield _command("warning", _place(caution.path, caution.line), "ctxmigrate", caution.message)
    for site in report.sites:
        yield from _site(site, rules, "migrated" if report.written else "would be migrated")


def _site(site: Site, rules: dict[str, Rule], migrated: str) -> Iterator[str]:
    place = _place(site.path, site.line, site.end_line, site.column, site.end_column)
    verdict = migrated if site.verdict == "migrated" else site.verdict
    blocked = "notice" if site.verdict == "ignored" else "error"
    for level, findings in ((blocked, site.codes), ("warning", site.notes)):
        for finding in dict.fromkeys(findings):
            title = f"{_title(finding.code, rules)} ({verdict})"
            yield _command(level, place, title, finding.message, finding.help, *finding.output)
    if site.verdict == "ignored" and not site.codes:
        yield _command("notice", place, "ctxmigrate (ignored)", "A comment says to leave it alone.")
    elif not (site.codes or site.notes):
        yield _command("notice", place, f"ctxmigrate ({verdict})", *(site.after or "").splitlines())


def _title(code: str, rules: dict[str, Rule]) -> str:
    return f"{code} {rules[code].name}" if code in rules else code


def _place(
    path: str, line: int, end_line: int = 0, column: int = 0, end_column: int = 0
) -> dict[str, str | int]:
    """Return the properties for a place; GitHub takes columns only where it is within one line."""
    if not column:
        return {"file": path, "line": line}
    place: dict[str, str | int] = {"file": path, "line": line, "endLine": end_line}
    return {**place, "col": column, "endColumn": end_column} if line == end_line else place


def _command(level: str, place: dict[str, str | int], title: str, *message: str) -> str:
    properties = ",".join(
        f"{name}={visible(str(value)).translate(_PROPERTY)}"
        for name, value in {**place, "title": title}.items()
    )
    text = "\n".join(visible(part) for part in message if part)
    return f"::{level} {properties}::{text.translate(_DATA)}"
