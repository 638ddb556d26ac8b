"""Names joined by dots, as syntax."""

from __future__ import annotations

import ast


def split_attributes(node: ast.AST) -> tuple[ast.AST, tuple[str, ...]]:
    """What the attributes of an expression hang on, and their names: ``a().b.c`` gives ``a()`` and ``b``, ``c``."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return node, tuple(reversed(names))
