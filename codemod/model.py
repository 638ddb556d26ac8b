"""The frozen records that pass between the stages.

Paths are relative to the root, with ``/``. Offsets count characters of a file's decoded text from 0;
lines and columns start at 1, columns count characters, and ends are exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from codemod import defaults

if TYPE_CHECKING:
    from collections.abc import Set

Verdict = Literal["migrated", "blocked", "ignored"]
SiteKind = Literal["call", "reference", "mock", "dynamic", "import"]
ChangeKind = Literal["import", "re-export", "all"]
Role = Literal["import", "definition", "lookalike", "mention"]


@dataclass(frozen=True, slots=True)
class Config:
    """The settled configuration of one run.

    ``factory`` and ``getter`` are bare or dotted names; ``allow`` and ``block`` hold rule codes;
    ``source_roots`` is empty where they are found by looking. ``strict`` and ``clean`` come from the command
    line alone.
    """

    factory: str = defaults.FACTORY
    getter: str = defaults.GETTER
    drop: tuple[str, ...] = defaults.DROP
    parameters: tuple[str, ...] = defaults.PARAMETERS
    session_key: tuple[str, ...] = defaults.SESSION_KEY
    pure_calls: tuple[str, ...] = ()
    fresh_calls: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    source_roots: tuple[str, ...] = ()
    strict: bool = False
    clean: bool = False

    @property
    def factory_name(self) -> str:
        """The factory's own name, without its module."""
        return self.factory.rpartition(".")[2]

    @property
    def factory_module(self) -> str:
        """The module of a dotted ``factory``; empty for a bare one."""
        return self.factory.rpartition(".")[0]

    @property
    def getter_name(self) -> str:
        """The getter's own name, without its module."""
        return self.getter.rpartition(".")[2]

    @property
    def getter_module(self) -> str:
        """The module of a dotted ``getter``; empty for a bare one."""
        return self.getter.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class FileError:
    """A file that could not be handled (CTX901 to CTX906). ``line`` is 1 where no line is known."""

    path: str
    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One code on one site, in the words of that site: what is the matter, and what to do.

    ``output`` are the last lines that a command printed, where one has shown it.
    """

    code: str
    message: str
    help: str
    output: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One reference that resolves to the factory, with its verdict.

    ``codes`` are the findings that block (or would, where a person ignored the site); ``notes`` those
    that a person should look at although the site is migrated. ``before`` and ``after`` are the source of
    the call or reference; ``after`` is None unless the site is migrated. ``source`` is the text of all lines
    from ``line`` to ``end_line``, for people; empty where it is not known. ``scope`` is the qualified name of
    the function or class around it, such as ``Class.method``; empty at the level of the module.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    kind: SiteKind
    verdict: Verdict
    codes: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    before: str
    after: str | None
    source: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A change beside the sites: an import, a public re-export, or an entry of ``__all__``."""

    path: str
    kind: ChangeKind
    line: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The factory's name as a whole word where it is no site."""

    path: str
    line: int
    column: int
    role: Role


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file to write: its bytes as they were read, and as they shall be. A new file ``is_new`` and must not
    be there before.
    """

    path: str
    before: bytes
    after: bytes
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Caution:
    """Something odd that neither blocks a site nor fails the run, such as an unknown code in a comment."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of one run. The occurrences are the sum of the sites that bear the factory's own name,
    ``imports``, ``definitions``, ``lookalikes`` and ``mentions``.
    """

    files_scanned: int = 0
    files_matched: int = 0
    files_changed: int = 0
    migrated: int = 0
    noted: int = 0
    blocked: int = 0
    ignored: int = 0
    occurrences: int = 0
    imports: int = 0
    definitions: int = 0
    lookalikes: int = 0
    mentions: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run over one root, which took so many ``seconds``, of which in some of its ``stages``.

    ``cleaned`` is what ``--clean`` takes out, each with its source in one line as the message.
    ``plans`` holds what was written, or with ``written`` False what would be. ``root`` is the absolute path,
    ``selected`` the paths of the files that the run was about.
    """

    root: str
    config: Config
    summary: Summary
    sites: tuple[Site, ...] = ()
    changes: tuple[Change, ...] = ()
    errors: tuple[FileError, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    plans: tuple[FilePlan, ...] = ()
    warnings: tuple[Caution, ...] = ()
    cleaned: tuple[Remark, ...] = ()
    written: bool = False
    selected: Set[str] = frozenset()
    seconds: float = field(default=0.0, compare=False)
    stages: tuple[tuple[str, float], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a command did, found or refuses, and where: ``line`` 0 is the whole file, an empty ``path``
    the whole tree. ``help`` says what a person can do.
    """

    path: str
    line: int
    message: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a command of one phase comes to, over one root.

    ``done`` says what it does and ``plans`` holds the files for that; where there is a refusal, there are no
    plans. With neither there is nothing to do, and ``nothing`` says why. ``advice`` is what comes next.
    """

    command: str
    root: str
    done: tuple[Remark, ...] = ()
    refusals: tuple[Remark, ...] = ()
    plans: tuple[FilePlan, ...] = ()
    errors: tuple[FileError, ...] = ()
    nothing: str = ""
    advice: tuple[str, ...] = ()
    written: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that ``verify`` looks at, and in the words of ``message`` what came of it.

    ``findings`` are what a person has to see to, ``notes`` what is good to know, ``output`` the last lines that
    the tree's own code printed where it failed. Where ``ran`` is False, nothing was looked at.
    """

    name: str
    message: str
    findings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    output: tuple[str, ...] = ()
    ran: bool = True

    @property
    def verdict(self) -> Literal["ok", "found", "not-run"]:
        """What came of it in a word."""
        if not self.ran:
            return "not-run"
        return "found" if self.findings else "ok"


@dataclass(frozen=True, slots=True)
class Verification:
    """What ``verify`` found over one root, check by check, and the files that could not be looked at."""

    root: str
    checks: tuple[Check, ...]
    errors: tuple[FileError, ...] = ()
