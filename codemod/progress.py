"""How far a run is, for a person who waits: a bar on a terminal, gone when the run is over."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Protocol, TypeVar

from codemod.report.screen import emit, width

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from types import TracebackType
    from typing import TextIO

_DELAY = 0.5
_PAUSE = 0.1
_BAR = 30

Item = TypeVar("Item")


class Watch(Protocol):
    """Gives ``items`` back, one after the other, while somebody may watch how far the ``stage`` is."""

    def __call__(self, stage: str, items: Collection[Item], /) -> Iterable[Item]:
        """Return ``items``."""


def unwatched(_: str, items: Collection[Item]) -> Iterable[Item]:
    """Return ``items``: the ``Watch`` that tells nobody."""
    return items


class Stopwatch:
    """A ``Watch`` that takes the time of each stage, in ``seconds``, while another one watches."""

    def __init__(self, watch: Watch) -> None:
        self.seconds: dict[str, float] = {}
        self._watch = watch

    def __call__(self, stage: str, items: Collection[Item]) -> Iterator[Item]:
        """Yield ``items``."""
        started = time.perf_counter()
        yield from self._watch(stage, items)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - started


class Progress:
    """A ``Watch`` that draws a bar on ``stream`` if it is a terminal, from half a second on.

    It is a context, at whose end nothing is left of the bar.
    """

    def __init__(self, stream: TextIO | None, clock: Callable[[], float] = time.monotonic) -> None:
        wanted = stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
        self._stream = stream if wanted else None
        self._clock = clock
        self._due = clock() + _DELAY
        self._drawn = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._draw("")

    def __call__(self, stage: str, items: Collection[Item]) -> Iterator[Item]:
        """Yield ``items``, and draw how many of them are done."""
        total = len(items)
        for done, item in enumerate(items):
            if self._stream and self._clock() >= self._due:
                filled = _BAR * done // total
                self._draw(f"{stage} [{'#' * filled:.<{_BAR}}] {done} of {total}")
            yield item

    def tell(self, text: str) -> None:
        """Show ``text`` in place of the bar if there would be one by now."""
        if self._clock() >= self._due:
            self.announce(text)

    def announce(self, text: str) -> None:
        """Show ``text`` at once: what comes next takes long."""
        if self._stream:
            self._draw(text)

    def _draw(self, line: str) -> None:
        emit(self._stream, f"\r\x1b[K{line[: width(self._stream) - 1]}")
        self._drawn = bool(line)
        self._due = self._clock() + _PAUSE
