"""Phase 3: whether a test holds that a conversation keeps its ids from one message to the next."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.phases.evidence.words import Function, calls, identifier, identifiers, is_test_file
from codemod.phases.tree import SESSION
from codemod.resolve.places import ModuleIndex
from codemod.status import Item, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from codemod.model import FileError
    from codemod.phases.evidence.commands import Commands
    from codemod.phases.tree import Tree

_NAME = "continuity-test"
_IDS = {"run_id", "thread_id"}
_ASSERTIONS = {"assertEqual", "assertIs", "assert_equal"}
_REPEATING = (
    ast.For, ast.AsyncFor, ast.While, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def continuity_item(tree: Tree, commands: Commands) -> Item:
    """Return whether a test asks for a session or context more than once, and compares the ids."""
    names = {tree.config.getter_name, SESSION}
    files = sorted(
        path for path in {p for name in names for p in tree.mentioning(name)} if is_test_file(path)
    )
    places = tuple(place for path in files for place in _tests(tree.module(path), names))
    if places:
        return Item(_NAME, "yes", "a test compares the ids of one conversation's messages", places)
    message = (
        f"no test was found that calls `{tree.config.getter_name}` or `{SESSION}` twice and compares the ids"
    )
    return Item(_NAME, "no", message, (), commands.here("scaffold test"))


def _tests(index: ModuleIndex | FileError, names: Collection[str]) -> Iterator[Place]:
    """The tests of a file that ask twice and compare ids."""
    if not isinstance(index, ModuleIndex):
        return
    functions = [node for node in ast.walk(index.tree) if isinstance(node, Function)]
    helpers = {node.name for node in functions if _asks(node, names)}
    for node in functions:
        if node.name.startswith("test") and _asks_again(node, {*names, *helpers}) and _compares_ids(node):
            yield Place(index.source.path, node.lineno)


def _asks(node: ast.AST, names: Collection[str]) -> list[ast.Call]:
    return [call for call in calls(node) if identifier(call.func) in names]


def _asks_again(test: Function, names: Collection[str]) -> bool:
    """Whether a test asks more than once, by several calls or by one that is repeated."""
    repeated = (node for node in ast.walk(test) if isinstance(node, _REPEATING))
    return len(_asks(test, names)) > 1 or any(_asks(node, names) for node in repeated)


def _compares_ids(test: Function) -> bool:
    for node in ast.walk(test):
        is_equality = isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.Is))
        is_assertion = isinstance(node, ast.Call) and identifier(node.func) in _ASSERTIONS
        if (is_equality or is_assertion) and identifiers(node) & _IDS:
            return True
    return False
