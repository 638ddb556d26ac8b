"""Ways in which a run could break a program that no tree in ``fixtures/trees`` can hold."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from codemod.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEPENDENCIES = """def create_user_execution_context(user_id, thread_id, run_id=None):
    return ("factory", user_id, thread_id)


def get_user_execution_context(user_id, thread_id):
    return ("getter", user_id, thread_id)
"""
OLD_HANDLER = """from {module} import create_user_execution_context

context = create_user_execution_context("u", "t", "r")
"""
NEW_HANDLER = """from {module} import get_user_execution_context

context = get_user_execution_context("u", "t")
"""


def rewrite(root: Path, files: Mapping[str, str], read_only: str = "") -> tuple[int, dict[str, Any]]:
    """Write files and run the command over them: its exit status and its report."""
    for path, source in {"pyproject.toml": "[tool.ctxmigrate]\n", "deps.py": DEPENDENCIES, **files}.items():
        (root / path).write_text(source, encoding="utf-8")
    if read_only:
        (root / read_only).chmod(0o444)
    result = CliRunner().invoke(main, ["rewrite", "--format", "json", str(root)], catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout)


def verdicts(report: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {site["path"]: (site["verdict"], site["codes"]) for site in report["sites"]}


def test_a_read_only_file_keeps_the_others_from_nothing(tmp_path: Path) -> None:
    old = OLD_HANDLER.format(module="deps")
    status, report = rewrite(tmp_path, {"kept.py": old, "other.py": old}, read_only="kept.py")
    assert status == 2
    assert [(error["path"], error["code"]) for error in report["errors"]] == [("kept.py", "CTX905")]
    assert verdicts(report) == {"kept.py": ("blocked", ["CTX905"]), "other.py": ("migrated", [])}
    assert (tmp_path / "kept.py").read_text(encoding="utf-8") == old
    assert (tmp_path / "other.py").read_text(encoding="utf-8") == NEW_HANDLER.format(module="deps")


def test_a_read_only_module_gives_its_importers_no_getter(tmp_path: Path) -> None:
    """The module would have to import the getter for the other file, and keeps the factory it imports."""
    first, second = OLD_HANDLER.format(module="deps"), OLD_HANDLER.format(module="kept")
    status, report = rewrite(tmp_path, {"kept.py": first, "other.py": second}, read_only="kept.py")
    assert status == 2
    assert verdicts(report) == {"kept.py": ("blocked", ["CTX905"]), "other.py": ("blocked", ["CTX301"])}
    assert (tmp_path / "kept.py").read_text(encoding="utf-8") == first
    assert (tmp_path / "other.py").read_text(encoding="utf-8") == second


WITH_TYPE_PARAMETERS = """from deps import create_user_execution_context


class Box[create_user_execution_context]:
    def method(self):
        return create_user_execution_context("u", "t", "r")


def function[create_user_execution_context](value: create_user_execution_context):
    return create_user_execution_context("u", "t", "r")


type Alias[create_user_execution_context] = list[create_user_execution_context]


def taken[get_user_execution_context](value: get_user_execution_context):
    return create_user_execution_context("u", "t", "r")  # blocked


def bound[T: create_user_execution_context("u", "t", "r")](value: T):  # migrated
    return create_user_execution_context("u", "t", "r")  # migrated


class Base[T](create_user_execution_context("u", "t", "r")):  # migrated
    context = create_user_execution_context("u", "t", "r")  # migrated
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are syntax from Python 3.12 on")
def test_type_parameters_have_a_scope_of_their_own(tmp_path: Path) -> None:
    old, new = 'create_user_execution_context("u", "t", "r")', 'get_user_execution_context("u", "t")'
    lines = WITH_TYPE_PARAMETERS.split("\n")
    expected = [line.replace(old, new) if line.endswith("# migrated") else line for line in lines]
    expected[0] += ", get_user_execution_context"
    status, report = rewrite(tmp_path, {"m.py": WITH_TYPE_PARAMETERS})
    assert status == 1
    assert [site["codes"] for site in report["sites"]] == [["CTX204"], [], [], [], []]
    assert (tmp_path / "m.py").read_text(encoding="utf-8").split("\n") == expected
