"""Where a name stands in a module, and what it is there.

Every binding and every use of a name is a place where its text stands, so a file is understood by
searching its text and looking at the syntax around each hit; the rest of the tree is never visited.
"""

from __future__ import annotations

import ast
import re
import sys
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from codemod.resolve.fstrings import mend_positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.source import Source

PlaceRole = Literal[
    "load", "store", "del", "attribute", "import", "asname", "package", "module", "def", "class", "param",
    "global", "nonlocal", "except", "match", "typeparam", "keyword", "string", "comment",
]  # fmt: skip

BINDING_ROLES = frozenset(
    {"store", "del", "import", "asname", "package", "def", "class", "param", "except", "match", "typeparam"}
)
_POSITIONS_IN_FSTRINGS_ARE_WRONG = sys.version_info < (3, 12)
_STATEMENT_LISTS = ("body", "orelse", "finalbody", "handlers")
_IN_ORDER = frozenset((*_STATEMENT_LISTS, "elts", "args", "keywords", "names", "targets"))
"""Fields with nodes in the order of the text, each with a position."""
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
_STRINGS = tuple(
    getattr(ast, name)
    for name in ("JoinedStr", "FormattedValue", "TemplateStr", "Interpolation")
    if hasattr(ast, name)
)
_MODULE_PART = re.compile(r"from[\s\\.]*[\w\s\\.]*?\bimport\b")
_DEFINITION = re.compile(r"(?:async[\s\\]+)?(?:def|class)[\s\\]+(\w+)")
_AS = re.compile(r"[\s\\)]*as[\s\\]+")
_LOW_LINES = "\ufe33\ufe34\ufe4d-\ufe4f\uff3f"  # no word characters to ``re``, and underscores to Python
_WORD = re.compile(rf"(?:[^\W\d]|[{_LOW_LINES}])[\w{_LOW_LINES}]*")
_EQUALS_BEHIND = re.compile(r"[\s\\]*=(?!=)")


class Step(NamedTuple):
    """One step down the tree: ``child`` is ``parent.field``, or an item of it."""

    parent: ast.AST
    field: str
    child: ast.AST


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One whole-word occurrence of a name: its offsets, its role, and the steps from the module down to it.

    ``import`` is the name that a ``from`` import takes, ``package`` the first and ``module`` another part of
    a dotted module name. ``exact`` is False where the text is spelled otherwise and only normalises (NFKC) to the name.
    """

    start: int
    end: int
    role: PlaceRole
    steps: tuple[Step, ...]
    exact: bool = True

    @property
    def node(self) -> ast.AST:
        """The innermost node around the place."""
        return self.steps[-1].child

    def parent(self, up: int = 1) -> ast.AST | None:
        """The node ``up`` steps above the innermost one; None above the module."""
        return self.steps[-up].parent if up <= len(self.steps) else None

    def statement(self) -> ast.AST:
        """The innermost statement around the place."""
        return innermost_statement(self.steps)


def innermost_statement(steps: tuple[Step, ...]) -> ast.AST:
    """The innermost statement that ``steps`` lead into."""
    return next(step.child for step in reversed(steps) if isinstance(step.child, ast.stmt))


class ModuleIndex:
    """A parsed file that answers where a name stands. Answers are kept."""

    def __init__(self, source: Source, tree: ast.Module) -> None:
        self.source = source
        self.tree = tree
        self._places: dict[str, tuple[Place, ...]] = {}
        self._places_in: dict[tuple[str, int], tuple[Place, ...]] = {}
        self._mended: set[int] = set()
        self._last_steps: tuple[Step, ...] = ()

    def places(self, name: str) -> tuple[Place, ...]:
        """All places of ``name``, in the order of the text."""
        if name not in self._places:
            self._places[name] = tuple(self._find(name, 0, len(self.source.text)))
        return self._places[name]

    def places_in(self, name: str, node: ast.AST) -> tuple[Place, ...]:
        """The places of ``name`` in the text of a node, which are looked for there alone."""
        start, end = self.node_start(node), self.node_end(node)
        if name in self._places:
            return tuple(place for place in self._places[name] if start <= place.start < end)
        if (name, start) not in self._places_in:
            self._places_in[name, start] = tuple(self._find(name, start, end))
        return self._places_in[name, start]

    def node_start(self, node: ast.AST) -> int:
        """The offset at which a node with a position starts (a definition without its decorators)."""
        return self.source.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def node_end(self, node: ast.AST) -> int:
        """The offset just behind a node with a position."""
        return self.source.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def segment(self, node: ast.AST) -> str:
        """The source text of a node."""
        return self.source.text[self.node_start(node) : self.node_end(node)]

    def steps_to(self, offset: int) -> tuple[Step, ...]:
        """The steps from the module down to the innermost node that covers ``offset``."""
        position = self._byte_position(offset)
        steps = self._shared_steps(position)
        node: ast.AST = steps[-1].child if steps else self.tree
        while True:
            if _POSITIONS_IN_FSTRINGS_ARE_WRONG and isinstance(node, ast.JoinedStr):
                self._mend(node, steps[-1].field)
            step = _step(node, position)
            if step is None:
                self._last_steps = tuple(steps)
                return self._last_steps
            steps.append(step)
            node = step.child

    def _shared_steps(self, position: tuple[int, int]) -> list[Step]:
        """Those of the steps taken last that lead to ``position`` too; in an f-string places may overlap."""
        steps = []
        for step in self._last_steps:
            if isinstance(step.parent, _STRINGS) or not _covers(step.child, position):
                break
            steps.append(step)
        return steps

    def _find(self, name: str, start: int, end: int) -> list[Place]:
        text = self.source.text
        spans = [(*span, True) for span in _words(text, name, start, end)]
        if not text.isascii():
            spans += [
                (m.start(), m.end(), False)
                for m in _WORD.finditer(text, start, end)
                if not m[0].isascii()
                and m[0] != name
                and unicodedata.normalize("NFKC", m[0]) == name
                and not _is_word(text[m.end() : m.end() + 1])
            ]
        places = [self._place(*span) for span in sorted(spans)]
        return [place for place in places if place.exact or place.role not in ("string", "comment")]

    def _place(self, start: int, end: int, exact: bool) -> Place:
        steps = self.steps_to(start)
        role = self._role(steps[-1], start, end) if steps else "comment"
        return Place(start, end, role, steps, exact)

    def _role(  # noqa: C901 - one line for each kind of syntax
        self, step: Step, start: int, end: int
    ) -> PlaceRole:
        match node := step.child:
            case ast.Name(ctx=context):
                return {ast.Load: "load", ast.Store: "store", ast.Del: "del"}[type(context)]  # type: ignore[return-value]
            case ast.Constant() | ast.JoinedStr() | ast.FormattedValue():
                return "string"
            case ast.Attribute() if end == self.node_end(node):
                return "attribute"
            case ast.alias() if node.asname and end == self.node_end(node):
                return "asname"
            case ast.alias() if isinstance(step.parent, ast.ImportFrom):
                return "import" if start == self.node_start(node) else "comment"
            case ast.alias():
                return "package" if start == self.node_start(node) else "module"
            case ast.ImportFrom():
                part = _MODULE_PART.match(self.source.text, self.node_start(node))
                return "module" if part and start < part.end() else "comment"
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                definition = _DEFINITION.match(self.source.text, self.node_start(node))
                if definition and definition.start(1) == start:
                    return "class" if isinstance(node, ast.ClassDef) else "def"
            case ast.arg() if start == self.node_start(node):
                return "param"
            case ast.keyword() if start == self.node_start(node):
                return "keyword"
            case ast.Global():
                return "global"
            case ast.Nonlocal():
                return "nonlocal"
            case ast.ExceptHandler(type=ast.expr(), name=str()) if self._follows_as(node, start):
                return "except"
            case ast.MatchAs() | ast.MatchStar() if end == self.node_end(node):
                return "match"
            case ast.MatchMapping(rest=str()) if self.source.text[:start].rstrip().endswith("**"):
                return "match"
            case ast.MatchClass() if _EQUALS_BEHIND.match(self.source.text, end):
                return "keyword"
            case _ if type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple"):
                return "typeparam"
            case _ if type(node).__name__ in ("TemplateStr", "Interpolation"):
                return "string"
        return "comment"

    def _follows_as(self, handler: ast.ExceptHandler, start: int) -> bool:
        assert handler.type is not None
        between = self.source.text[self.node_end(handler.type) : start]
        return _AS.fullmatch(between) is not None

    def _byte_position(self, offset: int) -> tuple[int, int]:
        line, column = self.source.position(offset)
        if self.source.text.isascii():
            return line, column - 1
        start = self.source.line_starts[line - 1]
        return line, len(self.source.text[start:offset].encode("utf-8", "surrogatepass"))

    def _mend(self, node: ast.JoinedStr, field: str) -> None:
        if field != "format_spec" and id(node) not in self._mended:
            self._mended.add(id(node))
            mend_positions(node, self.segment(node))


def _words(text: str, name: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The spans of ``name`` as a whole word. A plain search is many times as fast as one with look-around."""
    start = text.find(name, first, last) if name else -1
    while start >= 0:
        end = start + len(name)
        if not _is_word(text[start - 1 : start]) and not _is_word(text[end : end + 1]):
            yield start, end
        start = text.find(name, end, last)


