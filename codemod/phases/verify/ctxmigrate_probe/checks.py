"""What a function that keeps sessions promises. Each check returns the problems that it finds."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from . import CALLS
from .subject import UnfitError, described, names

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from .answers import Answers
    from .subject import Subject

    Problems = list[dict[str, Any]]
    Outcome = tuple[dict[str, str], BaseException | None]

_ROUNDS = 3
_PAUSE = 0.00001
_PAUSES = 200


def continuity(subject: Subject, answers: Answers) -> Problems:
    """Two calls with one key give the same session."""
    key = subject.new_key()
    first, second = subject.ids(key), subject.ids(key)
    for name in subject.key:
        if name not in first:
            answers.tell(note=f"what it returns has no `{name}`, so that cannot be compared")
    return [
        answers.problem(
            f"two calls with one {names(subject.key)} got two `{name}`: {value}, then {second.get(name)}"
        )
        for name, value in first.items()
        if second.get(name) != value
    ]


def isolation(subject: Subject, answers: Answers) -> Problems:
    """A key that differs in one argument gives another session, and leaves the first alone."""
    key = subject.new_key()
    first = subject.ids(key)
    is_kept = subject.ids(key)[subject.run] == first[subject.run]
    messages = []
    for number, name in enumerate(subject.key):
        other = subject.ids([*key[:number], subject.new_key()[number], *key[number + 1 :]])
        same = [each for each in (subject.run, name) if each in other and other[each] == first.get(each)]
        messages += [f"a call with another `{name}` gets the same `{each}`: {other[each]}" for each in same]
    if is_kept and not messages and subject.ids(key)[subject.run] != first[subject.run]:
        messages = [f"after a call with another key, the first key gets another `{subject.run}`"]
    return [answers.problem(message) for message in messages]


def threads(subject: Subject, answers: Answers) -> Problems:
    """Many threads with one key get one session."""
    problems: Problems = []
    for _ in range(_ROUNDS):
        problems = problems or _judged(_from_threads(subject, answers), subject, answers, "threads")
    return problems


def tasks(subject: Subject, answers: Answers) -> Problems:
    """Many tasks of one event loop with one key get one session."""
    key = subject.new_key()

    async def call() -> Outcome:
        try:
            made = subject.start(key)
            return subject.read(await made if inspect.isawaitable(made) else made), None
        except BaseException as error:
            return {}, error

    async def everyone() -> list[Outcome]:
        return await asyncio.gather(*(call() for _ in range(CALLS)))

    outcomes = asyncio.run_coroutine_threadsafe(everyone(), subject.loop).result()
    return _judged(outcomes, subject, answers, "asyncio tasks")


def _from_threads(subject: Subject, answers: Answers) -> list[Outcome]:
    outcomes: list[Outcome] = []
    barrier = threading.Barrier(CALLS)
    key = subject.new_key()

    def call() -> None:
        try:
            barrier.wait()
            outcomes.append((subject.ids(key), None))
        except BaseException as error:
            outcomes.append(({}, error))

    callers = [threading.Thread(target=call, daemon=True) for _ in range(CALLS)]
    threading.settrace(_letting_others_go_first(answers))
    try:
        for caller in callers:
            caller.start()
    except RuntimeError as error:
        barrier.abort()
        raise UnfitError(f"cannot be called from {CALLS} threads here: {error}") from None
    finally:
        threading.settrace(None)
    for caller in callers:
        caller.join()
    return outcomes


def _letting_others_go_first(answers: Answers) -> Callable[..., Any]:
    """Return a trace function that pauses at the lines of the tree, so that a race does show."""
    thread = threading.local()

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if event == "call" and not answers.path(frame.f_code.co_filename):
            return None
        thread.pauses = getattr(thread, "pauses", 0) + 1
        if thread.pauses <= _PAUSES:
            time.sleep(_PAUSE)
        return trace

    return trace


def _judged(outcomes: list[Outcome], subject: Subject, answers: Answers, callers: str) -> Problems:
    problems = []
    errors = [error for _, error in outcomes if error]
    for text, count in Counter(map(described, errors)).most_common(1):
        error = next(each for each in errors if described(each) == text)
        problems.append(answers.problem(f"{count} of {CALLS} {callers} with one key: {text}", error))
    runs = {ids[subject.run] for ids, error in outcomes if not error}
    if len(runs) > 1:
        message = f"{CALLS} {callers} with one key got {len(runs)} different `{subject.run}`"
        problems.append(answers.problem(message))
    return problems
