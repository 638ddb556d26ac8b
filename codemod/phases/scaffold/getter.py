"""Phase 2: the getter, right before the factory in its module."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from codemod.model import FilePlan, Remark, Work
from codemod.phases.scaffold.construction import construction
from codemod.phases.scaffold.getter_code import all_edits, with_declaration, with_getter
from codemod.phases.scaffold.left_out import LeftOut
from codemod.phases.scaffold.lookup import dotted_name
from codemod.phases.scaffold.manager import the_manager
from codemod.phases.scaffold.placing import first_line
from codemod.phases.scaffold.refusal import refused, the_factory
from codemod.phases.tree import SESSION, definition
from codemod.resolve.dunder_all import read_dunder_all
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.phases.tree import Definition, Tree
    from codemod.resolve.places import ModuleIndex

_COMMAND = "scaffold getter"
_EACH_CALL = "The getter makes a new context for each call: only what the session keeps, such as `run_id`, is the same."


def scaffold_getter(tree: Tree, module: str) -> Work:
    """Plan the getter beside the factory, with the session manager of the tree, of several that in ``module``.

    RefusedError where something that it needs is not there, or cannot be read off the source.
    """
    nothing = partial(Work, _COMMAND, str(tree.root))
    if where := _without_factory(tree):
        return nothing(nothing=where)
    factory = the_factory(tree)
    if where := _there(tree, factory):
        return nothing(nothing=where)
    _check_place(tree, factory)
    manager = the_manager(tree, factory.path, module)
    after = with_getter(tree, factory, manager)
    stub = next(
        (each for each in tree.definitions(tree.config.factory) if each.path == f"{factory.path}i"), None
    )
    left = _left_out(tree, factory, after)
    advice = [*left.advice(), *_hints(tree, factory, stub), _EACH_CALL, "Next: ctxmigrate scaffold test"]
    done = [_remark(tree, after, f"`{tree.config.getter_name}`, which asks `{manager.shown}`")]
    done += left.remarks()
    plans = [FilePlan(factory.path, factory.index.source.raw, after.source.raw)]
    if stub and stub.path in tree.selected and not _there(tree, stub):
        declared = with_declaration(tree, stub)
        plans.append(FilePlan(stub.path, stub.index.source.raw, declared.source.raw))
        done.append(_remark(tree, declared, "its declaration for type checkers"))
    return Work(_COMMAND, str(tree.root), tuple(done), plans=tuple(plans), advice=tuple(advice))


def _remark(tree: Tree, index: ModuleIndex, message: str) -> Remark:
    return Remark(index.source.path, first_line(index, tree.config.getter_name), message)


def _left_out(tree: Tree, factory: Definition, after: ModuleIndex) -> LeftOut:
    """What the factory does and the getter ``after`` does not, at the lines that it has then."""
    getter = definition(tree.config.getter_name, after)
    moved = definition(factory.name, after)
    assert getter is not None, "it was written"
    assert moved is not None, "it is still there"
    made = construction(tree, factory)
    return LeftOut(made, getter, tree.config.drop, moved.line - factory.line)


def _without_factory(tree: Tree) -> str:
    """That the getter is there, in a module of its own or because the factory is gone; empty where it is not."""
    getters = tree.definitions(tree.config.getter)
    is_gone = not tree.definitions(tree.config.factory)
    if not getters or not (is_gone or tree.config.getter_module):
        return ""
    where = f"`{getters[0].name}` is there already: {getters[0].path}:{getters[0].line}."
    return f"{where} The factory is gone." if is_gone else where


def _there(tree: Tree, factory: Definition) -> str:
    """That the factory's module has the getter; empty where it does not. RefusedError for another thing of its name."""
    name = tree.config.getter_name
    index = factory.index
    group = Scopes(index).groups(name).get(index.tree)
    if group is None:
        return ""
    line = index.source.position(group.bindings[0].start)[0]
    if {place.role for place in group.bindings} <= {"def", "import", "asname"}:
        return f"`{name}` is there already: {factory.path}:{line}."
    advice = "Rename it, or set another `getter` in [tool.ctxmigrate]."
    raise refused(factory.path, line, f"the name `{name}` is taken by something that is no function", advice)


def _check_place(tree: Tree, factory: Definition) -> None:
    """RefusedError where the getter is in another module, or belongs there."""
    name, module = tree.config.getter_name, tree.config.getter_module
    beside_others = {each.path for each in tree.definitions(tree.config.factory_name)}
    getters = (each for each in tree.definitions(name) if each.path not in beside_others)
    if found := next((each for each in getters if _asks_for_session(each)), None):
        advice = f'Import it into {factory.path}, or set getter = "{tree.dotted(found.path)}.{name}".'
        raise refused(found.path, found.line, f"`{name}` is defined here, and not beside the factory", advice)
    if module and factory.path not in tree.modules.named(module):
        advice = "Write it there by hand, or set `getter` to its bare name in [tool.ctxmigrate]."
        message = f"the getter is to come from `{module}`, and it can be written only beside the factory"
        raise refused(factory.path, factory.line, message, advice)


def _asks_for_session(definition: Definition) -> bool:
    return SESSION in {dotted_name(node).rpartition(".")[2] for node in ast.walk(definition.nodes[-1])}


def _hints(tree: Tree, factory: Definition, stub: Definition | None) -> Iterator[str]:
    """What a person has to do beside it."""
    name = tree.config.getter_name
    listed = read_dunder_all(factory.index)
    if listed and factory.name in listed.maybe and not all_edits(tree, factory):
        yield f"Add `{name}` to `__all__` in {factory.path}, which is not written out as a list."
    if stub and stub.path not in tree.selected:
        yield f"Declare `{name}` in {stub.path}, which is not among the files that may be written."
