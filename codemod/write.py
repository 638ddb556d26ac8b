"""Write all planned files or none.

Every new content is first written beside its target and then renamed over it, so that each file has at any
moment either all its old or all its new bytes. Paths are walked folder by folder without following links, so
that a link put in the way meanwhile leads nowhere.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from codemod.model import FileError, FilePlan
from codemod.signals import HeldSignals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_RUN = os.urandom(4).hex()
_NUMBERS = count()
_TEMPORARY = re.compile(r"\.ctxmigrate-(\d{1,9})-([0-9a-f]{8})-\d+\.tmp")
_MESSAGES = {"CTX904": "changed while the tool ran ({}): run it again", "CTX905": "cannot be written: {}"}
_REASONS = {
    errno.ENOENT: "it is gone",
    errno.ELOOP: "it is a link now",
    errno.ENOTDIR: "a folder on the way to it is a link or a file now",
}


class UndoError(Exception):
    """A run was broken off and could not undo what it had done.

    ``errors`` names each file that kept its new bytes, and where its old ones are.
    """

    def __init__(self, errors: tuple[FileError, ...]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors))
        self.errors = errors


class _RefusedError(Exception):
    """Carries the errors that are the outcome of the run."""

    def __init__(self, *errors: FileError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Staged:
    """A plan, its target as it was compared, and the name of the temporary file beside that."""

    plan: FilePlan
    status: os.stat_result
    temporary: str


def unwritable(root: Path, path: str) -> FileError | None:
    """Return CTX905 for a file that is read-only, or is in a read-only folder, and None for any other."""
    whole = os.path.join(root, path)
    places = ((whole, os.W_OK, "it"), (os.path.dirname(whole), os.W_OK | os.X_OK, "its folder"))
    for place, needed, word in places:
        with suppress(OSError):
            if not os.stat(place).st_mode & 0o222 or not os.access(place, needed):
                return FileError(path, 1, "CTX905", f"cannot be written: {word} is read-only")
    return None


def write(root: Path, plans: Sequence[FilePlan]) -> tuple[FileError, ...]:
    """Give every planned file its new bytes and return nothing, or give none its new bytes and return why.

    Each path must be a real one, without links, below ``root``. CTX904 is a file that is not the one that was
    read any more, CTX905 one that cannot be written. Files that were replaced by then get their old bytes
    back; one that cannot is a CTX905 too, whose message says where the old bytes are kept.

    What breaks in from outside goes on after the same undo: KeyboardInterrupt on SIGINT, and the end of the
    process on SIGTERM and SIGHUP. UndoError is raised in its place where the undo failed for a file.
    """
    base = os.path.realpath(root)
    staged: list[_Staged] = []
    replaced: list[_Staged] = []
    with HeldSignals() as signals:
        try:
            targets = _compare_all(base, plans)
            _sweep(base, plans)
            for plan, status in zip(plans, targets, strict=True):
                signals.heed()
                staged.append(_Staged(plan, status, f".ctxmigrate-{os.getpid()}-{_RUN}-{next(_NUMBERS)}.tmp"))
                _stage(base, staged[-1], plan.after)
            for item in staged:
                signals.heed()
                _replace(base, item, replaced)
            _sync_folders(base, plans)
        except BaseException as error:
            _discard(base, staged)
            failures = _undo(base, replaced)
            if isinstance(error, _RefusedError):
                return (*error.errors, *failures)
            if failures:
                signals.drop()
                raise UndoError(failures) from error
            raise
    return ()


@contextmanager
def _refusing(plan: FilePlan, code: str) -> Iterator[None]:
    """Turn an OSError into the refusal of the plan."""
    try:
        yield
    except OSError as error:
        raise _refusal(plan, code, _reason(error)) from error


def _refusal(plan: FilePlan, code: str, reason: str) -> _RefusedError:
    return _RefusedError(FileError(plan.path, 1, code, _MESSAGES[code].format(reason)))


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return str(error) or type(error).__name__


@contextmanager
def _folder(base: str, path: str) -> Iterator[int]:
    """Open the folder that ``path`` is in, below ``base``, without following a link."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    descriptor = os.open(base, flags)
    try:
        for name in path.split("/")[:-1]:
            inner = os.open(name, flags, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _name(plan: FilePlan) -> str:
    return os.path.basename(plan.path)


def _compare_all(base: str, plans: Iterable[FilePlan]) -> list[os.stat_result]:
    """Compare every target with what was read, so that all that changed are told at once."""
    outcomes = [_compared(base, plan) for plan in plans]
    errors = [error for outcome in outcomes if isinstance(outcome, _RefusedError) for error in outcome.errors]
    if errors:
        raise _RefusedError(*errors)
    return [outcome for outcome in outcomes if not isinstance(outcome, _RefusedError)]


def _compared(base: str, plan: FilePlan) -> os.stat_result | _RefusedError:
    try:
        with _refusing(plan, "CTX904"), _folder(base, plan.path) as folder:
            return _compare(folder, plan)
    except _RefusedError as refused:
        return refused


def _compare(folder: int, plan: FilePlan) -> os.stat_result:
    status, content = _read(folder, plan)
    if content != plan.before:
        raise _refusal(plan, "CTX904", "its bytes are not those that were read")
    return status


def _read(folder: int, plan: FilePlan) -> tuple[os.stat_result, bytes]:
    descriptor = os.open(_name(plan), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _refusal(plan, "CTX904", "it is no regular file now")
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            return status, file.readall()
    finally:
        os.close(descriptor)


def _stage(base: str, item: _Staged, content: bytes) -> None:
    """Write a temporary file that lasts, with the mode and where possible the owner of its target."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with _refusing(item.plan, "CTX905"), _folder(base, item.plan.path) as folder:
        descriptor = os.open(item.temporary, flags, 0o600, dir_fd=folder)
        with open(descriptor, "wb") as file:
            with suppress(OSError):
                os.fchown(descriptor, item.status.st_uid, item.status.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(item.status.st_mode))
            file.write(content)
            file.flush()
            os.fsync(descriptor)


def _replace(base: str, item: _Staged, replaced: list[_Staged]) -> None:
    """Rename a temporary file over its target, which is in ``replaced`` from right before on."""
    with _refusing(item.plan, "CTX904"), _folder(base, item.plan.path) as folder:
        if _facts(_compare(folder, item.plan)) != _facts(item.status):
            raise _refusal(item.plan, "CTX904", "another file, mode or owner took its place")
        replaced.append(item)
        with _refusing(item.plan, "CTX905"):
            _rename(folder, item)


def _facts(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_gid


def _rename(folder: int, item: _Staged) -> None:
    os.replace(item.temporary, _name(item.plan), src_dir_fd=folder, dst_dir_fd=folder)


def _sync_folders(base: str, plans: Iterable[FilePlan]) -> None:
    """Make the renames last. A file system that cannot sync a folder is left to its own ways."""
    for plan in {os.path.dirname(plan.path): plan for plan in plans}.values():
        with _refusing(plan, "CTX905"), _folder(base, plan.path) as folder:
            try:
                os.fsync(folder)
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                    raise


def _discard(base: str, staged: Iterable[_Staged]) -> None:
    for item in staged:
        with suppress(OSError), _folder(base, item.plan.path) as folder:
            os.unlink(item.temporary, dir_fd=folder)


def _undo(base: str, replaced: Sequence[_Staged]) -> tuple[FileError, ...]:
    """Put the old bytes of every file back, the last one first; an error for each that cannot be."""
    outcomes = [_undone(base, item) for item in reversed(replaced)]
    return tuple(error for error in outcomes if error)


def _undone(base: str, item: _Staged) -> FileError | None:
    try:
        with _folder(base, item.plan.path) as folder:
            _put_back(base, folder, item)
    except BaseException as error:  # whatever it is, the other files must get theirs back
        _discard(base, [item])
        text = f"could not get its old bytes back ({_reason(error)}); {_keep(item.plan)}"
        return FileError(item.plan.path, 1, "CTX905", text)
    return None


def _put_back(base: str, folder: int, item: _Staged) -> None:
    _, content = _read(folder, item.plan)
    if content == item.plan.before:
        return
    if content != item.plan.after:
        raise OSError("it was written by somebody else meanwhile")
    _stage(base, item, item.plan.before)
    _rename(folder, item)
    with suppress(OSError):
        os.fsync(folder)


def _keep(plan: FilePlan) -> str:
    """Save the old bytes where no run removes them, and say where that is."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(prefix="ctxmigrate-", suffix=".py", delete=False) as file:
            file.write(plan.before)
    except OSError as error:
        return f"they could not be kept elsewhere either ({error.strerror})"
    return f"they are kept in {file.name}"


def _sweep(base: str, plans: Iterable[FilePlan]) -> None:
    """Remove what killed runs left in the folders to be written to."""
    for plan in {os.path.dirname(plan.path): plan for plan in plans}.values():
        with suppress(OSError), _folder(base, plan.path) as folder:
            for name in os.listdir(folder):
                if _is_stale(name) and stat.S_ISREG(os.lstat(name, dir_fd=folder).st_mode):
                    os.unlink(name, dir_fd=folder)


def _is_stale(name: str) -> bool:
    """Tell whether the process of a temporary file is gone, or this one has its number now."""
    match = _TEMPORARY.fullmatch(name)
    if not match:
        return False
    process, run = int(match[1]), match[2]
    if process == os.getpid():
        return run != _RUN
    try:
        os.kill(process, 0)
    except OSError as error:
        return error.errno == errno.ESRCH
    return False
