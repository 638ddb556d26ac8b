"""``ctxmigrate status``: what counts as evidence of a phase, what does not, and what cannot be told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from codemod.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SESSIONS = """\
import threading
import time

IDLE_SECONDS = 1800.0


class UnifiedIdGenerator:
    _sessions = {}

    @classmethod
    def get_or_create_user_session(cls, user_id, thread_id):
        now = time.monotonic()
        cls._drop_idle(now)
        session = cls._sessions.setdefault((user_id, thread_id), {"created_at": now, "run_id": object()})
        session["last_used_at"] = now
        return session

    @classmethod
    def _drop_idle(cls, now):
        for key, session in list(cls._sessions.items()):
            if now - session["last_used_at"] > IDLE_SECONDS:
                del cls._sessions[key]

    @classmethod
    def start_cleanup(cls):
        threading.Thread(target=cls._drop_idle, daemon=True).start()

    @classmethod
    def session_health(cls):
        return {"live": len(cls._sessions)}
"""
GETTER = """\
from sessions import UnifiedIdGenerator


def get_user_execution_context(user_id, thread_id):
    return UnifiedIdGenerator.get_or_create_user_session(user_id, thread_id)
"""
FACTORY = """

def create_user_execution_context(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id
"""
WARNING_FACTORY = """

def create_user_execution_context(user_id, thread_id, run_id=None):
    warnings.warn("use the getter", DeprecationWarning, stacklevel=2)
    return user_id, thread_id, run_id
"""
CALLER = """\
from deps import get_user_execution_context
from sessions import UnifiedIdGenerator


def main():
    UnifiedIdGenerator.start_cleanup()
    return get_user_execution_context("u", "t")
"""
OLD_CALLER = """\
from deps import create_user_execution_context


def main(run_id):
    return create_user_execution_context("u", "t", run_id)
"""
BLOCKED_CALLER = """\
from deps import create_user_execution_context


def main(extra):
    return create_user_execution_context("u", "t", **extra)
"""
CONTINUITY = """\
from deps import get_user_execution_context


def test_messages_share_a_run():
    first = get_user_execution_context("u", "t")
    again = get_user_execution_context("u", "t")
    assert first["run_id"] == again["run_id"]
"""
DONE = {
    "sessions.py": SESSIONS,
    "deps.py": GETTER,
    "app/main.py": CALLER,
    "tests/test_continuity.py": CONTINUITY,
}
MIGRATED = {**DONE, "deps.py": "import warnings\n" + GETTER + WARNING_FACTORY}
BEGUN = {**DONE, "deps.py": GETTER + FACTORY, "app/old.py": OLD_CALLER}


def written(root: Path, files: Mapping[str, str]) -> Path:
    for path, source in {"pyproject.toml": "[tool.ctxmigrate]\n", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source, encoding="utf-8")
    return root


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["status", *arguments], catch_exceptions=False)


def told(root: Path, *arguments: str) -> dict[str, Any]:
    result = ctxmigrate("--format", "json", *arguments, str(root))
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def items(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [item for phase in document["phases"] for item in phase["items"] if item["name"] == name]


def answers(root: Path, files: Mapping[str, str], name: str) -> list[str]:
    """The answers to the items of that name, in a tree that is done but for ``files``."""
    return [item["answer"] for item in items(told(written(root, {**DONE, **files})), name)]


def places(item: Mapping[str, Any]) -> list[str]:
    return [f"{place['path']}:{place['line']}" for place in item["places"]]


@pytest.mark.parametrize(
    ("files", "reached", "step"),
    [
        (
            {"app.py": "x = 1\n"},
            0,
            "Neither `create_user_execution_context` nor `get_user_execution_context` is here: run this in the"
            " project's own folder, or set `factory` and `getter` in [tool.ctxmigrate].",
        ),
        ({"deps.py": FACTORY, "app.py": OLD_CALLER}, 0, "ctxmigrate scaffold session {root}"),
        ({"sessions.py": SESSIONS, "deps.py": FACTORY}, 1, "ctxmigrate scaffold getter {root}/deps.py"),
        (BEGUN, 2, "ctxmigrate rewrite --dry-run {root}, then ctxmigrate rewrite {root}"),
        ({**BEGUN, "app/old.py": CALLER}, 2, "ctxmigrate deprecate {root}/deps.py"),
        ({**MIGRATED, "tests/test_continuity.py": ""}, 2, "ctxmigrate scaffold test {root}"),
        (MIGRATED, 3, "ctxmigrate remove {root}"),
        (DONE, 4, None),
    ],
    ids=["nothing", "factory", "session", "getter", "calls", "warning", "test", "done"],
)
def test_the_phase_and_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], reached: int, step: str | None
) -> None:
    monkeypatch.chdir(written(tmp_path, files).parent)
    document = told(tmp_path)
    assert document["reached"] == reached
    steps = [each.replace(str(tmp_path), tmp_path.name) for each in document["next"]]
    assert steps[:1] == ([step.format(root=tmp_path.name)] if step else [])


@pytest.mark.parametrize("phase", [1, 2, 3, 4])
def test_a_required_phase_decides_the_exit_status(tmp_path: Path, phase: int) -> None:
    written(tmp_path, BEGUN)
    result = ctxmigrate("--require", str(phase), str(tmp_path))
    assert result.exit_code == (0 if phase <= 2 else 1)
    assert (f"Phase {phase} is required." in result.stdout) == (phase > 2)
    assert ctxmigrate(str(tmp_path)).exit_code == 0


def test_a_phase_counts_with_those_before_it(tmp_path: Path) -> None:
    """Without the session, a tree whose factory is gone is nowhere yet."""
    document = told(
        written(tmp_path, {"deps.py": "def get_user_execution_context(user_id, thread_id): ...\n"})
    )
    assert items(document, "factory-gone")[0]["answer"] == "yes"
    assert document["reached"] == 0


def test_a_tree_with_nothing_has_not_come_to_the_end(tmp_path: Path) -> None:
    gone = items(told(written(tmp_path, {"app.py": ""})), "factory-gone")[0]
    assert gone["answer"] == "unknown"
    assert "neither" in gone["message"]
    assert ctxmigrate("--require", "4", str(tmp_path)).exit_code == 1


LIFECYCLES = {
    "dictionary": (SESSIONS, ["yes", "yes", "yes"]),
    "another class of the module": (
        """\
import time
from dataclasses import dataclass, replace


@dataclass
class Session:
    created: float
    last_used: float

    def is_expired(self, now):
        return now - self.last_used > 60


class Store:
    def get(self, key):
        session = self._sessions.get(key) or Session(time.time(), time.time())
        if session.is_expired(time.time()):
            session = Session(time.time(), time.time())
        return replace(session, last_used=time.time())


class UnifiedIdGenerator:
    _store = Store()

    def get_or_create_user_session(self, user_id, thread_id):
        return self._store.get((user_id, thread_id))
""",
        ["yes", "yes", "yes"],
    ),
    "a function": (
        """\
_created_at, _last_seen = {}, {}


def get_or_create_user_session(user_id, thread_id):
    _last_seen[user_id] = clock()
    _created_at.setdefault(user_id, clock())
""",
        ["no", "yes", "no"],
    ),
    "nothing": (
        "SESSIONS = {}\n\n\ndef get_or_create_user_session(user_id, thread_id):\n    return SESSIONS[user_id]\n",
        ["no", "no", "no"],
    ),
    "counters and checks are no times": (
        """\
class UnifiedIdGenerator:
    created: int = 0
    used: int = 0

    def get_or_create_user_session(self, user_id, thread_id, idle_seconds):
        if idle_seconds <= 0:
            raise ValueError
        self.created += 1
        self.used += 1
""",
        ["no", "no", "no"],
    ),
    "a last use that is never set again": (
        """\
class Session:
    def __init__(self, now):
        self.created_at = now
        self.last_used_at = now


def get_or_create_user_session(user_id, thread_id):
    return Session(0)
""",
        ["yes", "unknown", "no"],
    ),
    "a limit that nothing is compared with": (
        """\
SESSION_TTL = 60


def get_or_create_user_session(user_id, thread_id):
    return user_id, SESSION_TTL
""",
        ["no", "no", "unknown"],
    ),
    "left to a library": (
        """\
from cachetools import TTLCache

SESSIONS = TTLCache(maxsize=100, ttl=60)


def get_or_create_user_session(user_id, thread_id):
    return SESSIONS.setdefault(user_id, object())
""",
        ["unknown", "unknown", "yes"],
    ),
    "left to another module": (
        """\
from store import find


def get_or_create_user_session(user_id, thread_id):
    return find(user_id, thread_id)
""",
        ["unknown", "unknown", "unknown"],
    ),
}


@pytest.mark.parametrize(("source", "expected"), LIFECYCLES.values(), ids=LIFECYCLES)
def test_the_life_of_a_session(tmp_path: Path, source: str, expected: list[str]) -> None:
    document = told(written(tmp_path, {"sessions.py": source, "store.py": "def find(*key): ...\n"}))
    names = ("session-creation-time", "session-last-use", "session-expiry")
    assert [items(document, name)[0]["answer"] for name in names] == expected
    assert items(document, "session-defined")[0]["answer"] == "yes"


def test_the_evidence_is_the_lines_that_show_it(tmp_path: Path) -> None:
    document = told(written(tmp_path, DONE))
    shown = {item["name"]: places(item) for phase in document["phases"] for item in phase["items"]}
    assert shown == {
        "session-defined": ["sessions.py:11"],
        "session-creation-time": ["sessions.py:14"],
        "session-last-use": ["sessions.py:15"],
        "session-expiry": ["sessions.py:21"],
        "getter-defined": ["deps.py:4"],
        "getter-uses-session": ["deps.py:4", "deps.py:5"],
        "calls-migrated": [],
        "factory-warns": [],
        "continuity-test": ["tests/test_continuity.py:4"],
        "factory-gone": [],
        "cleanup-task": ["sessions.py:26", "app/main.py:6"],
        "session-health": ["sessions.py:29"],
    }


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"sessions.py": "", "app/main.py": "", "deps.py": ""}, "no"),
        ({"sessions.py": "", "app/main.py": ""}, "unknown"),
        ({"sessions.py": "", "app/main.py": "", "deps.py": "# get_or_create_user_session\n"}, "no"),
        ({"sessions.py": "def get_or_create_user_session(:\n", "app/main.py": "", "deps.py": ""}, "unknown"),
        ({"sessions.py": "class P:\n    def get_or_create_user_session(self): ...\n"}, "unknown"),
        ({"sessions.py": "", "app/main.py": "", "deps.py": "", "tests/fake.py": SESSIONS}, "no"),
        ({"sessions.py": "def outer():\n    def get_or_create_user_session(): pass\n"}, "unknown"),
        ({"sessions.py": "if True:\n    def get_or_create_user_session(): return 1\n"}, "yes"),
        ({"sessions.py": "async def get_or_create_user_session(): return 1\n"}, "yes"),
    ],
    ids=[
        "nowhere", "used", "mentioned", "broken", "only declared", "only in tests", "nested", "conditional", "async"
    ],
)  # fmt: skip
def test_the_session_function(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    files = {"tests/test_continuity.py": "", **files}
    assert answers(tmp_path, files, "session-defined") == [expected]


GETTERS = {
    "directly": (
        "from sessions import UnifiedIdGenerator as ids",
        "ids.get_or_create_user_session(user_id)",
        "yes",
    ),
    "by a helper": ("def ask(user):\n    return x.get_or_create_user_session(user)", "ask(user_id)", "yes"),
    "by a helper of another module": ("from helpers import ask", "ask(user_id)", "yes"),
    "by a module": ("import helpers as h", "h.ask(user_id)", "yes"),
    "by a package's module": ("from package import inner", "inner.ask(user_id)", "yes"),
    "by a method": ("from helpers import Manager\nmanager = Manager()", "manager.ask(user_id)", "yes"),
    "by making an object": ("from helpers import Context", "Context(user_id)", "yes"),
    "not at all": ("import uuid", "dict(user_id=user_id.strip(), run_id=str(uuid.uuid4()))", "no"),
    "perhaps by what is given": ("", "store.get(user_id)", "unknown"),
    "perhaps by another package": ("from package_of_others import ask", "ask(user_id)", "unknown"),
    "in circles": ("def ask(user):\n    return ask(user)", "ask(user_id)", "no"),
}


@pytest.mark.parametrize(("head", "call", "expected"), GETTERS.values(), ids=GETTERS)
def test_the_getter_uses_the_session(tmp_path: Path, head: str, call: str, expected: str) -> None:
    getter = (
        f"{head}\n\n\ndef get_user_execution_context(user_id, thread_id, store=None):\n    return {call}\n"
    )
    helpers = """\
import sessions


def ask(user):
    return sessions.UnifiedIdGenerator.get_or_create_user_session(user, "t")


class Manager:
    def ask(self, user):
        return self._ask(user)

    def _ask(self, user):
        return ask(user)


class Context:
    def __init__(self, user):
        self.session = ask(user)
"""
    files = {"deps.py": getter, "helpers.py": helpers, "package/__init__.py": "", "package/inner.py": helpers}
    assert answers(tmp_path, files, "getter-uses-session") == [expected]


def test_the_getter_has_to_be_where_each_factory_is(tmp_path: Path) -> None:
    files = {"deps.py": GETTER + FACTORY, "other.py": FACTORY, "again.py": "from deps import *\n" + FACTORY}
    document = told(written(tmp_path, {**DONE, **files}))
    found = {places(item)[0]: item["answer"] for item in items(document, "getter-importable")}
    assert found == {"again.py:4": "yes", "deps.py:8": "yes", "other.py:3": "no"}
    assert "scaffold getter" in document["next"][0]
    assert "other.py" in document["next"][0]


def test_a_function_of_the_getters_name_elsewhere_is_none(tmp_path: Path) -> None:
    files = {"deps.py": FACTORY, "routes.py": "def get_user_execution_context(request): ...\n"}
    assert answers(tmp_path, files, "getter-defined") == ["no"]


@pytest.mark.parametrize(
    ("getter", "expected"),
    [("new.get_context", "yes"), ("sessions.get_context", "no"), ("package.get_context", "unknown")],
)
def test_a_dotted_getter_is_looked_for_in_its_module(tmp_path: Path, getter: str, expected: str) -> None:
    files = {
        "pyproject.toml": f"[tool.ctxmigrate]\ngetter = '{getter}'\n",
        "deps.py": FACTORY,
        "new.py": GETTER.replace("get_user_execution_context", "get_context"),
    }
    assert answers(tmp_path, files, "getter-defined") == [expected]


def test_calls_are_counted_by_folder(tmp_path: Path) -> None:
    files = {
        "a/b/new.py": CALLER,
        "a/b/old.py": OLD_CALLER,
        "a/blocked.py": BLOCKED_CALLER,
        "a/kept.py": OLD_CALLER.replace('"u", "t", run_id)', '"u", "t", run_id)  # ctxmigrate: ignore'),
    }
    document = told(written(tmp_path, {**BEGUN, **files}))
    assert document["folders"] == [
        {"path": "a", "migrated": 0, "ready": 0, "blocked": 1, "ignored": 1, "left": 1},
        {"path": "a/b", "migrated": 1, "ready": 1, "blocked": 0, "ignored": 0, "left": 1},
        {"path": "app", "migrated": 1, "ready": 1, "blocked": 0, "ignored": 0, "left": 1},
        {"path": "tests", "migrated": 2, "ready": 0, "blocked": 0, "ignored": 0, "left": 0},
    ]
    item = items(document, "calls-migrated")[0]
    assert item["message"] == "3 of 7 calls are left; 1 more may stay, as comments say"
    assert places(item) == ["a/b/old.py:5", "a/blocked.py:5", "app/old.py:5"]


def test_blocked_calls_are_left_too(tmp_path: Path) -> None:
    document = told(written(tmp_path, {**MIGRATED, "app/old.py": BLOCKED_CALLER}))
    assert document["reached"] == 2
    assert document["next"][0].startswith("At app/old.py:5 (CTX101): ")
    assert "All: ctxmigrate check" in document["next"][0]


def test_an_ignored_call_is_not_left_but_keeps_the_factory(tmp_path: Path) -> None:
    ignored = BLOCKED_CALLER.replace("**extra)", "**extra)  # ctxmigrate: ignore")
    document = told(written(tmp_path, {**MIGRATED, "app/old.py": ignored}))
    assert document["reached"] == 3
    assert items(document, "calls-migrated")[0]["message"].endswith("; 1 more may stay, as comments say")


def test_paths_limit_the_calls_and_nothing_else(tmp_path: Path) -> None:
    written(tmp_path, BEGUN)
    document = json.loads(ctxmigrate("--format", "json", str(tmp_path / "tests")).stdout)
    assert [folder["path"] for folder in document["folders"]] == ["tests"]
    assert document["reached"] == 2
    assert [item["answer"] for item in document["phases"][2]["items"]] == ["yes", "no", "yes"]


def test_a_broken_file_with_the_factory_leaves_the_calls_unknown(tmp_path: Path) -> None:
    document = told(written(tmp_path, {**MIGRATED, "app/old.py": "create_user_execution_context(\n"}))
    assert items(document, "calls-migrated")[0]["answer"] == "unknown"
    assert document["reached"] == 2
    assert [error["code"] for error in document["errors"]] == ["CTX901"]


FACTORIES = {
    "plain": ("def {}():\n    return 1", "no"),
    "warns": ("def {}():\n    warnings.warn('x', DeprecationWarning)", "yes"),
    "warns by an instance": ("async def {}():\n    warn(PendingDeprecationWarning('x'))", "yes"),
    "warns of something else": ("def {}():\n    warnings.warn('x', UserWarning)", "no"),
    "decorated": ("@warnings.deprecated('x')\ndef {}():\n    return 1", "yes"),
    "by a helper": ("def f():\n    warn('x', DeprecationWarning)\ndef {}():\n    f()", "yes"),
    "by a decorator": ("def old(f):\n    warn('x', DeprecationWarning)\n@old\ndef {}(): ...", "yes"),
    "overloaded": ("@overload\ndef {0}(): ...\ndef {0}():\n    warn('x', DeprecationWarning)", "yes"),
    "in one of two ways": (
        "if x:\n    def {0}():\n        warn('x', DeprecationWarning)\nelse:\n    def {0}(): ...",
        "no",
    ),
}


@pytest.mark.parametrize(("source", "expected"), FACTORIES.values(), ids=FACTORIES)
def test_the_factory_warns(tmp_path: Path, source: str, expected: str) -> None:
    files = {"deps.py": GETTER + "\n\n" + source.format("create_user_execution_context") + "\n"}
    assert answers(tmp_path, files, "factory-warns") == [expected]


def test_each_factory_has_to_warn(tmp_path: Path) -> None:
    files = {"deps.py": "import warnings\n" + GETTER + WARNING_FACTORY, "other.py": GETTER + FACTORY}
    assert answers(tmp_path, files, "factory-warns") == ["yes", "no"]


def test_a_factory_of_another_package_cannot_be_seen_to_warn(tmp_path: Path) -> None:
    files = {"app/old.py": "from package import create_user_execution_context as f\nf('u', 't')\n"}
    assert answers(tmp_path, files, "factory-warns") == ["unknown"]


CONTINUITIES = {
    "two calls": ("a, b = {0}(1, 2), {0}(1, 2)\n    assert a.run_id == b.run_id", "yes"),
    "a loop": ("ids = {{{0}(1, 2).thread_id for _ in range(2)}}\n    assert ids == {{'thread_id'}}", "yes"),
    "by a helper": ("assert ask().run_id == ask().run_id\ndef ask():\n    return {0}(1, 2)", "yes"),
    "unittest": ("self.assertEqual({0}(1, 2).run_id, {0}(1, 2).run_id)", "yes"),
    "the session": ("f = x.get_or_create_user_session\n    assert f()\n    "
                    "assert x.get_or_create_user_session().run_id == x.get_or_create_user_session().run_id", "yes"),
    "one call": ("assert {0}(1, 2).run_id == 'run'", "no"),
    "no ids": ("assert {0}(1, 2) and {0}(1, 2)", "no"),
    "other ids": ("assert {0}(1, 2).run_id != {0}(1, 3).run_id", "no"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), CONTINUITIES.values(), ids=CONTINUITIES)
def test_the_continuity_test(tmp_path: Path, body: str, expected: str) -> None:
    test = f"def test_it(self=None):\n    {body}\n".format("get_user_execution_context")
    assert answers(tmp_path, {"tests/test_continuity.py": test}, "continuity-test") == [expected]


def test_a_test_outside_the_tests_is_none(tmp_path: Path) -> None:
    files = {"tests/test_continuity.py": "", "app/checks.py": CONTINUITY}
    assert answers(tmp_path, files, "continuity-test") == ["no"]


PLAIN_SESSIONS = """\
class UnifiedIdGenerator:
    def get_or_create_user_session(self, user_id, thread_id):
        return user_id, thread_id

    def cleanup(self):
        return 1
"""
MAIN = "from sessions import UnifiedIdGenerator\n"
CLEANUPS = {
    "none": (PLAIN_SESSIONS, MAIN, "no"),
    "never called": (SESSIONS, MAIN, "no"),
    "called": (SESSIONS, MAIN + "UnifiedIdGenerator.start_cleanup()\n", "yes"),
    "a task": (PLAIN_SESSIONS, MAIN + "async def main():\n    asyncio.create_task(cleanup())\n", "yes"),
    "a schedule": (PLAIN_SESSIONS, MAIN + "scheduler.add_job(UnifiedIdGenerator().cleanup)\n", "yes"),
    "another task": (PLAIN_SESSIONS, MAIN + "asyncio.create_task(serve())\n", "no"),
    "a task of something else": (PLAIN_SESSIONS, "asyncio.create_task(cleanup_uploads())\n", "no"),
    "a decorator": (PLAIN_SESSIONS, MAIN + "@repeat_every(seconds=60)\ndef purge_sessions(): ...\n", "yes"),
}


@pytest.mark.parametrize(("sessions", "app", "expected"), CLEANUPS.values(), ids=CLEANUPS)
def test_the_clean_up_task(tmp_path: Path, sessions: str, app: str, expected: str) -> None:
    files = {"sessions.py": sessions, "app/main.py": app}
    assert answers(tmp_path, files, "cleanup-task") == [expected]


@pytest.mark.parametrize(
    ("sessions", "app", "expected"),
    [
        (SESSIONS, "", "yes"),
        (PLAIN_SESSIONS, "", "no"),
        (PLAIN_SESSIONS + "\n\nclass Figures: ...\n", "", "yes"),
        (PLAIN_SESSIONS, MAIN + "def session_metrics(): ...\n", "yes"),
        (PLAIN_SESSIONS, MAIN + "def health(): ...\n", "no"),
        (PLAIN_SESSIONS, "def session_metrics(): ...\n", "no"),
    ],
    ids=["a method", "none", "a class", "beside", "of something else", "elsewhere"],
)
def test_the_health_figures(tmp_path: Path, sessions: str, app: str, expected: str) -> None:
    assert answers(tmp_path, {"sessions.py": sessions, "app/main.py": app}, "session-health") == [expected]


DOTTED = '[tool.ctxmigrate]\nfactory = "app.deps.create_user_execution_context"\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "yes"),
        ({"deps.py": GETTER + FACTORY}, "no"),
        ({"deps.pyi": "def create_user_execution_context(): ...\n"}, "no"),
        ({"app/old.py": "from package import create_user_execution_context as f\nf('u', 't')\n"}, "no"),
        ({"tests/fake.py": FACTORY}, "yes"),
        ({"app/old.py": "# create_user_execution_context is gone\n"}, "yes"),
        ({"deps.py": GETTER + "class create_user_execution_context: ...\n"}, "no"),
        ({"deps.py": GETTER + "create_user_execution_context = lambda u, t: (u, t)\n"}, "no"),
        ({"tests/fake.py": "create_user_execution_context = None\n"}, "yes"),
        ({"pyproject.toml": DOTTED, "deps.py": GETTER + FACTORY}, "unknown"),
        ({"pyproject.toml": DOTTED, "app/deps.py": GETTER}, "yes"),
    ],
    ids=[
        *("gone", "defined", "declared", "used", "in tests", "mentioned"),
        *("class", "lambda", "other binding in tests", "no such module", "gone from its module"),
    ],
)
def test_the_factory_is_gone(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert answers(tmp_path, files, "factory-gone") == [expected]


WITNESSED = {
    **BEGUN,
    "app/old.py": (
        "from deps import create_user_execution_context\n\n"
        "make = create_user_execution_context\n"
        'make("u", "t")\n'
        "create_user_execution_context(\n"
        '    "u",\n'
        '    "t",\n'
        ")\n"
    ),
}


def caller(path: str, line: int, source: str, module: str = "") -> dict[str, Any]:
    return {"path": path, "line": line, "module": module, "source": source, "count": 2}


def witness_file(root: Path, *callers: dict[str, Any], **others: Any) -> str:
    """Write a witness file, and return its name."""
    document = {
        "version": 1,
        "factory": "create_user_execution_context",
        "lost": 0,
        "definitions": [{"path": "deps.py", "line": 8, "imported": True}],
        "callers": callers,
        **others,
    }
    (root / "witness.json").write_text(json.dumps(document), encoding="utf-8")
    return str(root / "witness.json")


def test_a_witness_shows_the_callers_that_no_site_shows(tmp_path: Path) -> None:
    written(tmp_path, WITNESSED)
    file = witness_file(
        tmp_path,
        caller("app/old.py", 4, 'make("u", "t")'),
        caller("app/old.py", 5, "create_user_execution_context("),
        caller("app/old.py", 7, '"t",'),
        caller("", 58, "", "concurrent.futures.thread"),
    )
    document = told(tmp_path, "--witness", file)
    unknown = document["witnessed"].pop("unknown")
    assert document["witnessed"] == {"file": file, "calls": 8, "lines": 4, "cautions": []}
    assert [(each["path"], each["line"], each["message"]) for each in unknown] == [
        ("app/old.py", 4, '2 calls: make("u", "t")')
    ]
    item = items(document, "callers-known")[0]
    assert (item["answer"], places(item)) == ("no", ["app/old.py:4"])


def test_without_a_site_that_passes_the_factory_on_a_call_from_outside_is_unknown(tmp_path: Path) -> None:
    file = witness_file(written(tmp_path, BEGUN), caller("", 58, "", "concurrent.futures.thread"))
    unknown = told(tmp_path, "--witness", file)["witnessed"]["unknown"]
    assert [each["message"] for each in unknown] == [
        "2 calls from outside the project: concurrent.futures.thread:58"
    ]


def test_a_call_in_the_getter_is_no_surprise(tmp_path: Path) -> None:
    getter = (
        FACTORY
        + "\n\ndef get_user_execution_context(u, t):\n    return create_user_execution_context(u, t)\n"
    )
    written(tmp_path, {**DONE, "deps.py": getter})
    file = witness_file(tmp_path, caller("deps.py", 8, "return create_user_execution_context(u, t)"))
    assert told(tmp_path, "--witness", file)["witnessed"]["unknown"] == []


def test_what_changed_since_it_was_witnessed_does_not_count(tmp_path: Path) -> None:
    file = witness_file(
        written(tmp_path, WITNESSED),
        caller("app/old.py", 4, "made(u, t)"),
        caller("app/old.py", 400, "made(u, t)"),
        caller("app/gone.py", 1, "made(u, t)"),
        caller("../gone/\0\ud800.py", 1, "made(u, t)"),
    )
    document = told(tmp_path, "--witness", file)
    assert document["witnessed"]["unknown"] == []
    caution = document["witnessed"]["cautions"][0]
    assert (
        caution == "changed since, so what was witnessed there does not count: app/old.py:4 and 3 other lines"
    )
    assert items(document, "callers-known")[0]["answer"] == "yes"


def test_a_line_that_has_moved_is_found_again(tmp_path: Path) -> None:
    file = witness_file(written(tmp_path, WITNESSED), caller("app/old.py", 2, 'make("u", "t")'))
    witnessed = told(tmp_path, "--witness", file)["witnessed"]
    assert [(each["path"], each["line"]) for each in witnessed["unknown"]] == [("app/old.py", 4)]
    assert witnessed["cautions"] == []


def test_what_witnesses_cannot_tell_is_said(tmp_path: Path) -> None:
    definitions = [{"path": "deps.py", "line": 8, "imported": False}]
    file = witness_file(written(tmp_path, BEGUN), lost=1, definitions=definitions)
    assert told(tmp_path, "--witness", file)["witnessed"]["cautions"] == [
        "the tests did not import deps.py, so no call of its create_user_execution_context could be seen",
        "1 of the test run's processes ended without telling what they saw: record the witnesses again",
    ]
    file = witness_file(tmp_path, definitions=[])
    assert told(tmp_path, "--witness", file)["witnessed"]["cautions"] == [
        "there was no definition of create_user_execution_context to watch"
    ]


def test_an_unknown_caller_keeps_phase_3_from_being_reached(tmp_path: Path) -> None:
    main = CALLER + "\n\nold = vars(deps)['create' + '_user_execution_context']\nold(1, 2)\n"
    written(tmp_path, {**MIGRATED, "app/main.py": main})
    assert told(tmp_path)["reached"] == 3
    file = witness_file(tmp_path, caller("app/main.py", 11, "old(1, 2)"))
    document = told(tmp_path, "--witness", file)
    assert document["reached"] == 2
    assert document["next"] == [
        "See by which name each of those lines gets the factory, and migrate it by hand."
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"{", ":1: this is no JSON: "),
        (b"\n\xff", ":2: a byte that is no UTF-8"),
        (b"[" * 100_000, "this is no JSON"),
        (b"[]", "this holds no witnesses"),
        (b'{"callers": [], "version": 2}', "the version of these witnesses is 2; right would be 1"),
        (b'{"callers": [], "version": 1, "factory": 3}', "'factory' is missing or of the wrong kind"),
        (b'{"callers": [], "version": 1, "factory": "f", "definitions": []}', "'lost' is missing"),
        (
            b'{"callers": [], "version": 1, "factory": "f", "definitions": [1], "lost": 0}',
            "entry 1 of 'definitions': right would be an object with path, line, imported",
        ),
        (
            b'{"callers": [{"path": 1, "line": 1, "module": "", "source": "", "count": 1}], "version": 1, '
            b'"factory": "f", "definitions": [], "lost": 0}',
            "entry 1 of 'callers': 'path' is of the wrong kind",
        ),
        (
            b'{"callers": [], "version": 1, "factory": "f", "definitions": [], "lost": 0}',
            "the witnesses are of `f`, and the factory is `create_user_execution_context`",
        ),
    ],
    ids=[
        "none", "no JSON", "no text", "too deep", "another", "version", "factory", "lost", "shape", "kind",
        "another factory",
    ],
)  # fmt: skip
def test_a_witness_file_that_cannot_be_used(tmp_path: Path, content: bytes | None, message: str) -> None:
    written(tmp_path, BEGUN)
    if content is not None:
        (tmp_path / "w.json").write_bytes(content)
    result = ctxmigrate("--witness", str(tmp_path / "w.json"), str(tmp_path))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr


TEXT = """\
Phase 1, session management: reached
  yes  `UnifiedIdGenerator.get_or_create_user_session` is defined
       sessions.py:11
  yes  a session keeps when it was made
       sessions.py:14
  yes  a session keeps when it was last used
       sessions.py:15
  yes  a session expires
       sessions.py:21

Phase 2, the getter: reached
  yes  `get_user_execution_context` is defined
       deps.py:4
  yes  deps.py has the factory and the getter
       deps.py:8
  yes  `get_user_execution_context` calls `get_or_create_user_session`
       deps.py:4, deps.py:5

Phase 3, replaced calls: not reached
  no   2 of 5 calls are left
       app      [##########..........]  1 of 2 left
       app/new  [....................]  1 of 1 left, 1 blocked
       1 more folder with nothing left
  no   `create_user_execution_context` in deps.py does not warn that it is deprecated
       deps.py:8
  yes  a test compares the ids of one conversation's messages
       tests/test_continuity.py:4

Phase 4, removal and upkeep: not reached
  no   `create_user_execution_context` is still defined
       deps.py:8
  yes  a task in the background cleans sessions up
       sessions.py:26, app/main.py:6
  yes  there are figures of the sessions' health
       sessions.py:29

Phase 2 of 4 is reached.
Next:
    ctxmigrate rewrite --dry-run, then ctxmigrate rewrite
    ctxmigrate deprecate deps.py
"""


def test_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written(tmp_path, {**BEGUN, "app/new/blocked.py": BLOCKED_CALLER}))
    assert ctxmigrate().stdout == TEXT
    quiet = ctxmigrate("--quiet").stdout
    assert "yes" not in quiet
    assert "Phase 1," not in quiet
    assert quiet.endswith(TEXT[TEXT.index("Phase 2 of 4") :])


def test_the_text_of_a_narrow_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written(tmp_path, {**BEGUN, "app/new/blocked.py": BLOCKED_CALLER}))
    monkeypatch.setenv("COLUMNS", "48")
    narrow = ctxmigrate().stdout
    assert "       app/new 1 of 1 left, 1 blocked\n" in narrow
    assert "#" not in narrow
    lines = [line for line in narrow.splitlines() if "`" not in line]
    assert max(map(len, lines)) <= 48


def test_the_text_of_witnesses_and_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"bad\x1b.py": "create_user_execution_context(\n"}
    monkeypatch.chdir(written(tmp_path, {**WITNESSED, **broken}))
    witness_file(tmp_path, caller("app/old.py", 4, 'make("u", "t")'), lost=2)
    text = ctxmigrate("--witness", "witness.json").stdout
    assert (
        "Witnesses in witness.json: 2 calls from 1 line\n"
        '  app/old.py:4: 2 calls: make("u", "t")\n'
        "  2 of the test run's processes ended without telling what they saw: record the witnesses again\n"
    ) in text
    assert "\nbad\\x1b.py:1: CTX901: " in text
    assert "\x1b" not in text


def test_a_path_with_a_space_is_quoted_in_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "my app", {"deps.py": FACTORY, "sessions.py": SESSIONS})
    document = json.loads(ctxmigrate("--format", "json", "my app").stdout)
    assert document["next"] == ["ctxmigrate scaffold getter 'my app/deps.py'"]


def test_nothing_is_written(tmp_path: Path) -> None:
    written(tmp_path, BEGUN)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    told(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
