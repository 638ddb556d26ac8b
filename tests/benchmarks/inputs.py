"""The trees that the tools run over, built once into a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from .shapes import module, write_app

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE = ("django==5.2.1", "sympy==1.14.0", "sqlalchemy==2.0.41", "twisted==24.11.0", "transformers==4.46.3")
LAID_IN = 20
COPIES = 20
FLEET = 50
DENSE = 2_000
SITES_10K = 2_900
FIXTURE = Path(__file__).parents[2] / "fixtures" / "chat_backend"


class Inputs:
    """The trees in ``home``; each is built when it is asked for and kept."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def tree(self, name: str) -> Path:
        """The folder of a tree: ``wide``, ``huge``, ``dense``, ``clean``, ``hook``, ``many`` or ``fleet``."""
        folder = self.home / name
        if not (folder / ".git").exists():
            shutil.rmtree(folder, ignore_errors=True)
            builders: dict[str, Callable[[Path], None]] = {
                "wide": self._wide,
                "huge": self._huge,
                "dense": lambda folder: write_app(folder, DENSE),
                "clean": lambda folder: write_app(folder, DENSE, clean=True),
                "hook": lambda folder: write_app(folder, 50, clean=True),
                "many": lambda folder: write_app(folder, SITES_10K),
                "fleet": self._fleet,
            }
            builders[name](folder)
            subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        return folder

    def _wide(self, folder: Path) -> None:
        """Python files of real projects, with the fixture and some generated modules laid in."""
        for requirement in WIDE:
            name = requirement.partition("==")[0]
            with tarfile.open(_downloaded(requirement, self.home / "archives" / name)) as archive:
                members = [
                    each for each in archive.getmembers() if each.isfile() and each.name.endswith(".py")
                ]
                archive.extractall(folder / name, members, filter="data")
        _copy_python(FIXTURE, folder / "services" / "chat_backend")
        handlers = folder / "services" / "chat_backend" / "app" / "handlers"
        handlers.mkdir()
        (handlers / "__init__.py").write_text("")
        for number in range(LAID_IN):
            (handlers / f"module_{number}.py").write_text(module(number, 1 + number % 6))

    def _huge(self, folder: Path) -> None:
        """The wide tree so many times."""
        wide = self.tree("wide")
        for number in range(COPIES):
            shutil.copytree(
                wide,
                folder / f"copy_{number:02}",
                ignore=shutil.ignore_patterns(".git"),
                copy_function=os.link,
            )

    def _fleet(self, folder: Path) -> None:
        """Roots of their own, each with the fixture."""
        for number in range(FLEET):
            root = folder / f"repository_{number:02}"
            _copy_python(FIXTURE, root)
            (root / "pyproject.toml").write_text("[tool.ctxmigrate]\n")


def _downloaded(requirement: str, cache: Path) -> Path:
    """The source distribution, fetched by pip where it is not there yet."""
    if not cache.exists():
        options = ("--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(cache))
        subprocess.run([sys.executable, "-m", "pip", "download", *options, requirement], check=True)
    return next(cache.iterdir())


def _copy_python(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*.py")):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def sites(tree: Path) -> list[str]:
    """The files of a tree that mention the factory."""
    command = ["grep", "-rlF", "--include=*.py", "create_user_execution_context", "."]
    found = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return sorted(line.removeprefix("./") for line in found.stdout.splitlines())
