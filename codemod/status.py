"""The records of where a migration stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from codemod.model import FileError, Remark

Answer = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file; line 0 is the whole file."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a phase needs: whether it is there, and the ``places`` that show it.

    ``name`` is for programs. ``help`` says what to do where the answer is no, or how to find out where it cannot
    be known from the source alone.
    """

    name: str
    answer: Answer
    message: str
    places: tuple[Place, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the four phases; the first of its ``items`` is what it is about."""

    number: int
    title: str
    items: tuple[Item, ...]

    @property
    def is_reached(self) -> bool:
        """Whether its first item is there and nothing is known to be missing."""
        return self.items[0].answer == "yes" and all(item.answer != "no" for item in self.items)


@dataclass(frozen=True, slots=True)
class Folder:
    """The calls in the files of one folder: those ``migrated`` call the getter, the others are sites of the factory.

    ``ready`` ones can be rewritten now.
    """

    path: str
    migrated: int = 0
    ready: int = 0
    blocked: int = 0
    ignored: int = 0

    @property
    def left(self) -> int:
        """How many are left to migrate; what a person said to ignore is not."""
        return self.ready + self.blocked


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a witness file adds: how many ``calls`` from how many ``lines``, and which of them nothing else shows.

    ``cautions`` say what the witnesses cannot tell.
    """

    file: str
    calls: int
    lines: int
    unknown: tuple[Remark, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """Where the migration of a tree stands. ``folders`` has the calls of the selected files, by folder."""

    root: str
    phases: tuple[Phase, ...]
    folders: tuple[Folder, ...]
    errors: tuple[FileError, ...] = ()
    witnessed: Witnessed | None = None

    @property
    def reached(self) -> int:
        """The last phase that is reached with all those before it; 0 where the first is not."""
        for phase in self.phases:
            if not phase.is_reached:
                return phase.number - 1
        return len(self.phases)

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to do for the first phase that is not reached, in order."""
        for phase in self.phases:
            if not phase.is_reached:
                return tuple(
                    dict.fromkeys(item.help for item in phase.items if item.answer != "yes" and item.help)
                )
        return ()
