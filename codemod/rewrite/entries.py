"""Puts a name into a list or tuple of strings, as ``__all__`` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemod.rewrite.comma_list import CommaList, Gap
from codemod.rewrite.unit import parse_expression, write_expression

if TYPE_CHECKING:
    from collections.abc import Sequence


class AddEntry(cst.CSTTransformer):
    """Puts the string ``text`` behind the element of that number of the outermost list or tuple."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__()
        self.number = number
        self.text = text

    def visit_Element(self, node: cst.Element) -> bool:
        return False

    def visit_StarredElement(self, node: cst.StarredElement) -> bool:
        return False

    def leave_List(self, original_node: cst.List, updated_node: cst.List) -> cst.List:
        lead, tail = updated_node.lbracket.whitespace_after, updated_node.rbracket.whitespace_before
        listed = self._added(lead, updated_node.elements, tail)
        return updated_node.with_changes(
            elements=_elements(listed),
            rbracket=updated_node.rbracket.with_changes(whitespace_before=listed.tail),
        )

    def leave_Tuple(self, original_node: cst.Tuple, updated_node: cst.Tuple) -> cst.Tuple:
        lpar, rpar = updated_node.lpar[-1], updated_node.rpar[0]
        listed = self._added(lpar.whitespace_after, updated_node.elements, rpar.whitespace_before)
        closing = [rpar.with_changes(whitespace_before=listed.tail), *updated_node.rpar[1:]]
        return updated_node.with_changes(elements=_elements(listed), rpar=closing)

    def _added(self, lead: Gap, elements: Sequence[cst.BaseElement], tail: Gap) -> CommaList:
        commas = tuple(node.comma for node in elements if isinstance(node.comma, cst.Comma))
        listed = CommaList(lead, tuple(elements), commas, tail)
        return listed.with_after(self.number, cst.Element(cst.SimpleString(self.text)))


def add_entry(source: str, number: int, text: str) -> str:
    """The source of a list or tuple with the string literal ``text`` behind the element of that number.

    Raises as ``parse_expression`` does.
    """
    tree, module = parse_expression(source)
    rewritten = tree.visit(AddEntry(number, text))
    assert isinstance(rewritten, cst.CSTNode)
    return write_expression(rewritten, module)


def _elements(listed: CommaList) -> list[cst.CSTNode]:
    return [
        node.with_changes(
            comma=listed.commas[number] if number < len(listed.commas) else cst.MaybeSentinel.DEFAULT
        )
        for number, node in enumerate(listed.nodes)
    ]
