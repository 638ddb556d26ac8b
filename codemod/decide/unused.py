"""Names of a file that only code which goes has used."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from codemod.decide.spans import Spans
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from codemod.resolve.facts import Span
    from codemod.resolve.places import ModuleIndex, Place
    from codemod.resolve.scopes import Group

_WORD = re.compile(r"[^\W\d]\w*")
_TYPE_COMMENT = re.compile(r"#\s*type:")


class Unused:
    """Answers what nothing in a file uses any more without the stretches ``gone``."""

    def __init__(self, index: ModuleIndex, gone: Iterable[Span]) -> None:
        self.index = index
        self.scopes = Scopes(index)
        self._spans = tuple(gone)
        self._gone = Spans(self._spans)

    def groups(self, names: Collection[str]) -> Iterator[Group]:
        """Those of ``names``, by the scope that binds them, that only what is gone used."""
        text = self.index.source.text
        words = {word for span in self._spans for word in _WORD.findall(text, *span)}
        for name in sorted(words.intersection(names)):
            places = [place for place in self.index.places(name) if self.is_gone(place)]
            used = {self.scopes.resolve(name, place.steps) for place in places if _uses(place, name)}
            yield from (group for group in used if group and not self.is_used(group))

    def is_gone(self, place: Place) -> bool:
        """Whether a place is in what is gone."""
        return self._gone.cover(place.start)

    def has_used(self, dotted: str) -> bool:
        """Whether what is gone used a module by that dotted name."""
        places = (place for place in self.index.places(dotted.partition(".")[0]) if self.is_gone(place))
        pattern = re.compile(re.escape(dotted) + r"\b")
        return any(pattern.match(self.index.source.text, place.start) for place in places)

    def is_used(self, group: Group) -> bool:
        """Whether anything that stays may use a name."""
        bound = {place.start for place in group.bindings}
        places = (place for place in self.index.places(group.name) if place.start not in bound)
        return any(self._may_use(place, group) for place in places if not self.is_gone(place))

    def _may_use(self, place: Place, group: Group) -> bool:
        match place.role:
            case "load" | "store":
                return not _is_attribute(place) and self.scopes.resolve(group.name, place.steps) is group
            case "global" | "nonlocal":
                return True
            case "string":
                return _may_be_code(place, group.name)
            case "comment":
                source = self.index.source
                line = source.text[source.line_starts[source.position(place.start)[0] - 1] : place.start]
                return _TYPE_COMMENT.search(line) is not None
        return False


def _is_attribute(place: Place) -> bool:
    """Whether a place gives a class an attribute in any case, where ``+=`` would read the name around first."""
    is_set = isinstance(place.parent(), (ast.Assign, ast.AnnAssign))
    return is_set and isinstance(place.parent(2), ast.ClassDef)


def _uses(place: Place, name: str) -> bool:
    """Whether a place surely uses the name: in code, or in an annotation that is a string."""
    if place.role == "string":
        is_annotation = any(step.field in ("annotation", "returns") for step in place.steps)
        return is_annotation and _may_be_code(place, name)
    return place.role == "load"


def _may_be_code(place: Place, name: str) -> bool:
    """Whether a string may be code that uses the name: a forward reference, a doctest, an entry of ``__all__``."""
    if not isinstance(place.node, ast.Constant) or not isinstance(place.node.value, str):
        return False
    if isinstance(place.parent(), ast.Expr):
        return ">>>" in place.node.value
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(place.node.value.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
