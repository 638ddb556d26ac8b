"""Puts a function and its import into the text of a module, and changes nothing else in it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.model import FileError
from codemod.phases.scaffold.refusal import refused
from codemod.read import load
from codemod.resolve.places import ModuleIndex
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codemod.edits import FileEdits
    from codemod.source import Source


@dataclass(frozen=True, slots=True)
class Insertion:
    """One statement with its line ends, to stand before a line."""

    line: int
    text: str


def edited(index: ModuleIndex, edits: FileEdits) -> ModuleIndex:
    """The module after edits of its imports and ``__all__``. RefusedError where they cannot be made."""
    if not edits.imports and not edits.alls:
        return index
    from codemod.rewrite.file import rewrite_file

    rewritten = rewrite_file(index.source, edits)
    if isinstance(rewritten, FileError):
        raise refused(edits.path, rewritten.line, rewritten.message, "Write the getter by hand.")
    return _loaded(edits.path, rewritten.after)


def inserted(index: ModuleIndex, insertions: Sequence[Insertion]) -> ModuleIndex:
    """The module with new statements. RefusedError where anything else in it would change."""
    source = index.source
    pieces, at = [], 0
    for insertion in sorted(insertions, key=lambda each: each.line):
        offset = source.line_starts[insertion.line - 1]
        pieces += [source.text[at:offset], insertion.text]
        at = offset
    after = _loaded(source.path, source.encode("".join([*pieces, source.text[at:]])))
    old, new = ([ast.dump(statement) for statement in module.tree.body] for module in (index, after))
    remaining = iter(new)
    if len(new) != len(old) + len(insertions) or not all(statement in remaining for statement in old):
        raise refused(source.path, 1, "more than the getter would change in it", "Write the getter by hand.")
    return after


def _loaded(path: str, raw: bytes) -> ModuleIndex:
    loaded = load(path, raw)
    if isinstance(loaded, FileError):
        message = f"it would not parse any more: {loaded.message}"
        raise refused(path, loaded.line, message, "Write the getter by hand.")
    return ModuleIndex(*loaded)


def before_function(
    index: ModuleIndex, name: str, code: str, newline: str, blank_lines: int = 2
) -> Insertion:
    """``code`` to stand before the definition of a function, and before the comment right above that."""
    line = _with_comment(index.source, first_line(index, name))
    above = line
    while above > 1 and not index.source.line(above - 1).strip():
        above -= 1
    missing = blank_lines - (line - above) if above > 1 else 0
    text = "\n" * missing + code + "\n" * blank_lines
    return Insertion(line, text.replace("\n", newline))


def for_import(
    index: ModuleIndex, statement: str, before: int, newline: str, is_own: Callable[[str], bool]
) -> Insertion:
    """An import statement in its place among the imports above the line ``before``. ``is_own`` tells which absolute
    names are those of the project's modules; they stand in a group of their own.
    """
    new = ast.parse(statement).body[0]
    assert isinstance(new, ast.ImportFrom)
    text = statement.replace("\n", newline) + newline
    above = [node for node in index.tree.body if node.lineno < before]
    imports = [node for node in above if isinstance(node, ast.Import | ast.ImportFrom)]
    kin = [
        node
        for node in imports
        if _is_relative(node) == bool(new.level) and (new.level or _any(is_own, node))
    ]
    others = [node for node in imports if bool(new.level) or not _is_relative(node)]
    if earlier := [node for node in kin if _rank(node) <= _rank(new)]:
        return Insertion(_line_after(index, earlier[-1]), text)
    if kin:
        return Insertion(kin[0].lineno, text)
    if others or (above and _is_docstring(above[0])):
        line = _line_after(index, [*above[:1], *others][-1])
        return Insertion(line, newline + text + newline * bool(index.source.line(line).strip()))
    if imports:
        return Insertion(imports[0].lineno, text + newline)
    return Insertion(_with_comment(index.source, _start(index.tree.body[0])), text + newline * 2)


def first_line(index: ModuleIndex, name: str) -> int:
    """The line where the statement at the level of the module starts that first defines a function."""
    group = Scopes(index).groups(name)[index.tree]
    return _start(next(place for place in group.bindings if place.role == "def").steps[0].child)


def _start(statement: ast.AST) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    lines: list[int] = [node.lineno for node in (statement, *decorators)]  # type: ignore[attr-defined]
    return min(lines)


def _with_comment(source: Source, line: int) -> int:
    """The first of the lines of comment that end right above a line; the line itself where they start the file."""
    first = line
    while first > 1 and source.line(first - 1).startswith("#"):
        first -= 1
    return line if first == 1 else first


def _line_after(index: ModuleIndex, statement: ast.stmt) -> int:
    """The line behind a statement, and behind those that start on its last line."""
    last = statement.end_lineno or statement.lineno
    for node in index.tree.body:
        if node.lineno == last:
            last = node.end_lineno or last
    return last + 1


def _is_docstring(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_relative(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.level > 0


def _any(is_own: Callable[[str], bool], node: ast.Import | ast.ImportFrom) -> bool:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return any(is_own(name) for name in names)


def _rank(node: ast.Import | ast.ImportFrom) -> tuple[bool, int, str]:
    """The place of an import in its group, as the usual sorters have it."""
    if isinstance(node, ast.Import):
        return False, 0, node.names[0].name.lower()
    return True, -node.level, (node.module or "").lower()
