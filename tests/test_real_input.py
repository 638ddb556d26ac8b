"""The real-code law on the running Python's own standard library, less its tests."""

from __future__ import annotations

import shutil
import sysconfig
from typing import TYPE_CHECKING

import pytest
from real_input import show
from real_input.projects import PROJECTS, STANDARD_LIBRARY, Project
from real_input.verify import check

if TYPE_CHECKING:
    from pathlib import Path

LEFT_OUT = shutil.ignore_patterns(
    *("__pycache__", "site-packages", "dist-packages", "config-*", "*.so", "*.a"),
    *("test", "tests", "idlelib", "lib2to3", "pydoc_data", "encodings", "turtledemo", "tkinter"),
)
TARGETS = [
    project
    for project in PROJECTS
    if project.name == STANDARD_LIBRARY and not project.setting.startswith("test.")
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the standard library."""
    folder = tmp_path_factory.mktemp("library")
    return shutil.copytree(sysconfig.get_path("stdlib"), folder / "library", ignore=LEFT_OUT)


@pytest.mark.parametrize("project", TARGETS, ids=lambda project: project.setting)
def test_the_standard_library(project: Project, library: Path, tmp_path: Path) -> None:
    outcome = check(project, library, tmp_path / "run")
    assert outcome.problems == []
    assert outcome.files > 300
    assert show.migrated_calls(outcome) >= 3
