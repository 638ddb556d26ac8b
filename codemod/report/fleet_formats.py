"""A report of several roots in each format for programs and reviewers. It takes in root by root, and keeps of each
no more than what it says of it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from textwrap import indent
from typing import TYPE_CHECKING, Protocol

from codemod.report import counted
from codemod.report.fleet import seen_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.decide.rule import Rule
    from codemod.model import Report, Summary


class Gathered(Protocol):
    """A report in the making; paths are those from ``folder``, unless they stand below that of their root."""

    def __init__(self, rules: Sequence[Rule], folder: str) -> None:
        """Begin one. ``rules`` are those whose codes can be in it."""

    def add(self, path: str, report: Report) -> None:
        """Take in the report of the root at ``path``."""

    def text(self, total: Report) -> str:
        """Return the whole; ``total`` has the counts of all roots."""


class Json:
    """The documents of the roots, in one document that begins as they do."""

    def __init__(self, rules: Sequence[Rule], folder: str) -> None:
        self._roots: list[str] = []

    def add(self, path: str, report: Report) -> None:
        """Take in a root."""
        from codemod.report import as_json

        self._roots.append(indent(as_json.render(report, path).rstrip(), " " * 4))

    def text(self, total: Report) -> str:
        """Return the whole."""
        tool = {"name": "ctxmigrate", "version": version("ctxmigrate")}
        head = json.dumps({"version": 1, "tool": tool, "summary": asdict(total.summary)}, indent=2)
        roots = ",\n".join(self._roots)
        return head.removesuffix("\n}") + f',\n  "roots": [\n{roots}\n  ]\n}}\n'


class Sarif:
    """A log with a run for each root, which are of different categories."""

    def __init__(self, rules: Sequence[Rule], folder: str) -> None:
        self._rules, self._folder = rules, folder
        self._runs: list[str] = []

    def add(self, path: str, report: Report) -> None:
        """Take in a root."""
        from codemod.report import sarif

        run = sarif.run_of(seen_from(report, self._folder), self._rules)
        details = {"id": f"ctxmigrate/{path}/"}
        self._runs.append(json.dumps({**run, "automationDetails": details}))

    def text(self, total: Report) -> str:
        """Return the whole."""
        from codemod.report import sarif

        return sarif.log(self._runs)


class GitHub:
    """The annotations of the roots, one after the other."""

    def __init__(self, rules: Sequence[Rule], folder: str) -> None:
        self._rules, self._folder = rules, folder
        self._lines: list[str] = []

    def add(self, path: str, report: Report) -> None:
        """Take in a root."""
        from codemod.report import github

        self._lines.append(github.render(seen_from(report, self._folder), self._rules))

    def text(self, total: Report) -> str:
        """Return the whole."""
        return "".join(self._lines)


class Markdown:
    """A table of the roots, and a section for each of which there is something to tell."""

    def __init__(self, rules: Sequence[Rule], folder: str) -> None:
        self._rules = rules
        self._roots: list[tuple[str, Summary]] = []
        self._sections: list[str] = []
        self._explained: set[str] = set()

    def add(self, path: str, report: Report) -> None:
        """Take in a root."""
        from codemod.report.gfm import code
        from codemod.report.markdown import body, verdict

        self._roots.append((code(path), report.summary))
        if parts := body(report, self._rules, self._explained):
            self._sections += [f"## {code(path)}: {verdict(report)}", *parts]
        for site in report.sites:
            told = {"blocked": site.codes, "migrated": site.notes}.get(site.verdict, ())
            self._explained |= {finding.code for finding in told}

    def text(self, total: Report) -> str:
        """Return the whole."""
        from codemod.report.gfm import table
        from codemod.report.markdown import counts, document, verdict

        numbers = ("migrated", "noted", "blocked", "ignored", "errors", "files_changed")
        titles = ("migrated", "to review", "blocked", "ignored", "file errors", "files changed")
        rows = [(name, *(f"{getattr(each, key):,}" for key in numbers)) for name, each in self._roots]
        head = [
            f"## ctxmigrate: {verdict(total)}, in {counted(len(rows), 'root')}",
            counts(total),
            table(("root", *(f"{title}:" for title in titles)), rows),
        ]
        return document(head, self._sections)


class Html:
    """A page whose folders begin with those that lead to the roots."""

    def __init__(self, rules: Sequence[Rule], folder: str) -> None:
        from codemod.report.html import Page

        self._page, self._folder = Page(rules), folder

    def add(self, path: str, report: Report) -> None:
        """Take in a root."""
        self._page.add(seen_from(report, self._folder))

    def text(self, total: Report) -> str:
        """Return the whole."""
        return self._page.text(total)


FORMATS: dict[str, type[Gathered]] = {
    "json": Json,
    "sarif": Sarif,
    "github": GitHub,
    "markdown": Markdown,
    "html": Html,
}
"""The formats by name."""
