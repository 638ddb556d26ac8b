"""Trees to scaffold in, written out and worked on by the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from codemod.cli import main

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = """\
from dataclasses import dataclass


@dataclass
class Context:
    user_id: str
    thread_id: str
    run_id: str
    db: object = None
"""
FACTORY = """\
from uuid import uuid4

from app.context import Context


def create_user_execution_context(user_id: str, thread_id: str, run_id: str = "", db: object = None) -> Context:
    return Context(user_id, thread_id, run_id or str(uuid4()), db)
"""
MANAGER = """\
from dataclasses import dataclass


@dataclass
class Session:
    user_id: str
    thread_id: str
    run_id: str


class Sessions:
    @classmethod
    def get_or_create_user_session(cls, user_id: str, thread_id: str) -> Session:
        return Session(user_id, thread_id, "run")
"""
APP = {"app/__init__.py": "", "app/context.py": CONTEXT, "app/deps.py": FACTORY}


class Project:
    """A folder with files, and the command in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".git").mkdir()

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")

    def text(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["scaffold", *arguments], catch_exceptions=False)

    def done(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: str) -> str:
        before = self.files()
        result = self.run(*arguments)
        assert result.exit_code == 1, result.output
        assert self.files() == before
        return " ".join(result.stdout.split())
