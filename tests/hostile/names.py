"""Names of files and folders, and source, that a terminal, markup or a page would obey."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from .sources import CALL, FACTORY, IMPORT, lay

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    *(
        "\x1b[2J\x1b]0;owned\x07",
        "\x9b31m",
        "\x85",
        "\x7f",
        "\u202egnp.\u2066x",
        "\u200b",
        "\ufeff",
        "\u2028",
    ),
    *(
        "a\nb",
        "a\rb",
        "\t",
        "a b",
        "-rf",
        "--help",
        "$(touch x)",
        ";touch y",
        "'\"",
        "\\",
        "`|*_#",
        "{{7*7}}",
    ),
    *(
        "[bold red]x[",
        "[",
        "<script>alert(1)<!--",
        "::error::x",
        "%0A::error::",
        "=HYPERLINK(1)",
        "x" * 240,
        "é",
    ),
    "\ufb00",
)
UNDECODABLE = (b"\xff\xfe", b"\xc3", b"\xed\xa0\x80")


def lay_names(root: Path) -> None:
    """Make a tree of such names; in each file is a call to migrate, one that is blocked and a reference."""
    lay(root)
    for name in (*map(os.fsencode, NAMES), *UNDECODABLE):
        with suppress(OSError):  # not every file system takes every name
            _write(root, b"f" + name + b".py", _source(name))
            os.mkdir(os.fsencode(root) + b"/d" + name)
            _write(root, b"d" + name + b"/m.py", _source(name))
            _write(root, b"d" + name + b"/broken.py", f"{FACTORY}(((\n".encode())


def _source(name: bytes) -> bytes:
    text = name.decode(errors="replace").translate({ord(char): "_" for char in "\n\r\"\\'"})
    return f"{IMPORT}# {text}\n{CALL[:-1]} '{text}')\n{FACTORY}(**{{'{text}': 1}})\n[{FACTORY}]\n".encode()


def _write(root: Path, name: bytes, content: bytes) -> None:
    with open(os.fsencode(root) + b"/" + name, "wb") as file:
        file.write(content)
