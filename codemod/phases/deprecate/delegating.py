"""The call of the getter for each definition of the factory, unless something stands against it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.model import Remark
from codemod.phases.deprecate.delegation import Delegation, delegation
from codemod.phases.deprecate.gains import running
from codemod.phases.deprecate.getter import find_getter
from codemod.phases.deprecate.losses import losses
from codemod.phases.deprecate.names import Names
from codemod.phases.deprecate.present import delegates, read_present
from codemod.phases.tree import Tree
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from codemod.phases.tree import Definition, FunctionNode

_HELP = "Deprecate it without --delegate, or make the two functions alike."


def delegations(tree: Tree, factory: Definition) -> dict[FunctionNode, Delegation] | tuple[Remark, ...]:
    """The calls by the definitions that do not call the getter already; why they cannot call it, or which sites
    would lose something by it.
    """
    name, names = tree.config.getter_name, Names(Scopes(factory.index), running(factory))
    nodes = [node for node in names.nodes if not delegates(node, read_present(names, node, ""), name)]
    if not nodes:
        return {}
    whole = _whole(tree, factory)
    getter = find_getter(whole, factory)
    if isinstance(getter, Remark):
        return (getter,)
    found = {node: _hidden(node, name) or delegation(node, getter, tree.config.drop) for node in nodes}
    problems = [(node, each) for node, each in found.items() if isinstance(each, str)]
    if problems:
        return tuple(Remark(factory.path, node.lineno, problem, _HELP) for node, problem in problems)
    calls = {node: each for node, each in found.items() if isinstance(each, Delegation)}
    lost = [remark for node, each in calls.items() for remark in losses(whole, node, each)]
    return tuple(dict.fromkeys(lost)) or calls


def _whole(tree: Tree, factory: Definition) -> Tree:
    """The project with that factory alone and all files selected: a call counts wherever it stands."""
    narrowed = tree.narrowed(factory)
    found = tree.found.whole()
    return Tree(narrowed.root, narrowed.config, found)


def _hidden(node: FunctionNode, getter: str) -> str:
    """Why the getter's name does not mean it inside of a function; empty where it does."""
    is_parameter = any(isinstance(each, ast.arg) and each.arg == getter for each in ast.walk(node.args))
    return f"a parameter of it is called `{getter}`" if is_parameter else ""
