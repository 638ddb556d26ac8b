"""CTX153, CTX156 and CTX205: mocks of the factory, which follow the code that they were made for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.decide.rule import Rule
from codemod.resolve.mocks import MockCall, mock_calls
from codemod.resolve.places import ModuleIndex, Place, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.model import Finding
    from codemod.resolve.facts import Use
    from codemod.resolve.scopes import Scopes

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
    advice="See to what is blocked in that module first, and run again; or mock both names.",
    before='patch("app.handler.create_user_execution_context")  # app/handler.py has a blocked call',
    after='patch("app.handler.get_user_execution_context")  # once nothing in app/handler.py is blocked',
)

_WITH_ARGUMENTS = frozenset(
    {
        *("assert_called_with", "assert_called_once_with", "assert_any_call", "assert_has_calls"),
        *("assert_awaited_with", "assert_awaited_once_with", "assert_any_await", "assert_has_awaits"),
        *("call_args", "call_args_list", "mock_calls", "method_calls", "await_args", "await_args_list"),
    }
)
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
    is_spy = isinstance(call.node.func, ast.Attribute) and call.node.func.attr in ("spy", "delattr")
    given = len(call.node.args) - (1 if call.form == "patch" or call.attribute is None else 2)
    if given > 0 and not is_spy:
        return "the mock has a replacement, which may still take the dropped argument"
    return ""


def _asserted(index: ModuleIndex, scopes: Scopes, call: MockCall) -> str:
    for name, steps in _mock_names(call):
        group = scopes.resolve(name, steps)
        for place in index.places(name) if group else ():
            parent = place.parent()
            if not isinstance(parent, ast.Attribute) or scopes.resolve(name, place.steps) is not group:
                continue
            if parent.attr in _WITH_ARGUMENTS:
                line = index.source.position(place.start)[0]
                return f"`{name}.{parent.attr}` in line {line} may still have the dropped argument"
    return ""


def _mock_names(call: MockCall) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The names of the mock that a call makes, each with steps to where it means the mock."""
    steps = call.steps
    while (
        steps
        and isinstance(steps[-1].parent, (ast.Attribute, ast.Call))
        and steps[-1].field in ("value", "func")
    ):
        steps = steps[:-1]
    match steps[-1] if steps else None:
        case Step(ast.withitem(optional_vars=ast.Name(id=name)), "context_expr", _):
            yield name, steps
        case Step(
            ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)), "value", _
        ):
            yield name, steps
        case Step(ast.NamedExpr(target=ast.Name(id=name)), "value", _):
            yield name, steps
        case Step(ast.FunctionDef() | ast.AsyncFunctionDef() as function, "decorator_list", _):
            yield from _parameter(function, call, steps, skipped=0)
        case Step(ast.ClassDef() as owner, "decorator_list", _):
            for method in owner.body:
                if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and method.name.startswith(
                    "test"
                ):
                    inside = (*steps[:-1], Step(owner, "body", method))
                    own = sum(1 for decorator in method.decorator_list if isinstance(decorator, ast.Call))
                    yield from _parameter(method, call, inside, skipped=own, decorators=owner.decorator_list)


def _parameter(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    call: MockCall,
    steps: tuple[Step, ...],
    skipped: int,
    decorators: list[ast.expr] | None = None,
) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """The parameter that a decorator fills: the lowest decorator fills the first one."""
    own = decorators if decorators is not None else function.decorator_list
    below = own[own.index(call.node) + 1 :] if call.node in own else []
    number = skipped + sum(1 for decorator in below if _passes_mock(decorator))
    names = [
        arg.arg for arg in (*function.args.posonlyargs, *function.args.args) if arg.arg not in ("self", "cls")
    ]
    if number < len(names) and function.body:
        yield names[number], (*steps, Step(function, "body", function.body[0]))


def _passes_mock(decorator: ast.expr) -> bool:
    """Whether a decorator is a patcher that passes its mock, which one with a replacement does not."""
    if not isinstance(decorator, ast.Call):
        return False
    name = (
        decorator.func.attr
        if isinstance(decorator.func, ast.Attribute)
        else getattr(decorator.func, "id", "")
    )
    if name not in ("patch", "object"):
        return False
    given = len(decorator.args) - (2 if name == "object" else 1)
    return given < 1 and not any(keyword.arg == "new" for keyword in decorator.keywords)
