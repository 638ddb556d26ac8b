"""Input that is made to hurt: no crash, no endless memory, and no code of the tree is executed.

``python -m tests.hostile`` is the long form, with more depths and with trees that are too large for here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hostile.commands import COMMANDS, Outcome, problems, run, run_all
from hostile.kinds import lay_kinds
from hostile.large import lay_one_line, lay_sparse
from hostile.names import lay_names
from hostile.nesting import SHAPES, lay_nesting
from hostile.sources import CALLER, FACTORY, GETTER, MIGRATED, lay
from hostile.watched import WITNESS, lay_marks, lay_partial_clone

from codemod.reader import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCAFFOLDING = ("scaffold session", "scaffold getter", "scaffold test")
READING = (
    "rewrite --dry-run --clean",
    "status",
    "verify",
    "deprecate --delegate",
    *SCAFFOLDING,
    "remove",
    "config",
)
WRITING = ("check html", "split", "rewrite")
IN_SPAWNED = """
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1))
    from codemod.entry import main
    main()
"""


def test_names_and_source_that_a_terminal_would_obey(tmp_path: Path) -> None:
    lay_names(tmp_path / "tree")
    outcomes = run_all(tmp_path / "tree", tmp_path)
    assert problems(outcomes) == []
    assert {name: each.status for name, each in outcomes.items() if each.status == 0} == dict.fromkeys(
        ("status", "status json", "deprecate", "explain", "config", *SCAFFOLDING), 0
    )
    assert outcomes["rewrite again"].holds("     0  migrated")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<script>alert" not in page


def test_kinds_of_files(tmp_path: Path) -> None:
    lay_kinds(tmp_path / "tree")
    names = ("verify", "deprecate", *SCAFFOLDING, "rewrite")
    assert problems(run_all(tmp_path / "tree", tmp_path, *names)) == []
    assert f"\n{GETTER}('u', 't')\n".encode() in (tmp_path / "tree/bom.py").read_bytes()


@pytest.mark.parametrize("depth", [900, 10_000])
def test_deep_nesting_in_workers(tmp_path: Path, depth: int) -> None:
    files = lay_nesting(tmp_path, depth)
    outcome = run(tmp_path, "check", "--jobs", "2", "--format", "json")
    assert list(outcome.problems()) == []
    report = json.loads(outcome.out)
    told = {each["path"] for each in (*report["sites"], *report["errors"])}
    assert len(told) == files == len(SHAPES)
    assert {each["code"] for each in report["errors"]} <= {"CTX901"}


class TestLargeFiles:
    def test_one_without_the_name_is_only_searched(self, tmp_path: Path) -> None:
        lay_sparse(tmp_path, 400_000_000)
        outcome = run(tmp_path, "rewrite", memory=350_000_000)
        assert (outcome.status, list(outcome.problems())) == (0, [])
        assert (tmp_path / "m.py").read_text() == MIGRATED

    @pytest.mark.parametrize("lay_large", [lay_sparse, lay_one_line])
    def test_one_with_the_name_is_told_and_keeps_what_it_may_use(
        self, tmp_path: Path, lay_large: Callable[[Path, int, str], None]
    ) -> None:
        """It could import the factory from ``m``, which therefore keeps it."""
        lay_large(tmp_path, LARGEST + 1, f"\nfrom m import {FACTORY}\n")
        outcome = run(tmp_path, "rewrite", "--format", "json", memory=400_000_000)
        report = json.loads(outcome.out)
        assert outcome.status == 2
        assert [(each["path"], each["code"]) for each in report["errors"]] == [("large.py", "CTX903")]
        assert "has more than 10 MB" in report["errors"][0]["message"]
        assert (tmp_path / "m.py").read_text() == (
            f"from deps import {FACTORY}, {GETTER}\n{GETTER}('u', 't')\n"
        )

    def test_the_name_is_found_where_two_pieces_meet(self, tmp_path: Path) -> None:
        for shift in (1, len(FACTORY) // 2):
            lay_sparse(tmp_path, (1 << 24) - shift, FACTORY)
            assert run(tmp_path, "check", "large.py").holds("CTX903")

    def test_a_name_that_comes_from_one_cannot_be_followed(self, tmp_path: Path) -> None:
        lay_sparse(tmp_path, LARGEST + 1)
        (tmp_path / "m.py").write_text(CALLER.replace("deps", "large"))
        outcome = run(tmp_path, "rewrite")
        assert outcome.holds("cannot be parsed")
        assert (tmp_path / "m.py").read_text() == CALLER.replace("deps", "large")


FULL_WIDTH = FACTORY.replace("c", "\uff43", 1)


class TestNormalisedNames:
    """Python takes names as equal that are equal once normalised (NFKC)."""

    @pytest.mark.parametrize("mark", ["\u0302", "\u203f", "\u00b7"])
    def test_a_name_with_one_more_character_is_another(self, tmp_path: Path, mark: str) -> None:
        source = f"from deps import {FACTORY}\n{FACTORY}{mark}('u', 't', 'r')\n"
        lay(tmp_path, m=source)
        outcome = run(tmp_path, "rewrite")
        assert (outcome.status, outcome.holds("Nothing to migrate")) == (0, True)
        assert (tmp_path / "m.py").read_text("utf-8") == source

    def test_a_file_with_no_other_spelling_is_found(self, tmp_path: Path) -> None:
        lay(tmp_path, m=CALLER, n=CALLER.replace("deps", "m").replace(FACTORY, FULL_WIDTH))
        assert run(tmp_path, "rewrite").status == 0
        assert (tmp_path / "m.py").read_text() == MIGRATED
        assert (tmp_path / "n.py").read_text("utf-8") == MIGRATED.replace("deps", "m")

    @pytest.mark.parametrize(
        "spelled",
        ["\U0001d41c" + FACTORY[1:], FACTORY.replace("s", "\u017f"), FACTORY.replace("_", "\ufe4d")],
    )
    def test_every_kind_of_character(self, tmp_path: Path, spelled: str) -> None:
        lay(tmp_path, m=CALLER.replace(FACTORY, spelled))
        assert run(tmp_path, "rewrite", "m.py").status == 0
        assert (tmp_path / "m.py").read_text("utf-8") == MIGRATED

    def test_the_factory_is_not_removed_while_it_is_used(self, tmp_path: Path) -> None:
        lay(tmp_path, m=CALLER.replace(FACTORY, FULL_WIDTH).replace("'r'", "*r"))
        outcome = run(tmp_path, "remove")
        assert (outcome.status, outcome.holds("m.py:2")) == (1, True)


def watched(folder: Path, *command: str, may_write: bool) -> tuple[Outcome, str, str]:
    """Run a command over the tree of marks: how it ends, what the witness notes, and what is marked."""
    mark, notes, witness = folder / "mark", folder / "notes", folder / "witness.py"
    lay_marks(folder / "tree", mark)
    witness.write_text(WITNESS)
    outcome = run(
        folder / "tree",
        *(part.format(out=folder) for part in command),
        program=(str(witness), str(notes), "yes" if may_write else "no"),
        PYTHONDONTWRITEBYTECODE="1",
    )
    return outcome, notes.read_text(), mark.read_text() if mark.exists() else ""


class TestNothingIsExecuted:
    @pytest.mark.parametrize("name", [*READING, *WRITING])
    def test_by_python_or_git(self, tmp_path: Path, name: str) -> None:
        outcome, notes, mark = watched(tmp_path, *COMMANDS[name], may_write=name in WRITING)
        assert outcome.status in (0, 1)
        assert (notes, mark) == ("", "")

    def test_but_by_the_command_that_says_so(self, tmp_path: Path) -> None:
        getter = f"deps:{GETTER}"
        _, notes, mark = watched(tmp_path, "verify", "--getter", getter, may_write=True)
        assert notes.startswith("subprocess.Popen")
        assert "was executed" in mark

    @pytest.mark.parametrize("method", ["spawn", "forkserver"])
    def test_by_workers_that_start_anew(self, tmp_path: Path, method: str) -> None:
        mark, program = tmp_path / "mark", tmp_path / "program.py"
        lay_marks(tmp_path / "tree", mark)
        program.write_text(IN_SPAWNED)
        outcome = run(tmp_path / "tree", "check", "--jobs", "2", program=(str(program), method))
        assert outcome.status == 1
        assert not mark.exists()

    def test_by_a_fetch_of_git(self, tmp_path: Path) -> None:
        lay_partial_clone(tmp_path / "clone", tmp_path / "mark")
        assert run(tmp_path / "clone", "check").status == 1
        assert not (tmp_path / "mark").exists()

    def test_by_an_import_from_the_current_folder(self, tmp_path: Path) -> None:
        lay(tmp_path, m=CALLER, click="raise SystemExit('click was executed')\n")
        assert not run(tmp_path, "check").holds("was executed")


def test_a_diff_on_a_terminal_is_escaped(tmp_path: Path) -> None:
    lay(tmp_path, m=f"{CALLER}# \x1b[2J\n")
    program = "import pty, sys; sys.exit(pty.spawn([sys.executable, '-m', 'codemod', *sys.argv[1:]]) >> 8)"
    shown = run(tmp_path, "rewrite", "--dry-run", "--quiet", program=("-c", program), NO_COLOR="1")
    assert (shown.status, shown.holds("\x1b"), shown.holds("# \\x1b[2J")) == (0, False, True)
    assert run(tmp_path, "rewrite", "--dry-run", "--quiet").holds("# \x1b[2J")


class TestConfiguration:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("a" + ".a" * 50_000 + " = 1", ":2: too many dots in a line"),
            (f"[{'a.' * 50_000}a]", ":2: too many dots in a line"),
            ("exclude = " + "[" * 100_000, "this is no TOML"),
            (f"exclude = {'[' * 5_000}{']' * 5_000}", "this is no TOML"),
            ("# " + "x" * 1_000_000, "too long to be a configuration"),
            ("source-roots = ['..']", "outside the root"),
            ("source-roots = ['/']", "outside the root"),
            ("source-roots = ['link']", "outside the root"),
            ('"\\u001b]0;x\\u0007" = 1', r"'\x1b]0;x\x07' is no key"),
            ("getter = '../outside.get'", "is no name"),
        ],
    )
    def test_what_would_hurt_is_refused(self, tmp_path: Path, text: str, told: str) -> None:
        root = lay(tmp_path / "tree", m=CALLER)
        (root / "link").symlink_to(tmp_path)
        (root / "pyproject.toml").write_text(f"[tool.ctxmigrate]\n{text}\n")
        outcome = run(root, "rewrite", memory=600_000_000)
        assert (outcome.status, list(outcome.problems()), outcome.holds(told)) == (2, [], True)

    def test_links_out_of_the_root_are_not_followed(self, tmp_path: Path) -> None:
        root = lay(tmp_path / "tree")
        (tmp_path / "outside.py").write_text(CALLER)
        (root / "file.py").symlink_to("../outside.py")
        (root / "folder").symlink_to("..")
        (root / "pyproject.toml").write_text(
            "[tool.ctxmigrate]\nexclude = ['!../outside.py', '!/folder/**']\n"
        )
        assert run(root, "rewrite").status == 0
        assert (tmp_path / "outside.py").read_text() == CALLER
