"""The fixture that the README shows: what is found in it, and that it works before and after."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conversations import runs, served

import codemod

FIXTURES = Path(__file__).parent.parent / "fixtures"
EXPECTED = (FIXTURES / "chat_backend.expected.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    return Path(shutil.copytree(FIXTURES / "chat_backend", tmp_path / "chat_backend", ignore=ignored))


def run(backend: Path, *arguments: str) -> str:
    """Run a module of Python in the backend's folder; what it prints."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(
        command, cwd=backend, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_every_site_is_found_as_a_person_found_it(backend: Path) -> None:
    report = codemod.migrate([backend])
    found = [
        " ".join(
            [
                f"{site.path}:{site.line}:{site.column}",
                site.kind,
                site.verdict,
                *sorted({finding.code for finding in site.codes}),
                *sorted({f"+{finding.code}" for finding in site.notes}),
            ]
        )
        for site in report.sites
    ]
    assert sorted(found) == sorted(line for line in EXPECTED if re.match(r"\S+:\d+:\d+ ", line))


def test_the_accounts_close(backend: Path) -> None:
    summary = codemod.migrate([backend]).summary
    counted = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", EXPECTED[-1])}
    sites = counted.pop("sites")
    assert counted == {name: getattr(summary, name) for name in counted}
    assert sites == summary.migrated + summary.blocked + summary.ignored
    text = "".join(path.read_text(encoding="utf-8") for path in backend.rglob("*.py"))
    assert summary.occurrences == len(re.findall(r"\bcreate_user_execution_context\b", text))


def test_its_own_tests_pass_before_and_after_and_conversations_keep_their_run(backend: Path) -> None:
    assert " passed" in run(backend, "pytest", "-q")
    assert "are different" in run(backend, "app")
    codemod.migrate([backend], write=True)
    assert " passed" in run(backend, "pytest", "-q")
    assert "are equal" in run(backend, "app")


def test_fifty_conversations_over_the_wire_keep_their_runs_to_themselves(backend: Path) -> None:
    users = [f"user_{number}" for number in range(50)]
    with served(backend) as server:
        before = runs(server, users)
    assert all(first != second for first, second in before.values())
    codemod.migrate([backend], write=True)
    with served(backend) as server:
        after = runs(server, users)
    assert all(first == second for first, second in after.values())
    assert len({first for first, _ in after.values()}) == 50


def test_the_patch_mends_what_was_blocked(backend: Path) -> None:
    codemod.migrate([backend], write=True)
    subprocess.run(
        ["patch", "-p1", "-s", "-i", FIXTURES / "chat_backend.mended.patch"], cwd=backend, check=True
    )
    assert codemod.migrate([backend]).sites == ()
    assert " passed" in run(backend, "pytest", "-q")
