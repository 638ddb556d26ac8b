"""Assignments of local names that ``--clean`` may take out once nothing reads what they assign."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.decide.cannot_fail import cannot_fail
from codemod.decide.side_effects import may_be_dropped
from codemod.decide.unseen import reads_locals
from codemod.resolve.facts import Span
from codemod.resolve.places import Step
from codemod.resolve.scopes import enclosing_scopes

if TYPE_CHECKING:
    from codemod.decide.call import Code
    from codemod.resolve.places import ModuleIndex, Place
    from codemod.resolve.scopes import Group, Scope


@dataclass(frozen=True, slots=True)
class Assignment:
    """A statement that binds one name and has no other effect. ``steps`` lead to its value, if it has one."""

    span: Span
    value: ast.expr | None
    steps: tuple[Step, ...]


def removable_assignments(code: Code, group: Group) -> tuple[Assignment, ...]:
    """All statements that bind a local name; none where one of them has to stay, even if nothing reads it."""
    if reads_locals(code.index, _span(code.index, group.scope), group.name) or _is_nonlocal(code, group):
        return ()
    found = [_assignment(code, group.scope, place) for place in group.bindings]
    return tuple(each for each in found if each) if all(found) else ()


def comes_before_string(statement: Step) -> bool:
    """Whether a bare string follows a statement, which might become a docstring without it."""
    block: list[ast.stmt] = getattr(statement.parent, statement.field)
    following = block[block.index(statement.child) + 1 :][:1]  # type: ignore[arg-type]
    values = [each.value for each in following if isinstance(each, ast.Expr)]
    return any(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in values)


def _is_nonlocal(code: Code, group: Group) -> bool:
    """Whether a nested function declares the name, which has to be bound then."""
    return any(
        place.role == "nonlocal" and code.scopes.resolve(group.name, place.steps) is group
        for place in code.index.places_in(group.name, group.scope)
    )


def _assignment(code: Code, scope: Scope, place: Place) -> Assignment | None:
    statement = place.parent()
    match statement:
        case ast.Assign(targets=[ast.Name()], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(), value=value):
            pass
        case _:
            return None
    around = place.steps[:-1]
    if enclosing_scopes(code.scopes.module, around)[-1] is not scope or comes_before_string(around[-1]):
        return None
    steps = (*around, Step(statement, "value", value)) if value else around
    if value and not (may_be_dropped(code, value, steps) and cannot_fail(code, value, steps)):
        return None
    return Assignment(_span(code.index, statement), value, steps)


def _span(index: ModuleIndex, node: ast.AST) -> Span:
    return Span(index.node_start(node), index.node_end(node))
