"""What a blocked or noted call says where its reason lies in another module: the message, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

import codemod
from codemod.decide.rules import rule

if TYPE_CHECKING:
    from pathlib import Path

FACTORY = """\
def create_user_execution_context(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id
"""
GETTER = """\


def get_user_execution_context(user_id, thread_id):
    return user_id, thread_id
"""
STRANGER = "def create_user_execution_context(path):\n    return path\n"
CALL = '{}create_user_execution_context("user")\n'
FULL_CALL = '{}create_user_execution_context("user", "thread", "run")\n'
FROM_APP = "from app.dependencies import create_user_execution_context\n\n"


@dataclass(frozen=True)
class Case:
    """A tree whose ``use.py`` has one site, and a code with its message and help there.

    Without ``help`` it is the rule's own advice. ``paths`` are all that is written.
    """

    use: str
    code: str
    message: str
    help: str = ""
    files: dict[str, str] = field(default_factory=dict)
    configuration: str = ""
    paths: tuple[str, ...] = (".",)


CASES = {
    "no getter beside the factory": Case(
        FULL_CALL.format(FROM_APP),
        "CTX301",
        "app/dependencies.py has no `get_user_execution_context`",
        files={"app/dependencies.py": FACTORY},
    ),
    "a stranger of the factory's name": Case(
        CALL.format(FROM_APP),
        "CTX301",
        "app/dependencies.py has no `get_user_execution_context`",
        "app/dependencies.py:1 looks like an unrelated function of the same name: set `factory` to the dotted name of"
        ' the right one under [tool.ctxmigrate], as `factory = "module.create_user_execution_context"`.',
        files={"app/dependencies.py": STRANGER},
    ),
    "a stranger that is configured": Case(
        CALL.format(FROM_APP),
        "CTX301",
        "app/dependencies.py has no `get_user_execution_context`",
        files={"app/dependencies.py": STRANGER},
        configuration='factory = "app.dependencies.create_user_execution_context"',
    ),
    "another getter by the way": Case(
        FULL_CALL.format("from app.facade import create_user_execution_context\n\n"),
        "CTX204",
        "`get_user_execution_context` in app/facade.py is not the one beside `create_user_execution_context`",
        files={"app/dependencies.py": FACTORY + GETTER, "app/facade.py": FROM_APP + GETTER},
    ),
    "an import outside of PATHS": Case(
        FULL_CALL.format("from app.facade import create_user_execution_context\n\n"),
        "CTX301",
        "app/facade.py, which is not written, would have to import it",
        "Add app/facade.py to PATHS, or give it the getter by hand.",
        files={"app/dependencies.py": FACTORY + GETTER, "app/facade.py": FROM_APP},
        paths=("use.py",),
    ),
    "a list outside of PATHS": Case(
        FULL_CALL.format("from app.dependencies import *\n\n"),
        "CTX301",
        "the `__all__` of app/dependencies.py, which is not written, lacks it",
        "Add app/dependencies.py to PATHS, or give it the getter by hand.",
        files={
            "app/dependencies.py": '__all__ = ["create_user_execution_context"]\n\n\n' + FACTORY + GETTER,
        },
        paths=("use.py",),
    ),
    "an attribute of a module outside the root": Case(
        FULL_CALL.format("import vendor.context\n\nvendor.context."),
        "CTX351",
        "`vendor.context` is not under the root; the getter is taken to be"
        " `get_user_execution_context(user_id, thread_id)`",
    ),
    "a mock outside the root": Case(
        "from unittest.mock import patch\n\npatch('vendor.context.create_user_execution_context')\n",
        "CTX205",
        "the mock target is in a module that is not under the root",
    ),
    "a dotted getter in the factory's module": Case(
        FACTORY + "\n\ndef use():\n    return " + FULL_CALL.format(""),
        "CTX301",
        "use.py does not have `get_user_execution_context`, and no import shows where it would go",
        "Add `from app.dependencies import get_user_execution_context` there, if app.dependencies does not import"
        " this module.",
        files={"app/dependencies.py": GETTER},
        configuration='getter = "app.dependencies.get_user_execution_context"',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_site_says_why_and_what_to_do(case: Case, tmp_path: Path) -> None:
    configuration = f"[tool.ctxmigrate]\n{case.configuration}\n"
    for name, text in {**case.files, "pyproject.toml": configuration, "use.py": case.use}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    report = codemod.migrate([tmp_path / path for path in case.paths], None)
    found = [
        (finding.message, finding.help)
        for site in report.sites
        if site.path == "use.py"
        for finding in (*site.codes, *site.notes)
        if finding.code == case.code
    ]
    assert found == [(case.message, case.help or rule(case.code).advice)]
