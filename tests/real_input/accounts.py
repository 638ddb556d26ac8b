"""Counts of the factory's name, made without the tool."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .report import Report, Site, Text


def words(text: str, name: str) -> int:
    """How often ``name`` stands in ``text`` as a whole word."""
    return len(re.findall(rf"(?<!\w){name}(?!\w)", text)) if name in text else 0


def bears_name(site: Site, text: Text, name: str) -> bool:
    """Whether the factory's own name stands at a site, rather than an alias."""
    source = text.cut(text.span_of(site))
    if site.kind not in ("call", "reference"):
        return words(source, name) > 0
    node = ast.parse(f"({source}\n)", mode="eval").body
    target = node.func if site.kind == "call" and isinstance(node, ast.Call) else node
    return name in (getattr(target, "id", None), getattr(target, "attr", None))


def open_accounts(report: Report, texts: Mapping[str, Text], name: str, scanned: int) -> list[str]:
    """Where the report's counts do not add up, or differ from a search in ``texts``, the readable files.

    ``scanned`` is how many Python files the tree has.
    """
    summary, broken = report.summary, {str(error["path"]) for error in report.errors}
    found = {path: words(text.text, name) for path, text in texts.items() if path not in broken}
    own = sum(bears_name(site, texts[site.path], name) for site in report.sites)
    verdicts = Counter(site.verdict for site in report.sites)
    parts = own + sum(summary[key] for key in ("imports", "definitions", "lookalikes", "mentions"))
    expected = {
        "files_scanned": scanned,
        "files_matched": sum(words(text.text, name) > 0 for text in texts.values()),
        "occurrences": sum(found.values()),
        "errors": len(report.errors),
        "noted": sum(bool(site.notes) for site in report.sites if site.verdict == "migrated"),
        **{verdict: verdicts[verdict] for verdict in ("migrated", "blocked", "ignored")},
    }
    wrong = (key for key in expected if summary[key] != expected[key])
    problems = [f"{key} is {summary[key]}, counted {expected[key]}" for key in wrong]
    if parts != summary["occurrences"]:
        problems.append(f"{parts} parts, {own} of them sites, of {summary['occurrences']} occurrences")
    return problems


def lookalikes(text: str, name: str) -> Counter[str]:
    """How often something else than a plain name bears ``name``: attributes, parameters, definitions."""
    found: Counter[str] = Counter()
    for node in ast.walk(ast.parse(text)):
        for field in ("attr", "arg", "name"):
            if not isinstance(node, ast.alias) and getattr(node, field, None) == name:
                found[type(node).__name__] += 1
    return found


def lost_lookalikes(
    old: Text, new: Text, sites: Iterable[Site], dropped: Iterable[str], name: str
) -> list[str]:
    """The kinds of lookalikes of which the new file has not as many as the old one should have left."""
    expected = lookalikes(old.text, name)
    for site in sites:
        if site.verdict == "migrated" and site.kind == "call" and bears_name(site, old, name):
            call = ast.parse(f"({old.cut(old.span_of(site))}\n)", mode="eval").body
            expected["Attribute"] -= isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    for argument in dropped:
        expected -= lookalikes(f"f({argument}\n)", name)
    found = lookalikes(new.text, name)
    return [] if +expected == found else [f"1: of {dict(expected)} lookalikes {dict(found)} are left"]
