"""The keys of the configuration: what each takes, and what is said where it gets something else."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from codemod.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_KINDS = {bool: "a boolean", dict: "a table", float: "a float", int: "an integer", list: "a list"}


class Codes(NamedTuple):
    """The rule codes: ``allowable`` ones may be allowed, ``notes`` may be blocked; ``known`` has all."""

    known: frozenset[str]
    allowable: frozenset[str]
    notes: frozenset[str]


AskCodes = Callable[[], Codes]
"""Gives the codes; it is asked only where a configuration names some, as the rules take time to load."""


def readers_of(root: str, codes: AskCodes) -> dict[str, Callable[[str, Any], str | tuple[str, ...]]]:
    """Give the keys, each with what checks its value and settles it."""
    return {
        "factory": _function,
        "getter": _function,
        "drop": _parameters,
        "parameters": _parameters,
        "session-key": _parameters,
        "pure-calls": _globs,
        "fresh-calls": _globs,
        "allow": lambda at, value: read_codes(at, _strings(at, value, "CTX104"), "allow", codes),
        "block": lambda at, value: read_codes(at, _strings(at, value, "CTX151"), "block", codes),
        "exclude": lambda at, value: _strings(at, value, "tests/"),
        "source-roots": lambda at, value: _source_roots(at, _strings(at, value, "src"), root),
    }


def check_together(
    file: str, factory: str, getter: str, drop: Iterable[str], session_key: Iterable[str]
) -> None:
    """Raise UsageError where settings that are right by themselves contradict each other."""
    if factory.rpartition(".")[2] == getter.rpartition(".")[2]:
        raise UsageError(f"{file}: getter: {getter!r} has the factory's name; right would be another")
    for name in session_key:
        if name in drop:
            raise UsageError(
                f"{file}: session-key: {name!r} is in drop; right would be what the getter takes"
            )


def _function(at: str, value: Any) -> str:
    right = "right would be a function's name such as 'make', or a dotted one such as 'app.tools.make'"
    if not isinstance(value, str):
        raise UsageError(f"{at}: this is {kind_of(value)}; {right}")
    if not all(_is_name(part) for part in value.split(".")):
        raise UsageError(f"{at}: {value!r} is no name; {right}")
    last = value.rpartition(".")[2]
    if last.startswith("__") and not last.endswith("__"):
        raise UsageError(f"{at}: Python gives {last!r} another name in class bodies; {right}")
    return value


def _parameters(at: str, value: Any) -> tuple[str, ...]:
    names = _strings(at, value, "run_id")
    for position, name in enumerate(names):
        if not _is_name(name):
            raise UsageError(f"{at}: {name!r} is no name; right would be a parameter's name such as 'run_id'")
        if name in names[:position]:
            raise UsageError(f"{at}: {name!r} stands there twice; right would be every name once")
    return names


def _globs(at: str, value: Any) -> tuple[str, ...]:
    globs = _strings(at, value, "random.*")
    for glob in globs:
        if not all(re.sub(r"[*?]|\[[^]]+\]", "_", part).isidentifier() for part in glob.split(".")):
            raise UsageError(f"{at}: {glob!r} is no name; right would be a dotted one such as 'random.*'")
    return globs


def read_codes(
    at: str, given: Sequence[str], use: Literal["allow", "block"], ask: AskCodes
) -> tuple[str, ...]:
    """The codes that ``at`` lists for that use; UsageError for one that is unknown or not for it."""
    if not given:
        return ()
    codes = ask()
    if use == "allow":
        right, reason = codes.allowable, "may not be allowed, since a rewrite would break the program"
    else:
        right, reason = codes.notes, "is no note, and only a note can be made to block"
    for code in given:
        if code not in right:
            problem = reason if code in codes.known else f"is no code{hint(code.upper(), right)}"
            raise UsageError(f"{at}: {code!r} {problem}; right would be one of {', '.join(sorted(right))}")
    return tuple(dict.fromkeys(given))


def _source_roots(at: str, given: Iterable[str], root: str) -> tuple[str, ...]:
    folders = []
    for name in given:
        folder = os.path.realpath(os.path.join(root, name))
        if os.path.commonpath([root, folder]) != root:
            raise UsageError(f"{at}: {name!r} is outside the root {root!r}; right would be a folder in it")
        if not os.path.isdir(folder):
            raise UsageError(f"{at}: {name!r} is no folder; right would be one in the root {root!r}")
        folders.append(os.path.relpath(folder, root).replace(os.sep, "/"))
    return tuple(dict.fromkeys(folders))


def _strings(at: str, value: Any, example: str) -> tuple[str, ...]:
    right = f"right would be a list of strings such as [{example!r}]"
    if not isinstance(value, list):
        raise UsageError(f"{at}: this is {kind_of(value)}; {right}")
    for item in value:
        if not isinstance(item, str) or not item.strip() or "\0" in item:
            raise UsageError(f"{at}: {kind_of(item)} is in the list; {right}")
    return tuple(value)


def kind_of(value: Any) -> str:
    """What a value of the wrong kind is, in words."""
    if isinstance(value, str):
        return f"the string {value!r}" if value.strip() else "an empty string"
    return _KINDS.get(type(value), "a date or time")


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)


def hint(word: str, words: Iterable[str]) -> str:
    """Which of the words may have been meant; empty where none is close."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(words), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
