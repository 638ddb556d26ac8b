"""What is measured, and the targets that the figures are held against."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .growth import CORES, Slope
from .growth import table as growth_table
from .inputs import Inputs, sites
from .measure import Figures, in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .peers import Peers

SLOW_PART = 20
HOOK_FILES = 5


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio of two medians that is to be ``at_most`` a limit, or at least if not."""

    text: str
    value: float
    limit: float
    at_most: bool = True

    @property
    def is_met(self) -> bool:
        """Whether the ratio is within the limit."""
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass(frozen=True, slots=True)
class Result:
    """One case: what it ran over, the figures by command, the targets, and what much more of it would take.

    ``floor`` is what ratios are of.
    """

    title: str
    floor: str
    figures: Mapping[str, Figures]
    targets: tuple[Target, ...]
    growth: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a case needs to run."""

    inputs: Inputs
    peers: Peers
    runs: int

    def own(self, *arguments: str) -> list[str]:
        """The tool as people start it, from the environment that runs the benchmark."""
        return [str(Path(sys.executable).with_name("ctxmigrate")), *arguments]

    def run(
        self, tree: str, commands: Mapping[str, list[str]], runs: int | None = None
    ) -> dict[str, Figures]:
        """Time the commands in turn in a tree."""
        return in_turn(commands, self.inputs.tree(tree), runs or self.runs)


DRY = ("rewrite", "--dry-run", "--exit-zero")


def wide(bench: Bench) -> Result:
    """Thousands of real files, few of which matter."""
    peers = bench.peers
    commands = {
        peers.floor_name: peers.floor,
        "ctxmigrate": bench.own(*DRY),
        "ast-grep, fed by the search": peers.ast_grep_fed,
        "ast-grep, over the tree": peers.ast_grep,
    }
    figures = bench.run("wide", commands)
    own, floor = figures["ctxmigrate"].median, figures[peers.floor_name].median
    targets = (
        Target("of the plain search", own / floor, 8),
        Target(
            "times as fast as ast-grep", figures["ast-grep, over the tree"].median / own, 20, at_most=False
        ),
        Target("of ast-grep fed", own / figures["ast-grep, fed by the search"].median, 1.5),
    )
    return Result(f"wide: {_size(bench, 'wide')}", peers.floor_name, figures, targets)


def slow(bench: Bench) -> Result:
    """The tools that take minutes over the wide tree: over the tree once, or over a part of it."""
    tree = bench.inputs.tree("wide")
    part = sites(tree)[:SLOW_PART]
    commands = {
        "ctxmigrate": bench.own(*DRY),
        "semgrep, over the tree": bench.peers.semgrep,
        f"LibCST's rename, {len(part)} files": bench.peers.rename(part),
        "straightforward codemod, over the tree": bench.peers.straightforward(),
    }
    figures = bench.run("wide", commands, runs=1)
    return Result(f"wide, tools that take long (1 run): {_size(bench, 'wide')}", "ctxmigrate", figures, ())


def hook_clean(bench: Bench) -> Result:
    """A hook with 50 named files, none of which mentions the factory."""
    tree = bench.inputs.tree("hook")
    names = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("module_*.py"))
    python = "python -c pass"
    commands = {python: [sys.executable, "-c", "pass"], "ctxmigrate": bench.own("rewrite", *names)}
    figures = bench.run("hook", commands)
    target = Target("of python -c pass", figures["ctxmigrate"].median / figures[python].median, 4)
    return Result(f"hook: {len(names)} named files without the name", python, figures, (target,))


def hook_wide(bench: Bench) -> Result:
    """A hook with some named files of the wide tree, of which one has a site."""
    tree = bench.inputs.tree("wide")
    with_site = sites(tree)
    others = [
        path.relative_to(tree).as_posix() for path in sorted(tree.glob("django/*/django/db/models/*.py"))
    ]
    names = [next(name for name in with_site if "handlers" in name), *others[: HOOK_FILES - 1]]
    floor = bench.peers.floor_name
    figures = bench.run("wide", {floor: bench.peers.floor, "ctxmigrate": bench.own(*DRY, *names)})
    target = Target("of the plain search", figures["ctxmigrate"].median / figures[floor].median, 12)
    return Result(
        f"hook: {len(names)} named files of the wide tree, 1 with a site", floor, figures, (target,)
    )


def dense(bench: Bench) -> Result:
    """Thousands of files, all of which matter."""
    tree = bench.inputs.tree("dense")
    everything = sites(tree)
    part = everything[1 :: len(everything) // SLOW_PART]
    slow_name = f"straightforward codemod, {len(part)} files"
    floor, fed = bench.peers.floor_name, "ast-grep, fed by the search"
    commands = {
        floor: bench.peers.floor,
        "ctxmigrate, 1 process": bench.own(*DRY, "--jobs", "1"),
        "ctxmigrate, 2 processes": bench.own(*DRY, "--jobs", "2"),
        fed: bench.peers.ast_grep_fed,
        slow_name: bench.peers.straightforward(*part),
    }
    figures = bench.run("dense", commands)
    one, two = (figures[f"ctxmigrate, {n}"].median for n in ("1 process", "2 processes"))
    rate, slow_rate = len(everything) / one, len(part) / figures[slow_name].median
    targets = (
        Target(
            "times the files a second of the straightforward codemod", rate / slow_rate, 40, at_most=False
        ),
        Target("of ast-grep fed, with 2 processes", two / figures[fed].median, 2.5),
        Target("times as fast with 2 processes", one / two, 1.7, at_most=False),
    )
    return Result(f"dense: {_size(bench, 'dense')}", floor, figures, targets)


def clean(bench: Bench) -> Result:
    """A tree in which nothing matters."""
    floor = bench.peers.floor_name
    figures = bench.run("clean", {floor: bench.peers.floor, "ctxmigrate": bench.own(*DRY)})
    return Result(f"clean: {_size(bench, 'clean')}", floor, figures, ())


def huge(bench: Bench) -> Result:
    """The wide tree twenty times."""
    floor = bench.peers.floor_name
    one, two = "ctxmigrate, 1 process", f"ctxmigrate, {CORES} processes"
    commands = {
        floor: bench.peers.floor,
        two: bench.own(*DRY, "--jobs", str(CORES)),
        one: bench.own(*DRY, "--jobs", "1"),
    }
    runs = max(3, bench.runs // 2)
    figures = {
        f"{name}; {tree}": each
        for tree in ("wide", "huge")
        for name, each in bench.run(tree, commands, runs).items()
    }
    small, large = figures[f"{two}; wide"], figures[f"{two}; huge"]
    targets = (
        Target("of the time of the wide tree", large.median / small.median, 20),
        Target("of its peak memory", large.peak / small.peak, 1.3),
        Target("MB of peak memory", large.peak, 200),
    )
    more = [figures[f"{name}; huge"].median - figures[f"{name}; wide"].median for name in (one, two)]
    files, fewer = (sum(1 for _ in bench.inputs.tree(tree).rglob("*.py")) for tree in ("huge", "wide"))
    growth = Slope.between(more[0], more[1], files - fewer).row("a tree of 1,000,000 files", 1_000_000)
    return Result(f"huge: {_size(bench, 'huge')}", f"{floor}; wide", figures, targets, growth_table(growth))


def fleet(bench: Bench) -> Result:
    """Many small repositories in one run."""
    tree = bench.inputs.tree("fleet")
    roots = sorted(path.name for path in tree.iterdir() if path.name != ".git")
    few = len(roots) // 5
    commands = {
        f"{len(some)} roots, {jobs} process{'es' * (jobs > 1)}": bench.own(*DRY, "--jobs", str(jobs), *some)
        for some in (roots[:few], roots)
        for jobs in (1, CORES)
    }
    figures = bench.run("fleet", commands, max(3, bench.runs // 2))
    few_one, few_two, all_one, all_two = (each.median for each in figures.values())
    slope = Slope.between(all_one - few_one, all_two - few_two, len(roots) - few)
    one_machine = Slope(0, CORES * (slope.serial + slope.spread / CORES))
    row = one_machine.row("a fleet of 10,000 repositories, its list cut in one part a machine", 10_000)
    return Result(f"fleet: {_size(bench, 'fleet')}", next(iter(figures)), figures, (), growth_table(row))


def output(bench: Bench) -> Result:
    """Ten thousand sites, told and not told."""
    bare = "without output"
    program = "import codemod; codemod.migrate()"
    commands = {bare: [sys.executable, "-c", program]}
    for kind in ("json", "text", "sarif", "markdown", "github"):
        commands[f"check --format {kind}"] = bench.own("check", "--exit-zero", "--format", kind)
    figures = bench.run("many", commands, runs=max(2, bench.runs // 2))
    target = Target(
        "of the run without output", figures["check --format json"].median / figures[bare].median, 1.5
    )
    return Result(f"output: {_size(bench, 'many')}", bare, figures, (target,))


CASES: Mapping[str, Callable[[Bench], Result]] = {
    "wide": wide,
    "slow": slow,
    "hook-clean": hook_clean,
    "hook-wide": hook_wide,
    "dense": dense,
    "clean": clean,
    "fleet": fleet,
    "output": output,
    "huge": huge,  # the last, as this process grows, and its size is the least peak that is measured
}


def _size(bench: Bench, name: str) -> str:
    files, total = 0, 0
    tree = bench.inputs.tree(name)
    for folder, folders, names in os.walk(tree):
        folders[:] = [each for each in folders if each != ".git"]
        for each in names:
            if each.endswith(".py"):
                files += 1
                total += os.stat(os.path.join(folder, each)).st_size
    return f"{files:,} files, {total / 1e6:.0f} MB, {len(sites(tree)):,} with the name"
