"""Where a migration stands, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING

from rich.text import Text

from codemod.report import WIDTH, counted, visible
from codemod.report.prose import Lines, beside, printed, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import FileError
    from codemod.status import Answer, Folder, Item, Phase, Status, Witnessed

_BAR = 20
_MOST = 3
_MARGIN = " " * 7
_MARKS: dict[Answer, tuple[str, str]] = {
    "yes": ("yes", "green"),
    "no": ("no ", "red"),
    "unknown": ("?  ", "yellow"),
}


def as_json(status: Status, required: int | None) -> str:
    """Return ``status`` as an indented ASCII JSON document that ends with a newline."""
    witnessed = status.witnessed
    document = {
        "version": 1,
        "tool": {"name": "ctxmigrate", "version": version("ctxmigrate")},
        "command": "status",
        "root": ".",
        "reached": status.reached,
        "required": required,
        "phases": [
            {
                "number": each.number,
                "title": each.title,
                "reached": each.is_reached,
                "items": list(map(asdict, each.items)),
            }
            for each in status.phases
        ],
        "folders": [{**asdict(each), "left": each.left} for each in status.folders],
        "witnessed": asdict(witnessed) if witnessed else None,
        "errors": list(map(asdict, status.errors)),
        "next": list(status.next_steps),
    }
    return json.dumps(document, indent=2) + "\n"


def as_text(status: Status, *, required: int | None, width: int, color: bool, quiet: bool = False) -> str:
    """Return ``status`` as lines for people; ``quiet`` keeps what is missing or cannot be told, and the errors."""
    width = max(40, min(width, WIDTH))
    parts = [
        *(_phase(phase, status, width, quiet) for phase in status.phases),
        _witnessed(status.witnessed, width),
        _errors(status.errors, width),
        _end(status, required, width),
    ]
    return printed(parts, color)


def _phase(phase: Phase, status: Status, width: int, quiet: bool) -> Lines:
    items = [item for item in phase.items if not (quiet and item.answer == "yes")]
    if quiet and not items:
        return []
    word, style = ("reached", "green") if phase.is_reached else ("not reached", "red")
    lines = [Text.assemble((f"Phase {phase.number}, {phase.title}: ", "bold"), (word, style))]
    for item in items:
        lines += _said(item, width)
        lines += _folders(status.folders, width) if item.name == "calls-migrated" else _places(item, width)
    return lines


def _said(item: Item, width: int) -> Lines:
    mark, style = _MARKS[item.answer]
    first, *rest = wrapped(Text(visible(item.message)), width, _MARGIN)
    return [Text.assemble("  ", (mark, style), first[len(mark) + 2 :]), *rest]


def _places(item: Item, width: int) -> Lines:
    places = [visible(f"{each.path}:{each.line}" if each.line else each.path) for each in item.places]
    more = [f"and {len(places) - _MOST} more"] if len(places) > _MOST else []
    return wrapped(Text(", ".join([*places[:_MOST], *more]), "dim"), width, _MARGIN) if places else []


def _folders(folders: Sequence[Folder], width: int) -> Lines:
    """The folders in which something is left, each with a bar, and how many others there are."""
    left = [folder for folder in folders if folder.left]
    if not left:
        return []
    names = [Text(visible(folder.path)) for folder in left]
    room = max(name.cell_len for name in names)
    lines = []
    for name, folder in zip(names, left, strict=True):
        told = f"{folder.left} of {folder.migrated + folder.left} left"
        told += f", {folder.blocked} blocked" if folder.blocked else ""
        told += f", {folder.ignored} ignored" if folder.ignored else ""
        line = Text.assemble(_MARGIN, name, " " * (room - name.cell_len), "  ", _bar(folder), "  ", told)
        lines += (
            [line]
            if line.cell_len <= width
            else wrapped(Text.assemble(name, " ", told), width, _MARGIN, "  ")
        )
    if len(left) < len(folders):
        lines.append(
            Text(f"{_MARGIN}{counted(len(folders) - len(left), 'more folder')} with nothing left", "dim")
        )
    return lines


def _bar(folder: Folder) -> Text:
    done = _BAR * folder.migrated // (folder.migrated + folder.left)
    return Text.assemble("[", ("#" * done, "green"), "." * (_BAR - done), "]")


def _witnessed(witnessed: Witnessed | None, width: int) -> Lines:
    if witnessed is None:
        return []
    told = f"{counted(witnessed.calls, 'call')} from {counted(witnessed.lines, 'line')}"
    lines = [Text.assemble((f"Witnesses in {visible(witnessed.file)}: ", "bold"), told)]
    for remark in witnessed.unknown:
        message = Text(visible(remark.message), "red")
        place = Text(visible(f"  {remark.path}:{remark.line}:" if remark.path else " "), "bold")
        lines += beside(place, message, width)
    for caution in witnessed.cautions:
        lines += wrapped(Text(visible(caution), "yellow"), width, "  ", "  ")
    return lines


def _errors(errors: Sequence[FileError], width: int) -> Lines:
    return [
        line
        for each in errors
        for line in beside(
            Text(visible(f"{each.path}:{each.line}:"), "bold"),
            Text(visible(f"{each.code}: {each.message}"), "red"),
            width,
        )
    ]


def _end(status: Status, required: int | None, width: int) -> Lines:
    last = len(status.phases)
    reached = (
        f"Phase {status.reached} of {last} is reached." if status.reached else "No phase is reached yet."
    )
    lines = [Text(reached if status.reached < last else f"All {last} phases are reached.", "bold")]
    if required and status.reached < required:
        lines.append(Text(f"Phase {required} is required.", "red"))
    if status.next_steps:
        lines.append(Text("Next:"))
    for step in status.next_steps:
        lines += wrapped(Text(visible(step), "cyan"), width, hang="  ")
    return lines
