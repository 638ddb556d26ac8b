import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from codemod.discover import discover
from codemod.errors import UsageError


@pytest.fixture(autouse=True)
def _own_git_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def make(root: Path, *names: str, **texts: str) -> None:
    """Make empty files, and a ``.gitignore`` for each folder in ``texts`` (``_`` is the root)."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for folder, text in texts.items():
        path = root / folder.lstrip("_") / ".gitignore"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def repository(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q")


def without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = tmp_path.parent / f"{tmp_path.name}-no-programs"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


def found(root: Path, *paths: str, exclude: Iterable[str] = ()) -> dict[str, bool]:
    """Every file that is listed, in order, and whether it is selected."""
    return listed(root, [root / path for path in paths or (".",)], exclude)


def listed(root: Path, paths: Iterable[Path], exclude: Iterable[str] = ()) -> dict[str, bool]:
    files = discover(root, list(paths), tuple(exclude))
    assert len(set(files.listing)) == len(files.listing)
    return {path: path in files for path in files.listing}


def selected(root: Path, *paths: str, exclude: Iterable[str] = ()) -> list[str]:
    return sorted(path for path, chosen in found(root, *paths, exclude=exclude).items() if chosen)


class TestWhichFilesAreListed:
    def test_python_files_and_stubs_sorted_by_path(self, tmp_path: Path) -> None:
        make(
            tmp_path, "b.py", "a/z.py", "a.py", "a-b/c.pyi", "notes.md", "a/setup.cfg", "x.pyc", "py", "B.PY"
        )
        assert list(found(tmp_path)) == ["a.py", "b.py", "a-b/c.pyi", "a/z.py"]

    def test_an_empty_tree(self, tmp_path: Path) -> None:
        assert found(tmp_path) == {}

    def test_hidden_folders_and_files(self, tmp_path: Path) -> None:
        make(tmp_path, ".github/scripts/run.py", ".hidden.py")
        assert selected(tmp_path) == [".github/scripts/run.py", ".hidden.py"]

    @pytest.mark.parametrize(
        "folder", [".git", ".hg", ".svn", "node_modules", "site-packages", "__pycache__", "a/node_modules"]
    )
    @pytest.mark.parametrize("tracked", [True, False])
    def test_folders_that_are_never_entered(self, tmp_path: Path, folder: str, tracked: bool) -> None:
        make(tmp_path, "a.py", f"{folder}/deep/b.py")
        if tracked and folder != ".git":
            repository(tmp_path)
            git(tmp_path, "add", "-f", ".")
        assert found(tmp_path) == {"a.py": True}

    @pytest.mark.parametrize("in_git", [True, False])
    def test_environments_that_nothing_ignores(self, tmp_path: Path, in_git: bool) -> None:
        make(tmp_path, "a.py", "my env/pyvenv.cfg", "my env/bin/tool.py", "my env/lib/x/y.py", "env.py")
        if in_git:
            repository(tmp_path)
        assert found(tmp_path) == {"a.py": True, "env.py": True}

    def test_a_root_with_the_name_or_mark_of_an_environment_is_walked(self, tmp_path: Path) -> None:
        root = tmp_path / "site-packages"
        make(root, "pyvenv.cfg", "app.py", "lib/site-packages/x.py")
        assert found(root) == {"app.py": True}

    def test_a_folder_with_the_suffix_of_a_file(self, tmp_path: Path) -> None:
        make(tmp_path, "pkg.py/inner.py")
        assert found(tmp_path) == {"pkg.py/inner.py": True}

    def test_only_regular_files(self, tmp_path: Path) -> None:
        make(tmp_path, "a.py")
        os.mkfifo(tmp_path / "pipe.py")
        os.symlink("pipe.py", tmp_path / "link.py")
        assert found(tmp_path) == {"a.py": True}

    @pytest.mark.parametrize("in_git", [True, False])
    def test_names_that_are_not_utf_8(self, tmp_path: Path, in_git: bool) -> None:
        if in_git:
            repository(tmp_path)
        names = [b"caf\xe9.py", b"\xff/m.py", b"new\nline.py", b"-f.py", "ü [x].py".encode()]
        for name in names:
            path = os.fsencode(tmp_path) + b"/" + name
            os.makedirs(os.path.dirname(path), exist_ok=True)
            Path(os.fsdecode(path)).touch()
        assert selected(tmp_path, exclude=["other/"]) == sorted(os.fsdecode(name) for name in names)

    def test_a_folder_that_cannot_be_listed_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(tmp_path, "a.py", "secret/b.py", "z/c.py")
        scandir = os.scandir

        def guarded(path: str) -> object:
            if "secret" in path:
                raise PermissionError(13, "Permission denied", path)
            return scandir(path)

        monkeypatch.setattr(os, "scandir", guarded)
        assert sorted(found(tmp_path)) == ["a.py", "z/c.py"]


class TestLinks:
    def test_a_file_and_the_links_to_it_are_one_file(self, tmp_path: Path) -> None:
        make(tmp_path, "real.py", "other/x.py")
        os.symlink("real.py", tmp_path / "first.py")
        os.symlink("../first.py", tmp_path / "other/second.py")
        assert sorted(found(tmp_path)) == ["other/x.py", "real.py"]

    def test_a_link_makes_a_file_without_the_suffix_a_python_file(self, tmp_path: Path) -> None:
        make(tmp_path, "bin/tool", "bin/other")
        os.symlink("bin/tool", tmp_path / "tool.py")
        assert found(tmp_path) == {"bin/tool": True}

    def test_links_to_folders_are_not_followed(self, tmp_path: Path) -> None:
        make(tmp_path, "pkg/a.py", "outer/__init__.py")
        os.symlink("../pkg", tmp_path / "outer/again")
        os.symlink("..", tmp_path / "pkg/loop")
        os.symlink("pkg", tmp_path / "folder.py")
        assert sorted(found(tmp_path)) == ["outer/__init__.py", "pkg/a.py"]

    def test_broken_looping_and_leaving_links(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        make(tmp_path, "outside.py", "elsewhere/b.py", "root/a.py", "root-too/c.py")
        os.symlink("gone.py", root / "broken.py")
        os.symlink("loop.py", root / "loop.py")
        os.symlink(tmp_path / "outside.py", root / "leaves.py")
        os.symlink(tmp_path / "elsewhere", root / "folder")
        os.symlink("../root-too/c.py", root / "near.py")
        assert found(root) == {"a.py": True}

    def test_a_link_into_a_folder_that_is_never_entered(self, tmp_path: Path) -> None:
        make(tmp_path, "env/pyvenv.cfg", "env/tool.py", "node_modules/x.py")
        os.symlink("env/tool.py", tmp_path / "tool.py")
        os.symlink("node_modules/x.py", tmp_path / "x.py")
        assert found(tmp_path) == {}

    def test_a_link_to_an_ignored_file_does_not_select_it(self, tmp_path: Path) -> None:
        repository(tmp_path)
        make(tmp_path, "build/made.py", _="build/\n")
        os.symlink("build/made.py", tmp_path / "made.py")
        assert found(tmp_path) == {"build/made.py": False}

    def test_a_root_that_is_given_through_a_link(self, tmp_path: Path) -> None:
        make(tmp_path, "real/a.py")
        os.symlink("real", tmp_path / "link")
        assert found(tmp_path / "link") == {"a.py": True}
        assert found(tmp_path / "link", "a.py") == {"a.py": True}


class TestPaths:
    def test_files_outside_the_paths_are_listed_for_what_they_use(self, tmp_path: Path) -> None:
        make(tmp_path, "app/a.py", "app/sub/b.py", "app2/c.py", "d.py")
        assert found(tmp_path, "app") == {
            "app/a.py": True,
            "app/sub/b.py": True,
            "app2/c.py": False,
            "d.py": False,
        }

    def test_a_path_inside_another_one(self, tmp_path: Path) -> None:
        make(tmp_path, "app/a.py", "app/sub/b.py", "c.py")
        assert selected(tmp_path, "app/sub", "app", "app/a.py") == ["app/a.py", "app/sub/b.py"]

    def test_no_paths_select_nothing(self, tmp_path: Path) -> None:
        make(tmp_path, "a.py")
        assert listed(tmp_path, []) == {"a.py": False}

    def test_a_named_file_counts_whatever_its_suffix(self, tmp_path: Path) -> None:
        make(tmp_path, "bin/tool", "bin/other", "a.py")
        assert found(tmp_path, "bin/tool") == {"a.py": False, "bin/tool": True}

    def test_a_folder_that_is_a_link(self, tmp_path: Path) -> None:
        make(tmp_path, "pkg/a.py", "b.py")
        os.symlink("pkg", tmp_path / "link")
        assert selected(tmp_path, "link") == ["pkg/a.py"]

    def test_a_named_link_selects_the_file_it_leads_to(self, tmp_path: Path) -> None:
        make(tmp_path, "pkg/a.py")
        os.symlink("pkg/a.py", tmp_path / "link.py")
        assert found(tmp_path, "link.py") == {"pkg/a.py": True}

    def test_paths_are_taken_from_the_current_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(tmp_path, "app/a.py", "b.py")
        monkeypatch.chdir(tmp_path / "app")
        assert listed(tmp_path, [Path(".")]) == {"app/a.py": True, "b.py": False}
        assert listed(tmp_path, [Path("../b.py")]) == {"app/a.py": False, "b.py": True}

    @pytest.mark.parametrize("name", ["gone.py", "a.py/gone.py", "broken.py", "gone/"])
    def test_a_path_that_does_not_exist(self, tmp_path: Path, name: str) -> None:
        make(tmp_path, "a.py")
        os.symlink("nowhere.py", tmp_path / "broken.py")
        path = tmp_path / name
        with pytest.raises(UsageError) as caught:
            discover(tmp_path, [tmp_path / "a.py", path], ())
        assert str(caught.value) == f"{str(path)!r} does not exist"

    def test_a_path_that_cannot_be_looked_at(self, tmp_path: Path) -> None:
        os.symlink("loop.py", tmp_path / "loop.py")
        with pytest.raises(UsageError, match=r"loop\.py' cannot be read: Too many levels of symbolic links$"):
            found(tmp_path, "loop.py")
        with pytest.raises(UsageError, match=r"cannot be read: .*null"):
            found(tmp_path, "a\0.py")

    @pytest.mark.parametrize("name", ["other/a.py", "other", ".", "root/leaves.py", "root2/b.py"])
    def test_a_path_outside_the_root(self, tmp_path: Path, name: str) -> None:
        make(tmp_path, "other/a.py", "root/b.py", "root2/b.py")
        os.symlink("../other/a.py", tmp_path / "root/leaves.py")
        with pytest.raises(UsageError) as caught:
            discover(tmp_path / "root", [tmp_path / "root", tmp_path / name], ())
        assert str(caught.value) == (
            f"{str(tmp_path / name)!r} is outside the root {str(tmp_path / 'root')!r}, which the first PATH "
            "settles: run ctxmigrate on it separately, or put a [tool.ctxmigrate] into the pyproject.toml of "
            "a folder above both"
        )

    def test_a_path_that_is_no_regular_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.py")
        with pytest.raises(UsageError, match=r"pipe\.py' is neither a file nor a folder$"):
            found(tmp_path, "pipe.py")

    def test_a_folder_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make(tmp_path, "closed/a.py")
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        with pytest.raises(UsageError, match=r"closed' cannot be read: permission denied$"):
            found(tmp_path, "closed")


class TestExclude:
    @pytest.mark.parametrize(
        ("globs", "kept"),
        [
            (["*.pyi"], ["app/a.py", "app/old/b.py", "tests/app/d.py", "tests/t.py"]),
            (["tests/"], ["app/a.py", "app/old/b.py", "app/old/c.pyi"]),
            (["app"], ["tests/t.py"]),
            (["/app"], ["tests/app/d.py", "tests/t.py"]),
            (["app/old"], ["app/a.py", "tests/app/d.py", "tests/t.py"]),
            (["old/b.py"], ["app/a.py", "app/old/b.py", "app/old/c.pyi", "tests/app/d.py", "tests/t.py"]),
            (["**/old/b.py"], ["app/a.py", "app/old/c.pyi", "tests/app/d.py", "tests/t.py"]),
            (["app/**"], ["tests/app/d.py", "tests/t.py"]),
            (["[ad].py", "c.*"], ["app/old/b.py", "tests/t.py"]),
            (["*", "!a.py", "!app/"], ["app/a.py"]),
            (["app/**", "!app/a.py"], ["app/a.py", "tests/app/d.py", "tests/t.py"]),
            (["app/", "!app/a.py"], ["tests/t.py"]),
            (["*.py", "*.pyi"], []),
        ],
        ids=" ".join,
    )
    @pytest.mark.parametrize("in_git", [True, False])
    def test_globs(self, tmp_path: Path, globs: list[str], kept: list[str], in_git: bool) -> None:
        names = ["app/a.py", "app/old/b.py", "app/old/c.pyi", "tests/app/d.py", "tests/t.py"]
        make(tmp_path, *names)
        if in_git:
            repository(tmp_path)
            git(tmp_path, "add", ".")
        assert sorted(found(tmp_path, exclude=globs)) == names
        assert selected(tmp_path, exclude=globs) == kept

    def test_globs_are_relative_to_the_root_not_to_the_path(self, tmp_path: Path) -> None:
        make(tmp_path, "app/old/a.py", "app/b.py")
        assert selected(tmp_path, "app", exclude=["/old"]) == ["app/b.py", "app/old/a.py"]
        assert selected(tmp_path, "app", exclude=["/app/old"]) == ["app/b.py"]

    def test_globs_hold_for_named_files(self, tmp_path: Path) -> None:
        make(tmp_path, "app/a.py", "app/a_pb2.py")
        assert selected(tmp_path, "app/a.py", "app/a_pb2.py", exclude=["*_pb2.py"]) == ["app/a.py"]

    @pytest.mark.parametrize("glob", ["", "  ", "#x", "!", "/", "[z-a]"])
    def test_a_glob_that_is_no_pattern(self, tmp_path: Path, glob: str) -> None:
        make(tmp_path, "a.py")
        with pytest.raises(UsageError) as caught:
            discover(tmp_path, [tmp_path / "a.py"], ["*.pyi", glob])
        assert str(caught.value) == (
            f"exclude: {glob!r} is no pattern as in a .gitignore, such as 'tests/' or '/app/old_*.py'"
        )


IGNORED = {
    "a suffix": ("*_pb2.py\n", {"a_pb2.py", "sub/b_pb2.py"}),
    "a folder anywhere": ("build/\n", {"build/x.py", "sub/build/y.py"}),
    "a folder at the root": ("/build/\n", {"build/x.py"}),
    "taken out again": ("*.py\n!keep.py\n", {"a_pb2.py", "build/x.py", "sub/b_pb2.py", "sub/build/y.py"}),
    "not out of an ignored folder": (
        "sub/\n!sub/keep.py\n",
        {"sub/b_pb2.py", "sub/build/y.py", "sub/keep.py"},
    ),
    "out of what is in a folder": ("sub/*\n!sub/keep.py\n", {"sub/b_pb2.py", "sub/build/y.py"}),
    "out of all that is in a folder": ("sub/**\n!sub/keep.py\n", {"sub/b_pb2.py", "sub/build/y.py"}),
    "all but some kinds": ("*\n!*/\n!*_pb2.py\n", {"build/x.py", "keep.py", "sub/build/y.py", "sub/keep.py"}),
    "a comment, a blank, Windows lines": ("# build/\r\n\r\n/build\r\n", {"build/x.py"}),
    "a byte order mark": ("\ufeffbuild/x.py\n", {"build/x.py"}),
    "lines that are not valid": ("!\nbuild/x[\n[z-a]\n/build/\n", {"build/x.py"}),
}


@pytest.fixture(params=["git", "no work tree", "no git program"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root whose ignored files are told by git, or by the ``.gitignore`` files."""
    if request.param != "no work tree":
        repository(tmp_path)
    if request.param == "no git program":
        without_git(monkeypatch, tmp_path)
    return tmp_path


