"""The options about a baseline: what fails a run, what a person is told, and what becomes of the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from samples import DEFINER

from codemod.baseline import read
from codemod.cli import main

IMPORT = "from app.dependencies import create_user_execution_context\n"
BLOCKED = "\n\ndef {name}(arguments):\n    return create_user_execution_context(*arguments)\n"
CLEAN = "\n\ndef clean(a, b):\n    return create_user_execution_context(a, b, run_id=None)\n"
FILE = "known.json"
CHAT = ("app/chat.py", "one")
OTHER = ("app/other.py", "two")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a blocked site in each of two files."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "app").mkdir()
    write("pyproject.toml", "[tool.ctxmigrate]\n")
    write("app/__init__.py", "")
    write("app/dependencies.py", DEFINER)
    write("app/chat.py", IMPORT + BLOCKED.format(name="one"))
    write("app/other.py", IMPORT + BLOCKED.format(name="two"))
    return tmp_path


@pytest.fixture
def known() -> None:
    """A baseline with both sites."""
    assert ctxmigrate("check", "--write-baseline", FILE).exit_code == 0


def write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def listed() -> list[tuple[str, str]]:
    return [(entry.path, entry.scope) for entry in read(Path(FILE))]


def add_new_site() -> None:
    write("app/chat.py", Path("app/chat.py").read_text() + BLOCKED.format(name="new"))


def fix_chat() -> None:
    write("app/chat.py", "")


def test_a_new_baseline_lists_what_is_blocked() -> None:
    assert ctxmigrate("check").exit_code == 1
    result = ctxmigrate("check", "--write-baseline", FILE)
    assert result.exit_code == 0
    assert listed() == [CHAT, OTHER]
    assert result.stdout.endswith(
        "Baseline known.json: 2 blocked sites known, 0 new\nIt is new, and lists what is blocked in 4 files.\n"
    )


@pytest.mark.parametrize("command", ["check", "rewrite"])
@pytest.mark.usefixtures("known")
def test_known_sites_neither_fail_a_run_nor_fill_its_report(command: str) -> None:
    result = ctxmigrate(command, "--baseline", FILE)
    assert result.exit_code == 0
    assert result.stdout == "Baseline known.json: 2 blocked sites known, 0 new\n"
    assert ctxmigrate(command, "--baseline", FILE, "--quiet").output == ""


@pytest.mark.parametrize("command", ["check", "rewrite"])
@pytest.mark.usefixtures("known")
def test_a_new_site_fails_a_run_and_is_told_of(command: str) -> None:
    add_new_site()
    result = ctxmigrate(command, "--baseline", FILE)
    assert result.exit_code == 1
    assert "app/chat.py:9:12: blocked (CTX101)\n" in result.stdout
    assert "app/chat.py:5:12:" not in result.stdout
    assert "    1  blocked, and 2 in the baseline\n" in result.stdout
    assert ctxmigrate(command, "--baseline", FILE, "--exit-zero").exit_code == 0


@pytest.mark.usefixtures("known")
def test_what_can_be_migrated_is_still_something_to_do() -> None:
    write("app/clean.py", IMPORT + CLEAN)
    assert ctxmigrate("check", "--baseline", FILE).exit_code == 1
    result = ctxmigrate("rewrite", "--baseline", FILE)
    assert result.exit_code == 0
    assert "    0  blocked, and 2 in the baseline\n" in result.stdout
    assert "All clear: nothing new is blocked, nothing to review.\n" in result.stdout
    assert ctxmigrate("check", "--baseline", FILE).exit_code == 0


@pytest.mark.usefixtures("known")
def test_what_is_fixed_is_told_and_fails_only_a_strict_run() -> None:
    fix_chat()
    told = (
        "Fixed, but still listed (--write-baseline known.json removes them):\n"
        "    app/chat.py: one: create_user_execution_context(*arguments)\n"
    )
    result = ctxmigrate("check", "--baseline", FILE)
    assert result.exit_code == 0
    assert result.stdout.endswith(told)
    assert ctxmigrate("check", "--baseline", FILE, "--quiet").output == ""

    strict = ctxmigrate("check", "--baseline", FILE, "--baseline-strict", "--quiet")
    assert (strict.exit_code, strict.stdout) == (1, told)
    assert listed() == [CHAT, OTHER]


@pytest.mark.usefixtures("known")
def test_what_is_fixed_is_removed_on_request() -> None:
    fix_chat()
    result = ctxmigrate("check", "--write-baseline", FILE)
    assert (result.exit_code, listed()) == (0, [OTHER])
    assert result.stdout.endswith("1 fixed site removed from it.\n")
    assert ctxmigrate("check", "--baseline", FILE, "--baseline-strict").exit_code == 0


@pytest.mark.usefixtures("known")
def test_what_is_new_is_never_added() -> None:
    before = Path(FILE).read_bytes()
    add_new_site()
    result = ctxmigrate("check", "--write-baseline", FILE)
    assert (result.exit_code, Path(FILE).read_bytes()) == (1, before)
    assert "What is new is not added: delete the file and write it again to list that too.\n" in result.stdout

    Path(FILE).unlink()
    assert ctxmigrate("check", "--write-baseline", FILE).exit_code == 0
    assert listed() == [("app/chat.py", "new"), CHAT, OTHER]


@pytest.mark.usefixtures("known")
def test_a_run_over_a_part_forgets_nothing_of_the_rest() -> None:
    fix_chat()
    write("app/other.py", "")
    assert ctxmigrate("check", "app/other.py", "--write-baseline", FILE).exit_code == 0
    assert listed() == [CHAT]
    excluding = ("check", "--exclude", "chat.py", "--baseline", FILE, "--baseline-strict")
    assert ctxmigrate(*excluding).exit_code == 0


@pytest.mark.usefixtures("known")
def test_a_file_that_is_gone_is_fixed_whatever_the_run_is_about() -> None:
    Path("app/chat.py").unlink()
    assert ctxmigrate("check", "app/other.py", "--baseline", FILE, "--baseline-strict").exit_code == 1
    ctxmigrate("check", "app/other.py", "--write-baseline", FILE)
    assert listed() == [OTHER]


@pytest.mark.usefixtures("known")
def test_a_broken_file_fixes_nothing_and_keeps_the_baseline_from_being_written() -> None:
    write("app/chat.py", "create_user_execution_context(\n")
    write("app/other.py", "")
    result = ctxmigrate("check", "--baseline", FILE, "--baseline-strict")
    assert result.exit_code == 2
    assert "    app/other.py: two: " in result.stdout
    assert "    app/chat.py: one: " not in result.stdout

    result = ctxmigrate("check", "--write-baseline", FILE)
    assert (result.exit_code, listed()) == (2, [CHAT, OTHER])
    assert "It is not written, because of the file errors.\n" in result.stdout
    assert ctxmigrate("check", "--write-baseline", "new.json").exit_code == 2
    assert not Path("new.json").exists()


@pytest.mark.usefixtures("known")
def test_people_are_told_of_new_sites_and_programs_of_all() -> None:
    add_new_site()
    result = ctxmigrate("check", "--baseline", FILE, "--format", "json", "--report", "all.md")
    assert [site["line"] for site in json.loads(result.stdout)["sites"]] == [5, 9, 5]
    assert result.stderr == "Baseline known.json: 2 blocked sites known, 1 new\n"
    assert ctxmigrate("check", "--baseline", FILE, "--format", "json", "--quiet").stderr == ""
    assert "app/other.py" in ctxmigrate("check", "--baseline", FILE, "--format", "sarif").stdout
    assert "app/other.py" in Path("all.md").read_text(encoding="utf-8")
    for kind in ("text", "github", "markdown"):
        told = ctxmigrate("check", "--baseline", FILE, "--format", kind).stdout
        assert "app/chat.py" in told
        assert "app/other.py" not in told


@pytest.mark.usefixtures("known")
def test_a_dry_run_has_the_baseline_beside_its_diff() -> None:
    result = ctxmigrate("rewrite", "--dry-run", "--baseline", FILE)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Baseline known.json: 2 blocked sites known, 0 new\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--baseline", "no.json"], "no.json: cannot be read: No such file or directory; "),
        (["--baseline", "pyproject.toml"], "pyproject.toml:1: this is no JSON: "),
        (["--write-baseline", "pyproject.toml"], "pyproject.toml:1: this is no JSON: "),
        (["--write-baseline", "no/such.json"], "Invalid value for '--write-baseline': 'no/such.json': "),
        (["--write-baseline", "app"], "Invalid value for '--write-baseline': 'app' is a folder."),
        (["--baseline-strict"], "--baseline-strict needs --baseline FILE."),
        (["--baseline", "a", "--write-baseline", "b"], "--baseline and --write-baseline exclude each other"),
    ],
    ids=" ".join,
)
def test_options_that_cannot_be_are_errors(arguments: list[str], message: str) -> None:
    result = ctxmigrate("check", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Error: {message}" in result.stderr
    assert Path("pyproject.toml").read_text() == "[tool.ctxmigrate]\n"


def test_a_baseline_that_fails_to_be_written_does_not_hide_the_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def replace(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", replace)
    result = ctxmigrate("check", "--write-baseline", FILE)
    assert result.exit_code == 2
    assert result.stdout.startswith("Baseline known.json: 2 blocked sites known")
    assert result.stderr == "Error: the baseline 'known.json' cannot be written: Permission denied\n"
