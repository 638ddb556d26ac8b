"""The work of each stage on one file: pure functions of what a process gets, so that any process can do it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codemod.decide.sites import draft_sites
from codemod.decide.suppression import read_suppressions
from codemod.model import Config, FileError
from codemod.read import decode
from codemod.resolve.surveys import survey, survey_facts, too_deep

if TYPE_CHECKING:
    from codemod.decide.callee import IsModule
    from codemod.decide.draft import Candidate, Draft
    from codemod.edits import FileEdits, RewrittenFile
    from codemod.resolve.facts import FileFacts, ImportSpec


@dataclass(frozen=True, slots=True)
class ToSurvey:
    """A file whose facts about the factory are wanted."""

    path: str
    raw: bytes
    config: Config


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
    """The drafts of a file, its suppression comments by line, and what was assumed of imports: whether they bring
    modules.
    """

    drafts: tuple[Draft, ...] = ()
    suppressions: dict[int, frozenset[str]] = field(default_factory=dict)
    assumed: tuple[tuple[ImportSpec, bool], ...] = ()


def survey_file(task: ToSurvey) -> FileFacts | FileError:
    """What a file says about the factory."""
    return survey_facts(task.path, task.raw, task.config.factory_name, task.config.getter_name)


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
    return Drafted(drafts, read_suppressions(found.index.source).lines)


def rewrite_file(task: ToRewrite) -> RewrittenFile | FileError:
    """Rewrite a file."""
    from codemod.rewrite.file import rewrite_file as rewrite

    source = decode(task.edits.path, task.raw)
    return source if isinstance(source, FileError) else rewrite(source, task.edits, task.cuts)
