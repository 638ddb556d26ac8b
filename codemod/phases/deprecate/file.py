"""One file in which the factory is deprecated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import FileError, Remark
from codemod.phases.deprecate.gains import Gaining, Gains
from codemod.phases.deprecate.unused import cut_statements
from codemod.phases.shown import shown, statements
from codemod.rewrite.definition_file import DefinitionEdits, edit_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemod.model import FilePlan
    from codemod.phases.deprecate.delegation import Delegation
    from codemod.phases.tree import Definition, FunctionNode, Tree
    from codemod.rewrite.definitions import DefinitionEdit
    from codemod.rewrite.new_imports import NewImport


class DeprecatedFile:
    """A module or a stub with a ``definition`` of the factory. The nodes among ``calls`` are to have that call of
    the getter as their body; ``decorated``, they warn by the decorator of PEP 702.
    """

    def __init__(
        self,
        tree: Tree,
        definition: Definition,
        calls: Mapping[FunctionNode, Delegation],
        *,
        decorated: bool,
    ) -> None:
        self.tree = tree
        self.definition = definition
        self.gaining = Gaining(tree, definition)
        self.gains: tuple[Gains, ...] = tuple(
            self.gaining.in_stub(node)
            if definition.is_stub
            else self.gaining.in_module(node, calls.get(node), decorated=decorated)
            for node in self.gaining.nodes
        )

    @property
    def path(self) -> str:
        """The file, relative to the root."""
        return self.definition.path

    @property
    def is_changed(self) -> bool:
        """Whether anything is gained."""
        return any(each.words for each in self.gains)

    def needs(self, module: str) -> bool:
        """Whether it gains an import of that module."""
        new = self._new_import()
        return new is not None and new.module == module

    def problems(self) -> Iterator[Remark]:
        """Why it cannot be changed."""
        path, line, name = self.path, self.definition.line, self.definition.name
        if not self.gains:
            yield Remark(path, line, f"only overloads of `{name}` are here, and no `def` that runs")
        new = self._new_import()
        if new and (own := self.tree.modules.absolute(path, new.module)):
            yield Remark(
                path, line, f"`{new.source}` would bring {own[0]}, a module of this project", "Rename it."
            )
        if any(each.warns for each in self.gains) and self.gaining.names.is_bound("DeprecationWarning"):
            yield Remark(
                path, line, "`DeprecationWarning` means something else in this module", "Rename that."
            )

    def done(self) -> Iterator[Remark]:
        """What it gains, in words."""
        for each in self.gains:
            if each.words:
                *others, last = each.words
                listed = f"{', '.join(others)} and {last}" if others else last
                yield Remark(self.path, each.edit.node.lineno, f"`{self.definition.name}` gains {listed}")
                yield from self._gone(each.edit)
        if new := self._new_import():
            yield Remark(self.path, 0, f"the module gains `{new.source}`")

    def edited(self) -> FilePlan | FileError:
        """The file's old and new bytes; CTX906 where the new ones cannot be proved."""
        edits = tuple(each.edit for each in self.gains if each.words)
        return edit_file(
            self.definition.index, DefinitionEdits(edits, self._new_import()), self.gaining.style
        )

    def _gone(self, edit: DefinitionEdit) -> Iterator[Remark]:
        for statement in statements(cut_statements(edit)):
            yield Remark(
                self.path,
                statement.lineno,
                f"goes with the old body: {shown(self.definition.index, statement)}",
            )

    def _new_import(self) -> NewImport | None:
        return next((each.new_import for each in self.gains if each.new_import), None)
