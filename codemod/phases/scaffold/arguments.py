"""What the getter makes a context of: the session's values, and what the factory gives to all its contexts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.phases.scaffold.lookup import dotted_name
from codemod.phases.scaffold.refusal import refused
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codemod.phases.scaffold.classes import Field
    from codemod.phases.scaffold.construction import Construction

RUN = "run_id"


def arguments(construction: Construction, values: Mapping[str, str]) -> tuple[str, ...]:
    """The arguments for the class, where ``values`` has the expressions for what the session knows by their names.

    RefusedError where a parameter can get nothing, or none gets the run.
    """
    found, missing = [], []
    for field in construction.fields:
        value = _value(construction, field, values)
        if value:
            found.append(value if field.kind == "positional-only" else f"{field.name}={value}")
        elif field.required or field.kind == "positional-only":
            missing.append(f"`{field.name}`")
    if missing:
        message = f"`{construction.name}` needs {', '.join(missing)}, which the session does not know"
        raise _refusal(construction, message, "Give it a default")
    if not any(values[RUN] in argument for argument in found):
        message = f"`{construction.name}` takes no `{RUN}`, so a conversation could not keep it"
        raise _refusal(construction, message, "Give it one")
    return tuple(found)


def check_key(construction: Construction, key: tuple[str, ...]) -> None:
    """RefusedError where the factory changes the session key before it gives it to the context."""
    function = construction.factory.nodes[-1]
    changes: list[tuple[str, ast.expr | ast.AugAssign]] = []
    for name in key:
        given = construction.given.get(name)
        if given and not _converter(construction, given, name):
            changes.append((name, given))
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value:
            value = node if isinstance(node, ast.AugAssign) else node.value
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            changes += [(each.id, value) for each in targets if isinstance(each, ast.Name) and each.id in key]
    for name, value in changes:
        if name in _names(value) and not _known(value, {name: name}):
            message = f"`{construction.factory.name}` makes another `{name}` of the one that it is given"
            advice = "Write the getter by hand: it has to ask for the session by the right one."
            raise refused(construction.factory.path, value.lineno, message, advice)


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _refusal(construction: Construction, message: str, advice: str) -> Exception:
    cls = construction.cls
    path, line = (cls.index.source.path, cls.node.lineno) if cls else _place(construction)
    return refused(path, line, message, f"{advice}, or write the getter by hand.")


def _place(construction: Construction) -> tuple[str, int]:
    return construction.factory.path, construction.factory.line


def _value(construction: Construction, field: Field, values: Mapping[str, str]) -> str:
    """The expression for a parameter; empty where there is none, or its default will do."""
    given = construction.given.get(field.name)
    if name := _known(given, values):
        return values[name]
    if field.name in values:
        function = _converter(construction, given, field.name)
        return f"{function}({values[field.name]})" if function else values[field.name]
    constant = _constant(construction, given, field)
    text = construction.factory.index.segment(constant) if constant else ""
    return "" if "\n" in text or "\r" in text else text


def _known(given: ast.AST | None, values: Mapping[str, str]) -> str:
    """Which of the names that the session knows an expression stands for: ``x``, ``x or ...``, ``x if ... else y``."""
    match given:
        case ast.Name(id=name) if name in values:
            return name
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return _known(first, values)
        case ast.IfExp(body=body, orelse=other):
            return _known(body, values) or _known(other, values)
    return ""


def _converter(construction: Construction, given: ast.expr | None, name: str) -> str:
    """The function of the module through which alone the factory puts the value of that name; empty without one."""
    match given:
        case ast.Call(args=[argument], keywords=[]) if _known(argument, {name: name}):
            function = dotted_name(given.func)
            index = construction.factory.index
            group = Scopes(index).resolve(function.partition(".")[0], index.steps_to(index.node_start(given)))
            return function if group is None or group.scope is index.tree else ""
    return ""


def _constant(construction: Construction, given: ast.expr | None, field: Field) -> ast.Constant | None:
    """What the factory gives whenever it is called for a session: a constant, or the default of a parameter of its
    own where the class has none.
    """
    if isinstance(given, ast.Name) and field.required:
        given = construction.default(given.id)
    if not isinstance(given, ast.Constant) or (given.value is None and not field.required):
        return None
    return given
