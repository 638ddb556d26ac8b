"""A second process, which outlives this one and puts the files back if it is killed in the middle of a trial."""

from __future__ import annotations

import os
import pickle
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from codemod.errors import UsageError
from codemod.signals import ENDING
from codemod.trial.shell import end
from codemod.write import restore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from codemod.model import FilePlan


class Guard:
    """A context in which a process of its own session knows every step before it is written.

    When this process ends without having dismissed it, killed or not, it ends the command that runs and
    restores the files below ``root``.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def __enter__(self) -> Guard:
        source, sink = os.pipe()
        parent = os.getpid()
        self._process = os.fork()
        if not self._process:
            _serve(source, sink, self._root, parent)
        os.close(source)
        self._sink = open(sink, "wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(BrokenPipeError):
            self._sink.close()
        os.waitpid(self._process, 0)

    def note(self, steps: Sequence[FilePlan]) -> None:
        """Tell of steps that come next."""
        self._send(list(steps))

    def note_command(self, group: int) -> None:
        """Tell of the process group of the command that runs; 0 for none."""
        self._send(group)

    def dismiss(self) -> None:
        """Let go: the files are as they shall be."""
        self._send(None)

    def _send(self, message: list[FilePlan] | int | None) -> None:
        try:
            pickle.dump(message, self._sink)
            self._sink.flush()
        except BrokenPipeError:
            raise UsageError("the process that guards the files was killed") from None


def _serve(source: int, sink: int, root: Path, parent: int) -> None:
    """Be the second process."""
    try:
        os.setsid()
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        os.close(sink)
        with open(source, "rb") as messages:
            _wait(messages, root, parent)
    finally:
        os._exit(0)


def _wait(messages: BinaryIO, root: Path, parent: int) -> None:
    steps: list[FilePlan] = []
    command = 0
    with suppress(EOFError, pickle.UnpicklingError):
        while (message := pickle.load(messages)) is not None:
            if isinstance(message, int):
                command = message
            else:
                steps += message
        return
    if command:
        end(command)
    failures = restore(root, steps, parent)
    lines = [f"{each.path}: {each.message}" for each in failures] or ["All files have their old bytes again."]
    if steps:
        text = "\n".join(("ctxmigrate was killed in the middle of a trial.", *lines, ""))
        os.write(2, text.encode("utf-8", "backslashreplace"))
