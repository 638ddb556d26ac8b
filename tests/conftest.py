"""What all tests have in common."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="session")
def unset_width() -> None:
    """Forget the width of a terminal, which somebody may have set for all programs."""
    os.environ.pop("COLUMNS", None)


@pytest.fixture(autouse=True, scope="session")
def heeded_signals() -> Iterator[None]:
    """Heed SIGINT, which a shell has ignored in the programs that it starts in the background, and SIGHUP, which
    nohup has.
    """
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGHUP, hangup)
