"""The words that the checks share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def counted(count: int, noun: str) -> str:
    """Return ``count`` with ``noun`` in the right number: ``1 file``, ``2 files``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def listed(parts: Iterable[str]) -> str:
    """Return parts as people list them: ``a``, ``a and b``, ``a, b and c``; nothing for none."""
    *most, last = ("", *parts)
    return f"{', '.join(most[1:])} and {last}" if most[1:] else last
