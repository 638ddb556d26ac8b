"""Edits one function definition: a decorator, a sentence in its docstring, statements in its body."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.rewrite.docstrings import add_sentence
from codemod.rewrite.statements import Splice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.resolve.places import ModuleIndex
    from codemod.style import Style

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_SAME_LINE = re.compile(r"(?:[ \t\f;]|\\(?:\r\n?|\n))*")
_REST_OF_LINE = re.compile(r"[ \t\f;]*(?:#[^\r\n]*)?(?=\r|\n|\Z)")
_TYPE_COMMENT = re.compile(r"(?:\r\n?|\n)[ \t\f]*#[ \t]*type:[^\r\n]*")
_COLON_OR_COMMENT = re.compile(r":|#[^\r\n]*")
_CLOSING = re.compile(r"(?:\s|\\|#[^\r\n]*(?=[\r\n]))*\)")
_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class DefinitionEdit:
    """What becomes of the definition ``node``.

    ``decorator`` comes above the others, or ``innermost`` right above ``def``. The docstring gains ``sentence``,
    and is that where there is none. ``added`` are statements that come behind it; with ``cut`` they take the place
    of all others but the call ``kept``, which they follow, and which gains ``arguments``. Lines of a decorator or a
    statement end with a line feed and have no indentation but their own.
    """

    node: FunctionNode
    decorator: str = ""
    innermost: bool = False
    sentence: str = ""
    added: tuple[str, ...] = ()
    cut: bool = False
    kept: ast.Expr | None = None
    arguments: tuple[str, ...] = ()


def docstring_of(node: FunctionNode | ast.Module) -> ast.Expr | None:
    """The statement that is the docstring of a function or a module; None where it has none."""
    match node.body[:1]:
        case [ast.Expr(value=ast.Constant(value=str())) as statement]:
            return statement
    return None


def start_with_decorators(index: ModuleIndex, node: ast.stmt) -> int:
    """The offset at which a statement starts, its decorators included."""
    decorators = getattr(node, "decorator_list", None)
    return (
        index.source.text.rfind("@", 0, index.node_start(decorators[0]))
        if decorators
        else index.node_start(node)
    )


def edit_definition(index: ModuleIndex, edit: DefinitionEdit, style: Style) -> list[Splice]:
    """The changes to the text of a file that make ``edit``; they stay inside the definition."""
    layout = _Layout(index, edit.node, style)
    splices = [*_body(layout, edit)]
    if edit.decorator:
        splices.append(_decorator(layout, edit))
    docstring = docstring_of(edit.node)
    if edit.sentence and docstring:
        splices.append(_docstring(layout, docstring.value, edit.sentence))
    if edit.kept and edit.arguments:
        splices.append(_arguments(layout, edit.kept, edit.arguments))
    return splices


class _Layout:
    """Where the parts of a definition stand in the text, and how its lines start and end."""

    def __init__(self, index: ModuleIndex, node: FunctionNode, style: Style) -> None:
        self.index = index
        self.text = index.source.text
        self.start = index.node_start(node)
        self.header_end = self._header_end(node)
        first = index.node_start(node.body[0])
        self.is_one_line = self.shares_line(self.header_end, first)
        self.outer = self.line_start(self.start)
        self.indent = self.outer + style.indent if self.is_one_line else self.line_start(first)
        newline = _NEWLINE.match(self.text, self.line_end(self.header_end))
        self.newline = newline[0] if newline else style.newline

    def lines(self, statements: Iterable[str]) -> str:
        """Statements on lines of their own, each behind a line break."""
        ends = self.newline + self.indent
        return "".join(ends + statement.replace("\n", ends) for statement in statements)

    def shares_line(self, end: int, start: int) -> bool:
        """Whether what ends at one offset and what starts at another are on one logical line."""
        return _SAME_LINE.fullmatch(self.text, end, start) is not None

    def anchor(self, end: int) -> int:
        """Where statements go in behind what ends at an offset: at the end of its line, unless another statement is
        there. A type comment stays next to the header.
        """
        comment = _TYPE_COMMENT.match(self.text, self.line_end(end)) if end == self.header_end else None
        return comment.end() if comment else self.line_end(end)

    def line_end(self, offset: int) -> int:
        """The end of a line, if nothing but a semicolon and a comment follow on it; else the offset itself."""
        rest = _REST_OF_LINE.match(self.text, offset)
        return rest.end() if rest else offset

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The offsets of a node."""
        return self.index.node_start(node), self.index.node_end(node)

    def line_start(self, offset: int) -> str:
        """What stands before an offset on its line."""
        line = self.index.source.position(offset)[0]
        return self.text[self.index.source.line_starts[line - 1] : offset]

    def _header_end(self, node: FunctionNode) -> int:
        arguments = node.args
        parts = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg]
        parts += [arguments.kwarg]
        values = [
            *arguments.defaults,
            *arguments.kw_defaults,
            node.returns,
            *getattr(node, "type_params", []),
        ]
        ends = [self.index.node_end(part) for part in (*parts, *values) if part]
        colons = _COLON_OR_COMMENT.finditer(self.text, max(ends, default=self.start))
        return next(found.end() for found in colons if found[0] == ":")


