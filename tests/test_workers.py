"""Where the work is done makes no difference: here, in processes, or in an executor that is given."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from samples import DEFINER

import codemod
from codemod.cli import main
from codemod.progress import Progress, unwatched
from codemod.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from codemod.model import Report

NAMES = "from definer import create_user_execution_context as make\n"
CALLER = """\
from definer import create_user_execution_context

context = create_user_execution_context("user", "thread", "run")
"""
BY_ALIAS = """\
from names import *

context = make("user", "thread", "run")
"""


class Failing(Executor):
    """Does so many tasks, then fails."""

    def __init__(self, tasks: int, error: Exception) -> None:
        self.tasks = tasks
        self.error = error

    def submit(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.tasks -= 1
        if self.tasks < 0:
            future.set_exception(self.error)
        else:
            future.set_result(function(*args, **keywords))
        return future


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (tmp_path / "definer.py").write_text(DEFINER)
    (tmp_path / "names.py").write_text(NAMES)
    for number in range(10):
        (tmp_path / f"caller_{number}.py").write_text(CALLER)
        (tmp_path / f"alias_{number}.py").write_text(BY_ALIAS)
        (tmp_path / f"other_{number}.py").write_text("value = 1\n")
    (tmp_path / "broken.py").write_text(CALLER + "def")
    (tmp_path / "dangling.py").symlink_to("nowhere")
    monkeypatch.setattr("codemod.workers._CHUNK", 500)
    return tmp_path


def told(report: Report) -> tuple[object, ...]:
    """All of a report but how long it took."""
    return report.sites, report.plans, report.errors, report.warnings, report.changes, report.summary


def test_an_executor_gives_the_same(project: Path) -> None:
    locally = codemod.migrate([project])
    assert (locally.summary.migrated, locally.summary.blocked, len(locally.errors)) == (20, 0, 1)
    with ThreadPoolExecutor(2) as executor:
        assert told(codemod.migrate([project], executor=executor)) == told(locally)
        assert executor.submit(int).result() == 0, "it is the caller's to shut down"


@pytest.mark.parametrize("tasks", [0, 1, 5, 20])
@pytest.mark.parametrize("error", [BrokenExecutor("gone"), OSError("gone")])
def test_what_an_executor_leaves_is_done_here(project: Path, tasks: int, error: Exception) -> None:
    locally = codemod.migrate([project])
    assert told(codemod.migrate([project], executor=Failing(tasks, error))) == told(locally)


def test_the_search_of_many_files_is_spread(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    outputs = []
    monkeypatch.chdir(project)
    monkeypatch.setattr("codemod.reader._TO_SEARCH", 100)
    for worth_a_process in (1_000_000, 3_000, 1):  # none, one beside this one, two
        monkeypatch.setattr("codemod.workers._WORTH_A_PROCESS", worth_a_process)
        with pytest.raises(SystemExit):
            main(["rewrite", "--dry-run", "--jobs", "2"])
        outputs.append(capfd.readouterr().out)
    assert outputs == [outputs[0]] * 3
    assert "alias_3.py" in outputs[0]


class TestHelping:
    """With fewer processes than jobs, the process that waits for them does a part itself."""

    @pytest.fixture
    def workers(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
        monkeypatch.setattr("codemod.workers._WORTH_A_PROCESS", 100)
        monkeypatch.setattr("codemod.workers._CHUNK", 10)
        with Workers(2) as workers:
            workers.start(100)
            yield workers

    def test_a_part_is_done_here_and_the_order_is_kept(self, workers: Workers) -> None:
        found = list(workers.spread("Reading", process_of, range(100), [10] * 100, unwatched))
        assert [item for item, _ in found] == list(range(100))
        processes = {process for _, process in found}
        assert os.getpid() in processes
        assert len(processes) == 2

    def test_a_few_items_are_all_done_here(self, workers: Workers) -> None:
        found = list(workers.spread("Reading", process_of, range(9), [10] * 9, unwatched))
        assert {process for _, process in found} == {os.getpid()}

    def test_more_work_gets_more_processes(self, workers: Workers) -> None:
        workers.start(200)
        found = list(workers.spread("Reading", process_of, range(100), [10] * 100, unwatched))
        assert os.getpid() not in {process for _, process in found}
        assert len(active_children()) == 2


def process_of(item: int) -> tuple[int, int]:
    time.sleep(0.001)
    return item, os.getpid()


def test_the_processes_are_gone_at_the_end() -> None:
    with Workers(2) as workers:
        workers.start(100_000_000)
        assert active_children()
        assert not workers.failure
    assert not active_children()
    workers.start(100_000_000)
    assert not active_children()


def test_the_processes_are_gone_once_their_parent_is_killed() -> None:
    script = (
        "from codemod.workers import Workers\n"
        "workers = Workers(3)\n"
        "workers.start(100_000_000)\n"
        "list(workers.spread('Rewriting', abs, range(3), [10**6] * 3, lambda _, items: items))\n"
        "print('ready', flush=True)\n"
        "input()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout
    assert parent.stdout.readline() == b"ready\n"
    parent.kill()
    rest, _ = parent.communicate(timeout=20)  # until none of them is left that could write to it
    assert not rest


class TestProcesses:
    """Runs in two processes, of which each of these tests takes some away."""

    @pytest.fixture(autouse=True)
    def shared_work(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(project)
        monkeypatch.setattr("codemod.workers._WORTH_A_PROCESS", 1)
        monkeypatch.setattr("codemod.workers._AHEAD", 3)

    def run(self, jobs: int) -> Result:
        return CliRunner().invoke(main, ["rewrite", "--dry-run", "--jobs", str(jobs)], catch_exceptions=False)

    @pytest.mark.parametrize("item", [0, 5])
    @pytest.mark.parametrize("stage", ["Reading", "Deciding", "Rewriting"])
    @pytest.mark.parametrize("count", [1, 2])
    def test_what_killed_ones_leave_is_done_here(
        self, monkeypatch: pytest.MonkeyPatch, stage: str, item: int, count: int
    ) -> None:
        expected = self.run(1)
        killed = []

        class Killing(Progress):
            def __call__(self, now: str, items: Collection[Any]) -> Iterator[Any]:
                for number, each in enumerate(super().__call__(now, items)):
                    if (now, number) == (stage, item):
                        killed.extend(active_children()[:count])
                        for child in killed:
                            child.kill()
                            child.join()
                    yield each

        monkeypatch.setattr("codemod.cli.migrating.Progress", Killing)
        got = self.run(2)
        assert killed
        assert (got.exit_code, got.stdout) == (expected.exit_code, expected.stdout)

    @pytest.mark.parametrize("number", [1, 2])
    def test_where_none_can_be_started_all_is_done_here(
        self, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        expected = self.run(1)
        real, calls = BaseProcess.start, iter(range(1, 100))

        def start(process: BaseProcess) -> None:
            if next(calls) >= number:
                raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
            real(process)

        monkeypatch.setattr(BaseProcess, "start", start)
        got = self.run(2)
        assert (got.exit_code, got.stdout) == (expected.exit_code, expected.stdout)
        assert next(calls) > number
        assert active_children() == []

    def test_where_no_thread_can_be_started_all_is_done_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        expected = self.run(1)

        def start(_: Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(Thread, "start", start)
        got = self.run(2)
        assert (got.exit_code, got.stdout) == (expected.exit_code, expected.stdout)
        assert active_children() == []
