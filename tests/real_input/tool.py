"""The tool as a program of its own: what it prints, what it costs, and which files it parses."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# A program inherits the peak memory of the process that starts it, so a small one has to.
LAUNCHER = """
import resource, subprocess, sys, time
started = time.perf_counter()
status = subprocess.run([sys.executable, *sys.argv[2:]]).returncode
seconds = time.perf_counter() - started
with open(sys.argv[1], "w") as file:
    print(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, file=file)
sys.exit(status)
"""

SPY = """
import hashlib, sys
del sys.path[0]  # the current folder
from codemod.entry import run
path = sys.argv.pop(1)
seen = set()
def spy(event, arguments):
    if event == "compile" and isinstance(arguments[0], (str, bytes)):
        source = arguments[0]
        data = source.encode("utf-8", "replace") if isinstance(source, str) else source
        seen.add(hashlib.sha1(data).hexdigest())
sys.addaudithook(spy)
try:
    run()
finally:
    with open(path, "w") as file:
        file.write("\\n".join(seen))
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
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "GIT_CEILING_DIRECTORIES": str(folder)}
    command = [sys.executable, "-c", LAUNCHER, "cost", *program, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    seconds, megabytes = map(float, (folder / "cost").read_text().split())
    return Run(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"), seconds, megabytes)


def parsed(spy: Path, texts: dict[str, str]) -> set[str]:
    """The files of a tree that a run parsed, from what its spy wrote."""
    digests = set(spy.read_text().split())
    return {path for path, text in texts.items() if hashlib.sha1(text.encode()).hexdigest() in digests}
