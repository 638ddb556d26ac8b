"""The files to be written: reached folder by folder, and compared with what was read."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from codemod.model import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.model import FilePlan

_MESSAGES = {"CTX904": "changed while the tool ran ({}): run it again", "CTX905": "cannot be written: {}"}
_REASONS = {
    errno.ENOENT: "it is gone",
    errno.ELOOP: "it is a link now",
    errno.ENOTDIR: "a folder on the way to it is a link or a file now",
}
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class RefusedError(Exception):
    """Carries the errors that are the outcome of the run."""

    def __init__(self, *errors: FileError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@contextmanager
def refusing(plan: FilePlan, code: str) -> Iterator[None]:
    """Turn an OSError into the refusal of the plan."""
    try:
        yield
    except OSError as error:
        raise refusal(plan, code, reason(error)) from error


def refusal(plan: FilePlan, code: str, text: str) -> RefusedError:
    """Return what to raise for a plan that CTX904 or CTX905 stands against."""
    return RefusedError(FileError(plan.path, 1, code, _MESSAGES[code].format(text)))


def reason(error: BaseException) -> str:
    """Return why something failed, in a few words."""
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return str(error) or type(error).__name__


@contextmanager
def folder(base: str, path: str) -> Iterator[int]:
    """Open the folder that ``path`` is in, below ``base``, without following a link."""
    descriptor = os.open(base, _FOLDER)
    try:
        for name in path.split("/")[:-1]:
            inner = os.open(name, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def name(plan: FilePlan) -> str:
    """Return the name of the file in its folder."""
    return os.path.basename(plan.path)


def compare_all(base: str, plans: Iterable[FilePlan]) -> list[os.stat_result | None]:
    """Compare every target with what was read, so that all that changed are told at once."""
    outcomes = [_compared(base, plan) for plan in plans]
    errors = [error for outcome in outcomes if isinstance(outcome, RefusedError) for error in outcome.errors]
    if errors:
        raise RefusedError(*errors)
    return [outcome for outcome in outcomes if not isinstance(outcome, RefusedError)]


def _compared(base: str, plan: FilePlan) -> os.stat_result | RefusedError | None:
    try:
        with refusing(plan, "CTX904"), folder(base, plan.path) as descriptor:
            return compare(descriptor, plan)
    except RefusedError as refused:
        if plan.is_new and isinstance(refused.__cause__, FileNotFoundError):
            return None
        return refused


def compare(descriptor: int, plan: FilePlan) -> os.stat_result | None:
    """Return the status of a target in its open folder; None for a new file, which must not be there."""
    if plan.is_new:
        if _is_there(descriptor, plan):
            raise refusal(plan, "CTX904", "it was to be a new file and is there now")
        return None
    status, content = read(descriptor, plan)
    if content != plan.before:
        raise refusal(plan, "CTX904", "its bytes are not those that were read")
    return status


def _is_there(descriptor: int, plan: FilePlan) -> bool:
    try:
        os.lstat(name(plan), dir_fd=descriptor)
    except FileNotFoundError:
        return False
    return True


def read(descriptor: int, plan: FilePlan) -> tuple[os.stat_result, bytes]:
    """Return the status and the bytes of a regular file in its open folder."""
    file_descriptor = os.open(name(plan), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=descriptor)
    try:
        status = os.fstat(file_descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise refusal(plan, "CTX904", "it is no regular file now")
        with open(file_descriptor, "rb", buffering=0, closefd=False) as file:
            return status, file.readall()
    finally:
        os.close(file_descriptor)
