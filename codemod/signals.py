"""The signals that end a run, where it must not be broken off just anywhere."""

from __future__ import annotations

import errno
import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    _Handler = Callable[[int, FrameType | None], object] | int | None

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

    What still waits at its end is delivered then. Only the main thread, where Python handles signals, holds them:
    whichever thread a signal reaches, none breaks into the context there.
    """

    def __enter__(self) -> HeldSignals:
        self._waiting: list[int] = []
        self._before: dict[int, _Handler] = {}
        if threading.current_thread() is threading.main_thread():
            handlers = {number: signal.getsignal(number) for number in ENDING}
            self._before = {
                n: handler for n, handler in handlers.items() if handler not in (None, signal.SIG_IGN)
            }
        for number in self._before:
            signal.signal(number, self._hold)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in reversed(self._before):  # SIGINT, whose handler raises, comes last
            signal.signal(number, self._before[number])
        for number in self._waiting:
            signal.raise_signal(number)

    def heed(self) -> None:
        """Raise KeyboardInterrupt if a signal waits."""
        if self._waiting:
            raise KeyboardInterrupt

    def drop(self) -> None:
        """Forget the signals that wait."""
        self._waiting.clear()

    def _hold(self, number: int, _: FrameType | None) -> None:
        self._waiting.append(number)


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
