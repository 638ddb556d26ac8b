"""A second process, which outlives this one and puts the files back if it is killed while it writes."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING

from codemod.errors import UsageError
from codemod.signals import ENDING, end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from codemod.model import FilePlan

_HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from codemod.write.guard import serve; serve()"


class Guard:
    """A context in which a process of its own session knows every step before it is written.

    When this process ends without having dismissed it, killed or not, it ends the command that runs and
    restores the files below ``root``. UsageError where it cannot be started, or was killed itself.
    """

    def __init__(self, root: str | Path) -> None:
        self._root = os.path.realpath(root)

    def __enter__(self) -> Guard:
        # Isolated from what stands in the current folder and in the environment, and quick to start.
        options = ("-I", "-S", "-X", f"utf8={sys.flags.utf8_mode}", "-c", _PROGRAM)
        command = [sys.executable, *options, _HOME, self._root, str(os.getpid())]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            raise UsageError(
                f"the process that guards the files cannot be started: {error.strerror}"
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(BrokenPipeError):
            self._sink.close()
        self._process.wait()

    def note(self, steps: Sequence[FilePlan]) -> None:
        """Tell of steps that come next."""
        self._send(list(steps))

    def note_command(self, group: int) -> None:
        """Tell of the process group of the command that runs; 0 for none."""
        self._send(group)

    def dismiss(self) -> None:
        """Let go: the files are as they shall be."""
        self._process.kill()

    @property
    def _sink(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _send(self, message: list[FilePlan] | int) -> None:
        try:
            pickle.dump(message, self._sink)
            self._sink.flush()
        except BrokenPipeError:
            raise UsageError("the process that guards the files was killed") from None


@contextmanager
def guarded(base: str, plans: Sequence[FilePlan]) -> Iterator[None]:
    """Have all files put back if this process is killed before all are written.

    One file alone needs no guard. Where there can be none, the files are written without.
    """
    with ExitStack() as stack:
        if len(plans) > 1:
            with suppress(UsageError):
                guard = stack.enter_context(Guard(base))
                stack.callback(guard.dismiss)
                guard.note(plans)
        yield


def serve() -> None:
    """Be the second process, of the one that is named on the command line."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    steps: list[FilePlan] = []
    command = 0
    with suppress(Exception):  # such as a message that is cut off
        while True:
            message = pickle.load(sys.stdin.buffer)
            if isinstance(message, int):
                command = message
            else:
                steps += message
    while sys.stdin.buffer.read(1 << 16):
        continue
    if command:
        end(command)
    if steps:
        _restore(sys.argv[2], steps, int(sys.argv[3]))


def _restore(root: str, steps: Sequence[FilePlan], parent: int) -> None:
    from codemod.write import restore

    failures = restore(root, steps, parent)
    lines = [f"{each.path}: {each.message}" for each in failures] or ["All files have their old bytes again."]
    text = "\n".join(("ctxmigrate was killed before it was done.", *lines, ""))
    os.write(2, text.encode("utf-8", "backslashreplace"))
