"""``ctxmigrate verify --getter``: the real function, tried in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from codemod.cli import main

GETTER = "app.dependencies:get_user_execution_context"
CONTEXT = """\
import threading
import uuid


class Context:
    def __init__(self, user_id, thread_id, run_id):
        self.user_id, self.thread_id, self.run_id = user_id, thread_id, run_id


sessions = {}
lock = threading.Lock()


def new(user_id, thread_id):
    return Context(user_id, thread_id, str(uuid.uuid4()))


"""
SYNC = """\
def get_user_execution_context(user_id, thread_id):
    with lock:
        if (user_id, thread_id) not in sessions:
            sessions[user_id, thread_id] = new(user_id, thread_id)
        return sessions[user_id, thread_id]
"""
ASYNC = """\
import asyncio

turn = asyncio.Lock()


async def get_user_execution_context(user_id, thread_id):
    async with turn:
        if (user_id, thread_id) not in sessions:
            await asyncio.sleep(0)
            sessions[user_id, thread_id] = new(user_id, thread_id)
        return sessions[user_id, thread_id]
"""
MAPPING = """\
def get_user_execution_context(user_id, thread_id):
    return vars(sessions.setdefault((user_id, thread_id), new(user_id, thread_id)))
"""
POSITIONAL = """\
def get_user_execution_context(user, thread, /, tenant=None):
    return sessions.setdefault((user, thread), new(user, thread))
"""
WITHOUT_A_LOCK = """\
def get_user_execution_context(user_id, thread_id):
    if (user_id, thread_id) not in sessions:
        sessions[user_id, thread_id] = new(user_id, thread_id)
    return sessions[user_id, thread_id]
"""
ASYNC_WITHOUT_A_LOCK = """\
import asyncio


async def get_user_execution_context(user_id, thread_id):
    if (user_id, thread_id) not in sessions:
        await asyncio.sleep(0)
        sessions[user_id, thread_id] = new(user_id, thread_id)
    return sessions[user_id, thread_id]
"""
ALWAYS_NEW = """\
def get_user_execution_context(user_id, thread_id):
    return new(user_id, thread_id)
"""
BY_THREAD_ONLY = """\
def get_user_execution_context(user_id, thread_id):
    return sessions.setdefault(thread_id, new(user_id, thread_id))
"""
ONE_FOR_ALL = """\
only = new("nobody", "none")


def get_user_execution_context(user_id, thread_id):
    return only
"""
LAST_ONLY = """\
def get_user_execution_context(user_id, thread_id):
    with lock:
        if (user_id, thread_id) not in sessions:
            sessions.clear()
            sessions[user_id, thread_id] = new(user_id, thread_id)
        return sessions[user_id, thread_id]
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    monkeypatch.chdir(folder)
    Path("pyproject.toml").write_text("[tool.ctxmigrate]\n")
    Path("app/__init__.py").touch()
    return folder


def define(source: str) -> None:
    Path("app/dependencies.py").write_text(textwrap.dedent(source))


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", "--getter", GETTER, *arguments], catch_exceptions=False)


def checks(*arguments: str) -> dict[str, dict[str, Any]]:
    result = verify("--format", "json", *arguments)
    document = json.loads(result.stdout)
    found = any(check["findings"] for check in document["checks"])
    assert result.exit_code == int(found)
    names = ("probe", "continuity", "isolation", "concurrency")
    return {check["name"]: check for check in document["checks"] if check["name"] in names}


def verdicts(*arguments: str) -> list[str]:
    return [check["verdict"] for check in checks(*arguments).values()]


def messages(check: dict[str, Any]) -> list[str]:
    return [f"{each['path']}:{each['line']}: {each['message']}" for each in check["findings"]]


@pytest.mark.parametrize(
    "source", [SYNC, ASYNC, MAPPING, POSITIONAL], ids=["sync", "async", "mapping", "positional"]
)
def test_a_getter_that_keeps_sessions_passes(source: str) -> None:
    define(CONTEXT + source)
    assert verdicts() == ["ok"] * 4


