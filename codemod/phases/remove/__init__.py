"""Deletes the factory: its definition, what imports and exports it, and the imports that only it used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.decide.takers import Takers
from codemod.model import FileError, FilePlan, Remark, Work
from codemod.phases.absent import bound_otherwise, stopped, wrong_module
from codemod.phases.gone import is_nowhere, whole
from codemod.phases.remove.cuts import cuts
from codemod.phases.remove.left import advice
from codemod.phases.remove.needs import needs, told
from codemod.phases.remove.subject import find_subject
from codemod.phases.tree import Definition
from codemod.rewrite.file import rewrite_file
from codemod.write import unwritable

if TYPE_CHECKING:
    from codemod.phases.remove.cuts import Cut
    from codemod.phases.tree import Tree


def remove(tree: Tree) -> Work:
    """Plan the deletion of the factory; refused while anything under the root still needs it."""
    blank = Work("remove", str(tree.root))
    factory = tree.factory()
    if not isinstance(factory, Definition):
        return _without_definition(tree, blank, factory)
    subject = find_subject(tree, factory)
    several = subject.tree.factory()
    if not isinstance(several, Definition):
        return stopped(blank, several)
    may_take = Takers(tree.found.paths, tree.found.reader, tree.found.stars).may_take
    refusals = needs(subject, may_take)
    wanted = () if refusals else cuts(subject, may_take)
    refusals += tuple(
        _not_selected(cut, subject.tree.config.factory) for cut in wanted if cut.path not in tree.selected
    )
    if refusals:
        return replace(blank, refusals=refusals)
    results = [_planned(tree, cut) for cut in wanted]
    errors = tuple(each for each in results if isinstance(each, FileError))
    if errors:
        return replace(blank, errors=errors)
    done = tuple(remark for cut in wanted for remark in cut.remarks)
    plans = tuple(each for each in results if not isinstance(each, FileError))
    return replace(blank, done=done, plans=plans, advice=advice(subject, may_take, wanted, plans))


def _without_definition(tree: Tree, blank: Work, problems: tuple[Remark | FileError, ...]) -> Work:
    """What is to say where no definition is to be removed: that it is gone already, or why that is not so."""
    everything, name = whole(tree), tree.config.factory
    if is_nowhere(everything):
        how = "gone already" if everything.definitions(tree.config.getter) else "gone, or was never here"
        return replace(blank, nothing=f"`{name}` is {how}: nothing under the root defines or needs it.")
    declared = everything.definitions(name)
    if declared and all(each.is_stub for each in declared):
        message = f"only this stub declares `{tree.config.factory_name}`"
        problems = tuple(Remark(each.path, each.line, message, "Delete it by hand.") for each in declared)
    wrong = (*bound_otherwise(everything), *wrong_module(everything))
    left = () if declared or wrong else tuple(told(site) for site in everything.report.sites)
    return stopped(blank, (*(wrong or problems), *left))


def _not_selected(cut: Cut, factory: str) -> Remark:
    """A file that would have to be written and is not to be."""
    return replace(
        cut.remarks[0],
        message="it has the factory too, and PATHS leave it out, or it is excluded",
        help=f'Name it too: `factory = "{factory}"` in [tool.ctxmigrate] says which one is meant, so PATHS need not.',
    )


def _planned(tree: Tree, cut: Cut) -> FilePlan | FileError:
    error = unwritable(tree.root, cut.path)
    if error:
        return error
    rewritten = rewrite_file(cut.index.source, cut.edits)
    if isinstance(rewritten, FileError):
        return rewritten
    return FilePlan(cut.path, cut.index.source.raw, rewritten.after)
