"""Divides what ``rewrite`` would do into the parts of the owners, and what comes first."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.model import Report, Summary
from codemod.phases.split.model import Division, Member, Owners, Part, Split
from codemod.phases.split.needs import mocked_by, needs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from codemod.phases.tree import Tree

_LONGEST = 50
"""The most characters of a file's name that are made from owners."""


def split(tree: Tree, division: Division) -> Split:
    """Divide what ``rewrite`` would do with ``tree`` now: no parts where there is nothing to do or to tell."""
    report = tree.report
    changed = frozenset(plan.path for plan in report.plans)
    blocked = {site.path for site in report.sites if site.verdict == "blocked"}
    told = changed | blocked | {error.path for error in report.errors}
    owners = {path: division(path) for path in sorted(told)}
    needs = needs_of(tree.settlement, changed) if tree.settlement else {}
    mocked = mocked_by(tree.settlement, changed) if tree.settlement else {}
    parts = _Parts(report, owners, needs, _homes(owners, mocked)).all()
    return Split(report, parts, division.place, division.skipped)


def _homes(owners: Mapping[str, Owners], mocked: Mapping[str, AbstractSet[str]]) -> Mapping[str, Owners]:
    """Say in whose patch each file goes: its owners', or of one with mocks that of the code that it mocks, since
    neither works without the other; unless that code has several owners.
    """
    homes = dict(owners)
    for path, uses in mocked.items():
        found = {owners[use] for use in uses if use not in mocked}
        if len(found) == 1:
            homes[path] = found.pop()
    return homes


class _Parts:
    """Makes the parts of a report, given the owners of the files to tell of, which files need which, and in
    whose patch they go unless that is the first.
    """

    def __init__(
        self,
        report: Report,
        owners: Mapping[str, Owners],
        needs: Mapping[str, AbstractSet[str]],
        homes: Mapping[str, Owners],
    ) -> None:
        self.report = report
        self.owners = owners
        self.needs = needs
        self.homes = homes
        self.first = self._first()
        self.needed_by: dict[str, list[str]] = defaultdict(list)
        for path in sorted(needs):
            for other in needs[path]:
                self.needed_by[other].append(path)

    def all(self) -> tuple[Part, ...]:
        """The first part, if there is one, then that of each owner."""
        groups: dict[Owners, set[str]] = defaultdict(set)
        for path in self.homes.keys() - self.first:
            groups[self.homes[path]].add(path)
        order = sorted(groups, key=lambda owners: (not owners, owners))
        digits = max(2, len(str(len(order))))
        parts = [
            self._part(f"{number:0{digits}}-{_file_name(owners)}", owners, groups[owners])
            for number, owners in enumerate(order, 1)
        ]
        if self.first:
            together = tuple(sorted({owner for path in self.first for owner in self.owners[path]}))
            first = self._part("0" * digits + "-shared", together, self.first)
            parts.insert(0, replace(first, is_first=True, needs_first=False))
        return tuple(parts)

    def _first(self) -> frozenset[str]:
        """The files that those of other patches need, and all that they need themselves."""
        pending = [
            other
            for path, others in self.needs.items()
            for other in others
            if self.homes[other] != self.homes[path]
        ]
        first: set[str] = set()
        while pending:
            path = pending.pop()
            if path not in first:
                first.add(path)
                pending += self.needs.get(path, ())
        return frozenset(first)

    def _part(self, name: str, owners: Owners, paths: AbstractSet[str]) -> Part:
        report = narrowed(self.report, paths)
        changed = [plan.path for plan in report.plans]
        members = tuple(Member(path, self.owners[path], tuple(self.needed_by[path])) for path in changed)
        needs_first = any(not self.first.isdisjoint(self.needs.get(path, ())) for path in changed)
        return Part(name, owners, report, members, needs_first=needs_first)


def narrowed(report: Report, paths: AbstractSet[str]) -> Report:
    """Return the part of a report that is about some files, with a summary as ``Part`` has it."""
    sites = tuple(site for site in report.sites if site.path in paths)
    plans = tuple(plan for plan in report.plans if plan.path in paths)
    errors = tuple(error for error in report.errors if error.path in paths)
    verdicts = Counter(site.verdict for site in sites)
    return Report(
        root=report.root,
        config=report.config,
        summary=Summary(
            files_changed=len(plans),
            migrated=verdicts["migrated"],
            noted=sum(bool(site.notes) for site in sites),
            blocked=verdicts["blocked"],
            ignored=verdicts["ignored"],
            errors=len(errors),
        ),
        sites=sites,
        changes=tuple(change for change in report.changes if change.path in paths),
        errors=errors,
        plans=plans,
        warnings=tuple(warning for warning in report.warnings if warning.path in paths),
        selected=frozenset(paths),
    )


def _file_name(owners: Iterable[str]) -> str:
    """A file name that can be read and is safe everywhere; it need not be unique."""
    words = (re.sub(r"[^\w.+]+", "-", owner).strip("-.") for owner in owners)
    return "-and-".join(filter(None, words))[:_LONGEST].strip("-.") or "unowned"
