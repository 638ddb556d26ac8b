"""How the factory makes its context, as far as that can be repeated for somebody who knows the session alone."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.scaffold.classes import Constructor, Field, constructor
from codemod.phases.scaffold.lookup import (
    Class,
    annotated_name,
    class_named,
    dotted_name,
    import_statement,
    is_for_type_checkers,
    returned_values,
)
from codemod.phases.scaffold.refusal import refused
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from codemod.phases.tree import Definition, Tree
    from codemod.resolve.scopes import Group

_BY_HAND = "or write the getter by hand."


@dataclass(frozen=True, slots=True)
class Construction:
    """The class that the factory makes an object of, as its module writes it: ``cls`` where that is under the root,
    its ``fields``, and what the factory gives for them in its ``call``, if it has one. ``imports`` are the statements
    in the factory alone that bring the class.
    """

    factory: Definition
    name: str
    cls: Class | None
    call: ast.Call | None
    fields: tuple[Field, ...]
    given: dict[str, ast.expr]
    imports: tuple[str, ...]

    def default(self, parameter: str) -> ast.expr | None:
        """The default of a parameter of the factory."""
        arguments = self.factory.nodes[-1].args
        positional = [*arguments.posonlyargs, *arguments.args]
        optional = positional[len(positional) - len(arguments.defaults) :]
        defaults = dict(zip((each.arg for each in optional), arguments.defaults, strict=True))
        by_keyword = zip((each.arg for each in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
        return (defaults | dict(by_keyword)).get(parameter)


def construction(tree: Tree, factory: Definition) -> Construction:
    """Read how the factory makes its context. RefusedError where its source does not tell."""
    node = factory.nodes[-1]
    if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node)):
        raise _unknown(factory, "it yields its context")
    name, cls, call = _made(tree, factory)
    known = constructor(tree, cls) if cls else None
    given = _given(call, known)
    if known is None and (call is None or call.args):
        raise _unknown(factory, f"the constructor of `{name}` cannot be read off its source")
    fields = known.fields if known else tuple(Field(each) for each in given)
    if known and known.takes_kwargs:
        names = {field.name for field in fields}
        fields += tuple(Field(each, required=False) for each in given if each not in names)
    return Construction(factory, name, cls, call, fields, given, _own_imports(factory, name, call))


def _made(tree: Tree, factory: Definition) -> tuple[str, Class | None, ast.Call | None]:
    """The name of the class, the class if it is under the root, and the call that makes the object if there is one."""
    index, node = factory.index, factory.nodes[-1]
    returned = (behind_name(node, value) for value in returned_values(node))
    calls = [value for value in returned if isinstance(value, ast.Call) and dotted_name(value.func)]
    classes = [(call, class_named(tree, index, dotted_name(call.func), call.func)) for call in calls]
    made = [(call, cls) for call, cls in classes if cls]
    if made and len({cls.where for _, cls in made}) == 1:
        call, cls = made[-1]
        return dotted_name(call.func), cls, call
    annotated = annotated_name(node.returns)
    if not made and (found := class_named(tree, index, annotated)):
        return annotated, found, None
    names = {dotted_name(call.func) for call in calls}
    if len(names) == 1 and not made and annotated in ("", *names) and _is_imported(factory, calls[-1]):
        return dotted_name(calls[-1].func), None, calls[-1]
    several = (
        "it returns objects of several classes" if made else "nothing tells the class of what it returns"
    )
    raise _unknown(factory, several)


def _unknown(factory: Definition, reason: str) -> Exception:
    message = f"no getter can be made from `{factory.name}`: {reason}"
    return refused(factory.path, factory.line, message, f"Annotate its return with the class, {_BY_HAND}")


def behind_name(function: ast.AST, value: ast.expr) -> ast.expr:
    """What a returned local name was assigned, if that happens once; without ``await``."""
    if isinstance(value, ast.Name):
        assigned = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and target.id == value.id
        ]
        value = assigned[0] if len(assigned) == 1 else value
    return value.value if isinstance(value, ast.Await) else value


def _is_imported(factory: Definition, call: ast.Call) -> bool:
    """Whether a call is of something with the name of a class that comes from outside the root."""
    name = dotted_name(call.func)
    group = _group(factory, name, call.func)
    places = group.bindings if group else ()
    return name.rpartition(".")[2][:1].isupper() and any(
        isinstance(place.node, ast.alias) for place in places
    )


def _group(factory: Definition, name: str, at: ast.expr | None) -> Group | None:
    index = factory.index
    first = name.partition(".")[0]
    scopes = Scopes(index)
    if at is None:
        return scopes.groups(first).get(index.tree)
    return scopes.resolve(first, index.steps_to(index.node_start(at)))


def _given(call: ast.Call | None, known: Constructor | None) -> dict[str, ast.expr]:
    """What a call gives, by the names of the parameters."""
    if call is None:
        return {}
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return given
    places = [field.name for field in known.fields if field.kind != "keyword-only"] if known else []
    return {**dict(zip(places, call.args, strict=False)), **given}


def _own_imports(factory: Definition, name: str, call: ast.Call | None) -> tuple[str, ...]:
    """The imports of the class that the getter has to make itself, because its module does not while it runs."""
    group = _group(factory, name, call.func if call else None)
    places = group.bindings if group else ()
    at_module = group is None or group.scope is factory.index.tree
    if at_module and not (places and all(is_for_type_checkers(place) for place in places)):
        return ()
    statements = [import_statement(place) for place in places]
    if not all(statements):
        raise _unknown(factory, f"`{name}` is a local name of it")
    return tuple(statements[:1])