class TestIgnoredFiles:
    @pytest.mark.parametrize(("text", "ignored"), IGNORED.values(), ids=IGNORED)
    def test_they_are_listed_and_not_selected(self, root: Path, text: str, ignored: set[str]) -> None:
        names = ["a_pb2.py", "build/x.py", "keep.py", "sub/b_pb2.py", "sub/build/y.py", "sub/keep.py"]
        make(root, *names, _=text)
        assert found(root) == {name: name not in ignored for name in names}

    def test_the_nearest_file_of_patterns_decides(self, root: Path) -> None:
        make(root, "a.py", "sub/a.py", "sub/b.py", "sub/deep/a.py", _="a.py\n", sub="!a.py\n/b.py\n")
        assert found(root) == {"a.py": False, "sub/a.py": True, "sub/b.py": False, "sub/deep/a.py": True}

    def test_patterns_inside_an_ignored_folder_take_nothing_out(self, root: Path) -> None:
        make(root, "sub/a.py", _="sub/\n", sub="!*\n")
        assert found(root) == {"sub/a.py": False}

    def test_a_file_of_patterns_that_is_a_link_or_a_folder(self, root: Path) -> None:
        make(root, "sub/a.py", "other/a.py", "other/.gitignore/x")
        (root / "patterns").write_text("*.py\n")
        os.symlink("../patterns", root / "sub/.gitignore")
        assert found(root) == {"other/a.py": True, "sub/a.py": True}

    def test_patterns_above_the_root_hold_in_a_work_tree(self, root: Path) -> None:
        make(root, "svc/app/a.py", "svc/app/a_pb2.py", "svc/app/b.py", _="*_pb2.py\n", svc="/app/b.py\n")
        in_a_work_tree = (root / ".git").exists()
        assert found(root / "svc/app") == {
            "a.py": True,
            "a_pb2.py": not in_a_work_tree,
            "b.py": not in_a_work_tree,
        }

    def test_a_named_file_is_selected_all_the_same(self, root: Path) -> None:
        make(root, "build/x.py", "build/y.py", ".venv/pyvenv.cfg", ".venv/z.py", _="build/\n.venv/\n")
        assert found(root, "build/x.py", ".venv/z.py") == {
            ".venv/z.py": True,
            "build/x.py": True,
            "build/y.py": False,
        }

    def test_a_folder_that_is_named_does_not_select_them(self, root: Path) -> None:
        make(root, "build/x.py", _="build/\n")
        assert found(root, "build") == {"build/x.py": False}

    def test_ignored_environments_are_not_even_listed(self, root: Path) -> None:
        make(root, "a.py", ".venv/pyvenv.cfg", ".venv/lib/x.py", "out/node_modules/x/y.py", _=".venv\nout/\n")
        assert found(root) == {"a.py": True}


