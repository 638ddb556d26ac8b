"""A Dask scheduler and workers as processes of their own, started by their commands."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import sysconfig
import venv
import warnings
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import codemod

if TYPE_CHECKING:
    from types import TracebackType

PACKAGE = Path(codemod.__file__).parent
STALLING = """\
import os, signal
from codemod import per_file


def stalling(task, survey_file=per_file.survey_file):
    try:
        os.unlink({armed!r})
    except FileNotFoundError:
        return survey_file(task)
    with open({stalled!r}, "w") as pipe:
        pipe.write(str(os.getpid()))
    while True:
        signal.pause()


per_file.survey_file = stalling
"""
FAILING = """\
import threading
from codemod import per_file


def failing(task):
    return {value}


per_file.survey_file = failing
"""
BLIND = """\
import sys


def refuse(event, arguments):
    if event == "open" and str(arguments[0]).startswith({root!r}):
        raise PermissionError(13, "Permission denied")


sys.addaudithook(refuse)
"""


class Dask:
    """A scheduler, and the workers that are started for it. A context, at whose end all are gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._scheduler_file = folder / "scheduler.json"
        self._armed = folder / "armed"
        self._processes: list[subprocess.Popen[bytes]] = []
        os.mkfifo(folder / "stalled")
        self._stalled = os.open(folder / "stalled", os.O_RDWR)
        self.scheduler = self._start(
            sys.executable,
            "scheduler",
            *("--host=127.0.0.1", "--port=0", "--dashboard-address=127.0.0.1:0", "--idle-timeout=300s"),
        )

    def __enter__(self) -> Dask:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            os.killpg(process.pid, signal.SIGKILL)
        for process in self._processes:
            process.wait()
        os.close(self._stalled)

    def worker(
        self, *options: str, python: str = sys.executable, path: Path | None = PACKAGE.parent
    ) -> subprocess.Popen[bytes]:
        """Start a worker that imports from ``path`` first. ``stall`` concerns it."""
        preload = self.folder / "stalling.py"
        preload.write_text(
            STALLING.format(armed=str(self._armed), stalled=str(self.folder / "stalled")), encoding="utf-8"
        )
        options = options or ("--preload", str(preload))
        return self._start(python, "worker", "--nworkers=1", "--nthreads=1", *options, path=path)

    def address(self, workers: int) -> str:
        """The scheduler's address, when it has so many workers."""
        from distributed import Client

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Client(scheduler_file=str(self._scheduler_file), timeout=60, set_as_default=False) as client:
                if workers:
                    client.wait_for_workers(workers, timeout=60)
                return str(client.scheduler.address)

    def worker_address(self) -> str:
        """The address of a worker."""
        from distributed import Client

        with Client(scheduler_file=str(self._scheduler_file), set_as_default=False) as client:
            return str(next(iter(client.nthreads())))

    def stall(self) -> None:
        """Let the next worker that reads a file stop there, for good."""
        self._armed.touch()

    def stalled(self) -> int:
        """The process of the worker that has stopped, when it has."""
        ready, _, _ = select.select([self._stalled], [], [], 60)
        assert ready, self.log()
        return int(os.read(self._stalled, 100))

    def log(self) -> str:
        """What all processes have printed."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def _start(
        self, python: str, command: str, *options: str, path: Path | None = None
    ) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DASK_CONFIG": str(self.folder),
            "DASK_TEMPORARY_DIRECTORY": str(self.folder),
        }
        environment.pop("PYTHONPATH", None)
        if path:
            environment["PYTHONPATH"] = str(path)
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [python, "-m", "dask", command, "--scheduler-file", str(self._scheduler_file), *options],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process


def python_without_ctxmigrate(folder: Path) -> str:
    """Make an environment with all that is installed here but ctxmigrate, and return its interpreter."""
    venv.create(folder, with_pip=False, symlinks=True)
    own = {file.parts[0] for file in distribution("ctxmigrate").files or ()}
    here = site_packages(sys.prefix)
    there = site_packages(str(folder))
    for entry in here.iterdir():
        if entry.name not in own and not (there / entry.name).exists():
            (there / entry.name).symlink_to(entry)
    return str(folder / "bin" / "python")


def site_packages(prefix: str) -> Path:
    """The folder with what is installed in an environment."""
    return Path(sysconfig.get_path("purelib", vars={"base": prefix, "platbase": prefix}))
