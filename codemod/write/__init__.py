"""Write all planned files or none.

Every new content is first written beside its target and then renamed over it, so that each file has at any
moment either all its old or all its new bytes. Paths are walked folder by folder without following links, so
that a link put in the way meanwhile leads nowhere. What fails is undone, after a kill by a second process (``guard``),
and one run at a time writes below a root (``lock``).
"""

from __future__ import annotations

import os
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from codemod.model import FileError, FilePlan
from codemod.signals import HeldSignals
from codemod.write.guard import guarded
from codemod.write.lock import alone
from codemod.write.staging import (
    Staged,
    discard,
    make_folders,
    remove_folders,
    rename,
    stage,
    staged,
    sweep,
    sync,
)
from codemod.write.target import RefusedError, compare, compare_all, folder, refusal, refusing
from codemod.write.undo import undo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["UndoError", "restore", "unwritable", "write"]


class UndoError(Exception):
    """A run was broken off and could not undo what it had done.

    ``errors`` names each file that kept its new bytes, and where its old ones are.
    """

    def __init__(self, errors: tuple[FileError, ...]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors))
        self.errors = errors


def unwritable(root: Path, path: str) -> FileError | None:
    """Return CTX905 for a file that is read-only, or is in a read-only folder, and None for any other."""
    whole = os.path.join(root, path)
    places = ((whole, os.W_OK, "it"), (os.path.dirname(whole), os.W_OK | os.X_OK, "its folder"))
    for place, needed, word in places:
        with suppress(OSError):
            if not os.stat(place).st_mode & 0o222 or not os.access(place, needed):
                return FileError(path, 1, "CTX905", f"cannot be written: {word} is read-only")
    return None


def write(root: str | Path, plans: Sequence[FilePlan], *, is_guarded: bool = False) -> tuple[FileError, ...]:
    """Give every planned file its new bytes and return nothing, or give none its new bytes and return why.

    Each path must be a real one, without links, below ``root``. A new file gets the folders that it lacks.
    CTX904 is a file that is not the one that was read any more, or a new one that is there already, CTX905 one
    that cannot be written. Files that were replaced by then get their old bytes back, and new ones are taken
    away again; one where that cannot be is a CTX905 too, whose message says where the old bytes are kept.

    What breaks in from outside goes on after the same undo: KeyboardInterrupt on SIGINT, and the end of the
    process on SIGTERM and SIGHUP. UndoError is raised in its place where the undo failed for a file. After a kill
    the undo is done by a second process, unless the caller has a Guard of its own (``is_guarded``).
    """
    base = os.path.realpath(root)
    made: list[str] = []
    items: list[Staged] = []
    replaced: list[FilePlan] = []
    guard = nullcontext() if is_guarded else guarded(base, plans)
    with alone(base), HeldSignals() as signals, guard:
        try:
            targets = compare_all(base, plans)
            sweep(base, plans)
            for plan, status in zip(plans, targets, strict=True):
                signals.heed()
                if plan.is_new:
                    make_folders(base, plan, made)
                items.append(staged(plan, status))
                stage(base, items[-1], plan.after)
            for item in items:
                signals.heed()
                _replace(base, item, replaced)
            _sync_folders(base, plans)
        except BaseException as error:
            discard(base, items)
            failures = undo(base, replaced)
            remove_folders(base, made)
            if isinstance(error, RefusedError):
                return (*error.errors, *failures)
            if failures:
                signals.drop()
                raise UndoError(failures) from error
            raise
    return ()


def restore(root: str | Path, steps: Sequence[FilePlan], killed: int = 0) -> tuple[FileError, ...]:
    """Undo what was written step by step: give every file the bytes back that it had before its first step.

    A file with bytes that no step gave it stays as it is; the error for it says where its old bytes are kept.
    ``killed`` is a process that may have left temporary files, which are removed.
    """
    base = os.path.realpath(root)
    with alone(base), HeldSignals():
        sweep(base, steps, killed)
        return undo(base, steps)


def _replace(base: str, item: Staged, replaced: list[FilePlan]) -> None:
    """Rename a temporary file over its target, which is in ``replaced`` from right before on."""
    with refusing(item.plan, "CTX904"), folder(base, item.plan.path) as descriptor:
        if _facts(compare(descriptor, item.plan)) != _facts(item.status):
            raise refusal(item.plan, "CTX904", "another file, mode or owner took its place")
        replaced.append(item.plan)
        with refusing(item.plan, "CTX905"):
            rename(descriptor, item)


def _facts(status: os.stat_result | None) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_gid) if status else ()


def _sync_folders(base: str, plans: Iterable[FilePlan]) -> None:
    """Make the renames last."""
    for plan in {os.path.dirname(plan.path): plan for plan in plans}.values():
        with refusing(plan, "CTX905"), folder(base, plan.path) as descriptor:
            sync(descriptor)
