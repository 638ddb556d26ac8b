"""The report for people: what to look at, file by file, then the counts. Plain or coloured, at any width."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import itemgetter
from textwrap import dedent
from typing import TYPE_CHECKING

from rich.text import Text

from codemod.report import WIDTH, visible
from codemod.report.prose import INDENT, Lines, Wording, beside, columns, printed, quoted, spaced, wrapped
from codemod.report.tally import tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemod.model import Change, Finding, Occurrence, Remark, Report, Site

_STYLES = {"migrated": "green", "blocked": "red", "ignored": "dim"}
_CHANGES = {"import": "import", "re-export": "re-export", "all": "__all__"}


def render(
    report: Report,
    *,
    names: Mapping[str, str],
    advice: Mapping[str, str],
    width: int = WIDTH,
    color: bool = False,
    quiet: bool = False,
    verbose: bool = False,
    known: int = 0,
) -> str:
    """Return the text report.

    ``names`` and ``advice`` map each code to its name and to what there is to do in general. Prose is wrapped
    to ``width``; paths and source lines never are. ``quiet`` keeps what is blocked and the errors.
    ``verbose`` adds the clean and the ignored sites, the changed imports, what is cleaned up and each
    occurrence of the name that is no site, and where the time went. ``known`` is how many blocked sites the
    report was given without, because a baseline lists them.
    """
    words = Wording(names, advice, max(40, min(width, WIDTH)), report.written)
    if quiet:
        blocked = spaced(_site(site, words) for site in report.sites if site.verdict == "blocked")
        return printed([blocked, _errors(report, words)], color)
    files = _places(report, words) if verbose else _sites(report, words)
    end = tally(report, words, known, verbose=verbose)
    return printed([*files, _errors(report, words), _warnings(report, words), end], color)


def _sites(report: Report, words: Wording) -> Iterator[Lines]:
    """Yield the count of sites with nothing to look at, file by file, then each of the other sites."""
    clean = Counter(site.path for site in report.sites if site.verdict == "migrated" and not site.notes)
    if clean:
        title = Text(f"{words.done('migrated').capitalize()}, nothing to review:", "bold")
        yield [title, *columns([(count, Text(visible(path))) for path, count in clean.items()])]
    yield spaced(_site(site, words) for site in report.sites if site.verdict == "blocked" or site.notes)


def _places(report: Report, words: Wording) -> Iterator[Lines]:
    """Yield each file with all its places: sites, changes and occurrences, one after the other."""
    changed = {(change.path, change.line) for change in report.changes}
    places = [
        *((site.path, site.line, site.column, _site(site, words)) for site in report.sites),
        *((each.path, each.line, 0, _change(each, words)) for each in report.changes),
        *((each.path, each.line, 0, _cleaned(each, words)) for each in report.cleaned),
        *(
            (each.path, each.line, each.column, _occurrence(each))
            for each in report.occurrences
            if (each.path, each.line) not in changed
        ),
    ]
    places.sort(key=itemgetter(0, 1, 2))
    for _, group in groupby(places, itemgetter(0)):
        yield spaced(lines for _, _, _, lines in group)


def _site(site: Site, words: Wording) -> Lines:
    """Return place and verdict of a site and, where a person should look, its source and the reasons."""
    head = beside(_at(site.path, site.line, site.column), _verdict(site, words), words.width)
    told = () if site.verdict == "ignored" else site.codes or site.notes
    if not told:
        return head
    first, newline, rest = site.before.partition("\n")
    source = site.source or first + newline + dedent(rest)
    reasons = [line for each in told for line in _finding(each, words)]
    return [*head, *quoted(source, site.line), *reasons]


def _verdict(site: Site, words: Wording) -> Text:
    verdict = words.done("migrated") if site.verdict == "migrated" else site.verdict
    if site.notes:
        verdict += ", to review"
    codes = ", ".join(dict.fromkeys(finding.code for finding in (*site.codes, *site.notes)))
    return Text(
        f"{verdict} ({codes})" if codes else verdict, "yellow" if site.notes else _STYLES[site.verdict]
    )


def _finding(finding: Finding, words: Wording) -> Lines:
    output = [Text(f"{INDENT}| {visible(line)}", "dim") for line in finding.output]
    return [*_reason(finding.code, finding.message, finding.help, words), *output]


def _reason(code: str, message: str, advice: str, words: Wording) -> Lines:
    reason = Text.assemble((words.coded(code), "bold"), f": {visible(message)}")
    lines = wrapped(reason, words.width, "  ", hang="  ")
    return [*lines, *wrapped(Text(visible(f"Help: {advice}"), "cyan"), words.width)] if advice else lines


def _change(change: Change, words: Wording) -> Lines:
    return [Text.assemble(_at(change.path, change.line), f" {_CHANGES[change.kind]} {words.done('changed')}")]


def _cleaned(each: Remark, words: Wording) -> Lines:
    return beside(
        _at(each.path, each.line), Text(f"{visible(each.message)} {words.done('removed')}"), words.width
    )


def _occurrence(each: Occurrence) -> Lines:
    return [Text.assemble(_at(each.path, each.line, each.column), f" {each.role}")]


def _errors(report: Report, words: Wording) -> Lines:
    return spaced(
        [
            *beside(_at(each.path, each.line), Text(f"error ({each.code})", "red"), words.width),
            *_reason(each.code, each.message, words.advice.get(each.code, ""), words),
        ]
        for each in report.errors
    )


def _warnings(report: Report, words: Wording) -> Lines:
    return [
        line
        for each in report.warnings
        for line in beside(
            _at(each.path, each.line), Text(visible(f"warning: {each.message}"), "yellow"), words.width
        )
    ]


def _at(path: str, line: int, column: int = 0) -> Text:
    where = f"{line}:{column}" if column else f"{line}"
    return Text(f"{visible(path)}:{where}:", "bold")
