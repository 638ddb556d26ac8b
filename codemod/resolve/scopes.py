"""Which binding a name means at a place, by Python's scoping rules.

The rules are those of the language reference, section 4.2: class scopes are seen only from directly
within, decorators, defaults, annotations and a comprehension's first iterable belong to the scope around,
and a walrus in a comprehension binds in the scope around it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.resolve.places import BINDING_ROLES, ModuleIndex, Place, Step, innermost_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

FunctionNode = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
ComprehensionNode = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PLAIN_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.With, ast.AsyncWith)
"""Statements with a body that always bind their own name."""

Scope = ast.AST
"""A scope is the node that opens it: the module, a class, a function, a lambda or a comprehension."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """All places that bind one name in one scope."""

    name: str
    scope: Scope
    bindings: tuple[Place, ...]


class Scopes:
    """Resolves names of one module. Answers are kept."""

    def __init__(self, index: ModuleIndex) -> None:
        self.index = index
        self.module: Scope = index.tree
        self._groups: dict[str, dict[Scope, Group]] = {}
        self._local_groups: dict[tuple[str, Scope], Group | None] = {}
        self._declared: dict[str, dict[Scope, str]] = {}

    def groups(self, name: str) -> dict[Scope, Group]:
        """For each scope that binds ``name``, its group."""
        if name not in self._groups:
            owners: dict[Scope, list[Place]] = {}
            for place in self.index.places(name):
                if _binds(place):
                    owners.setdefault(self._owner(name, place), []).append(place)
            self._groups[name] = {
                scope: self._local_groups.get((name, scope)) or Group(name, scope, tuple(places))
                for scope, places in owners.items()
            }
        return self._groups[name]

    def resolve(self, name: str, steps: tuple[Step, ...]) -> Group | None:
        """The group that ``name`` means where ``steps`` lead; None where no scope of the module binds it.

        A class body that binds a name only further down reads the module's until then, and so does one of which
        that is not known.
        """
        visible = list(_visible(enclosing_scopes(self.module, steps)))
        local = self._local_group(name, visible[0]) if isinstance(visible[0], FunctionNode) else None
        if local:
            return local
        groups = self.groups(name)
        declarations = self._declarations(name)
        for scope in visible:
            if declarations.get(scope) == "global":
                return groups.get(self.module)
            if scope in groups:
                bound = _bound_before(groups[scope], steps) if isinstance(scope, ast.ClassDef) else True
                outer = groups.get(self.module)
                return groups[scope] if bound or (bound is None and outer is None) else outer
        return None

    def may_be_hidden_by(self, name: str, steps: tuple[Step, ...]) -> Group | None:
        """The group of the class body around ``steps`` that may have bound ``name`` before, and may not have."""
        scope = enclosing_scopes(self.module, steps)[-1]
        group = self.groups(name).get(scope) if isinstance(scope, ast.ClassDef) else None
        return group if group and _bound_before(group, steps) is None else None

    def _local_group(self, name: str, function: Scope) -> Group | None:
        """The group of a name in a function that surely binds it itself: told from the function's text alone."""
        if name in self._groups:
            return None
        key = name, function
        if key not in self._local_groups:
            places = self.index.places_in(name, function)
            is_declared = any(place.role in ("global", "nonlocal") for place in places)
            own = [place for place in places if _binds(place) and self._plain_owner(place) is function]
            is_walrus = any(isinstance(place.parent(), ast.NamedExpr) for place in places)
            is_sure = own and not is_declared and not is_walrus
            self._local_groups[key] = Group(name, function, tuple(own)) if is_sure else None
        return self._local_groups[key]

    def _owner(self, name: str, place: Place) -> Scope:
        if place.role in ("param", "typeparam"):
            return _parameter_owner(place)
        scopes = enclosing_scopes(self.module, place.steps)
        if isinstance(place.parent(), ast.NamedExpr) and place.steps[-1].field == "target":
            scopes = _without_comprehensions(scopes)
        declaration = self._declarations(name).get(scopes[-1])
        if declaration == "global":
            return self.module
        if declaration == "nonlocal":
            return self._nonlocal_owner(name, scopes[:-1])
        return scopes[-1]

    def _nonlocal_owner(self, name: str, scopes: tuple[Scope, ...]) -> Scope:
        declarations = self._declarations(name)
        for scope in reversed(scopes):
            if isinstance(scope, FunctionNode) and declarations.get(scope) is None:
                for place in self.index.places(name):
                    if _binds(place) and self._plain_owner(place) is scope:
                        return scope
        return scopes[-1]

    def _plain_owner(self, place: Place) -> Scope:
        if place.role in ("param", "typeparam"):
            return _parameter_owner(place)
        return enclosing_scopes(self.module, place.steps)[-1]

    def _declarations(self, name: str) -> dict[Scope, str]:
        if name not in self._declared:
            self._declared[name] = {
                enclosing_scopes(self.module, place.steps)[-1]: place.role
                for place in self.index.places(name)
                if place.role in ("global", "nonlocal")
            }
        return self._declared[name]


