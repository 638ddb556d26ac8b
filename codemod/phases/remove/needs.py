"""Why the factory cannot go: what still needs it, and where no safe way to take it out is known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.model import Remark
from codemod.resolve.facts import MODULE_SCOPE, ImportSpec
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.model import Site
    from codemod.phases.remove.subject import Subject
    from codemod.phases.tree import Definition

_BY_HAND = "Take it out by hand, then run the command again."
_REGISTERING = frozenset(
    {"fixture", "hookimpl", "receiver", "register", "shared_task", "task", "listens_for"}
)


def needs(subject: Subject) -> tuple[Remark, ...]:
    """Everything that stands against the removal, by path and line."""
    found = [
        *(told(site) for site in subject.report.sites),
        *_anchored(subject),
        *_broken(subject),
        *_ambiguous_imports(subject),
        *_unfollowed_exports(subject),
        *(each for definition in subject.definitions for each in _odd(subject, definition)),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.path, each.line, each.message)))


def told(site: Site) -> Remark:
    """A site as what needs the factory."""
    use = {"call": "calls it", "mock": "mocks it", "dynamic": "reaches it", "import": "imports it"}
    told = f"`{site.before.splitlines()[0]}` {use.get(site.kind, 'refers to it')}"
    if site.verdict == "migrated":
        return Remark(site.path, site.line, told, "Run `ctxmigrate rewrite` first.")
    if not site.codes:
        return Remark(site.path, site.line, f"{told}, and a comment says to leave that", _BY_HAND)
    codes = ", ".join(dict.fromkeys(finding.code for finding in site.codes))
    return Remark(site.path, site.line, f"{told} ({site.verdict}: {codes})", site.codes[0].help)


def _anchored(subject: Subject) -> Iterator[Remark]:
    """The uses in the getter's own definition, or in another one of the factory's name."""
    for path, use in subject.program.anchored:
        if not subject.holds(path, use.at.start):
            line = _line(subject, path, use.at.start)
            yield Remark(
                path, line, f"`{use.within}` itself uses it", "Make it work without the factory first."
            )


def _broken(subject: Subject) -> Iterator[Remark]:
    for error in subject.report.errors:
        yield Remark(error.path, error.line, f"may need it: {error.message}", "Mend the file first.")


def _ambiguous_imports(subject: Subject) -> Iterator[Remark]:
    for (path, key), group in subject.program.groups.items():
        first = group.sources[0].binding.at.start
        if not group.is_clean and not subject.holds(path, first):
            message = f"`{key.name}` is imported here, and bound in another way too or in a class"
            yield Remark(path, _line(subject, path, first), message, _BY_HAND)


def _unfollowed_exports(subject: Subject) -> Iterator[Remark]:
    for path, name in exports(subject):
        facts = subject.program.facts.get(path)
        if facts and facts.dunder_all and name in facts.dunder_all.maybe:
            index = subject.index(path)
            line = index.source.position(index.places("__all__")[0].start)[0]
            message = f"`{name}` is in an `__all__` that is no plain list"
            yield Remark(path, line, message, _BY_HAND)


def exports(subject: Subject) -> tuple[tuple[str, str], ...]:
    """The modules that have the factory, each with a name by which it has it."""
    imported = ((path, key.name) for path, key in subject.program.groups if key.scope == MODULE_SCOPE)
    defined = ((each.path, each.name) for each in subject.definitions)
    return tuple(sorted({*imported, *defined, *subject.program.star_exports}))


def _odd(subject: Subject, definition: Definition) -> Iterator[Remark]:
    """What is odd about the definition itself: other bindings of the name, decorators that may register it."""
    group = Scopes(definition.index).groups(definition.name)[definition.index.tree]
    for place in group.bindings:
        if place.node not in definition.nodes:
            line = definition.index.source.position(place.start)[0]
            yield Remark(definition.path, line, f"`{definition.name}` is bound here too", _BY_HAND)
    for node in definition.nodes:
        for decorator in node.decorator_list:
            if _may_register(subject, definition, decorator):
                written = " ".join(definition.index.segment(decorator).split())
                message = f"`@{written}` may make it known to something that calls it"
                help_text = "Take the decorator off if nothing does, then run the command again."
                yield Remark(definition.path, decorator.lineno, message, help_text)


def _may_register(subject: Subject, definition: Definition, decorator: ast.expr) -> bool:
    """Whether a decorator is a method of an object, or named like one that registers a function."""
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    if (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) in _REGISTERING:
        return True
    if not isinstance(node, ast.Attribute):
        return False
    while isinstance(node, ast.Attribute):
        node = node.value
    group = (
        Scopes(definition.index).groups(node.id).get(definition.index.tree)
        if isinstance(node, ast.Name)
        else None
    )
    places = group.bindings if group else ()
    return not places or not all(
        _is_module(subject, definition.path, place.node, place.parent()) for place in places
    )


def _is_module(subject: Subject, path: str, alias: ast.AST, statement: ast.AST | None) -> bool:
    if not isinstance(alias, ast.alias):
        return False
    if not isinstance(statement, ast.ImportFrom):
        return True
    spec = ImportSpec(statement.level, statement.module or "", alias.name)
    return subject.tree.links.imports_module(path, spec)


def _line(subject: Subject, path: str, offset: int) -> int:
    return subject.index(path).source.position(offset)[0]
