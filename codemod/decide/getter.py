"""CTX204, CTX301 and CTX351: whether the getter can be had where the factory was."""

from __future__ import annotations

from codemod.decide.rule import Rule

GETTER_NAME_TAKEN = Rule(
    code="CTX204",
    name="getter-name-taken",
    kind="block",
    summary="The getter's name already means something else in a scope where it would be used.",
    advice="Rename that other thing, and run again.",
    before=(
        "def handle(get_user_execution_context):\n"
        "    return create_user_execution_context(user_id, thread_id, run_id)"
    ),
    after="def handle(lookup):\n    return get_user_execution_context(user_id, thread_id)",
)
GETTER_MISSING = Rule(
    code="CTX301",
    name="getter-missing",
    kind="block",
    summary="The module under the root that the getter would come from does not define or import it.",
    advice="Define the getter there (or import it), or name its module: `getter = \"module.name\"`.",
    before="from app.legacy import create_user_execution_context  # app/legacy.py has no getter",
    after="from app.dependencies import get_user_execution_context",
)
GETTER_UNVERIFIED = Rule(
    code="CTX351",
    name="getter-unverified",
    kind="note",
    summary="The getter's definition is not under the root, so its parameters are taken from the configuration.",
    advice="Look whether that module has the getter and what it takes.",
    before="from vendor.context import create_user_execution_context",
    after="from vendor.context import get_user_execution_context",
)
