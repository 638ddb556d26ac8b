"""Puts what a run found, decided and planned into its report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.decide.candidates import count_occurrences
from codemod.decide.rules import RULES
from codemod.model import Caution, Change, FileError, Occurrence, Remark, Report, Site, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from codemod.decide.draft import Draft
    from codemod.decide.planner import PlannedChange
    from codemod.decide.settle import Decision
    from codemod.edits import RewrittenFile
    from codemod.model import FilePlan
    from codemod.resolve.gather import Gathering


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a run over a tree came to, of all its files."""

    gathering: Gathering
    decisions: Sequence[Decision]
    changes: Sequence[PlannedChange]
    files: Mapping[str, RewrittenFile]
    plans: tuple[FilePlan, ...]
    failures: Mapping[str, FileError]
    suppressions: Mapping[str, Mapping[int, frozenset[str]]]
    cleaned: tuple[Remark, ...] = ()


def tell(blank: Report, outcome: Outcome, selected: Set[str]) -> Report:
    """``blank`` with the part of an outcome that is about the ``selected`` files."""
    gathering = outcome.gathering
    failed = [error for path, error in gathering.errors.items() if path in selected]
    errors = sorted(
        [*blank.errors, *failed, *outcome.failures.values()], key=lambda e: (e.path, e.line, e.code)
    )
    decisions = [decision for decision in outcome.decisions if decision.draft.path in selected]
    sites = sorted(
        (_site(d, outcome.files) for d in decisions),
        key=lambda site: (site.path, site.line, site.column),
    )
    report = replace(
        blank,
        sites=tuple(sites),
        changes=tuple(
            Change(path, kind, line)
            for path, kind, line in sorted(
                outcome.changes, key=lambda change: (change[0], change[2], change[1])
            )
        ),
        errors=tuple(errors),
        occurrences=tuple(_occurrences(gathering, selected)),
        plans=outcome.plans,
        warnings=tuple(_cautions(outcome, selected, sites)),
        cleaned=outcome.cleaned,
    )
    own = sum(1 for d in decisions if d.draft.use.exact and d.draft.use.name == blank.config.factory_name)
    matched = len(gathering.matched & selected)
    return replace(report, summary=_summary(report, matched, own))


def _site(decision: Decision, files: Mapping[str, RewrittenFile]) -> Site:
    draft = decision.draft
    line, column, end_line, end_column = draft.position
    after = _after(draft, files) if decision.verdict == "migrated" else None
    return Site(
        path=draft.path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        kind=draft.kind,
        verdict=decision.verdict,
        codes=decision.codes,
        notes=decision.notes,
        before=draft.before,
        after=after,
        source=draft.source,
        scope=draft.scope,
    )


def _after(draft: Draft, files: Mapping[str, RewrittenFile]) -> str:
    texts = files[draft.path].texts if draft.path in files else {}
    use = draft.use
    if use.kind == "call":
        return texts[use.whole]
    start, end = use.at.start - use.whole.start, use.at.end - use.whole.start
    return draft.before[:start] + texts.get(use.at, use.name) + draft.before[end:]


def _occurrences(gathering: Gathering, selected: Set[str]) -> Iterator[Occurrence]:
    for path in sorted(gathering.indexes.paths & gathering.matched):
        if path in selected:
            for position, role in sorted(count_occurrences(gathering.links, gathering.facts[path])):
                yield Occurrence(path, *position, role)


def _cautions(outcome: Outcome, selected: Set[str], sites: Iterable[Site]) -> Iterator[Caution]:
    problem = outcome.gathering.links.factory_problem()
    if problem:
        yield Caution(*problem)
    places = {(site.path, line) for site in sites for line in range(site.line, site.end_line + 1)}
    known = {rule.code for rule in RULES}
    for path, lines in sorted(outcome.suppressions.items()):
        for line, codes in sorted(lines.items()) if path in selected else ():
            for code in sorted(codes - known):
                yield Caution(path, line, f"`{code}` in the suppression comment is no known code")
            if (path, line) not in places:
                yield Caution(path, line, "the suppression comment is on no line of a call or reference")


def _summary(report: Report, matched: int, own: int) -> Summary:
    verdicts = Counter(site.verdict for site in report.sites)
    roles = Counter(occurrence.role for occurrence in report.occurrences)
    return replace(
        report.summary,
        files_matched=matched,
        files_changed=len(report.plans),
        migrated=verdicts["migrated"],
        noted=sum(1 for site in report.sites if site.verdict == "migrated" and site.notes),
        blocked=verdicts["blocked"],
        ignored=verdicts["ignored"],
        occurrences=own + len(report.occurrences),
        imports=roles["import"],
        definitions=roles["definition"],
        lookalikes=roles["lookalike"],
        mentions=roles["mention"],
        errors=len(report.errors),
    )
