"""Times whole processes: wall clock and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds from start to end, and the peak memory in MB of the largest process in it."""

    seconds: float
    peak: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Several runs of one command."""

    runs: tuple[Run, ...]

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def least(self) -> float:
        """The least of the seconds."""
        return min(run.seconds for run in self.runs)

    @property
    def most(self) -> float:
        """The most of the seconds."""
        return max(run.seconds for run in self.runs)

    @property
    def peak(self) -> float:
        """The most memory in MB."""
        return max(run.peak for run in self.runs)


def timed(command: Sequence[str], folder: Path) -> Run:
    """Run a command in a folder, its output thrown away, as a user does: with compiled modules.

    The peak is at least the size of this process itself. RuntimeError if the status is 2 or more.
    """
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if not 0 <= process.returncode <= 1:
        raise RuntimeError(f"exit status {process.returncode}: {' '.join(command)[:300]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit / 1e6)


def in_turn(commands: Mapping[str, Sequence[str]], folder: Path, runs: int) -> dict[str, Figures]:
    """Run all commands in turn, ``runs`` times, after one turn that only warms the caches."""
    for command in commands.values():
        timed(command, folder)
    turns = [{name: timed(command, folder) for name, command in commands.items()} for _ in range(runs)]
    return {name: Figures(tuple(turn[name] for turn in turns)) for name in commands}
