"""One run from its options to its exit status: plan, write unless told not to, tell."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from codemod.cli.formats import COMPLETE, FORMATS, SUFFIXES
from codemod.cli.group import Failure
from codemod.cli.hiring import hired
from codemod.cli.options import settled_for
from codemod.cli.output import save, show
from codemod.cli.standing import listed, stand
from codemod.errors import UsageError
from codemod.fleet import grouped
from codemod.progress import Progress
from codemod.report import counted, nothing_found, nothing_to_tell, visible, warning_lines
from codemod.report.screen import has_color, width
from codemod.write import UndoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import TextIO

    from codemod.cli.fleet import Fleet
    from codemod.cli.options import Options
    from codemod.cli.standing import Standing
    from codemod.fleet import Group
    from codemod.model import Report
    from codemod.report.diff import Part, Spread
    from codemod.run import Planning
    from codemod.workers import Workers


def migrate(options: Options, *, dry_run: bool, check: bool, run: str | None = None) -> NoReturn:
    """Plan, write unless told not to, try it with the command ``run`` if there is one, tell, and exit."""
    this: Run | Fleet | None = None
    try:
        groups = grouped(options.paths, lambda path: settled_for(replace(options, paths=(path,))))
        if len(groups) == 1:
            this = Run(options, groups[0], dry_run, check, run)
        else:
            from codemod.cli.fleet import Fleet

            this = Fleet(options, groups, dry_run, check, run)
        status = this.go()
    except UsageError as error:
        raise Failure(str(error)) from None
    except Failure as failure:
        if this is None or dry_run or check or not this.has_written:
            raise
        raise Failure(f"{failure.message}; {this.done()}") from None
    except UndoError as error:
        raise Failure(f"interrupted, and not everything could be undone: {error}") from None
    except KeyboardInterrupt:
        raise Failure(f"interrupted: {this.done()}" if this else "interrupted") from None
    sys.exit(status)


def exit_status(report: Report, *, check: bool, exit_zero: bool, known: int = 0, stale: bool = False) -> int:
    """Return 2 for file errors; 1 for more blocked sites than are ``known``, for a ``stale`` baseline or, with
    ``check``, for anything to change; else 0.
    """
    if report.errors:
        return 2
    to_do = report.summary.blocked > known or (check and report.plans) or stale
    return int(bool(to_do) and not exit_zero)


class Run:
    """A run over one root, which remembers what it planned to write, and for a dry run the ``diff`` of that."""

    def __init__(
        self,
        options: Options,
        group: Group,
        dry_run: bool,
        check: bool,
        command: str | None = None,
        diff: Callable[[Report, Spread], bytes] | None = None,
    ) -> None:
        self.options = options
        self.group = group
        self.dry_run = dry_run
        self.check = check
        self.command = command
        self.runs = 0
        self.planned: Report | None = None
        self.diff = b""
        self._diff = diff or _own_diff

    def go(self) -> int:
        """Do everything, and return the exit status."""
        entries = listed(self.options)
        report = self.report(hired(self.options, self.group.root))
        standing = stand(self.options, entries, report)
        try:
            self._save(report, standing)
        finally:
            self._tell(report, standing)
        known = standing.known if standing else 0
        stale = standing is not None and standing.is_stale
        return exit_status(
            report, check=self.check, exit_zero=self.options.exit_zero, known=known, stale=stale
        )

    def done(self) -> str:
        """Say what an interrupted run has done, as the disk has it."""
        if not (written := self._written()):
            return "no file was changed"
        plans = self.planned.plans if self.planned else ()
        return f"{written} of {counted(len(plans), 'file')} had been written by then"

    @property
    def has_written(self) -> bool:
        """Whether a file has its new bytes."""
        return self._written() > 0

    def _written(self) -> int:
        if self.planned is None:
            return 0
        written = 0
        for each in self.planned.plans:
            with suppress(OSError):
                written += Path(self.planned.root, each.path).read_bytes() == each.after
        return written

    def report(self, hired: AbstractContextManager[Workers]) -> Report:
        """Plan with the workers that are hired for that, and write unless told not to."""
        from codemod.run import Planning, apply

        settled = self.group.settled
        paths = [Path(path) for path in self.group.paths]
        with Progress(None if self.options.quiet else sys.stderr) as progress:
            with hired as workers:
                planning = Planning(settled.root, settled.config, paths, workers, progress)
                self.planned = planning.plan()
                if self.dry_run and self.options.format == "text" and self.planned.plans:
                    self.diff = self._diff(self.planned, partial(_compared, workers, progress))
            if self.dry_run or self.check:
                return self.planned
            if self.command and self.planned.plans:
                return self._tried(planning, self.planned, self.command, progress)
            progress.tell(f"Writing {counted(len(self.planned.plans), 'file')}")
            return apply(self.planned)

    def _tried(self, planning: Planning, planned: Report, command: str, progress: Progress) -> Report:
        from codemod.trial import attempt

        trial = attempt(planning, planned, command, progress.announce)
        self.runs = trial.runs
        return trial.report

    def _beside(self, report: Report, standing: Standing | None) -> str:
        """Return what there is to say beside the report."""
        told = standing.text(quiet=self.options.quiet) if standing else ""
        if not self.command or self.options.quiet:
            return told
        result = "was not run, as nothing was written"
        if self.runs:
            files = counted(len(self.planned.plans) if self.planned else 0, "file")
            result = f"passes with {len(report.plans)} of {files} rewritten ({counted(self.runs, 'run')})"
        return f"{told}`{visible(self.command)}` {result}.\n"

    def _save(self, report: Report, standing: Standing | None) -> None:
        for path in self.options.report:
            save(path, SUFFIXES[path.suffix.lower()](report), "report")
        if standing and standing.content is not None:
            save(standing.file, standing.content, "baseline")

    def _tell(self, report: Report, standing: Standing | None) -> None:
        known = standing.known if standing and self.options.format not in COMPLETE else 0
        told = standing.without_known(report) if standing and known else report
        beside = self._beside(report, standing)
        if self.options.format != "text":
            show(sys.stdout, FORMATS[self.options.format](told))
            show(sys.stderr, beside if self.options.quiet else warning_lines(report) + beside)
            return
        stream = sys.stderr if self.dry_run else sys.stdout
        show(sys.stdout, self.diff)
        text = text_of(told, self.options, stream, known)
        show(stream, "\n".join(part for part in (text, beside) if part))


def _own_diff(report: Report, spread: Spread) -> bytes:
    from codemod.report.diff import unified_diff

    return unified_diff(report.plans, report.root, spread)


def _compared(
    workers: Workers, progress: Progress, compare: Callable[[Part], bytes], parts: Sequence[Part]
) -> Iterator[bytes]:
    return workers.spread("Comparing", compare, parts, [len(plan.before) for plan, _ in parts], progress)


def text_of(report: Report, options: Options, stream: TextIO | None, known: int = 0) -> str:
    """Return the text report for ``stream``, of which a baseline lists ``known`` blocked sites."""
    if nothing_to_tell(report) and not (options.verbose and report.occurrences):
        return "" if options.quiet or known else nothing_found(report)
    from codemod.decide.rules import RULES
    from codemod.report import text

    return text.render(
        report,
        names={rule.code: rule.name for rule in RULES},
        advice={rule.code: rule.advice for rule in RULES},
        width=width(stream),
        color=has_color(stream),
        quiet=options.quiet,
        verbose=options.verbose,
        known=known,
    )
