"""The part of a file that edits are in: some of its top-level statements, as a file of their own.

A module is the sequence of its top-level statements, so what is proved of the part holds of the whole, and
parsing the part takes a fraction of the time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, TypeVar

from codemod.rewrite.statements import Splice, spliced
from codemod.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemod.edits import FileEdits

Edit = TypeVar("Edit", bound=Any)


@dataclass(frozen=True, slots=True)
class Part:
    """Stretches of a file's text in a row: ``source`` is their text, ``stretches`` are where they start and end in
    the whole and ``starts`` where in the part, and ``edits`` are those of the whole at their places in the part.
    """

    whole: Source
    source: Source
    edits: FileEdits
    stretches: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]

    def spliced(self, splices: Iterable[Splice]) -> list[str]:
        """The texts of the stretches with splices, which are at offsets of the part."""
        own: list[list[Splice]] = [[] for _ in self.stretches]
        for splice in splices:
            number = bisect_right(self.starts, splice.start) - 1
            shift = self.starts[number]
            own[number].append(Splice(splice.start - shift, splice.end - shift, splice.text))
        texts = (self.whole.text[start:end] for start, end in self.stretches)
        return [spliced(text, moved) for text, moved in zip(texts, own, strict=True)]

    def put_back(self, texts: Sequence[str]) -> str:
        """The text of the whole with ``texts`` in the places of the stretches."""
        ends = [0, *(end for _, end in self.stretches)]
        starts = [*(start for start, _ in self.stretches), len(self.whole.text)]
        kept = [self.whole.text[end:start] for end, start in zip(ends, starts, strict=True)]
        return "".join(chain.from_iterable(zip(kept, [*texts, ""], strict=True)))

    def in_whole(self, start: int, end: int) -> tuple[int, int]:
        """The span in the whole of a span in the part."""
        number = bisect_right(self.starts, start) - 1
        shift = self.stretches[number][0] - self.starts[number]
        return start + shift, end + shift


def part_of(source: Source, edits: FileEdits, cuts: Sequence[int]) -> Part:
    """Cut out what the edits need, at the ends of lines in ``cuts``, which are between top-level statements."""
    bounds = (0, *cuts, len(source.text))
    stretches = _joined(_stretch(bounds, *span) for span in _spans(edits))
    text = "".join(source.text[start:end] for start, end in stretches)
    has_newline = "\n" in text or "\r" in text
    if edits.removals or not has_newline or not stretches:
        stretches, text = ((0, len(source.text)),), source.text
    part = Source(source.path, b"", text, source.encoding, b"")
    starts = tuple(accumulate((end - start for start, end in stretches[:-1]), initial=0))
    shifts = [start - at for (start, _), at in zip(stretches, starts, strict=True)]
    return Part(
        source, part, _moved_edits(edits, [start for start, _ in stretches], shifts), stretches, starts
    )


def _spans(edits: FileEdits) -> list[tuple[int, int]]:
    spans = [
        *((edit.start, edit.end) for edit in edits.calls),
        *((edit.start, edit.end) for edit in edits.imports),
        *((edit.start, edit.end) for edit in edits.names),
    ]
    return sorted([*spans, *((edit.outer_start, edit.outer_end) for edit in edits.alls)])


def _stretch(bounds: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return bounds[bisect_right(bounds, start) - 1], bounds[bisect_left(bounds, end)]


def _joined(stretches: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def _moved_edits(edits: FileEdits, starts: Sequence[int], shifts: Sequence[int]) -> FileEdits:
    """The edits, each as far back as the stretch that it is in."""
    if shifts == [0]:
        return edits

    def shift(offset: int) -> int:
        return shifts[bisect_right(starts, offset) - 1]

    return replace(
        edits,
        calls=tuple(_moved_call(edit, shift(edit.start)) for edit in edits.calls),
        imports=tuple(_moved(edit, shift(edit.start)) for edit in edits.imports),
        names=tuple(_moved(edit, shift(edit.start)) for edit in edits.names),
        alls=tuple(_moved_all(edit, shift(edit.start)) for edit in edits.alls),
    )


def _moved(edit: Edit, shift: int) -> Edit:
    return replace(edit, start=edit.start - shift, end=edit.end - shift)


def _moved_call(edit: Edit, shift: int) -> Edit:
    values = tuple((start - shift, end - shift) for start, end in edit.values)
    return replace(_moved(edit, shift), values=values)


def _moved_all(edit: Edit, shift: int) -> Edit:
    outer = {"outer_start": edit.outer_start - shift, "outer_end": edit.outer_end - shift}
    return replace(_moved(edit, shift), **outer)
