"""Run the commands of the tool over trees that are made to hurt.

    python -m tests.hostile                    # from the repository's root; all trees, which takes an hour
    python -m tests.hostile --only nested      # those with this word in their names
    python -m tests.hostile --only "a million files" --seconds 600
    python -m tests.hostile --list

Each tree is laid in a temporary folder (of 5 GB and a million files), and each command runs as a program of its own
over it. A row says how long the slowest command took, how much memory the largest process had, and what went wrong.
The exit status is 1 if anything did.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .commands import COMMANDS, problems, run_all
from .kinds import lay_kinds
from .large import LARGE_TREES
from .names import lay_names
from .nesting import lay_nesting

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTHS = (50, 100, 300, 900, 1_900, 2_900, 5_000, 10_000)
MEMORY = 4_000_000_000
LARGE = ("rewrite --dry-run", "check json", "status", "verify", "rewrite")
TREES: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "names": (lay_names, tuple(COMMANDS)),
    "kinds of files": (lay_kinds, tuple(COMMANDS)),
    **{f"nested {n:,} deep": (partial(lay_nesting, depth=n), tuple(COMMANDS)) for n in DEPTHS},
    **{name: (lay, LARGE) for name, lay in LARGE_TREES.items()},
}


def main() -> int:
    """Run what the command line asks for and return the exit status."""
    options = _arguments()
    chosen = {name: tree for name, tree in TREES.items() if options.only in name}
    print(f"{'tree':34} {'commands':>8} {'laid in':>8} {'slowest':>8} {'memory':>8}  problems")
    status = 0
    for name, (lay, commands) in chosen.items():
        if options.list:
            print(name)
            continue
        with tempfile.TemporaryDirectory(prefix="hostile-", dir=options.folder) as folder:
            status |= _row(name, lay, commands, Path(folder), options.seconds)
    return status


def _row(
    name: str, lay: Callable[[Path], object], commands: tuple[str, ...], folder: Path, seconds: float
) -> int:
    started = time.perf_counter()
    lay(folder / "tree")
    laid = time.perf_counter() - started
    slowest, found = 0.0, []
    for command in commands:
        started = time.perf_counter()
        found += problems(run_all(folder / "tree", folder, command, seconds=seconds))
        slowest = max(slowest, time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // (
        1024 if sys.platform != "darwin" else 1024**2
    )
    print(
        f"{name:34} {len(commands):8} {laid:6.0f} s {slowest:6.1f} s {peak:5} MB  {len(found) or 'none'}",
        flush=True,
    )
    for each in found:
        print(f"    {each}", flush=True)
    shutil.rmtree(folder / "tree")
    return int(bool(found))


def _arguments() -> argparse.Namespace:
    description, _, rest = (__doc__ or "").partition("\n\n")
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("hostile", description=description, epilog=rest, formatter_class=plain)
    parser.add_argument("--only", default="", metavar="WORD", help="only trees with this in their names")
    parser.add_argument("--list", action="store_true", help="print the names of the trees")
    parser.add_argument(
        "--folder", type=Path, help="where the trees are laid (the system's temporary folder)"
    )
    parser.add_argument(
        "--seconds", type=float, default=100, metavar="N", help="what a command may take at most (100)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
