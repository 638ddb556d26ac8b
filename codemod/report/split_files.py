"""The files of a split rewrite: the patches, a text in Markdown beside each, and an index."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from codemod.report import counted
from codemod.report.diff import unified_diff
from codemod.report.gfm import code, fenced, prose, table
from codemod.report.markdown import body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codemod.decide.rule import Rule
    from codemod.phases.split.model import Member, Part, Split

INDEX = "README.md"

_LISTED = re.compile(rb"<!-- ctxmigrate split: (.*) -->\n")
_SHOWN = 5
"""The most files that are named as those that need another one."""


def render(split: Split, rules: Sequence[Rule], folder: str) -> dict[str, bytes]:
    """Return the contents of the files by name. ``folder`` is where they will be, seen from the root; ``rules``
    are those whose codes can be in them.
    """
    files = {}
    for part in split.parts:
        files[f"{part.name}.md"] = _text(part, split, rules).encode()
        if part.members:
            files[f"{part.name}.patch"] = unified_diff(part.report.plans, part.report.root)
    listed = " ".join(sorted([*files, INDEX]))
    files[INDEX] = f"<!-- ctxmigrate split: {listed} -->\n{_index(split, folder)}".encode()
    return files


def listed(index: bytes) -> frozenset[str]:
    """Return the names of the files that an index was written with; none for any other text."""
    match = _LISTED.match(index)
    return frozenset(match[1].decode(errors="replace").split(" ")) if match else frozenset()


def number_of_patches(split: Split) -> str:
    """Return how many patches there are, in words."""
    number = sum(bool(part.members) for part in split.parts)
    return f"{number} patch" if number == 1 else f"{number} patches"


def _owner(split: Split) -> str:
    """Return what an owner is called."""
    return "owner" if split.place else "folder"


def _owners(owners: Iterable[str]) -> str:
    return ", ".join(map(code, owners)) or "no owner"


def _text(part: Part, split: Split, rules: Iterable[Rule]) -> str:
    paragraphs = [
        f"# {prose(part.name)}",
        f"{_owner(split).capitalize()}: {_owners(part.owners)}.",
        _standing(part),
        *([_members(part)] if part.members else []),
        *body(part.report, rules),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _standing(part: Part) -> str:
    """Say what the patch holds, and when it may be applied."""
    if not part.members:
        return "There is no patch: nothing is migrated in these files. What keeps them from it is below."
    patch = f"{code(f'{part.name}.patch')} changes {counted(len(part.members), 'file')}"
    if part.is_first:
        return f"{patch} that other patches need. Apply it first."
    if part.needs_first:
        return f"{patch}. The program works with it once the first patch is applied too."
    return f"{patch}. It needs no other patch."


def _members(part: Part) -> str:
    return "\n".join(f"- {code(member.path)}{_remark(member, part)}" for member in part.members)


def _remark(member: Member, part: Part) -> str:
    """Say why a file is in this patch, where that is not for its owner alone."""
    if part.is_first:
        named = [code(path) for path in member.needed_by[:_SHOWN]]
        more = len(member.needed_by) - len(named)
        needed = f": needed by {', '.join(named)}{f' and {more} more' if more else ''}" if named else ""
        return f" ({_owners(member.owners)}){needed}"
    if member.owners != part.owners:
        return f" ({_owners(member.owners)}): it mocks what this patch migrates"
    return ""


def _index(split: Split, folder: str) -> str:
    head = ("part", _owner(split), "files:", "migrated:", "to review:", "blocked:", "patch")
    paragraphs = [
        f"# The migration, in {number_of_patches(split)}",
        _summary(split),
        table(head, map(_row, split.parts)),
        *_order(split, folder),
        *_first(split),
        *_skipped(split),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _summary(split: Split) -> str:
    summary, config = split.report.summary, split.report.config
    files, errors = counted(summary.files_changed, "file"), counted(summary.errors, "file")
    sites = f"{counted(summary.migrated, 'site')} migrated in {files}, {summary.noted} of them to review"
    division = f"owner, as in {code(split.place)}" if split.place else "folder"
    return (
        f"{code(config.factory)} becomes {code(config.getter)}: {sites}; {summary.blocked} blocked"
        f"{f'; {errors} could not be handled' if summary.errors else ''}. Divided by {division}."
    )


def _row(part: Part) -> tuple[str, ...]:
    summary = part.report.summary
    numbers = (summary.files_changed, summary.migrated, summary.noted, summary.blocked)
    when = "first" if part.is_first else "after the first" if part.needs_first else "any time"
    return (
        f"[{code(part.name)}]({part.name}.md)",
        _owners(part.owners),
        *(f"{number:,}" for number in numbers),
        when if part.members else "none",
    )


def _order(split: Split, folder: str) -> Iterator[str]:
    commands = [
        f"git apply {shlex.quote(f'{folder}/{part.name}.patch')}" for part in split.parts if part.members
    ]
    if commands:
        yield (
            "No file is in two patches: applied in any order they give the same tree as one run of "
            "`ctxmigrate rewrite`. Each text says what its owner has to review, and what is blocked and why. "
            "In the root of the project:"
        )
        yield fenced(commands, "sh")


def _first(split: Split) -> Iterator[str]:
    """Say what is in the first patch, and why it is no smaller."""
    first, total = split.parts[0], split.report.summary.files_changed
    if first.is_first:
        yield f"## Why {prose(first.name)} comes first"
        yield (
            f"It has {len(first.members)} of {counted(total, 'changed file')}: imports and re-exports that "
            "several patches need, and files that only work together, such as a test that mocks the calls of "
            "several modules. With it applied, each of the others can be applied or left out, and the program "
            "still works."
        )
        if 2 * len(first.members) > total:
            yield f"**Most files hang together whatever their {_owner(split)}, so that little can be split.**"
        yield _members(first)


def _skipped(split: Split) -> Iterator[str]:
    if split.skipped:
        yield f"## Lines of {code(split.place)} that say nothing"
        yield "\n".join(f"- line {each.line}: {prose(each.message)}" for each in split.skipped)
