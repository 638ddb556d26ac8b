"""The pytest plugin: which calls it records, and that it stays out of the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from codemod.configure import Overrides, settle
from codemod.phases.tree import Tree
from codemod.phases.witnesses import read_witnesses
from codemod.run import rule_codes
from codemod.witness import Witnessing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEPS = """\
def create_user_execution_context(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id


def get_user_execution_context(user_id, thread_id):
    return create_user_execution_context(user_id, thread_id, "session")  # in the getter
"""
ASYNC_DEPS = """\
import asyncio
import functools


def traced(function):
    @functools.wraps(function)
    async def wrapper(*args):
        return await function(*args)

    return wrapper


@traced
async def create_user_execution_context(user_id, thread_id, run_id=None):
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return user_id, thread_id, run_id
"""
USES = """\
import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

from app import async_deps, deps
from app.deps import create_user_execution_context, get_user_execution_context

make = create_user_execution_context
at_import = make("u", "t")  # at import


def plain():
    return create_user_execution_context(  # plain
        "u",
        "t",
    )


def alias():
    return make("u", "t")  # alias


def dynamic():
    return getattr(deps, "create_" + "user_execution_context")("u", "t")  # dynamic


def partial():
    bound = functools.partial(create_user_execution_context, "u")
    return bound("t")  # partial


def mapped():
    return list(map(make, "ab", "cd"))  # mapped


def pool():
    with ThreadPoolExecutor() as executor:
        return executor.submit(make, "u", "t").result()


def looped():
    async def main():
        asyncio.get_running_loop().call_soon(make, "u", "t")
        await asyncio.sleep(0.01)
        return True

    return asyncio.run(main())


async def awaited():
    return await async_deps.create_user_execution_context("u", "t")  # awaited


async def gathered():
    return await asyncio.gather(
        async_deps.create_user_execution_context("u", "1"),  # first task
        async_deps.create_user_execution_context("u", "2"),  # second task
    )


async def waited():
    return await asyncio.wait_for(async_deps.create_user_execution_context("u", "t"), 60)  # waited


def in_thread():
    with ThreadPoolExecutor() as executor:
        return executor.submit(lambda: asyncio.run(gathered())).result()
"""
TESTS = """\
import asyncio
from unittest import mock

import pytest

from app import uses


@pytest.mark.parametrize(
    "name", ["plain", "alias", "dynamic", "partial", "mapped", "pool", "looped", "in_thread"]
)
def test_sync(name):
    assert getattr(uses, name)()


@pytest.mark.parametrize("name", ["awaited", "gathered", "waited"])
def test_async(name):
    assert asyncio.run(getattr(uses, name)())


def test_mock():
    with mock.patch("app.uses.create_user_execution_context"):
        uses.plain()


def test_getter():
    assert uses.get_user_execution_context("u", "t")


def test_spied():
    with mock.patch("app.uses.make", wraps=uses.make):
        uses.alias()


def test_failing():
    raise AssertionError
"""
PROJECT = {
    "pyproject.toml": "[tool.ctxmigrate]\n",
    "pytest.ini": "[pytest]\npythonpath = .\nfilterwarnings = error\n",
    "app/__init__.py": "",
    "app/deps.py": DEPS,
    "app/async_deps.py": ASYNC_DEPS,
    "app/uses.py": USES,
    "tests/test_uses.py": TESTS,
}
SMALL = {
    "pyproject.toml": "[tool.ctxmigrate]\n",
    "deps.py": DEPS,
    "test_deps.py": "import deps\n\n\ndef test_it():\n    assert deps.create_user_execution_context(1, 2)\n",
}


def written(root: Path, files: Mapping[str, str]) -> Path:
    for path, source in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source, encoding="utf-8")
    return root


def run_pytest(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def calls_in(file: Path) -> dict[str, int]:
    """How often each line called, by the comment at its end or by what stands outside the project."""
    found = {}
    for caller in read_witnesses(file).callers:
        found[caller.source.rpartition("#")[2].strip() or caller.module] = caller.count
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("project"), PROJECT)


@pytest.fixture(scope="module")
def run(project: Path) -> subprocess.CompletedProcess[str]:
    return run_pytest(project, "--ctxmigrate-witness", "witness.json")


def test_every_real_call_is_recorded_with_the_line_that_made_it(
    project: Path, run: subprocess.CompletedProcess[str]
) -> None:
    assert run.returncode == 1, run.stdout + run.stderr
    assert calls_in(project / "witness.json") == {
        "at import": 1,
        "plain": 1,
        "alias": 2,
        "dynamic": 1,
        "partial": 1,
        "mapped": 2,
        "in the getter": 1,
        "awaited": 1,
        "first task": 2,
        "second task": 2,
        "waited": 1,
        "concurrent.futures.thread": 1,
        "asyncio.events": 1,
    }


def test_the_run_tells_what_it_recorded_and_is_otherwise_as_ever(
    run: subprocess.CompletedProcess[str],
) -> None:
    assert "ctxmigrate: 17 calls of create_user_execution_context, from 13 lines: see " in run.stdout
    assert "1 failed, 14 passed" in run.stdout
    assert "warning" not in run.stdout.lower()


def test_the_file_is_sorted_and_says_what_was_watched(
    project: Path, run: subprocess.CompletedProcess[str]
) -> None:
    document = json.loads((project / "witness.json").read_text(encoding="utf-8"))
    assert (document["version"], document["factory"]) == (1, "create_user_execution_context")
    assert document["definitions"] == [
        {"path": "app/async_deps.py", "line": 14, "imported": True},
        {"path": "app/deps.py", "line": 1, "imported": True},
    ]
    places = [(caller["path"], caller["line"]) for caller in document["callers"]]
    assert places == sorted(places)
    assert run.returncode == 1


def test_without_the_option_nothing_is_recorded_or_imported(tmp_path: Path) -> None:
    loaded = (
        "import sys\n\n\ndef test_it():\n"
        "    assert sorted(name for name in sys.modules if name.startswith('codemod.')) == "
        "['codemod.report', 'codemod.witness']\n"
        "    assert not sys.getprofile()\n"
    )
    result = run_pytest(written(tmp_path, {**SMALL, "test_loaded.py": loaded}))
    assert result.returncode == 0, result.stdout
    assert "ctxmigrate" not in result.stdout
    assert not list(tmp_path.glob("*.json"))


def test_what_was_not_imported_is_said(tmp_path: Path) -> None:
    files = {**SMALL, "other.py": DEPS}
    result = run_pytest(written(tmp_path, files), "--ctxmigrate-witness", "w.json")
    assert (
        "other.py was not imported, so no call of its create_user_execution_context could be seen"
        in result.stdout
    )
    assert [each.imported for each in read_witnesses(tmp_path / "w.json").definitions] == [True, False]


def test_without_a_definition_the_file_is_empty_and_that_is_said(tmp_path: Path) -> None:
    files = {"pyproject.toml": "[tool.ctxmigrate]\n", "test_it.py": "def test_it():\n    pass\n"}
    result = run_pytest(written(tmp_path, files), "--ctxmigrate-witness", "w.json")
    assert result.returncode == 0
    assert "create_user_execution_context is defined nowhere under the root" in result.stdout
    assert read_witnesses(tmp_path / "w.json").callers == ()


@pytest.mark.parametrize(
    ("files", "file", "message"),
    [
        ({}, "missing/w.json", "'missing/w.json' is a folder, or in a folder that is not there"),
        ({}, ".", "'.' is a folder, or in a folder that is not there"),
        ({"pyproject.toml": "[tool.ctxmigrate]\nfactroy = 'x'\n"}, "w.json", "'factroy' is no key"),
    ],
    ids=["no folder", "a folder", "a wrong configuration"],
)
def test_a_usage_error_comes_before_any_test(
    tmp_path: Path, files: dict[str, str], file: str, message: str
) -> None:
    result = run_pytest(written(tmp_path, {**SMALL, **files}), "--ctxmigrate-witness", file)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"--ctxmigrate-witness: {message}" in result.stderr.replace(str(tmp_path) + "/", "").replace(
        "pyproject.toml: ", ""
    )
    assert "passed" not in result.stdout


def test_collecting_alone_keeps_what_an_earlier_run_recorded(tmp_path: Path) -> None:
    written(tmp_path, {**SMALL, "w.json": "kept"})
    assert run_pytest(tmp_path, "--collect-only", "--ctxmigrate-witness", "w.json").returncode == 0
    assert (tmp_path / "w.json").read_text(encoding="utf-8") == "kept"


def test_a_file_that_cannot_be_written_fails_the_run(tmp_path: Path) -> None:
    gone = "import shutil\n\n\ndef test_it():\n    shutil.rmtree('out')\n"
    written(tmp_path, {**SMALL, "out/kept.txt": "", "test_gone.py": gone})
    result = run_pytest(tmp_path, "--ctxmigrate-witness", "out/w.json")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ctxmigrate: the witness file" in result.stdout
    assert "2 passed" in result.stdout


def test_a_profiler_in_the_place_of_the_recorder_is_told(tmp_path: Path) -> None:
    """From Python 3.12 on a profiler of the old kind takes nobody's place."""
    taken = "import sys\n\n\ndef test_it():\n    sys.setprofile(None)\n"
    run_pytest(written(tmp_path, {**SMALL, "test_taken.py": taken}), "--ctxmigrate-witness", "w.json")
    assert read_witnesses(tmp_path / "w.json").lost == (0 if sys.version_info >= (3, 12) else 1)


def test_workers_hand_over_what_they_saw(tmp_path: Path) -> None:
    """What pytest-xdist calls in the process that started the workers; a crashed one hands nothing over."""
    written(tmp_path, SMALL)
    settled = settle([str(tmp_path)], overrides=Overrides(), codes=rule_codes)
    witnessing = Witnessing(tmp_path / "w.json", Tree.open(settled.root, settled.config, [settled.root]))
    try:
        seen: Any = ([["test_deps.py", 5, "", 2]], ["deps.py"], 0)
        for node in (SimpleNamespace(workeroutput={"ctxmigrate_witness": seen}),) * 2:
            witnessing.pytest_testnodedown(node)
        witnessing.pytest_testnodedown(SimpleNamespace())
        session: Any = SimpleNamespace(config=SimpleNamespace(option=SimpleNamespace(collectonly=False)))
        witnessing.pytest_sessionfinish(session)
    finally:
        witnessing.pytest_unconfigure()
    found = read_witnesses(tmp_path / "w.json")
    assert [(caller.path, caller.line, caller.count) for caller in found.callers] == [("test_deps.py", 5, 4)]
    assert found.definitions[0].imported
    assert found.lost == 1
