"""Whose a file is: by a ``CODEOWNERS`` file as GitHub and GitLab read it, or by its folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from codemod.errors import UsageError
from codemod.model import Remark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from codemod.phases.split.model import Owners

_PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_WORD = re.compile(r"(?:\\.|\S)+")
_SECTION = re.compile(r"\^?\[([^\]]+)\](?:\[\d+\])?(?:\s+(.*))?")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of a ``CODEOWNERS``: what it matches, and who owns that."""

    spec: GitIgnoreSpec
    takes_folders: bool
    owners: Owners

    def matches(self, path: str) -> bool:
        """Whether the line is about a file."""
        return self.spec.match_file(path if self.takes_folders else _ended(path))


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """A ``CODEOWNERS`` file. Its ``place`` and its lines that were ``skipped`` are told relative to the root of
    the run, which is the folder ``prefix`` of the repository.
    """

    place: str
    prefix: str
    sections: tuple[tuple[Rule, ...], ...]
    skipped: tuple[Remark, ...]

    def __call__(self, path: str) -> Owners:
        """The owners of a file, sorted: those of the last line that matches it, in each section."""
        found: set[str] = set()
        for rules in self.sections:
            last = next((rule for rule in reversed(rules) if rule.matches(self.prefix + path)), None)
            found.update(last.owners if last else ())
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of files, as deep as ``depth``."""

    depth: int = 1
    place: str = ""
    skipped: tuple[Remark, ...] = ()

    def __call__(self, path: str) -> Owners:
        """The folder that a file is in."""
        folders = path.split("/")[:-1][: self.depth]
        return ("/".join(folders) + "/" if folders else "(root)",)


def read_code_owners(root: Path) -> CodeOwners:
    """Read the ``CODEOWNERS`` of the repository that ``root`` is in, or of ``root`` itself outside of one.

    Raises UsageError where there is none, or it cannot be read.
    """
    top = next((folder for folder in (root, *root.parents) if os.path.lexists(folder / ".git")), root)
    file = next((top / place for place in _PLACES if (top / place).is_file()), None)
    if file is None:
        raise UsageError(
            f"there is no CODEOWNERS in {str(top)!r} ({', '.join(_PLACES)}): write one, or use `--by folder`"
        )
    try:
        text = os.fsdecode(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise UsageError(f"{str(file)!r} cannot be read: {error.strerror}") from None
    place = os.path.relpath(file, root)
    sections, skipped = _parsed(text.split("\n"), place)
    prefix = "" if top == root else f"{root.relative_to(top).as_posix()}/"
    return CodeOwners(place, prefix, tuple(map(tuple, sections)), tuple(skipped))


def _parsed(lines: Iterable[str], place: str) -> tuple[Iterable[list[Rule]], list[Remark]]:
    """The rules of each section, and the lines that are none."""
    sections: dict[str, list[Rule]] = {"": []}
    skipped: list[Remark] = []
    name = ""
    inherited: Owners = ()
    for number, line in enumerate(map(str.strip, lines), 1):
        header = _SECTION.fullmatch(line)
        if header:
            name, inherited = header[1].casefold(), _owners((header[2] or "").split())
        elif line and not line.startswith("#"):
            rule = _rule(line, inherited)
            if isinstance(rule, Rule):
                sections.setdefault(name, []).append(rule)
            else:
                skipped.append(Remark(place, number, f"skipped, since {rule}"))
    return sections.values(), skipped


def _rule(line: str, inherited: Owners) -> Rule | str:
    """What a line says, or what is wrong with it; a line without owners has those of its section."""
    pattern, *words = _WORD.findall(line)
    if pattern.startswith("!"):
        return f"`{pattern}` starts with `!`, which a CODEOWNERS does not know"
    owners = _owners(words)
    wrong = next((owner for owner in owners if "@" not in owner), None)
    if wrong:
        return f"`{wrong}` is neither `@user`, `@organisation/team` nor an e-mail address"
    takes_folders = not pattern.endswith("/*")
    literal = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", pattern)
    try:
        spec = GitIgnoreSpec.from_lines([literal if takes_folders else _ended(literal)])
    except (ValueError, re.error):
        return f"`{pattern}` is no pattern"
    return Rule(spec, takes_folders, owners or inherited)


def _owners(words: Sequence[str]) -> Owners:
    """The words before a comment."""
    end = next((number for number, word in enumerate(words) if word.startswith("#")), len(words))
    return tuple(words[:end])


def _ended(path: str) -> str:
    """Mark the end of a path or pattern with a NUL, which no path holds, so that no folder matches."""
    return path + "\0"
