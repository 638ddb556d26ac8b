"""Puts a name into a list or tuple of strings, as ``__all__`` is, or takes some out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemod.rewrite.comma_list import CommaList, Gap
from codemod.rewrite.unit import parse_expression, write_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence


class ChangeEntries(cst.CSTTransformer):
    """Makes one ``change`` to the outermost list or tuple."""

    def __init__(self, change: Callable[[CommaList], CommaList]) -> None:
        super().__init__()
        self.change = change

    def visit_Element(self, node: cst.Element) -> bool:
        return False

    def visit_StarredElement(self, node: cst.StarredElement) -> bool:
        return False

    def leave_List(self, original_node: cst.List, updated_node: cst.List) -> cst.List:
        opening, closing = updated_node.lbracket, updated_node.rbracket
        listed = self._edited(opening.whitespace_after, updated_node.elements, closing.whitespace_before)
        return updated_node.with_changes(
            elements=_elements(listed),
            lbracket=opening.with_changes(whitespace_after=listed.lead),
            rbracket=closing.with_changes(whitespace_before=listed.tail),
        )

    def leave_Tuple(self, original_node: cst.Tuple, updated_node: cst.Tuple) -> cst.Tuple:
        opening, closing = updated_node.lpar[-1], updated_node.rpar[0]
        listed = self._edited(opening.whitespace_after, updated_node.elements, closing.whitespace_before)
        return updated_node.with_changes(
            elements=_elements(listed),
            lpar=[*updated_node.lpar[:-1], opening.with_changes(whitespace_after=listed.lead)],
            rpar=[closing.with_changes(whitespace_before=listed.tail), *updated_node.rpar[1:]],
        )

    def _edited(self, lead: Gap, elements: Sequence[cst.BaseElement], tail: Gap) -> CommaList:
        commas = [node.comma for node in elements if isinstance(node.comma, cst.Comma)]
        if len(commas) == len(elements):
            # LibCST gives the bracket what is the comma's in a call or an import.
            commas[-1] = commas[-1].with_changes(whitespace_after=tail)
            tail = cst.SimpleWhitespace("")
        return self.change(CommaList(lead, tuple(elements), tuple(commas), tail))


def add_entry(source: str, number: int, text: str) -> str:
    """The source of a list or tuple with the string literal ``text`` behind the element of that number.

    Raises as ``parse_expression`` does.
    """
    entry = cst.Element(cst.SimpleString(text))
    return _changed(source, lambda listed: listed.with_after(number, entry))


def remove_entries(source: str, numbers: Collection[int]) -> str:
    """The source of a list or tuple without the elements of those numbers. Raises as ``parse_expression`` does."""

    def change(listed: CommaList) -> CommaList:
        for number in sorted(numbers, reverse=True):
            listed = listed.without(number)
        return listed

    changed = _changed(source, change)
    return changed if changed.strip() else "()"


def _changed(source: str, change: Callable[[CommaList], CommaList]) -> str:
    tree, module = parse_expression(source)
    rewritten = tree.visit(ChangeEntries(change))
    assert isinstance(rewritten, cst.CSTNode)
    return write_expression(rewritten, module)


def _elements(listed: CommaList) -> list[cst.CSTNode]:
    return [
        node.with_changes(
            comma=listed.commas[number] if number < len(listed.commas) else cst.MaybeSentinel.DEFAULT
        )
        for number, node in enumerate(listed.nodes)
    ]
