"""Hold back the signals that end a run while it must not be broken off anywhere."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class HeldSignals:
    """A context in which SIGINT, SIGTERM and SIGHUP wait, as far as the process does not ignore them.

    What still waits at its end is delivered then.
    """

    def __enter__(self) -> HeldSignals:
        ending = {number for number in _ENDING if signal.getsignal(number) != signal.SIG_IGN}
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
