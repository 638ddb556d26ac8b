"""What the names of modules are defined as, in their own file or where they are imported from."""

from __future__ import annotations

import ast
import builtins
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.resolve.places import ModuleIndex
from codemod.resolve.scopes import Scopes
from codemod.status import Place

if TYPE_CHECKING:
    from codemod.phases.tree import Tree

_MOST_HOPS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A definition at the level of a module: a function, a class or an assignment."""

    path: str
    name: str
    node: ast.stmt

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.path, self.node.lineno)


class Definitions:
    """Answers what the names of modules mean. Answers are kept."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._scopes: dict[str, Scopes | None] = {}

    def named(self, path: str, name: str, hops: int = 0) -> Part | None:
        """The definition that a name of a file leads to, through imports of other files under the root too."""
        node = self.statement(path, name)
        if node is None or isinstance(node, ast.Import) or hops > _MOST_HOPS:
            return None
        if not isinstance(node, ast.ImportFrom):
            return Part(path, name, node)
        modules = (module for module in self._modules(path, node) if not module.endswith("/"))
        found = (self.named(module, _original(node, name), hops + 1) for module in modules)
        return next((part for part in found if part), None)

    def is_pythons(self, path: str, name: str) -> bool:
        """Whether a name is built in, or comes from the standard library."""
        node = self.statement(path, name)
        match node:
            case None:
                return hasattr(builtins, name)
            case ast.ImportFrom():
                modules = [] if node.level else [node.module or ""]
            case ast.Import():
                modules = [alias.name for alias in node.names]
            case _:
                return False
        return bool(modules) and all(m.split(".")[0] in sys.stdlib_module_names for m in modules)

    def statement(self, path: str, name: str) -> ast.stmt | None:
        """The statement that gives a file's module a name, the last of several."""
        if path not in self._scopes:
            index = self.tree.module(path)
            self._scopes[path] = Scopes(index) if isinstance(index, ModuleIndex) else None
        scopes = self._scopes[path]
        group = scopes.groups(name).get(scopes.module) if scopes else None
        if group is None:
            return None
        steps = group.bindings[-1].steps
        return next(step.child for step in reversed(steps) if isinstance(step.child, ast.stmt))

    def member(self, path: str, module: str, name: str) -> Part | None:
        """What ``module.name`` leads to in a file that imports ``module`` from under the root."""
        node = self.statement(path, module)
        modules = self.tree.modules
        found: list[str | None] = []
        if isinstance(node, ast.ImportFrom):
            original = _original(node, module)
            found = [modules.submodule(package, original) for package in self._modules(path, node)]
        elif isinstance(node, ast.Import):
            original = _original(node, module)
            found = [*modules.absolute(path, original)]
        parts = (self.named(each, name) for each in found if each and not each.endswith("/"))
        return next((part for part in parts if part), None)

    def _modules(self, path: str, node: ast.ImportFrom) -> list[str]:
        modules, name = self.tree.modules, node.module or ""
        return [*(modules.relative(path, node.level, name) if node.level else modules.absolute(path, name))]


def _original(node: ast.Import | ast.ImportFrom, name: str) -> str:
    """What an import calls that which the file calls ``name``."""
    return next(alias.name for alias in node.names if name in (alias.asname, alias.name.split(".")[0]))
