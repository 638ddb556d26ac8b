"""Every command of the tool, as a program of its own that gets little memory, and what it must never do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]

# What writes stands last: the others are to see the tree as it was laid.
COMMANDS = {
    "rewrite --dry-run": ("rewrite", "--dry-run"),
    "rewrite --dry-run --clean": ("rewrite", "--dry-run", "--clean", "--strict"),
    "check": ("check", "--verbose", "--jobs", "2"),
    "check json": ("check", "--format", "json"),
    "check sarif": ("check", "--format", "sarif"),
    "check github": ("check", "--format", "github"),
    "check markdown": ("check", "--format", "markdown"),
    "check html": ("check", "--report", "{out}/report.html", "--report", "{out}/report.md"),
    "status": ("status",),
    "status json": ("status", "--format", "json"),
    "verify": ("verify",),
    "verify json": ("verify", "--format", "json"),
    "split": ("split", "--by", "folder", "--out", "{out}/split"),
    "deprecate": ("deprecate", "--dry-run"),
    "deprecate --delegate": ("deprecate", "--delegate", "--dry-run"),
    "scaffold session": ("scaffold", "session", "--dry-run"),
    "scaffold getter": ("scaffold", "getter", "--dry-run"),
    "scaffold test": ("scaffold", "test", "--dry-run"),
    "remove": ("remove", "--dry-run"),
    "explain": ("explain", "CTX903"),
    "config": ("config",),
    "rewrite": ("rewrite",),
    "rewrite again": ("rewrite",),
}
_LIMITED = 'ulimit -v "$0" 2>/dev/null; exec "$@"'
_OBEYED = re.compile(r"[^\n\t\x20-\x7e\xa0-\U0010ffff]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Outcome:
    """How one command ended; ``status`` is None where it took too long."""

    command: tuple[str, ...]
    status: int | None
    out: bytes
    err: bytes

    def problems(self) -> Iterator[str]:
        """What no input may lead to."""
        if self.status not in (0, 1, 2):
            yield f"ends with {self.status}: {self.err[-300:].decode(errors='replace')}"
        if b"Traceback" in self.err:
            yield f"an exception: {self.err[-500:].decode(errors='replace')}"
        is_diff = "--dry-run" in self.command
        for stream in (self.err,) if is_diff else (self.out, self.err):
            if found := _OBEYED.search(stream.decode(errors="backslashreplace")):
                yield f"prints {found[0]!r}, which a terminal would obey or hide"
        if self.out and self.command[-1] in ("json", "sarif"):
            json.loads(self.out)

    def holds(self, name: str) -> bool:
        """Whether the command printed that."""
        return name.encode() in self.out + self.err


def run(
    folder: Path,
    *command: str,
    program: Sequence[str] = ("-m", "codemod"),
    memory: int = 2_000_000_000,
    seconds: float = 100,
    **environment: str,
) -> Outcome:
    """Run one command in a folder with so many bytes of memory for each process."""
    whole = ["sh", "-c", _LIMITED, str(memory // 1024), sys.executable, *program, *command]
    variables = {**os.environ, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "100", **environment}
    try:
        done = subprocess.run(
            whole, cwd=folder, env=variables, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return Outcome(command, None, b"", b"takes too long")
    return Outcome(command, done.returncode, done.stdout, done.stderr)


def run_all(folder: Path, out: Path, *names: str, seconds: float = 100) -> dict[str, Outcome]:
    """Run every command, or those that are named, in a folder; what they make elsewhere is in ``out``."""
    return {
        name: run(folder, *(part.format(out=out) for part in command), seconds=seconds)
        for name, command in COMMANDS.items()
        if not names or name in names
    }


def problems(outcomes: dict[str, Outcome]) -> list[str]:
    """What must not be, of all of them."""
    return [f"{name}: {problem}" for name, each in outcomes.items() for problem in each.problems()]
