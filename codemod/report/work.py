"""What a command of one phase did, would do or refuses: as text for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING

from rich.text import Text

from codemod.report import WIDTH, counted, visible
from codemod.report.prose import Lines, beside, printed, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.model import Remark, Work


def outcome(work: Work) -> str:
    """Return what came of it in a word: ``error``, ``refused``, ``done``, ``planned`` or ``nothing``."""
    if work.errors:
        return "error"
    if work.refusals:
        return "refused"
    if not work.plans:
        return "nothing"
    return "done" if work.written else "planned"


def as_json(work: Work) -> str:
    """Return ``work`` as an indented ASCII JSON document that ends with a newline."""
    document = {
        "version": 1,
        "tool": {"name": "ctxmigrate", "version": version("ctxmigrate")},
        "command": work.command,
        "root": ".",
        "outcome": outcome(work),
        "done": [asdict(each) for each in work.done],
        "refusals": [asdict(each) for each in work.refusals],
        "files": [{"path": plan.path, "is_new": plan.is_new} for plan in work.plans],
        "errors": [asdict(each) for each in work.errors],
        "message": work.nothing,
        "advice": list(work.advice),
    }
    return json.dumps(document, indent=2) + "\n"


def as_text(work: Work, *, width: int, color: bool, quiet: bool = False) -> str:
    """Return ``work`` as lines for people; ``quiet`` keeps the refusals and errors."""
    width = max(40, min(width, WIDTH))
    parts = [_refusals(work, width), _errors(work, width)]
    if not quiet:
        parts = [
            _told(work.done, width),
            *parts,
            [*wrapped(Text(_end(work)), width, ""), *_advice(work, width)],
        ]
    return printed(parts, color)


def _told(remarks: Iterable[Remark], width: int) -> Lines:
    return [line for each in remarks for line in _remark(each, width)]


def _remark(remark: Remark, width: int, style: str = "") -> Lines:
    message = Text(visible(remark.message), style)
    lines = (
        beside(place(remark.path, remark.line), message, width)
        if remark.path
        else wrapped(message, width, "")
    )
    return [*lines, *(wrapped(Text(visible(f"Help: {remark.help}"), "cyan"), width) if remark.help else [])]


def place(path: str, line: int) -> Text:
    """Return where something is, as an editor takes it; without the line where that is 0."""
    return Text(f"{visible(path)}:{line}:" if line else f"{visible(path)}:", "bold")


def _refusals(work: Work, width: int) -> Lines:
    if not work.refusals:
        return []
    return [
        Text("Refused:", "bold"),
        *(line for each in work.refusals for line in _remark(each, width, "red")),
    ]


def _errors(work: Work, width: int) -> Lines:
    return [
        line
        for each in work.errors
        for line in beside(
            place(each.path, each.line), Text(f"{each.code}: {visible(each.message)}", "red"), width
        )
    ]


def _end(work: Work) -> str:
    files = counted(len(work.plans), "file")
    return {
        "error": "Nothing was written.",
        "refused": "Nothing was written: the list above has to be seen to first.",
        "done": f"{files} written.",
        "planned": f"{files} would be written.",
        "nothing": visible(work.nothing) or "There is nothing to do.",
    }[outcome(work)]


def _advice(work: Work, width: int) -> Lines:
    return [line for each in work.advice for line in wrapped(Text(visible(each)), width, "", hang="    ")]
