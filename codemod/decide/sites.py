"""Decides the sites of one file as far as the file itself can: the first of the two steps."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.decide.arguments import check_arguments
from codemod.decide.await_mismatch import check_await
from codemod.decide.call import Call, getter_signature, read_arguments
from codemod.decide.draft import Candidate, Draft
from codemod.decide.dropped_value import local_values
from codemod.decide.getter import GETTER_UNVERIFIED
from codemod.decide.mocks import check_mock
from codemod.decide.reached import GETTER_CALLS_ITSELF
from codemod.decide.references import (
    DANGLING_IMPORT,
    DYNAMIC_REFERENCE,
    FACTORY_AS_VALUE,
    UNRESOLVED_NAME,
)
from codemod.decide.rules import RULES
from codemod.decide.session_key import check_session_key
from codemod.decide.side_effects import check_side_effects
from codemod.decide.source_shown import check_source_shown
from codemod.decide.suppression import read_suppressions
from codemod.decide.under_test import check_under_test
from codemod.resolve.facts import Span, Use
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.decide.callee import IsModule
    from codemod.model import Config, Finding
    from codemod.resolve.places import ModuleIndex, Step

_CALL_CHECKS = (
    check_arguments,
    check_side_effects,
    check_await,
    check_under_test,
    check_source_shown,
    check_session_key,
)
_NOTE_CODES = frozenset(rule.code for rule in RULES if rule.kind == "note")


def draft_sites(
    index: ModuleIndex, candidates: tuple[Candidate, ...], config: Config, is_module: IsModule
) -> tuple[Draft, ...]:
    """The sites of one file with everything about them that the file itself tells.

    ``is_module`` tells of the imports in it whether they bring modules.
    """
    suppressions = read_suppressions(index.source)
    scopes = Scopes(index)
    drafts = []
    for candidate in candidates:
        draft = _draft(index, scopes, candidate, config, is_module)
        ignore = suppressions.between(draft.position[0], draft.position[2])
        drafts.append(replace(draft, ignore=ignore))
    return tuple(drafts)


def _draft(
    index: ModuleIndex, scopes: Scopes, candidate: Candidate, config: Config, is_module: IsModule
) -> Draft:
    use = candidate.use
    first, last = index.source.position(use.whole.start), index.source.position(use.whole.end)
    draft = Draft(
        path=index.source.path,
        use=use,
        origin=candidate.origin,
        kind=use.kind,
        position=(*first, *last),
        before=index.source.text[slice(*use.whole)],
        source="\n".join(index.source.line(number) for number in range(first[0], last[0] + 1)),
        scope=_scope(index.steps_to(use.whole.start)),
    )
    if use.kind == "call" and candidate.origin.kind not in ("unknown", "missing"):
        decided = _decide_call(draft, _call(index, scopes, candidate, config, is_module))
        return replace(decided, codes=(*decided.codes, *_recursion(candidate)))
    notes = tuple(check_mock(index, scopes, use)) if use.kind == "mock" else ()
    return replace(draft, codes=tuple(_reference_codes(candidate)), notes=notes)


def _recursion(candidate: Candidate) -> Iterator[Finding]:
    if candidate.within:
        yield GETTER_CALLS_ITSELF.found(
            f"the getter, {candidate.getter.where}, comes here by `{candidate.within}` and would call itself for ever"
        )


def _scope(steps: Iterable[Step]) -> str:
    """The qualified name of the function or class that the steps from the module lead into."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return ".".join(step.child.name for step in steps if isinstance(step.child, definitions))


def _reference_codes(candidate: Candidate) -> Iterator[Finding]:
    use, origin = candidate.use, candidate.origin
    if use.problem:
        yield DYNAMIC_REFERENCE.found(use.problem)
    if use.kind == "mock":
        return
    if use.kind == "dynamic":
        yield DYNAMIC_REFERENCE.found(f"the string reaches `{use.name}` while the program runs")
        return
    if use.kind in ("call", "import") and origin.kind == "missing":
        how = "is looked up in" if use.base else "is imported from"
        yield DANGLING_IMPORT.found(f"`{use.name}` {how} a module under the root that does not have it")
        return
    if use.kind == "reference":
        yield FACTORY_AS_VALUE.found(f"`{use.name}` is used as a value here, not called")
    if origin.kind == "unknown":
        is_broken = origin.reason.endswith("cannot be parsed")
        advice = "Mend that file first: it does not parse. Then run again." if is_broken else ""
        yield UNRESOLVED_NAME.found(
            f"what `{use.name}` means here cannot be followed: {origin.reason}", advice
        )


def _call(
    index: ModuleIndex, scopes: Scopes, candidate: Candidate, config: Config, is_module: IsModule
) -> Call:
    steps = index.steps_to(candidate.use.at.start)
    depth = next(n for n in range(len(steps), 0, -1) if _is_whole(index, steps[n - 1].child, candidate.use))
    node = steps[depth - 1].child
    assert isinstance(node, ast.Call)
    return Call(
        node=node,
        use=candidate.use,
        steps=steps[:depth],
        index=index,
        scopes=scopes,
        config=config,
        factory=candidate.factory,
        getter=candidate.getter,
        is_module=is_module,
        arguments=read_arguments(node, config, candidate.factory),
    )


def _is_whole(index: ModuleIndex, node: ast.AST, use: Use) -> bool:
    return isinstance(node, ast.Call) and (index.node_start(node), index.node_end(node)) == use.whole


def _decide_call(draft: Draft, call: Call) -> Draft:
    findings = [finding for check in _CALL_CHECKS for finding in check(call)]
    if not call.getter.is_known:
        findings.append(_unverified(call))
    return replace(
        draft,
        codes=tuple(finding for finding in findings if finding.code not in _NOTE_CODES),
        notes=tuple(finding for finding in findings if finding.code in _NOTE_CODES),
        dropped=tuple(argument.number for argument in call.dropped),
        arguments=tuple(_value_span(call, argument.node) for argument in call.arguments),
        values=local_values(call),
    )


def _value_span(call: Call, value: ast.expr) -> Span:
    """The span of an argument's value; a generator that is the only argument has the call's parentheses."""
    span = Span(call.index.node_start(value), call.index.node_end(value))
    if isinstance(value, ast.GeneratorExp) and span.end == call.use.whole.end:
        return Span(span.start + 1, span.end - 1)
    return span


def _unverified(call: Call) -> Finding:
    taken = ", ".join(parameter.name for parameter in getter_signature(call.config, call.getter).parameters)
    getter, where = call.config.getter_name, call.getter.where
    lacking = (
        f"`{where}` is not under the root"
        if where
        else f"no plain definition of `{getter}` is under the root"
    )
    return GETTER_UNVERIFIED.found(f"{lacking}; the getter is taken to be `{getter}({taken})`")