def test_the_run_says_that_it_runs_the_code_of_the_tree() -> None:
    define(CONTEXT + SYNC)
    result = verify()
    assert result.stderr.startswith("Running the tree's code: ")
    assert "imports app.dependencies and calls get_user_execution_context" in result.stderr
    assert "concurrency: 100 threads, and 100 asyncio tasks, with one key get one `run_id`" in result.stdout


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            ALWAYS_NEW,
            {
                "continuity": ["two calls with one `user_id` and `thread_id` got two `run_id`: "],
                "concurrency": [
                    "100 threads with one key got 100 different `run_id`",
                    "100 asyncio tasks with one key got 100 different `run_id`",
                ],
            },
        ),
        (
            BY_THREAD_ONLY,
            {
                "isolation": [
                    "a call with another `user_id` gets the same `run_id`: ",
                    "a call with another `user_id` gets the same `user_id`: ",
                ]
            },
        ),
        (
            ONE_FOR_ALL,
            {
                "isolation": [
                    f"a call with another `{name}` gets the same `{each}`: "
                    for name in ("user_id", "thread_id")
                    for each in ("run_id", name)
                ]
            },
        ),
        (LAST_ONLY, {"isolation": ["after a call with another key, the first key gets another `run_id`"]}),
        (WITHOUT_A_LOCK, {"concurrency": ["100 threads with one key got "]}),
        (
            ASYNC_WITHOUT_A_LOCK,
            {"concurrency": ["100 threads with one key got ", "100 asyncio tasks with one key got "]},
        ),
    ],
    ids=[
        "always-new",
        "by-thread-only",
        "one-for-all",
        "last-only",
        "without-a-lock",
        "async-without-a-lock",
    ],
)
def test_a_promise_that_is_not_kept_is_found(source: str, expected: dict[str, list[str]]) -> None:
    define(CONTEXT + source)
    line = (CONTEXT + source).partition("def get_user")[0].count("\n") + 1
    found = {name: check for name, check in checks().items() if check["findings"]}
    assert found.keys() == expected.keys()
    for name, starts in expected.items():
        assert found[name]["message"].startswith("it is not so that ")
        assert all(each["help"] for each in found[name]["findings"])
        for message, start in zip(messages(found[name]), starts, strict=True):
            assert message.startswith(f"app/dependencies.py:{line}: {start}")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import gone\n", "app/dependencies.py:1: importing `app.dependencies` raised ModuleNotFoundError: No module"),
        ("def broken(:\n    pass\n", "app/dependencies.py:1: importing `app.dependencies` raised SyntaxError: "),
        ("import sys\nsys.exit(3)\n", "app/dependencies.py:2: importing `app.dependencies` raised SystemExit: 3"),
        ("x = 1\n", ":0: `app.dependencies` has no `get_user_execution_context`"),
        ("get_user_execution_context = 1\n", ":0: `app.dependencies:get_user_execution_context` is not callable"),
        (
            "def get_user_execution_context(user_id, thread_id, tenant):\n    pass\n",
            "app/dependencies.py:1: it takes (user_id, thread_id, tenant), so it cannot be called with `user_id` and",
        ),
        (
            "def get_user_execution_context(user_id, thread_id):\n    raise ValueError('no such user')\n",
            "app/dependencies.py:2: it raised ValueError: no such user",
        ),
        (
            "async def get_user_execution_context(user_id, thread_id):\n    raise SystemExit\n",
            "app/dependencies.py:2: it raised SystemExit",
        ),
        (
            "def get_user_execution_context(user_id, thread_id):\n    return [user_id]\n",
            "app/dependencies.py:1: it returns an object of type `list` without a `run_id`",
        ),
        (
            "import os\n\n\ndef get_user_execution_context(user_id, thread_id):\n    os._exit(7)\n",
            ":0: it ended the process with exit status 7 while it was called once",
        ),
        (
            "import os\n\n\ndef get_user_execution_context(user_id, thread_id):\n    os.kill(os.getpid(), 9)\n",
            ":0: it was ended by signal 9 while it was called once",
        ),
    ],
)  # fmt: skip
def test_a_function_that_cannot_be_tried_is_told_with_the_reason(source: str, message: str) -> None:
    define(source)
    found = checks()
    (line,) = messages(found["probe"])
    assert line.startswith(message)
    assert [check["verdict"] for check in found.values()] == ["found", *["not-run"] * 3]


def test_an_error_comes_with_the_last_lines_that_were_printed() -> None:
    define("print('connecting')\nimport missing_dependency\n")
    found = checks()["probe"]
    output = found["output"]
    assert output[:2] == ["connecting", "Traceback (most recent call last):"]
    assert output[2].endswith('app/dependencies.py", line 2, in <module>')
    assert output[-1] == "ModuleNotFoundError: No module named 'missing_dependency'"
    assert "`--python .venv/bin/python`" in found["findings"][0]["help"]
    assert "    | ModuleNotFoundError: No module named 'missing_dependency'" in verify().stdout


def test_what_the_code_prints_disturbs_nothing() -> None:
    noise = 'print("{}", flush=True)\nimport os\nos.write(1, b"\\xff\\x00" * 100000)\nos.close(0)\n'
    define(CONTEXT + noise + SYNC)
    assert verdicts() == ["ok"] * 4


def test_threads_and_exit_handlers_of_the_code_do_not_keep_it_alive() -> None:
    forever = (
        "import atexit, time\n"
        "threading.Thread(target=time.sleep, args=(1000,)).start()\n"
        "atexit.register(time.sleep, 1000)\n"
    )
    define(CONTEXT + forever + SYNC)
    assert verdicts() == ["ok"] * 4


def test_errors_in_threads_are_found() -> None:
    define(
        CONTEXT
        + "def get_user_execution_context(user_id, thread_id):\n"
        + "    if threading.current_thread() is not threading.main_thread():\n"
        + "        raise RuntimeError('not here')\n"
        + "    return sessions.setdefault((user_id, thread_id), new(user_id, thread_id))\n"
    )
    found = checks()["concurrency"]
    assert messages(found)[0].endswith("100 of 100 threads with one key: it raised RuntimeError: not here")
    assert found["output"][-1] == "RuntimeError: not here"


