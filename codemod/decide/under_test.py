"""CTX107: a test of the factory itself, which would test nothing any more."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from codemod.decide.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.call import Call
    from codemod.model import Finding

FACTORY_UNDER_TEST = Rule(
    code="CTX107",
    name="factory-under-test",
    kind="block",
    summary="The call is in a test of the factory itself, or in one that compares it with the getter.",
    advice="Keep the test as long as the factory exists, or write one for the getter.",
    before=(
        "def test_create_user_execution_context():\n"
        '    assert create_user_execution_context("u", "t", "r").run_id == "r"'
    ),
    after=(
        "def test_get_user_execution_context():\n"
        '    assert get_user_execution_context("u", "t").thread_id == "t"'
    ),
    allowable=True,
)
_TEST_FILE = re.compile(r"(?:test_.*|.*_test)\.py")


def check_under_test(call: Call) -> Iterator[Finding]:
    """CTX107 on a call."""
    if not _TEST_FILE.fullmatch(call.index.source.path.rpartition("/")[2]):
        return
    tests = [node for node in _enclosing(call) if _is_test(node)]
    for node in _enclosing(call)[_first(call, tests) :]:
        if _plain(call.config.factory_name) in _plain(node.name):
            yield FACTORY_UNDER_TEST.found(f"`{node.name}` tests `{call.config.factory_name}` itself")
            return
    for node in tests:
        if not isinstance(node, ast.ClassDef) and _calls_getter(node, call.config.getter_name):
            yield FACTORY_UNDER_TEST.found(
                f"`{node.name}` calls `{call.config.getter_name}` too, so it compares the two"
            )
            return


_Enclosing = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _enclosing(call: Call) -> list[_Enclosing]:
    return [step.parent for step in call.steps if isinstance(step.parent, _Enclosing)]


def _first(call: Call, tests: list[_Enclosing]) -> int:
    return _enclosing(call).index(tests[0]) if tests else len(call.steps)


def _is_test(node: _Enclosing) -> bool:
    if isinstance(node, ast.ClassDef):
        return node.name.startswith("Test") or any(_is_test_case(base) for base in node.bases)
    return node.name.startswith("test")


def _is_test_case(base: ast.expr) -> bool:
    name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
    return name.endswith("TestCase")


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _calls_getter(function: ast.AST, getter: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and getter
        == (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
        for node in ast.walk(function)
    )
