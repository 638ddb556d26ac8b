"""The signals that end a run, where it must not be broken off just anywhere."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType, TracebackType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals by which people and systems end a process that may still tidy up."""


def end(group: int) -> None:
    """End all processes of a group that are left."""
    with suppress(OSError):
        os.killpg(group, signal.SIGKILL)


def is_gone(process: int) -> bool:
    """Tell whether there is no process of that number."""
    try:
        os.kill(process, 0)
    except OSError as error:
        return error.errno == errno.ESRCH
    return False


class HeldSignals:
    """A context in which SIGINT, SIGTERM and SIGHUP wait, as far as the process does not ignore them.

    What still waits at its end is delivered then.
    """

    def __enter__(self) -> HeldSignals:
        ending = {number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN}
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, ending)
        self._held = ending - self._before
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def heed(self) -> None:
        """Raise KeyboardInterrupt if a signal waits."""
        if signal.sigpending() & self._held:
            raise KeyboardInterrupt

    def drop(self) -> None:
        """Forget the signals that wait."""
        while waiting := signal.sigpending() & self._held:
            signal.sigwait(waiting)


class RaisedSignals:
    """A context in which SIGTERM and SIGHUP raise KeyboardInterrupt as SIGINT does, as far as they would end the
    process. At its end they do that, unless ``forget`` was called.
    """

    def __enter__(self) -> RaisedSignals:
        self._raised = 0
        ending = [number for number in ENDING if signal.getsignal(number) == signal.SIG_DFL]
        self._before = {number: signal.signal(number, self._raise) for number in ending}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._raised:
            signal.raise_signal(self._raised)

    def forget(self) -> None:
        """Let the process live, since it has something to tell."""
        self._raised = 0

    def _raise(self, number: int, _: FrameType | None) -> None:
        self._raised = number
        raise KeyboardInterrupt
