"""The Markdown report: short first, complete, and only text whatever the names and the source hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
import samples
from many import many_sites
from markdown_it import MarkdownIt

from codemod.decide.rule import Rule
from codemod.decide.rules import RULES
from codemod.model import Caution, Change, FileError, Finding
from codemod.report import markdown, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import Report

OWN_TAGS = {"a", "b", "code", "details", "em", "h2", "h3", "h4", "li", "p", "pre", "strong", "summary", "ul"}
OWN_TAGS |= {"table", "tbody", "td", "th", "thead", "tr"}
SHORT_RULES = (
    Rule(
        "CTX101",
        "unpacked-arguments",
        "block",
        "The call has `*args`.",
        "Write them out.",
        "f(*args)",
        "f(a)",
    ),
    Rule("CTX151", "still-used", "note", "The variable | is read again.", "Read the object's."),
    Rule("CTX901", "syntax-error", "file", "The file does not parse.", "Mend the file, or exclude it."),
)
CONVERTER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = (
    "</code></summary></details><script>alert(1)</script><!--",
    "`` ` ``` code",
    " `a` ",
    "| a | b |",
    "\\| \\",
    "@team/core fixes #1, see [x](http://x) ![y](z) **b** _i_ ~~s~~ $m$ &amp; <b>",
    "# heading\n\n- item\r\n---\n```\n",
    "\u202e\x1b[31m\x00\udcff\u65e5",
)


class Page(HTMLParser):
    """The report as a browser has it: which tags there are, what is code and what is other text."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.code: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(CONVERTER.render(rendered(report)))
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)
        if tag == "code":
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" in self._open:
            self.code[-1] += data
        else:
            self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def rendered(report: Report, rules: Sequence[Rule] = RULES) -> str:
    return markdown.render(report, rules)


def headline(report: Report) -> str:
    return rendered(report).split("\n")[0]


def test_the_whole_report() -> None:
    call = "create_user_execution_context(\n        db_session=db,\n        **extra,\n    )"
    reviewed = samples.site(
        "app/handler.py:41:19",
        notes=[Finding("CTX151", "`run_id` is read again", "Read `context.run_id`.")],
        source="        context = create_user_execution_context(user_id, thread_id, run_id)  # new",
    )
    report = samples.report(
        samples.site("app/chat.py:9:5"),
        samples.site("app/chat.py:12:5"),
        reviewed,
        samples.site("app/handler.py:60:5", "ignored"),
        samples.site(
            "app/handler.py:88:15", "blocked", [samples.UNPACKED], before=call, source=f"    context = {call}"
        ),
        changes=[Change("app/chat.py", "import", 3), Change("app/chat.py", "all", 5)],
        errors=[samples.BROKEN],
        warnings=[Caution("app/chat.py", 9, "`CTX999` is no code")],
    )
    assert rendered(report, SHORT_RULES) == dedent(
        """\
        ## ctxmigrate: 1 file could not be handled, 1 site blocked, 1 site to review

        | verdict | sites |
        | --- | ---: |
        | blocked | 1 |
        | would be migrated, to review | 1 |
        | would be migrated, nothing to review | 2 |
        | ignored | 1 |

        Files: 12 scanned, 2 with the name, 2 would be changed. Left alone: nothing.

        <details open><summary><b>Files that could not be handled</b> (1)</summary>

        - `app/bad.py:14` **CTX901 syntax-error**: invalid syntax. Mend the file, or exclude it.

        </details>

        ### What needs a person

        | code | verdict | sites | what it means |
        | --- | --- | ---: | --- |
        | [CTX101](#ctx101) | blocked | 1 | The call has `*args`. |
        | [CTX151](#ctx151) | to review | 1 | The variable \\| is read again. |

        <details><summary>What the codes mean, and what to do</summary>

        <a name="ctx101"></a>

        #### CTX101 unpacked-arguments

        The call has `*args`.

        Before:

        ```python
        f(*args)
        ```

        After:

        ```python
        f(a)
        ```

        What to do: Write them out.

        <a name="ctx151"></a>

        #### CTX151 still-used

        The variable | is read again.

        What to do: Read the object's.

        </details>

        ### Blocked

        <details><summary><code>app/handler.py</code> (1)</summary>

        **Line 88**, column 15:

        - **CTX101 unpacked-arguments**: `**extra` hides which arguments the call passes. Write the arguments out.

        ```python
        context = create_user_execution_context(
            db_session=db,
            **extra,
        )
        ```

        </details>

        ### To review

        <details><summary><code>app/handler.py</code> (1)</summary>

        **Line 41**, column 19:

        - **CTX151 still-used**: `run_id` is read again. Read `context.run_id`.

        ```diff
        -context = create_user_execution_context(user_id, thread_id, run_id)  # new
        +context = get_user_execution_context(user_id, thread_id)  # new
        ```

        </details>

        <details><summary><b>Warnings</b> (1)</summary>

        - `app/chat.py`: line 9: `CTX999` is no code

        </details>

        <details><summary><b>Ignored</b> (1)</summary>

        - `app/handler.py`: 60:5

        </details>

        <details><summary><b>Would be migrated, nothing to review</b> (2)</summary>

        - `app/chat.py`: 9:5, 12:5

        </details>

        <details><summary><b>Imports and re-exports that would be changed</b> (2)</summary>

        - `app/chat.py`: 3 (import), 5 (`__all__`)

        </details>
        """
    )


