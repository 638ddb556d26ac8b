"""Several roots in one run: which of the PATHS go with which root."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.errors import UsageError
from codemod.root import upwards

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codemod.configure import Settled


@dataclass(frozen=True, slots=True)
class Group:
    """A root with its configuration, and those of the PATHS that are in it."""

    settled: Settled
    paths: tuple[str, ...]

    @property
    def root(self) -> str:
        """The root as a real path."""
        return str(self.settled.root)


def grouped(paths: Sequence[str], settle: Callable[[str], Settled]) -> tuple[Group, ...]:
    """Group PATHS by root, in their order.

    A PATH in the root of an earlier one goes with that, whatever configuration is nearer to it; any other opens
    a group with the root and the configuration that ``settle`` gives for it.

    Raises UsageError for a folder that holds the root of an earlier PATH, whose files would belong to two groups.
    """
    opened: dict[str, tuple[Settled, list[str]]] = {}
    above: dict[str, str] = {}
    for path in paths:
        real = os.path.realpath(path)
        root = next((folder for folder in upwards(real) if folder in opened), None)
        if root is None:
            settled = settle(path)
            root = str(settled.root)
            opened[root] = settled, []
        if real in above:
            raise UsageError(
                f"{path!r} holds {above[real]!r}, the root of an earlier PATH: name {path!r} before it to migrate "
                "both with one configuration, or run ctxmigrate on them separately"
            )
        above |= dict.fromkeys(list(upwards(root))[1:], root)
        opened[root][1].append(path)
    return tuple(Group(settled, tuple(names)) for settled, names in opened.values())
