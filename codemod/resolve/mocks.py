"""Mock targets: ``mock.patch("module.name")`` and its siblings, ``monkeypatch.setattr`` and ``mocker``.

Documented at https://docs.python.org/3/library/unittest.mock.html#the-patchers,
https://docs.pytest.org/en/stable/how-to/monkeypatch.html and https://pytest-mock.readthedocs.io.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from codemod.resolve.attributes import split_attributes
from codemod.resolve.dynamic import module_expression, named_module, namespace_module

if TYPE_CHECKING:
    from codemod.resolve.facts import ModuleRef, Use
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
_TARGET_KEYWORDS = ("target", "in_dict", "obj", "dic")
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

    def is_dotted_name(self, argument: ast.expr) -> bool:
        """Whether an argument is the dotted name of what is replaced."""
        return argument is self.target and self.attribute is None and self.form in ("patch", "setattr")


def mock_use(survey: Survey, name: str, place: Place) -> Use | None:
    """The mock target that ``name`` at ``place`` is or is part of; None where it is none."""
    call, argument = _around(survey.scopes, place)
    if call is None or argument is None:
        return _constant_use(survey, name, place)
    if place.role == "keyword":
        return _keyword_use(survey, name, place, call, argument)
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


def _string_use(
    survey: Survey, name: str, place: Place, call: MockCall, argument: ast.expr, load: Place | None = None
) -> Use | None:
    """The use by the string at ``place``, which ``argument`` is, or the name of its constant at ``load``."""
    assert isinstance(place.node, ast.Constant)
    value = str(place.node.value)
    base = None
    if argument is call.attribute and value == name and call.target is not None:
        if call.form == "setitem":
            base = namespace_module(survey, call.target, load or place)
            return survey.use("dynamic", name, place, place.node, base) if base else None
        base = module_expression(survey, call.target, load or place)
    elif call.is_dotted_name(argument):
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
    if call.is_dotted_name(argument):
        return _unreadable(survey, name, place)
    if argument is call.attribute:
        base = module_expression(survey, call.target, place)
        return _unreadable(survey, name, place, base) if base else None
    if call.form == "multiple" and _is_unpacked(call.node, argument):
        return _multiple_use(survey, name, place, call, _COMPUTED)
    return None


def _unreadable(survey: Survey, name: str, place: Place, base: ModuleRef | None = None) -> Use:
    whole = next((step.child for step in place.steps if isinstance(step.child, ast.JoinedStr)), place.node)
    return replace(survey.use("mock", name, place, whole, base), problem=_COMPUTED)


def _keyword_use(survey: Survey, name: str, place: Place, call: MockCall, argument: ast.expr) -> Use | None:
    """``patch.multiple(module, name=...)`` and ``patch.dict(module.__dict__, name=...)``, or ``dict(name=...)``
    in an argument of them.
    """
    is_own = place.parent() is call.node
    if call.target is None or not (is_own or place.parent() is argument):
        return None
    if call.form == "dict":
        base = namespace_module(survey, call.target, place)
        return survey.use("dynamic", name, place, place.node, base) if base else None
    if call.form != "multiple" or not (is_own or _is_unpacked(call.node, argument)):
        return None
    if not is_own:
        return _multiple_use(survey, name, place, call, _COMPUTED)
    takes_getter = any(keyword.arg == survey.getter_name for keyword in call.node.keywords)
    problem = f"the same call replaces `{survey.getter_name}`, so the keyword cannot be renamed to it"
    return _multiple_use(survey, name, place, call, problem if takes_getter else "")


def _multiple_use(survey: Survey, name: str, place: Place, call: MockCall, problem: str) -> Use | None:
    """A name in ``patch.multiple``; None where that replaces no part of a module."""
    assert call.target is not None
    match _values(survey.scopes, call.target, place):
        case [ast.Constant(value=str() as module)]:
            base: ModuleRef | None = named_module(module)
        case values if any(map(_makes_string, values)):
            return _unreadable(survey, name, place)
        case _:
            base = module_expression(survey, call.target, place)
    return replace(survey.use("mock", name, place, place.node, base), problem=problem) if base else None


def _values(scopes: Scopes, node: ast.expr, place: Place) -> list[ast.expr | None]:
    """What a name is assigned (None where it is bound otherwise); any other expression is its own value."""
    group = scopes.resolve(node.id, place.steps) if isinstance(node, ast.Name) else None
    return [getattr(binding.parent(), "value", None) for binding in group.bindings] if group else [node]


def _makes_string(node: ast.expr | None) -> bool:
    is_literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_literal or isinstance(node, (ast.JoinedStr, ast.BinOp))


def _is_unpacked(node: ast.Call, argument: ast.expr) -> bool:
    return any(keyword.arg is None and keyword.value is argument for keyword in node.keywords)


def _constant_use(survey: Survey, name: str, place: Place) -> Use | None:
    """A string in a constant of the module, which is assigned once and used as a mock target only."""
    constant = _constant(survey.scopes, place)
    if constant is None:
        return None
    loads = _loads(survey.scopes, constant)
    targets = [use for load in loads if (use := _load_use(survey, name, place, load))]
    if not targets:
        return None
    first = targets[0]
    if len(constant.bindings) > 1 or len(targets) < len(loads):
        problem = f"the constant `{constant.name}` is assigned again, or used otherwise than as a mock target"
        return replace(first, problem=problem)
    if any(_module_key(use.base) != _module_key(first.base) for use in targets):
        return replace(first, problem=f"the constant `{constant.name}` is used for more than one module")
    return first


def _module_key(base: ModuleRef | None) -> object:
    """What tells expressions for a module apart, wherever they stand."""
    return base and ([binding.spec for binding in base.bindings], base.parts, base.here)


def _load_use(survey: Survey, name: str, place: Place, load: Place) -> Use | None:
    """The use by the string at ``place`` where ``load`` reads its constant as a mock target."""
    call, argument = _around(survey.scopes, load)
    if call is None or argument is not load.node:
        return None
    if isinstance(place.parent(), (ast.Assign, ast.AnnAssign)) and isinstance(place.node, ast.Constant):
        return _string_use(survey, name, place, call, argument, load)
    return _unreadable(survey, name, place) if call.is_dotted_name(argument) else None


def _constant(scopes: Scopes, place: Place) -> Group | None:
    """The name of the module that the value with the string at ``place`` is assigned to."""
    for step in reversed(place.steps):
        match step.parent:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                group = scopes.groups(name).get(scopes.module)
                bound = group is not None and any(p.parent() is step.parent for p in group.bindings)
                return group if bound and step.field == "value" else None
            case ast.stmt():
                return None
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
    form = mock_form(scopes, node.func, steps)
    if form is None:
        return None
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    targets = [*node.args[:1], *(keywords[name] for name in _TARGET_KEYWORDS if name in keywords)]
    return MockCall(node, form, steps, targets[0] if targets else None, _attribute(node, form, keywords))


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


def mock_form(scopes: Scopes, function: ast.expr, steps: tuple[Step, ...]) -> MockForm | None:
    """How a call of ``function`` where ``steps`` lead replaces something; None where it does not."""
    first, attributes = split_attributes(function)
    match [*(_imported(scopes, first.id, steps) if isinstance(first, ast.Name) else [""]), *attributes]:
        case [*_, "patch", "multiple" | "dict" as form]:
            return form
        case [*_, "patch", "object" | "context_manager"]:
            return "object"
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
