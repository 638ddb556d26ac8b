"""The session manager that a tree has: what gives the session of a user in a thread."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.model import FileError, Remark
from codemod.phases.scaffold.classes import attributes, is_mapping
from codemod.phases.scaffold.lookup import (
    annotated_name,
    class_named,
    dotted_name,
    gives_dictionary,
    returned_values,
)
from codemod.phases.scaffold.refusal import RefusedError, refused
from codemod.phases.tree import SESSION
from codemod.resolve.scopes import enclosing_scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.tree import FunctionNode, Tree
    from codemod.resolve.places import ModuleIndex

KEY = ("user_id", "thread_id")
"""The session key of the session managers that can be written."""
_IN_A_TEST = re.compile(r"(^|/)(tests?/|conftest\.py|test_[^/]*\.py|[^/]*_test\.py)")
_RUN_ON_CLASS = frozenset({"classmethod", "staticmethod"})


@dataclass(frozen=True, slots=True, eq=False)
class Manager:
    """A function or method that gives sessions. ``owner`` is the class or the object at the level of its module
    that it is called on; empty for a function, and for a method of a class that has no one object for all.
    """

    index: ModuleIndex
    node: FunctionNode
    cls: ast.ClassDef | None
    owner: str

    @property
    def path(self) -> str:
        """The file, relative to the root."""
        return self.index.source.path

    @property
    def imported(self) -> str:
        """The name that a module has to import for the call."""
        return self.owner or SESSION

    @property
    def shown(self) -> str:
        """How people call it."""
        return f"{self.owner}.{SESSION}" if self.owner else SESSION


@dataclass(frozen=True, slots=True)
class Session:
    """What a session has: the names of its values, and whether they are those of a dictionary."""

    names: frozenset[str]
    is_mapping: bool = False


def managers(tree: Tree) -> tuple[Manager, ...]:
    """The session managers under the root: of those that are among the files to work on, else of all. Fakes in tests
    are none. RefusedError for a file that seems to have one and cannot be parsed.
    """
    found: list[Manager] = []
    for path in tree.mentioning(SESSION):
        if path.endswith(".pyi") or _IN_A_TEST.search(path):
            continue
        index = tree.module(path)
        if isinstance(index, FileError):
            if re.search(rb"\bdef\s+" + SESSION.encode() + rb"\b", tree.found.reader(path) or b""):
                message = f"{index.message}; mend it first, as it seems to define `{SESSION}`"
                raise RefusedError(replace(index, message=message))
            continue
        found += _in_module(index)
    return tuple(each for each in found if each.path in tree.selected) or tuple(found)


def the_manager(tree: Tree, importer: str, module: str) -> Manager:
    """The session manager that the file ``importer`` shall call: of several the one in the dotted ``module``."""
    found = managers(tree)
    if module:
        files = tree.modules.absolute(importer, module)
        found = tuple(each for each in found if each.path in files)
    callable_ones = [each for each in found if each.owner or not each.cls]
    if len(callable_ones) == 1:
        return callable_ones[0]
    if found and not callable_ones:
        raise _without_object(found[0])
    if found:
        raise RefusedError(*(_one_of_several(tree, each) for each in callable_ones))
    where = f"in `{module}`" if module else "under the root"
    key = tree.config.session_key
    advice = "Run `ctxmigrate scaffold session` first."
    if key != KEY:
        advice = f"Write `{SESSION}({', '.join(key)})` by hand: `ctxmigrate scaffold session` is for {', '.join(KEY)}."
    raise refused("", 0, f"no session manager is {where}: nothing defines `{SESSION}`", advice)


def session_of(tree: Tree, manager: Manager) -> Session:
    """What the sessions of a manager have. RefusedError where its source does not tell."""
    name = annotated_name(manager.node.returns)
    keys = frozenset(key for node in ast.walk(manager.node) for key in _keys(node))
    if keys and gives_dictionary(manager.node):
        return Session(keys, is_mapping=True)
    returned = returned_values(manager.node)
    calls = [dotted_name(value.func) for value in returned if isinstance(value, ast.Call)]
    cls = class_named(tree, manager.index, name or next(iter(calls), ""))
    names = attributes(tree, cls) if cls else None
    if cls and names:
        return Session(names, is_mapping(tree, cls))
    raise refused(
        manager.path,
        manager.node.lineno,
        f"what `{manager.shown}` returns cannot be read off its source",
        "Annotate its return with the class of the session; that has to be under the root.",
    )


def _in_module(index: ModuleIndex) -> Iterator[Manager]:
    for place in index.places(SESSION):
        node = place.node
        if place.role != "def" or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        match enclosing_scopes(index.tree, place.steps)[1:]:
            case ():
                yield Manager(index, node, None, "")
            case (ast.ClassDef() as cls,) if cls in index.tree.body and not _is_abstract(cls, node):
                yield Manager(index, node, cls, _owner(index, node, cls))


def _is_abstract(cls: ast.ClassDef, node: FunctionNode) -> bool:
    names = {dotted_name(each).rpartition(".")[2] for each in (*cls.bases, *node.decorator_list)}
    return not names.isdisjoint({"Protocol", "abstractmethod"})


def _owner(index: ModuleIndex, node: FunctionNode, cls: ast.ClassDef) -> str:
    """What a method is called on: its class, or the one object of it that the module makes for all."""
    if _RUN_ON_CLASS & {dotted_name(each) for each in node.decorator_list}:
        return cls.name
    objects = [
        target.id
        for statement in index.tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and isinstance(statement.value, ast.Call)
        and dotted_name(statement.value.func) == cls.name
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    ]
    return objects[0] if len(objects) == 1 else ""


def _without_object(manager: Manager) -> RefusedError:
    return refused(
        manager.path,
        manager.node.lineno,
        f"`{SESSION}` needs an object of its class, and the module does not make exactly one for all",
        "Make it a class method, or assign one object at the level of the module.",
    )


def _one_of_several(tree: Tree, manager: Manager) -> Remark:
    return Remark(
        manager.path,
        manager.node.lineno,
        f"one of several session managers, `{manager.shown}`",
        f"Say which one to call: --module {tree.dotted(manager.path)}",
    )


def _keys(node: ast.AST) -> tuple[str, ...]:
    """The keys of a dictionary that has a run, as it is written out."""
    keys = node.keys if isinstance(node, ast.Dict) else ()
    names = tuple(str(key.value) for key in keys if isinstance(key, ast.Constant))
    return names if "run_id" in names else ()
