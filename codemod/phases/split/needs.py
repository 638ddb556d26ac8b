"""Which files of a rewrite need which others: applied without them they would not work."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, product
from typing import TYPE_CHECKING

from codemod.decide.needs import Needs
from codemod.resolve.facts import MODULE_SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from codemod.decide.draft import Draft
    from codemod.decide.settle import Settlement
    from codemod.resolve.facts import GroupKey

Pair = tuple[str, str]
"""A file, and one that it needs."""


def needs_of(settlement: Settlement, changed: AbstractSet[str]) -> Mapping[str, frozenset[str]]:
    """For each file that a settled rewrite has ``changed``, the others of them that it needs.

    A file needs those that it takes the getter from where they only gain it in the rewrite, those that take
    the factory from it where it loses that, and the mocks of its uses; a mock needs the uses.
    """
    mocks = list(_mocks(settlement))
    uses = ((use, mock) for mock, use in mocks)
    return _joined(chain(_providers(settlement), _takers(settlement, changed), mocks, uses), changed)


def mocked_by(settlement: Settlement, changed: AbstractSet[str]) -> Mapping[str, frozenset[str]]:
    """For each changed file that mocks uses of the factory, the other changed files that have these."""
    return _joined(_mocks(settlement), changed)


def _joined(pairs: Iterable[Pair], changed: AbstractSet[str]) -> Mapping[str, frozenset[str]]:
    """For each changed file all others that it stands in a pair with."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, other in pairs:
        if path != other and path in changed and other in changed:
            found[path].add(other)
    return {path: frozenset(others) for path, others in found.items()}


def _providers(settlement: Settlement) -> Iterator[Pair]:
    """Who gains the getter for somebody: for a migrated site, or for a re-export that gains it too."""
    program = settlement.program
    asked = {(path, key.name) for (path, key), group in program.groups.items() if group.is_public}
    asked.update(program.star_exports)
    for decision in settlement.decisions:
        for gain in decision.provision.gains if decision.provision else ():
            yield decision.draft.path, gain.path
            if gain.key.scope == MODULE_SCOPE:
                asked.add((gain.path, gain.key.name))
    for path, name in asked:
        for gain in settlement.provider.through(path, name).gains:
            yield path, gain.path


def _takers(settlement: Settlement, changed: AbstractSet[str]) -> Iterator[Pair]:
    """Who takes the factory by an import that does not keep it: were the taker left out, it would."""
    program, kept = settlement.program, settlement.needs.kept
    drafts: dict[str, list[Draft]] = defaultdict(list)
    groups: dict[str, list[tuple[str, GroupKey]]] = defaultdict(list)
    for draft in program.drafts:
        drafts[draft.path].append(draft)
    for path, key in program.groups:
        groups[path].append((path, key))
    for taker in changed:
        for path, _ in Needs(program, drafts[taker], groups[taker]).kept - kept:
            yield path, taker


def _mocks(settlement: Settlement) -> Iterator[Pair]:
    """Files with renamed mock targets, each with those whose uses look the factory up there."""
    mocks: dict[Pair, set[str]] = defaultdict(set)
    uses: dict[Pair, set[str]] = defaultdict(set)
    for decision in settlement.decisions:
        draft, provision = decision.draft, decision.provision
        if provision and (draft.kind != "mock" or provision.name != draft.use.name):
            for name in settlement.program.lookups(draft.path, draft.use):
                (mocks if draft.kind == "mock" else uses)[name].add(draft.path)
    for name, paths in mocks.items():
        yield from product(paths, uses[name])
