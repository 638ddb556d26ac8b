"""What the constructor of a class takes and what its objects have, as far as its source tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.scaffold.lookup import Class, class_named, dotted_name
from codemod.resolve.signatures import read_signature

if TYPE_CHECKING:
    from codemod.phases.tree import Tree
    from codemod.resolve.facts import ParameterKind

_FIELD_DECORATORS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "attr.s"})
_FIELD_BASES = frozenset({"NamedTuple", "TypedDict", "BaseModel"})
_OTHER_BASES = frozenset({"object", "Generic", "Protocol", "ABC"})
_LONGEST_LINE = 100  # of classes that inherit from each other; beyond it they do so in a circle
_FIELD_CALLS = frozenset({"field", "Field", "ib", "attrib"})
_DEFAULTS = frozenset({"default", "default_factory", "factory"})


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a constructor."""

    name: str
    kind: ParameterKind = "positional"
    required: bool = True


@dataclass(frozen=True, slots=True)
class Constructor:
    """The parameters by which objects of a class are made, and whether any keyword may come beside them."""

    fields: tuple[Field, ...]
    takes_kwargs: bool = False


def constructor(tree: Tree, cls: Class) -> Constructor | None:
    """How objects of a class are made; None where its source does not tell."""
    line = _lineage(tree, cls)
    for number, each in enumerate(line):
        if each is None:
            return None
        if init := _method(each.node, "__init__"):
            signature = read_signature(init)
            fields = tuple(Field(p.name, p.kind, p.required) for p in signature.parameters[1:])
            return Constructor(fields, signature.takes_kwargs)
        if _method(each.node, "__new__"):
            return None
        if _makes_fields(each.node, line[number:]):
            return _fields(line[number:])
    return Constructor(())


def attributes(tree: Tree, cls: Class) -> frozenset[str] | None:
    """The names that objects of a class have; None where it inherits from one that is not under the root."""
    names: set[str] = set()
    for each in _lineage(tree, cls):
        if each is None:
            return None
        for node in ast.walk(each.node):
            match node:
                case ast.AnnAssign(target=ast.Name(id=name)) if node in each.node.body:
                    names.add(name)
                case ast.Assign(targets=[ast.Name(id=name)]) if node in each.node.body:
                    names.add(name)
                case ast.FunctionDef(name=name, decorator_list=[_, *_]) if node in each.node.body:
                    names.add(name)
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    names.add(name)
    return frozenset(names)


def is_mapping(tree: Tree, cls: Class) -> bool:
    """Whether objects of a class are dictionaries: it is a ``TypedDict``."""
    return "TypedDict" in {_last(base) for each in _lineage(tree, cls) if each for base in each.node.bases}


def _lineage(tree: Tree, cls: Class) -> list[Class | None]:
    """A class, then those that it inherits from; None for one whose source is not under the root."""
    line: list[Class | None] = []
    pending: list[Class | None] = [cls]
    while pending and len(line) < _LONGEST_LINE:
        each = pending.pop(0)
        line.append(each)
        bases = each.node.bases if each else []
        names = [dotted_name(base) for base in bases if _last(base) not in _FIELD_BASES | _OTHER_BASES]
        pending = [*(each and class_named(tree, each.index, name) for name in names), *pending]
    return [*line, None] if pending else line


def _last(node: ast.expr) -> str:
    return dotted_name(node).rpartition(".")[2]


def _method(cls: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == name), None)


def _decorated(cls: ast.ClassDef) -> bool:
    names = (dotted_name(d.func if isinstance(d, ast.Call) else d) for d in cls.decorator_list)
    return any(name in _FIELD_DECORATORS or name.rpartition(".")[2] in _FIELD_DECORATORS for name in names)


def _makes_fields(cls: ast.ClassDef, line: list[Class | None]) -> bool:
    bases = {_last(base) for each in line if each for base in each.node.bases}
    return _decorated(cls) or not bases.isdisjoint(_FIELD_BASES)


def _fields(line: list[Class | None]) -> Constructor | None:
    """The fields that annotations make, those of the farthest class first; None where one has another name in the
    constructor, or an unknown class may have more.
    """
    found: dict[str, Field] = {}
    for each in reversed(line):
        if each is None or any("init" in {k.arg for k in _keywords(d)} for d in each.node.decorator_list):
            return None
        if not _makes_fields(each.node, line):
            continue
        for node in each.node.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                options = {keyword.arg: keyword.value for keyword in _keywords(node.value)}
                if "alias" in options:
                    return None
                if _last_of_annotation(node) != "ClassVar" and not _is_false(options.get("init")):
                    name = node.target.id
                    found[name] = Field(name, required=_is_required(node.value))
    return Constructor(tuple(found.values()))


def _last_of_annotation(node: ast.AnnAssign) -> str:
    annotation = node.annotation
    if isinstance(annotation, ast.Constant):
        return str(annotation.value).partition("[")[0].rpartition(".")[2]
    return _last(annotation)


def _keywords(node: ast.expr | None) -> list[ast.keyword]:
    return node.keywords if isinstance(node, ast.Call) else []


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _is_required(value: ast.expr | None) -> bool:
    if not isinstance(value, ast.Call) or _last(value.func) not in _FIELD_CALLS:
        return value is None
    first = value.args[0] if value.args else None
    is_given = first is not None and not (isinstance(first, ast.Constant) and first.value is ...)
    return not is_given and _DEFAULTS.isdisjoint(keyword.arg for keyword in value.keywords)
