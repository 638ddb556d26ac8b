"""A report of several roots: what is said around the reports of each, and these seen from one folder."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from codemod.model import (
    Caution,
    Change,
    Config,
    FileError,
    FilePlan,
    Occurrence,
    Remark,
    Report,
    Site,
    Summary,
)
from codemod.report import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

Placed = TypeVar("Placed", Site, Change, FileError, Occurrence, FilePlan, Caution, Remark)


def seen_from(report: Report, folder: str) -> Report:
    """Return ``report`` with paths that are relative to ``folder``, an absolute and real path."""

    def moved(items: Iterable[Placed]) -> tuple[Placed, ...]:
        return tuple(
            replace(item, path=os.path.relpath(os.path.join(report.root, item.path), folder))
            for item in items
        )

    return replace(
        report,
        root=folder,
        sites=moved(report.sites),
        changes=moved(report.changes),
        errors=moved(report.errors),
        occurrences=moved(report.occurrences),
        plans=moved(report.plans),
        warnings=moved(report.warnings),
        cleaned=moved(report.cleaned),
        selected=frozenset(),
    )


def blank(root: str, *, written: bool) -> Report:
    """Return the report of nothing, which others are ``added`` to."""
    return Report(root, Config(), Summary(), written=written)


def added(total: Report, report: Report) -> Report:
    """Return ``total`` with the counts and the time of one more report, and nothing else of it."""
    counts = {
        field.name: getattr(total.summary, field.name) + getattr(report.summary, field.name)
        for field in fields(Summary)
    }
    return replace(total, summary=Summary(**counts), seconds=total.seconds + report.seconds)


def heading(path: str) -> str:
    """Return the line above the text report of a root."""
    return f"==> {visible(path)} <==\n"


def total_line(total: Report, roots: int) -> str:
    """Return the line below the text reports of all roots."""
    summary = total.summary
    be = "" if total.written else "would be "
    counts = (
        (summary.migrated, f"{counted(summary.migrated, 'site')} {be}migrated"),
        (summary.noted, f"{summary.noted} of them to review"),
        (summary.blocked, f"{summary.blocked} blocked"),
        (summary.ignored, f"{summary.ignored} ignored"),
        (summary.errors, counted(summary.errors, "file error")),
        (summary.files_changed, f"{counted(summary.files_changed, 'file')} {be}changed"),
    )
    told = ", ".join(text for count, text in counts if count) or "nothing to migrate"
    return f"Total of {counted(roots, 'root')}: {told} ({total.seconds:.1f} s)\n"
