"""A deprecated factory as its callers see it, and what holds for every shape of one."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from deprecating import GETTER, caught, deprecated, write
from hypothesis import given, settings
from hypothesis import strategies as st

from codemod.model import Config, Work
from codemod.phases.deprecate import deprecate
from codemod.phases.tree import Tree

CONFIG = Config(factory="create", getter="get")

# The name of the case: the factory, a caller that makes ``result``, and the line that a warning has to name.
CALLERS = {
    "a function": ("def create(x):\n    return x\n", "def f():\n    return create(7)\n\n\nresult = f()\n", 2),
    "a coroutine": (
        "async def create(x):\n    return x\n",
        "import asyncio\n\nasync def f():\n    return await create(7)\n\nresult = asyncio.run(f())\n",
        4,
    ),
    "a cached function": (
        "import functools\n\n@functools.lru_cache\ndef create(x):\n    return x\n",
        "\n\nresult = create(7)\n",
        3,
    ),
    "a context manager": (
        "import contextlib\n\n@contextlib.contextmanager\ndef create(x):\n    yield x\n",
        "\nwith create(7) as result:\n    pass\n",
        2,
    ),
    "an async context manager": (
        "from contextlib import asynccontextmanager as manager\n\n@manager\nasync def create(x):\n    yield x\n",
        "import asyncio\nasync def f():\n    async with create(7) as x:\n        return x\nresult = asyncio.run(f())\n",
        3,
    ),
    "a generator": ("def create(x):\n    yield x\n", "for x in create(7):\n    result = x\n", 1),
    "one of several": (
        "try:\n    import nowhere\n    def create(x): return 0\nexcept ImportError:\n    def create(x): return x\n",
        "result = create(7)\n",
        1,
    ),
    "one that warns without a level": (
        'import warnings\ndef create(x):\n    warnings.warn("deprecated")\n    return x\n',
        "result = create(\n    7\n)\n",
        1,
    ),
}


@pytest.mark.parametrize("case", CALLERS.values(), ids=CALLERS.keys())
def test_a_caller_gets_one_warning_that_names_its_line(case: tuple[str, str, int], tmp_path: Path) -> None:
    factory, caller, line = case
    after = deprecated(tmp_path, factory)
    assert caught(after, caller) == (7, [("caller.py", line, "DeprecationWarning")])


def test_a_delegated_coroutine_gives_what_the_getter_gives(tmp_path: Path) -> None:
    factory = "async def create(user_id, thread_id, run_id=None):\n    return run_id\n"
    after = deprecated(tmp_path, f"{factory}async {GETTER.strip()}\n", "--delegate")
    caller = (
        "import asyncio\nasync def f():\n    return await create(1, 2, run_id=3)\nresult = asyncio.run(f())\n"
    )
    assert caught(after, caller) == (("session", 1, 2), [("caller.py", 3, "DeprecationWarning")])


ABOVE = st.sampled_from(
    [
        "",
        '"""Module."""\n',
        "#!/usr/bin/python\n# A: b\n",
        "from __future__ import annotations\nimport os, sys  # c\n",
        "import os; import sys\n\nif os:\n    import json\n",
        "from os import (\n    path,  # ü\n)\nfrom sys import *\n",
        "warnings = 'mine'\n",
        "import warnings as w\n\f\n",
    ]
)
HEADERS = st.sampled_from(
    [
        "def create(x=7, **more):",
        "def create(x: 'a:b' = 7, *, f=lambda: 0, **more) -> (object):",
        "def create(  # a: b\n        x=7,\n        **more\n):",
        "def create(x=7, warnings=None, **more)  :",
        "def create(x=(7), more={'a': 1}) -> {1: 2}[1]:",
    ]
)
DOCSTRINGS = st.sampled_from(
    [
        "",
        '"""Make one."""',
        "'''Make \\\"one\\\".\n\n    Really: ü.\n    '''",
        'r"""Make \\d\n    one"""',
        "'Make one'",
        "('Make '\n     'one.')",
        '"""\n    Make one.\n    """',
        'u"Make one!"; x = x',
        '"""Deprecated: use something."""',
        'b"Make"',
        '""',
    ]
)
BODIES = st.sampled_from(
    [
        ["return x"],
        ["# Why.", "", "if x:", "    return x  # if", "return x;"],
        ["y = x; return y", "# The end."],
        ["text = '''", "  text", "'''", "return x"],
        ["import warnings", "warnings.warn('it is deprecated')", "return x"],
        ["def create(): return x", "return create()"],
    ]
)


@st.composite
def definitions(draw: st.DrawFn) -> str:
    """A definition, which gives its ``x``."""
    indent = draw(st.sampled_from(["    ", "  ", "\t"]))
    docstring, body = draw(DOCSTRINGS), draw(BODIES)
    if draw(st.booleans()) and len(body) == 1 and "\n" not in docstring:
        line = "; ".join(part for part in (docstring, *body) if part)
        text = f"{draw(HEADERS)} {line}\n"
    else:
        lines = [docstring, *body] if docstring else body
        text = f"{draw(HEADERS)}  # here\n" + "".join(f"{indent}{line}\n" if line else "\n" for line in lines)
    text = text.replace(f"\n{indent}  text\n{indent}'''", "\n  text\n'''")
    if draw(st.booleans()):
        return f"if True:\n{''.join(f'{indent}{line}' for line in text.splitlines(keepends=True))}"
    return text


INSERTED = re.compile(r"[\s;]*(import warnings( as _+warnings)?)?[\s;]*")


def is_inserted(before: str, after: str) -> bool:
    """Whether ``after`` is ``before`` with an import put in somewhere, or nothing."""
    more = len(after) - len(before)
    return any(
        before[:at] == after[:at]
        and before[at:] == after[at + more :]
        and INSERTED.fullmatch(after, at, at + more)
        for at in range(len(before) + 1)
    )


@settings(max_examples=80, deadline=None)
@given(above=ABOVE, definition=definitions(), newline=st.sampled_from(["\n", "\r\n"]))
def test_nothing_but_the_definition_and_an_import_changes(above: str, definition: str, newline: str) -> None:
    module = f"{above}start = 0\n{definition}end = 'ü'  ".replace("\n", newline)
    with tempfile.TemporaryDirectory() as folder:
        after = planned(Path(folder), module.encode()).plans[0].after
        again = planned(Path(folder), after)
    assert (again.plans, again.refusals, again.errors) == ((), (), ())
    new_above, start, rest = after.decode().partition(f"start = 0{newline}")
    assert start
    assert is_inserted(above.replace("\n", newline), new_above)
    assert rest.endswith(f"{newline}end = 'ü'  ")
    result, told = caught(after, "\nresult = create()")
    assert told == [("caller.py", 2, "DeprecationWarning")]
    result = result() if callable(result) else result
    assert result == 7


def planned(root: Path, module: bytes) -> Work:
    write(root, {"deps.py": module})
    return deprecate(Tree.open(root, CONFIG, [root]))
