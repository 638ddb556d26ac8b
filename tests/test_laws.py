"""What holds for every program: a run never breaks one, and its calls arrive as its report says."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from programs import FACTORY, Program, make_program

from codemod import Config, Report, migrate
from codemod.configure import Overrides, settle
from codemod.phases.remove import remove
from codemod.phases.tree import Tree
from codemod.run import rule_codes
from codemod.write import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from codemod.model import Site

SEEDS = range(40)
STRANGER_SEEDS = range(45)
CLEAN_SEEDS = range(12)
REMOVAL_SEEDS = range(12)
PROBE = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
found = {}
def note(key, get):
    try:
        found[key] = get()
    except Exception as error:
        found[key] = f"{type(error).__name__}: {error}"
for name in sys.argv[2:]:
    note(f"import {name}", lambda: importlib.import_module(name) and "imported")
    note(f"import * of {name}", lambda: exec(f"from {name} import *", {}))
    module = sys.modules.get(name)
    for key, value in list(vars(module).items()) if module else []:
        if key.startswith("use_"):
            note(f"{name} {key}", value if callable(value) else lambda value=value: value)
    for key in getattr(module, "__all__", []):
        note(f"{name} offers {key}", lambda: getattr(module, key).__name__)
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a program did before a run and after it, and the run's report."""

    before: dict[str, Any]
    after: dict[str, Any]
    report: Report
    again: Report
    files: dict[str, str]

    def site_numbers(self, verdict: str) -> set[int]:
        return {self._number(site) for site in self.report.sites if site.verdict == verdict}

    def _number(self, site: Site) -> int:
        return int(self.files[site.path].split("\n")[site.line - 1].rpartition("# ")[2])

    def problems(self) -> list[str]:
        """Where the program does not do after the run what its report promises."""
        migrated = self.site_numbers("migrated")
        expected = {key: _expected(key, value, migrated) for key, value in self.before.items()}
        wrong = [
            f"{key}: {self.before[key]} before, {self.after.get(key)} after, {value} expected"
            for key, value in expected.items()
            if self.after.get(key) != value
        ]
        wrong += [f"{error.path}: {error.code} {error.message}" for error in self.report.errors]
        wrong += [f"{each.path} is changed by the second run" for each in self.again.plans]
        return wrong


def _expected(key: str, value: Any, migrated: set[int]) -> Any:
    """What a use gives after a run: a migrated call reaches the getter with the same user and thread."""
    _, use, number = key.rpartition("use_")
    if use and int(number) in migrated:
        _, user_id, thread_id, _, _ = value
        return ["getter", user_id, thread_id]
    return value


def run(root: Path, program: Program, paths: Sequence[str] = (".",), *, clean: bool = False) -> Run:
    """Write a program, run the tool over some of its files, and run the program before and after."""
    write_files(root, program.files)
    before = observe(root, program.modules)
    broken = {key: value for key, value in before.items() if "Error: " in str(value)}
    assert not broken, f"the program does not work before the run: {broken}\n{show(program)}"
    names = [root / path for path in paths]
    config = settled(root, clean=clean)
    report = migrate(names, config, write=True)
    return Run(before, observe(root, program.modules), report, migrate(names, config), program.files)


def settled(root: Path, *, clean: bool = False) -> Config:
    return settle([str(root)], overrides=Overrides(clean=clean), codes=rule_codes).config


def write_files(root: Path, files: Mapping[str, str]) -> None:
    for path, source in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source, encoding="utf-8")


def observe(root: Path, modules: Iterable[str]) -> dict[str, Any]:
    """What a fresh interpreter finds: what can be imported, what each use gives, what is offered."""
    command = [sys.executable, "-I", "-S", "-B", "-c", PROBE, str(root), *modules]
    result = subprocess.run(command, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def show(program: Program) -> str:
    return "\n".join(f"== {path}\n{source}" for path, source in program.files.items() if source)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_breaks_nothing_and_does_what_it_reports(seed: int, tmp_path: Path) -> None:
    check_laws(seed, make_program(seed), tmp_path)


@pytest.mark.parametrize("seed", STRANGER_SEEDS)
def test_another_function_of_the_getters_name_is_told_apart(seed: int, tmp_path: Path) -> None:
    check_laws(seed, make_program(seed, strangers=True), tmp_path)


@pytest.mark.parametrize("seed", CLEAN_SEEDS)
def test_cleaning_up_breaks_nothing(seed: int, tmp_path: Path) -> None:
    check_laws(seed, make_program(seed, ids=True), tmp_path, clean=True)


@pytest.mark.parametrize("seed", REMOVAL_SEEDS)
def test_a_removal_breaks_nothing(seed: int, tmp_path: Path) -> None:
    program = make_program(seed, ids=True)
    before = run(tmp_path, program, clean=True).after
    tree = Tree.open(tmp_path, settled(tmp_path), [tmp_path])
    work = remove(tree)
    assert bool(work.plans) != bool(work.refusals), show(program)
    assert work.plans or not work.done
    assert not write(tmp_path, work.plans)
    after = observe(tmp_path, program.modules)
    assert after == {
        key: value
        for key, value in before.items()
        if not (work.plans and "offers" in key and value == FACTORY)
    }, f"seed {seed}\n{show(program)}"


def check_laws(seed: int, program: Program, tmp_path: Path, *, clean: bool = False) -> None:
    whole = run(tmp_path / "whole", program, clean=clean)
    problems = whole.problems()
    assert not problems, f"seed {seed}\n" + "\n".join([*problems, show(program)])
    choices = random.Random(seed)
    sources = [path for path in program.files if path.endswith(".py")]
    for attempt in range(2):
        paths = choices.sample(sources, choices.choice(range(1, len(sources))))
        part = run(tmp_path / f"part{attempt}", program, paths, clean=clean)
        problems = part.problems()
        problems += [f"{each.path} is written" for each in part.report.plans if each.path not in paths]
        more = part.site_numbers("migrated") - whole.site_numbers("migrated")
        problems += [f"only the part migrates {number}" for number in sorted(more)]
        assert not problems, f"seed {seed}, part {paths}\n" + "\n".join([*problems, show(program)])
