"""``scaffold getter``: what is written for each way in which a factory makes its context, and what is refused."""

from __future__ import annotations

import json
import subprocess
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from scaffolding import APP, FACTORY, MANAGER, Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def getter(project: Project, module: str, path: str = "deps.py") -> str:
    """The getter that is written into a module that has all but the session manager."""
    project.write({"sessions.py": MANAGER, path: dedent(module)})
    project.done("getter")
    text = project.text(path)
    start = text.index("def get_user_execution_context")
    start = text.rindex("\n", 0, start) + 1
    return text[start : text.index("\n\n\n", start)] + "\n"


PLAIN = """\
from uuid import uuid4


class Context:
    def __init__(self, user_id, thread_id, run_id, db, *, mode, level=3):
        self.user_id, self.thread_id, self.run_id = user_id, thread_id, run_id


"""


def test_the_getter_stands_before_the_factory_and_its_import_after_the_others(project: Project) -> None:
    project.write({**APP, "app/sessions.py": MANAGER})
    assert project.done("getter") == (
        "app/deps.py:7: `get_user_execution_context`, which asks `Sessions.get_or_create_user_session`\n"
        "app/deps.py:17: not carried over: the parameter `db`, by default `None`; `db` is as `Context` has it\n"
        "\n"
        "1 file written.\n"
        "The getter makes a new context for each call: only what the session keeps, such as `run_id`, is the\n"
        "    same.\n"
        "Next: ctxmigrate scaffold test\n"
    )
    assert project.text("app/deps.py") == dedent('''\
        from uuid import uuid4

        from app.context import Context
        from app.sessions import Sessions


        def get_user_execution_context(user_id: str, thread_id: str) -> Context:
            """Return the session's context, with one run for all its messages."""
            session = Sessions.get_or_create_user_session(user_id, thread_id)
            return Context(
                user_id=session.user_id,
                thread_id=session.thread_id,
                run_id=session.run_id,
            )


        def create_user_execution_context(user_id: str, thread_id: str, run_id: str = "", db: object = None) -> Context:
            return Context(user_id, thread_id, run_id or str(uuid4()), db)
        ''')


def test_a_second_run_says_that_it_is_there(project: Project) -> None:
    project.write({**APP, "app/sessions.py": MANAGER})
    project.done("getter")
    before = project.files()
    assert project.done("getter") == "`get_user_execution_context` is there already: app/deps.py:7.\n"
    assert project.files() == before


def test_a_getter_is_there_where_the_factory_is_gone(project: Project) -> None:
    project.write({"deps.py": "def get_user_execution_context(user_id, thread_id): ...\n"})
    assert "is there already: deps.py:1. The factory is gone." in project.done("getter")


def test_an_applied_dry_run_is_the_run(project: Project) -> None:
    project.write(
        {
            **APP,
            "app/sessions.py": MANAGER,
            "app/deps.pyi": "def create_user_execution_context(user_id, thread_id): ...\n",
        }
    )
    before = project.files()
    result = project.run("getter", "--dry-run")
    assert project.files() == before
    assert "2 files would be written." in result.stderr
    project.done("getter")
    after = project.files()
    project.write({path: content.decode() for path, content in before.items()})
    subprocess.run(["git", "apply"], cwd=project.root, input=result.stdout_bytes, check=True)
    assert project.files() == after


def test_all_and_the_stub_list_it_too(project: Project) -> None:
    stub = """\
        from app.context import Context
        __all__ = ["create_user_execution_context"]
        def create_user_execution_context(user_id: str, thread_id: str, run_id: str = ...) -> Context: ...
        """
    listed = FACTORY.replace("\n\n\ndef", '\n\n__all__ = [\n    "create_user_execution_context",\n]\n\n\ndef')
    project.write({**APP, "app/sessions.py": MANAGER, "app/deps.py": listed, "app/deps.pyi": dedent(stub)})
    project.done("getter")
    names = '__all__ = [\n    "create_user_execution_context",\n    "get_user_execution_context",\n]\n'
    assert names in project.text("app/deps.py")
    assert project.text("app/deps.pyi") == dedent("""\
        from app.context import Context
        __all__ = ["create_user_execution_context", "get_user_execution_context"]
        def get_user_execution_context(user_id: str, thread_id: str) -> Context: ...
        def create_user_execution_context(user_id: str, thread_id: str, run_id: str = ...) -> Context: ...
        """)


