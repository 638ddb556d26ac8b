"""Rewrites one import: names replaced, added and taken out."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import libcst as cst

from codemod.rewrite.comma_list import CommaList, Gap
from codemod.rewrite.unit import parse_import

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.edits import ImportEdit


class RewriteImport(cst.CSTTransformer):
    """Applies the edits to the one import in the tree, in which a name has to be left."""

    def __init__(self, edits: Sequence[ImportEdit]) -> None:
        super().__init__()
        self.edits = edits

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:
        assert not isinstance(updated_node.names, cst.ImportStar)
        lead: Gap = updated_node.whitespace_after_import
        tail: Gap = cst.SimpleWhitespace("")
        if updated_node.lpar and updated_node.rpar:
            lead, tail = updated_node.lpar.whitespace_after, updated_node.rpar.whitespace_before
        return _written(updated_node, self._edited(lead, updated_node.names, tail))

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        lead = updated_node.whitespace_after_import
        listed = self._edited(lead, updated_node.names, cst.SimpleWhitespace(""))
        return updated_node.with_changes(names=_names(listed), whitespace_after_import=listed.lead)

    def _edited(self, lead: Gap, names: Sequence[cst.ImportAlias], tail: Gap) -> CommaList:
        commas = tuple(alias.comma for alias in names if isinstance(alias.comma, cst.Comma))
        listed = CommaList(lead, tuple(names), commas, tail)
        for edit in sorted(self.edits, key=lambda edit: edit.position, reverse=True):
            listed = _apply(listed, edit)
        return listed


def rewrite_import(source: str, edits: Sequence[ImportEdit]) -> str | None:
    """The source of an import statement after the edits; None where no name is left.

    Raises as ``parse_expression`` does.
    """
    return _rewritten(source, tuple(replace(edit, start=0, end=0) for edit in edits))


@lru_cache(maxsize=1000)
def _rewritten(source: str, edits: tuple[ImportEdit, ...]) -> str | None:
    """The same, wherever the statement is: most files of a tree import a thing in the same words."""
    tree, module = parse_import(source)
    assert not isinstance(tree.names, cst.ImportStar)
    if {edit.position for edit in edits if edit.remove} == set(range(len(tree.names))):
        return None
    rewritten = tree.visit(RewriteImport(edits))
    assert isinstance(rewritten, cst.CSTNode)
    return module.code_for_node(rewritten)


def _apply(listed: CommaList, edit: ImportEdit) -> CommaList:
    if edit.remove:
        return listed.without(edit.position)
    if edit.rename:
        node = listed.nodes[edit.position].with_changes(name=cst.Name(edit.rename))
        nodes = (*listed.nodes[: edit.position], node, *listed.nodes[edit.position + 1 :])
        return CommaList(listed.lead, nodes, listed.commas, listed.tail)
    if edit.add:
        asname = cst.AsName(cst.Name(edit.add)) if edit.add_public else None
        return listed.with_after(edit.position, cst.ImportAlias(cst.Name(edit.add), asname))
    return listed


def _names(listed: CommaList) -> list[cst.CSTNode]:
    return [
        node.with_changes(
            comma=listed.commas[number] if number < len(listed.commas) else cst.MaybeSentinel.DEFAULT
        )
        for number, node in enumerate(listed.nodes)
    ]


def _written(statement: cst.ImportFrom, listed: CommaList) -> cst.ImportFrom:
    statement = statement.with_changes(names=_names(listed))
    if statement.lpar is None or statement.rpar is None:
        return statement.with_changes(whitespace_after_import=listed.lead)
    rpar = statement.rpar
    if not listed.has_trailing_comma:
        rpar = rpar.with_changes(whitespace_before=listed.tail)
    return statement.with_changes(lpar=statement.lpar.with_changes(whitespace_after=listed.lead), rpar=rpar)