def _body(layout: _Layout, edit: DefinitionEdit) -> Iterator[Splice]:
    docstring = docstring_of(edit.node)
    rest = edit.node.body[1:] if docstring else edit.node.body
    new = [f"{_triple(layout)}{edit.sentence}{_triple(layout)}"] if edit.sentence and not docstring else []
    if not (new or edit.added or edit.cut):
        return
    if docstring and layout.is_one_line:
        yield Splice(layout.header_end, layout.index.node_start(docstring), layout.lines([""]))
    at = layout.index.node_end(docstring) if docstring else layout.header_end
    if not edit.cut:
        yield _inserted(layout, at, rest, [*new, *edit.added])
    elif edit.kept is None:
        end = layout.line_end(layout.index.node_end(edit.node))
        yield Splice(layout.anchor(at), end, layout.lines([*new, *edit.added]))
    else:
        start, end = layout.span(edit.kept)
        yield Splice(layout.anchor(at), start, layout.lines([*new, ""]))
        last = layout.line_end(layout.index.node_end(edit.node))
        yield Splice(layout.anchor(end), last, layout.lines(edit.added))


def _inserted(layout: _Layout, at: int, rest: list[ast.stmt], statements: list[str]) -> Splice:
    """Put statements behind what ends at an offset and before the ``rest`` of the body."""
    anchor = layout.anchor(at)
    if rest and layout.shares_line(anchor, layout.index.node_start(rest[0])):
        return Splice(anchor, layout.index.node_start(rest[0]), layout.lines([*statements, ""]))
    return Splice(anchor, anchor, layout.lines(statements))


def _decorator(layout: _Layout, edit: DefinitionEdit) -> Splice:
    at = layout.start if edit.innermost else start_with_decorators(layout.index, edit.node)
    ends = layout.newline + layout.outer
    return Splice(at, at, f"@{edit.decorator}\n".replace("\n", ends))


def _docstring(layout: _Layout, literal: ast.expr, sentence: str) -> Splice:
    start, end = layout.span(literal)
    new = add_sentence(layout.text[start:end], sentence, layout.indent, layout.newline)
    return Splice(start, end, new)


def _arguments(layout: _Layout, statement: ast.Expr, arguments: tuple[str, ...]) -> Splice:
    """Put arguments behind the last one of a call: on lines of their own where that stands on one."""
    call = statement.value
    assert isinstance(call, ast.Call), "what is kept is a call"
    items = [*call.args, *(keyword.value for keyword in call.keywords)]
    last = max(items, key=layout.index.node_start)
    at, end = layout.index.node_end(last), layout.index.node_end(call) - 1
    while closing := _CLOSING.match(layout.text, at, end):
        at = closing.end()
    before = layout.line_start(layout.index.node_start(last))
    stands_alone = not before.strip() and _NEWLINE.search(layout.text, at, end)
    gap = "," + (layout.newline + before if stands_alone else " ")
    return Splice(at, at, "".join(gap + argument for argument in arguments))


def _triple(layout: _Layout) -> str:
    """The quotes of the docstrings in a file."""
    return "'''" if "'''" in layout.text and '"""' not in layout.text else '"""'
