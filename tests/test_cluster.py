"""``--dask``: the same results from a real cluster, whatever happens to it, and what is refused before."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trees
from click.testing import CliRunner, Result
from dask_processes import BLIND, FAILING, PACKAGE, Dask, python_without_ctxmigrate, site_packages
from samples import DEFINER

from codemod.cli import main
from codemod.cluster import _unlike, build

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = "from app.dependencies import create_user_execution_context as make\n"
CALLER = """\
from app.dependencies import create_user_execution_context


def handle(user_id, thread_id):
    return create_user_execution_context(user_id, thread_id, run_id="{number}")
"""
BY_ALIAS = """\
from app.names import *

context = make("user", "thread", "{number}")
"""
STRANGER = "value = {number}\n"
PROGRAM = """\
import codemod.cluster, codemod.workers
from codemod.cli import main

codemod.workers._CHUNK = {chunk}
codemod.cluster._PATIENCE = 0.2
main()
"""
CHUNK = 2_000


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A scheduler with two workers."""
    with Dask(tmp_path_factory.mktemp("dask")) as dask:
        dask.worker()
        dask.worker()
        yield dask


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Dask]:
    """A scheduler that has no worker yet."""
    folder = tmp_path / "other"
    folder.mkdir()
    with Dask(folder) as dask:
        yield dask


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    write_project(root)
    monkeypatch.chdir(root)
    monkeypatch.setattr("codemod.workers._CHUNK", CHUNK)
    return root


def write_project(root: Path) -> None:
    """Write some hundred files: calls, calls by another name, others, and some that cannot be parsed."""
    (root / "app").mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (root / "app/__init__.py").write_text("")
    (root / "app/dependencies.py").write_text(DEFINER)
    (root / "app/names.py").write_text(NAMES)
    for number in range(300):
        source = (CALLER, BY_ALIAS, STRANGER, CALLER + "def")[0 if number % 4 else number // 4 % 4]
        (root / f"app/module_{number:03}.py").write_text(source.format(number=number))


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command in the current folder; it reads in chunks that are small, and is gone at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(chunk=CHUNK), *arguments],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        try:
            yield run
        finally:
            run.kill()


def refused(*arguments: str) -> str:
    """The message of a run that stops before anything is written."""
    before = trees.read_files(Path.cwd())
    result = ctxmigrate("rewrite", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert trees.read_files(Path.cwd()) == before
    return result.stderr


@pytest.mark.parametrize("options", [["--format", "json"], ["--dry-run"], ["--dry-run", "--clean"]])
def test_a_cluster_gives_the_same_bytes(dask: Dask, project: Path, options: list[str]) -> None:
    address = dask.address(2)
    if "--dry-run" not in options:
        options = [*options, "--exit-zero"]
    locally = ctxmigrate("rewrite", "--jobs", "1", *options)
    here = trees.read_files(project)
    write_project(project)
    result = ctxmigrate("rewrite", "--dask", address, *options)
    assert (result.exit_code, result.stdout_bytes) == (locally.exit_code, locally.stdout_bytes)
    assert "warning:" not in result.stderr
    assert trees.read_files(project) == here


def test_several_roots_share_a_cluster(dask: Dask, project: Path) -> None:
    roots = ("one", "two")
    for name in roots:
        write_project(project / name)
    locally = ctxmigrate("check", "--jobs", "1", "--format", "json", *roots)
    result = ctxmigrate("check", "--dask", dask.address(2), "--format", "json", *roots)
    assert (result.exit_code, result.stdout_bytes) == (locally.exit_code, locally.stdout_bytes)


def test_a_worker_that_is_killed_costs_no_result(dask: Dask, project: Path) -> None:
    locally = ctxmigrate("rewrite", "--jobs", "1", "--dry-run")
    address = dask.address(2)
    dask.stall()
    with started("rewrite", "--dask", address, "--dry-run") as run:
        os.kill(dask.stalled(), signal.SIGKILL)
        diff, told = run.communicate(timeout=60)
    assert (run.returncode, diff) == (locally.exit_code, locally.stdout)
    assert "warning:" not in told


@pytest.mark.parametrize("lost", ["worker", "scheduler"])
def test_without_a_cluster_the_rest_is_done_here(other: Dask, project: Path, lost: str) -> None:
    locally = ctxmigrate("rewrite", "--jobs", "1", "--dry-run")
    worker = other.worker()
    address = other.address(1)
    other.stall()
    with started("rewrite", "--dask", address, "--dry-run") as run:
        other.stalled()
        os.killpg((worker if lost == "worker" else other.scheduler).pid, signal.SIGKILL)
        diff, told = run.communicate(timeout=60)
    assert (run.returncode, diff) == (locally.exit_code, locally.stdout)
    assert "warning: the Dask cluster failed (" in told
    assert "), so the rest was done on this machine\n" in told


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("failing(task)", "RecursionError: maximum recursion depth exceeded"),
        ("threading.Lock()", "TypeError: cannot pickle '_thread.lock' object"),
    ],
)
def test_what_a_worker_cannot_do_is_done_here(
    other: Dask, project: Path, tmp_path: Path, value: str, reason: str
) -> None:
    locally = ctxmigrate("rewrite", "--jobs", "1", "--dry-run")
    (tmp_path / "failing.py").write_text(FAILING.format(value=value))
    other.worker("--no-nanny", "--preload", str(tmp_path / "failing.py"))
    with started("rewrite", "--dask", other.address(1), "--dry-run") as run:
        diff, told = run.communicate(timeout=60)
    assert (run.returncode, diff) == (locally.exit_code, locally.stdout)
    assert f"warning: the Dask cluster failed ({reason}" in told


