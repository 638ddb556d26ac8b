"""Reads the files of a run, and searches them. Nothing heavy is imported for that."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from codemod.model import FileError

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Reader:
    """Reads files under a root; keeps the bytes of those that were found to matter, and the errors."""

    def __init__(self, root: str | Path) -> None:
        self.root = root
        self.errors: dict[str, FileError] = {}
        self._kept: dict[str, bytes] = {}

    def __call__(self, path: str) -> bytes | None:
        """The bytes of a file; None where it cannot be read."""
        if path in self._kept:
            return self._kept[path]
        if path in self.errors:
            return None
        raw = read_bytes(self.root, path)
        if isinstance(raw, bytes):
            return raw
        self.errors[path] = raw
        return None

    def search(self, paths: Iterable[str], *needles: bytes) -> Iterator[tuple[str, bytes]]:
        """The files that hold any of the ``needles``, with their bytes."""
        for path in paths:
            raw = self(path)
            if raw is not None and any(needle in raw for needle in needles):
                yield path, raw

    def keep(self, path: str, raw: bytes) -> None:
        """Give these bytes from now on, whatever becomes of the file."""
        self._kept[path] = raw


def read_bytes(root: str | Path, path: str) -> bytes | FileError:
    """Return the bytes of the regular file at ``path`` under ``root``; CTX903 where they cannot be had."""
    whole = f"{root}/{path}"
    try:
        status = os.stat(whole)
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "of another kind")
            return _unreadable(path, f"it is {kind}, not a regular file")
        descriptor = os.open(whole, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _all_bytes(descriptor, status.st_size)
        finally:
            os.close(descriptor)
    except OSError as error:
        return _unreadable(path, error.strerror or str(error))


def _all_bytes(descriptor: int, size: int) -> bytes:
    """Read to the end; in one go if the file is as long as it was said to be."""
    raw = os.read(descriptor, size + 1)
    if len(raw) == size:
        return raw
    parts = [raw]
    while parts[-1]:
        parts.append(os.read(descriptor, size + 1))
    return b"".join(parts)


def _unreadable(path: str, reason: str) -> FileError:
    from codemod.model import FileError

    return FileError(path, 1, "CTX903", f"cannot be read: {reason}")
