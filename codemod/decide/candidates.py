"""Sorts everything that one file says about the factory: sites to decide, and occurrences to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.decide.call import Definition
from codemod.decide.draft import Candidate, Lead
from codemod.model import Role
from codemod.resolve.facts import MODULE_SCOPE, FileFacts, GroupKey, NameFacts, Plain, Use, group_of
from codemod.resolve.origin import MISSING, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.decide.provision import Provider
    from codemod.resolve.links import Links

Counted = tuple[tuple[int, int], Role]


def find_candidates(links: Links, facts: FileFacts, provider: Provider) -> tuple[Candidate, ...]:
    """The sites of a file, in the order of the text."""
    found = []
    for name, about in facts.names.items():
        found += [candidate for use in about.uses for candidate in _site(links, facts, use, provider)]
        found += [
            Candidate(_import_use(name, plain), Origin("missing"))
            for plain in about.plain
            if name == links.config.factory_name and plain_role(links, facts, plain) is None
        ]
    return in_order(found)


def in_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Candidates of one file in the order of the text."""
    return tuple(sorted(candidates, key=lambda candidate: (candidate.use.whole, candidate.use.at)))


def probable_lead(links: Links, path: str) -> Lead | None:
    """What most uses of the factory lead to if the file at ``path`` defines it; None where it does not."""
    origin = links.export(path, links.config.factory_name)
    if origin.kind != "function" or not links.is_factory(origin):
        return None
    homes = links.tree.named(links.config.getter_module) if links.config.getter_module else (path,)
    getter = links.export(homes[0], links.config.getter_name) if homes else MISSING
    return _lead(links, origin, getter)


def anchored_uses(links: Links, facts: FileFacts) -> Iterator[Use]:
    """The uses inside the factory's or the getter's own definition: no sites, but they need the factory."""
    for about in facts.names.values():
        for use in about.uses:
            meant = _is_reference(links, links.meaning(facts.path, use), use)
            if meant and _in_definition(links, facts.path, use):
                yield use


def count_occurrences(links: Links, facts: FileFacts) -> Iterator[Counted]:
    """The occurrences of the factory's own name in a file that are no site: line and column, and what they are."""
    about = facts.names.get(links.config.factory_name, NameFacts())
    for plain in about.plain:
        role = plain_role(links, facts, plain)
        if role and plain.exact:
            yield plain.position, role
    for use in about.uses:
        if use.exact and not is_site(links, facts.path, use):
            yield use.position, _use_role(links, facts, use)


def is_site(links: Links, path: str, use: Use) -> bool:
    """Whether a use is a reference that resolves to the factory, or may do so."""
    return _is_reference(links, links.meaning(path, use), use) and not _in_definition(links, path, use)


def plain_role(links: Links, facts: FileFacts, plain: Plain) -> Role | None:
    """What an occurrence that is no use is; None for an import that dangles, which is a site."""
    if plain.role == "definition":
        is_ours = links.is_factory(Origin("function", facts.path, links.config.factory_name))
        return "definition" if is_ours else "lookalike"
    if plain.role != "import":
        return plain.role
    group = group_of(facts, plain.group)
    binding = next((b for b in group.bindings if b.at.start == plain.binding_at), None) if group else None
    if binding is None or binding.spec is None:
        return "lookalike"
    origin = links.binding(facts.path, binding)
    if links.is_factory(origin) or origin.leads:
        return "import"
    if binding.spec.name != links.config.factory_name:
        return "lookalike"
    if origin.kind == "unknown":
        return "import"
    if origin.kind == "missing" and links.could_be_factory(facts.path, binding.spec):
        return None
    return "lookalike"


def _site(links: Links, facts: FileFacts, use: Use, provider: Provider) -> Iterator[Candidate]:
    if not is_site(links, facts.path, use):
        return
    origin = links.meaning(facts.path, use)
    if use.kind != "call" or origin.kind in ("unknown", "missing"):
        yield Candidate(use, origin)
        return
    yield _lead(links, origin, provider.for_use(facts.path, use).origin).candidate(use)


def _is_reference(links: Links, origin: Origin, use: Use) -> bool:
    if links.is_factory(origin) or origin.leads:
        return True
    if use.problem and use.base is None:
        return use.name == links.config.factory_name
    if use.kind == "mock":
        return origin.kind == "unknown" and use.name == links.config.factory_name
    if use.kind == "dynamic":
        return False
    if origin.kind == "missing" and origin.name == links.config.factory_name:
        return True
    if use.name != links.config.factory_name:
        return False
    return origin.kind == "unknown" or (origin.kind == "missing" and not links.config.factory_module)


def _in_definition(links: Links, path: str, use: Use) -> bool:
    """Whether it stands inside the factory's or the getter's own definition, which stay as they are."""
    if use.within not in (links.config.factory_name, links.config.getter_name):
        return False
    return links.defines(path, GroupKey(MODULE_SCOPE, use.within))


def _use_role(links: Links, facts: FileFacts, use: Use) -> Role:
    in_string = use.whole.start < use.at.start and use.at.end < use.whole.end
    if use.kind in ("dynamic", "mock") and in_string:
        return "mention"
    meant = _is_reference(links, links.meaning(facts.path, use), use)
    return "definition" if meant else "lookalike"


def _definition(links: Links, origin: Origin) -> Definition:
    signature = links.signature(origin)
    if signature:
        return Definition(signature, f"{origin.module}:{signature.line}")
    return Definition(None, origin.module if origin.kind == "external" else "")


def _lead(links: Links, origin: Origin, getter: Origin) -> Lead:
    return Lead(origin, _definition(links, origin), _definition(links, getter), getter)


def _import_use(name: str, plain: Plain) -> Use:
    return Use(kind="import", name=name, at=plain.at, whole=plain.at, scopes=(MODULE_SCOPE,))