def test_each_code_is_explained_with_the_rules_own_words() -> None:
    site = samples.site("a.py:1:1", "blocked", [samples.UNPACKED])
    page = Page(samples.report(site))
    (rule,) = (rule for rule in RULES if rule.code == "CTX101")
    assert {f"{rule.before}\n", f"{rule.after}\n"} <= set(page.code)
    assert "What to do: Write the arguments out" in page.text
    assert '<a name="ctx101"></a>' in rendered(samples.report(site))


def test_the_most_frequent_code_comes_first() -> None:
    sites = [samples.site(f"a.py:{line}:1", "blocked", [samples.UNSUPPORTED]) for line in (2, 3)]
    text = rendered(samples.report(samples.site("a.py:1:1", "blocked", [samples.UNPACKED]), *sites))
    assert text.index("| [CTX102](#ctx102) | blocked | 2 |") < text.index(
        "| [CTX101](#ctx101) | blocked | 1 |"
    )


def test_only_the_lines_that_change_are_marked() -> None:
    call = "create_user_execution_context(\n        user_id,\n        thread_id,\n        run_id=None,\n    )"
    site = samples.site("a.py:3:12", notes=[samples.STILL_USED], before=call, source=f"    return {call}")
    text = rendered(samples.report(site))
    assert "```diff\n-return create_user_execution_context(\n" in text
    page = Page(samples.report(site))
    assert page.code[-1].split("\n")[:2] == [
        "-return create_user_execution_context(",
        "-    user_id,",
    ]


def test_a_long_call_is_cut() -> None:
    call = "create_user_execution_context(\n" + "".join(f"    {number},\n" for number in range(100)) + ")"
    page = Page(samples.report(samples.site("a.py:1:1", "blocked", [samples.UNPACKED], before=call)))
    assert page.code[-1].split("\n")[-3:] == ["    18,", "... 82 more lines", ""]


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (samples.report(), "## ctxmigrate: nothing to migrate"),
        (samples.report(samples.site("a.py:1:1", "ignored")), "## ctxmigrate: nothing to migrate"),
        (samples.report(samples.site("a.py:1:1")), "## ctxmigrate: all clear, 1 site would be migrated"),
        (samples.report(samples.site("a.py:1:1"), written=True), "## ctxmigrate: all clear, 1 site migrated"),
        (samples.report(samples.site("a.py:1:1", "blocked")), "## ctxmigrate: 1 site blocked"),
    ],
)
def test_the_verdict_comes_first(report: Report, line: str) -> None:
    assert headline(report) == line


def test_a_code_without_a_rule_is_told_all_the_same() -> None:
    site = samples.site("a.py:1:1", "blocked", [Finding("XYZ|1", "odd", "")])
    page = Page(samples.report(site, errors=[FileError("b.py", 1, "XYZ2", "odd")]))
    assert page.text.count("XYZ|1") == 2
    assert "XYZ2: odd" in page.text


@pytest.mark.parametrize("text", HOSTILE)
def test_any_name_and_source_is_only_text(text: str) -> None:
    finding = Finding("CTX101", f"`{text}` is odd: {text}", text)
    sites = [
        samples.site(f"{text}:1:1", "blocked", [finding], before=text),
        samples.site(f"{text}:90:1", notes=[finding], before=text, source=text),
        samples.site(f"{text}:95:1", "ignored"),
        samples.site(f"{text}:99:1"),
    ]
    page = Page(
        samples.report(
            *sites,
            changes=[Change(text, "import", 1)],
            errors=[FileError(text, 1, "CTX901", text)],
            warnings=[Caution(text, 1, text)],
        )
    )
    assert page.tags <= OWN_TAGS
    assert page.code.count(visible(text)) >= 5
    assert f"{visible(text)}:1" in page.code
    assert not re.search(r"[@#]\w", page.text)
    if "`" not in text:
        assert f" is odd: {visible(text)}. {visible(text)}" in page.text.replace("\u200b", "")


def test_a_long_report_says_where_to_cut_it() -> None:
    short, long = many_sites(50), many_sites(2_000)
    assert "Too long" not in rendered(short)
    assert len(rendered(short)) < 65_536
    assert rendered(long).index("_Too long for a comment (") < 1_000


def test_ten_thousand_sites() -> None:
    report = many_sites(10_000)
    text = rendered(report)
    told = set()
    for path, body in re.findall(
        r"<code>(app/\w+\.py)</code> \(\d+\)</summary>\n(.*?)</details>", text, re.DOTALL
    ):
        told |= {(path, int(line)) for line in re.findall(r"\*\*Line (\d+)\*\*", body)}
    for path, body in re.findall(r"^- `(app/\w+\.py)`: ([\d:, ]+)$", text, re.MULTILINE):
        told |= {(path, int(line)) for line in re.findall(r"(\d+):\d+", body)}
    assert told == {(site.path, site.line) for site in report.sites}
    assert text.index("### Blocked") < text.index("### To review") < text.index("<b>Ignored</b>")
