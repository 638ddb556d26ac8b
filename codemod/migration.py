"""One run over one tree, from the bytes of its files to a plan: resolve, decide, rewrite."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from codemod.decide.candidates import anchored_uses, find_candidates
from codemod.decide.cleaner import Cleaner
from codemod.decide.planner import Planner
from codemod.decide.program import Program
from codemod.decide.provision import Provider
from codemod.decide.settle import Settlement
from codemod.decide.sites import draft_sites
from codemod.decide.takers import Takers
from codemod.model import Config, FileError, Finding, Report
from codemod.outcome import Outcome, tell
from codemod.pool import spread
from codemod.read import decode, parse
from codemod.resolve.gather import Gathering
from codemod.resolve.packages import ModuleTree
from codemod.resolve.places import ModuleIndex
from codemod.write import unwritable

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from codemod.decide.draft import Draft
    from codemod.edits import FileEdits
    from codemod.progress import Watch
    from codemod.rewrite.file import RewrittenFile
    from codemod.run import Found
    from codemod.source import Source


class Migration:
    """Plans the migration of the files that were ``found`` at ``root``.

    ``watch`` is told how far it is, and ``jobs`` is the most processes to use. ``settlement`` is how the sites
    of the plan are settled; None while there is no plan, and where there is nothing to settle.
    """

    def __init__(
        self,
        root: Path,
        config: Config,
        found: Found,
        watch: Watch,
        jobs: int | None = None,
    ) -> None:
        self.root = root
        self.jobs = jobs
        self.config = config
        self.found = found
        self.watch = watch
        tree = ModuleTree(found.paths, config.source_roots, root.name)
        self.gathering = Gathering(config, tree, found.paths, found.reader, load)
        self.settlement: Settlement | None = None
        self._cleaner = Cleaner(self.gathering.indexes, Takers(found.paths, found.reader, load).may_take)
        self._drafted: tuple[Draft, ...] = ()
        self._migrated: frozenset[Draft] = frozenset()
        self._rewritten: dict[str, tuple[FileEdits, RewrittenFile | FileError]] = {}

    def plan(self, blank: Report) -> Report:
        """``blank`` with everything that the run finds and plans; nothing is written."""
        self.gathering.gather(self.found.mentioning, self.watch)
        if self.found.selected.isdisjoint({*self.gathering.indexes, *self.gathering.errors}):
            return blank
        self._drafted = self._drafts()
        report = self._plan(blank, self._drafted, frozenset(), self.jobs)
        decisions = self.settlement.decisions if self.settlement else ()
        self._migrated = frozenset(each.draft for each in decisions if each.verdict == "migrated")
        return report

    def plan_without(self, blank: Report, left_out: Mapping[str, Finding]) -> Report:
        """The same again, after ``plan``, with files that stay as they are, each for a reason.

        The reason blocks those of its sites that ``plan`` migrates. No other process is started.
        """
        stopped = {draft for draft in self._migrated if draft.path in left_out}
        drafts = tuple(
            replace(draft, codes=(*draft.codes, left_out[draft.path])) if draft in stopped else draft
            for draft in self._drafted
        )
        return self._plan(blank, drafts, frozenset(left_out), jobs=1)

    def _plan(
        self, blank: Report, drafts: tuple[Draft, ...], left_out: frozenset[str], jobs: int | None
    ) -> Report:
        failures: dict[str, FileError] = {}
        while True:
            self.settlement = settlement = Settlement(self._program(drafts, failures, left_out))
            planner = Planner(settlement)
            planned = planner.edits
            if self.config.clean:
                planned = tuple(self._cleaner.clean(edits) for edits in planned)
            files, failed = self._rewrite(planned, jobs)
            if not failed:
                cleaned = tuple(self._cleaner.told(sorted(files)))
                decisions, changes = settlement.decisions, planner.changes
                outcome = Outcome(self.gathering, decisions, changes, files, failures, cleaned)
                return tell(blank, outcome, self.found.selected)
            failures.update(failed)

    def _drafts(self) -> tuple[Draft, ...]:
        provider = Provider(self._program((), {}, frozenset()), frozenset(), frozenset(self.gathering.facts))
        drafts: list[Draft] = []
        links = self.gathering.links
        for path, index in self.watch("Deciding", sorted(self.gathering.indexes.items())):
            candidates = find_candidates(links, self.gathering.facts[path], provider)
            try:
                drafts += draft_sites(index, candidates, self.config, partial(links.imports_module, path))
            except RecursionError:
                self.gathering.give_up(path)
        return tuple(drafts)

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
            writable=self.found.selected - failed.keys() - left_out,
            broken=self.gathering.broken_words(),
            star_importers=self.gathering.star_importers,
        )

    def _rewrite(
        self, planned: Sequence[FileEdits], jobs: int | None
    ) -> tuple[dict[str, RewrittenFile], dict[str, FileError]]:
        """The rewritten files, and the errors of those that cannot be."""
        failed = {e.path: error for e in planned if (error := unwritable(self.root, e.path))}
        sources = self.gathering.indexes
        wanted = [edits for edits in planned if edits.path not in failed]
        fresh = [edits for edits in wanted if self._rewritten.get(edits.path, (None,))[0] != edits]
        work = [(sources[edits.path].source.raw, edits) for edits in fresh]
        results = spread(_rewrite_file, work, jobs, sum(len(raw) for raw, _ in work), self.watch)
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


def _rewrite_file(work: tuple[bytes, FileEdits]) -> RewrittenFile | FileError:
    """Rewrite one file from its bytes: the proof uses a tree up, so it gets one of its own."""
    from codemod.rewrite.file import rewrite_file

    raw, edits = work
    loaded = load(edits.path, raw)
    return loaded if isinstance(loaded, FileError) else rewrite_file(ModuleIndex(*loaded), edits)


def load(path: str, raw: bytes) -> tuple[Source, ast.Module] | FileError:
    """Decode and parse the bytes of a file."""
    source = decode(path, raw)
    if isinstance(source, FileError):
        return source
    tree = parse(source)
    return tree if isinstance(tree, FileError) else (source, tree)
