"""What names and small pieces of code say by themselves."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TEST_FILE = re.compile(r"test_.*|.*_test|conftest")


def words(name: str) -> frozenset[str]:
    """Return the words of an identifier, in lower case: ``last_usedAt`` has ``last``, ``used`` and ``at``."""
    return frozenset(word.lower() for word in _WORD.findall(name))


def identifier(node: ast.AST | None) -> str:
    """Return the last part of a name, such as ``warn`` of ``warnings.warn``; empty for other code."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def identifiers(node: ast.AST) -> set[str]:
    """Return the last parts of all names in a piece of code, and its strings that could be names."""
    found = {identifier(each) for each in ast.walk(node)} - {""}
    strings = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return found | {value for value in strings if isinstance(value, str) and value.isidentifier()}


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls in a piece of code."""
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def is_test_file(path: str) -> bool:
    """Return whether a file holds tests, or what tests need."""
    *folders, name = path.split("/")
    is_named_so = _TEST_FILE.fullmatch(name.partition(".")[0]) is not None
    return is_named_so or not {"test", "tests"}.isdisjoint(folders)


def is_declaration(node: Function) -> bool:
    """Return whether a function is only declared, for others to define: it does nothing or is abstract."""
    marks = {identifier(decorator) for decorator in node.decorator_list}
    return bool(marks & {"abstractmethod", "overload"}) or all(_does_nothing(each) for each in node.body)


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.expr() as error):
            name = identifier(error.func if isinstance(error, ast.Call) else error)
            return name == "NotImplementedError"
    return False
