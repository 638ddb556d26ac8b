"""Which decorators are known to do nothing but change what they decorate."""

from __future__ import annotations

import ast
import builtins
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from codemod.resolve.attributes import split_attributes

if TYPE_CHECKING:
    from codemod.resolve.places import Place
    from codemod.resolve.scopes import Scopes

_HARMLESS = (
    *(f"functools.{name}" for name in ("cache", "lru_cache", "wraps", "total_ordering", "cached_property")),
    *("contextlib.contextmanager", "contextlib.asynccontextmanager"),
    *("typing.*", "typing_extensions.*", "types.coroutine", "abc.abstractmethod"),
    *("warnings.deprecated", "deprecated.*", "deprecation.deprecated"),
    *("dataclasses.dataclass", "enum.unique", "attr.*", "attrs.*"),
    *("typeguard.typechecked", "beartype.beartype", "tenacity.retry", "cachetools.cached"),
)


def is_harmless(scopes: Scopes, decorator: ast.expr) -> bool:
    """Whether a decorator at the level of a module or of a class there surely registers nothing."""
    node, parts = split_attributes(decorator.func if isinstance(decorator, ast.Call) else decorator)
    if not isinstance(node, ast.Name):
        return False
    group = scopes.groups(node.id).get(scopes.module)
    if group is None:
        return not parts and hasattr(builtins, node.id)
    return all(_matches(".".join((_imported(place), *parts))) for place in group.bindings)


def _matches(dotted: str) -> bool:
    return any(fnmatchcase(dotted, pattern) for pattern in _HARMLESS)


def _imported(place: Place) -> str:
    """The dotted name that an import binds at a place; empty for another binding."""
    alias, statement = place.node, place.parent()
    if not isinstance(alias, ast.alias):
        return ""
    if isinstance(statement, ast.ImportFrom):
        return f"{'.' * statement.level}{statement.module or ''}.{alias.name}"
    return alias.name if alias.asname else alias.name.partition(".")[0]
