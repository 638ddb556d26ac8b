"""CTX303: what the getter itself calls, as far as it can be followed. A call of the factory in there cannot become
one of the getter, which would call itself for ever.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, NamedTuple

from codemod.decide.rule import Rule
from codemod.resolve.attributes import split_attributes
from codemod.resolve.facts import ImportSpec, Span
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codemod.decide.draft import Candidate
    from codemod.resolve.links import Links
    from codemod.resolve.origin import Origin
    from codemod.resolve.places import ModuleIndex, Place

GETTER_CALLS_ITSELF = Rule(
    code="CTX303",
    name="getter-calls-itself",
    kind="block",
    summary="The getter comes by this call itself, so with the rewrite it would call itself for ever.",
    advice="Let the getter make the context by its class, without the factory.",
    before=(
        "def _make(user_id, thread_id):\n"
        '    return create_user_execution_context(user_id, thread_id, "first")\n\n\n'
        "def get_user_execution_context(user_id, thread_id):\n"
        "    return _make(user_id, thread_id)"
    ),
    after=(
        "def _make(user_id, thread_id):\n"
        '    return UserExecutionContext(user_id, thread_id, "first")\n\n\n'
        "def get_user_execution_context(user_id, thread_id):\n"
        "    return _make(user_id, thread_id)"
    ),
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Named(NamedTuple):
    """A file, a function or class of its module, and of a class the method; empty where it is called itself."""

    path: str
    name: str
    method: str = ""


class Reached:
    """Follows calls of functions and classes that stand by their names, or as attributes of modules; ``open`` parses a
    file under the root.
    """

    def __init__(self, links: Links, open: Callable[[str], ModuleIndex | None]) -> None:  # noqa: A002
        self._links = links
        self._open = open
        self._known: dict[Named, dict[str, tuple[tuple[str, Span], ...]]] = {}

    def why(self, path: str, candidate: Candidate) -> str:
        """By which function the getter of a site comes to that site; empty where it does not."""
        getter = candidate.getter_origin
        if getter.kind != "function":
            return ""
        within = self.from_function(getter.module, getter.name).get(path, ())
        at = candidate.use.at
        return next((name for name, span in within if span.start <= at.start < span.end), "")

    def from_function(self, path: str, name: str) -> dict[str, tuple[tuple[str, Span], ...]]:
        """All that a function calls: by file, the names of functions and methods with their spans."""
        start = Named(path, name)
        if start not in self._known:
            self._known[start] = self._follow(start)
        return self._known[start]

    def _follow(self, start: Named) -> dict[str, tuple[tuple[str, Span], ...]]:
        found: dict[str, tuple[tuple[str, Span], ...]] = {}
        pending, seen = [start], {start}
        while pending:
            named = pending.pop()
            index = self._open(named.path)
            for node in _functions(index, named) if index else ():
                assert index is not None
                span = Span(index.node_start(node), index.node_end(node))
                found[named.path] = (*found.get(named.path, ()), (node.name, span))
                new = set(self._named_in(index, node, named)) - seen
                seen |= new
                pending += sorted(new)
        return found

    def _named_in(self, index: ModuleIndex, node: ast.AST, around: Named) -> Iterator[Named]:
        """What the code of a function names: functions and classes under the root, and methods of its own class."""
        scopes = Scopes(index)
        for child in ast.walk(node):
            base, attributes = _dotted(child)
            if attributes and base in ("self", "cls"):
                yield around._replace(method=attributes[0])
            groups = scopes.groups(base) if base else {}
            if base and not groups and not hasattr(builtins, base):
                brought = self._links.through_stars(around.path, base)
                yield from self._led_to(brought, attributes) if brought else ()
            found = [groups[scope] for scope in (index.tree, node) if scope in groups]
            for place in (each for group in found for each in group.bindings):
                if place.role in ("def", "class"):
                    yield Named(around.path, base, attributes[0] if attributes else "")
                elif isinstance(place.node, ast.alias):
                    yield from self._imported(around.path, place, place.node, attributes)

    def _imported(
        self, path: str, place: Place, alias: ast.alias, attributes: tuple[str, ...]
    ) -> Iterator[Named]:
        statement = place.parent()
        bound = alias.name.split(".")[0] if place.role == "package" else alias.name
        spec, named = ImportSpec(0, bound, None), None
        if isinstance(statement, ast.ImportFrom):
            spec = ImportSpec(statement.level, statement.module or "", alias.name)
            named = Named(self._links.source_module(path, spec) or "", alias.name)
        yield from self._led_to(self._links.imported(path, spec), attributes, named)

    def _led_to(
        self, origin: Origin, attributes: tuple[str, ...], named: Named | None = None
    ) -> Iterator[Named]:
        """The function or class that attributes lead to; ``named`` where it is not known what they belong to."""
        rest = list(attributes)
        while origin.kind == "module" and rest:
            named = Named(origin.module, rest.pop(0))
            origin = self._links.member(named.path, named.name)
        if origin.kind in ("function", "other") and origin.name:
            named = Named(origin.module, origin.name)
        if named and named.path and not named.path.endswith("/"):
            yield named._replace(method=rest[0] if rest else "")


def _dotted(node: ast.AST) -> tuple[str, tuple[str, ...]]:
    """The first name of a dotted expression, empty where it is none, and the attributes after it."""
    first, attributes = split_attributes(node)
    return (first.id if isinstance(first, ast.Name) else ""), attributes


def _functions(index: ModuleIndex, named: Named) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The definitions of a function, or of a class its special methods and the one that is meant."""
    group = Scopes(index).groups(named.name).get(index.tree)
    for place in group.bindings if group else ():
        if isinstance(place.node, _FUNCTIONS):
            yield place.node
        elif isinstance(place.node, ast.ClassDef):
            methods = (each for each in place.node.body if isinstance(each, _FUNCTIONS))
            yield from (each for each in methods if each.name == named.method or each.name.startswith("__"))
