"""The checks of the real-input runs: right rewrites pass, and each kind of wrong one is caught."""

from __future__ import annotations

import ast

import pytest
from real_input.accounts import open_accounts
from real_input.compare import Names
from real_input.fetch import without
from real_input.plain import plain_calls
from real_input.projects import Project
from real_input.report import Change, Report, Site, Text
from real_input.scopes import Tree
from real_input.verify import file_problems

NAMES = Names("make", "get", "run", ("user", "thread", "run"))


def sites_of(text: Text) -> list[Site]:
    """Every call of ``make`` or ``made``: migrated, or blocked where its line says so."""
    found = []
    for node in ast.walk(ast.parse(text.text)):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in ("make", "made") and "self" not in ast.unparse(node.func):
            start, end = text.span(node)
            line = text.text.splitlines()[node.lineno - 1]
            verdict = "blocked" if "# blocked" in line else "migrated"
            before = (text.line_of(start), start - text.starts[text.line_of(start) - 1] + 1)
            after = (text.line_of(end), end - text.starts[text.line_of(end) - 1] + 1)
            found.append(
                Site("a.py", *before, *after, "call", verdict, (), (), "", "", text.cut((start, end)), "")
            )
    return found


def changes_of(old: Text, new: Text) -> list[Change]:
    """Every import and ``__all__`` that names ``make`` and is not in the new text as it was."""
    found = []
    for node in ast.walk(ast.parse(old.text)):
        if isinstance(node, ast.ImportFrom | ast.Assign) and f"{old.cut(old.span(node))}\n" not in new.text:
            parts = node.names if isinstance(node, ast.ImportFrom) else ast.walk(node.value)
            names = (
                part for part in parts if "make" in (getattr(part, "name", ""), getattr(part, "value", ""))
            )
            kind = "import" if isinstance(node, ast.ImportFrom) else "all"
            found += [Change("a.py", kind, getattr(part, "lineno", 1)) for part in names]
    return found


def failed(
    old: str, new: str, sites: list[Site] | None = None, changes: list[Change] | None = None
) -> set[str]:
    """The checks that a rewrite of ``old`` to ``new`` fails."""
    before, after = Text(old.encode()), Text(new.encode())
    sites = sites_of(before) if sites is None else sites
    changes = changes_of(before, after) if changes is None else changes
    return {kind for kind, _ in file_problems(before, after, sites, changes, NAMES)}


RIGHT = {
    "keyword": ("f(make(u, t, run=r))", "f(get(u, t))"),
    "positional": ("make(u, t, r)", "get(u, t)"),
    "first": ("make(run=r, user=u)", "get(user=u)"),
    "trailing-comma": ("make(u, t, r,)", "get(u, t,)"),
    "only": ("make(run=r)", "get()"),
    "in-parentheses": ("make((u), (t), (r))", "get((u), (t))"),
    "own-line": ("make(\n    u,\n    run=r,  # goes\n    thread=t,\n)", "get(\n    u,\n    thread=t,\n)"),
    "own-line-last": ("make(\n    u,\n    run=r  # goes\n)", "get(\n    u\n)"),
    "comment-stays": ("make(u, run=r,  # stays\n    thread=t)", "get(u,  # stays\n    thread=t)"),
    "comment-above-stays": ("make(\n    # stays\n    run=r,\n    user=u)", "get(\n    # stays\n    user=u)"),
    "windows": ("make(\r\n    u,\r\n    run=r,\r\n)\r\n", "get(\r\n    u,\r\n)\r\n"),
    "nested": ("make(make(u, run=1), run=2)", "get(get(u))"),
    "nested-in-dropped": ("make(u, run=make(t))", "get(u)"),
    "in-f-string": ("x = f'é{make(u, run=r)} {make(u)}'", "x = f'é{get(u)} {get(u)}'"),
    "beside-wide-characters": ("x = 'é', make(u, run='ü')", "x = 'é', get(u)"),
    "lookalike-stays": ("self.make(run=1), make(u, run=1)", "self.make(run=1), get(u)"),
}


