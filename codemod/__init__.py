"""ctxmigrate: migrate every call of a context factory to its getter, and report what cannot be migrated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import Config, Report, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Config", "Report", "UsageError", "migrate"]


def migrate(
    paths: Sequence[str | Path] = (".",), config: Config | None = None, *, write: bool = False
) -> Report:
    """Decide every site under ``paths``, and rewrite those that are safe if ``write``.

    Without ``config`` the configuration is read as the command does. The report's ``plans`` hold the old and
    new bytes of each file. Raises UsageError for paths or a configuration that cannot be used.
    """
    from codemod import run

    return run.migrate(paths, config, write=write)
