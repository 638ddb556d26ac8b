"""The behaviour law: after a run a program does what it did before, and its calls arrive as the report says.

A migrated call reaches the getter with the same values for the same parameters. Every other effect of the
program is the same, and in the same order: also those of the arguments that stay, and what blocked calls do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.configure import Overrides, settle
from codemod.run import Planning, apply, rule_codes
from codemod.workers import Workers

from .expected import Expected, number_of
from .running import observe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from codemod import Config, Report
    from codemod.model import FilePlan

    from .choices import Choices
    from .modules import Program
    from .running import Outcome


_WITHOUT_IMPORT = ("raised NameError", "raised TypeError: (\"'NoneType' object is not callable")
"""What becomes of a use whose import failed, in a circle of imports, while nobody minded."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a program did before a run and after it, the run's report, and what a second run plans."""

    program: Program
    before: dict[str, Outcome]
    after: dict[str, Outcome]
    report: Report
    again: tuple[FilePlan, ...]

    @property
    def is_sound(self) -> bool:
        """Whether all modules of the program could be imported before the run, and had what they import."""
        return not any(
            it.failed and (key.startswith("import") or it.value.startswith(_WITHOUT_IMPORT))
            for key, it in self.before.items()
        )

    def migrated(self) -> set[int]:
        """The numbers of the migrated calls."""
        sites = (site for site in self.report.sites if site.kind == "call" and site.verdict == "migrated")
        return {number_of(site, self.program.names) for site in sites} - {0}

    def problems(self) -> list[str]:
        """Where the program does not do after the run what its report promises."""
        expected = Expected(self.program, self.report)
        problems = [*self._behaviour(expected), *self._unexplained()]
        problems += [f"{each.path}: {each.code} {each.message}" for each in self.report.errors]
        if not expected.splits_mocks:
            problems += [f"{each.path} is changed by the second run" for each in self.again]
        return problems

    def _behaviour(self, expected: Expected) -> Iterator[str]:
        for key, before in self.before.items():
            after = self.after.get(key)
            if after is None or not expected.are_alike(before, after):
                yield f"{key} gives {after and after.value}, not {before.value}"
                continue
            wanted, found = expected.events(before.events), expected.found(after.events)
            if wanted != found:
                yield "\n    ".join([f"{key} does", *map(str, found), "and not", *map(str, wanted)])

    def _unexplained(self) -> Iterator[str]:
        told = {site.path for site in self.report.sites if site.verdict == "migrated"}
        told |= {change.path for change in self.report.changes}
        told |= {cleaned.path for cleaned in self.report.cleaned}
        for plan in self.report.plans:
            if plan.path not in told:
                yield f"{plan.path} is changed, and nothing in the report says why"


def problems_of(root: Path, program: Program, choices: Choices, *, clean: bool) -> tuple[Run, list[str]]:
    """A run over a whole program, and what is wrong with it and with one over some of its files."""
    whole = check(root / "whole", program, clean=clean, twice=choices.chance(30))
    if not whole.is_sound:
        return whole, []
    problems = whole.problems()
    if choices.chance(25):
        paths = choices.some([path for path in program.files if path.endswith(".py")])
        part = check(root / "part", program, paths, clean=clean)
        found = part.problems()
        found += [f"{plan.path} is written" for plan in part.report.plans if plan.path not in paths]
        found += [f"{number} is migrated" for number in sorted(part.migrated() - whole.migrated())]
        problems += [f"only {paths}: {each}" for each in found]
    return whole, problems


def check(
    root: Path, program: Program, paths: Sequence[str] = (".",), *, clean: bool = False, twice: bool = False
) -> Run:
    """Write a program, run the tool over some of its files, and run the program before and after."""
    write_files(root, program.files)
    config, names = settled(root, program.options, clean=clean), [root / path for path in paths]
    before = observe(program.files, program.modules)
    with Workers(1) as workers:
        report = apply(Planning(root, config, names, workers).plan())
        again = Planning(root, config, names, workers).plan().plans if twice else ()
    after = observe(on_disk(root, program), program.modules)
    return Run(program, before, after, report, again)


def settled(root: Path, options: Sequence[str] = (), *, clean: bool = False) -> Config:
    """The configuration of a program that lies in a folder, with some options."""
    codes = {
        name.removeprefix("--"): (code,) for name, code in zip(options[::2], options[1::2], strict=False)
    }
    overrides = Overrides(strict="--strict" in options, clean=clean, **codes)
    return settle([str(root)], overrides=overrides, codes=rule_codes).config


def write_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files under a folder."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def on_disk(root: Path, program: Program) -> dict[str, bytes]:
    """The files of a program as they are in a folder now."""
    return read_files(root, program.files)


def read_files(root: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """The bytes of files under a folder."""
    return {path: (root / path).read_bytes() for path in paths}


def show(program: Program) -> str:
    """A program as people read it."""
    return "\n".join(
        f"== {path}\n{data.decode()}" for path, data in program.files.items() if path != "record.py"
    )
