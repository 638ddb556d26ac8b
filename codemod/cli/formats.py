"""The formats that a report can have, by name and by suffix. Nothing of them is imported before its use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemod.model import Report


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


FORMATS = {"json": _json, "sarif": _sarif, "github": _github, "markdown": _markdown}
SUFFIXES = {".json": _json, ".sarif": _sarif, ".html": _html, ".md": _markdown}
COMPLETE = frozenset({"json", "sarif"})
"""The formats that tell of the sites in a baseline too."""
