"""``ctxmigrate deprecate --delegate``: the getter's call in the place of the body, and when that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from deprecating import CONFIGURATION, GETTER, caught, deprecated, run, source, write

if TYPE_CHECKING:
    from pathlib import Path

FACTORY = '''
    import warnings
    from app.db import Session


    def create(user_id, thread_id, run_id=None, db=None, *, agent="none"):
        """Make a context."""
        # By hand.
        if run_id is None:
            run_id = "new"
        return (user_id, thread_id, run_id, db, Session)  # done
'''
DELEGATED = '''
    import warnings
    from app.db import Session


    def create(user_id, thread_id, run_id=None, db=None, *, agent="none"):
        """Make a context.

        Deprecated: use get instead.
        """
        warnings.warn(
            "create is deprecated: use get (run_id, db and agent are ignored)",
            DeprecationWarning,
            stacklevel=2,
        )
        return get(user_id, thread_id)
'''
ANY = "def create(user_id, thread_id, run_id=None, db=None):\n    return (user_id, thread_id, run_id, db)\n"


def sourced(text: str) -> str:
    return source(text) + GETTER


def test_the_body_becomes_the_call_of_the_getter(tmp_path: Path) -> None:
    assert deprecated(tmp_path, sourced(FACTORY), "--delegate").decode() == sourced(DELEGATED)


def test_what_the_factory_imported_for_its_body_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": sourced(FACTORY)})
    output = " ".join(run(tmp_path, "--delegate").output.split())
    assert "the call of `get` as its body (run_id, db and agent are ignored)" in output
    assert "Only the old body used these in deps.py: `Session` (line 2)." in output


def test_what_only_the_old_body_used_is_told_and_what_is_kept_is_not(tmp_path: Path) -> None:
    module = """
        import logging
        import warnings
        from sessions import Session

        log = logging.getLogger(__name__)

        def create(user_id, thread_id, run_id=None):
            '''Make it. It is deprecated.'''
            warnings.warn("deprecated", DeprecationWarning, stacklevel=2)
            if not user_id:
                raise ValueError(_text(user_id))
            log.debug("made")
            return Session(user_id, thread_id)

        def _text(user_id):
            return f"no {user_id}"
        """
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": sourced(module)})
    result = run(tmp_path, "--delegate")
    output = " ".join(result.output.split())
    told = "Only the old body used these in deps.py: `Session` (line 3), `_text` (line 15), `log` (line 5)."
    assert told in output
    for line, statement in (
        (10, "if not user_id:"),
        (11, "raise ValueError(_text(user_id))"),
        (12, 'log.debug("made")'),
        (13, "return Session(user_id, thread_id)"),
    ):
        assert f"deps.py:{line}: goes with the old body: `{statement}`" in output


# The name of the case: the factory and the getter before, and the end of the factory's body after it.
CALLS = {
    "order of the getter": (
        "def create(user_id, thread_id, run_id=None): return 1",
        "def get(thread_id, user_id): ...",
        "return get(thread_id, user_id)",
    ),
    "by keyword only": (
        "def create(user_id, thread_id): return 1",
        "def get(user_id, *, thread_id): ...",
        "return get(user_id, thread_id=thread_id)",
    ),
    "a gap": (
        "def create(user_id, thread_id): return 1",
        "def get(user_id, tenant=None, thread_id=None): ...",
        "return get(user_id, thread_id=thread_id)",
    ),
    "run_id of both": (
        "def create(user_id, run_id, thread_id): return 1",
        "def get(user_id, run_id=None, thread_id=None): ...",
        "return get(user_id, thread_id=thread_id)",
    ),
    "async": (
        "async def create(user_id, thread_id): return 1",
        "async def get(user_id, thread_id): ...",
        "return await get(user_id, thread_id)",
    ),
    "stars that nothing goes into": (
        "def create(user_id, thread_id, run_id=None): return 1",
        "def get(user_id, thread_id, **more): ...",
        "return get(user_id, thread_id)",
    ),
    "overloads of both": (
        "from typing import overload\n@overload\ndef create(user_id): ...\ndef create(user_id, thread_id=''): return 1",
        "@overload\ndef get(user_id): ...\ndef get(user_id, thread_id=''): ...",
        "return get(user_id, thread_id)",
    ),
}


@pytest.mark.parametrize("case", CALLS.values(), ids=CALLS.keys())
def test_parameters_find_each_other_by_name(case: tuple[str, str, str], tmp_path: Path) -> None:
    factory, getter, call = case
    after = deprecated(tmp_path, f"{factory}\n\n\n{getter}\n", "--delegate").decode()
    assert after.endswith(f"    {call}\n\n\n{getter}\n")


def test_each_definition_delegates_with_its_own_parameters(tmp_path: Path) -> None:
    before = """
        import warnings

        if warnings:
            def create(user_id, thread_id, run_id): return run_id
        else:
            def create(user_id, *, thread_id="t"):
                return user_id
    """
    after = deprecated(tmp_path, sourced(before), "--delegate").decode()
    assert after.count("return get(user_id, thread_id)") == 2
    assert "return run_id" not in after


def test_a_default_that_deprecated_before_delegates_after(tmp_path: Path) -> None:
    deprecated(tmp_path, sourced(FACTORY))
    after = deprecated(tmp_path, (tmp_path / "deps.py").read_bytes(), "--delegate").decode()
    assert after == sourced(DELEGATED).replace(
        """warnings.warn(
        "create is deprecated: use get (run_id, db and agent are ignored)",
        DeprecationWarning,
        stacklevel=2,
    )""",
        'warnings.warn("create is deprecated: use get", DeprecationWarning, stacklevel=2)',
    )


def test_a_delegating_factory_has_what_the_default_gives(tmp_path: Path) -> None:
    before = deprecated(tmp_path, sourced(FACTORY), "--delegate")
    assert "has this deprecation already" in run(tmp_path).output
    assert (tmp_path / "deps.py").read_bytes() == before


# The name of the case: a warning that is there, what it needs, and whether it can stay.
KEPT = {
    "plain": ('    warnings.warn("x", DeprecationWarning, stacklevel=4)  # mine\n', True),
    "completed": ('    x = 1; warnings.warn(f"deprecated {run_id}"); y = 2\n', True),
    "of a local": ('    text = "x"\n    warnings.warn(text, DeprecationWarning, 2)\n', False),
    "by a local import": (
        '    import warnings\n    warnings.warn("x", DeprecationWarning, stacklevel=2)\n',
        False,
    ),
}


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT.keys())
def test_a_warning_that_is_there_stays_if_it_can(case: tuple[str, bool], tmp_path: Path) -> None:
    statements, stays = case
    factory = f"import warnings\n\n\ndef create(user_id, thread_id, run_id=None):\n{statements}    return 1\n"
    after = deprecated(tmp_path, factory + GETTER, "--delegate").decode()
    assert ("create is deprecated" not in after) == stays
    result, told = caught(after, "result = create('u', 't')")
    assert result == ("session", "u", "t")
    assert [category for _, _, category in told] == ["DeprecationWarning"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(" WARN; return 1\n", id="beside the header"),
        pytest.param('\n    """Deprecated."""; WARN; return 1\n', id="beside the docstring"),
        pytest.param('\n    """Deprecated."""; x = 1; WARN; y = 2; return 1\n', id="between others"),
    ],
)
def test_a_warning_that_shares_its_line_stays_alone(body: str, tmp_path: Path) -> None:
    warning = 'warnings.warn("x", DeprecationWarning, stacklevel=4)'
    header = "import warnings\n\n\ndef create(user_id, thread_id):"
    before = header + body.replace("WARN", warning) + GETTER
    after = deprecated(tmp_path, before, "--delegate").decode()
    docstring = '"""Deprecated."""' if '"""' in body else '"""Deprecated: use get instead."""'
    lines = [docstring, warning, "return get(user_id, thread_id)\n"]
    assert after == header + "".join(f"\n    {line}" for line in lines) + GETTER


