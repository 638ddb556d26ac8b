"""Starts processes of the command, each with a fault of its own, quickly: all are imported but once."""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import resource
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .cases import Place
from .shim import NONE, Fault, Shim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: its exit status, negative for a signal, what it printed, and with exit status 0 to 2 the
    operations that it did.
    """

    status: int
    stdout: str
    stderr: str
    done: tuple[str, ...]


class Server:
    """A context in which commands are run by a process that is forked for each."""

    def __enter__(self) -> Server:
        tests = str(Path(__file__).parent.parent)
        path = os.pathsep.join([tests, str(Path(tests).parent)])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "faults.server"],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(
        self,
        place: Place,
        arguments: Sequence[str],
        fault: Fault = NONE,
        *,
        user: int | None = None,
        file_size: int | None = None,
    ) -> Ending:
        """Run ``ctxmigrate`` in a tree, and wait for it and for the processes that it leaves. It may be another
        user's, and kept from making files larger than some bytes.
        """
        assert self._process.stdin
        assert self._process.stdout
        request = {
            "folder": str(place.root),
            "kept": str(place.kept),
            "arguments": list(arguments),
            "fault": asdict(fault),
            "user": user,
            "file_size": file_size,
        }
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return Ending(answer["status"], answer["stdout"], answer["stderr"], tuple(answer["done"]))


def serve() -> None:
    """Be the server: a request a line on stdin, an answer a line on stdout."""
    _import_everything()
    for line in sys.stdin:
        request = json.loads(line)
        ends = {name: os.pipe() for name in ("stdout", "stderr", "done")}
        child = os.fork()
        if not child:
            _be_the_command(request, {name: sink for name, (_, sink) in ends.items()})
        for _, sink in ends.values():
            os.close(sink)
        answer: dict[str, object] = {name: _all_of(source) for name, (source, _) in ends.items()}
        answer["done"] = str(answer["done"]).split()
        answer["status"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps(answer), flush=True)


def _import_everything() -> None:
    """Import all modules, and by a run of the command what these import later."""
    import codemod
    from codemod.cli import main

    for module in pkgutil.walk_packages(codemod.__path__, "codemod."):
        if module.name not in ("codemod.__main__", "codemod.cluster"):
            import_module(module.name)
    with (
        tempfile.TemporaryDirectory() as folder,
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        suppress(SystemExit),
    ):
        place = Place(Path(folder, "place"))
        place.plant()
        main(["rewrite", "--format", "json", str(place.root)])
    gc.freeze()


def _all_of(source: int) -> str:
    with open(source, encoding="utf-8") as file:
        return file.read()


def _reopen(number: int) -> TextIO:
    return open(number, "w", encoding="utf-8", closefd=False)


def _be_the_command(request: dict[str, Any], sinks: dict[str, int]) -> None:
    from codemod.entry import run

    os.dup2(sinks["stdout"], 1)
    os.dup2(sinks["stderr"], 2)
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    os.chdir(request["folder"])
    tempfile.tempdir = request["kept"]
    sys.stdout, sys.stderr = _reopen(1), _reopen(2)
    sys.argv = ["ctxmigrate", *request["arguments"]]
    if request["file_size"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_size"],) * 2)
    if request["user"] is not None:
        os.setgroups([])
        os.setgid(request["user"])
        os.setuid(request["user"])
    shim = Shim(Fault(**request["fault"]))
    shim.install()
    status = 3
    try:
        run()
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException as error:
        print(f"broke down: {error!r}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(sinks["done"], " ".join(shim.done).encode())
        os._exit(status)


if __name__ == "__main__":
    serve()
