"""Which files a search finds, whatever their size and however a star import is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from samples import DEFINER

import codemod

if TYPE_CHECKING:
    from pathlib import Path

CALLER = """\
import definer

context = definer.create_user_execution_context("user", "thread", run_id="run")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (tmp_path / "definer.py").write_text(DEFINER)
    return tmp_path


@pytest.mark.parametrize("lines", range(60, 130, 3))
def test_a_name_is_found_wherever_the_reading_of_a_file_is_broken_off(
    project: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr("codemod.reader._GLANCE", 200)
    (project / "caller.py").write_text("#\n" * lines + CALLER + "#\n" * 1000)
    assert codemod.migrate([project]).summary.migrated == 1


@pytest.mark.parametrize(
    "statement",
    [
        "from names import *\n",
        "from names import*\n",
        "from names import  *\n",
        "from names import \\\n    *\n",
        "from names import *  # noqa: F403\n",
        "from names import *; x = 1\n",
        "from names import *\t\r\n",
        "from names import * \\\n\n",
        "try:\n    from names import *\nfinally:\n    pass\n",
    ],
)
def test_a_star_import_is_found_however_it_is_written(project: Path, statement: str) -> None:
    (project / "names.py").write_text("from definer import create_user_execution_context as make\n")
    (project / "caller.py").write_text(f'{statement}context = make("user", "thread", "run")\n', newline="")
    report = codemod.migrate([project])
    assert [(site.path, site.verdict) for site in report.sites] == [("caller.py", "migrated")]


def test_a_star_import_is_found_at_the_end_of_a_file(project: Path) -> None:
    (project / "names.py").write_text("from definer import create_user_execution_context as make\n")
    (project / "more.py").write_text("from names import *")
    (project / "caller.py").write_text('from more import make\n\ncontext = make("user", "thread", "run")\n')
    assert [site.path for site in codemod.migrate([project]).sites] == ["caller.py"]