def _is_word(char: str) -> bool:
    return char != "" and f"_{char}".isidentifier()


def _step(node: ast.AST, position: tuple[int, int]) -> Step | None:
    for field in _FIELDS.get(type(node)) or _fields(type(node)):
        value = getattr(node, field, None)
        if type(value) is list:
            for item in _near(node, field, value, position):
                if isinstance(item, ast.AST) and _covers(item, position):
                    return Step(node, field, item)
        elif isinstance(value, ast.AST) and _covers(value, position):
            return Step(node, field, value)
    return None


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node, which are kept; those that hold most of its text come first."""
    blocks = tuple(field for field in _STATEMENT_LISTS if field in kind._fields)
    _FIELDS[kind] = (*blocks, *(field for field in kind._fields if field not in blocks))
    return _FIELDS[kind]


def _near(node: ast.AST, field: str, items: list[ast.AST], position: tuple[int, int]) -> list[ast.AST]:
    if isinstance(node, ast.Dict):
        index = bisect_right(node.values, position, key=_start)
        return items[index - 1 : index] if field == "values" else items[index : index + 1]
    if field == "values":  # the text of `{x=}` is a constant of its own, in the same place as the field
        return sorted(items, key=lambda item: isinstance(item, ast.Constant))
    if isinstance(node, (ast.Global, ast.Nonlocal)):  # their names are strings
        return []
    if len(items) < 4 or field not in _IN_ORDER:
        return items
    index = bisect_right(items, position, key=_start)
    return items[index - 1 : index]


def _start(node: Any) -> tuple[int, int]:
    decorators = getattr(node, "decorator_list", None)
    first = decorators[0] if decorators else node
    return first.lineno, first.col_offset


def _covers(node: ast.AST, position: tuple[int, int]) -> bool:
    end_line = getattr(node, "end_lineno", None)
    if end_line is not None:
        return position < (end_line, node.end_col_offset) and _start(node) <= position  # type: ignore[attr-defined]
    return bool(node._fields) and any(_covers(child, position) for child in ast.iter_child_nodes(node))