def test_a_stub_out_of_paths_stays_and_is_told(project: Project) -> None:
    stub = "def create_user_execution_context(user_id, thread_id): ...\n"
    project.write({**APP, "app/sessions.py": MANAGER, "app/deps.pyi": stub})
    told = " ".join(project.done("getter", "app/deps.py").split())
    assert "Declare `get_user_execution_context` in app/deps.pyi" in told
    assert project.text("app/deps.pyi") == stub


def test_what_the_session_does_not_know_has_a_default_or_the_factory_s_own(project: Project) -> None:
    module = PLAIN + (
        "async def create_user_execution_context(user_id, thread_id=None, run_id=None, db=None):\n"
        '    context = Context(user_id, thread_id, run_id or str(uuid4()), db, mode="chat")\n'
        "    return context\n"
    )
    assert getter(project, module) == dedent('''\
        async def get_user_execution_context(user_id, thread_id):
            """Return the session's context, with one run for all its messages."""
            session = Sessions.get_or_create_user_session(user_id, thread_id)
            return Context(
                user_id=session.user_id,
                thread_id=session.thread_id,
                run_id=session.run_id,
                db=None,
                mode="chat",
            )
        ''')


def test_parameters_keep_their_kinds_and_lose_their_defaults(project: Project) -> None:
    module = """\
        from typing import NamedTuple, Optional


        class Context(NamedTuple):
            user: int
            thread: str
            run: str


        def create_user_execution_context(
            *, thread_id: Optional[str] = None, run_id: str = "", user_id: "int"
        ) -> "Context":
            return Context(int(user_id), thread_id, run=run_id if run_id else "x")
        """
    refusal = "`Context` needs `user`, which the session does not know"
    project.write({"sessions.py": MANAGER, "deps.py": dedent(module)})
    assert refusal in project.refused("getter")
    assert getter(project, module.replace("int(user_id)", "user_id")) == dedent('''\
        def get_user_execution_context(*, thread_id: str, user_id: "int") -> "Context":
            """Return the session's context, with one run for all its messages."""
            session = Sessions.get_or_create_user_session(user_id, thread_id)
            return Context(
                user=session.user_id,
                thread=session.thread_id,
                run=session.run_id,
            )
        ''')


def test_a_converted_value_stays_converted(project: Project) -> None:
    module = PLAIN + (
        "def create_user_execution_context(user_id, thread_id, /, run_id=None, **rest):\n"
        "    return Context(user_id=str(user_id), thread_id=thread_id or 'none', run_id=str(run_id or uuid4()),\n"
        "                   db=None, mode='m', **rest)\n"
    )
    text = getter(project, module)
    assert "def get_user_execution_context(user_id, thread_id, /):" in text
    assert "        user_id=str(session.user_id),\n        thread_id=session.thread_id,\n" in text
    assert "        run_id=str(session.run_id),\n" in text


def test_fields_come_from_base_classes_too(project: Project) -> None:
    base = "from dataclasses import dataclass\n\n\n@dataclass\nclass Base:\n    user_id: str\n    thread_id: str\n"
    context = """\
        from dataclasses import dataclass, field
        from typing import ClassVar
        from app.base import Base


        @dataclass
        class Context(Base):
            run_id: str
            count: ClassVar[int] = 0
            seen: list = field(init=False, default_factory=list)
            db: object = field(default=None)
        """
    project.write({**APP, "app/base.py": base, "app/context.py": dedent(context), "app/sessions.py": MANAGER})
    project.done("getter")
    given = "user_id=session.user_id,\n        thread_id=session.thread_id,\n        run_id=session.run_id,\n    )"
    assert given in project.text("app/deps.py")


