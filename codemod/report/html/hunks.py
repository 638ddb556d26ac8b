"""The lines that a change beside the sites touches, such as an import, as they are and as they become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.read import decode
from codemod.report.fixes import find_fixes
from codemod.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import Change, FileError, Report
    from codemod.report.fixes import Replacement

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Hunk:
    """Whole lines from ``line`` on, and what becomes of them; None where that is not known."""

    line: int
    before: str = ""
    after: str | None = None


def change_hunks(report: Report) -> list[Hunk]:
    """Return what each change of ``report`` touches, in the order of the changes."""
    changed = {change.path for change in report.changes}
    plans = [plan for plan in report.plans if plan.path in changed]
    sources = {plan.path: decode(plan.path, plan.before) for plan in plans}
    fixes = find_fixes(plans, [*report.changes, *report.sites])
    return [
        _hunk(change, sources.get(change.path), fixes.replacements.get(number, ()))
        for number, change in enumerate(report.changes)
    ]


def _hunk(change: Change, source: Source | FileError | None, parts: Sequence[Replacement]) -> Hunk:
    if not isinstance(source, Source) or not parts or parts[-1].end_line - parts[0].line > _MOST_LINES:
        return Hunk(change.line)
    starts = source.line_starts
    start = at = starts[parts[0].line - 1]
    end = starts[parts[-1].end_line - 1] + len(source.line(parts[-1].end_line))
    after = ""
    for part in parts:
        after += source.text[at : starts[part.line - 1] + part.column - 1] + part.text
        at = starts[part.end_line - 1] + part.end_column - 1
    return Hunk(parts[0].line, source.text[start:end], after + source.text[at:end])
