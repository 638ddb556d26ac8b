"""Reads the files of a run, and searches them. Nothing heavy is imported for that."""

from __future__ import annotations

import os
import stat
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from codemod.progress import unwatched
from codemod.spelling import holds, mentions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from codemod.model import FileError
    from codemod.progress import Watch
    from codemod.workers import Workers

    Scan = Callable[[bytes], frozenset[str]]
    """Finds something in the bytes of a file."""

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
_GLANCE = 1 << 18
"""Bytes that are read of a file at first, which is all of most."""
_READING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
LARGEST = 10_000_000
"""The most bytes of a file that is parsed: what is made of them can take two hundred times as much memory."""
_PIECE = 1 << 22


class Excerpt(bytes):
    """What is kept of a file that is too large to be parsed: the words that were looked for and are in it."""


class Sight(NamedTuple):
    """What a search saw of a file: which of the names stand in it, and what its scan found."""

    names: tuple[str, ...]
    scanned: frozenset[str] = frozenset()


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
        self, paths: Collection[str], *names: str, scan: Scan | None = None, watch: Watch = unwatched
    ) -> Iterator[tuple[str, Sight]]:
        """The files in which a name stands as a whole word, or the ``scan`` finds something, or that cannot be read.

        ``watch`` is told how far the search is.
        """
        look = partial(_look, str(self.root), names, scan)
        if self._workers is None:
            sights: Iterator[Sight | None] = map(look, watch(_SEARCHING, paths))
        else:
            sizes = [_TO_SEARCH] * len(paths)
            self._workers.start(sum(sizes))
            sights = self._workers.spread(_SEARCHING, look, paths, sizes, watch)
        for path, found in zip(paths, sights, strict=True):
            sight = _sight(self._kept[path], names, scan) if path in self._kept else found
            if sight and path not in self.errors:
                yield path, sight

    def keep(self, path: str, raw: bytes) -> None:
        """Give these bytes from now on, whatever becomes of the file."""
        self._kept[path] = raw


def _look(root: str, names: tuple[str, ...], scan: Scan | None, path: str) -> Sight | None:
    """What is seen of a file: None if that is nothing, and all ``names`` if it cannot be read."""
    try:
        descriptor = os.open(f"{root}/{path}", _READING)
        try:
            raw: bytes | FileError = os.read(descriptor, _GLANCE)
            if not raw and not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return Sight(names)
            if raw and os.read(descriptor, 1):
                raw = read_bytes(root, path, [name.encode() for name in names])
        finally:
            os.close(descriptor)
    except OSError:
        return Sight(names)
    return _sight(raw, names, scan) if isinstance(raw, bytes) else Sight(names)


def _sight(raw: bytes, names: tuple[str, ...], scan: Scan | None) -> Sight | None:
    seen = tuple(name for name in names if mentions(raw, name))
    scanned = scan(raw) if scan else None
    return Sight(seen, scanned or frozenset()) if seen or scanned else None


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
        descriptor = os.open(whole, _READING)
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
