"""A whole migration: the fixture from before the first phase to after the last, by the real commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conversations import runs, served

FIXTURES = Path(__file__).parent.parent / "fixtures"
USERS = [f"user_{number}" for number in range(50)]
ENVIRONMENT = {
    "COLUMNS": "100",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the fixture's tests need none, and to load them takes time
    "PYTHONDONTWRITEBYTECODE": "1",
}
SCAFFOLDED = ("app/dependencies.py", "shared/id_generation/unified_id_generator.py")


@dataclass(frozen=True)
class Checkout:
    """A work tree with the fixture in it, and what a person does there."""

    folder: Path

    def run(self, *command: str, status: int = 0) -> str:
        """Run a command that exits with ``status``; return what it prints."""
        environment = {**os.environ, **ENVIRONMENT}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def ctxmigrate(self, *arguments: str, status: int = 0) -> str:
        return self.run(sys.executable, "-W", "error", "-m", "codemod", *arguments, status=status)

    def done(self, *arguments: str, status: int = 0) -> None:
        """Run a command whose work is done already: it says so, and changes nothing."""
        before = self.files()
        assert " written." not in self.ctxmigrate(*arguments, status=status)
        assert self.files() == before

    def test(self, *arguments: str) -> str:
        """Run the fixture's own tests."""
        return self.run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)

    def patch(self, name: str, *options: str) -> None:
        self.run("git", "apply", *options, str(FIXTURES / f"chat_backend.{name}.patch"))

    def converse(self) -> dict[str, list[str]]:
        """Serve, and let fifty users send two messages each; the run ids of the replies, by user."""
        with served(self.folder) as server:
            return runs(server, USERS)

    def hold_one_run_each(self) -> None:
        """Hold that every user's messages belong to one run, and to nobody else's."""
        replies = self.converse().values()
        assert all(first == second for first, second in replies)
        assert len({first for first, _ in replies}) == len(USERS)

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.folder.rglob("*") if ".git" not in path.parts and path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    folder = Path(shutil.copytree(FIXTURES / "chat_backend", tmp_path / "chat_backend", ignore=ignored))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    return Checkout(folder)


def test_a_team_goes_from_the_first_phase_to_the_last(checkout: Checkout) -> None:
    shipped = checkout.files()
    checkout.patch("phase0")
    scaffold_sessions_and_getter(checkout)
    assert {name for name, _ in shipped.items() - checkout.files().items()} <= {*SCAFFOLDED}
    rewrite_the_calls(checkout)
    deprecate_the_factory(checkout)
    mend_what_is_left(checkout)
    remove_the_factory(checkout)


def scaffold_sessions_and_getter(checkout: Checkout) -> None:
    """Phases 1 and 2. The rest of the patch taken back is the team's own work: it puts the sessions to use."""
    checkout.test()
    assert "No phase is reached yet." in checkout.ctxmigrate("status")
    factory, sessions = SCAFFOLDED
    checkout.ctxmigrate(
        "scaffold", "session", factory, "--module", sessions.removesuffix(".py").replace("/", ".")
    )
    checkout.ctxmigrate("scaffold", "getter", factory)
    checkout.ctxmigrate("scaffold", "test", factory)
    for thing in ("session", "getter", "test"):
        checkout.done("scaffold", thing, factory)
    checkout.test()
    checkout.patch("phase0", "-R", *(f"--exclude={name}" for name in SCAFFOLDED))
    checkout.test()
    status = checkout.ctxmigrate("status")
    assert "Phase 1, session management: reached" in status
    assert "yes  app/dependencies.py has the factory and the getter" in status


def rewrite_the_calls(checkout: Checkout) -> None:
    """Phase 3, as far as a tool can go: every message had a run of its own, now every conversation has."""
    before = checkout.converse()
    assert all(first != second for first, second in before.values())
    checkout.run("git", "add", ".")
    diff = checkout.ctxmigrate("rewrite", "--dry-run", status=1)
    assert "22  blocked" in checkout.ctxmigrate("rewrite", status=1)
    rewritten = checkout.files()
    checkout.run("git", "restore", ".")
    subprocess.run(["git", "apply"], cwd=checkout.folder, input=diff, text=True, check=True)
    assert checkout.files() == rewritten
    checkout.done("rewrite", status=1)
    checkout.hold_one_run_each()
    checkout.test()


def deprecate_the_factory(checkout: Checkout) -> None:
    """A caller that is left warns, in the tests and where the server runs."""
    assert "one of several definitions" in checkout.ctxmigrate("deprecate", status=1)
    checkout.ctxmigrate("deprecate", SCAFFOLDED[0])
    checkout.done("deprecate", SCAFFOLDED[0])
    caller = re.compile(r"app/websocket_core/connection_manager\.py:\d+: DeprecationWarning: create_user_")
    assert caller.search(checkout.test())
    with served(checkout.folder, "-W", "default::DeprecationWarning") as server:
        runs(server, USERS[:1])
    assert caller.search(server.log.read_text())


def mend_what_is_left(checkout: Checkout) -> None:
    """Phase 3 by hand: what was blocked, and the setting that tells the factory from three other functions."""
    refused = checkout.ctxmigrate("remove", SCAFFOLDED[0], status=1)
    assert "app/websocket_core/connection_manager.py:23" in refused
    assert "README.md:12" in checkout.ctxmigrate("verify", status=1)
    checkout.patch("mended")
    checkout.done("rewrite")
    verified = checkout.ctxmigrate("verify", "--getter", "app.dependencies:get_user_execution_context")
    assert "All that was looked at holds." in verified
    assert "DeprecationWarning" not in checkout.test()
    checkout.ctxmigrate("status", "--require", "3")


def remove_the_factory(checkout: Checkout) -> None:
    """Phase 4."""
    checkout.ctxmigrate("status", "--require", "4", status=1)
    checkout.run("git", "add", ".")
    diff = checkout.ctxmigrate("remove", "--dry-run")
    checkout.ctxmigrate("remove")
    removed = checkout.files()
    checkout.run("git", "restore", ".")
    subprocess.run(["git", "apply"], cwd=checkout.folder, input=diff, text=True, check=True)
    assert checkout.files() == removed
    assert b"create_user_execution_context" not in removed["app/dependencies.py"]
    checkout.test()
    checkout.hold_one_run_each()
    checkout.done("remove")
    assert "All 4 phases are reached." in checkout.ctxmigrate("status", "--require", "4")


AUDIT = '''\
"""Keeps a record of what was said."""

from app.dependencies import create_user_execution_context


def record(texts: list[str]) -> dict[str, str]:
    """Return each text by the run that it was said in."""
    return {create_user_execution_context("user_1", "thread_1").run_id: text for text in texts}
'''
AUDIT_TEST = """\
from app.audit import record


def test_nothing_gets_lost() -> None:
    assert len(record(["Hello", "Goodbye"])) == 2
"""


def test_what_only_a_run_can_show_is_put_back(checkout: Checkout) -> None:
    (checkout.folder / "app/audit.py").write_text(AUDIT)
    (checkout.folder / "tests/test_audit.py").write_text(AUDIT_TEST)
    checkout.run("git", "add", ".")
    command = f"{sys.executable} -m pytest -q -p no:cacheprovider tests/test_audit.py"
    report = checkout.ctxmigrate("rewrite", "--run", command, status=1)
    assert re.findall(r"^(\S+): blocked \(CTX401\)$", report, re.MULTILINE) == ["app/audit.py:8:13"]
    assert (checkout.folder / "app/audit.py").read_text() == AUDIT
    assert len(checkout.run("git", "diff", "--name-only").splitlines()) == 26
    checkout.test()
