"""Where a rewrite changed a text: the stretches of the old one, each no longer than its words ask for."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_WORD = re.compile(r"\w+|[^\S\r\n]+|\r\n?|\n|.")
_NEWLINE_AT_END = re.compile(r"(?:\r\n?|\n)\Z")
_IN_STEP = 2  # lines in a row that must agree before two texts count as back in step
_FARTHEST = 200  # lines to look ahead for that
_MOST_PAIRS = 250_000  # pairs of words to compare; beyond it only the words at both ends are


Block = tuple[int, int, int, int]
"""The first line of the old text and the one behind the last, and the same of the new text."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The characters of the old text from ``start`` to before ``end``, and the ``text`` in their place."""

    start: int
    end: int
    text: str


def stretches(old: str, new: str, expected: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches that make ``new`` of ``old``, in order; no two overlap.

    ``expected`` are the stretches that are thought to be changed, in order and apart. With them, what else was
    changed is found in a time that grows with the length of the texts. A wrong one does no harm.
    """
    starts, ends, shifts = _places(expected)
    others: list[Stretch] = []
    right = set(range(len(expected)))
    for found in _joined(_by_lines(_applied(old, expected), new)):
        number = bisect_right(ends, found.start)
        others.append(Stretch(found.start - shifts[number], found.end - shifts[number], found.text))
        while number < len(expected) and starts[number] < found.end:
            right.discard(number)
            number += 1
    if len(right) < len(expected):
        return stretches(old, new, [expected[number] for number in sorted(right)])
    known = (
        part for each in expected for part in _by_words(old[each.start : each.end], each.text, each.start)
    )
    return sorted([*known, *others], key=lambda each: (each.start, each.end))


def _places(expected: Sequence[Stretch]) -> tuple[list[int], list[int], list[int]]:
    """Return where the texts start and end once they stand in their places, and how far the rest moves.

    The last is the distance of what stands before each of them, and of what stands behind all.
    """
    shifts = [0, *accumulate(len(each.text) - (each.end - each.start) for each in expected)]
    starts = [each.start + shift for each, shift in zip(expected, shifts, strict=False)]
    return starts, [start + len(each.text) for start, each in zip(starts, expected, strict=True)], shifts


def _applied(old: str, expected: Sequence[Stretch]) -> str:
    pieces, at = [], 0
    for each in expected:
        pieces += [old[at : each.start], each.text]
        at = each.end
    return "".join([*pieces, old[at:]])


def _by_lines(old: str, new: str) -> Iterator[Stretch]:
    """Yield the stretches of two texts that are nearly the same."""
    olds, news = _LINE.findall(old), _LINE.findall(new)
    offsets = [0, *accumulate(map(len, olds))]
    for here, next_here, there, next_there in changed(olds, news):
        text, new_text = "".join(olds[here:next_here]), "".join(news[there:next_there])
        yield from (_behind_the_line(old, part) for part in _by_words(text, new_text, offsets[here]))


def changed(olds: Sequence[str], news: Sequence[str]) -> Iterator[Block]:
    """Yield where the lines of two texts differ that are nearly the same, in a time that grows with their number."""
    here, there = 0, 0
    while here < len(olds) or there < len(news):
        if olds[here : here + 1] == news[there : there + 1]:
            here, there = here + 1, there + 1
            continue
        next_here, next_there = _in_step(olds, news, here, there)
        yield here, next_here, there, next_there
        here, there = next_here, next_there


def _agreeing(olds: Sequence[str], news: Sequence[str]) -> int:
    """Return how many parts agree before the first that does not."""
    pairs = enumerate(zip(olds, news, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(olds), len(news)))


def _in_step(olds: Sequence[str], news: Sequence[str], here: int, there: int) -> tuple[int, int]:
    """Return the nearest two places from which the lines agree again; the ends where there is none near."""
    for distance in range(1, _FARTHEST):
        for removed in range(distance + 1):
            old, new = here + removed, there + distance - removed
            if old > len(olds) or new > len(news):
                continue
            if olds[old : old + _IN_STEP] == news[new : new + _IN_STEP]:
                return old, new
    return len(olds), len(news)


def _by_words(old: str, new: str, at: int) -> Iterator[Stretch]:
    """Yield the stretches of two short texts, the old one of which starts at the offset ``at``."""
    olds, news = _WORD.findall(old), _WORD.findall(new)
    if len(olds) * len(news) > _MOST_PAIRS:
        first = _agreeing(olds, news)
        last = _agreeing(olds[first:][::-1], news[first:][::-1])
        changes = [(first, len(olds) - last, first, len(news) - last)]
    else:
        opcodes = SequenceMatcher(None, olds, news, autojunk=False).get_opcodes()
        changes = [each[1:] for each in opcodes if each[0] != "equal"]
    offsets = [at, *accumulate(map(len, olds), initial=at)][1:]
    for start, end, new_start, new_end in changes:
        yield Stretch(offsets[start], offsets[end], "".join(news[new_start:new_end]))


def _behind_the_line(old: str, stretch: Stretch) -> Stretch:
    """Return lines that are put between two others as put at the end of the first, where nothing else begins."""
    newline = _NEWLINE_AT_END.search(stretch.text)
    if stretch.start != stretch.end or newline is None or not old.endswith(newline[0], 0, stretch.start):
        return stretch
    at = stretch.start - len(newline[0])
    return Stretch(at, at, newline[0] + stretch.text[: newline.start()])


def _joined(parts: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield the stretches; those that touch become one."""
    last: Stretch | None = None
    for part in parts:
        if last and last.end == part.start:
            last = Stretch(last.start, part.end, last.text + part.text)
            continue
        if last:
            yield last
        last = part
    if last:
        yield last
