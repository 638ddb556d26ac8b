"""``rewrite --run``: what a command makes fail is found, put back and reported."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from samples import DEFINER

from codemod.cli import main
from codemod.errors import UsageError
from codemod.model import FilePlan
from codemod.trial import shell
from codemod.write.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Start = Callable[[str], "subprocess.Popen[str]"]
OLD = """\
from app.deps import create_user_execution_context


def handle(user, thread, run):
    return create_user_execution_context(user, thread, run)
"""
NEW = """\
from app.deps import get_user_execution_context


def handle(user, thread, run):
    return get_user_execution_context(user, thread)
"""
NAMES = ("a.py", "b.py", "c.py", "d.py", "e.py")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (root / "app/__init__.py").touch()
    (root / "app/deps.py").write_text(DEFINER)
    for name in NAMES:
        (root / "app" / name).write_text(OLD)
    monkeypatch.chdir(root)
    return root


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of the system, where old bytes are kept as the last resort."""
    folder = tmp_path / "kept"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def contents(root: Path) -> dict[str, str]:
    """The files of the application, hidden ones too."""
    files = (file for file in (root / "app").iterdir() if file.is_file())
    return {file.name: file.read_text() for file in files if file.name not in ("__init__.py", "deps.py")}


def states(*rewritten: str) -> dict[str, str]:
    return {name: NEW if name in rewritten else OLD for name in NAMES}


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rewrite", *arguments], catch_exceptions=False)


