"""Time the tool and its public peers on the same files, and hold the figures against the targets.

    python -m tests.benchmarks                       # from the repository's root; everything, about half an hour
    python -m tests.benchmarks --case wide --runs 9

Each command is a whole process; the commands of a case run in turn, several times, after one turn that warms
the caches. The inputs and the peers come from the package index and stay in the work folder, which takes
about 3 GB; the huge tree is made of hard links. ripgrep is used if it is there, else grep. The tool is the one
of the environment that runs this. The table is Markdown; the exit status is 0 whatever the figures are.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from .cases import CASES, Bench, Result
from .inputs import Inputs
from .peers import PACKAGES, Peers


def main() -> int:
    """Run the cases that the command line names and print their tables."""
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(Inputs(options.work), Peers.install(options.work), options.runs)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {cores} cores, {platform.platform()}"
    )
    print(f"ctxmigrate {version('ctxmigrate')}, {', '.join(PACKAGES)}, {options.runs} runs\n")
    for name in options.case or CASES:
        print(table(CASES[name](bench)), flush=True)
    return 0


def table(result: Result) -> str:
    """The figures of a case as a Markdown table, and its targets."""
    floor = result.figures[result.floor].median
    lines = [
        f"### {result.title}\n",
        f"| command | median s | min | max | peak MB | of {result.floor} |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, each in result.figures.items():
        cells = (f"{each.median:.3f}", f"{each.least:.3f}", f"{each.most:.3f}", f"{each.peak:.0f}")
        lines.append(f"| {name} | {' | '.join(cells)} | {each.median / floor:.2f} |")
    for target in result.targets:
        sign = "at most" if target.at_most else "at least"
        verdict = "met" if target.is_met else "missed"
        lines.append(f"\n{target.value:.2f} {target.text} (target: {sign} {target.limit:g}): {verdict}")
    return "\n".join([*lines, result.growth]) + "\n"


def arguments() -> argparse.Namespace:
    """What the command line says."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    description, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        "benchmarks",
        description=description,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--case", action="append", choices=list(CASES), help="only this one; repeatable")
    parser.add_argument("--runs", type=int, default=7, help="how often each command runs (%(default)s)")
    parser.add_argument(
        "--work",
        type=Path,
        default=home / "ctxmigrate-benchmarks",
        help="where inputs are kept (%(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
