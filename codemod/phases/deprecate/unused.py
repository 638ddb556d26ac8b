"""What goes with the replaced body of the factory, and what only that body used."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from codemod.decide.unused import Unused
from codemod.resolve.facts import Span
from codemod.rewrite.definitions import docstring_of, start_with_decorators

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.decide.dead_imports import MayTake
    from codemod.resolve.places import ModuleIndex
    from codemod.rewrite.definitions import DefinitionEdit


def cut_statements(edit: DefinitionEdit) -> tuple[ast.stmt, ...]:
    """The statements of a body that an edit cuts; none where it cuts nothing."""
    kept = (docstring_of(edit.node), edit.kept)
    return tuple(each for each in edit.node.body if each not in kept) if edit.cut else ()


def unused(
    index: ModuleIndex, edits: Sequence[DefinitionEdit], may_take: MayTake
) -> Iterator[tuple[str, int]]:
    """The names of a module, with their lines, that nothing uses without what ``edits`` cut."""
    statements = [each for edit in edits for each in cut_statements(edit)]
    spans = [Span(start_with_decorators(index, each), index.node_end(each)) for each in statements]
    nodes = [node for each in statements for node in ast.walk(each)]
    names = {node.id for node in nodes if isinstance(node, ast.Name)} - {edit.node.name for edit in edits}
    added = "\n".join(statement for edit in edits for statement in edit.added)
    for group in Unused(index, spans).groups(names):
        is_added = re.search(rf"\b{re.escape(group.name)}\b", added)
        if group.scope is index.tree and not is_added and not may_take(index.source.path, group.name):
            yield group.name, index.source.position(group.bindings[0].start)[0]
