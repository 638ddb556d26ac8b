"""The imports that only the replaced body of the factory used."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.resolve.places import ModuleIndex
    from codemod.rewrite.definitions import DefinitionEdit

_USES = frozenset({"load", "store", "del", "string", "global", "nonlocal"})


def unused_imports(index: ModuleIndex, edits: Sequence[DefinitionEdit]) -> tuple[str, ...]:
    """The names that a module imports and uses nowhere but in the bodies that ``edits`` cut."""
    cut = [edit for edit in edits if edit.cut]
    spans = [(index.node_start(edit.node.body[0]), index.node_end(edit.node)) for edit in cut]
    added = "\n".join(statement for edit in cut for statement in edit.added)
    return tuple(
        name
        for name in _imported(index.tree)
        if _is_used_in(index, name, spans) and not re.search(rf"\b{re.escape(name)}\b", added)
    )


def _imported(module: ast.Module) -> Iterator[str]:
    """The names that import statements at the level of a module bind."""
    for node in module.body:
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__"):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _is_used_in(index: ModuleIndex, name: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a name is used in one of the ``spans``, and outside of them nowhere."""
    uses = [place.start for place in index.places(name) if place.role in _USES]
    return bool(uses) and all(any(start <= use < end for start, end in spans) for use in uses)