def enclosing_scopes(module: Scope, steps: tuple[Step, ...]) -> tuple[Scope, ...]:
    """The scopes in which the code where ``steps`` lead is evaluated, the module first."""
    scopes = [module]
    for number, (parent, field, child) in enumerate(steps):
        if getattr(parent, "type_params", None) and _sees_type_parameters(field, steps[number:]):
            scopes.append(parent.type_params[0])  # type: ignore[attr-defined]
        if isinstance(parent, (*FunctionNode, ast.ClassDef)):
            if field == "body":
                scopes.append(parent)
        elif isinstance(parent, ComprehensionNode):
            first_iterable = (
                field == "generators"
                and child is parent.generators[0]
                and number + 1 < len(steps)
                and steps[number + 1].field == "iter"
            )
            if not first_iterable:
                scopes.append(parent)
    return tuple(scopes)


def _sees_type_parameters(field: str, steps: tuple[Step, ...]) -> bool:
    """Whether code in that field of a generic definition, where ``steps`` go on, sees its type parameters."""
    if field == "args":
        return any(step.field == "annotation" for step in steps)
    return field != "decorator_list"


def _bound_before(group: Group, steps: tuple[Step, ...]) -> bool | None:
    """Whether a class body has bound the group's name where ``steps`` lead; None where that depends.

    An annotation without a value binds nothing.
    """
    assert isinstance(group.scope, ast.ClassDef)
    body = group.scope.body
    here = next(step.child for step in steps if step.parent is group.scope and step.field == "body")
    earlier = body[: body.index(here)]  # type: ignore[arg-type]
    statement = innermost_statement(steps)
    before = [
        place
        for place in group.bindings
        if not _only_annotates(place)
        and (
            any(step.child in earlier for step in place.steps)
            or (any(step.child is here for step in place.steps) and place.statement() is not statement)
        )
    ]
    if not before:
        return False
    always = any(place.statement() in earlier and _always_binds(place) for place in before)
    return True if always and not any(place.role == "del" for place in before) else None


def _always_binds(place: Place) -> bool:
    """Whether the innermost statement around a binding binds it whenever it runs: no branch and no loop."""
    statement = place.statement()
    return isinstance(statement, _PLAIN_BLOCKS) or not (
        hasattr(statement, "body") or hasattr(statement, "cases")
    )


def _only_annotates(place: Place) -> bool:
    statement = place.parent()
    return isinstance(statement, ast.AnnAssign) and statement.value is None


def _visible(scopes: tuple[Scope, ...]) -> Iterator[Scope]:
    """The scopes that a name is looked up in, the innermost first."""
    direct = True
    for scope in reversed(scopes):
        if direct or not isinstance(scope, ast.ClassDef):
            yield scope
        direct = False


def _without_comprehensions(scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
    while isinstance(scopes[-1], ComprehensionNode):
        scopes = scopes[:-1]
    return scopes


def _parameter_owner(place: Place) -> Scope:
    for step in reversed(place.steps):
        if place.role == "typeparam" and step.field == "type_params":
            return step.parent.type_params[0]  # type: ignore[attr-defined,no-any-return]
        if place.role == "param" and isinstance(step.parent, FunctionNode):
            return step.parent
    return place.steps[0].parent


def _binds(place: Place) -> bool:
    if place.role in ("import", "package"):
        assert isinstance(place.node, ast.alias)
        return place.node.asname is None
    return place.role in BINDING_ROLES
