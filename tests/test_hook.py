"""The hooks for pre-commit, run by pre-commit itself on commits of real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from samples import DEFINER

from codemod import migrate
from codemod.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).parent.parent
FIXTURE = REPOSITORY / "fixtures" / "chat_backend"
INSTALLED = ("codemod", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
BASELINE = ".ctxmigrate-baseline.json"
CLEAN = """\
from app.dependencies import create_user_execution_context


def handle(user_id, thread_id):
    return create_user_execution_context(user_id, thread_id, "run")
"""
MIGRATED = """\
from app.dependencies import get_user_execution_context


def handle(user_id, thread_id):
    return get_user_execution_context(user_id, thread_id)
"""
UNPACKING = """

def {name}(arguments):
    return create_user_execution_context(*arguments)
"""
BLOCKED = "from app.dependencies import create_user_execution_context\n" + UNPACKING.format(name="handle")


class Repository:
    """A git repository to commit in."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.git("init", "--quiet")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def commit(self) -> subprocess.CompletedProcess[str]:
        self.git("add", "--all")
        return self.run("git", "commit", "--message", "a commit")

    def commits(self) -> int:
        return len(self.git("log", "--oneline").splitlines())

    def use(self, hook: str, source: Repository, *arguments: str) -> None:
        """Check every commit with a hook of the repository ``source``."""
        revision = source.git("rev-parse", "HEAD").strip()
        self.write(
            ".pre-commit-config.yaml",
            f"repos:\n- repo: {source.folder}\n  rev: {revision}\n"
            f"  hooks: [{{id: {hook}, args: [{', '.join(arguments)}]}}]\n",
        )
        installed = self.pre_commit("install")
        assert installed.returncode == 0, installed.stdout + installed.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of all commands here; what pre-commit installs is shared by them."""
    people = {
        f"GIT_{role}_{what}": "nobody" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **inherited,
        **people,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
    }


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Repository:
    """A repository with this package as it stands here."""
    folder = tmp_path_factory.mktemp("ctxmigrate")
    for name in INSTALLED:
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder / name)
    repository = Repository(folder, environment)
    assert repository.commit().returncode == 0
    return repository


@pytest.fixture
def project(tmp_path: Path, environment: dict[str, str]) -> Repository:
    repository = Repository(tmp_path, environment)
    repository.write("pyproject.toml", "[tool.ctxmigrate]\n")
    repository.write("app/__init__.py", "")
    repository.write("app/dependencies.py", DEFINER)
    assert repository.commit().returncode == 0
    return repository


def test_a_commit_that_can_be_migrated_is_fixed(source: Repository, project: Repository) -> None:
    project.use("ctxmigrate", source)
    project.write("app/chat.py", CLEAN)
    first = project.commit()
    assert (first.returncode, project.commits()) == (1, 1)
    assert "files were modified by this hook" in first.stderr
    assert "app/chat.py" in first.stderr
    assert (project.folder / "app/chat.py").read_text() == MIGRATED

    assert project.commit().returncode == 0
    assert project.git("show", "HEAD:app/chat.py") == MIGRATED


def test_a_commit_with_a_blocked_site_is_refused(source: Repository, project: Repository) -> None:
    project.use("ctxmigrate", source)
    project.write("app/chat.py", BLOCKED)
    refused = project.commit()
    assert (refused.returncode, project.commits()) == (1, 1)
    assert "app/chat.py:5:12: blocked (CTX101)\n" in refused.stderr
    assert "files were modified" not in refused.stderr
    assert (project.folder / "app/chat.py").read_text() == BLOCKED


def test_a_commit_without_the_name_passes(source: Repository, project: Repository) -> None:
    project.use("ctxmigrate", source)
    project.write("app/chat.py", "def handle():\n    return None\n")
    assert project.commit().returncode == 0
    assert project.commits() == 2


def test_the_checking_hook_complains_and_writes_nothing(source: Repository, project: Repository) -> None:
    project.use("ctxmigrate-check", source)
    project.write("app/chat.py", CLEAN)
    refused = project.commit()
    assert (refused.returncode, project.commits()) == (1, 1)
    assert "would be migrated" in refused.stderr
    assert (project.folder / "app/chat.py").read_text() == CLEAN


def test_a_baseline_lets_known_sites_pass_and_no_new_ones(source: Repository, project: Repository) -> None:
    project.write("app/chat.py", BLOCKED)
    assert ctxmigrate("check", str(project.folder), "--write-baseline", str(project.folder / BASELINE)) == 0
    project.use("ctxmigrate", source, "--baseline", BASELINE)
    assert project.commit().returncode == 0

    project.write("app/chat.py", BLOCKED + UNPACKING.format(name="handle_too"))
    refused = project.commit()
    assert refused.returncode == 1
    assert "app/chat.py:9:12: blocked (CTX101)\n" in refused.stderr
    assert "app/chat.py:5:12:" not in refused.stderr


def test_the_fixture_is_rewritten_as_a_whole_and_passes_from_then_on(
    source: Repository, tmp_path: Path, environment: dict[str, str]
) -> None:
    expected = shutil.copytree(FIXTURE, tmp_path / "expected")
    ctxmigrate("rewrite", str(expected))
    folder = shutil.copytree(FIXTURE, tmp_path / "chat_backend")
    assert ctxmigrate("check", str(folder), "--write-baseline", str(folder / BASELINE)) == 1
    project = Repository(folder, environment)
    project.use("ctxmigrate", source, "--baseline", BASELINE)
    project.git("add", "--all")

    first = project.pre_commit("run", "--all-files")
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    assert python_files(folder) == python_files(expected)

    second = project.pre_commit("run", "--all-files")
    assert (second.returncode, second.stderr) == (0, "")
    assert python_files(folder) == python_files(expected)


def test_runs_over_parts_at_the_same_time_settle_where_one_run_over_all_does(tmp_path: Path) -> None:
    whole = shutil.copytree(FIXTURE, tmp_path / "whole")
    ctxmigrate("rewrite", str(whole))
    parts = shutil.copytree(FIXTURE, tmp_path / "parts")
    names = sorted(python_files(parts))
    commands = [
        [sys.executable, "-W", "error", "-m", "codemod", "rewrite", *names[number::4]] for number in range(4)
    ]
    for _ in range(2):
        running = [subprocess.Popen(each, cwd=parts, stdout=subprocess.DEVNULL) for each in commands]
        assert {process.wait() for process in running} <= {0, 1}
    assert sites(parts) == sites(whole)


def ctxmigrate(*arguments: str) -> int:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False).exit_code


def python_files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.suffix in (".py", ".pyi"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def sites(folder: Path) -> list[tuple[str, str, str]]:
    return [(site.path, site.before, site.verdict) for site in migrate([folder]).sites]
