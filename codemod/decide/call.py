"""One call of the factory as the rules see it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemod.decide.callee import Callee, IsModule, read_callee
from codemod.resolve.facts import Parameter, Signature, Use
from codemod.resolve.scopes import FunctionNode, Scopes

if TYPE_CHECKING:
    from codemod.model import Config
    from codemod.resolve.places import ModuleIndex, Step


@dataclass(frozen=True, slots=True)
class Definition:
    """The factory or the getter that a site leads to.

    ``signature`` is None where no plain definition is under the root; ``where`` is its ``path:line``, or the
    module outside the root that it comes from.
    """

    signature: Signature | None = None
    where: str = ""

    @property
    def is_known(self) -> bool:
        """Whether a plain definition is under the root."""
        return self.signature is not None


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of the call: its number in the source, the factory's parameter that it is for (empty
    where there is none), and whether it goes.
    """

    number: int
    node: ast.expr
    parameter: str
    by_keyword: bool
    is_dropped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A file with everything that is asked of expressions in it."""

    index: ModuleIndex
    scopes: Scopes
    config: Config
    is_module: IsModule

    def callee(self, function: ast.expr, steps: tuple[Step, ...]) -> Callee:
        """What a call calls, whose function stands where ``steps`` lead."""
        return read_callee(self.scopes, self.is_module, function, steps)

    def text(self, node: ast.AST) -> str:
        """The source of a node, shortened to one line for a message."""
        flat = " ".join(self.index.segment(node).split())
        return flat if len(flat) <= 60 else flat[:57] + "..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Code):
    """A call of the factory with everything that a rule may ask of it."""

    node: ast.Call
    use: Use
    steps: tuple[Step, ...]
    factory: Definition
    getter: Definition
    arguments: tuple[Argument, ...] = field(default=())

    @property
    def dropped(self) -> tuple[Argument, ...]:
        """The arguments that go."""
        return tuple(argument for argument in self.arguments if argument.is_dropped)

    @property
    def has_unpacking(self) -> bool:
        """Whether it has ``*args`` or ``**kwargs``."""
        starred = any(isinstance(argument, ast.Starred) for argument in self.node.args)
        return starred or any(keyword.arg is None for keyword in self.node.keywords)

    @property
    def function(self) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
        """The innermost function in whose body the call stands."""
        for step in reversed(self.steps):
            if isinstance(step.parent, FunctionNode) and step.field == "body":
                return step.parent
        return None


def factory_parameters(config: Config, factory: Definition) -> tuple[str, ...]:
    """The names of the factory's positional parameters, in order."""
    if factory.signature is None:
        return config.parameters
    return tuple(p.name for p in factory.signature.parameters if p.kind != "keyword-only")


def getter_signature(config: Config, getter: Definition) -> Signature:
    """The getter's signature: its own, or what the configuration leaves of the factory's parameters."""
    if getter.signature is not None:
        return getter.signature
    kept = (name for name in config.parameters if name not in config.drop)
    return Signature(tuple(Parameter(name, "positional", required=True) for name in kept))


def read_arguments(node: ast.Call, config: Config, factory: Definition) -> tuple[Argument, ...]:
    """The arguments of a call in the order of the source; unpacked ones have no parameter."""
    names = factory_parameters(config, factory)
    positional = iter(names)
    items: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    items.sort(key=lambda item: (item.lineno, item.col_offset))
    arguments = []
    unpacked = False
    for number, item in enumerate(items):
        by_keyword = isinstance(item, ast.keyword)
        value = item.value if isinstance(item, ast.keyword) else item
        unpacked = unpacked or isinstance(item, ast.Starred)
        name = item.arg if isinstance(item, ast.keyword) else None if unpacked else next(positional, None)
        parameter = name or ""
        arguments.append(Argument(number, value, parameter, by_keyword, parameter in config.drop))
    return tuple(arguments)
