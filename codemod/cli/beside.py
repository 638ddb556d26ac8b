"""What is written beside a file or a folder before it takes its place."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from codemod.signals import is_gone

if TYPE_CHECKING:
    from pathlib import Path


def beside(place: Path, word: str) -> Path:
    """Return a hidden place in the same folder that no other process uses."""
    return place.with_name(f".{place.name}.{os.getpid()}.{word}")


def remove(path: Path) -> None:
    """Remove a file or a folder as far as that can be."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def sweep(place: Path) -> None:
    """Remove what killed runs left beside ``place``."""
    left = re.compile(rf"\.{re.escape(place.name)}\.(\d{{1,9}})\.(new|old)")
    with suppress(OSError):
        for path in place.parent.iterdir():
            match = left.fullmatch(path.name)
            if match and (int(match[1]) == os.getpid() or is_gone(int(match[1]))):
                remove(path)
