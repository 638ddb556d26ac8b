"""What a person reads: figures, failures, and sites in their context."""

from __future__ import annotations

import difflib
import random
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from .report import NEWLINE

if TYPE_CHECKING:
    from .report import Report, Site, Text
    from .verify import Outcome

CONTEXT = 3


def outcome(result: Outcome, limit: int) -> None:
    """Print a project's figures, and at most ``limit`` failures of each check."""
    project, summary = result.project, result.report.summary
    print(f"\n{project.name} {project.version}")
    rows = {
        "task": f"{project.setting} without {project.drop} becomes {project.getter}",
        "getter": f"put into {project.definition}, with a body that does nothing",
        **result.figures,
        "sites": f"{len(result.report.sites):,}: {counted(site.kind for site in result.report.sites)}",
        "calls for certain": f"{result.plain.total():,}: {counted(result.plain)}",
        "migrated": f"{summary['migrated']:,}, noted {summary['noted']:,}{by_code(result.report, 'notes')}",
        "blocked": f"{summary['blocked']:,}{by_code(result.report, 'codes')}",
        "ignored": f"{summary['ignored']:,}",
        "changes": counted(change.kind for change in result.report.changes),
        "lookalikes": f"{summary['lookalikes']:,}",
        "occurrences": f"{summary['occurrences']:,} with {summary['imports']:,} imports, "
        f"{summary['definitions']:,} definitions, {summary['mentions']:,} mentions",
        "errors": "; ".join(f"{error['path']} {error['code']}" for error in result.report.errors) or "none",
    }
    for name, text in rows.items():
        print(f"  {name:16} {text}")
    failures = defaultdict(list)
    for kind, text in result.problems:
        failures[kind].append(text)
    for kind, found in failures.items():
        print(f"  FAILED {kind}: {len(found)}")
        for text in found[:limit]:
            print(f"    {text}")


def counted(items: object) -> str:
    """How often each of ``items`` occurs, the most frequent first."""
    counts = items if isinstance(items, Counter) else Counter(items)  # type: ignore[call-overload]
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common()) or "none"


def by_code(report: Report, field: str) -> str:
    """How many sites have each code of ``field``."""
    counts = Counter(
        code for site in report.sites for code in getattr(site, field) if site.verdict != "ignored"
    )
    return f" ({counted(counts)})" if counts else ""


def samples(result: Outcome, number: int, seed: int) -> None:
    """Print ``number`` blocked and as many migrated sites, picked at random, with the lines around them."""
    for verdict in ("blocked", "migrated"):
        sites = [site for site in result.report.sites if site.verdict == verdict]
        picked = random.Random(seed).sample(sites, min(number, len(sites)))
        for site in sorted(picked, key=lambda site: (site.path, site.line)):
            codes = " ".join((*site.codes, *site.notes))
            place = f"{result.project.name} {site.path}:{site.line}:{site.column}"
            print(f"\n--- {place} {verdict} {site.kind} {codes}")
            if verdict == "blocked":
                print(f"    {site.message}\n    {site.help}")
            print(context(site, result.old[site.path], result.new[site.path]))


def context(site: Site, old: Text, new: Text) -> str:
    """The lines around a site, as a difference where it was migrated."""
    before, after = NEWLINE.split(old.text), NEWLINE.split(new.text)
    if site.verdict == "migrated":
        hunk: list[str] = []
        for line in difflib.unified_diff(before, after, lineterm="", n=CONTEXT):
            if match := re.match(r"@@ -(\d+)", line):
                if int(match[1]) > site.line:
                    break
                hunk = []
            hunk.append(line)
        return "\n".join(hunk)
    first = max(site.line - CONTEXT - 1, 0)
    return "\n".join(f" {line}" for line in before[first : site.end_line + CONTEXT])


def distinct_files(outcomes: list[Outcome]) -> int:
    """How many Python files the projects have, each project counted once."""
    return sum({result.project.name: result.files for result in outcomes}.values())


def migrated_calls(result: Outcome) -> int:
    """How many calls one run rewrote."""
    return sum(site.kind == "call" and site.verdict == "migrated" for site in result.report.sites)


def total(outcomes: list[Outcome], problems: list[str]) -> None:
    """Print the sums, and whether all is well."""
    sums: Counter[str] = Counter()
    for result in outcomes:
        sums.update(result.report.summary)
    names = {result.project.name for result in outcomes}
    print(
        f"\n{len(outcomes)} runs, {len(names)} projects, {distinct_files(outcomes):,} Python files: ", end=""
    )
    keys = ("migrated", "noted", "blocked", "ignored", "lookalikes", "errors", "files_changed")
    print(", ".join(f"{key} {sums[key]:,}" for key in keys), end="; ")
    print(f"calls migrated {sum(map(migrated_calls, outcomes)):,}")
    for text in problems:
        print(f"FAILED {text}")
    failed = len(problems) + sum(len(result.problems) for result in outcomes)
    print(f"{failed} failures" if failed else "every check passed")