def test_a_getter_that_is_imported_is_called_by_its_name(tmp_path: Path) -> None:
    before = "from sessions import get\n\n\n" + ANY
    after = deprecated(tmp_path, before, "--delegate", sessions__py=GETTER).decode()
    assert after.endswith("    return get(user_id, thread_id)\n")


def test_a_getter_of_another_module_is_imported_in_the_body(tmp_path: Path) -> None:
    files = {"sessions.py": f"import deps\n{GETTER}", "deps.py": ANY}
    configuration = CONFIGURATION.replace('"get"', '"sessions.get"')
    write(tmp_path, {"pyproject.toml": configuration, **files})
    assert run(tmp_path, "--delegate").exit_code == 0
    after = (tmp_path / "deps.py").read_text()
    assert after.endswith("    from sessions import get\n    return get(user_id, thread_id)\n")
    assert "use sessions.get " in after
    assert "has this deprecation already" in run(tmp_path, "--delegate").output


# The name of the case: the module, and why the factory cannot call the getter.
MISMATCHES = {
    "no getter": (ANY, "the getter `get` is no function that this module has by name"),
    "for type checkers": (
        f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from other import get\n{ANY}",
        "the getter `get` is no function that this module has by name",
    ),
    "no plain function": (f"{ANY}get = dict.get\n", "the getter `get` is no function"),
    "async factory": (f"async {ANY}{GETTER}", "the factory is `async` and the getter is not"),
    "async getter": (f"{ANY}async {GETTER.strip()}\n", "the getter is `async` and the factory is not"),
    "generator": (
        f"def create(user_id, thread_id):\n    yield 1\n{GETTER}",
        "a generator cannot be replaced",
    ),
    "a parameter that the factory lacks": (
        f"def create(user_id): return 1\n{GETTER}",
        "the getter needs `thread_id`, which the factory does not take; the getter is deps.py:4",
    ),
    "a parameter that is dropped": (
        f"{ANY}def get(user_id, run_id): ...\n",
        "the getter needs `run_id`, which is dropped",
    ),
    "anything": (
        f"{ANY}def get(user_id, thread_id, **more): ...\n",
        "the getter takes any argument, so it cannot be told whether it needs `db`",
    ),
    "positional only": (
        f"{ANY}def get(tenant=None, user_id=None, /): ...\n",
        "takes `user_id` by position only",
    ),
    "the getter's name": (
        f"def create(user_id, thread_id, get=None): return 1\n{GETTER}",
        "a parameter of it is called `get`",
    ),
    "a circle": (
        f"{ANY}def get(user_id, thread_id): return create(user_id, thread_id)\n",
        "deps.py:3: the getter needs `create` itself: they would call each other for ever",
    ),
    "a wider circle": (
        f"{ANY}class C:\n    def m(self): return create('u', 't')\n"
        "def h(): C()\ndef get(user_id, thread_id): return h()\n",
        "deps.py:4: the getter needs `create` itself",
    ),
}