def test_an_interruption_stops_the_run(dask: Dask, project: Path) -> None:
    before = trees.read_files(project)
    address = dask.address(2)
    dask.stall()
    with started("rewrite", "--dask", address) as run:
        stalled = dask.stalled()
        run.send_signal(signal.SIGINT)
        printed, told = run.communicate(timeout=60)
    os.kill(stalled, signal.SIGKILL)
    assert (run.returncode, printed, told) == (2, "", "Error: interrupted: no file was changed\n")
    assert trees.read_files(project) == before


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:1", "0.5 s)"),
        ("nonsense", "missing port number in address 'nonsense'"),
        ("http://127.0.0.1:1", "unknown address scheme 'http'"),
    ],
)
def test_a_wrong_address_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, address: str, reason: str
) -> None:
    monkeypatch.setattr("codemod.cluster._TO_CONNECT", 0.5)
    told = refused("--dask", address)
    assert told.startswith(f"Error: --dask: no Dask scheduler answers at '{address}' (")
    assert reason in told
    assert told.endswith("give the address that `dask scheduler` prints, such as tcp://10.0.0.1:8786\n")


def test_the_address_of_a_worker_is_refused(dask: Dask, project: Path) -> None:
    dask.address(2)
    address = dask.worker_address()
    assert f"no Dask scheduler answers at '{address}' (a Dask worker does)" in refused("--dask", address)


def test_a_scheduler_without_workers_is_refused(other: Dask, project: Path) -> None:
    address = other.address(0)
    expected = (
        f"Error: --dask: the scheduler at '{address}' has no worker; start some: dask worker {address}\n"
    )
    assert refused("--dask", address) == expected


def test_workers_with_another_program_are_refused(other: Dask, project: Path, tmp_path: Path) -> None:
    without = python_without_ctxmigrate(tmp_path / "without")
    newer = python_without_ctxmigrate(tmp_path / "newer")
    installed = site_packages(str(tmp_path / "newer"))
    shutil.copytree(PACKAGE, installed / "codemod")
    (installed / "ctxmigrate-99.0.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: ctxmigrate\nVersion: 99.0\n"
    (installed / "ctxmigrate-99.0.dist-info/METADATA").write_text(metadata)
    shutil.copytree(PACKAGE, tmp_path / "changed/codemod")
    (tmp_path / "changed/codemod/errors.py").write_text("class UsageError(ValueError):\n    pass\n")
    other.worker("--no-nanny", python=without, path=None)
    other.worker("--no-nanny", python=newer, path=None)
    other.worker("--no-nanny", path=tmp_path / "changed")
    told = refused("--dask", other.address(3))
    assert told.count("--dask: the worker tcp://127.0.0.1:") == 3
    here = build().version
    for problem in (
        f"has no ctxmigrate; install it there: pip install ctxmigrate=={here}\n",
        f"has ctxmigrate 99.0, and here it is {here}; install the same there\n",
        f"has other modules of ctxmigrate {here} than are here; install the same and restart it\n",
    ):
        assert problem in told


def test_a_worker_with_another_python_is_refused() -> None:
    problem = _unlike(replace(build(), python="3.9"))
    assert problem.startswith("runs Python 3.9, and here it is Python 3.")
    assert _unlike(build()) == ""


def test_a_worker_without_the_files_is_refused(other: Dask, project: Path, tmp_path: Path) -> None:
    (tmp_path / "blind.py").write_text(BLIND.format(root=str(project)))
    other.worker("--no-nanny", "--preload", str(tmp_path / "blind.py"))
    told = refused("--dask", other.address(1))
    assert (
        f"does not see the files of {project} as they are here: app/__init__.py is different, it cannot"
        in told
    )
    assert "cannot be read: Permission denied\n" in told


def test_a_worker_with_other_files_is_refused(
    dask: Dask, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codemod.cluster.read_bytes", lambda *_: b"other")
    assert "app/__init__.py is different, it has other bytes\n" in refused("--dask", dask.address(2))


def test_a_cluster_needs_the_extra(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    told = refused("--dask", "tcp://127.0.0.1:1")
    assert told.endswith("; install what it takes: pip install 'ctxmigrate[dask]'\n")


def test_a_cluster_has_its_own_processes(project: Path) -> None:
    told = refused("--dask", "tcp://127.0.0.1:1", "--jobs", "2")
    assert "Error: --jobs and --dask exclude each other: the cluster has its own processes.\n" in told
