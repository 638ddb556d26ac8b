"""``ctxmigrate split``: who gets which file, and what stands in the folder of patches."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from codemod.cli import main

DEPS = """\
def create_user_execution_context(user_id, thread_id, run_id=None):
    return "factory", user_id, thread_id


def get_user_execution_context(user_id, thread_id):
    return "getter", user_id, thread_id
"""
CALL = 'create_user_execution_context("u", "t", run_id="r")\n'
BLOCKED = "create_user_execution_context(*args)\n"


def user(module: str, call: str = CALL) -> str:
    """The source of a module that takes the factory from another one."""
    return f"from {module} import create_user_execution_context\n\ndef handle(*args):\n    return {call}"


def mocking(*modules: str) -> str:
    """The source of a test that mocks the factory in some modules."""
    targets = "".join(
        f'    with patch("{module}.create_user_execution_context"):\n        pass\n' for module in modules
    )
    return f"from unittest.mock import patch\n\ndef test_handle():\n{targets}"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the current folder."""
    folder = tmp_path / "root"
    write(folder, {"pyproject.toml": "[tool.ctxmigrate]\n", "app/deps.py": DEPS})
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path))
    return folder


def write(root: Path, files: dict[str, str]) -> None:
    for path, source in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source, encoding="utf-8")


def read(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["split", *arguments], catch_exceptions=False)


