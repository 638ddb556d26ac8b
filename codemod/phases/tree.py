"""The project that a command works on: its files, what is defined in them, and the plan of its rewrite."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from codemod.migration import Migration
from codemod.model import Config, FileError, Remark, Report, Summary
from codemod.progress import unwatched
from codemod.read import load
from codemod.resolve.packages import ModuleTree
from codemod.resolve.places import ModuleIndex
from codemod.resolve.scopes import Scopes
from codemod.run import Found, search
from codemod.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Sequence, Set
    from pathlib import Path

    from codemod.decide.settle import Settlement
    from codemod.progress import Watch
    from codemod.resolve.links import Links

SESSION = "get_or_create_user_session"
"""The function that finds or makes a session: phase 1."""
_TABLE = "[tool.ctxmigrate]"
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
        self._mentioning = {**found.further, found.config.factory_name: found.mentioning}

    @classmethod
    def open(
        cls,
        root: Path,
        config: Config,
        paths: Sequence[Path],
        watch: Watch = unwatched,
        workers: Workers | None = None,
    ) -> Tree:
        """Find the files, with ``workers`` if they are many.

        Raises UsageError where a path does not exist or is not under ``root``.
        """
        found = search(root, config, paths, watch, workers, (config.getter_name, SESSION))
        return cls(root, found.config, found, watch)

    @property
    def selected(self) -> Set[str]:
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
        workers = Workers()
        migration = Migration(self.root, self.config, self.found, self._watch, workers)
        unread = sorted(self.found.reader.errors.items())
        errors = tuple(error for path, error in unread if path in selected)
        summary = Summary(files_scanned=len(selected), errors=len(errors))
        blank = Report(str(self.root), self.config, summary, errors=errors, selected=selected)
        with workers:
            workers.start_rewriting(self.found.size)
            return migration.plan(blank), migration

    def mentioning(self, name: str) -> tuple[str, ...]:
        """The Python files that have ``name`` in them as a whole word."""
        if name not in self._mentioning:
            found = self.found.reader.search(self.found.paths, name)
            paths = tuple(path for path, _ in found if self.found.reader(path) is not None)
            self._mentioning[name] = paths
        return self._mentioning[name]

    def module(self, path: str) -> ModuleIndex | FileError:
        """A file, parsed; a FileError where it cannot be read or parsed."""
        if path not in self._indexes:
            self._indexes[path] = self._opened(path)
        return self._indexes[path]

    def homes(self, function: str) -> tuple[str, ...]:
        """The files with the name of a function in which it may be defined: the module of a dotted one and the stub
        beside it, or any module.
        """
        module, _, name = function.rpartition(".")
        paths = self.mentioning(name)
        if not module:
            return paths
        own = self.modules.named(module)
        return tuple(path for path in paths if path in own or path.removesuffix("i") in own)

    def definitions(self, function: str) -> tuple[Definition, ...]:
        """The definitions of a function under the root, by path: of a dotted one those of its module, of a bare
        one those of any module.
        """
        name = function.rpartition(".")[2]
        indexes = map(self.module, self.homes(function))
        found = (definition(name, index) for index in indexes if isinstance(index, ModuleIndex))
        return tuple(each for each in found if each)

    def factory(self) -> Definition | tuple[Remark | FileError, ...]:
        """The one definition of the factory among the selected files; where there is none, or several, why a
        command that needs it cannot work, with a FileError for each file that does not parse. Stubs are beside it.
        """
        if broken := self.broken_definitions():
            return broken
        everywhere = [each for each in self.definitions(self.config.factory) if not each.is_stub]
        here = [each for each in everywhere if each.path in self.selected]
        if len(here) == 1:
            return here[0]
        if here:
            return tuple(self._one_of_several(each) for each in here)
        return (self._not_here(everywhere),)

    def broken_definitions(self) -> tuple[FileError, ...]:
        """The files that seem to define the factory and do not parse."""
        name = self.config.factory_name
        broken = (self._broken_definition(path, name) for path in self.mentioning(name))
        return tuple(each for each in broken if each)

    def narrowed(self, definition: Definition) -> Tree:
        """The same project with ``definition`` alone as its factory."""
        factory = f"{self.dotted(definition.path)}.{definition.name}"
        if factory == self.config.factory:
            return self
        return Tree(self.root, replace(self.config, factory=factory), self.found, self._watch)

    def dotted(self, path: str) -> str:
        """The name by which the module in a file is imported from elsewhere under the root."""
        return self.modules.dotted(path)

    def _opened(self, path: str) -> ModuleIndex | FileError:
        raw = self.found.reader(path)
        if raw is None:
            return self.found.reader.errors[path]
        loaded = load(path, raw)
        return loaded if isinstance(loaded, FileError) else ModuleIndex(*loaded)

    def _broken_definition(self, path: str, name: str) -> FileError | None:
        index = self.module(path)
        raw = self.found.reader(path) or b""
        if not isinstance(index, FileError) or not re.search(rb"\bdef\s+" + name.encode() + rb"\b", raw):
            return None
        return replace(index, message=f"{index.message}; mend it first, as it seems to define `{name}`")

    def _not_here(self, elsewhere: Sequence[Definition]) -> Remark:
        factory = self.config.factory
        if not elsewhere:
            advice = f"Set `factory` in {_TABLE} to its dotted name, or run this in the project's own folder."
            return Remark("", 0, f"the factory `{factory}` is defined nowhere under the root", advice)
        places = "; ".join(f"{each.path}:{each.line}" for each in elsewhere)
        if len(elsewhere) == 1:
            advice = f"Name {elsewhere[0].path} (seen from the root) as PATH, or run this in the root."
        else:
            advice = "Name the file of the right one as PATH."
        return Remark("", 0, f"the factory `{factory}` is defined not in PATHS, but in {places}", advice)

    def _one_of_several(self, definition: Definition) -> Remark:
        dotted = f"{self.dotted(definition.path)}.{definition.name}"
        return Remark(
            definition.path,
            definition.line,
            f"one of several definitions of `{definition.name}`",
            f'Name {definition.path} as PATH, or set factory = "{dotted}" in {_TABLE}.',
        )


def definition(name: str, index: ModuleIndex) -> Definition | None:
    """What a module defines of a function; None where it does not."""
    group = Scopes(index).groups(name).get(index.tree)
    nodes = [place.node for place in group.bindings if place.role == "def"] if group else []
    functions = tuple(node for node in nodes if isinstance(node, FunctionNode))
    return Definition(name, index, functions) if functions else None
