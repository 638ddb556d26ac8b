"""What ``split`` did: as text for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rich.text import Text

from codemod.report import WIDTH, counted, visible
from codemod.report.prose import Lines, beside, printed, wrapped
from codemod.report.split_files import INDEX, number_of_patches
from codemod.report.work import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.split.model import Part, Split

NOTHING = "Nothing to split: `rewrite` would change nothing, and nothing is blocked."


def as_json(split: Split, folder: str) -> str:
    """Return what was written to ``folder`` as an indented ASCII JSON document that ends with a newline."""
    document = {
        "version": 1,
        "tool": {"name": "ctxmigrate", "version": version("ctxmigrate")},
        "command": "split",
        "root": ".",
        "outcome": "done" if split.parts else "nothing",
        "folder": folder if split.parts else None,
        "owners_from": split.place or None,
        "parts": [_part(part) for part in split.parts],
        "skipped": [asdict(each) for each in split.skipped],
        "errors": [asdict(each) for each in split.report.errors],
        "message": "" if split.parts else NOTHING,
    }
    return json.dumps(document, indent=2) + "\n"


def _part(part: Part) -> dict[str, Any]:
    summary = part.report.summary
    return {
        "name": part.name,
        "patch": f"{part.name}.patch" if part.members else None,
        "text": f"{part.name}.md",
        "owners": list(part.owners),
        "is_first": part.is_first,
        "needs_first": part.needs_first,
        "files": [asdict(member) for member in part.members],
        "migrated": summary.migrated,
        "noted": summary.noted,
        "blocked": summary.blocked,
        "errors": summary.errors,
    }


def as_text(split: Split, folder: str, *, width: int, color: bool, quiet: bool = False) -> str:
    """Return what was written to ``folder`` as lines for people; ``quiet`` keeps what could not be handled."""
    width = max(40, min(width, WIDTH))
    problems = list(_problems(split, width))
    if quiet:
        return printed([problems], color)
    parts = [line for part in split.parts for line in _told(part, width)]
    end = wrapped(Text(visible(_end(split, folder))), width, "")
    return printed([parts, problems, end], color)


def _told(part: Part, width: int) -> Lines:
    owners = ", ".join(map(visible, part.owners)) or "no owner"
    head = beside(Text(visible(part.name), "bold"), Text(f"({owners})"), width)
    return [*head, *wrapped(Text("; ".join(_facts(part))), width)]


def _facts(part: Part) -> Iterator[str]:
    """Yield what there is to know of a part, each in a few words."""
    summary = part.report.summary
    if not part.members:
        yield "no patch"
    elif summary.migrated:
        review = f", {summary.noted} to review" if summary.noted else ""
        yield f"{counted(len(part.members), 'file')}; {counted(summary.migrated, 'site')} migrated{review}"
    else:
        yield f"{counted(len(part.members), 'file')}; imports only"
    if summary.blocked:
        yield f"{counted(summary.blocked, 'site')} blocked"
    if summary.errors:
        yield f"{counted(summary.errors, 'file')} that could not be handled"
    if part.is_first:
        yield "comes first"
    if part.needs_first:
        yield "needs the first"


def _problems(split: Split, width: int) -> Iterator[Text]:
    for skipped in split.skipped:
        yield from beside(place(skipped.path, skipped.line), Text(visible(skipped.message)), width)
    for error in split.report.errors:
        message = Text(f"{error.code}: {visible(error.message)}", "red")
        yield from beside(place(error.path, error.line), message, width)


def _end(split: Split, folder: str) -> str:
    if not split.parts:
        return NOTHING
    texts = counted(len(split.parts), "text")
    return f"{number_of_patches(split)} and {texts} in {folder}: start with {folder}/{INDEX}."
