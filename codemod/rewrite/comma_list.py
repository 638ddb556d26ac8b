"""A comma-separated list of syntax nodes, and what its white space and comments become when a node is taken
out or put in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import libcst as cst

Gap = cst.BaseParenthesizableWhitespace


@dataclass(frozen=True, slots=True)
class CommaList:
    """``lead`` comes before the first node, ``commas`` after each node but the last, which may have one;
    ``tail`` comes before the closing bracket where the last node has none.
    """

    lead: Gap
    nodes: tuple[cst.CSTNode, ...]
    commas: tuple[cst.Comma, ...]
    tail: Gap

    @property
    def has_trailing_comma(self) -> bool:
        """Whether the last node has a comma."""
        return len(self.commas) == len(self.nodes)

    @property
    def empty(self) -> Gap:
        """What stands between the brackets when no node is left."""
        return _join(self.lead, self.tail)

    def without(self, number: int) -> CommaList:
        """The list without one node.

        A node alone on its line takes its line and the comment at the end of it along; comments on lines of
        their own stay. If it was the last and had no comma, the comma before it goes too.
        """
        nodes = (*self.nodes[:number], *self.nodes[number + 1 :])
        if number == len(self.commas):
            return replace(self._without_last(), nodes=nodes)
        own = self.commas[number]
        if number > 0 and _leads_its_line(self.commas[number - 1]) and _leads_its_line(own):
            before = self.commas[number - 1].whitespace_before
            kept = own.with_changes(whitespace_before=_close(before, own.whitespace_before))
            return replace(
                self, nodes=nodes, commas=(*self.commas[: number - 1], kept, *self.commas[number + 1 :])
            )
        after = _without_comma(own)
        is_last = number == len(nodes)
        if number == 0:
            lead = _close(self.lead, after, is_first=True, is_last=is_last)
            return replace(self, lead=lead, nodes=nodes, commas=self.commas[1:])
        previous = self.commas[number - 1]
        gap = _close(previous.whitespace_after, after, is_last=is_last)
        kept = previous.with_changes(whitespace_after=gap)
        return replace(
            self, nodes=nodes, commas=(*self.commas[: number - 1], kept, *self.commas[number + 1 :])
        )

    def with_after(self, number: int, node: cst.CSTNode) -> CommaList:
        """The list with ``node`` right behind the one of that number, on a line of its own if that one is."""
        before = self.commas[number - 1].whitespace_after if number else self.lead
        is_last = number == len(self.nodes) - 1
        has_comma = number < len(self.commas)
        after = self.commas[number].whitespace_after if has_comma else self.tail
        if _breaks(before) and (_breaks(after) or is_last):
            first, second = _split(before, after)
        else:
            first, second = cst.SimpleWhitespace(" "), after
        comma = self.commas[number] if has_comma else cst.Comma()
        nodes = (*self.nodes[: number + 1], node, *self.nodes[number + 1 :])
        commas = (*self.commas[:number], comma.with_changes(whitespace_after=first))
        if not has_comma:
            return replace(self, nodes=nodes, commas=commas, tail=second)
        commas = (*commas, cst.Comma(whitespace_after=second), *self.commas[number + 1 :])
        return replace(self, nodes=nodes, commas=commas)

    def _without_last(self) -> CommaList:
        """The gaps without the last node, which has no comma."""
        if not self.commas:
            return replace(
                self, lead=cst.SimpleWhitespace(""), tail=_close(self.lead, self.tail, is_last=True)
            )
        before = _without_comma(self.commas[-1])
        return replace(self, commas=self.commas[:-1], tail=_close(before, self.tail, is_last=True))


def _without_comma(comma: cst.Comma) -> Gap:
    """The gap around a comma when the comma goes."""
    if _leads_its_line(comma):
        return comma.whitespace_before
    return _join(comma.whitespace_before, comma.whitespace_after)


def _leads_its_line(comma: cst.Comma) -> bool:
    return _breaks(comma.whitespace_before) and not _breaks(comma.whitespace_after)


def _breaks(gap: Gap) -> bool:
    """Whether there is a line break in a gap, a backslash's included."""
    return not isinstance(gap, cst.SimpleWhitespace) or "\\" in gap.value


def _split(before: Gap, after: Gap) -> tuple[Gap, Gap]:
    """The gaps around a node put on a line of its own behind one that stands between ``before`` and ``after``:
    the comment at that one's line stays there.
    """
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return before, after
    plain = cst.TrailingWhitespace(newline=before.first_line.newline)
    if not isinstance(after, cst.ParenthesizedWhitespace):
        return before.with_changes(first_line=plain, empty_lines=[]), after
    first = before.with_changes(first_line=after.first_line, empty_lines=[])
    return first, after.with_changes(first_line=plain)


def _close(before: Gap, after: Gap, *, is_first: bool = False, is_last: bool = False) -> Gap:
    """The gap that is left when the node between ``before`` and ``after`` goes."""
    if isinstance(before, cst.ParenthesizedWhitespace) and isinstance(after, cst.ParenthesizedWhitespace):
        lines = [*before.empty_lines, *after.empty_lines]
        return before.with_changes(empty_lines=lines, last_line=after.last_line)
    if isinstance(before, cst.ParenthesizedWhitespace):
        return after if is_last and not _has_comment(before) else before
    if isinstance(after, cst.ParenthesizedWhitespace):
        return after if not is_first or is_last or _has_comment(after) else before
    return after if is_last else before


def _has_comment(gap: cst.ParenthesizedWhitespace) -> bool:
    return gap.first_line.comment is not None or any(line.comment for line in gap.empty_lines)


def _join(first: Gap, second: Gap) -> Gap:
    """One gap that reads like the two in a row."""
    match first, second:
        case cst.SimpleWhitespace(), cst.SimpleWhitespace():
            return cst.SimpleWhitespace(first.value + second.value)
        case cst.ParenthesizedWhitespace(), cst.SimpleWhitespace():
            return first.with_changes(last_line=_join(first.last_line, second))
        case cst.SimpleWhitespace(), cst.ParenthesizedWhitespace():
            line = second.first_line
            return second.with_changes(first_line=line.with_changes(whitespace=_join(first, line.whitespace)))
        case cst.ParenthesizedWhitespace(), cst.ParenthesizedWhitespace():
            return _join_lines(first, second)
    raise TypeError(f"no gap: {first!r}, {second!r}")


def _join_lines(first: cst.ParenthesizedWhitespace, second: cst.ParenthesizedWhitespace) -> Gap:
    """The two without what stood alone on the line between them; the comment there stays."""
    line = second.first_line
    between = cst.EmptyLine(
        indent=False, whitespace=first.last_line, comment=line.comment, newline=line.newline
    )
    lines = [*first.empty_lines, *([between] if line.comment else []), *second.empty_lines]
    return first.with_changes(empty_lines=lines, last_line=second.last_line)
