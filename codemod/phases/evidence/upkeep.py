"""Phase 4: whether sessions are cleaned up in the background, and whether there are figures of their health."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.evidence.words import Function, calls, identifier, identifiers, is_test_file, words
from codemod.phases.tree import SESSION
from codemod.resolve.places import ModuleIndex
from codemod.status import Item, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from codemod.phases.evidence.session import Session
    from codemod.phases.tree import Tree

_CLEANING = words("clean cleaner cleaning cleanup evict expire janitor prune purge reap reaper sweep sweeper")
_HEALTH = words("figures health metrics statistics stats")
_STARTERS = {
    "Thread", "Timer", "add_job", "add_periodic_task", "call_later", "create_task", "ensure_future", "repeat_every",
    "run_coroutine_threadsafe", "spawn", "start_soon",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Call:
    """A call in the function ``within``, which is empty at the level of the module; a decorator is ``over`` one."""

    node: ast.Call
    place: Place
    within: str = ""
    over: str = ""

    @property
    def starts_cleaning(self) -> bool:
        """Whether it sets something going in the background that cleans up."""
        said = identifiers(self.node) | {self.within, self.over}
        return identifier(self.node.func) in _STARTERS and any(words(name) & _CLEANING for name in said)


def upkeep_items(tree: Tree, sessions: Sequence[Session]) -> tuple[Item, ...]:
    """Return whether a task cleans the ``sessions`` up, and whether there are figures of their health.

    Both are looked for in the modules of the sessions and in those that name a class of them.
    """
    own = {session.place.path for session in sessions}
    parts = [part for session in sessions for part in session.closure.parts]
    names = {SESSION, *(part.name for part in parts if isinstance(part.node, ast.ClassDef))}
    near = {path for name in names for path in tree.mentioning(name) if not is_test_file(path)}
    indexes = [index for path in sorted(own | near) if isinstance(index := tree.module(path), ModuleIndex)]
    return _cleanup([call for index in indexes for call in _calls(index)]), _health(indexes, own)


def _cleanup(found: Sequence[_Call]) -> Item:
    """The item for a task: one that is started, or a function that starts one and is called."""
    name = "cleanup-task"
    starting = [call for call in found if call.starts_cleaning]
    starters = {call.within for call in starting if words(call.within) & _CLEANING}
    used = [call for call in found if identifier(call.node.func) in starters and call.within not in starters]
    running = [call for call in starting if call.within not in starters]
    if running or used:
        places = tuple(call.place for call in (*starting, *used))
        return Item(name, "yes", "a task in the background cleans sessions up", places)
    if starting:
        within = starting[0].within
        message = f"`{within}` starts a task that cleans sessions up, and nothing was found that calls it"
        help_ = (
            f"Call `{within}` ({starting[0].place.path}:{starting[0].place.line}) where the service starts."
        )
        return Item(name, "no", message, tuple(call.place for call in starting), help_)
    message = "no task in the background was found that cleans sessions up"
    return Item(name, "no", message, (), "Start a task that drops the sessions that have expired.")


def _health(indexes: Sequence[ModuleIndex], own: Collection[str]) -> Item:
    """The item for figures: a function or class named for them."""
    name = "session-health"
    places = tuple(
        Place(index.source.path, node.lineno)
        for index in indexes
        for node in ast.walk(index.tree)
        if isinstance(node, (Function, ast.ClassDef))
        and words(node.name) & _HEALTH
        and (index.source.path in own or words(node.name) & {"session", "sessions"})
    )
    if places:
        return Item(name, "yes", "there are figures of the sessions' health", places)
    message = "no figures of the sessions' health were found"
    return Item(
        name,
        "no",
        message,
        (),
        "Tell how many sessions live, and how many were made, used again and expired.",
    )


def _calls(index: ModuleIndex) -> Iterator[_Call]:
    functions = [node for node in ast.walk(index.tree) if isinstance(node, Function)]
    within = {id(call): each.name for each in functions for part in each.body for call in calls(part)}
    over = {id(call): each.name for each in functions for call in each.decorator_list}
    for call in calls(index.tree):
        place = Place(index.source.path, call.lineno)
        yield _Call(call, place, within.get(id(call), ""), over.get(id(call), ""))
