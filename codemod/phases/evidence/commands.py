"""The commands that a person is told to run next, with the PATHS that fit."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commands:
    """Words commands for a person who named ``paths``, and from whose current folder the root is ``root``."""

    root: str = "."
    paths: tuple[str, ...] = (".",)

    def here(self, command: str) -> str:
        """``command`` for the same files."""
        return _command(command, () if self.paths == (".",) else self.paths)

    def on(self, command: str, path: str) -> str:
        """``command`` for one file under the root."""
        return _command(command, (os.path.normpath(os.path.join(self.root, path)),))


def _command(command: str, paths: tuple[str, ...]) -> str:
    return " ".join(("ctxmigrate", command, *map(shlex.quote, paths)))
