"""What one file says about the names that are looked for: records that travel between processes.

Offsets are character offsets in the file's text. A scope is named by the offset at which its node starts,
the module by ``MODULE_SCOPE``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

MODULE_SCOPE = -1

BindingKind = Literal["import", "package", "declared", "def", "overload", "del", "other"]
ScopeKind = Literal["module", "class", "function"]
ParameterKind = Literal["positional-only", "positional", "keyword-only"]
UseKind = Literal["call", "reference", "mock", "dynamic", "import"]
PlainRole = Literal["import", "definition", "lookalike", "mention"]


class Span(NamedTuple):
    """A stretch of a file's text."""

    start: int
    end: int


class GroupKey(NamedTuple):
    """A name in a scope of one file."""

    scope: int
    name: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a definition; ``required`` where it has no default."""

    name: str
    kind: ParameterKind
    required: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function may be called, and the line of its definition."""

    parameters: tuple[Parameter, ...]
    takes_args: bool = False
    takes_kwargs: bool = False
    is_async: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """``from ..module import name`` (level 2), or ``import module`` (``name`` is None)."""

    level: int
    module: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Binding:
    """One way in which a name gets its meaning in a scope.

    ``at`` is the bound name itself. For an import ``statement`` is the span of the statement, ``position`` the
    number of this name in it, ``imported_at`` where the imported name starts and ``line`` its line; ``asname`` is
    set where it says ``as``. ``block`` names the branches of compound statements around it inside its scope: one
    block lies in another where its tuple continues the other's. ``package`` is an ``import a.b``, which binds ``a``;
    ``declared`` an import whose name a ``global`` or ``nonlocal`` puts into another scope.
    ``for_type_checkers`` marks what stands under ``if TYPE_CHECKING``.
    """

    kind: BindingKind
    at: Span
    block: tuple[tuple[int, str], ...] = ()
    statement: Span = Span(0, 0)
    position: int = 0
    imported_at: int = 0
    line: int = 0
    spec: ImportSpec | None = None
    asname: str | None = None
    signature: Signature | None = None
    for_type_checkers: bool = False

    @property
    def is_public(self) -> bool:
        """Whether it is the spelling of a deliberate re-export, ``import x as x``."""
        return self.spec is not None and self.asname is not None and self.asname == self.spec.name


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """All bindings of one name in one scope, in the order of the text."""

    key: GroupKey
    scope_kind: ScopeKind
    bindings: tuple[Binding, ...]

    @property
    def ways(self) -> tuple[Binding, ...]:
        """The bindings that count as ways to get the name: overloads only declare."""
        return tuple(b for b in self.bindings if b.kind != "overload") or self.bindings


@dataclass(frozen=True, slots=True)
class ModuleRef:
    """An expression read as a module: what comes before the dot of an attribute, or a module's name in text.

    A dotted name is its first name ``root``, the ``bindings`` of that name and the ``parts`` that follow;
    without bindings a star import has to bring it. ``root`` is empty where the one binding is a module named
    in a string. ``here`` is the module that the expression stands in.
    """

    root: str
    bindings: tuple[Binding, ...] = ()
    parts: tuple[str, ...] = ()
    here: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A place where the name is used, which is a site if it leads to the factory.

    ``at`` is the name itself, ``position`` its line and column, ``whole`` the call, reference or string.
    ``group`` says where a bare name is bound in this file (None: nowhere), ``base`` what an attribute or a
    string hangs on. ``scopes`` are the scopes around it, the module first; ``getter_group`` is what the
    getter's name means here; ``immediate`` whether it runs while the module is imported; ``within`` the name
    of the outermost function around it that the module defines, empty where there is none. ``problem`` says
    why a mock target cannot be read. ``may_be_own`` tells that the class body it stands in may have bound the name.
    """

    kind: UseKind
    name: str
    at: Span
    whole: Span
    scopes: tuple[int, ...]
    group: GroupKey | None = None
    base: ModuleRef | None = None
    getter_group: GroupKey | None = None
    immediate: bool = False
    within: str = ""
    problem: str = ""
    may_be_own: bool = False
    exact: bool = True
    position: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Plain:
    """An occurrence that is no use: its line and column, its role as far as the file alone can tell, and
    where that hangs on what the file imports or defines, the group and the position of the bound name.
    """

    at: Span
    role: PlainRole
    group: GroupKey | None = None
    binding_at: int = -1
    exact: bool = True
    position: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class NameFacts:
    """Everything that one file says about one name."""

    groups: tuple[GroupFacts, ...] = ()
    uses: tuple[Use, ...] = ()
    plain: tuple[Plain, ...] = ()


@dataclass(frozen=True, slots=True)
class StarImport:
    """``from module import *``, with the span of the statement."""

    spec: ImportSpec
    at: Span


@dataclass(frozen=True, slots=True)
class AllEntry:
    """A name in ``__all__``: the span and line of its string, its number in the list or tuple ``outer``; -1 where
    ``outer`` is the statement ``__all__.append("x")``.
    """

    name: str
    at: Span
    number: int
    outer: Span
    line: int = 0


@dataclass(frozen=True, slots=True)
class DunderAll:
    """``__all__`` as far as it is written in literals; ``certain`` where nothing else adds to it, else
    ``maybe`` has the strings in what cannot be followed.
    """

    entries: tuple[AllEntry, ...]
    certain: bool
    maybe: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The names that it lists, or may list."""
        return self.maybe.union(entry.name for entry in self.entries)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one parsed file says; ``names`` holds the names that were asked for.

    ``cuts`` are offsets at the starts of lines, between top-level statements.
    """

    path: str
    stars: tuple[StarImport, ...] = ()
    dunder_all: DunderAll | None = None
    dynamic_names: bool = False
    names: dict[str, NameFacts] = field(default_factory=dict)
    cuts: tuple[int, ...] = ()


def group_of(facts: FileFacts, key: GroupKey | None) -> GroupFacts | None:
    """The group of that key in the facts of a file."""
    if key is None:
        return None
    names = facts.names.get(key.name, NameFacts())
    return next((group for group in names.groups if group.key == key), None)


def at_module(name: str) -> GroupKey:
    """The key of a name of the module itself."""
    return GroupKey(MODULE_SCOPE, name)
