"""The same two files as plain text: outside the planned places every character must stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .report import NEWLINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .compare import Edit, Names
    from .report import Text

COMMENT = re.compile(r"#[^\r\n]*")
TOKEN = re.compile(r"#[^\r\n]*|\w+|[^\s\w]")
TRAILING = re.compile(r"[ \t]+(?=[\r\n])")


def problems(old: Text, new: Text, edits: Iterable[Edit], names: Names) -> list[str]:
    """What differs between the two texts beside the planned edits, and what is odd about these."""
    found = []
    old_at = new_at = 0
    for edit in sorted(edits, key=lambda edit: (edit.old, edit.kind == "gap")):
        gone = new_at + edit.old[0] - old_at
        start, end = edit.new or (gone, gone)
        if old.text[old_at : edit.old[0]] != new.text[new_at:start]:
            found.append(
                f"{old.line_of(old_at)} to {old.line_of(edit.old[0])}: text outside the plan changed"
            )
        found += [f"{old.line_of(edit.old[0])}: {text}" for text in edit_problems(old, new, edit, names)]
        old_at, new_at = edit.old[1], end
    if old.text[old_at:] != new.text[new_at:]:
        found.append(f"{old.line_of(old_at)} to the end: text outside the plan changed")
    return [*found, *file_problems(old, new)]


def file_problems(old: Text, new: Text) -> list[str]:
    """What is odd about the new file as a whole."""
    found = []
    if old.encoding != new.encoding:
        found.append(f"1: encoding {old.encoding} became {new.encoding}")
    if not set(NEWLINE.findall(new.text)) <= set(NEWLINE.findall(old.text)):
        found.append("1: a kind of newline that the file did not have")
    if len(TRAILING.findall(new.text)) > len(TRAILING.findall(old.text)):
        found.append("1: blanks at the end of a line that were not there")
    return found


def edit_problems(old: Text, new: Text, edit: Edit, names: Names) -> list[str]:
    """What is odd about one edit."""
    if edit.new is None:
        return []
    before, after = old.cut(edit.old), new.cut(edit.new)
    if edit.kind == "gap":
        return gap_problems(old, edit, after)
    if edit.kind in ("import", "all") and after != "pass" and rest(before, names) != rest(after, names):
        return [f"{before!r} became {after!r}"]
    return []


def rest(text: str, names: Names) -> list[str]:
    """The tokens of an import or a list of names, less those that a plan may add or take."""
    free = {names.factory, names.getter, ",", "as", '"', "'"}
    return [token for token in TOKEN.findall(text) if token not in free]


def gap_problems(old: Text, edit: Edit, after: str) -> list[str]:
    """What is odd about the text that is left where one argument was dropped."""
    start, end = edit.dropped or edit.old
    left, right = old.text[edit.old[0] : start], old.text[end : edit.old[1]]
    whole = f"where an argument was dropped, {left!r} and {right!r} became {after!r}"
    opened, closed = parentheses_of_neighbours(left, right)
    if not (after.startswith(closed) and after.endswith(opened)):
        return [f"{whole}: a parenthesis of an argument beside it went"]
    left, after = left[len(closed) :], after[len(closed) : len(after) - len(opened)]
    left, right = without_own_parentheses(left, right[: len(right) - len(opened)])
    return [f"{whole}: {text}" for text in left_problems(left, right, after, last=edit.last)]


def left_problems(left: str, right: str, after: str, *, last: bool) -> list[str]:
    """The odd parts of what became of ``left`` and ``right``, between which an argument was dropped."""
    found = []
    if not is_subsequence(after, left + right):
        found.append("something was added")
    if COMMENT.findall(after) != expected_comments(left, right):
        found.append("comments are not those that should be left")
    lines = len(NEWLINE.findall(left + right)) - len(NEWLINE.findall(after))
    if lines != is_alone(left, right) and not (lines == 1 and ends_alone(left, right)):
        found.append(f"{lines} line ends went")
    if commas(after) != expected_commas(left, right, last=last):
        found.append(f"{commas(after)} commas are left")
    if not NEWLINE.search(left + right) and after not in on_one_line(left, right, after, last=last):
        found.append("blanks are not those that were there")
    return found


def parentheses_of_neighbours(left: str, right: str) -> tuple[str, str]:
    """The parentheses that open the next argument, and those that close the one before."""
    closed = re.match(r"(\s*\))*", left)
    opened = None if "#" in right else re.search(r"(\(\s*)*\Z", right)
    return opened.group() if opened else "", closed.group() if closed else ""


def without_own_parentheses(left: str, right: str) -> tuple[str, str]:
    """``left`` and ``right`` less the parentheses around the dropped argument itself."""
    while match := re.match(r"\s*\)", right):
        left, right = re.sub(r"\(\s*\Z", "", left), right[match.end() :]
    return left, right


def on_one_line(left: str, right: str, after: str, *, last: bool) -> set[str]:
    """What may be left in a gap without line ends."""
    first = not commas(left)
    if first and last:
        return {after}
    return {right} if last else {left} if first else {left, right}


def expected_comments(left: str, right: str) -> list[str]:
    """The comments that stay: all but the one at the end of an argument that stands alone on its line."""
    before, behind = COMMENT.findall(left), COMMENT.findall(right)
    goes = is_alone(left, right) and "#" in NEWLINE.split(right)[0]
    return [*before, *behind[1 if goes else 0 :]]


def is_alone(left: str, right: str) -> bool:
    """Whether an argument stands alone on its lines, with ``left`` before it and ``right`` after it."""
    return bool(re.search(r"[\r\n][ \t]*\Z", left) and re.match(r"[ \t]*,?[ \t]*(#[^\r\n]*)?[\r\n]", right))


def ends_alone(left: str, right: str) -> bool:
    """Whether an argument begins its line, and the closing parenthesis follows it there."""
    return bool(re.search(r"[\r\n][ \t]*\Z", left)) and not NEWLINE.search(right)


def expected_commas(left: str, right: str, *, last: bool) -> int:
    """How many commas belong into the gap that an argument left."""
    first = commas(left) == 0
    return int(not first and bool(commas(right))) if last else int(not first)


def commas(text: str) -> int:
    """The commas outside comments."""
    return COMMENT.sub("", text).count(",")


def is_subsequence(short: str, long: str) -> bool:
    """Whether ``short`` is ``long`` with some characters taken out."""
    letters = iter(long)
    return all(letter in letters for letter in short)
