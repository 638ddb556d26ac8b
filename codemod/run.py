"""The order of the stages: discover and read, then resolve, decide and rewrite, and on request write."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.discover import discover
from codemod.listing import Selection
from codemod.model import Config, FileError, Finding, Report, Site, Summary
from codemod.progress import Stopwatch, unwatched
from codemod.reader import Reader
from codemod.resolve.stars import star_sources
from codemod.workers import Workers, without_collection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set
    from concurrent.futures import Executor

    from codemod.keys import Codes
    from codemod.listing import Listing
    from codemod.migration import Migration
    from codemod.progress import Watch


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a tree: ``paths`` are all, ``mentioning`` those that have the factory's name, and
    ``selected`` those that are reported and may be written. ``stars`` are the files that import everything, by the
    last part of the name of the module that they do so from. ``config`` names the factory by its own module.
    ``further`` are the files that have each of the further names that were looked for.
    """

    config: Config
    paths: Listing
    selected: Selection
    mentioning: tuple[str, ...]
    stars: Mapping[str, Set[str]]
    reader: Reader
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes of the files that mention it."""
        return sum(len(self.reader(path) or b"") for path in self.mentioning)

    def whole(self) -> Found:
        """The same, with every file selected."""
        return replace(self, selected=Selection(self.paths, lambda _: True))


def migrate(
    paths: Sequence[str | Path], config: Config | None, *, write: bool, executor: Executor | None = None
) -> Report:
    """Settle the configuration unless ``config`` is given, plan, and ``write`` what is planned."""
    from codemod.configure import Overrides, find_root, settle

    names = [str(path) for path in paths]
    if config is None:
        settled = settle(names, overrides=Overrides(), codes=rule_codes)
        root, config = settled.root, settled.config
    else:
        root = find_root(Path(names[0] if names else "."), Path.cwd())
    with Workers(executor=executor) as workers:
        report = Planning(root, config, [Path(name) for name in names], workers).plan()
    return apply(report) if write else report


def rule_codes() -> Codes:
    """The codes that a configuration may name."""
    from codemod.decide.rules import RULES
    from codemod.keys import Codes

    return Codes(
        known=frozenset(rule.code for rule in RULES),
        allowable=frozenset(rule.code for rule in RULES if rule.allowable),
        notes=frozenset(rule.code for rule in RULES if rule.kind == "note"),
    )


class Planning:
    """Finds the files under ``paths`` and plans their rewrite; nothing is written.

    ``workers`` do what can be spread, and ``watch`` is told how far it is. Raises UsageError where a path does not
    exist or is not under ``root``.
    """

    def __init__(
        self,
        root: Path,
        config: Config,
        paths: Sequence[Path],
        workers: Workers,
        watch: Watch = unwatched,
    ) -> None:
        self._started = time.perf_counter()
        self._stopwatch = Stopwatch(watch)
        found = search(root, config, paths, self._stopwatch, workers)
        errors = tuple(error for path, error in sorted(found.reader.errors.items()) if path in found.selected)
        summary = Summary(files_scanned=len(found.selected), errors=len(errors))
        self._blank = Report(str(root), found.config, summary, errors=errors, selected=found.selected)
        self._migration: Migration | None = None
        if found.mentioning:
            workers.start_rewriting(found.size)
            from codemod.migration import Migration

            self._migration = Migration(root, found.config, found, self._stopwatch, workers)

    def plan(self) -> Report:
        """Decide every site."""
        with without_collection():
            return self._timed(self._migration.plan(self._blank) if self._migration else self._blank)

    def without(self, left_out: Mapping[str, Finding]) -> Report:
        """Decide again, after ``plan``, with files that stay as they are: the reasons block their sites."""
        with without_collection():
            again = self._migration.plan_without(self._blank, left_out) if self._migration else self._blank
        return self._timed(again)

    def _timed(self, report: Report) -> Report:
        stages = tuple(self._stopwatch.seconds.items())
        return replace(report, seconds=time.perf_counter() - self._started, stages=stages)


def search(
    root: Path,
    config: Config,
    paths: Sequence[Path],
    watch: Watch = unwatched,
    workers: Workers | None = None,
    names: Sequence[str] = (),
) -> Found:
    """List the files under ``root`` and find those that mention the factory, with ``workers`` if they are many, and
    by the way those that have one of the further ``names``.

    Raises UsageError where a path does not exist or is not under ``root``.
    """
    selected = discover(root, paths, config.exclude)
    reader = Reader(root, workers)
    if config.factory_module:
        from codemod.resolve.canonical import canonical

        config = canonical(config, selected.listing, reader, root.name)
    mentioning: dict[str, list[str]] = {name: [] for name in (config.factory_name, *names)}
    stars: dict[str, set[str]] = defaultdict(set)
    for path, sight in reader.search(selected.listing, *mentioning, scan=star_sources, watch=watch):
        for source in sight.scanned:
            stars[source].add(path)
        raw = reader(path, *map(str.encode, mentioning)) if sight.names else None
        if raw is None:
            continue
        for name in sight.names:
            mentioning[name].append(path)
        if config.factory_name in sight.names:
            reader.keep(path, raw)
    found = {name: tuple(paths) for name, paths in mentioning.items()}
    return Found(config, selected.listing, selected, found.pop(config.factory_name), stars, reader, found)


def apply(report: Report) -> Report:
    """Write what a report plans, all or nothing, and return the report of what was written."""
    if not report.plans:
        return replace(report, written=True)
    from codemod.write import write

    started = time.perf_counter()
    errors = write(Path(report.root), report.plans)
    report = unwritten(report, errors) if errors else replace(report, written=True)
    seconds = time.perf_counter() - started
    return replace(report, seconds=report.seconds + seconds, stages=(*report.stages, ("Writing", seconds)))


def unwritten(report: Report, errors: tuple[FileError, ...]) -> Report:
    """The report of a run that could not write: nothing is changed, so no site is migrated."""
    reason = Finding(errors[0].code, f"nothing was written, because {errors[0].path} {errors[0].message}", "")
    sites = tuple(_blocked(site, reason) if site.verdict == "migrated" else site for site in report.sites)
    summary = replace(
        report.summary,
        files_changed=0,
        migrated=0,
        noted=0,
        blocked=sum(site.verdict == "blocked" for site in sites),
        errors=len(report.errors) + len(errors),
    )
    return replace(
        report,
        sites=sites,
        changes=(),
        cleaned=(),
        plans=(),
        errors=(*report.errors, *errors),
        summary=summary,
        written=True,
    )


def _blocked(site: Site, reason: Finding) -> Site:
    return replace(site, verdict="blocked", codes=(reason,), notes=(), after=None)