@pytest.mark.parametrize(("old", "new"), RIGHT.values(), ids=RIGHT)
def test_a_right_call_passes(old: str, new: str) -> None:
    assert failed(f"from m import make\n{old}\n", f"from m import get\n{new}\n") == set()


RIGHT_IMPORTS = {
    "both-needed": (
        "from m import a, make\nmake(u)\nmake(*u)  # blocked\n",
        "from m import a, make, get\nget(u)\nmake(*u)  # blocked\n",
    ),
    "in-lines": (
        "from m import (\n    make,  # why\n    z,\n)\nmake(u)\nprint(make)\n",
        "from m import (\n    make,  # why\n    get,\n    z,\n)\nget(u)\nprint(make)\n",
    ),
    "alias": ("from m import make as made\nmade(u)\n", "from m import get as made\nmade(u)\n"),
    "module": ("import m.n\nm.n.make(u)\n", "import m.n\nm.n.get(u)\n"),
    "all": (
        "from m import make\n__all__ = ['a', 'make', 'b']\n",
        "from m import make, get\n__all__ = ['a', 'make', 'get', 'b']\n",
    ),
    "twice": ("from m import make\nfrom m import make\nmake(u)\n", "from m import get\nget(u)\n"),
    "star": ("from m import *\nmake(u)\n", "from m import *\nget(u)\n"),
}


@pytest.mark.parametrize(("old", "new"), RIGHT_IMPORTS.values(), ids=RIGHT_IMPORTS)
def test_a_right_import_passes(old: str, new: str) -> None:
    assert failed(old, new) == set()


WRONG = {
    "other-argument-dropped": ("make(u, t, run=r)", "get(u, run=r)", "meaning"),
    "argument-kept": ("make(u, t, run=r)", "get(u, t, run=r)", "meaning"),
    "argument-changed": ("make(u, t, run=r)", "get(u, x)", "meaning"),
    "arguments-swapped": ("make(user=u, thread=t)", "get(thread=t, user=u)", "meaning"),
    "not-migrated": ("make(u)", "make(u)", "meaning"),
    "blocked-migrated": ("make(*u)  # blocked", "get(*u)  # blocked", "meaning"),
    "blocked-lost-its-import": ("make(u)\nmake(*u)  # blocked", "get(u)\nmake(*u)  # blocked", "names"),
    "blocked-dropped": ("make(u, run=\n    make(*t)  # blocked\n)", "get(u\n)", "meaning"),
    "method-renamed": ("self.make()", "self.get()", "meaning"),
    "string-renamed": ("x = 'make'\nmake(u)", "x = 'get'\nget(u)", "meaning"),
    "parameter-renamed": ("def f(make): ...", "def f(get): ...", "lookalikes"),
    "statement-lost": ("a = 1\nmake(u)", "get(u)", "meaning"),
    "statement-added": ("make(u)", "import os\nget(u)", "meaning"),
    "other-import-lost": ("from n import a, b\nmake(u)", "from n import a\nget(u)", "meaning"),
    "constant-retyped": ("make(u, 1)", "get(u, 1.0)", "meaning"),
    "does-not-parse": ("make(u, run=r)", "get(u,, )", "parsing"),
    "does-not-compile": ("f(a=make(u))", "f(a=get(u))\nbreak", "compiling"),
    "quotes": ("make('u')", 'get("u")', "spelling"),
    "blanks": ("x = 1  # one\nmake(u)", "x = 1 # one\nget(u)", "spelling"),
    "comment-lost": ("make(u)  # why", "get(u)", "spelling"),
    "comment-in-call-lost": ("make(\n    # why\n    u, run=r)", "get(\n    u)", "spelling"),
    "line-reformatted": ("make(u,\n     t, run=r)", "get(u, t)", "spelling"),
    "comma-added": ("make(u, run=r)", "get(u,)", "spelling"),
    "comma-lost": ("make(u, run=r,)", "get(u)", "spelling"),
    "empty-line-left": ("make(\n    u,\n    run=r,\n)", "get(\n    u,\n    \n)", "spelling"),
    "newlines-changed": ("make(\r\n    u)\r\n", "get(\n    u)\n", "spelling"),
    "last-newline-added": ("make(u)", "get(u)\n", "spelling"),
}


