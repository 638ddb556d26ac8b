"""CTX204, CTX301 and CTX351: whether the getter can be had where the factory was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.decide.provision import Gain
from codemod.decide.rule import Rule
from codemod.resolve.facts import MODULE_SCOPE, GroupKey, Use, at_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.draft import Draft
    from codemod.decide.program import Program
    from codemod.decide.provision import Provider, Provision
    from codemod.model import Finding

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
    advice=(
        "Define the getter there (`ctxmigrate scaffold getter` writes one beside the factory) or import it, or name"
        ' its module: `getter = "module.name"`.'
    ),
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


def check_getter(provider: Provider, draft: Draft, provision: Provision) -> Iterator[Finding]:
    """CTX301 and CTX204 on a call that can be followed."""
    program = provider.program
    problem = provision.problem or _bound_later(program, draft, provision)
    if problem:
        yield GETTER_MISSING.found(problem, provision.advice or _advice(program, draft))
    elif provision.taken:
        yield GETTER_NAME_TAKEN.found(provision.taken)
    else:
        is_by_name = provision.name == program.config.getter_name
        taken = is_by_name and _taken(program, draft, provision)
        taken = taken or overridden(provider, provision, *_imported_for(program, draft))
        if taken:
            yield GETTER_NAME_TAKEN.found(taken)


def _imported_for(program: Program, draft: Draft) -> tuple[Gain, ...]:
    """What a module gains where a call has a dotted getter imported beside what brings the factory."""
    is_replaced = program.imported_group(draft.path, draft.use)
    if not program.config.getter_module or is_replaced or program.has_getter(draft.path):
        return ()
    return (Gain(draft.path, at_module(program.config.getter_name)),)


def overridden(provider: Provider, provision: Provision, *gains: Gain) -> str:
    """Whose own name a module would override by a star import once it has the getter; empty where nobody's.

    ``gains`` come on top of those of the ``provision``.
    """
    program, getter = provider.program, provider.program.config.getter_name
    for gain in (*gains, *provision.gains):
        if gain.key.scope == MODULE_SCOPE and _binds_getter(provider, gain):
            if not gain.in_all and _brings_another(program, gain.path, provision):
                return f"a star import brings another `{getter}` to {gain.path}"
            for path in program.star_importers(gain.path, getter):
                own = program.links.group(path, at_module(getter))
                if own.kind == "missing":
                    own = program.links.through_stars(path, getter) or own
                if own.kind != "missing" and own != provision.origin:
                    return (
                        f"{path} imports everything from {gain.path}, which would override its own `{getter}`"
                    )
    return ""


def _binds_getter(provider: Provider, gain: Gain) -> bool:
    """Whether a module has the getter by its own name then, and not by another one that stood for the factory."""
    group = provider.program.groups.get((gain.path, gain.key))
    return group is None or provider.for_group(group).name == provider.program.config.getter_name


def _advice(program: Program, draft: Draft) -> str:
    """What to do where the function that the call leads to looks like another one of the same name."""
    config = program.config
    signature = program.links.signature(draft.origin)
    expected = {*config.parameters, *config.drop, *config.session_key}
    if signature is None or config.factory_module or expected & {p.name for p in signature.parameters}:
        return ""
    return (
        f"{draft.origin.module}:{signature.line} looks like an unrelated function of the same name: set `factory` to"
        f' the dotted name of the right one under [tool.ctxmigrate], as `factory = "module.{config.factory_name}"`.'
    )


def _bound_later(program: Program, draft: Draft, provision: Provision) -> str:
    """Why a call that runs on import cannot find the getter that its own module binds further down."""
    use = draft.use
    if not use.immediate or use.base is not None or program.imported_group(draft.path, use):
        return ""
    bindings = program.getter_bindings(draft.path, MODULE_SCOPE)
    if bindings and all(binding.at.start > use.at.start for binding in bindings):
        return f"`{provision.name}` is bound only further down, and this call runs on import"
    return ""


def _taken(program: Program, draft: Draft, provision: Provision) -> str:
    """What the getter's name means instead where the call would use it; empty where it is free."""
    use, getter = draft.use, program.config.getter_name
    home, here = _home(program, use), use.getter_group
    if home is None:
        return ""
    if here is None:
        return _brought_by_star(program, draft, home, provision)
    if here.scope not in use.scopes:
        return ""
    depth, home_depth = use.scopes.index(here.scope), use.scopes.index(home)
    if depth > home_depth:
        return f"`{getter}` is a name of its own in a scope around the call"
    if depth == home_depth and not _is_getter(program, draft, here, provision):
        return f"`{getter}` means something else in this scope already"
    if depth < home_depth and _is_used_in(program, draft.path, home, here):
        return f"`{getter}` is used in this scope with the meaning that it has outside"
    return ""


def _brought_by_star(program: Program, draft: Draft, home: int, provision: Provision) -> str:
    """What a star import brings by the getter's name; empty where that is the getter, or nobody minds."""
    getter = program.config.getter_name
    uses = program.facts[draft.path].names[getter].uses
    is_used = any(use.group is None and home in use.scopes for use in uses)
    brought = program.links.through_stars(draft.path, getter)
    may_be_another = brought is not None and brought.kind == "unknown" and is_used
    if may_be_another or _brings_another(program, draft.path, provision):
        return f"a star import brings another `{getter}`"
    return ""


def _brings_another(program: Program, path: str, provision: Provision) -> bool:
    """Whether a star import brings a module another function by the getter's name."""
    brought = program.links.all_through_stars(path, program.config.getter_name)
    return any(origin.kind != "unknown" and origin != provision.origin for origin in brought)


def _home(program: Program, use: Use) -> int | None:
    """The scope in which the getter's name will be bound; None for an attribute."""
    if use.base is not None and not program.config.getter_module:
        return None
    return use.group.scope if use.group is not None and use.base is None else MODULE_SCOPE


def _is_getter(program: Program, draft: Draft, key: GroupKey, provision: Provision) -> bool:
    stands_beside = draft.use.group is not None and not program.imported_group(draft.path, draft.use)
    if stands_beside and not program.config.getter_module:
        return True
    found = program.links.group(draft.path, key)
    return found.kind in ("function", "external", "other") and found == provision.origin


def _is_used_in(program: Program, path: str, home: int, outer: GroupKey) -> bool:
    """Whether code in a scope uses the getter's name of an outer one, which an import there would hide."""
    uses = program.facts[path].names[outer.name].uses
    return any(use.group == outer and home in use.scopes for use in uses)