def tried(command: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the JSON report of a trial."""
    result = ctxmigrate("--run", command, "--format", "json", *arguments)
    return result.exit_code, json.loads(result.stdout)


def blocked(report: Mapping[str, Any]) -> dict[str, list[str]]:
    """The codes of the blocked sites, by file."""
    return {site["path"]: site["codes"] for site in report["sites"] if site["verdict"] == "blocked"}


def fails_with(*names: str) -> str:
    """A command that fails if one of these files is rewritten."""
    return f"! grep -q get_user {' '.join(f'app/{name}' for name in names)}"


class TestVerdicts:
    def test_a_command_that_passes_is_run_once(self, project: Path) -> None:
        result = ctxmigrate("--run", "echo run >> ../runs")
        assert result.exit_code == 0
        assert result.stdout.endswith("\n`echo run >> ../runs` passes with 5 of 5 files rewritten (1 run).\n")
        assert contents(project) == states(*NAMES)
        assert (project.parent / "runs").read_text() == "run\n"

    @pytest.mark.parametrize("bad", [("a.py",), ("c.py",), ("e.py",), ("b.py", "e.py"), NAMES])
    def test_just_the_files_that_make_it_fail_are_restored(self, project: Path, bad: tuple[str, ...]) -> None:
        status, report = tried(fails_with(*bad))
        assert status == 1
        assert blocked(report) == {f"app/{name}": ["CTX401"] for name in bad}
        assert contents(project) == states(*(name for name in NAMES if name not in bad))
        assert report["summary"]["migrated"] == report["summary"]["files_changed"] == 5 - len(bad)

    def test_tests_that_fail_are_told_in_their_own_words(self, project: Path) -> None:
        (project / "test_app.py").write_text(
            "from app import a, b\n\n\ndef test_a():\n    assert a.handle(1, 2, 3)[:2] == (1, 2)\n\n\n"
            "def test_b():\n    assert b.handle(1, 2, 3)[2] == 3\n"
        )
        result = ctxmigrate("--run", f"{sys.executable} -m pytest -q -p no:cacheprovider")
        assert result.exit_code == 1
        assert contents(project) == states("a.py", "c.py", "d.py", "e.py")
        assert "app/b.py:5:12: blocked (CTX401)\n    5 | return create_user" in result.stdout
        assert "    | FAILED test_app.py::test_b - IndexError: tuple index out of range\n" in result.stdout
        assert "passes with 4 of 5 files rewritten (6 runs)." in result.stdout

    def test_a_second_run_does_the_same_again(self, project: Path) -> None:
        tried(fails_with("b.py"))
        status, report = tried(fails_with("b.py"))
        assert (status, blocked(report)) == (1, {"app/b.py": ["CTX401"]})
        assert contents(project) == states("a.py", "c.py", "d.py", "e.py")

    def test_only_the_first_site_of_a_file_repeats_what_the_command_printed(self, project: Path) -> None:
        (project / "app/b.py").write_text(OLD + OLD.partition("\n\n\n")[2].replace("handle", "again"))
        _, report = tried(f"echo so it is; {fails_with('b.py')}")
        first, second = (site for site in report["sites"] if site["path"] == "app/b.py")
        assert first["message"] == f"{second['message']}\nso it is"

    def test_paths_limit_what_is_tried(self, project: Path) -> None:
        status, report = tried(fails_with("a.py", "d.py"), "app/a.py", "app/b.py")
        assert status == 1
        assert blocked(report) == {"app/a.py": ["CTX401"]}
        assert contents(project) == states("b.py")

    def test_the_command_runs_in_the_root(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(project / "app")
        assert ctxmigrate("--run", "test -f pyproject.toml", ".").exit_code == 0

    def test_with_nothing_to_write_nothing_is_run(self, project: Path) -> None:
        ctxmigrate()
        result = ctxmigrate("--run", "touch ../ran")
        assert result.exit_code == 0
        assert result.stdout.endswith("\n`touch ../ran` was not run, as nothing was written.\n")
        assert not (project.parent / "ran").exists()

    def test_ignored_sites_of_a_restored_file_stay_ignored(self, project: Path) -> None:
        call = "    return create_user_execution_context(*ids)  # ctxmigrate: ignore[CTX101]\n"
        mine = "    return create_user_execution_context(1, 2, 3)  # ctxmigrate: ignore[CTX401]\n"
        (project / "app/b.py").write_text(f"{OLD}\n\ndef more(ids):\n{call}\n\ndef last():\n{mine}")
        _, report = tried(fails_with("b.py"))
        sites = [site for site in report["sites"] if site["path"] == "app/b.py"]
        assert [(site["verdict"], site["codes"]) for site in sites] == [
            ("blocked", ["CTX401"]),
            ("ignored", ["CTX101"]),
            ("ignored", ["CTX401"]),
        ]

    def test_a_site_with_a_reason_of_its_own_keeps_to_it(self, project: Path) -> None:
        (project / "app/b.py").write_text(
            f"{OLD}\n\ndef more(ids):\n    create_user_execution_context(*ids)\n"
        )
        _, report = tried(fails_with("b.py"))
        codes = [site["codes"] for site in report["sites"] if site["path"] == "app/b.py"]
        assert codes == [["CTX401"], ["CTX101"]]

    def test_file_errors_stay_errors(self, project: Path) -> None:
        (project / "app/a.py").chmod(0o444)
        status, report = tried(fails_with("b.py"))
        assert status == 2
        assert [error["code"] for error in report["errors"]] == ["CTX905"]
        assert blocked(report) == {"app/a.py": ["CTX905"], "app/b.py": ["CTX401"]}

    def test_names_of_one_length_are_told_apart_by_python(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Compiled code must not be taken for that of bytes that are as many, written in the same second."""
        monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        settings = 'factory = "make_it"\ngetter = "find_it"\ndrop = []\n'
        (project / "pyproject.toml").write_text(f"[tool.ctxmigrate]\n{settings}")
        (project / "app/deps.py").write_text(
            "def make_it(a):\n    return 1\n\n\ndef find_it(a):\n    return 2\n"
        )
        (project / "app/b.py").write_text("from app.deps import make_it\n\nVALUE = make_it(0)\n")
        _, report = tried(f"{sys.executable} -c 'import app.b; assert app.b.VALUE == 1'")
        assert blocked(report) == {"app/b.py": ["CTX401"]}


class TestFilesThatNeedEachOther:
    """``api`` hands the getter on when ``b`` or ``z`` takes it from there."""

    @pytest.fixture
    def chain(self, project: Path) -> Path:
        name = "create_user_execution_context"
        for file in NAMES:
            (project / "app" / file).unlink()
        (project / "app/api.py").write_text(f"from app.deps import {name} as {name}\n")
        for file in ("aa.py", "z.py"):
            (project / "app" / file).write_text(OLD.replace("app.deps", "app.api"))
        return project

    def test_every_state_works_by_itself(self, chain: Path) -> None:
        works = f"{sys.executable} -c 'import app.aa, app.z; app.aa.handle(1, 2, 3)'"
        status, report = tried(f"{works} && {fails_with('z.py')}")
        assert (status, blocked(report)) == (1, {"app/z.py": ["CTX401"]})
        assert contents(chain)["aa.py"] == NEW.replace("app.deps", "app.api")
        assert "get_user_execution_context" in contents(chain)["api.py"]

    def test_no_module_is_tried_without_the_mocks_that_follow_it(self, project: Path) -> None:
        (project / "test_a.py").write_text(
            "from unittest.mock import patch\n\nfrom app.a import handle\n\n\n"
            "@patch('app.a.create_user_execution_context')\ndef test_handle(create):\n    handle(1, 2, 3)\n"
        )
        split = "grep -q get_user app/a.py && ! grep -q get_user test_a.py && touch ../split"
        _, report = tried(f"{split}; {fails_with('b.py')}")
        assert blocked(report) == {"app/b.py": ["CTX401"]}
        assert not (project.parent / "split").exists()

    def test_a_culprit_without_sites_is_warned_about(self, chain: Path) -> None:
        before = contents(chain)
        result = ctxmigrate("--run", fails_with("api.py"))
        assert result.exit_code == 1
        command = f"`{fails_with('api.py')}`"
        told = " ".join(result.stdout.split())
        assert f"app/api.py:1: warning: {command} fails with this file rewritten (exit status 1)" in told
        assert "app/aa.py:5:12: blocked (CTX301)" in told
        assert contents(chain) == before


class TestCommandsThatTellNothing:
    def test_one_that_fails_without_the_rewrite_too(self, project: Path) -> None:
        result = ctxmigrate("--run", "echo broken; exit 3")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            "Error: `echo broken; exit 3` fails without the rewrite too (exit status 3), so it cannot tell what the "
            "rewrite breaks: nothing was changed\nThe command printed last:\nbroken\n"
        )
        assert contents(project) == states()

    def test_one_that_is_not_there(self, project: Path) -> None:
        result = ctxmigrate("--run", "no-such-command-at-all")
        assert result.exit_code == 2
        assert "fails without the rewrite too (exit status 127)" in result.stderr
        assert contents(project) == states()

    def test_one_that_is_killed(self, project: Path) -> None:
        result = ctxmigrate("--run", "kill -9 $$")
        assert "fails without the rewrite too (signal 9)" in result.stderr

    def test_one_that_fails_by_chance_blames_nobody(self, project: Path) -> None:
        result = ctxmigrate("--run", "test -f ../again || ! touch ../again")
        assert result.exit_code == 0
        assert contents(project) == states(*NAMES)

    @pytest.mark.parametrize("seed", range(6))
    def test_the_end_of_an_unsteady_one_is_a_state_that_passed(self, project: Path, seed: int) -> None:
        (project.parent / "count").write_text(str(seed))
        command = (
            "n=$(($(cat ../count) * 7 % 31 + 1)); echo $n > ../count; "
            "test $((n % 3)) != 0 && cat app/*.py | cksum >> ../passed"
        )
        before = contents(project)
        result = ctxmigrate("--run", command)
        end = subprocess.check_output("cat app/*.py | cksum", shell=True, cwd=project, text=True)
        passed = (project.parent / "passed").read_text() if (project.parent / "passed").exists() else ""
        assert end in passed or (result.exit_code in (1, 2) and contents(project) == before)


