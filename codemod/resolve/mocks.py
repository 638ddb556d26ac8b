"""Mock targets: ``mock.patch("module.name")`` and its siblings, ``monkeypatch.setattr`` and ``mocker``.

Documented at https://docs.python.org/3/library/unittest.mock.html#the-patchers,
https://docs.pytest.org/en/stable/how-to/monkeypatch.html and https://pytest-mock.readthedocs.io.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from codemod.resolve.dynamic import module_expression, named_module, namespace_module

if TYPE_CHECKING:
    from codemod.resolve.facts import Use
    from codemod.resolve.places import Place, Step
    from codemod.resolve.scopes import Group, Scopes
    from codemod.resolve.survey import Survey

MockForm = Literal["patch", "object", "multiple", "dict", "setattr", "setitem"]

_METHODS: dict[str, MockForm] = {
    "setattr": "setattr",
    "delattr": "setattr",
    "spy": "object",
    "setitem": "setitem",
    "delitem": "setitem",
}
_DOTTED = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\.(?P<name>[^\W\d]\w*)")
_COMPUTED = "the mock target is computed, so which name it replaces cannot be read"


@dataclass(frozen=True, slots=True)
class MockCall:
    """A call that replaces something by a mock.

    ``target`` is what it replaces or whose attribute it replaces, ``attribute`` the name of that where the
    form has one. ``steps`` lead to the call itself.
    """

    node: ast.Call
    form: MockForm
    steps: tuple[Step, ...]
    target: ast.expr | None
    attribute: ast.expr | None


def mock_use(survey: Survey, name: str, place: Place) -> Use | None:
    """The mock target that ``name`` at ``place`` is or is part of; None where it is none."""
    call, argument = _around(survey.scopes, place)
    if call is None or argument is None:
        return _constant_use(survey, name, place)
    if place.role == "keyword":
        return _keyword_use(survey, name, place, call)
    if call.form == "dict" or not isinstance(argument, ast.Constant):
        return _computed_use(survey, name, place, call, argument)
    return _string_use(survey, name, place, call, argument)


def mock_calls(scopes: Scopes, place: Place) -> list[MockCall]:
    """The mock calls that have the target at ``place``, directly or through the constant that holds it."""
    call, _ = _around(scopes, place)
    if call:
        return [call]
    constant = _constant(scopes, place)
    around = (_around(scopes, load)[0] for load in _loads(scopes, constant)) if constant else ()
    return [call for call in around if call]


def _string_use(survey: Survey, name: str, place: Place, call: MockCall, argument: ast.expr) -> Use | None:
    """The use by the string at ``place``, which ``argument`` is, or the name of a constant that holds it."""
    assert isinstance(place.node, ast.Constant)
    value = str(place.node.value)
    base = None
    if argument is call.attribute and value == name and call.target is not None:
        if call.form == "setitem":
            base = namespace_module(survey, call.target, place)
            return survey.use("dynamic", name, place, place.node, base) if base else None
        base = module_expression(survey, call.target, place)
    elif argument is call.target and call.form in ("patch", "setattr"):
        dotted = _DOTTED.fullmatch(value)
        base = named_module(dotted["module"]) if dotted and dotted["name"] == name else None
    return survey.use("mock", name, place, place.node, base) if base else None


def _computed_use(survey: Survey, name: str, place: Place, call: MockCall, argument: ast.expr) -> Use | None:
    """A target that is computed and has the name in it, or a namespace that is patched as a dictionary."""
    if call.target is None:
        return None
    if call.form == "dict":
        is_key = isinstance(place.node, ast.Constant) and place.node.value == name
        base = namespace_module(survey, call.target, place) if is_key else None
        return survey.use("dynamic", name, place, place.node, base) if base else None
    is_target = argument is call.target and call.form in ("patch", "setattr")
    is_attribute = argument is call.attribute and module_expression(survey, call.target, place) is not None
    if not is_target and not is_attribute:
        return None
    whole = next((step.child for step in place.steps if isinstance(step.child, ast.JoinedStr)), place.node)
    return replace(survey.use("mock", name, place, whole), problem=_COMPUTED)


def _keyword_use(survey: Survey, name: str, place: Place, call: MockCall) -> Use | None:
    """``patch.multiple(module, name=...)`` and ``patch.dict(module.__dict__, name=...)``."""
    if place.parent() is not call.node or call.target is None:
        return None
    if call.form == "dict":
        base = namespace_module(survey, call.target, place)
        return survey.use("dynamic", name, place, place.node, base) if base else None
    if call.form != "multiple":
        return None
    if isinstance(call.target, ast.Constant) and isinstance(call.target.value, str):
        base = named_module(call.target.value)
    else:
        base = module_expression(survey, call.target, place)
    return survey.use("mock", name, place, place.node, base) if base else None


def _constant_use(survey: Survey, name: str, place: Place) -> Use | None:
    """A string in a constant of the module, which is assigned once and used as a mock target only."""
    constant = _constant(survey.scopes, place)
    if constant is None:
        return None
    loads = _loads(survey.scopes, constant)
    targets = []
    for load in loads:
        call, argument = _around(survey.scopes, load)
        use = _string_use(survey, name, place, call, argument) if call and argument is load.node else None
        targets += [use] if use else []
    if not targets:
        return None
    if len(constant.bindings) > 1 or len(targets) < len(loads):
        problem = f"the constant `{constant.name}` is assigned again, or used otherwise than as a mock target"
        return replace(targets[0], problem=problem)
    return targets[0]


def _constant(scopes: Scopes, place: Place) -> Group | None:
    """The name of the module that the string at ``place`` is assigned to."""
    match place.parent():
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            group = scopes.groups(name).get(scopes.module)
            is_string = isinstance(place.node, ast.Constant)
            bound = group is not None and any(p.parent() is place.parent() for p in group.bindings)
            return group if is_string and bound else None
    return None


def _loads(scopes: Scopes, constant: Group) -> list[Place]:
    places = scopes.index.places(constant.name)
    return [p for p in places if p.role == "load" and scopes.resolve(constant.name, p.steps) is constant]


def _around(scopes: Scopes, place: Place) -> tuple[MockCall, ast.expr] | tuple[None, None]:
    """The innermost mock call that has ``place`` in an argument, and that argument's value."""
    for number in range(len(place.steps) - 1, -1, -1):
        step = place.steps[number]
        if isinstance(step.parent, (ast.stmt, ast.Lambda)):
            break
        if not isinstance(step.parent, ast.Call) or step.field == "func":
            continue
        argument = step.child.value if isinstance(step.child, ast.keyword) else step.child
        call = _mock_call(scopes, step.parent, place.steps[:number])
        if call and isinstance(argument, ast.expr):
            return call, argument
    return None, None


