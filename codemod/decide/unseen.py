"""What reads names without saying them, so that nobody can tell which of them are needed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.resolve.facts import Span

if TYPE_CHECKING:
    from codemod.resolve.places import ModuleIndex, Place

_OF_FRAMES = ("eval", "exec", "locals", "vars", "dir", "f_locals", "_getframe", "currentframe", "stack")
_OF_MODULES = (*_OF_FRAMES, "globals", "f_globals", "modules")
_OF_THEIR_ARGUMENT = ("vars", "dir")


def reads_locals(index: ModuleIndex, function: Span, name: str) -> bool:
    """Whether code in a function may read its local ``name`` without saying it."""
    return _reads(index, _OF_FRAMES, function) or any(
        place.role == "string" and index.source.text[place.start - 1] == "@"
        for place in index.places(name)
        if function.start <= place.start < function.end
    )


def reads_module(index: ModuleIndex) -> bool:
    """Whether code may read names of its module without saying them."""
    return _reads(index, _OF_MODULES, Span(0, len(index.source.text)))


def _reads(index: ModuleIndex, readers: tuple[str, ...], within: Span) -> bool:
    return any(
        _reads_all(name, place)
        for name in readers
        for place in index.places(name)
        if within.start <= place.start < within.end
    )


def _reads_all(name: str, place: Place) -> bool:
    if place.role not in ("load", "attribute", "import"):
        return False
    call = place.parent()
    of_argument = name in _OF_THEIR_ARGUMENT and isinstance(call, ast.Call) and place.node is call.func
    return not (of_argument and isinstance(call, ast.Call) and call.args)
