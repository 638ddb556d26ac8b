"""The words in which the report of a mock target says what is the matter, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemod import Config, migrate
from codemod.decide.rules import rule

if TYPE_CHECKING:
    from pathlib import Path

FACTORY = "def make(user_id, thread_id, run_id=None): ...\n"
FILES = {
    "pyproject.toml": "[tool.ctxmigrate]\n",
    "deps.py": FACTORY + "def find(user_id, thread_id): ...\n",
    "handler.py": "from deps import make\ndef handle(user, thread): return make(user, thread, 'r')\n",
    "mixed.py": "from deps import make\ndef handle(user, ids): return make(user, 't', 'r'), make(*ids)\n",
    "old.py": FACTORY,
    "of_old.py": "from old import make\ndef handle(user, thread): return make(user, thread, 'r')\n",
    "stars.py": "from unknown import *\ndef handle(user, thread): return make(user, thread, 'r')\n",
}
SPLIT, MISSING, REPLACED = (rule(code).advice for code in ("CTX205", "CTX301", "CTX153"))

# What the test does: the code of its mock target, the message, and the help.
REASONS = {
    "mock.patch('mixed.make')": ("CTX205", "mixed.py still uses `make` after the run: mixed.py:2", SPLIT),
    "mock.patch('old.make')": ("CTX205", "old.py has no `find`", MISSING),
    "mock.patch('of_old.make')": ("CTX205", "old.py has no `find`", MISSING),
    "mock.patch('stars.make')": (
        "CTX205",
        "what the target means cannot be followed: `from unknown import *` may bring it and cannot be followed",
        SPLIT,
    ),
    "mock.patch('handler.make', print)": (
        "CTX153",
        "the mock has a replacement, which may still take the dropped argument",
        REPLACED,
    ),
    "mock.patch('handler.make', wraps=print)": (
        "CTX153",
        "the mock has `wraps=`, which may still take the dropped argument",
        REPLACED,
    ),
    "import handler; mock.patch.multiple(handler, make=print)": (
        "CTX153",
        "the keyword `make` is renamed",
        REPLACED,
    ),
    "m = mock.patch('handler.make').start()\n\nm.assert_called_with(1, 2, 3)": (
        "CTX153",
        "`m.assert_called_with` in line 4 may still have the dropped argument",
        REPLACED,
    ),
}


def found(
    root: Path, files: dict[str, str], *paths: str, getter: str = "find"
) -> dict[str, list[tuple[str, str, str]]]:
    """The findings on each site of a tree, by file and line."""
    for name, text in files.items():
        (root / name).write_text(text)
    config = Config(factory="make", getter=getter)
    report = migrate([root / path for path in paths] or [root], config)
    return {
        f"{site.path}:{site.line}": [
            (each.code, each.message, each.help) for each in (*site.codes, *site.notes)
        ]
        for site in report.sites
    }


def mocking(body: str) -> dict[str, str]:
    return {"tests.py": f"from unittest import mock\n{body}\n"}


@pytest.mark.parametrize("body", REASONS)
def test_a_reason_is_said_with_what_to_do(body: str, tmp_path: Path) -> None:
    assert found(tmp_path, FILES | mocking(body))["tests.py:2"] == [REASONS[body]]


def test_the_definition_that_keeps_the_factory_is_named(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.ctxmigrate]\n",
        "deps.py": f"{FACTORY}def find(user_id, thread_id): return make(user_id, thread_id)\n",
        **mocking("mock.patch('deps.make')"),
    }
    message = "deps.py still uses `make` after the run: the own definition of `find` calls it"
    assert found(tmp_path, files)["tests.py:2"] == [("CTX205", message, SPLIT)]


def test_a_module_that_is_not_written_is_named(tmp_path: Path) -> None:
    message = "handler.py, which is not written, would have to import it"
    help_ = "Add handler.py to PATHS, or give it the getter by hand."
    sites = found(tmp_path, FILES | mocking("mock.patch('handler.make')"), "tests.py")
    assert sites["tests.py:2"] == [("CTX205", message, help_)]


def test_a_configured_module_without_the_getter_is_named(tmp_path: Path) -> None:
    files = FILES | {"getters.py": ""} | mocking("mock.patch('handler.make')")
    sites = found(tmp_path, files, getter="getters.find")
    assert sites["tests.py:2"] == [("CTX205", "getters.py has no `find`", SPLIT)]


def test_a_mock_that_is_not_written_is_named(tmp_path: Path) -> None:
    message = "tests.py:2 mocks `make` in handler.py and will not intercept this call"
    sites = found(tmp_path, FILES | mocking("mock.patch('handler.make')"), "handler.py")
    assert sites["handler.py:2"] == [("CTX156", message, rule("CTX156").advice)]


def test_a_module_that_others_looked_the_factory_up_in_is_named(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.ctxmigrate]\n",
        "deps.py": FACTORY,
        "getters.py": "def find(user_id, thread_id): ...\n",
        "shared.py": "from deps import make\ndef handle(user, thread): return make(user, thread, 'r')\n",
        "other.py": "import shared\ndef handle(user, thread): return shared.make(user, thread, 'r')\n",
        **mocking("mock.patch('shared.make')"),
    }
    message = "calls through shared.py take the getter from elsewhere"
    assert found(tmp_path, files, getter="getters.find")["tests.py:2"] == [("CTX205", message, SPLIT)]
