"""The same faults at the system calls of the real command, brought about by strace."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from .server import Ending
from .shim import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .cases import Place
    from .shim import Fault

PROJECT = Path(__file__).parents[2]
ALIKE = {
    "chmod": ("fchmod", "fchmodat", "chmod"),
    "chown": ("fchown", "fchownat", "chown"),
    "fsync": ("fsync", "fdatasync"),
    "link": ("link", "linkat"),
    "mkdir": ("mkdir", "mkdirat"),
    "open": ("openat", "open", "creat"),
    "rename": ("rename", "renameat", "renameat2"),
    "unlink": ("unlink", "unlinkat", "rmdir"),
    "write": ("write", "pwrite64", "writev"),
}
OPERATIONS = {call: operation for operation, calls in ALIKE.items() for call in calls}


class Traced:
    """Runs commands as processes of their own. A fault's number is that of a call that writes below the place, as
    the first run of the command made them, which has to be without a fault.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._calls: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(PROJECT / "codemod")], check=True)

    def run(self, place: Place, arguments: Sequence[str], fault: Fault = NONE) -> Ending:
        """Run ``ctxmigrate`` in a tree, and wait for it and for the processes that it leaves."""
        names = ",".join(f"?{name}" for name in OPERATIONS)
        options = ["-y", "-qq", "-s", "0", "-o", str(self._log), "-e", f"trace={names}"]
        if fault.number:
            options += ["-e", _injection(fault, *self._calls[tuple(arguments)][fault.number - 1])]
        done = subprocess.run(
            ["strace", *options, sys.executable, "-m", "codemod", *arguments],
            cwd=place.root,
            env={**os.environ, "TMPDIR": str(place.kept), "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )
        calls = self._calls.setdefault(tuple(arguments), list(self._writing(place)))
        return Ending(done.returncode, done.stdout, done.stderr, tuple(OPERATIONS[name] for name, _ in calls))

    def _writing(self, place: Place) -> Iterator[tuple[str, int]]:
        counts: Counter[str] = Counter()
        for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines():
            name = line.partition("(")[0]
            counts[name] += 1
            is_read = OPERATIONS.get(name) == "open" and not re.search("O_CREAT|O_WRONLY|O_RDWR", line)
            if name in OPERATIONS and str(place.folder) in line and not is_read:
                yield name, counts[name]


def _injection(fault: Fault, name: str, number: int) -> str:
    what = "signal=KILL" if fault.kind in ("KILL", "TORN") else f"error={fault.kind}"
    return f"inject={name}:{what}:when={number}{'+' if fault.stays else ''}"
