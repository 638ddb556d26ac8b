"""Try the laws on many generated programs, and on many modules in every layout.

    python -m tests.laws                                 # from the repository's root; about half an hour
    python -m tests.laws --programs 500 --layouts 50 --seed 1
    python -m tests.laws --program 17                    # one of them, shown

Everything is made from the seed and its own number. A program runs before and after the tool has run over it. What
was tried and what was found is printed at the end, or where it is interrupted. The exit status is 1 if a law does
not hold.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .behaviour import problems_of, show
from .byte_law import Tree
from .choices import Choices
from .modules import KINDS, some_program

if TYPE_CHECKING:
    from concurrent.futures import Executor

BROKEN = "that break a law"


def main() -> int:
    """Try what the command line asks for and return the exit status."""
    options = arguments()
    warnings.simplefilter("ignore", SyntaxWarning)  # of the generated programs
    counts: Counter[str] = Counter()
    if options.program is not None:
        print(*tried_program(options.seed, options.program, counts, shown=True), sep="\n")
    else:
        with suppress(KeyboardInterrupt):
            try_all(options, counts)
    print(*(f"{count:9,} {name}" for name, count in sorted(counts.items())), sep="\n")
    return int(any(BROKEN in name for name in counts))


def try_all(options: argparse.Namespace, counts: Counter[str]) -> None:
    """Try as many as the command line asks for."""
    for number in range(options.programs):
        tell("program", number, tried_program(options.seed, number, counts))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        for number in range(options.layouts):
            tell("layout", number, tried_layout(options.seed, number, counts, processes))


def tell(what: str, number: int, problems: list[str]) -> None:
    """Print what is wrong with one, and now and then how far the run is."""
    if problems:
        print(f"\n{what} {number}:", *problems, sep="\n", flush=True)
    if number % 500 == 499:
        print(f"{number + 1} {what}s", file=sys.stderr, flush=True)


def tried_program(seed: int, number: int, counts: Counter[str], *, shown: bool = False) -> list[str]:
    """What is wrong with one program; the counts are taken further."""
    choices = Choices(random.Random(f"{seed} {number}"))
    program = some_program(choices, KINDS[number % len(KINDS)])
    with tempfile.TemporaryDirectory(prefix="laws-") as folder:
        run, problems = problems_of(Path(folder), program, choices, clean=choices.chance(50))
    counts["programs"] += 1
    counts["programs set aside, as they cannot be imported"] += not run.is_sound
    counts["modules"] += len(program.modules)
    counts["uses that were run"] += sum("use_" in key for key in run.before)
    counts["events compared"] += sum(len(outcome.events) for outcome in run.before.values())
    counts["files rewritten"] += len(run.report.plans)
    for site in run.report.sites:
        counts[f"sites {site.verdict}"] += 1
        counts.update(f"sites with {finding.code}" for finding in (*site.codes, *site.notes))
    if problems:
        counts[f"programs {BROKEN}"] += 1
    return [show(program), *problems] if shown else problems


def tried_layout(seed: int, number: int, counts: Counter[str], processes: Executor) -> list[str]:
    """What is wrong with one tree of layouts; the counts are taken further."""
    with tempfile.TemporaryDirectory(prefix="laws-") as folder:
        tree = Tree(Path(folder), Choices(random.Random(f"{seed} {number}")), processes)
        problems = list(tree.problems())
    counts["trees of layouts"] += 1
    for layout in tree.layouts.values():
        counts["modules in a layout of their own"] += 1
        counts[f"modules in {layout.encoding}"] += 1
    if problems:
        counts[f"trees of layouts {BROKEN}"] += 1
        problems += [f"{path}: {layout.source!r}" for path, layout in tree.layouts.items()]
    return problems


def arguments() -> argparse.Namespace:
    """What the command line says."""
    description, _, rest = (__doc__ or "").partition("\n\n")
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("laws", description=description, epilog=rest, formatter_class=plain)
    parser.add_argument("--programs", type=int, default=20_000, help="how many (%(default)s)")
    parser.add_argument("--layouts", type=int, default=2_000, help="how many trees of them (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="what they are made from (%(default)s)")
    parser.add_argument(
        "--program", type=int, metavar="NUMBER", help="only the program of this number, shown"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
