"""Whether the last phase is done."""

from __future__ import annotations

from codemod.phases.absent import bound_otherwise, wrong_module
from codemod.phases.tree import Tree


def whole(tree: Tree) -> Tree:
    """The same project with all its files selected."""
    return Tree(tree.root, tree.config, tree.found.whole())


def is_gone(everything: Tree) -> bool:
    """Whether a whole project has the getter, and nothing in it defines or needs the factory."""
    return bool(everything.definitions(everything.config.getter)) and is_nowhere(everything)


def is_nowhere(everything: Tree) -> bool:
    """Whether nothing in a whole project defines or needs the factory, whose module is there if it is dotted."""
    if everything.definitions(everything.config.factory):
        return False
    if bound_otherwise(everything) or wrong_module(everything):
        return False
    report, settlement = everything.report, everything.settlement
    is_imported = settlement is not None and bool(settlement.program.groups)
    return not report.sites and not is_imported and not report.errors
