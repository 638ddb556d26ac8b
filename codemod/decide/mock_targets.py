"""Which mock targets can follow the code: the second step of CTX205 and CTX156."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from codemod.decide.getter import GETTER_MISSING
from codemod.decide.mocks import MOCK_TARGET_SPLIT, MOCKED_ELSEWHERE
from codemod.resolve.facts import MODULE_SCOPE, Use, at_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.decide.draft import Draft
    from codemod.decide.program import Program
    from codemod.decide.provision import Provision
    from codemod.model import Finding

Name = tuple[str, str]
"""A module and a name in it."""


class MockTargets:
    """Answers what still looks the factory up where a mock puts something else, given the drafts that stay."""

    def __init__(self, program: Program, staying: Iterable[Draft]) -> None:
        self.program = program
        self._looked_up: dict[Name, str] = {}
        self._mocked: dict[Name, str] = {}
        self._elsewhere: set[Name] = set()
        for path, use in program.anchored:
            self._looks_up(path, use, f"the own definition of `{use.within}` calls it")
        for draft in staying:
            if draft.kind == "mock":
                self._note_mock(draft)
            else:
                self._looks_up(draft.path, draft.use, f"{draft.path}:{draft.position[0]}")
        if program.config.getter_module:
            self._elsewhere = self._looked_up_from_outside()

    def check(self, draft: Draft, provision: Provision) -> Iterator[Finding]:
        """CTX205 on a mock target."""
        if draft.origin.kind == "unknown":
            yield MOCK_TARGET_SPLIT.found(f"what the target means cannot be followed: {draft.origin.reason}")
            return
        if provision.problem:
            home = draft.origin
            is_missing = home.kind == "function" and not self.program.has_getter(home.module)
            advice = provision.advice or (GETTER_MISSING.advice if is_missing else "")
            yield MOCK_TARGET_SPLIT.found(provision.problem, advice)
            return
        for name in self.program.lookups(draft.path, draft.use):
            if name in self._looked_up:
                user = self._looked_up[name]
                yield MOCK_TARGET_SPLIT.found(f"{name[0]} still uses `{name[1]}` after the run: {user}")
            elif name in self._elsewhere or self._is_unused_at_home(*name):
                yield MOCK_TARGET_SPLIT.found(f"calls through {name[0]} take the getter from elsewhere")

    def check_escaped(self, draft: Draft) -> Iterator[Finding]:
        """CTX156 on a call that a mock in a file that is not written will not intercept any more."""
        if draft.kind == "call":
            for name in self.program.lookups(draft.path, draft.use):
                if name in self._mocked:
                    yield MOCKED_ELSEWHERE.found(
                        f"{self._mocked[name]} mocks `{name[1]}` in {name[0]} and will not intercept this call"
                    )

    def _looks_up(self, path: str, use: Use, where: str) -> None:
        for name in self.program.lookups(path, use):
            self._looked_up.setdefault(name, where)

    def _note_mock(self, draft: Draft) -> None:
        if draft.path not in self.program.writable:
            for name in self.program.lookups(draft.path, draft.use):
                self._mocked.setdefault(name, f"{draft.path}:{draft.position[0]}")

    def _looked_up_from_outside(self) -> set[Name]:
        """The names that other modules look up: with a dotted getter they take that from its own module."""
        found: dict[Name, set[str]] = defaultdict(set)
        for draft in self.program.drafts:
            if draft.kind == "call":
                for name in self.program.lookups(draft.path, draft.use):
                    by_group = draft.use.group is not None and draft.use.group.scope == MODULE_SCOPE
                    found[name].add("" if by_group else draft.path)
        return {name for name, users in found.items() if users - {""}}

    def _is_unused_at_home(self, module: str, name: str) -> bool:
        """Whether a module uses neither the factory nor the getter itself: with a dotted getter no call looks that up
        there, also where an earlier run has migrated the calls.
        """
        if not self.program.config.getter_module:
            return False
        about = self.program.facts[module].names
        names = (name, self.program.config.getter_name)
        uses = (use for each in names if each in about for use in about[each].uses)
        return not any(use.base is None and use.group in (None, at_module(use.name)) for use in uses)