def split(*arguments: str) -> dict[str, tuple[str, ...]]:
    """Split into ``patches``: the files of each patch, by its name."""
    result = run("--out", "patches", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return {part["name"]: tuple(member["path"] for member in part["files"]) for part in report["parts"]}


FOLDER = ("--by", "folder")
OWNERS = ("--by", "codeowners")

DIVISIONS = {
    "independent files": (
        {"a/x.py": user("app.deps"), "b/y.py": user("app.deps"), "b/z.py": user("app.deps")},
        {"01-a": ("a/x.py",), "02-b": ("b/y.py", "b/z.py")},
    ),
    "files at the root": (
        {"main.py": user("app.deps"), "setup.py": user("app.deps"), "a/x.py": user("app.deps")},
        {"01-root": ("main.py", "setup.py"), "02-a": ("a/x.py",)},
    ),
    "a re-export that others need comes first": (
        {
            "app/__init__.py": "from app.deps import create_user_execution_context\n",
            "app/own.py": user("app.deps"),
            "a/x.py": user("app"),
            "b/y.py": user("app"),
        },
        {
            "00-shared": ("app/__init__.py",),
            "01-a": ("a/x.py",),
            "02-app": ("app/own.py",),
            "03-b": ("b/y.py",),
        },
    ),
    "a chain of re-exports comes first as a whole": (
        {
            "app/inner.py": "from app.deps import create_user_execution_context as create_user_execution_context\n",
            "lib/__init__.py": "from app.inner import create_user_execution_context\n",
            "a/x.py": user("lib"),
        },
        {"00-shared": ("app/inner.py", "lib/__init__.py"), "01-a": ("a/x.py",)},
    ),
    "a re-export that only its own folder needs does not": (
        {"a/__init__.py": "from app.deps import create_user_execution_context\n", "a/x.py": user("a")},
        {"01-a": ("a/__init__.py", "a/x.py")},
    ),
    "a module that loses the name goes with those that take it from there": (
        {"app/used.py": user("app.deps"), "a/x.py": user("app.used"), "b/y.py": user("app.deps")},
        {"00-shared": ("a/x.py", "app/used.py"), "01-b": ("b/y.py",)},
    ),
    "a module that keeps the name does not wait for them": (
        {"app/used.py": user("app.deps") + BLOCKED, "a/x.py": user("app.used"), "b/y.py": user("app.deps")},
        {"00-shared": ("app/used.py",), "01-a": ("a/x.py",), "02-b": ("b/y.py",)},
    ),
    "an alias means the getter for all at once": (
        {
            "app/short.py": "from app.deps import create_user_execution_context as create\nhandle = create(1, 2, 3)\n",
            "a/x.py": "from app.short import create\nhandle = create(1, 2, 3)\n",
        },
        {"00-shared": ("a/x.py", "app/short.py")},
    ),
    "a test goes with what it mocks": (
        {"a/x.py": user("app.deps"), "tests/test_x.py": mocking("a.x"), "tests/test_y.py": user("app.deps")},
        {"01-a": ("a/x.py", "tests/test_x.py"), "02-tests": ("tests/test_y.py",)},
    ),
    "a test that mocks in several folders comes first with that": (
        {
            "a/x.py": user("app.deps"),
            "a/y.py": user("app.deps"),
            "b/x.py": user("app.deps"),
            "tests/test_x.py": mocking("a.x", "b.x"),
        },
        {"00-shared": ("a/x.py", "b/x.py", "tests/test_x.py"), "01-a": ("a/y.py",)},
    ),
    "several tests that mock the same": (
        {"a/x.py": user("app.deps"), "t/test_x.py": mocking("a.x"), "u/test_x.py": mocking("a.x")},
        {"01-a": ("a/x.py", "t/test_x.py", "u/test_x.py")},
    ),
    "only blocked": (
        {"a/x.py": user("app.deps", BLOCKED), "b/y.py": user("app.deps")},
        {"01-a": (), "02-b": ("b/y.py",)},
    ),
    "a broken file": (
        {"a/x.py": "def create_user_execution_context(:\n", "b/y.py": "x = 1\n"},
        {"01-a": ()},
    ),
}


@pytest.mark.parametrize("name", DIVISIONS)
def test_who_gets_which_file(name: str, root: Path) -> None:
    files, expected = DIVISIONS[name]
    write(root, files)
    result = run(*FOLDER, "--out", "patches", "--format", "json")
    report: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (2 if report["errors"] else 0)
    parts = {part["name"]: tuple(file["path"] for file in part["files"]) for part in report["parts"]}
    assert parts == expected


@pytest.mark.parametrize("tool", ["git", "patch"])
def test_in_any_order_the_patches_give_the_tree_of_one_run(tool: str, root: Path, tmp_path: Path) -> None:
    for name in ("a re-export that others need comes first", "a test goes with what it mocks"):
        write(root, DIVISIONS[name][0])
    before = read(root)
    patches = sorted(split(*FOLDER, "--out", os.fspath(tmp_path / "patches")))
    assert read(root) == before, "the split writes to the tree"
    CliRunner().invoke(main, ["rewrite"], catch_exceptions=False)
    after = read(root)
    for order in (patches, patches[::-1], patches[2:] + patches[:2]):
        for path, content in before.items():
            (root / path).write_bytes(content)
        for patch in (tmp_path / "patches" / f"{part}.patch" for part in order):
            command = ["git", "apply"] if tool == "git" else ["patch", "-sp1", "-i"]
            subprocess.run([*command, os.fspath(patch)], cwd=root, check=True)
        assert read(root) == after


def test_the_owners_are_those_of_codeowners(root: Path) -> None:
    write(
        root,
        {
            ".github/CODEOWNERS": "* @all\n/a/ @org/team-a  # inline\n/b/ @bob @org/team-a\n/n/\n",
            "a/x.py": user("app.deps"),
            "b/y.py": user("app.deps"),
            "c/z.py": user("app.deps"),
            "n/free.py": user("app.deps"),
        },
    )
    assert split(*OWNERS) == {
        "01-all": ("c/z.py",),
        "02-bob-and-org-team-a": ("b/y.py",),
        "03-org-team-a": ("a/x.py",),
        "04-unowned": ("n/free.py",),
    }
    assert "Owner: `@bob`, `@org/team-a`." in (root / "patches/02-bob-and-org-team-a.md").read_text()
    assert "as in `.github/CODEOWNERS`" in (root / "patches/README.md").read_text()


def test_a_text_says_what_to_review_and_what_is_blocked(root: Path) -> None:
    call = "create_user_execution_context(user_id, thread_id, run_id)\n    print(run_id)\n"
    write(
        root,
        {
            "a/x.py": "from app.deps import create_user_execution_context\n\n"
            f"def noted(user_id, thread_id, run_id):\n    context = {call}\n"
            f"def blocked(args):\n    return {BLOCKED}",
            "b/y.py": user("app.deps", BLOCKED),
        },
    )
    split(*FOLDER)
    text = (root / "patches/01-a.md").read_text()
    assert "`01-a.patch` changes 1 file. It needs no other patch." in text
    for words in ("CTX151", "CTX101", "**Line 4**", "**Line 8**", "`run_id` is read again", "`*args`"):
        assert words in text
    alone = (root / "patches/02-b.md").read_text()
    assert "There is no patch" in alone
    assert "CTX101" in alone
    assert not (root / "patches/02-b.patch").exists()


def test_the_index_tells_the_order_and_why(root: Path) -> None:
    write(root, DIVISIONS["a re-export that others need comes first"][0])
    (root / "my patches").mkdir()
    split(*FOLDER, "--out", "my patches")
    index = (root / "my patches/README.md").read_text()
    assert "# The migration, in 4 patches" in index
    assert "| [`01-a`](01-a.md) | `a/` | 1 | 1 | 0 | 0 | after the first |" in index
    assert "| [`02-app`](02-app.md) | `app/` | 1 | 1 | 0 | 0 | any time |" in index
    assert "git apply 'my patches/00-shared.patch'\ngit apply 'my patches/01-a.patch'" in index
    assert "- `app/__init__.py` (`app/`): needed by `a/x.py`, `b/y.py`" in index
    assert "hang together" not in index


def test_the_index_says_so_where_little_can_be_split(root: Path) -> None:
    write(root, DIVISIONS["an alias means the getter for all at once"][0])
    split(*FOLDER)
    assert "little can be split" in (root / "patches/README.md").read_text()


def test_a_second_split_takes_the_place_of_the_first(root: Path) -> None:
    write(root, {"a/x.py": user("app.deps"), "b/y.py": user("app.deps")})
    split(*FOLDER)
    first = read(root / "patches")
    split(*FOLDER)
    assert read(root / "patches") == first
    (root / "a/x.py").unlink()
    assert split(*FOLDER) == {"01-b": ("b/y.py",)}
    assert sorted(read(root / "patches")) == ["01-b.md", "01-b.patch", "README.md"]
    assert sorted(path.name for path in root.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize("foreign", ["notes.txt", "README.md", "01-mine.patch", "sub/01-a.md"])
def test_a_folder_with_something_else_in_it_is_left_alone(foreign: str, root: Path) -> None:
    write(root, {"a/x.py": user("app.deps"), f"patches/{foreign}": "mine\n"})
    result = run(*FOLDER, "--out", "patches")
    assert result.exit_code == 2
    assert foreign.split("/")[0] in result.stderr
    assert read(root / "patches") == {foreign: b"mine\n"}


def test_an_earlier_split_to_which_something_was_added_is_left_alone(root: Path) -> None:
    write(root, {"a/x.py": user("app.deps")})
    split(*FOLDER)
    write(root, {"patches/02-mine.md": "mine\n"})
    before = read(root / "patches")
    assert "02-mine.md" in run(*FOLDER, "--out", "patches").stderr
    assert read(root / "patches") == before


@pytest.mark.parametrize(
    ("out", "said"),
    [("pyproject.toml", "is no folder"), ("nowhere/patches", "there is no folder"), (".", "something else")],
)
def test_a_place_that_cannot_be_written(out: str, said: str, root: Path) -> None:
    write(root, {"a/x.py": user("app.deps")})
    result = run(*FOLDER, "--out", out)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_write_that_fails_leaves_the_earlier_split(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {"a/x.py": user("app.deps")})
    split(*FOLDER)
    before = read(root)

    def rename(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise OSError(28, "No space left on device")
        return original(self, target)

    original = Path.rename
    monkeypatch.setattr(Path, "rename", rename)
    result = run(*FOLDER, "--out", "patches")
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert read(root) == before


@pytest.mark.parametrize(
    "files",
    [{}, {"a/x.py": user("app.deps", CALL.rstrip() + "  # ctxmigrate: ignore\n")}],
    ids=["no call", "an ignored one"],
)
def test_nothing_to_split(files: dict[str, str], root: Path) -> None:
    write(root, files)
    blocked = files and "CTX" in files["a/x.py"]
    result = run(*FOLDER, "--out", "patches")
    assert result.exit_code == 0
    assert not blocked
    assert "Nothing to split" in result.stdout
    assert not (root / "patches").exists()
    report = json.loads(run(*FOLDER, "--out", "patches", "--format", "json").stdout)
    assert (report["outcome"], report["parts"], report["folder"]) == ("nothing", [], None)


def test_after_the_migration_there_is_nothing_to_split(root: Path) -> None:
    write(root, DIVISIONS["a re-export that others need comes first"][0])
    CliRunner().invoke(main, ["rewrite"], catch_exceptions=False)
    assert "Nothing to split" in run(*FOLDER, "--out", "patches").stdout


def test_file_errors_are_told_and_the_rest_is_split(root: Path) -> None:
    write(root, {"a/x.py": user("app.deps"), "b/y.py": "create_user_execution_context(\n"})
    result = run(*FOLDER, "--out", "patches")
    assert result.exit_code == 2
    assert "b/y.py:1: CTX901" in result.stdout
    assert "CTX901" in (root / "patches/02-b.md").read_text()
    assert (root / "patches/01-a.patch").exists()
    assert "1 file could not be handled" in (root / "patches/README.md").read_text()


def test_only_the_files_of_paths(root: Path) -> None:
    write(root, {"a/x.py": user("app.deps"), "b/y.py": user("app.deps")})
    assert split(*FOLDER, "b") == {"01-b": ("b/y.py",)}


def test_a_root_inside_a_repository(root: Path) -> None:
    write(root, {"a/x.py": user("app.deps"), "b/y.py": user("app.deps")})
    top = root.parent
    (top / ".github").mkdir()
    (top / ".github/CODEOWNERS").write_text("/root/a/ @org/a\n")
    subprocess.run(["git", "init", "-q", os.fspath(top)], check=True)
    assert split(*OWNERS) == {"01-org-a": ("a/x.py",), "02-unowned": ("b/y.py",)}
    for part in ("02-unowned", "01-org-a"):
        subprocess.run(["git", "apply", f"patches/{part}.patch"], cwd=root, check=True)
    assert b"get_user_execution_context" in (root / "a/x.py").read_bytes()
    assert b"get_user_execution_context" in (root / "b/y.py").read_bytes()


def test_hostile_names_are_only_text(root: Path) -> None:
    folder = "a`|<i>@x/y"
    write(
        root,
        {
            "CODEOWNERS": "/a`|<i>@x/ @<img/src=x>`|`*team*/../..\n",
            f"{folder}/x.py": user("app.deps"),
        },
    )
    (name,) = split(*OWNERS)
    assert name == "01-img-src-x-team"
    converter = MarkdownIt("commonmark", {"html": True}).enable("table")
    for file in (name + ".md", "README.md"):
        page = converter.render((root / "patches" / file).read_text())
        assert "<img" not in page
        assert "<i>" not in page
        assert "@&lt;img" in page


def test_a_name_that_is_no_unicode(root: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    write(root, {f"{name}/x.py": user("app.deps")})
    assert list(split(*FOLDER)) == ["01-caf"]
    assert b'--- "a/caf\\351/x.py"' in (root / "patches/01-caf.patch").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "codeowners", "--out", "patches"), "there is no CODEOWNERS in"),
        (("--by", "codeowners", "--depth", "2", "--out", "patches"), "--depth goes with --by folder"),
        (("--by", "owner", "--out", "patches"), "'owner' is not one of"),
        (("--out", "patches"), "Missing option '--by'"),
        (("--by", "folder"), "Missing option '--out'"),
        (("--by", "folder", "--out", "patches", "nowhere"), "does not exist"),
    ],
)
def test_wrong_command_lines(arguments: tuple[str, ...], said: str, root: Path) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (root / "patches").exists()


def test_the_text_for_people(root: Path) -> None:
    write(
        root,
        {"a/x.py": user("app"), "app/__init__.py": "from app.deps import create_user_execution_context\n"},
    )
    write(root, {"b/y.py": user("app.deps", BLOCKED), "CODEOWNERS": "/a/ @a\n/app/ @core\nbroken line\n"})
    result = run(*OWNERS, "--out", "patches")
    assert result.stdout == (
        "00-shared (@core)\n"
        "    1 file; imports only; comes first\n"
        "01-a (@a)\n"
        "    1 file; 1 site migrated; needs the first\n"
        "02-unowned (no owner)\n"
        "    no patch; 1 site blocked\n"
        "\n"
        "CODEOWNERS:3: skipped, since `line` is neither `@user`, `@organisation/team` nor an e-mail address\n"
        "\n"
        "2 patches and 3 texts in patches: start with patches/README.md.\n"
    )
    assert run(*OWNERS, "--out", "patches", "--quiet").stdout.startswith("CODEOWNERS:3:")
