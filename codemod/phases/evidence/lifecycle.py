"""Whether a session knows when it was made and last used, and ends by itself: told by names and comparisons.

A name that fits is evidence, not proof, so the lines are always shown with the answer.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.evidence.words import Function, calls, identifier, identifiers, words
from codemod.status import Item, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.evidence.closure import Closure
    from codemod.phases.evidence.definitions import Part

_TIME = words("at clock date datetime epoch monotonic on since stamp time timestamp ts when")
_CREATED = words("began birth born create created creation opened start started")
_USED = words("access accessed active activity heartbeat refreshed seen touched updated use used")
_EXPIRY = words(
    "age evict expiration expire expired expires expiry idle inactive inactivity lifetime stale timeout ttl"
)
_CLOCKS = {"monotonic", "monotonic_ns", "now", "perf_counter", "time", "time_ns", "utcnow"}
_TIME_TYPES = {"datetime", "float"}
_MAKERS = {"__init__", "__new__", "__post_init__"}
_COPIES = {"_replace", "evolve", "hset", "model_copy", "replace", "update"}
_EXPIRING_CALLS = {"TTLCache", "expire", "expireat", "pexpire", "psetex", "setex"}
_EXPIRING_KEYWORDS = {"ex", "exat", "expire", "expires_in", "px", "ttl"}


@dataclass(frozen=True, slots=True)
class _Field:
    """A line that keeps something under a name, ``again`` where something was kept there before.

    ``value`` is what is kept, or else what the name is annotated with.
    """

    name: str
    place: Place
    again: bool
    value: ast.expr | None

    @property
    def is_creation(self) -> bool:
        return bool(words(self.name) & _CREATED) and self._is_time

    @property
    def is_last_use(self) -> bool:
        return bool(words(self.name) & _USED) and (self._is_time or "last" in words(self.name))

    @property
    def _is_time(self) -> bool:
        by_value = identifiers(self.value) & (_CLOCKS | _TIME_TYPES) if self.value else ()
        return bool(words(self.name) & _TIME or by_value)


@dataclass(frozen=True, slots=True)
class _Trait:
    """Something that a session should have, in words that go on from "whether a session"."""

    name: str
    says: str
    partly: str
    help: str


_CREATION = _Trait(
    "session-creation-time", "keeps when it was made", "", "keep when it was made, as in `created_at`"
)
_LAST_USE = _Trait(
    "session-last-use",
    "keeps when it was last used",
    "it keeps one time, and nothing seen sets it again",
    "keep when it was last used, as in `last_used_at`, and set that with every use",
)
_END = _Trait(
    "session-expiry",
    "expires",
    "there is a limit, and nothing seen compares a time with it",
    "drop a session that was not used for some time",
)


def lifecycle(session: str, place: Place, found: Closure) -> tuple[Item, ...]:
    """Return whether sessions have a creation time, a last use and an expiry.

    ``session`` is the name of the function that gets or makes one, defined at ``place``, and ``found`` what it
    draws on.
    """
    fields = [field for part in found.parts for field in _fields(part)]
    uses = [field for field in fields if field.is_last_use]
    limits = [field.place for field in fields if words(field.name) & _EXPIRY]
    limits += [part.place for part in found.parts if words(part.name) & _EXPIRY]
    shown: tuple[tuple[_Trait, list[Place], list[Place]], ...] = (
        (_CREATION, [field.place for field in fields if field.is_creation], []),
        (_LAST_USE, [field.place for field in uses if field.again], [field.place for field in uses]),
        (_END, [e for part in found.parts for e in _expiries(part)], limits),
    )
    return tuple(_item(trait, sure, hints, session, place, found) for trait, sure, hints in shown)


def _item(
    trait: _Trait, sure: list[Place], hints: list[Place], session: str, place: Place, found: Closure
) -> Item:
    if sure:
        return Item(trait.name, "yes", f"a session {trait.says}", _sorted(sure))
    help_ = f"At {place.path}:{place.line}, let a session {trait.help}."
    unknown = f"whether a session {trait.says} cannot be told: "
    if hints:
        return Item(trait.name, "unknown", unknown + trait.partly, _sorted(hints), help_)
    if found.outside:
        names = " and ".join(f"`{name}`" for name in found.outside[:3])
        return Item(
            trait.name, "unknown", f"{unknown}`{session}` uses {names} of other modules", (place,), help_
        )
    return Item(trait.name, "no", f"nothing found by which a session {trait.says}", (place,), help_)


def _sorted(places: list[Place]) -> tuple[Place, ...]:
    return tuple(sorted(set(places)))


def _fields(part: Part) -> Iterator[_Field]:
    functions = (node for node in ast.walk(part.node) if isinstance(node, Function))
    making = {id(each) for node in functions if node.name in _MAKERS for each in ast.walk(node)}
    for node in ast.walk(part.node):
        for name, line, again, value in _kept(node):
            yield _Field(name, Place(part.path, line), again and id(node) not in making, value)


def _kept(node: ast.AST) -> Iterator[tuple[str, int, bool, ast.expr | None]]:
    """The names that a node keeps something under, each with its line, whether again, and what."""
    match node:
        case ast.ClassDef(body=body):
            for each in body:
                if isinstance(each, ast.AnnAssign):
                    yield _kept_name(each.target), each.lineno, False, each.annotation
                elif isinstance(each, ast.Assign):
                    yield from (
                        (_kept_name(target), each.lineno, False, each.value) for target in each.targets
                    )
        case ast.Assign(targets=targets, value=value):
            yield from (
                (_kept_name(each), node.lineno, True, value) for each in targets if not _is_local(each)
            )
        case ast.AnnAssign(target=target, value=value) | ast.AugAssign(target=target, value=value):
            if not _is_local(target):
                yield _kept_name(target), node.lineno, True, value
        case ast.Call(func=func, keywords=keywords):
            again = identifier(func) in _COPIES
            yield from ((each.arg, each.value.lineno, again, each.value) for each in keywords if each.arg)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, key.lineno, False, value


def _is_local(target: ast.expr) -> bool:
    return isinstance(target, ast.Name)


def _kept_name(target: ast.expr) -> str:
    """What is kept under a target: of ``x["last_used"]`` the key, of ``last_used[x]`` the name."""
    if isinstance(target, ast.Subscript):
        key = getattr(target.slice, "value", None)
        return key if isinstance(key, str) else identifier(target.value)
    return identifier(target)


def _expiries(part: Part) -> Iterator[Place]:
    """Where a time is compared with a limit, or left to a library that does so."""
    for node in ast.walk(part.node):
        if isinstance(node, ast.Compare) and _compares_times(node):
            yield Place(part.path, node.lineno)
    for call in calls(part.node):
        keywords = {keyword.arg for keyword in call.keywords}
        if identifier(call.func) in _EXPIRING_CALLS or keywords & _EXPIRING_KEYWORDS:
            yield Place(part.path, call.lineno)


def _compares_times(node: ast.Compare) -> bool:
    if not any(isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for operator in node.ops):
        return False
    fields = [_Field(name, Place("", 0), False, None) for name in identifiers(node)]
    if any(field.is_creation or field.is_last_use for field in fields):
        return True
    is_check = any(isinstance(operand, ast.Constant) for operand in (node.left, *node.comparators))
    return not is_check and any(words(field.name) & _EXPIRY for field in fields)
