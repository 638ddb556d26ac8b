"""Two versions of a file, side by side: what differs must be planned, and what is planned must differ."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .report import Change, Site, Span, Text

Argument = ast.expr | ast.keyword
F_STRINGS_HAVE_POSITIONS = sys.version_info >= (3, 12)


@dataclass(frozen=True, slots=True)
class Names:
    """What a run replaces: the factory by the getter, without the argument ``drop``.

    ``parameters`` are the factory's positional ones.
    """

    factory: str
    getter: str
    drop: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A place where the texts may differ: ``name``, ``gap``, ``import``, ``all``, ``string`` or ``f-string``.

    ``new`` is None where a whole statement went. A gap is what lies between two kept arguments; ``dropped``
    stood in it, and ``last`` says that no argument is left after it.
    """

    kind: str
    old: Span
    new: Span | None
    dropped: Span | None = None
    last: bool = False


class Comparison:
    """Compares two versions of a file when it is made; the outcome is in ``problems`` and ``edits``."""

    def __init__(
        self, old: Text, new: Text, sites: Sequence[Site], changes: Sequence[Change], names: Names
    ) -> None:
        self.old, self.new, self.names = old, new, names
        self.problems: list[str] = []
        self.edits: list[Edit] = []
        self.migrated = {old.span_of(site): site for site in sites if site.verdict == "migrated"}
        self.import_lines = {change.line for change in changes if change.kind != "all"}
        self.all_lines = {change.line for change in changes if change.kind == "all"}
        self.seen: set[Span] = set()
        self.realised: set[int] = set()
        self.in_all = False
        self.template: list[tuple[str, Span]] | None = None
        self.old_tree, self.new_tree = ast.parse(old.text), ast.parse(new.text)
        self.known = imports.known_names(self.old_tree)
        self.visit(self.old_tree, self.new_tree)
        self.close(sites)

    def close(self, sites: Sequence[Site]) -> None:
        """Hold the report against what was met on the way."""
        places, f_strings = imports.places(self.old_tree, self.old)
        gone = [edit.dropped for edit in self.edits if edit.dropped]
        for site in sites:
            span = self.old.span_of(site)
            untold = not F_STRINGS_HAVE_POSITIONS and within(span, f_strings)
            stands = span in self.seen if site.verdict == "migrated" else span in places or untold
            if not stands:
                self.problems.append(f"{site.line}: no {site.kind} stands where one is {site.verdict}")
            if site.verdict != "migrated" and within(span, gone):
                self.problems.append(f"{site.line}: a {site.verdict} site went with a dropped argument")
        for line in sorted((self.import_lines | self.all_lines) - self.realised):
            self.problems.append(f"{line}: an import or __all__ is reported as changed, and is not")

    def problem(self, node: ast.AST, text: str) -> None:
        """Note that something is not as planned."""
        self.problems.append(f"{getattr(node, 'lineno', 1)}: {text}")

    def visit(self, old: ast.AST, new: ast.AST) -> None:
        """Compare two nodes and all that is in them."""
        if type(old) is not type(new):
            return self.problem(old, f"{type(old).__name__} became {type(new).__name__}")
        if isinstance(old, ast.JoinedStr) and not F_STRINGS_HAVE_POSITIONS and self.template is None:
            return self.f_string(old, new)
        if isinstance(old, ast.Call) and (span := self.site_at(old)):
            return self.call(old, new, span)
        if isinstance(old, ast.Import | ast.ImportFrom):
            return imports.compare(self, old, new)
        if isinstance(old, ast.Constant | ast.keyword) and self.mock(old, new):
            return None
        was_in_all, self.in_all = self.in_all, self.in_all or imports.sets_all(old)
        if isinstance(old, ast.List | ast.Tuple) and self.in_all:
            imports.compare_all(self, old, new)
        else:
            self.fields(old, new)
        self.in_all = was_in_all
        return None

    def fields(self, old: ast.AST, new: ast.AST) -> None:
        """Compare the fields of two nodes of one type."""
        for name in old._fields:
            before, after = getattr(old, name, None), getattr(new, name, None)
            if isinstance(before, list) and isinstance(after, list):
                self.lists(old, before, after)
            elif isinstance(before, ast.AST) and isinstance(after, ast.AST):
                self.visit(before, after)
            elif type(before) is not type(after) or repr(before) != repr(after):
                self.problem(old, f"{name} {before!r} became {after!r}")

    def lists(self, owner: ast.AST, old: Sequence[object], new: Sequence[object]) -> None:
        """Compare two lists of nodes, of which an import of the factory alone may have gone."""
        if old and isinstance(old[0], ast.stmt):
            old, new = imports.without_removed(self, old, new)
        if len(old) != len(new):
            self.problem(owner, f"{len(old)} parts of {type(owner).__name__} became {len(new)}")
        for before, after in zip(old, new, strict=False):
            if isinstance(before, ast.AST) and isinstance(after, ast.AST):
                self.visit(before, after)
            elif before != after:
                self.problem(owner, f"{before!r} became {after!r}")

    def site_at(self, call: ast.Call) -> Span | None:
        """The span of the migrated site that ``call`` is, if it is one."""
        if self.template is None:
            span = self.old.span(call)
            return span if span in self.migrated and self.migrated[span].kind == "call" else None
        shape = ast.dump(call)
        return next((span for other, span in self.template if other == shape and span not in self.seen), None)

    def call(self, old: ast.Call, new: ast.AST, span: Span) -> None:
        """Compare a migrated call with what it became."""
        assert isinstance(new, ast.Call)
        self.seen.add(span)
        self.target(old.func, new.func)
        dropped = self.dropped(old)
        self.lists(old, [item for item in old.args if item is not dropped], new.args)
        self.lists(old, [item for item in old.keywords if item is not dropped], new.keywords)
        if dropped is None:
            return
        calls = (node for node in ast.walk(dropped) if isinstance(node, ast.Call))
        self.seen.update(found for call in calls if (found := self.site_at(call)))
        if self.template is None:
            self.gap(old, new, dropped)

    def dropped(self, call: ast.Call) -> Argument | None:
        """The argument of ``call`` that the getter does not take, if it is given."""
        for parameter, argument in zip(self.names.parameters, call.args, strict=False):
            if isinstance(argument, ast.Starred):
                break
            if parameter == self.names.drop:
                return argument
        return next((item for item in call.keywords if item.arg == self.names.drop), None)

    def target(self, old: ast.expr, new: ast.expr) -> None:
        """Compare the names that a migrated call is called by."""
        if isinstance(old, ast.Attribute) and isinstance(new, ast.Attribute):
            before, after = old.attr, new.attr
            self.visit(old.value, new.value)
        elif isinstance(old, ast.Name) and isinstance(new, ast.Name):
            before, after = old.id, new.id
        else:
            return self.problem(old, f"{ast.unparse(old)} became {ast.unparse(new)}")
        if self.known is not None and ast.unparse(old).partition(".")[0] not in self.known:
            self.problem(old, f"{ast.unparse(old)} was migrated, and is neither imported nor defined here")
        alias_stays = before == after != self.names.factory and imports.binds_getter(self, after)
        if after != self.names.getter and not alias_stays:
            self.problem(old, f"a migrated call of {before} now calls {after}")
        if self.template is None:
            old_end, new_end = self.old.span(old)[1], self.new.span(new)[1]
            self.edit("name", (old_end - len(before), old_end), (new_end - len(after), new_end))
        return None

    def gap(self, old: ast.Call, new: ast.Call, dropped: Argument) -> None:
        """Note the place between two kept arguments from which one was dropped."""
        before, after = stops(self.old, old), stops(self.new, new)
        if len(after) != len(before) - 1:
            return
        index = before.index(self.old.span(dropped))
        span, new_span = (before[index - 1][1], before[index + 1][0]), (after[index - 1][1], after[index][0])
        self.edits.append(Edit("gap", span, new_span, before[index], last=index == len(before) - 2))

    def mock(self, old: ast.Constant | ast.keyword, new: ast.AST) -> bool:
        """Compare a mock target that was to be renamed; False where ``old`` is none."""
        assert isinstance(new, ast.Constant | ast.keyword)
        span, new_span = self.old.span(old), self.new.span(new)
        if isinstance(old, ast.keyword) and isinstance(new, ast.keyword):
            span = span[0], span[0] + len(old.arg or "")
            new_span = new_span[0], new_span[0] + len(new.arg or "")
        site = self.migrated.get(span)
        if site is None or site.kind != "mock":
            return False
        self.seen.add(span)
        if isinstance(old, ast.keyword) and isinstance(new, ast.keyword):
            self.visit(old.value, new.value)
        if self.old.cut(span).replace(self.names.factory, self.names.getter) != self.new.cut(new_span):
            self.problem(old, f"{self.old.cut(span)} became {self.new.cut(new_span)}")
        self.edit("string", span, new_span)
        return True

    def f_string(self, old: ast.JoinedStr, new: ast.AST) -> None:
        """Compare two f-strings whose inner positions this Python does not tell."""
        assert isinstance(new, ast.JoinedStr)
        whole = self.old.span(old)
        inside = [span for span in self.migrated if within(span, [whole])]
        calls = (ast.parse(f"({self.old.cut(span)}\n)", mode="eval").body for span in inside)
        self.template = list(zip(map(ast.dump, calls), inside, strict=True))
        self.fields(old, new)
        self.template = None
        if inside:
            self.edit("f-string", whole, self.new.span(new))

    def edit(self, kind: str, old: Span, new: Span | None) -> None:
        """Note a place where the texts may differ."""
        self.edits.append(Edit(kind, old, new))


def stops(text: Text, call: ast.Call) -> list[Span]:
    """Where a call's function, its arguments and its closing parenthesis stand, in order."""
    end = text.span(call)[1]
    arguments: list[Argument] = [*call.args, *call.keywords]
    return [text.span(call.func), *sorted(map(text.span, arguments)), (end - 1, end)]


def within(span: Span, places: Iterable[Span]) -> bool:
    """Whether ``span`` lies in one of ``places``."""
    return any(start <= span[0] and span[1] <= end for start, end in places)
