"""A command of the user's, run to its end in the shell."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from codemod.signals import end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LINES = 10
_LINE = 200
_TAIL = 64 * 1024
_PATIENCE = 5
_WHEN_TOLD = 'read -r go && exec /bin/sh -c "$0" < /dev/null'
_COLOR = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended: its exit status, negative for a signal, and the last lines that it printed."""

    status: int
    output: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the command was content."""
        return self.status == 0

    def __str__(self) -> str:
        return f"signal {-self.status}" if self.status < 0 else f"exit status {self.status}"


def run(command: str, folder: Path, started: Callable[[int], None]) -> Ending:
    """Run a command without input in a process group of its own, whose number ``started`` is told before.

    The group ends with the command. Where something breaks in, such as KeyboardInterrupt, the command gets
    SIGINT and some seconds before that.
    """
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(
            ["/bin/sh", "-c", _WHEN_TOLD, command],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            started(process.pid)
            process.communicate(b"\n")
            status = process.returncode
        except BaseException:
            with suppress(OSError, subprocess.TimeoutExpired):
                os.killpg(process.pid, signal.SIGINT)
                process.wait(_PATIENCE)
            raise
        finally:
            end(process.pid)
            started(0)
        return Ending(status, _last_lines(output))


def _last_lines(output: IO[bytes]) -> tuple[str, ...]:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _TAIL))
    text = _COLOR.sub("", output.read().decode("utf-8", "replace"))
    rows = (line.rstrip().rpartition("\r")[2] for line in text.split("\n"))
    return tuple(row if len(row) <= _LINE else f"{row[:_LINE]}..." for row in rows if row)[-_LINES:]
