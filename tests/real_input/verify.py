"""All checks on one project, and what its runs cost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import accounts, fetch, spelling, tool
from .compare import Comparison, Names
from .plain import plain_calls
from .report import Change, Report, Site, Text, load
from .scopes import Tree, lost_names, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .projects import Project

Files = dict[str, bytes]
Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one project: ``problems`` pairs a check with what failed it.

    ``plain`` counts the calls that are sites beyond doubt, by how the factory is imported.
    """

    project: Project
    report: Report
    problems: list[Problem]
    figures: dict[str, str]
    files: int
    plain: Counter[str]
    old: dict[str, Text]
    new: dict[str, Text]


@dataclass(frozen=True, slots=True)
class Trees:
    """One tree three times: as it is, for the run that writes, and for the patch of the dry run."""

    folder: Path
    before: Path
    after: Path
    patched: Path


def check(project: Project, source: Path, folder: Path) -> Outcome:
    """Run the tool in ``folder`` over ``project``, which is at ``source``, and check all that it did."""
    warnings.simplefilter("ignore")
    before = fetch.unpack(source, folder / "before")
    parameters = fetch.prepare(project, before)
    names = Names(project.factory, project.getter, project.drop, parameters)
    copies = (shutil.copytree(before, folder / name / before.name) for name in ("after", "patched"))
    trees = Trees(folder, before, *copies)
    untouched = snapshot(before)
    dry = tool.run(
        *("rewrite", "--dry-run", "--jobs=1", "--report=dry.json", str(before)),
        folder=folder,
        spy=folder / "spy",
    )
    real = tool.run("rewrite", "--format=json", str(trees.after), folder=folder)
    report = reported(real)
    old, new = texts(untouched), texts(snapshot(trees.after))
    parsed = tool.parsed(folder / "spy", {path: text.text for path, text in old.items()})
    plain, missed = plain_sites(project, report, old)
    problems = [
        *run_problems(trees, untouched, dry, real, report),
        *second_run_problems(trees, report),
        *change_problems(report, old, new, differing(untouched, snapshot(trees.after)), names),
        *whole_problems(report, old, new, names, len(python(untouched))),
        *missed,
        *parsing_problems(parsed, old, names),
    ]
    figures = {
        "python files": f"{len(python(untouched)):,}, {megabytes(python(untouched)):.1f} MB",
        "with the name": f"{report.summary['files_matched']:,}; parsed {len(parsed):,}",
        "changed": f"{report.summary['files_changed']:,}",
        "seconds": f"{real.seconds:.1f}; dry run in one process {dry.seconds:.1f}",
        "peak memory": f"{real.megabytes:.0f} MB in the largest process",
    }
    return Outcome(project, report, problems, figures, len(python(untouched)), plain, old, new)


def reported(run: tool.Run) -> Report:
    """The report that a run printed. Raises SystemExit where it printed none."""
    if not run.stdout:
        sys.exit(f"real_input: the tool ended with {run.status} and without a report\n{run.stderr}")
    return load(run.stdout)


def snapshot(root: Path) -> Files:
    """The bytes of every file under ``root``, by path."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def python(files: Files) -> Files:
    """The Python files of ``files``."""
    return {path: data for path, data in files.items() if path.endswith((".py", ".pyi"))}


def megabytes(files: Files) -> float:
    """How large ``files`` are together."""
    return sum(map(len, files.values())) / 1e6


def texts(files: Files) -> dict[str, Text]:
    """The Python files that can be decoded."""
    found = ((path, decoded(data)) for path, data in python(files).items())
    return {path: text for path, text in found if text}


def decoded(data: bytes) -> Text | None:
    """A file's text, if it can be decoded."""
    try:
        return Text(data)
    except (SyntaxError, UnicodeDecodeError):
        return None


def differing(first: Files, second: Files) -> list[str]:
    """The paths at which two trees differ."""
    return sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))


def run_problems(
    trees: Trees, untouched: Files, dry: tool.Run, real: tool.Run, report: Report
) -> Iterator[Problem]:
    """Where the dry run wrote or foretold something else than the run did, or its patch does not apply."""
    status = 2 if report.errors else int(report.summary["blocked"] > 0)
    yield from (("exit status", f"{run.status}, not {status}") for run in (dry, real) if run.status != status)
    yield from (("dry run", f"{path} was written") for path in differing(untouched, snapshot(trees.before)))
    if load((trees.folder / "dry.json").read_bytes()) != report:
        yield "dry run", "its report is not the run's"
    if dry.stdout:
        alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(trees.patched.parent)}
        command = ("git", "apply", "--whitespace=nowarn", "-")
        apply = subprocess.run(
            command, cwd=trees.patched, input=dry.stdout, env=alone, capture_output=True, check=False
        )
        yield from [("git apply", apply.stderr.decode(errors="replace"))] * (apply.returncode != 0)
    unlike = differing(snapshot(trees.after), snapshot(trees.patched))
    yield from (("git apply", f"{path} is not as the run made it") for path in unlike)