def test_a_class_from_elsewhere_is_made_as_the_factory_makes_it(project: Project) -> None:
    module = """\
        from vendor import Context


        def create_user_execution_context(user_id, thread_id, run_id=None, db=None):
            return Context(user=user_id, thread_id=thread_id, run_id=run_id, db=db, kind="chat")
        """
    text = getter(project, module)
    assert (
        "user=session.user_id,\n        thread_id=session.thread_id,\n        run_id=session.run_id,\n"
        in text
    )
    assert '        db=None,\n        kind="chat",\n    )' in text


def test_a_local_import_of_the_class_is_repeated(project: Project) -> None:
    local = "    from app.context import Context\n"
    factory = FACTORY.replace("from app.context import Context\n\n\n", "\n").replace(
        "-> Context:\n", f'-> "Context":\n{local}'
    )
    project.write({**APP, "app/deps.py": factory, "app/sessions.py": MANAGER})
    project.done("getter")
    text = project.text("app/deps.py")
    assert f'one run for all its messages."""\n{local}\n    session = ' in text


def test_a_circular_import_is_made_in_the_function(project: Project) -> None:
    project.write({**APP, "lib/__init__.py": "import lib.users\n", "lib/users.py": "from app import deps\n"})
    project.write({"lib/sessions.py": MANAGER})
    project.done("getter")
    assert "    from lib.sessions import Sessions\n\n    session = Sessions." in project.text("app/deps.py")


@pytest.mark.parametrize(
    ("imports", "written"),
    [
        ("from .context import Context\n", "from .context import Context\nfrom .sessions import Sessions\n"),
        (
            "import uuid\nfrom app.context import Context\n",
            "import uuid\nfrom app.context import Context\nfrom app.sessions import Sessions\n",
        ),
        (
            "from app.context import Context\nfrom app.tools import x\n",
            "from app.context import Context\nfrom app.sessions import Sessions\nfrom app.tools import x\n",
        ),
        (
            "from app.sessions import Sessions as S\nfrom app.context import Context\n",
            "from app.sessions import Sessions as S\nfrom app.context import Context\n",
        ),
        (
            "from app.sessions import Session, other\nfrom app.context import Context\n",
            "from app.sessions import Session, Sessions, other\nfrom app.context import Context\n",
        ),
        (
            "from app import Sessions\nfrom app.context import Context\n",
            "from app import Sessions\nfrom app.context import Context\n",
        ),
    ],
    ids=[
        "relative",
        "after its kin",
        "sorted",
        "there under another name",
        "one name more",
        "there by a re-export",
    ],
)
def test_the_import_has_its_place(project: Project, imports: str, written: str) -> None:
    factory = f"{imports}\n\n{FACTORY[FACTORY.index('def ') :]}"
    project.write(
        {
            **APP,
            "app/__init__.py": "from app.sessions import Sessions\n" if "from app import" in imports else "",
            "app/tools.py": "x = 1\n",
        }
    )
    project.write({"app/deps.py": factory, "app/sessions.py": MANAGER})
    project.done("getter")
    assert project.text("app/deps.py").startswith(f"{written}\n\ndef get_user_execution_context")


def test_bytes_around_it_stay(project: Project) -> None:
    factory = "\ufeff# -*- coding: utf-8 -*-\r\n" + FACTORY.replace(
        "    return", "\t\t# caf\u00e9\n\t\treturn"
    ).replace("\n", "\r\n")
    project.write({**APP, "app/deps.py": factory, "app/sessions.py": MANAGER})
    project.done("getter")
    text = project.text("app/deps.py")
    added = text[text.index("def get_") : text.index("def create_")]
    assert text.replace(added, "").replace("from app.sessions import Sessions\r\n", "") == factory
    assert "\r\n\t\tsession = " in added
    assert "\n" not in added.replace("\r\n", "")


