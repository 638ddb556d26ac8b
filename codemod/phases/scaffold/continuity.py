"""Phase 3: a test that a conversation keeps its identity, whatever happens beside it."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from codemod.model import FilePlan, Remark, Work
from codemod.phases.scaffold.arguments import RUN
from codemod.phases.scaffold.classes import attributes, is_mapping
from codemod.phases.scaffold.construction import construction
from codemod.phases.scaffold.file_of_tests import file_of_tests
from codemod.phases.scaffold.lookup import annotated_name, dotted_name, gives_dictionary
from codemod.phases.scaffold.refusal import RefusedError, refused
from codemod.phases.scaffold.rendering import render
from codemod.resolve.signatures import read_signature
from codemod.style import style_of

if TYPE_CHECKING:
    from codemod.phases.tree import Definition, Tree

_COMMAND = "scaffold test"
_SUBJECT = "conversation_continuity"
_NEW_IDS = {"int": ("int", "uuid4().int"), "UUID": ("UUID", "uuid4()")}
_NEW_STRING = ("str", "str(uuid4())")


def scaffold_test(tree: Tree) -> Work:
    """Plan a file of tests of the getter. RefusedError where there is none that can be tested, or the file is there
    and does something else.
    """
    getter = _getter(tree)
    file = file_of_tests(tree, getter.index, _SUBJECT)
    if os.path.lexists(tree.root / file.path):
        if file.path in tree.mentioning(getter.name):
            return Work(_COMMAND, str(tree.root), nothing=f"{file.path} is there already.")
        message = f"it is there already, and does not mention `{getter.name}`"
        raise refused(file.path, 0, message, "Rename it, then run the command again.")
    style = style_of(tree.root, getter.index.source)
    text = render(
        "continuity.py.jinja", style, **_values(tree, getter), module=file.module, added_path=file.added_path
    )
    plan = FilePlan(file.path, b"", text.replace("\n", style.newline).encode(), is_new=True)
    hint = "With `pythonpath` in pytest's settings it would not have to change `sys.path`."
    done = Remark(
        file.path,
        0,
        f"tests of continuity, isolation and concurrency with `{getter.name}`",
        hint if file.added_path else "",
    )
    advice = (f"Run it: pytest {file.path}", "Next: ctxmigrate rewrite")
    return Work(_COMMAND, str(tree.root), (done,), plans=(plan,), advice=advice)


def _getter(tree: Tree) -> Definition:
    """The getter to test: the one beside the factory where there are several."""
    name = tree.config.getter
    everywhere = [each for each in tree.definitions(name) if not each.is_stub]
    found = [each for each in everywhere if each.path in tree.selected] or everywhere
    factory = tree.factory()
    if len(found) > 1 and not isinstance(factory, tuple):
        found = [each for each in found if each.path == factory.path] or found
    if len(found) == 1:
        return found[0]
    if found:
        advice = "Set `getter` in [tool.ctxmigrate] to its dotted name."
        raise RefusedError(
            *(Remark(e.path, e.line, f"one of several definitions of `{name}`", advice) for e in found)
        )
    if isinstance(factory, tuple):
        raise RefusedError(*factory)
    raise refused(
        "",
        0,
        f"the getter `{name}` is defined nowhere under the root",
        "Run `ctxmigrate scaffold getter` first.",
    )


def _values(tree: Tree, getter: Definition) -> dict[str, object]:
    """What the template asks for."""
    key = tree.config.session_key
    node = getter.nodes[-1]
    annotations = {
        each.arg: annotated_name(each.annotation) for each in ast.walk(node.args) if isinstance(each, ast.arg)
    }
    kinds = {name: _NEW_IDS.get(annotations.get(name, "").rpartition(".")[2], _NEW_STRING) for name in key}
    names = (*key, RUN)
    return {
        "getter": getter.name,
        "is_async": isinstance(node, ast.AsyncFunctionDef),
        "uuid_imports": "UUID, uuid4" if ("UUID", "uuid4()") in kinds.values() else "uuid4",
        "names": names,
        "run": RUN,
        "key": ", ".join(key),
        "new_key": ", ".join(value for _, value in kinds.values()),
        "parameters": ", ".join(f"{name}: {kind}" for name, (kind, _) in kinds.items()),
        "call": _call(tree, getter),
        "identity": ", ".join(_readings(tree, getter, names)),
        "others": [
            {
                "name": name,
                "word": name.removesuffix("_id"),
                "arguments": ", ".join(kinds[each][1] if each == name else each for each in key),
            }
            for name in key
        ],
    }


def _call(tree: Tree, getter: Definition) -> str:
    """The call of the getter with the session key. RefusedError where it takes something else."""
    key = tree.config.session_key
    if not key:
        advice = "Set it in [tool.ctxmigrate] to what the getter takes."
        raise refused("", 0, "session-key is empty, so nothing tells one conversation from another", advice)
    own = read_signature(getter.nodes[-1]).parameters
    required = [each.name for each in own if each.required and each.name not in key]
    if required or not {each.name for each in own}.issuperset(key):
        lacking = f"needs `{required[0]}` too" if required else f"does not take {', '.join(key)}"
        advice = f"A test can call it with the session key only, {', '.join(key)}: write it by hand."
        raise refused(getter.path, getter.line, f"`{getter.name}` {lacking}", advice)
    by_position = tuple(each.name for each in own if each.kind != "keyword-only")[: len(key)] == key
    given = key if by_position else [f"{name}={name}" for name in key]
    return f"{getter.name}({', '.join(given)})"


def _readings(tree: Tree, getter: Definition, names: tuple[str, ...]) -> list[str]:
    """The expressions that read the values of those names off a context, as far as its class is known."""
    if gives_dictionary(getter.nodes[-1]):
        return [f'context["{name}"]' for name in names]
    try:
        made = construction(tree, getter)
    except RefusedError:
        return [f"context.{name}" for name in names]
    known = attributes(tree, made.cls) if made.cls else None
    if made.cls and is_mapping(tree, made.cls):
        return [f'context["{name}"]' for name in names]
    found = []
    for name in names:
        same = [field for field, given in made.given.items() if dotted_name(given).rpartition(".")[2] == name]
        reading = next((each for each in (name, *same) if known is None or each in known), None)
        if reading is None:
            message = f"the objects of `{made.name}` have no `{name}` that can be seen"
            raise refused(getter.path, getter.line, message, "Write the test by hand.")
        found.append(f"context.{reading}")
    return found
