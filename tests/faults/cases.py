"""The commands that write, and the tree that they are tried on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FACTORY = """\
def create_user_execution_context(user_id, thread_id, run_id=None):
    return (user_id, thread_id, run_id)


def get_user_execution_context(user_id, thread_id):
    return (user_id, thread_id)
"""
CALLER = """\
import uuid

from app.deps import create_user_execution_context


def handle(user, thread):
    run = str(uuid.uuid4())
    return create_user_execution_context(user, thread, run)
"""
RE_EXPORT = """\
from app.deps import create_user_execution_context

__all__ = ["create_user_execution_context"]
"""
TEST = """\
from unittest.mock import patch

from app.hub import handle


def test_hub():
    with patch("app.hub.create_user_execution_context"):
        handle(1, 2)
"""
TREE = {
    "pyproject.toml": "[tool.ctxmigrate]\n",
    "app/__init__.py": "",
    "app/deps.py": FACTORY,
    "app/api/__init__.py": RE_EXPORT,
    "app/hub.py": CALLER,
    "app/user.py": CALLER.replace("app.deps", "app.hub"),
    "app/other.py": CALLER.replace("app.deps", "app.api"),
    "tests/test_hub.py": TEST,
}
"""Files that need each other: with only some of them rewritten, imports and mocks lead nowhere."""


@dataclass(frozen=True, slots=True)
class State:
    """The files of a folder with their bytes and modes, and its folders."""

    files: dict[str, tuple[bytes, int]]
    folders: frozenset[str]

    @classmethod
    def of(cls, folder: Path) -> State:
        """What is in a folder, hidden files too."""
        found = [each for each in folder.rglob("*") if "__pycache__" not in each.parts]
        names = {each: str(each.relative_to(folder)) for each in found}
        files = {names[each]: (each.read_bytes(), each.stat().st_mode) for each in found if each.is_file()}
        return cls(files, frozenset(names[each] for each in found if each.is_dir()))


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one try: the tree, what goes beside it, and what is kept as the last resort."""

    folder: Path

    @property
    def root(self) -> Path:
        """The tree."""
        return self.folder / "root"

    @property
    def beside(self) -> Path:
        """Where reports and the like go."""
        return self.folder / "beside"

    @property
    def kept(self) -> Path:
        """The folder for temporary files."""
        return self.folder / "kept"

    def plant(self) -> None:
        """Make everything anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for path, text in TREE.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (self.root / "app/hub.py").chmod(0o755)
        self.beside.mkdir()
        self.kept.mkdir()


@dataclass(frozen=True, slots=True)
class Case:
    """A command, which writes reports and the like to the folder ``{beside}`` the tree, and copies of what it has
    on its way to ``{kept}``.
    """

    name: str
    arguments: tuple[str, ...]

    def command(self, place: Place) -> list[str]:
        """The arguments of the process."""
        return [each.format(beside=place.beside, kept=place.kept) for each in self.arguments]


CASES = (
    Case("rewrite", ("rewrite", "--format", "json", "--report", "{beside}/report.json")),
    Case("rewrite --clean", ("rewrite", "--clean", "--format", "json")),
    Case(
        "rewrite --run",
        ("rewrite", "--run", "cp -Rp . {kept}/$$; ! grep -q get_user_ app/other.py", "--format", "json"),
    ),
    Case(
        "scaffold session",
        ("scaffold", "session", "app/deps.py", "--module", "app.new.sessions", "--format", "json"),
    ),
    Case("scaffold test", ("scaffold", "test", "app/deps.py", "--format", "json")),
    Case("deprecate", ("deprecate", "--format", "json")),
    Case("check --write-baseline", ("check", "--write-baseline", "{beside}/baseline.json")),
    Case("split", ("split", "--by", "folder", "--out", "{beside}/parts")),
)
