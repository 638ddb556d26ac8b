"""What a run changes, put to the site or the change beside the sites that it belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.model import Change, FileError, Site
from codemod.read import decode
from codemod.report.stretches import Stretch, stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemod.model import FilePlan, Report
    from codemod.source import Source

Place = Site | Change
_Numbered = tuple[int, Place]


@dataclass(frozen=True, slots=True)
class Replacement:
    """The characters of the file as it was from one position to before another, and the ``text`` in their place.

    Positions count as those of a site do; a byte order mark is no character.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fixes:
    """The replacements of each place, by its number, and the encodings of the files that are not in UTF-8."""

    replacements: dict[int, list[Replacement]]
    encodings: dict[str, str]


def find_fixes(plans: Iterable[FilePlan], places: Sequence[Place]) -> Fixes:
    """Return the replacements that make the planned files of the old ones, each put to one of ``places``.

    What changes within a site belongs to the outermost migrated one; the rest to the nearest change of the file.
    """
    fixes = Fixes(defaultdict(list), {})
    of_file: dict[str, list[_Numbered]] = defaultdict(list)
    for number, place in enumerate(places):
        of_file[place.path].append((number, place))
    for plan in plans:
        old, new = decode(plan.path, plan.before), decode(plan.path, plan.after)
        if isinstance(old, FileError) or isinstance(new, FileError):
            continue
        if old.encoding != "utf-8":
            fixes.encodings[plan.path] = old.encoding
        _add(fixes, old, new, of_file[plan.path])
    return fixes


def _add(fixes: Fixes, old: Source, new: Source, places: Sequence[_Numbered]) -> None:
    sites = _outermost(old, places)
    starts = [stretch.start for _, stretch in sites]
    changes = [(number, place.line) for number, place in places if isinstance(place, Change)]
    for stretch in stretches(old.text, new.text, [stretch for _, stretch in sites]):
        replacement = Replacement(*old.position(stretch.start), *old.position(stretch.end), stretch.text)
        at = bisect_right(starts, max(stretch.start, stretch.end - 1)) - 1
        if at >= 0 and stretch.start < sites[at][1].end:
            fixes.replacements[sites[at][0]].append(replacement)
        else:
            others = changes or [(number, place.line) for number, place in places]
            nearest = min(others, key=lambda each: abs(each[1] - replacement.line), default=None)
            if nearest:
                fixes.replacements[nearest[0]].append(replacement)


def _outermost(source: Source, places: Iterable[_Numbered]) -> list[tuple[int, Stretch]]:
    """Return the migrated sites that are in no other, in order, each with what it becomes as a whole."""
    found = [
        (number, Stretch(_offset(source, site.line, site.column), _offset(source, site.end_line, site.end_column), site.after))
        for number, site in places
        if isinstance(site, Site) and site.after is not None
    ]
    ...
