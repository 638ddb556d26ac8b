"""A baseline: the blocked sites that a project knows of, in a file that only ever gets shorter.

A site is known by its file, the function or class around it, and its source as far as Python's syntax sees
it, so an entry survives moved lines, comments and reformatting. Several sites that are alike are one entry
with a count.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from codemod.errors import UsageError
from codemod.likeness import blocked_sources, syntax

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from codemod.model import Report, Site

_VERSION = 1
_RIGHT = "right would be a file that --write-baseline wrote"
_SHAPE = {"path": str, "scope": str, "source": str, "codes": list, "count": int}

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """``count`` sites that are alike; ``codes`` say why they were blocked, for people."""

    path: str
    scope: str
    source: str
    codes: tuple[str, ...]
    count: int

    @property
    def key(self) -> Key:
        """What the sites of an entry have in common."""
        return self.path, self.scope, syntax(self.source)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a run found, against a baseline.

    ``known`` and ``new`` are the blocked sites, ``fixed`` the entries that nothing was found for, with how
    many are too many; ``left`` is the baseline without those.
    """

    known: frozenset[Site]
    new: tuple[Site, ...]
    fixed: tuple[Entry, ...]
    left: tuple[Entry, ...]


def entries_of(report: Report) -> tuple[Entry, ...]:
    """Return the entries for all blocked sites of a run."""
    return tuple(_entry(alike) for alike in _blocked(report).values())


def compare(entries: Iterable[Entry], report: Report) -> Comparison:
    """Compare a baseline with a run. What the run did not look at is neither fixed nor new."""
    blocked = _blocked(report)
    known: set[Site] = set()
    fixed: list[Entry] = []
    left: list[Entry] = []
    for key, entry in _by_key(entries).items():
        if not _looked_at(entry.path, report):
            left.append(entry)
            continue
        found = blocked.get(key, [])[: entry.count]
        known.update(site for site, _ in found)
        if found:
            left.append(replace(_entry(found), source=entry.source))
        if len(found) < entry.count:
            fixed.append(replace(entry, count=entry.count - len(found)))
    new = tuple(site for site in report.sites if site.verdict == "blocked" and site not in known)
    return Comparison(frozenset(known), new, tuple(fixed), tuple(left))


def read(file: Path) -> tuple[Entry, ...]:
    """Return the entries of a baseline. Raises UsageError that names the file and the line."""
    text = _text(file)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{file}:{error.lineno}: this is no JSON: {error.msg}; {_RIGHT}") from None
    except RecursionError:
        raise UsageError(f"{file}:1: this is nested too deeply; {_RIGHT}") from None
    if not isinstance(document, dict) or not isinstance(document.get("blocked"), list):
        raise UsageError(f"{file}:1: this is no baseline; {_RIGHT}")
    if document.get("version") != _VERSION:
        found = json.dumps(document.get("version"))
        raise UsageError(f"{file}:1: the version of this baseline is {found}; right would be {_VERSION}")
    return tuple(_checked(file, text, number, each) for number, each in enumerate(document["blocked"]))


def render(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline, in a fixed order, with one entry a line."""
    ordered = sorted(entries, key=lambda entry: (entry.path, entry.scope, entry.source))
    lines = ",\n".join(f"    {json.dumps(asdict(entry))}" for entry in ordered)
    blocked = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "version": {_VERSION},\n  "blocked": {blocked}\n}}\n'


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}; {_RIGHT}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: a byte that is no UTF-8; {_RIGHT}") from None


def _checked(file: Path, text: str, number: int, value: Any) -> Entry:
    if not isinstance(value, dict) or value.keys() != _SHAPE.keys():
        problem = f"right would be an object with {', '.join(_SHAPE)}"
    elif wrong := [key for key, kind in _SHAPE.items() if type(value[key]) is not kind]:
        problem = f"{wrong[0]!r} is of the wrong kind"
    elif value["count"] < 1:
        problem = f"'count' is {value['count']}; right would be 1 or more"
    else:
        return Entry(**{**value, "codes": tuple(map(str, value["codes"]))})
    raise UsageError(f"{file}:{_line(text, number)}: entry {number + 1} is none: {problem}")


def _line(text: str, number: int) -> int:
    """Return the line on which the entry of that number starts."""
    decoder = json.JSONDecoder()
    at = text.index("[", text.index('"blocked"'))
    for _ in range(number + 1):
        at += 1
        while text[at] in " \t\r\n,":
            at += 1
        start, (_, at) = at, decoder.raw_decode(text, at)
    return text.count("\n", 0, start) + 1


def _blocked(report: Report) -> dict[Key, list[tuple[Site, str]]]:
    """Return the blocked sites, with what their sources are after the run, by what they have in common."""
    found: dict[Key, list[tuple[Site, str]]] = {}
    for site, source in blocked_sources(report.sites):
        found.setdefault((site.path, site.scope, syntax(source)), []).append((site, source))
    return found


def _entry(alike: Sequence[tuple[Site, str]]) -> Entry:
    site, source = alike[0]
    codes = {finding.code for each, _ in alike for finding in each.codes}
    return Entry(site.path, site.scope, source, tuple(sorted(codes)), len(alike))


def _by_key(entries: Iterable[Entry]) -> dict[Key, Entry]:
    """Return the entries by their keys; of two with the same, as a merge may leave them, the larger one."""
    found: dict[Key, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.count):
        found[entry.key] = entry
    return found


def _looked_at(path: str, report: Report) -> bool:
    if any(error.path == path for error in report.errors):
        return False
    return path in report.selected or not os.path.lexists(os.path.join(report.root, path))
