"""One run over several roots: each is planned, written and told before the next one is looked at."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from codemod.cli.formats import KINDS, gathered
from codemod.cli.hiring import hiring
from codemod.cli.migrating import Run, exit_status, text_of
from codemod.cli.output import save, show
from codemod.discover import check as check_paths
from codemod.errors import UsageError
from codemod.report import counted, visible, warning_lines
from codemod.report.fleet import added, blank, heading, seen_from, total_line
from codemod.write import UndoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codemod.cli.options import Options
    from codemod.fleet import Group
    from codemod.model import Report
    from codemod.report.diff import Patch, Spread
    from codemod.workers import Workers


class Fleet:
    """A run over several roots, which remembers how far it is.

    All or nothing holds for each root by itself. Raises UsageError, before anything is looked at, for an option
    that is about one root, and for PATHS and a configuration that cannot be used.
    """

    def __init__(
        self, options: Options, groups: Sequence[Group], dry_run: bool, check: bool, command: str | None
    ) -> None:
        _refuse_options(options, groups, command)
        for group in groups:
            check_paths(group.root, group.paths, group.settled.config.exclude)
        self.options = options
        self.groups = groups
        self.dry_run = dry_run
        self.check = check
        self.stream = sys.stderr if dry_run else sys.stdout
        self.run: Run | None = None
        self.told = 0
        self._folder = os.path.realpath(os.getcwd())
        self._in_files = [(path, KINDS[path.suffix.lower()]) for path in options.report]
        kinds = [kind for _, kind in self._in_files]
        self._gathered = gathered({*kinds, options.format} - {"text"}, self._folder)
        self._has_shown = False

    def go(self) -> int:
        """Do everything, and return the worst exit status of all roots."""
        with hiring(self.options, [group.root for group in self.groups]) as hire:
            return self._go(hire)

    def _go(self, hire: Callable[[], Workers]) -> int:
        worst = 0
        total = blank(self._folder, written=not (self.dry_run or self.check))
        try:
            for group in self.groups:
                report = self._report(group, hire())
                if report.plans:
                    _import_what_rewriting_takes()
                self._tell(group, report)
                total = added(total, report)
                status = exit_status(report, check=self.check, exit_zero=self.options.exit_zero)
                worst = max(worst, status)
        finally:
            if self.told:
                self._end(total)
        return worst

    def done(self) -> str:
        """Say what an interrupted run has done."""
        done = f"{self.told} of {counted(len(self.groups), 'root')} done"
        return f"{done}; in {visible(self._path(self.run.group))}, {self.run.done()}" if self.run else done

    @property
    def has_written(self) -> bool:
        """Whether a root may have files with new bytes."""
        return self.told > 0 or (self.run is not None and self.run.has_written)

    def _report(self, group: Group, workers: Workers) -> Report:
        self.run = Run(self.options, group, self.dry_run, self.check, diff=self._diff)
        try:
            return self.run.report(workers)
        except UndoError as error:
            broken_off = replace(blank(group.root, written=True), errors=error.errors)
            raise UndoError(seen_from(broken_off, self._folder).errors) from error

    def _path(self, group: Group) -> str:
        return os.path.relpath(group.root, self._folder)

    def _tell(self, group: Group, report: Report) -> None:
        """Tell of a root what can be told at once, and take in what comes at the end."""
        for each in self._gathered.values():
            each.add(self._path(group), report)
        diff = self.run.diff if self.run else b""
        self.told, self.run = self.told + 1, None
        if self.options.format != "text":
            warnings = "" if self.options.quiet else warning_lines(seen_from(report, self._folder))
            show(sys.stderr, warnings)
            return
        show(sys.stdout, diff)
        if text := text_of(report, self.options, self.stream):
            self._show(heading(self._path(group)) + text)

    def _end(self, total: Report) -> None:
        """Tell what can be told at the end only: of the whole, or of as much as an interrupted run has done."""
        try:
            for path, kind in self._in_files:
                save(path, self._gathered[kind].text(total), "report")
        finally:
            self._end_of_output(total)

    def _end_of_output(self, total: Report) -> None:
        if self.options.format != "text":
            show(sys.stdout, self._gathered[self.options.format].text(total))
            return
        if not self.options.quiet:
            self._show(total_line(total, self.told))
        if self.dry_run and total.summary.files_changed and self._base != self._folder:
            show(sys.stderr, f"Apply the diff in {visible(self._base)}, where its paths start.\n")

    def _diff(self, report: Report, spread: Spread) -> bytes:
        return self._patch.part(seen_from(report, self._base).plans, spread)

    def _show(self, text: str) -> None:
        show(self.stream, f"\n{text}" if self._has_shown else text)
        self._has_shown = True

    @cached_property
    def _base(self) -> str:
        """The folder that the diff is applied in: the current one, or where not all roots are in that, one that has
        them all.
        """
        roots = [group.root for group in self.groups]
        common = os.path.commonpath(roots)
        return self._folder if os.path.commonpath([self._folder, common]) == self._folder else common

    @cached_property
    def _patch(self) -> Patch:
        from codemod.report.diff import Patch

        return Patch(self._base)


def _import_what_rewriting_takes() -> None:
    """Import it here, once: a process that does is not worth it for each small root."""
    import codemod.rewrite.file  # noqa: F401


def _refuse_options(options: Options, groups: Sequence[Group], command: str | None) -> None:
    """UsageError for an option that is about one root."""
    given = {
        "--baseline": options.baseline,
        "--write-baseline": options.write_baseline,
        "--run": command,
    }
    for option, value in given.items():
        if value:
            first, second, *_ = (group.root for group in groups)
            raise UsageError(
                f"{option} is for one root, and PATHS are in {len(groups)}, such as {first!r} and {second!r}: run "
                "ctxmigrate on each separately, or put a [tool.ctxmigrate] into the pyproject.toml of a folder "
                "above them"
            )