def test_a_comment_and_decorators_stay_with_the_factory(project: Project) -> None:
    module = PLAIN.replace("db, *, mode,", "db=None, *, mode=1,") + (
        "# Makes contexts.\n@deprecated\n"
        "def create_user_execution_context(user_id, thread_id, run_id=None):\n"
        "    return Context(user_id, thread_id, run_id)\n"
    )
    getter(project, module)
    text = project.text("deps.py")
    assert "\n    )\n\n\n# Makes contexts.\n@deprecated\ndef create_user_execution_context(" in text


@pytest.mark.parametrize(
    ("manager", "call"),
    [
        (
            "def get_or_create_user_session(*, thread_id, user_id, ttl=3):\n    return {'user_id': 1, 'run_id': 2}\n",
            "get_or_create_user_session(user_id=user_id, thread_id=thread_id)\n    return Context(\n"
            '        user_id=session["user_id"],\n        thread_id=thread_id,\n        run_id=session["run_id"],\n',
        ),
        (
            MANAGER.replace("    @classmethod\n", "").replace("cls, ", "self, ")
            + "\n\nsessions = Sessions()\n",
            "sessions.get_or_create_user_session(user_id, thread_id)",
        ),
    ],
    ids=["a function that gives a dictionary", "a method of an object"],
)
def test_other_session_managers(project: Project, manager: str, call: str) -> None:
    project.write({**APP, "app/sessions.py": manager})
    project.done("getter")
    assert f"    session = {call}" in project.text("app/deps.py")


def test_module_chooses_among_session_managers(project: Project) -> None:
    project.write({**APP, "app/a.py": MANAGER, "app/b.py": MANAGER})
    told = project.refused("getter")
    assert "app/a.py:13: one of several session managers" in told
    assert "--module app.b" in told
    project.done("getter", "--module", "app.b")
    assert "from app.b import Sessions\n" in project.text("app/deps.py")


def _factory(body: str, head: str = "user_id, thread_id, run_id=None") -> str:
    return f"from app.context import Context\n\n\ndef create_user_execution_context({head}):\n{body}"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"app/deps.py": "x = 1\n"},
            "the factory `create_user_execution_context` is defined nowhere under the root",
        ),
        (
            {"app/more.py": FACTORY},
            "app/more.py:6: one of several definitions of `create_user_execution_context`",
        ),
        ({"app/sessions.py": ""}, "Help: Run `ctxmigrate scaffold session` first."),
        (
            {"app/sessions.py": MANAGER.replace("def get", "async def get")},
            "is async, and `create_user_execution_context` is not",
        ),
        (
            {"app/sessions.py": MANAGER.replace("    run_id: str\n", "")},
            "have no `run_id`, so a conversation could not keep it",
        ),
        (
            {"app/sessions.py": MANAGER.replace(" -> Session", "").replace("Session(", "new(")},
            "returns cannot be read off its source",
        ),
        (
            {"app/sessions.py": MANAGER.replace("thread_id: str)", "thread_id: str, org: str)")},
            "needs `org` too",
        ),
        ({"app/sessions.py": MANAGER.replace("    @classmethod\n", "")}, "needs an object of its class"),
        (
            {"app/deps.py": FACTORY + "get_user_execution_context = None\n"},
            "app/deps.py:8: the name `get_user_execution_context` is taken",
        ),
        (
            {"app/deps.py": FACTORY + "Sessions = None\n"},
            "the name `Sessions`, by which the session manager would be imported, is taken",
        ),
        ({"app/deps.py": _factory("    return {}\n")}, "nothing tells the class of what it returns"),
        (
            {"app/deps.py": _factory("    yield Context(user_id, thread_id, run_id)\n")},
            "it yields its context",
        ),
        (
            {"app/deps.py": _factory("    return make(user_id)\n")},
            "Help: Annotate its return with the class, or write the getter by hand.",
        ),
        (
            {
                "app/deps.py": _factory(
                    "    thread_id = f'{org}/{thread_id}'\n    return Context(user_id, thread_id, run_id)\n"
                )
            },
            "app/deps.py:5: `create_user_execution_context` makes another `thread_id`",
        ),
        (
            {"app/deps.py": _factory("    return Context(user_id.strip(), thread_id, run_id)\n")},
            "makes another `user_id` of the one that it is given",
        ),
        (
            {"app/deps.py": _factory("    return Context('', '', run_id)\n", "name, run_id=None")},
            "has no parameter `user_id`, which the session key has",
        ),
        (
            {
                "app/context.py": "class Context:\n    def __init__(self, user_id, thread_id, run_id, db, *, o): ...\n"
            },
            "`Context` needs `o`, which the session does not know",
        ),
        (
            {"app/context.py": "class Context:\n    def __init__(self, user_id, thread_id, *rest): ...\n"},
            "`Context` takes no `run_id`",
        ),
        (
            {
                "app/old.py": "def get_user_execution_context(u, t):\n    return get_or_create_user_session(u, t)\n"
            },
            'set getter = "app.old.get_user_execution_context"',
        ),
        (
            {"pyproject.toml": '[tool.ctxmigrate]\ngetter = "app.api.get_user_execution_context"\n'},
            "the getter is to come from `app.api`",
        ),
    ],
)
def test_refusals(project: Project, files: dict[str, str], reason: str) -> None:
    project.write({**APP, "app/sessions.py": MANAGER, **files})
    assert reason in project.refused("getter")


