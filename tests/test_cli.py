"""The command line: what each option does, where output goes, and the exit status."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import samples
from click.testing import CliRunner, Result

from codemod.cli import main
from codemod.cli.migrating import exit_status
from codemod.errors import UsageError
from codemod.model import Caution, Config, FileError, FilePlan, Occurrence, Report
from codemod.report import screen
from codemod.workers import Workers
from codemod.write import UndoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

CLEAN = samples.report(samples.site("app/chat.py:9:5"), plans=[FilePlan("app/chat.py", b"a\n", b"b\n")])
BLOCKED = samples.report(samples.site("app/chat.py:9:5", "blocked", [samples.UNPACKED]))
SUFFIXES = ".json, .sarif, .html, .md"
NOTHING = samples.report()
BROKEN = samples.report(samples.site("app/chat.py:9:5", "blocked"), errors=[samples.BROKEN])
WARNED = replace(CLEAN, warnings=(Caution("app/chat.py", 3, "`CTX999` is no code"),))


@dataclass
class FakeRun:
    """Stands in for the run: plans a given report, and remembers what it was asked for."""

    report: Report = CLEAN
    root: Path = Path()
    config: Config = field(default_factory=Config)
    paths: Sequence[Path] = ()
    jobs: int | None = None
    planned: bool = False
    written: bool = False

    def planning(
        self, root: Path, config: Config, paths: Sequence[Path], _workers: object, _watch: object
    ) -> FakeRun:
        self.root, self.config, self.paths, self.planned = root, config, paths, True
        return self

    def workers(self, jobs: int | None) -> AbstractContextManager[Workers]:
        self.jobs = jobs
        return Workers(jobs=1)

    def plan(self) -> Report:
        return self.report

    def apply(self, report: Report) -> Report:
        self.written = True
        return replace(report, written=True)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/chat.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fake(project: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    run = FakeRun()
    monkeypatch.setattr("codemod.run.Planning", run.planning)
    monkeypatch.setattr("codemod.cli.hiring.Workers", run.workers)
    monkeypatch.setattr("codemod.run.apply", run.apply)
    return run


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def raising(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: object) -> NoReturn:
        raise error

    return fail


def python(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, **options
    )


@pytest.mark.parametrize(
    ("report", "plain", "with_check"),
    [(NOTHING, 0, 0), (CLEAN, 0, 1), (BLOCKED, 1, 1), (BROKEN, 2, 2)],
    ids=["nothing to do", "all clean", "blocked", "file error"],
)
def test_exit_status(report: Report, plain: int, with_check: int) -> None:
    assert exit_status(report, check=False, exit_zero=False) == plain
    assert exit_status(report, check=True, exit_zero=False) == with_check


@pytest.mark.parametrize("check", [False, True])
def test_exit_zero_is_for_blocked_sites_and_not_for_errors(check: bool) -> None:
    assert exit_status(BLOCKED, check=check, exit_zero=True) == 0
    assert exit_status(CLEAN, check=check, exit_zero=True) == 0
    assert exit_status(BROKEN, check=check, exit_zero=True) == 2


@pytest.mark.parametrize(
    ("line", "written", "status"),
    [
        ("rewrite", True, 0),
        ("rewrite --dry-run", False, 0),
        ("rewrite --check", False, 1),
        ("rewrite --dry-run --check", False, 1),
        ("rewrite --check --exit-zero", False, 0),
        ("check", False, 1),
        ("check --exit-zero", False, 0),
    ],
)
def test_only_a_plain_rewrite_writes(fake: FakeRun, line: str, written: bool, status: int) -> None:
    assert ctxmigrate(*line.split()).exit_code == status
    assert (fake.planned, fake.written) == (True, written)


def test_the_report_is_on_stdout(fake: FakeRun) -> None:
    result = ctxmigrate("rewrite")
    assert "Migrated, nothing to review:\n    1  app/chat.py\n" in result.stdout
    assert result.stderr == ""


def test_a_dry_run_has_the_diff_on_stdout_and_the_report_on_stderr(fake: FakeRun) -> None:
    result = ctxmigrate("rewrite", "--dry-run")
    assert result.stdout == "--- a/app/chat.py\n+++ b/app/chat.py\n@@ -1 +1 @@\n-a\n+b\n"
    assert "Would be migrated, nothing to review:\n    1  app/chat.py\n" in result.stderr


def test_a_dry_run_passes_on_the_bytes_of_any_file(fake: FakeRun) -> None:
    fake.report = replace(CLEAN, plans=(FilePlan("a.py", b"# \xe9\r\nold", b"# \xe9\r\nnew"),))
    assert b" # \xe9\r\n-old\n" in ctxmigrate("rewrite", "--dry-run").stdout_bytes


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_the_format_replaces_the_text(fake: FakeRun, dry_run: list[str]) -> None:
    result = ctxmigrate("rewrite", "--format", "json", *dry_run)
    assert json.loads(result.stdout)["summary"]["migrated"] == 1
    assert result.stderr == ""


def test_warnings_are_told_beside_a_format_that_has_no_place_for_them(fake: FakeRun) -> None:
    fake.report = WARNED
    result = ctxmigrate("check", "--format", "json")
    assert json.loads(result.stdout)["errors"] == []
    assert result.stderr == "app/chat.py:3: warning: `CTX999` is no code\n"
    assert ctxmigrate("check", "--format", "json", "--quiet").stderr == ""


def test_quiet_prints_nothing_about_a_clean_run(fake: FakeRun) -> None:
    assert ctxmigrate("rewrite", "--quiet").output == ""


def test_quiet_prints_nothing_about_an_empty_run(fake: FakeRun) -> None:
    fake.report = NOTHING
    assert ctxmigrate("rewrite", "--quiet").output == ""


def test_a_run_that_finds_nothing_has_one_line(fake: FakeRun) -> None:
    fake.report = NOTHING
    assert ctxmigrate("rewrite").stdout == (
        "Nothing to migrate: no use of create_user_execution_context in 12 files (0.4 s).\n"
    )


def test_verbose_lists_the_occurrences_of_a_run_without_sites(fake: FakeRun) -> None:
    fake.report = samples.report(occurrences=[Occurrence("a.py", 3, 5, "lookalike")])
    assert "a.py:3:5: lookalike\n" in ctxmigrate("check", "--verbose").stdout


def test_quiet_and_verbose_contradict_each_other(fake: FakeRun) -> None:
    result = ctxmigrate("rewrite", "--quiet", "--verbose")
    assert (result.exit_code, fake.planned) == (2, False)
    assert "Error: --quiet and --verbose contradict each other." in result.stderr


def test_the_options_reach_the_run(fake: FakeRun, project: Path) -> None:
    ctxmigrate(
        *(
            "rewrite",
            "app",
            "app/chat.py",
            "--jobs",
            "3",
            "--strict",
            "--exclude",
            "old/",
            "--exclude",
            "*.pyi",
        ),
        *("--allow", "CTX104", "--allow", "CTX107", "--block", "CTX151"),
    )
    assert fake.root == project.resolve()
    assert fake.paths == [Path("app"), Path("app/chat.py")]
    assert fake.jobs == 3
    assert fake.config == Config(
        allow=("CTX104", "CTX107"), block=("CTX151",), exclude=("old/", "*.pyi"), strict=True
    )


def test_without_paths_the_current_folder_is_meant(fake: FakeRun) -> None:
    ctxmigrate("rewrite")
    assert (fake.paths, fake.jobs, fake.config) == ([Path()], None, Config())


def test_the_configuration_can_be_named(fake: FakeRun, project: Path) -> None:
    (project / "other.toml").write_text('[tool.ctxmigrate]\nfactory = "make"\n')
    ctxmigrate("check", "--config", "other.toml")
    assert fake.config.factory == "make"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "'nowhere' does not exist"),
        (["--config", "no.toml"], "no.toml: "),
        (["--allow", "CTX102"], "--allow: 'CTX102' may not be allowed"),
        (["--block", "CTX999"], "--block: 'CTX999' is no code"),
        (["no\x1b[31mwhere"], r"'no\x1b[31mwhere' does not exist"),
    ],
    ids=["path", "configuration", "allow", "block", "hostile"],
)
def test_a_usage_error_is_one_message(fake: FakeRun, arguments: list[str], message: str) -> None:
    result = ctxmigrate("rewrite", *arguments)
    assert (result.exit_code, result.stdout, fake.planned) == (2, "", False)
    assert result.stderr.startswith(f"Error: {message}")
    assert result.stderr.count("\n") == 1


def test_a_usage_error_of_the_run_is_one_message(fake: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codemod.run.Planning", raising(UsageError("'x' is outside the root")))
    result = ctxmigrate("rewrite")
    assert (result.exit_code, result.output) == (2, "Error: 'x' is outside the root\n")


def test_an_interrupted_run_says_so(fake: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codemod.run.apply", raising(KeyboardInterrupt()))
    result = ctxmigrate("rewrite")
    assert (result.exit_code, result.output) == (2, "Error: interrupted: no file was changed\n")


def test_what_an_interrupted_run_could_not_undo_is_named(
    fake: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = FileError("app/chat.py", 1, "CTX905", "see app/.old")
    monkeypatch.setattr("codemod.run.apply", raising(UndoError((left,))))
    result = ctxmigrate("rewrite")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: interrupted, and not everything could be undone: app/chat.py: see app/.old\n",
    )


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_jobs_is_a_count(fake: FakeRun, jobs: str) -> None:
    result = ctxmigrate("rewrite", "--jobs", jobs)
    assert (result.exit_code, fake.planned) == (2, False)
    assert "Invalid value for '-j' / '--jobs'" in result.stderr


def test_a_report_is_also_written_to_files(fake: FakeRun, project: Path) -> None:
    (project / "one.json").write_text("old")
    result = ctxmigrate("rewrite", "--report", "one.json", "--report", "app/TWO.JSON")
    assert "Summary\n" in result.stdout
    assert json.loads((project / "one.json").read_bytes())["summary"]["migrated"] == 1
    assert (project / "app/TWO.JSON").read_bytes() == (project / "one.json").read_bytes()
    assert sorted(path.name for path in project.iterdir()) == ["app", "one.json", "pyproject.toml"]


def test_a_report_file_holds_what_the_json_format_prints(fake: FakeRun, project: Path) -> None:
    result = ctxmigrate("check", "--format", "json", "--report", "one.json")
    assert (project / "one.json").read_bytes() == result.stdout_bytes


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("report.txt", f"'report.txt' has none of the known suffixes: {SUFFIXES}."),
        ("report", f"'report' has none of the known suffixes: {SUFFIXES}."),
        ("no/report.json", "'no/report.json': there is no such folder."),
        ("folder.json", "'folder.json' is a folder."),
    ],
)
def test_a_report_file_that_cannot_be_is_refused_before_the_run(
    fake: FakeRun, project: Path, file: str, message: str
) -> None:
    (project / "folder.json").mkdir()
    result = ctxmigrate("rewrite", "--report", file)
    assert (result.exit_code, fake.planned) == (2, False)
    assert f"Error: Invalid value for '--report': {message}\n" in result.stderr


def test_a_report_file_that_fails_to_be_written_does_not_hide_the_report(
    fake: FakeRun, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace_(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", replace_)
    result = ctxmigrate("rewrite", "--report", "one.json")
    assert result.exit_code == 2
    assert "Summary\n" in result.stdout
    assert result.stderr == "Error: the report 'one.json' cannot be written: Permission denied\n"
    assert sorted(path.name for path in project.iterdir()) == ["app", "pyproject.toml"]


@pytest.mark.parametrize("arguments", [[], ["rewrite"], ["check"], ["explain"], ["config"]], ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_examples(arguments: list[str], option: str) -> None:
    result = ctxmigrate(*arguments, option)
    assert result.exit_code == 0
    assert "Examples:\n    ctxmigrate " in result.stdout
    assert "..." not in result.stdout.replace("[PATHS]...", "").replace("[ARGS]...", "")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("rewrit", "'rewrite'"),
        ("explane", "'explain'"),
        ("app", "'rewrite app'"),
        ("app/chat.py", "'rewrite app/chat.py'"),
    ],
)
def test_a_command_that_is_none_is_an_error_that_says_what_was_meant(
    project: Path, word: str, meant: str
) -> None:
    result = ctxmigrate(word)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"Error: No such command '{word}'. Did you mean {meant}?\n")


def test_a_command_that_is_like_none_is_an_error(project: Path) -> None:
    assert ctxmigrate("\x1b[31m").stderr.endswith("Error: No such command '\\x1b[31m'.\n")


def test_an_option_that_is_none_is_an_error_that_says_what_was_meant() -> None:
    told = ctxmigrate("rewrite", "--exclud").stderr
    assert "Did you mean" in told
    assert "--exclude" in told
    assert ctxmigrate("--nothing").exit_code == 2


def test_an_interruption_of_any_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codemod.explain.find_rule", raising(KeyboardInterrupt()))
    result = ctxmigrate("explain", "CTX102")
    assert (result.exit_code, result.output) == (2, "Error: interrupted\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_printed(shell: str) -> None:
    told = python(
        "-W", "error", "-m", "codemod", env={**os.environ, "_CTXMIGRATE_COMPLETE": f"{shell}_source"}
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "_CTXMIGRATE_COMPLETE" in told.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("rew", "plain,rewrite"),
        (
            "explain ctx10",
            "plain,CTX101 plain,CTX102 plain,CTX103 plain,CTX104 plain,CTX106 plain,CTX107 plain,CTX108",
        ),
        ("check --allow ", "plain,CTX104 plain,CTX107"),
        ("check --block CTX35", "plain,CTX351"),
        ("check --format s", "plain,sarif"),
        ("check --base", "plain,--baseline plain,--baseline-strict"),
    ],
)
def test_names_and_codes_are_completed(words: str, offered: str) -> None:
    environment = {
        "_CTXMIGRATE_COMPLETE": "bash_complete",
        "COMP_WORDS": f"ctxmigrate {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    assert (
        python("-W", "error", "-m", "codemod", env={**os.environ, **environment}).stdout.split()
        == offered.split()
    )


def test_the_package_can_be_run_as_a_module() -> None:
    assert (
        python("-W", "error", "-m", "codemod", "--version").stdout == f"ctxmigrate {version('ctxmigrate')}\n"
    )
    assert python("-W", "error", "-m", "codemod", "--help").stdout.startswith(
        "Usage: ctxmigrate [OPTIONS] COMMAND"
    )


def test_the_command_line_itself_is_cheap_to_import() -> None:
    heavy = ["libcst", "rich", "json", "pathspec", "moreorless", "multiprocessing", "codemod.run"]
    told = python("-c", f"import sys, codemod.cli; print([m for m in {heavy} if m in sys.modules])")
    assert told.stdout == "[]\n"


def test_a_run_over_files_without_the_name_loads_nothing_heavy(project: Path) -> None:
    script = (
        "import sys\nfrom codemod.cli import main\nmain(['rewrite', 'app/chat.py'], standalone_mode=False)\n"
    )
    told = python("-X", "importtime", "-c", script, cwd=project)
    assert told.stdout.startswith("Nothing to migrate: no use of create_user_execution_context in 1 file (")
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert imported & {"libcst", "rich", "json", "pathspec", "moreorless", "multiprocessing"} == set()


@pytest.mark.parametrize("arguments", [["explain"], ["explain", "CTX102"], ["config"]], ids=" ".join)
def test_a_closed_pipe_ends_quietly_and_keeps_the_status(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [sys.executable, "-W", "error", "-m", "codemod", *arguments],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_an_error() -> None:
    with open("/dev/full", "wb") as full:
        process = subprocess.run(
            [sys.executable, "-W", "error", "-m", "codemod", "explain", "CTX102"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert process.returncode == 2
    assert process.stderr == b"Error: <stdout> cannot be written: No space left on device\n"


def test_colour_is_for_those_who_force_it_and_nobody_else_in_a_pipe(
    fake: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[" not in ctxmigrate("rewrite").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32mmigrated\x1b[0m" in CliRunner().invoke(main, ["rewrite"], color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in CliRunner().invoke(main, ["rewrite"], color=True).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False)],
    ids=["terminal", "dumb", "NO_COLOR"],
)
def test_a_terminal_sets_width_and_colour(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    import fcntl
    import pty
    import termios

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with open(slave, "w", closefd=True) as terminal:
        assert (screen.width(terminal), screen.has_color(terminal)) == (60, coloured)
    os.close(master)


@pytest.mark.parametrize(("columns", "width"), [("72", 72), ("0", 100), ("wide", 100), ("", 100)])
def test_a_pipe_is_as_wide_as_columns_says(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    reader, writer = os.pipe()
    with open(writer, "w") as pipe:
        assert screen.width(pipe) == width
    os.close(reader)


@pytest.mark.parametrize("arguments", [["check", "--verbose"], ["explain", "CTX102"]], ids=" ".join)
def test_a_standard_stream_that_is_closed_gets_nothing(
    fake: FakeRun, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    fake.report = BLOCKED
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(SystemExit) as status:
        main(arguments)
    assert status.value.code == (1 if arguments[0] == "check" else 0)


def test_an_ascii_terminal_gets_escapes(fake: FakeRun, project: Path) -> None:
    fake.report = samples.report(samples.site("d\u00e9p.py:1:1"))
    result = CliRunner(charset="ascii").invoke(main, ["rewrite"], catch_exceptions=False)
    assert b"    1  d\\xe9p.py\n" in result.stdout_bytes


CALLER = """\
from app.dependencies import create_user_execution_context


