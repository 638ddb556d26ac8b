"""The short way to an answer says what the long one says."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from codemod import entry
from codemod.cli import main

if TYPE_CHECKING:
    from pathlib import Path

DEFINER = "def create_user_execution_context(user_id, thread_id, run_id=None): ...\n"
SAME_NAME = '[tool.ctxmigrate]\nfactory = "x.get_user_execution_context"\n'
PLAIN = "import os\n\n\ndef handle(): ...\n"


def lay(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def both(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[str, str]:
    """What the command prints when it starts at its entry, and when it starts at its command line."""
    monkeypatch.setattr(sys, "argv", ["ctxmigrate", *arguments])
    try:
        entry.run()
        status: str | int | None = 0
    except SystemExit as end:
        status = end.code
    short = f"{capsys.readouterr()}{status}"
    long = CliRunner().invoke(main, arguments, prog_name="ctxmigrate")
    return without_time(short), without_time(
        f"CaptureResult(out={long.stdout!r}, err={long.stderr!r}){long.exit_code}"
    )


def without_time(text: str) -> str:
    return re.sub(r"\d+\.\d s", "0.0 s", text)


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        ({"a.py": PLAIN}, ["rewrite", "a.py"]),
        ({"a.py": PLAIN, "b/c.py": PLAIN}, ["check", "b/c.py", "a.py", "./a.py"]),
        ({"a.py": PLAIN}, ["rewrite", "gone.py"]),
        ({"a.py": PLAIN, "b.py": PLAIN}, ["rewrite", "."]),
        ({"a.py": PLAIN, "deps.py": DEFINER}, ["rewrite", "a.py"]),
        ({"a.py": PLAIN, "deps.py": DEFINER}, ["rewrite", "deps.py"]),
        ({"a.py": PLAIN, "tool": "x = (\n"}, ["check", "tool"]),
        ({"a.py": PLAIN, "pyproject.toml": '[tool.ctxmigrate]\nfactory = "os"\n'}, ["check", "a.py"]),
        ({"a.py": PLAIN, "pyproject.toml": '[tool.ctxmigrate]\nfactory = "app.handle"\n'}, ["check", "a.py"]),
        ({"a.py": PLAIN, "pyproject.toml": "[tool.ctxmigrate]\nfactory = 1\n"}, ["check", "a.py"]),
        ({"a.py": PLAIN, "pyproject.toml": '[tool.ctxmigrate]\nfactori = "x"\n'}, ["check", "a.py"]),
        (
            {
                "a.py": PLAIN,
                "pyproject.toml": '[tool.ctxmigrate]\nfactory = "x.get_user_execution_context"\n',
            },
            ["check", "a.py"],
        ),
        ({"a.py": PLAIN, "pyproject.toml": '[tool.ctxmigrate]\nexclude = ["a.py"]\n'}, ["check", "a.py"]),
        ({"a.py": PLAIN, "pyproject.toml": "[tool.ctxmigrate\n"}, ["check", "a.py"]),
        ({"a.py": PLAIN}, ["rewrite", "--quiet", "a.py"]),
    ],
    ids=str,
)
def test_the_short_way_says_what_the_long_one_says(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    arguments: list[str],
) -> None:
    lay(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    short, long = both(capsys, monkeypatch, *arguments)
    assert short == long


@pytest.mark.parametrize("renaming", ["as make", "\\\n  as make", "as \\\n make"])
def test_a_file_that_calls_the_factory_by_another_name_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], renaming: str
) -> None:
    getter = "def get_user_execution_context(user_id, thread_id): ...\n"
    lay(
        tmp_path,
        {
            "deps.py": DEFINER + getter,
            "names.py": f"from deps import create_user_execution_context {renaming}\n",
            "a.py": "from names import make\n\nmake(1, 2, run_id=None)\n",
        },
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ctxmigrate", "check", "a.py"])
    with pytest.raises(SystemExit) as end:
        entry.run()
    assert end.value.code == 1
    assert "make(1, 2, run_id=None)" in capsys.readouterr().out


def with_full_disk(*arguments: str) -> tuple[int, str]:
    """The exit status, and what is told, where the standard output can take nothing."""
    command = [sys.executable, "-m", "codemod", *arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def test_an_answer_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    lay(tmp_path, {"a.py": PLAIN})
    told = "Error: <stdout> cannot be written: No space left on device\n"
    assert with_full_disk("rewrite", str(tmp_path / "a.py")) == (2, told)


def test_a_report_that_cannot_be_written_tells_what_was(tmp_path: Path) -> None:
    lay(tmp_path, {"deps.py": DEFINER + "def get_user_execution_context(user_id, thread_id): ...\n"})
    lay(
        tmp_path,
        {"a.py": "from deps import create_user_execution_context as make\n\ncontext = make(1, 2, 3)\n"},
    )
    told = (
        "Error: <stdout> cannot be written: No space left on device; 1 of 1 file had been written by then\n"
    )
    assert with_full_disk("rewrite", str(tmp_path)) == (2, told)
