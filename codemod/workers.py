"""Spreads the stages that run per file over processes, where there is enough for them to do."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future, ProcessPoolExecutor
    from multiprocessing.process import BaseProcess
    from types import TracebackType

    from codemod.progress import Watch

Item = TypeVar("Item")
Result = TypeVar("Result")

_WORTH_A_PROCESS = 1_000_000
"""Bytes of source whose handling takes longer than starting a process does."""
_CHUNK = 100_000
"""Bytes of source that a process gets at a time."""
_SAFE_PATH = "PYTHONSAFEPATH"
"""With it a new process (from Python 3.11 on) imports nothing that lies in the current folder."""
_ENOUGH = 2
"""Chunks for a process to do, one of them now, where others are done here meanwhile."""
_AHEAD = 20
"""The fewest chunks that may be under way at a time. There is a limit, so that they take bounded memory."""

REWRITING = "Rewriting"
"""The stage that takes imports of its own."""
_REWRITER = "codemod.rewrite.file"
"""What it takes, with all that this imports."""


class Workers:
    """At most ``jobs`` processes, by default one for each processor, started when there is work for them.

    With little work a single one is there, which imports what rewriting takes while the other stages run here,
    unless that is imported here already. Where fewer than ``jobs`` are there, a part of the work is done here.
    ``executor``, which does ``jobs`` things at a time, takes their place if it is given, and is not shut down.
    Where it or a process fails, what is left is done here, and ``failure`` says why. A context, at whose end the
    processes are gone, and all is done here.
    """

    def __init__(self, jobs: int | None = None, executor: Executor | None = None) -> None:
        self.failure: Exception | None = None
        self._jobs = jobs or len(_processors())
        self._is_given = executor is not None
        self._executor = executor
        self._processes = 0
        self._sets_safe_path = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None and not self._is_given:
            if error is None and not all(each.is_alive() for each in _processes_of(self._executor)):
                _kill(self._executor)  # the others may wait for ever for what one that was killed had
            self._executor.shutdown(cancel_futures=True)
        if self._sets_safe_path:
            os.environ.pop(_SAFE_PATH, None)
        self._executor = None
        self._jobs = 1

    def start(self, size: int) -> None:
        """Start processes for work on that many bytes of source, if it is worth any."""
        wanted = min(self._jobs, size // _WORTH_A_PROCESS)
        is_over = self._jobs < 2 or self._is_given or self.failure
        if wanted > self._processes and not is_over:
            self._open(wanted)

    def start_rewriting(self, size: int) -> None:
        """Start processes for all stages, and have them import what rewriting takes."""
        if size < _WORTH_A_PROCESS and _REWRITER in sys.modules:
            return
        self.start(size + _WORTH_A_PROCESS)
        if self._executor and not self._is_given:
            from concurrent.futures import BrokenExecutor

            with suppress(BrokenExecutor, OSError):
                for _ in range(self._processes):
                    self._executor.submit(_import_what_rewriting_takes)

    def spread(
        self,
        stage: str,
        function: Callable[[Item], Result],
        items: Collection[Item],
        sizes: Collection[int],
        watch: Watch,
    ) -> Iterator[Result]:
        """The results of a pure function for all items, in their order.

        ``sizes`` are the amounts of source in bytes. ``watch`` is told how far the ``stage`` is.
        """
        is_worth_it = self._is_given or stage == REWRITING or sum(sizes) >= _WORTH_A_PROCESS
        executor = self._executor if is_worth_it and items and not self.failure else None
        is_ready = stage != REWRITING or _REWRITER in sys.modules
        helps = is_ready and not self._is_given and self._processes < self._jobs
        results = (
            self._remotely(executor, function, items, sizes, helps=helps)
            if executor
            else map(function, items)
        )
        for _ in watch(stage, items):
            yield next(results)

    def _open(self, processes: int) -> None:
        import multiprocessing

        if sys.version_info < (3, 11) and multiprocessing.get_start_method() != "fork":
            return  # they would import what lies in the current folder, and nothing keeps them from it
        if self._executor:
            self._executor.shutdown()
        self._processes = processes
        self._sets_safe_path = self._sets_safe_path or _SAFE_PATH not in os.environ
        os.environ.setdefault(_SAFE_PATH, "1")
        self._executor = _started(processes)

    def _remotely(
        self,
        executor: Executor,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        sizes: Iterable[int],
        *,
        helps: bool,
    ) -> Iterator[Result]:
        from concurrent.futures import BrokenExecutor, CancelledError

        done = 0
        try:
            ahead = max(_AHEAD, 4 * self._jobs)
            enough = _ENOUGH * self._processes if helps else ahead
            for results in _in_order(executor, function, _chunks(items, sizes), ahead, enough):
                for result in results:
                    yield result
                    done += 1
        except (BrokenExecutor, CancelledError, OSError) as error:
            self.failure = error
            yield from map(function, islice(items, done, None))


def _started(processes: int) -> ProcessPoolExecutor | None:
    """An executor whose first processes run; None where the system starts none, or not enough of them."""
    from concurrent.futures import ProcessPoolExecutor

    executor = None
    try:
        executor = ProcessPoolExecutor(processes, initializer=_prepare)
        executor.submit(os.getpid)
    except (OSError, RuntimeError):  # the latter where no thread can be started
        if executor:
            _kill(executor)
        return None
    return executor


def _processes_of(executor: Executor) -> list[BaseProcess]:
    """The processes of an executor that is made here: before Python 3.14 it has no public way to end them."""
    return list((getattr(executor, "_processes", None) or {}).values())


def _kill(executor: Executor) -> None:
    for process in _processes_of(executor):
        process.kill()
        process.join()


def _in_order(
    executor: Executor,
    function: Callable[[Item], Result],
    chunks: Iterable[list[Item]],
    ahead: int,
    enough: int,
) -> Iterator[list[Result]]:
    """The results for each chunk, of which at most ``ahead`` are kept waiting and called off at an early end.

    Where the executor has ``enough`` to do, a chunk is done here.
    """
    under_way: deque[Future[list[Result]]] = deque()
    try:
        for chunk in chunks:
            if sum(not future.done() for future in under_way) < enough:
                under_way.append(executor.submit(_all, function, chunk))
            else:
                under_way.append(_done(_all(function, chunk)))
            while under_way and (under_way[0].done() or len(under_way) == ahead):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()


def _done(result: Result) -> Future[Result]:
    from concurrent.futures import Future

    future: Future[Result] = Future()
    future.set_result(result)
    return future


def _chunks(items: Iterable[Item], sizes: Iterable[int]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    total = 0
    for item, size in zip(items, sizes, strict=False):
        chunk.append(item)
        total += size
        if total >= _CHUNK:
            yield chunk
            chunk, total = [], 0
    if chunk:
        yield chunk


def _all(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    with without_collection():
        return [function(item) for item in items]


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep Python from looking for cycles: syntax trees have none, and it would go through all of them each time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _import_what_rewriting_takes() -> None:
    import codemod.rewrite.file  # noqa: F401


def _processors() -> Sequence[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


def _prepare() -> None:
    """Leave interruptions to the parent, and cycles, of which syntax trees have none, alone; end with the parent."""
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    with suppress(RuntimeError):  # where no thread can be started
        Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent is gone, even by ``kill -9``: it would wait for work for ever."""
    from multiprocessing import connection, parent_process

    if parent := parent_process():
        connection.wait([parent.sentinel])
        os._exit(1)
