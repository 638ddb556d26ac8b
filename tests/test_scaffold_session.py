"""``scaffold session``: where the module goes, what is refused, and how the sessions behave that it keeps."""

from __future__ import annotations

import ast
import asyncio
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from scaffolding import APP, MANAGER, Project

from codemod.phases.scaffold.rendering import render
from codemod.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

METHOD = "get_or_create_user_session"
STYLES = [Style(), Style(line_length=79), Style(line_length=120), Style("\t", "'"), Style("  ")]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def test_it_goes_beside_the_factory(project: Project) -> None:
    project.write(APP)
    assert project.done("session").split("\n") == [
        "app/unified_id_generator.py:",
        "    a session manager, `UnifiedIdGenerator.get_or_create_user_session(user_id, thread_id)`",
        "",
        "1 file written.",
        "Call `UnifiedIdGenerator.start_cleanup()` where the service starts, and",
        "    `UnifiedIdGenerator.stop_cleanup()` where it stops.",
        "Next: ctxmigrate scaffold getter",
        "",
    ]
    assert project.text("app/unified_id_generator.py") == render("session.py.jinja", Style())


def test_a_second_run_says_that_it_is_there(project: Project) -> None:
    project.write({**APP, "lib/any.py": MANAGER})
    before = project.files()
    assert project.done("session") == f"`{METHOD}` is there already: lib/any.py:13.\n"
    assert project.files() == before


def test_a_fake_in_a_test_is_no_session_manager(project: Project) -> None:
    project.write({**APP, "tests/helpers.py": MANAGER})
    project.done("session")
    assert "app/unified_id_generator.py" in project.files()


@pytest.mark.parametrize(
    ("tree", "module", "files"),
    [
        (APP, "app.ids", ["app/ids.py"]),
        (
            APP,
            "shared.ids.sessions",
            ["shared/__init__.py", "shared/ids/__init__.py", "shared/ids/sessions.py"],
        ),
        (APP, "app.core.ids", ["app/core/__init__.py", "app/core/ids.py"]),
        ({"deps.py": APP["app/deps.py"]}, "ids.sessions", ["ids/sessions.py"]),
        ({f"src/{path}": text for path, text in APP.items()}, "ids", ["src/ids.py"]),
        ({f"src/{path}": text for path, text in APP.items()}, "app.ids", ["src/app/ids.py"]),
    ],
    ids=["beside", "new packages", "a package in one", "no packages", "src", "in src"],
)
def test_module_says_where_it_goes(
    project: Project, tree: dict[str, str], module: str, files: list[str]
) -> None:
    project.write(tree)
    project.done("session", "--module", module)
    assert sorted(project.files().keys() - tree.keys()) == files


@pytest.mark.parametrize(
    ("files", "arguments", "reason"),
    [
        (
            {"app/deps.py": ""},
            [],
            "the factory `create_user_execution_context` is defined nowhere under the root",
        ),
        (
            {"app/unified_id_generator.py": ""},
            [],
            "it is there already, and has no `get_or_create_user_session`",
        ),
        (
            {"lib.py": "class UnifiedIdGenerator: ...\n"},
            [],
            "lib.py:1: `UnifiedIdGenerator` is there already",
        ),
        ({"app/ids.py": ""}, ["--module", "app.ids"], "app/ids.py: it is there already Help: Choose another"),
        ({}, ["--module", "app.deps.ids"], "app/deps.py: it is a module, so nothing can be in it"),
        (
            {"pyproject.toml": '[tool.ctxmigrate]\nsession-key = ["thread_id"]\n'},
            [],
            "have the key user_id, thread_id, and yours have thread_id",
        ),
    ],
)
def test_refusals(project: Project, files: dict[str, str], arguments: list[str], reason: str) -> None:
    project.write({**APP, **files})
    assert reason in project.refused("session", *arguments)


def test_a_syntax_error_beside_a_session_manager_is_an_error(project: Project) -> None:
    project.write({**APP, "app/ids.py": MANAGER + "("})
    result = project.run("session")
    assert result.exit_code == 2
    assert "app/ids.py:15: CTX901" in " ".join(result.output.split())


@pytest.mark.parametrize(
    "arguments", [["session", "--module", "my-ids"], ["test", "--module", "ids"], ["sessions"], []]
)
def test_usage_errors(project: Project, arguments: list[str]) -> None:
    project.write(APP)
    assert project.run(*arguments).exit_code == 2


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_it_is_python_3_8_in_every_style(style: Style) -> None:
    text = render("session.py.jinja", style)
    ast.parse(text, feature_version=(3, 8))
    assert max(len(line.expandtabs(4)) for line in text.split("\n")) <= style.line_length
    assert (style.quote == '"') == ('"run"' in text)
    assert f"\n{style.indent}{style.indent}with self._lock:\n" in text


