"""The whole tree as the second step sees it: every draft, and every import that leads to the factory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codemod.resolve.facts import MODULE_SCOPE, Binding, FileFacts, GroupFacts, GroupKey, Use, group_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from codemod.decide.draft import Draft
    from codemod.model import Config
    from codemod.resolve.links import Links


@dataclass(frozen=True, slots=True)
class Source:
    """An import that leads to the factory: by which name from which module under the root (None: outside)."""

    binding: Binding
    name: str
    module: str | None


@dataclass(frozen=True, slots=True)
class ImportedGroup:
    """A name that imports bind to the factory in one scope of a file.

    ``is_clean`` tells that it means nothing else there; ``is_public`` that it is a deliberate re-export.
    """

    path: str
    key: GroupKey
    sources: tuple[Source, ...]
    is_clean: bool
    is_public: bool


@dataclass(frozen=True)
class Program:
    """Facts and drafts of all files.

    ``anchored`` are uses in definitions that stay as they are; ``writable`` files may change; ``broken`` ones
    could not be parsed and are known by the tracked names that their bytes contain; ``star_importers`` gives the
    files that import everything from a module and have a name in them.
    """

    config: Config
    links: Links
    facts: Mapping[str, FileFacts]
    drafts: tuple[Draft, ...]
    anchored: tuple[tuple[str, Use], ...]
    writable: Set[str]
    broken: Mapping[str, frozenset[str]]
    star_importers: Callable[[str, str], tuple[str, ...]]

    @cached_property
    def groups(self) -> dict[tuple[str, GroupKey], ImportedGroup]:
        """Every group that leads to the factory by import, by file and key."""
        found = {}
        for path, facts in list(self.facts.items()):
            for names in facts.names.values():
                for group in names.groups:
                    imported = self._imported(path, facts, group)
                    if imported:
                        found[path, group.key] = imported
        return found

    @cached_property
    def star_exports(self) -> tuple[tuple[str, str], ...]:
        """The modules, each with the name, that list a name of the factory in ``__all__`` and get it by a star
        import: public re-exports without an import of that name.
        """
        return tuple(
            (path, name)
            for path, facts in list(self.facts.items())
            for name in facts.names
            if facts.dunder_all
            and name in facts.dunder_all.names
            and self.links.star_source(path, name)
            and self.links.is_factory(self.links.export(path, name))
        )

    def lookups(self, path: str, use: Use) -> frozenset[tuple[str, str]]:
        """The modules and their names in which a use looks the factory up when it runs."""
        if use.base is not None:
            return frozenset((module, use.name) for module in self.links.modules_of(path, use.base))
        if use.group is None or use.group.scope == MODULE_SCOPE:
            return frozenset({(path, use.name)})
        group = self.imported_group(path, use)
        return frozenset(
            (source.module, source.name) for source in (group.sources if group else ()) if source.module
        )

    def imported_group(self, path: str, use: Use) -> ImportedGroup | None:
        """The imported group that a use in a file reads by its own name; None where no import brings that."""
        return self.groups.get((path, use.group)) if use.group else None

    def getter_bindings(self, path: str, scope: int) -> tuple[Binding, ...]:
        """What binds the getter's name in one scope of a file, in the order of the text."""
        group = group_of(self.facts[path], GroupKey(scope, self.config.getter_name))
        return group.bindings if group else ()

    def has_getter(self, path: str) -> bool:
        """Whether a module has the getter's name, whatever it is bound to."""
        return self.links.has_at_run_time(path, self.config.getter_name)

    def _imported(self, path: str, facts: FileFacts, group: GroupFacts) -> ImportedGroup | None:
        sources = tuple(
            Source(binding, binding.spec.name, self.links.source_module(path, binding.spec))
            for binding in group.bindings
            if binding.spec and binding.spec.name and self._leads(path, binding)
        )
        if not sources:
            return None
        is_clean = group.scope_kind != "class" and self.links.is_factory(self.links.group(path, group.key))
        return ImportedGroup(path, group.key, sources, is_clean, self._is_public(facts, group))

    def _leads(self, path: str, binding: Binding) -> bool:
        origin = self.links.binding(path, binding)
        return self.links.is_factory(origin) or origin.leads

    def _is_public(self, facts: FileFacts, group: GroupFacts) -> bool:
        if group.key.scope != MODULE_SCOPE:
            return False
        if facts.dunder_all and group.key.name in facts.dunder_all.names:
            return True
        if any(binding.is_public for binding in group.bindings):
            return True
        is_package = facts.path.rpartition("/")[2] in ("__init__.py", "__init__.pyi")
        return is_package and not any(use.group == group.key for use in facts.names[group.key.name].uses)
