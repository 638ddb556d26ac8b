"""Witnesses: the real calls of the factory that the pytest plugin saw, against what is known without running."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from codemod.errors import UsageError
from codemod.model import FileError
from codemod.read import decode
from codemod.reader import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codemod.model import Report

_VERSION = 1
_RIGHT = "right would be a file that `pytest --ctxmigrate-witness FILE` wrote"
_SHAPES: dict[str, dict[str, type]] = {
    "definitions": {"path": str, "line": int, "imported": bool},
    "callers": {"path": str, "line": int, "module": str, "source": str, "count": int},
}

Value = TypeVar("Value")
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Watched:
    """A definition of the factory that was watched; ``imported`` says whether the tests imported its file."""

    path: str
    line: int
    imported: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """A line that really called the factory, ``count`` times, with its text as it was then.

    ``path`` is empty where no file of the project made the call; ``module`` is then the one that did, such as
    ``concurrent.futures.thread``, and else empty.
    """

    path: str
    line: int
    module: str
    source: str
    count: int


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What one test run saw: the ``definitions`` that were watched, and who called them.

    ``lost`` counts the processes that did not tell all that they saw.
    """

    factory: str
    definitions: tuple[Watched, ...]
    callers: tuple[Caller, ...]
    lost: int = 0


def render_witnesses(witnesses: Witnesses) -> str:
    """Return the text of a witness file, in a fixed order."""
    document = {
        "version": _VERSION,
        "tool": {"name": "ctxmigrate", "version": version("ctxmigrate")},
        "factory": witnesses.factory,
        "lost": witnesses.lost,
        "definitions": [asdict(each) for each in sorted(witnesses.definitions, key=_place)],
        "callers": [
            asdict(each) for each in sorted(witnesses.callers, key=lambda each: (*_place(each), each.module))
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def read_witnesses(file: Path) -> Witnesses:
    """Return what a witness file holds. Raises UsageError that names the file and what is wrong in it."""
    try:
        document = json.loads(file.read_bytes().decode())
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}; {_RIGHT}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: a byte that is no UTF-8; {_RIGHT}") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{file}:{error.lineno}: this is no JSON: {error.msg}; {_RIGHT}") from None
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{file}: this is no JSON that can be read: {error}; {_RIGHT}") from None
    if not isinstance(document, dict) or not isinstance(document.get("callers"), list):
        raise UsageError(f"{file}: this holds no witnesses; {_RIGHT}")
    if document.get("version") != _VERSION:
        found = json.dumps(document.get("version"))
        raise UsageError(f"{file}: the version of these witnesses is {found}; right would be {_VERSION}")
    return Witnesses(
        factory=_value(file, document, "factory", str),
        definitions=tuple(_records(file, document, "definitions", Watched)),
        callers=tuple(_records(file, document, "callers", Caller)),
        lost=_value(file, document, "lost", int),
    )


def unknown_callers(report: Report, witnesses: Witnesses) -> tuple[Caller, ...]:
    """Return the callers that ``report`` does not know: those on no line of a site, nor of a definition.

    They have the lines that they are on now. What the report is not about is left out, and so are the
    ``stale_callers``. A call from outside the project is known while a site passes the factory on. Raises
    UsageError where the witnesses are of another factory.
    """
    seen = witnesses.factory.rpartition(".")[2]
    if seen != report.config.factory_name:
        raise UsageError(
            f"the witnesses are of `{witnesses.factory}`, and the factory is `{report.config.factory}`: record "
            "them again, or set `factory` in [tool.ctxmigrate]"
        )
    known = {(site.path, line) for site in report.sites for line in range(site.line, site.end_line + 1)}
    known |= {(each.path, each.line) for each in report.occurrences if each.role == "definition"}
    is_passed_on = any(site.kind in ("reference", "dynamic") for site in report.sites)
    outside = [] if is_passed_on else [each for each in witnesses.callers if not each.path]
    inside = [each for each in witnesses.callers if each.path in report.selected]
    found = (replace(each, line=line) for each in inside if (line := _line_now(report, each)))
    return (*outside, *(each for each in found if (each.path, each.line) not in known))


def stale_callers(report: Report, witnesses: Witnesses) -> tuple[Caller, ...]:
    """Return the callers whose line is gone or reads otherwise now, so that it may not call any more."""
    return tuple(each for each in witnesses.callers if each.path and _is_stale(report, each))


def lines_of(root: Path, path: str) -> tuple[str, ...]:
    """Return the lines of a file, without the space around them; none where it cannot be read."""
    raw = read_bytes(root, path)
    source = raw if isinstance(raw, FileError) else decode(path, raw)
    if isinstance(source, FileError):
        return ()
    return tuple(source.line(number).strip() for number in range(1, len(source.line_starts) + 1))


def _is_stale(report: Report, caller: Caller) -> bool:
    if caller.path in report.selected:
        return _line_now(report, caller) is None
    return not os.path.lexists(os.path.join(report.root, caller.path))


def _line_now(report: Report, caller: Caller) -> int | None:
    """The line that a caller is on now: where it was, or else the one line of the file that reads the same."""
    lines = lines_of(Path(report.root), caller.path)
    if lines[caller.line - 1 : caller.line] == (caller.source,):
        return caller.line
    return lines.index(caller.source) + 1 if lines.count(caller.source) == 1 else None


def _place(each: Watched | Caller) -> tuple[str, int]:
    return each.path, each.line


def _value(file: Path, document: dict[str, Any], key: str, kind: type[Value]) -> Value:
    value = document.get(key)
    if type(value) is not kind:
        raise UsageError(f"{file}: {key!r} is missing or of the wrong kind; {_RIGHT}")
    return value


def _records(file: Path, document: dict[str, Any], key: str, kind: Callable[..., Record]) -> Iterator[Record]:
    shape = _SHAPES[key]
    for number, value in enumerate(_value(file, document, key, list), 1):
        where = f"{file}: entry {number} of {key!r}"
        if not isinstance(value, dict) or value.keys() != shape.keys():
            raise UsageError(f"{where}: right would be an object with {', '.join(shape)}")
        if wrong := [name for name, right in shape.items() if type(value[name]) is not right]:
            raise UsageError(f"{where}: {wrong[0]!r} is of the wrong kind")
        yield kind(**value)
