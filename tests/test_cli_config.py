"""``ctxmigrate config``: what is settled, and where each value comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from codemod.cli import main
from codemod.configure import Overrides, settle

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
[tool.ctxmigrate]
factory = "app.größe.make"
exclude = ["old/"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "pyproject.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_the_settled_configuration_is_printed_with_its_origins(project: Path) -> None:
    told = ctxmigrate("config", "--exclude", "new/", "--strict").stdout
    assert (
        told
        == f"""\
# root: {project}
[tool.ctxmigrate]
factory = "app.größe.make"                       # pyproject.toml
getter = "get_user_execution_context"            # default
drop = ["run_id"]                                # default
parameters = ["user_id", "thread_id", "run_id"]  # default
session-key = ["user_id", "thread_id"]           # default
pure-calls = []                                  # default
fresh-calls = []                                 # default
allow = []                                       # default
block = []                                       # default
exclude = ["old/", "new/"]                       # pyproject.toml and --exclude
source-roots = []                                # default
# strict: true                                   # --strict
# clean: false                                   # default
"""
    )


def test_a_narrow_terminal_gets_no_columns(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    told = ctxmigrate("config").stdout
    assert 'getter = "get_user_execution_context"  # default\ndrop = ["run_id"]  # default\n' in told


def test_what_is_printed_settles_the_same(project: Path) -> None:
    told = ctxmigrate("config", "--exclude", "new/").stdout
    (project / "pyproject.toml").write_text(told, encoding="utf-8")
    settled = settle([], overrides=Overrides(), codes=lambda: pytest.fail("no code is named"))
    assert (settled.config.factory, settled.config.exclude) == ("app.größe.make", ("old/", "new/"))


def test_a_program_gets_json(project: Path) -> None:
    told = json.loads(ctxmigrate("config", "--format", "json").stdout)
    assert (told["version"], told["root"]) == (1, str(project))
    assert told["settings"]["exclude"] == {"value": ["old/"], "origin": str(project / "pyproject.toml")}
    assert told["settings"]["session-key"] == {"value": ["user_id", "thread_id"], "origin": "default"}
    assert told["settings"]["strict"] == {"value": False, "origin": "default"}


def test_the_paths_settle_the_root(project: Path) -> None:
    inner = project / "services"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[tool.ctxmigrate]\ngetter = "fetch"\n')
    told = ctxmigrate("config", "services").stdout
    assert told.startswith(f"# root: {inner}\n")
    assert 'getter = "fetch"                                 # services/pyproject.toml\n' in told


def test_a_configuration_that_cannot_be_is_an_error(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.ctxmigrate]\nfactry = 'x'\n")
    result = ctxmigrate("config")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pyproject.toml: 'factry' is no key (did you mean 'factory'?); the keys: " in result.stderr