@pytest.mark.parametrize("case", MISMATCHES.values(), ids=MISMATCHES.keys())
def test_a_factory_that_cannot_call_the_getter_is_left(case: tuple[str, str], tmp_path: Path) -> None:
    module, reason = case
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": module})
    result = run(tmp_path, "--delegate")
    assert result.exit_code == 1, result.output
    assert reason in " ".join(result.output.split())
    assert (tmp_path / "deps.py").read_text() == module


# The name of the case: how another module comes to the factory, where the getter calls `session` of it.
CIRCLES = {
    "by its name": "from app.deps import create\ndef session(u, t):\n    return create(u, t)\n",
    "by another name": "from app.deps import create as make\ndef session(u, t):\n    return make(u, t)\n",
    "by its module": "import app.deps\ndef session(u, t):\n    return app.deps.create(u, t)\n",
    "where it runs": "def session(u, t):\n    from app.deps import create\n    return create(u, t)\n",
    "as a value": "from app.deps import create\ndef session(u, t):\n    return [create][0](u, t)\n",
}


@pytest.mark.parametrize("used", CIRCLES.values(), ids=CIRCLES.keys())
@pytest.mark.parametrize("imported", ["from app.impl import session", "from app import impl"])
def test_a_getter_that_comes_to_the_factory_by_other_modules_is_left(
    used: str, imported: str, tmp_path: Path
) -> None:
    function = "session" if imported.endswith("session") else "impl.session"
    getter = f"def get(user_id, thread_id):\n    {imported}\n    return {function}(user_id, thread_id)\n"
    files = {"app/__init__.py": "", "app/impl.py": used, "app/deps.py": f"{ANY}\n\n{getter}"}
    write(tmp_path, {"pyproject.toml": CONFIGURATION, **files})
    result = run(tmp_path, "--delegate")
    assert result.exit_code == 1, result.output
    assert "app/impl.py:3: the getter comes to this `create`" in " ".join(result.output.split())
    assert (tmp_path / "app/deps.py").read_text() == files["app/deps.py"]


