"""The JSON report: its shape, its order, and that the same run gives the same bytes."""

from __future__ import annotations

import json
from importlib.metadata import version
from itertools import permutations
from typing import Any

import samples

from codemod.model import Change, Config, FileError, Finding, Report, Summary
from codemod.report import as_json


def parsed(report: Report) -> dict[str, Any]:
    document = json.loads(as_json.render(report))
    assert isinstance(document, dict)
    return document


def test_the_report_of_nothing() -> None:
    assert as_json.render(Report("/project", Config(), Summary())) == (
        '{\n  "version": 1,\n'
        f'  "tool": {{\n    "name": "ctxmigrate",\n    "version": "{version("ctxmigrate")}"\n  }},\n'
        '  "root": ".",\n'
        '  "summary": {\n'
        '    "files_scanned": 0,\n    "files_matched": 0,\n    "files_changed": 0,\n'
        '    "migrated": 0,\n    "noted": 0,\n    "blocked": 0,\n    "ignored": 0,\n'
        '    "occurrences": 0,\n    "imports": 0,\n    "definitions": 0,\n    "lookalikes": 0,\n'
        '    "mentions": 0,\n    "errors": 0\n  },\n'
        '  "sites": [],\n  "changes": [],\n  "errors": []\n}\n'
    )


def test_a_blocked_site() -> None:
    blocked = samples.site(
        "app/handler.py:12:15",
        "blocked",
        [samples.UNPACKED, samples.UNSUPPORTED],
        before="create_user_execution_context(\n    db_session=db,\n    **extra,\n)",
        source="context = create_user_execution_context(\n    db_session=db,\n    **extra,\n)",
    )
    (found,) = parsed(samples.report(blocked))["sites"]
    assert list(found.items()) == [
        ("path", "app/handler.py"),
        ("line", 12),
        ("column", 15),
        ("end_line", 15),
        ("end_column", 2),
        ("kind", "call"),
        ("verdict", "blocked"),
        ("codes", ["CTX101", "CTX102"]),
        ("notes", []),
        ("message", f"{samples.UNPACKED.message}; {samples.UNSUPPORTED.message}"),
        ("help", f"{samples.UNPACKED.help} {samples.UNSUPPORTED.help}"),
        ("before", "create_user_execution_context(\n    db_session=db,\n    **extra,\n)"),
        ("after", None),
    ]


def test_a_migrated_site_with_a_note() -> None:
    (found,) = parsed(samples.report(samples.site("a.py:1:1", notes=[samples.STILL_USED])))["sites"]
    assert (found["codes"], found["notes"]) == ([], ["CTX151"])
    assert (found["message"], found["help"]) == (samples.STILL_USED.message, samples.STILL_USED.help)
    assert found["after"] == "get_user_execution_context(user_id, thread_id)"


def test_a_clean_site_has_nothing_to_say() -> None:
    (found,) = parsed(samples.report(samples.site("a.py:1:1")))["sites"]
    assert (found["codes"], found["notes"], found["message"], found["help"]) == ([], [], "", "")


def test_a_code_found_twice_is_listed_once_and_its_help_given_once() -> None:
    other = Finding("CTX102", "`trace=` is not a parameter either", samples.UNSUPPORTED.help)
    (found,) = parsed(samples.report(samples.site("a.py:1:1", "blocked", [samples.UNSUPPORTED, other])))[
        "sites"
    ]
    assert found["codes"] == ["CTX102"]
    assert found["message"] == f"{samples.UNSUPPORTED.message}; {other.message}"
    assert found["help"] == samples.UNSUPPORTED.help


def test_sites_changes_and_errors_are_sorted_whatever_order_they_come_in() -> None:
    sites = [samples.site(place) for place in ("a.py:2:9", "a.py:10:1", "a.py:10:5", "b.py:1:1")]
    changes = [Change("a.py", "import", 3), Change("a.py", "all", 9), Change("b.py", "re-export", 1)]
    errors = [FileError("c.py", 2, "CTX901", "m"), FileError("c.py", 10, "CTX901", "m")]
    rendered = {
        as_json.render(samples.report(*some_sites, changes=some_changes, errors=some_errors))
        for some_sites in permutations(sites)
        for some_changes in permutations(changes)
        for some_errors in permutations(errors)
    }
    assert len(rendered) == 1
    document = json.loads(rendered.pop())
    assert [(each["path"], each["line"], each["column"]) for each in document["sites"]] == [
        ("a.py", 2, 9),
        ("a.py", 10, 1),
        ("a.py", 10, 5),
        ("b.py", 1, 1),
    ]
    assert document["changes"] == [
        {"path": "a.py", "kind": "import", "line": 3},
        {"path": "a.py", "kind": "all", "line": 9},
        {"path": "b.py", "kind": "re-export", "line": 1},
    ]
    assert document["errors"] == [
        {"path": "c.py", "line": 2, "code": "CTX901", "message": "m"},
        {"path": "c.py", "line": 10, "code": "CTX901", "message": "m"},
    ]


def test_neither_the_place_of_the_tree_nor_the_clock_shows() -> None:
    here = Report("/here", Config(), Summary(), seconds=1.0)
    there = Report("/there", Config(), Summary(), seconds=2.0)
    assert as_json.render(here) == as_json.render(there)


def test_any_name_and_source_survives_as_ascii() -> None:
    path = "caf\u00e9\n\udcff\x1b[31m\u202e.py"
    text = as_json.render(
        samples.report(samples.site(f"{path}:1:1", before="f('\u65e5\u672c', '\U0001f600')"))
    )
    assert text.isascii()
    (found,) = json.loads(text)["sites"]
    assert (found["path"], found["before"]) == (path, "f('\u65e5\u672c', '\U0001f600')")