class Clock:
    """Time that passes when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def sessions() -> Iterator[ModuleType]:
    """The module that is written."""
    module = ModuleType("unified_id_generator")
    sys.modules[module.__name__] = module  # where dataclasses look it up
    exec(compile(render("session.py.jinja", Style()), "unified_id_generator.py", "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


def test_a_session_keeps_its_run_and_gives_each_request_an_id(sessions: ModuleType) -> None:
    clock = Clock()
    manager = sessions.SessionManager(clock=clock)
    first = manager.get_or_create("user", "thread")
    clock.now += 5
    again = manager.get_or_create("user", "thread")
    assert (again.user_id, again.thread_id, again.run_id) == ("user", "thread", first.run_id)
    assert again.request_id != first.request_id
    assert (again.created_at, again.last_used_at) == (1000.0, 1005.0)


def test_others_get_other_sessions(sessions: ModuleType) -> None:
    manager = sessions.SessionManager()
    keys = [("a", "b"), ("b", "a"), ("ab", "c"), ("a", "bc"), ("a:b", "c"), ("a", "b:c")]
    assert len({manager.get_or_create(*key).run_id for key in keys}) == len(keys)


def test_an_idle_session_expires_and_a_used_one_does_not(sessions: ModuleType) -> None:
    clock = Clock()
    manager = sessions.SessionManager(idle_seconds=60, clock=clock)
    first = manager.get_or_create("user", "thread")
    clock.now += 59
    assert manager.get_or_create("user", "thread").run_id == first.run_id
    clock.now += 60
    assert manager.get_or_create("user", "thread").run_id != first.run_id
    assert manager.health().expired == 1


def test_cleanup_drops_what_expired(sessions: ModuleType) -> None:
    clock = Clock()
    manager = sessions.SessionManager(idle_seconds=60, clock=clock)
    for number in range(3):
        manager.get_or_create("user", f"thread {number}")
        clock.now += 30
    assert manager.health().expired == 1
    assert (manager.cleanup(), manager.cleanup()) == (1, 0)
    assert (manager.health().live, manager.health().expired) == (1, 2)


def test_the_least_recently_used_makes_room(sessions: ModuleType) -> None:
    manager = sessions.SessionManager(max_sessions=2)
    kept = manager.get_or_create("user", "kept")
    manager.get_or_create("user", "evicted")
    manager.get_or_create("user", "kept")
    manager.get_or_create("user", "new")
    assert manager.get_or_create("user", "kept").run_id == kept.run_id
    assert (manager.health().live, manager.health().evicted) == (2, 1)


def test_an_ended_session_is_gone(sessions: ModuleType) -> None:
    manager = sessions.SessionManager()
    first = manager.get_or_create("user", "thread")
    assert (manager.end("user", "thread"), manager.end("user", "thread")) == (True, False)
    assert manager.get_or_create("user", "thread").run_id != first.run_id


def test_health_has_the_figures(sessions: ModuleType) -> None:
    clock = Clock()
    manager = sessions.SessionManager(clock=clock)
    assert manager.health() == sessions.SessionHealth(0, 0, 0, 0, 0, 0.0)
    manager.get_or_create("user", "old")
    clock.now += 7
    manager.get_or_create("user", "new")
    manager.get_or_create("user", "new")
    assert manager.health() == sessions.SessionHealth(
        live=2, created=2, reused=1, expired=0, evicted=0, oldest_idle_seconds=7.0
    )


@pytest.mark.parametrize(("user_id", "thread_id"), [("", "thread"), ("user", "")])
def test_an_empty_id_is_refused(sessions: ModuleType, user_id: str, thread_id: str) -> None:
    with pytest.raises(ValueError, match="a session needs a user_id and a thread_id"):
        sessions.SessionManager().get_or_create(user_id, thread_id)


@pytest.mark.parametrize("limits", [{"max_sessions": 0}, {"idle_seconds": 0}])
def test_limits_have_to_make_sense(sessions: ModuleType, limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        sessions.SessionManager(**limits)


def test_the_counts_add_up_under_many_threads_and_tasks(sessions: ModuleType) -> None:
    manager = sessions.SessionManager(max_sessions=5)
    together = threading.Barrier(16, timeout=60)

    async def ask(number: int) -> None:
        for step in range(50):
            key = f"user {number % 4}", f"thread {step % 7}"
            session = manager.get_or_create(*key)
            assert (session.user_id, session.thread_id) == key
            await asyncio.sleep(0)
            manager.cleanup()

    async def ask_all(number: int) -> None:
        await asyncio.gather(*(ask(number + each) for each in range(4)))

    def run(number: int) -> None:
        together.wait()
        asyncio.run(ask_all(number))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(run, range(16)))
    health = manager.health()
    assert health.created + health.reused == 16 * 4 * 50
    assert health.created == health.live + health.evicted
    assert health.live == 5


class Broken(threading.Event):
    """A clock that fails at first when it is a clean-up that asks."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __call__(self) -> float:
        self.calls += 1
        if self.calls == 1:
            raise RuntimeError("no time")
        self.set()
        return 0.0


def test_the_background_cleanup_survives_errors_and_ends(
    sessions: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Broken()
    manager = sessions.SessionManager(clock=clock)
    before = threading.active_count()
    with caplog.at_level(logging.ERROR):
        manager.start_cleanup(0.001)
        manager.start_cleanup(0.001)
        assert threading.active_count() == before + 1
        assert clock.wait(60)
        manager.stop_cleanup()
    assert [record.message for record in caplog.records] == [
        "cleaning up sessions failed; it will be tried again"
    ]
    assert threading.active_count() == before


def test_the_background_cleanup_starts_again_and_need_not_run_to_be_stopped(sessions: ModuleType) -> None:
    manager = sessions.SessionManager()
    manager.stop_cleanup()
    for _ in range(3):
        manager.start_cleanup(3600)
        manager.stop_cleanup()
        manager.stop_cleanup()
    with pytest.raises(ValueError, match="interval_seconds must be above 0"):
        manager.start_cleanup(0)


def test_the_service_uses_one_manager(sessions: ModuleType) -> None:
    generator = sessions.UnifiedIdGenerator
    before = generator.use_sessions(sessions.SessionManager(max_sessions=1))
    session = generator.get_or_create_user_session("user", "thread")
    assert generator.get_or_create_user_session("user", "thread").run_id == session.run_id
    assert generator.end_user_session("user", "thread")
    generator.start_cleanup()
    generator.stop_cleanup()
    assert (generator.session_health().created, before.health().created) == (1, 0)
    generator.use_sessions(before)
