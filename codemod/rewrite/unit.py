"""Parsing the smallest unit of syntax that changes, and writing it out again."""

from __future__ import annotations

import re

import libcst as cst


def parse_expression(source: str) -> tuple[cst.BaseExpression, cst.Module]:
    """The expression ``source`` as if it stood in parentheses, and the module that writes it out.

    Raises ``libcst.ParserSyntaxError`` if it is none, and ValueError if it does not come out of the parser as
    it went in.
    """
    wrapped = f"({source})"
    tree = cst.parse_expression(wrapped)
    module = cst.Module([], default_newline=first_newline(wrapped))
    _check(module.code_for_node(tree), wrapped)
    return tree, module


def write_expression(tree: cst.CSTNode, module: cst.Module) -> str:
    """The source of an expression from ``parse_expression``."""
    return module.code_for_node(tree)[1:-1]


def parse_import(source: str) -> tuple[cst.Import | cst.ImportFrom, cst.Module]:
    """The import ``source``, and the module that writes it out. Raises as ``parse_expression``."""
    parsed = cst.parse_module(source)
    _check(parsed.code, source)
    line = parsed.body[0]
    assert isinstance(line, cst.SimpleStatementLine)
    statement = line.body[0]
    assert isinstance(statement, (cst.Import, cst.ImportFrom))
    return statement, cst.Module([], default_newline=first_newline(source))


def first_newline(source: str) -> str:
    """The newline that LibCST takes as the default when it parses ``source``."""
    newline = re.search(r"\r\n?|\n", source)
    return newline[0] if newline else "\n"


def _check(written: str, source: str) -> None:
    if written != source:
        raise ValueError("the source does not come out of the parser as it went in")
