"""Puts what a run found, decided and planned into its report."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.decide.candidates import count_occurrences
from codemod.decide.rules import RULES
from codemod.decide.suppression import read_suppressions
from codemod.model import Caution, Change, FileError, Occurrence, Remark, Report, Site, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from codemod.decide.draft import Draft
    from codemod.decide.planner import PlannedChange
    from codemod.decide.settle import Decision
    from codemod.resolve.gather import Gathering
    from codemod.resolve.places import ModuleIndex, Step
    from codemod.rewrite.file import RewrittenFile


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that a run over a tree came to, of all its files."""

    gathering: Gathering
    decisions: Sequence[Decision]
    changes: Sequence[PlannedChange]
    files: Mapping[str, RewrittenFile]
    failures: Mapping[str, FileError]
    cleaned: tuple[Remark, ...] = ()


def tell(blank: Report, outcome: Outcome, selected: frozenset[str]) -> Report:
    """``blank`` with the part of an outcome that is about the ``selected`` files."""
    gathering = outcome.gathering
    failed = [error for path, error in gathering.errors.items() if path in selected]
    errors = sorted(
        [*blank.errors, *failed, *outcome.failures.values()], key=lambda e: (e.path, e.line, e.code)
    )
    decisions = [decision for decision in outcome.decisions if decision.draft.path in selected]
    sites = sorted(
        (_site(d, outcome.files, gathering.indexes[d.draft.path]) for d in decisions),
        key=lambda site: (site.path, site.line, site.column),
    )
    report = replace(
        blank,
        sites=tuple(sites),
        changes=tuple(sorted(_changes(outcome), key=lambda change: (change.path, change.line, change.kind))),
        errors=tuple(errors),
        occurrences=tuple(_occurrences(gathering, selected)),
        plans=tuple(f.plan for _, f in sorted(outcome.files.items()) if f.plan.after != f.plan.before),
        warnings=tuple(_cautions(gathering, selected, sites)),
        cleaned=outcome.cleaned,
    )
    own = sum(1 for d in decisions if d.draft.use.exact and d.draft.use.name == blank.config.factory_name)
    matched = len(gathering.matched & selected)
    return replace(report, summary=_summary(report, matched, own))


def _site(decision: Decision, files: Mapping[str, RewrittenFile], index: ModuleIndex) -> Site:
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
        source="\n".join(index.source.line(number) for number in range(line, end_line + 1)),
        scope=_scope(index.steps_to(draft.use.whole.start)),
    )


def _scope(steps: Iterable[Step]) -> str:
    """The qualified name of the function or class that the steps from the module lead into."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return ".".join(step.child.name for step in steps if isinstance(step.child, definitions))


def _after(draft: Draft, files: Mapping[str, RewrittenFile]) -> str:
    texts = files[draft.path].texts if draft.path in files else {}
    use = draft.use
    if use.kind == "call":
        return texts[use.whole]
    start, end = use.at.start - use.whole.start, use.at.end - use.whole.start
    return draft.before[:start] + texts.get(use.at, use.name) + draft.before[end:]


def _changes(outcome: Outcome) -> Iterator[Change]:
    for path, kind, offset in outcome.changes:
        yield Change(path, kind, outcome.gathering.indexes[path].source.position(offset)[0])


def _occurrences(gathering: Gathering, selected: frozenset[str]) -> Iterator[Occurrence]:
    for path in sorted(gathering.indexes.keys() & selected & gathering.matched):
        source = gathering.indexes[path].source
        for span, role in sorted(count_occurrences(gathering.links, gathering.facts[path])):
            yield Occurrence(path, *source.position(span.start), role)


def _cautions(gathering: Gathering, selected: frozenset[str], sites: Iterable[Site]) -> Iterator[Caution]:
    problem = gathering.links.factory_problem()
    if problem:
        yield Caution(*problem)
    lines = {(site.path, line) for site in sites for line in range(site.line, site.end_line + 1)}
    known = {rule.code for rule in RULES}
    for path in sorted(gathering.indexes.keys() & selected):
        for line, codes in sorted(read_suppressions(gathering.indexes[path].source).lines.items()):
            for code in sorted(codes - known):
                yield Caution(path, line, f"`{code}` in the suppression comment is no known code")
            if (path, line) not in lines:
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
