"""The report for reviewers: one HTML page that needs no network, made to be filtered, read and printed."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from codemod.report import visible
from codemod.report.html.payload import STATUSES, Payload, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codemod.decide.rule import Rule
    from codemod.model import Report

_SCRIPTS = ("python.js", "state.js", "sites.js", "facets.js", "page.js")
_LABELS = {
    "migrated": "Migrated",
    "review": "To review",
    "blocked": "Blocked",
    "ignored": "Ignored",
    "change": "Imports",
    "error": "File errors",
    "warning": "Warnings",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    """A style sheet or script to stand in the page, and the hash by which the page's policy admits it."""

    text: Markup
    hash: str


def render(report: Report, rules: Iterable[Rule]) -> str:
    """Return the page for ``report``; ``rules`` tell what its codes mean.

    The same run gives the same text every time.
    """
    page = Page(rules)
    page.add(report)
    return page.text(report)


class Page:
    """A page about the reports that are added to it, one for each root; ``rules`` tell what the codes mean."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._payload = Payload(rules)
        self._counts: Counter[str] = Counter()
        self._names: dict[tuple[str, str], None] = {}
        self._roots = 0

    def add(self, report: Report) -> None:
        """Take in a report, whose paths are as the page shall have them."""
        self._payload.add(report)
        self._counts.update(tally(report))
        self._names[report.config.factory, report.config.getter] = None
        self._roots += 1

    def text(self, total: Report) -> str:
        """Return the page; ``total`` has the counts of all reports together."""
        return (
            _engine()
            .get_template("page.html")
            .render(
                counts=self._counts,
                data=self._payload.values(written=total.written),
                labels=_LABELS,
                names=list(self._names),
                roots=self._roots,
                scripts=[_asset(name) for name in _SCRIPTS],
                segments=_segments(self._counts),
                statuses=STATUSES,
                style=_asset("style.css"),
                summary=total.summary,
                total=sum(self._counts[status] for status in STATUSES),
                version=version("ctxmigrate"),
                written=total.written,
            )
        )


def _engine() -> Environment:
    engine = Environment(
        autoescape=True,
        loader=PackageLoader(__name__, ""),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    engine.filters |= {"figure": "{:,}".format, "visible": visible}
    engine.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return engine


def _asset(name: str) -> _Asset:
    text = files(__name__).joinpath(name).read_text("utf-8")
    return _Asset(Markup(text), "sha256-" + b64encode(sha256(text.encode()).digest()).decode())


def _segments(counts: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Return the status, start and width of each part of the bar, counted in sites."""
    segments = []
    start = 0
    for status in STATUSES:
        segments.append((status, start, counts[status]))
        start += counts[status]
    return segments
