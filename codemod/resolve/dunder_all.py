"""``__all__`` in its forms: assigned, added to, extended and appended to, with literals."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.resolve.facts import AllEntry, DunderAll, Span

if TYPE_CHECKING:
    from codemod.resolve.places import ModuleIndex, Place

_READING_METHODS = frozenset({"copy", "count", "index"})


def read_dunder_all(index: ModuleIndex) -> DunderAll | None:
    """The names in ``__all__``; None where the module has none."""
    reader = _Reader(index)
    places = [place for place in index.places("__all__") if place.role in ("load", "store", "del")]
    for place in places:
        reader.read(place)
    written = any(place.role != "load" for place in places)
    return DunderAll(tuple(reader.entries), reader.certain, frozenset(reader.maybe)) if written else None


class _Reader:
    def __init__(self, index: ModuleIndex) -> None:
        self.index = index
        self.entries: list[AllEntry] = []
        self.certain = True
        self.maybe: set[str] = set()

    def read(self, place: Place) -> None:
        match place.parent():
            case ast.Assign(value=value) | ast.AugAssign(op=ast.Add(), value=value):
                self._literal(value)
            case ast.AnnAssign(value=ast.expr() as value):
                self._literal(value)
            case ast.Attribute(attr=method):
                self._method(method, place)
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                self._give_up(place.statement())
            case _ if place.role != "load":
                self._give_up(place.statement())

    def _method(self, method: str, place: Place) -> None:
        match method, place.parent(2), place.parent(3):
            case "extend", ast.Call(args=[items]), ast.Expr():
                self._literal(items)
            case "append", ast.Call(args=[item]), ast.Expr() as statement:
                self._item(item, -1, statement)
            case _, ast.AST() as call, _ if method not in _READING_METHODS:
                self._give_up(call)

    def _literal(self, value: ast.expr) -> None:
        match value:
            case ast.List(elts=items) | ast.Tuple(elts=items):
                for number, item in enumerate(items):
                    self._item(item, number, value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                self._literal(left)
                self._literal(right)
            case ast.Name(id="__all__"):
                pass
            case _:
                self._give_up(value)

    def _item(self, item: ast.expr, number: int, outer: ast.AST) -> None:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            entry = AllEntry(item.value, self._span(item), number, self._span(outer), item.lineno)
            self.entries.append(entry)
        else:
            self._give_up(item)

    def _give_up(self, node: ast.AST) -> None:
        strings = (child.value for child in ast.walk(node) if isinstance(child, ast.Constant))
        self.maybe |= {string for string in strings if isinstance(string, str)}
        self.certain = False

    def _span(self, node: ast.AST) -> Span:
        return Span(self.index.node_start(node), self.index.node_end(node))
