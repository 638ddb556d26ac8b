"""The README's walkthrough: its commands print what it says they do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
SECTION = re.compile(r"^### The fixture, from the first.*?\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    """The commands of the section and what each prints, of which `...` leaves something out."""
    section = SECTION.search((REPOSITORY / "README.md").read_text(encoding="utf-8"))
    assert section
    parts = re.split(r"^\$ (.*)\n", "".join(BLOCK.findall(section[1])), flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def printed(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout


def test_the_walkthrough_prints_what_it_says(tmp_path: Path) -> None:
    (setup, nothing), *steps = commands()
    assert not nothing
    (tmp_path / "tmp").mkdir()
    printed(setup.replace("/tmp", str(tmp_path / "tmp")), REPOSITORY)
    for command, expected in steps:
        told = printed(command, tmp_path / "tmp/chat_backend")
        pattern = ".*?".join(re.escape(part) for part in re.split(r"\.\.\.\n?", expected))
        assert re.fullmatch(pattern, told, re.DOTALL), f"$ {command}\n{told}"
