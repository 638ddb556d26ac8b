"""What the uses of a name lead to: the facts of all files, joined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.resolve.exports import Exports
from codemod.resolve.facts import group_of
from codemod.resolve.origin import OTHER, Origin

if TYPE_CHECKING:
    from codemod.resolve.facts import Binding, FileFacts, ModuleRef, Use


class Links(Exports):
    """Answers what uses lead to, beside what names of modules do."""

    def meaning(self, path: str, use: Use) -> Origin:
        """What a use leads to: ``missing`` where an import dangles, ``unknown`` where it cannot be followed."""
        if use.base is not None or use.kind == "mock":
            return self._attribute(path, use)
        facts = self._ask(path, use.name)
        assert facts is not None, "a use comes from facts"
        group = group_of(facts, use.group)
        if use.may_be_own:
            found = self.meaning(path, replace(use, may_be_own=False))
            leads = self.is_factory(found) or found.leads
            return Origin("unknown", reason="a class body may bind it before", leads=True) if leads else found
        if group is None:
            return self._unbound(facts, use.name)
        if group.scope_kind == "class":
            leads = any(self.is_factory(self._own(path, b, group)) for b in group.bindings)
            return Origin("unknown", reason="it is imported in a class body", leads=True) if leads else OTHER
        return self._strict(facts, group)

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
        if len(origins) > 1:
            return Origin("unknown", reason=f"`{ref.root}` is bound in more than one way")
        return modules.pop()

    def modules_of(self, path: str, ref: ModuleRef) -> tuple[str, ...]:
        """The modules under the root that an expression may mean, one for each way in which its name is bound."""
        ways = [replace(ref, bindings=(binding,)) for binding in ref.bindings] or [ref]
        origins = (self.module_of(path, way) for way in ways)
        return tuple(origin.module for origin in origins if origin.kind == "module")

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
            origin = self._attribute(path, alone)
            if self.is_factory(origin) or origin.leads:
                return replace(unknown, leads=True)
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
            imported = (
                f"{each.spec.module}." for each in ref.bindings if each.spec and each.kind == "package"
            )
            return found if any(module.startswith(f"{dotted}.") for module in imported) else OTHER
        return self._walk(self.binding(path, binding), ref.parts)

    def _unbound(self, facts: FileFacts, name: str) -> Origin:
        found = self._through_stars(facts, name)
        if found is not None:
            return found
        if name == self.config.factory_name and not self.config.factory_module:
            return Origin("unknown", reason="nothing in this file binds it")
        return OTHER
