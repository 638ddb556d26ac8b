"""Where a site gets the getter from: by which name, and what has to gain it first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.resolve.facts import GroupKey, Use, at_module
from codemod.resolve.origin import MISSING, Origin

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from codemod.decide.program import ImportedGroup, Program, Source


@dataclass(frozen=True, slots=True)
class Gain:
    """Something that has to gain the getter: an imported group, or (``in_all``) the ``__all__`` of a module,
    next to the factory's name in ``key``.
    """

    path: str
    key: GroupKey
    in_all: bool = False


@dataclass(frozen=True, slots=True)
class Provision:
    """How the getter is had: by ``name``, meaning ``origin``, once everything in ``gains`` has it.

    ``problem`` says why it cannot be had, and ``taken`` what has its name instead; both are empty where it can.
    ``advice`` is what to do about the problem, where that is special.
    """

    name: str
    origin: Origin
    gains: frozenset[Gain] = frozenset()
    problem: str = ""
    taken: str = ""
    advice: str = ""


class Provider:
    """Answers by which name modules and imports provide the getter, while the groups in ``kept`` keep the
    factory and only files in ``writable`` may gain anything.
    """

    def __init__(
        self, program: Program, kept: AbstractSet[tuple[str, GroupKey]], writable: AbstractSet[str]
    ) -> None:
        self.program = program
        self.kept = kept
        self.writable = writable
        self._getter = program.config.getter_name
        self._through: dict[tuple[str, str], Provision] = {}

    def for_use(self, path: str, use: Use) -> Provision:
        """How a use of the factory in a file gets the getter instead."""
        if self.program.config.getter_module:
            return self._dotted(path, use)
        if use.base is not None:
            module = self.program.links.module_of(path, use.base)
            if module.kind == "module":
                return self.through(module.module, use.name)
            return Provision(self._getter, Origin("external", module.module, self._getter))
        if group := self.program.imported_group(path, use):
            return self.for_group(group)
        return self.through(path, use.name)

    def for_mock(self, path: str, use: Use) -> Provision:
        """How a mock target gets the getter instead: the module that it names has to have it."""
        assert use.base is not None
        module = self.program.links.module_of(path, use.base)
        if module.kind != "module":
            problem = "the mock target is in a module that is not under the root"
            return Provision(self._getter, MISSING, problem=problem)
        return self.through(module.module, use.name)

    def for_group(self, group: ImportedGroup) -> Provision:
        """How the scope of an imported group gets the getter, and its name there."""
        provisions = [self.for_source(group, source) for source in group.sources]
        names = {self._local_name(group, s, p) for s, p in zip(group.sources, provisions, strict=True)}
        problem, advice = next(((p.problem, p.advice) for p in provisions if p.problem), ("", ""))
        if len(names) > 1 and not problem:
            problem = f"the imports of `{group.key.name}` in {group.path} would bind different names"
        gains = frozenset({Gain(group.path, group.key)}).union(*(p.gains for p in provisions))
        taken = next((p.taken for p in provisions if p.taken), "")
        return Provision(min(names), provisions[0].origin, gains, problem, taken, advice)

    def for_source(self, group: ImportedGroup, source: Source) -> Provision:
        """How one import statement of a group gets the getter; the name is the one that it has to import."""
        if self.program.config.getter_module:
            return self._dotted_module(group.path)
        if source.module is None:
            spec = source.binding.spec
            assert spec is not None
            outside = "." * spec.level + spec.module
            return Provision(self._getter, Origin("external", outside, self._getter))
        return self.through(source.module, source.name)

    def through(self, module: str, name: str) -> Provision:
        """How whoever takes the factory by ``name`` from ``module`` takes the getter from there."""
        key = (module, name)
        if key not in self._through:
            self._through[key] = Provision(self._getter, MISSING, problem=f"{module} imports it from itself")
            self._through[key] = self._provide(module, name)
        return self._through[key]

    def is_getters_own(self, path: str) -> bool:
        """Whether a file is the module that a dotted getter is configured to come from."""
        module = self.program.config.getter_module
        return bool(module) and path in self.program.links.tree.absolute(path, module)[:1]

    def _local_name(self, group: ImportedGroup, source: Source, provision: Provision) -> str:
        if (group.path, group.key) in self.kept or self.is_getters_own(group.path):
            return self._getter
        return source.binding.asname or provision.name

    def _provide(self, module: str, name: str) -> Provision:
        group = self.program.groups.get((module, at_module(name)))
        imported = self.for_group(group) if group else None
        switches = group is not None and (module, group.key) not in self.kept
        if imported and switches and imported.name == name and not imported.problem:
            return imported
        found = self.program.links.export(module, self._getter)
        if self.program.has_getter(module):
            if self._is_another(module, name, found):
                taken = (
                    f"`{self._getter}` in {module} is not the one beside `{self.program.config.factory_name}`"
                )
                return Provision(self._getter, found, taken=taken)
            brings_it = imported and switches and not imported.problem and imported.origin == found
            gains = imported.gains if imported and brings_it else frozenset[Gain]()
            return Provision(self._getter, found, gains)
        if imported is None:
            return self._through_star(module, name)
        if not imported.problem and module not in self.writable:
            problem = f"{module}, which is not written, would have to import it"
            return replace(imported, problem=problem, advice=_named(module))
        return imported

    def _is_another(self, module: str, name: str, found: Origin) -> bool:
        """Whether what a module has by the getter's name is not what stands beside the factory's definition."""
        factory = self.program.links.export(module, name)
        if factory.kind != "function" or not self.program.has_getter(factory.module):
            return False
        return self.program.links.export(factory.module, self._getter) != found

    def _through_star(self, module: str, name: str) -> Provision:
        star = self.program.links.star_source(module, name)
        if star is None:
            return Provision(self._getter, MISSING, problem=f"{module} has no `{self._getter}`")
        source = star[1]
        provision = self.through(source, name)
        dunder_all = self.program.facts[source].dunder_all
        if dunder_all is None:
            is_private = provision.name.startswith("_")
            problem = f"a star import of {source} does not bring `{provision.name}`" if is_private else ""
            return replace(provision, problem=provision.problem or problem)
        if any(entry.name == provision.name for entry in dunder_all.entries):
            return provision
        if not dunder_all.certain:
            return replace(
                provision, problem=f"the `__all__` of {source}, which cannot be followed, lacks it"
            )
        if source not in self.writable:
            problem = f"the `__all__` of {source}, which is not written, lacks it"
            return replace(provision, problem=problem, advice=_named(source))
        gain = Gain(source, at_module(name), in_all=True)
        return replace(provision, gains=provision.gains | {gain})

    def _dotted(self, path: str, use: Use) -> Provision:
        provision = self._dotted_module(path)
        group = self.program.imported_group(path, use)
        if group is not None:
            names = {self._local_name(group, source, provision) for source in group.sources}
            return replace(provision, name=min(names), gains=frozenset({Gain(path, group.key)}))
        if provision.problem or self.is_getters_own(path) or self.program.has_getter(path):
            return provision
        declared = use.base is not None and any(each.kind == "declared" for each in use.base.bindings)
        if use.group is not None or declared:
            problem = f"{path} does not have `{self._getter}`, and no import shows where it would go"
            module = self.program.config.getter_module
            advice = (
                f"Add `from {module} import {self._getter}` there, if {module} does not import this module."
            )
            return replace(provision, problem=problem, advice=advice)
        return provision

    def _dotted_module(self, path: str) -> Provision:
        module = self.program.config.getter_module
        tree = self.program.links.tree
        found = tree.absolute(path, module) or tree.elsewhere(module)
        if not found:
            return Provision(self._getter, Origin("external", module, self._getter))
        origin = self.program.links.export(found[0], self._getter)
        problem = "" if self.program.has_getter(found[0]) else f"{found[0]} has no `{self._getter}`"
        return Provision(self._getter, origin, problem=problem)


def _named(path: str) -> str:
    return f"Add {path} to PATHS, or give it the getter by hand."
