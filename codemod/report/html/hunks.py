"""The lines that a change beside the sites touches, such as an import, taken from the plan of its file."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from tokenize import detect_encoding
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.model import Change, FilePlan, Report

_NEWLINE = re.compile(r"\r\n?|\n")
_MOST_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Hunk:
    """The lines of a file from ``start`` to before ``end``, and those in their place; None if not known."""

    start: int
    end: int
    before: str = ""
    after: str | None = None


def change_hunks(report: Report) -> list[Hunk]:
    """Return what each change of the report touches, in the order of the changes."""
    changed = {change.path for change in report.changes}
    hunks = {plan.path: list(_hunks(plan)) for plan in report.plans if plan.path in changed}
    return [_hunk(change, hunks.get(change.path, ())) for change in report.changes]


def _hunk(change: Change, hunks: Sequence[Hunk]) -> Hunk:
    """Return the hunk with the change's line, or else the first behind it: what is added follows that line."""
    unknown = Hunk(change.line, change.line)
    found = next((hunk for hunk in hunks if hunk.end > change.line), unknown)
    return unknown if len(found.before + (found.after or "")) > _MOST_CHARACTERS else found


def _hunks(plan: FilePlan) -> Iterator[Hunk]:
    before, after = (_NEWLINE.split(_decoded(content)) for content in (plan.before, plan.after))
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after).get_opcodes():
        if tag != "equal":
            yield Hunk(start + 1, end + 1, "\n".join(before[start:end]), "\n".join(after[new_start:new_end]))


def _decoded(content: bytes) -> str:
    """Return the text of a Python file; it has been read before, so its encoding is known to be right."""
    encoding, _ = detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding, "replace")
