"""CTX106: one of factory and getter is a coroutine function and the other is not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.call import Call
    from codemod.model import Finding

AWAIT_MISMATCH = Rule(
    code="CTX106",
    name="await-mismatch",
    kind="block",
    summary="One of factory and getter is `async` and the other is not, so the result would be used wrongly.",
    advice="Make both `async` or neither, or mend the call and its `await` by hand.",
    before="context = await create_user_execution_context(user_id, thread_id, run_id)",
    after="context = get_user_execution_context(user_id, thread_id)",
)


def check_await(call: Call) -> Iterator[Finding]:
    """CTX106 on a call."""
    factory, getter = call.factory.signature, call.getter.signature
    awaited = isinstance(call.steps[-1].parent if call.steps else None, ast.Await)
    names = call.config.factory_name, call.config.getter_name
    if factory and getter:
        if factory.is_async != getter.is_async:
            one, other = names if factory.is_async else names[::-1]
            where = f"{call.factory.where}, {call.getter.where}"
            yield AWAIT_MISMATCH.found(f"`{one}` is `async` and `{other}` is not ({where})")
        return
    known = factory or getter
    if known and known.is_async != awaited:
        name, where = (names[0], call.factory.where) if factory else (names[1], call.getter.where)
        nature = "is `async`" if known.is_async else "is not `async`"
        use = "awaited" if awaited else "not awaited"
        yield AWAIT_MISMATCH.found(f"`{name}` ({where}) {nature}, and the call is {use}")
