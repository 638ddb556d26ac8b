"""What a person may want to know once the factory is gone: what still names it, and what only it used."""

from __future__ import annotations

import ast
import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from codemod.decide.unused import Unused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codemod.decide.dead_imports import MayTake
    from codemod.model import FilePlan
    from codemod.phases.remove.cuts import Cut
    from codemod.phases.remove.subject import Subject
    from codemod.phases.tree import Definition
    from codemod.resolve.scopes import Group

_NAMED = 5
_NEWLINE = re.compile(rb"\r\n?|\n")


def advice(
    subject: Subject, may_take: MayTake, done: Sequence[Cut], plans: Sequence[FilePlan]
) -> tuple[str, ...]:
    """What comes next after what is ``done`` by ``plans``, in sentences."""
    gone = {(remark.path, remark.line) for cut in done for remark in cut.remarks}
    names = {(cut.path, each.name) for cut in done for each in (*cut.imports, *cut.acting)}
    moved = {plan.path: _moved(plan) for plan in plans}
    mentions = [
        _place(each.path, each.line, moved)
        for each in subject.report.occurrences
        if each.role == "mention"
        and (each.path, each.line) not in gone
        and not _goes(subject, each.path, each.line)
    ]
    acting = [
        f"{_place(cut.path, each.statement.lineno, moved)} (`{each.name}`)"
        for cut in done
        for each in cut.acting
    ]
    helpers = [
        f"`{group.name}` ({_place(definition.path, line, moved)})"
        for definition in subject.definitions
        for group, line in _helpers(definition, subject, may_take)
        if (definition.path, group.name) not in names
    ]
    return (
        *_listed("Comments, docstrings or other strings still mention it", mentions),
        *_listed("Nothing is left in", [plan.path for plan in plans if not plan.after.strip()]),
        *_listed("Only it used these imports; they stay, as the modules do something on import", acting),
        *_listed("Only it used these; delete them if nothing else is to", helpers),
        "Other text files: `ctxmigrate verify` lists those that mention it.",
    )


def _moved(plan: FilePlan) -> dict[int, int]:
    """For each line of a file that stays, where it is afterwards."""
    before, after = (_NEWLINE.split(content) for content in (plan.before, plan.after))
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {old + n + 1: new + n + 1 for old, new, size in blocks for n in range(size)}


def _place(path: str, line: int, moved: Mapping[str, Mapping[int, int]]) -> str:
    return f"{path}:{moved.get(path, {}).get(line, line)}"


def _goes(subject: Subject, path: str, line: int) -> bool:
    """Whether a line is one of a definition, or of the comment right above."""
    source = subject.index(path).source
    while source.line(line).lstrip().startswith("#") and line < len(source.line_starts):
        line += 1
    lines = [(source.position(start)[0], source.position(end)[0]) for start, end in subject.spans(path)]
    return any(first <= line <= last for first, last in lines)


def _helpers(definition: Definition, subject: Subject, may_take: MayTake) -> Iterator[tuple[Group, int]]:
    """What the module defines and imports that only the factory used, with the lines."""
    index = definition.index
    names = {name for statement in index.tree.body for name in _bound(statement)} - {definition.name}
    for group in Unused(index, subject.spans(definition.path)).groups(names):
        if group.scope is index.tree and not may_take(definition.path, group.name):
            yield group, index.source.position(group.bindings[0].start)[0]


def _bound(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _listed(what: str, places: list[str]) -> Iterator[str]:
    if places:
        more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
        yield f"{what}: {', '.join(places[:_NAMED])}{more}."
