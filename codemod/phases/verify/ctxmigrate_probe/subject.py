"""The function under test: how it is found, called, and what the objects that it makes say of their session."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import threading
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    Ids = dict[str, str]


class UnfitError(Exception):
    """The function cannot be tried; the text says why."""


class Subject:
    """A function that may be called from any thread; what it returns is awaited, if it has to be, on one loop.

    ``key`` are the names of its arguments, and with ``run`` the names of the ids of what it makes.
    """

    def __init__(self, function: Callable[..., Any], key: Sequence[str], run: str) -> None:
        self.key = key
        self.run = run
        self.loop = asyncio.new_event_loop()
        self._function = function
        self._by_keyword = _takes_keywords(function, key)
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def start(self, values: Sequence[str]) -> Any:
        """Call it."""
        if self._by_keyword:
            return self._function(**{name: values[number] for number, name in enumerate(self.key)})
        return self._function(*values)

    def ids(self, values: Sequence[str]) -> Ids:
        """Call it, and return the ids of what it made."""
        made = self.start(values)
        if inspect.isawaitable(made):
            made, error = asyncio.run_coroutine_threadsafe(_awaited(made), self.loop).result()
            if error:
                raise error
        return self.read(made)

    def read(self, made: Any) -> Ids:
        """Return those ids as texts that an object or a mapping has."""
        values = {name: _value(made, name) for name in (*self.key, self.run)}
        if values[self.run] is None:
            raise UnfitError(f"it returns an object of type `{type(made).__name__}` without a `{self.run}`")
        return {name: str(value) for name, value in values.items() if value is not None}

    def new_key(self) -> list[str]:
        """Return arguments that it was never called with."""
        return [str(uuid.uuid4()) for _ in self.key]


def imported(module: str, name: str) -> Callable[..., Any]:
    """Return the function ``name`` of a module. Raises UnfitError, and whatever the module raises."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        if not hasattr(found, part):
            raise UnfitError(f"`{module}` has no `{name}`")
        found = getattr(found, part)
    if not callable(found):
        raise UnfitError(f"`{module}:{name}` is not callable: it is of type `{type(found).__name__}`")
    return found  # type: ignore[no-any-return]


def names(key: Sequence[str]) -> str:
    """Return the names of a key as people list them."""
    return " and ".join(f"`{name}`" for name in key)


def described(error: BaseException, subject: str = "it") -> str:
    """Return in words what ``subject`` did that ended with ``error``."""
    if isinstance(error, UnfitError):
        return str(error)
    text = str(error).strip().split("\n")[0]
    return f"{subject} raised {type(error).__name__}{': ' if text else ''}{text}"


def _takes_keywords(function: Callable[..., Any], key: Sequence[str]) -> bool:
    """Whether it takes the arguments of a key by keyword, and not only by position."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True
    try:
        signature.bind(**dict.fromkeys(key))
        return True
    except TypeError:
        pass
    try:
        signature.bind(*key)
        return False
    except TypeError:
        raise UnfitError(f"it takes {signature}, so it cannot be called with {names(key)} alone") from None


def _value(made: Any, name: str) -> Any:
    """An attribute of that name, or what a mapping has for it; None without either."""
    if hasattr(made, name):
        return getattr(made, name)
    return made.get(name) if isinstance(made, Mapping) else None


async def _awaited(made: Awaitable[Any]) -> tuple[Any, BaseException | None]:
    try:
        return await made, None
    except BaseException as error:
        return None, error
