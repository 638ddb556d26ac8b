"""The text of the getter, and the module of the factory with it."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from codemod.edits import AllEdit, FileEdits
from codemod.phases.scaffold.arguments import RUN, arguments, check_key
from codemod.phases.scaffold.construction import construction
from codemod.phases.scaffold.importing import Provision, provision
from codemod.phases.scaffold.manager import Manager, Session, session_of
from codemod.phases.scaffold.placing import before_function, edited, first_line, for_import, inserted
from codemod.phases.scaffold.refusal import refused
from codemod.phases.scaffold.rendering import fitted, fitted_import, render
from codemod.phases.scaffold.signature import parameters, session_call
from codemod.resolve.dunder_all import read_dunder_all
from codemod.resolve.scopes import Scopes
from codemod.style import Style, style_of

if TYPE_CHECKING:
    from codemod.phases.tree import Definition, Tree
    from codemod.resolve.places import ModuleIndex


def with_getter(tree: Tree, factory: Definition, manager: Manager) -> ModuleIndex:
    """The factory's module with the getter in it. RefusedError where it cannot be written."""
    _check_order(factory)
    index = factory.index
    style = style_of(tree.root, index.source)
    provided = provision(tree, index, manager)
    code = _code(tree, factory, manager, provided, style)
    index = edited(index, FileEdits(factory.path, imports=provided.edits, alls=all_edits(tree, factory)))
    insertions = [before_function(index, factory.name, code, style.newline)]
    if provided.statement:
        statement = fitted_import(provided.statement, style)
        before = first_line(index, factory.name)
        is_own = partial(_is_own, tree, factory.path)
        insertions.insert(0, for_import(index, statement, before, style.newline, is_own))
    return inserted(index, insertions)


def with_declaration(tree: Tree, stub: Definition) -> ModuleIndex:
    """The stub of the factory's module with the getter declared in it."""
    style = style_of(tree.root, stub.index.source)
    code = fitted(f"{_head(tree, stub)}: ...\n", style)
    index = edited(stub.index, FileEdits(stub.path, alls=all_edits(tree, stub)))
    return inserted(index, [before_function(index, stub.name, code, style.newline, blank_lines=0)])


def _is_own(tree: Tree, path: str, module: str) -> bool:
    return bool(tree.modules.absolute(path, module))


def _check_order(factory: Definition) -> None:
    """RefusedError where the statement that defines the factory, before which the getter comes, also brings what the
    getter's first line needs.
    """
    node, index = factory.nodes[-1], factory.index
    block = index.steps_to(index.node_start(node))[0].child
    arguments = [each for each in ast.walk(node.args) if isinstance(each, ast.arg)]
    annotations = filter(None, [node.returns, *(each.annotation for each in arguments)])
    names = {each.id for part in annotations for each in ast.walk(part) if isinstance(each, ast.Name)}
    for name in sorted(names) if block is not node else ():
        group = Scopes(index).groups(name).get(index.tree)
        if group and any(place.steps[0].child is block for place in group.bindings):
            message = (
                f"`{factory.name}` is defined in a block with `{name}`, which the getter would need before it"
            )
            raise refused(
                factory.path, node.lineno, message, "Take one of them out, or write the getter by hand."
            )


def _head(tree: Tree, factory: Definition) -> str:
    """The getter's first line without the colon."""
    node = factory.nodes[-1]
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {' '.join(factory.index.segment(node.returns).split())}" if node.returns else ""
    return f"{word} {tree.config.getter_name}({parameters(tree, factory)}){returns}"


def _code(tree: Tree, factory: Definition, manager: Manager, provided: Provision, style: Style) -> str:
    made = construction(tree, factory)
    check_key(made, tree.config.session_key)
    session = session_of(tree, manager)
    names = {*tree.config.session_key, made.name.partition(".")[0], provided.name}
    names |= {node.id for node in ast.walk(factory.nodes[-1]) if isinstance(node, ast.Name)}
    local = next(name for name in ("session", "user_session", "found_session") if name not in names)
    return render(
        "getter.py.jinja",
        style,
        head=_head(tree, factory),
        statements=[*made.imports, *filter(None, [provided.local])],
        session=local,
        request=session_call(tree, factory, manager, provided.name),
        context=made.name,
        arguments=arguments(made, _values(tree, manager, session, local, style)),
    )


def _values(tree: Tree, manager: Manager, session: Session, local: str, style: Style) -> dict[str, str]:
    """For each name that the getter knows a value for, the expression of that value."""
    if RUN not in session.names:
        message = f"the sessions of `{manager.shown}` have no `{RUN}`, so a conversation could not keep it"
        raise refused(manager.path, manager.node.lineno, message, "Give them one.")
    known = sorted(name for name in session.names if name.endswith("_id"))
    form = f"{local}[{style.quote}%s{style.quote}]" if session.is_mapping else f"{local}.%s"
    return {**{name: name for name in tree.config.session_key}, **{name: form % name for name in known}}


def all_edits(tree: Tree, factory: Definition) -> tuple[AllEdit, ...]:
    """What puts the getter behind the factory in ``__all__``, where that lists the one and not the other."""
    listed = read_dunder_all(factory.index)
    entries = {entry.name: entry for entry in listed.entries} if listed else {}
    entry = entries.get(factory.name)
    if entry is None or tree.config.getter_name in entries:
        return ()
    return (AllEdit(*entry.at, tree.config.getter_name, entry.number, *entry.outer),)
