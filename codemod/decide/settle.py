"""The second step: what depends on the verdicts of other sites, repeated until nothing more is blocked.

A blocked site may keep an import alive, which takes names away from others, which blocks further sites;
blocking never undoes itself, so the repetition ends.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemod.decide.dropped_value import check_local_values, dead_assignments
from codemod.decide.getter import check_getter
from codemod.decide.mock_targets import MockTargets
from codemod.decide.needs import Needs
from codemod.decide.provision import Provider, Provision
from codemod.decide.side_effects import check_held_sites
from codemod.decide.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.decide.draft import Draft
    from codemod.decide.program import Program
    from codemod.model import Finding, Verdict
    from codemod.resolve.facts import GroupKey, Span


@dataclass(frozen=True, slots=True)
class Decision:
    """A draft with its verdict, and for a migrated one how it gets the getter."""

    draft: Draft
    verdict: Verdict
    codes: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    provision: Provision | None


@dataclass(slots=True)
class _State:
    draft: Draft
    codes: set[Finding] = field(default_factory=set)
    notes: tuple[Finding, ...] = ()
    provision: Provision | None = None
    is_migrated: bool = True


class Settlement:
    """Settles all drafts of a program.

    Afterwards ``decisions`` is in the order of the drafts, ``needs`` tells who still needs the factory,
    ``provider`` how the getter is had, and ``dead`` has the assignments in each file that ``--clean`` takes out.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._states = [_State(draft) for draft in program.drafts]
        self._by_path: dict[str, list[_State]] = defaultdict(list)
        for state in self._states:
            self._by_path[state.draft.path].append(state)
            self._block(state, state.draft.codes)
        self._judge_all()
        self.dead: dict[str, tuple[Span, ...]] = {}
        left_alone: set[tuple[str, GroupKey]] = set()
        changed = True
        while changed:
            self.needs = Needs(program, self._drafts(is_migrated=False), left_alone)
            self.provider = Provider(program, self.needs.kept, program.writable)
            self.mocks = MockTargets(program, self._drafts(is_migrated=False))
            for state in self._states:
                self._check_provision(state)
            for path, states in self._by_path.items():
                self._check_file(path, states)
            changed = self._judge_all()
            unasked = program.groups.keys() - self.needs.kept - self._gaining()
            changed = changed or bool(unasked)
            left_alone |= unasked
        self.decisions = tuple(_decision(state) for state in self._states)

    def _drafts(self, *, is_migrated: bool) -> list[Draft]:
        return [state.draft for state in self._states if state.is_migrated is is_migrated]

    def _gaining(self) -> set[tuple[str, GroupKey]]:
        """The groups that migrated sites take the getter by."""
        provisions = (state.provision for state in self._states if state.is_migrated and state.provision)
        return {
            (gain.path, gain.key) for provision in provisions for gain in provision.gains if not gain.in_all
        }

    def _block(self, state: _State, findings: Iterable[Finding]) -> None:
        allowed = self.program.config.allow
        state.codes |= {finding for finding in findings if finding.code not in allowed}

    def _check_provision(self, state: _State) -> None:
        """What hangs on where the getter comes from: CTX204, CTX205 and CTX301."""
        draft = state.draft
        if draft.kind == "call" and draft.origin.kind not in ("unknown", "missing"):
            state.provision = self.provider.for_use(draft.path, draft.use)
            self._block(state, check_getter(self.provider, draft, state.provision))
        elif draft.kind == "mock" and not draft.use.problem:
            state.provision = self.provider.for_mock(draft.path, draft.use)
            if not state.codes:
                self._block(state, self.mocks.check(draft, state.provision))

    def _check_file(self, path: str, states: list[_State]) -> None:
        """What hangs on the other sites of a file: CTX104 around a site that stays, CTX151, CTX152, CTX156."""
        staying = Spans(state.draft.use.whole for state in states if not state.is_migrated)
        migrated = [state.draft for state in states if state.is_migrated]
        dropped = [span for draft in migrated for span in draft.removed]
        values = [value for draft in migrated for value in draft.values]
        sites = Spans(state.draft.use.whole for state in states)
        self.dead[path] = dead_assignments(values, dropped, sites)
        removed = Spans([*dropped, *self.dead[path]])
        for state in states:
            draft = state.draft
            state.codes |= set(check_held_sites(draft, staying))
            overruled = [finding for finding in draft.codes if finding.code in self.program.config.allow]
            local = check_local_values(draft.values, removed)
            escaped = self.mocks.check_escaped(draft)
            state.notes = tuple(dict.fromkeys([*overruled, *draft.notes, *local, *escaped]))

    def _judge_all(self) -> bool:
        """Update every verdict; whether one changed."""
        before = [state.is_migrated for state in self._states]
        for state in self._states:
            self._judge(state)
        return before != [state.is_migrated for state in self._states]

    def _judge(self, state: _State) -> None:
        config = self.program.config
        if not state.codes:
            state.codes |= {note for note in state.notes if config.strict or note.code in config.block}
        is_written = state.draft.path in self.program.writable
        if state.codes or state.draft.ignore == frozenset() or not is_written:
            state.is_migrated = False


def _decision(state: _State) -> Decision:
    draft, ignore = state.draft, state.draft.ignore
    if state.is_migrated:
        return Decision(draft, "migrated", (), _in_order(state.notes), state.provision)
    codes = _in_order(state.codes)
    is_ignored = ignore is not None and (not ignore or {finding.code for finding in codes} <= ignore)
    return Decision(draft, "ignored" if is_ignored else "blocked", codes, (), None)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.code, finding.message)))
