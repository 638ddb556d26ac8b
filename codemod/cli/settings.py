"""The settled configuration, for people and for programs."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from codemod.report import visible

if TYPE_CHECKING:
    from codemod.configure import Settled

_TABLE = "[tool.ctxmigrate]"
_FARTHEST = 50


def as_toml(settled: Settled, width: int | None) -> str:
    """Return the configuration as it could stand in a ``pyproject.toml``, with comments on where it is from.

    The comments stand in a column where ``width`` has room for that.
    """
    values = _values(settled)
    given = {option: values.pop(option) for option in ("strict", "clean")}
    rows = [(f"{key} = {_toml(value)}", settled.origins[key]) for key, value in values.items()]
    rows += [(f"# {option}: {_toml(value)}", settled.origins[option]) for option, value in given.items()]
    column = max(len(row) for row, _ in rows if len(row) <= _FARTHEST)
    here = os.path.join(os.getcwd(), "")
    comments = [origin.removeprefix(here) for _, origin in rows]
    if width and column + max(map(len, comments)) + len("  # ") > width:
        column = 0
    lines = [f"{row:{column}}  # {comment}" for (row, _), comment in zip(rows, comments, strict=True)]
    return "".join(f"{visible(line)}\n" for line in (f"# root: {settled.root}", _TABLE, *lines))


def as_json(settled: Settled) -> str:
    """Return the root and, for each key, its value and its origin."""
    settings = {
        key: {"value": value, "origin": settled.origins[key]} for key, value in _values(settled).items()
    }
    return json.dumps({"version": 1, "root": str(settled.root), "settings": settings}, indent=2) + "\n"


def _values(settled: Settled) -> dict[str, Any]:
    return {
        field.name.replace("_", "-"): getattr(settled.config, field.name) for field in fields(settled.config)
    }


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
