"""Runs the probe of a function in a process of its own, with the Python of the tree, for a limited time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from codemod.errors import UsageError

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); import ctxmigrate_probe.run as probe; "
    "sys.path.remove(sys.argv[1]); probe.main(*sys.argv[2:])"
)
_SPELLING = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in', re.MULTILINE)
_TO_ANSWER = 0.5
_LAST_LINES = 10
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Probe:
    """What to try: a function of a module, with which Python, and for how many seconds at most."""

    module: str
    name: str
    python: str
    seconds: float

    @classmethod
    def of(cls, getter: str, python: str, seconds: float) -> Probe:
        """Read a function's name as people write it. Raises UsageError that shows how it is written."""
        spelled = _SPELLING.fullmatch(getter)
        if spelled is None:
            raise UsageError(
                f"--getter: {getter!r} does not name a function; right would be MODULE:FUNCTION, such as "
                "app.dependencies:get_user_execution_context"
            )
        return cls(spelled["module"], spelled["name"], python, seconds)


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of it: the ``events`` that the probe told of, and the last lines that were printed.

    ``broken_off`` says how it ended before its end. Where it ``is_late``, ``path`` and ``line`` say where in the tree
    it was then, if that is known.
    """

    events: tuple[dict[str, Any], ...]
    output: tuple[str, ...]
    broken_off: str = ""
    is_late: bool = False
    path: str = ""
    line: int = 0


def run_probe(root: Path, probe: Probe, request: dict[str, Any]) -> Probed:
    """Run the probe with a ``request`` from ``root``; it and all that it starts are gone afterwards.

    Raises UsageError where that Python cannot be run.
    """
    with TemporaryDirectory(prefix="ctxmigrate-") as folder:
        asked, answers, printed = (Path(folder, name) for name in ("request", "answers", "printed"))
        asked.write_text(json.dumps(request), encoding="ascii")
        answers.touch()
        with printed.open("wb") as output:
            process = _started(root, probe.python, (str(asked), str(answers)), output.fileno())
        try:
            status = _waited(process, probe.seconds)
            size = printed.stat().st_size
            path, line = _asked_where(process, printed, size, root) if status is None else ("", 0)
        finally:
            _end(process)
        events = tuple(_events(answers.read_bytes()))
        text = printed.read_bytes()[:size].decode(errors="replace")
    is_over = bool(events) and "end" in events[-1]
    broken_off = "" if is_over else _how(status, probe.seconds)
    return Probed(events, _last_lines(text), broken_off, status is None, path, line)


def _started(root: Path, python: str, files: tuple[str, str], output: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [python, "-c", _START, str(Path(__file__).parent), *files],
            cwd=root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(f"--python: {python!r} cannot be run: {error.strerror}") from None


def _waited(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit status; None where the time is up before."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _asked_where(process: subprocess.Popen[bytes], printed: Path, size: int, root: Path) -> tuple[str, int]:
    """Where in the tree a process is that has not come to its end: it prints its stacks when it is asked to."""
    process.send_signal(signal.SIGUSR1)
    _waited(process, _TO_ANSWER)
    stacks = printed.read_bytes()[size:].decode(errors="replace").split("\n\n")
    own = os.path.join(os.path.realpath(root), "")
    for stack in reversed(stacks):  # the main thread is the last
        for frame in _FRAME.finditer(stack):
            file = os.path.realpath(frame["file"])
            if os.path.isabs(frame["file"]) and file.startswith(own) and "site-packages" not in file:
                return file[len(own) :], int(frame["line"])
    return "", 0


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _events(answers: bytes) -> list[dict[str, Any]]:
    events = []
    for line in answers.splitlines():
        with suppress(ValueError):  # the last line of a process that was ended
            events.append(json.loads(line))
    return events


def _last_lines(text: str) -> tuple[str, ...]:
    lines = [line[:_LONGEST] for line in text.rstrip().splitlines()]
    return tuple(lines[-_LAST_LINES:])


def _how(status: int | None, seconds: float) -> str:
    if status is None:
        return f"did not come to its end within {seconds:g} s"
    if status < 0:
        return f"was ended by signal {-status}"
    return f"ended the process with exit status {status}"
