"""Phase 1: a module with a session manager."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codemod.errors import UsageError
from codemod.model import FileError, FilePlan, Remark, Work
from codemod.phases.scaffold.manager import KEY, managers
from codemod.phases.scaffold.naming import base_of, is_name, joined, package_in, parent
from codemod.phases.scaffold.refusal import refused, the_factory
from codemod.phases.scaffold.rendering import render
from codemod.phases.tree import SESSION
from codemod.style import style_of

if TYPE_CHECKING:
    from codemod.phases.tree import Definition, Tree
    from codemod.style import Style

_CLASS = "UnifiedIdGenerator"
_FILE = "unified_id_generator.py"
_COMMAND = "scaffold session"


def scaffold_session(tree: Tree, module: str) -> Work:
    """Plan a session manager in a module beside the factory's, or in the dotted ``module``.

    RefusedError where there is not one factory, the place or the name is taken, or sessions have another key.
    UsageError where ``module`` is no name.
    """
    if module and not is_name(module):
        right = "right would be a dotted name such as 'app.sessions'"
        raise UsageError(f"--module: {module!r} is no name of a module; {right}")
    found = managers(tree)
    if found:
        places = ", ".join(f"{each.path}:{each.node.lineno}" for each in found)
        return Work(_COMMAND, str(tree.root), nothing=f"`{SESSION}` is there already: {places}.")
    factory = the_factory(tree)
    if tree.config.session_key != KEY:
        key = ", ".join(tree.config.session_key)
        message = f"the sessions that can be written have the key {', '.join(KEY)}, and yours have {key}"
        raise refused("", 0, message, f"Write `{SESSION}({key})` by hand.")
    path, packages = _target(tree, factory, module) if module else _beside(tree, factory)
    style = style_of(tree.root, factory.index.source)
    plans = [_new(tree, package, "", style) for package in packages]
    plans.append(_new(tree, path, render("session.py.jinja", style), style))
    done = [Remark(package, 0, "a new package") for package in packages]
    done.append(Remark(path, 0, f"a session manager, `{_CLASS}.{SESSION}({', '.join(KEY)})`"))
    advice = (
        f"Call `{_CLASS}.start_cleanup()` where the service starts, and `{_CLASS}.stop_cleanup()` where it stops.",
        "Next: ctxmigrate scaffold getter",
    )
    return Work(_COMMAND, str(tree.root), tuple(done), plans=tuple(plans), advice=advice)


def _new(tree: Tree, path: str, text: str, style: Style) -> FilePlan:
    if os.path.lexists(tree.root / path):
        advice = f"Say where else it shall go: --module DOTTED.NAME. Or give `{_CLASS}` there a `{SESSION}` by hand."
        raise refused(path, 0, f"it is there already, and has no `{SESSION}`", advice)
    return FilePlan(path, b"", text.replace("\n", style.newline).encode(), is_new=True)


def _beside(tree: Tree, factory: Definition) -> tuple[str, tuple[str, ...]]:
    """The module beside the factory's, unless its class is anywhere already."""
    for path in tree.mentioning(_CLASS):
        index = tree.module(path)
        if isinstance(index, FileError):
            continue
        for place in index.places(_CLASS):
            if place.role == "class":
                advice = "Give it that method by hand, or have another one written: --module DOTTED.NAME."
                line = index.source.position(place.start)[0]
                raise refused(path, line, f"`{_CLASS}` is there already, and has no `{SESSION}`", advice)
    return joined(parent(factory.path), _FILE), ()


def _target(tree: Tree, factory: Definition, module: str) -> tuple[str, tuple[str, ...]]:
    """The file of a dotted module, and those that make packages of the folders on the way to it."""
    parts = module.split(".")
    folder, missing = _known_part(tree, factory, parts)
    packages = []
    has_packages = bool(package_in(tree, folder)) or (
        len(missing) == len(parts) and any(path.endswith("__init__.py") for path in tree.found.paths)
    )
    for part in missing[:-1]:
        folder = joined(folder, part)
        packages += [joined(folder, "__init__.py")] if has_packages else []
    return joined(folder, f"{missing[-1]}.py"), tuple(packages)


def _known_part(tree: Tree, factory: Definition, parts: list[str]) -> tuple[str, list[str]]:
    """The folder of the longest part of a dotted name that is there, and what is left of the name."""
    for length in range(len(parts), 0, -1):
        for found in tree.modules.absolute(factory.path, ".".join(parts[:length])):
            folder = tree.modules.package_folder(found)
            if folder is not None and length < len(parts):
                return folder, parts[length:]
            what = (
                "it is there already" if length == len(parts) else "it is a module, so nothing can be in it"
            )
            raise refused(found, 0, what, "Choose another --module.")
    return base_of(tree, factory.index), parts