def clean(user_id, thread_id):
    return create_user_execution_context(user_id, thread_id, "run")


def blocked(arguments):
    return create_user_execution_context(*arguments)
"""
MIGRATED = """\
from app.dependencies import create_user_execution_context, get_user_execution_context


def clean(user_id, thread_id):
    return get_user_execution_context(user_id, thread_id)


def blocked(arguments):
    return create_user_execution_context(*arguments)
"""


@pytest.fixture
def callers(project: Path) -> Path:
    """The path of a file with a call to migrate and one that is blocked, in a project of its own."""
    (project / "app/__init__.py").write_text("")
    (project / "app/dependencies.py").write_text(samples.DEFINER)
    (project / "app/chat.py").write_text(CALLER)
    return project / "app/chat.py"


def test_a_whole_run(callers: Path) -> None:
    dry = ctxmigrate("rewrite", "--dry-run")
    assert (dry.exit_code, callers.read_text()) == (1, CALLER)
    assert '-    return create_user_execution_context(user_id, thread_id, "run")\n' in dry.stdout
    assert "Summary (nothing was written)\n    1  would be migrated\n    1  blocked\n" in dry.stderr

    wet = ctxmigrate("rewrite")
    assert (wet.exit_code, callers.read_text()) == (1, MIGRATED)
    assert "app/chat.py:9:12: blocked (CTX101)\n" in wet.stdout
    assert "Summary\n    1  migrated\n    1  blocked\n" in wet.stdout

    again = ctxmigrate("rewrite", "--exit-zero")
    assert (again.exit_code, callers.read_text()) == (0, MIGRATED)
    assert "Summary\n    0  migrated\n    1  blocked\n" in again.stdout


def test_a_check_of_the_whole_project_and_of_a_part(callers: Path) -> None:
    assert ctxmigrate("check").exit_code == 1
    assert ctxmigrate("check", "app/dependencies.py").exit_code == 0
    assert callers.read_text() == CALLER
