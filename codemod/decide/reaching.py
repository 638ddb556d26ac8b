"""Which assignments of a local name can reach a place in its function."""

from __future__ import annotations

import ast
from functools import cached_property

PARAMETER = object()
"""Stands for a value that comes from outside: a parameter, or nothing assigned yet."""

Values = frozenset[object]
"""What a name may hold: the assigned expressions; ``PARAMETER``; any other node that gives a value."""


def reaching_values(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, target: ast.AST) -> Values:
    """What ``name`` may hold where the node ``target`` of ``function`` is evaluated."""
    walk = _Walk(function, name, target)
    walk.block(function.body, frozenset({PARAMETER}))
    return walk.at_target


class _Walk:
    """A forward pass over the statements; a loop's body is passed twice, so that its end reaches its start."""

    def __init__(self, function: ast.AST, name: str, target: ast.AST) -> None:
        self.name = name
        self.target = target
        self._function = function
        self.at_target: Values = frozenset()

    @cached_property
    def walrus_targets(self) -> frozenset[ast.AST]:
        """The names that a walrus binds in the function."""
        return frozenset(node.target for node in ast.walk(self._function) if isinstance(node, ast.NamedExpr))

    def block(self, body: list[ast.stmt], before: Values) -> Values:
        """The values behind the statements of ``body``; empty where none is reached."""
        for statement in body:
            before = self.statement(statement, before)
        return before

    def statement(self, statement: ast.stmt, before: Values) -> Values:
        """The values behind one statement."""
        match statement:
            case ast.If(test=test, body=body, orelse=orelse):
                before = self._expression(test, before)
                return self.block(body, before) | self.block(orelse, before)
            case ast.While(test=head, body=body, orelse=orelse):
                return self._loop(head, None, body, orelse, before)
            case ast.For(target=target, iter=head) | ast.AsyncFor(target=target, iter=head):
                return self._loop(head, target, statement.body, statement.orelse, before)
            case ast.With() | ast.AsyncWith():
                for item in statement.items:
                    before = self._expression(item, before)
                return self.block(statement.body, before)
            case ast.Try():
                return self._try(statement, before)
            case ast.Match(subject=subject, cases=cases):
                before = self._expression(subject, before)
                ends = (self.block(case.body, self._expression(case.pattern, before)) for case in cases)
                return before.union(*ends)
            case ast.Return() | ast.Raise():
                self._expression(statement, before)
                return frozenset()
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self._definition(statement, before)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                return self._assign(statement, value, before)
        if type(statement).__name__ == "TryStar":
            return self._try(statement, before)  # type: ignore[arg-type]
        return self._expression(statement, before)

    def _assign(self, statement: ast.stmt, value: ast.expr, before: Values) -> Values:
        after = self._expression(value, before)
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]  # type: ignore[attr-defined]
        for target in targets:
            part = _unpacked(target, value, self.name)
            after = self._expression(target, after) if part is None else frozenset({part})
        return after

    def _expression(self, node: ast.AST, before: Values) -> Values:
        """The values behind an expression or a simple statement, which may bind the name in some other way."""
        after = before
        for child in ast.walk(node):
            if child is self.target:
                self.at_target |= before
            if isinstance(child, ast.NamedExpr) and child.target.id == self.name:
                after = frozenset({child.value}) | (after if _may_be_skipped(node, child) else frozenset())
            elif self._binds(child):
                after |= {child}
        return after

    def _binds(self, node: ast.AST) -> bool:
        """Whether a node other than a walrus binds the name to something that is no expression."""
        if isinstance(node, ast.Name):
            is_stored = node.id == self.name and not isinstance(node.ctx, ast.Load)
            return is_stored and node not in self.walrus_targets
        return any(self.name == getattr(node, field, None) for field in ("name", "asname", "rest"))

    def _definition(self, statement: ast.stmt, before: Values) -> Values:
        assert isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if any(child is self.target for child in ast.walk(statement)):
            self.at_target |= before
        return frozenset({statement}) if statement.name == self.name else before

    def _loop(
        self,
        head: ast.expr,
        target: ast.expr | None,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        before: Values,
    ) -> Values:
        for _ in range(2):
            entry = self._expression(head, before)
            if target is not None:
                entry = self._expression(target, entry)
            before = before | self.block(body, entry) | entry
        return self.block(orelse, before) | before

    def _try(self, statement: ast.Try, before: Values) -> Values:
        through = before
        anywhere = before
        for inner in statement.body:
            through = self.statement(inner, through)
            anywhere = anywhere | through
        ends = self.block(statement.orelse, through)
        for handler in statement.handlers:
            ends = ends | self.block(handler.body, anywhere)
        return self.block(statement.finalbody, ends | anywhere) if statement.finalbody else ends


def _unpacked(target: ast.expr, value: ast.expr, name: str) -> ast.expr | None:
    """What an assignment gives to ``name``, through tuples of the same length on both sides."""
    if isinstance(target, ast.Name):
        return value if target.id == name else None
    if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(value, (ast.Tuple, ast.List)):
        return None
    if len(target.elts) != len(value.elts):
        return None
    found = (_unpacked(*pair, name) for pair in zip(target.elts, value.elts, strict=True))
    return next((part for part in found if part is not None), None)


def _may_be_skipped(node: ast.AST, walrus: ast.NamedExpr) -> bool:
    """Whether evaluating ``node`` may leave out the assignment in it."""
    optional = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    return any(
        isinstance(outer, optional) and any(child is walrus for child in ast.walk(outer))
        for outer in ast.walk(node)
    )
