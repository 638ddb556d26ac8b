"""The records of a split rewrite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from codemod.model import Remark, Report

Owners = tuple[str, ...]


class Division(Protocol):
    """Says whose a file is; nobody's where that is empty."""

    @property
    def place(self) -> str:
        """The file that it comes from; empty without one."""

    @property
    def skipped(self) -> tuple[Remark, ...]:
        """The lines of that file that say nothing."""

    def __call__(self, path: str, /) -> Owners:
        """Return the owners of a file."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a patch, its owners, and the changed files that need it."""

    path: str
    owners: Owners
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One patch, or with no ``members`` none, and what a person has to know about the files of its owners.

    ``report`` is the part of the rewrite's own that is about these files; of its summary only the changed files,
    the sites and the errors are counted. ``is_first`` is what the files of others need, and ``needs_first`` one
    that needs it.
    """

    name: str
    owners: Owners
    report: Report
    members: tuple[Member, ...]
    is_first: bool = False
    needs_first: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """What ``rewrite`` would do, and its parts as a ``Division`` from ``place`` makes them."""

    report: Report
    parts: tuple[Part, ...]
    place: str
    skipped: tuple[Remark, ...]
