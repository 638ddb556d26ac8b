"""Whether another file may take a name from a module that only imports it, so that the import has to stay."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemod.model import FileError
from codemod.read import load
from codemod.reader import Excerpt
from codemod.resolve.places import ModuleIndex
from codemod.resolve.scopes import Scopes
from codemod.resolve.stars import stems

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Set

    from codemod.reader import Reader
    from codemod.resolve.places import Place

_LOADED_BY_NAME = re.compile(rb"\b(?:import_module|__import__|reload|modules)\b")
_BEFORE_DOT = re.compile(r"(?:\A|[^\w%])(\w+)[.:]\Z")


class Takers:
    """Looks through the files at ``paths``, which the ``reader`` reads, for what they may take from others; ``stars``
    are the modules from which some import everything.

    A module is known by the last part of its name, so another one of that name counts too.
    """

    def __init__(self, paths: Collection[str], reader: Reader, stars: Mapping[str, Set[str]]) -> None:
        self._paths = paths
        self._reader = reader
        self._stars = stars
        self._holding: dict[str, tuple[str, ...]] = {}
        self._indexes: dict[str, ModuleIndex | None] = {}

    def may_take(self, module: str, name: str) -> bool:
        """Whether a file other than ``module`` may take ``name`` from there."""
        if not stems([module]).isdisjoint(self._stars):
            return True
        file = PurePosixPath(module)
        stem = file.parent.name if file.stem == "__init__" else file.stem
        word = re.compile(rb"\b" + re.escape(stem.encode()) + rb"\b")
        raws = ((path, self._reader(path)) for path in self._files_with(name) if path != module)
        return any(
            raw is None
            or isinstance(raw, Excerpt)
            or (word.search(raw) and self._takes(path, raw, stem, name))
            for path, raw in raws
        )

    def _files_with(self, name: str) -> tuple[str, ...]:
        if name not in self._holding:
            self._holding[name] = tuple(path for path, _ in self._reader.search(self._paths, name))
        return self._holding[name]

    def _takes(self, path: str, raw: bytes, stem: str, name: str) -> bool:
        if path not in self._indexes:
            loaded = load(path, raw)
            self._indexes[path] = None if isinstance(loaded, FileError) else ModuleIndex(*loaded)
        index = self._indexes[path]
        if index is None:
            return True
        by_name = _LOADED_BY_NAME.search(raw) is not None or _is_passed_on(index, stem)
        return any(_is_taken(index, place, stem, by_name) for place in index.places(name))


def _is_taken(index: ModuleIndex, place: Place, stem: str, by_name: bool) -> bool:
    parent = place.parent()
    match place.role, place.node:
        case "import", _:
            return isinstance(parent, ast.ImportFrom) and _last(parent.module or "") == stem
        case "attribute", ast.Attribute(value=base):
            return _may_be_module(index, base, stem, by_name)
        case "keyword", _:
            function = parent.func if isinstance(parent, ast.Call) else None
            return isinstance(function, ast.Attribute) and function.attr == "multiple"
        case "string", node:
            return _is_named(index.source.text, place, stem) or (
                isinstance(node, ast.Constant)
                and isinstance(parent, (ast.Call, ast.keyword))
                and place.end - place.start == len(str(node.value))
            )
    return False


def _is_passed_on(index: ModuleIndex, stem: str) -> bool:
    """Whether the module of that name is assigned or given away where it is imported, and so gets other names."""
    statements = (node for node in ast.walk(index.tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    aliases = (alias for node in statements for alias in node.names)
    names = {alias.asname or stem for alias in aliases if _last(alias.name) == stem}
    return any(
        place.role in ("load", "attribute") and not isinstance(place.parent(), ast.Attribute)
        for name in names
        for place in index.places(name)
    )


def _may_be_module(index: ModuleIndex, base: ast.expr, stem: str, by_name: bool) -> bool:
    """Whether an expression may mean the module of that name, which may have others if it is known ``by_name``."""
    if isinstance(base, ast.Attribute) and base.attr == stem:
        return True
    if not isinstance(base, ast.Name):
        return by_name
    bindings = [p.node for group in Scopes(index).groups(base.id).values() for p in group.bindings]
    imported = [node for node in bindings if isinstance(node, ast.alias)]
    if any(_last(alias.name) == stem for alias in imported):
        return True
    return by_name and len(imported) < max(len(bindings), 1)


def _is_named(text: str, place: Place, stem: str) -> bool:
    """Whether the text of a string names the module before the dot, or leaves open what stands there."""
    before = text[max(place.start - 200, 0) : place.start]
    if not before.endswith((".", ":")):
        return False
    module = _BEFORE_DOT.search(before)
    return module is None or module[1] == stem


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