def test_a_function_that_hangs_is_ended_and_told_with_its_place() -> None:
    define(
        CONTEXT
        + "def get_user_execution_context(user_id, thread_id):\n"
        + "    if threading.current_thread() is not threading.main_thread():\n"
        + "        threading.Event().wait()\n"
        + "    return sessions.setdefault((user_id, thread_id), new(user_id, thread_id))\n"
    )
    found = checks("--timeout", "3")["concurrency"]
    assert messages(found) == [
        "app/dependencies.py:20: it did not come to its end within 3 s while 100 threads called it"
    ]
    assert "--timeout" in found["findings"][0]["help"]


def test_what_a_hanging_module_started_is_ended_with_it() -> None:
    define(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "time.sleep(1000)\n"
    )
    (line,) = messages(checks("--timeout", "3")["probe"])
    assert line == "app/dependencies.py:4: it did not come to its end within 3 s while it was imported"
    child = Path("child").read_text()
    state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True, check=False)
    assert state.stdout.strip()[:1] in ("", "Z")


def test_the_tree_stays_as_it_was(root: Path) -> None:
    define(CONTEXT + SYNC)
    before = sorted(path.name for path in root.rglob("*"))
    verify()
    assert sorted(path.name for path in root.rglob("*")) == before


def test_modules_are_found_from_the_source_root(root: Path) -> None:
    define(CONTEXT + SYNC)
    (root / "src").mkdir()
    (root / "app").rename(root / "src/app")
    assert verdicts() == ["ok"] * 4


def test_modules_of_the_tree_with_the_names_of_our_own_are_its_own() -> None:
    define("import naming, words, probing\n" + CONTEXT + SYNC)
    for name in ("naming", "words", "probing"):
        Path(f"{name}.py").write_text("")
    assert verdicts() == ["ok"] * 4


def test_the_names_of_the_key_and_the_run_come_from_the_configuration() -> None:
    Path("pyproject.toml").write_text(
        '[tool.ctxmigrate]\nsession-key = ["tenant", "chat"]\ndrop = ["trace"]\n'
        'parameters = ["tenant", "chat", "trace"]\n'
    )
    define(
        "known = {}\n\n\ndef get_user_execution_context(*, tenant, chat):\n"
        "    return known.setdefault((tenant, chat), {'trace': object()})\n"
    )
    found = checks()
    assert found["isolation"]["message"] == "a call with another `tenant` or `chat` gets another `trace`"
    notes = [each["message"] for each in found["continuity"]["notes"]]
    assert notes == [
        f"what it returns has no `{name}`, so that cannot be compared" for name in ("tenant", "chat")
    ]


def test_methods_and_other_functions_can_be_named() -> None:
    define(CONTEXT + "class Service:\n    @staticmethod\n" + textwrap.indent(SYNC, "    "))
    arguments = ["verify", "--getter", "app.dependencies:Service.get_user_execution_context"]
    assert CliRunner().invoke(main, arguments).exit_code == 0


def test_another_python_runs_it() -> None:
    Path("python").write_text(f'#!/bin/sh\necho started\nexec {sys.executable} "$@"\n')
    Path("python").chmod(0o755)
    define(CONTEXT + SYNC)
    found = checks("--python", "./python")
    assert [check["verdict"] for check in found.values()] == ["ok"] * 4
    assert f"{os.getcwd()}/python" in found["probe"]["message"]


def test_a_python_that_ends_at_once_is_told() -> None:
    Path("python").write_text("#!/bin/sh\necho no such thing >&2\nexit 4\n")
    Path("python").chmod(0o755)
    define(CONTEXT + SYNC)
    found = checks("--python", "./python")["probe"]
    assert messages(found) == [":0: it ended the process with exit status 4 before anything was imported"]
    assert found["output"] == ["no such thing"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--getter", "app.dependencies.get_context"], "right would be MODULE:FUNCTION, such as app.dependencies:get"),
        (["--getter", "app/dependencies.py:get"], "right would be MODULE:FUNCTION"),
        (["--getter", "app:get()"], "right would be MODULE:FUNCTION"),
        (["--getter", GETTER, "--python", "no-such-python"], "'no-such-python' is no program that can be run"),
        (["--getter", GETTER, "--timeout", "0"], "--timeout"),
        (["--timeout", "3"], "--timeout and --python go with --getter."),
        (["--python", "python3"], "--timeout and --python go with --getter."),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told(arguments: list[str], message: str) -> None:
    define(CONTEXT + SYNC)
    result = CliRunner().invoke(main, ["verify", *arguments])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_program_that_cannot_be_run_is_told() -> None:
    Path("python").write_bytes(b"\x7fELF")
    Path("python").chmod(0o755)
    define(CONTEXT + SYNC)
    result = verify("--python", "./python")
    assert result.exit_code == 2
    assert "cannot be run: Exec format error" in result.stderr
