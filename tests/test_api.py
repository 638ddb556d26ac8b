"""``codemod.migrate`` from a program, and what it warns of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import codemod

if TYPE_CHECKING:
    from pathlib import Path

DEPENDENCIES = """\
def create_user_execution_context(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id


def get_user_execution_context(user_id, thread_id):
    return user_id, thread_id
"""
BEFORE = """\
from dependencies import create_user_execution_context

context = create_user_execution_context("user", "thread", "run")
"""
AFTER = """\
from dependencies import get_user_execution_context

context = get_user_execution_context("user", "thread")
"""


@pytest.fixture
def handler(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (tmp_path / "dependencies.py").write_text(DEPENDENCIES)
    (tmp_path / "handler.py").write_text(BEFORE)
    return tmp_path / "handler.py"


def test_a_plan_writes_nothing_and_has_the_new_bytes(handler: Path) -> None:
    report = codemod.migrate([handler.parent])
    assert handler.read_text() == BEFORE
    assert [(plan.path, plan.after.decode()) for plan in report.plans] == [("handler.py", AFTER)]
    assert not report.written


def test_a_run_that_writes(handler: Path) -> None:
    report = codemod.migrate([handler.parent], write=True)
    assert handler.read_text() == AFTER
    assert report.written
    assert codemod.migrate([handler.parent], write=True).plans == ()


def test_a_root_that_is_a_package_is_named_by_its_folder(tmp_path: Path) -> None:
    root = tmp_path / "chat"
    (root / "core").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    for package in (root, root / "core"):
        (package / "__init__.py").write_text("")
    (root / "core" / "dependencies.py").write_text(DEPENDENCIES)
    (root / "handler.py").write_text(BEFORE.replace("dependencies", "chat.core.dependencies"))
    (root / "other.py").write_text(BEFORE.replace("dependencies", "chats.core.dependencies"))
    report = codemod.migrate([root], write=True)
    assert (root / "handler.py").read_text() == AFTER.replace("dependencies", "chat.core.dependencies")
    [note] = next(site for site in report.sites if site.path == "other.py").notes
    assert note.code == "CTX351"


def test_more_source_than_is_kept_parsed(handler: Path) -> None:
    padding = f"# {'.' * 300_000}\n"
    for name in ("first", "second", "third"):
        (handler.parent / f"{name}.py").write_text(BEFORE + padding)
    (handler.parent / "fourth.py").write_text(BEFORE + padding * 2)
    report = codemod.migrate([handler.parent], write=True)
    assert report.written
    assert (handler.parent / "first.py").read_text() == AFTER + padding
    assert (handler.parent / "fourth.py").read_text() == AFTER + padding * 2


def test_a_configuration_from_the_program_overrules_the_file(handler: Path) -> None:
    report = codemod.migrate([handler.parent], codemod.Config(factory="something_else"))
    assert report.sites == ()


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(codemod.UsageError, match="nowhere"):
        codemod.migrate([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    ("comment", "warnings"),
    [
        ("# ctxmigrate: ignore", []),
        ("# a reason; ctxmigrate: ignore[CTX102]", []),
        ("# ctxmigrate: ignore[CTX999]", ["`CTX999` in the suppression comment is no known code"]),
    ],
)
def test_suppression_comments_on_a_site(handler: Path, comment: str, warnings: list[str]) -> None:
    handler.write_text(BEFORE.rstrip("\n") + f"  {comment}\n")
    report = codemod.migrate([handler.parent])
    assert [warning.message for warning in report.warnings] == warnings


def test_a_suppression_comment_beside_every_site_is_warned_of(handler: Path) -> None:
    handler.write_text(BEFORE.replace("context =", "# ctxmigrate: ignore\ncontext ="))
    report = codemod.migrate([handler.parent])
    (warning,) = report.warnings
    assert (warning.path, warning.line) == ("handler.py", 3)
    assert warning.message == "the suppression comment is on no line of a call or reference"


def test_a_suppression_marker_in_a_string_is_none(handler: Path) -> None:
    handler.write_text(BEFORE + 'text = "# ctxmigrate: ignore"\n')
    report = codemod.migrate([handler.parent])
    assert report.warnings == ()
    assert report.summary.migrated == 1


def test_a_dotted_factory_that_its_module_does_not_define_is_warned_of(handler: Path) -> None:
    handler.write_text(BEFORE.replace("create_user_execution_context", "make"))
    config = codemod.Config(factory="handler.create_user_execution_context")
    (handler.parent / "caller.py").write_text("# create_user_execution_context\n")
    (warning,) = codemod.migrate([handler.parent], config).warnings
    assert warning.path == "handler.py"
    assert "is not defined here" in warning.message


def test_a_dotted_factory_in_a_module_that_its_package_lacks_is_warned_of(handler: Path) -> None:
    package = handler.parent / "lib" / "chat"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    config = codemod.Config(factory="chat.contxts.create_user_execution_context")
    (warning,) = codemod.migrate([handler.parent], config).warnings
    assert warning.path == "lib/chat/__init__.py"
    assert "this package has no module `contxts`" in warning.message
