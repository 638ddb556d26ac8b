"""The fixture that the README shows: what is found in it, and that it works before and after."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
