"""One run over one tree, from the bytes of its files to a plan: resolve, decide, rewrite."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from codemod.decide.acting import Acting
from codemod.decide.candidates import anchored_uses, find_candidates, probable_lead
from codemod.decide.cleaner import Cleaner
from codemod.decide.planner import Planner
from codemod.decide.program import Program
from codemod.decide.provision import Provider
from codemod.decide.reached import Reached
from codemod.decide.settle import Settlement
from codemod.decide.takers import Takers
from codemod.listing import folders_of
from codemod.model import Config, FileError, FilePlan, Finding, Report
from codemod.outcome import Outcome, tell
from codemod.per_file import (
    Drafted,
    ToDraft,
    ToRewrite,
    ToSurvey,
    draft,
    draft_file,
    rewrite_file,
    survey_file,
)
from codemod.resolve.gather import Gathering
from codemod.resolve.packages import ModuleTree
from codemod.workers import REWRITING
from codemod.write import unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from codemod.decide.draft import Draft, Lead
    from codemod.edits import FileEdits, RewrittenFile
    from codemod.progress import Watch
    from codemod.run import Found
    from codemod.workers import Workers


class Migration:
    """Plans the migration of the files that were ``found`` at ``root``.

    ``watch`` is told how far it is, and ``workers`` do what can be spread. ``settlement`` is how the sites of the
    plan are settled; None while there is no plan, and where there is nothing to settle.
    """

    def __init__(
        self,
        root: Path,
        config: Config,
        found: Found,
        watch: Watch,
        workers: Workers,
    ) -> None:
        self.root = root
        self.workers = workers
        self.config = config
        self.found = found
        self.watch = watch
        tree = ModuleTree(found.paths, config.source_roots, root.name)
        self.gathering = Gathering(config, tree, found.paths, found.reader, found.stars)
        self.settlement: Settlement | None = None
        may_take = Takers(found.paths, found.reader, found.stars).may_take
        self._cleaner = Cleaner(self.gathering.indexes, may_take, Acting(tree, found.reader))
        self._ahead: dict[str, Drafted] = {}
        self._drafted: tuple[Draft, ...] = ()
        self._suppressions: dict[str, Mapping[int, frozenset[str]]] = {}
        self._migrated: frozenset[Draft] = frozenset()
        self._rewritten: dict[str, tuple[FileEdits, RewrittenFile | FileError]] = {}

    def plan(self, blank: Report) -> Report:
        """``blank`` with everything that the run finds and plans; nothing is written."""
        self._gather()
        if self.found.selected.isdisjoint({*self.gathering.indexes, *self.gathering.errors}):
            return blank
        self._drafted = self._drafts()
        report = self._plan(blank, self._drafted, frozenset())
        decisions = self.settlement.decisions if self.settlement else ()
        self._migrated = frozenset(each.draft for each in decisions if each.verdict == "migrated")
        return report

    def plan_without(self, blank: Report, left_out: Mapping[str, Finding]) -> Report:
        """The same again, after ``plan``, with files that stay as they are, each for a reason.

        The reason blocks those of its sites that ``plan`` migrates.
        """
        stopped = {draft for draft in self._migrated if draft.path in left_out}
        drafts = tuple(
            replace(draft, codes=(*draft.codes, left_out[draft.path])) if draft in stopped else draft
            for draft in self._drafted
        )
        return self._plan(blank, drafts, frozenset(left_out))

    def _plan(self, blank: Report, drafts: tuple[Draft, ...], left_out: frozenset[str]) -> Report:
        failures: dict[str, FileError] = {}
        while True:
            self.settlement = settlement = Settlement(self._program(drafts, failures, left_out))
            planner = Planner(settlement)
            planned = planner.edits
            if self.config.clean:
                planned = tuple(self._cleaner.clean(edits) for edits in planned)
            files, failed = self._rewrite(planned)
            if not failed:
                cleaned = tuple(self._cleaner.told(sorted(files)))
                decisions, changes = settlement.decisions, planner.changes
                plans = tuple(FilePlan(path, self._raw(path), files[path].after) for path in sorted(files))
                outcome = Outcome(
                    self.gathering,
                    decisions,
                    changes,
                    files,
                    tuple(plan for plan in plans if plan.after != plan.before),
                    failures,
                    self._suppressions,
                    cleaned,
                )
                return tell(blank, outcome, self.found.selected)
            failures.update(failed)

    def _gather(self) -> None:
        raws = self.gathering.matching(self.found.mentioning)
        lead_of = self._leads(raws)
        tasks = [ToSurvey(path, raw, self.config, lead_of(path)) for path, raw in raws.items()]
        found = self.workers.spread(
            "Reading", survey_file, tasks, [len(task.raw) for task in tasks], self.watch
        )
        for task, surveyed in zip(tasks, found, strict=True):
            if isinstance(surveyed, FileError):
                self.gathering.take(task.path, surveyed)
            else:
                self.gathering.take(task.path, surveyed.facts)
                if surveyed.ahead:
                    self._ahead[task.path] = surveyed.ahead
        self.gathering.follow()

    def _leads(self, raws: Mapping[str, bytes]) -> Callable[[str], Lead | None]:
        """What the sites of a file probably lead to: the definition of the factory that is nearest to it."""
        definition = re.compile(rb"\bdef[\s\\]+" + re.escape(self.config.factory_name.encode()) + rb"\b")
        leads: dict[str, Lead] = {}
        for path in (path for path, raw in raws.items() if definition.search(raw)):
            if lead := probable_lead(self.gathering.links, path):
                for folder in folders_of(path):
                    leads.setdefault(folder, lead)
        return lambda path: next((leads[folder] for folder in folders_of(path) if folder in leads), None)

    def _drafts(self) -> tuple[Draft, ...]:
        provider = Provider(self._program((), {}, frozenset()), frozenset(), frozenset(self.gathering.facts))
        links, facts = self.gathering.links, self.gathering.facts
        reached = Reached(links, self.gathering.parsed)
        tasks = [
            ToDraft(
                path,
                self._raw(path),
                self.config,
                tuple(
                    replace(candidate, within=reached.why(path, candidate))
                    for candidate in find_candidates(links, facts[path], provider)
                ),
            )
            for path in self.gathering.indexes
        ]
        ahead = {task.path: self._drafted_ahead(task) for task in tasks}
        left = [task for task in tasks if ahead[task.path] is None]
        found = self.workers.spread(
            "Deciding", draft_file, left, [len(task.raw) for task in left], self.watch
        )
        rest = {task.path: drafted for task, drafted in zip(left, found, strict=True)}
        drafts: list[Draft] = []
        for task in tasks:
            drafted = ahead[task.path] or rest[task.path]
            is_module = partial(links.imports_module, task.path)
            if isinstance(drafted, Drafted) and any(is_module(s) != was for s, was in drafted.assumed):
                drafted = draft(task, is_module)
            if isinstance(drafted, Drafted):
                drafts += drafted.drafts
                self._suppressions[task.path] = drafted.suppressions
            else:
                self.gathering.give_up(task.path, drafted)
        return tuple(drafts)

    def _drafted_ahead(self, task: ToDraft) -> Drafted | None:
        """The drafts that were made while the file was read, if its sites lead to where they were taken to lead."""
        ahead = self._ahead.get(task.path)
        return ahead.only(task.candidates) if ahead else None

    def _raw(self, path: str) -> bytes:
        return self.found.reader(path) or b""

    def _program(
        self, drafts: tuple[Draft, ...], failures: dict[str, FileError], left_out: frozenset[str]
    ) -> Program:
        """The tree to settle, in which files that failed or are left out stay as they are."""
        failed = {path: Finding(error.code, error.message, "") for path, error in failures.items()}
        links, facts = self.gathering.links, self.gathering.facts
        return Program(
            config=self.config,
            links=links,
            facts=facts,
            drafts=tuple(
                replace(draft, codes=(*draft.codes, failed[draft.path])) if draft.path in failed else draft
                for draft in drafts
            ),
            anchored=tuple((path, use) for path in list(facts) for use in anchored_uses(links, facts[path])),
            writable=self.found.selected.without({*failed, *left_out}),
            broken=self.gathering.broken_words(),
            star_importers=self.gathering.star_importers,
        )

    def _rewrite(self, planned: Sequence[FileEdits]) -> tuple[dict[str, RewrittenFile], dict[str, FileError]]:
        """The rewritten files, and the errors of those that cannot be."""
        failed = {e.path: error for e in planned if (error := unwritable(self.root, e.path))}
        wanted = [edits for edits in planned if edits.path not in failed]
        fresh = [edits for edits in wanted if self._rewritten.get(edits.path, (None,))[0] != edits]
        cuts = {path: facts.cuts for path, facts in self.gathering.facts.items()}
        tasks = [ToRewrite(self._raw(edits.path), edits, cuts[edits.path]) for edits in fresh]
        sizes = [len(task.raw) for task in tasks]
        results = self.workers.spread(REWRITING, rewrite_file, tasks, sizes, self.watch)
        for edits, result in zip(fresh, results, strict=True):
            self._rewritten[edits.path] = edits, result
        files: dict[str, RewrittenFile] = {}
        for edits in wanted:
            result = self._rewritten[edits.path][1]
            if isinstance(result, FileError):
                failed[edits.path] = result
            else:
                files[edits.path] = result
        return files, failed
