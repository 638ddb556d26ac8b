"""The project that a command works on: its files, what is defined in them, and the plan of its rewrite."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from codemod.migration import Migration, load
from codemod.model import Config, FileError, Remark, Report, Summary
from codemod.progress import unwatched
from codemod.resolve.packages import ModuleTree
from codemod.resolve.places import ModuleIndex
from codemod.resolve.scopes import Scopes
from codemod.run import Found, search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codemod.decide.settle import Settlement
    from codemod.progress import Watch
    from codemod.resolve.links import Links

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A function that a module defines: all the ``def`` statements of its name at module level, overloads and
    those under ``if`` and ``try`` too, in the order of the text.
    """

    name: str
    index: ModuleIndex
    nodes: tuple[FunctionNode, ...]

    @property
    def path(self) -> str:
        """The file, relative to the root."""
        return self.index.source.path

    @property
    def line(self) -> int:
        """The line of the first definition."""
        return self.nodes[0].lineno

    @property
    def is_stub(self) -> bool:
        """Whether it only declares the function, in a ``.pyi``."""
        return self.path.endswith(".pyi")


class Tree:
    """The files that were ``found`` at ``root``. What is asked for is found out once and kept."""

    def __init__(self, root: Path, config: Config, found: Found, watch: Watch = unwatched) -> None:
        self.root = root
        self.config = config
        self.found = found
        self.modules = ModuleTree(found.paths, config.source_roots, root.name)
        self._watch = watch
        self._indexes: dict[str, ModuleIndex | FileError] = {}

    @classmethod
    def open(cls, root: Path, config: Config, paths: Sequence[Path], watch: Watch = unwatched) -> Tree:
        """Find the files. Raises UsageError where a path does not exist or is not under ``root``."""
        return cls(root, config, search(root, config, paths, watch), watch)

    @property
    def selected(self) -> frozenset[str]:
        """The files that PATHS name: those that a command tells of and may write."""
        return self.found.selected

    @property
    def report(self) -> Report:
        """What ``rewrite`` would do now."""
        return self._planned[0]

    @property
    def links(self) -> Links:
        """What names lead to, in all files that have to do with the factory."""
        return self._planned[1].gathering.links

    @property
    def settlement(self) -> Settlement | None:
        """How the sites of the full plan are settled; None where there is nothing to settle."""
        return self._planned[1].settlement

    @cached_property
    def _planned(self) -> tuple[Report, Migration]:
        selected = self.found.selected
        migration = Migration(self.root, self.config, self.found, self._watch)
        unread = sorted(self.found.reader.errors.items())
        errors = tuple(error for path, error in unread if path in selected)
        summary = Summary(files_scanned=len(selected), errors=len(errors))
        blank = Report(str(self.root), self.config, summary, errors=errors, selected=selected)
        return migration.plan(blank), migration

    def mentioning(self, name: str) -> tuple[str, ...]:
        """The Python files that have ``name`` in them as a whole word."""
        word = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)")
        reader = self.found.reader
        return tuple(
            path
            for path in self.found.paths
            if reader.holds(path, name.encode()) and word.search(reader(path) or b"")
        )

    def module(self, path: str) -> ModuleIndex | FileError:
        """A file, parsed; a FileError where it cannot be read or parsed."""
        if path not in self._indexes:
            self._indexes[path] = self._opened(path)
        return self._indexes[path]

    def definitions(self, function: str) -> tuple[Definition, ...]:
        """The definitions of a function under the root, by path: of a dotted one those of its module, of a bare
        one those of any module.
        """
        module, _, name = function.rpartition(".")
        paths = self.mentioning(name)
        if module:
            own = self.modules.absolute("", module)
            stubs = {f"{path}i" for path in own}
            paths = tuple(path for path in paths if path in own or path in stubs)
        indexes = (self.module(path) for path in paths)
        found = (_definition(name, index) for index in indexes if isinstance(index, ModuleIndex))
        return tuple(definition for definition in found if definition)

    def factory(self) -> Definition | tuple[Remark, ...]:
        """The one definition of the factory among the selected files; where there is none, or several, why a
        command that needs it cannot work. Stubs are beside it.
        """
        name = self.config.factory_name
        broken = [error for path in self.mentioning(name) if (error := self._broken_definition(path, name))]
        if broken:
            return tuple(broken)
        everywhere = [each for each in self.definitions(self.config.factory) if not each.is_stub]
        here = [each for each in everywhere if each.path in self.selected]
        if len(here) == 1:
            return here[0]
        if here:
            return tuple(self._one_of_several(each) for each in here)
        known = "; ".join(f"{each.path}:{each.line}" for each in everywhere)
        where = f"not in PATHS, but in {known}" if known else "nowhere under the root"
        return (
            Remark(
                "",
                0,
                f"the factory `{self.config.factory}` is defined {where}",
                "Set `factory` in [tool.ctxmigrate] to the dotted name of the function.",
            ),
        )

    def narrowed(self, definition: Definition) -> Tree:
        """The same project with ``definition`` alone as its factory."""
        factory = f"{self.dotted(definition.path)}.{definition.name}"
        if factory == self.config.factory:
            return self
        return Tree(self.root, replace(self.config, factory=factory), self.found, self._watch)

    def dotted(self, path: str) -> str:
        """The name by which the module in a file is imported from elsewhere under the root."""
        parts = re.sub(r"(/__init__)?\.pyi?$", "", path).split("/")
        folders = [path.rpartition("/")[0]]
        while folders[-1] and self._is_package(folders[-1]):
            folders.append(folders[-1].rpartition("/")[0])
        depth = folders[-1].count("/") + 1 if folders[-1] else 0
        names = [".".join(parts[start:]) for start in (depth, *range(len(parts)))]
        return next((name for name in names if name and path in self.modules.absolute("", name)), names[0])

    def _is_package(self, folder: str) -> bool:
        return f"{folder}/__init__.py" in self.found.paths

    def _opened(self, path: str) -> ModuleIndex | FileError:
        raw = self.found.reader(path)
        if raw is None:
            return self.found.reader.errors[path]
        loaded = load(path, raw)
        return loaded if isinstance(loaded, FileError) else ModuleIndex(*loaded)

    def _broken_definition(self, path: str, name: str) -> Remark | None:
        index = self.module(path)
        raw = self.found.reader(path) or b""
        if not isinstance(index, FileError) or not re.search(rb"\bdef\s+" + name.encode() + rb"\b", raw):
            return None
        return Remark(
            path,
            index.line,
            f"it seems to define `{name}`, and {index.message}",
            "Mend the file, then run the command again.",
        )

    def _one_of_several(self, definition: Definition) -> Remark:
        dotted = f"{self.dotted(definition.path)}.{definition.name}"
        return Remark(
            definition.path,
            definition.line,
            f"one of several definitions of `{definition.name}`",
            f'Name {definition.path} as PATH, or set factory = "{dotted}" in [tool.ctxmigrate].',
        )


def _definition(name: str, index: ModuleIndex) -> Definition | None:
    group = Scopes(index).groups(name).get(index.tree)
    nodes = [place.node for place in group.bindings if place.role == "def"] if group else []
    functions = tuple(node for node in nodes if isinstance(node, FunctionNode))
    return Definition(name, index, functions) if functions else None
