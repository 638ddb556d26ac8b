"""What keeps a factory that no ``def`` makes from being gone: another binding, or a wrong name in the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.model import FileError, Remark
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemod.model import Work
    from codemod.phases.tree import Tree

_OTHER = frozenset({"def", "import", "asname", "package"})


def bound_otherwise(tree: Tree) -> tuple[Remark, ...]:
    """Where a module binds the factory's name, but not by ``def``: as a class or a lambda, for example.

    A name that a module imports is another matter.
    """
    name = tree.config.factory_name
    found: list[Remark] = []
    for path in tree.homes(tree.config.factory):
        index = tree.module(path)
        if isinstance(index, FileError):
            continue
        group = Scopes(index).groups(name).get(index.tree)
        if group and not any(place.role in _OTHER for place in group.bindings):
            line = index.source.position(group.bindings[0].start)[0]
            message = f"it binds the name `{name}`, but not by `def`"
            found.append(Remark(path, line, message, "Only a function that `def` makes is migrated."))
    return tuple(found)


def wrong_module(tree: Tree) -> tuple[Remark, ...]:
    """That there is no module such as the dotted factory names."""
    module, name = tree.config.factory_module, tree.config.factory_name
    if not module or tree.modules.named(module):
        return ()
    defined = [each for each in tree.definitions(name) if not each.is_stub]
    places = " and ".join(f"{each.path}:{each.line}" for each in defined)
    where = f"in {places}" if places else "nowhere"
    names = " or ".join(f'"{tree.dotted(each.path)}.{name}"' for each in defined)
    advice = (
        f"Set factory = {names} in [tool.ctxmigrate]." if names else "Mend `factory` in [tool.ctxmigrate]."
    )
    message = f"there is no module `{module}` under the root; `{name}` is defined {where}"
    return (Remark("", 0, message, advice),)


def stopped(blank: Work, problems: Iterable[Remark | FileError]) -> Work:
    """What comes of a command that cannot work: files that cannot be parsed are errors, all else is a refusal."""
    found = tuple(problems)
    refusals = tuple(each for each in found if isinstance(each, Remark))
    return replace(
        blank, refusals=refusals, errors=tuple(each for each in found if isinstance(each, FileError))
    )


def is_elsewhere(tree: Tree) -> bool:
    """Whether the project has nothing to do with a migration: neither factory nor getter is defined or used in it,
    as in a wrong folder.
    """
    names = (tree.config.factory, tree.config.getter)
    is_defined = any(tree.definitions(name) for name in names)
    return not (is_defined or tree.report.sites or tree.broken_definitions() or bound_otherwise(tree))
