"""CTX201 to CTX203 and CTX302: references that are no plain call of a name that can be followed."""

from __future__ import annotations

from codemod.decide.rule import Rule

FACTORY_AS_VALUE = Rule(
    code="CTX201",
    name="factory-as-value",
    kind="block",
    summary="The factory is passed, stored, returned, wrapped or given another name, so its calls are elsewhere.",
    advice="Use the getter here if whatever calls it passes no dropped argument, and look at the calls.",
    before="context: Context = Depends(create_user_execution_context)",
    after="context: Context = Depends(get_user_execution_context)",
)
DYNAMIC_REFERENCE = Rule(
    code="CTX202",
    name="dynamic-reference",
    kind="block",
    summary="A string reaches the factory while the program runs, so nothing tells how it is called.",
    advice="Import the getter and call it by name, or change the string together with what calls its result.",
    before='factory = getattr(dependencies, "create_user_execution_context")',
    after="factory = dependencies.get_user_execution_context",
)
UNRESOLVED_NAME = Rule(
    code="CTX203",
    name="unresolved-name",
    kind="block",
    summary="The name is used with no single binding that can be followed, so it may mean something else.",
    advice="Import the factory once, by its name, from the module that defines it, and run again.",
    before="from vendor.everything import *\n\ncontext = create_user_execution_context(user_id, thread_id, run_id)",
    after=(
        "from app.dependencies import get_user_execution_context\n\n"
        "context = get_user_execution_context(user_id, thread_id)"
    ),
)
DANGLING_IMPORT = Rule(
    code="CTX302",
    name="dangling-import",
    kind="block",
    summary="The factory is imported from a module under the root that does not have it.",
    advice="Mend the import: name the module that defines the factory, or delete code that cannot run.",
    before="from app.removed import create_user_execution_context",
    after="from app.dependencies import get_user_execution_context",
)
