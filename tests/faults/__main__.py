"""Inject every fault at every operation that writes, and print what came out.

    python -m tests.faults                       # from the repository's root
    python -m tests.faults --case scaffold
    python -m tests.faults --traced              # at the system calls themselves; needs strace

Each try is a process of the command on a small tree, in which one operation fails with ENOSPC, EIO, EACCES, EROFS
or EINTR, all from one on fail, or the process is killed, also in the middle of a write. The table tells how often
the files had all their old bytes afterwards, all their new ones, or some of each with a message for each file.
The exit status is 1 if a law was broken. With strace, no error lasts: it would meet the reading of modules too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from .campaign import Campaign, Tally
from .cases import CASES
from .server import Server
from .traced import Traced


def main() -> int:
    """Run what the command line asks for and return the exit status."""
    options = arguments()
    tally = Tally()
    with Server() as server, tempfile.TemporaryDirectory(prefix="faults-") as folder:
        runner = Traced(Path(folder, "log")) if options.traced else server
        for case in CASES:
            if options.case in case.name:
                campaign = Campaign(runner, case, Path(folder, "place"), tally)
                campaign.run(each for each in campaign.faults() if not (options.traced and each.stays))
    print(table(tally))
    print("\n".join(tally.problems) or "No law was broken.")
    return int(bool(tally.problems))


def table(tally: Tally) -> str:
    """The counts as a Markdown table, a row for each command and fault."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for (case, _, kind, result), count in tally.counts.items():
        rows.setdefault((case, kind), Counter())[result] += count
    lines = [
        "| command | fault | tried | all old | all new | some, told |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for (case, kind), counts in rows.items():
        cells = (counts.total(), counts["old"], counts["new"], counts["told"])
        lines.append(f"| {case} | {kind} | {' | '.join(map(str, cells))} |")
    lines.append(f"| all | | {sum(tally.counts.values())} | | | |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    description, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        "faults", description=description, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", default="", help="only commands with this in their names")
    parser.add_argument("--traced", action="store_true", help="inject at the system calls, by strace")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
