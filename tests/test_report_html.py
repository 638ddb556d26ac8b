"""The HTML report as a file: complete, self-contained, the same every time, and nothing in it can get loose."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
import samples
from many import many_sites

from codemod.decide.rules import RULES
from codemod.model import Caution, Change, Config, FileError, FilePlan, Occurrence, Report, Summary
from codemod.report import html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import Verdict

FIELDS = (
    "path",
    "line",
    "column",
    "status",
    "kind",
    "findings",
    "start",
    "ahead",
    "before",
    "after",
    "behind",
)


class Page(HTMLParser):
    """A page as a browser's parser would cut it up: its tags, and the text between each two."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.tags[-1][0] if self.tags else "", data))

    def inside(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag and text.strip()]

    @property
    def visible(self) -> str:
        return " ".join(" ".join(text for tag, text in self.texts if tag not in ("script", "style")).split())


def rendered(report: Report) -> str:
    return html.render(report, RULES)


def data(report: Report | str) -> dict[str, Any]:
    """What the page's scripts get."""
    page = report if isinstance(report, str) else rendered(report)
    found = json.loads(Page(page).inside("script")[0])
    assert isinstance(found, dict)
    return found


def entries(report: Report | str) -> list[dict[str, Any]]:
    """The rows of the list, with their paths, and with their findings as code, message and help."""
    found = data(report)
    rows = [dict(zip(FIELDS, row, strict=True)) for row in found["entries"]]
    return [
        {
            **row,
            "path": found["paths"][row["path"]],
            "findings": [found["findings"][at] for at in row["findings"]],
        }
        for row in rows
    ]


def told(report: Report, *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(entry[field] for field in fields) for entry in entries(report)]


MIXED = samples.report(
    samples.site("app/chat.py:9:5"),
    samples.site("app/handler.py:41:15", notes=[samples.STILL_USED]),
    samples.site("app/handler.py:60:5", "ignored", [samples.UNPACKED]),
    samples.site("app/handler.py:88:15", "blocked", [samples.UNPACKED, samples.UNSUPPORTED]),
    changes=[Change("app/chat.py", "import", 3)],
    errors=[samples.BROKEN],
    occurrences=[Occurrence("app/chat.py", 3, 26, "import"), Occurrence("app/handler.py", 90, 7, "mention")],
    warnings=[Caution("app/chat.py", 9, "`CTX999` is no code")],
)


def test_everything_in_the_order_of_the_files() -> None:
    assert told(MIXED, "path", "line", "column", "status", "kind") == [
        ("app/bad.py", 14, 0, "error", ""),
        ("app/chat.py", 3, 0, "change", "import"),
        ("app/chat.py", 9, 0, "warning", ""),
        ("app/chat.py", 9, 5, "migrated", "call"),
        ("app/handler.py", 41, 15, "review", "call"),
        ("app/handler.py", 60, 5, "ignored", "call"),
        ("app/handler.py", 88, 15, "blocked", "call"),
    ]


def test_reasons_and_advice() -> None:
    findings = [entry["findings"] for entry in entries(MIXED)]
    assert findings[-1] == [
        ["CTX101", samples.UNPACKED.message, "Write the arguments out."],
        ["CTX102", samples.UNSUPPORTED.message, None],
    ]
    assert findings[0] == [["CTX901", "invalid syntax", None]]
    assert findings[2] == [["", "`CTX999` is no code", ""]]


def test_the_text_of_a_rule_stands_once_and_only_where_its_code_is_found() -> None:
    rules = {rule.code: rule for rule in RULES}
    found = data(MIXED)["rules"]
    assert list(found) == ["CTX101", "CTX102", "CTX151", "CTX901"]
    unsupported = rules["CTX102"]
    assert found["CTX102"] == {
        "name": unsupported.name,
        "kind": "block",
        "summary": unsupported.summary,
        "advice": unsupported.advice,
        "before": unsupported.before,
        "after": unsupported.after,
    }
    assert rendered(MIXED).count(unsupported.advice) == 1


def test_a_code_without_a_rule_keeps_its_own_help() -> None:
    page = html.render(samples.report(samples.site("a.py:1:1", "blocked", [samples.UNPACKED])), [])
    assert '["CTX101","`**extra` hides which arguments the call passes","Write the arguments out."]' in page