class TestCommandsThatWrite:
    def test_one_that_passes_is_told_of(self, project: Path) -> None:
        result = ctxmigrate("--run", "echo '# formatted' >> app/b.py")
        assert result.exit_code == 0
        assert "app/b.py:1: warning: `echo '# formatted' >> app/b.py` wrote to this file" in result.stdout
        assert contents(project) == {**states(*NAMES), "b.py": f"{NEW}# formatted\n"}

    def test_what_one_wrote_that_fails_is_left_and_the_old_bytes_are_kept(
        self, project: Path, kept: Path
    ) -> None:
        result = ctxmigrate("--run", "echo '# formatted' >> app/b.py; false")
        assert (result.exit_code, result.stdout) == (2, "")
        (file,) = kept.iterdir()
        assert file.read_text() == OLD
        assert result.stderr.startswith(
            "Error: the trial with `echo '# formatted' >> app/b.py; false` cannot go on"
        )
        assert "app/b.py: `echo '# formatted' >> app/b.py; false` wrote to this file: let it" in result.stderr
        assert "app/b.py: could not get its old bytes back (it was written by somebody else" in result.stderr
        assert f"they are kept in {file}\n" in result.stderr
        assert contents(project) == {**states(), "b.py": f"{NEW}# formatted\n"}

    def test_other_files_are_its_own(self, project: Path) -> None:
        assert tried(f"echo x >> app/other.txt; {fails_with('b.py')}")[0] == 1
        assert (project / "app/other.txt").read_text().count("x") > 3

    def test_a_file_that_changed_before_the_first_run_is_the_usual_error(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            Guard, "__enter__", lambda guard: (project / "app/b.py").write_text("x") and guard
        )
        monkeypatch.setattr(Guard, "__exit__", lambda *_: None)
        monkeypatch.setattr(Guard, "_send", lambda *_: None)
        monkeypatch.setattr(Guard, "dismiss", lambda _: None)
        status, report = tried("touch ../ran")
        assert (status, [error["code"] for error in report["errors"]]) == (2, ["CTX904"])
        assert not (project.parent / "ran").exists()


