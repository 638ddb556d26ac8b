"""What a run changes, put to the site or the change beside the sites that it belongs to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemod.model import Change, FileError, Site
from codemod.read import decode
from codemod.report.stretches import Stretch, stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemod.model import FilePlan
    from codemod.source import Source

Place = Site | Change


@dataclass(frozen=True, slots=True)
class Replacement:
    """The characters of the old file from one position to before another, and the ``text`` in their place.

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

    replacements: dict[int, list[Replacement]] = field(default_factory=lambda: defaultdict(list))
    encodings: dict[str, str] = field(default_factory=dict)


def find_fixes(plans: Iterable[FilePlan], places: Sequence[Place]) -> Fixes:
    """Return the replacements that make the planned files of the old ones, each put to one of ``places``.

    What changes within a site belongs to the outermost migrated one, and the rest to the nearest change. A
    plan is passed over where none of ``places`` is in its file.
    """
    fixes = Fixes()
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        numbers[place.path].append(number)
    for plan in plans:
        old, new = decode(plan.path, plan.before), decode(plan.path, plan.after)
        if isinstance(old, FileError) or isinstance(new, FileError) or plan.path not in numbers:
            continue
        if old.encoding != "utf-8":
            fixes.encodings[plan.path] = old.encoding
        owners = _Owners(old, [(number, places[number]) for number in numbers[plan.path]])
        for stretch in stretches(old.text, new.text, owners.expected):
            replacement = Replacement(*old.position(stretch.start), *old.position(stretch.end), stretch.text)
            fixes.replacements[owners.of(stretch, replacement.line)].append(replacement)
    return fixes


class _Owners:
    """The places of one file, and which of them a stretch of it belongs to."""

    def __init__(self, source: Source, places: Sequence[tuple[int, Place]]) -> None:
        self.expected: list[Stretch] = []
        """What the outermost migrated sites become."""
        self._sites: list[int] = []
        migrated = sorted(_migrated(source, places), key=lambda each: (each[0].start, -each[0].end))
        for stretch, number in migrated:
            if not self.expected or stretch.start >= self.expected[-1].end:
                self.expected.append(stretch)
                self._sites.append(number)
        self._starts = [stretch.start for stretch in self.expected]
        changes = [(place.line, number) for number, place in places if isinstance(place, Change)]
        self._others = sorted(changes or [(place.line, number) for number, place in places])

    def of(self, stretch: Stretch, line: int) -> int:
        """Return the number of the place that a stretch, which starts in ``line``, belongs to."""
        site = bisect_right(self._starts, max(stretch.start, stretch.end - 1)) - 1
        if site >= 0 and stretch.start < self.expected[site].end:
            return self._sites[site]
        behind = bisect_left(self._others, (line, 0))
        around = self._others[max(behind - 1, 0) : behind + 1]
        return min(around, key=lambda each: abs(each[0] - line))[1]


def _migrated(source: Source, places: Iterable[tuple[int, Place]]) -> Iterable[tuple[Stretch, int]]:
    starts = source.line_starts
    for number, place in places:
        if isinstance(place, Site) and place.after is not None and place.end_line <= len(starts):
            start = starts[place.line - 1] + place.column - 1
            end = starts[place.end_line - 1] + place.end_column - 1
            yield Stretch(start, end, place.after), number
