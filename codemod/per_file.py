"""The work of each stage on one file: pure functions of what a process gets, so that any process can do it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.decide.candidates import in_order
from codemod.decide.sites import draft_sites
from codemod.decide.suppression import read_suppressions
from codemod.model import Config, FileError
from codemod.read import decode
from codemod.resolve.surveys import survey, survey_facts, too_deep

if TYPE_CHECKING:
    from codemod.decide.callee import IsModule
    from codemod.decide.draft import Candidate, Draft, Lead
    from codemod.edits import FileEdits, RewrittenFile
    from codemod.resolve.facts import FileFacts, ImportSpec


@dataclass(frozen=True, slots=True)
class ToSurvey:
    """A file whose facts about the factory are wanted, with what its sites probably lead to, where that is known."""

    path: str
    raw: bytes
    config: Config
    lead: Lead | None


@dataclass(frozen=True, slots=True)
class ToDraft:
    """A file whose sites are to be drafted."""

    path: str
    raw: bytes
    config: Config
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ToRewrite:
    """A file to rewrite, with where it can be cut."""

    raw: bytes
    edits: FileEdits
    cuts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """The drafts of a file's candidates, its suppression comments by line, and what was assumed of imports: whether
    they bring modules.
    """

    candidates: tuple[Candidate, ...]
    drafts: tuple[Draft, ...]
    suppressions: dict[int, frozenset[str]]
    assumed: tuple[tuple[ImportSpec, bool], ...] = ()

    def only(self, candidates: tuple[Candidate, ...]) -> Drafted | None:
        """The same for some of the candidates; None where it has not all of them."""
        if candidates == self.candidates:
            return self
        known = dict(zip(self.candidates, self.drafts, strict=True))
        if not known.keys() >= set(candidates):
            return None
        return replace(self, candidates=candidates, drafts=tuple(known[each] for each in candidates))


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The facts of a file, and the drafts of its sites as far as they lead to where they probably do."""

    facts: FileFacts
    ahead: Drafted | None


def survey_file(task: ToSurvey) -> Surveyed | FileError:
    """What a file says about the factory. While its syntax tree is there, the probable sites are drafted."""
    facts = survey_facts(task.path, task.raw, task.config.factory_name, task.config.getter_name)
    if isinstance(facts, FileError):
        return facts
    if task.lead is None:
        return Surveyed(facts, None)
    uses = facts.names[task.config.factory_name].uses if task.config.factory_name in facts.names else ()
    candidates = in_order(map(task.lead.candidate, uses))
    ahead = draft_file(ToDraft(task.path, task.raw, task.config, candidates))
    return Surveyed(facts, None if isinstance(ahead, FileError) else ahead)


def draft_file(task: ToDraft) -> Drafted | FileError:
    """The drafts of a file, under the assumption that only a plain ``import`` brings a module."""
    assumed: dict[ImportSpec, bool] = {}

    def is_module(spec: ImportSpec) -> bool:
        return assumed.setdefault(spec, spec.name is None)

    drafted = draft(task, is_module)
    return drafted if isinstance(drafted, FileError) else replace(drafted, assumed=tuple(assumed.items()))


def draft(task: ToDraft, is_module: IsModule) -> Drafted | FileError:
    """The drafts of a file, where ``is_module`` tells of the imports in it whether they bring modules."""
    found = survey(task.path, task.raw, task.config.getter_name)
    if isinstance(found, FileError):
        return found
    try:
        drafts = draft_sites(found.index, task.candidates, task.config, is_module)
    except RecursionError:
        return too_deep(task.path)
    return Drafted(task.candidates, drafts, read_suppressions(found.index.source).lines)


def rewrite_file(task: ToRewrite) -> RewrittenFile | FileError:
    """Rewrite a file."""
    from codemod.rewrite.file import rewrite_file as rewrite

    source = decode(task.edits.path, task.raw)
    return source if isinstance(source, FileError) else rewrite(source, task.edits, task.cuts)
