"""The order of the stages: discover and read, then resolve, decide and rewrite, and on request write."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.discover import discover
from codemod.model import Config, FileError, Finding, Report, Site, Summary
from codemod.progress import unwatched
from codemod.read import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codemod.keys import Codes
    from codemod.migration import Migration
    from codemod.progress import Watch


class Reader:
    """Reads files under a root; keeps the bytes of those that were found to matter, and the errors."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.errors: dict[str, FileError] = {}
        self._kept: dict[str, bytes] = {}

    def __call__(self, path: str) -> bytes | None:
        """The bytes of a file; None where it cannot be read."""
        if path in self._kept:
            return self._kept[path]
        if path in self.errors:
            return None
        raw = read_bytes(self.root, path)
        if isinstance(raw, FileError):
            self.errors[path] = raw
            return None
        return raw

    def holds(self, path: str, needle: bytes) -> bool:
        """Whether the bytes of a file hold ``needle``; if so they are kept."""
        raw = self(path)
        if raw is None or needle not in raw:
            return False
        self._kept[path] = raw
        return True


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a tree: ``paths`` are all, ``mentioning`` those whose bytes hold the factory's name, and
    ``selected`` those that are reported and may be written.
    """

    paths: tuple[str, ...]
    selected: frozenset[str]
    mentioning: tuple[str, ...]
    reader: Reader


def migrate(paths: Sequence[str | Path], config: Config | None, *, write: bool) -> Report:
    """Settle the configuration unless ``config`` is given, plan, and ``write`` what is planned."""
    from codemod.configure import Overrides, find_root, settle

    names = [str(path) for path in paths]
    if config is None:
        settled = settle(names, overrides=Overrides(), codes=rule_codes)
        root, config = settled.root, settled.config
    else:
        root = find_root(Path(names[0] if names else "."), Path.cwd())
    report = Planning(root, config, [Path(name) for name in names]).plan()
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

    ``watch`` is told how far it is. Raises UsageError where a path does not exist or is not under ``root``.
    """

    def __init__(
        self,
        root: Path,
        config: Config,
        paths: Sequence[Path],
        jobs: int | None = None,
        watch: Watch = unwatched,
    ) -> None:
        self._started = time.perf_counter()
        found = search(root, config, paths, watch)
        errors = tuple(error for path, error in sorted(found.reader.errors.items()) if path in found.selected)
        summary = Summary(files_scanned=len(found.selected), errors=len(errors))
        self._blank = Report(str(root), config, summary, errors=errors, selected=found.selected)
        self._migration: Migration | None = None
        if found.mentioning:
            from codemod.migration import Migration

            self._migration = Migration(root, config, found, watch, jobs)

    def plan(self) -> Report:
        """Decide every site."""
        return self._timed(self._migration.plan(self._blank) if self._migration else self._blank)

    def without(self, left_out: Mapping[str, Finding]) -> Report:
        """Decide again, after ``plan``, with files that stay as they are: the reasons block their sites."""
        again = self._migration.plan_without(self._blank, left_out) if self._migration else self._blank
        return self._timed(again)

    def _timed(self, report: Report) -> Report:
        return replace(report, seconds=time.perf_counter() - self._started)


def search(root: Path, config: Config, paths: Sequence[Path], watch: Watch = unwatched) -> Found:
    """List the files under ``root`` and find those that mention the factory.

    Raises UsageError where a path does not exist or is not under ``root``.
    """
    files = discover(root, paths, config.exclude)
    reader = Reader(root)
    needle = config.factory_name.encode()
    return Found(
        paths=tuple(file.path for file in files),
        selected=frozenset(file.path for file in files if file.selected),
        mentioning=tuple(file.path for file in watch("Searching", files) if reader.holds(file.path, needle)),
        reader=reader,
    )


def apply(report: Report) -> Report:
    """Write what a report plans, all or nothing, and return the report of what was written."""
    if not report.plans:
        return replace(report, written=True)
    from codemod.write import write

    started = time.perf_counter()
    errors = write(Path(report.root), report.plans)
    report = unwritten(report, errors) if errors else replace(report, written=True)
    return replace(report, seconds=report.seconds + time.perf_counter() - started)


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
