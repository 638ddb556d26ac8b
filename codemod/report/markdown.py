"""The report for a pull request's comment and a job's summary: short first, details folded.

The most urgent comes first, so that the least is lost where a long report is cut.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from codemod.report import counted, left_alone
from codemod.report.excerpt import excerpt
from codemod.report.gfm import code, details, fenced, html_code, meaning, prose, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from codemod.decide.rule import Rule
    from codemod.model import Finding, Report, Site

_COMMENT = 65_536  # characters; GitHub refuses a longer comment
_CHANGES = {"import": "import", "re-export": "re-export", "all": "`__all__`"}


def render(report: Report, rules: Iterable[Rule]) -> str:
    """Return the report in GitHub's Markdown; ``rules`` are those whose codes can be in it.

    It is complete, however long.
    """
    return document([f"## ctxmigrate: {verdict(report)}", counts(report)], body(report, rules))


def document(head: Sequence[str], parts: Sequence[str]) -> str:
    """Return the paragraphs of a whole report; one that is longer than a comment may be says so."""
    size = sum(len(part) for part in (*head, *parts))
    if size > _COMMENT:
        limit = f"{size:,} characters, and {_COMMENT:,} are allowed"
        head = [*head, f"_Too long for a comment ({limit}): cut it at the end, where the least urgent is._"]
    return "\n\n".join((*head, *parts)) + "\n"


def body(report: Report, rules: Iterable[Rule], explained: Set[str] = frozenset()) -> list[str]:
    """Return the paragraphs below the counts: what needs a person, file by file, then the rest.

    What the codes mean is said of those that are not ``explained`` yet.
    """
    known = {rule.code: rule for rule in rules}
    return [*_errors(report, known), *_sites(report.sites, known, explained), *_lists(report)]


def verdict(report: Report) -> str:
    """Return what came of a run in a few words, the most urgent first."""
    summary = report.summary
    verdicts = [
        (summary.errors, f"{counted(summary.errors, 'file')} could not be handled"),
        (summary.blocked, f"{counted(summary.blocked, 'site')} blocked"),
        (summary.noted, f"{counted(summary.noted, 'site')} to review"),
    ]
    if any(count for count, _ in verdicts):
        return ", ".join(verdict for count, verdict in verdicts if count)
    if summary.migrated:
        return f"all clear, {counted(summary.migrated, 'site')} {_done(report, 'migrated')}"
    return "nothing to migrate"


def _done(report: Report, verb: str) -> str:
    return verb if report.written else f"would be {verb}"


def counts(report: Report) -> str:
    """Return how many sites have each verdict, and how many files there were."""
    summary, done = report.summary, _done(report, "migrated")
    rows = [
        ("blocked", summary.blocked),
        (f"{done}, to review", summary.noted),
        (f"{done}, nothing to review", summary.migrated - summary.noted),
        ("ignored", summary.ignored),
    ]
    files = (
        f"Files: {summary.files_scanned:,} scanned, {summary.files_matched:,} with the name, "
        f"{summary.files_changed:,} {_done(report, 'changed')}. Left alone: {left_alone(summary)}."
    )
    return table(("verdict", "sites:"), ((label, f"{count:,}") for label, count in rows)) + f"\n\n{files}"


def _errors(report: Report, known: Mapping[str, Rule]) -> Iterator[str]:
    rows = [
        _reason(each.code, each.message, known[each.code].advice if each.code in known else "", known)
        for each in report.errors
    ]
    places = [code(f"{each.path}:{each.line}") for each in report.errors]
    if rows:
        body = "\n".join(f"- {place} {row}" for place, row in zip(places, rows, strict=True))
        yield details(f"<b>Files that could not be handled</b> ({len(rows):,})", body, opened=True)


def _sites(sites: Sequence[Site], known: Mapping[str, Rule], explained: Set[str]) -> Iterator[str]:
    """Yield what needs a person: the codes, what they mean, and the sites file by file."""
    blocked = [site for site in sites if site.verdict == "blocked"]
    noted = [site for site in sites if site.verdict == "migrated" and site.notes]
    rows = [
        *(("blocked", each, count) for each, count in _by_code(site.codes for site in blocked)),
        *(("to review", each, count) for each, count in _by_code(site.notes for site in noted)),
    ]
    if rows:
        yield "### What needs a person"
        yield table(("code", "verdict", "sites:", "what it means"), (_code_row(*row, known) for row in rows))
    meanings = [
        f'<a name="{each.lower()}"></a>\n\n#### {_coded(each, known)}\n\n{meaning(known[each])}'
        for each in sorted({each for _, each, _ in rows} & known.keys() - explained)
    ]
    if meanings:
        yield details("What the codes mean, and what to do", "\n\n".join(meanings))
    for title, found in (("Blocked", blocked), ("To review", noted)):
        if found:
            yield f"### {title}"
        for path, group in groupby(found, attrgetter("path")):
            parts = [_site(site, known) for site in group]
            yield details(f"{html_code(path)} ({len(parts):,})", "\n\n".join(parts))


def _by_code(findings: Iterable[Sequence[Finding]]) -> list[tuple[str, int]]:
    """Return the count of sites for each code, the most frequent first."""
    counts = Counter(each for found in findings for each in {finding.code for finding in found})
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _code_row(verdict: str, each: str, count: int, known: Mapping[str, Rule]) -> tuple[str, ...]:
    if each not in known:
        return prose(each), verdict, f"{count:,}", ""
    return f"[{each}](#{each.lower()})", verdict, f"{count:,}", prose(known[each].summary)


def _coded(each: str, known: Mapping[str, Rule]) -> str:
    return f"{each} {known[each].name}" if each in known else prose(each)


def _site(site: Site, known: Mapping[str, Rule]) -> str:
    findings = dict.fromkeys((*site.codes, *site.notes))
    reasons = (
        "<br>".join((f"- {_reason(each.code, each.message, each.help, known)}", *map(code, each.output)))
        for each in findings
    )
    source = fenced(excerpt(site), "python" if site.after is None else "diff")
    return "\n\n".join((f"**Line {site.line}**, column {site.column}:", "\n".join(reasons), source))


def _reason(each: str, message: str, advice: str, known: Mapping[str, Rule]) -> str:
    return f"**{_coded(each, known)}**: {prose(message)}. {prose(advice)}".rstrip()


def _lists(report: Report) -> Iterator[str]:
    """Yield what needs nobody: a list of places for each kind, file by file."""
    clean = [site for site in report.sites if site.verdict == "migrated" and not site.notes]
    ignored = [site for site in report.sites if site.verdict == "ignored"]
    lists = (
        ("Warnings", [(each.path, f"line {each.line}: {prose(each.message)}") for each in report.warnings]),
        ("Ignored", [_position(site) for site in ignored]),
        (f"{_done(report, 'migrated').capitalize()}, nothing to review", [_position(site) for site in clean]),
        (
            f"Imports and re-exports that {'were' if report.written else 'would be'} changed",
            [(each.path, f"{each.line} ({_CHANGES[each.kind]})") for each in report.changes],
        ),
    )
    for title, places in lists:
        rows = (
            f"- {code(path)}: {', '.join(place for _, place in group)}"
            for path, group in groupby(places, itemgetter(0))
        )
        if places:
            yield details(f"<b>{title}</b> ({len(places):,})", "\n".join(rows))


def _position(site: Site) -> tuple[str, str]:
    return site.path, f"{site.line}:{site.column}"
