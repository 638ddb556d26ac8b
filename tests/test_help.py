"""The help on blocked sites and in wrong folders: it names what mends them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from codemod.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FACTORY = "def create_user_execution_context(user_id, thread_id, run_id): ...\n"
GETTER = "def get_user_execution_context(user_id, thread_id): ...\n"
CALL = "create_user_execution_context(u, t, r)\n"
IMPORT = "import create_user_execution_context\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def output(*arguments: str) -> str:
    return " ".join(CliRunner().invoke(main, arguments).output.split())


def helps(*arguments: str) -> dict[str, str]:
    report = json.loads(CliRunner().invoke(main, ["check", "--format", "json", *arguments]).stdout)
    return {code: site["help"] for site in report["sites"] for code in site["codes"]}


def test_a_re_export_outside_paths_is_to_be_named(root: Path) -> None:
    write(root, {"core/deps.py": FACTORY + GETTER, "core/__init__.py": f"from core.deps {IMPORT}"})
    write(root, {"app/use.py": f"from core {IMPORT}{CALL}"})
    assert "Add core/__init__.py to PATHS" in helps("app")["CTX301"]


def test_without_a_getter_the_command_that_writes_one_is_named(root: Path) -> None:
    test = 'from unittest.mock import patch\n\nwith patch("use.create_user_execution_context"):\n    pass\n'
    write(root, {"deps.py": FACTORY, "use.py": f"from deps {IMPORT}{CALL}", "test_use.py": test})
    found = helps()
    assert "`ctxmigrate scaffold getter`" in found["CTX301"]
    assert "`ctxmigrate scaffold getter`" in found["CTX205"]


def test_where_the_module_of_the_factory_does_not_parse_that_comes_first(root: Path) -> None:
    write(root, {"deps.py": FACTORY + GETTER + "(", "use.py": f"from deps {IMPORT}{CALL}"})
    assert helps()["CTX203"] == "Mend that file first: it does not parse. Then run again."
    told = output("status")
    assert "a file that seems to define `create_user_execution_context` does not parse" in told
    assert "the file that seems to define it does not parse" in told
    assert "nowhere under the root" not in told


def test_status_in_a_wrong_folder_says_so(root: Path) -> None:
    write(root, {"a.py": "x = 1\n"})
    told = output("status")
    assert "run this in the project's own folder, or set `factory` and `getter`" in told
    assert "scaffold session" not in told
    assert "no call is left to migrate" not in told


def test_verify_says_what_it_looked_at_and_names_several_definitions(root: Path) -> None:
    write(root, {"a/deps.py": FACTORY + GETTER, "b/deps.py": FACTORY, "c/use.py": "x = 1\n"})
    told = output("verify", "c")
    assert "nothing refers to `create_user_execution_context` (in 1 file under PATHS, of 3)" in told
    assert "a/deps.py:1: note: one of several definitions of `create_user_execution_context`" in told
    assert 'set factory = "b.deps.create_user_execution_context"' in told
    assert "under PATHS" not in output("verify")


def test_verify_ends_with_a_getter_that_cannot_be_tried(root: Path) -> None:
    write(root, {"deps.py": FACTORY + GETTER})
    told = output("verify", "--getter", "nowhere:get")
    assert "to see to. The getter could not be tried: importing `nowhere` raised ModuleNotFoundError" in told


def test_a_named_file_that_is_no_python_is_called_so(root: Path) -> None:
    write(root, {"deps.py": FACTORY + GETTER, "guide.md": "See create_user_execution_context there.\n"})
    told = output("status", "guide.md")
    assert "guide.md:1: CTX901: no Python file by its name, and not valid Python" in told


def test_a_bad_module_name_is_a_usage_error_even_where_a_session_is(root: Path) -> None:
    session = "class Sessions:\n    def get_or_create_user_session(self, user_id, thread_id): ...\n"
    write(root, {"deps.py": FACTORY + session})
    result = CliRunner().invoke(main, ["scaffold", "session", "--module", "bad name"])
    assert result.exit_code == 2
    assert "'bad name' is no name of a module" in " ".join(result.output.split())
