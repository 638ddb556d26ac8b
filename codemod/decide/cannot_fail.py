"""Values whose evaluation surely raises nothing, so that no error is lost with them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.side_effects import CLOCK_CALLS, IDENTIFIER_CALLS, is_generator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.decide.call import Code
    from codemod.resolve.places import Step

_UUID_TEXTS = ("hex", "urn")
_UUIDS = ("uuid.*",)
_TIMES = tuple(name for name in CLOCK_CALLS if name.startswith("time."))
_TIME_ZONES = ("datetime.timezone.utc", "datetime.UTC")
_TEXT_CALLS = ("str", "repr")
_TOKENS = ("secrets.token_hex", "secrets.token_urlsafe")
_TEXT_METHODS = {"lower": 0, "upper": 0, "title": 0, "strip": 0, "replace": 2}
_MADE = IDENTIFIER_CALLS | CLOCK_CALLS


def cannot_fail(code: Code, node: ast.expr, steps: tuple[Step, ...]) -> bool:
    """Whether the expression where ``steps`` lead has a value whatever its names mean.

    Identifiers, times, strings and numbers made of them, and names themselves have; an attribute or item of
    something unknown need not be there.
    """
    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.BoolOp(values=parts):
            return all(cannot_fail(code, part, steps) for part in parts)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return all(cannot_fail(code, part, steps) for part in (test, body, orelse))
        case ast.Call(func=function, args=arguments, keywords=keywords):
            callee = code.callee(function, steps)
            parts = [*arguments, *(keyword.value for keyword in keywords)]
            if callee.is_one_of(_MADE):
                return all(_is_plain(code, part, steps) for part in parts)
            if is_generator(callee):
                return all(cannot_fail(code, part, steps) for part in parts)
    return _is_text(code, node, steps) or _is_number(code, node, steps)


def _is_plain(code: Code, node: ast.expr, steps: tuple[Step, ...]) -> bool:
    return isinstance(node, ast.Constant) or _is(code, node, steps, _TIME_ZONES)


def _is_text(code: Code, node: ast.expr, steps: tuple[Step, ...]) -> bool:
    """Whether it is surely a string, and cannot fail."""
    match node:
        case ast.Constant(value=str()):
            return True
        case ast.JoinedStr(values=parts):
            return all(_is_text(code, part, steps) for part in parts)
        case ast.FormattedValue(value=value, format_spec=None):
            return cannot_fail(code, value, steps)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_text(code, left, steps) and _is_text(code, right, steps)
        case ast.Subscript(value=text, slice=ast.Slice(lower=lower, upper=upper, step=None)):
            return _is_text(code, text, steps) and all(map(_is_bound, (lower, upper)))
        case ast.Attribute(value=ast.Call(func=function) as made, attr=attribute):
            is_known = attribute in _UUID_TEXTS and _is(code, function, steps, _UUIDS)
            return is_known and cannot_fail(code, made, steps)
        case ast.Call(func=function, args=[value], keywords=[]) if _is(code, function, steps, _TEXT_CALLS):
            return cannot_fail(code, value, steps)
        case ast.Call(func=function) if _is(code, function, steps, _TOKENS):
            return cannot_fail(code, node, steps)
        case ast.Call(func=ast.Attribute(value=ast.Call(func=function) as made, attr="isoformat"), args=[]):
            return _is(code, function, steps, CLOCK_CALLS) and cannot_fail(code, made, steps)
        case ast.Call(func=ast.Attribute(value=text, attr=method), args=arguments, keywords=[]):
            is_known = len(arguments) == _TEXT_METHODS.get(method)
            return is_known and all(_is_text(code, part, steps) for part in (text, *arguments))
    return False


def _is_number(code: Code, node: ast.expr, steps: tuple[Step, ...]) -> bool:
    """Whether it is surely a number, and cannot fail."""
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
            return _is_number(code, left, steps) and _is_number(code, right, steps)
        case ast.Call(func=function, args=[value], keywords=[]):
            return _is(code, function, steps, ("int",)) and _is_number(code, value, steps)
        case ast.Call(func=function, args=[], keywords=[]):
            return _is(code, function, steps, _TIMES)
    return False


def _is(code: Code, name: ast.expr, steps: tuple[Step, ...], known: Iterable[str]) -> bool:
    return code.callee(name, steps).is_one_of(known)


def _is_bound(node: ast.expr | None) -> bool:
    """Whether it may be the end of a slice."""
    number = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    return number is None or (isinstance(number, ast.Constant) and isinstance(number.value, int))
