"""Try a rewrite with a command of the user's: keep what passes, put back what makes it fail.

Every state that is tried is a plan of its own, in which the files that are left out still use what they use.
``culprits`` searches, ``disk`` takes the files from state to state, and ``shell`` runs the command.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codemod.decide.run_failed import RUN_FAILED, failed_run
from codemod.errors import UsageError
from codemod.model import Caution, Finding
from codemod.run import unwritten
from codemod.signals import RaisedSignals
from codemod.trial.culprits import Search
from codemod.trial.disk import Disk
from codemod.trial.shell import run
from codemod.write import UndoError
from codemod.write.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from codemod.model import FileError, FilePlan, Report
    from codemod.run import Planning
    from codemod.trial.shell import Ending

_LEFT_OUT = Finding(RUN_FAILED.code, "", "")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial: the ``report`` of what stays written, after so many ``runs`` of the command."""

    report: Report
    runs: int


def attempt(planning: Planning, planned: Report, command: str, tell: Callable[[str], None]) -> Trial:
    """Write what is ``planned``, as far as ``command`` passes with it as it does without.

    ``tell`` is told what is tried. Raises UsageError for a command that fails without the rewrite too, or writes
    to the files itself, and UndoError where something broke in and not every file could get its old bytes back.
    Otherwise what breaks in goes on when they have them: KeyboardInterrupt on SIGINT, and the end of the process
    on SIGTERM and SIGHUP.
    """
    root = Path(planned.root)
    with RaisedSignals() as signals, Guard(root) as guard:
        disk = Disk(root, guard)
        try:
            trial = _Attempt(planning, planned, command, tell, disk, guard).go()
        except BaseException as error:
            failures = disk.restore()
            guard.dismiss()
            if not failures:
                raise
            signals.forget()
            if isinstance(error, UsageError):
                raise UsageError("\n".join((str(error), *_lines(failures)))) from None
            raise UndoError(failures) from error
        guard.dismiss()
        return trial


class _Attempt:
    """The states of one trial, and what the command makes of them."""

    def __init__(
        self,
        planning: Planning,
        planned: Report,
        command: str,
        tell: Callable[[str], None],
        disk: Disk,
        guard: Guard,
    ) -> None:
        self.planning = planning
        self.planned = planned
        self.command = command
        self.tell = tell
        self.disk = disk
        self.guard = guard
        self.started = time.perf_counter()
        self.runs = 0
        self.suspects = _in_order(planned)
        self.passing: set[tuple[FilePlan, ...]] = {()}
        self.failing: dict[frozenset[str], Ending] = {}

    def go(self) -> Trial:
        """Try everything first, and search only if that fails."""
        if errors := self.disk.become(self.planned.plans):
            return self._end(unwritten(self.planned, errors))
        if self._try(self.planned.plans).passed:
            return self._end(self.planned)
        ending = self._try(())
        if not ending.passed:
            raise UsageError(_useless(self.command, ending))
        search = Search(self.suspects, self._passes)
        endings = {path: self.failing[search.good | {path}] for path in search.culprits}
        reasons = {path: failed_run(self.command, str(ending)) for path, ending in endings.items()}
        report = self.planning.without(reasons)
        self._become(report.plans)
        for path, ending in endings.items():
            report = _with_output(report, path, reasons[path], ending)
        return self._end(report)

    def _passes(self, rewritten: frozenset[str]) -> bool:
        left_out = dict.fromkeys((path for path in self.suspects if path not in rewritten), _LEFT_OUT)
        plans = self.planning.without(left_out).plans
        if plans in self.passing:
            return True
        ending = self._try(plans)
        if ending.passed:
            self.passing.add(plans)
        else:
            self.failing[rewritten] = ending
        return ending.passed

    def _try(self, plans: tuple[FilePlan, ...]) -> Ending:
        self._become(plans)
        self.runs += 1
        self.tell(f"Trying {len(plans)} of {len(self.suspects)} files (run {self.runs})")
        try:
            return run(self.command, self.disk.root, self.guard.note_command)
        except OSError as error:
            raise UsageError(f"`{self.command}` cannot be run: {error.strerror}") from None

    def _become(self, plans: tuple[FilePlan, ...]) -> None:
        if errors := self.disk.become(plans):
            head = f"the trial with `{self.command}` cannot go on; all other files are as they were:"
            raise UsageError("\n".join((head, *_lines(map(self._blamed, errors)))))

    def _blamed(self, error: FileError) -> FileError:
        """For a file that is not as it was written, that the command changed it."""
        message = f"`{self.command}` wrote to this file: let it leave alone what is rewritten"
        return replace(error, message=message) if error.code == "CTX904" else error

    def _end(self, report: Report) -> Trial:
        message = f"`{self.command}` wrote to this file after it was rewritten"
        cautions = [Caution(path, 1, message) for path in self.disk.changed()]
        seconds = self.planned.seconds + time.perf_counter() - self.started
        warnings = (*report.warnings, *cautions)
        return Trial(replace(report, written=True, warnings=warnings, seconds=seconds), self.runs)


def _in_order(planned: Report) -> tuple[str, ...]:
    """Return the files that are written, those with mocks first: they follow what is written of the modules that
    they name, while a mock that is left out misses the calls in a module that is written.
    """
    mocking = {site.path for site in planned.sites if site.kind == "mock"}
    return tuple(sorted((plan.path for plan in planned.plans), key=lambda path: (path not in mocking, path)))


def _with_output(report: Report, path: str, reason: Finding, ending: Ending) -> Report:
    """Return ``report`` with what the command printed on the first site that is blocked for the ``reason``; where
    a file has none, because it only passes names on, with a warning.
    """
    for number, site in enumerate(report.sites):
        if site.path == path and reason in site.codes:
            told = replace(reason, output=ending.output)
            codes = tuple(told if each == reason else each for each in site.codes)
            sites = (*report.sites[:number], replace(site, codes=codes), *report.sites[number + 1 :])
            return replace(report, sites=sites)
    return replace(report, warnings=(*report.warnings, Caution(path, 1, reason.message)))


def _lines(errors: Iterable[FileError]) -> list[str]:
    return [f"{error.path}: {error.message}" for error in errors]


def _useless(command: str, ending: Ending) -> str:
    head = f"`{command}` fails without the rewrite too ({ending}), so it cannot tell what the rewrite breaks"
    printed = ("The command printed last:", *ending.output) if ending.output else ()
    return "\n".join((f"{head}: nothing was changed", *printed))
