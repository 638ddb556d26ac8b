"""Finds the place of an import that a module gains: among those of its kind, as sorters of imports have them."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.edits import ImportEdit
from codemod.rewrite.definitions import docstring_of, start_with_decorators
from codemod.rewrite.imports import rewrite_import
from codemod.rewrite.statements import Splice, add_statement

if TYPE_CHECKING:
    from codemod.resolve.places import ModuleIndex

_COMMENT_LINE = re.compile(r"[ \t\f]*#")
_BLANK_LINE = re.compile(r"(?:\r\n?|\n)[ \t\f]*(?:\r\n?|\n|\Z)")
_FUTURE, _STANDARD, _FOREIGN, _OWN, _RELATIVE = range(5)

ImportNode = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class NewImport:
    """``import module``, or ``from module import name``; with ``asname`` under that name. ``own`` are the
    top-level modules that belong to the project.
    """

    module: str
    name: str = ""
    asname: str = ""
    own: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        """The statement."""
        start = f"from {self.module} import {self.name}" if self.name else f"import {self.module}"
        return f"{start} as {self.asname}" if self.asname else start


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an import went: the change to the text, and the number of the statement in the module's body; with
    ``alias`` it is a name in the import there, by its number.
    """

    splice: Splice
    number: int
    alias: int | None = None


def place(index: ModuleIndex, new: NewImport, before: int, newline: str) -> Placed:
    """Place an import at the level of the module, in front of the offset ``before``.

    Raises as ``rewrite_import`` does.
    """
    body = index.tree.body
    known = [node for node in body if isinstance(node, ImportNode) and index.node_end(node) <= before]
    for node in known:
        if isinstance(node, ast.ImportFrom) and _takes_more(node, new):
            return _extended(index, node, new)
    section, key = _section(_statement(new), new.own), _key(_statement(new))
    same = [node for node in known if _section(node, new.own) == section]
    smaller = [node for node in same if _key(node) < key]
    earlier = [node for node in known if _section(node, new.own) < section]
    if smaller:
        return _after(index, smaller[-1], new)
    if same:
        return _before(index, same[0], new, newline)
    above = earlier[-1] if earlier else docstring_of(index.tree) if not known else None
    if above:
        return _apart_after(index, above, new, newline)
    if known:
        return _before(index, known[0], new, newline * 2)
    return _at_top(index, new, newline)


def _extended(index: ModuleIndex, node: ast.ImportFrom, new: NewImport) -> Placed:
    smaller = [number for number, alias in enumerate(node.names) if alias.name < new.name]
    position = smaller[-1] if smaller else len(node.names) - 1
    start, end = index.node_start(node), index.node_end(node)
    edit = ImportEdit(start, end, position, add=new.name)
    text = rewrite_import(index.source.text[start:end], [edit])
    assert text is not None, "nothing is removed"
    return Placed(Splice(start, end, text), index.tree.body.index(node), position + 1)


def _after(index: ModuleIndex, node: ast.stmt, new: NewImport) -> Placed:
    splice = add_statement(index.source, index.node_start(node), index.node_end(node), new.source)
    return Placed(splice, index.tree.body.index(node) + 1)


def _apart_after(index: ModuleIndex, node: ast.stmt, new: NewImport, newline: str) -> Placed:
    """Behind a statement with a blank line between, and one behind it where there is none."""
    placed = _after(index, node, new)
    splice = placed.splice
    if splice.text.startswith(";"):
        return placed
    behind = "" if _BLANK_LINE.match(index.source.text, splice.start) else newline
    return replace(placed, splice=replace(splice, text=f"{newline}{splice.text}{behind}"))


def _before(index: ModuleIndex, node: ast.stmt, new: NewImport, newline: str) -> Placed:
    start = index.node_start(node)
    starts_its_line = index.source.position(start)[1] == 1
    text = new.source + (newline if starts_its_line else "; ")
    return Placed(Splice(start, start, text), index.tree.body.index(node))


def _at_top(index: ModuleIndex, new: NewImport, newline: str) -> Placed:
    """Before the first statement and the comments right above it, but below those at the head of the file."""
    first, source = index.tree.body[0], index.source
    line = source.position(start_with_decorators(index, first))[0]
    above = line
    while above > 1 and _COMMENT_LINE.match(source.line(above - 1)):
        above -= 1
    at = source.line_starts[(line if above == 1 else above) - 1]
    blank_lines = 2 if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else 1
    return Placed(Splice(at, at, new.source + newline * (1 + blank_lines)), 0)


def _statement(new: NewImport) -> ImportNode:
    statement = ast.parse(new.source).body[0]
    assert isinstance(statement, ImportNode), "it is an import"
    return statement


def _section(node: ImportNode, own: frozenset[str]) -> int:
    if isinstance(node, ast.ImportFrom) and node.level:
        return _RELATIVE
    top = _module(node).partition(".")[0]
    if top == "__future__":
        return _FUTURE
    if top in sys.stdlib_module_names:
        return _STANDARD
    return _OWN if top in own else _FOREIGN


def _module(node: ImportNode) -> str:
    return (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name


def _key(node: ImportNode) -> tuple[bool, str]:
    return isinstance(node, ast.ImportFrom), _module(node).lower()


def _takes_more(node: ast.ImportFrom, new: NewImport) -> bool:
    """Whether an import can take ``new`` in."""
    if not new.name or new.asname or node.level or node.module != new.module:
        return False
    return all(alias.name != "*" for alias in node.names)
