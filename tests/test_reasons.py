"""What is said of a site: the words of the reasons, which every kind of report shows."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from codemod import Config, migrate

if TYPE_CHECKING:
    from pathlib import Path

    from codemod import Report

CONFIG = Config(
    factory="make",
    getter="find",
    drop=("run_id",),
    parameters=("user", "thread", "run_id"),
    session_key=("user",),
)
PLAIN = "def make(user, thread, run_id=None): ...\ndef find(user, thread): ...\n"
ASYNC_MAKE = PLAIN.replace("def make", "async def make")
ASYNC_FIND = PLAIN.replace("def find", "async def find")
ONLY_MAKE, ONLY_FIND = PLAIN.splitlines(keepends=True)

# The name of the case: what `deps.py` defines, a module that uses it, and what is said there.
REASONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a keyword that the getter lacks": (
        PLAIN,
        "deps.make(1, 2, mode=3)",
        ("CTX102 `mode=` is not a parameter of `find` (deps.py:2)",),
    ),
    "a keyword that a getter from outside lacks": (
        "from vendor.ids import make",
        "deps.make(1, 2, mode=3)",
        ("CTX102 `mode=` is not a parameter of `find` (vendor.ids)",),
    ),
    "a keyword for a parameter by position": (
        "def make(user, thread, run_id=None): ...\ndef find(user, thread, /): ...\n",
        "deps.make(1, thread=2)",
        ("CTX102 `find` (deps.py:2) takes `thread` by position only",),
    ),
    "a position for a parameter by keyword": (
        "def make(user, thread, run_id=None): ...\ndef find(user, *, thread): ...\n",
        "deps.make(1, 2)",
        ("CTX102 `2` is passed by position, and `find` (deps.py:2) takes `thread` otherwise",),
    ),
    "a position of another parameter": (
        "def make(user, thread, run_id=None): ...\ndef find(thread, user): ...\n",
        "deps.make('ada', thread='lobby')",
        ("CTX102 `'ada'` is passed by position for `user` and would land on `thread` of `find` (deps.py:2)",),
    ),
    "a position for a parameter that the getter lacks": (
        "def make(user, thread, mode): ...\ndef find(user, thread): ...\n",
        "deps.make(1, 2, 3)",
        ("CTX102 `3` is passed for `mode`, which is not a parameter of `find` (deps.py:2)",),
    ),
    "a position too many": (
        PLAIN,
        "deps.make(1, 2, 3, 4)",
        ("CTX102 `4` is one positional argument too many for `make`",),
    ),
    "an argument that is missing": (
        PLAIN,
        "deps.make(1)",
        ("CTX103 `find` (deps.py:2) needs `thread`, which the call does not give",),
    ),
    "an argument that a getter from outside needs": (
        "from vendor.ids import make",
        "deps.make(1, 2)\ndeps.make(1)",
        (
            "CTX351 `vendor.ids` is not under the root; the getter is taken to be `find(user, thread)`",
            "CTX103 `find` (vendor.ids) needs `thread`, which the call does not give",
        ),
    ),
    "unpacked arguments": (
        PLAIN,
        "ids = more = ()\ndeps.make(*ids)\ndeps.make(1, mode=2, **more)",
        (
            "CTX101 `*ids` hides which arguments the call passes",
            "CTX101 `**more` hides which arguments the call passes",
            "CTX102 `mode=` is not a parameter of `find` (deps.py:2)",
        ),
    ),
    "an expression of 60 characters": (
        PLAIN,
        f"deps.make(1, 2, 3, ({'x' * 28}\n    + {'y' * 29}))",
        (f"CTX102 `{'x' * 28} + {'y' * 29}` is one positional argument too many for `make`",),
    ),
    "an expression of 61 characters": (
        PLAIN,
        f"deps.make(1, 2, 3, ({'x' * 28}\n    + {'y' * 30}))",
        (f"CTX102 `{'x' * 28} + {'y' * 26}...` is one positional argument too many for `make`",),
    ),
    "an async factory": (
        ASYNC_MAKE,
        "deps.make(1, 2)",
        ("CTX106 `make` is `async` and `find` is not (deps.py:1, deps.py:2)",),
    ),
    "an async getter": (
        ASYNC_FIND,
        "deps.make(1, 2)",
        ("CTX106 `find` is `async` and `make` is not (deps.py:1, deps.py:2)",),
    ),
    "an async factory and a getter from outside": (
        f"{ASYNC_MAKE.splitlines()[0]}\nfrom vendor.ids import find\n",
        "deps.make(1, 2)",
        ("CTX106 `make` (deps.py:1) is `async`, and the call is not awaited",),
    ),
    "a factory and a getter from outside": (
        f"{ONLY_MAKE}\nfrom vendor.ids import find\n",
        "async def f(): await deps.make(1, 2)",
        ("CTX106 `make` (deps.py:1) is not `async`, and the call is awaited",),
    ),
    "a factory and an unknown getter": (
        f"{ONLY_MAKE}\nfind = object()\n",
        "deps.make(1, mode=2)\ndeps.make(1, 2)",
        (
            "CTX102 `mode=` is not a parameter of `find`",
            "CTX103 `find` needs `thread`, which the call does not give",
            "CTX351 no plain definition of `find` is under the root; the getter is taken to be `find(user, thread)`",
        ),
    ),
    "a getter and a factory from outside": (
        f"{ONLY_FIND}\nfrom vendor.ids import make\n",
        "async def f(): await deps.make(1, 2)",
        ("CTX106 `find` (deps.py:1) is not `async`, and the call is awaited",),
    ),
    "an async getter and a factory from outside": (
        f"async {ONLY_FIND}\nfrom vendor.ids import make\n",
        "deps.make(1, 2)",
        ("CTX106 `find` (deps.py:1) is `async`, and the call is not awaited",),
    ),
    "a module without the factory": (
        ONLY_FIND,
        "from deps import make\ndeps.make(1, 2)\nmake(1, 2)",
        (
            "CTX302 `make` is imported from a module under the root that does not have it",
            "CTX302 `make` is looked up in a module under the root that does not have it",
            "CTX302 `make` is imported from a module under the root that does not have it",
        ),
    ),
    "a value": (PLAIN, "known = [deps.make]", ("CTX201 `make` is used as a value here, not called",)),
    "a string": (
        PLAIN,
        "getattr(deps, 'make')",
        ("CTX202 the string reaches `make` while the program runs",),
    ),
    "a name with two meanings": (
        PLAIN,
        "from deps import make\nif deps: make = None\nmake(1, 2)",
        ("CTX203 what `make` means here cannot be followed: `make` is bound in more than one way",),
    ),
    "a module that is no Python": (
        "def make(",
        "from deps import make\nmake(1, 2)",
        ("CTX203 what `make` means here cannot be followed: deps.py cannot be parsed",),
    ),
    "a getter that comes here": (
        f"import use\n{ONLY_MAKE}def find(user, thread): return use.start(user, thread)\n",
        "def start(user, thread): return deps.make(user, thread)",
        ("CTX303 the getter, deps.py:3, comes here by `start` and would call itself for ever",),
    ),
    "an effect of a function": (
        PLAIN,
        "deps.make(1, 2, deps.open_run())",
        ("CTX104 the dropped `deps.open_run()` could do something, and would not run any more",),
    ),
    "an effect of an object": (
        PLAIN,
        "def f(runs): deps.make(1, 2, runs.open())",
        ("CTX104 the dropped `runs.open()` could do something, and would not run any more",),
    ),
    "an effect of what has no name": (
        PLAIN,
        "deps.make(1, 2, deps.runs[0]())",
        ("CTX104 the dropped `deps.runs[0]()` could do something, and would not run any more",),
    ),
    "an effect of a module's function": (
        PLAIN,
        "from .ids import next_id\ndeps.make(1, 2, next_id())",
        ("CTX104 the dropped `next_id()` could do something, and would not run any more",),
    ),
}


def report_of(root: Path, definitions: str, module: str, name: str = "use.py") -> Report:
    (root / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (root / "deps.py").write_text(definitions)
    (root / name).write_text(f"import deps\n{dedent(module)}\n")
    return migrate([root], CONFIG)


@pytest.mark.parametrize("case", REASONS)
def test_what_is_said(case: str, tmp_path: Path) -> None:
    definitions, module, expected = REASONS[case]
    report = report_of(tmp_path, definitions, module)
    findings = [
        finding for site in report.sites if site.path == "use.py" for finding in (*site.codes, *site.notes)
    ]
    assert tuple(f"{finding.code} {finding.message}" for finding in findings) == expected


ALLOW = "under [tool.ctxmigrate], or run with `--allow CTX104`."
# The name of a case above: how the advice to its last reason ends.
ADVICE = {
    "a name with two meanings": "by its name, from the module that defines it, and run again.",
    "a module that is no Python": "Mend that file first: it does not parse. Then run again.",
    "an effect of a function": f'add `pure-calls = ["deps.open_run"]` {ALLOW}',
    "an effect of an object": f'add `pure-calls = ["runs.open"]` {ALLOW}',
    "an effect of what has no name": "before the call if its effect is needed, else drop it.",
    "an effect of a module's function": f'add `pure-calls = ["ids.next_id"]` {ALLOW}',
}


@pytest.mark.parametrize("case", ADVICE)
def test_what_is_advised(case: str, tmp_path: Path) -> None:
    definitions, module, _ = REASONS[case]
    report = report_of(tmp_path, definitions, module)
    assert report.sites[-1].codes[-1].help.endswith(ADVICE[case])


TESTS = """
def test_both():
    assert deps.make(1, 2) == deps.find(1, 2)
def test_make():
    assert deps.make(1, 2)
"""


def test_what_is_said_of_tests(tmp_path: Path) -> None:
    report = report_of(tmp_path, PLAIN, TESTS, "test_use.py")
    assert [finding.message for site in report.sites for finding in site.codes] == [
        "`test_both` calls `find` too, so it compares the two",
        "`test_make` tests `make` itself",
    ]


METHOD = """
class Handler:
    def open(self):
        one = 1
        return (one, deps.make(
            one,
        ), 2)
"""


def test_where_a_site_stands(tmp_path: Path) -> None:
    (site,) = report_of(tmp_path, PLAIN, METHOD).sites
    assert site.scope == "Handler.open"
    assert site.source == "        return (one, deps.make(\n            one,\n        ), 2)"
