"""CTX153, CTX156 and CTX205: mocks of the factory, which follow the code that they were made for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.rule import Rule
from codemod.resolve.mocks import MockCall, mock_calls, mock_form
from codemod.resolve.places import ModuleIndex, Place, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.model import Finding
    from codemod.resolve.facts import Use
    from codemod.resolve.scopes import Group, Scopes

MOCK_REPLACEMENT = Rule(
    code="CTX153",
    name="mock-replacement",
    kind="note",
    summary=(
        "A renamed mock target has a replacement, or its mock is asserted with arguments; either may still have"
        " the dropped argument."
    ),
    advice="Take the dropped argument out of the replacement's parameters and of what is asserted.",
    before=(
        'with patch("app.handler.create_user_execution_context") as create:\n'
        "    handle(message)\n"
        'create.assert_called_once_with("user", "thread", "run")'
    ),
    after=(
        'with patch("app.handler.get_user_execution_context") as create:\n'
        "    handle(message)\n"
        'create.assert_called_once_with("user", "thread", "run")'
    ),
)
MOCKED_ELSEWHERE = Rule(
    code="CTX156",
    name="mocked-elsewhere",
    kind="note",
    summary="A file that is not written mocks the factory in this module, and will not intercept this call any more.",
    advice="Change the mock's target in that file, or include the file in the run.",
    before='# in a file that the run leaves alone\npatch("app.handler.create_user_execution_context")',
    after='patch("app.handler.get_user_execution_context")',
)
MOCK_TARGET_SPLIT = Rule(
    code="CTX205",
    name="mock-target-split",
    kind="block",
    summary="A mock target names a module that still uses the factory after the run.",
    advice=(
        "See to what is blocked in that module first and run again, or mock both names: this mock does not reach the"
        " calls that were migrated. A mock of what the getter itself calls can stay as it is."
    ),
    before='patch("app.handler.create_user_execution_context")  # app/handler.py has a blocked call',
    after='patch("app.handler.get_user_execution_context")  # once nothing in app/handler.py is blocked',
)

_TELLS_OF_ARGUMENTS = frozenset(
    {
        *("assert_called_with", "assert_called_once_with", "assert_any_call", "assert_has_calls"),
        *("assert_awaited_with", "assert_awaited_once_with", "assert_any_await", "assert_has_awaits"),
        *("call_args", "call_args_list", "mock_calls", "method_calls", "await_args", "await_args_list"),
        "side_effect",
    }
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_REPLACING_KEYWORDS = frozenset({"new", "new_callable", "side_effect", "wraps", "value"})


def check_mock(index: ModuleIndex, scopes: Scopes, use: Use) -> Iterator[Finding]:
    """CTX153 on a mock target, at most once."""
    place = next(p for p in index.places(use.name) if p.start == use.at.start)
    for call in mock_calls(scopes, place):
        reason = _replacement(call, place) or _asserted(index, scopes, call)
        if reason:
            yield MOCK_REPLACEMENT.found(reason)
            return


def _replacement(call: MockCall, place: Place) -> str:
    if call.form == "multiple":
        return f"the keyword `{place.node.arg}` is renamed" if isinstance(place.node, ast.keyword) else ""
    replacing = _REPLACING_KEYWORDS.intersection(keyword.arg for keyword in call.node.keywords if keyword.arg)
    if replacing:
        return f"the mock has `{min(replacing)}=`, which may still take the dropped argument"
    is_deleted = isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "delattr"
    given = len(call.node.args) - (1 if call.attribute is None else 2)
    if given > 0 and not is_deleted:
        return "the mock has a replacement, which may still take the dropped argument"
    return ""


def _asserted(index: ModuleIndex, scopes: Scopes, call: MockCall) -> str:
    pending = list(_mock_names(scopes, call.steps))
    seen: set[Group] = set()
    while pending:
        name, steps = pending.pop()
        group = scopes.resolve(name, steps)
        if group is None or group in seen:
            continue
        seen.add(group)
        for place in index.places(name):
            if place.role != "load" or scopes.resolve(name, place.steps) is not group:
                continue
            parent = place.parent()
            if isinstance(parent, ast.Attribute) and parent.attr in _TELLS_OF_ARGUMENTS:
                line = index.source.position(place.start)[0]
                return f"`{name}.{parent.attr}` in line {line} may still have the dropped argument"
            pending += _mock_names(scopes, place.steps)
    return ""


def _mock_names(scopes: Scopes, steps: tuple[Step, ...]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The names that are given to the mock or patcher where ``steps`` lead, each with steps to where it means
    that.
    """
    steps = _entered(steps)
    match steps[-1] if steps else None:
        case Step(ast.withitem(optional_vars=ast.Name(id=name)), "context_expr", _):
            yield name, steps
        case Step(
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
            | ast.NamedExpr(target=ast.Name(id=name)),
            "value",
            _,
        ):
            yield name, steps
        case Step(ast.FunctionDef() | ast.AsyncFunctionDef() as function, "decorator_list", patcher):
            yield from _parameter(scopes, function, _below(function.decorator_list, patcher), steps[:-1])
        case Step(ast.ClassDef() as owner, "decorator_list", patcher):
            for method in owner.body:
                if isinstance(method, _FUNCTIONS) and method.name.startswith("test"):
                    below = [*method.decorator_list, *_below(owner.decorator_list, patcher)]
                    inside = (*steps[:-1], Step(owner, "body", method))
                    yield from _parameter(scopes, method, below, inside)


def _entered(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps to what starts or enters the patcher where ``steps`` lead, or else to itself."""
    while steps:
        match steps[-1]:
            case Step(ast.Attribute(attr="start" | "__enter__"), "value", _):
                pass
            case Step(ast.Call(func=ast.Attribute()), "func", _):
                pass
            case Step(ast.Call(func=ast.Attribute(attr="enter_context")), "args", _):
                pass
            case _:
                break
        steps = steps[:-1]
    return steps


def _below(decorators: list[ast.expr], patcher: ast.AST) -> list[ast.expr]:
    return decorators[[decorator is patcher for decorator in decorators].index(True) + 1 :]


def _parameter(
    scopes: Scopes,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    below: list[ast.expr],
    steps: tuple[Step, ...],
) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The parameter of the function at ``steps`` that a decorator fills: the lowest one fills the first."""
    number = sum(1 for decorator in below if _passes_mock(scopes, decorator, steps))
    arguments = (*function.args.posonlyargs, *function.args.args)
    names = [argument.arg for argument in arguments if argument.arg not in ("self", "cls")]
    if number < len(names):
        yield names[number], (*steps, Step(function, "body", function.body[0]))


def _passes_mock(scopes: Scopes, decorator: ast.expr, steps: tuple[Step, ...]) -> bool:
    """Whether a decorator is a patcher that passes its mock, which one with a replacement does not."""
    form = mock_form(scopes, decorator.func, steps) if isinstance(decorator, ast.Call) else None
    if not isinstance(decorator, ast.Call) or form not in ("patch", "object"):
        return False
    given = len(decorator.args) - (2 if form == "object" else 1)
    return given < 1 and not any(keyword.arg == "new" for keyword in decorator.keywords)
