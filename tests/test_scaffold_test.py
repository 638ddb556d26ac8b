"""``scaffold test``: where the file goes, and that it passes as it was written, in trees of many shapes."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from scaffolding import APP, CONTEXT, FACTORY, Project

from codemod.phases.scaffold.pytest_settings import PytestSettings, pytest_settings

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = "tests/test_conversation_continuity.py"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def moved(folder: str) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in APP.items()}


ASYNC = dedent("""\
    import uuid


    class Context:
        def __init__(self, uid, tid, rid, /):
            self._uid, self.tid = uid, tid
            self.rid = rid

        @property
        def uid(self):
            return self._uid


    async def create_user_execution_context(*, thread_id: int, user_id: uuid.UUID, run_id=None):
        return Context(user_id, thread_id, run_id or str(uuid.uuid4()))
    """)


@pytest.mark.parametrize(
    "files",
    [
        {"deps.py": CONTEXT + FACTORY.replace("from app.context import Context\n", "")},
        {
            **moved("src"),
            "pytest.ini": "[pytest]\npythonpath = src\npython_files = check_*.py\ntestpaths = checks\n",
        },
        {**moved("back"), "back/tests/__init__.py": "", "back/tests/test_one.py": "from app import deps\n"},
        {"api/__init__.py": ASYNC.replace("\n", "\r\n")},
    ],
    ids=["flat", "src", "a folder with its own tests", "async, other names, in a package's file"],
)
def test_it_passes_as_written(project: Project, files: dict[str, str]) -> None:
    project.write(files)
    for thing in ("session", "getter", "test"):
        project.done(thing)
    after = project.files()
    for thing in ("session", "getter", "test"):
        assert "already" in project.done(thing)
    assert project.files() == after
    assert "5 passed" in outcome(project)


def outcome(project: Project) -> str:
    """What plain ``pytest`` prints, which unlike ``python -m pytest`` does not import from the current folder."""
    program = (
        "import sys\n"
        "sys.path.remove('')\n"
        "import pytest\n"
        "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '-W', 'error']))\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=project.root, capture_output=True, text=True, check=False
    ).stdout


def test_it_fails_where_a_conversation_loses_its_run(project: Project) -> None:
    forgetful = FACTORY + "\n\ndef get_user_execution_context(user_id: str, thread_id: str) -> Context:\n"
    project.write(
        {**APP, "app/deps.py": forgetful + "    return create_user_execution_context(user_id, thread_id)\n"}
    )
    project.done("test")
    assert "5 failed" in outcome(project)


GETTER = FACTORY + "\n\ndef get_user_execution_context(user_id: str, thread_id: str) -> Context: ...\n"
TEST = "def test_one(): ...\n"
ADDED = "sys.path.insert(0, str(Path(__file__).resolve().parents[{}]{}))\n"


@pytest.mark.parametrize(
    ("files", "path", "module", "added"),
    [
        ({}, DEFAULT, "app.deps", ADDED.format(1, "")),
        ({"conftest.py": ""}, DEFAULT, "app.deps", ""),
        ({"tests/__init__.py": ""}, DEFAULT, "app.deps", ""),
        ({"setup.cfg": "[tool:pytest]\npythonpath = .\n"}, DEFAULT, "app.deps", ""),
        ({"tests/test_one.py": "from app.deps import x\n", "setup.py": ""}, DEFAULT, "app.deps", ""),
        ({"tests/test_one.py": "from app.deps import x\n"}, DEFAULT, "app.deps", ADDED.format(1, "")),
        (
            {
                "tests/test_one.py": "import sys\nsys.path.append('.')\nfrom app.deps import x\n",
                "setup.py": "",
            },
            DEFAULT,
            "app.deps",
            ADDED.format(1, ""),
        ),
        (
            {"conftest.py": "", "pytest.ini": "[pytest]\naddopts = --import-mode=importlib\n"},
            DEFAULT,
            "app.deps",
            ADDED.format(1, ""),
        ),
        ({"app/test_one.py": TEST}, "app/test_conversation_continuity.py", "app.deps", ""),
        (
            {"test/unit/test_one.py": TEST},
            "test/test_conversation_continuity.py",
            "app.deps",
            ADDED.format(1, ""),
        ),
        (
            {"app/tests/a/test_one.py": TEST},
            "app/tests/test_conversation_continuity.py",
            "app.deps",
            ADDED.format(2, ""),
        ),
        (
            {"tox.ini": "[pytest]\npython_files = *_spec.py\n"},
            "tests/conversation_continuity_spec.py",
            "app.deps",
            ADDED.format(1, ""),
        ),
        (
            {"pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["qa"]\n', "qa/x.txt": ""},
            "qa/test_conversation_continuity.py",
            "app.deps",
            ADDED.format(1, ""),
        ),
    ],
)
def test_its_place_and_its_import(
    project: Project, files: dict[str, str], path: str, module: str, added: str
) -> None:
    project.write({**APP, "app/deps.py": GETTER, **files})
    project.done("test")
    text = project.text(path)
    assert f"from {module} import get_user_execution_context" in text
    assert added in text
    assert bool(added) == ("sys.path" in text)


def test_src_is_added_where_nothing_else_does(project: Project) -> None:
    project.write({**moved("src"), "src/app/deps.py": GETTER})
    told = project.done("test")
    assert ADDED.format(1, ' / "src"') in project.text(DEFAULT)
    assert "sys.path" in told


def test_the_name_is_the_one_by_which_the_module_s_own_imports_work(project: Project) -> None:
    project.write({**moved("back"), "back/app/deps.py": GETTER, "conftest.py": ""})
    project.done("test")
    assert ADDED.format(1, ' / "back"') in project.text(DEFAULT)


def test_a_module_in_no_package_is_named_from_the_pythonpath(project: Project) -> None:
    module = "def get_user_execution_context(user_id, thread_id): ...\n"
    project.write({"back/app/deps.py": module, "pytest.ini": "[pytest]\npythonpath = back\n"})
    project.done("test")
    assert "\nfrom app.deps import get_user_execution_context\n" in project.text(DEFAULT)


def test_a_test_that_is_there_stays(project: Project) -> None:
    project.write({**APP, "app/deps.py": GETTER, DEFAULT: "# get_user_execution_context\n"})
    assert project.done("test") == f"{DEFAULT} is there already.\n"
    project.write({DEFAULT: TEST})
    assert "it is there already, and does not mention `get_user_execution_context`" in project.refused("test")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "Help: Run `ctxmigrate scaffold getter` first."),
        (
            {"app/deps.py": GETTER, "pyproject.toml": "[tool.ctxmigrate]\nsession-key = []\n"},
            "session-key is empty, so nothing tells one conversation from another",
        ),
        ({"app/deps.py": ""}, "the factory `create_user_execution_context` is defined nowhere"),
        (
            {
                "a.py": "def get_user_execution_context(): ...\n",
                "b.py": "def get_user_execution_context(): ...\n",
            },
            "a.py:1: one of several definitions",
        ),
        (
            {"app/deps.py": GETTER.replace("thread_id: str)", "thread_id: str, db)")},
            "`get_user_execution_context` needs `db` too",
        ),
        ({"app/deps.py": GETTER.replace("thread_id: str)", "session: str)")}, "needs `session` too"),
        (
            {"app/deps.py": GETTER, "app/context.py": CONTEXT.replace("run_id", "run")},
            "the objects of `Context` have no `run_id` that can be seen",
        ),
    ],
)
def test_refusals(project: Project, files: dict[str, str], reason: str) -> None:
    project.write({**APP, **files})
    assert reason in project.refused("test")


@pytest.mark.parametrize("returns", ["", " -> dict[str, str]", " -> Context"])
def test_a_dictionary_is_read_as_one(project: Project, returns: str) -> None:
    getter = f"def get_user_execution_context(user_id, thread_id){returns}:\n    return {{}}\n"
    context = "from typing import TypedDict\n\n\nclass Context(TypedDict):\n    user_id: str\n"
    project.write({**APP, "app/deps.py": f"{FACTORY}\n\n{getter}", "app/context.py": context})
    project.done("test")
    reading = 'Identity(context["user_id"], context["thread_id"], context["run_id"])'
    assert reading in project.text(DEFAULT)


def test_settings_come_from_the_first_file_that_has_any(tmp_path: Path) -> None:
    assert pytest_settings(tmp_path) == PytestSettings()
    (tmp_path / "setup.cfg").write_text("[tool:pytest]\ntestpaths = a/ ./b\n")
    assert pytest_settings(tmp_path).testpaths == ("a", "b")
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    assert pytest_settings(tmp_path) == PytestSettings(pythonpath=("",))
    (tmp_path / "pytest.ini").write_text("no section\n")
    assert pytest_settings(tmp_path).pythonpath == ("",)


def test_a_folder_that_is_no_module_s_name_is_imported_from(project: Project) -> None:
    project.write({"my-app/deps.py": CONTEXT + FACTORY.replace("from app.context import Context\n", "")})
    for thing in ("session", "getter", "test"):
        project.done(thing)
    assert "from unified_id_generator import UnifiedIdGenerator\n" in project.text("my-app/deps.py")
    assert ADDED.format(1, ' / "my-app"') in project.text(DEFAULT)
