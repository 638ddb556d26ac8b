"""The end of the text report: the counts, and where to read on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from codemod.report import left_alone
from codemod.report.prose import INDENT, Lines, Wording, columns, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemod.model import Finding, Report, Summary


def tally(report: Report, words: Wording, known: int = 0, *, verbose: bool = False) -> Lines:
    """Return the counts of the verdicts with their codes, of what was left alone, and of the files.

    ``known`` is the number of blocked sites that are not in the report, because a baseline lists them;
    ``verbose`` adds the seconds of each stage.
    """
    noted = _by_code(site.notes for site in report.sites)
    blocked = _by_code(site.codes for site in report.sites if site.verdict == "blocked")
    return [
        Text("Summary" if report.written else "Summary (nothing was written)", "bold"),
        *_verdicts(report.summary, words, known, noted, blocked),
        *wrapped(Text(f"Left alone: {left_alone(report.summary)}"), words.width),
        *wrapped(Text(_files(report.summary, words)), words.width),
        *_cleaned(report, words),
        *wrapped(Text(f"Time: {report.seconds:.1f} s{_stages(report) if verbose else ''}"), words.width),
        Text(),
        _last_word(report, known, [*blocked, *noted]),
    ]


def _stages(report: Report) -> str:
    """Return where the time went, as a part of a sentence."""
    other = report.seconds - sum(seconds for _, seconds in report.stages)
    parts = [f"{stage.lower()} {seconds:.2f}" for stage, seconds in (*report.stages, ("other", other))]
    return f" ({', '.join(parts)})"


def _by_code(findings: Iterable[Sequence[Finding]]) -> dict[str, int]:
    """Return the count of sites for each code, the most frequent first."""
    counts = Counter(code for each in findings for code in {finding.code for finding in each})
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _verdicts(
    summary: Summary, words: Wording, known: int, noted: dict[str, int], blocked: dict[str, int]
) -> Lines:
    migrated = Text(words.done("migrated"), "green")
    if summary.noted:
        migrated.append(f", {summary.noted} of them to review", "yellow")
    rows: list[tuple[int, Text, dict[str, int]]] = [
        (summary.migrated, migrated, noted),
        (
            summary.blocked,
            Text(f"blocked, and {known} in the baseline" if known else "blocked", "red"),
            blocked,
        ),
        (summary.ignored, Text("ignored"), {}),
    ]
    if summary.errors:
        rows.append((summary.errors, Text("file error" if summary.errors == 1 else "file errors", "red"), {}))
    digits = max(len(str(count)) for count, _, _ in rows)
    lines: Lines = []
    for count, label, codes in rows:
        lines += columns([(count, label)], INDENT, digits)
        lines += columns(
            [(each, Text(words.coded(code))) for code, each in codes.items()], INDENT * 2, digits
        )
    return lines


def _files(summary: Summary, words: Wording) -> str:
    return (
        f"Files: {summary.files_scanned} scanned, {summary.files_matched} with the name, "
        f"{summary.files_changed} {words.done('changed')}"
    )


def _cleaned(report: Report, words: Wording) -> Lines:
    if not report.cleaned:
        return []
    return wrapped(Text(f"Left without use: {len(report.cleaned)} {words.done('removed')}"), words.width)


def _last_word(report: Report, known: int, codes: Sequence[str]) -> Text:
    if codes:
        return Text(f"What a code means and what to do: ctxmigrate explain {codes[0]}")
    if report.errors or report.warnings:
        return Text("Nothing is blocked, but see the errors and warnings above.", "yellow")
    new = " new" if known else ""
    return Text(f"All clear: nothing{new} is blocked, nothing to review.", "green")
