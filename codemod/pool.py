"""Spreads work over processes, where there is enough of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

_WORTH_A_PROCESS = 1_000_000
"""Bytes of source whose handling takes longer than starting a process does."""


def spread(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int | None, size: int
) -> list[Result]:
    """The results of a pure function for all items, in their order.

    ``size`` is the amount of source in bytes; ``jobs`` the most processes to use, by default one for each
    processor. Where processes die, their work is done here.
    """
    workers = min(jobs or os.cpu_count() or 1, len(items), size // _WORTH_A_PROCESS + 1)
    if workers < 2:
        return [function(item) for item in items]
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(workers) as pool:
            return list(pool.map(function, items, chunksize=max(1, len(items) // (workers * 8))))
    except (BrokenProcessPool, OSError):
        return [function(item) for item in items]