def test_the_counts_are_there_without_scripts() -> None:
    page = Page(rendered(MIXED))
    assert "create_user_execution_context → get_user_execution_context" in page.visible
    assert "2 of 4 sites would be migrated, 1 of them to review. Nothing was written." in page.visible
    for count in (
        "1 Migrated",
        "1 To review",
        "1 Blocked",
        "1 Ignored",
        "1 Imports",
        "1 File errors",
        "1 Warnings",
    ):
        number, label = count.split(" ", 1)
        assert f"{number} of {number} {label}" in page.visible
    assert "times the name 6 in sites 4 imports 1 definitions 0 lookalikes 0 mentions 1" in page.visible
    assert "listed with JavaScript only" in page.visible
    widths = [float(tag["width"] or 0) for name, tag in page.tags if name == "rect"]
    assert widths == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("sites", "headline"),
    [
        (["migrated"], "1 of 1 site was migrated."),
        (["migrated", "migrated", "blocked"], "2 of 3 sites were migrated."),
    ],
)
def test_a_run_that_wrote_says_so(sites: Sequence[Verdict], headline: str) -> None:
    report = samples.report(
        *(samples.site(f"a.py:{n}:1", each) for n, each in enumerate(sites, 1)), written=True
    )
    assert headline in Page(rendered(report)).visible
    assert "Nothing was written" not in rendered(report)
    assert data(report)["written"] is True


def test_a_run_that_found_nothing() -> None:
    page = Page(rendered(Report("/project", Config(), Summary(files_scanned=1234))))
    assert "No site was found." in page.visible
    assert "files scanned 1,234" in page.visible


def test_what_stands_around_a_site() -> None:
    report = samples.report(
        samples.site(
            "a.py:1:11", source="context = create_user_execution_context(user_id, thread_id, run_id)  # new"
        ),
        samples.site("b.py:1:5", before="f(\r\n    run_id,\r\n)", source="    f(\r\n    run_id,\r\n).name"),
        samples.site("c.py:1:5"),
    )
    after = "get_user_execution_context(user_id, thread_id)"
    assert told(report, "ahead", "before", "after", "behind") == [
        ("context = ", "create_user_execution_context(user_id, thread_id, run_id)", after, "  # new"),
        ("    ", "f(\n    run_id,\n)", after, ".name"),
        ("    ", "create_user_execution_context(user_id, thread_id, run_id)", after, ""),
    ]


def changed(before: str, after: str, *changes: Change, encoding: str = "utf-8", sites: int = 0) -> Report:
    plan = FilePlan("a.py", before.encode(encoding), after.encode(encoding))
    lines = before.splitlines()
    calls = (samples.site(f"a.py:{len(lines) - n}:5") for n in range(sites))
    return samples.report(*calls, changes=changes, plans=[plan])


