"""References through strings: ``getattr(module, "name")``, ``globals()["name"]``, ``"module.name"``."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.resolve.attributes import split_attributes
from codemod.resolve.facts import Binding, ImportSpec, ModuleRef, Span, Use

if TYPE_CHECKING:
    from codemod.resolve.places import Place
    from codemod.resolve.survey import Survey

_ATTRIBUTE_FUNCTIONS = frozenset({"getattr", "hasattr", "setattr", "delattr"})
_DOTTED = re.compile(r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)[.:](?P<name>[^\W\d]\w*)")


def dynamic_use(survey: Survey, name: str, place: Place) -> Use | None:
    """The use of ``name`` by a string, or as an attribute of a module found by a string; None if it is none."""
    base = None
    if isinstance(place.node, ast.Attribute):
        base = _module_by_string(survey, place.node.value, place)
    elif isinstance(place.node, ast.Constant) and isinstance(place.node.value, str):
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
        case ast.Call(func=ast.Attribute(value=namespace), args=[key, *_]) if key is string:
            return namespace_module(survey, namespace, place)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[namespace]):
            return namespace_module(survey, namespace, place)
    return None


def namespace_module(survey: Survey, node: ast.expr, place: Place) -> ModuleRef | None:
    """The module whose namespace ``node`` is: ``globals()``, ``vars(module)``, ``module.__dict__``."""
    match node:
        case ast.Call(func=ast.Name(id="globals" | "locals" | "vars"), args=[]):
            return ModuleRef("", here=True)
        case ast.Call(func=ast.Name(id="vars" | "dir"), args=[target]):
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
    """A module that is found by its name, or a part of it, in place or in a variable that holds it."""
    first, parts = split_attributes(node)
    found = _variable(survey, first, place) if isinstance(first, ast.Name) else _found(first)
    if found is None or (found.here and parts):
        return None
    return replace(found, parts=parts)


def _variable(survey: Survey, variable: ast.Name, place: Place) -> ModuleRef | None:
    """What a name holds that is assigned a module; other bindings of it count as other meanings."""
    group = survey.scopes.resolve(variable.id, place.steps)
    values = [getattr(binding.parent(), "value", None) for binding in group.bindings] if group else []
    found = [_found(value) for value in values]
    if len(found) == 1:
        return found[0]
    other = (Binding("other", Span(0, 0)),)
    bindings = tuple(binding for ref in found for binding in (ref.bindings if ref else other))
    return ModuleRef("", bindings) if any(found) else None


def _found(node: object) -> ModuleRef | None:
    """``sys.modules["x"]``, ``sys.modules[__name__]`` and ``importlib.import_module("x")``."""
    key: ast.expr | None
    package: ast.expr | None = None
    match node:
        case ast.Subscript(value=ast.Attribute(attr="modules") | ast.Name(id="modules"), slice=key):
            pass
        case ast.Call(
            func=ast.Attribute(attr="get", value=ast.Attribute(attr="modules") | ast.Name(id="modules")),
            args=[key, *_],
        ):
            pass
        case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="import_module")):
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            key = node.args[0] if node.args else keywords.get("name")
            package = node.args[1] if len(node.args) > 1 else keywords.get("package")
        case _:
            return None
    match key:
        case ast.Name(id="__name__"):
            return ModuleRef("", here=True)
        case ast.Constant(value=str() as module):
            return _relative_module(module, package) if module.startswith(".") else named_module(module)
    return None


def _relative_module(module: str, package: ast.expr | None) -> ModuleRef | None:
    """What ``import_module(".x", package)`` brings."""
    path = module.lstrip(".")
    level = len(module) - len(path)
    match package:
        case ast.Constant(value=str() as name):
            parents = name.split(".")
            return named_module(".".join([*parents[: len(parents) - level + 1], path]))
        case ast.Name(id="__package__" | "__name__") if path:
            source, _, last = path.rpartition(".")
            return _module_ref(ImportSpec(level, source, last))
    return None


def named_module(module: str) -> ModuleRef:
    """A module that is named in a string."""
    return _module_ref(ImportSpec(0, module, None))


def _module_ref(spec: ImportSpec) -> ModuleRef:
    return ModuleRef("", (Binding("import", Span(0, 0), spec=spec),))
