"""CTX108: a call whose own source is part of what the program prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemod.decide.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.call import Call
    from codemod.model import Finding

SOURCE_SHOWN = Rule(
    code="CTX108",
    name="source-shown",
    kind="block",
    summary="The call stands in an f-string field with `=`, which prints its own source.",
    advice="Assign the call to a name before the f-string and show that name.",
    before='print(f"{create_user_execution_context(user_id, thread_id, run_id)=}")',
    after='context = get_user_execution_context(user_id, thread_id)\nprint(f"{context=}")',
)
_EQUALS = re.compile(r"(?:[\s)\\]|#[^\n]*\n)*=")


def check_source_shown(call: Call) -> Iterator[Finding]:
    """CTX108 on a call."""
    text = call.index.source.text
    for step in call.steps:
        if type(step.parent).__name__ not in ("FormattedValue", "Interpolation") or step.field != "value":
            continue
        if _EQUALS.match(text, call.index.node_end(step.child)):
            yield SOURCE_SHOWN.found("the f-string field ends in `=` and prints the source of the call")
            return
