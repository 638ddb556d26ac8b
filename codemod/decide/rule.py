"""The record of a rule: everything that is said about a code, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codemod.model import Finding

RuleKind = Literal["block", "note", "file"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One code. A ``block`` rule keeps a site from being migrated, a ``note`` accompanies a migrated site,
    a ``file`` rule tells of a file that could not be handled.

    ``before`` is an example that has the code; ``after`` the same once a person has seen to it, or for a note
    what the tool makes of it. ``allowable`` rules can be overruled with ``--allow``.
    """

    code: str
    name: str
    kind: RuleKind
    summary: str
    advice: str
    before: str = ""
    after: str = ""
    allowable: bool = False

    def found(self, message: str, advice: str = "") -> Finding:
        """The rule on one site, in the words of that site; the help is the rule's advice unless given."""
        return Finding(self.code, message, advice or self.advice)
