"""Spreads the stages that run per file over processes, where there is enough for them to do."""

from __future__ import annotations

import gc
import os
import signal
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from types import TracebackType

    from codemod.progress import Watch

Item = TypeVar("Item")
Result = TypeVar("Result")

_WORTH_A_PROCESS = 1_000_000
"""Bytes of source whose handling takes longer than starting a process does."""
_CHUNK = 100_000
"""Bytes of source that a process gets at a time."""

REWRITING = "Rewriting"
"""The stage that takes imports of its own."""


class Workers:
    """At most ``jobs`` processes, by default one for each processor, started when there is work for them.

    With little work a single one is there, which imports what rewriting takes while the other stages run here.
    Where a process dies, what is left is done here. ``executor`` takes their place if it is given. A context, at
    whose end they are gone.
    """

    def __init__(self, jobs: int | None, executor: Executor | None = None) -> None:
        self._jobs = jobs or len(_processors())
        self._given = executor
        self._executor = executor
        self._processes = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not self._given and self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = self._given

    def start(self, size: int) -> None:
        """Start processes for work on that many bytes of source."""
        if self._executor or self._jobs < 2:
            return
        from concurrent.futures import ProcessPoolExecutor

        self._processes = min(self._jobs, size // _WORTH_A_PROCESS + 1)
        with suppress(OSError):
            self._executor = ProcessPoolExecutor(self._processes, initializer=_prepare)
            for _ in range(self._processes):
                self._executor.submit(_import_what_rewriting_takes)

    def spread(
        self,
        stage: str,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        sizes: Sequence[int],
        watch: Watch,
    ) -> Iterator[Result]:
        """The results of a pure function for all items, in their order.

        ``sizes`` are the amounts of source in bytes. ``watch`` is told how far the ``stage`` is.
        """
        is_worth_it = self._given or self._processes > 1 or stage == REWRITING
        executor = self._executor if is_worth_it and items else None
        results = _remotely(executor, function, items, sizes) if executor else map(function, items)
        for _ in watch(stage, items):
            yield next(results)


def _remotely(
    executor: Executor, function: Callable[[Item], Result], items: Sequence[Item], sizes: Sequence[int]
) -> Iterator[Result]:
    from concurrent.futures import BrokenExecutor

    chunks = list(_chunks(items, sizes))
    done = 0
    try:
        futures = [executor.submit(_all, function, chunk) for chunk in chunks]
        for future in futures:
            for result in future.result():
                yield result
                done += 1
    except (BrokenExecutor, OSError):
        yield from map(function, islice(items, done, None))


def _chunks(items: Sequence[Item], sizes: Sequence[int]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    total = 0
    for item, size in zip(items, sizes, strict=True):
        chunk.append(item)
        total += size
        if total >= _CHUNK:
            yield chunk
            chunk, total = [], 0
    if chunk:
        yield chunk


def _all(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


def _import_what_rewriting_takes() -> None:
    import codemod.rewrite.file  # noqa: F401


def _processors() -> Sequence[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


def _prepare() -> None:
    """Leave interruptions to the parent, and cycles, of which syntax trees have none, alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
