"""Calls that are sites beyond doubt: they must all be in the report."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .projects import Project
    from .report import Span, Text

ELSEWHERE = ""


def plain_calls(path: str, text: Text, tree: ast.Module, project: Project) -> set[Span]:
    """The spans of the calls whose name can only be the factory.

    That is a name, or the first name of a dotted one, which the whole file binds by nothing but imports of
    the factory, or of a module that has it.
    """
    bindings: defaultdict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        for name, meaning in bound_by(node, path, project):
            bindings[name].add(meaning)
    at_top = {name for node in tree.body for name, _ in bound_by(node, path, project)}
    sure = {name: meaning for name in at_top if len(bindings[name]) == 1 for meaning in bindings[name]}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {text.span(call) for call in calls if reaches(call.func, sure, project)}


def reaches(function: ast.expr, sure: dict[str, str], project: Project) -> bool:
    """Whether a call's name leads to the factory."""
    first, _, rest = ast.unparse(function).partition(".") if is_dotted(function) else ("", "", "")
    if not sure.get(first):
        return False
    module, _, name = ".".join(filter(None, (sure[first], rest))).rpartition(".")
    return name == project.factory and module in project.exporters


def is_dotted(node: ast.expr) -> bool:
    """Whether an expression is a name or a dotted name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def bound_by(node: ast.AST, path: str, project: Project) -> Iterator[tuple[str, str]]:
    """The names that a node binds, each with the dotted name it stands for, or ``ELSEWHERE``."""
    if isinstance(node, ast.ImportFrom):
        module = absolute(node, path, project)
        for alias in node.names:
            yield alias.asname or alias.name, f"{module}.{alias.name}"
    elif isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id, ELSEWHERE
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, ELSEWHERE
    elif isinstance(node, ast.arg):
        yield node.arg, ELSEWHERE
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name, ELSEWHERE
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest, ELSEWHERE


def absolute(statement: ast.ImportFrom, path: str, project: Project) -> str:
    """The dotted name of the module that a statement in the file ``path`` imports from."""
    if not statement.level:
        return statement.module or ""
    root = next(root for root in project.source_roots if not root or path.startswith(f"{root}/"))
    folder = PurePosixPath(path).relative_to(root).parents[statement.level - 1]
    return ".".join((*folder.parts, *filter(None, [statement.module])))
