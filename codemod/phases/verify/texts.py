"""The check that no other file, such as a document, settings or a notebook, names the factory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.discover import discover_tracked
from codemod.model import Check, FileError, Remark
from codemod.phases.verify.naming import NamingFile, naming_file
from codemod.phases.verify.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from codemod.phases.tree import Tree

_HELP = "Name what is right now. Where this should stay, put `ctxmigrate: ignore` on the line, or exclude the file."


def texts_check(tree: Tree, paths: Sequence[Path]) -> tuple[Check, tuple[FileError, ...]]:
    """Return the lines of the other files under ``paths`` that name the factory, and the files that cannot be read.

    Whether such a line needs the factory cannot be known, so a person has to look at it; not so where the file only
    records what was.
    """
    name = tree.config.factory_name
    listed = discover_tracked(tree.root, paths, tree.config.exclude)
    looked_at = [naming_file(tree.root, path, name) for path in listed]
    files = [each for each in looked_at if isinstance(each, NamingFile)]
    findings = tuple(remark for file in files for remark in _findings(file))
    notes = tuple(remark for file in files for remark in _notes(file))
    end = f"{counted(len(findings), 'line')} to see to" if findings else "nothing to see to"
    message = f"{counted(len(listed), 'other file')} looked at for `{name}`: {end}"
    errors = tuple(each for each in looked_at if isinstance(each, FileError))
    return Check("texts", message, findings, notes), errors


def _findings(file: NamingFile) -> Iterator[Remark]:
    for each in file.mentions:
        if not (file.record or each.ignored):
            yield Remark(file.path, each.line, each.excerpt, _HELP)


def _notes(file: NamingFile) -> Iterator[Remark]:
    if file.record:
        lines = counted(len(file.mentions), "line")
        yield Remark(file.path, file.mentions[0].line, f"{file.record}: {lines} with the name may stay")
        return
    for each in file.mentions:
        if each.ignored:
            yield Remark(file.path, each.line, f"stays, as the line says: {each.excerpt}")