def _mock_call(scopes: Scopes, node: ast.Call, steps: tuple[Step, ...]) -> MockCall | None:
    form = _form(scopes, node.func, steps)
    if form is None:
        return None
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    target = node.args[0] if node.args else keywords.get("target", keywords.get("in_dict"))
    return MockCall(node, form, steps, target, _attribute(node, form, keywords))


def _attribute(node: ast.Call, form: MockForm, keywords: dict[str | None, ast.expr]) -> ast.expr | None:
    """The name of the attribute: ``setattr("module.name", value)`` has none, ``setattr(module, "name", value)``
    does.
    """
    if form not in ("object", "setattr", "setitem"):
        return None
    is_setattr = isinstance(node.func, ast.Attribute) and node.func.attr == "setattr"
    if is_setattr and len(node.args) + ("value" in keywords) < 3:
        return keywords.get("name")
    return node.args[1] if len(node.args) > 1 else keywords.get("attribute", keywords.get("name"))


def _form(scopes: Scopes, function: ast.expr, steps: tuple[Step, ...]) -> MockForm | None:
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.insert(0, function.attr)
        function = function.value
    parts = [*(_imported(scopes, function.id, steps) if isinstance(function, ast.Name) else [""]), *parts]
    match parts:
        case [*_, "patch", "object" | "multiple" | "dict" as form]:
            return form
        case [*_, "patch"]:
            return "patch"
        case [_, *_, method]:
            return _METHODS.get(method)
    return None


def _imported(scopes: Scopes, name: str, steps: tuple[Step, ...]) -> list[str]:
    """The dotted name that an import gives to ``name``; the name itself where none does."""
    group = scopes.resolve(name, steps)
    for place in group.bindings if group else ():
        if isinstance(place.node, ast.alias) and (
            place.node.asname or isinstance(place.parent(), ast.ImportFrom)
        ):
            return place.node.name.split(".")
    return [name]
