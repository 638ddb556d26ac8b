"""Finds the files that can matter, and collects their facts until no new name turns up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from codemod.model import Config, FileError
from codemod.resolve.facts import MODULE_SCOPE, FileFacts
from codemod.resolve.links import Links
from codemod.resolve.places import ModuleIndex
from codemod.resolve.survey import Survey

if TYPE_CHECKING:
    import ast

    from codemod.progress import Watch
    from codemod.resolve.packages import ModuleTree
    from codemod.source import Source

Load = Callable[[str, bytes], "tuple[Source, ast.Module] | FileError"]
"""Decodes and parses the bytes of a file."""

_PACKAGE = "."
_RELATIVE = re.compile(rb"from[\s\\]*\.")
_STAR = re.compile(rb"import[\s\\]*\*")
_STAR_FROM = re.compile(rb"\bfrom[\s\\]+([\w.]+)[\s\\]+import[\s\\]*\*")
_PASSES_NAMES_ON = re.compile(rb"import[\s\\]*\(?[\s\\]*\*|__getattr__")


class Gathering:
    """The files of a tree that mention the factory, pass it on or get it from one that does.

    ``read`` gives the bytes of a file, or None where it cannot be read. Afterwards ``facts`` and ``indexes``
    hold what was parsed, ``errors`` what could not be, ``matched`` is where the factory's name stands as a
    whole word, and ``links`` joins it all.
    """

    def __init__(
        self,
        config: Config,
        tree: ModuleTree,
        paths: Iterable[str],
        read: Callable[[str], bytes | None],
        load: Load,
    ) -> None:
        self.config = config
        self.facts: dict[str, FileFacts] = {}
        self.indexes: dict[str, ModuleIndex] = {}
        self._surveys: dict[str, Survey] = {}
        self.errors: dict[str, FileError] = {}
        self.matched: frozenset[str] = frozenset()
        self.links = Links(config, tree, self.ask)
        self._paths = list(paths)
        self._read = read
        self._load = load
        self._asked: dict[str, set[str]] = {}
        self._aliases: dict[str, set[str]] = {}

    def gather(self, mentioning: Iterable[str], watch: Watch) -> None:
        """Collect the facts about the factory from the files ``mentioning`` it, then about every other name that
        it is exported by.
        """
        factory = self.config.factory_name
        self.matched = frozenset(path for path in mentioning if _mentions(self._read(path) or b"", factory))
        for path in watch("Reading", sorted(self.matched)):
            self.ask(path, factory)
        while aliases := self._new_aliases():
            for name, modules in aliases.items():
                self._follow_stars(name, modules)
            for path in self._paths:
                raw = self._read(path) or b""
                for name, modules in aliases.items():
                    if _mentions(raw, name) and _could_import(raw, modules):
                        self.ask(path, name)

    def _follow_stars(self, name: str, modules: set[str]) -> None:
        """Add to the modules that export ``name`` those that do so by a star import, without its being in them."""
        found = True
        while found:
            stems = _stems(modules)
            importers = self._star_importers.items()
            near = [path for path, sources in importers if path not in modules and sources & stems]
            more = {path for path in near if self._exports(path, name)}
            modules |= more
            found = bool(more)

    def star_importers(self, module: str, name: str) -> tuple[str, ...]:
        """The files that import everything from a module and have ``name`` in them."""
        stems = _stems({module})
        near = (path for path, sources in self._star_importers.items() if sources & stems)
        facts = (self.ask(path, name) for path in near if _mentions(self._read(path) or b"", name))
        return tuple(each.path for each in facts if each and self.links.takes_all_of(each, module))

    @cached_property
    def _star_importers(self) -> dict[str, set[str]]:
        """For each file with star imports the last parts of the names of the modules that it takes."""
        found = {}
        for path in self._paths:
            raw = self._read(path) or b""
            if _STAR.search(raw):
                parts = (match[1].decode("ascii").rpartition(".")[2] for match in _STAR_FROM.finditer(raw))
                found[path] = {part or _PACKAGE for part in parts}
        return found

    def _exports(self, path: str, name: str) -> bool:
        if self.ask(path, name) is None:
            return False
        origin = self.links.export(path, name)
        return self.links.is_factory(origin) or origin.leads

    def ask(self, path: str, name: str) -> FileFacts | None:
        """The facts of a file, which say all about ``name``; None where it cannot be parsed."""
        if path in self.errors:
            return None
        if name in self._asked.setdefault(path, set()):
            return self.facts[path]
        self._asked[path].add(name)
        if path not in self._surveys and not self._open(path, name):
            return None if path in self.errors else self.facts.setdefault(path, FileFacts(path))
        try:
            found = self._surveys[path].facts([name, self.config.getter_name])
        except RecursionError:
            self.give_up(path)
            return None
        known = self.facts.get(path, found)
        self._asked[path] |= found.names.keys()
        self.facts[path] = replace(found, names={**known.names, **found.names})
        return self.facts[path]

    def give_up(self, path: str) -> None:
        """Treat a file as one that cannot be parsed, because its syntax is nested too deeply to be walked."""
        self.errors[path] = FileError(path, 1, "CTX901", "nested too deeply to be looked through")
        self.indexes.pop(path, None)
        self.facts.pop(path, None)

    def _open(self, path: str, name: str) -> bool:
        """Parse a file that has ``name`` in it or may pass it on; whether there is one to look at."""
        raw = self._read(path)
        if raw is None or not (_mentions(raw, name) or _PASSES_NAMES_ON.search(raw)):
            return False
        loaded = self._load(path, raw)
        if isinstance(loaded, FileError):
            self.errors[path] = loaded
            return False
        self.indexes[path] = ModuleIndex(*loaded)
        self._surveys[path] = Survey(self.indexes[path], self.config.getter_name)
        return True

    def broken_words(self) -> dict[str, frozenset[str]]:
        """For each file that could not be parsed the names of the factory in it."""
        names = {self.config.factory_name, *self._aliases}
        words = {}
        for path in self.errors:
            raw = self._read(path) or b""
            words[path] = frozenset(name for name in names if _mentions(raw, name))
        return words

    def _new_aliases(self) -> dict[str, set[str]]:
        """The names other than its own by which modules export the factory, with the modules; only new ones."""
        new: dict[str, set[str]] = {}
        for path, facts in list(self.facts.items()):
            for name in facts.names:
                if (
                    name != self.config.factory_name
                    and any(group.key.scope == MODULE_SCOPE for group in facts.names[name].groups)
                    and (path not in self._aliases.get(name, set()))
                ) and self._exports(path, name):
                    new.setdefault(name, set()).add(path)
        for name, modules in new.items():
            self._aliases.setdefault(name, set()).update(modules)
        return new


def _mentions(raw: bytes, name: str) -> bool:
    word = name.encode()
    return word in raw and re.search(rb"(?<!\w)" + re.escape(word) + rb"(?!\w)", raw) is not None


def _could_import(raw: bytes, modules: set[str]) -> bool:
    """Whether a file names the last part of one of the modules, imports relatively, or imports everything."""
    if _RELATIVE.search(raw) or _STAR.search(raw):
        return True
    return any(_mentions(raw, stem) for stem in _stems(modules))


def _stems(modules: set[str]) -> set[str]:
    """The last parts of the names of modules; a package may also be named by dots alone."""
    packages = {_PACKAGE for module in modules if re.search(r"__init__\.pyi?$", module)}
    return packages | {re.sub(r"(/__init__)?\.pyi?$", "", module).rpartition("/")[2] for module in modules}
