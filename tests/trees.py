"""The before/after trees in ``fixtures/trees``: what each expects, and how a run is compared with it."""

from __future__ import annotations

import ast
import difflib
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TREES = Path(__file__).parent.parent / "fixtures" / "trees"
DEFAULT_FACTORY = "create_user_execution_context"
EMPTY_CONFIGURATION = "[tool.ctxmigrate]\n"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """The contents of an ``expect.txt``.

    ``lines`` are the sites and file errors; ``changes`` the other changes, where a tree lists them;
    ``outside`` the files that the run neither reports nor writes.
    """

    args: tuple[str, ...]
    outside: frozenset[str]
    lines: tuple[str, ...]
    changes: tuple[str, ...]
    counts: Mapping[str, int]
    exit: int


def parse_expectation(text: str) -> Expectation:
    """Read an ``expect.txt``: comments, settings (``args:`` and so on), else a line a site or error."""
    settings: dict[str, list[str]] = {"args": [], "outside": [], "counts": [], "exit": []}
    lines = []
    for line in text.splitlines():
        key, colon, value = line.partition(": ")
        if colon and key in settings:
            settings[key] += shlex.split(value)
        elif line and not line.startswith("#"):
            lines.append(line)
    counts = {name: int(number) for name, number in (item.split("=") for item in settings["counts"])}
    return Expectation(
        args=tuple(settings["args"]),
        outside=frozenset(settings["outside"]),
        lines=tuple(line for line in lines if not line.startswith("change ")),
        changes=tuple(line for line in lines if line.startswith("change ")),
        counts=counts,
        exit=int((settings["exit"] or ["0"])[0]),
    )


def read_files(folder: Path) -> dict[str, bytes]:
    """The bytes of every file under a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def describe(report: Record) -> list[str]:
    """A JSON report's sites and errors as lines of an ``expect.txt``."""
    sites = [
        " ".join(
            [
                f"{site['path']}:{site['line']}:{site['column']}",
                site["kind"],
                site["verdict"],
                *sorted(site["codes"]),
                *(f"+{code}" for code in sorted(site["notes"])),
            ]
        )
        for site in report["sites"]
    ]
    return sites + [f"error {error['path']}:{error['line']} {error['code']}" for error in report["errors"]]


def describe_changes(report: Record) -> list[str]:
    """A JSON report's changes beside the sites as lines of an ``expect.txt``."""
    return [f"change {change['path']}:{change['line']} {change['kind']}" for change in report["changes"]]


def difference(expected: Iterable[str], got: Iterable[str], name: str) -> str:
    """A readable diff of two lists of lines; empty where they are equal."""
    return "\n".join(
        difflib.unified_diff(
            list(expected), list(got), f"{name} (expected)", f"{name} (got)", lineterm="", n=1
        )
    )


def compare_files(expected: Mapping[str, bytes], got: Mapping[str, bytes]) -> str:
    """A readable diff of two trees of files; empty where they are the same, byte for byte."""
    parts = []
    for name in sorted(expected.keys() | got.keys()):
        old, new = expected.get(name, b""), got.get(name, b"")
        if (name in expected) != (name in got):
            parts.append(f"{name}: expected {name in expected}, found {name in got}")
        elif old != new:
            was, now = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
            parts.append(difference(was, now, name) or f"{name}: {old!r} expected, {new!r} found")
    return "\n".join(parts)


def factory_name(files: Mapping[str, bytes]) -> str:
    """The last part of the factory's name in a tree's configuration."""
    settings = tomllib.loads(files["pyproject.toml"].decode()).get("tool", {}).get("ctxmigrate", {})
    return str(settings.get("factory", DEFAULT_FACTORY)).rpartition(".")[2]


def count_words(name: str, text: str) -> int:
    """How often a name stands in a text as a whole word."""
    return len(re.findall(rf"(?<!\w){name}(?!\w)", text))


def count_in_files(name: str, files: Mapping[str, bytes], skipped: Iterable[str]) -> int:
    """How often a plain search finds the name in the Python files that a run reports."""
    skip = set(skipped)
    return sum(
        count_words(name, data.decode())
        for path, data in files.items()
        if path.endswith((".py", ".pyi")) and path not in skip
    )


def site_source(site: Record, files: Mapping[str, bytes]) -> str:
    """The text between a site's positions in the file as it was before the run."""
    lines = files[site["path"]].decode().split("\n")[site["line"] - 1 : site["end_line"]]
    lines[-1] = lines[-1][: site["end_column"] - 1]
    lines[0] = lines[0][site["column"] - 1 :]
    return "\n".join(lines)


def names_at_site(name: str, kind: str, source: str) -> int:
    """How often the name itself is what a site refers by: none for a site through another name."""
    if kind in ("dynamic", "mock", "import"):
        return count_words(name, source)
    node: ast.expr = ast.parse(f"({source})", mode="eval").body
    if kind == "call":
        assert isinstance(node, ast.Call), f"not a call: {source!r}"
        node = node.func
    own = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return int(own == name)


def check_accounts(report: Record, files: Mapping[str, bytes], outside: Iterable[str]) -> str:
    """What does not add up in a report's summary; empty where the accounts close."""
    name, summary, sites = factory_name(files), report["summary"], report["sites"]
    broken = {error["path"] for error in report["errors"]}
    verdicts = Counter(site["verdict"] for site in sites)
    expected = {
        "occurrences": count_in_files(name, files, {*outside, *broken}),
        "migrated": verdicts["migrated"],
        "blocked": verdicts["blocked"],
        "ignored": verdicts["ignored"],
        "noted": sum(site["verdict"] == "migrated" and bool(site["notes"]) for site in sites),
        "errors": len(report["errors"]),
    }
    parts = {key: summary[key] for key in ("imports", "definitions", "lookalikes", "mentions")}
    parts["sites"] = sum(names_at_site(name, site["kind"], site_source(site, files)) for site in sites)
    problems = [
        f"{key}: {summary[key]} reported, {n} counted" for key, n in expected.items() if summary[key] != n
    ]
    if sum(parts.values()) != summary["occurrences"]:
        problems.append(f"{parts} do not add up to {summary['occurrences']} occurrences")
    return "\n".join(problems)


def check_sites(report: Record, files: Mapping[str, bytes]) -> str:
    """Which sites contradict themselves: a source that is not at their position, or an ``after`` too much."""
    problems = []
    for site in report["sites"]:
        place = f"{site['path']}:{site['line']}:{site['column']}"
        if site["before"] != site_source(site, files):
            problems.append(
                f"{place}: {site['before']!r} is not at its position: {site_source(site, files)!r}"
            )
        if (site["after"] is not None) != (site["verdict"] == "migrated"):
            problems.append(f"{place}: {site['verdict']}, but after is {site['after']!r}")
        if site["notes"] and site["verdict"] != "migrated":
            problems.append(f"{place}: {site['verdict']} with notes {site['notes']}")
    return "\n".join(problems)
