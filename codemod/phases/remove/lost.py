"""What goes with the definition of the factory although something else needs it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.decorators import is_harmless
from codemod.decide.unseen import reads_module
from codemod.decide.unused import Unused
from codemod.model import Remark
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.dead_imports import MayTake
    from codemod.phases.remove.subject import Subject
    from codemod.phases.tree import Definition, FunctionNode


def lost(subject: Subject, definition: Definition, may_take: MayTake) -> Iterator[Remark]:
    """What a definition does beside defining: names of the module that it binds, decorators that may register it."""
    yield from _bound_names(subject, definition, may_take)
    scopes = Scopes(definition.index)
    for node in definition.nodes:
        for decorator in node.decorator_list:
            if not is_harmless(scopes, decorator):
                written = " ".join(definition.index.segment(decorator).split())
                message = f"`@{written}` may make it known to something that calls it"
                help_text = "Take the decorator off if nothing does, then run the command again."
                yield Remark(definition.path, decorator.lineno, message, help_text)


def _bound_names(subject: Subject, definition: Definition, may_take: MayTake) -> Iterator[Remark]:
    """The names of the module that are bound in a definition, by ``global`` or ``:=``, and read elsewhere."""
    index = definition.index
    unused = Unused(index, subject.spans(definition.path))
    names = {name for node in definition.nodes for name in _may_bind(node)} - {definition.name}
    for name in sorted(names):
        group = unused.scopes.groups(name).get(index.tree)
        inside = [place for place in group.bindings if unused.is_gone(place)] if group else []
        if group is None or not inside:
            continue
        if unused.is_used(group) or may_take(definition.path, name) or reads_module(index):
            line = index.source.position(inside[0].start)[0]
            message = f"`{name}` of the module is bound here, and something else may read it"
            yield Remark(definition.path, line, message, "Bind it elsewhere, then run the command again.")


def _may_bind(node: FunctionNode) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Global):
            yield from child.names
        elif isinstance(child, ast.NamedExpr):
            yield child.target.id
