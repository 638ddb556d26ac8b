"""The tool as a program of its own: what it prints, what it costs, and which files it parses."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

REPOSITORY = Path(__file__).resolve().parents[2]

SPY = """
import atexit, hashlib, runpy, sys
seen = set()
def spy(event, arguments):
    if event == "compile" and isinstance(arguments[0], (str, bytes)):
        source = arguments[0]
        data = source.encode("utf-8", "replace") if isinstance(source, str) else source
        seen.add(hashlib.sha1(data).hexdigest())
def tell(path=sys.argv.pop(1)):
    with open(path, "w") as file:
        file.write("\\n".join(seen))
atexit.register(tell)
sys.addaudithook(spy)
runpy.run_module("codemod", run_name="__main__")
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: ``megabytes`` is the peak of its largest process."""

    status: int
    stdout: bytes
    stderr: str
    seconds: float
    megabytes: float


def run(*arguments: str, folder: Path, spy: Path | None = None) -> Run:
    """Run the tool in ``folder``; with ``spy``, write the digests of all that it compiles there."""
    program = ["-c", SPY, str(spy)] if spy else ["-m", "codemod"]
    out, err = folder / "stdout", folder / "stderr"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "GIT_CEILING_DIRECTORIES": str(folder)}
    started = perf_counter()
    with out.open("wb") as stdout, err.open("wb") as stderr:
        command = [sys.executable, *program, *arguments]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - started
    errors = err.read_text("utf-8", "replace")
    return Run(process.returncode, out.read_bytes(), errors, seconds, usage.ru_maxrss / 1024)


def parsed(spy: Path, texts: dict[str, str]) -> set[str]:
    """The files of a tree that a run parsed, from what its spy wrote."""
    digests = set(spy.read_text().split())
    return {path for path, text in texts.items() if hashlib.sha1(text.encode()).hexdigest() in digests}
