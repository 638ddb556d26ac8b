"""The report for other programs: JSON, version 1. The same run gives the same bytes every time."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codemod.model import Report, Site


def render(report: Report, root: str = ".") -> str:
    """Return ``report`` as an indented ASCII JSON document that ends with a newline.

    ``root`` is the path of its root, as a reader shall have it.
    """
    document = {
        "version": 1,
        "tool": {"name": "ctxmigrate", "version": version("ctxmigrate")},
        "root": root,
        "summary": asdict(report.summary),
        "sites": [_site(site) for site in sorted(report.sites, key=_position)],
        "changes": [
            asdict(each)
            for each in sorted(report.changes, key=lambda each: (each.path, each.line, each.kind))
        ],
        "errors": [
            asdict(each) for each in sorted(report.errors, key=lambda each: (each.path, each.line, each.code))
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _position(site: Site) -> tuple[str, int, int, int, int]:
    return site.path, site.line, site.column, site.end_line, site.end_column


def _site(site: Site) -> dict[str, Any]:
    findings = (*site.codes, *site.notes)
    return {
        "path": site.path,
        "line": site.line,
        "column": site.column,
        "end_line": site.end_line,
        "end_column": site.end_column,
        "kind": site.kind,
        "verdict": site.verdict,
        "codes": list(dict.fromkeys(finding.code for finding in site.codes)),
        "notes": list(dict.fromkeys(finding.code for finding in site.notes)),
        "message": "; ".join("\n".join((finding.message, *finding.output)) for finding in findings),
        "help": " ".join(dict.fromkeys(finding.help for finding in findings)),
        "before": site.before,
        "after": site.after,
    }
