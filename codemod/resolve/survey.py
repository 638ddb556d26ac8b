"""One parsed file and some names in, everything that the file says about them out."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from codemod.resolve.attributes import split_attributes
from codemod.resolve.dunder_all import read_dunder_all
from codemod.resolve.dynamic import dynamic_use
from codemod.resolve.facts import (
    MODULE_SCOPE,
    Binding,
    BindingKind,
    FileFacts,
    GroupFacts,
    GroupKey,
    ImportSpec,
    ModuleRef,
    NameFacts,
    Plain,
    ScopeKind,
    Span,
    StarImport,
    Use,
)
from codemod.resolve.mocks import mock_use
from codemod.resolve.scopes import FunctionNode, Group, Scope, Scopes, enclosing_scopes
from codemod.resolve.signatures import is_overload, read_signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.resolve.places import ModuleIndex, Place, Step

_STAR = re.compile(r"import[\s\\]*\*")


class Survey:
    """Reads facts off one module. ``getter_name`` is looked up beside each use."""

    def __init__(self, index: ModuleIndex, getter_name: str) -> None:
        self.index = index
        self.scopes = Scopes(index)
        self.getter_name = getter_name

    def facts(self, names: Iterable[str]) -> FileFacts:
        """The facts about ``names`` and about every other name that the file gives one of them by ``as``."""
        found: dict[str, NameFacts] = {}
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in found:
                found[name] = self._name_facts(name)
                pending += _aliases(self.index, name)
        return FileFacts(
            path=self.index.source.path,
            stars=self._stars(),
            dunder_all=read_dunder_all(self.index),
            dynamic_names=MODULE_SCOPE
            in {self.scope_id(scope) for scope in self.scopes.groups("__getattr__")},
            names=found,
            cuts=tuple(self._cuts()),
        )

    def scope_id(self, scope: Scope) -> int:
        """What a scope is called in the facts."""
        return MODULE_SCOPE if isinstance(scope, ast.Module) else self.index.node_start(scope)

    def key(self, group: Group | None) -> GroupKey | None:
        """What a group is called in the facts."""
        return GroupKey(self.scope_id(group.scope), group.name) if group else None

    def module_ref(self, node: ast.expr, place: Place) -> ModuleRef | None:
        """Read an expression around ``place`` as a module; None where it can be none."""
        first, parts = split_attributes(node)
        if not isinstance(first, ast.Name):
            return None
        group = self.scopes.resolve(first.id, place.steps)
        bindings = tuple(self._binding(p, group.scope) for p in group.bindings) if group else ()
        if group and not any(binding.spec for binding in bindings):
            return None
        return ModuleRef(first.id, bindings, parts)

    def use(self, kind: str, name: str, place: Place, whole: ast.AST, base: ModuleRef | None = None) -> Use:
        """A use at ``place`` whose whole expression is ``whole``."""
        scopes = enclosing_scopes(self.scopes.module, place.steps)
        group = self.scopes.resolve(name, place.steps)
        getter = self.getter_name
        getter_group = self.scopes.may_be_hidden_by(getter, place.steps) or self.scopes.resolve(
            getter, place.steps
        )
        return Use(
            kind=kind,  # type: ignore[arg-type]
            name=name,
            at=Span(place.start, place.end),
            whole=Span(self.index.node_start(whole), self.index.node_end(whole)),
            scopes=tuple(self.scope_id(scope) for scope in scopes),
            group=None if base or place.role in ("string", "keyword") else self.key(group),
            base=base,
            getter_group=self.key(getter_group),
            immediate=not any(isinstance(scope, FunctionNode) for scope in scopes),
            within=_outermost_function(place),
            may_be_own=base is None and self.scopes.may_be_hidden_by(name, place.steps) is not None,
            exact=place.exact,
            position=self.index.source.position(place.start),
        )

    def _name_facts(self, name: str) -> NameFacts:
        uses: list[Use] = []
        plain: list[Plain] = []
        for place in self.index.places(name):
            use = self._use(name, place)
            if use:
                uses.append(use)
            else:
                plain.append(self._plain(name, place))
        groups = tuple(self._group_facts(group) for group in self.scopes.groups(name).values())
        return NameFacts(groups, tuple(uses), tuple(plain))

    def _use(self, name: str, place: Place) -> Use | None:
        match place.role:
            case "load" | "del":
                return self._expression_use(name, place, None)
            case "attribute":
                assert isinstance(place.node, ast.Attribute)
                base = self.module_ref(place.node.value, place)
                return self._expression_use(name, place, base) if base else dynamic_use(self, name, place)
            case "string":
                return mock_use(self, name, place) or dynamic_use(self, name, place)
            case "keyword":
                return mock_use(self, name, place)
        return None

    def _expression_use(self, name: str, place: Place, base: ModuleRef | None) -> Use:
        parent = place.parent()
        if isinstance(parent, ast.Call) and place.steps[-1].field == "func":
            return self.use("call", name, place, parent, base)
        return self.use("reference", name, place, place.node, base)

    def _plain(self, name: str, place: Place) -> Plain:
        plain = self._placed(name, place)
        return replace(plain, exact=place.exact, position=self.index.source.position(place.start))

    def _placed(self, name: str, place: Place) -> Plain:
        at = Span(place.start, place.end)
        if place.role in ("string", "comment"):
            return Plain(at, "mention")
        if place.role in ("import", "asname", "package"):
            assert isinstance(place.node, ast.alias)
            bound = place.node.asname or name
            as_ends = place.role == "import" and place.node.asname
            bound_at = self.index.node_end(place.node) - len(bound) if as_ends else place.start
            return Plain(at, "import", self._group_bound_at(bound, bound_at), bound_at)
        if place.role == "def":
            group = self._group_bound_at(name, place.start)
            if group and group.scope == MODULE_SCOPE:
                return Plain(at, "definition", group, place.start)
        return Plain(at, "lookalike")

    def _group_bound_at(self, name: str, offset: int) -> GroupKey | None:
        """The group that the binding of ``name`` at an offset belongs to."""
        for group in self.scopes.groups(name).values():
            if any(place.start == offset for place in group.bindings):
                return self.key(group)
        return None

    def _group_facts(self, group: Group) -> GroupFacts:
        kind: ScopeKind = "function"
        if isinstance(group.scope, (ast.Module, ast.ClassDef)):
            kind = "module" if isinstance(group.scope, ast.Module) else "class"
        bindings = tuple(self._binding(place, group.scope) for place in group.bindings)
        for place in self.index.places(group.name):
            if place.role == "nonlocal" and self.scopes.resolve(group.name, place.steps) is group:
                bindings += (Binding("other", Span(place.start, place.end)),)
        return GroupFacts(GroupKey(self.scope_id(group.scope), group.name), kind, bindings)

    def _binding(self, place: Place, scope: Scope) -> Binding:
        return replace(
            self._plain_binding(place, scope), for_type_checkers=any(map(is_for_type_checkers, place.steps))
        )

    def _plain_binding(self, place: Place, scope: Scope) -> Binding:
        at = Span(place.start, place.end)
        block = self._block(place)
        node, parent = place.node, place.parent()
        is_declared = enclosing_scopes(self.scopes.module, place.steps)[-1] is not scope
        if isinstance(node, ast.alias) and isinstance(parent, (ast.Import, ast.ImportFrom)):
            kind: BindingKind = "package" if place.role == "package" else "import"
            return Binding(
                kind="declared" if is_declared else kind,
                at=at,
                block=block,
                statement=Span(self.index.node_start(parent), self.index.node_end(parent)),
                position=parent.names.index(node),
                imported_at=self.index.node_start(node),
                line=node.lineno,
                spec=_spec(parent, node),
                asname=node.asname,
            )
        if (
            place.role == "def"
            and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and not is_declared
        ):
            kind = "overload" if is_overload(node) else "def"
            return Binding(kind, at, block, signature=read_signature(node))
        return Binding("del" if place.role == "del" else "other", at, block)

    def _block(self, place: Place) -> tuple[tuple[int, str], ...]:
        block: list[tuple[int, str]] = []
        for step in place.steps:
            if isinstance(step.parent, (*FunctionNode, ast.ClassDef)):
                block.clear()
            elif isinstance(step.parent, (ast.stmt, ast.ExceptHandler)) and isinstance(step.child, ast.stmt):
                block.append((self.index.node_start(step.parent), step.field))
        return tuple(block)

    def _cuts(self) -> Iterator[int]:
        """Where the lines of a top-level statement have ended, and the next one's have not started."""
        source = self.index.source
        for node, following in pairwise(self.index.tree.body):
            last = node.end_lineno or 0
            if last < following.lineno and not source.line(last).endswith("\\"):
                yield source.line_starts[last]

    def _stars(self) -> tuple[StarImport, ...]:
        stars = []
        for match in _STAR.finditer(self.index.source.text):
            steps = self.index.steps_to(match.end() - 1)
            node = steps[-1].parent if steps else None
            if isinstance(node, ast.ImportFrom):
                spec = ImportSpec(node.level, node.module or "", "*")
                stars.append(StarImport(spec, Span(self.index.node_start(node), self.index.node_end(node))))
        return tuple(stars)


def _spec(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> ImportSpec:
    if isinstance(statement, ast.ImportFrom):
        return ImportSpec(statement.level, statement.module or "", alias.name)
    return ImportSpec(0, alias.name, None)


def _aliases(index: ModuleIndex, name: str) -> list[str]:
    return [
        place.node.asname
        for place in index.places(name)
        if place.role == "import" and isinstance(place.node, ast.alias) and place.node.asname
    ]


def _outermost_function(place: Place) -> str:
    for step in place.steps:
        if isinstance(step.child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return step.child.name
        if isinstance(step.child, (ast.ClassDef, ast.Lambda)):
            return ""
    return ""


def is_for_type_checkers(step: Step) -> bool:
    """Whether a step leads under ``if TYPE_CHECKING``, which is never true while the program runs."""
    if not isinstance(step.parent, ast.If) or step.field != "body":
        return False
    test = step.parent.test
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return bool(name == "TYPE_CHECKING")
