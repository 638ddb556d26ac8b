from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from codemod import write as module
from codemod.model import FileError, FilePlan
from codemod.signals import ENDING
from codemod.write import UndoError, restore, unwritable, write
from codemod.write.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATHS = ("a.py", "app/b.py", "app/deep/c.py", "d.py")


def plan(path: str) -> FilePlan:
    return FilePlan(path, f"old {path}\r\n".encode(), f"new {path}\r".encode())


PLANS = tuple(map(plan, PATHS))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for one in PLANS:
        file = root / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(one.before)
    return root


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of the system, where old bytes are kept as the last resort."""
    folder = tmp_path / "kept"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def contents(root: Path) -> dict[str, bytes]:
    """All files under the root, hidden ones too."""
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


OLD = {one.path: one.before for one in PLANS}
NEW = {one.path: one.after for one in PLANS}


def on_call(number: int, act: Callable[[], None], real: Callable[..., Any]) -> Callable[..., Any]:
    """Do something more right before the call of that number, from 1, of a function."""
    calls = iter(range(1, 1000))

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == number:
            act()
        return real(*args, **kwargs)

    return stand_in


def is_locked(folder: Path) -> bool:
    """Whether somebody holds the lock of a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def no_space() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class TestSuccess:
    def test_every_file_gets_its_new_bytes_and_nothing_else_is_left(self, root: Path) -> None:
        assert write(root, PLANS) == ()
        assert contents(root) == NEW

    def test_nothing_planned_is_nothing_done(self, root: Path) -> None:
        assert write(root, ()) == ()
        assert contents(root) == OLD

    def test_the_mode_is_kept(self, root: Path) -> None:
        modes = (0o600, 0o755, 0o4711, 0o666)
        for one, mode in zip(PLANS, modes, strict=True):
            (root / one.path).chmod(mode)
        assert write(root, PLANS) == ()
        assert tuple(stat.S_IMODE((root / path).stat().st_mode) for path in PATHS) == modes

    def test_the_mode_is_kept_whatever_the_umask(self, root: Path) -> None:
        (root / "a.py").chmod(0o664)
        before = os.umask(0o077)
        try:
            assert write(root, PLANS[:1]) == ()
        finally:
            os.umask(before)
        assert stat.S_IMODE((root / "a.py").stat().st_mode) == 0o664

    def test_the_owner_is_kept_where_it_can_be(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        status = (root / "a.py").stat()
        owners: list[tuple[int, int]] = []
        monkeypatch.setattr(os, "fchown", lambda file, owner, group: owners.append((owner, group)))
        assert write(root, PLANS[:1]) == ()
        assert owners == [(status.st_uid, status.st_gid)]

    def test_an_owner_that_cannot_be_kept_is_no_failure(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fchown", on_call(1, failing(PermissionError(errno.EPERM, "")), os.fchown))
        assert write(root, PLANS) == ()
        assert contents(root) == NEW

    def test_the_time_of_the_change_is_that_of_the_write(self, root: Path) -> None:
        os.utime(root / "a.py", (0, 0))
        assert write(root, PLANS[:1]) == ()
        assert (root / "a.py").stat().st_mtime > 1e9

    def test_hard_links_are_two_files(self, root: Path) -> None:
        os.link(root / "a.py", root / "linked.py")
        assert write(root, PLANS[:1]) == ()
        assert (root / "linked.py").read_bytes() == PLANS[0].before

    def test_the_root_itself_may_be_a_link(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(root)
        assert write(tmp_path / "link", PLANS) == ()
        assert contents(root) == NEW

    def test_strange_and_long_names(self, root: Path) -> None:
        paths = ("sp ace/\n.py", "x" * 252 + ".py", os.fsdecode(b"\xff.py"))
        plans = [FilePlan(path, b"old", b"new") for path in paths]
        for one in plans:
            (root / one.path).parent.mkdir(exist_ok=True)
            (root / one.path).write_bytes(b"old")
        assert write(root, plans) == ()
        assert [(root / one.path).read_bytes() for one in plans] == [b"new"] * 3

    def test_more_files_than_may_be_open_at_once(self, root: Path) -> None:
        plans = [FilePlan(f"app/many{number}.py", b"old", b"new") for number in range(300)]
        for one in plans:
            (root / one.path).write_bytes(b"old")
        program = (
            "import resource, sys\nfrom pathlib import Path\n"
            "from codemod.model import FilePlan\nfrom codemod.write import write\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))\n"
            "plans = [FilePlan(f'app/many{number}.py', b'old', b'new') for number in range(300)]\n"
            "print(write(Path(sys.argv[1]), plans))\n"
        )
        command = [sys.executable, "-c", program, str(root)]
        assert subprocess.run(command, capture_output=True, check=True).stdout == b"()\n"
        assert {(root / one.path).read_bytes() for one in plans} == {b"new"}

    def test_every_file_is_synced_before_the_first_rename_and_every_folder_after_the_last(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        real_sync, real_replace = os.fsync, os.replace

        def sync(descriptor: int) -> None:
            done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
            real_sync(descriptor)

        def replace(*args: Any, **kwargs: Any) -> None:
            done.append("rename")
            real_replace(*args, **kwargs)

        monkeypatch.setattr(os, "fsync", sync)
        monkeypatch.setattr(os, "replace", replace)
        assert write(root, PLANS) == ()
        assert done == ["file"] * 4 + ["rename"] * 4 + ["folder"] * 3


class TestChanged:
    def changed(self, root: Path, reason: str, path: str = "app/b.py") -> None:
        """Hold that the write is refused for this reason alone and everything stays as it is."""
        before = contents(root)
        message = f"changed while the tool ran ({reason}): run it again"
        assert write(root, PLANS) == (FileError(path, 1, "CTX904", message),)
        assert contents(root) == before

    def test_other_bytes(self, root: Path) -> None:
        (root / "app/b.py").write_bytes(b"other")
        self.changed(root, "its bytes are not those that were read")

    def test_a_file_that_is_gone(self, root: Path) -> None:
        (root / "app/b.py").unlink()
        self.changed(root, "it is gone")

    def test_a_file_that_became_a_folder(self, root: Path) -> None:
        (root / "app/b.py").unlink()
        (root / "app/b.py").mkdir()
        self.changed(root, "it is no regular file now")

    def test_a_file_that_became_a_pipe(self, root: Path) -> None:
        (root / "app/b.py").unlink()
        os.mkfifo(root / "app/b.py")
        self.changed(root, "it is no regular file now")

    def test_a_file_that_became_a_link_even_to_the_same_bytes(self, root: Path, tmp_path: Path) -> None:
        (root / "app/b.py").rename(tmp_path / "outside.py")
        (root / "app/b.py").symlink_to(tmp_path / "outside.py")
        self.changed(root, "it is a link now")
        assert (tmp_path / "outside.py").read_bytes() == plan("app/b.py").before

    def test_a_folder_that_became_a_link_even_to_the_same_bytes(self, root: Path, tmp_path: Path) -> None:
        (root / "app/deep").rename(tmp_path / "outside")
        (root / "app/deep").symlink_to(tmp_path / "outside")
        self.changed(root, "a folder on the way to it is a link or a file now", "app/deep/c.py")
        assert (tmp_path / "outside/c.py").read_bytes() == plan("app/deep/c.py").before

    def test_all_that_changed_are_told(self, root: Path) -> None:
        (root / "a.py").write_bytes(b"other")
        (root / "d.py").unlink()
        errors = write(root, PLANS)
        assert [(error.path, error.code) for error in errors] == [("a.py", "CTX904"), ("d.py", "CTX904")]

    def test_a_file_that_cannot_be_compared(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.open

        def deny(path: str, *args: Any, **kwargs: Any) -> int:
            if path == "b.py":
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(path, *args, **kwargs)

        monkeypatch.setattr(os, "open", deny)
        (error,) = write(root, PLANS)
        assert error.message == "changed while the tool ran (Permission denied): run it again"


class TestUndo:
    """Something happens right before the third of four files is replaced."""

    @pytest.fixture
    def third(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
        def arrange(act: Callable[[], None]) -> None:
            monkeypatch.setattr(module, "_replace", on_call(3, act, module._replace))

        return arrange

    @pytest.fixture
    def rename(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        """Let the renames with these numbers fail."""

        def arrange(error: BaseException, *numbers: int) -> None:
            for number in numbers:
                monkeypatch.setattr(os, "replace", on_call(number, failing(error), os.replace))

        return arrange

    def test_bytes_that_change_in_the_middle(self, root: Path, third: Callable[..., None]) -> None:
        def change() -> None:
            (root / "app/deep/c.py").write_bytes(b"other")

        third(change)
        (error,) = write(root, PLANS)
        assert (error.path, error.code) == ("app/deep/c.py", "CTX904")
        assert contents(root) == {**OLD, "app/deep/c.py": b"other"}

    def test_a_file_that_is_replaced_by_the_same_bytes(self, root: Path, third: Callable[..., None]) -> None:
        def swap() -> None:
            (root / "swap").write_bytes(OLD["app/deep/c.py"])
            (root / "swap").replace(root / "app/deep/c.py")

        third(swap)
        (error,) = write(root, PLANS)
        reason = "another file, mode or owner took its place"
        assert error.message == f"changed while the tool ran ({reason}): run it again"
        assert contents(root) == OLD

    def test_a_mode_that_changes_in_the_middle(self, root: Path, third: Callable[..., None]) -> None:
        third(lambda: (root / "app/deep/c.py").chmod(0o400))
        (error,) = write(root, PLANS)
        assert error.code == "CTX904"
        assert stat.S_IMODE((root / "app/deep/c.py").stat().st_mode) == 0o400
        assert contents(root) == OLD

    def test_a_folder_that_becomes_a_link_out_of_the_root(
        self, root: Path, tmp_path: Path, third: Callable[..., None]
    ) -> None:
        outside = tmp_path / "outside"

        def swap() -> None:
            (root / "app/deep").rename(root / "app/moved")
            outside.mkdir()
            (outside / "c.py").write_bytes(OLD["app/deep/c.py"])
            (root / "app/deep").symlink_to(outside)

        third(swap)
        (error,) = write(root, PLANS)
        assert (error.path, error.code) == ("app/deep/c.py", "CTX904")
        assert contents(outside) == {"c.py": OLD["app/deep/c.py"]}
        assert (root / "a.py").read_bytes() == OLD["a.py"]
        assert (root / "app/b.py").read_bytes() == OLD["app/b.py"]

    def test_a_rename_that_fails(self, root: Path, rename: Callable[..., None]) -> None:
        rename(PermissionError(errno.EACCES, "Permission denied"), 3)
        expected = FileError("app/deep/c.py", 1, "CTX905", "cannot be written: Permission denied")
        assert write(root, PLANS) == (expected,)
        assert contents(root) == OLD

    def test_the_mode_comes_back_too(self, root: Path, rename: Callable[..., None]) -> None:
        (root / "a.py").chmod(0o751)
        rename(no_space(), 4)
        write(root, PLANS)
        assert stat.S_IMODE((root / "a.py").stat().st_mode) == 0o751
        assert contents(root) == OLD

    def test_a_disk_that_is_full(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "fsync", on_call(2, failing(no_space()), os.fsync))
        expected = FileError("app/b.py", 1, "CTX905", "cannot be written: No space left on device")
        assert write(root, PLANS) == (expected,)
        assert contents(root) == OLD

    def test_a_folder_that_takes_no_new_file(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.open

        def deny(path: str, flags: int, *args: Any, **kwargs: Any) -> int:
            if flags & os.O_CREAT:
                raise OSError(errno.EROFS, "Read-only file system")
            return real(path, flags, *args, **kwargs)

        monkeypatch.setattr(os, "open", deny)
        expected = FileError("a.py", 1, "CTX905", "cannot be written: Read-only file system")
        assert write(root, PLANS) == (expected,)
        assert contents(root) == OLD

    def test_a_folder_that_cannot_be_synced(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        error = OSError(errno.EIO, "Input/output error")
        monkeypatch.setattr(os, "fsync", on_call(5, failing(error), os.fsync))
        assert write(root, PLANS) == (
            FileError("d.py", 1, "CTX905", "cannot be written: Input/output error"),
        )
        assert contents(root) == OLD

    def test_a_file_system_that_syncs_no_folders_is_no_failure(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        error = OSError(errno.EINVAL, "Invalid argument")
        monkeypatch.setattr(os, "fsync", on_call(5, failing(error), os.fsync))
        assert write(root, PLANS) == ()
        assert contents(root) == NEW

    @pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), SystemExit(3), ValueError("bug")])
    @pytest.mark.parametrize("number", [1, 3, 4])
    def test_what_breaks_in_goes_on_after_the_undo(
        self, root: Path, rename: Callable[..., None], error: BaseException, number: int
    ) -> None:
        rename(error, number)
        with pytest.raises(type(error)) as raised:
            write(root, PLANS)
        assert raised.value is error
        assert contents(root) == OLD

    def test_an_interrupt_right_after_a_rename(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.replace

        def interrupt(*args: Any, **kwargs: Any) -> None:
            real(*args, **kwargs)
            monkeypatch.setattr(os, "replace", real)
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write(root, PLANS)
        assert contents(root) == OLD

    def test_an_interrupt_while_the_temporary_files_are_written(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fsync", on_call(3, failing(KeyboardInterrupt()), os.fsync))
        with pytest.raises(KeyboardInterrupt):
            write(root, PLANS)
        assert contents(root) == OLD

    def test_no_descriptor_stays_open(self, root: Path, rename: Callable[..., None]) -> None:
        before = os.listdir("/dev/fd")
        rename(no_space(), 3)
        write(root, PLANS)
        (root / "a.py").unlink()
        (root / "a.py").mkdir()
        write(root, PLANS)
        assert os.listdir("/dev/fd") == before


NEW_PLANS = (
    FilePlan("app/new.py", b"", b"new\n", is_new=True),
    FilePlan("fresh/deep/er.py", b"", b"deep\n", is_new=True),
    FilePlan("fresh/too.py", b"", b"too\n", is_new=True),
)
CREATED = {one.path: one.after for one in NEW_PLANS}
ALL_PLANS = (*PLANS[:2], *NEW_PLANS, *PLANS[2:])


class TestNewFiles:
    def test_they_are_made_with_their_folders(self, root: Path) -> None:
        assert write(root, ALL_PLANS) == ()
        assert contents(root) == {**NEW, **CREATED}

    def test_their_mode_follows_the_umask(self, root: Path) -> None:
        before = os.umask(0o027)
        try:
            assert write(root, NEW_PLANS) == ()
        finally:
            os.umask(before)
        modes = [stat.S_IMODE((root / path).stat().st_mode) for path in ("fresh", "fresh/deep/er.py")]
        assert modes == [0o750, 0o640]

    @pytest.mark.parametrize("kind", ["file", "the same file", "folder", "link", "dangling link"])
    def test_one_that_is_there_already_is_refused(self, root: Path, kind: str) -> None:
        place = root / "app/new.py"
        if kind == "folder":
            place.mkdir()
        elif kind.endswith("link"):
            place.symlink_to("b.py" if kind == "link" else "nowhere.py")
        else:
            place.write_bytes(b"new\n" if kind == "the same file" else b"somebody's")
        before = contents(root)
        message = "changed while the tool ran (it was to be a new file and is there now): run it again"
        assert write(root, ALL_PLANS) == (FileError("app/new.py", 1, "CTX904", message),)
        assert contents(root) == before
        assert not (root / "fresh").exists()

    def test_one_that_comes_in_the_middle_is_refused(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def come() -> None:
            (root / "fresh/too.py").write_bytes(b"somebody's")

        monkeypatch.setattr(module, "_replace", on_call(5, come, module._replace))
        (error,) = write(root, ALL_PLANS)
        assert (error.path, error.code) == ("fresh/too.py", "CTX904")
        assert contents(root) == {**OLD, "fresh/too.py": b"somebody's"}
        assert not (root / "fresh/deep").exists()

    @pytest.mark.parametrize("in_the_way", ["link", "file"])
    def test_a_folder_that_is_none_is_refused(self, root: Path, tmp_path: Path, in_the_way: str) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        if in_the_way == "link":
            (root / "fresh").symlink_to(outside)
        else:
            (root / "fresh").write_bytes(b"x")
        errors = write(root, ALL_PLANS)
        assert [(error.path, error.code) for error in errors] == [
            ("fresh/deep/er.py", "CTX904"),
            ("fresh/too.py", "CTX904"),
        ]
        assert list(outside.iterdir()) == []
        assert (root / "a.py").read_bytes() == OLD["a.py"]

    @pytest.mark.parametrize("number", range(1, 8))
    def test_a_failure_takes_files_and_folders_away_again(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        monkeypatch.setattr(os, "replace", on_call(number, failing(no_space()), os.replace))
        (error,) = write(root, ALL_PLANS)
        assert error.code == "CTX905"
        assert contents(root) == OLD
        assert not (root / "fresh").exists()

    def test_a_folder_that_cannot_be_made(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "mkdir", on_call(2, failing(no_space()), os.mkdir))
        expected = FileError("fresh/deep/er.py", 1, "CTX905", "cannot be written: No space left on device")
        assert write(root, ALL_PLANS) == (expected,)
        assert contents(root) == OLD
        assert not (root / "fresh").exists()

    def test_a_folder_that_somebody_uses_by_then_stays(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def use() -> None:
            (root / "fresh/theirs.py").write_bytes(b"theirs")
            raise no_space()

        monkeypatch.setattr(os, "replace", on_call(5, use, os.replace))
        write(root, ALL_PLANS)
        assert contents(root) == {**OLD, "fresh/theirs.py": b"theirs"}

    def test_one_that_was_written_again_is_not_taken_away(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def write_again() -> None:
            (root / "app/new.py").write_bytes(b"a person's work")
            raise KeyboardInterrupt

        monkeypatch.setattr(module, "_replace", on_call(5, write_again, module._replace))
        with pytest.raises(UndoError) as raised:
            write(root, ALL_PLANS)
        reason = "it was written by somebody else meanwhile"
        assert str(raised.value) == f"app/new.py: could not be taken away again ({reason})"
        assert contents(root) == {**OLD, "app/new.py": b"a person's work"}


class TestFailedUndo:
    def test_the_old_bytes_are_kept_and_the_other_files_get_theirs_back(
        self, root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.replace
        calls = iter(range(1, 100))

        def replace(*args: Any, **kwargs: Any) -> None:
            if next(calls) in (3, 4):  # the third file, and then the undo of the second
                raise no_space()
            real(*args, **kwargs)

        monkeypatch.setattr(os, "replace", replace)
        first, second = write(root, PLANS)
        assert first == FileError("app/deep/c.py", 1, "CTX905", "cannot be written: No space left on device")
        (file,) = kept.iterdir()
        assert file.read_bytes() == OLD["app/b.py"]
        assert second == FileError(
            "app/b.py",
            1,
            "CTX905",
            "could not get its old bytes back (No space left on device); they are kept in " + str(file),
        )
        assert contents(root) == {**OLD, "app/b.py": NEW["app/b.py"]}

    def test_a_file_that_was_written_again_is_not_overwritten(
        self, root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def write_again() -> None:
            (root / "a.py").write_bytes(b"a person's work")
            raise KeyboardInterrupt

        monkeypatch.setattr(module, "_replace", on_call(3, write_again, module._replace))
        with pytest.raises(UndoError) as raised:
            write(root, PLANS)
        (file,) = kept.iterdir()
        (error,) = raised.value.errors
        assert error.message == (
            "could not get its old bytes back (it was written by somebody else meanwhile);"
            f" they are kept in {file}"
        )
        assert str(raised.value) == f"a.py: {error.message}"
        assert isinstance(raised.value.__cause__, KeyboardInterrupt)
        assert contents(root) == {**OLD, "a.py": b"a person's work"}

    def test_a_file_that_is_gone_is_named(
        self, root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def remove() -> None:
            (root / "a.py").unlink()
            (root / "d.py").unlink()

        monkeypatch.setattr(module, "_replace", on_call(4, remove, module._replace))
        gone, undone = write(root, PLANS)
        assert (gone.path, gone.code) == ("d.py", "CTX904")
        assert (undone.path, undone.code) == ("a.py", "CTX905")
        assert undone.message.startswith("could not get its old bytes back (it is gone); they are kept in ")
        assert [file.read_bytes() for file in kept.iterdir()] == [OLD["a.py"]]

    def test_old_bytes_that_can_be_kept_nowhere(
        self, root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept.rmdir()

        def fail() -> None:
            (root / "a.py").unlink()
            raise no_space()

        monkeypatch.setattr(os, "replace", on_call(2, fail, os.replace))
        _, error = write(root, PLANS)
        assert error.message == (
            "could not get its old bytes back (it is gone);"
            " they could not be kept elsewhere either (No such file or directory)"
        )


class TestSignals:
    PROGRAM = """
import os, signal, sys
from pathlib import Path
from codemod import write
from codemod.model import FilePlan

number = int(sys.argv[2])
plans = [FilePlan(p, f"old {p}\\r\\n".encode(), f"new {p}\\r".encode()) for p in sys.argv[3:]]
real = write._replace

def replace(*args):
    if args[1].plan is plans[2]:
        os.kill(os.getpid(), number)
    real(*args)

write._replace = replace
try:
    print(write.write(Path(sys.argv[1]), plans))
except KeyboardInterrupt:
    print("interrupted")
"""

    def run(self, root: Path, number: int, prepare: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", prepare + self.PROGRAM, str(root), str(int(number)), *PATHS]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_ctrl_c_between_two_files(self, root: Path) -> None:
        done = self.run(root, signal.SIGINT)
        assert (done.stdout, done.stderr) == ("interrupted\n", "")
        assert contents(root) == OLD

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_the_end_of_the_process_comes_after_the_undo(self, root: Path, number: int) -> None:
        done = self.run(root, number)
        assert done.returncode == -number
        assert contents(root) == OLD

    def test_a_signal_that_is_ignored_changes_nothing(self, root: Path) -> None:
        done = self.run(root, signal.SIGHUP, "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)")
        assert done.stdout == "()\n"
        assert contents(root) == NEW

    def test_ctrl_c_during_the_undo_where_other_threads_run(self, root: Path) -> None:
        prepare = """
import os, signal, threading
from codemod import write
threading.Thread(target=threading.Event().wait, daemon=True).start()
real_undo = write.undo
def undo(*args):
    os.kill(os.getpid(), signal.SIGINT)
    return real_undo(*args)
write.undo = undo
"""
        done = self.run(root, signal.SIGINT, prepare)
        assert (done.stdout, done.stderr) == ("interrupted\n", "")
        assert contents(root) == OLD

    def test_a_thread_other_than_the_main_one_writes_too(self, root: Path) -> None:
        with ThreadPoolExecutor(1) as executor:
            assert executor.submit(write, root, PLANS).result() == ()
        assert contents(root) == NEW

    def test_the_handlers_are_what_they_were(self, root: Path) -> None:
        before = [signal.getsignal(number) for number in ENDING]
        write(root, PLANS)
        assert [signal.getsignal(number) for number in ENDING] == before

    def test_an_undo_that_fails_is_told_in_place_of_the_signal(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt() -> None:
            (root / "a.py").write_bytes(b"other")
            os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(module, "_replace", on_call(2, interrupt, module._replace))
        with pytest.raises(UndoError, match=r"a\.py: could not get its old bytes back"):
            write(root, PLANS)


class TestLeftovers:
    def dead_process(self) -> int:
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        return process.pid

    def test_a_killed_run_leaves_old_or_new_bytes_and_the_next_one_cleans_up(self, root: Path) -> None:
        program = (
            "import os, signal, sys\nfrom pathlib import Path\n"
            "from codemod import write\nfrom codemod.model import FilePlan\n"
            "plans = [FilePlan(p, f'old {p}\\r\\n'.encode(), f'new {p}\\r'.encode()) for p in sys.argv[2:]]\n"
            "write._replace = lambda *args: os.kill(os.getpid(), signal.SIGKILL)\n"
            "write.write(Path(sys.argv[1]), plans)\n"
        )
        done = subprocess.run([sys.executable, "-c", program, str(root), *PATHS], check=False)
        assert done.returncode == -signal.SIGKILL
        left = set(contents(root)) - set(OLD)
        assert len(left) == 4
        assert {name.rpartition("/")[2][:12] for name in left} == {".ctxmigrate-"}
        assert write(root, PLANS) == ()
        assert contents(root) == NEW

    def test_only_files_of_processes_that_are_gone_are_removed(self, root: Path) -> None:
        dead = self.dead_process()
        alive = os.getppid()
        stays = (
            f".ctxmigrate-{alive}-0123abcd-0.tmp",
            f".ctxmigrate-{dead}-0123abcd-0.py",
            f"ctxmigrate-{dead}-0123abcd-0.tmp",
            f".ctxmigrate-{dead}-0123abcd-0.tmp.py",
            ".ctxmigrate-tmp",
            f"other/.ctxmigrate-{dead}-0123abcd-0.tmp",
        )
        goes = (
            f".ctxmigrate-{dead}-0123abcd-0.tmp",
            f"app/deep/.ctxmigrate-{dead}-0123abcd-17.tmp",
            f".ctxmigrate-{os.getpid()}-0123abcd-0.tmp",
        )
        (root / "other").mkdir()
        for name in (*stays, *goes):
            (root / name).write_bytes(b"x")
        folder = root / "app" / f".ctxmigrate-{dead}-0123abcd-1.tmp"
        folder.mkdir()
        assert write(root, PLANS) == ()
        assert contents(root) == {**NEW, **dict.fromkeys(stays, b"x")}
        assert folder.is_dir()

    def test_a_concurrent_run_is_waited_for(self, root: Path) -> None:
        program = (
            "import sys\nfrom pathlib import Path\n"
            "from codemod import write\nfrom codemod.model import FilePlan\n"
            "def wait():\n    print('ready', flush=True)\n    sys.stdin.readline()\n"
            "real = write._replace\n"
            "write._replace = lambda *args: (wait(), real(*args))\n"
            "print(write.write(Path(sys.argv[1]), [FilePlan('a.py', b'old a.py\\r\\n', b'theirs')]))\n"
        )
        command = [sys.executable, "-c", program, str(root)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            with ThreadPoolExecutor() as threads:
                mine = threads.submit(write, root, [plan("d.py")])
                assert is_locked(root)
                assert contents(root).items() >= OLD.items()
                assert other.communicate("\n")[0] == "()\n"
                assert mine.result() == ()
        assert contents(root) == {**OLD, "a.py": b"theirs", "d.py": NEW["d.py"]}

    def test_a_file_system_without_locks_is_written_to_all_the_same(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        error = OSError(errno.ENOLCK, "No locks available")
        monkeypatch.setattr(fcntl, "flock", on_call(1, failing(error), fcntl.flock))
        assert write(root, PLANS) == ()
        assert contents(root) == NEW


class TestGuard:
    def test_without_a_dismissal_it_puts_the_files_back(
        self, root: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with Guard(root) as guard:
            guard.note(PLANS)
            assert write(root, PLANS, is_guarded=True) == ()
        assert contents(root) == OLD
        told = "ctxmigrate was killed before it was done.\nAll files have their old bytes again.\n"
        assert capfd.readouterr().err == told

    def test_when_dismissed_it_leaves_them_alone(self, root: Path, capfd: pytest.CaptureFixture[str]) -> None:
        with Guard(root) as guard:
            guard.note(PLANS)
            assert write(root, PLANS, is_guarded=True) == ()
            guard.dismiss()
        assert contents(root) == NEW
        assert capfd.readouterr().err == ""

    def test_no_code_of_the_tree_is_run(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("codemod.py", "pickle.py", "sitecustomize.py"):
            (root / name).write_text("open('ran', 'w').close()\n")
        monkeypatch.chdir(root)
        monkeypatch.setenv("PYTHONPATH", str(root))
        with Guard(root) as guard:
            guard.note(PLANS)
            assert write(root, PLANS, is_guarded=True) == ()
        assert (root / "a.py").read_bytes() == OLD["a.py"]
        assert not (root / "ran").exists()

    def test_files_are_written_where_it_cannot_be_started(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "executable", str(root / "nowhere"))
        assert write(root, PLANS) == ()
        assert contents(root) == NEW


class TestRestore:
    def step(self, root: Path, *plans: FilePlan) -> tuple[FilePlan, ...]:
        assert write(root, plans) == ()
        return plans

    def test_every_file_gets_the_bytes_that_it_had_before_its_first_step(self, root: Path) -> None:
        steps = self.step(root, *PLANS)
        steps += self.step(root, *(FilePlan(one.path, one.after, b"again") for one in PLANS[:2]))
        assert restore(root, steps) == ()
        assert contents(root) == OLD

    def test_it_does_not_matter_which_step_was_the_last_that_was_taken(self, root: Path) -> None:
        steps = (*self.step(root, *PLANS), FilePlan("a.py", PLANS[0].after, b"not written any more"))
        (root / "d.py").write_bytes(OLD["d.py"])
        assert restore(root, steps) == ()
        assert contents(root) == OLD

    def test_what_somebody_else_wrote_stays(self, root: Path, kept: Path) -> None:
        steps = self.step(root, *PLANS)
        (root / "app/b.py").write_bytes(b"a person's work")
        (error,) = restore(root, steps)
        (file,) = kept.iterdir()
        assert (error.path, error.code, file.read_bytes()) == ("app/b.py", "CTX905", OLD["app/b.py"])
        assert contents(root) == {**OLD, "app/b.py": b"a person's work"}

    def test_the_mode_is_that_of_the_file(self, root: Path) -> None:
        (root / "a.py").chmod(0o751)
        restore(root, self.step(root, *PLANS))
        assert stat.S_IMODE((root / "a.py").stat().st_mode) == 0o751

    def test_new_files_go(self, root: Path) -> None:
        assert restore(root, self.step(root, *ALL_PLANS)) == ()
        assert contents(root) == OLD

    def test_what_a_killed_process_left_goes_even_while_it_is_a_zombie(self, root: Path) -> None:
        (root / f".ctxmigrate-{os.getppid()}-0123abcd-0.tmp").write_bytes(b"x")
        assert restore(root, PLANS, os.getppid()) == ()
        assert contents(root) == OLD


class TestUnwritable:
    def test_an_ordinary_file_may_be_written(self, root: Path) -> None:
        assert unwritable(root, "app/b.py") is None

    @pytest.mark.parametrize("mode", [0o444, 0o400, 0o555, 0o000])
    def test_a_file_without_any_write_bit_is_read_only_for_root_too(self, root: Path, mode: int) -> None:
        (root / "app/b.py").chmod(mode)
        expected = FileError("app/b.py", 1, "CTX905", "cannot be written: it is read-only")
        assert unwritable(root, "app/b.py") == expected

    def test_a_folder_without_any_write_bit_is_read_only_for_root_too(self, root: Path) -> None:
        (root / "app").chmod(0o555)
        try:
            expected = FileError("app/b.py", 1, "CTX905", "cannot be written: its folder is read-only")
            assert unwritable(root, "app/b.py") == expected
            assert unwritable(root, "app/deep/c.py") is None
        finally:
            (root / "app").chmod(0o755)

    def test_a_file_at_the_top_asks_the_root(self, root: Path) -> None:
        root.chmod(0o555)
        try:
            expected = FileError("a.py", 1, "CTX905", "cannot be written: its folder is read-only")
            assert unwritable(root, "a.py") == expected
        finally:
            root.chmod(0o755)

    @pytest.mark.parametrize(("denied", "words"), [("b.py", "it"), ("app", "its folder")])
    def test_a_file_that_others_may_write(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, denied: str, words: str
    ) -> None:
        monkeypatch.setattr(os, "access", lambda path, mode: os.path.basename(path) != denied)
        expected = FileError("app/b.py", 1, "CTX905", f"cannot be written: {words} is read-only")
        assert unwritable(root, "app/b.py") == expected

    def test_a_file_that_is_gone_is_left_to_the_write(self, root: Path) -> None:
        assert unwritable(root, "app/nowhere.py") is None
