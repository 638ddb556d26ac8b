"""What a definition has of a deprecation already."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.decide.callee import read_callee
from codemod.phases.deprecate.names import Wanted, dotted
from codemod.phases.deprecate.pep702 import HOMES
from codemod.rewrite.definitions import docstring_of

if TYPE_CHECKING:
    from codemod.decide.callee import Callee
    from codemod.phases.deprecate.names import Names
    from codemod.resolve.scopes import Scopes
    from codemod.rewrite.definitions import FunctionNode

_PEP_702 = Wanted("deprecated", HOMES, HOMES)
_WARN = ("warnings.warn",)
_CONTEXT_MANAGERS = ("contextlib.contextmanager", "contextlib.asynccontextmanager")
_TRANSPARENT = (*_CONTEXT_MANAGERS, "functools.cache", "functools.lru_cache")


@dataclass(frozen=True, slots=True)
class Present:
    """What a definition has: a docstring that has ``said`` so, a ``mark`` that is the decorator of PEP 702, a
    decorator that ``warns`` when the function is called, and in its body a ``warning`` that is ``lacking`` some
    arguments. ``level`` is the ``stacklevel`` that a warning in its body needs to name the caller, as far as that
    is known: ``is_manager`` tells of a decorator of ``contextlib``, and the ``wrappers`` are unknown ones.
    """

    said: bool
    mark: bool
    warns: bool
    warning: ast.Expr | None
    lacking: tuple[str, ...]
    level: int
    is_manager: bool
    wrappers: tuple[str, ...]


def read_present(names: Names, node: FunctionNode, sentence: str) -> Present:
    """What the definition ``node`` has; ``sentence`` is what its docstring would be given."""
    scopes = names.scopes
    marks = [each for each in node.decorator_list if names.may_mean(_function(each), _PEP_702)]
    others = [(each, _callee(scopes, _function(each))) for each in node.decorator_list if each not in marks]
    is_manager = any(callee.is_one_of(_CONTEXT_MANAGERS) for _, callee in others)
    level = 3 if is_manager else 2
    warning = next((each for each in node.body if _is_warning(scopes, each)), None)
    assert warning is None or isinstance(warning, ast.Expr), "it is a call"
    return Present(
        said=_says_so(node, sentence),
        mark=bool(marks),
        warns=any(not _is_silent(each) for each in marks)
        or any(callee.last == "deprecated" for _, callee in others),
        warning=warning,
        lacking=_lacking(scopes, warning, level) if warning else (),
        level=level,
        is_manager=is_manager,
        wrappers=tuple(
            scopes.index.segment(each) for each, callee in others if not callee.is_one_of(_TRANSPARENT)
        ),
    )


def delegates(node: FunctionNode, present: Present, getter: str) -> bool:
    """Whether a body does nothing but warn and call the getter."""
    rest = [each for each in node.body if each not in (docstring_of(node), present.warning)]
    if rest and isinstance(rest[0], ast.ImportFrom):
        rest = rest[1:]
    match rest:
        case [ast.Return(value=ast.Await(value=ast.Call(func=function)) | ast.Call(func=function))]:
            return dotted(function).rpartition(".")[2] == getter
    return False


def _says_so(node: FunctionNode, sentence: str) -> bool:
    docstring = ast.get_docstring(node) or ""
    summary = docstring.partition("\n\n")[0]
    subject = rf"\b(?:it|this|function|factory|{re.escape(node.name)})\W+(?:is|has\s+been)\s+deprecated\b"
    return (
        sentence in " ".join(docstring.split())
        or re.search(rf"^\W*deprecated\b|{subject}", docstring, re.IGNORECASE | re.MULTILINE) is not None
        or re.search(r"[.!?]\s+\W*deprecated\b", summary, re.IGNORECASE) is not None
    )


def _callee(scopes: Scopes, function: ast.expr) -> Callee:
    steps = scopes.index.steps_to(scopes.index.node_start(function))
    return read_callee(scopes, lambda _: False, function, steps)


def _function(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _is_silent(decorator: ast.expr) -> bool:
    """Whether a decorator is told not to warn, ``category=None``."""
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return any(
        each.arg == "category" and isinstance(each.value, ast.Constant) and each.value.value is None
        for each in keywords
    )


def _is_warning(scopes: Scopes, statement: ast.stmt) -> bool:
    """Whether a statement warns of a deprecation: by ``warnings.warn``, or a helper named for it."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    call = statement.value
    callee = _callee(scopes, call.func)
    if not callee.matches(_WARN):
        return "deprecat" in callee.last.lower()
    return any(map(_speaks_of_it, ast.walk(call)))


def _speaks_of_it(node: ast.AST) -> bool:
    """Whether a string or a name in a warning tells that it is about a deprecation."""
    text = (
        node.value if isinstance(node, ast.Constant) else dotted(node) if isinstance(node, ast.expr) else ""
    )
    return isinstance(text, str) and ("deprecat" in text.lower() or text == "FutureWarning")


def _lacking(scopes: Scopes, statement: ast.Expr, level: int) -> tuple[str, ...]:
    """The arguments that ``warnings.warn`` is not given, but should be."""
    call = statement.value
    assert isinstance(call, ast.Call), "a warning is a call"
    keywords = {keyword.arg for keyword in call.keywords}
    is_unpacked = None in keywords or any(isinstance(each, ast.Starred) for each in call.args)
    if is_unpacked or not _callee(scopes, call.func).matches(_WARN):
        return ()
    has_category = len(call.args) > 1 or "category" in keywords or any(map(_is_instance, call.args[:1]))
    category = "category=DeprecationWarning" if keywords else "DeprecationWarning"
    has_level = len(call.args) > 2 or keywords & {"stacklevel", "skip_file_prefixes"}
    return (*(() if has_category else (category,)), *(() if has_level else (f"stacklevel={level}",)))


def _is_instance(message: ast.expr) -> bool:
    """Whether a message is itself a warning, ``DeprecationWarning("...")``."""
    return isinstance(message, ast.Call) and dotted(message.func).endswith("Warning")
