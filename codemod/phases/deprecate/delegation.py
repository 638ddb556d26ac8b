"""The call of the getter that takes the place of the factory's body."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.resolve.signatures import read_signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.deprecate.getter import Getter
    from codemod.phases.tree import FunctionNode
    from codemod.resolve.facts import Parameter, Signature

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Delegation:
    """The call of the getter by a factory: the ``arguments`` as they are written, and which of the factory's
    parameters are ``taken`` by it. The ``dropped`` ones are not, as the configuration says, nor are the ``lost``
    ones, among which ``*args`` and ``**kwargs`` have their stars. ``imported`` is the statement that the call needs
    before it, if any.
    """

    arguments: tuple[str, ...]
    taken: frozenset[str]
    dropped: tuple[str, ...]
    lost: tuple[str, ...]
    imported: str = ""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The parameters that a caller can name without effect."""
        return (*self.dropped, *(name for name in self.lost if not name.startswith("*")))


def delegation(node: FunctionNode, getter: Getter, drop: tuple[str, ...]) -> Delegation | str:
    """How the factory ``node`` calls the getter; why it cannot."""
    factory, wanted = read_signature(node), read_signature(getter.node)
    names = [parameter.name for parameter in factory.parameters]
    passed = [each for each in wanted.parameters if each.name in names and each.name not in drop]
    taken = frozenset(each.name for each in passed)
    stars = (("*", node.args.vararg), ("**", node.args.kwarg))
    rest = [*names, *(f"{star}{each.arg}" for star, each in stars if each)]
    lost = tuple(name for name in rest if name not in taken and name not in drop)
    problem = _kind_problem(node, getter.node) or _signature_problem(wanted, passed, drop, lost)
    if problem:
        return f"{problem}; the getter is {getter.where}"
    dropped = tuple(name for name in names if name in drop)
    return Delegation(tuple(_arguments(wanted, passed)), taken, dropped, lost, getter.imported)


def _kind_problem(factory: FunctionNode, getter: FunctionNode) -> str:
    """Why a call of one cannot take the place of a call of the other; empty where it can."""
    if is_generator(factory) or is_generator(getter):
        return "a generator cannot be replaced by a call, nor a call by a generator"
    kinds = [isinstance(node, ast.AsyncFunctionDef) for node in (factory, getter)]
    if kinds[0] != kinds[1]:
        one, other = ("factory", "getter") if kinds[0] else ("getter", "factory")
        return f"the {one} is `async` and the {other} is not"
    return ""


def _signature_problem(
    getter: Signature, passed: list[Parameter], drop: tuple[str, ...], lost: tuple[str, ...]
) -> str:
    for parameter in getter.parameters:
        if parameter.required and parameter not in passed:
            why = "is dropped" if parameter.name in drop else "the factory does not take"
            return f"the getter needs `{parameter.name}`, which {why}"
    if lost and (getter.takes_args or getter.takes_kwargs):
        return f"the getter takes any argument, so it cannot be told whether it needs `{lost[0]}`"
    by_position = [each for each in getter.parameters if each.kind == "positional-only"]
    gap = next((n for n, each in enumerate(by_position) if each not in passed), len(by_position))
    if any(each in passed for each in by_position[gap:]):
        return f"the getter takes `{by_position[-1].name}` by position only, behind one that the factory does not take"
    return ""


def _arguments(getter: Signature, passed: list[Parameter]) -> Iterator[str]:
    """By position as far as nothing is left out, then by name."""
    in_order = True
    for parameter in getter.parameters:
        in_order = in_order and parameter in passed and parameter.kind != "keyword-only"
        if parameter in passed:
            yield parameter.name if in_order else f"{parameter.name}={parameter.name}"


def is_generator(node: FunctionNode) -> bool:
    """Whether a function has a ``yield`` of its own."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        each = pending.pop()
        if isinstance(each, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(each, _SCOPES):
            pending += ast.iter_child_nodes(each)
    return False
