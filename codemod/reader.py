"""Reads the files of a run, and searches them. Nothing heavy is imported for that."""

from __future__ import annotations

import os
import stat
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from codemod.spelling import holds, may_be_spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path
    from re import Pattern

    from codemod.model import FileError
    from codemod.progress import Watch
    from codemod.workers import Workers

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_TO_SEARCH = 200
"""Bytes of source whose handling takes about as long as searching a file does."""
_SEARCHING = "Searching"
_WINDOW = 1_000_000
_OVERLAP = 1_000
LARGEST = 10_000_000
"""The most bytes of a file that is parsed: what is made of them can take two hundred times as much memory."""
_PIECE = 1 << 22


class Excerpt(bytes):
    """What is kept of a file that is too large to be parsed: the words that were looked for and are in it."""


class Reader:
    """Reads files under a root; keeps the bytes of those that were found to matter, and the errors.

    Where ``workers`` are given, they search many files.
    """

    def __init__(self, root: str | Path, workers: Workers | None = None) -> None:
        self.root = root
        self._workers = workers
        self.errors: dict[str, FileError] = {}
        self._kept: dict[str, bytes] = {}

    def __call__(self, path: str, *needles: bytes) -> bytes | None:
        """The bytes of a file, of a too large one the ``needles`` in it; None where it cannot be read."""
        if path in self._kept:
            return self._kept[path]
        if path in self.errors:
            return None
        raw = read_bytes(self.root, path, needles)
        if isinstance(raw, bytes):
            return raw
        self.errors[path] = raw
        return None

    def search(
        self, paths: Iterable[str], *needles: bytes, pattern: Pattern[bytes] | None = None
    ) -> Iterator[tuple[str, bytes]]:
        """The files that hold any of the ``needles`` or the ``pattern``, with their bytes."""
        window = Window(self.root, needles, pattern)
        for path in paths:
            if path not in self._kept and (path in self.errors or not window.may_hold(path)):
                continue
            raw = self(path, *needles)
            if raw is None:
                continue
            if any(holds(raw, needle) for needle in needles) or (pattern and pattern.search(raw)):
                yield path, raw

    def near(
        self, paths: Collection[str], watch: Watch, *needles: bytes, pattern: Pattern[bytes] | None = None
    ) -> Iterable[str]:
        """Those of ``paths`` that may hold a needle or the pattern, in their order: all of them where to read them
        here takes no longer. ``watch`` is told how far the search is.
        """
        if self._workers is None or not self._workers.start_search(len(paths)):
            return watch(_SEARCHING, paths)
        may_hold = partial(_may_hold, str(self.root), needles, pattern)
        found = self._workers.spread(_SEARCHING, may_hold, paths, repeat(_TO_SEARCH), watch)
        return (path for path, may in zip(paths, found, strict=True) if may or path in self._kept)

    def keep(self, path: str, raw: bytes) -> None:
        """Give these bytes from now on, whatever becomes of the file."""
        self._kept[path] = raw


class Window:
    """Searches files one after the other, in memory that is used again for each: what most files are read for.

    A match of the ``pattern`` must not need to be longer than the overlap of two windows.
    """

    def __init__(self, root: str | Path, needles: tuple[bytes, ...], pattern: Pattern[bytes] | None) -> None:
        self._root = root
        self._needles = needles
        self._pattern = pattern
        self._overlap = max(_OVERLAP, *map(len, needles)) if needles else _OVERLAP
        self._bytes = bytearray(_WINDOW + self._overlap)
        self._view = memoryview(self._bytes)

    def may_hold(self, path: str) -> bool:
        """Whether a file holds a needle or the pattern, or cannot be read."""
        try:
            descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                return self._holds(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            return True

    def _holds(self, descriptor: int) -> bool:
        filled = 0
        while read := os.readv(descriptor, [self._view[filled:]]):
            filled += read
            if filled == len(self._view):
                if self._fits(filled):
                    return True
                self._view[: self._overlap] = self._view[-self._overlap :]
                filled = self._overlap
        if not filled:
            return not stat.S_ISREG(os.fstat(descriptor).st_mode)
        return self._fits(filled)

    def _fits(self, size: int) -> bool:
        if any(self._bytes.find(needle, 0, size) >= 0 for needle in self._needles):
            return True
        if self._pattern is not None and self._pattern.search(self._bytes, 0, size):
            return True
        return bool(self._needles) and may_be_spelled(self._bytes[:size])


def _may_hold(root: str, needles: tuple[bytes, ...], pattern: Pattern[bytes] | None, path: str) -> bool:
    return Window(root, needles, pattern).may_hold(path)


def read_bytes(root: str | Path, path: str, needles: Collection[bytes] = ()) -> bytes | FileError:
    """Return the bytes of the regular file at ``path`` under ``root``; CTX903 where they cannot be had.

    Of a file of more than LARGEST bytes an Excerpt with those of the ``needles`` that it holds.
    """
    whole = f"{root}/{path}"
    try:
        status = os.stat(whole)
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "of another kind")
            return _unreadable(path, f"it is {kind}, not a regular file")
        descriptor = os.open(whole, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if status.st_size > LARGEST:
                return _excerpt(descriptor, needles)
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


def _excerpt(descriptor: int, needles: Collection[bytes]) -> Excerpt:
    """Look for the ``needles`` piece by piece; each piece has the end of the last one before it."""
    missing = set(needles)
    overlap = 4 * max(map(len, needles), default=0)
    piece = b""
    while missing and (more := os.read(descriptor, _PIECE)):
        piece = piece[-overlap:] + more
        missing = {needle for needle in missing if not holds(piece, needle)}
    return Excerpt(b"\n".join(needle for needle in needles if needle not in missing))


def _unreadable(path: str, reason: str) -> FileError:
    from codemod.model import FileError

    return FileError(path, 1, "CTX903", f"cannot be read: {reason}")
