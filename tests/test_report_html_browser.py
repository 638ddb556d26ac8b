"""The HTML report in a real browser: what a person does with it, and what it must never do."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest
import samples
from many import many_sites

from codemod.decide.rules import RULES
from codemod.model import Caution, Change, Finding
from codemod.report import html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page

    from codemod.model import Report

    Open = Callable[..., Page]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

MIXED = samples.report(
    samples.site("app/chat.py:9:5"),
    samples.site("app/routes/handler.py:41:15", notes=[samples.STILL_USED]),
    samples.site("app/routes/handler.py:60:5", "ignored", [samples.UNPACKED]),
    samples.site("app/routes/handler.py:88:15", "blocked", [samples.UNPACKED]),
    samples.site("app/routes/threads.py:7:5", "blocked", [samples.UNSUPPORTED]),
    samples.site("tests/test_chat.py:5:5", "blocked", [samples.UNPACKED, samples.UNSUPPORTED]),
    changes=[Change("app/chat.py", "import", 3)],
    errors=[samples.BROKEN],
    warnings=[Caution("app/chat.py", 9, "`CTX999` is no code")],
)
EVERYTHING = [
    "app/bad.py:14",
    "app/chat.py:3",
    "app/chat.py:9",
    "app/chat.py:9",
    "app/routes/handler.py:41",
    "app/routes/handler.py:60",
    "app/routes/handler.py:88",
    "app/routes/threads.py:7",
    "tests/test_chat.py:5",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless browser. Without one the tests are skipped, but not where everything has to be tested."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"none of the browsers {', '.join(BROWSERS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a report. Whatever a test does, no page may say a word, ask for anything, or show a dialogue."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    said: list[str] = []
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    def open_report(report: Report, fragment: str = "", width: int = 1400) -> Page:
        file = tmp_path / "report.html"
        file.write_text(html.render(report, RULES), encoding="utf-8")
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 1000})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", refuse)
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        page.goto(f"{file.as_uri()}{fragment}")
        return page

    yield open_report
    context.close()
    assert said == []
    assert {url for url in asked if not url.startswith("data:")} <= {(tmp_path / "report.html").as_uri()}


def listed(page: Page) -> list[str]:
    """The places that the list shows, in its order."""
    return [button.get_attribute("data-place") or "" for button in page.locator("#list .copy").all()]


def fragment(page: Page) -> str:
    return page.url.partition("#")[2]


def focused(page: Page) -> str | None:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")  # type: ignore[no-any-return]


def test_everything_is_listed_with_its_reason_and_advice(opened: Open) -> None:
    page = opened(MIXED)
    assert listed(page) == EVERYTHING
    assert page.locator("#count").inner_text() == "Showing all 9"
    site = page.get_by_role("article", name="app/routes/threads.py line 7, blocked")
    assert site.locator(".message").inner_text() == samples.UNSUPPORTED.message.replace("`", "")
    assert site.locator(".help").inner_text() == samples.UNSUPPORTED.help
    error = page.get_by_role("article", name="app/bad.py line 14, file error")
    assert "invalid syntax" in error.inner_text()
    assert "Mend the file" in error.inner_text()


def test_a_migrated_site_is_shown_as_a_difference(opened: Open) -> None:
    site = opened(MIXED).get_by_role("article", name="app/routes/handler.py line 41, to review")
    assert (
        site.locator(".removed code")
        .inner_text()
        .endswith("create_user_execution_context(user_id, thread_id, run_id)")
    )
    assert site.locator(".added code").inner_text().endswith("get_user_execution_context(user_id, thread_id)")
    assert site.locator(".removed mark").all_inner_texts() == [
        "create_user_execution_context",
        ", ",
        "run_id",
    ]
    assert site.locator(".added mark").all_inner_texts() == ["get_user_execution_context"]


def test_filters_combine_and_live_in_the_fragment(opened: Open) -> None:
    page = opened(MIXED)
    page.get_by_role("button", name="Blocked").click()
    assert listed(page) == ["app/routes/handler.py:88", "app/routes/threads.py:7", "tests/test_chat.py:5"]
    page.get_by_role("button", name="CTX101").click()
    assert listed(page) == ["app/routes/handler.py:88", "tests/test_chat.py:5"]
    page.locator("#folders").get_by_role("link", name="tests/").click()
    assert listed(page) == ["tests/test_chat.py:5"]
    page.get_by_role("searchbox").fill("EXTRA hides")
    assert listed(page) == ["tests/test_chat.py:5"]
    assert fragment(page) == "verdict=blocked&code=CTX101&folder=tests&text=EXTRA%20hides"
    page.get_by_role("searchbox").fill("nowhere")
    assert listed(page) == []
    assert page.get_by_text("Nothing passes these filters.").is_visible()
    page.get_by_role("button", name="Clear filters").click()
    assert listed(page) == EVERYTHING
    assert fragment(page) == ""


def test_several_values_of_one_filter_add_up(opened: Open) -> None:
    page = opened(MIXED)
    page.get_by_role("button", name="Ignored").click()
    page.get_by_role("button", name="To review").click()
    assert listed(page) == ["app/routes/handler.py:41", "app/routes/handler.py:60"]
    page.get_by_role("button", name="Ignored").click()
    assert listed(page) == ["app/routes/handler.py:41"]


def test_a_deep_link_restores_the_filters(opened: Open) -> None:
    page = opened(MIXED, "#verdict=blocked,ignored&code=CTX101&folder=app/routes&text=handler.py:6")
    assert listed(page) == ["app/routes/handler.py:60"]
    pressed = page.locator("[aria-pressed=true]").all_inner_texts()
    assert [each.split()[-1] for each in pressed[:2]] == ["Blocked", "Ignored"]
    assert pressed[2:] == ["CTX101\nunpacked-arguments\n1"]
    assert page.get_by_role("searchbox").input_value() == "handler.py:6"
    assert page.locator("#trail [aria-current]").inner_text() == "routes"


@pytest.mark.parametrize(
    "strange", ["#", "#verdict=nonsense", "#%E0%A4%A", "#=&&==", "#__proto__=1&verdict=__proto__,constructor"]
)
def test_a_fragment_that_makes_no_sense_filters_nothing(opened: Open, strange: str) -> None:
    assert listed(opened(MIXED, strange)) == EVERYTHING


def test_a_link_to_a_code_or_folder_that_is_gone_finds_nothing(opened: Open) -> None:
    assert listed(opened(MIXED, "#code=CTX108")) == []
    assert listed(opened(MIXED, "#folder=app/rout")) == []


def test_back_and_forward_go_through_the_filters(opened: Open) -> None:
    page = opened(MIXED)
    page.get_by_role("button", name="Blocked").click()
    page.get_by_role("searchbox").press_sequentially("thr")
    assert listed(page) == ["app/routes/handler.py:88", "app/routes/threads.py:7", "tests/test_chat.py:5"]
    page.get_by_role("searchbox").press_sequentially("eads")
    assert listed(page) == ["app/routes/threads.py:7"]
    page.go_back()
    assert (fragment(page), len(listed(page))) == ("verdict=blocked", 3)
    assert page.get_by_role("searchbox").input_value() == ""
    page.go_back()
    assert listed(page) == EVERYTHING
    page.go_forward()
    page.go_forward()
    assert (fragment(page), listed(page)) == ("verdict=blocked&text=threads", ["app/routes/threads.py:7"])


def test_folders_worst_first_down_to_the_files(opened: Open) -> None:
    page = opened(MIXED)
    rows = page.locator("#folders li")
    assert rows.all_inner_texts() == ["app/\n8", "tests/\n1"]
    assert rows.first.locator("title").text_content() == (
        "1 would be migrated, 1 to review, 2 blocked, 1 ignored"
    )
    rows.first.get_by_role("link").click()
    assert rows.all_inner_texts() == ["bad.py\n1", "routes/\n4", "chat.py\n3"]
    rows.nth(1).get_by_role("link").click()
    assert rows.all_inner_texts() == ["handler.py\n3", "threads.py\n1"]
    rows.nth(1).get_by_role("link").click()
    assert listed(page) == ["app/routes/threads.py:7"]
    page.locator("#trail").get_by_role("link", name="app").click()
    assert len(listed(page)) == 8


def test_the_counts_follow_the_other_filters(opened: Open) -> None:
    page = opened(MIXED, "#folder=app/routes")
    tiles = {" ".join(tile.split()) for tile in page.locator(".tile").all_inner_texts()}
    assert {"0 of 1 Migrated", "1 To review", "2 of 3 Blocked", "1 Ignored"} <= tiles
    codes = page.locator("#codes li").all_inner_texts()
    assert "CTX101\nunpacked-arguments\n2" in codes


def test_a_code_is_a_link_to_its_meaning_and_its_sites(opened: Open) -> None:
    page = opened(MIXED)
    page.get_by_role("article", name="threads.py line 7").get_by_role("link", name="CTX102").click()
    assert listed(page) == ["app/routes/threads.py:7", "tests/test_chat.py:5"]
    rule = next(rule for rule in RULES if rule.code == "CTX102")
    card = page.get_by_role("region", name="CTX102")
    assert rule.name in card.inner_text()
    assert rule.summary.replace("`", "") in card.inner_text()
    assert card.locator(".removed").count() > 0


def test_the_keyboard_is_enough(opened: Open) -> None:
    page = opened(MIXED)
    page.keyboard.press("j")
    assert focused(page) == "app/bad.py line 14, file error"
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "app/chat.py line 9, would be migrated call"
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    page.keyboard.press("k")
    assert focused(page) == "app/chat.py line 9, warning"
    page.keyboard.press("End")
    assert focused(page) == "tests/test_chat.py line 5, blocked call"
    page.keyboard.press("j")
    assert focused(page) == "tests/test_chat.py line 5, blocked call"
    page.keyboard.press("/")
    page.keyboard.type("jk/c")
    assert page.get_by_role("searchbox").input_value() == "jk/c"
    page.get_by_role("searchbox").fill("threads")
    page.keyboard.press("Escape")
    assert focused(page) == "app/routes/threads.py line 7, blocked call"


def test_the_place_of_a_site_can_be_copied(opened: Open) -> None:
    page = opened(MIXED)
    button = page.get_by_role("button", name="Copy app/routes/handler.py:41")
    button.click()
    button.get_by_text("Copied", exact=True).wait_for()
    assert page.locator("#said").inner_text() == "Copied app/routes/handler.py:41"
    page.keyboard.press("/")
    page.keyboard.press("Control+V")
    assert page.get_by_role("searchbox").input_value() == "app/routes/handler.py:41"
    page.keyboard.press("Escape")
    assert listed(page) == ["app/routes/handler.py:41"]
    page.get_by_role("searchbox").fill("threads")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_text("Copied app/routes/threads.py:7").wait_for(state="attached")
    page.keyboard.press("/")
    page.keyboard.press("Control+V")
    assert page.get_by_role("searchbox").input_value() == "app/routes/threads.py:7"


def test_a_place_is_copied_without_the_clipboard_interface_too(opened: Open) -> None:
    page = opened(MIXED)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy app/routes/threads.py:7").click()
    page.get_by_text("Copied app/routes/threads.py:7").wait_for(state="attached")
    page.keyboard.press("/")
    page.keyboard.press("Control+V")
    assert page.get_by_role("searchbox").input_value() == "app/routes/threads.py:7"


def test_names_and_source_with_markup_are_shown_as_text(opened: Open) -> None:
    nasty = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    finding = Finding("CTX101", f"`{nasty}` and {nasty}", nasty)
    page = opened(
        samples.report(
            samples.site(f"app/{nasty}.py:3:1", "blocked", [finding], before=f"create('{nasty}')"),
            warnings=[Caution("a.py", 1, nasty)],
        ),
        f"#text={nasty.replace('<', '%3C')}",
    )
    assert page.locator("#list img, #list script, aside img, aside script").count() == 0
    site = page.locator("article").nth(1)
    assert f"create('{nasty}')" in site.locator(".code").inner_text()
    assert site.locator(".message").inner_text() == f"{nasty} and {nasty}"
    assert site.locator(".help").inner_text() == nasty
    assert page.locator("h2.path").nth(1).inner_text() == f"app/{nasty}.py"
    page.locator("h2.path a").nth(1).click()
    page.locator(".coded").first.click()
    assert page.evaluate("document.scripts.length") == 6


def test_the_difference_loses_nothing(opened: Open) -> None:
    page = opened(MIXED)
    pairs = [
        ["f(a, b)", "g(a)"],
        ["f(\n    a,  # é 'x\n    b,\n)", "g(\n    a,  # é 'x\n)"],
        ['f("""\n)#', "'"],
        ["", "new = 1\n"],
        ["old\n\n\nold", ""],
        ["\t\U0001d4b3 = ''' \\' \"\n", "\U0001d4b4 = rb'\\\\'\n"],
        ["x " * 2000, "y " * 2000],
    ]
    for before, after in pairs:
        rows = page.evaluate(
            "([a, b]) => diff(a, b, 1).map((each) => [each.sign, each.row.map((piece) => piece.text).join('')])",
            [before, after],
        )
        assert "\n".join(text for sign, text in rows if sign != "+") == before
        assert "\n".join(text for sign, text in rows if sign != "-") == after


