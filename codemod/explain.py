"""What a code means, told to a person: ``ctxmigrate explain``."""

from __future__ import annotations

from textwrap import fill, indent
from typing import TYPE_CHECKING

from codemod.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.decide.rule import Rule

INDENT = "    "
_GAP = "  "
_LEAST = 40
_MEANING = {
    "block": "A site with this code is blocked: it is left exactly as it was.",
    "note": "A site with this code is migrated, and a person should look at it.",
    "file": "This code is about a whole file, which is left exactly as it was.",
}


def find_rule(code: str, rules: Sequence[Rule]) -> Rule:
    """Return the rule with this code or name, in any case; UsageError says what was perhaps meant."""
    names = {name.lower(): rule for rule in rules for name in (rule.code, rule.name)}
    if code.lower() in names:
        return names[code.lower()]
    from difflib import get_close_matches

    close = dict.fromkeys(names[name].code for name in get_close_matches(code.lower(), names, cutoff=0.5))
    if close:
        raise UsageError(f"{code!r} is no code; did you mean {' or '.join(close)}?")
    raise UsageError(f"{code!r} is no code; the codes are {', '.join(rule.code for rule in rules)}")


def explanation(rule: Rule, width: int) -> str:
    """Return what ``rule`` means, its example and what to do, the prose wrapped to ``width``."""
    overrule = f" Overrule it with --allow {rule.code}." if rule.allowable else ""
    examples = (("Before", rule.before), ("After", rule.after))
    parts = [
        f"{rule.code} {rule.name}",
        _paragraph(rule.summary, width),
        _paragraph(_MEANING[rule.kind] + overrule, width),
        *(f"{title}:\n\n{indent(source, INDENT)}" for title, source in examples if source),
        f"What to do:\n\n{_paragraph(rule.advice, width)}",
    ]
    return "\n\n".join(parts) + "\n"


def overview(rules: Sequence[Rule], width: int | None) -> str:
    """Return a table of all rules by their codes, at most ``width`` wide; without one, each is one line.

    Where the summaries would get too narrow, they stand below what they belong to.
    """
    told = sorted((rule.code, rule.name, rule.kind, rule.summary) for rule in rules)
    rows = [("Code", "Name", "Kind", "Meaning"), *told]
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    start = sum(sizes[:3]) + 3 * len(_GAP)
    room = sizes[3] if width is None else width - start
    if room < _LEAST and width is not None:
        return "\n".join(
            f"{code} {name} ({kind})\n{_paragraph(summary, width)}\n" for code, name, kind, summary in told
        )
    lines = []
    for *cells, summary in rows:
        head = "".join(f"{cell:{size}}{_GAP}" for cell, size in zip(cells, sizes, strict=False))
        lines.append(fill(summary, start + room, initial_indent=head, subsequent_indent=" " * start))
    return "".join(f"{line}\n" for line in lines)


def _paragraph(prose: str, width: int) -> str:
    return fill(
        prose,
        width,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
