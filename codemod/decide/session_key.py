"""CTX154: a session key that is new on every call finds no session."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.reaching import reaching_values
from codemod.decide.rule import Rule
from codemod.decide.side_effects import CLOCK_CALLS, IDENTIFIER_CALLS, PURE_METHODS, is_generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.call import Argument, Call
    from codemod.decide.callee import Callee
    from codemod.model import Finding

FRESH_SESSION_KEY = Rule(
    code="CTX154",
    name="fresh-session-key",
    kind="note",
    summary="A session-key argument is always a new identifier here, so the getter opens a session on every call.",
    advice="Pass the conversation's own identifier; with a new one on every call nothing is gained.",
    before="context = create_user_execution_context(user_id, str(uuid.uuid4()), run_id)",
    after="context = get_user_execution_context(user_id, str(uuid.uuid4()))",
)
_TRANSPARENT = frozenset({"str", "repr", "format", "int", "uuid.UUID"})
_TRANSPARENT_METHODS = PURE_METHODS | {"timestamp"}


def check_session_key(call: Call) -> Iterator[Finding]:
    """CTX154 on a call."""
    for argument in call.arguments:
        if argument.parameter in call.config.session_key and not argument.is_dropped:
            yield from _check(call, argument)


def _check(call: Call, argument: Argument) -> Iterator[Finding]:
    if _Freshness(call).is_fresh(argument.node):
        value = call.text(argument.node)
        what = "holds" if isinstance(argument.node, ast.Name) else f"is `{value}`,"
        yield FRESH_SESSION_KEY.found(f"`{argument.parameter}` {what} a new identifier on every call")


class _Freshness:
    """Tells whether an expression of a call's function is always a new identifier."""

    def __init__(self, call: Call, asked: frozenset[ast.AST] = frozenset()) -> None:
        self.call = call
        self.asked = asked

    def is_fresh(self, node: ast.AST) -> bool:
        match node:
            case ast.Call():
                return self._call(node)
            case ast.Name():
                return self._name(node)
            case ast.JoinedStr(values=values):
                return any(isinstance(value, ast.FormattedValue) and self._field(value) for value in values)
            case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
                return self.is_fresh(left) or self.is_fresh(right)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return any(self.is_fresh(item) for item in items)
            case ast.IfExp(body=first, orelse=second):
                return self.is_fresh(first) and self.is_fresh(second)
            case ast.BoolOp(values=values):
                return all(self.is_fresh(value) for value in values)
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Await(value=value):
                return self.is_fresh(value)
            case ast.NamedExpr(value=value):
                return self.is_fresh(value)
        return False

    def _call(self, node: ast.Call) -> bool:
        callee = self._callee(node)
        if self._makes_identifier(callee):
            return True
        if callee.is_method and not callee.on_module and isinstance(node.func, ast.Attribute):
            if callee.last in _TRANSPARENT_METHODS:
                return self.is_fresh(node.func.value) or any(self.is_fresh(item) for item in node.args)
            return False
        if callee.qualified == "format" and len(node.args) == 2 and self._is_clock(node.args[0]):
            return False
        return callee.qualified in _TRANSPARENT and any(self.is_fresh(item) for item in node.args)

    def _makes_identifier(self, callee: Callee) -> bool:
        known = IDENTIFIER_CALLS | CLOCK_CALLS | {"random.*"}
        return callee.is_one_of(known) or is_generator(callee) or callee.matches(self.call.config.fresh_calls)

    def _field(self, value: ast.FormattedValue) -> bool:
        if value.format_spec is not None and self._is_clock(value.value):
            return False
        return self.is_fresh(value.value)

    def _is_clock(self, node: ast.AST) -> bool:
        """Whether the value is a clock's, which a format specification makes coarser."""
        values = self._values(node) if isinstance(node, ast.Name) else [node]
        return any(
            isinstance(value, ast.Call) and self._callee(value).is_one_of(CLOCK_CALLS) for value in values
        )

    def _name(self, node: ast.Name) -> bool:
        values = self._values(node)
        deeper = _Freshness(self.call, self.asked | values)
        return bool(values) and not values & self.asked and all(deeper.is_fresh(value) for value in values)

    def _values(self, node: ast.Name) -> frozenset[ast.AST]:
        """What a local name of the call's function may hold at the call; empty where that is not known."""
        function = self.call.function
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return frozenset()
        values = reaching_values(function, node.id, self.call.node)
        expressions = frozenset(value for value in values if isinstance(value, ast.expr))
        if len(expressions) < len(values):
            return frozenset()
        group = self.call.scopes.resolve(node.id, self.call.steps)
        return expressions if group is not None and group.scope is function else frozenset()

    def _callee(self, node: ast.Call) -> Callee:
        return self.call.callee(node.func, self.call.steps)
