"""The SARIF report: valid, complete, and with fixes that make exactly what a run would write."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
import samples
import trees
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from many import many_sites

from codemod.decide.rules import RULES
from codemod.model import Caution, Change, FileError, FilePlan, Finding
from codemod.report import sarif
from codemod.run import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.model import Report

Json = dict[str, Any]

SCHEMA = Draft7Validator(
    json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_bytes())
)
FIXTURES = {folder.name: folder / "before" for folder in sorted(trees.TREES.iterdir())}
FIXTURES["chat_backend"] = trees.TREES.parent / "chat_backend"
MARK = b"\xef\xbb\xbf"


def parsed(report: Report) -> Json:
    """Render a report, check it, and return its only run."""
    text = sarif.render(report, RULES)
    assert text.isascii()
    document = json.loads(text)
    assert [error.message for error in SCHEMA.iter_errors(document)] == []
    (run,) = document["runs"]
    assert isinstance(run, dict)
    for location in each_location(run):
        assert location["uriBaseId"] in run["originalUriBaseIds"]
        assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", location["uri"], re.ASCII)
    for result in run["results"]:
        if "ruleIndex" in result:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def each_location(value: Any) -> Iterator[Json]:
    """Yield every location of a file within a value."""
    if isinstance(value, dict):
        if "uri" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from each_location(each)


def fixed(run: Json, path: str, raw: bytes) -> bytes:
    """Apply all fixes of a file, knowing nothing but SARIF."""
    encodings = {unquote(each["location"]["uri"]): str(each["encoding"]) for each in run["artifacts"]}
    encoding = encodings.setdefault(path, run["defaultEncoding"])
    mark = MARK if raw.startswith(MARK) else b""
    text = raw[len(mark) :].decode(encoding)
    newline = "|".join(map(re.escape, run["newlineSequences"]))
    starts = [0, *(found.end() for found in re.finditer(newline, text))]
    replacements = [
        (
            starts[region["startLine"] - 1] + region["startColumn"] - 1,
            starts[region["endLine"] - 1] + region["endColumn"] - 1,
            replacement["insertedContent"]["text"],
        )
        for result in run["results"]
        for fix in result.get("fixes", ())
        for change in fix["artifactChanges"]
        if unquote(change["artifactLocation"]["uri"]) == path
        for replacement in change["replacements"]
        for region in [replacement["deletedRegion"]]
    ]
    for start, end, new in sorted(replacements, reverse=True):
        text = text[:start] + new + text[end:]
    return mark + text.encode(encoding)


def planned(folder: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Report:
    """Run the tool over these files without writing."""
    for name, data in ({"pyproject.toml": trees.EMPTY_CONFIGURATION.encode()} | files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    monkeypatch.chdir(folder)
    return migrate(["."], None, write=False)


def results_of(report: Report) -> list[Json]:
    results = parsed(report)["results"]
    assert isinstance(results, list)
    return results


def fix_texts(result: Json) -> list[str]:
    return [
        replacement["insertedContent"]["text"]
        for fix in result.get("fixes", ())
        for change in fix["artifactChanges"]
        for replacement in change["replacements"]
    ]


@pytest.mark.parametrize("name", FIXTURES)
def test_all_fixes_of_a_tree_make_what_the_run_would_write(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = planned(tmp_path, trees.read_files(FIXTURES[name]), monkeypatch)
    run = parsed(report)
    assert {plan.path: fixed(run, plan.path, plan.before) for plan in report.plans} == {
        plan.path: plan.after for plan in report.plans
    }
    changed = {
        location["uri"] for result in run["results"] for location in each_location(result.get("fixes"))
    }
    assert changed == {plan.path for plan in report.plans}
    assert len(run["results"]) >= len(report.sites) + len(report.changes)


CALLS = (
    "from deps import create_user_execution_context\n"
    "s = 'é\U0001f600'; a = create_user_execution_context('ü', 't', run_id='r'); b = 1\f\n"
    "def f(user, thread):\n"
    "\treturn create_user_execution_context(\n"
    "\t\tuser,  # é\n"
    "\t\trun_id=None,\n"
    "\t\tthread_id=thread,\n"
    "\t)\n"
)
LATIN = CALLS.replace("\U0001f600", "ø").encode("latin-1")
DEPS = (
    b"def create_user_execution_context(user_id, thread_id, run_id=None): ...\n"
    b"def get_user_execution_context(user_id, thread_id): ...\n"
)
KINDS = {
    "unix": CALLS.encode(),
    "windows": CALLS.replace("\n", "\r\n").encode(),
    "old_mac": CALLS.replace("\n", "\r").encode(),
    "mixed": CALLS.replace("\n", "\r\n", 3).replace("):\r\n", "):\r").encode(),
    "mark": MARK + CALLS.encode(),
    "mark_and_windows": MARK + CALLS.replace("\n", "\r\n").encode(),
    "no_last_newline": CALLS.rstrip().encode(),
    "latin_1": b"# coding: latin-1\n" + LATIN,
    "latin_1_behind_latin_1": b"# \xe9\n# coding: latin-1\n" + LATIN,
    "latin_1_old_mac": (b"# coding: latin-1\n" + LATIN).replace(b"\n", b"\r"),
    "stateful": b"# coding: iso2022_jp\n"
    + CALLS.replace("é\U0001f600", "日本").replace("ü", "本").replace("é", "日").encode("iso2022_jp"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_fixes_of_any_line_ending_and_encoding(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = planned(tmp_path, {"deps.py": DEPS, "calls.py": KINDS[kind]}, monkeypatch)
    (plan,) = report.plans
    assert (len(report.sites), report.summary.migrated) == (2, 2)
    assert fixed(parsed(report), plan.path, plan.before) == plan.after


def test_regions_count_characters_of_the_file_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = planned(tmp_path, {"deps.py": DEPS, "calls.py": KINDS["mark_and_windows"]}, monkeypatch)
    run = parsed(report)
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in run["results"]]
    assert run["columnKind"] == "unicodeCodePoints"
    assert regions[0] == {"startLine": 1}
    assert {key: regions[1][key] for key in ("startLine", "startColumn", "endLine", "endColumn")} == {
        "startLine": 2,
        "startColumn": 15,
        "endLine": 2,
        "endColumn": 66,
    }
    assert regions[1]["snippet"]["text"] == "create_user_execution_context('ü', 't', run_id='r')"


def test_a_fix_is_small_and_belongs_to_what_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = planned(tmp_path, {"deps.py": DEPS, "calls.py": KINDS["unix"]}, monkeypatch)
    getter = "get_user_execution_context"
    assert [(each["ruleId"], fix_texts(each)) for each in results_of(report)] == [
        ("related-change", [getter]),
        ("factory-use", [getter, ""]),
        ("factory-use", [getter, ""]),
    ]


def test_the_outermost_of_nested_sites_has_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nested = (
        b"from deps import create_user_execution_context\n"
        b"create_user_execution_context('u', create_user_execution_context('v', 't', 'r').thread_id, 'r')\n"
    )
    report = planned(tmp_path, {"deps.py": DEPS, "calls.py": nested}, monkeypatch)
    getter = "get_user_execution_context"
    assert [fix_texts(each) for each in results_of(report)] == [[getter], [getter, getter, "", ""], []]


def test_what_is_written_needs_no_fix() -> None:
    plan = FilePlan("a.py", b"create_user_execution_context(u, t, r)", b"get_user_execution_context(u, t)")
    site = samples.site("a.py:1:1", before="create_user_execution_context(u, t, r)")
    (would_be,) = results_of(samples.report(site, plans=[plan]))
    (was,) = results_of(samples.report(site, plans=[plan], written=True))
    assert len(would_be["fixes"]) == 1
    assert "fixes" not in was
    assert would_be["message"]["text"] == "This call would be migrated to `get_user_execution_context`."
    assert was["message"]["text"] == "This call was migrated to `get_user_execution_context`."


def test_a_plan_that_fits_no_site_does_no_harm() -> None:
    plans = [
        FilePlan("a.py", b"a\n", b"b\n"),
        FilePlan("b.py", b"\xff", b"b\n"),
        FilePlan("c.py", b"a", b"b"),
    ]
    report = samples.report(samples.site("a.py:9:5"), samples.site("b.py:1:1"), plans=plans)
    assert [fix_texts(each) for each in results_of(report)] == [["b"], []]


def test_a_result_for_each_finding_of_a_blocked_site() -> None:
    first, second = results_of(
        samples.report(samples.site("a.py:1:1", "blocked", [samples.UNPACKED, samples.UNSUPPORTED]))
    )
    assert [(each["ruleId"], each["level"]) for each in (first, second)] == [
        ("CTX101", "error"),
        ("CTX102", "error"),
    ]
    assert (
        first["message"]["text"]
        == "`**extra` hides which arguments the call passes. Write the arguments out."
    )
    assert first["properties"] == {"kind": "call", "verdict": "blocked"}
    assert "suppressions" not in first


def test_a_note_is_a_warning_and_has_the_fix_once() -> None:
    before = "create_user_execution_context(u, t, r)"
    site = samples.site("a.py:1:1", notes=[samples.STILL_USED, samples.UNPACKED], before=before)
    plan = FilePlan("a.py", before.encode(), b"get_user_execution_context(user_id, thread_id)")
    first, second = results_of(samples.report(site, plans=[plan]))
    assert [each["level"] for each in (first, second)] == ["warning", "warning"]
    assert ["fixes" in each for each in (first, second)] == [True, False]


@pytest.mark.parametrize("codes", [[], [samples.UNPACKED]])
def test_an_ignored_site_is_suppressed_in_the_source(codes: list[Finding]) -> None:
    (result,) = results_of(samples.report(samples.site("a.py:1:1", "ignored", codes)))
    assert result["suppressions"] == [{"kind": "inSource"}]
    assert result["ruleId"] == ("CTX101" if codes else "factory-use")


def test_changes_stand_among_the_sites_in_the_order_of_the_file() -> None:
    changes = [Change("a.py", "import", 1), Change("a.py", "all", 9), Change("b.py", "re-export", 2)]
    results = results_of(samples.report(samples.site("a.py:5:1"), changes=changes))
    assert [each["properties"]["kind"] for each in results] == ["import", "call", "all", "re-export"]
    assert results[0]["message"]["text"] == "This import would be changed for `get_user_execution_context`."


def test_errors_and_warnings_are_notifications() -> None:
    report = samples.report(
        errors=[samples.BROKEN], warnings=[Caution("app/chat.py", 9, "`CTX999` is no code")]
    )
    (invocation,) = parsed(report)["invocations"]
    error, warning = invocation["toolExecutionNotifications"]
    assert not invocation["executionSuccessful"]
    assert (error["descriptor"], error["level"], error["message"]["text"]) == (
        {"id": "CTX901"},
        "error",
        "invalid syntax",
    )
    assert error["locations"][0]["physicalLocation"]["region"] == {"startLine": 14}
    assert (warning["level"], warning["message"]["text"]) == ("warning", "`CTX999` is no code")


def test_a_run_without_errors_was_successful() -> None:
    (invocation,) = parsed(samples.report())["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_every_rule_is_described_once() -> None:
    driver = parsed(samples.report())["tool"]["driver"]
    described = [*driver["rules"], *driver["notifications"]]
    assert sorted(each["id"] for each in described) == sorted(
        [*(rule.code for rule in RULES), "factory-use", "related-change"]
    )
    levels = {each["id"]: each["defaultConfiguration"]["level"] for each in described}
    assert (levels["CTX101"], levels["CTX151"], levels["CTX901"]) == ("error", "warning", "error")
    (rule,) = (rule for rule in RULES if rule.code == "CTX102")
    (found,) = (each for each in described if each["id"] == "CTX102")
    assert (found["name"], found["shortDescription"]["text"]) == (rule.name, rule.summary)
    assert all(part in found["help"]["markdown"] for part in (rule.before, rule.after))


def test_a_file_rule_on_a_site_is_a_rule_too() -> None:
    site = samples.site("a.py:1:1", "blocked", [Finding("CTX904", "nothing was written", "")])
    run = parsed(samples.report(site))
    assert "ruleIndex" in run["results"][0]


def test_a_code_without_a_rule_is_told_all_the_same() -> None:
    (result,) = results_of(samples.report(samples.site("a.py:1:1", "blocked", [Finding("XYZ1", "odd", "")])))
    assert (result["ruleId"], result["message"]["text"], "ruleIndex" in result) == ("XYZ1", "odd.", False)


def test_fingerprints_survive_moved_and_reformatted_lines() -> None:
    def fingerprints(*places: str, before: str) -> list[str]:
        sites = [samples.site(place, "blocked", [samples.UNPACKED], before=before) for place in places]
        return [each["partialFingerprints"]["ctxmigrate/v1"] for each in results_of(samples.report(*sites))]

    here = fingerprints("a.py:1:1", "a.py:5:1", before="create(a, **b)")
    assert here == fingerprints("a.py:10:5", "a.py:55:9", before="create(\n    a, **b\n)")
    assert len(set(here)) == 2
    assert not set(here) & set(fingerprints("b.py:1:1", "b.py:5:1", before="create(a, **b)"))
    assert not set(here) & set(fingerprints("a.py:1:1", "a.py:5:1", before="create(c, **b)"))


def test_any_name_and_source() -> None:
    path = "a b/%41:#?\u65e5\n\udcff\x1b<&>'\".py"
    source = "create_user_execution_context('\U0001f600</script>\x00\\u0041', {0}, **x)"
    message = "`[a](1)\u202e\x1b[31m\n{0}` is odd"
    sites = [samples.site(f"{path}:1:1", "blocked", [Finding("CTX101", message, "`\udcff`")], before=source)]
    errors = [FileError(path, 1, "CTX902", message)]
    (result,) = results_of(samples.report(*sites, errors=errors))
    place = result["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"], errors="surrogateescape") == path
    assert place["region"]["snippet"]["text"] == source
    assert result["message"]["text"] == r"`[a](1)\u202e\x1b[31m\n{0}` is odd. `\udcff`"


def test_the_same_run_gives_the_same_text_wherever_and_whenever() -> None:
    report = samples.report(samples.site("a.py:2:1"), samples.site("a.py:1:1"))
    turned = samples.report(samples.site("a.py:1:1"), samples.site("a.py:2:1"))
    assert sarif.render(report, RULES) == sarif.render(turned, RULES)


def test_ten_thousand_sites() -> None:
    report = many_sites(10_000)
    run = json.loads(sarif.render(report, RULES))["runs"][0]
    positions = {
        (place["artifactLocation"]["uri"], place["region"]["startLine"])
        for result in run["results"]
        if "verdict" in result["properties"]
        for place in [result["locations"][0]["physicalLocation"]]
    }
    assert positions == {(site.path, site.line) for site in report.sites}
    for plan in report.plans[:3]:
        assert fixed(run, plan.path, plan.before) == plan.after
    assert sum("fixes" in each for each in run["results"]) == report.summary.migrated + len(report.changes)
