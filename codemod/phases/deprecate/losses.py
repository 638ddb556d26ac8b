"""The calls of the factory that would lose something if it did no more than call the getter."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.call import Definition as Factory
from codemod.decide.call import read_arguments
from codemod.model import Remark
from codemod.resolve.places import ModuleIndex
from codemod.resolve.signatures import read_signature

if TYPE_CHECKING:
    from codemod.decide.call import Argument
    from codemod.model import Site
    from codemod.phases.deprecate.delegation import Delegation
    from codemod.phases.tree import FunctionNode, Tree

_UNREADABLE = frozenset({"CTX901", "CTX902", "CTX903"})


def losses(tree: Tree, node: FunctionNode, delegation: Delegation) -> tuple[Remark, ...]:
    """What the sites that stay pass to the factory ``node``, or may pass, that matters and that the getter does not
    take: a remark for each site.

    A dropped argument matters where making it has an effect, where a test looks at what the factory does, and where
    a comment keeps the call as it is.
    """
    reading = _Reading(tree, node, delegation)
    found = [(site, reading.loss(site)) for site in tree.report.sites if site.verdict != "migrated"]
    broken = [error for error in tree.report.errors if error.code in _UNREADABLE]
    return (
        *(Remark(site.path, site.line, loss) for site, loss in found if loss),
        *(Remark(each.path, each.line, f"what it passes cannot be known: {each.message}") for each in broken),
    )


class _Reading:
    """Reads what sites pass."""

    def __init__(self, tree: Tree, node: FunctionNode, delegation: Delegation) -> None:
        self.tree = tree
        self.factory = Factory(read_signature(node))
        self.delegation = delegation
        self.defaults = _defaults(node)

    def loss(self, site: Site) -> str:
        """What would be lost at a site that stays; empty where nothing that matters is."""
        if site.kind in ("reference", "dynamic"):
            lost = self.delegation.lost
            return (
                f"what is passed through this cannot be seen, and `{lost[0]}` would be lost" if lost else ""
            )
        index = self.tree.module(site.path)
        if site.kind != "call" or not isinstance(index, ModuleIndex):
            return ""
        arguments = read_arguments(_call(index, site), self.tree.config, self.factory)
        return next(filter(None, (self._argument_loss(index, site, each) for each in arguments)), "")

    def _argument_loss(self, index: ModuleIndex, site: Site, argument: Argument) -> str:
        value, name = index.segment(argument.node), argument.parameter
        if not name and (argument.by_keyword or isinstance(argument.node, ast.Starred)):
            return f"`{'**' if argument.by_keyword else ''}{value}` hides what it passes"
        if name in self.delegation.taken or self._is_default(argument):
            return ""
        if not argument.is_dropped:
            return (
                f"it passes `{value}`"
                + (f" for `{name}`" if name else "")
                + ", which the getter does not take"
            )
        codes = {finding.code for finding in site.codes}
        if "CTX104" in codes:
            return f"it makes `{value}` for `{name}`, which has an effect and would be ignored"
        if "CTX107" in codes:
            return f"it tests what the factory does with `{name}`, which would be ignored"
        return (
            f"a comment keeps it as it is, and `{name}` would be ignored" if site.verdict == "ignored" else ""
        )

    def _is_default(self, argument: Argument) -> bool:
        default = self.defaults.get(argument.parameter)
        return default is not None and ast.dump(default) == ast.dump(argument.node)


def _call(index: ModuleIndex, site: Site) -> ast.Call:
    starts = index.source.line_starts
    start = starts[site.line - 1] + site.column - 1
    end = starts[site.end_line - 1] + site.end_column - 1
    nodes = (step.child for step in index.steps_to(start))
    return next(
        node
        for node in nodes
        if isinstance(node, ast.Call) and (index.node_start(node), index.node_end(node)) == (start, end)
    )


def _defaults(node: FunctionNode) -> dict[str, ast.Constant]:
    """The defaults of parameters that are constants."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {each.arg: default for each, default in pairs if isinstance(default, ast.Constant)}
