"""Who still needs the factory after the run, and so which imports must keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.resolve.facts import GroupKey, Use, at_module

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.decide.draft import Draft
    from codemod.decide.program import Program


class Needs:
    """``kept`` are the imported groups that stay the factory, given the drafts that are not migrated and the
    groups that are ``left_alone`` because nobody asks them for the getter.
    """

    def __init__(
        self, program: Program, staying: Iterable[Draft], left_alone: Iterable[tuple[str, GroupKey]]
    ) -> None:
        self.program = program
        self.kept: set[tuple[str, GroupKey]] = set()
        self._needed: set[tuple[str, str]] = set()
        for draft in staying:
            self._keep_for(draft.path, draft.use)
        for path, use in program.anchored:
            self._keep_for(path, use)
        for path, key in left_alone:
            self._keep(path, key)
        for path, name in program.star_exports:
            self._need(path, name)
        for (path, key), group in program.groups.items():
            if group.is_public or not group.is_clean or path not in program.writable:
                self._keep(path, key)
            if key.name != program.config.factory_name and self._stars_beside(path, key):
                self._keep(path, key)
            if any(key.name in words and other != path for other, words in program.broken.items()):
                self._need(path, key.name)

    def _keep_for(self, path: str, use: Use) -> None:
        if use.base is not None:
            for module in self.program.links.modules_of(path, use.base):
                self._need(module, use.name)
        elif use.group is not None:
            self._keep(path, use.group)
        elif use.kind in ("call", "reference"):
            self._need(path, use.name)

    def _stars_beside(self, path: str, key: GroupKey) -> tuple[str, ...]:
        """From where star imports bring the same name. An alias would mean the getter in one way and the factory
        in another if only one of the imports switched, so it stays.
        """
        if key != at_module(key.name):
            return ()
        return self.program.links.star_sources_beside(path, key.name)

    def _keep(self, path: str, key: GroupKey) -> None:
        """The imports that bind ``key`` stay, so the modules they take it from must keep it too."""
        group = self.program.groups.get((path, key))
        if group is None or (path, key) in self.kept:
            return
        self.kept.add((path, key))
        for source in group.sources:
            if source.module:
                self._need(source.module, source.name)
        for module in self._stars_beside(path, key):
            self._need(module, key.name)

    def _need(self, path: str, name: str) -> None:
        """Somebody takes ``name`` from the module ``path`` and needs the factory."""
        if (path, name) in self._needed:
            return
        self._needed.add((path, name))
        self._keep(path, at_module(name))
        star = self.program.links.star_source(path, name)
        if star:
            self._need(star[1], name)