# The name of the case: a use of the factory on the second line, and what it would lose; empty where nothing.
USES = {
    "by keyword": ("create('u', 't', db=1)", "it passes `1` for `db`, which the getter does not take"),
    "in an f-string": ("f'{create(1, 2, db=3)}'", "it passes `3` for `db`"),
    "by position": ("create('u', 't', 'r', 1)", "it passes `1` for `db`"),
    "the default": ("create('u', 't', None, db=None)", ""),
    "one too many": ("create('u', 't', 'r', None, 5)", "it passes `5`, which the getter does not take"),
    "unpacked": ("create('u', *rest)", "`*rest` hides what it passes"),
    "unpacked keywords": ("create('u', 't', **rest)", "`**rest` hides what it passes"),
    "an effect": ("create('u', 't', open_run())", "it makes `open_run()` for `run_id`, which has an effect"),
    "a value": ("Depends(create)", "what is passed through this cannot be seen, and `db` would be lost"),
    "a string": ("getattr(deps, 'create')", "what is passed through this cannot be seen"),
    "kept by a comment": (
        "create('u', 't', run)  # ctxmigrate: ignore",
        "a comment keeps it as it is, and `run_id` would be ignored",
    ),
    "kept by a comment without loss": ("create('u', 't')  # ctxmigrate: ignore", ""),
    "what would be migrated": ("create('u', 't', run)", ""),
    "what misses an argument": ("create('u')", ""),
    "a mock": ("mock.patch('deps.create')", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", USES.values(), ids=USES.keys())
def test_a_use_that_would_lose_something_is_listed(case: tuple[str, str], tmp_path: Path) -> None:
    use, reason = case
    caller = f"from deps import create; import deps; from unittest import mock\nx = {use}\n"
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": ANY + GETTER, "web/caller.py": caller})
    result = run(tmp_path / "deps.py", "--delegate")
    assert result.exit_code == bool(reason), result.output
    if reason:
        assert f"web/caller.py:2: {reason}" in " ".join(result.output.split())
        assert (tmp_path / "deps.py").read_text() == ANY + GETTER


def test_a_test_of_what_the_factory_does_is_listed(tmp_path: Path) -> None:
    test = "from deps import create\ndef test_create():\n    assert create('u', 't', 'r')\n"
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": ANY + GETTER, "test_deps.py": test})
    output = " ".join(run(tmp_path, "--delegate").output.split())
    assert "test_deps.py:3: it tests what the factory does with `run_id`" in output


def test_a_reference_is_no_matter_where_nothing_can_be_lost(tmp_path: Path) -> None:
    factory = "def create(user_id, thread_id, run_id=None): return 1\n"
    deprecated(
        tmp_path, factory + GETTER, "--delegate", web__py="from deps import create\nx = Depends(create)\n"
    )


def test_a_caller_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": ANY + GETTER, "web.py": "create(\n"})
    output = " ".join(run(tmp_path, "--delegate").output.split())
    assert "web.py:1: what it passes cannot be known: not valid Python" in output
