"""What git does not ignore in a work tree: its own answer."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from codemod.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import IO

_COMMAND = ("git", "-c", "core.fsmonitor=false", "ls-files", "-z")
_NO_FETCH = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
"""With a sparse index git fetches folders that a partial clone lacks, with commands that the clone settles."""
NOT_IGNORED = ("-co", "--exclude-standard")
_POINTERS = frozenset(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"))
_CHUNK = 1 << 16


class GitListing:
    """Asks git which files with ``suffixes`` it tracks in a folder, or with NOT_IGNORED which it does not ignore.

    It looks for them while the caller does something else.

    The variables that point git to the repository of a running hook hold for that repository's own folder.
    """

    def __init__(self, folder: str, which: tuple[str, ...], suffixes: tuple[str, ...]) -> None:
        import subprocess

        kept = {name: value for name, value in os.environ.items() if name not in _POINTERS}
        self._suffixes = suffixes
        self._process: subprocess.Popen[bytes] | None = None
        with suppress(OSError):
            self._process = subprocess.Popen(
                (*_COMMAND, *which),
                cwd=folder,
                env=kept | _NO_FETCH,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )

    def kept(self, repositories: Collection[str]) -> Listing | None:
        """The files, and those of ``repositories`` inside the folder, each of
        which is one entry; None where git fails.
        """
        if self._process is None:
            return None
        with self._process as process:
            assert process.stdout is not None
            kept = Listing(path for path in _records(process.stdout) if self._matters(path, repositories))
        return kept if process.returncode == 0 else None

    def _matters(self, path: str, repositories: Collection[str]) -> bool:
        return path.endswith(self._suffixes) or path in repositories or f"{path}/" in repositories


def _records(stream: IO[bytes]) -> Iterator[str]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from map(os.fsdecode, whole)
