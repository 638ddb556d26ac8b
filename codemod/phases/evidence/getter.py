"""Phase 2: the getter is there, can be imported from where the factory is, and uses the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import FileError
from codemod.phases.evidence.definitions import Part
from codemod.phases.evidence.following import follow
from codemod.phases.evidence.words import is_test_file
from codemod.phases.tree import SESSION
from codemod.status import Item, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.phases.evidence.commands import Commands
    from codemod.phases.evidence.definitions import Definitions
    from codemod.phases.evidence.following import Trail
    from codemod.phases.tree import Definition, Tree


_DEFINED = "getter-defined"
_DOTTED = "set `factory` in [tool.ctxmigrate] to the dotted name of the right one"


def getter_items(
    definitions: Definitions, factories: Sequence[Definition], commands: Commands
) -> tuple[Item, ...]:
    """Return what phase 2 needs, for each of the ``factories``."""
    tree = definitions.tree
    getters = _getters(definitions, factories)
    if not getters:
        return (_missing(tree, factories, commands),)
    places = tuple(Place(each.path, each.line) for each in getters)
    defined = Item(_DEFINED, "yes", f"`{tree.config.getter}` is defined", places)
    importable = (
        () if tree.config.getter_module else (_importable(tree, each, commands) for each in factories)
    )
    return (defined, *importable, *(_uses_session(definitions, each) for each in getters))


def _getters(definitions: Definitions, factories: Sequence[Definition]) -> tuple[Definition, ...]:
    """The definitions of the getter: those that the factories' modules have; without factories those that use the
    session, if any do.
    """
    tree = definitions.tree
    everywhere = [each for each in tree.definitions(tree.config.getter) if not each.is_stub]
    if tree.config.getter_module:
        return tuple(everywhere)
    if factories:
        near = {tree.links.export(each.path, tree.config.getter_name).module for each in factories}
        return tuple(each for each in everywhere if each.path in near)
    plain = [each for each in everywhere if not is_test_file(each.path)]
    return tuple(each for each in plain if _trail(definitions, each).end) or tuple(plain)


def _missing(tree: Tree, factories: Sequence[Definition], commands: Commands) -> Item:
    """The item for a tree where no definition of the getter can be seen."""
    getter = tree.config.getter
    found = ((path, tree.module(path)) for path in tree.mentioning(tree.config.getter_name))
    broken = tuple(Place(path, index.line) for path, index in found if isinstance(index, FileError))
    unknown = f"whether `{getter}` is defined cannot be told: "
    if broken:
        message = f"{unknown}a file that names it cannot be parsed"
        return Item(_DEFINED, "unknown", message, broken, "Mend that file.")
    if tree.config.getter_module and not tree.modules.named(tree.config.getter_module):
        message = f"{unknown}there is no module `{tree.config.getter_module}` under the root"
        return Item(_DEFINED, "unknown", message, (), "See whether an installed package has it.")
    bare = () if tree.config.getter_module else factories
    if other := [each for each in bare if tree.links.export(each.path, getter).kind != "missing"]:
        message = (
            f"{unknown}the factory's module has the name, for something that is no function under the root"
        )
        return Item(
            _DEFINED, "unknown", message, tuple(Place(each.path, 0) for each in other), "See what it is."
        )
    command = (
        commands.on("scaffold getter", factories[0].path) if factories else commands.here("scaffold getter")
    )
    return Item(_DEFINED, "no", f"`{getter}` is not defined", (), command)


def _importable(tree: Tree, factory: Definition, commands: Commands) -> Item:
    """Whether the module of a factory has the getter."""
    name = "getter-importable"
    origin = tree.links.export(factory.path, tree.config.getter_name)
    place = (Place(factory.path, factory.line),)
    if origin.kind == "missing":
        message = f"`{tree.config.getter}` is not in {factory.path}, where the factory is"
        command = commands.on("scaffold getter", factory.path)
        return Item(name, "no", message, place, f"{command} (if that factory is another function, {_DOTTED})")
    if origin.kind == "unknown":
        message = f"whether {factory.path} has the getter cannot be told: {origin.reason}"
        return Item(name, "unknown", message, place, f"Define or import it in {factory.path} in one way.")
    return Item(name, "yes", f"{factory.path} has the factory and the getter", place)


def _uses_session(definitions: Definitions, getter: Definition) -> Item:
    name = "getter-uses-session"
    trail = _trail(definitions, getter)
    at = Place(getter.path, getter.line)
    if trail.end:
        return Item(name, "yes", f"`{getter.name}` calls `{SESSION}`", tuple(dict.fromkeys((at, trail.end))))
    help_ = f"Let `{getter.name}` ({at.path}:{at.line}) call `{SESSION}`."
    if trail.lost:
        message = (
            f"whether `{getter.name}` calls `{SESSION}` cannot be told: some of its calls cannot be followed"
        )
        return Item(name, "unknown", message, trail.lost, help_)
    return Item(name, "no", f"`{getter.name}` does not call `{SESSION}`", (at,), help_)


def _trail(definitions: Definitions, getter: Definition) -> Trail:
    start = Part(getter.path, getter.name, getter.nodes[-1])
    return follow(definitions, start, SESSION, definitions.tree.config.session_key)
