"""How modules of the tree are named where they are imported."""

from __future__ import annotations

import ast
import re
from keyword import iskeyword
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.tree import Tree
    from codemod.resolve.places import ModuleIndex


def is_name(text: str) -> bool:
    """Whether a dotted name can be imported by a statement."""
    return all(part.isidentifier() and not iskeyword(part) for part in text.split("."))


def parent(path: str) -> str:
    """The folder that a file or folder is in; empty for one at the root."""
    return path.rpartition("/")[0]


def joined(folder: str, name: str) -> str:
    """The path of ``name`` in a folder, which is empty for the root."""
    return f"{folder}/{name}" if folder else name


def package_in(tree: Tree, folder: str) -> str:
    """The ``__init__.py`` of a folder; empty where it has none."""
    return tree.modules.submodule(f"{folder}/", "__init__") or ""


def ancestors(tree: Tree, path: str) -> tuple[str, ...]:
    """The ``__init__.py`` of the packages that a module is in, the nearest first, without the module itself."""
    folder, found = parent(path), []
    while package := package_in(tree, folder):
        found.append(package)
        if not folder:
            break
        folder = parent(folder)
    return tuple(each for each in found if each != path)


def base_of(tree: Tree, index: ModuleIndex) -> str:
    """The folder above a module at which its dotted name starts, as far as its own imports tell; else the folder
    that its outermost package is in, or for a module in no package the one that the tree's names start at.
    """
    path = index.source.path
    for module in _absolute_imports(index):
        for target in tree.modules.absolute(path, module):
            base = _without(_stem(target), module)
            if base is not None and path.startswith(joined(base, "")):
                return base
    folder = parent(path)
    if not package_in(tree, folder):
        name = tree.dotted(path)
        return (_without(_stem(path), name) or "") if is_name(name) else folder
    while folder and package_in(tree, folder):
        folder = parent(folder)
    return folder


def dotted(path: str, base: str) -> str:
    """The name of a module, or of the package in a folder, for names that start at ``base``."""
    return _stem(path)[len(base) :].strip("/").replace("/", ".")


def import_of(tree: Tree, index: ModuleIndex, target: str, name: str) -> str:
    """The statement that imports ``name`` from the file ``target`` into a module, relative where that module's own
    imports of its package are all relative.
    """
    base = base_of(tree, index)
    module = dotted(target, base)
    path = index.source.path
    if any(level for level, _ in _imports(index)) and not any(
        tree.modules.absolute(path, each) for each in _absolute_imports(index)
    ):
        module = _relative(dotted(path, base), module, index) or module
    return f"from {module} import {name}"


def _relative(importer: str, target: str, index: ModuleIndex) -> str:
    """The dots and names by which one module reaches another; empty where they are in no common package."""
    is_package = re.search(r"/__init__\.pyi?$", index.source.path)
    here = importer.split(".") if is_package else importer.split(".")[:-1]
    there = target.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return "." * (len(here) - common + 1) + ".".join(there[common:]) if common else ""


def _absolute_imports(index: ModuleIndex) -> list[str]:
    return [module for level, module in _imports(index) if not level]


def _imports(index: ModuleIndex) -> Iterator[tuple[int, str]]:
    for node in ast.walk(index.tree):
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
        elif isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)


def _stem(path: str) -> str:
    return re.sub(r"((^|/)__init__)?\.pyi?$|/$", "", path)


def _without(stem: str, module: str) -> str | None:
    """The folder in which a module's name ends up at a path; None where it does not."""
    name = module.replace(".", "/")
    if stem != name and not stem.endswith(f"/{name}"):
        return None
    return stem[: len(stem) - len(name)].rstrip("/")
