"""Imports and ``__all__``: the factory may give way to the getter, or the getter may join it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .compare import Comparison
    from .report import Span, Text

Import = ast.Import | ast.ImportFrom


def places(tree: ast.AST, text: Text) -> tuple[set[Span], list[Span]]:
    """The places at which a site may stand, and those of the f-strings."""
    found, f_strings = set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.alias | ast.keyword):
            start, end = text.span(node)
            name = node.name if isinstance(node, ast.alias) else getattr(node, "arg", None)
            found.add((start, start + len(name) if name else end))
        if isinstance(node, ast.JoinedStr):
            f_strings.append(text.span(node))
    return found, f_strings


def known_names(tree: ast.Module) -> set[str] | None:
    """The names that a file imports, or defines at its top; None where a star import may bring any."""
    names = {item.name for item in tree.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, Import):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return None if "*" in names else names


def compare(run: Comparison, old: Import, new: ast.AST) -> None:
    """Compare two import statements, of which the reported names may have changed."""
    assert isinstance(new, Import)
    if from_where(old) != from_where(new):
        return run.problem(old, f"{ast.unparse(old)} became {ast.unparse(new)}")
    rest = list(new.names)
    for alias in old.names:
        mine, stays = is_planned(run, old, alias), bool(rest) and same(alias, rest[0])
        if stays:
            rest.pop(0)
        joined = mine and bool(rest) and is_getter(run, rest[0], alias)
        if joined:
            rest.pop(0)
        gone = mine and not stays and (joined or binds_getter(run, run.names.getter))
        if joined or gone:
            run.realised.add(alias.lineno)
        elif not stays:
            return run.problem(alias, f"import of {alias.name} changed: {ast.unparse(new)}")
    if rest:
        return run.problem(old, f"unplanned import: {ast.unparse(new)}")
    if ast.dump(old) != ast.dump(new):
        run.edit("import", run.old.span(old), run.new.span(new))
    return None


def is_planned(run: Comparison, statement: Import, alias: ast.alias) -> bool:
    """Whether the report says that this name's import changed."""
    beside = [other.name for other in statement.names if other.lineno == alias.lineno]
    return alias.lineno in run.import_lines and (
        alias.name == run.names.factory or run.names.factory not in beside
    )


def is_getter(run: Comparison, new: ast.alias, old: ast.alias) -> bool:
    """Whether ``new`` imports the getter under a name that fits the import ``old`` of the factory."""
    return new.name == run.names.getter and new.asname in (None, old.asname, run.names.getter)


def binds_getter(run: Comparison, name: str) -> bool:
    """Whether the new file imports the getter as ``name`` anywhere."""
    return any(
        alias.name == run.names.getter and (alias.asname or alias.name) == name
        for node in ast.walk(run.new_tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )


def without_removed(
    run: Comparison, old: Sequence[object], new: Sequence[object]
) -> tuple[Sequence[object], Sequence[object]]:
    """The statements that are left to compare when imports of the factory alone have gone."""
    kept: list[object] = []
    for statement in old:
        opposite = new[len(kept)] if len(kept) < len(new) else None
        if isinstance(statement, ast.ImportFrom) and is_removed(run, statement, opposite):
            run.realised.update(alias.lineno for alias in statement.names)
            placeholder = len(old) == 1 and isinstance(opposite, ast.Pass)
            remove(run, statement, opposite if placeholder else None)
            new = [] if placeholder else new
        else:
            kept.append(statement)
    return kept, new


def is_removed(run: Comparison, statement: ast.ImportFrom, opposite: object) -> bool:
    """Whether all names of an import are planned to change, and ``opposite`` is not what it became."""
    planned = all(is_planned(run, statement, alias) for alias in statement.names)
    became = isinstance(opposite, ast.ImportFrom) and from_where(opposite) == from_where(statement)
    return planned and not became and binds_getter(run, run.names.getter)


def remove(run: Comparison, statement: ast.ImportFrom, instead: object) -> None:
    """Note that ``statement`` went: with its line, or with ``pass`` in its place."""
    start, end = run.old.span(statement)
    if isinstance(instead, ast.Pass):
        return run.edit("import", (start, end), run.new.span(instead))
    first, last = run.old.line_of(start), run.old.line_of(end)
    return run.edit("import", (run.old.starts[first - 1], run.old.starts[last]), None)


def same(old: ast.alias, new: ast.alias) -> bool:
    """Whether two imported names are the same."""
    return (old.name, old.asname) == (new.name, new.asname)


def from_where(statement: Import) -> tuple[str, str | None, int]:
    """The module that ``statement`` imports from."""
    if isinstance(statement, ast.Import):
        return "import", None, 0
    return "from", statement.module, statement.level


def sets_all(statement: ast.AST) -> bool:
    """Whether ``statement`` sets ``__all__`` or adds to it."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        targets = [function.value] if isinstance(function, ast.Attribute) else []
    else:
        return False
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def compare_all(run: Comparison, old: ast.List | ast.Tuple, new: ast.AST) -> None:
    """Compare two lists of ``__all__``, of which the new one may have the getter after a reported name."""
    assert isinstance(new, ast.List | ast.Tuple)
    rest = list(new.elts)
    for element in old.elts:
        if not rest:
            return run.problem(element, "an entry of __all__ went")
        run.visit(element, rest.pop(0))
        beside = [getattr(other, "value", None) for other in old.elts if other.lineno == element.lineno]
        mine = getattr(element, "value", None) == run.names.factory or run.names.factory not in beside
        joined = bool(rest) and getattr(rest[0], "value", None) == run.names.getter
        if joined and mine and element.lineno in run.all_lines:
            rest.pop(0)
            run.realised.add(element.lineno)
    if rest:
        return run.problem(old, "__all__ gained something unplanned")
    if len(new.elts) != len(old.elts):
        run.edit("all", run.old.span(old), run.new.span(new))
    return None
