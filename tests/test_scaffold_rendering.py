"""What ``scaffold`` writes means the same at every length of lines and with every indentation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest
from scaffolding import APP, FACTORY, MANAGER, Project

from codemod.phases.scaffold import rendering
from codemod.phases.scaffold.rendering import fitted, render
from codemod.style import Style

if TYPE_CHECKING:
    from pathlib import Path

GETTER = {
    "head": "def get_user_execution_context(user_id: str, thread_id: str) -> Optional[Context]",
    "statements": ["from app.context import Context"],
    "session": "session",
    "request": "Sessions.get_or_create_user_session(user_id, thread_id)",
    "context": "Context",
    "arguments": ("user_id=UserId(session.user_id)", 'run_id=session["run_id"]'),
}
TEST = {
    "getter": "get_user_execution_context",
    "uuid_imports": "UUID, uuid4",
    "names": ("user_id", "thread_id", "run_id"),
    "run": "run_id",
    "key": "user_id, thread_id",
    "new_key": "UUID(int=uuid4().int), str(uuid4())",
    "parameters": "user_id: UUID, thread_id: str",
    "call": "get_user_execution_context(user_id=user_id, thread_id=thread_id)",
    "identity": 'context["user_id"], context["thread_id"], context["run_id"]',
    "others": [{"name": "user_id", "word": "user", "arguments": "uuid4(), thread_id"}],
    "module": "app.deps",
    "added_path": 'Path(__file__).resolve().parents[1] / "src"',
}
THINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "session": ("session.py.jinja", {}),
    "getter": ("getter.py.jinja", GETTER),
    "test": ("continuity.py.jinja", {**TEST, "is_async": False}),
    "async test": ("continuity.py.jinja", {**TEST, "is_async": True}),
}


@pytest.mark.parametrize("indent", ["  ", "    ", " " * 8, "\t"], ids=["2", "4", "8", "tab"])
@pytest.mark.parametrize("thing", THINGS)
def test_wrapped_lines_mean_the_same(thing: str, indent: str) -> None:
    template, values = THINGS[thing]
    meant = ast.dump(ast.parse(render(template, Style(indent, line_length=1000), **values)))
    texts = {render(template, Style(indent, line_length=length), **values) for length in range(40, 121)}
    assert {ast.dump(compile(text, thing, "exec", ast.PyCF_ONLY_AST)) for text in texts} == {meant}


@pytest.mark.parametrize(
    ("line", "wrapped"),
    [
        ("tasks = (ask(user_id) for _ in range(9))", "tasks = (\n  ask(user_id) for _ in range(9)\n)"),
        ("tasks = [ask(a, b) for a, b in several]", "tasks = [\n  ask(a, b) for a, b in several\n]"),
        ("whole = number_of_messages * (several - 1)", "whole = number_of_messages * (\n  several - 1\n)"),
        ("first_of_all = every_context[the_very_name]", "first_of_all = every_context[\n  the_very_name\n]"),
        ("found = ask(user_id_of(first), thread_id)", "found = ask(\n  user_id_of(first),\n  thread_id,\n)"),
        ("def ask(user_id) -> Optional[Context]: ...", "def ask(\n  user_id,\n) -> Optional[Context]: ..."),
    ],
)
def test_a_comma_comes_only_where_it_changes_nothing(line: str, wrapped: str) -> None:
    assert fitted(f"{line}\n", Style("  ", line_length=16)) == f"{wrapped}\n"


@pytest.mark.parametrize("thing", ["session", "getter", "test"])
def test_what_would_not_compile_is_refused(
    thing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rendering, "_spread", lambda line, _bracket, _style: f"{line},,")
    project = Project(tmp_path)
    narrow = {"pyproject.toml": "[tool.ruff]\nline-length = 40\n"}
    getter = "\n\ndef get_user_execution_context(user_id: str, thread_id: str): ...\n"
    more = {
        "session": {},
        "getter": {"app/sessions.py": MANAGER},
        "test": {"app/deps.py": FACTORY + getter},
    }
    project.write({**APP, **narrow, **more[thing]})
    assert "it would not" in project.refused(thing)


def test_a_module_that_python_would_not_compile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = Project(tmp_path)
    project.write({**APP, "app/sessions.py": MANAGER, "app/deps.py": f"{FACTORY}\n\nreturn\n"})
    assert "it would not compile: not valid Python" in project.refused("getter")
