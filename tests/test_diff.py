from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from codemod.model import FilePlan
from codemod.report.diff import unified_diff

if TYPE_CHECKING:
    from pathlib import Path

GIT = ("git", "apply", "-")
PATCH = ("patch", "-p1")
TOOLS = pytest.mark.parametrize("tool", [GIT, PATCH], ids=["git-apply", "patch-p1"])

KINDS = {
    "plain": (b"a = f(1, run_id)\nb = 2\n", b"a = g(1)\nb = 2\n"),
    "no last newline": (b"b = 2\na = f(1, run_id)", b"b = 2\na = g(1)"),
    "no last newline, which is not touched": (b"a = f(1, run_id)\nb = 2", b"a = g(1)\nb = 2"),
    "a last newline comes": (b"a = f(1, run_id)", b"a = g(1)\n"),
    "a last newline goes": (b"a = f(1, run_id)\n", b"a = g(1)"),
    "crlf": (b"x = 1\r\na = f(1, run_id)\r\nb = 2\r\n", b"x = 1\r\na = g(1)\r\nb = 2\r\n"),
    "crlf without a last newline": (b"x = 1\r\na = f(1, run_id)", b"x = 1\r\na = g(1)"),
    "lone cr": (b"x = 1\ra = f(1, run_id)\rb = 2\r", b"x = 1\ra = g(1)\rb = 2\r"),
    "mixed endings": (b"x = 1\ry = 2\r\na = f(1, run_id)\n\rb = 2\n", b"x = 1\ry = 2\r\na = g(1)\n\rb = 2\n"),
    "form feeds": (b"\x0cx = 1\n\x0c\na = f(1, run_id)\x0c\n\x0b", b"\x0cx = 1\n\x0c\na = g(1)\x0c\n\x0b"),
    "separators": (b"# \x1c\x1d\x1e\na = f(1, run_id) # \x1c", b"# \x1c\x1d\x1e\na = g(1) # \x1c"),
    "latin-1": (b"# coding: latin-1\n# \xe9\x85\na = f(\xe9)", b"# coding: latin-1\n# \xe9\x85\na = g(\xe9)"),
    "a byte order mark": (b"\xef\xbb\xbfa = f(1, run_id)\n", b"\xef\xbb\xbfa = g(1)\n"),
    "utf-8": ("é = f(1, '\u2028\x85')\n".encode(), "é = g('\u2028\x85')\n".encode()),
    "lines like those of a diff": (
        b"x = f\n-- a/x\n++ b/x\n@@ -1 +1 @@\n\\ No newline at end of file\n",
        b"-- a/x\n+++ b/x\n@@ -1 +1 @@\n\\ No newline at end of file\nx = g\n",
    ),
    "hunks far apart": (b"f()\n" + b"x\n" * 50 + b"f()\n", b"g()\n" + b"x\n" * 50 + b"g()\n"),
}

