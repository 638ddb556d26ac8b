"""The factory by the name of the module that defines it, where the configuration names one that re-exports it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.resolve.gather import Gathering
from codemod.resolve.packages import ModuleTree

if TYPE_CHECKING:
    from codemod.listing import Listing
    from codemod.model import Config
    from codemod.reader import Reader


def canonical(config: Config, files: Listing, reader: Reader, root_name: str) -> Config:
    """Return ``config`` with a dotted factory that leads to the function itself, as far as it is under the root."""
    tree = ModuleTree(files, config.source_roots, root_name)
    modules = tree.named(config.factory_module) if config.factory_module else ()
    if not modules or modules[0].endswith("/"):
        return config
    gathering = Gathering(config, tree, files, reader, {})
    origin = gathering.links.export(modules[0], config.factory_name)
    if origin.kind != "function" or origin.module in modules:
        return config
    return replace(config, factory=f"{tree.dotted(origin.module)}.{origin.name}")
