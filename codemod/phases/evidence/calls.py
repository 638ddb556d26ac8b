"""Phase 3: which calls are migrated and which are left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.decide.candidates import is_site
from codemod.phases.absent import is_elsewhere
from codemod.progress import unwatched
from codemod.resolve.gather import Gathering
from codemod.status import Folder, Item, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import Site
    from codemod.phases.evidence.commands import Commands
    from codemod.phases.tree import Tree


def folders(tree: Tree) -> tuple[Folder, ...]:
    """Return the calls in the selected files by folder: those of the getter, and the sites of the factory."""
    migrated = Counter(_parent(place.path) for place in getter_calls(tree))
    left = {
        verdict: Counter(_parent(site.path) for site in tree.report.sites if site.verdict == verdict)
        for verdict in ("migrated", "blocked", "ignored")
    }
    paths = sorted({*migrated, *(path for counts in left.values() for path in counts)})
    return tuple(
        Folder(path, migrated[path], left["migrated"][path], left["blocked"][path], left["ignored"][path])
        for path in paths
    )


def getter_calls(tree: Tree) -> tuple[Place, ...]:
    """Return the calls of the getter in the selected files, found as those of the factory are."""
    config = replace(tree.config, factory=tree.config.getter, getter=tree.config.factory)
    gathering = Gathering(config, tree.modules, tree.found.paths, tree.found.reader, tree.found.stars)
    gathering.gather(tree.mentioning(config.factory_name), unwatched)
    return tuple(
        Place(path, gathering.indexes[path].source.position(use.whole.start)[0])
        for path, facts in sorted(gathering.facts.items())
        if path in tree.selected
        for about in facts.names.values()
        for use in about.uses
        if use.kind == "call" and is_site(gathering.links, path, use)
    )


def calls_item(tree: Tree, found: Sequence[Folder], commands: Commands) -> Item:
    """Return whether no call is left to migrate."""
    name = "calls-migrated"
    left = [site for site in tree.report.sites if site.verdict != "ignored"]
    ignored = len(tree.report.sites) - len(left)
    aside = f"; {ignored} more may stay, as comments say" if ignored else ""
    places = tuple(Place(site.path, site.line) for site in left)
    if left:
        migrated = sum(folder.migrated for folder in found)
        message = f"{len(left)} of {migrated + len(left)} calls are left{aside}"
        return Item(name, "no", message, places, _next(left, commands))
    if errors := tree.report.errors:
        broken = tuple(Place(error.path, error.line) for error in errors)
        message = "whether calls are left cannot be told: not every file that names the factory can be parsed"
        return Item(
            name, "unknown", message, broken, "Mend that file, or leave it out of PATHS if it is no Python."
        )
    if is_elsewhere(tree):
        return Item(name, "unknown", "whether calls are left cannot be told: neither name is defined here")
    return Item(name, "yes", f"no call is left to migrate{aside}")


def _next(left: Sequence[Site], commands: Commands) -> str:
    """What to do about the sites that are left."""
    if any(site.verdict == "migrated" for site in left):
        return f"{commands.here('rewrite --dry-run')}, then {commands.here('rewrite')}"
    site = left[0]
    reason = site.codes[0]
    return f"At {site.path}:{site.line} ({reason.code}): {reason.help or reason.message} All: {commands.here('check')}"


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "."
