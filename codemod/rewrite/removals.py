"""Takes whole statements out of a file, with what belongs to them: decorators, comments, blank lines."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.rewrite.statements import Splice, remove_statement, stands_alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codemod.resolve.places import ModuleIndex
    from codemod.source import Source

_DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INDENTATION = re.compile(r"[ \t\f]*")
_MARKER = re.compile(r"#\s*(?:(?:fmt|yapf|isort|ruff|pylint|mypy|region|endregion)\b|[-=*~_#]{3})")
_SEMICOLON = re.compile(r"[ \t\f\\\r\n]*;[ \t\f\\\r\n]*")
_NEWLINE_AT_END = re.compile(r"(?:\r\n?|\n)\Z")


@dataclass(frozen=True, slots=True)
class _Gone:
    """A statement that goes, and its block; ``tidily`` with what belongs to it."""

    node: ast.stmt
    parent: ast.AST
    block: list[ast.stmt]
    start: int
    end: int
    tidily: bool


def remove_statements(
    index: ModuleIndex, tidily: Iterable[tuple[int, int]], barely: Iterable[tuple[int, int]]
) -> list[Splice]:
    """Take the statements with those spans out: ``tidily`` with what belongs to them and the blank lines that are
    too many without them, or ``barely`` with nothing but their own lines.

    The first of a block, other than a module, of which nothing is left becomes ``pass``. Raises ValueError where
    no statement has one of the spans.
    """
    statements = [_find(index, *span, tidily=True) for span in tidily]
    statements += [_find(index, *span, tidily=False) for span in barely]
    nodes = {each.node for each in statements}
    splices: list[Splice] = []
    lines: dict[int, bool] = {}
    for each in _joined(index.source, sorted(statements, key=lambda each: each.start)):
        is_first = each.node is each.block[0]
        extent = _extent(index, each)
        if is_first and nodes.issuperset(each.block) and not isinstance(each.parent, ast.Module):
            splices.append(_pass(index.source, each, extent))
        elif extent and each.tidily:
            lines |= dict.fromkeys(extent, is_first)
        else:
            splices.append(remove_statement(index.source, each.start, each.end))
    return [*splices, *_without_lines(index.source, lines)]


def _find(index: ModuleIndex, start: int, end: int, *, tidily: bool) -> _Gone:
    for step in index.steps_to(start):
        node = step.child
        if isinstance(node, ast.stmt) and (index.node_start(node), index.node_end(node)) == (start, end):
            return _Gone(node, step.parent, getattr(step.parent, step.field), start, end, tidily)
    raise ValueError(f"no statement at {start}")


def _joined(source: Source, statements: Iterable[_Gone]) -> Iterator[_Gone]:
    """The statements, those as one that only a semicolon parts."""
    last: _Gone | None = None
    for each in statements:
        if last and _SEMICOLON.fullmatch(source.text, last.end, each.start):
            last = replace(last, end=each.end, tidily=last.tidily and each.tidily)
            continue
        if last:
            yield last
        last = each
    if last:
        yield last


def _extent(index: ModuleIndex, gone: _Gone) -> range | None:
    """The lines of a statement and what belongs to it; None where it shares its lines with others."""
    source = index.source
    if not stands_alone(source, gone.start, gone.end):
        return None
    first, last = source.position(gone.start)[0], source.position(gone.end)[0]
    if isinstance(gone.node, _DEFINITION):
        indentation = _indentation(source, first)
        if gone.node.decorator_list:
            at = source.text.rindex("@", 0, index.node_start(gone.node.decorator_list[0]))
            first = source.position(at)[0]
        number = gone.block.index(gone.node)
        above = gone.block[number - 1].end_lineno if number else 0
        first = _comment_above(source, first, above or 0, indentation)
        last = _comments_inside(source, last, indentation)
    return range(first, last + 1)


def _comment_above(source: Source, first: int, floor: int, indentation: str) -> int:
    """The first line of the comment that ends right above a definition, but not of one that opens the file, heads a
    section or tells a tool something.
    """
    line = first
    while line - 1 > floor and _indentation(source, line - 1) == indentation:
        text = source.line(line - 1).strip()
        if _MARKER.match(text) or (line == 2 and text.startswith("#")):
            return first
        if not text.startswith("#"):
            break
        line -= 1
    return line


def _comments_inside(source: Source, last: int, indentation: str) -> int:
    """The last line of a definition with the comments that stand in its body behind the last statement."""
    for line in range(last + 1, len(source.line_starts) + 1):
        text = source.line(line).strip()
        if not text:
            continue
        if not text.startswith("#") or len(_indentation(source, line)) <= len(indentation):
            break
        last = line
    return last


def _indentation(source: Source, line: int) -> str:
    found = _INDENTATION.match(source.line(line))
    return found[0] if found else ""


def _pass(source: Source, gone: _Gone, extent: range | None) -> Splice:
    if extent is None:
        return Splice(gone.start, gone.end, "pass")
    indentation = _indentation(source, source.position(gone.start)[0])
    start, end = _start_of(source, extent.start), _start_of(source, extent.stop)
    newline = _NEWLINE_AT_END.search(source.text[start:end])
    return Splice(start, end - len(newline[0] if newline else ""), f"{indentation}pass")


def _without_lines(source: Source, lines: Mapping[int, bool]) -> Iterator[Splice]:
    """Take whole lines out; ``lines`` tells of each whether it is of the first statement of its block.

    Of the blank lines above and below only the more are left, above the first statement of a block those that
    were there, and none at the end of the file.
    """
    numbers = sorted(lines)
    while numbers:
        first = last = numbers.pop(0)
        while numbers and _blank_below(source, last) >= numbers[0] - last - 1:
            last = numbers.pop(0)
        above, below = _blank_above(source, first), _blank_below(source, last)
        is_at_end = _start_of(source, last + below + 1) == len(source.text)
        if not is_at_end and (lines[first] or above >= below):
            yield Splice(_start_of(source, first), _start_of(source, last + below + 1), "")
        else:
            end = last + below + 1 if is_at_end else last + 1
            yield Splice(_start_of(source, first - above), _start_of(source, end), "")


def _blank_above(source: Source, line: int) -> int:
    count = 0
    while line - count > 1 and _is_blank(source, line - count - 1):
        count += 1
    return count


def _blank_below(source: Source, line: int) -> int:
    count = 0
    while line + count < len(source.line_starts) and _is_blank(source, line + count + 1):
        count += 1
    return count


def _is_blank(source: Source, line: int) -> bool:
    return not source.line(line).strip(" \t")


def _start_of(source: Source, line: int) -> int:
    return source.line_starts[line - 1] if line <= len(source.line_starts) else len(source.text)
