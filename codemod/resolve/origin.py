"""What a name leads to in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OriginKind = Literal["function", "external", "module", "external-module", "missing", "unknown", "other"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a name leads to in the end.

    ``module`` is the file of a function or module (see ``packages``), or the dotted name of a module that is
    not under the root. ``at`` tells several definitions in one file apart. ``reason`` says in words why an
    ``unknown`` one cannot be followed; ``leads`` whether the factory is among what it may be.
    """

    kind: OriginKind
    module: str = ""
    name: str = ""
    at: int = 0
    reason: str = ""
    leads: bool = False


MISSING = Origin("missing")
OTHER = Origin("other")
