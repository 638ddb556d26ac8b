"""The files beside the code, such as documents, settings and notebooks, that name the factory."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.model import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_CHUNK = 1 << 20
_HEAD = 8192
_EXCERPT = 100
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKER = re.compile(r"ctxmigrate:\s*ignore\b")
_TABLE = re.compile(r"\s*\[\[?(?P<name>[^\[\]]+)\]")
_HISTORY = re.compile(
    r"(?:^|/)(?:(?:changelog|changes|history|news|release[-_ ]?notes)(?:\.(?:md|rst|txt))?$"
    r"|(?:changelogs?(?:\.d)?|changes\.d|newsfragments|release[-_ ]?notes)/)",
    re.IGNORECASE,
)
_PATCHES = (".patch", ".diff")
_OWN = re.compile(
    rb'"name": "ctxmigrate"|^## ctxmigrate: |: ctxmigrate report</title>|\A\{\n  "version": 1,\n  "blocked": \[',
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A line of a text file that names the factory: the part of it around the name, and whether a person said
    by ``ctxmigrate: ignore`` that it may stay.
    """

    line: int
    excerpt: str
    ignored: bool


@dataclass(frozen=True, slots=True)
class NamingFile:
    """A text file with the lines that name the factory. ``record`` says what it is where it tells of what was,
    so that the name is in its place there: a changelog, a patch, a file that this tool wrote; else it is empty.
    """

    path: str
    mentions: tuple[Mention, ...]
    record: str = ""


def naming_file(root: Path, path: str, name: str) -> NamingFile | FileError | None:
    """Return a file with its lines that have ``name`` in them as a whole word; None where it has none, or is no
    text; CTX903 where it cannot be read.
    """
    try:
        with open(root / path, "rb") as file:
            head = file.read(_HEAD)
            encoding = next((codec for mark, codec in _MARKS if head.startswith(mark)), "utf-8")
            if encoding == "utf-8" and b"\0" in head:
                return None
            file.seek(0)
            lines = (
                tuple(_mentions(file, path, encoding, name)) if _holds(file, name.encode(encoding)) else ()
            )
    except OSError as error:
        return FileError(path, 1, "CTX903", f"cannot be read: {error.strerror or error}")
    return NamingFile(path, lines, _record(path, head)) if lines else None


def _holds(file: BinaryIO, needle: bytes) -> bool:
    """Whether the bytes of a file hold ``needle``; never more than a part of the file is in memory."""
    before = b""
    while chunk := file.read(_CHUNK):
        if needle in before + chunk:
            return True
        before = chunk[-len(needle) :]
    return False


def _mentions(file: BinaryIO, path: str, encoding: str, name: str) -> Iterator[Mention]:
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.ASCII)
    table = ""
    file.seek(0)
    with io.TextIOWrapper(file, encoding, errors="replace") as text:
        for number, line in enumerate(text, 1):
            if path.endswith(".toml") and (header := _TABLE.match(line)):
                table = header["name"].replace(" ", "")
            if (found := word.search(line)) and table != "tool.ctxmigrate":
                yield Mention(number, _around(line, found.start()), bool(_MARKER.search(line)))


def _around(line: str, offset: int) -> str:
    """The part of a line around an offset that a person can take in."""
    start = max(0, min(offset - _EXCERPT // 4, len(line) - _EXCERPT))
    part = line[start : start + _EXCERPT].strip()
    return f"{'...' if line[:start].strip() else ''}{part}{'...' if line[start + _EXCERPT :].strip() else ''}"


def _record(path: str, head: bytes) -> str:
    if _HISTORY.search(path):
        return "a changelog"
    if path.endswith(_PATCHES):
        return "a patch"
    return "written by ctxmigrate" if _OWN.search(head) else ""
