"""Code of the tree as messages name it."""

from __future__ import annotations

import ast
from textwrap import shorten
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.resolve.places import ModuleIndex

_WIDTH = 70
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def shown(index: ModuleIndex, node: ast.AST) -> str:
    """The source of a node on one line, in backquotes; of a statement with blocks the part before those."""
    first = next((each for each in statements([node]) if each is not node), None)
    text = index.source.text[
        index.node_start(node) : index.node_start(first) if first else index.node_end(node)
    ]
    return f"`{shorten(text, _WIDTH, placeholder=' ...')}`"


def statements(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """The statements of a body and of the blocks in it, but not those of functions and classes that it defines."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, _DEFINITIONS):
            for block in _BLOCKS:
                yield from statements(getattr(node, block, ()))


def has_blocks(statement: ast.stmt) -> bool:
    """Whether there are other statements in one, which is not a function or class."""
    return any(each is not statement for each in statements([statement]))
