"""Sites on their way to a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.decide.call import Definition
from codemod.resolve.origin import MISSING, Origin

if TYPE_CHECKING:
    from codemod.decide.dropped_value import LocalValue
    from codemod.model import Finding, SiteKind
    from codemod.resolve.facts import Span, Use


@dataclass(frozen=True, slots=True)
class Candidate:
    """A use that leads to the factory, with the definitions it leads to, and what its getter's name leads to.

    ``within`` is the function around it by which that getter itself comes here; empty where it does not.
    """

    use: Use
    origin: Origin
    factory: Definition = Definition()
    getter: Definition = Definition()
    getter_origin: Origin = MISSING
    within: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """What uses of the factory lead to, and what the getter's name leads to beside it."""

    origin: Origin
    factory: Definition
    getter: Definition
    getter_origin: Origin

    def candidate(self, use: Use) -> Candidate:
        """A use as a site that leads there."""
        if use.kind != "call":
            return Candidate(use, self.origin)
        return Candidate(use, self.origin, self.factory, self.getter, self.getter_origin)


@dataclass(frozen=True, slots=True)
class Draft:
    """A site as far as its own file decides it.

    ``ignore`` is None without a suppression comment, else the codes it lists (none: all). ``arguments`` are the
    spans of the arguments' values, ``dropped`` the numbers of those that go. ``source`` and ``scope``
    are those of a Site.
    """

    path: str
    use: Use
    origin: Origin
    kind: SiteKind
    position: tuple[int, int, int, int]
    before: str
    codes: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    ignore: frozenset[str] | None = None
    arguments: tuple[Span, ...] = ()
    dropped: tuple[int, ...] = ()
    values: tuple[LocalValue, ...] = ()
    source: str = ""
    scope: str = ""

    @property
    def removed(self) -> tuple[Span, ...]:
        """The spans of the arguments that go."""
        return tuple(self.arguments[number] for number in self.dropped)
