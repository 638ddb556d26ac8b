"""What ``--clean`` takes out beside the edits of a run: the imports that only this used."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.dead_imports import ImportNode, dead_imports, without_imports
from codemod.model import Remark
from codemod.resolve.facts import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codemod.decide.acting import Acting
    from codemod.decide.dead_imports import MayTake
    from codemod.edits import FileEdits
    from codemod.resolve.places import ModuleIndex


class Cleaner:
    """Adds to the edits of files; the answer for the last edits of each file is kept.

    ``may_take`` tells whether another file may take a name from one that only imports it, ``acting`` which imports
    are needed for what the module does.
    """

    def __init__(self, indexes: Mapping[str, ModuleIndex], may_take: MayTake, acting: Acting) -> None:
        self._indexes = indexes
        self._may_take = may_take
        self._acting = acting
        self._known: dict[str, tuple[FileEdits, FileEdits]] = {}

    def clean(self, edits: FileEdits) -> FileEdits:
        """The edits of a file, and those of the imports that only what they drop and take out used."""
        known, cleaned = self._known.get(edits.path, (None, edits))
        if known != edits:
            index = self._indexes[edits.path]
            dead = dead_imports(index, _gone(edits), self._may_take)
            idle = [each for each in dead if not self._acting.acts(edits.path, each)]
            cleaned = without_imports(index, edits, idle)
            self._known[edits.path] = edits, cleaned
        return cleaned

    def told(self, paths: Iterable[str]) -> Iterator[Remark]:
        """What is taken out of the files, each with its source in one line."""
        for path in paths:
            if path in self._known:
                yield from _told(self._indexes[path], *self._known[path])


def _gone(edits: FileEdits) -> Iterator[Span]:
    yield from (Span(*call.values[number]) for call in edits.calls for number in call.dropped)
    yield from (Span(removal.start, removal.end) for removal in edits.removals)


def _told(index: ModuleIndex, planned: FileEdits, cleaned: FileEdits) -> Iterator[Remark]:
    source = index.source
    spans = {(each.start, each.end): source.text[each.start : each.end] for each in cleaned.removals}
    for edit in cleaned.imports:
        if edit not in planned.imports:
            statement = index.steps_to(edit.start)[-1].child
            assert isinstance(statement, ImportNode), "an import edit is on an import"
            alias = statement.names[edit.position]
            spans[index.node_start(alias), index.node_end(alias)] = f"import of {ast.unparse(alias)}"
    for (start, _), text in sorted(spans.items()):
        yield Remark(source.path, source.position(start)[0], f"`{' '.join(text.split())}`")
