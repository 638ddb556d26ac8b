"""Plans the edits of one run: calls, imports and ``__all__``, from the settled decisions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from codemod.decide.getter import overridden
from codemod.decide.provision import Gain, Provision
from codemod.edits import AllEdit, CallEdit, FileEdits, ImportEdit, NameEdit, Removal
from codemod.model import ChangeKind
from codemod.resolve.facts import MODULE_SCOPE, Binding, GroupKey, Span, Use, at_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.draft import Draft
    from codemod.decide.program import ImportedGroup, Program, Source
    from codemod.decide.settle import Decision, Settlement

PlannedChange = tuple[str, ChangeKind, int]
"""A file, what changes there, and the line of the factory's name there."""


class Planner:
    """Plans the edits of a settled program; afterwards ``edits`` and ``changes`` hold them."""

    def __init__(self, settlement: Settlement) -> None:
        self.program: Program = settlement.program
        self.provider = settlement.provider
        self.kept = settlement.needs.kept
        self.dead = settlement.dead
        self.changes: list[PlannedChange] = []
        self._calls: dict[str, list[CallEdit]] = defaultdict(list)
        self._imports: dict[str, dict[tuple[int, int], ImportEdit]] = defaultdict(dict)
        self._alls: dict[str, list[AllEdit]] = defaultdict(list)
        self._names: dict[str, list[NameEdit]] = defaultdict(list)
        self._granted: dict[tuple[str, int], list[Binding]] = defaultdict(list)
        migrated = [d for d in settlement.decisions if d.verdict == "migrated"]
        for decision in migrated:
            if decision.draft.kind == "mock":
                self._plan_mock(decision)
            else:
                self._plan_call(decision)
        gains = {gain for d in migrated if d.provision for gain in d.provision.gains}
        if migrated:
            gains |= set(self._public_gains())
        for gain in sorted(gains, key=self._order):
            self._plan_gain(gain)
        if self.program.config.getter_module:
            for decision in migrated:
                self._plan_statements(decision.draft)
        paths = sorted({*self._calls, *self._imports, *self._alls, *self._names})
        self.edits = tuple(self._file_edits(path) for path in paths)

    def _order(self, gain: Gain) -> tuple[str, bool, GroupKey, bool]:
        """The factory's own name comes first, so that the getter stands beside it."""
        return gain.path, gain.key.name != self.program.config.factory_name, gain.key, gain.in_all

    def _plan_mock(self, decision: Decision) -> None:
        use, provision = decision.draft.use, decision.provision
        assert provision is not None
        if provision.name != use.name:
            self._names[decision.draft.path].append(NameEdit(*use.at, provision.name))

    def _plan_call(self, decision: Decision) -> None:
        use, provision = decision.draft.use, decision.provision
        assert provision is not None
        bare = use.base is not None and bool(self.program.config.getter_module)
        self._calls[decision.draft.path].append(
            CallEdit(*use.whole, provision.name, decision.draft.dropped, decision.draft.arguments, bare)
        )

    def _plan_statements(self, draft: Draft) -> None:
        """The imports of a dotted getter for a site that no import of the factory's own name serves."""
        use = draft.use
        if draft.kind == "mock" or use.group is not None:
            return
        bindings = use.base.bindings if use.base else ()
        for number, binding in enumerate(bindings):
            if not any(_serves(each, binding) for each in bindings[:number]):
                self._add_statement(draft.path, binding.statement, use)
        name = use.base.root if use.base else use.name
        star = None if bindings else self.program.links.star_source(draft.path, name)
        if star:
            self._add_statement(draft.path, star[0].at, use)

    def _add_statement(self, path: str, anchor: Span, use: Use) -> None:
        if self.provider.is_getters_own(path) or self._module_has_getter(path, use):
            return
        statement = f"from {self.program.config.getter_module} import {self.program.config.getter_name}"
        edits = self._imports[path]
        if not any(edit.start == anchor.start and edit.statement == statement for edit in edits.values()):
            edits[anchor.start, -1] = ImportEdit(*anchor, -1, statement=statement)

    def _module_has_getter(self, path: str, use: Use) -> bool:
        """Whether the module has bound the getter's name, in any case and before ``use``."""
        bindings = self.program.getter_bindings(path, MODULE_SCOPE)
        return any(not binding.block and binding.at.start < use.at.start for binding in bindings)

    def _public_gains(self) -> Iterator[Gain]:
        """The public re-exports of modules that have the getter, each after those that it takes it from."""
        for (path, key), group in self.program.groups.items():
            if not group.is_public or not group.is_clean or path not in self.program.writable:
                continue
            if self.program.has_getter(path):
                continue
            provision = self.provider.for_group(group)
            gain = Gain(path, key)
            if self._is_had(provision, gain) and all(self._has_or_gains(source) for source in group.sources):
                yield gain
                yield from provision.gains
        for path, name in self.program.star_exports:
            provision = self.provider.through(path, name)
            gain = Gain(path, at_module(name), in_all=True)
            if path in self.program.writable and self._is_had(provision, gain):
                yield gain
                yield from provision.gains

    def _is_had(self, provision: Provision, gain: Gain) -> bool:
        is_open = not provision.problem and not provision.taken
        return is_open and not overridden(self.provider, provision, gain)

    def _has_or_gains(self, source: Source) -> bool:
        """Whether the module that a re-export takes the factory from has the getter after the run."""
        if source.module is None:
            return False
        return not self.program.config.getter_module or self.program.has_getter(source.module)

    def _plan_gain(self, gain: Gain) -> None:
        if gain.in_all:
            self._grow_all(gain.path, gain.key.name)
            return
        group = self.program.groups[gain.path, gain.key]
        granted = self._granted[gain.path, gain.key.scope]
        is_planned = False
        for source in group.sources:
            edit = self._import_edit(group, source, granted)
            if edit is not None:
                is_planned = True
                if edit.add or (edit.rename == self.program.config.getter_name and not source.binding.asname):
                    granted.append(source.binding)
                self._imports[gain.path][edit.start, edit.position] = edit
                kind: ChangeKind = "re-export" if group.is_public else "import"
                self.changes.append((gain.path, kind, source.binding.line))
        if is_planned and (gain.path, gain.key) in self.kept and gain.key.scope == MODULE_SCOPE:
            self._grow_all(gain.path, gain.key.name)

    def _import_edit(self, group: ImportedGroup, source: Source, granted: list[Binding]) -> ImportEdit | None:
        binding, provision = source.binding, self.provider.for_source(group, source)
        has_it = self._has_getter_before(group, binding) or any(_serves(p, binding) for p in granted)
        span, getter = binding.statement, self.program.config.getter_name
        module = self.program.config.getter_module
        if self.provider.is_getters_own(group.path):
            is_kept = (group.path, group.key) in self.kept
            return None if is_kept else ImportEdit(*span, binding.position, remove=True)
        if (group.path, group.key) in self.kept:
            if has_it:
                return None
            if module:
                return ImportEdit(*span, binding.position, statement=f"from {module} import {getter}")
            return ImportEdit(*span, binding.position, add=getter, add_public=binding.is_public)
        if module:
            return self._dotted_switch(binding, has_it)
        if provision.name == source.name:
            return None
        if has_it and not binding.asname:
            return ImportEdit(*span, binding.position, remove=True)
        return ImportEdit(*span, binding.position, rename=provision.name)

    def _dotted_switch(self, binding: Binding, has_it: bool) -> ImportEdit:
        getter, module = self.program.config.getter_name, self.program.config.getter_module
        suffix = f" as {binding.asname}" if binding.asname else ""
        statement = "" if has_it and not suffix else f"from {module} import {getter}{suffix}"
        return ImportEdit(*binding.statement, binding.position, remove=True, statement=statement)

    def _has_getter_before(self, group: ImportedGroup, binding: Binding) -> bool:
        """Whether the getter is imported by its own name in the same scope, before and no deeper than
        ``binding`` or right after it and before any use.
        """
        for other in self.program.getter_bindings(group.path, group.key.scope):
            if _serves(other, binding):
                is_beside = other.statement == binding.statement
                return is_beside or other.at.start < self._first_use(group, binding)
        return False

    def _first_use(self, group: ImportedGroup, binding: Binding) -> int:
        uses = self.program.facts[group.path].names[group.key.name].uses
        return min(
            (use.at.start for use in uses if use.at.start > binding.at.start), default=binding.at.start
        )

    def _grow_all(self, path: str, name: str) -> None:
        dunder_all = self.program.facts[path].dunder_all
        entries = dunder_all.entries if dunder_all else ()
        getter = self.program.config.getter_name
        if self._alls[path] or any(entry.name == getter for entry in entries):
            return
        for entry in entries:
            if entry.name == name:
                self._alls[path].append(AllEdit(*entry.at, getter, entry.number, *entry.outer))
                self.changes.append((path, "all", entry.line))
                return

    def _file_edits(self, path: str) -> FileEdits:
        return FileEdits(
            path=path,
            calls=tuple(sorted(self._calls[path], key=lambda edit: edit.start)),
            imports=tuple(sorted(self._imports[path].values(), key=lambda edit: (edit.start, edit.position))),
            alls=tuple(self._alls[path]),
            names=tuple(sorted(self._names[path], key=lambda edit: edit.start)),
            removals=tuple(Removal(*span) for span in self.dead.get(path, ())),
        )


def _serves(other: Binding, binding: Binding) -> bool:
    """Whether what ``other`` binds is there wherever what ``binding`` binds is."""
    return binding.block[: len(other.block)] == other.block
