"""Files that are no plain Python source, and places that hold no file at all."""

from __future__ import annotations

import codecs
import os
import random
import socket
from contextlib import suppress
from encodings.aliases import aliases
from typing import TYPE_CHECKING

from .sources import CALLER, FACTORY, lay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = CALLER.encode()
CODECS = {*aliases.values(), "idna", "punycode", "unicode_escape", "raw_unicode_escape", "rot13", "utf-8-sig"}
CODECS |= {"undefined", "mbcs", "nope", "codemod.run", "../../x", "aliases", "x" * 300}
PIPES = (
    ".gitignore",
    "CODEOWNERS",
    "pytest.ini",
    "tox.ini",
    "setup.cfg",
    "README.md",
    ".editorconfig",
    "ruff.toml",
)
FILES = {
    "nul.py": SOURCE + b"x = '\0'\n",
    "binary.py": random.Random(6).randbytes(20_000) + SOURCE,
    "notebook.py": b'{"cells": [{"source": ["%s(1, 2, 3)\\n"]}]}' % FACTORY.encode(),
    "bom.py": codecs.BOM_UTF8 + SOURCE,
    "bom_and_cookie.py": codecs.BOM_UTF8 + b"# coding: latin-1\n" + SOURCE,
    "two_boms.py": codecs.BOM_UTF8 * 2 + SOURCE,
    "form_feeds.py": b"\f\n" + SOURCE.replace(b"\n", b"\n\f"),
    "carriage_returns.py": SOURCE.replace(b"\n", b"\r"),
    "end_of_file.py": SOURCE + b"\x1a",
    "cut_off.py": SOURCE + b"'\xc3",
    "stub.pyi": b"def %s(user_id, thread_id, run_id=None): ...\n" % FACTORY.encode(),
    "window.pyw": SOURCE,
    "empty.py": b"",
}
LINKS = {
    "zero.py": "/dev/zero",
    "pipe_link.py": "pipe.py",
    "loop.py": "loop.py",
    "passwd.py": "/etc/passwd",
    "up": "..",
    "slash": "/",
}


def lay_kinds(root: Path) -> None:
    """Make a tree of them."""
    lay(root)
    for name, content in (*FILES.items(), *_encoded()):
        (root / name).write_bytes(content)
    for name in ("pipe.py", *PIPES):
        os.mkfifo(root / name)
    for name, target in LINKS.items():
        (root / name).symlink_to(target)
    (root / "folder.py").mkdir()
    with suppress(OSError), socket.socket(socket.AF_UNIX) as server:  # a path may be too long for a socket
        server.bind(str(root / "socket.py"))


def _encoded() -> Iterator[tuple[str, bytes]]:
    """Files whose cookie is a lie, and such whose bytes are what it says."""
    for number, codec in enumerate(sorted(CODECS)):
        text = f"# coding: {codec}\n{CALLER}"
        yield f"cookie_{number}.py", text.encode()
        with suppress(LookupError, UnicodeError):
            yield f"coded_{number}.py", text.encode(codec)
