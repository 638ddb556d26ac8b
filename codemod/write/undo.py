"""Put back what a run that failed had replaced already."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from codemod.model import FileError
from codemod.write.staging import discard, rename, stage, staged
from codemod.write.target import folder, name, read, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import FilePlan


def undo(base: str, plans: Sequence[FilePlan]) -> tuple[FileError, ...]:
    """Give every file the bytes back that it had before the first of its plans, the last file first.

    An error for each where that cannot be, because it has bytes that none of its plans gave it.
    """
    by_path: dict[str, list[FilePlan]] = {}
    for plan in plans:
        by_path.setdefault(plan.path, []).append(plan)
    outcomes = [_undone(base, each) for each in reversed(by_path.values())]
    return tuple(error for error in outcomes if error)


def _undone(base: str, plans: Sequence[FilePlan]) -> FileError | None:
    first = plans[0]
    try:
        with folder(base, first.path) as descriptor:
            _put_back(base, descriptor, first, {plan.after for plan in plans})
            with suppress(OSError):
                os.fsync(descriptor)
    except BaseException as error:  # whatever it is, the other files must get theirs back
        return FileError(first.path, 1, "CTX905", _failure(first, error))
    return None


def _put_back(base: str, descriptor: int, plan: FilePlan, given: set[bytes]) -> None:
    try:
        status, content = read(descriptor, plan)
    except FileNotFoundError:
        if plan.is_new:
            return
        raise
    if content == plan.before and not plan.is_new:
        return
    if content not in given:
        raise OSError("it was written by somebody else meanwhile")
    if plan.is_new:
        os.unlink(name(plan), dir_fd=descriptor)
        return
    item = staged(plan, status)
    try:
        stage(base, item, plan.before)
        rename(descriptor, item)
    except BaseException:
        discard(base, [item])
        raise


def _failure(plan: FilePlan, error: BaseException) -> str:
    if plan.is_new:
        return f"could not be taken away again ({reason(error)})"
    return f"could not get its old bytes back ({reason(error)}); {_keep(plan)}"


def _keep(plan: FilePlan) -> str:
    """Save the old bytes where no run removes them, and say where that is."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(prefix="ctxmigrate-", suffix=".py", delete=False) as file:
            file.write(plan.before)
    except OSError as error:
        return f"they could not be kept elsewhere either ({error.strerror})"
    return f"they are kept in {file.name}"