IMPORT = "from app import create_user_execution_context"
CALL = "    create_user_execution_context(user_id, thread_id, run_id)\n"
NEW_CALL = "    get_user_execution_context(user_id, thread_id)\n"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        pytest.param(
            f"import os\n{IMPORT}\n",
            "import os\nfrom app import get_user_execution_context\n",
            (2, IMPORT, "from app import get_user_execution_context"),
            id="replaced",
        ),
        pytest.param(
            f"import os\n{IMPORT}  # é\n",
            f"import os\n{IMPORT}, get_user_execution_context  # é\n",
            (2, f"{IMPORT}  # é", f"{IMPORT}, get_user_execution_context  # é"),
            id="added on the line",
        ),
        pytest.param(
            "from app import (\n    create_user_execution_context,\n    other,\n)\n",
            "from app import (\n    create_user_execution_context,\n    get_user_execution_context,\n    other,\n)\n",
            (
                2,
                "    create_user_execution_context,",
                "    create_user_execution_context,\n    get_user_execution_context,",
            ),
            id="added on a line of its own",
        ),
        pytest.param(
            f"import os\r\n{IMPORT}\r\n",
            "import os\r\nfrom app import get_user_execution_context\r\n",
            (2, IMPORT, "from app import get_user_execution_context"),
            id="with Windows newlines",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_lines_of_an_import(before: str, after: str, shown: tuple[int, str, str], encoding: str) -> None:
    report = changed(before, after, Change("a.py", "import", 2), encoding=encoding)
    assert told(report, "start", "before", "after") == [shown]


def test_an_import_right_above_a_site_is_shown_without_it() -> None:
    report = changed(
        f"def f():\n    {IMPORT}\n{CALL}",
        f"def f():\n    from app import get_user_execution_context\n{NEW_CALL}",
        Change("a.py", "import", 2),
        sites=1,
    )
    assert told(report, "status", "before", "after") == [
        ("change", f"    {IMPORT}", "    from app import get_user_execution_context"),
        ("migrated", CALL.strip(), NEW_CALL.strip()),
    ]


def test_a_change_whose_lines_are_not_known_is_listed_all_the_same() -> None:
    report = samples.report(changes=[Change("a.py", "all", 7)])
    assert told(report, "line", "status", "kind", "before", "after") == [(7, "change", "all", "", None)]


def test_a_change_over_many_lines_is_listed_without_them() -> None:
    gap = "x = 1\n" * 50
    before, after = f"{IMPORT}\n{gap}{IMPORT}\n", f"{IMPORT}, a\n{gap}{IMPORT}, b\n"
    assert told(changed(before, after, Change("a.py", "import", 1)), "before", "after") == [("", None)]


NASTY = '</script><script>alert(1)</script><!--<script>&quot;\u2028\u2029"'


def nasty() -> Report:
    finding = replace(samples.UNPACKED, message=f"`{NASTY}`", help=NASTY)
    source = f"create_user_execution_context({NASTY!r})"
    report = samples.report(
        samples.site(f"app/{NASTY}.py:3:1", "blocked", [finding], before=source),
        errors=[FileError(f"{NASTY}.py", 1, "CTX901", NASTY)],
        warnings=[Caution(f"{NASTY}.py", 1, NASTY)],
    )
    return replace(report, config=Config(factory=f"f{NASTY}", getter=f"g{NASTY}"))


def test_nothing_from_the_project_is_taken_for_markup() -> None:
    calm, page = Page(rendered(MIXED)), Page(rendered(nasty()))
    names = [tag for tag, _ in page.tags if tag not in ("rect", "button", "span", "b")]
    assert names == [tag for tag, _ in calm.tags if tag not in ("rect", "button", "span", "b")]
    assert "\u2028" not in rendered(nasty())
    assert not re.search(r"[<>&]", page.inside("script")[0])
    escaped = NASTY.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    assert entries(nasty())[-1]["findings"] == [["CTX101", f"`{escaped}`", escaped]]
    assert entries(nasty())[-1]["path"] == f"app/{escaped}.py"


def test_characters_that_hide_or_reorder_are_shown_escaped() -> None:
    report = samples.report(samples.site("app/\u202egnp.py:1:1", before="f('\x1b[2J\u200b')\n\t# é"))
    assert told(report, "path", "before") == [("app/\\u202egnp.py", "f('\\x1b[2J\\u200b')\n\t# é")]


def test_a_file_name_that_is_no_text_can_be_written() -> None:
    page = rendered(samples.report(samples.site("app/caf\udce9.py:1:1")))
    assert "\\udce9" in page.encode("utf-8").decode("utf-8")


def test_the_page_loads_nothing_and_runs_only_its_own_scripts() -> None:
    text = rendered(MIXED)
    page = Page(text)
    policy = next(tag["content"] or "" for _, tag in page.tags if tag.get("http-equiv"))
    directives = {name: sources for name, *sources in (part.split() for part in policy.split(";"))}
    assert directives["default-src"] == ["'none'"]
    for bodies, directive in ((page.inside("script")[1:], "script-src"), (page.inside("style"), "style-src")):
        hashes = [f"'sha256-{b64encode(sha256(body.encode()).digest()).decode()}'" for body in bodies]
        assert directives[directive] == hashes
    for _, tag in page.tags:
        assert not {"src", "srcset", "style", "onclick", "onload", "onerror"} & tag.keys()
        assert (tag.get("href") or "data:").startswith("data:")
    assert "://" not in re.sub(r"http://www\.w3\.org/2000/svg", "", text)


def test_the_same_run_gives_the_same_bytes() -> None:
    again = replace(
        MIXED,
        root="/elsewhere",
        seconds=99.0,
        sites=MIXED.sites[::-1],
        changes=MIXED.changes[::-1],
    )
    assert rendered(again) == rendered(MIXED)


def test_ten_thousand_sites_are_all_there_and_a_text_that_comes_again_stands_once() -> None:
    report = many_sites(10_000)
    page = rendered(report)
    found = entries(page)
    sites = [(each["path"], each["line"], each["column"]) for each in found if each["kind"] == "call"]
    assert sites == [(site.path, site.line, site.column) for site in report.sites]
    assert sum(each["status"] == "change" for each in found) == len(report.changes)
    assert page.count(samples.UNSUPPORTED.message) == 1
    assert len(page) < 4_000_000