class TestInAGitWorkTree:
    def test_tracked_files_are_never_ignored(self, tmp_path: Path) -> None:
        repository(tmp_path)
        make(tmp_path, "build/tracked.py", "build/untracked.py", "new.py", _="build/\n")
        git(tmp_path, "add", "-f", "build/tracked.py")
        assert found(tmp_path) == {"build/tracked.py": True, "build/untracked.py": False, "new.py": True}

    def test_deleted_files_are_left_out(self, tmp_path: Path) -> None:
        repository(tmp_path)
        make(tmp_path, "a.py", "gone.py")
        git(tmp_path, "add", ".")
        (tmp_path / "gone.py").unlink()
        assert found(tmp_path) == {"a.py": True}

    def test_what_git_knows_beside_the_gitignore_files(self, tmp_path: Path) -> None:
        repository(tmp_path)
        make(tmp_path, "a.py", "local.py")
        (tmp_path / ".git/info").mkdir(exist_ok=True)
        (tmp_path / ".git/info/exclude").write_text("local.py\n")
        assert found(tmp_path) == {"a.py": True, "local.py": False}

    def test_a_root_below_the_top(self, tmp_path: Path) -> None:
        repository(tmp_path)
        make(tmp_path, "top.py", "svc/a.py", "svc/b.py", "svc/gen/c.py", _="/svc/b.py\ngen/\n")
        git(tmp_path, "add", "-f", "svc/gen/c.py")
        assert found(tmp_path / "svc") == {"a.py": True, "b.py": False, "gen/c.py": True}

    def test_a_linked_work_tree(self, tmp_path: Path) -> None:
        repository(tmp_path / "main")
        make(tmp_path / "main", "a.py", "b.py", _="b.py\n")
        git(tmp_path / "main", "add", ".")
        git(tmp_path / "main", "commit", "-qm", "start")
        git(tmp_path / "main", "worktree", "add", "-q", "../linked")
        make(tmp_path / "linked", "b.py")
        assert found(tmp_path / "linked") == {"a.py": True, "b.py": False}

    @pytest.mark.parametrize("kind", ["untracked", "untracked and without a commit", "submodule"])
    def test_a_repository_inside_says_itself_what_it_ignores(self, tmp_path: Path, kind: str) -> None:
        inner = tmp_path / "libs/inner"
        repository(tmp_path)
        repository(inner)
        make(inner, "a.py", "made.py", "pkg/new.py", _="made.py\n")
        if kind != "untracked and without a commit":
            git(inner, "add", "a.py")
            git(inner, "commit", "-qm", "start")
        if kind == "submodule":
            git(tmp_path, "add", "libs/inner")
        make(tmp_path, "top.py")
        assert found(tmp_path) == {
            "libs/inner/a.py": True,
            "libs/inner/made.py": False,
            "libs/inner/pkg/new.py": True,
            "top.py": True,
        }

    def test_repositories_inside_each_other(self, tmp_path: Path) -> None:
        for folder in (tmp_path / "a/b", tmp_path / "a", tmp_path):
            make(folder, "x.py", "made.py")
            repository(folder)
            git(folder, "add", "x.py")
            git(folder, "commit", "-qm", "start")
        make(tmp_path / "a/b", _="made.py\n")
        assert found(tmp_path) == {
            "a/b/made.py": False,
            "a/b/x.py": True,
            "a/made.py": True,
            "a/x.py": True,
            "made.py": True,
            "x.py": True,
        }

    def test_a_repository_in_an_ignored_folder_is_not_selected(self, tmp_path: Path) -> None:
        repository(tmp_path)
        make(tmp_path, "a.py", _="/vendor/\n")
        repository(tmp_path / "vendor/lib")
        make(tmp_path / "vendor/lib", "x.py")
        assert found(tmp_path) == {"a.py": True, "vendor/lib/x.py": False}

    def test_a_repository_inside_that_git_cannot_read_is_not_selected(self, tmp_path: Path) -> None:
        repository(tmp_path)
        inner = tmp_path / "inner"
        repository(inner)
        make(inner, "x.py")
        git(inner, "add", "x.py")
        git(inner, "commit", "-qm", "start")
        git(tmp_path, "add", "inner")
        (inner / ".git/HEAD").write_text("nonsense\n")
        assert found(tmp_path) == {"inner/x.py": False}

    def test_the_variables_of_a_running_hook_do_not_mislead(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repository(tmp_path / "other")
        repository(tmp_path / "root")
        make(tmp_path / "root", "svc/a.py", "svc/b.py", _="b.py\n")
        monkeypatch.setenv("GIT_DIR", "../other/.git")
        monkeypatch.setenv("GIT_WORK_TREE", "../other")
        monkeypatch.setenv("GIT_INDEX_FILE", "nowhere/index")
        monkeypatch.setenv("GIT_PREFIX", "svc/")
        assert found(tmp_path / "root/svc") == {"a.py": True, "b.py": False}

    def test_git_that_fails_leaves_the_gitignore_files(self, tmp_path: Path) -> None:
        make(tmp_path, "a.py", "b.py", _="b.py\n")
        (tmp_path / ".git").write_text("gitdir: /nowhere\n")
        assert found(tmp_path) == {"a.py": True, "b.py": False}


class TestNamedFiles:
    def test_a_file_that_is_named_is_selected_unless_it_is_excluded(self, tmp_path: Path) -> None:
        repository(tmp_path)
        make(tmp_path, "a.py", "bin/tool", "old/c.py", "rest.py", "build/d.py", _="build/\n")
        os.symlink("a.py", tmp_path / "link.py")
        paths = [tmp_path / name for name in ("old/c.py", "a.py", "link.py", "bin/tool", "build/d.py")]
        chosen = {"a.py", "bin/tool", "build/d.py"}
        assert listed(tmp_path, paths, ["old/"]) == {
            path: path in chosen for path in ("a.py", "rest.py", "bin/tool", "build/d.py", "old/c.py")
        }


def test_a_plain_run_does_not_import_pathspec(tmp_path: Path) -> None:
    repository(tmp_path)
    make(tmp_path, "a.py", _="build/\n")
    code = (
        "import sys; from pathlib import Path; from codemod.discover import discover\n"
        f"print(*discover(Path({str(tmp_path)!r}), [Path({str(tmp_path)!r})], ()))\n"
        "print('pathspec' in sys.modules)"
    )
    python = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert python.stdout.splitlines() == ["a.py", "False"]
