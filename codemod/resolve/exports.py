"""What names of modules lead to, through imports, re-exports and star imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.resolve.facts import (
    Binding,
    FileFacts,
    GroupFacts,
    GroupKey,
    ImportSpec,
    Signature,
    StarImport,
    at_module,
    group_of,
)
from codemod.resolve.origin import MISSING, OTHER, Origin

if TYPE_CHECKING:
    from codemod.model import Config
    from codemod.resolve.packages import ModuleTree

Ask = Callable[[str, str], "FileFacts | None"]
"""Gives the facts of a file about a name; None where the file could not be read or parsed."""


class Exports:
    """Answers what names lead to. Answers are kept; facts of further files are asked for when needed."""

    def __init__(self, config: Config, tree: ModuleTree, ask: Ask) -> None:
        self.config = config
        self.tree = tree
        self._ask = ask
        self._exports: dict[tuple[str, str], Origin] = {}
        self._following: set[tuple[str, str]] = set()
        self._factory_files = tree.named(config.factory_module) if config.factory_module else ()

    def is_factory(self, origin: Origin) -> bool:
        """Whether an origin is the factory."""
        if origin.name != self.config.factory_name or origin.kind not in ("function", "external"):
            return False
        if not self.config.factory_module:
            return True
        if origin.kind == "external":
            return origin.module == self.config.factory_module
        return origin.module in self._factory_files

    def factory_problem(self) -> tuple[str, int, str] | None:
        """Where and why a dotted factory finds nothing: its module is under the root and does not define it, or its
        package is and has no such module.
        """
        factory = f"the configured factory `{self.config.factory}`"
        if not self._factory_files:
            package, _, module = self.config.factory_module.partition(".")
            for home in self.tree.named(package) if module else ():
                if not home.endswith("/"):
                    return home, 1, f"{factory} is not found: this package has no module `{module}`"
            return None
        if self.defines(self._factory_files[0], at_module(self.config.factory_name)):
            return None
        return self._factory_files[0], 1, f"{factory} is not defined here"

    def export(self, path: str, name: str) -> Origin:
        """What the module-level ``name`` of a file leads to when it is imported from there."""
        key = (path, name)
        if key in self._exports:
            return self._exports[key]
        if key in self._following:
            return MISSING
        self._following.add(key)
        try:
            origin = self._export(path, name)
        finally:
            self._following.discard(key)
        if not self._following:
            self._exports[key] = origin
        return origin

    def has_at_run_time(self, path: str, name: str) -> bool:
        """Whether a module surely has a name once it is imported: not for type checkers only, not deleted."""
        return self._has_at_run_time(path, name, frozenset())

    def _has_at_run_time(self, path: str, name: str, seen: frozenset[str]) -> bool:
        facts = self._ask(path, name)
        if facts is None or path in seen:
            return False
        group = group_of(facts, at_module(name))
        if group is None:
            is_known = self.export(path, name).kind not in ("missing", "unknown")
            ways = self._star_ways(facts, name) if is_known else ()
            return any(self._has_at_run_time(module, name, seen | {path}) for _, module, _ in ways if module)
        kinds = {binding.kind for binding in group.bindings if not binding.for_type_checkers}
        return bool(kinds) and "del" not in kinds

    def member(self, module: str, name: str) -> Origin:
        """What ``from module import name`` brings."""
        origin = MISSING if module.endswith("/") else self.export(module, name)
        if origin.kind in ("missing", "unknown") and (submodule := self.tree.submodule(module, name)):
            return Origin("module", submodule)
        return origin

    def binding(self, path: str, binding: Binding, in_module: bool = True) -> Origin:
        """What one binding in a file leads to."""
        if binding.kind in ("def", "overload") and in_module:
            return Origin("function", path, "", binding.at.start)
        if binding.spec is None:
            return OTHER
        spec = binding.spec
        if binding.kind == "package":
            return self._module(path, spec.module.split(".")[0])
        return self.imported(path, spec)

    def imported(self, path: str, spec: ImportSpec) -> Origin:
        """What an import in a file brings."""
        if spec.name is None:
            return self._module(path, spec.module)
        near = self._candidates(path, spec)
        for module in near:
            origin = self.member(module, spec.name)
            if origin.kind != "missing":
                return origin
        if near:
            return replace(MISSING, name=spec.name) if self.could_be_factory(path, spec) else MISSING
        if not spec.level:
            for module in self.tree.elsewhere(spec.module):
                origin = self.member(module, spec.name)
                if origin.kind not in ("missing", "unknown"):
                    return origin
        return Origin("external", "." * spec.level + spec.module, spec.name)

    def imports_module(self, path: str, spec: ImportSpec) -> bool:
        """Whether an import in a file surely brings a module."""
        return self.imported(path, spec).kind in ("module", "external-module")

    def source_module(self, path: str, spec: ImportSpec) -> str | None:
        """The module under the root that a ``from`` import takes its name from; None where it is outside."""
        assert spec.name is not None
        near = self._candidates(path, spec)
        modules = near or (self.tree.elsewhere(spec.module) if not spec.level else ())
        for module in modules:
            if self.member(module, spec.name).kind != "missing":
                return module
        return near[0] if near else None

    def group(self, path: str, key: GroupKey) -> Origin:
        """What a name leads to in one scope of a file, where more than one way is none."""
        facts = self._facts(path, key.name)
        group = group_of(facts, key)
        return self._strict(facts, group) if group else MISSING

    def _walk(self, origin: Origin, parts: tuple[str, ...]) -> Origin:
        for part in parts:
            if origin.kind != "module":
                return OTHER
            origin = self.member(origin.module, part)
        return origin if origin.kind in ("module", "external-module") else OTHER

    def _export(self, path: str, name: str) -> Origin:
        facts = self._ask(path, name)
        if facts is None:
            return Origin("unknown", path, name, reason=f"{path} cannot be parsed")
        group = group_of(facts, at_module(name))
        if group is None:
            found = self._through_stars(facts, name)
            if found is None and facts.dynamic_names:
                return Origin("unknown", path, name, reason=f"{path} makes its names in `__getattr__`")
            return found or MISSING
        origins = {replace(self._own(path, binding, group), at=0) for binding in group.ways}
        return self._one(
            origins | self._stars_beside(facts, group), f"`{name}` in {path}", _own_other(path, group)
        )

    def _strict(self, facts: FileFacts, group: GroupFacts) -> Origin:
        origins = {self._own(facts.path, binding, group) for binding in group.ways}
        if group.scope_kind == "module":
            origins |= self._stars_beside(facts, group)
        found = self._one(origins, f"`{group.key.name}`", _own_other(facts.path, group))
        return replace(found, at=0) if found.at else found

    def _one(self, origins: set[Origin], what: str, other: Origin) -> Origin:
        """The one origin among ``origins``, or an unknown one where the factory is one of several, else ``other``."""
        if len(origins) == 1:
            return next(iter(origins))
        if any(self.is_factory(origin) or origin.leads for origin in origins):
            return Origin("unknown", reason=f"{what} is bound in more than one way", leads=True)
        return next((origin for origin in origins if origin.kind == "unknown"), other)

    def _own(self, path: str, binding: Binding, group: GroupFacts) -> Origin:
        origin = self.binding(path, binding, group.scope_kind == "module")
        if binding.kind == "declared" and (self.is_factory(origin) or origin.leads):
            return Origin("unknown", reason="an import in another scope binds it", leads=True)
        if origin.kind == "function" and not origin.name:
            return replace(origin, name=group.key.name)
        return _own_other(path, group) if origin == OTHER else origin

    def _stars_beside(self, facts: FileFacts, group: GroupFacts) -> set[Origin]:
        """What star imports bring for a name that the module binds too: one that cannot be followed does no harm
        before the last binding, and beside imports for type checkers alone any is a second way.
        """
        last = max((b.at.start for b in group.bindings if not b.for_type_checkers), default=-1)
        ways = self._star_ways(facts, group.key.name)
        brought = {origin for star, _, origin in ways if origin.kind != "unknown" or star.at.start > last}
        if brought and last < 0:
            brought.add(Origin("unknown", reason="a star import binds it while the program runs"))
        return brought

    def _through_stars(self, facts: FileFacts, name: str) -> Origin | None:
        """What the star imports bring for ``name``; None where none does."""
        origins: set[Origin] = set()
        for _, _, origin in self._star_ways(facts, name):
            if origin.kind != "unknown" or not origins:
                origins.add(origin)
            if origin.kind == "unknown":
                break
        return self._one(origins, f"`{name}`", Origin("other", facts.path, name)) if origins else None

    def through_stars(self, path: str, name: str) -> Origin | None:
        """What the star imports of a file bring for ``name``; None where none does."""
        facts = self._ask(path, name)
        return self._through_stars(facts, name) if facts else None

    def all_through_stars(self, path: str, name: str) -> tuple[Origin, ...]:
        """Everything that star imports of a file bring for ``name``, the last first, up to what it surely means."""
        facts = self._ask(path, name)
        found: list[Origin] = []
        for _, _, origin in self._star_ways(facts, name) if facts else ():
            found.append(origin)
            if origin.kind != "unknown":
                break
        return tuple(found)

    def takes_all_of(self, facts: FileFacts, module: str) -> bool:
        """Whether a file imports everything from ``module``."""
        return any(module in self._candidates(facts.path, star.spec) for star in facts.stars)

    def star_source(self, path: str, name: str) -> tuple[StarImport, str] | None:
        """The star import that brings ``name`` into the module of a file, and the module under the root that
        it takes it from; None where the name comes otherwise.
        """
        facts = self._ask(path, name)
        if facts is None or group_of(facts, at_module(name)):
            return None
        found = next(self._star_ways(facts, name), None)
        return found[:2] if found and found[1] else None

    def star_sources_beside(self, path: str, name: str) -> tuple[str, ...]:
        """The modules under the root from which star imports bring ``name`` to a file that binds it too."""
        return tuple(module for _, module, _ in self._star_ways(self._facts(path, name), name) if module)

    def _star_ways(self, facts: FileFacts, name: str) -> Iterator[tuple[StarImport, str, Origin]]:
        """The star imports that bring ``name``, the last first: from which module, and what."""
        for star in reversed(facts.stars):
            modules = self._candidates(facts.path, star.spec)
            if not modules:
                written = "." * star.spec.level + star.spec.module
                reason = f"`from {written} import *` may bring it and cannot be followed"
                yield star, "", Origin("unknown", reason=reason)
            for module in modules:
                origin = self._through_star(module, name)
                if origin.kind != "missing":
                    yield star, module, origin
                    break

    def _through_star(self, module: str, name: str) -> Origin:
        if module.endswith("/"):
            return MISSING
        facts = self._ask(module, name)
        if facts is None:
            return Origin("unknown", reason=f"{module}, which a star import takes, cannot be parsed")
        if facts.dunder_all is None:
            return MISSING if name.startswith("_") else self.export(module, name)
        if facts.dunder_all.certain:
            return self.export(module, name) if name in facts.dunder_all.names else MISSING
        exported = self.export(module, name)
        if exported.kind == "missing":
            return MISSING
        leads = self.is_factory(exported) or exported.leads
        return Origin("unknown", reason=f"the `__all__` of {module} cannot be followed", leads=leads)

    def _candidates(self, path: str, spec: ImportSpec) -> tuple[str, ...]:
        if spec.level:
            return self.tree.relative(path, spec.level, spec.module)
        return self.tree.absolute(path, spec.module)

    def _module(self, path: str, dotted: str) -> Origin:
        found = self.tree.absolute(path, dotted) or self.tree.elsewhere(dotted)
        if found:
            return Origin("module", found[0])
        parent, _, last = dotted.rpartition(".")
        within = self._module(path, parent) if parent else Origin("external-module", dotted)
        if within.kind == "external-module":
            return Origin("external-module", dotted)
        return self._walk(within, (last,)) if within.kind == "module" else OTHER

    def _facts(self, path: str, name: str) -> FileFacts:
        facts = self._ask(path, name)
        assert facts is not None, "a use comes from facts"
        return facts

    def defines(self, path: str, key: GroupKey) -> bool:
        """Whether a file defines that name as a function of its module."""
        group = group_of(self._facts(path, key.name), key)
        return group is not None and any(binding.kind in ("def", "overload") for binding in group.bindings)

    def could_be_factory(self, path: str, spec: ImportSpec) -> bool:
        """Whether an import that dangles names the factory's own module, where the configuration names one."""
        return not self.config.factory_module or any(
            module in self._factory_files for module in self._candidates(path, spec)
        )

    def signature(self, origin: Origin) -> Signature | None:
        """The signature of a function under the root, the last of several definitions; None without one."""
        if origin.kind != "function":
            return None
        facts = self._facts(origin.module, origin.name)
        group = group_of(facts, at_module(origin.name))
        signatures = [b.signature for b in group.ways if b.signature] if group else []
        return signatures[-1] if signatures else None


def _own_other(path: str, group: GroupFacts) -> Origin:
    """What a group means that is no plain function: in the module itself a thing of its own, unlike any other."""
    return Origin("other", path, group.key.name) if group.scope_kind == "module" else OTHER
