"""Where a project can take the decorator of PEP 702 from: by the Pythons that it is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codemod.style import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.tree import Tree

HOMES = ("warnings", "typing_extensions")
_STANDARD_SINCE = 13
_LOWER_BOUND = re.compile(r"(?:>=|~=|===?|>|\^|~|^)\s*v?3\.(\d+)")


def home(tree: Tree, path: str) -> str:
    """The module that has ``deprecated`` in every Python that the project of a file says it is for."""
    oldest = next((each for each in map(_oldest, _projects(tree, path)) if each), 0)
    return HOMES[0] if oldest >= _STANDARD_SINCE else HOMES[1]


def is_required(tree: Tree, path: str) -> bool:
    """Whether a ``pyproject.toml`` or a module has to do with ``typing_extensions`` already."""
    named = any(re.search(r"typing[_-]extensions", str(each)) for each in _projects(tree, path))
    return named or bool(tree.mentioning(HOMES[1]))


def _projects(tree: Tree, path: str) -> Iterator[dict[str, Any]]:
    """What each ``pyproject.toml`` says, from the folder of a file up to the root."""
    folder = (tree.root / path).parent
    yield read_toml(folder / "pyproject.toml")
    while folder != tree.root:
        folder = folder.parent
        yield read_toml(folder / "pyproject.toml")


def _oldest(project: dict[str, Any]) -> int:
    """The minor version of the oldest Python 3 that a project is for; 0 where it does not say."""
    said = _at(project, "project", "requires-python") or _at(
        project, "tool", "poetry", "dependencies", "python"
    )
    bounds = [max(map(int, _LOWER_BOUND.findall(each)), default=0) for each in str(said or "").split("|")]
    return min(filter(None, bounds), default=0)


def _at(table: Any, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table
