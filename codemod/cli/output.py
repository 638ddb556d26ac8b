"""Where text goes: the standard streams, and files that people name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codemod.cli.beside import beside, remove, sweep
from codemod.cli.group import Failure
from codemod.report.screen import emit, width

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO


def show(stream: TextIO | None, content: str | bytes) -> None:
    """Write to a standard stream. Failure where that cannot be; a reader who has left is none."""
    try:
        emit(stream, content)
    except OSError as error:
        raise unwritable(stream, error) from None


def unwritable(stream: TextIO | None, error: OSError) -> Failure:
    """What there is to say of a standard stream that cannot be written."""
    name = stream.name if stream else "the output"
    return Failure(f"{name} cannot be written: {error.strerror}")


def row_width(stream: TextIO | None) -> int | None:
    """Return how wide the rows of a table may be; None in a pipe, where each row is one line."""
    is_bound = os.environ.get("COLUMNS") or (stream is not None and stream.isatty())
    return width(stream) if is_bound else None


def save(path: Path, content: str, name: str) -> None:
    """Give the file at ``path``, called ``name`` in messages, its new content, all or nothing."""
    sweep(path)
    new = beside(path, "new")
    try:
        with new.open("w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise Failure(f"the {name} '{path}' cannot be written: {error.strerror}") from None
    finally:
        remove(new)
