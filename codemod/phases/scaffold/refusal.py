"""How a piece of code that cannot be written is refused, wherever that turns out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import Remark

if TYPE_CHECKING:
    from codemod.model import FileError
    from codemod.phases.tree import Definition, Tree


class RefusedError(Exception):
    """Carries what says why nothing is written, and what a person can do."""

    def __init__(self, *remarks: Remark | FileError) -> None:
        super().__init__("; ".join(remark.message for remark in remarks))
        self.remarks = remarks


def refused(path: str, line: int, message: str, advice: str) -> RefusedError:
    """A refusal of one remark."""
    return RefusedError(Remark(path, line, message, advice))


def the_factory(tree: Tree) -> Definition:
    """The one factory of a tree. RefusedError where there is not exactly one."""
    factory = tree.factory()
    if isinstance(factory, tuple):
        raise RefusedError(*factory)
    return factory
