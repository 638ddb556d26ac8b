"""What a run found, told in several formats: each takes a ``Report`` and returns text or bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemod.model import Report, Summary

WIDTH = 100
"""The width of prose where no terminal sets one, and the most that reads well."""


def visible(text: str) -> str:
    """Return ``text`` with escapes for the characters that a terminal would obey, hide or reorder."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in "\t\u3000" else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def counted(count: int, noun: str) -> str:
    """Return ``count`` with ``noun`` in the right number: ``1 file``, ``2 files``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def nothing_to_tell(report: Report) -> bool:
    """Return whether the text report is no more than the single line of ``nothing_found``."""
    return not (report.sites or report.changes or report.plans or report.errors or report.warnings)


def nothing_found(report: Report) -> str:
    """Return the one line for a run that met no use of the factory at all."""
    summary = report.summary
    if not summary.occurrences:
        return no_use(report.config.factory, summary.files_scanned, report.seconds)
    name = visible(report.config.factory)
    where = f"{counted(summary.files_scanned, 'file')} ({report.seconds:.1f} s)"
    return f"Nothing to migrate: no call of {name} in {where}; left alone: {left_alone(summary)}.\n"


def no_use(factory: str, files: int, seconds: float) -> str:
    """Return the one line for a run that met the factory nowhere."""
    if not files:
        return "Nothing to migrate: there are no Python files here.\n"
    return (
        f"Nothing to migrate: no use of {visible(factory)} in {counted(files, 'file')} ({seconds:.1f} s).\n"
    )


def left_alone(summary: Summary) -> str:
    """Return how often the factory's name stands where a run never touches it."""
    kinds = (
        (summary.definitions, "definition"),
        (summary.lookalikes, "lookalike"),
        (summary.mentions, "mention"),
    )
    return ", ".join(counted(count, noun) for count, noun in kinds if count) or "nothing"


def warning_lines(report: Report) -> str:
    """Return a line for each warning, for the formats that have no place for them."""
    lines = (f"{each.path}:{each.line}: warning: {each.message}" for each in report.warnings)
    return "".join(f"{visible(line)}\n" for line in lines)
