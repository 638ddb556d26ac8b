"""References through strings: ``getattr(module, "name")``, ``globals()["name"]``, ``"module.name"``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from codemod.resolve.facts import Binding, ImportSpec, ModuleRef, Span, Use

if TYPE_CHECKING:
    from codemod.resolve.places import Place
    from codemod.resolve.survey import Survey

_ATTRIBUTE_FUNCTIONS = frozenset({"getattr", "hasattr", "setattr", "delattr"})
_DICT_METHODS = frozenset({"get", "pop", "setdefault", "__getitem__", "__contains__"})
_DOTTED = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)[.:](?P<name>[^\W\d]\w*)")


def dynamic_use(survey: Survey, name: str, place: Place) -> Use | None:
    """The use of ``name`` by a string, or as an attribute of a module found by a string; None if it is none."""
    base = None
    if place.role == "attribute" and isinstance(place.node, ast.Attribute):
        base = _module_by_string(survey, place.node.value, place)
        string = _first_string(place.node.value)
        return survey.use("dynamic", name, place, string, base) if base and string else None
    if isinstance(place.node, ast.Constant) and isinstance(place.node.value, str):
        base = _base(survey, name, place, place.node)
    return survey.use("dynamic", name, place, place.node, base) if base else None


def _base(survey: Survey, name: str, place: Place, string: ast.Constant) -> ModuleRef | None:
    if string.value != name:
        dotted = _DOTTED.fullmatch(str(string.value))
        return named_module(dotted["module"]) if dotted and dotted["name"] == name else None
    parent = place.parent()
    match parent:
        case ast.Call(func=ast.Name(id=function), args=[target, key, *_]) if key is string:
            if function in _ATTRIBUTE_FUNCTIONS and not survey.scopes.resolve(function, place.steps):
                return module_expression(survey, target, place)
        case ast.Subscript(value=namespace):
            return namespace_module(survey, namespace, place)
        case ast.Call(func=ast.Attribute(attr=method, value=namespace), args=[key, *_]) if key is string:
            return namespace_module(survey, namespace, place) if method in _DICT_METHODS else None
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[namespace]):
            return namespace_module(survey, namespace, place)
    return None


def namespace_module(survey: Survey, node: ast.expr, place: Place) -> ModuleRef | None:
    """The module whose namespace ``node`` is: ``globals()``, ``vars(module)``, ``module.__dict__``."""
    match node:
        case ast.Call(func=ast.Name(id="globals"), args=[]):
            return ModuleRef("", here=True)
        case ast.Call(func=ast.Name(id="vars"), args=[target]):
            return module_expression(survey, target, place)
        case ast.Constant(value=str() as dotted) if dotted.endswith(".__dict__"):
            return named_module(dotted.removesuffix(".__dict__"))
        case ast.Attribute(attr="__dict__", value=target):
            return module_expression(survey, target, place)
    return None


def module_expression(survey: Survey, node: ast.expr, place: Place) -> ModuleRef | None:
    """The module that ``node`` means, by its name or by a string; None where it can be none."""
    return _module_by_string(survey, node, place) or survey.module_ref(node, place)


def _module_by_string(survey: Survey, node: ast.expr, place: Place) -> ModuleRef | None:
    """``sys.modules["x"]``, ``sys.modules[__name__]`` and ``importlib.import_module("x")``."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="modules", value=ast.Name(id="sys")), slice=key):
            pass
        case ast.Call(
            func=ast.Attribute(attr="import_module") | ast.Name(id="import_module"), args=[key, *_]
        ):
            pass
        case _:
            return None
    match key:
        case ast.Name(id="__name__"):
            return ModuleRef("", here=True)
        case ast.Constant(value=str() as module):
            return named_module(module)
    return None


def _first_string(node: ast.expr) -> ast.expr | None:
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            return child
    return node


def named_module(module: str) -> ModuleRef:
    """A module that is named in a string."""
    binding = Binding("import", Span(0, 0), spec=ImportSpec(0, module, None))
    return ModuleRef("", (binding,))
