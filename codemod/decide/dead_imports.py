"""Imports that only code which goes has used."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.decide.dead_assignments import comes_before_string
from codemod.decide.unseen import reads_module
from codemod.decide.unused import Unused
from codemod.edits import ImportEdit, Removal
from codemod.resolve.facts import Span
from codemod.resolve.scopes import FunctionNode, enclosing_scopes
from codemod.resolve.survey import is_for_type_checkers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.edits import FileEdits
    from codemod.resolve.places import ModuleIndex, Place, Step
    from codemod.resolve.scopes import Group, Scope

ImportNode = (ast.Import, ast.ImportFrom)
MayTake = Callable[[str, str], bool]
"""Tells of a file and a name that it imports whether another file may take it from there."""

_NOQA = re.compile(r"#.*\bnoqa\b(?P<codes>\s*:[^#]*)?", re.IGNORECASE)
_UNUSED = re.compile(r"#.*unused[ -]import", re.IGNORECASE)
_NOQA_OF_FILE = re.compile(r"^[ \t]*#[ \t]*(?:flake8|ruff)[ \t]*:[ \t]*noqa", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DeadImport:
    """A name that a statement imports, by its number there, and that nothing uses any more."""

    name: str
    statement: ast.Import | ast.ImportFrom
    position: int


def dead_imports(index: ModuleIndex, gone: Iterable[Span], may_take: MayTake) -> tuple[DeadImport, ...]:
    """The imports of a file that only the stretches ``gone`` used, in the order of the text.

    One that is wanted for its own sake, that another file may take, or that nobody can tell the use of, is none.
    """
    if reads_module(index) or _NOQA_OF_FILE.search(index.source.text):
        return ()
    statements = [node for node in ast.walk(index.tree) if isinstance(node, ImportNode)]
    names = {alias.asname or alias.name.partition(".")[0] for node in statements for alias in node.names}
    unused = Unused(index, gone)
    found: list[DeadImport] = []
    for group in unused.groups(names):
        dead = [_dead(unused, group, place) for place in group.bindings if not unused.is_gone(place)]
        if all(dead) and not (group.scope is index.tree and may_take(index.source.path, group.name)):
            found += [each for each in dead if each]
    return tuple(sorted(found, key=lambda each: (each.statement.lineno, each.position)))


def without_imports(index: ModuleIndex, edits: FileEdits, dead: Iterable[DeadImport]) -> FileEdits:
    """The edits of a file with those that take the ``dead`` imports out."""
    planned = {edit.start for edit in edits.imports}
    imports, removals = list(edits.imports), list(edits.removals)
    by_statement: dict[ast.Import | ast.ImportFrom, list[int]] = defaultdict(list)
    for each in dead:
        by_statement[each.statement].append(each.position)
    for statement, positions in by_statement.items():
        span = Span(index.node_start(statement), index.node_end(statement))
        if span.start not in planned and len(positions) == len(statement.names):
            removals.append(Removal(*span))
        else:
            imports += [ImportEdit(*span, position, remove=True) for position in positions]
    return replace(
        edits,
        imports=tuple(sorted(imports, key=lambda edit: (edit.start, edit.position))),
        removals=tuple(sorted(removals, key=lambda edit: edit.start)),
    )


def _dead(unused: Unused, group: Group, place: Place) -> DeadImport | None:
    """The import that binds a name at a place; None where it has to stay though nothing uses it."""
    index, alias, statement = unused.index, place.node, place.parent()
    if not isinstance(alias, ast.alias) or not isinstance(statement, ImportNode):
        return None
    around = place.steps[:-1]
    is_package = index.source.path.rpartition("/")[2] in ("__init__.py", "__init__.pyi")
    if group.scope is index.tree and (is_package or alias.asname == alias.name):
        return None
    if place.role == "package" and not unused.has_used(alias.name):
        return None
    if not _is_plain(around, group.scope) or comes_before_string(around[-1]) or _is_marked(index, statement):
        return None
    return DeadImport(group.name, statement, statement.names.index(alias))


def _is_plain(steps: tuple[Step, ...], scope: Scope) -> bool:
    """Whether a statement stands in a module or function itself, or there under ``if TYPE_CHECKING``."""
    if (
        not isinstance(scope, (ast.Module, *FunctionNode))
        or enclosing_scopes(steps[0].parent, steps)[-1] is not scope
    ):
        return False
    if steps[-1].parent is scope:
        return True
    return len(steps) > 1 and steps[-2].parent is scope and is_for_type_checkers(steps[-1])


def _is_marked(index: ModuleIndex, statement: ast.Import | ast.ImportFrom) -> bool:
    """Whether a comment says that the import is wanted although nothing uses it."""
    last = statement.end_lineno or statement.lineno
    return any(_says_unused(index.source.line(line)) for line in range(statement.lineno, last + 1))


def _says_unused(line: str) -> bool:
    noqa = _NOQA.search(line)
    return bool(_UNUSED.search(line) or (noqa and (not noqa["codes"] or "F401" in noqa["codes"].upper())))
