"""What ``verify`` found: as text for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from rich.text import Text

from codemod.report import WIDTH, counted, visible
from codemod.report.prose import INDENT, Lines, beside, printed, spaced, wrapped
from codemod.report.work import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import Check, Remark, Verification

_MARKS = {"ok": ("ok     ", "green"), "found": ("see to ", "red"), "not-run": ("not run", "yellow")}
_HANG = " " * 8


def outcome(verification: Verification) -> str:
    """Return what came of it in a word: ``error``, ``found`` or ``ok``."""
    if verification.errors:
        return "error"
    return "found" if any(check.findings for check in verification.checks) else "ok"


def as_json(verification: Verification) -> str:
    """Return it as an indented ASCII JSON document that ends with a newline."""
    document = {
        "version": 1,
        "tool": {"name": "ctxmigrate", "version": version("ctxmigrate")},
        "command": "verify",
        "root": ".",
        "outcome": outcome(verification),
        "checks": [_fields(check) for check in verification.checks],
        "errors": [asdict(each) for each in verification.errors],
    }
    return json.dumps(document, indent=2) + "\n"


def _fields(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "verdict": check.verdict,
        "message": check.message,
        "findings": [asdict(each) for each in check.findings],
        "notes": [asdict(each) for each in check.notes],
        "output": list(check.output),
    }


def as_text(verification: Verification, *, width: int, color: bool, quiet: bool = False) -> str:
    """Return it as lines for people, check by check; ``quiet`` keeps what a person has to see to, and errors."""
    width = max(40, min(width, WIDTH))
    checks = [check for check in verification.checks if check.findings or not quiet]
    told = spaced(_check(check, width, quiet) for check in checks)
    return printed([told, _errors(verification, width), [] if quiet else _end(verification, width)], color)


def _check(check: Check, width: int, quiet: bool) -> Lines:
    head = Text.assemble(_MARKS[check.verdict], " ", (check.name, "bold"), visible(f": {check.message}"))
    return [
        *wrapped(head, width, "", hang=_HANG),
        *_remarks(check.findings, width),
        *(Text(f"{INDENT}| {visible(line)}", "dim") for line in check.output),
        *([] if quiet else _remarks(check.notes, width, "note: ")),
    ]


def _remarks(remarks: Sequence[Remark], width: int, label: str = "") -> Lines:
    """Return the lines of remarks; the help that several in a row share is behind the last of them."""
    lines: Lines = []
    for advice, alike in groupby(remarks, attrgetter("help")):
        for each in alike:
            message = Text(visible(label + each.message))
            at = place(each.path, each.line)
            lines += beside(at, message, width) if each.path else wrapped(message, width, "")
        if advice:
            lines += wrapped(Text(visible(f"Help: {advice}"), "cyan"), width)
    return lines


def _errors(verification: Verification, width: int) -> Lines:
    return [
        line
        for each in verification.errors
        for line in beside(
            place(each.path, each.line), Text(visible(f"error ({each.code}): {each.message}"), "red"), width
        )
    ]


def _end(verification: Verification, width: int) -> Lines:
    count = sum(len(check.findings) for check in verification.checks)
    files = counted(len(verification.errors), "file")
    untried = "".join(map(_untried, verification.checks))
    text = {
        "error": f"{files} could not be looked at: mend that first.{untried}",
        "found": f"{counted(count, 'place')} to see to.{untried}",
        "ok": "All that was looked at holds.",
    }[outcome(verification)]
    return wrapped(Text(visible(text)), width, "")


def _untried(check: Check) -> str:
    """That the real function could not be tried, and why; empty where it could, or was not to be."""
    if check.name != "probe" or not check.findings:
        return ""
    return f" The getter could not be tried: {check.findings[0].message}"
