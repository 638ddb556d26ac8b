"""Runs tasks on the workers of a Dask cluster, once it is certain that they do there what they would do here."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import pickle
import sys
import warnings
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemod.discover.walk import walk
from codemod.errors import UsageError
from codemod.reader import read_bytes
from codemod.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from distributed import Client
    from distributed import Future as RemoteFuture

_TO_CONNECT = 10.0
"""Seconds in which the scheduler has to answer."""
_PATIENCE = 5.0
"""Seconds between two looks at whether there are workers, while a result is waited for."""
_LOOKS = 3
"""The looks without any worker after which the cluster is lost: one that died may be started again."""
_SAMPLE = 100
"""Files that a worker has to see as they are here, from all roots together; from each at least one."""
_NAMED = 5
"""Unfit workers that are named where there are many."""


@dataclass(frozen=True, slots=True)
class Build:
    """What the results of a process depend on, beside its tasks. ``code`` is a digest of the modules."""

    version: str
    python: str
    code: str


@contextmanager
def connected(address: str, roots: Sequence[str]) -> Iterator[Cluster]:
    """The cluster whose scheduler is at ``address``, while the context lasts.

    Raises UsageError where it is of no use: the extra is not installed, no scheduler answers, there is no worker,
    or one that has not the same ctxmigrate, the same Python or the same files under ``roots``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = _client(address)
    try:
        _check(client, address, roots)
        yield Cluster(client)
    finally:
        client.close()


