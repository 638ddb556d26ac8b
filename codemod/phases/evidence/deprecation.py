"""Phase 3: whether the factory warns those who still call it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.phases.evidence.words import Function, calls, identifier, identifiers
from codemod.resolve.signatures import is_overload
from codemod.status import Item, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.phases.evidence.commands import Commands
    from codemod.phases.evidence.definitions import Definitions, Part
    from codemod.phases.tree import Definition

_NAME = "factory-warns"


def deprecation_items(
    definitions: Definitions, factories: Sequence[Definition], commands: Commands
) -> tuple[Item, ...]:
    """Return for each definition of the factory whether it warns."""
    if factories:
        return tuple(_item(definitions, each, commands) for each in factories)
    if broken := definitions.tree.broken_definitions():
        message = "whether the factory warns cannot be told: the file that seems to define it does not parse"
        places = tuple(Place(each.path, each.line) for each in broken)
        return (Item(_NAME, "unknown", message, places, "Mend that file."),)
    if definitions.tree.report.sites:
        message = "whether the factory warns cannot be told: it is not defined under the root"
        return (Item(_NAME, "unknown", message),)
    return (Item(_NAME, "yes", "there is no factory left that would have to warn"),)


def _item(definitions: Definitions, factory: Definition, commands: Commands) -> Item:
    functions = [node for node in factory.nodes if not is_overload(node)] or list(factory.nodes)
    lines = [line for node in functions for line in list(_warnings(definitions, factory.path, node))[:1]]
    if len(lines) == len(functions):
        places = tuple(Place(factory.path, line) for line in lines)
        return Item(_NAME, "yes", f"`{factory.name}` in {factory.path} warns that it is deprecated", places)
    message = f"`{factory.name}` in {factory.path} does not warn that it is deprecated"
    place = Place(factory.path, factory.line)
    return Item(_NAME, "no", message, (place,), commands.on("deprecate", factory.path))


def _warnings(definitions: Definitions, path: str, function: Function) -> Iterator[int]:
    """The lines by which a function warns: a decorator, a call, or the use of a function that has such a call."""
    for decorator in function.decorator_list:
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        if identifier(func) == "deprecated" or _has_warning(definitions.named(path, identifier(func))):
            yield decorator.lineno
    for call in calls(function):
        if _is_warning(call) or _has_warning(definitions.named(path, identifier(call.func))):
            yield call.lineno


def _has_warning(helper: Part | None) -> bool:
    return (
        helper is not None and isinstance(helper.node, Function) and any(map(_is_warning, calls(helper.node)))
    )


def _is_warning(call: ast.Call) -> bool:
    is_warn = identifier(call.func) in ("warn", "warn_explicit")
    return is_warn and any(name.endswith("DeprecationWarning") for name in identifiers(call))