@pytest.mark.parametrize(
    ("files", "place", "name"),
    [
        ({"app/deps.py": FACTORY + "x = (\n"}, "app/deps.py:8", "create_user_execution_context"),
        ({"app/sessions.py": MANAGER + "x = (\n"}, "app/sessions.py:15", "get_or_create_user_session"),
    ],
)
def test_a_syntax_error_is_an_error(project: Project, files: dict[str, str], place: str, name: str) -> None:
    project.write({**APP, "app/sessions.py": MANAGER, **files})
    result = project.run("getter")
    assert result.exit_code == 2
    told = " ".join(result.output.split())
    assert f"{place}: CTX901" in told
    assert f"mend it first, as it seems to define `{name}`" in told


def test_a_long_import_stands_on_several_lines(project: Project) -> None:
    project.write({**APP, "ruff.toml": "line-length = 40\n", "app/keepers_of_all_sessions.py": MANAGER})
    project.done("getter")
    text = project.text("app/deps.py")
    assert "from app.keepers_of_all_sessions import (\n    Sessions,\n)\n" in text
    assert "def get_user_execution_context(\n    user_id: str,\n    thread_id: str,\n) -> Context:\n" in text


def test_a_factory_in_a_block_has_its_getter_before_that(project: Project) -> None:
    definition = FACTORY[FACTORY.index("def ") :].replace("    ", "        ")
    block = f"try:\n    import fast\nexcept ImportError:\n    {definition}"
    project.write(
        {**APP, "app/sessions.py": MANAGER, "app/deps.py": "from app.context import Context\n" + block}
    )
    project.done("getter")
    assert f"\n    )\n\n\n{block}" in project.text("app/deps.py")


def test_a_factory_in_a_block_with_its_class_is_refused(project: Project) -> None:
    definition = FACTORY[FACTORY.index("def ") :].replace("    ", "        ")
    block = f"try:\n    from app.context import Context\nfinally:\n    {definition}"
    project.write({**APP, "app/sessions.py": MANAGER, "app/deps.py": block})
    assert "is defined in a block with `Context`" in project.refused("getter")


def test_the_local_name_is_a_new_one(project: Project) -> None:
    manager = (
        MANAGER.replace("    @classmethod\n", "").replace("cls, ", "self, ") + "\n\nsession = Sessions()\n"
    )
    project.write({**APP, "app/sessions.py": manager})
    project.done("getter")
    assert "    user_session = session.get_or_create_user_session(" in project.text("app/deps.py")


def test_a_build_of_the_tree_that_git_ignores_is_no_second_session_manager(project: Project) -> None:
    project.write(
        {**APP, "app/sessions.py": MANAGER, "build/lib/app/sessions.py": MANAGER, ".gitignore": "build/\n"}
    )
    project.done("getter")
    assert "from app.sessions import Sessions\n" in project.text("app/deps.py")


