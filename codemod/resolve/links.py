"""Joins the facts of the files: what a name leads to, through imports, re-exports and star imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from codemod.resolve.facts import (
    MODULE_SCOPE,
    Binding,
    FileFacts,
    GroupFacts,
    GroupKey,
    ImportSpec,
    ModuleRef,
    NameFacts,
    Signature,
    StarImport,
    Use,
)

if TYPE_CHECKING:
    from codemod.model import Config
    from codemod.resolve.packages import ModuleTree

OriginKind = Literal["function", "external", "module", "external-module", "missing", "unknown", "other"]

Ask = Callable[[str, str], "FileFacts | None"]
"""Gives the facts of a file about a name; None where the file could not be read or parsed."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a name leads to in the end.

    ``module`` is the file of a function or module (see ``packages``), or the dotted name of a module that is
    not under the root. ``at`` tells several definitions in one file apart. ``reason`` says in words why an
    ``unknown`` one cannot be followed; ``leads`` whether the factory is among what it may be.
    """

    kind: OriginKind
    module: str = ""
    name: str = ""
    at: int = 0
    reason: str = ""
    leads: bool = False


MISSING = Origin("missing")
OTHER = Origin("other")


class Links:
    """Answers what names lead to. Answers are kept; facts of further files are asked for when needed."""

    def __init__(self, config: Config, tree: ModuleTree, ask: Ask) -> None:
        self.config = config
        self.tree = tree
        self._ask = ask
        self._exports: dict[tuple[str, str], Origin] = {}
        self._following: set[tuple[str, str]] = set()
        self._factory_files = tree.absolute("", config.factory_module) if config.factory_module else ()

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
        """Where and why a dotted factory finds nothing: its module is under the root and does not define it."""
        if not self._factory_files or self.defines(
            self._factory_files[0], _at_module(self.config.factory_name)
        ):
            return None
        return (
            self._factory_files[0],
            1,
            f"the configured factory `{self.config.factory}` is not defined here",
        )

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
        facts = self._ask(path, name)
        group = group_of(facts, _at_module(name)) if facts else None
        if group is None:
            return self.export(path, name).kind != "missing"
        kinds = {binding.kind for binding in group.bindings if not binding.for_type_checkers}
        return bool(kinds) and "del" not in kinds

    def member(self, module: str, name: str) -> Origin:
        """What ``from module import name`` brings."""
        origin = MISSING if module.endswith("/") else self.export(module, name)
        if origin.kind in ("missing", "unknown"):
            submodule = self.tree.submodule(module, name)
            if submodule:
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

    def meaning(self, path: str, use: Use) -> Origin:
        """What a use leads to: ``missing`` where an import dangles, ``unknown`` where it cannot be followed."""
        if use.base is not None or use.kind == "mock":
            return self._attribute(path, use)
        facts = self._ask(path, use.name)
        assert facts is not None, "a use comes from facts"
        group = group_of(facts, use.group)
        if group is None:
            return self._unbound(facts, use.name)
        if group.scope_kind == "class":
            leads = any(self.is_factory(self._own(path, b, group)) for b in group.bindings)
            return Origin("unknown", reason="it is imported in a class body", leads=True) if leads else OTHER
        return self._strict(facts, group)

    def group(self, path: str, key: GroupKey) -> Origin:
        """What a name leads to in one scope of a file, where more than one way is none."""
        facts = self._facts(path, key.name)
        group = group_of(facts, key)
        return self._strict(facts, group) if group else MISSING

    def module_of(self, path: str, ref: ModuleRef) -> Origin:
        """The module that an expression means; an origin of another kind where it is none."""
        if ref.here:
            return Origin("module", path)
        if not ref.bindings:
            found = self._through_stars(self._facts(path, ref.root), ref.root)
            return self._walk(found, ref.parts) if found else OTHER
        origins = {self._ref_binding(path, ref, binding) for binding in ref.bindings}
        modules = {origin for origin in origins if origin.kind in ("module", "external-module")}
        if not modules:
            return OTHER
        if len(origins) > 1 and len(modules | origins) > 1:
            return Origin("unknown", reason=f"`{ref.root}` is bound in more than one way")
        return modules.pop()

    def _attribute(self, path: str, use: Use) -> Origin:
        if use.base is None:
            return OTHER
        module = self.module_of(path, use.base)
        if module.kind == "unknown":
            return self._if_any_leads(path, use, module)
        if module.kind == "external-module":
            by_string = use.kind == "dynamic" and not use.base.root
            return OTHER if by_string else Origin("external", module.module, use.name)
        if module.kind != "module" or module.module.endswith("/"):
            return OTHER
        return self.member(module.module, use.name)

    def _if_any_leads(self, path: str, use: Use, unknown: Origin) -> Origin:
        assert use.base is not None
        for binding in use.base.bindings:
            alone = replace(use, base=replace(use.base, bindings=(binding,)))
            if self.is_factory(self._attribute(path, alone)):
                return unknown
        return OTHER

    def _ref_binding(self, path: str, ref: ModuleRef, binding: Binding) -> Origin:
        if binding.kind == "package" and binding.spec:
            dotted = ".".join((ref.root, *ref.parts))
            found = self._module(path, dotted)
            if found.kind == "module":
                return found
            start = self._module(path, ref.root)
            if start.kind == "module":
                return self._walk(start, ref.parts)
            outside = dotted == binding.spec.module or binding.spec.module.startswith(dotted + ".")
            return found if outside else OTHER
        return self._walk(self.binding(path, binding), ref.parts)

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
        group = group_of(facts, _at_module(name))
        if group is None:
            found = self._through_stars(facts, name)
            if found is None and facts.dynamic_names:
                return Origin("unknown", path, name, reason=f"{path} makes its names in `__getattr__`")
            return found or MISSING
        origins = {replace(self._own(path, binding, group), at=0) for binding in _ways(group)}
        return self._one(origins | self._stars_beside(facts, group), f"`{name}` in {path}")

    def _strict(self, facts: FileFacts, group: GroupFacts) -> Origin:
        origins = {self._own(facts.path, binding, group) for binding in _ways(group)}
        if group.scope_kind == "module":
            origins |= self._stars_beside(facts, group)
        found = self._one(origins, f"`{group.key.name}`")
        return replace(found, at=0)

    def _one(self, origins: set[Origin], what: str) -> Origin:
        """The one origin among ``origins``, or an unknown one where the factory is one of several."""
        if len(origins) == 1:
            return next(iter(origins))
        if any(self.is_factory(origin) or origin.leads for origin in origins):
            return Origin("unknown", reason=f"{what} is bound in more than one way", leads=True)
        return next((origin for origin in origins if origin.kind == "unknown"), OTHER)

    def _own(self, path: str, binding: Binding, group: GroupFacts) -> Origin:
        origin = self.binding(path, binding, group.scope_kind == "module")
        if binding.kind == "declared" and (self.is_factory(origin) or origin.leads):
            return Origin("unknown", reason="an import in another scope binds it", leads=True)
        if origin.kind == "function" and not origin.name:
            return replace(origin, name=group.key.name)
        return origin

    def _stars_beside(self, facts: FileFacts, group: GroupFacts) -> set[Origin]:
        """What star imports bring for a name that the module binds too. One that cannot be followed does no
        harm before the last binding.
        """
        last = max(binding.at.start for binding in group.bindings)
        ways = self._star_ways(facts, group.key.name)
        return {origin for star, _, origin in ways if origin.kind != "unknown" or star.at.start > last}

    def _unbound(self, facts: FileFacts, name: str) -> Origin:
        found = self._through_stars(facts, name)
        if found is not None:
            return found
        if name == self.config.factory_name and not self.config.factory_module:
            return Origin("unknown", reason="nothing in this file binds it")
        return OTHER

    def _through_stars(self, facts: FileFacts, name: str) -> Origin | None:
        """What the star imports bring for ``name``; None where none does."""
        origins: set[Origin] = set()
        for _, _, origin in self._star_ways(facts, name):
            if origin.kind != "unknown" or not origins:
                origins.add(origin)
            if origin.kind == "unknown":
                break
        return self._one(origins, f"`{name}`") if origins else None

    def through_stars(self, path: str, name: str) -> Origin | None:
        """What the star imports of a file bring for ``name``; None where none does."""
        facts = self._ask(path, name)
        return self._through_stars(facts, name) if facts else None

    def star_source(self, path: str, name: str) -> tuple[StarImport, str] | None:
        """The star import that brings ``name`` into the module of a file, and the module under the root that
        it takes it from; None where the name comes otherwise.
        """
        facts = self._ask(path, name)
        if facts is None or group_of(facts, _at_module(name)):
            return None
        for star, module, _ in self._star_ways(facts, name):
            return (star, module) if module else None
        return None

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
        if any(entry.name == name for entry in facts.dunder_all.entries):
            return self.export(module, name)
        if not facts.dunder_all.certain and self.export(module, name).kind != "missing":
            return Origin("unknown", reason=f"the `__all__` of {module} cannot be followed")
        return MISSING

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
        group = group_of(facts, _at_module(origin.name))
        signatures = [b.signature for b in _ways(group) if b.signature] if group else []
        return signatures[-1] if signatures else None


def group_of(facts: FileFacts, key: GroupKey | None) -> GroupFacts | None:
    """The group of that key in the facts of a file."""
    if key is None:
        return None
    names = facts.names.get(key.name, NameFacts())
    return next((group for group in names.groups if group.key == key), None)


def _at_module(name: str) -> GroupKey:
    return GroupKey(MODULE_SCOPE, name)


def _ways(group: GroupFacts) -> Iterator[Binding]:
    """The bindings that count as ways to get the name: overloads only declare."""
    real = [binding for binding in group.bindings if binding.kind != "overload"]
    yield from real or group.bindings
