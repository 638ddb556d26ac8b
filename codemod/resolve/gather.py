"""Finds the files that can matter, and collects their facts until no new name turns up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.model import Config, FileError
from codemod.reader import Excerpt
from codemod.resolve.facts import MODULE_SCOPE, FileFacts
from codemod.resolve.links import Links
from codemod.resolve.stars import has_star, stems
from codemod.resolve.surveys import Indexes, survey, survey_facts
from codemod.spelling import mentions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Set

    from codemod.progress import Watch
    from codemod.reader import Reader
    from codemod.resolve.packages import ModuleTree
    from codemod.resolve.places import ModuleIndex

_RELATIVE = re.compile(rb"from[\s\\]*\.")
_PASSES_NAMES_ON = re.compile(rb"import[\s\\]*\(?[\s\\]*\*|__getattr__")


class Gathering:
    """The files of a tree that mention the factory, pass it on or get it from one that does.

    ``paths`` are all files, which the ``reader`` reads, and ``stars`` those that import everything, by the last part
    of the module's name. Afterwards ``facts`` and ``indexes`` hold what was parsed, ``errors`` what could not be,
    ``matched`` is where the factory's name stands as a whole word, and ``links`` joins it all.
    """

    def __init__(
        self,
        config: Config,
        tree: ModuleTree,
        paths: Collection[str],
        reader: Reader,
        stars: Mapping[str, Set[str]],
    ) -> None:
        self.config = config
        self.facts: dict[str, FileFacts] = {}
        self.indexes = Indexes(reader, config.getter_name)
        self.errors: dict[str, FileError] = {}
        self.matched: frozenset[str] = frozenset()
        self.links = Links(config, tree, self.ask)
        self._paths = paths
        self._reader = reader
        self._asked: dict[str, set[str]] = {}
        self._aliases: dict[str, set[str]] = {}
        self._mentioning: dict[str, list[str]] = {}
        self._stars = stars

    def matching(self, mentioning: Iterable[str]) -> dict[str, bytes]:
        """Those of the files ``mentioning`` the factory's name that have it as a whole word, with their bytes."""
        factory = self.config.factory_name
        raws = ((path, self._reader(path) or b"") for path in sorted(mentioning))
        found = {path: raw for path, raw in raws if mentions(raw, factory)}
        self.matched = frozenset(found)
        return found

    def take(self, path: str, facts: FileFacts | FileError) -> None:
        """Take up what is known of one of those files: what it says about the factory, or why it cannot be parsed."""
        self._asked.setdefault(path, set()).add(self.config.factory_name)
        if isinstance(facts, FileError):
            self.errors[path] = facts
        else:
            self._add(path, facts)

    def gather(self, mentioning: Iterable[str], watch: Watch) -> None:
        """Collect the facts about the factory from the files ``mentioning`` it, and about its other names."""
        for path in watch("Reading", list(self.matching(mentioning))):
            self.ask(path, self.config.factory_name)
        self.follow()

    def follow(self) -> None:
        """Collect the facts about every other name that the factory is exported by."""
        while aliases := self._new_aliases():
            self._search(aliases)
            for name, of_name in aliases.items():
                self._follow_stars(name, of_name)
            for name, of_name in aliases.items():
                for path in self._mentioning[name]:
                    if _could_import(self._reader(path) or b"", of_name):
                        self.ask(path, name)

    def _follow_stars(self, name: str, modules: set[str]) -> None:
        """Add to the modules that export ``name`` those that do so by a star import, without its being in them."""
        found = True
        while found:
            near = self._takers_of_all(modules) - modules
            more = {path for path in near if self._exports(path, name)}
            modules |= more
            found = bool(more)

    def star_importers(self, module: str, name: str) -> tuple[str, ...]:
        """The files that import everything from a module, or from another one that does, and have ``name`` in them."""
        found = {module}
        pending = [module]
        while pending:
            source = pending.pop()
            asked = (self._taker(path, name) for path in sorted(self._takers_of_all({source}) - found))
            takers = [facts for facts in asked if facts and self.links.takes_all_of(facts, source)]
            found |= {facts.path for facts in takers}
            pending += [facts.path for facts in takers if facts.dunder_all is None]
        return tuple(path for path in sorted(found - {module}) if mentions(self._reader(path) or b"", name))

    def _taker(self, path: str, name: str) -> FileFacts | None:
        """The facts of a file that may pass ``name`` on; one that has not even the name is not taken up."""
        raw = self._reader(path) or b""
        if mentions(raw, name):
            return self.ask(path, name)
        found = survey_facts(path, raw, name, self.config.getter_name)
        return None if isinstance(found, FileError) else found

    def _takers_of_all(self, modules: set[str]) -> set[str]:
        """The files that import everything from modules whose names end like those of ``modules``."""
        return {path for stem in stems(modules) for path in self._stars.get(stem, ())}

    def _search(self, names: Iterable[str]) -> None:
        """Look through all files for those of the ``names`` that were not looked for yet."""
        new = [name for name in names if name not in self._mentioning]
        self._mentioning.update((name, []) for name in new)
        for path, sight in self._reader.search(self._paths, *new) if new else ():
            for name in sight.names:
                self._mentioning[name].append(path)

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
        raw = self._reader(path)
        if raw is None or not (_may_have(raw, name) or isinstance(raw, Excerpt)):
            return self.facts.setdefault(path, FileFacts(path))
        found = survey_facts(path, raw, name, self.config.getter_name)
        if isinstance(found, FileError):
            self.errors[path] = found
            return None
        return self._add(path, found)

    def parsed(self, path: str) -> ModuleIndex | None:
        """A file of the tree, whatever it mentions; None where it cannot be read or parsed."""
        raw = self._reader(path)
        found = survey(path, raw, self.config.getter_name) if raw is not None else None
        return None if found is None or isinstance(found, FileError) else found.index

    def _add(self, path: str, found: FileFacts) -> FileFacts:
        self.indexes.paths.add(path)
        known = self.facts.get(path, found)
        self._asked[path] |= found.names.keys()
        self.facts[path] = replace(found, names={**known.names, **found.names})
        return self.facts[path]

    def give_up(self, path: str, error: FileError) -> None:
        """Treat a file as one that cannot be parsed."""
        self.errors[path] = error
        self.indexes.paths.discard(path)
        self.facts.pop(path, None)

    def broken_words(self) -> dict[str, frozenset[str]]:
        """For each file that could not be parsed the names of the factory in it."""
        names = {self.config.factory_name, *self._aliases}
        words = {}
        for path in self.errors:
            raw = self._reader(path) or b""
            words[path] = frozenset(name for name in names if mentions(raw, name))
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


def _may_have(raw: bytes, name: str) -> bool:
    return mentions(raw, name) or _PASSES_NAMES_ON.search(raw) is not None


def _could_import(raw: bytes, modules: set[str]) -> bool:
    """Whether a file names the last part of one of the modules, imports relatively, or imports everything."""
    if _RELATIVE.search(raw) or has_star(raw):
        return True
    return any(mentions(raw, stem) for stem in stems(modules))