class Cluster(Executor):
    """Submits tasks to a Dask client. When the cluster fails, ``failure`` says why, and it takes no more."""

    def __init__(self, client: Client) -> None:
        self.failure: BrokenExecutor | None = None
        self._client = client
        self._threads = sum(client.nthreads().values())

    def workers(self) -> Workers:
        """Workers for one run."""
        return Workers(self._threads, self)

    def submit(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Future[Any]:
        """Run a function on a worker that has time for it. Raises BrokenExecutor, as the result does."""
        if self.failure:
            raise self.failure
        try:
            task = pickle.dumps(_Task(build(), function, args, keywords))
            return _Awaited(self, self._client.submit(pickle.loads, task, pure=False))
        except Exception as error:
            raise self.broken(error) from error

    def broken(self, error: Exception) -> BrokenExecutor:
        """Give the cluster up because of an error."""
        lines = str(error).splitlines()
        self.failure = BrokenExecutor(lines[0] if lines else type(error).__name__)
        return self.failure

    def has_workers(self) -> bool:
        """Whether there are any at the moment."""
        return bool(self._client.nthreads())


class _Awaited(Future[Any]):
    """A result that is waited for as long as there are workers."""

    def __init__(self, cluster: Cluster, remote: RemoteFuture) -> None:
        super().__init__()
        self._cluster = cluster
        self._remote = remote

    def cancel(self) -> bool:
        """Call the task off."""
        self._remote.cancel()
        return super().cancel()

    def result(self, timeout: float | None = None) -> Any:
        """The result, however long it takes; raises BrokenExecutor where the cluster does not give it."""
        try:
            return self._waited_for()
        except Exception as error:
            raise self._cluster.broken(error) from error

    def _waited_for(self) -> Any:
        from distributed import TimeoutError as NotYet

        looks = 0
        while looks < _LOOKS:
            with suppress(NotYet):
                return pickle.loads(self._remote.result(timeout=_PATIENCE))
            looks = 0 if self._cluster.has_workers() else looks + 1
        raise BrokenExecutor("no worker is left")


@cache
def build() -> Build:
    """What this process runs, as it is when it is first asked."""
    package = Path(__file__).parent
    code = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        code.update(f"{path.relative_to(package)}\0".encode())
        code.update(path.read_bytes())
    return Build(version("ctxmigrate"), ".".join(map(str, sys.version_info[:2])), code.hexdigest())


def digests(root: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """A digest of each of some files; why there is none where a file cannot be read."""
    raws = (read_bytes(root, path) for path in paths)
    return tuple(hashlib.sha256(raw).hexdigest() if isinstance(raw, bytes) else raw.message for raw in raws)


@dataclass(frozen=True)
class _Task:
    """A call that is made by unpickling it, so that the scheduler passes on bytes and needs no ctxmigrate."""

    wanted: Build
    function: Callable[..., Any]
    args: tuple[Any, ...]
    keywords: dict[str, Any]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _run, (self.wanted, self.function, self.args, self.keywords)


def _run(
    wanted: Build, function: Callable[..., Any], args: tuple[Any, ...], keywords: dict[str, Any]
) -> bytes:
    """Make a call on a worker, which may have come after the check, and pickle what it gives.

    Raises RuntimeError, without what led to it: a client may wait for ever for an error that is hard to pickle.
    """
    if build() != wanted:
        raise RuntimeError("a worker joined that has another ctxmigrate or Python")
    try:
        return pickle.dumps(function(*args, **keywords))
    except Exception as error:
        failure = RuntimeError(f"{type(error).__name__}: {error}")
    raise failure


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(f"--dask: {error}; install what it takes: pip install 'ctxmigrate[dask]'") from None
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(("distributed", "tornado", "asyncio")):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        kind = asyncio.run(asyncio.wait_for(_kind(address), _TO_CONNECT))
        if kind != "Scheduler":
            raise ValueError(f"a Dask {kind.lower()} does")
        return Client(address, timeout=_TO_CONNECT, set_as_default=False)
    except Exception as error:
        reason = str(error).partition("\n")[0] or f"nothing within {_TO_CONNECT:g} s"
        raise UsageError(
            f"--dask: no Dask scheduler answers at {address!r} ({reason}); "
            "give the address that `dask scheduler` prints, such as tcp://10.0.0.1:8786"
        ) from None


async def _kind(address: str) -> str:
    """What a server says it is. A client that does not find what it looks for is hard to get rid of."""
    from distributed import Security, rpc

    arguments = Security().get_connection_args("client")
    async with rpc(address, timeout=_TO_CONNECT, connection_args=arguments) as server:
        identity = await server.identity()
    return str(identity["type"])


def _check(client: Client, address: str, roots: Sequence[str]) -> None:
    """Raise UsageError unless there are workers, and all of them have what is here."""
    if not client.nthreads():
        raise UsageError(
            f"--dask: the scheduler at {address!r} has no worker; start some: dask worker {address}"
        )
    _refuse({name: _unlike(there) for name, there in _asked(client, build).items()})
    each = max(1, _SAMPLE // len(roots))
    for root in roots:
        files = walk(f"{root}/").files
        paths = tuple(islice(files, 0, None, len(files) // each + 1))
        here = digests(root, paths)
        views = _asked(client, digests, root, paths)
        _refuse({name: _unseen(root, paths, here, there) for name, there in views.items()})


def _asked(client: Client, function: Callable[..., Any], *args: Any) -> dict[str, Any]:
    """What a function gives on each worker, or the error that it ends with."""
    try:
        answers: dict[str, Any] = client.run(function, *args, on_error="return")
    except Exception as error:
        raise UsageError(f"--dask: the workers cannot be asked: {error}") from None
    return answers


def _refuse(problems: dict[str, str]) -> None:
    """Raise UsageError if a worker, of those that are named, has a problem."""
    told = [f"--dask: the worker {name} {problem}" for name, problem in sorted(problems.items()) if problem]
    if len(told) > _NAMED:
        told[_NAMED:] = [f"--dask: so it is with {len(told)} of {len(problems)} workers"]
    if told:
        raise UsageError("\n".join(told))


def _unlike(there: Build | Exception) -> str:
    """Why a worker does not do what would be done here; empty if it does."""
    here = build()
    if isinstance(there, Exception) and "No module named 'codemod'" in str(there):
        return f"has no ctxmigrate; install it there: pip install ctxmigrate=={here.version}"
    if isinstance(there, Exception):
        return f"cannot run ctxmigrate {here.version} as it is here ({there}); install the same there"
    if there.version != here.version:
        return f"has ctxmigrate {there.version}, and here it is {here.version}; install the same there"
    if there.python != here.python:
        return f"runs Python {there.python}, and here it is Python {here.python}; start it with the same"
    if there.code != here.code:
        return (
            f"has other modules of ctxmigrate {there.version} than are here; install the same and restart it"
        )
    return ""


def _unseen(
    root: str, paths: tuple[str, ...], here: tuple[str, ...], there: tuple[str, ...] | Exception
) -> str:
    """Why a worker does not see the files that are here; empty if it does."""
    if isinstance(there, Exception):
        return f"cannot look at {root} ({there})"
    for path, ours, theirs in zip(paths, here, there, strict=True):
        if ours != theirs:
            how = f"it {theirs}" if theirs.startswith("cannot") else "it has other bytes"
            return f"does not see the files of {root} as they are here: {path} is different, {how}"
    return ""
