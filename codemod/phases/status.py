"""Where a migration stands: the four phases, each with its evidence, and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.phases.absent import bound_otherwise, wrong_module
from codemod.phases.evidence.calls import calls_item, folders
from codemod.phases.evidence.continuity import continuity_item
from codemod.phases.evidence.definitions import Definitions
from codemod.phases.evidence.deprecation import deprecation_items
from codemod.phases.evidence.getter import getter_items
from codemod.phases.evidence.session import session_items, sessions
from codemod.phases.evidence.upkeep import upkeep_items
from codemod.phases.evidence.witnessed import witnessed_by, witnessed_item
from codemod.phases.evidence.words import is_test_file
from codemod.phases.witnesses import read_witnesses
from codemod.status import Item, Phase, Place, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codemod.phases.evidence.commands import Commands
    from codemod.phases.tree import Definition, Tree


def status(tree: Tree, commands: Commands, witness: Path | None = None) -> Status:
    """Return where the migration of ``tree`` stands, with what the ``witness`` file adds.

    Raises UsageError where that file cannot be used.
    """
    witnessed = witnessed_by(tree.report, str(witness), read_witnesses(witness)) if witness else None
    definitions = Definitions(tree)
    everywhere = [each for each in tree.definitions(tree.config.factory) if not is_test_file(each.path)]
    factories = [each for each in everywhere if not each.is_stub]
    calls = folders(tree)
    session = sessions(definitions)
    first = session_items(definitions, session, commands)
    second = getter_items(definitions, factories, commands)
    third = (
        calls_item(tree, calls, commands),
        *([witnessed_item(witnessed)] if witnessed else []),
        *deprecation_items(definitions, factories, commands),
        continuity_item(tree, commands),
    )
    is_begun = "yes" in (first[0].answer, second[0].answer)
    fourth = (_gone_item(tree, everywhere, is_begun, commands), *upkeep_items(tree, session))
    return Status(
        root=str(tree.root),
        phases=(
            Phase(1, "session management", first),
            Phase(2, "the getter", second),
            Phase(3, "replaced calls", third),
            Phase(4, "removal and upkeep", fourth),
        ),
        folders=calls,
        errors=tree.report.errors,
        witnessed=witnessed,
    )


def _gone_item(tree: Tree, factories: Sequence[Definition], is_begun: bool, commands: Commands) -> Item:
    """Whether the factory is gone, where the migration ``is_begun``: else there may never have been one."""
    name, factory = "factory-gone", tree.config.factory
    if factories:
        places = tuple(Place(each.path, each.line) for each in factories)
        return Item(name, "no", f"`{factory}` is still defined", places, commands.here("remove"))
    if broken := tree.broken_definitions():
        places = tuple(Place(each.path, each.line) for each in broken)
        message = f"a file that seems to define `{factory}` does not parse"
        return Item(name, "no", message, places, "Mend that file.")
    if bound := [each for each in bound_otherwise(tree) if not is_test_file(each.path)]:
        places = tuple(Place(each.path, each.line) for each in bound)
        message = f"`{factory}` is not gone: {bound[0].path}:{bound[0].line} binds the name, but not by `def`"
        return Item(name, "no", message, places, "Delete it by hand once nothing needs it.")
    for each in wrong_module(tree):
        return Item(name, "unknown", each.message, (), each.help)
    if sites := tree.report.sites:
        places = tuple(Place(site.path, site.line) for site in sites)
        message = f"`{factory}` is defined nowhere under the root, and is still used"
        return Item(name, "no", message, places, f"See what is left: {commands.here('check')}")
    if not is_begun:
        message = f"neither `{factory}` nor what replaces it is here: whether it was here cannot be told"
        return Item(name, "unknown", message, (), "Set `factory` and `getter` in [tool.ctxmigrate].")
    return Item(name, "yes", f"`{factory}` is gone")
