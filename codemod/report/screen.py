"""The standard streams: their width, whether to colour, and writing whatever the text and the reader."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codemod.report import WIDTH, visible

if TYPE_CHECKING:
    from typing import TextIO


def width(stream: TextIO | None) -> int:
    """Return the columns of the terminal behind ``stream``, or as the environment's COLUMNS says."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    if stream is None:
        return WIDTH
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDTH
    except OSError:
        return WIDTH


def has_color(stream: TextIO | None) -> bool:
    """Return whether to colour: on a terminal, or with FORCE_COLOR, but never with NO_COLOR."""
    if stream is None or os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def emit(stream: TextIO | None, content: str | bytes) -> None:
    """Write ``content``, with escapes for what the encoding lacks. A closed stream or pipe is no error.

    Bytes are a diff, which a program gets as it is, and a terminal with escapes for what it would obey.

    Raises OSError for any other failure to write.
    """
    if stream is None:
        return
    if isinstance(content, bytes) and stream.isatty():
        content = _shown(content)
    data = content if isinstance(content, bytes) else content.encode(stream.encoding, "backslashreplace")
    try:
        stream.buffer.write(data)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def _shown(diff: bytes) -> str:
    lines = diff.decode(errors="backslashreplace").split("\n")
    return "\n".join(visible(line.removesuffix("\r")) for line in lines)
