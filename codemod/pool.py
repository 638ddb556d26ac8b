"""Spreads work over processes, where there is enough of it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codemod.progress import Watch

Item = TypeVar("Item")
Result = TypeVar("Result")

_STAGE = "Rewriting"
_WORTH_A_PROCESS = 1_000_000
"""Bytes of source whose handling takes longer than starting a process does."""


def spread(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int | None, size: int, watch: Watch
) -> list[Result]:
    """The results of a pure function for all items, in their order.

    ``size`` is the amount of source in bytes; ``jobs`` the most processes to use, by default one for each
    processor. Where processes die, their work is done here. ``watch`` is told how far it is.
    """
    workers = min(jobs or os.cpu_count() or 1, len(items), size // _WORTH_A_PROCESS + 1)
    if workers < 2:
        return [function(item) for item in watch(_STAGE, items)]
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(workers, initializer=_leave_interruptions_to_the_parent) as pool:
            results = pool.map(function, items, chunksize=max(1, len(items) // (workers * 8)))
            return [result for _, result in zip(watch(_STAGE, items), results, strict=True)]
    except (BrokenProcessPool, OSError):
        return [function(item) for item in watch(_STAGE, items)]


def _leave_interruptions_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
