"""CTX151 and CTX152: what becomes of the variable that was passed for the dropped argument."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.decide.rule import Rule
from codemod.resolve.facts import Span
from codemod.resolve.scopes import FunctionNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.call import Call
    from codemod.decide.spans import Spans
    from codemod.model import Finding
    from codemod.resolve.places import Place

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
    advice="Delete the assignment if making the value has no effect that is needed.",
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
    """A local name in a dropped argument: the offsets at which it is read, and of these the later ones,
    with their lines (further down, in a nested function further down, or in a loop around the call).
    """

    name: str
    is_parameter: bool
    reads: tuple[int, ...]
    later: tuple[tuple[int, int], ...]


def local_values(call: Call) -> tuple[LocalValue, ...]:
    """The local names of the call's own function in its dropped arguments."""
    function = call.function
    if function is None:
        return ()
    names = dict.fromkeys(
        node.id
        for argument in call.dropped
        for node in ast.walk(argument.node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    values = (_local_value(call, function, name) for name in names)
    return tuple(value for value in values if value)


def check_local_values(values: tuple[LocalValue, ...], removed: Spans) -> Iterator[Finding]:
    """CTX151 and CTX152, where ``removed`` are the stretches of the file that the run removes."""
    for value in values:
        later = [line for offset, line in value.later if not removed.cover(offset)]
        if later:
            yield DROPPED_VALUE_STILL_USED.found(
                f"`{value.name}` is read again in line {later[0]} and may differ from the returned object's own"
            )
        elif not value.is_parameter and all(map(removed.cover, value.reads)):
            yield UNUSED_AFTER_DROP.found(f"nothing reads `{value.name}` any more")


def _local_value(call: Call, function: ast.AST, name: str) -> LocalValue | None:
    group = call.scopes.resolve(name, call.steps)
    if group is None or group.scope is not function:
        return None
    reads = [
        place.start
        for place in call.index.places(name)
        if _reads(place) and call.scopes.resolve(name, place.steps) is group
    ]
    loops = _loops(call)
    later = [
        (offset, call.index.source.position(offset)[0])
        for offset in reads
        if offset >= call.use.whole.end or any(loop.start <= offset < loop.end for loop in loops)
    ]
    outside = [(offset, line) for offset, line in later if not _inside(call, offset)]
    is_parameter = any(place.role == "param" for place in group.bindings)
    return LocalValue(name, is_parameter, tuple(reads), tuple(outside))


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
