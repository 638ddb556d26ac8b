"""What holds for every split: with the first patch applied, any others can be, and the program works."""

from __future__ import annotations

import json
import random
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from laws.behaviour import on_disk, settled, show, write_files
from laws.choices import Choices
from laws.modules import KINDS, Program, some_program
from laws.running import observe

from codemod import migrate
from codemod.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(16)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_program_works_after_each_patch(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choices = random.Random(seed)
    program = some_program(Choices(choices), KINDS[seed % 2])
    whole, root = tmp_path / "whole", tmp_path / "root"
    for folder in (whole, root):
        write_files(folder, program.files)
    before = observe(program.files, program.modules)
    changed = {plan.path for plan in migrate([whole], settled(whole), write=True).plans}
    after = observe(on_disk(whole, program), program.modules)
    monkeypatch.chdir(root)
    (root / "CODEOWNERS").write_text(
        "".join(f"/{path} @{choices.choice('abcd')}\n" for path in sorted(changed))
    )
    applied: set[str] = set()
    for part in in_some_order(split(), choices):
        subprocess.run(["git", "apply", f"patches/{part['patch']}"], cwd=root, check=True)
        applied |= {file["path"] for file in part["files"]}
        wrong = {
            key: f"{value}; {before[key]} before, {after[key]} after all"
            for key, value in observe(on_disk(root, program), program.modules).items()
            if key in before
            and value not in expected(key, program, applied, changed, before[key], after[key])
        }
        assert not wrong, f"seed {seed}, applied {sorted(applied)}\n{wrong}\n{show(program)}"
    assert applied == changed
    assert all((root / path).read_bytes() == (whole / path).read_bytes() for path in changed)


def split() -> list[dict[str, Any]]:
    """The parts that have a patch, of a split by owners into ``patches``."""
    arguments = ["split", "--by", "codeowners", "--out", "patches", "--format", "json"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return [part for part in json.loads(result.stdout)["parts"] if part["patch"]]


def in_some_order(parts: list[dict[str, Any]], choices: random.Random) -> list[dict[str, Any]]:
    others = [part for part in parts if not part["is_first"]]
    choices.shuffle(others)
    return [part for part in parts if part["is_first"]] + others


def expected(
    key: str, program: Program, applied: set[str], changed: set[str], before: Any, after: Any
) -> tuple[Any, ...]:
    """What may be found: as before or after all where the file says nothing of that itself."""
    module, _, name = key.removeprefix("module ").partition(" ")
    paths = (module.replace(".", "/") + end for end in (".py", "/__init__.py"))
    path = next((path for path in paths if path in program.files), "")
    definition = rf"^\s*(async )?(def )?{name}\b".encode()
    if path not in changed or not re.search(definition, program.files[path], re.MULTILINE):
        return before, after
    return (after if path in applied else before,)
