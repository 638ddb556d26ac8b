"""Temporary files beside their targets, and the folders that new files need."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from codemod.signals import is_gone
from codemod.write.target import folder, name, refusing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.model import FilePlan

_RUN = os.urandom(4).hex()
_NUMBERS = count()
_TEMPORARY = re.compile(r"\.ctxmigrate-(\d{1,9})-([0-9a-f]{8})-\d+\.tmp")


@dataclass(frozen=True, slots=True)
class Staged:
    """A plan, its target as it was compared (None for a new file), and the name of the file beside that."""

    plan: FilePlan
    status: os.stat_result | None
    temporary: str


def staged(plan: FilePlan, status: os.stat_result | None) -> Staged:
    """Return the plan with the name of a temporary file that no other run uses."""
    return Staged(plan, status, f".ctxmigrate-{os.getpid()}-{_RUN}-{next(_NUMBERS)}.tmp")


def make_folders(base: str, plan: FilePlan, made: list[str]) -> None:
    """Make the folders that a new file lacks; each is in ``made`` from then on."""
    parts = plan.path.split("/")[:-1]
    for path in ("/".join(parts[: end + 1]) for end in range(len(parts))):
        with refusing(plan, "CTX905"), folder(base, path) as descriptor, suppress(FileExistsError):
            os.mkdir(os.path.basename(path), dir_fd=descriptor)
            made.append(path)
            sync(descriptor)


def remove_folders(base: str, made: Iterable[str]) -> None:
    """Remove folders that were made, the last one first, as far as nobody put anything into them."""
    for path in reversed(list(made)):
        with suppress(OSError), folder(base, path) as descriptor:
            os.rmdir(os.path.basename(path), dir_fd=descriptor)


def stage(base: str, item: Staged, content: bytes) -> None:
    """Write a temporary file that lasts, with the mode and where possible the owner of its target."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    status = item.status
    with refusing(item.plan, "CTX905"), folder(base, item.plan.path) as descriptor:
        temporary = os.open(item.temporary, flags, 0o600 if status else 0o666, dir_fd=descriptor)
        with open(temporary, "wb") as file:
            if status:
                with suppress(OSError):
                    os.fchown(temporary, status.st_uid, status.st_gid)
                os.fchmod(temporary, stat.S_IMODE(status.st_mode))
            file.write(content)
            file.flush()
            os.fsync(temporary)


def rename(descriptor: int, item: Staged) -> None:
    """Put a temporary file in the place of its target, in their open folder."""
    os.replace(item.temporary, name(item.plan), src_dir_fd=descriptor, dst_dir_fd=descriptor)


def sync(descriptor: int) -> None:
    """Make what happened in an open folder last. A file system that cannot is left to its own ways."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise


def discard(base: str, items: Iterable[Staged]) -> None:
    """Remove the temporary files that are still there."""
    for item in items:
        with suppress(OSError), folder(base, item.plan.path) as descriptor:
            os.unlink(item.temporary, dir_fd=descriptor)


def sweep(base: str, plans: Iterable[FilePlan], killed: int = 0) -> None:
    """Remove what killed runs, and the process ``killed``, left in the folders to be written to."""
    for plan in {os.path.dirname(plan.path): plan for plan in plans}.values():
        with suppress(OSError), folder(base, plan.path) as descriptor:
            for each in os.listdir(descriptor):
                if _is_stale(each, killed) and stat.S_ISREG(os.lstat(each, dir_fd=descriptor).st_mode):
                    os.unlink(each, dir_fd=descriptor)


def _is_stale(temporary: str, killed: int) -> bool:
    """Tell whether the process of a temporary file is ``killed`` or gone, or this one has its number now."""
    match = _TEMPORARY.fullmatch(temporary)
    if not match:
        return False
    process, run = int(match[1]), match[2]
    if process == killed:
        return True
    if process == os.getpid():
        return run != _RUN
    return is_gone(process)
