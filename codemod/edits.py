"""What the deciding stage asks the rewriting stage to do to one file, and what that answers.

Offsets are those of the file's text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallEdit:
    """Call ``name`` instead and drop the arguments of those numbers.

    ``start`` and ``end`` span the whole call, ``values`` the values of its arguments in the order of the
    source. A dotted function keeps what stands before its last name, unless ``bare`` says that the name alone
    takes its place.
    """

    start: int
    end: int
    name: str
    dropped: tuple[int, ...]
    values: tuple[tuple[int, int], ...]
    bare: bool = False


@dataclass(frozen=True, slots=True)
class ImportEdit:
    """Change one name of the import statement from ``start`` to ``end``.

    ``position`` is the number of the name in the statement. It is taken out if ``remove``, else named
    ``rename`` if that is set; ``add`` comes right behind it, as ``add as add`` where ``add_public``;
    ``statement`` is put behind the whole statement as one of its own.
    """

    start: int
    end: int
    position: int
    remove: bool = False
    rename: str = ""
    add: str = ""
    add_public: bool = False
    statement: str = ""


@dataclass(frozen=True, slots=True)
class AllEdit:
    """Put ``name`` behind the string from ``start`` to ``end`` in ``__all__``; without a ``name`` the string goes.

    That is element ``number`` of the list or tuple from ``outer_start`` to ``outer_end``; where ``number`` is
    -1, it is the argument of the ``append`` statement there, and another such statement comes behind it.
    """

    start: int
    end: int
    name: str
    number: int
    outer_start: int
    outer_end: int


@dataclass(frozen=True, slots=True)
class NameEdit:
    """Put ``name`` in the place of the name from ``start`` to ``end``: the end of a string, or a keyword."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Removal:
    """Take out the statement from ``start`` to ``end``: its lines with the comment at their end, a definition with
    its decorators and the comment right above, and blank lines that are too many without it.

    ``start`` is where ``ast`` has it, behind the decorators.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FileEdits:
    """All edits of one file."""

    path: str
    calls: tuple[CallEdit, ...] = ()
    imports: tuple[ImportEdit, ...] = ()
    alls: tuple[AllEdit, ...] = ()
    names: tuple[NameEdit, ...] = ()
    removals: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True)
class RewrittenFile:
    """A file's new bytes, and what each rewritten call or name became, by its span in the old text."""

    after: bytes
    texts: dict[tuple[int, int], str]
