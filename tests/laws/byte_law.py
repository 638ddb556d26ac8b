"""The byte law: what a run does not mean to change stays byte for byte, however the run is asked for."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tokenize
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.cli.formats import FORMATS, SUFFIXES
from codemod.report import text
from codemod.report.diff import unified_diff
from codemod.run import Planning, apply
from codemod.workers import Workers

from .behaviour import read_files, settled, write_files
from .layouts import CONFIGURATION, DEFINITIONS, some_layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from codemod import Report
    from codemod.model import Site

    from .choices import Choices
    from .layouts import Layout, Unit

APPLIERS = (("git", "apply"), ("patch", "-p1", "--silent"))
SPACING = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


class Tree:
    """Some generated modules, and what has to come of them in one run.

    ``processes`` do what can be spread where they are asked.
    """

    def __init__(self, folder: Path, choices: Choices, processes: Executor) -> None:
        self.layouts = {f"m{n}.py": some_layout(choices) for n in range(choices.up_to(3, 1))}
        self._folder = folder
        self._choices = choices
        self._processes = processes
        self._files = {path: layout.source for path, layout in self.layouts.items()}
        self._files |= {"deps.py": DEFINITIONS, "pyproject.toml": CONFIGURATION}

    def problems(self) -> Iterator[str]:
        """Where the law does not hold."""
        root = self._written("one")
        report = apply(self._planned(root))
        after = read_files(root, self._files)
        yield from (f"{error.path}: {error.code} {error.message}" for error in report.errors)
        blocked = Counter(site.path for site in report.sites if site.verdict == "blocked")
        for path, layout in self.layouts.items():
            if blocked[path] != layout.blocked:
                yield f"{path}: {blocked[path]} calls are blocked, not {layout.blocked}"
            yield from (f"{path}: {each}" for each in changes_beside(layout, after[path]))
        if self._planned(root).plans:
            yield "a second run changes something"
        dry = self._written("dry")
        yield from self._other_orders(dry)
        yield from self._applied(dry, after)
        yield from self._batches(report.sites, after)

    def _written(self, name: str) -> Path:
        write_files(self._folder / name, self._files)
        return self._folder / name

    def _planned(self, root: Path, paths: Sequence[str] = (".",), executor: Executor | None = None) -> Report:
        with Workers(1, executor) as workers:
            return Planning(root, settled(root), [root / path for path in paths], workers).plan()

    def _other_orders(self, root: Path) -> Iterator[str]:
        """The order of the files, and who does the work, make no difference in any format."""
        paths = [*self.layouts, "deps.py"]
        wanted = outputs(self._planned(root, paths))
        ways = {
            "in another order": self._planned(root, self._choices.shuffled(paths)),
            "by other processes": self._planned(root, paths, self._processes),
        }
        for way, report in ways.items():
            found = outputs(report)
            yield from (f"{each} is another {way}" for each in wanted if found[each] != wanted[each])

    def _applied(self, root: Path, after: Mapping[str, bytes]) -> Iterator[str]:
        """The diff of a dry run comes to the same as a run, however it is applied."""
        diff = unified_diff(self._planned(root).plans, str(root))
        for command in APPLIERS:
            target = self._written(command[0])
            alone = {"GIT_CEILING_DIRECTORIES": str(self._folder), "GIT_CONFIG_GLOBAL": os.devnull}
            done = subprocess.run(
                command, input=diff, cwd=target, env={**os.environ, **alone}, capture_output=True, check=False
            )
            if done.returncode:
                yield f"{command[0]} refuses the diff: {(done.stdout + done.stderr).decode(errors='replace')}"
            elif read_files(target, self._files) != after:
                yield f"{command[0]} makes something else of the diff than the run does"

    def _batches(self, sites: Sequence[Site], after: Mapping[str, bytes]) -> Iterator[str]:
        """One run a file, in any order, comes to the same as one run."""
        root = self._written("batches")
        for path in self._choices.shuffled(list(self.layouts)):
            batch = apply(self._planned(root, [path]))
            if list(batch.sites) != [site for site in sites if site.path == path]:
                yield f"a run over {path} alone finds other sites"
        if read_files(root, self._files) != after:
            yield "runs over single files come to something else"


def outputs(report: Report) -> dict[str, str | bytes]:
    """A report in every format, and its diff."""
    report = replace(report, seconds=0.0, stages=())
    renderers = {**FORMATS, ".html": SUFFIXES[".html"]}
    rendered: dict[str, str | bytes] = {name: render(report) for name, render in renderers.items()}
    rendered["text"] = text.render(report, names={}, advice={}, verbose=True)
    rendered["diff"] = unified_diff(report.plans, report.root)
    return rendered


def changes_beside(layout: Layout, after: bytes) -> Iterator[str]:
    """Where a module became something else than its units say."""
    pieces = _between(layout.stays, after, layout.encoding)
    if pieces is None:
        yield f"something beside the units changed: {after!r}"
        return
    for unit, now in zip(layout.units, pieces, strict=True):
        if _tokens(now) != _tokens(unit.after):
            yield f"{unit.before!r} became {now!r}"
        elif "begin" not in now and not _is_left_of(now, unit.before.replace("begin", "session", 1)):
            yield f"{unit.before!r} did not only lose something: {now!r}"
        elif not _keeps_comments(unit, now):
            yield f"{unit.before!r} lost a comment that stands beside its argument: {now!r}"


def _between(stays: Sequence[bytes], after: bytes, encoding: str) -> list[str] | None:
    """What stands between the parts that stay, each as short as it can be read; None where a part is missing."""
    first, *others = stays
    if not after.startswith(first):
        return None
    at = len(first)
    pieces = []
    for number, part in enumerate(others, 1):
        end = len(after) - len(part) if number == len(others) else after.find(part, at)
        while end >= 0 and not _is_readable(after[at:end].decode(encoding)):
            end = after.find(part, end + 1)
        if end < at or not after.startswith(part, end):
            return None
        pieces.append(after[at:end].decode(encoding))
        at = end + len(part)
    return pieces


def _is_readable(source: str) -> bool:
    try:
        _tokens(source)
    except (tokenize.TokenError, SyntaxError):
        return False
    return True


def _tokens(source: str) -> list[str]:
    lines = io.StringIO(re.sub(r"\r\n?", "\n", source), newline="\n")
    return [each.string for each in tokenize.generate_tokens(lines.readline) if each.type not in SPACING]


def _is_left_of(rest: str, whole: str) -> bool:
    """Whether a text is another one less some of its characters."""
    characters = iter(whole)
    return all(character in characters for character in rest)


def _keeps_comments(unit: Unit, now: str) -> bool:
    written, left = (re.findall(r"# c\d+\.", source) for source in (unit.before, now))
    kept = [comment for comment in written if comment not in unit.optional]
    return [comment for comment in left if comment not in unit.optional] == kept
