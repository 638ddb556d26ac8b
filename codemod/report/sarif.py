"""The report for code scanning: SARIF 2.1.0. The same run gives the same bytes every time.

Lines end at ``\\r\\n``, ``\\n`` and ``\\r`` as Python's do, and the document says so. Columns count the code points
of the decoded text, in which a byte order mark is none. A result for each finding on a site, or one for a site
without; one for each change beside the sites. Replacements stand in the first result of what they belong to,
each of them once, so that all of them together make what the run would write.
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
from codemod.report.fixes import Fixes, find_fixes
from codemod.report.gfm import meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codemod.decide.rule import Rule
    from codemod.model import Caution, FileError, Finding, Report, Site
    from codemod.report.fixes import Place, Replacement

Json = dict[str, Any]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {"block": "error", "note": "warning", "file": "error"}
_USE = "factory-use"
_CHANGE = "related-change"
_OWN_RULES: tuple[Json, ...] = (
    {
        "id": _USE,
        "name": "FactoryUse",
        "shortDescription": {"text": "A use of the factory that needs no review."},
        "fullDescription": {"text": "The use can be migrated as it is, or a comment says to leave it alone."},
        "help": {"text": "Run `ctxmigrate rewrite`, or apply the fix."},
        "defaultConfiguration": {"level": "note"},
    },
    {
        "id": _CHANGE,
        "name": "RelatedChange",
        "shortDescription": {"text": "An import, re-export or `__all__` that goes with migrated uses."},
        "fullDescription": {"text": "The names that a module imports and offers follow the uses that are migrated."},
        "help": {"text": "Run `ctxmigrate rewrite`, or apply the fix together with those of the uses."},
        "defaultConfiguration": {"level": "note"},
    },
)
_KINDS = {
    "call": "call",
    "reference": "reference",
    "mock": "mock target",
    "dynamic": "string",
    "import": "import",
    "re-export": "re-export",
    "all": "`__all__`",
}


def render(report: Report, rules: Iterable[Rule]) -> str:
    """Return ``report`` as one line of ASCII JSON; ``rules`` are those whose codes can be in it."""
    places = sorted((*report.sites, *report.changes), key=_position)
    fixes = Fixes() if report.written else find_fixes(report.plans, places)
    told = {finding.code for site in report.sites for finding in (*site.codes, *site.notes)}
    known = tuple(rules)
    of_sites = [_rule(rule) for rule in known if rule.kind != "file" or rule.code in told]
    results = _Results(report, [*of_sites, *_OWN_RULES], fixes)
    run = {
        "tool": {
            "driver": {
                "name": "ctxmigrate",
                "version": version("ctxmigrate"),
                "rules": results.rules,
                "notifications": [_rule(rule) for rule in known if rule.kind == "file"],
            }
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the project."}}},
        "artifacts": [
            {"location": _artifact(path), "encoding": encoding} for path, encoding in fixes.encodings.items()
        ],
        "defaultEncoding": "utf-8",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "columnKind": "unicodeCodePoints",
        "results": [result for number, place in enumerate(places) for result in results.of(number, place)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"
