"""Ctrl-C: every file stays whole, and a person is told what was done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from samples import DEFINER

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("a.py", "b.py", "c.py")
CALLER = """\
from app.dependencies import create_user_execution_context

context = create_user_execution_context(1, 2, run_id=3)
"""
STOPPING = """\
import sys

import {module} as module
from codemod.cli import main

real = module.{function}
calls = 0


def stopping(*arguments, **keywords):
    global calls
    calls += 1
    if calls == {call}:
        print("here", file=sys.stderr, flush=True)
        sys.stdin.readline()
    return real(*arguments, **keywords)


module.{function} = stopping
main(["rewrite"])
"""


SPREADING = """\
import sys

import codemod.workers
import codemod.progress


class Stopping(codemod.progress.Progress):
    def __call__(self, stage, items):
        for number, item in enumerate(super().__call__(stage, items)):
            if (stage, number) == ("Rewriting", 2):
                print("here", file=sys.stderr, flush=True)
                sys.stdin.readline()
            yield item


codemod.workers._WORTH_A_PROCESS = 1
codemod.progress.Progress = Stopping

from codemod.cli import main

if __name__ == "__main__":
    main(["rewrite", "--jobs", "2"])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/__init__.py").write_text("")
    (tmp_path / "app/dependencies.py").write_text(DEFINER)
    for name in FILES:
        (tmp_path / "app" / name).write_text(CALLER)
    return tmp_path


def interrupted(project: Path, program: str) -> tuple[int, str]:
    """Press Ctrl-C when the program is at the place where it waits; return the status and what is told."""
    (project / "program").write_text(program)
    run = subprocess.Popen(
        [sys.executable, "program"],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stderr
    assert run.stderr.readline() == "here\n"
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate("\n")
    return run.returncode, told


def stopping(place: str, call: int) -> str:
    """A program that waits in its run before the function at ``place`` is called for that time."""
    module, _, function = place.rpartition(".")
    return STOPPING.format(module=module, function=function, call=call)


def contents(project: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (project / "app").iterdir() if path.is_file()}


@pytest.mark.parametrize(
    ("place", "call"),
    [
        ("codemod.run.discover", 1),
        ("codemod.read.decode", 2),
        ("codemod.rewrite.file.rewrite_file", 2),
        ("codemod.write.stage", 2),
        ("codemod.write._replace", 2),
    ],
)
def test_a_run_that_is_interrupted_on_its_way_changes_nothing(project: Path, place: str, call: int) -> None:
    before = contents(project)
    assert interrupted(project, stopping(place, call)) == (2, "Error: interrupted: no file was changed\n")
    assert contents(project) == before


def test_a_run_in_several_processes_is_interrupted_as_one(project: Path) -> None:
    before = contents(project)
    status, told = interrupted(project, SPREADING)
    assert status == 2
    assert told.endswith("Error: interrupted: no file was changed\n")
    assert contents(project) == before


@pytest.mark.parametrize(
    ("place", "call"),
    [("codemod.write._replace", 3), ("codemod.write._sync_folders", 1), ("codemod.report.text.render", 1)],
)
def test_a_run_that_is_interrupted_when_it_has_written_says_so(project: Path, place: str, call: int) -> None:
    before = contents(project)
    told = "Error: interrupted: 3 of 3 files had been written by then\n"
    assert interrupted(project, stopping(place, call)) == (2, told)
    migrated = CALLER.replace("create", "get").replace(", run_id=3", "")
    assert contents(project) == {**before, **dict.fromkeys(FILES, migrated)}
