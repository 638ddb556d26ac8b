"""Rewrites one call: another name, and some arguments less.

What is parsed is the call with a placeholder for each argument's value, so the values, which may be of any
size and hold rewritten calls themselves, are put back as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import libcst as cst

from codemod.rewrite.comma_list import CommaList
from codemod.rewrite.unit import parse_expression, write_expression

if TYPE_CHECKING:
    from collections.abc import Sequence


class RewriteCall(cst.CSTTransformer):
    """Names the one call in the tree ``name`` and drops the arguments of the given numbers.

    A dotted function keeps what stands before its last name unless ``bare``.
    """

    def __init__(self, name: str, dropped: Sequence[int], *, bare: bool) -> None:
        super().__init__()
        self.name = name
        self.dropped = dropped
        self.bare = bare

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        listed = _read(updated_node)
        for number in sorted(self.dropped, reverse=True):
            listed = listed.without(number)
        return _written(updated_node, listed).with_changes(func=self._function(updated_node.func))

    def _function(self, function: cst.BaseExpression) -> cst.BaseExpression:
        if isinstance(function, cst.Attribute) and not self.bare:
            return function.with_changes(attr=function.attr.with_changes(value=self.name))
        if isinstance(function, cst.Name):
            return function.with_changes(value=self.name)
        return cst.Name(self.name)


def rewrite_call(
    source: str,
    values: Sequence[tuple[int, int]],
    texts: Sequence[str],
    name: str,
    dropped: Sequence[int],
    *,
    bare: bool,
) -> str:
    """The source of a call after the rewrite.

    ``values`` are the spans of the arguments' values in ``source`` in their order, ``texts`` what stands there
    in the end. Raises ``libcst.ParserSyntaxError`` if ``source`` is no call, and ValueError if it does not come
    out of the parser as it went in.
    """
    mark = _unused_name(source)
    skeleton, at = "", 0
    for number, (start, end) in enumerate(values):
        skeleton += source[at:start] + f"{mark}{number}"
        at = end
    code = _rewritten(skeleton + source[at:], name, tuple(dropped), bare)
    return re.sub(rf"{mark}(\d+)", lambda match: texts[int(match[1])], code)


@lru_cache(maxsize=1000)
def _rewritten(source: str, name: str, dropped: tuple[int, ...], bare: bool) -> str:
    """The source of a call after the rewrite. Without their values, most calls of a tree are written in a few ways."""
    tree, module = parse_expression(source)
    rewritten = tree.visit(RewriteCall(name, dropped, bare=bare))
    assert isinstance(rewritten, cst.CSTNode)
    return write_expression(rewritten, module)


def _unused_name(source: str) -> str:
    mark = "_value_"
    while mark in source:
        mark += "_"
    return mark


def _read(call: cst.Call) -> CommaList:
    return CommaList(
        lead=call.whitespace_before_args,
        nodes=tuple(call.args),
        commas=tuple(arg.comma for arg in call.args if isinstance(arg.comma, cst.Comma)),
        tail=call.args[-1].whitespace_after_arg if call.args else cst.SimpleWhitespace(""),
    )


def _written(call: cst.Call, listed: CommaList) -> cst.Call:
    if not listed.nodes:
        return call.with_changes(args=[], whitespace_before_args=listed.empty)
    args = [
        node.with_changes(
            comma=listed.commas[number] if number < len(listed.commas) else cst.MaybeSentinel.DEFAULT,
            whitespace_after_arg=cst.SimpleWhitespace(""),
        )
        for number, node in enumerate(listed.nodes)
    ]
    if not listed.has_trailing_comma:
        args[-1] = args[-1].with_changes(whitespace_after_arg=listed.tail)
    return call.with_changes(args=args, whitespace_before_args=listed.lead)
