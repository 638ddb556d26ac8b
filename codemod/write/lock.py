"""Keeps two runs from writing to one tree at the same time."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def alone(base: str) -> Iterator[None]:
    """Wait until no other run writes below ``base``. A file system that has no locks is left to its own ways."""
    descriptor = -1
    with suppress(OSError):
        descriptor = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)
