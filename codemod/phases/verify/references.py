"""All places under the root that name a function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.phases.verify.lookup import Lookup
from codemod.phases.verify.words import listed
from codemod.progress import unwatched
from codemod.resolve.gather import Gathering

if TYPE_CHECKING:
    from codemod.model import FileError
    from codemod.phases.tree import Tree
    from codemod.phases.verify.lookup import Reference


@dataclass(frozen=True, slots=True)
class References:
    """The places in the selected files that name the function ``name``, in the order of the files.

    ``defined`` says where it is defined, ``errors`` which files with the name could not be looked at.
    """

    name: str
    defined: str
    places: tuple[Reference, ...]
    errors: tuple[FileError, ...]


def references(tree: Tree, name: str) -> References:
    """Return what names ``name``, in whatever module it is thought to be."""
    config = replace(
        tree.config, factory=name, getter="\0"
    )  # no file has this name, so it gets in the way of none
    gathering = Gathering(config, tree.modules, tree.found.paths, tree.found.reader, tree.found.stars)
    gathering.gather(tree.mentioning(name), unwatched)
    places = [
        reference
        for path in gathering.matched & gathering.indexes.keys() & tree.selected
        for reference in Lookup(gathering, path, name).references()
    ]
    return References(
        name,
        _defined(tree, name),
        tuple(sorted(places, key=lambda each: (each.path, each.line))),
        tuple(error for path, error in sorted(gathering.errors.items()) if path in tree.selected),
    )


def _defined(tree: Tree, name: str) -> str:
    places = [f"{each.path}:{each.line}" for each in tree.definitions(name)]
    return (
        f"`{name}` is defined in {listed(places)}." if places else f"Nothing under the root defines `{name}`."
    )