def test_a_read_only_module_is_an_error(project: Project) -> None:
    project.write({**APP, "app/sessions.py": MANAGER})
    (project.root / "app/deps.py").chmod(0o444)
    result = project.run("getter", "--dry-run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "app/deps.py:1: CTX905: cannot be written: it is read-only" in result.stderr


def test_json_says_what_was_done(project: Project) -> None:
    project.write({**APP, "app/sessions.py": MANAGER})
    report = json.loads(project.done("getter", "--format", "json"))
    assert (report["command"], report["outcome"]) == ("scaffold getter", "done")
    assert report["files"] == [{"path": "app/deps.py", "is_new": False}]
    assert [each["line"] for each in report["done"]] == [7, 17]


ARGUMENTS = "user_id, thread_id, run_id"
KNOWN = ["user_id=session.user_id", "thread_id=session.thread_id", "run_id=session.run_id"]


@pytest.mark.parametrize(
    ("head", "returned", "written"),
    [
        ("import app.context\n", f"app.context.Context({ARGUMENTS})", "app.context.Context"),
        ("import app.context as c\n", f"c.Context({ARGUMENTS})", "c.Context"),
        ("from app import context\n", f"context.Context({ARGUMENTS})", "context.Context"),
        ("from .context import *\n", f"Context({ARGUMENTS})", "Context"),
        ("from app.again import C\n", f"C({ARGUMENTS})", "C"),
        (
            "try:\n    from app.context import Context\nexcept ImportError:\n    from app.again import C as Context\n",
            f"Context({ARGUMENTS})",
            "Context",
        ),
    ],
)
def test_ways_to_name_the_class(project: Project, head: str, returned: str, written: str) -> None:
    again = "from app.context import Context as C\nfrom app.again import missing\n"
    factory = f"{head}\n\ndef create_user_execution_context({ARGUMENTS}):\n    return {returned}\n"
    project.write({**APP, "app/sessions.py": MANAGER, "app/again.py": again, "app/deps.py": factory})
    project.done("getter")
    arguments = "".join(f"        {each},\n" for each in KNOWN)
    assert f"    return {written}(\n{arguments}    )\n" in project.text("app/deps.py")


@pytest.mark.parametrize(
    "annotation", ["Context", '"Context"', "Optional[Context]", "Context | None", "None | Context"]
)
def test_a_class_that_only_the_annotation_names(project: Project, annotation: str) -> None:
    factory = dedent(f"""\
        from __future__ import annotations

        from typing import TYPE_CHECKING, Optional

        if TYPE_CHECKING:
            from .context import Context


        async def create_user_execution_context(user_id, thread_id: str | None, run_id=None) -> {annotation}:
            return await make(user_id, thread_id, run_id)
        """)
    project.write({**APP, "app/sessions.py": MANAGER, "app/deps.py": factory})
    project.done("getter")
    text = project.text("app/deps.py")
    assert f"async def get_user_execution_context(user_id, thread_id: str) -> {annotation}:\n" in text
    assert "    from .context import Context\n\n    session = " in text


@pytest.mark.parametrize(
    ("context", "more"),
    [
        ("@dataclass(init=False)\nclass Context:\n    user_id: str\n", ["db=None"]),
        ("class Context(Unknown):\n    user_id: str\n", ["db=None"]),
        ("class Context(Context):\n    pass\n", ["db=None"]),
        ("class Context:\n    def __new__(cls, **values): ...\n", ["db=None"]),
        ("class Context:\n    def __init__(self, user_id, *, thread_id, **values): ...\n", []),
        ("class Context(BaseModel):\n    user_id: str\n    thread_id: str = Field(alias='t')\n", ["db=None"]),
        (
            "class Context(BaseModel):\n    user_id: str = Field(...)\n    thread_id: str = ''\n    run_id: str\n",
            [],
        ),
        (
            "@define\nclass Context:\n    user_id: str\n    thread_id: str\n    run_id: str = field(factory=str)\n",
            [],
        ),
    ],
)
def test_ways_to_write_the_class(project: Project, context: str, more: list[str]) -> None:
    given = ", ".join(f"{name}={name}" for name in ("user_id", "thread_id", "run_id", "db"))
    head = "user_id, thread_id, *, run_id=None, db=None"
    project.write({**APP, "app/sessions.py": MANAGER, "app/context.py": context})
    project.write({"app/deps.py": _factory(f"    return Context({given})\n", head)})
    project.done("getter")
    arguments = "".join(f"        {each},\n" for each in [*KNOWN, *more])
    assert f"    return Context(\n{arguments}    )\n" in project.text("app/deps.py")


NEW_IMPORT = "from sessions import Sessions\n"


@pytest.mark.parametrize(
    ("above", "written"),
    [
        ("", NEW_IMPORT + "\n\n"),
        ("#!/usr/bin/env python\n", "#!/usr/bin/env python\n" + NEW_IMPORT + "\n\n"),
        ("# Of the class.\n", "# Of the class.\n" + NEW_IMPORT + "\n\n"),
        ("# (c)\n\n# Of the class.\n", "# (c)\n\n" + NEW_IMPORT + "\n\n# Of the class.\n"),
        ('"""Doc."""\n\n\n', '"""Doc."""\n\n' + NEW_IMPORT + "\n\n"),
        ("import a; import b\n\n", "import a; import b\n\n" + NEW_IMPORT + "\n"),
        ("import a; x = (\n    1,\n)\n\n", "import a; x = (\n    1,\n)\n\n" + NEW_IMPORT + "\n"),
        ("import a\nx = 1\n\n\n", "import a\n\n" + NEW_IMPORT + "\nx = 1\n\n\n"),
        ("from . import a\n\n\n", NEW_IMPORT + "\nfrom . import a\n\n\n"),
        ("import context\nimport z\n\n", "import context\n" + NEW_IMPORT + "import z\n\n"),
        (
            "import a\n\nfrom sessions import *\n\n",
            "import a\n\nfrom sessions import *\n" + NEW_IMPORT + "\n",
        ),
    ],
)
def test_an_import_where_there_are_few(project: Project, above: str, written: str) -> None:
    module = "class Context:\n    def __init__(self, user_id, thread_id, run_id): ...\n\n\n" + (
        "def create_user_execution_context(user_id, thread_id, run_id=None):\n"
        "    return Context(user_id, thread_id, run_id)\n"
    )
    project.write({"sessions.py": MANAGER, "context.py": "", "deps.py": above + module})
    project.done("getter")
    assert project.text("deps.py").startswith(f"{written}class Context:\n")


def test_a_getter_of_another_module_that_is_set_is_there(project: Project) -> None:
    settings = '[tool.ctxmigrate]\ngetter = "app.api.get_user_execution_context"\n'
    getter = "def get_user_execution_context(u, t):\n    return get_or_create_user_session(u, t)\n"
    project.write({**APP, "app/api.py": getter, "pyproject.toml": settings})
    assert project.done("getter") == "`get_user_execution_context` is there already: app/api.py:1.\n"


def test_a_service_around_the_session_manager_is_none(project: Project) -> None:
    service = "class Service:\n    def get_or_create_user_session(self, u, t): ...\n"
    project.write({**APP, "app/service.py": service, "app/sessions.py": MANAGER})
    project.done("getter")
    assert "from app.sessions import Sessions\n" in project.text("app/deps.py")


def test_a_session_key_that_cannot_be_scaffolded_is_told(project: Project) -> None:
    project.write({**APP, "pyproject.toml": '[tool.ctxmigrate]\nsession-key = ["user_id", "session"]\n'})
    help_ = "Write `get_or_create_user_session(user_id, session)` by hand: `ctxmigrate scaffold session` is"
    assert f"{help_} for user_id, thread_id." in project.refused("getter")
