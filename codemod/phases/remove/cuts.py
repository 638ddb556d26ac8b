"""What is taken out of each file when the factory goes, as edits and in words."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemod.decide.acting import Acting
from codemod.decide.dead_imports import DeadImport, ImportNode, dead_imports, without_imports
from codemod.edits import AllEdit, FileEdits, Removal
from codemod.model import Remark
from codemod.phases.remove.needs import exports
from codemod.resolve.dunder_all import read_dunder_all

if TYPE_CHECKING:
    from codemod.decide.dead_imports import MayTake
    from codemod.phases.remove.subject import Subject
    from codemod.resolve.facts import Span
    from codemod.resolve.places import ModuleIndex


@dataclass(slots=True)
class Cut:
    """What is taken out of one file. ``acting`` are imports that nothing uses any more and that are left for what the
    module does when it is imported.
    """

    index: ModuleIndex
    statements: list[Removal] = field(default_factory=list)
    imports: list[DeadImport] = field(default_factory=list)
    acting: list[DeadImport] = field(default_factory=list)
    entries: list[AllEdit] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The file."""
        return self.index.source.path

    @property
    def edits(self) -> FileEdits:
        """All of it as edits."""
        entries = sorted(self.entries, key=lambda edit: edit.start)
        own = FileEdits(self.path, alls=tuple(entries), removals=tuple(self.statements))
        return without_imports(self.index, own, self.imports)

    def tell(self, offset: int, message: str) -> None:
        """Say what is taken out at a place."""
        self.remarks.append(Remark(self.path, self.index.source.position(offset)[0], message))


def cuts(subject: Subject, may_take: MayTake) -> tuple[Cut, ...]:
    """What is taken out of the files; ``may_take`` tells whether another file may take an import from one."""
    acting = Acting(subject.tree.modules, subject.tree.found.reader)
    paths = {path for path, _ in (*subject.program.groups, *exports(subject))}
    found = [_cut(subject, path, may_take, acting) for path in sorted(paths)]
    return tuple(cut for cut in found if cut.remarks)


def _cut(subject: Subject, path: str, may_take: MayTake, acting: Acting) -> Cut:
    cut = Cut(subject.index(path))
    for definition in subject.definitions:
        for node in definition.nodes if definition.path == path else ():
            start = cut.index.node_start(node)
            cut.statements.append(Removal(start, cut.index.node_end(node)))
            cut.tell(start, f"`{definition.name}` is deleted")
    _cut_imports(cut, subject)
    _cut_entries(cut, {name for exporting, name in exports(subject) if exporting == path})
    for dead in dead_imports(cut.index, subject.spans(path), may_take):
        if acting.acts(path, dead):
            cut.acting.append(dead)
            continue
        cut.imports.append(dead)
        start = cut.index.node_start(dead.statement)
        cut.tell(start, f"the import of `{dead.name}` is deleted: only the factory used it")
    cut.remarks.sort(key=lambda each: each.line)
    return cut


def _cut_imports(cut: Cut, subject: Subject) -> None:
    for (path, key), group in subject.program.groups.items():
        for source in group.sources if path == cut.path else ():
            binding = source.binding
            if not subject.holds(path, binding.at.start):
                statement = cut.index.steps_to(binding.statement.start)[-1].child
                assert isinstance(statement, ImportNode), "the factory is imported by an import"
                cut.imports.append(DeadImport(key.name, statement, binding.position))
                cut.tell(binding.imported_at, f"the import of `{key.name}` is deleted")


def _cut_entries(cut: Cut, names: set[str]) -> None:
    dunder_all = read_dunder_all(cut.index)
    entries = dunder_all.entries if dunder_all else ()
    kept = {entry.outer for entry in entries if entry.name not in names}
    statements = set()
    for entry in entries:
        if entry.name in names:
            statement = None if entry.outer in kept else _addition(cut.index, entry.outer)
            if statement:
                statements.add(statement)
            else:
                cut.entries.append(AllEdit(*entry.at, "", entry.number, *entry.outer))
            cut.tell(entry.at.start, f"`{entry.name}` is taken out of `__all__`")
    cut.statements += sorted(statements, key=lambda each: each.start)


def _addition(index: ModuleIndex, outer: Span) -> Removal | None:
    """The statement that adds what is in ``outer`` to an ``__all__`` and nothing else, as a removal."""
    for step in index.steps_to(outer.start):
        node = step.child
        if isinstance(node, ast.stmt):
            is_whole = isinstance(node, ast.AugAssign) and index.node_start(node.value) == outer.start
            if isinstance(node, ast.Expr) or is_whole:
                return Removal(index.node_start(node), index.node_end(node))
    return None
