"""The rules as SARIF describes them, and two for what no rule speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemod.report.gfm import meaning

if TYPE_CHECKING:
    from codemod.decide.rule import Rule

Json = dict[str, Any]

USE = "factory-use"
RELATED = "related-change"
OWN: tuple[Json, ...] = (
    {
        "id": USE,
        "name": "clean-use",
        "shortDescription": {"text": "A use of the factory that nothing has to be said about."},
        "fullDescription": {
            "text": "It can be migrated and needs no review, or a comment in the source says to leave it alone."
        },
        "help": {"text": "Apply the fix, or run: ctxmigrate rewrite"},
        "defaultConfiguration": {"level": "note"},
    },
    {
        "id": RELATED,
        "name": "related-change",
        "shortDescription": {
            "text": "An import, a re-export or an `__all__` that follows the migrated uses."
        },
        "fullDescription": {"text": "What a module imports and offers follows the uses that are migrated."},
        "help": {"text": "Apply the fix together with those of the uses, or run: ctxmigrate rewrite"},
        "defaultConfiguration": {"level": "note"},
    },
)
_LEVELS = {"block": "error", "note": "warning", "file": "error"}


def descriptor(rule: Rule) -> Json:
    """Return what SARIF's ``reportingDescriptor`` says of a rule."""
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": f"{rule.summary} {rule.advice}"},
        "help": {"text": f"{rule.summary}\n\nWhat to do: {rule.advice}", "markdown": meaning(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.kind]},
    }
