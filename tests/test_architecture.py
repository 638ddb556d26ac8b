"""The shape of the code: which part may know which."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "codemod"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
STAGES = ("discover", "read", "resolve", "decide", "rewrite", "write", "report")
RECORDS = {
    "codemod.model",
    "codemod.source",
    "codemod.edits",
    "codemod.decide.rule",
    "codemod.phases.split.model",
    "codemod.status",
}
DECODING = {"codemod.read"}


def imported(module: str) -> set[str]:
    """The modules that a file of the package imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def stage(name: str) -> str:
    """The stage that a dotted module name or a file of the package belongs to."""
    return name.removeprefix("codemod.").removesuffix(".py").replace("/", ".").split(".")[0]


@pytest.mark.parametrize("module", [m for m in MODULES if stage(m) in STAGES])
def test_a_stage_knows_no_later_stage(module: str) -> None:
    later = STAGES[STAGES.index(stage(module)) + 1 :]
    assert not {name for name in imported(module) if name.startswith("codemod.") and stage(name) in later}


@pytest.mark.parametrize("module", [m for m in MODULES if stage(m) == "report"])
def test_reports_know_only_records_and_how_bytes_are_decoded(module: str) -> None:
    own = {name for name in imported(module) if name.startswith("codemod") and stage(name) != "report"}
    assert own <= RECORDS | DECODING


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("click", {"cli"}),
        ("libcst", {"rewrite", "read"}),
        ("rich", {"report"}),
        ("pathspec", {"discover", "phases"}),
        ("moreorless", {"report"}),
    ],
)
def test_a_library_is_known_in_one_place(library: str, homes: set[str]) -> None:
    users = {stage(module) for module in MODULES if any(n.split(".")[0] == library for n in imported(module))}
    assert users <= homes


LOADED = """\
import sys
from codemod.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The packages that a run of the command imports in its own process."""
    result = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(result.stdout.splitlines()[-1].split())


def test_a_run_over_files_without_the_name_imports_nothing_heavy(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"module_{number}.py").write_text(f"value = {number}\n")
    found = loaded(tmp_path, "rewrite", *(path.name for path in tmp_path.glob("*.py")))
    assert "click" in found
    assert not found & {"libcst", "rich", "pathspec", "moreorless", "jinja2", "multiprocessing", "asyncio"}


def test_a_run_leaves_libcst_to_the_process_that_rewrites(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "def create_user_execution_context(u, t, run_id=None): ...\n"
        "def get_user_execution_context(u, t): ...\n"
        "create_user_execution_context(1, 2, run_id=3)\n"
    )
    assert "libcst" not in loaded(tmp_path, "rewrite", "--jobs", "2", "module.py")
    assert "get_user_execution_context(1, 2)" in (tmp_path / "module.py").read_text()
