r"""The report for code scanning: SARIF 2.1.0. The same run gives the same bytes every time.

There is a result for each finding on a site, or one for a site without, and one for each change beside the
sites. Lines end as Python's do, at ``\r\n``, ``\n`` and ``\r``. Columns count the code points of the decoded
text, in which a byte order mark is none.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from codemod.model import Change
from codemod.report import visible
from codemod.report.descriptors import OWN, RELATED, USE, descriptor
from codemod.report.fixes import Fixes, find_fixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codemod.decide.rule import Rule
    from codemod.model import Caution, FileError, Finding, Report, Site
    from codemod.report.fixes import Place, Replacement

Json = dict[str, Any]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_KINDS = {
    "call": "This call",
    "reference": "This reference",
    "mock": "This mock target",
    "dynamic": "This string",
    "import": "This import",
    "re-export": "This re-export",
    "all": "This entry of `__all__`",
}


def render(report: Report, rules: Iterable[Rule]) -> str:
    """Return ``report`` as one line of ASCII JSON; ``rules`` are those whose codes can be in it."""
    return log([json.dumps(run_of(report, rules))])


def log(runs: Iterable[str]) -> str:
    """Return one line of JSON that has these runs, each given as JSON."""
    return f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{", ".join(runs)}]}}\n'


def run_of(report: Report, rules: Iterable[Rule]) -> Json:
    """Return ``report`` as the run of a log; ``rules`` are those whose codes can be in it.

    Each stretch of source that the run would change is in the fix of exactly one result: all fixes together
    make what it would write. What has been written needs none.
    """
    places: list[Place] = sorted([*report.sites, *report.changes], key=_position)
    fixes = Fixes() if report.written else find_fixes(report.plans, places)
    known = tuple(rules)
    on_sites = {finding.code for site in report.sites for finding in (*site.codes, *site.notes)}
    descriptors = [descriptor(rule) for rule in known if rule.kind != "file" or rule.code in on_sites]
    results = _Results(report, [*descriptors, *OWN], fixes)
    driver = {
        "name": "ctxmigrate",
        "version": version("ctxmigrate"),
        "rules": results.descriptors,
        "notifications": [descriptor(rule) for rule in known if rule.kind == "file"],
    }
    return {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The folder that all paths are relative to."}}
        },
        "defaultEncoding": "utf-8",
        "artifacts": [
            {"location": _artifact(path), "encoding": encoding} for path, encoding in fixes.encodings.items()
        ],
        "newlineSequences": ["\r\n", "\n", "\r"],
        "columnKind": "unicodeCodePoints",
        "results": [result for number, place in enumerate(places) for result in results.of(number, place)],
    }


def _position(place: Place) -> tuple[str, int, int]:
    return place.path, place.line, 0 if isinstance(place, Change) else place.column


class _Results:
    """Makes the results of one report, in the order in which it is asked for them."""

    def __init__(self, report: Report, descriptors: Sequence[Json], fixes: Fixes) -> None:
        self.descriptors = descriptors
        self._indexes = {each["id"]: index for index, each in enumerate(descriptors)}
        self._fixes = fixes
        self._done = "was" if report.written else "would be"
        self._getter = visible(report.config.getter_name)
        self._seen: Counter[str] = Counter()

    def of(self, number: int, place: Place) -> Iterator[Json]:
        """Yield the results of the place of that number; the first has its fix."""
        replacements = self._fixes.replacements.get(number)
        fixes = {"fixes": [self._fix(place.path, replacements)]} if replacements else {}
        told = self._change(place) if isinstance(place, Change) else self._site(place)
        for rule, level, text in told:
            index = {"ruleIndex": self._indexes[rule]} if rule in self._indexes else {}
            yield {
                "ruleId": rule,
                **index,
                "level": level,
                "message": {"text": text},
                "locations": [_location(place)],
                "partialFingerprints": {"ctxmigrate/v1": self._fingerprint(rule, place)},
                **_state(place),
                **fixes,
            }
            fixes = {}

    def _site(self, site: Site) -> Iterator[tuple[str, str, str]]:
        """Yield the rule, level and text of each result for a site."""
        for level, findings in (("error", site.codes), ("warning", site.notes)):
            for finding in dict.fromkeys(findings):
                yield finding.code, level, _sentences(finding)
        if not (site.codes or site.notes):
            text = f"{self._done} migrated to `{self._getter}`."
            if site.verdict == "ignored":
                text = "is left alone, as a comment says."
            yield USE, "note", f"{_KINDS[site.kind]} {text}"

    def _change(self, change: Change) -> Iterator[tuple[str, str, str]]:
        yield RELATED, "note", f"{_KINDS[change.kind]} {self._done} changed for `{self._getter}`."

    def _fix(self, path: str, replacements: Iterable[Replacement]) -> Json:
        change = {
            "artifactLocation": _artifact(path),
            "replacements": [
                {
                    "deletedRegion": _region(each.line, each.column, each.end_line, each.end_column),
                    "insertedContent": {"text": each.text},
                }
                for each in replacements
            ],
        }
        return {"description": {"text": f"Migrate to `{self._getter}`."}, "artifactChanges": [change]}

    def _fingerprint(self, rule: str, place: Place) -> str:
        """Return what stays the same when lines move or are laid out anew: file, rule, source and which of them."""
        source = "" if isinstance(place, Change) else "".join(place.before.split())
        key = "\0".join((place.path, rule, place.kind, source))
        self._seen[key] += 1
        return sha256(f"{key}\0{self._seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()


def _sentences(finding: Finding) -> str:
    sentences = f"{visible(finding.message)}. {visible(finding.help)}".rstrip()
    return "\n".join((sentences, *map(visible, finding.output)))


def _state(place: Place) -> Json:
    if isinstance(place, Change):
        return {"properties": {"kind": place.kind}}
    state = {"properties": {"kind": place.kind, "verdict": place.verdict}}
    return {**state, "suppressions": [{"kind": "inSource"}]} if place.verdict == "ignored" else state


def _location(place: Place) -> Json:
    if isinstance(place, Change):
        return _physical(place.path, {"startLine": place.line})
    region = _region(place.line, place.column, place.end_line, place.end_column)
    return _physical(place.path, {**region, "snippet": {"text": place.before}})


def _physical(path: str, region: Json) -> Json:
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}


def _artifact(path: str) -> Json:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": _ROOT}


def _region(line: int, column: int, end_line: int, end_column: int) -> Json:
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _invocation(report: Report) -> Json:
    """Return whether the run could do its work, and what was the matter with files."""
    notifications = [
        *({"descriptor": {"id": error.code}, **_notification("error", error)} for error in report.errors),
        *(_notification("warning", caution) for caution in report.warnings),
    ]
    return {"executionSuccessful": not report.errors, "toolExecutionNotifications": notifications}


def _notification(level: str, told: FileError | Caution) -> Json:
    return {
        "level": level,
        "message": {"text": visible(told.message)},
        "locations": [_physical(told.path, {"startLine": told.line})],
    }
