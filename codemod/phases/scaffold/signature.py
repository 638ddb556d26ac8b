"""The getter's own parameters, and the call of the session manager with them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.phases.scaffold.refusal import refused
from codemod.phases.tree import SESSION
from codemod.resolve.signatures import read_signature

if TYPE_CHECKING:
    from codemod.phases.scaffold.manager import Manager
    from codemod.phases.tree import Definition, Tree
    from codemod.resolve.places import ModuleIndex


def parameters(tree: Tree, factory: Definition) -> str:
    """The getter's parameters: the session key, in the order and kinds and with the annotations that it has in the
    factory. RefusedError where the factory does not take one of them.
    """
    node = factory.nodes[-1]
    key = tree.config.session_key
    kinds = (("/", node.args.posonlyargs), ("", node.args.args), ("*", node.args.kwonlyargs))
    taken = {each.arg for _, listed in kinds for each in listed}
    missing = [name for name in key if name not in taken]
    if missing and not node.args.kwarg:
        message = f"`{factory.name}` has no parameter `{missing[0]}`, which the session key has"
        raise refused(
            factory.path, node.lineno, message, "Set session-key in [tool.ctxmigrate] to what it takes."
        )
    found: list[str] = []
    for mark, listed in kinds:
        texts = [_parameter(factory.index, each) for each in listed if each.arg in key]
        if mark == "":
            texts += missing
        if texts:
            found += [*texts, mark] if mark == "/" else [mark, *texts] if mark else texts
    return ", ".join(found)


def session_call(tree: Tree, factory: Definition, manager: Manager, name: str) -> str:
    """The call of the session manager under its ``name``, with the session key by the names that both have.

    RefusedError where it takes something else, or is async and the factory is not.
    """
    key = tree.config.session_key
    signature = read_signature(manager.node)
    own = signature.parameters[_bound_parameters(manager) :]
    positional = tuple(each.name for each in own if each.kind != "keyword-only")
    by_name = {each.name for each in own if each.kind != "positional-only"}
    required = [each.name for each in own if each.required and each.name not in key]
    if required or not (positional[: len(key)] == key or by_name.issuperset(key)):
        lacking = f"needs `{required[0]}` too" if required else f"does not take {', '.join(key)}"
        message = f"`{manager.shown}` {lacking}"
        raise refused(manager.path, manager.node.lineno, message, f"It has to take {', '.join(key)} alone.")
    if signature.is_async and not isinstance(factory.nodes[-1], ast.AsyncFunctionDef):
        message = f"`{manager.shown}` is async, and `{factory.name}` is not, so a getter in its place could not wait"
        raise refused(manager.path, manager.node.lineno, message, "Make both async, or neither.")
    called = f"{name}.{SESSION}" if manager.owner else name
    given = key if positional[: len(key)] == key else [f"{each}={each}" for each in key]
    return f"{'await ' if signature.is_async else ''}{called}({', '.join(given)})"


def _bound_parameters(manager: Manager) -> int:
    """How many of its first parameters a method does not take from its caller."""
    names = {each.id for each in manager.node.decorator_list if isinstance(each, ast.Name)}
    return int(manager.cls is not None and "staticmethod" not in names)


def _parameter(index: ModuleIndex, parameter: ast.arg) -> str:
    """A parameter without default, and so without ``None`` in its annotation."""
    annotation = parameter.annotation
    if annotation is None:
        return parameter.arg
    match annotation:
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=inner):
            annotation = inner
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            annotation = left
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
            annotation = right
    return f"{parameter.arg}: {' '.join(index.segment(annotation).split())}"
