"""Whether a module does nothing when it is imported but import others and define things."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from codemod.decide.callee import read_callee
from codemod.decide.decorators import is_harmless
from codemod.resolve.places import Step
from codemod.resolve.scopes import Scopes
from codemod.resolve.survey import is_for_type_checkers

if TYPE_CHECKING:
    from codemod.resolve.facts import ImportSpec
    from codemod.resolve.places import ModuleIndex

_BASES = frozenset(
    {
        *("ABC", "BaseModel", "Enum", "Flag", "Generic", "IntEnum", "IntFlag"),
        *("NamedTuple", "Protocol", "StrEnum", "TypedDict"),
    }
)
_CALLS = (
    *("logging.getLogger", "re.compile", "contextvars.ContextVar", "threading.Lock", "threading.RLock"),
    *("typing.*Type*", "typing.ParamSpec", "typing_extensions.*Type*", "typing_extensions.ParamSpec"),
    *("dataclasses.field", "dict", "frozenset", "list", "object", "set", "tuple"),
)
_MADE = (ast.Constant, ast.Dict, ast.JoinedStr, ast.List, ast.Set, ast.Tuple)
_RUNNING = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def plain_imports(index: ModuleIndex) -> tuple[ast.Import | ast.ImportFrom, ...] | None:
    """The imports that run when a module is imported; None where something runs that may do more.

    Definitions, docstrings and assignments without calls, under ``if`` and ``try`` too, do no more.
    """
    top = _TopLevel(index)
    return tuple(top.imports) if top.are_plain(index.tree.body) else None


class _TopLevel:
    """Judges the statements of a module, and collects its ``imports``."""

    def __init__(self, index: ModuleIndex) -> None:
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self._scopes = Scopes(index)
        self._text = index.source.text

    def are_plain(self, statements: list[ast.stmt]) -> bool:
        return all(map(self._is_plain, statements))

    def _is_plain(self, node: ast.stmt) -> bool:
        match node:
            case ast.Import() | ast.ImportFrom():
                self.imports.append(node)
                return True
            case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.AnnAssign(target=ast.Name(), value=None):
                return True
            case ast.Assign(targets=targets, value=value):
                return all(isinstance(each, ast.Name) for each in targets) and self._is_value(value)
            case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
                return self._is_value(value)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                return self._is_own(name) and self._is_value(value)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self._is_definition(node)
            case ast.If():
                return self._is_condition(node)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                blocks = [body, *(handler.body for handler in handlers), orelse, finalbody]
                return all(map(self.are_plain, blocks))
        return False

    def _is_own(self, name: str) -> bool:
        """Whether all that a name stands for is made here, so that no other module sees what is added to it."""
        bindings = [place for group in self._scopes.groups(name).values() for place in group.bindings]
        statements = [place.parent() for place in bindings]
        return all(
            isinstance(each, ast.AugAssign)
            or (isinstance(each, (ast.Assign, ast.AnnAssign)) and isinstance(each.value, _MADE))
            for each in statements
        )

    def _is_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
        if not all(is_harmless(self._scopes, each) for each in node.decorator_list):
            return False
        if isinstance(node, ast.ClassDef):
            return not node.keywords and all(map(self._is_base, node.bases)) and self.are_plain(node.body)
        defaults = (*node.args.defaults, *node.args.kw_defaults)
        return all(self._is_value(each) for each in defaults if each)

    def _is_base(self, node: ast.expr) -> bool:
        """Whether a class can be derived from another one without telling anybody."""
        node = node.value if isinstance(node, ast.Subscript) else node
        if isinstance(node, ast.Attribute):
            return node.attr in _BASES
        if not isinstance(node, ast.Name):
            return False
        group = self._scopes.groups(node.id).get(self._scopes.module)
        if group is None:
            return hasattr(builtins, node.id)
        is_own = all(isinstance(place.node, ast.ClassDef) for place in group.bindings)
        return node.id in _BASES or (is_own and "__init_subclass__" not in self._text)

    def _is_condition(self, node: ast.If) -> bool:
        match node.test:
            case ast.Compare(ast.Name(id="__name__"), [ast.Eq()], [ast.Constant("__main__")]):
                is_run = False
            case _:
                is_run = not is_for_type_checkers(Step(node, "body", node.body[0]))
        return (
            self._is_value(node.test)
            and (not is_run or self.are_plain(node.body))
            and self.are_plain(node.orelse)
        )

    def _is_value(self, value: ast.expr) -> bool:
        return not any(
            isinstance(node, _RUNNING) or (isinstance(node, ast.Call) and not self._is_harmless(node))
            for node in ast.walk(value)
        )

    def _is_harmless(self, call: ast.Call) -> bool:
        return read_callee(self._scopes, _no_module, call.func, ()).is_one_of(_CALLS)


def _no_module(_: ImportSpec) -> bool:
    return False
