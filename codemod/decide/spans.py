"""Many stretches of one text, asked what lies where without looking at each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.resolve.facts import Span


class Spans:
    """A set of spans, which may lie in each other."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        self._starts = [span.start for span in self._spans]
        self._ends = list(accumulate((span.end for span in self._spans), max))

    def cover(self, offset: int) -> bool:
        """Whether one of the spans covers an offset."""
        number = bisect_right(self._starts, offset)
        return number > 0 and self._ends[number - 1] > offset

    def first_in(self, outer: Span) -> Span | None:
        """The first of the spans that lies in ``outer``; None where none does."""
        for number in range(bisect_left(self._starts, outer.start), len(self._spans)):
            if self._starts[number] >= outer.end:
                break
            if self._spans[number].end <= outer.end:
                return self._spans[number]
        return None
