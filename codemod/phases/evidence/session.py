"""Phase 1: the function that gets or makes the session of a user, and what a session knows of its own life."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.model import FileError
from codemod.phases.absent import is_elsewhere
from codemod.phases.evidence.closure import Closure, closure
from codemod.phases.evidence.definitions import Part
from codemod.phases.evidence.lifecycle import lifecycle
from codemod.phases.evidence.words import Function, is_declaration, is_test_file
from codemod.phases.tree import SESSION
from codemod.resolve.places import ModuleIndex
from codemod.status import Item, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.evidence.commands import Commands
    from codemod.phases.evidence.definitions import Definitions
    from codemod.phases.tree import Tree

_OWNER = "UnifiedIdGenerator"
_DEFINED = "session-defined"


@dataclass(frozen=True, slots=True)
class Session:
    """A definition of the function, at ``place``, and all that its class (or itself, in none) draws on."""

    place: Place
    closure: Closure

    @property
    def name(self) -> str:
        """The function's name, with that of its class."""
        owner = self.closure.parts[0].name
        return SESSION if owner == SESSION else f"{owner}.{SESSION}"


def sessions(definitions: Definitions) -> tuple[Session, ...]:
    """Return the definitions of the function outside tests, by path: those in ``UnifiedIdGenerator``, else all."""
    found = [
        Session(Place(path, function.lineno), closure(definitions, Part(path, owner.name, owner)))
        for path in _paths(definitions.tree)
        for owner, function in _functions(definitions.tree.module(path))
        if not is_declaration(function)
    ]
    named = [session for session in found if session.closure.parts[0].name == _OWNER]
    return tuple(named or found)


def session_items(
    definitions: Definitions, found: tuple[Session, ...], commands: Commands
) -> tuple[Item, ...]:
    """Return what phase 1 needs."""
    if not found:
        return (_missing(definitions.tree, commands),)
    places = tuple(session.place for session in found)
    names = " and ".join(dict.fromkeys(f"`{session.name}`" for session in found))
    defined = Item(_DEFINED, "yes", f"{names} is defined", places)
    traits = (lifecycle(session.name, session.place, session.closure) for session in found)
    return (defined, *(item for items in traits for item in items))


def _missing(tree: Tree, commands: Commands) -> Item:
    """The item for a tree in which the function is defined nowhere, or nowhere that can be seen."""
    command = commands.here("scaffold session")
    indexes = {path: tree.module(path) for path in _paths(tree)}
    broken = [Place(path, index.line) for path, index in indexes.items() if isinstance(index, FileError)]
    used = [
        Place(path, index.source.position(place.start)[0])
        for path, index in indexes.items()
        if isinstance(index, ModuleIndex)
        for place in index.places(SESSION)
        if place.role not in ("comment", "string")
    ]
    unknown = f"whether `{SESSION}` is defined cannot be told: "
    if broken:
        message = f"{unknown}a file that names it cannot be parsed"
        return Item(_DEFINED, "unknown", message, tuple(broken), "Mend that file.")
    if used:
        message = f"{unknown}it is used, and perhaps comes from an installed package"
        return Item(_DEFINED, "unknown", message, tuple(used), f"If no package has it: {command}")
    if is_elsewhere(tree):
        factory, getter = tree.config.factory, tree.config.getter
        command = (
            f"Neither `{factory}` nor `{getter}` is here: run this in the project's own folder, or set `factory`"
            " and `getter` in [tool.ctxmigrate]."
        )
    return Item(_DEFINED, "no", f"`{SESSION}` is defined nowhere outside tests", (), command)


def _paths(tree: Tree) -> Iterator[str]:
    """The modules outside tests that name the function."""
    return (path for path in tree.mentioning(SESSION) if path.endswith(".py") and not is_test_file(path))


def _functions(index: ModuleIndex | FileError) -> Iterator[tuple[ast.ClassDef | Function, Function]]:
    """The definitions of the function in a module or in a class of it, each after the outermost class around it."""
    for place in index.places(SESSION) if isinstance(index, ModuleIndex) else ():
        if place.role == "def" and isinstance(place.node, Function):
            around = [step.child for step in place.steps if isinstance(step.child, (ast.ClassDef, Function))]
            if not any(isinstance(node, Function) for node in around[:-1]):
                yield around[0], place.node
