"""Edits the definitions of one file, gives the module an import that they need, and proves the result.

The proof makes the edits to the old syntax tree by other means than to the text: the new text has to parse to
just that, and to compile if the old one does.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemod.model import FileError, FilePlan
from codemod.read import decode, parse, uncompilable
from codemod.rewrite.definitions import FunctionNode, docstring_of, edit_definition
from codemod.rewrite.new_imports import place
from codemod.rewrite.statements import spliced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.resolve.places import ModuleIndex
    from codemod.rewrite.definitions import DefinitionEdit
    from codemod.rewrite.new_imports import NewImport, Placed
    from codemod.source import Source
    from codemod.style import Style


@dataclass(frozen=True, slots=True)
class DefinitionEdits:
    """What becomes of one file: its definitions, and the import that they need, if any."""

    definitions: tuple[DefinitionEdit, ...]
    new_import: NewImport | None = None


def edit_file(index: ModuleIndex, edits: DefinitionEdits, style: Style) -> FilePlan | FileError:
    """Edit the definitions of one file; CTX906 where the result is not what was planned."""
    source = index.source
    before = min(index.node_start(edit.node) for edit in edits.definitions)
    try:
        placed = place(index, edits.new_import, before, style.newline) if edits.new_import else None
        splices = [splice for edit in edits.definitions for splice in edit_definition(index, edit, style)]
        raw = source.encode(spliced(source.text, [placed.splice, *splices] if placed else splices))
        if not _is_proved(index, raw, edits, placed):
            return _failed(source.path, "the edited file would differ in more than was planned")
        if error := _spoiled(source, raw):
            return _failed(source.path, f"line {error.line} of the edited file would be {error.message}")
    except (cst.ParserSyntaxError, ValueError, RecursionError) as error:
        return _failed(source.path, f"a part of it cannot be edited: {error}")
    return FilePlan(source.path, source.raw, raw)


def _failed(path: str, reason: str) -> FileError:
    return FileError(path, 1, "CTX906", f"{reason}; it was left as it was")


def _is_proved(index: ModuleIndex, raw: bytes, edits: DefinitionEdits, placed: Placed | None) -> bool:
    old, new = (_parsed(index.source.path, each) for each in (index.source.raw, raw))
    if old is None or new is None:
        return False
    numbers = [_functions(index.tree).index(edit.node) for edit in edits.definitions]
    pairs = [(edit, _functions(old)[number]) for edit, number in zip(edits.definitions, numbers, strict=True)]
    for edit, node in pairs:
        _edit(node, edit)
    if edits.new_import and placed:
        _add_import(old, edits.new_import, placed)
    numbers = [_functions(old).index(node) for _, node in pairs]
    if len(_functions(new)) != len(_functions(old)):
        return False
    for (edit, node), number in zip(pairs, numbers, strict=True):
        if edit.sentence and not _takes_docstring(node, _functions(new)[number], edit.sentence):
            return False
    return ast.dump(old) == ast.dump(new)


def _spoiled(source: Source, raw: bytes) -> FileError | None:
    """Why Python cannot compile the new text; None where it can, or could not the old one either."""
    new = decode(source.path, raw)
    if isinstance(new, FileError):
        return new
    error = uncompilable(new)
    return error if error and not uncompilable(source) else None


def _parsed(path: str, raw: bytes) -> ast.Module | None:
    source = decode(path, raw)
    tree = source if isinstance(source, FileError) else parse(source)
    return None if isinstance(tree, FileError) else tree


def _functions(tree: ast.Module) -> list[FunctionNode]:
    return [node for node in ast.walk(tree) if isinstance(node, FunctionNode)]


def _edit(node: FunctionNode, edit: DefinitionEdit) -> None:
    """Make an edit to the tree, but for the sentence in a docstring that is there."""
    docstring = docstring_of(node)
    start = 1 if docstring else 0
    kept = [node.body[edit.node.body.index(edit.kept)]] if edit.kept else []
    if edit.kept:
        _complete(kept[0], edit.arguments)
    added = [ast.parse(source).body[0] for source in edit.added]
    if edit.cut:
        node.body[start:] = [*kept, *added]
    else:
        node.body[start:start] = added
    if edit.sentence and not docstring:
        node.body.insert(0, ast.Expr(ast.Constant(edit.sentence)))
    if edit.decorator:
        decorator = ast.parse(edit.decorator, mode="eval").body
        node.decorator_list.insert(len(node.decorator_list) if edit.innermost else 0, decorator)


def _complete(statement: ast.stmt, arguments: Iterable[str]) -> None:
    call = statement.value if isinstance(statement, ast.Expr) else None
    given = ast.parse(f"f({', '.join(arguments)})", mode="eval").body
    assert isinstance(call, ast.Call), "what is kept is a call"
    assert isinstance(given, ast.Call), "arguments make one"
    call.args += given.args
    call.keywords += given.keywords


def _add_import(tree: ast.Module, new: NewImport, placed: Placed) -> None:
    statement = tree.body[placed.number] if placed.alias is not None else None
    if isinstance(statement, ast.ImportFrom):
        statement.names.insert(placed.alias or 0, ast.alias(new.name))
    else:
        tree.body.insert(placed.number, ast.parse(new.source).body[0])


def _takes_docstring(old: FunctionNode, new: FunctionNode, sentence: str) -> bool:
    """Give ``old`` the docstring of ``new``, if that says the same but for the sentence."""
    before, after = (ast.get_docstring(node, clean=False) or "" for node in (old, new))
    known, found = docstring_of(old), docstring_of(new)
    if sentence not in after or known is None or found is None:
        return False
    without = after if after == before else after.replace(sentence, "", 1)
    known.value = found.value
    return without.split() in (before.split(), f"{before.rstrip()}.".split())
