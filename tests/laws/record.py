"""Stubs that record what a generated program does. Each program has a copy of this module."""

from __future__ import annotations

import inspect
from typing import Any, NoReturn

events: list[tuple[str, Any]] = []


class Context(tuple[Any, ...]):
    """What the factory and the getter return: equal where the user and the thread are."""

    __slots__ = ()

    user_id = property(lambda self: self[0])

    def __repr__(self) -> str:
        return f"Context{tuple(self)!r}"

    def __enter__(self) -> Context:
        events.append(("enter", tuple(self)))
        return self

    def __exit__(self, *_: object) -> None:
        events.append(("exit", tuple(self)))


class Manager:
    """A context manager and an iterator, for the asynchronous forms of both."""

    def __init__(self, value: object) -> None:
        self.values = [value]

    async def __aenter__(self) -> object:
        return note(self.values[0])

    async def __aexit__(self, *_: object) -> None:
        note("left")

    def __aiter__(self) -> Manager:
        return self

    async def __anext__(self) -> object:
        if not self.values:
            raise StopAsyncIteration
        return self.values.pop()


def called(who: str, **values: Any) -> Context:
    """Record a call of the factory or the getter."""
    events.append((who, values))
    return Context((values["user"], values["thread"]))


def mocked(*positional: Any, **named: Any) -> Context:
    """A replacement of a mock, which takes any arguments."""
    values = {str(value)[:1]: value for value in (*positional, *named.values())}
    events.append(("mock", values))
    return Context((values.get("u"), values.get("t")))


def other(*positional: Any, **named: Any) -> str:
    """A function that is neither factory nor getter, though it may bear the name of one."""
    events.append(("other", (positional, named)))
    return "other"


def note(value: Any) -> Any:
    """Record a value and return it."""
    events.append(("note", repr(value)))
    return value


async def later(value: Any) -> Any:
    """Record a value and return it, asynchronously."""
    return note(value)


def fails(value: object) -> NoReturn:
    """Record a value and fail."""
    raise ValueError(note(value))


def wrap(value: object) -> Any:
    """A decorator that notes the value that it is made with."""
    return lambda function: note(value) and function


def drive(value: Any) -> Any:
    """What comes of a value: a coroutine or a generator is run to its end."""
    if inspect.isgenerator(value):
        return list(value)
    if inspect.isasyncgen(value):
        return drive(_collected(value))
    if not inspect.iscoroutine(value):
        return value
    try:
        while True:
            value.send(None)
    except StopIteration as stop:
        return stop.value


async def _collected(values: Any) -> list[Any]:
    return [value async for value in values]
