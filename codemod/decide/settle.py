"""The second step: what depends on the verdicts of other sites, repeated until nothing more is blocked.

A blocked site may keep an import alive, which takes names away from others, which blocks further sites;
blocking never undoes itself, so the repetition ends.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from codemod.decide.draft import Draft
from codemod.decide.dropped_value import check_local_values
from codemod.decide.getter import GETTER_MISSING, GETTER_NAME_TAKEN
from codemod.decide.needs import Needs
from codemod.decide.program import Program
from codemod.decide.provision import Provider, Provision
from codemod.decide.side_effects import SIDE_EFFECT_DROPPED
from codemod.model import Finding, Verdict
from codemod.resolve.facts import MODULE_SCOPE, GroupKey, Span, Use
from codemod.resolve.links import Origin


@dataclass(frozen=True, slots=True)
class Decision:
    """A draft with its verdict, and for a migrated call how it gets the getter."""

    draft: Draft
    verdict: Verdict
    codes: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    provision: Provision | None


@dataclass(slots=True)
class _State:
    draft: Draft
    codes: dict[str, Finding] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()
    provision: Provision | None = None
    is_migrated: bool = True


class Settlement:
    """Settles all drafts of a program. Afterwards ``decisions`` is in the order of the drafts, and ``provider``
    tells how the getter is had."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._states = [_State(draft) for draft in program.drafts]
        self._by_path: dict[str, list[_State]] = defaultdict(list)
        for state in self._states:
            self._by_path[state.draft.path].append(state)
            self._take_local_codes(state)
        self._judge_all()
        changed = True
        while changed:
            self.needs = Needs(program, [state.draft for state in self._states if not state.is_migrated])
            self.provider = Provider(program, self.needs.kept, program.writable)
            for state in self._states:
                self._check_getter(state)
            for states in self._by_path.values():
                self._check_nesting(states)
                self._take_notes(states)
            changed = self._judge_all()
        self.decisions = tuple(self._decision(state) for state in self._states)

    def _take_local_codes(self, state: _State) -> None:
        state.codes = {}
        for finding in state.draft.codes:
            if finding.code not in self.program.config.allow:
                state.codes.setdefault(finding.code + finding.message, finding)

    def _check_getter(self, state: _State) -> None:
        """CTX301 and CTX204 on a call that can be followed."""
        draft = state.draft
        if draft.use.kind != "call" or draft.origin.kind in ("unknown", "missing"):
            return
        state.provision = provision = self.provider.for_use(draft.path, draft.use)
        problem = provision.problem or self._defined_later(draft, provision)
        if problem:
            state.codes.setdefault("CTX301", GETTER_MISSING.found(problem))
        elif provision.name == self.program.config.getter_name:
            taken = self._taken(draft, provision)
            if taken:
                state.codes.setdefault("CTX204", GETTER_NAME_TAKEN.found(taken))

    def _defined_later(self, draft: Draft, provision: Provision) -> str:
        """Why a call that runs on import cannot find the getter that its own module defines further down."""
        use = draft.use
        if not use.immediate or use.base is not None or (draft.path, use.group) in self.program.groups:
            return ""
        facts = self.program.facts[draft.path].names.get(self.program.config.getter_name)
        bindings = [b for g in (facts.groups if facts else ()) if g.key.scope == MODULE_SCOPE for b in g.bindings]
        if bindings and all(binding.at.start > use.at.start for binding in bindings):
            return f"`{provision.name}` is bound only further down, and this call runs on import"
        return ""

    def _taken(self, draft: Draft, provision: Provision) -> str:
        """What the getter's name means instead where the call would use it; empty where it is free."""
        use, getter = draft.use, self.program.config.getter_name
        home = self._home(use)
        if home is None:
            return ""
        here = use.getter_group
        if here is None or here.scope not in use.scopes:
            return ""
        depth, home_depth = use.scopes.index(here.scope), use.scopes.index(home)
        if depth > home_depth:
            return f"`{getter}` is a name of its own in a scope around the call"
        if depth == home_depth and not self._is_getter(draft.path, here, provision.origin, use):
            return f"`{getter}` means something else in this scope already"
        if depth < home_depth and self._used_outside(draft.path, home, here):
            return f"`{getter}` is used in this scope with another meaning"
        return ""

    def _home(self, use: Use) -> int | None:
        """The scope in which the getter's name will be bound; None for an attribute."""
        if use.base is not None and not self.program.config.getter_module:
            return None
        if use.base is not None or use.group is None:
            return MODULE_SCOPE
        return use.group.scope

    def _is_getter(self, path: str, key: GroupKey, expected: Origin, use: Use) -> bool:
        if use.group is not None and (path, use.group) not in self.program.groups:
            return True
        found = self.program.links.group(path, key)
        return found.kind in ("function", "external", "other") and found == expected

    def _used_outside(self, path: str, home: int, outer: GroupKey) -> bool:
        """Whether code in the scope ``home`` uses the getter's name of an outer scope, which an import there
        would hide."""
        facts = self.program.facts[path].names.get(outer.name)
        return any(use.group == outer and home in use.scopes for use in (facts.uses if facts else ()))

    def _check_nesting(self, states: list[_State]) -> None:
        """CTX104 where a dropped argument holds a site that stays."""
        staying = [state.draft for state in states if not state.is_migrated]
        for state in states:
            for span in state.draft.removed:
                inner = next((d for d in staying if _within(d.use.whole, span)), None)
                if inner is not None and inner is not state.draft:
                    finding = SIDE_EFFECT_DROPPED.found(
                        f"the dropped argument holds a reference to the factory that stays (line {inner.position[0]})"
                    )
                    state.codes.setdefault("nested", finding)

    def _take_notes(self, states: list[_State]) -> None:
        removed = tuple(span for state in states if state.is_migrated for span in state.draft.removed)
        allowed = self.program.config.allow
        for state in states:
            overruled = [finding for finding in state.draft.codes if finding.code in allowed]
            values = check_local_values(state.draft.values, removed)
            state.notes = tuple(_once([*overruled, *state.draft.notes, *values]))

    def _judge_all(self) -> bool:
        """Update every verdict; whether one changed."""
        before = [state.is_migrated for state in self._states]
        for state in self._states:
            self._judge(state)
        return before != [state.is_migrated for state in self._states]

    def _judge(self, state: _State) -> None:
        if not state.codes:
            config = self.program.config
            refused = [note for note in state.notes if config.strict or note.code in config.block]
            state.codes.update({note.code: note for note in refused})
        written = state.draft.path in self.program.writable
        if state.codes or state.draft.ignore == frozenset() or not written:
            state.is_migrated = False

    def _decision(self, state: _State) -> Decision:
        codes = tuple(sorted(_once(state.codes.values()), key=lambda finding: finding.code))
        if state.is_migrated:
            notes = tuple(sorted(state.notes, key=lambda finding: finding.code))
            return Decision(state.draft, "migrated", (), notes, state.provision)
        ignore = state.draft.ignore
        is_ignored = ignore is not None and (not ignore or all(finding.code in ignore for finding in codes))
        return Decision(state.draft, "ignored" if is_ignored else "blocked", codes, (), None)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _once(findings: object) -> list[Finding]:
    """The findings without repetition, in their order."""
    return list(dict.fromkeys(findings))  # type: ignore[call-overload]


