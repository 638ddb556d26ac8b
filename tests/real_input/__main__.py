"""Run the tool over large public projects and check every change it makes.

    python -m tests.real_input                          # from the repository's root; all projects
    python -m tests.real_input --project django --project cpython --show 20

The distributions come from the package index, by pip, and stay in the cache folder; `cpython` is the standard
library of the Python that runs this. For each function that is to be retired, its distribution is unpacked into
a temporary folder and gets a getter beside the function (the same signature less the dropped argument; its body
does nothing), and a configuration in its pyproject.toml. Then the tool runs as a program of its own: a dry run,
a run that writes, and a second one. What it did is checked without its code.
The exit status is 1 if a check failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from . import fetch, show
from .projects import PROJECTS
from .verify import Outcome, check

MINIMUM_FILES, MINIMUM_MIGRATED = 20_000, 2_000


def main() -> int:
    """Run what the command line asks for and return the exit status."""
    options = arguments()
    outcomes = []
    sys.setrecursionlimit(20_000)
    for project in PROJECTS:
        if options.project and project.name not in options.project:
            continue
        archive = fetch.download(project, options.cache)
        with tempfile.TemporaryDirectory(prefix="real-input-") as folder:
            outcome = check(project, archive, Path(folder))
        show.outcome(outcome, options.limit)
        show.samples(outcome, options.show, options.seed)
        sys.stdout.flush()
        outcomes.append(outcome)
    problems = [] if options.project else total_problems(outcomes)
    show.total(outcomes, problems)
    return int(bool(problems) or any(outcome.problems for outcome in outcomes))


def arguments() -> argparse.Namespace:
    """What the command line says."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    description, _, rest = (__doc__ or "").partition("\n\n")
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "real_input", description=description, epilog=rest, formatter_class=plain
    )
    known = sorted({project.name for project in PROJECTS})
    cache = home / "ctxmigrate-real-input"
    parser.add_argument("--project", action="append", choices=known, help="only this one; repeatable")
    parser.add_argument("--cache", type=Path, default=cache, help="where archives are kept (%(default)s)")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print N blocked and N migrated sites"
    )
    parser.add_argument("--seed", type=int, default=0, help="which sites --show picks")
    parser.add_argument("--limit", type=int, default=10, help="how many failures of a check to print")
    return parser.parse_args()


def total_problems(outcomes: list[Outcome]) -> list[str]:
    """What all projects together are too small for."""
    files, calls = show.distinct_files(outcomes), sum(map(show.migrated_calls, outcomes))
    styles = {style for outcome in outcomes for style in outcome.plain}
    found = [f"only {files} files"] * (files < MINIMUM_FILES)
    found += [f"only {calls} calls were migrated"] * (calls < MINIMUM_MIGRATED)
    return found + ["only one import style"] * (len(styles) < 2)


if __name__ == "__main__":
    sys.exit(main())
