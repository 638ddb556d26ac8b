"""What a person should know about the factory's deprecation, and do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.decide.takers import Takers
from codemod.phases.deprecate.delegation import is_generator
from codemod.phases.deprecate.getter import factory_use
from codemod.phases.deprecate.pep702 import HOMES, is_required
from codemod.phases.deprecate.unused import unused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.phases.deprecate.file import DeprecatedFile
    from codemod.phases.deprecate.gains import Gains
    from codemod.phases.tree import Definition, Tree


def advice(tree: Tree, files: Sequence[DeprecatedFile], stub: Definition | None) -> Iterator[str]:
    """A sentence for each thing that may not be as one thinks, and what comes next."""
    factory = files[0]
    for gains in factory.gains:
        yield from _of_definition(factory.path, gains)
    if stub and len(files) == 1:
        where = f"{stub.path}:{stub.line}"
        yield f"{where} stays as it is, and is what type checkers read: name it in PATHS with --decorator."
    if any(file.needs(HOMES[1]) for file in files) and not is_required(tree, factory.path):
        yield f"`{HOMES[1]}` has to be installed with it from now on, and no pyproject.toml names it."
    may_take = Takers(tree.found.paths, tree.found.reader, tree.found.stars).may_take
    edits = [each.edit for each in factory.gains]
    if only := [
        f"`{name}` (line {line})" for name, line in unused(factory.definition.index, edits, may_take)
    ]:
        yield f"Only the old body used these in {factory.path}: {', '.join(only)}."
    for getter in tree.definitions(tree.config.getter):
        if line := factory_use(getter, tree.config.factory_name):
            yield f"{getter.path}:{line}: the getter calls it, and so warns whenever it is called itself."
    yield "Run the tests with `-W error::DeprecationWarning` to find who still calls it."


def _of_definition(path: str, gains: Gains) -> Iterator[str]:
    """Where a warning in the body does not name the call."""
    where = f"{path}:{gains.edit.node.lineno}"
    if not gains.warns or gains.has.is_manager:
        return
    if is_generator(gains.edit.node):
        yield f"{where} is a generator: it warns when its first value is asked for, with --decorator when it is called."
    for wrapper in gains.has.wrappers:
        yield (
            f"{where} is decorated with `@{wrapper}`: should that call it from a function of its own, then the"
            " warning names a line there. With --decorator it names the caller's."
        )
