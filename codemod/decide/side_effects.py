"""CTX104 and CTX155: what is lost when the dropped argument is not evaluated any more."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.rule import Rule
from codemod.resolve.places import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.decide.call import Call, Code
    from codemod.decide.callee import Callee
    from codemod.decide.draft import Draft
    from codemod.decide.spans import Spans
    from codemod.model import Finding

SIDE_EFFECT_DROPPED = Rule(
    code="CTX104",
    name="side-effect-dropped",
    kind="block",
    summary="The dropped argument's expression could do something, and the rewrite would keep it from happening.",
    advice="Move the expression to a statement of its own before the call if its effect is needed, else drop it.",
    before="context = create_user_execution_context(user_id, thread_id, registry.open_run())",
    after="registry.open_run()\ncontext = get_user_execution_context(user_id, thread_id)",
    allowable=True,
)
GENERATOR_DROPPED = Rule(
    code="CTX155",
    name="generator-dropped",
    kind="note",
    summary="The dropped argument called something that is only taken to be pure by its name (`generate_*`).",
    advice="Look whether the function does more than make an identifier; if it does, call it on its own.",
    before="context = create_user_execution_context(user_id, thread_id, generate_run_id())",
    after="context = get_user_execution_context(user_id, thread_id)",
)

IDENTIFIER_CALLS = frozenset(
    {
        *(f"uuid.{name}" for name in ("uuid1", "uuid4", "uuid6", "uuid7", "uuid8")),
        "secrets.token_*",
        "os.urandom",
    }
)
CLOCK_CALLS = frozenset(
    {
        *(f"time.{name}{unit}" for name in ("time", "monotonic", "perf_counter") for unit in ("", "_ns")),
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
    }
)
_PURE_CALLS = (
    IDENTIFIER_CALLS
    | CLOCK_CALLS
    | {
        "uuid.uuid3",
        "uuid.uuid5",
        "uuid.UUID",
        "datetime.date.today",
        *("str", "int", "bool", "repr", "len", "format", "min", "max"),
    }
)
PURE_METHODS = frozenset(
    {
        *("format", "join", "strip", "lower", "upper", "replace", "split", "title"),
        *("encode", "decode", "isoformat", "hex"),
    }
)


def is_generator(callee: Callee) -> bool:
    """Whether the name says that an identifier is made: ``generate_*``, leading underscores aside."""
    return callee.last.lstrip("_").startswith("generate_")


def check_side_effects(call: Call) -> Iterator[Finding]:
    """CTX104 and CTX155 on the dropped arguments of a call."""
    for argument in call.dropped:
        effects: list[Finding] = []
        generators: list[Finding] = []
        for node, steps in _walk(argument.node, call.steps):
            effect = _effect(call, node, steps)
            if effect:
                effects.append(effect)
            elif isinstance(node, ast.Call) and is_generator(call.callee(node.func, steps)):
                generators.append(_generator(call, node))
        yield from effects[:1] or generators[:1]


def check_held_sites(draft: Draft, staying: Spans) -> Iterator[Finding]:
    """CTX104 where a dropped argument holds one of the sites that stay."""
    for span in draft.removed:
        if staying.first_in(span):
            yield SIDE_EFFECT_DROPPED.found(
                "the dropped argument holds a reference to the factory that stays"
            )


def may_be_dropped(code: Code, node: ast.expr, steps: tuple[Step, ...]) -> bool:
    """Whether nothing is lost when the expression where ``steps`` lead is not evaluated any more."""
    return not any(_effect(code, child, below) for child, below in _walk(node, steps))


def check_removed_value(code: Code, node: ast.expr, steps: tuple[Step, ...]) -> Iterator[Finding]:
    """CTX155 on a value that may be dropped and stands where ``steps`` lead."""
    for child, below in _walk(node, steps):
        if isinstance(child, ast.Call) and is_generator(code.callee(child.func, below)):
            yield _generator(code, child)
            return


def _walk(node: ast.AST, steps: tuple[Step, ...]) -> Iterator[tuple[ast.AST, tuple[Step, ...]]]:
    """Every node under ``node`` with the steps to it, so that names mean what they mean there."""
    pending = [(node, steps)]
    while pending:
        node, steps = pending.pop()
        yield node, steps
        below = [
            (child, (*steps, Step(node, field, child)))
            for field, value in ast.iter_fields(node)
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST)
        ]
        pending += reversed(below)


def _effect(code: Code, node: ast.AST, steps: tuple[Step, ...]) -> Finding | None:
    match node:
        case ast.Await() | ast.Yield() | ast.YieldFrom():
            keyword = "await" if isinstance(node, ast.Await) else "yield"
            return SIDE_EFFECT_DROPPED.found(f"the dropped `{code.text(node)}` has `{keyword}` in it")
        case ast.NamedExpr():
            return SIDE_EFFECT_DROPPED.found(
                f"the dropped `{code.text(node)}` assigns `{code.text(node.target)}`"
            )
        case ast.Call():
            callee = code.callee(node.func, steps)
            if not _is_pure(code, node, callee):
                return _impure(code, node, callee)
    return None


def _is_pure(code: Code, node: ast.Call, callee: Callee) -> bool:
    if is_generator(callee) or callee.matches(code.config.pure_calls) or callee.is_one_of(_PURE_CALLS):
        return True
    if callee.qualified == "getattr":
        return len(node.args) == 3
    if not callee.is_method or callee.on_module:
        return False
    return callee.last in PURE_METHODS or (callee.last == "get" and _looks_up_constant(node))


def _looks_up_constant(node: ast.Call) -> bool:
    """``x.get("key")`` and ``x.get("key", default)``."""
    if node.keywords or len(node.args) not in (1, 2):
        return False
    key = node.args[0]
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _impure(code: Code, node: ast.Call, callee: Callee) -> Finding:
    message = f"the dropped `{code.text(node)}` could do something, and would not run any more"
    if callee.qualified.startswith("random."):
        return SIDE_EFFECT_DROPPED.found(
            f"the dropped `{code.text(node)}` moves the sequence of a seeded generator",
            'Set `pure-calls = ["random.*"]` under [tool.ctxmigrate] if nothing depends on that sequence.',
        )
    if not callee.name_in_settings:
        return SIDE_EFFECT_DROPPED.found(message)
    return SIDE_EFFECT_DROPPED.found(
        message,
        f"{SIDE_EFFECT_DROPPED.advice} If the call has no effect worth keeping, add"
        f' `pure-calls = ["{callee.name_in_settings}"]` under [tool.ctxmigrate], or run with `--allow CTX104`.',
    )


def _generator(code: Code, node: ast.Call) -> Finding:
    return GENERATOR_DROPPED.found(f"the dropped `{code.text(node)}` is taken to be pure by its name alone")