NAMES = {
    "plain": "app/handler.py",
    "spaces": "app two/a  handler .py",
    "a space at the end": "app /handler.py ",
    "quotes": "app/'it' \"is\".py",
    "backslash": "app\\n/handler\\101.py",
    "tab": "app/a\tb.py",
    "newline": "app/a\nb.py",
    "carriage return and form feed": "app/a\rb\x0c.py",
    "control characters": "app/\x01\x1b[31m\x7f.py",
    "non-ASCII": "äpp/händler 実.py",
    "like the prefixes": "a/b/a/x.py",
    "like a date": "app/x 2020-01-01 00:00:00.py",
    "no UTF-8": os.fsdecode(b"app/\xff\xe9.py"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def lay(root: Path, plan: FilePlan) -> Path:
    file = root / plan.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(plan.before)
    return file


def apply(tool: tuple[str, ...], root: Path, diff: bytes) -> None:
    done = subprocess.run(tool, cwd=root, input=diff, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr, diff)


@TOOLS
@pytest.mark.parametrize("kind", KINDS)
def test_both_tools_apply_the_diff_of_every_kind_of_file(
    root: Path, tool: tuple[str, ...], kind: str
) -> None:
    plan = FilePlan("app/handler.py", *KINDS[kind])
    file = lay(root, plan)
    apply(tool, root, unified_diff([plan], str(root)))
    assert file.read_bytes() == plan.after


@TOOLS
@pytest.mark.parametrize("name", NAMES)
def test_both_tools_find_the_file_of_every_name(root: Path, tool: tuple[str, ...], name: str) -> None:
    plan = FilePlan(NAMES[name], *KINDS["plain"])
    file = lay(root, plan)
    apply(tool, root, unified_diff([plan], str(root)))
    assert file.read_bytes() == plan.after
    assert [found for found in root.rglob("*.py*") if found.is_file()] == [file]


@TOOLS
def test_one_diff_holds_many_files(root: Path, tool: tuple[str, ...]) -> None:
    plans = [FilePlan(f"{number} {kind}.py", *KINDS[kind]) for number, kind in enumerate(KINDS)]
    files = [lay(root, plan) for plan in plans]
    apply(tool, root, unified_diff(plans, str(root)))
    assert [file.read_bytes() for file in files] == [plan.after for plan in plans]


@TOOLS
@pytest.mark.parametrize("folder", ["", "backend", "chat", "services/chat"])
@pytest.mark.parametrize("git", ["work tree", "no work tree"])
def test_the_root_may_be_any_folder(tmp_path: Path, tool: tuple[str, ...], folder: str, git: str) -> None:
    if git == "work tree":
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
    paths = [
        "app/handler.py",
        "chat/chat/a.py",
        "chat/handler.py",
        "main.py",
        "services/chat/x.py",
        "tests/t.py",
    ]
    plans = [FilePlan(path, *KINDS["plain"]) for path in paths]
    files = [lay(tmp_path / folder, plan) for plan in plans]
    apply(tool, tmp_path / folder, unified_diff(plans, str(tmp_path / folder)))
    assert [file.read_bytes() for file in files] == [plan.after for plan in plans]


@TOOLS
@pytest.mark.parametrize("folder", ["", "app", "services/chat"])
@pytest.mark.parametrize("content", [b"a = 1\n", b"a = 1\r\n\x0cb = '\xe9'"])
def test_a_new_file_is_made_with_its_folders(
    root: Path, tool: tuple[str, ...], folder: str, content: bytes
) -> None:
    old = FilePlan("app/handler.py", *KINDS["plain"])
    fresh = [FilePlan(path, b"", content, is_new=True) for path in ("app/a.py", "new er/deep/b.py", "z.py")]
    file = lay(root / folder, old)
    apply(tool, root / folder, unified_diff([fresh[0], old, *fresh[1:]], str(root / folder)))
    assert file.read_bytes() == old.after
    assert [(root / folder / plan.path).read_bytes() for plan in fresh] == [content] * 3


def test_the_diff_is_what_git_itself_prints(root: Path) -> None:
    for name in ("app/handler.py", "app two/x y.py", 'app/"q"\té.py'):
        plan = FilePlan(name, *KINDS["lines like those of a diff"])
        file = lay(root, plan)
        git = ["git", "-C", str(root)]
        subprocess.run([*git, "add", "."], check=True)
        file.write_bytes(plan.after)
        printed = subprocess.run([*git, "diff", "--", name], check=True, capture_output=True).stdout
        header = printed[printed.index(b"--- ") :].split(b"\n@@")[0]
        assert unified_diff([plan], str(root)).startswith(header + b"\n@@ ")


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=40)
EDITS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3), LINES.map(lambda lines: lines[:3])), max_size=4
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, edits=EDITS, ending=st.sampled_from(["", "x"]))
def test_any_change_of_lines_is_applied(
    root: Path, lines: list[str], edits: list[tuple[int, int, list[str]]], ending: str
) -> None:
    after = list(lines)
    for at, removed, added in edits:
        after[at : at + removed] = added
    plan = FilePlan("a.py", "".join([*lines, ending]).encode(), "".join([*after, ending]).encode())
    assume(plan.before and plan.after and plan.before != plan.after)
    (root / "a.py").write_bytes(plan.before)
    diff = unified_diff([plan], str(root))
    subprocess.run(PATCH, cwd=root, input=diff, check=True, capture_output=True)
    assert (root / "a.py").read_bytes() == plan.after


def test_nothing_planned_is_no_diff() -> None:
    assert unified_diff([]) == b""
