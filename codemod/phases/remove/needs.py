"""Why the factory cannot go: what still needs it, and where no safe way to take it out is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import Remark
from codemod.phases.remove.lost import lost
from codemod.phases.remove.texts import named_in_texts
from codemod.resolve.facts import MODULE_SCOPE
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.dead_imports import MayTake
    from codemod.model import Site
    from codemod.phases.remove.subject import Subject
    from codemod.phases.tree import Definition

_BY_HAND = "Take it out by hand, then run the command again."


def needs(subject: Subject, may_take: MayTake) -> tuple[Remark, ...]:
    """Everything that stands against the removal, by path and line; ``may_take`` tells whether another file may take
    a name from one.
    """
    found = [
        *(told(site) for site in subject.report.sites),
        *_anchored(subject),
        *_broken(subject),
        *_ambiguous_imports(subject),
        *_unfollowed_exports(subject),
        *_stubs_elsewhere(subject),
        *named_in_texts(subject.tree, exports(subject)),
        *(each for definition in subject.definitions for each in _other_bindings(definition)),
        *(each for definition in subject.definitions for each in lost(subject, definition, may_take)),
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


def _stubs_elsewhere(subject: Subject) -> Iterator[Remark]:
    """The stubs of its module that are not beside it, such as those in a folder of stubs."""
    tree, factory = subject.tree, subject.definitions[0]
    module = tree.dotted(factory.path).replace(".", "/")
    for each in tree.definitions(subject.name):
        if each.is_stub and each.path[:-1] not in tree.found.paths:
            stubbed = each.path.removesuffix(".pyi").removesuffix("/__init__").replace("-stubs/", "/")
            if f"/{stubbed}".endswith(f"/{module}"):
                yield Remark(each.path, each.line, f"this stub declares `{subject.name}` too", _BY_HAND)


def _other_bindings(definition: Definition) -> Iterator[Remark]:
    """Other bindings of the factory's name in its module."""
    group = Scopes(definition.index).groups(definition.name)[definition.index.tree]
    for place in group.bindings:
        if place.node not in definition.nodes:
            line = definition.index.source.position(place.start)[0]
            yield Remark(definition.path, line, f"`{definition.name}` is bound here too", _BY_HAND)


def _line(subject: Subject, path: str, offset: int) -> int:
    return subject.index(path).source.position(offset)[0]
