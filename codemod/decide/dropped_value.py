"""CTX151 and CTX152: what becomes of the variable that was passed for the dropped argument.

With ``--clean`` the assignments of one that nothing reads any more go as well, and then those of the variables
that only these read.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from codemod.decide.dead_assignments import removable_assignments
from codemod.decide.rule import Rule
from codemod.decide.side_effects import check_removed_value
from codemod.decide.spans import Spans
from codemod.resolve.facts import Span
from codemod.resolve.scopes import FunctionNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from codemod.decide.call import Call
    from codemod.decide.dead_assignments import Assignment
    from codemod.model import Finding
    from codemod.resolve.places import Place
    from codemod.resolve.scopes import Group

DROPPED_VALUE_STILL_USED = Rule(
    code="CTX151",
    name="dropped-value-still-used",
    kind="note",
    summary="The variable that was passed is read again later, and may differ from the returned object's own.",
    advice="Read the value from the returned object instead.",
    before=(
        "def handle(user_id, thread_id, run_id):\n"
        "    context = create_user_execution_context(user_id, thread_id, run_id)\n"
        "    log.info(run_id)"
    ),
    after=(
        "def handle(user_id, thread_id, run_id):\n"
        "    context = get_user_execution_context(user_id, thread_id)\n"
        "    log.info(run_id)"
    ),
)
UNUSED_AFTER_DROP = Rule(
    code="CTX152",
    name="unused-after-drop",
    kind="note",
    summary="The variable that was passed was assigned for this call, and nothing reads it any more.",
    advice="Delete the assignment if making the value has no effect that is needed; --clean does where that is sure.",
    before=(
        "def handle(user_id, thread_id):\n"
        "    run_id = str(uuid.uuid4())\n"
        "    return create_user_execution_context(user_id, thread_id, run_id)"
    ),
    after=(
        "def handle(user_id, thread_id):\n"
        "    run_id = str(uuid.uuid4())\n"
        "    return get_user_execution_context(user_id, thread_id)"
    ),
)


@dataclass(frozen=True, slots=True)
class LocalValue:
    """A local name that a dropped argument is made of: the offsets at which it is read, and of these the later ones,
    with their lines (further down, in a nested function further down, or in a loop around the call).

    ``is_passed`` where it stands in the argument itself, and not only in an assignment that may go.
    ``assignments`` are the statements that may go once nothing reads it, with the ``notes`` on them; they are
    empty where one of them has to stay.
    """

    name: str
    is_passed: bool
    is_parameter: bool
    reads: tuple[int, ...]
    later: tuple[tuple[int, int], ...]
    assignments: tuple[Span, ...] = ()
    notes: tuple[Finding, ...] = ()

    def is_unread(self, removed: Spans) -> bool:
        """Whether it is no parameter and all its reads are in what is removed."""
        return not self.is_parameter and bool(self.reads) and all(map(removed.cover, self.reads))

    def is_gone(self, removed: Spans) -> bool:
        """Whether its assignments are in what is removed."""
        return bool(self.assignments) and removed.cover(self.assignments[0].start)


def local_values(call: Call) -> tuple[LocalValue, ...]:
    """The local names of the call's own function in its dropped arguments, and with ``--clean`` those that the
    assignments of these are made of, and so on.
    """
    function = call.function
    found: dict[str, LocalValue] = {}
    passed = {argument.node for argument in call.dropped}
    pending: list[ast.expr] = [argument.node for argument in call.dropped] if function else []
    while pending:
        node = pending.pop(0)
        for name in _names(node):
            group = call.scopes.resolve(name, call.steps)
            if group is not None and group.scope is function and name not in found:
                assignments = removable_assignments(call, group) if call.config.clean else ()
                found[name] = _local_value(call, group, assignments, is_passed=node in passed)
                pending += [each.value for each in assignments if each.value]
    return tuple(found.values())


def check_local_values(values: tuple[LocalValue, ...], removed: Spans) -> Iterator[Finding]:
    """CTX151 and CTX152, where ``removed`` are the stretches of the file that the run removes."""
    for value in values:
        later = [line for offset, line in value.later if not removed.cover(offset)]
        if later and value.is_passed:
            yield DROPPED_VALUE_STILL_USED.found(
                f"`{value.name}` is read again in line {later[0]} and may differ from the returned object's own"
            )
        elif value.is_gone(removed):
            yield from value.notes
        elif value.is_unread(removed):
            yield UNUSED_AFTER_DROP.found(f"nothing reads `{value.name}` any more")


def dead_assignments(
    values: Iterable[LocalValue], removed: Collection[Span], sites: Spans
) -> tuple[Span, ...]:
    """The assignments of ``values`` that nothing needs any more without the ``removed`` stretches of the file;
    those that hold one of the ``sites`` stay.
    """
    dead: set[Span] = set()
    pending = [
        value for value in values if value.assignments and not any(map(sites.first_in, value.assignments))
    ]
    while pending:
        spans = Spans([*removed, *dead])
        found = {
            assignment for value in pending if value.is_unread(spans) for assignment in value.assignments
        }
        if found == dead:
            break
        dead = found
    return tuple(sorted(dead))


def _names(node: ast.expr) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            yield child.id


def _local_value(
    call: Call, group: Group, assignments: tuple[Assignment, ...], *, is_passed: bool
) -> LocalValue:
    reads = tuple(
        place.start
        for place in call.index.places_in(group.name, group.scope)
        if _reads(place) and call.scopes.resolve(group.name, place.steps) is group
    )
    loops = _loops(call)
    later = tuple(
        (offset, call.index.source.position(offset)[0])
        for offset in reads
        if (offset >= call.use.whole.end or any(loop.start <= offset < loop.end for loop in loops))
        and not _inside(call, offset)
    )
    notes = (check_removed_value(call, each.value, each.steps) for each in assignments if each.value)
    return LocalValue(
        name=group.name,
        is_passed=is_passed,
        is_parameter=any(place.role == "param" for place in group.bindings),
        reads=reads,
        later=later,
        assignments=tuple(each.span for each in assignments),
        notes=tuple(chain.from_iterable(notes)),
    )


def _reads(place: Place) -> bool:
    return place.role == "load" or (place.role == "store" and isinstance(place.parent(), ast.AugAssign))


def _inside(call: Call, offset: int) -> bool:
    """Whether an offset lies in a dropped argument of the call itself."""
    return any(
        call.index.node_start(argument.node) <= offset < call.index.node_end(argument.node)
        for argument in call.dropped
    )


def _loops(call: Call) -> list[Span]:
    """The loops around the call in its own function."""
    loops: list[Span] = []
    for step in call.steps:
        if isinstance(step.parent, FunctionNode) and step.field == "body":
            loops.clear()
        elif isinstance(step.parent, (ast.For, ast.AsyncFor, ast.While)) and step.field in ("body", "test"):
            loops.append(Span(call.index.node_start(step.parent), call.index.node_end(step.parent)))
    return loops
