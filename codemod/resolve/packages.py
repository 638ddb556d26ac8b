"""Which file a module name means, from the paths of the tree alone.

A module is named by its file; a namespace package, which has none, by its folder with a ``/`` at the end
(the root itself by ``/``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemod.listing import Listing, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIXES = (".py", ".pyi")


class ModuleTree:
    """The modules among the ``files``. ``source_roots`` are where module names start; empty: found by looking."""

    def __init__(self, files: Listing, source_roots: tuple[str, ...] = (), root_name: str = "") -> None:
        self._files = files
        self._source_roots = tuple(root.strip("/").removeprefix("./") for root in source_roots)
        self._root_name = root_name
        self._folders = frozenset(_folders(files))
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._elsewhere: dict[str, tuple[str, ...]] = {}
        self._others: tuple[str, ...] | None = None

    def relative(self, importer: str, level: int, module: str) -> tuple[str, ...]:
        """The modules that ``from ..module import x`` in the file ``importer`` may mean, the best first."""
        folder = _parent(importer)
        for _ in range(level - 1):
            if not folder:
                return ()
            folder = _parent(folder)
        return tuple(self._below(folder, module))

    def absolute(self, importer: str, module: str) -> tuple[str, ...]:
        """The modules that ``module`` may mean in the file ``importer``, the best first: those with files of
        their own before namespace packages, from source roots at or above the file, the root and ``src``.
        """
        key = (_parent(importer), module)
        if key not in self._found:
            found = [m for root in self._roots_for(importer) for m in self._below(root, module)]
            if self._root_name and self._is_package("") and module.split(".")[0] == self._root_name:
                found += self._below("", module.partition(".")[2])
            found.sort(key=lambda candidate: candidate.endswith("/"))
            self._found[key] = tuple(dict.fromkeys(found))
        return self._found[key]

    def elsewhere(self, module: str) -> tuple[str, ...]:
        """The modules of that name in any other folder of the tree, which may be a source root too."""
        if self._source_roots:
            return ()
        if module not in self._elsewhere:
            package, dot, _ = module.partition(".")
            roots = (root for root in self._other_roots() if not dot or _join(root, package) in self._folders)
            found = (m for root in roots for m in self._below(root, module))
            self._elsewhere[module] = tuple(m for m in found if not m.endswith("/"))
        return self._elsewhere[module]

    def named(self, module: str) -> tuple[str, ...]:
        """The modules that ``module`` may mean where no file says it, such as in the configuration."""
        return self.absolute("", module) or self.elsewhere(module)

    def dotted(self, path: str) -> str:
        """The name by which the module in a file is imported from elsewhere under the root."""
        parts = re.sub(r"(/__init__)?\.pyi?$", "", path).split("/")
        folder = _parent(path)
        while folder and self._is_package(folder):
            folder = _parent(folder)
        depth = folder.count("/") + 1 if folder else 0
        names = [".".join(parts[start:]) for start in (depth, *range(len(parts)))]
        return next((name for name in names if name and path in self.absolute("", name)), names[0])

    def submodule(self, module: str, name: str) -> str | None:
        """The module ``name`` in the package ``module``; None where it has none."""
        folder = self.package_folder(module)
        return None if folder is None else self._module_at(_join(folder, name))

    def package_folder(self, module: str) -> str | None:
        """The folder of a package; None for a module that is none."""
        if module.endswith("/"):
            return module[:-1]
        if module.rpartition("/")[2] in ("__init__.py", "__init__.pyi"):
            return _parent(module)
        return None

    def _below(self, folder: str, module: str) -> Iterator[str]:
        path = _join(folder, module.replace(".", "/")) if module else folder
        found = self._module_at(path)
        if found:
            yield found

    def _module_at(self, path: str) -> str | None:
        for suffix in _SUFFIXES:
            for candidate in (_join(path, "__init__") + suffix, path + suffix):
                if candidate in self._files:
                    return candidate
        return path + "/" if path in self._folders else None

    def _roots_for(self, importer: str) -> Iterator[str]:
        if self._source_roots:
            yield from self._source_roots
            return
        folder = _parent(importer)
        while folder:
            if not self._is_package(folder):
                yield folder
            folder = _parent(folder)
        yield ""
        yield "src"

    def _other_roots(self) -> tuple[str, ...]:
        """Every folder that holds modules or packages and is no package itself."""
        if self._others is None:
            holders = {folder[:-1] for folder in self._files.folders if self._files.names(folder)}
            holders |= {_parent(folder) for folder in holders if self._is_package(folder)}
            roots = {folder for folder in holders if not self._is_package(folder)}
            self._others = tuple(sorted(roots, key=lambda folder: (folder.count("/"), folder)))
        return self._others

    def _is_package(self, folder: str) -> bool:
        return any(_join(folder, "__init__") + suffix in self._files for suffix in _SUFFIXES)


def _folders(files: Listing) -> set[str]:
    """The folders with a file anywhere below them."""
    folders = {""}
    for holder in files.folders:
        folder = holder[:-1]
        while files.names(holder) and folder not in folders:
            folders.add(folder)
            folder = _parent(folder)
    return folders


def _parent(path: str) -> str:
    return folder_of(path)[:-1]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
