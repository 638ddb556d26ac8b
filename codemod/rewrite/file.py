"""Rewrites one file: each edit on its own smallest unit of syntax, spliced into the text, and proved."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import libcst as cst

from codemod.edits import RewrittenFile
from codemod.model import FileError
from codemod.read import decode, parse
from codemod.resolve.places import ModuleIndex
from codemod.rewrite.calls import rewrite_call
from codemod.rewrite.entries import add_entry, remove_entries
from codemod.rewrite.imports import rewrite_import
from codemod.rewrite.part import Part, part_of
from codemod.rewrite.proof import is_proved
from codemod.rewrite.removals import remove_statements
from codemod.rewrite.statements import Splice, add_statement, spliced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.edits import AllEdit, CallEdit, FileEdits, NameEdit
    from codemod.source import Source


def rewrite_file(source: Source, edits: FileEdits, cuts: Sequence[int] = ()) -> RewrittenFile | FileError:
    """Rewrite one file; CTX906 where the result is not what was planned.

    Only the part between two of the ``cuts``, offsets between top-level statements, is looked at.
    """
    part = part_of(source, edits, cuts)
    tree = parse(part.source)
    if isinstance(tree, FileError):
        return rewrite_file(source, edits) if cuts else tree
    index = ModuleIndex(part.source, tree)
    expressions = _Expressions(part.source.text, part.edits.calls, part.edits.names)
    try:
        splices = [
            *expressions.splices(),
            *_import_splices(index, part.edits),
            *_all_splices(part.source, part.edits.alls),
        ]
        texts = part.spliced(splices)
        text = part.put_back(texts)
        raw = source.encode(text)
    except (cst.ParserSyntaxError, ValueError, RecursionError) as error:
        return _failed(source.path, f"a part of it cannot be rewritten: {error}")
    if raw != source.raw and (reason := _problem(index, part, "".join(texts), raw, text)):
        return _failed(source.path, reason)
    spans = {part.in_whole(*span): new for span, new in expressions.texts.items()}
    return RewrittenFile(raw, spans)


def _problem(index: ModuleIndex, part: Part, rewritten: str, raw: bytes, text: str) -> str:
    """Why a rewritten part, or the whole file with it, is not what was planned; empty where it is."""
    decoded = decode(part.whole.path, raw)
    source = replace(part.source, text=rewritten)
    tree = parse(source)
    if isinstance(tree, FileError) or isinstance(decoded, FileError) or decoded.text != text:
        return "the rewritten file does not parse"
    is_same = is_proved(index, tree, source, part.edits)
    return "" if is_same else "the rewritten file differs in more than was planned"


def _failed(path: str, reason: str) -> FileError:
    return FileError(path, 1, "CTX906", f"{reason}; it was left as it was")


class _Expressions:
    """Rewrites the calls and names of one text; those inside the arguments of other calls first."""

    def __init__(self, text: str, calls: tuple[CallEdit, ...], names: tuple[NameEdit, ...]) -> None:
        self.text = text
        self.texts: dict[tuple[int, int], str] = {(edit.start, edit.end): edit.name for edit in names}
        spans = [*self.texts, *((edit.start, edit.end) for edit in calls)]
        self._spans = sorted(spans, key=lambda span: (span[0], -span[1]))
        for edit in sorted(calls, key=lambda edit: (-edit.start, edit.end)):
            self.texts[edit.start, edit.end] = self._rewritten(edit)

    def splices(self) -> list[Splice]:
        """A splice for each outermost call or name."""
        return self._outermost(0, len(self.text))

    def _outermost(self, start: int, end: int) -> list[Splice]:
        splices: list[Splice] = []
        at = start
        for number in range(bisect_left(self._spans, (start, 0)), len(self._spans)):
            span = self._spans[number]
            if span[0] >= end:
                break
            if at <= span[0]:
                splices.append(Splice(*span, self.texts[span]))
                at = span[1]
        return splices

    def _rewritten(self, edit: CallEdit) -> str:
        texts = [
            "" if number in edit.dropped else self._value(*span) for number, span in enumerate(edit.values)
        ]
        values = [(start - edit.start, end - edit.start) for start, end in edit.values]
        return rewrite_call(
            self.text[edit.start : edit.end], values, texts, edit.name, edit.dropped, bare=edit.bare
        )

    def _value(self, start: int, end: int) -> str:
        inner = [Splice(s.start - start, s.end - start, s.text) for s in self._outermost(start, end)]
        return spliced(self.text[start:end], inner)


def _import_splices(index: ModuleIndex, edits: FileEdits) -> list[Splice]:
    """The splices of the imports and of the statements that go, as both may empty the same block."""
    source = index.source
    splices = []
    emptied: list[tuple[int, int]] = []
    for (start, end), group in groupby(edits.imports, key=lambda edit: (edit.start, edit.end)):
        of_statement = list(group)
        statements = [edit.statement for edit in of_statement if edit.statement]
        names = [edit for edit in of_statement if edit.remove or edit.rename or edit.add]
        rewritten = rewrite_import(source.text[start:end], names) if names else source.text[start:end]
        if rewritten is None and not statements:
            emptied.append((start, end))
            continue
        if rewritten is None:
            rewritten = statements.pop(0)
        splices.append(Splice(start, end, rewritten))
        splices += [add_statement(source, start, end, statement) for statement in statements]
    gone = [(edit.start, edit.end) for edit in edits.removals]
    return [*splices, *remove_statements(index, gone, emptied)]


def _all_splices(source: Source, edits: tuple[AllEdit, ...]) -> Iterator[Splice]:
    for outer, group in groupby(edits, key=lambda edit: (edit.outer_start, edit.outer_end)):
        of_list = list(group)
        removed = [edit.number for edit in of_list if not edit.name]
        if removed:
            yield Splice(*outer, remove_entries(source.text[slice(*outer)], removed))
        else:
            yield from (_added_splice(source, edit) for edit in of_list)


def _added_splice(source: Source, edit: AllEdit) -> Splice:
    quoted = _requoted(source.text[edit.start : edit.end], edit.name)
    if edit.number < 0:
        head, tail = source.text[edit.outer_start : edit.start], source.text[edit.end : edit.outer_end]
        return add_statement(source, edit.outer_start, edit.outer_end, head + quoted + tail)
    outer = source.text[edit.outer_start : edit.outer_end]
    return Splice(edit.outer_start, edit.outer_end, add_entry(outer, edit.number, quoted))


def _requoted(literal: str, name: str) -> str:
    """``name`` in the quotes of another string literal."""
    quote = re.match(r"[a-zA-Z]*(\"\"\"|'''|\"|')", literal)
    assert quote is not None, "an entry of __all__ is a string literal"
    return f"{quote[1]}{name}{quote[1]}"
