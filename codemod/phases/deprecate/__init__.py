"""Gives the factory its deprecation: a note in its docstring and a warning, and on request more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.model import FileError, Work
from codemod.phases.absent import stopped
from codemod.phases.deprecate.advice import advice
from codemod.phases.deprecate.delegating import delegations
from codemod.phases.deprecate.file import DeprecatedFile
from codemod.phases.gone import is_gone, whole
from codemod.phases.tree import Definition
from codemod.write import unwritable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.phases.tree import Tree

_ADVICE = (
    "`ctxmigrate check` says how to mend what is blocked.",
    "Without --delegate the factory keeps its body, and no call loses anything.",
)


def deprecate(tree: Tree, *, delegate: bool = False, decorator: bool = False) -> Work:
    """Plan the deprecation of the factory.

    With ``delegate`` its body becomes the call of the getter; with ``decorator`` it is the decorator of PEP 702 that
    warns, and a stub beside the module is marked too.
    """
    blank = Work("deprecate", str(tree.root))
    factory = tree.factory()
    if not isinstance(factory, Definition):
        if is_gone(whole(tree)):
            nothing = f"`{tree.config.factory}` is gone already: nothing under the root defines or needs it."
            return replace(blank, nothing=nothing)
        return stopped(blank, factory)
    calls = delegations(tree, factory) if delegate else {}
    if isinstance(calls, tuple):
        return replace(blank, refusals=calls, advice=_ADVICE)
    files = [DeprecatedFile(tree, factory, calls, decorated=decorator)]
    stub = _stub(tree, factory)
    if decorator and stub and stub.path in tree.selected:
        files.append(DeprecatedFile(tree, stub, {}, decorated=True))
    refusals = tuple(problem for file in files for problem in file.problems())
    if refusals:
        return replace(blank, refusals=refusals)
    return _outcome(replace(blank, advice=tuple(advice(tree, files, stub))), tree, files)


def _outcome(blank: Work, tree: Tree, files: Sequence[DeprecatedFile]) -> Work:
    changed = [file for file in files if file.is_changed]
    if not changed:
        where = f"{files[0].path}:{files[0].definition.line}"
        nothing = f"{where}: `{tree.config.factory_name}` has this deprecation already."
        return replace(blank, nothing=nothing)
    results = [unwritable(tree.root, file.path) or file.edited() for file in changed]
    errors = tuple(each for each in results if isinstance(each, FileError))
    if errors:
        return replace(blank, errors=errors, advice=())
    return replace(
        blank,
        done=tuple(remark for file in changed for remark in file.done()),
        plans=tuple(each for each in results if not isinstance(each, FileError)),
    )


def _stub(tree: Tree, factory: Definition) -> Definition | None:
    """What the stub beside the factory's module declares of it; None where it declares nothing."""
    path = f"{factory.path}i"
    return next((each for each in tree.definitions(factory.name) if each.path == path), None)
