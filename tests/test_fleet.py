"""Several roots in one run: each by its own configuration, all in one report."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

import codemod.run
from codemod.cli import main
from codemod.configure import Settled
from codemod.errors import UsageError
from codemod.fleet import grouped
from codemod.model import Config, FileError
from codemod.write import UndoError

if TYPE_CHECKING:
    from codemod.model import Report

SCHEMA = Draft7Validator(
    json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_bytes())
)
TABLE = '[tool.ctxmigrate]\nfactory = "app.deps.make_{0}"\ngetter = "app.deps.get_{0}"\n'
DEFINER = "def make_{0}(user_id, thread_id, run_id=None): ...\n\n\ndef get_{0}(user_id, thread_id): ...\n"
BEFORE = "from app.deps import make_{0}\n\ncontext = make_{0}(1, 2, run_id=3)\n"
AFTER = "from app.deps import get_{0}\n\ncontext = get_{0}(1, 2)\n"
BLOCKED = "from app.deps import make_{0}\n\ncontext = make_{0}(*given)\n"
PLAIN = "import os\n"


def lay(root: Path, source: str) -> None:
    """Make a root whose factory has the root's name in its own, with ``source`` for the one that calls it."""
    (root / "app").mkdir(parents=True)
    name = root.name
    (root / "pyproject.toml").write_text(TABLE.format(name))
    (root / "app/deps.py").write_text(DEFINER.format(name))
    (root / "app/main.py").write_text(source.format(name))


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three roots: the first is migrated, the second is blocked, in the third is nothing to do."""
    for name, source in (("one", BEFORE), ("two", BLOCKED), ("three", PLAIN)):
        lay(tmp_path / name, source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def timeless(text: str) -> str:
    return re.sub(r"\d+\.\d s", "0.0 s", text)


def called(root: str) -> str:
    return Path(root, "app/main.py").read_text()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_each_root_is_migrated_by_its_own_configuration(fleet: Path) -> None:
    lay(fleet / "four", BEFORE)
    result = ctxmigrate("rewrite", "one", "four")
    assert (result.exit_code, called("one"), called("four")) == (0, AFTER.format("one"), AFTER.format("four"))
    again = ctxmigrate("rewrite", "one", "four")
    assert again.exit_code == 0
    assert "Total of 2 roots: nothing to migrate (" in again.stdout


def test_the_text_has_a_heading_for_each_root_and_a_total(fleet: Path) -> None:
    told = timeless(ctxmigrate("check", "one", "two", "three").stdout)
    single = [timeless(ctxmigrate("check", name).stdout) for name in ("one", "two", "three")]
    assert told == (
        f"==> one <==\n{single[0]}\n==> two <==\n{single[1]}\n==> three <==\n{single[2]}\n"
        "Total of 3 roots: 1 site would be migrated, 1 blocked, 1 file would be changed (0.0 s)\n"
    )


def test_what_was_written_is_told_as_done(fleet: Path) -> None:
    told = timeless(ctxmigrate("rewrite", "one", "three").stdout)
    assert "==> one <==\nMigrated, nothing to review:\n    1  app/main.py\n" in told
    assert told.endswith("\nTotal of 2 roots: 1 site migrated, 1 file changed (0.0 s)\n")


def test_quiet_tells_of_the_roots_that_a_person_has_to_see_to(fleet: Path) -> None:
    single = ctxmigrate("check", "--quiet", "two").output
    assert ctxmigrate("check", "--quiet", "one", "two", "three").output == f"==> two <==\n{single}"
    assert ctxmigrate("check", "--quiet", "one", "three").output == ""


def test_verbose_lists_every_place_of_each_root(fleet: Path) -> None:
    told = ctxmigrate("check", "--verbose", "one", "three").stdout
    assert "app/main.py:1: import would be changed\n" in told
    assert "==> three <==\napp/deps.py:1:5: definition\n" in told


def test_hostile_names_of_roots_are_shown_escaped(fleet: Path) -> None:
    lay(fleet / "o\x1b[31m", PLAIN)
    (fleet / "o\x1b[31m/pyproject.toml").write_text("[tool.ctxmigrate]\n")
    assert "==> o\\x1b[31m <==\n" in ctxmigrate("check", "one", "o\x1b[31m").stdout


def test_the_json_has_the_whole_document_of_each_root(fleet: Path) -> None:
    result = ctxmigrate("check", "--format", "json", "one", "two", "three")
    document = json.loads(result.stdout)
    assert result.stdout == json.dumps(document, indent=2) + "\n"
    assert list(document) == ["version", "tool", "summary", "roots"]
    single = [
        json.loads(ctxmigrate("check", "--format", "json", name).stdout) for name in ("one", "two", "three")
    ]
    assert [each["root"] for each in document["roots"]] == ["one", "two", "three"]
    assert [{**each, "root": "."} for each in document["roots"]] == single
    for key, count in document["summary"].items():
        assert count == sum(each["summary"][key] for each in single)
    assert document["summary"]["occurrences"] == 7


def test_the_sarif_log_has_a_run_for_each_root(fleet: Path) -> None:
    log = json.loads(ctxmigrate("check", "--format", "sarif", "one", "two", "three").stdout)
    assert [error.message for error in SCHEMA.iter_errors(log)] == []
    assert [run["automationDetails"]["id"] for run in log["runs"]] == [
        "ctxmigrate/one/",
        "ctxmigrate/two/",
        "ctxmigrate/three/",
    ]
    assert [
        sorted({(result["ruleId"], uri(result)) for result in run["results"]}) for run in log["runs"]
    ] == [
        [("factory-use", "one/app/main.py"), ("related-change", "one/app/main.py")],
        [("CTX101", "two/app/main.py")],
        [],
    ]


def uri(result: dict[str, Any]) -> str:
    return unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_annotations_name_files_from_the_current_folder(fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = ctxmigrate("check", "--format", "github", "one", "two").stdout
    assert re.findall("file=(.*?),", told) == ["one/app/main.py", "two/app/main.py"]
    monkeypatch.chdir("two/app")
    told = ctxmigrate("check", "--format", "github", ".", "../../one").stdout
    assert re.findall("file=(.*?),", told) == ["main.py", "../../one/app/main.py"]


def test_the_markdown_has_a_table_of_the_roots_and_a_section_for_each(fleet: Path) -> None:
    lay(fleet / "four", BLOCKED)
    told = ctxmigrate("check", "--format", "markdown", "one", "two", "three", "four").stdout
    assert told.startswith("## ctxmigrate: 2 sites blocked, in 4 roots\n\n| verdict | sites |\n")
    assert (
        "| root | migrated | to review | blocked | ignored | file errors | files changed |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| `one` | 1 | 0 | 0 | 0 | 0 | 1 |\n"
        "| `two` | 0 | 0 | 1 | 0 | 0 | 0 |\n"
        "| `three` | 0 | 0 | 0 | 0 | 0 | 0 |\n"
        "| `four` | 0 | 0 | 1 | 0 | 0 | 0 |\n"
    ) in told
    assert re.findall("^## (.*)$", told, re.MULTILINE)[1:] == [
        "`one`: all clear, 1 site would be migrated",
        "`two`: 1 site blocked",
        "`four`: 1 site blocked",
    ]
    assert told.count("[CTX101](#ctx101)") == 2
    assert told.count('<a name="ctx101">') == 1


def test_the_page_names_files_from_the_current_folder(fleet: Path) -> None:
    ctxmigrate("check", "--quiet", "one", "two", "three", "--report", "all.html")
    page = Path("all.html").read_text()
    (data,) = re.findall('<script type="application/json" id="data">(.*?)</script>', page)
    assert json.loads(unescape(data))["paths"] == ["one/app/main.py", "two/app/main.py"]
    assert "<h1>3 roots</h1>" in page
    assert "<strong>1 of 2</strong> sites\nwould be migrated, in 3 roots." in page


def test_the_page_has_the_factory_for_a_heading_where_all_roots_share_it(fleet: Path) -> None:
    Path("shared.toml").write_text(TABLE.format("one"))
    ctxmigrate("check", "--quiet", "one", "two", "--config", "shared.toml", "--report", "all.html")
    assert '<h1><code class="old">app.deps.make_one</code>' in Path("all.html").read_text()


@pytest.mark.parametrize(
    ("kind", "suffix"), [("json", "json"), ("sarif", "sarif"), ("markdown", "md")], ids=lambda value: value
)
def test_a_report_file_holds_what_the_format_prints(fleet: Path, kind: str, suffix: str) -> None:
    result = ctxmigrate("check", "one", "two", "--format", kind, "--report", f"all.{suffix}")
    assert (fleet / f"all.{suffix}").read_bytes() == result.stdout_bytes


def test_warnings_are_told_beside_a_format_that_has_no_place_for_them(fleet: Path) -> None:
    Path("two/app/main.py").write_text("x = 1  # ctxmigrate: ignore[CTX101] make_two\n")
    result = ctxmigrate("check", "--format", "json", "one", "two")
    assert (
        result.stderr
        == "two/app/main.py:1: warning: the suppression comment is on no line of a call or reference\n"
    )
    assert ctxmigrate("check", "--format", "json", "--quiet", "one", "two").stderr == ""


@pytest.mark.parametrize("tool", [["git", "apply"], ["patch", "-s", "-p1"]], ids=lambda tool: tool[0])
@pytest.mark.parametrize("repository", ["", ".", "one", "above"])
def test_the_diff_of_a_dry_run_is_what_a_run_writes(
    fleet: Path, monkeypatch: pytest.MonkeyPatch, tool: list[str], repository: str
) -> None:
    inside = fleet / "above/one" if repository == "above" else fleet
    if inside != fleet:
        lay(inside / "one", BEFORE)
    lay(inside / "four", BEFORE)
    monkeypatch.chdir(inside)
    if repository:
        subprocess.run(["git", "init", "-q", fleet / repository], check=True)
    before = contents(fleet)
    result = ctxmigrate("rewrite", "--dry-run", "one", "four")
    assert contents(fleet) == before
    assert "==> four <==\nWould be migrated" in result.stderr
    subprocess.run(tool, input=result.stdout_bytes, check=True)
    assert (called("one"), called("four")) == (AFTER.format("one"), AFTER.format("four"))


def test_a_diff_beyond_the_current_folder_says_where_to_apply_it(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(fleet / "four", BEFORE)
    monkeypatch.chdir(fleet / "one")
    result = ctxmigrate("rewrite", "--dry-run", "--quiet", ".", "../four")
    assert result.stderr == f"Apply the diff in {fleet.resolve()}, where its paths start.\n"
    subprocess.run(["git", "apply"], input=result.stdout_bytes, check=True, cwd=fleet)
    assert (called("."), called("../four")) == (AFTER.format("one"), AFTER.format("four"))


def test_a_format_without_a_diff_does_not_say_where_to_apply_one(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fleet / "one")
    result = ctxmigrate("rewrite", "--dry-run", "--format", "json", ".", "../two")
    assert (json.loads(result.stdout)["summary"]["migrated"], result.stderr) == (1, "")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("rewrite one three", 0),
        ("rewrite one two", 1),
        ("rewrite --exit-zero one two", 0),
        ("check one three", 1),
        ("check three three/app", 0),
        ("rewrite broken one two", 2),
        ("rewrite --exit-zero one broken", 2),
    ],
)
def test_the_exit_status_is_the_worst(fleet: Path, line: str, status: int) -> None:
    lay(fleet / "broken", "make_broken(\n")
    assert ctxmigrate(*line.split()).exit_code == status


def test_a_root_that_cannot_be_written_does_not_keep_the_others(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(fleet / "four", BEFORE)
    real = codemod.run.apply

    def fail(report: Report) -> Report:
        if not report.root.endswith("one"):
            return real(report)
        return codemod.run.unwritten(report, (FileError("app/main.py", 1, "CTX904", "was changed"),))

    monkeypatch.setattr("codemod.run.apply", fail)
    result = ctxmigrate("rewrite", "one", "four")
    assert (result.exit_code, called("one"), called("four")) == (
        2,
        BEFORE.format("one"),
        AFTER.format("four"),
    )
    assert "error (CTX904)" in result.stdout
    assert "Total of 2 roots: 1 site migrated, 1 blocked, 1 file error, 1 file changed (" in result.stdout


@pytest.mark.parametrize(
    ("path", "table", "message"),
    [
        ("nowhere", None, "'nowhere' does not exist"),
        ("three/nowhere", None, "'three/nowhere' does not exist"),
        ("three", "[tool.ctxmigrate]\nfactori = 'x'\n", "'factori' is no key"),
        ("three", "[tool.ctxmigrate\n", "this is no TOML"),
        ("three", "[tool.ctxmigrate]\nexclude = ['!']\n", "exclude: '!' is no pattern"),
    ],
    ids=["no root", "no path in a root", "configuration", "no TOML", "glob"],
)
def test_a_usage_error_of_any_root_ends_the_run_before_anything_is_written(
    fleet: Path, path: str, table: str | None, message: str
) -> None:
    if table:
        (fleet / "three/pyproject.toml").write_text(table)
    before = contents(fleet)
    result = ctxmigrate("rewrite", "one", "three/app", path, "--report", "all.json")
    assert (result.exit_code, result.stdout, contents(fleet)) == (2, "", before)
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "option", [["--baseline", "known.json"], ["--write-baseline", "known.json"], ["--run", "true"]]
)
def test_what_is_for_one_root_is_refused_for_several(fleet: Path, option: list[str]) -> None:
    before = contents(fleet)
    result = ctxmigrate("rewrite", "one", "two", *option)
    assert (result.exit_code, result.stdout, contents(fleet)) == (2, "", before)
    assert result.stderr.startswith(f"Error: {option[0]} is for one root, and PATHS are in 2, such as ")


def test_a_named_configuration_is_that_of_all_roots(fleet: Path) -> None:
    Path("shared.toml").write_text(TABLE.format("one"))
    lay(fleet / "four", BEFORE.format("one"))
    (fleet / "four/app/deps.py").write_text(DEFINER.format("one"))
    assert ctxmigrate("rewrite", "one", "four", "--config", "shared.toml").exit_code == 0
    assert called("one") == called("four") == AFTER.format("one")


def test_paths_in_one_root_are_one_root(fleet: Path) -> None:
    together = ctxmigrate("check", "one/app/main.py", "one", "one/app", "--format", "json")
    assert together.stdout == ctxmigrate("check", "one", "--format", "json").stdout
    assert json.loads(together.stdout)["root"] == "."


def test_a_repository_in_another_one_belongs_to_that_if_it_comes_first(fleet: Path) -> None:
    lay(fleet / "one/inner", BEFORE)
    result = ctxmigrate("rewrite", "one", "one/inner")
    assert "==>" not in result.stdout
    assert called("one") == AFTER.format("one")
    assert called("one/inner") == BEFORE.format("inner")


def test_a_folder_that_holds_an_earlier_root_is_refused(fleet: Path) -> None:
    lay(fleet / "one/inner", BEFORE)
    before = contents(fleet)
    result = ctxmigrate("rewrite", "two", "one/inner/app", "one")
    assert (result.exit_code, contents(fleet)) == (2, before)
    assert result.stderr == (
        f"Error: 'one' holds '{fleet.resolve()}/one/inner', the root of an earlier PATH: name 'one' before it to "
        "migrate both with one configuration, or run ctxmigrate on them separately\n"
    )


def test_a_hook_may_name_files_of_a_root_and_of_one_in_it(fleet: Path) -> None:
    lay(fleet / "one/inner", BEFORE)
    result = ctxmigrate("rewrite", "one/inner/app/main.py", "one/app/main.py", "one/app/deps.py")
    assert result.exit_code == 0
    assert (called("one"), called("one/inner")) == (AFTER.format("one"), AFTER.format("inner"))


def test_an_interrupted_run_tells_of_the_roots_that_are_done(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(fleet / "four", BEFORE)
    real = codemod.run.apply

    def interrupted(report: Report) -> Report:
        if report.root.endswith("four"):
            raise KeyboardInterrupt
        return real(report)

    monkeypatch.setattr("codemod.run.apply", interrupted)
    result = ctxmigrate("rewrite", "one", "four", "two", "--report", "all.json")
    assert result.exit_code == 2
    assert result.stderr == "Error: interrupted: 1 of 3 roots done; in four, no file was changed\n"
    assert "==> one <==\nMigrated" in result.stdout
    assert "Total of 1 root: 1 site migrated, 1 file changed (" in result.stdout
    assert [each["root"] for each in json.loads(Path("all.json").read_text())["roots"]] == ["one"]
    assert (called("one"), called("four")) == (AFTER.format("one"), BEFORE.format("four"))


def test_what_an_interrupted_run_could_not_undo_is_named_from_the_current_folder(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Report) -> Report:
        raise UndoError((FileError("app/main.py", 1, "CTX905", "see app/.old"),))

    monkeypatch.setattr("codemod.run.apply", fail)
    result = ctxmigrate("rewrite", "one", "two")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Error: interrupted, and not everything could be undone: one/app/main.py: see app/.old\n"
    )


def test_files_without_the_name_in_several_roots_load_nothing_heavy(fleet: Path) -> None:
    for file in ("one/app/main.py", "one/app/deps.py", "three/app/deps.py"):
        (fleet / file).write_text(PLAIN)
    script = (
        "import sys\nfrom codemod.cli import main\n"
        "main(['rewrite', 'one/app/main.py', 'three/app/main.py'], standalone_mode=False)\n"
    )
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script], capture_output=True, text=True, check=False
    )
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "Total of 2 roots: nothing to migrate (" in told.stdout
    assert imported & {"libcst", "rich", "json", "pathspec", "moreorless", "multiprocessing"} == set()


def found_at(path: str) -> Settled:
    """Settle as if each folder called ``root`` were one."""
    real = Path(path).resolve()
    folder = next(folder for folder in (real, *real.parents) if folder.name.startswith("root"))
    return Settled(folder, Config(), {})


@pytest.mark.parametrize(
    ("paths", "groups"),
    [
        ("root/a root/b", {"root": "root/a root/b"}),
        ("root1/a root2/b root1/c", {"root1": "root1/a root1/c", "root2": "root2/b"}),
        ("root root/root", {"root": "root root/root"}),
        ("root/root/a root/b root/root/c", {"root/root": "root/root/a root/root/c", "root": "root/b"}),
        ("root1 root10", {"root1": "root1", "root10": "root10"}),
        ("link/a root/b", {"root": "link/a root/b"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_paths_are_grouped_by_root_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: str, groups: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("link").symlink_to("root")
    Path("root").mkdir()
    made = grouped(paths.split(), found_at)
    base = tmp_path.resolve()
    assert {str(Path(each.root).relative_to(base)): " ".join(each.paths) for each in made} == groups


@pytest.mark.parametrize("paths", ["root/root root", "root/root/a root/b .", "root/x/root root root/x"])
def test_a_path_above_an_earlier_root_is_no_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: str
) -> None:
    base = tmp_path / "root0"
    base.mkdir()
    monkeypatch.chdir(base)
    with pytest.raises(UsageError, match="the root of an earlier PATH"):
        grouped(paths.split(), found_at)
