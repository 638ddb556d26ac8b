"""The proof of a rewritten file: it parses, and its tree is the old one's with the planned edits made to it.

The edits are made to the tree here by other means than to the text, so that neither can hide the other's
mistake.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codemod.edits import AllEdit, CallEdit, FileEdits, ImportEdit, NameEdit
    from codemod.resolve.places import ModuleIndex
    from codemod.source import Source


def is_proved(old: ModuleIndex, new: ast.Module, new_source: Source, edits: FileEdits) -> bool:
    """Whether ``new`` is the tree of ``old`` with the edits and no other change. The tree of ``old`` is changed."""
    groups = (edits.calls, edits.imports, edits.alls, edits.names, edits.removals)
    starts = sorted(edit.start for group in groups for edit in group)
    _Planned(old, edits).apply()
    return _Comparison(old.source, new_source, starts).equal(old.tree, new)


class _Planned:
    """Makes edits to a tree."""

    def __init__(self, index: ModuleIndex, edits: FileEdits) -> None:
        self.index = index
        self.edits = edits

    def apply(self) -> None:
        calls = [(edit, self._node(ast.Call, edit.start, edit.end)) for edit in self.edits.calls]
        lists = [(edit, *self._entry(edit)) for edit in self.edits.alls]
        names = [(edit, self._named(edit)) for edit in self.edits.names]
        imports: dict[int, list[ImportEdit]] = {}
        for edit in self.edits.imports:
            imports.setdefault(edit.start, []).append(edit)
        blocks = [(self._block(edits[0].start, edits[0].end), edits) for edits in imports.values()]
        gone = [self._block(edit.start, edit.end) for edit in self.edits.removals]
        for call_edit, call in calls:
            _change_call(call_edit, call)
        for name_edit, node in names:
            _rename(name_edit, node)
        for all_edit, block, number in sorted(lists, key=lambda each: each[2], reverse=True):
            _change_entries(all_edit, block, number)
        for (block, statement), edits in blocks:
            _change_import(block, statement, edits)
        for block, statement in gone:
            block.remove(statement)
        for block in [*(block for (block, _), _ in blocks), *(block for block, _ in gone)]:
            if block is not self.index.tree.body:
                block[:] = block or [ast.Pass()]

    def _node(self, kind: type, start: int, end: int) -> Any:
        for step in self.index.steps_to(start):
            if isinstance(step.child, kind) and self._span(step.child) == (start, end):
                return step.child
        raise ValueError(f"no {kind.__name__} at {start}")

    def _block(self, start: int, end: int) -> tuple[list[ast.stmt], ast.stmt]:
        for step in self.index.steps_to(start):
            if isinstance(step.child, ast.stmt) and self._span(step.child) == (start, end):
                return getattr(step.parent, step.field), step.child
        raise ValueError(f"no statement at {start}")

    def _entry(self, edit: AllEdit) -> tuple[list[Any], int]:
        if edit.number < 0:
            block, statement = self._block(edit.outer_start, edit.outer_end)
            return block, block.index(statement)
        for step in self.index.steps_to(edit.start):
            if isinstance(step.child, ast.Constant):
                return getattr(step.parent, step.field), edit.number
        raise ValueError(f"no string at {edit.start}")

    def _named(self, edit: NameEdit) -> ast.Constant | ast.keyword:
        node = self.index.steps_to(edit.start)[-1].child
        assert isinstance(node, (ast.Constant, ast.keyword)), "a mock target is a string or a keyword"
        return node

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return self.index.node_start(node), self.index.node_end(node)


def _change_call(edit: CallEdit, call: ast.Call) -> None:
    if isinstance(call.func, ast.Attribute) and not edit.bare:
        call.func.attr = edit.name
    else:
        call.func = ast.Name(edit.name, ast.Load())
    items: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    items.sort(key=lambda item: (item.lineno, item.col_offset))
    gone = [items[number] for number in edit.dropped]
    call.args = [item for item in call.args if item not in gone]
    call.keywords = [item for item in call.keywords if item not in gone]


def _rename(edit: NameEdit, node: ast.Constant | ast.keyword) -> None:
    if isinstance(node, ast.keyword):
        node.arg = edit.name
    else:
        node.value = str(node.value)[: edit.start - edit.end] + edit.name


def _change_entries(edit: AllEdit, block: list[Any], number: int) -> None:
    if not edit.name:
        del block[number]
    elif edit.number < 0:
        method = ast.Attribute(ast.Name("__all__", ast.Load()), "append", ast.Load())
        block.insert(number + 1, ast.Expr(ast.Call(method, [ast.Constant(edit.name)], [])))
    else:
        block.insert(number + 1, ast.Constant(edit.name))


def _change_import(block: list[ast.stmt], statement: ast.stmt, edits: list[ImportEdit]) -> None:
    at = block.index(statement)
    added = [ast.parse(edit.statement).body[0] for edit in edits if edit.statement]
    kept: list[ast.alias] = []
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        for number, alias in enumerate(statement.names):
            kept += _change_alias(alias, [edit for edit in edits if edit.position == number])
        statement.names = kept
        block[at : at + 1] = [statement, *added] if kept else added
    else:
        block[at + 1 : at + 1] = added


def _change_alias(alias: ast.alias, edits: list[ImportEdit]) -> list[ast.alias]:
    names = [alias]
    for edit in edits:
        if edit.remove:
            names = []
        elif edit.rename:
            alias.name = edit.rename
        elif edit.add:
            names.append(ast.alias(edit.add, edit.add if edit.add_public else None))
    return names


class _Comparison:
    """Compares two trees; nodes of the same text in which nothing was planned are the same unread."""

    def __init__(self, old: Source, new: Source, starts: list[int]) -> None:
        self.old = old
        self.new = new
        self.starts = starts

    def equal(self, old: object, new: object) -> bool:
        pairs = [(old, new)]
        while pairs:
            left, right = pairs.pop()
            if isinstance(left, list) and isinstance(right, list):
                if len(left) != len(right):
                    return False
                pairs += zip(left, right, strict=True)
            elif not isinstance(left, ast.AST) or not isinstance(right, ast.AST):
                if left != right or type(left) is not type(right):
                    return False
            elif type(left) is not type(right):
                return False
            elif isinstance(left, ast.JoinedStr):
                if ast.dump(left) != ast.dump(right):
                    return False
            elif not self._is_untouched(left, right):
                pairs += [(getattr(left, name, None), getattr(right, name, None)) for name in left._fields]
        return True

    def _is_untouched(self, left: ast.AST, right: ast.AST) -> bool:
        if not hasattr(left, "lineno") or not hasattr(right, "lineno"):
            return False
        start, end = _span(self.old, left)
        number = bisect_left(self.starts, start)
        if number < len(self.starts) and self.starts[number] < end:
            return False
        return self.old.text[start:end] == self.new.text[slice(*_span(self.new, right))]


def _span(source: Source, node: Any) -> tuple[int, int]:
    first = min([node, *getattr(node, "decorator_list", [])], key=lambda item: (item.lineno, item.col_offset))
    return source.offset(first.lineno, first.col_offset), source.offset(node.end_lineno, node.end_col_offset)
