"""The formats that a report can have, by name and by suffix. Nothing of them is imported before its use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.model import Report
    from codemod.report.fleet_formats import Gathered


def _json(report: Report) -> str:
    from codemod.report import as_json

    return as_json.render(report)


def _sarif(report: Report) -> str:
    from codemod.decide.rules import RULES
    from codemod.report import sarif

    return sarif.render(report, RULES)


def _github(report: Report) -> str:
    from codemod.decide.rules import RULES
    from codemod.report import github

    return github.render(report, RULES)


def _markdown(report: Report) -> str:
    from codemod.decide.rules import RULES
    from codemod.report import markdown

    return markdown.render(report, RULES)


def _html(report: Report) -> str:
    from codemod.decide.rules import RULES
    from codemod.report import html

    return html.render(report, RULES)


def gathered(kinds: Iterable[str], folder: str) -> dict[str, Gathered]:
    """Begin a report of several roots of each of these kinds, with the paths from ``folder``."""
    kinds = frozenset(kinds)
    if not kinds:
        return {}
    from codemod.decide.rules import RULES
    from codemod.report.fleet_formats import FORMATS as GATHERED

    return {kind: GATHERED[kind](RULES, folder) for kind in kinds}


FORMATS = {"json": _json, "sarif": _sarif, "github": _github, "markdown": _markdown}
KINDS = {".json": "json", ".sarif": "sarif", ".html": "html", ".md": "markdown"}
SUFFIXES = {suffix: {**FORMATS, "html": _html}[kind] for suffix, kind in KINDS.items()}
COMPLETE = frozenset({"json", "sarif"})
"""The formats that tell of the sites in a baseline too."""
