"""Baselines: what an entry survives, what a run makes of it, and the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from samples import DEFINER

from codemod import migrate
from codemod.baseline import Entry, compare, entries_of, read, render
from codemod.errors import UsageError
from codemod.likeness import on_one_line, syntax

if TYPE_CHECKING:
    from codemod.model import Report

IMPORT = "from app.dependencies import create_user_execution_context\n"
CALL = "create_user_execution_context(*arguments)"
BLOCKED = f"""\
{IMPORT}

class Handler:
    def open(self, arguments):
        return {CALL}
"""
KNOWN = Entry("app/chat.py", "Handler.open", CALL, ("CTX101",), 1)
FILE = "known.json"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("pyproject.toml", "[tool.ctxmigrate]\n")
    write("app/__init__.py", "")
    write("app/dependencies.py", DEFINER)
    return tmp_path


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def report_of(source: str, *paths: str) -> Report:
    write("app/chat.py", source)
    return migrate(paths or ["."])


def test_an_entry_is_the_file_the_scope_and_the_source() -> None:
    assert entries_of(report_of(BLOCKED)) == (KNOWN,)


@pytest.mark.parametrize(
    "source",
    [
        BLOCKED,
        f"# moved\n\n\n{BLOCKED}",
        BLOCKED.replace(CALL, "create_user_execution_context(  # why\n            *arguments\n        )"),
        BLOCKED.replace(CALL, "create_user_execution_context(\n            *(arguments),\n        )"),
        BLOCKED.replace(CALL, f"[None, {CALL}][1]"),
        BLOCKED.replace("    def open", "    @staticmethod\n    async def open"),
    ],
    ids=["as it was", "moved", "comment", "layout", "code around it", "another kind of function"],
)
def test_an_entry_survives(source: str) -> None:
    comparison = compare([KNOWN], report_of(source))
    assert (len(comparison.known), comparison.new, comparison.fixed) == (1, (), ())
    assert comparison.left == (KNOWN,)


@pytest.mark.parametrize(
    "source",
    [
        BLOCKED.replace("def open", "def close"),
        BLOCKED.replace("*arguments", "**arguments"),
        BLOCKED.replace("class Handler", "class Opener"),
    ],
    ids=["function", "arguments", "class"],
)
def test_another_site_is_new_and_the_known_one_is_fixed(source: str) -> None:
    comparison = compare([KNOWN], report_of(source))
    assert (len(comparison.known), len(comparison.new)) == (0, 1)
    assert (comparison.fixed, comparison.left) == ((KNOWN,), ())


def test_sites_that_are_alike_are_counted() -> None:
    report = report_of(BLOCKED.replace(CALL, f"({CALL}, {CALL},\n            {CALL})"))
    (entry,) = entries_of(report)
    assert entry == Entry("app/chat.py", "Handler.open", CALL, ("CTX101",), 3)

    fewer = compare([Entry(entry.path, entry.scope, CALL, (), 2)], report)
    assert [len(fewer.known), [site.line for site in fewer.new], fewer.fixed] == [2, [7], ()]

    more = compare([Entry(entry.path, entry.scope, CALL, (), 5)], report)
    assert [len(more.known), more.new, more.fixed[0].count, more.left] == [3, (), 2, (entry,)]


def test_a_reference_a_string_and_an_import_have_entries() -> None:
    source = (
        "import app.dependencies\n"
        "from app.missing import create_user_execution_context as other\n"
        "a = [app.dependencies.create_user_execution_context]\n"
        'b = ("app.dependencies:"\n'
        '    "create_user_execution_context")\n'
    )
    write("app/missing.py", "")
    assert [(each.source, each.codes) for each in entries_of(report_of(source))] == [
        ("create_user_execution_context", ("CTX302",)),
        ("app.dependencies.create_user_execution_context", ("CTX201",)),
        ('"app.dependencies:" "create_user_execution_context"', ("CTX202",)),
    ]


def test_a_site_is_known_before_and_after_a_site_in_its_arguments_is_migrated() -> None:
    inner = "create_user_execution_context(\n            1, 'é', run_id=2)"
    source = BLOCKED.replace(CALL, f"create_user_execution_context(\n        *arguments, é='é', key={inner})")
    before = report_of(source)
    (entry,) = entries_of(before)
    assert entry.source == (
        "create_user_execution_context(*arguments, é='é', key=get_user_execution_context(1, 'é'))"
    )
    assert entries_of(migrate(["."], write=True)) == (entry,)
    assert entries_of(migrate(["."])) == (entry,)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("f(a, b)", "f(a, b)"),
        ("f(\n    a,\n    b,\n)", "f(a, b)"),
        ("f(\n    (a,)\n)", "f((a,))"),
        ("f(  # one\n    # two\n\n    a, [\n        b\n    ]\n)", "f(a, [b])"),
        ("f(a, \\\n  b)", "f(a, b)"),
        ("f('''x\n  # y''', \"#\",\n  'it\\'s')", "f('''x\n  # y''', \"#\", 'it\\'s')"),
        ("f(\r\n\ta,\r\n)", "f(a)"),
        ("import_ as x", "import_ as x"),
    ],
)
def test_a_source_on_one_line(source: str, line: str) -> None:
    assert on_one_line(source) == line
    assert syntax(on_one_line(source)) == syntax(source)


def test_what_looks_like_a_line_break_and_is_a_string_stays() -> None:
    source = 'f(f"{a["x" \n]} #\n")'
    assert syntax(on_one_line(source)) == syntax(source)


@pytest.mark.parametrize(
    ("one", "other"),
    [("f('a')", 'f("a")'), ("f(0x_F)", "f(15)"), ("f((a))", "f(a)"), ("f('a' 'b')", "f('ab')")],
)
def test_spellings_are_alike(one: str, other: str) -> None:
    assert syntax(one) == syntax(other)


def test_nothing_is_printed_about_an_odd_string(recwarn: pytest.WarningsRecorder) -> None:
    syntax(r"f('\d')")
    assert not recwarn.list


def test_a_file_has_an_entry_a_line_in_a_fixed_order() -> None:
    entries = (
        Entry("b.py", "", "f", (), 2),
        KNOWN,
        Entry("app/chat.py", "", 'f("é")', ("CTX102", "CTX103"), 1),
    )
    text = render(entries)
    assert text == (
        '{\n  "version": 1,\n  "blocked": [\n'
        '    {"path": "app/chat.py", "scope": "", "source": "f(\\"\\u00e9\\")", '
        '"codes": ["CTX102", "CTX103"], "count": 1},\n'
        '    {"path": "app/chat.py", "scope": "Handler.open", '
        '"source": "create_user_execution_context(*arguments)", "codes": ["CTX101"], "count": 1},\n'
        '    {"path": "b.py", "scope": "", "source": "f", "codes": [], "count": 2}\n'
        "  ]\n}\n"
    )
    write(FILE, text)
    assert set(read(Path(FILE))) == set(entries)
    assert render(reversed(entries)) == text


def test_an_empty_baseline_is_one_too() -> None:
    write(FILE, render(()))
    assert json.loads(Path(FILE).read_bytes()) == {"version": 1, "blocked": []}
    assert read(Path(FILE)) == ()


def test_an_entry_that_a_merge_left_twice_counts_once() -> None:
    twice = [KNOWN, Entry(KNOWN.path, KNOWN.scope, f"({CALL})", (), 2), KNOWN]
    comparison = compare(twice, report_of(BLOCKED))
    assert (len(comparison.known), comparison.new, comparison.fixed[0].count) == (1, (), 1)


GOOD = '{"path": "a.py", "scope": "", "source": "f", "codes": [], "count": 1}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"version": 1,\n<<<<<<< HEAD\n', ":2: this is no JSON: "),
        ("[" * 100_000, ":1: this is nested too deeply; "),
        ("[]", ":1: this is no baseline; right would be a file that --write-baseline wrote"),
        ('{"blocked": 3, "version": 1}', ":1: this is no baseline; "),
        ('{"blocked": []}', ":1: the version of this baseline is null; right would be 1"),
        ('{"version": "2", "blocked": []}', ':1: the version of this baseline is "2"; right would be 1'),
        (
            f'{{"version": 1,\n "blocked": [\n {GOOD},\n  {{"path": "a.py"}}]}}',
            ":4: entry 2 is none: right would be an object with path, scope, source, codes, count",
        ),
        (
            f'{{"blocked": [{GOOD},\n{GOOD},\n\n{GOOD.replace("1", "true")}], "version": 1}}',
            ":4: entry 3 is none: 'count' is of the wrong kind",
        ),
        (
            f'{{"version": 1, "blocked": [{GOOD.replace("1", "0")}]}}',
            ":1: entry 1 is none: 'count' is 0; right would be 1 or more",
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_an_error_with_its_line(text: str, message: str) -> None:
    write(FILE, text)
    with pytest.raises(UsageError) as error:
        read(Path(FILE))
    assert str(error.value).startswith(FILE + message)


def test_a_file_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"no\.json: cannot be read: No such file"):
        read(Path("no.json"))
    Path(FILE).write_bytes(b'{\n"\xe9"')
    with pytest.raises(UsageError, match=r"known\.json:2: a byte that is no UTF-8; right would be"):
        read(Path(FILE))
