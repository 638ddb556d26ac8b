"""What the factory takes and does beside making its context, which the getter in its place does not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemod.model import Remark
from codemod.phases.scaffold.construction import behind_name
from codemod.phases.scaffold.lookup import dotted_name
from codemod.phases.shown import has_blocks, shown, statements
from codemod.rewrite.definitions import docstring_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.phases.scaffold.construction import Construction
    from codemod.phases.tree import Definition, FunctionNode

_HARMLESS = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class LeftOut:
    """What the ``getter``, as it is written, lacks of the factory; the parameters that the configuration may ``drop``
    are none of that. The factory has ``moved`` down by so many lines.
    """

    def __init__(self, made: Construction, getter: Definition, drop: Iterable[str], moved: int) -> None:
        self.made = made
        self.index = made.factory.index
        self.node = made.factory.nodes[-1]
        self.moved = moved
        node = getter.nodes[-1]
        self.written = _written(made, node)
        supplied = {name for name, value in self.written.items() if not isinstance(value, ast.Constant)}
        sources = [made.given[name] for name in supplied if name in made.given]
        taken = {each.arg for each in _parameters(node.args)}
        self.known = {*drop, *taken, *supplied, *(name for source in sources for name in _names(source))}
        self.contexts = {
            name
            for each in ast.walk(self.node)
            if self._makes(getattr(each, "value", None))
            for target in _targets(each)
            for name in _names(target)
        }

    def remarks(self) -> Iterator[Remark]:
        """One for each decorator, parameter, argument and statement."""
        for decorator in self.node.decorator_list:
            yield self._remark(decorator, f"the decorator {shown(self.index, decorator)}")
        unknown = [each for each in _parameters(self.node.args) if each.arg not in self.known]
        for parameter in unknown:
            yield self._remark(parameter, self._parameter(parameter))
        names = {each.arg for each in unknown}
        for name, value in self.made.given.items():
            if name not in self.written and not (isinstance(value, ast.Name) and value.id in names):
                yield self._remark(value, f"`{name}` of `{self.made.name}`, {shown(self.index, value)}")
        for statement in self._statements():
            what = ", done to the context" if self._is_on_context(statement) else ""
            yield self._remark(statement, f"{shown(self.index, statement)}{what}")

    def advice(self) -> Iterator[str]:
        """What a person has to see to first: that the factory goes on with the context after it is made."""
        if any(self._is_on_context(each) for each in self._statements()):
            yield "The factory changes its context, or may, after it is made, and the getter does not: see above."

    def _remark(self, node: ast.expr | ast.stmt | ast.arg, what: str) -> Remark:
        return Remark(self.made.factory.path, node.lineno + self.moved, f"not carried over: {what}")

    def _parameter(self, parameter: ast.arg) -> str:
        arguments, default = self.node.args, self.made.default(parameter.arg)
        stars = "*" if parameter is arguments.vararg else "**" if parameter is arguments.kwarg else ""
        text = f"the parameter `{stars}{parameter.arg}`"
        text += f", by default {shown(self.index, default)}" if default else ""
        for name, given in self.made.given.items():
            if isinstance(given, ast.Name) and given.id == parameter.arg:
                value = self.written.get(name)
                text += f"; `{name}` is " + (
                    f"`{ast.unparse(value)}`" if value else f"as `{self.made.name}` has it"
                )
        return text

    def _is_on_context(self, statement: ast.stmt) -> bool:
        parts = statement.items if isinstance(statement, ast.With | ast.AsyncWith) else [statement]
        names = {name for part in parts for name in _names(part)}
        return not isinstance(statement, ast.Return) and not self.contexts.isdisjoint(names)

    def _statements(self) -> Iterator[ast.stmt]:
        return (each for each in statements(self.node.body) if self._is_lost(each))

    def _is_lost(self, node: ast.stmt) -> bool:
        """Whether a statement, apart from others in it, does something that the getter does not."""
        if isinstance(node, (*_HARMLESS, *_DEFINITIONS)) or node is docstring_of(self.node):
            return False
        if has_blocks(node):
            return isinstance(node, ast.With | ast.AsyncWith)
        value = getattr(node, "value", None)
        if isinstance(node, ast.Return):
            return value is not None and not self._makes(behind_name(self.node, value))
        targets = list(_targets(node))
        if targets and all(isinstance(target, ast.Name) for target in targets):
            is_made = self._makes(value) or {name for each in targets for name in _names(each)} <= self.known
            return not is_made and any(isinstance(each, ast.Call | ast.Await) for each in ast.walk(node))
        return True

    def _makes(self, value: ast.expr | None) -> bool:
        """Whether an expression is the call of the class that the getter repeats."""
        return value is not None and self.made.call in (value, getattr(value, "value", None))


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _targets(node: ast.AST) -> Iterable[ast.expr]:
    match node:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return [target]
    return []


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    stars = [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def _written(made: Construction, getter: FunctionNode) -> dict[str, ast.expr]:
    """What the getter gives to the class, by the names of the parameters."""
    calls = (each for each in ast.walk(getter) if isinstance(each, ast.Call))
    call = next(each for each in calls if dotted_name(each.func) == made.name)
    names = [field.name for field in made.fields]
    by_name = {each.arg: each.value for each in call.keywords if each.arg}
    return {**dict(zip(names, call.args, strict=False)), **by_name}