def second_run_problems(trees: Trees, report: Report) -> Iterator[Problem]:
    """Where a run right after the first changes something, or decides otherwise."""
    files, first = snapshot(trees.after), report.summary
    again = reported(tool.run("rewrite", "--format=json", str(trees.after), folder=trees.folder))
    yield from (("second run", f"{path} changed again") for path in differing(files, snapshot(trees.after)))
    expected = {"files_changed": 0, "migrated": 0, "blocked": first["blocked"], "ignored": first["ignored"]}
    for key, value in expected.items():
        if again.summary[key] != value:
            yield "second run", f"{key} is {again.summary[key]}, not {value}"


def change_problems(
    report: Report, old: dict[str, Text], new: dict[str, Text], changed: list[str], names: Names
) -> Iterator[Problem]:
    """Where a file changed otherwise than the report says."""
    sites, changes = defaultdict[str, list[Site]](list), defaultdict[str, list[Change]](list)
    for site in report.sites:
        sites[site.path].append(site)
    for change in report.changes:
        changes[change.path].append(change)
    if len(changed) != report.summary["files_changed"]:
        yield "changes", f"{len(changed)} files changed, not {report.summary['files_changed']}"
    for path in sorted({*changed, *sites, *changes}):
        if path not in old or path not in new:
            yield "changes", f"{path} is no Python file that can be read, before or after the run"
            continue
        for kind, text in file_problems(old[path], new[path], sites[path], changes[path], names):
            yield kind, f"{path}:{text}"


def file_problems(
    old: Text, new: Text, sites: list[Site], changes: list[Change], names: Names
) -> Iterator[Problem]:
    """Where one file changed otherwise than the report says; each text begins with a line."""
    try:
        comparison = Comparison(old, new, sites, changes, names)
    except SyntaxError as error:
        yield "parsing", f"{error.lineno}: {error.msg}"
        return
    dropped = [old.cut(edit.dropped) for edit in comparison.edits if edit.dropped]
    found = {
        "compiling": [] if compile_problems(old.text) else compile_problems(new.text),
        "meaning": comparison.problems,
        "spelling": spelling.problems(old, new, comparison.edits, names),
        "names": lost_names(old.text, new.text, names),
        "lookalikes": accounts.lost_lookalikes(old, new, sites, dropped, names.factory),
    }
    yield from ((kind, text) for kind, problems in found.items() for text in problems)


def compile_problems(text: str) -> list[str]:
    """What keeps ``text``, which parses, from being compiled."""
    try:
        compile(text, "module", "exec", dont_inherit=True)
    except (SyntaxError, RecursionError) as error:
        return [f"{getattr(error, 'lineno', 1)}: {error}"]
    return []


def whole_problems(
    report: Report, old: dict[str, Text], new: dict[str, Text], names: Names, scanned: int
) -> Iterator[Problem]:
    """Where the counts do not add up, or an import of one file from another broke."""
    yield from (("accounts", text) for text in accounts.open_accounts(report, old, names.factory, scanned))
    before, after = ({path: text.text for path, text in files.items()} for files in (old, new))
    yield from (("imports", text) for text in Tree(before, after).broken_imports(names))


def plain_sites(project: Project, report: Report, old: dict[str, Text]) -> tuple[Counter[str], list[Problem]]:
    """The calls that are sites beyond doubt, counted, and those of them that the report does not have."""
    reported = {(site.path, old[site.path].span_of(site)) for site in report.sites if site.kind == "call"}
    counts: Counter[str] = Counter()
    missed = []
    for path, text in old.items():
        for span in (
            plain_calls(path, text, parse(text.text), project) if project.factory in text.text else ()
        ):
            dotted = "." in text.cut(span).partition("(")[0]
            counts["module attribute" if dotted else "from-import"] += 1
            if (path, span) not in reported:
                missed.append(("missed", f"{path}:{text.line_of(span[0])}: {text.cut(span)}"))
    return counts, missed


def parsing_problems(parsed: set[str], old: dict[str, Text], names: Names) -> Iterator[Problem]:
    """Where files were parsed that do not matter: of those without the name, more than half."""
    other = [path for path, text in old.items() if names.factory not in text.text]
    needless = sum(path in parsed for path in other)
    if not parsed:
        yield "parsing limited", "no file was seen to be parsed"
    if needless * 2 > len(other):
        yield "parsing limited", f"{needless} of {len(other)} files without the name were parsed"
