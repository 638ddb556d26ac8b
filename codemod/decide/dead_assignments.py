"""Assignments of local names that ``--clean`` may take out once nothing reads what they assign."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.decide.side_effects import CLOCK_CALLS, IDENTIFIER_CALLS, is_generator, may_be_dropped
from codemod.decide.unseen import reads_locals
from codemod.resolve.facts import Span
from codemod.resolve.places import Step
from codemod.resolve.scopes import FunctionNode, enclosing_scopes

if TYPE_CHECKING:
    from codemod.decide.call import Code
    from codemod.resolve.places import ModuleIndex, Place
    from codemod.resolve.scopes import Group, Scope

_NEVER_FAIL = IDENTIFIER_CALLS | CLOCK_CALLS | {"str", "repr"}
_TRY = (ast.Try, getattr(ast, "TryStar", ast.Try))


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
        for place in code.index.places(group.name)
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
    if value and not may_be_dropped(code, value, steps):
        return None
    if value and _failure_is_caught(around) and not _cannot_fail(code, value, steps):
        return None
    return Assignment(_span(code.index, statement), value, steps)


def _failure_is_caught(steps: tuple[Step, ...]) -> bool:
    """Whether the function itself may go on otherwise where a statement fails."""
    is_caught = False
    for step in steps:
        if isinstance(step.parent, FunctionNode):
            is_caught = False
        elif step.field == "body":
            is_caught |= isinstance(step.parent, (*_TRY, ast.With, ast.AsyncWith))
    return is_caught


def _cannot_fail(code: Code, node: ast.expr, steps: tuple[Step, ...]) -> bool:
    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.Call(func=function, args=arguments, keywords=keywords):
            callee = code.callee(function, steps)
            is_safe = callee.is_one_of(_NEVER_FAIL) or is_generator(callee)
            parts = [*arguments, *(keyword.value for keyword in keywords)]
        case ast.Attribute(value=ast.Call() as made):
            is_safe, parts = True, [made]
        case ast.Subscript(value=made, slice=ast.Slice() as part):
            is_safe, parts = True, [made, part]
        case ast.JoinedStr() | ast.FormattedValue() | ast.BoolOp() | ast.IfExp() | ast.Slice():
            is_safe = True
            parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        case _:
            return False
    return is_safe and all(_cannot_fail(code, part, steps) for part in parts)


def _span(index: ModuleIndex, node: ast.AST) -> Span:
    return Span(index.node_start(node), index.node_end(node))
