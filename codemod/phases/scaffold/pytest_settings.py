"""What pytest is set to in a tree, as far as it says which files are tests and what they can import."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from codemod.style import read_ini, read_toml

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {
    "pytest.toml": ("pytest",),
    ".pytest.toml": ("pytest",),
    "pytest.ini": ("pytest",),
    ".pytest.ini": ("pytest",),
    "pyproject.toml": ("tool", "pytest", "ini_options"),
    "tox.ini": ("pytest",),
    "setup.cfg": ("tool:pytest",),
}


@dataclass(frozen=True, slots=True)
class PytestSettings:
    """``testpaths`` and ``pythonpath`` are relative to the root, which is the empty one of them; ``python_files`` are
    patterns of names. ``imports_by_folder`` says whether a test can import what is beside it.
    """

    testpaths: tuple[str, ...] = ()
    pythonpath: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    imports_by_folder: bool = True

    def collects(self, path: str) -> bool:
        """Whether a file is one of tests by its name."""
        name = path.rpartition("/")[2]
        return any(fnmatchcase(name, pattern) for pattern in self.python_files)

    def file_name(self, subject: str) -> str:
        """A name for a file of tests about a subject, after the first pattern that makes one."""
        names = [pattern.replace("*", subject) for pattern in ("test_*.py", *self.python_files)]
        return next((name for name in names if self.collects(name)), names[0])


def pytest_settings(root: Path) -> PytestSettings:
    """The settings with which ``pytest`` runs in the folder ``root``: those of the first file that has any."""
    table = next((found for name in _FILES if (found := _table(root / name))), {})
    return PytestSettings(
        testpaths=_folders(table.get("testpaths")),
        pythonpath=_folders(table.get("pythonpath")),
        python_files=_words(table.get("python_files")) or PytestSettings().python_files,
        imports_by_folder="importlib" not in " ".join(_words(table.get("addopts"))),
    )


def _table(file: Path) -> dict[str, Any]:
    if file.suffix != ".toml":
        parsed = read_ini(file)
        return next((dict(parsed[name]) for name in _FILES[file.name] if name in parsed), {})
    table: Any = read_toml(file)
    for name in _FILES[file.name]:
        table = table.get(name, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _folders(value: Any) -> tuple[str, ...]:
    paths = (normpath(word) for word in _words(value))
    return tuple("" if path == "." else path for path in paths)