class TestOutput:
    def lines(self, command: str) -> list[str]:
        _, report = tried(f"{command}; {fails_with('b.py')}")
        (site,) = (site for site in report["sites"] if site["path"] == "app/b.py")
        return str(site["message"]).split("\n")[1:]

    def test_stdout_is_the_report_whatever_the_command_prints(self, project: Path) -> None:
        assert self.lines("seq 100000; seq 3 >&2; echo '}'")[-4:] == ["1", "2", "3", "}"]

    def test_ten_lines_are_kept(self, project: Path) -> None:
        assert self.lines("seq 20") == [str(number) for number in range(11, 21)]

    def test_long_lines_colours_and_progress_are_cut(self, project: Path) -> None:
        printed = r"printf '\033[31mred\033[0m\n\n50%%\r100%% done\r\n%0999d\n' 0"
        assert self.lines(printed) == ["red", "100% done", "0" * 200 + "..."]

    def test_a_terminal_does_not_obey_it(self, project: Path) -> None:
        result = ctxmigrate("--run", rf"printf '\033]0;title\007 [red]\n\377\n'; {fails_with('b.py')}")
        assert "    | \\x1b]0;title\\x07 [red]\n    | \ufffd\n" in result.stdout

    def test_silence_is_told_as_such(self, project: Path) -> None:
        assert self.lines("true") == []

    @pytest.mark.parametrize("kind", ["github", "markdown", "sarif"])
    def test_every_format_has_the_lines(self, project: Path, kind: str) -> None:
        result = ctxmigrate("--format", kind, "--run", f"echo one; echo two; {fails_with('b.py')}")
        breaks = {"github": "one%0Atwo", "markdown": "`one`<br>`two`", "sarif": r"one\ntwo"}
        assert breaks[kind] in result.stdout
        assert "passes with 4 of 5 files rewritten" in result.stderr

    def test_files_of_reports_have_them_too(self, project: Path) -> None:
        ctxmigrate("--report", "../r.html", "--run", f"echo one; echo two; {fails_with('b.py')}")
        assert r"passes with the file as it was\none\ntwo" in (project.parent / "r.html").read_text()

    def test_quiet_tells_only_what_is_blocked(self, project: Path) -> None:
        assert ctxmigrate("--quiet", "--run", "true").output == ""


class TestUsage:
    @pytest.mark.parametrize("option", ["--dry-run", "--check"])
    def test_it_needs_a_run_that_writes(self, project: Path, option: str) -> None:
        result = ctxmigrate("--run", "true", option)
        assert result.exit_code == 2
        assert "neither --dry-run nor --check goes with it" in result.stderr

    def test_an_empty_command_is_none(self, project: Path) -> None:
        result = ctxmigrate("--run", " ")
        assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, "Error: --run needs a command.")


