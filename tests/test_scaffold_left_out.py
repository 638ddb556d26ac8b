"""``scaffold getter``: what the factory takes and does that the getter does not is told, line by line."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from scaffolding import MANAGER, Project

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = """\
    class Context:
        def __init__(self, user_id, thread_id, run_id, db=None, *, tenant="", level=1):
            self.run_id = run_id


"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def told(project: Project, factory: str) -> tuple[list[str], list[str]]:
    """The lines of the factory that are told, each with what is told of it, and the advice."""
    project.write({"sessions.py": MANAGER, "deps.py": dedent(CONTEXT + factory)})
    report = json.loads(project.done("getter", "--format", "json"))
    lines = project.text("deps.py").splitlines()
    remarks = [each for each in report["done"] if each["message"].startswith("not carried over: ")]
    found = [f"{lines[each['line'] - 1].strip()} -> {each['message'].partition(': ')[2]}" for each in remarks]
    return found, report["advice"]


def test_statements_beside_the_making_of_the_context(project: Project) -> None:
    found, advice = told(
        project,
        """\
    async def create_user_execution_context(user_id, thread_id, run_id=None):
        '''Make it.'''
        import logging
        if not user_id:
            raise ValueError("no user")
        else:
            logging.info("made for %s", user_id)
        if run_id is None:
            run_id = new_id()
        with lock:
            return Context(user_id, thread_id, run_id)
    """,
    )
    assert found == [
        'raise ValueError("no user") -> `raise ValueError("no user")`',
        'logging.info("made for %s", user_id) -> `logging.info("made for %s", user_id)`',
        "with lock: -> `with lock:`",
    ]
    assert not any("after it is made" in each for each in advice)
    assert any("makes a new context for each call" in each for each in advice)


def test_what_is_done_to_the_context_is_told_first_in_the_advice(project: Project) -> None:
    found, advice = told(
        project,
        """\
    async def create_user_execution_context(user_id, thread_id, run_id=None):
        context = Context(user_id, thread_id, run_id or "new")
        context.tags.append("x")
        context.level = 2
        await audit(context)
        return context
    """,
    )
    assert found == [
        'context.tags.append("x") -> `context.tags.append("x")`, done to the context',
        "context.level = 2 -> `context.level = 2`, done to the context",
        "await audit(context) -> `await audit(context)`, done to the context",
    ]
    assert "after it is made, and the getter does not" in advice[0]


def test_parameters_and_their_defaults(project: Project) -> None:
    found, _ = told(
        project,
        """\
    def create_user_execution_context(user_id, thread_id, run=None, db=None, *rest, tenant="x", **more):
        return Context(user_id, thread_id, run_id=run, tenant=tenant)
    """,
    )
    assert [each.partition(" -> ")[2] for each in found] == [
        "the parameter `db`, by default `None`",
        'the parameter `tenant`, by default `"x"`; `tenant` is as `Context` has it',
        "the parameter `*rest`",
        "the parameter `**more`",
    ]


def test_decorators_arguments_and_other_returns(project: Project) -> None:
    found, _ = told(
        project,
        """\
    @traced("make")
    def create_user_execution_context(user_id, thread_id, run_id=None):
        if user_id in known:
            return known[user_id]
        return Context(user_id, thread_id, run_id, level=level_of(user_id))
    """,
    )
    assert [each.partition(" -> ")[2] for each in found] == [
        'the decorator `traced("make")`',
        "`level` of `Context`, `level_of(user_id)`",
        "`return known[user_id]`",
    ]


def test_a_factory_that_does_nothing_else_is_told_of_nothing(project: Project) -> None:
    factory = """\
    def create_user_execution_context(user_id, thread_id, run_id=None):
        run_id = run_id or new_id()
        context = Context(user_id, thread_id, run_id)
        return context
    """
    assert told(project, factory)[0] == []
