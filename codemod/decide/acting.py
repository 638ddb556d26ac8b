"""Whether an import makes a module under the root do something, so that it is needed though nothing uses its name."""

from __future__ import annotations

import ast
from itertools import chain
from typing import TYPE_CHECKING

from codemod.decide.top_level import plain_imports
from codemod.read import load
from codemod.reader import Excerpt
from codemod.resolve.places import ModuleIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codemod.decide.dead_imports import DeadImport
    from codemod.resolve.packages import ModuleTree


class Acting:
    """Looks at the modules of a tree; ``read`` gives the bytes of a file, or None where it cannot be read.

    Modules from elsewhere are taken to do nothing. Answers are kept.
    """

    def __init__(self, modules: ModuleTree, read: Callable[[str], bytes | None]) -> None:
        self._modules = modules
        self._read = read
        self._below: dict[str, frozenset[str] | None] = {}

    def acts(self, path: str, dead: DeadImport) -> bool:
        """Whether a module that an import in a file brings, or one that such a module imports, does something."""
        pending = list(self._brought(path, dead.statement, dead.statement.names[dead.position]))
        seen = {path}
        while pending:
            module = pending.pop()
            if module not in seen:
                seen.add(module)
                below = self._imported_by(module)
                if below is None:
                    return True
                pending += below
        return False

    def _imported_by(self, path: str) -> frozenset[str] | None:
        """The modules that a module brings; None where it does something itself, or cannot be read or parsed."""
        if path not in self._below:
            raw = self._read(path)
            loaded = None if raw is None or isinstance(raw, Excerpt) else load(path, raw)
            found = plain_imports(ModuleIndex(*loaded)) if isinstance(loaded, tuple) else None
            self._below[path] = None if found is None else frozenset(self._all_brought(path, found))
        return self._below[path]

    def _all_brought(self, path: str, imports: Iterable[ast.Import | ast.ImportFrom]) -> Iterator[str]:
        for node in imports:
            for alias in node.names:
                yield from self._brought(path, node, alias)

    def _brought(self, path: str, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Iterator[str]:
        """The files that are run when a file has a name imported, those of the packages around it too."""
        level, name = (node.level, node.module or "") if isinstance(node, ast.ImportFrom) else (0, alias.name)
        parts = name.split(".")
        around = [self._found(path, level, ".".join(parts[:count])) for count in range(1, len(parts) + 1)]
        inside = [self._modules.submodule(module, alias.name) for module in around[-1]]
        for module in (*chain.from_iterable(around), *inside):
            if module and not module.endswith("/"):
                yield module

    def _found(self, path: str, level: int, module: str) -> tuple[str, ...]:
        if level:
            return self._modules.relative(path, level, module)
        return self._modules.absolute(path, module) or self._modules.elsewhere(module)