@pytest.mark.parametrize(("old", "new", "check"), WRONG.values(), ids=WRONG)
def test_a_wrong_rewrite_is_caught(old: str, new: str, check: str) -> None:
    assert check in failed(f"from m import make\n{old}", f"from m import get\n{new}")


def test_a_migrated_name_that_nothing_imports_is_caught() -> None:
    assert "meaning" in failed("x = []\nx.make(u)\n", "x = []\nx.get(u)\n")


def test_an_import_that_changed_unreported_is_caught() -> None:
    assert "meaning" in failed("from m import make\nmake(u)\n", "from m import get\nget(u)\n", changes=[])


def test_an_import_that_is_reported_and_did_not_change_is_caught() -> None:
    source = "from m import make\n"
    assert "meaning" in failed(source, source, changes=[Change("a.py", "import", 1)])


def test_a_site_where_nothing_stands_is_caught() -> None:
    site = Site("a.py", 1, 2, 1, 5, "call", "blocked", (), (), "", "", "", None)
    assert "meaning" in failed("a = make(u)\n", "a = make(u)\n", sites=[site])


def test_an_import_from_a_file_that_lost_the_name_is_caught() -> None:
    old = {
        "p/m.py": "def make(): ...\ndef get(): ...\n",
        "p/a.py": "from .m import make\n",
        "b.py": "from p.a import make\n",
    }
    assert Tree(old, {**old, "p/a.py": "from .m import get\n"}).broken_imports(NAMES) == [
        "b.py:1: make is not in p/a.py"
    ]
    assert Tree(old, {**old, "b.py": "from p.m import get\n"}).broken_imports(NAMES) == []
    assert Tree(old, {**old, "b.py": "from p.a import get\n"}).broken_imports(NAMES) == [
        "b.py:1: get is not in p/a.py"
    ]


def test_counts_that_do_not_add_up_are_caught() -> None:
    text = Text(b"from m import make\nmake(u)  # make\nx.make()\n")
    summary = dict.fromkeys(("blocked", "ignored", "noted", "errors", "definitions"), 0) | {
        "files_scanned": 1, "files_matched": 1, "files_changed": 1, "migrated": 1,
        "occurrences": 4, "imports": 1, "lookalikes": 1, "mentions": 1,
    }  # fmt: skip
    sites = tuple(site for site in sites_of(text) if site.line == 2)
    assert open_accounts(Report(summary, sites, (), ()), {"a.py": text}, "make", 1) == []
    wrong = Report(summary | {"lookalikes": 0, "occurrences": 3}, sites, (), ())
    assert open_accounts(wrong, {"a.py": text}, "make", 1) == ["occurrences is 3, counted 4"]
    assert open_accounts(Report(summary, (), (), ()), {"a.py": text}, "make", 1) == [
        "migrated is 1, counted 0",
        "3 parts, 0 of them sites, of 4 occurrences",
    ]


def test_only_calls_beyond_doubt_are_demanded() -> None:
    project = Project("p", "1", "", "", "p.m.make", "run", frozenset({"p.m"}))
    source = "from p import m\nfrom .m import make\nmake(1)\nm.make(2)\nm.n.make(3)\nx.make(4)\n"
    for shadow, expected in (("", {"make(1)", "m.make(2)"}), ("def f(m): ...\n", {"make(1)"})):
        text = Text((source + shadow).encode())
        calls = plain_calls("p/a.py", text, ast.parse(text.text), project)
        assert {text.cut(span) for span in calls} == expected


def test_the_getter_that_is_laid_beside_a_factory_lacks_one_argument() -> None:
    function = ast.parse("@d\ndef f(a, b=1, /, c=2, *, e, g=3, **k) -> int: return 1").body[0]
    assert isinstance(function, ast.FunctionDef)
    signatures = [ast.unparse(without(function, name, "get").args) for name in ("a", "b", "c", "e")]
    assert signatures == [
        "b=1, /, c=2, *, e, g=3, **k",
        "a, /, c=2, *, e, g=3, **k",
        "a, b=1, /, *, e, g=3, **k",
        "a, b=1, /, c=2, *, g=3, **k",
    ]
