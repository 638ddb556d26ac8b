"""How a run stands against its baseline, and what a person is told of that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.report import counted, visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codemod.baseline import Comparison, Entry
    from codemod.cli.options import Options
    from codemod.model import Report


@dataclass(frozen=True, slots=True)
class Standing:
    """A run against the baseline in ``file``.

    ``content`` is what the file shall hold, None where it stays as it is; ``notes`` say what becomes of it.
    ``strict`` runs fail for what is fixed and still listed.
    """

    file: Path
    comparison: Comparison
    strict: bool = False
    content: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> int:
        """How many of the blocked sites the baseline lists."""
        return len(self.comparison.known)

    @property
    def is_stale(self) -> bool:
        """Whether the run fails for what is fixed and still listed."""
        return self.strict and bool(self.comparison.fixed)

    def without_known(self, report: Report) -> Report:
        """Return ``report`` without the sites that the baseline lists."""
        known = self.comparison.known
        summary = replace(report.summary, blocked=report.summary.blocked - len(known))
        sites = tuple(site for site in report.sites if site not in known)
        return replace(report, sites=sites, summary=summary)

    def text(self, *, quiet: bool) -> str:
        """Return what there is to say, on lines of its own; ``quiet`` keeps what makes the run fail."""
        counts = f"{counted(self.known, 'blocked site')} known, {len(self.comparison.new)} new"
        lines = [f"Baseline {self.file}: {counts}", *self.notes]
        if quiet:
            lines = []
        if self.comparison.fixed and (self.is_stale or not quiet):
            lines.append(f"Fixed, but still listed (--write-baseline {self.file} removes them):")
            lines += map(_line, self.comparison.fixed)
        return "".join(f"{visible(line)}\n" for line in lines)


def listed(options: Options) -> tuple[Entry, ...] | None:
    """Return what the baseline lists; None without one, or where it is still to be written.

    Raises UsageError where it cannot be read.
    """
    file = options.baseline or options.write_baseline
    if file is None or (options.write_baseline and not file.exists()):
        return None
    from codemod.baseline import read

    return read(file)


def stand(options: Options, entries: Sequence[Entry] | None, report: Report) -> Standing | None:
    """Return how a run stands against the baseline of its options; None without one."""
    if options.write_baseline:
        return _written(options.write_baseline, entries, report)
    if options.baseline is None:
        return None
    from codemod.baseline import compare

    return Standing(options.baseline, compare(entries or (), report), options.baseline_strict)


def _written(file: Path, entries: Sequence[Entry] | None, report: Report) -> Standing:
    """Return how a run stands against the baseline that it writes."""
    from codemod.baseline import compare, entries_of, render

    before = compare(entries or (), report)
    if report.errors:
        return Standing(file, before, notes=("It is not written, because of the file errors.",))
    if entries is None:
        all_blocked = entries_of(report)
        note = f"It is new, and lists what is blocked in {counted(report.summary.files_scanned, 'file')}."
        return Standing(file, compare(all_blocked, report), content=render(all_blocked), notes=(note,))
    removed = sum(entry.count for entry in before.fixed)
    notes = [f"{counted(removed, 'fixed site')} removed from it."] if removed else []
    if before.new:
        notes.append("What is new is not added: delete the file and write it again to list that too.")
    return Standing(file, replace(before, fixed=()), content=render(before.left), notes=tuple(notes))


def _line(entry: Entry) -> str:
    scope = f"{entry.scope}: " if entry.scope else ""
    times = f" ({entry.count} times)" if entry.count > 1 else ""
    return f"    {entry.path}: {scope}{entry.source}{times}"