class TestInterruptions:
    WAITING = "exec 3> ../alive; echo started >&3; sleep 60"

    @pytest.fixture
    def alive(self, project: Path) -> Iterator[int]:
        """The other end of the pipe that a command holds as long as it lives."""
        os.mkfifo(project.parent / "alive")
        end = os.open(project.parent / "alive", os.O_RDONLY | os.O_NONBLOCK)
        yield end
        os.close(end)

    @pytest.fixture
    def start(self, project: Path, alive: int) -> Iterator[Start]:
        """Start a trial and wait until its command runs."""
        with ExitStack() as stack:

            def start(command: str) -> subprocess.Popen[str]:
                run = subprocess.Popen(
                    [sys.executable, "-W", "error", "-m", "codemod", "rewrite", "--run", command],
                    cwd=project,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                )
                stack.enter_context(run)
                stack.callback(run.kill)
                while not os.read(alive, 100):
                    assert run.poll() is None
                    time.sleep(0.01)
                return run

            yield start

    def is_over(self, alive: int) -> bool:
        """Whether a command has ended, or does so before it would by itself."""
        return bool(select.select([alive], [], [], 30)[0]) and not os.read(alive, 100)

    @pytest.mark.parametrize(
        "command",
        [WAITING, f"{fails_with('b.py')} && {{ {WAITING}; }}"],
        ids=[
            "all are written",
            "none is",
        ],
    )
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
    def test_every_file_gets_its_old_bytes_back_and_the_command_ends(
        self, project: Path, start: Start, alive: int, number: signal.Signals, command: str
    ) -> None:
        run = start(command)
        os.killpg(run.pid, number)
        _, told = run.communicate()
        assert contents(project) == states()
        assert run.returncode == (2 if number == signal.SIGINT else -number)
        assert self.is_over(alive)
        assert told == {
            signal.SIGINT: "Error: interrupted: no file was changed\n",
            signal.SIGKILL: "ctxmigrate was killed before it was done.\nAll files have their old bytes again.\n",
        }.get(number, "")

    def test_a_run_that_is_killed_while_it_writes_leaves_nothing_behind(self, project: Path) -> None:
        program = (
            "import os, signal, codemod.write as module\nfrom codemod.cli import main\n"
            "real, calls = module._replace, iter(range(99))\n"
            "def replace(*args):\n"
            "    if next(calls) == 3:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
            "    real(*args)\n"
            "module._replace = replace\nmain(['rewrite', '--run', 'true'])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=False
        )
        assert done.returncode == -signal.SIGKILL
        assert contents(project) == states()

    def test_files_that_somebody_else_wrote_meanwhile_are_named(self, project: Path, start: Start) -> None:
        run = start(f"echo theirs > app/b.py; {self.WAITING}")
        run.send_signal(signal.SIGTERM)
        _, told = run.communicate()
        assert run.returncode == 2
        assert told.startswith(
            "Error: interrupted, and not everything could be undone: app/b.py: could not get"
        )
        assert contents(project) == {**states(), "b.py": "theirs\n"}
        os.unlink(told.rpartition(" ")[2].strip())

    def test_a_killed_run_names_them_too(self, project: Path, start: Start) -> None:
        run = start(f"echo theirs > app/b.py; {self.WAITING}")
        run.kill()
        _, told = run.communicate()
        assert told.splitlines()[1].startswith("app/b.py: could not get its old bytes back")
        assert contents(project) == {**states(), "b.py": "theirs\n"}
        os.unlink(told.rpartition(" ")[2].strip())

    def test_without_its_guard_a_trial_does_not_go_on(self, tmp_path: Path) -> None:
        with Guard(tmp_path) as guard:
            guard._process.kill()
            os.waitid(os.P_PID, guard._process.pid, os.WEXITED | os.WNOWAIT)
            with pytest.raises(UsageError, match="the process that guards the files was killed"):
                guard.note([FilePlan("a.py", b"x" * 100_000, b"y")])

    def test_what_a_command_leaves_running_ends_with_it(self, project: Path, alive: int) -> None:
        ending = shell.run("exec 3> ../alive; sleep 60 &", project, lambda _: None)
        assert ending.passed
        assert self.is_over(alive)
