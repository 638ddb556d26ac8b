"""Whether a function calls another one in the end, as far as its calls can be followed through the source."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.evidence.words import Function, calls, identifier
from codemod.status import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from codemod.phases.evidence.definitions import Definitions, Part

_MOST = 200
_MAKERS = {"__new__", "__init__", "__post_init__"}


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the calls of a function lead: to a call of what was looked for at ``end``, or else perhaps there by one
    of the calls that are ``lost`` because they cannot be followed.
    """

    end: Place | None
    lost: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stop:
    """Code on the way: a function or class of a file, and the class that ``self`` means in it."""

    path: str
    node: ast.stmt
    owner: ast.ClassDef | None = None


def follow(definitions: Definitions, start: Part, target: str, harmless: Collection[str]) -> Trail:
    """Follow the calls of ``start`` to a call of ``target``. Methods of what has a ``harmless`` name do not count."""
    stops = [_Stop(start.path, start.node)]
    lost: list[Place] = []
    for stop in stops:
        for call in _calls(stop.node):
            place = Place(stop.path, call.lineno)
            if identifier(call.func) == target:
                return Trail(place)
            found = _callee(definitions, stop, call.func)
            if found is None and not _is_plain(definitions, stop.path, call.func, harmless):
                lost.append(place)
            elif found and found not in stops and len(stops) < _MOST:
                stops.append(found)
    return Trail(None, tuple(lost))


def _calls(node: ast.stmt) -> Iterator[ast.Call]:
    """The calls that running a function makes, or making an instance of a class."""
    bodies = [node]
    if isinstance(node, ast.ClassDef):
        bodies = [each for each in node.body if isinstance(each, Function) and each.name in _MAKERS]
    return (call for body in bodies for call in calls(body))


def _callee(definitions: Definitions, stop: _Stop, func: ast.expr) -> _Stop | None:
    """The function or class under the root that a call calls."""
    part = None
    match func:
        case ast.Name(id=name):
            part = definitions.named(stop.path, name)
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if stop.owner:
            return _method(stop.path, stop.owner, name)
        case ast.Attribute(value=ast.Name(id=root), attr=name):
            owner = _class(definitions, definitions.named(stop.path, root))
            if owner and isinstance(owner.node, ast.ClassDef):
                return _method(owner.path, owner.node, name)
            part = definitions.member(stop.path, root, name)
    return _Stop(part.path, part.node) if part and isinstance(part.node, (Function, ast.ClassDef)) else None


def _class(definitions: Definitions, part: Part | None) -> Part | None:
    """The class that a name means, or that the one thing under it is made of."""
    value = getattr(part.node, "value", None) if part else None
    if part and isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return definitions.named(part.path, value.func.id)
    return part


def _method(path: str, owner: ast.ClassDef, name: str) -> _Stop | None:
    methods = (each for each in owner.body if isinstance(each, Function) and each.name == name)
    return next((_Stop(path, method, owner) for method in methods), None)


def _is_plain(definitions: Definitions, path: str, func: ast.expr, harmless: Collection[str]) -> bool:
    """Whether a call is of Python's own, or of a method of what is."""
    while isinstance(func, (ast.Attribute, ast.Call, ast.Subscript)):
        func = func.func if isinstance(func, ast.Call) else func.value
    if not isinstance(func, ast.Name):
        return isinstance(func, (ast.Constant, ast.JoinedStr))
    if func.id in harmless or definitions.is_pythons(path, func.id):
        return True
    part = definitions.named(path, func.id)
    value = getattr(part.node, "value", None) if part else None
    return isinstance(value, ast.Call) and _is_plain(definitions, path, value.func, ())
