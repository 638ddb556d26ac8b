"""CTX101 to CTX103: what the call passes against what the getter takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.call import Argument, Call, getter_signature
from codemod.decide.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.model import Finding
    from codemod.resolve.facts import Signature

UNPACKED_ARGUMENTS = Rule(
    code="CTX101",
    name="unpacked-arguments",
    kind="block",
    summary="The call has `*args` or `**kwargs`, so what it passes cannot be read off the source.",
    advice="Write the arguments out, or build them without the dropped one and call the getter.",
    before="context = create_user_execution_context(*identifiers)",
    after="user_id, thread_id, _ = identifiers\ncontext = get_user_execution_context(user_id, thread_id)",
)
UNSUPPORTED_ARGUMENT = Rule(
    code="CTX102",
    name="unsupported-argument",
    kind="block",
    summary="An argument is neither dropped nor a parameter of the getter, or would land on another parameter.",
    advice="Give the getter that parameter, or set the value on the returned object, and call the getter.",
    before="context = create_user_execution_context(user_id, thread_id, run_id, db_session=session)",
    after="context = get_user_execution_context(user_id, thread_id)\ncontext.db_session = session",
)
MISSING_ARGUMENT = Rule(
    code="CTX103",
    name="missing-argument",
    kind="block",
    summary="The getter needs an argument that the call does not give.",
    advice="Pass the argument: it is part of the key by which the session is found.",
    before="context = create_user_execution_context(user_id, run_id=run_id)",
    after="context = get_user_execution_context(user_id, thread_id)",
)


def check_arguments(call: Call) -> Iterator[Finding]:
    """CTX101, CTX102 and CTX103 on a call."""
    signature = getter_signature(call.config, call.getter)
    if call.has_unpacking:
        yield UNPACKED_ARGUMENTS.found(f"`{_unpacked(call)}` hides which arguments the call passes")
    yield from _unsupported(call, signature)
    if not call.has_unpacking:
        yield from _missing(call, signature)


def _unpacked(call: Call) -> str:
    for keyword in call.node.keywords:
        if keyword.arg is None:
            return f"**{call.text(keyword.value)}"
    return next(call.text(argument.node) for argument in call.arguments if not argument.parameter)


def _unsupported(call: Call, signature: Signature) -> Iterator[Finding]:
    getter = f"`{call.config.getter_name}`" + (f" ({call.getter.where})" if call.getter.where else "")
    position = 0
    shifted = False
    for argument in call.arguments:
        if argument.is_dropped:
            continue
        if argument.by_keyword:
            problem = _keyword_problem(argument, signature, getter)
        elif isinstance(argument.node, ast.Starred):
            shifted = True
            continue
        elif shifted:
            continue
        else:
            problem = _positional_problem(call, argument, signature, position, getter)
            position += 1
        if problem:
            yield UNSUPPORTED_ARGUMENT.found(problem)


def _keyword_problem(argument: Argument, signature: Signature, getter: str) -> str | None:
    if not argument.parameter:
        return None
    found = next((p for p in signature.parameters if p.name == argument.parameter), None)
    if found is not None and found.kind == "positional-only":
        return f"{getter} takes `{argument.parameter}` by position only"
    if found is not None or signature.takes_kwargs:
        return None
    return f"`{argument.parameter}=` is not a parameter of {getter}"


def _positional_problem(
    call: Call, argument: Argument, signature: Signature, position: int, getter: str
) -> str | None:
    value = call.text(argument.node)
    places = [p for p in signature.parameters if p.kind != "keyword-only"]
    if not argument.parameter:
        factory = call.factory.signature
        if factory and factory.takes_args and signature.takes_args and position >= len(places):
            return None
        return f"`{value}` is one positional argument too many for `{call.config.factory_name}`"
    if position < len(places):
        if places[position].name == argument.parameter:
            return None
        return (
            f"`{value}` is passed by position for `{argument.parameter}` and would land on"
            f" `{places[position].name}` of {getter}"
        )
    if any(p.name == argument.parameter for p in signature.parameters):
        return f"`{value}` is passed by position, and {getter} takes `{argument.parameter}` otherwise"
    return f"`{value}` is passed for `{argument.parameter}`, which is not a parameter of {getter}"


def _missing(call: Call, signature: Signature) -> Iterator[Finding]:
    given = {argument.parameter for argument in call.arguments if not argument.is_dropped}
    for parameter in signature.parameters:
        if parameter.required and parameter.name not in given:
            where = f" ({call.getter.where})" if call.getter.where else ""
            yield MISSING_ARGUMENT.found(
                f"`{call.config.getter_name}`{where} needs `{parameter.name}`, which the call does not give"
            )