def test_a_narrow_window_needs_no_sideways_scrolling(opened: Open) -> None:
    page = opened(MIXED, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    button = page.get_by_role("button", name="Folders and codes")
    assert not page.locator("#facets").is_visible()
    button.click()
    assert page.locator("#facets").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_light_and_dark_follow_the_system(opened: Open) -> None:
    page = opened(MIXED)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(paper) == "rgb(251, 251, 250)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) == "rgb(16, 18, 20)"


def test_a_long_call_is_folded_until_asked_for(opened: Open) -> None:
    call = "create_user_execution_context(\n" + "".join(f"    a{n},\n" for n in range(60)) + ")"
    page = opened(samples.report(samples.site("a.py:1:1", "blocked", [samples.UNPACKED], before=call)))
    block = page.locator(".code")
    folded = block.bounding_box()
    page.get_by_role("button", name="Show all 62 lines").click()
    unfolded = block.bounding_box()
    assert folded
    assert unfolded
    assert unfolded["height"] > 2 * folded["height"]


def test_all_that_passes_the_filters_is_printed(opened: Open) -> None:
    page = opened(many_sites(1000), "#verdict=blocked")
    assert page.locator("article").count() < 100
    page.evaluate(
        "addEventListener('beforeprint', () => { window.ready = document.querySelectorAll('article').length })"
    )
    page.pdf()
    assert page.evaluate("window.ready") == 100
    assert page.locator("article").count() < 100


def test_ten_thousand_sites(opened: Open) -> None:
    start = time.perf_counter()
    page = opened(many_sites(10_000))
    page.locator("article").first.wait_for()
    shown = time.perf_counter()
    painted = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
    milliseconds = page.evaluate(
        f"async () => {{ const start = performance.now(); document.querySelector('.tile.blocked').click();"
        f" await {painted}; return performance.now() - start; }}"
    )
    print(f"rendered and shown after {shown - start:.2f} s, filtered after {milliseconds / 1000:.3f} s")
    assert page.locator("#count").inner_text() == "Showing 1,000 of 10,200"
    assert page.locator("article").count() < 200
    page.keyboard.press("j")
    page.keyboard.press("End")
    assert focused(page) == "app/part_0199.py line 50, blocked call"
    assert page.locator("article:focus").get_attribute("aria-posinset") == "1000"
    assert page.locator("article").count() < 200
