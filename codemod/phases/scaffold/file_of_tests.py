"""Where a new file of tests goes in a tree, and how it imports what it tests."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.scaffold.naming import base_of, dotted, joined, package_in, parent
from codemod.phases.scaffold.pytest_settings import PytestSettings, pytest_settings
from codemod.style import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.tree import Tree
    from codemod.resolve.places import ModuleIndex

_FOLDERS = ("tests", "test")


@dataclass(frozen=True, slots=True)
class FileOfTests:
    """The ``path`` of the file, and the dotted name of the ``module`` that it imports. Where nothing else makes that
    importable for pytest, ``added_path`` is the expression of the folder that the file has to add itself.
    """

    path: str
    module: str
    added_path: str = ""


def file_of_tests(tree: Tree, tested: ModuleIndex, subject: str) -> FileOfTests:
    """The file for tests of a subject, which are about something in the module ``tested``."""
    settings = pytest_settings(tree.root)
    tests = [path for path in tree.found.paths if settings.collects(path)]
    folder = _folder(tree, settings, tests, tested.source.path)
    path = joined(folder, settings.file_name(subject))
    own = base_of(tree, tested)
    home = parent(tested.source.path)
    others = [] if package_in(tree, home) else list(_upwards(home))
    importable = set(settings.pythonpath)
    if settings.imports_by_folder:
        importable |= {_start(tree, folder) for folder in _conftest_folders(tree, folder)}
    may_be_installed = _has_distribution(tree)
    for base in (own, *others):
        if base in importable or (may_be_installed and _is_used(tree, tests, tested, base)):
            return FileOfTests(path, dotted(tested.source.path, base))
    root = f"Path(__file__).resolve().parents[{path.count('/')}]"
    return FileOfTests(path, dotted(tested.source.path, own), f'{root} / "{own}"' if own else root)


def _folder(tree: Tree, settings: PytestSettings, tests: list[str], tested: str) -> str:
    """The folder that pytest is set to, else the nearest one of tests, else the one with most of them."""
    literal = [folder for folder in settings.testpaths if not re.search(r"^\.\.|^/|[*?\[]|\.py$", folder)]
    if literal:
        return next((folder for folder in literal if (tree.root / folder).is_dir()), literal[0])
    for place in _upwards(parent(tested)):
        for folder in (joined(place, name) for name in _FOLDERS):
            if any(path.startswith(f"{folder}/") for path in tests):
                return folder
    folders = Counter(parent(path) for path in tests)
    return min(folders, key=lambda folder: (-folders[folder], folder)) if folders else _FOLDERS[0]


def _upwards(folder: str) -> Iterator[str]:
    """A folder and those above it, up to the root."""
    while folder:
        yield folder
        folder = parent(folder)
    yield ""


def _conftest_folders(tree: Tree, folder: str) -> Iterator[str]:
    """The folder of a test, and those with a ``conftest.py`` above it."""
    yield folder
    yield from (each for each in _upwards(folder) if joined(each, "conftest.py") in tree.found.paths)


def _start(tree: Tree, folder: str) -> str:
    """The folder that pytest imports the files of a folder from: the one above its outermost package."""
    while folder and package_in(tree, folder):
        folder = parent(folder)
    return folder


def _has_distribution(tree: Tree) -> bool:
    """Whether the project can be installed, and so be imported from anywhere."""
    settings = read_toml(tree.root / "pyproject.toml")
    return "project" in settings or "build-system" in settings or (tree.root / "setup.py").is_file()


def _is_used(tree: Tree, tests: list[str], tested: ModuleIndex, base: str) -> bool:
    """Whether another test imports what is in a folder, without any work on the path."""
    name = dotted(tested.source.path, base).partition(".")[0]
    start = joined(base, name)
    statement = re.compile(rb"^[ \t]*(from|import)[ \t]+%b\b" % name.encode(), re.MULTILINE)
    for path in tests:
        raw = tree.found.reader(path) or b""
        if statement.search(raw) and b"sys.path" not in raw:
            found = tree.modules.absolute(path, name)
            if any(each.startswith((f"{start}/", f"{start}.py")) for each in found):
                return True
    return False
