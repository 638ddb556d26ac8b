"""ctxmigrate: migrate every call of a context factory to its getter, and report what cannot be migrated.

A run passes through these stages, each of which knows only the ones before it:

- ``discover`` finds the files of the tree, ``read`` gives their bytes, text and syntax trees;
- ``resolve`` finds out what names mean: ``survey`` turns a file into facts, ``links`` joins the facts of all;
- ``decide`` gives each site a verdict: ``sites`` drafts it from its own file by the rules, ``settle`` repeats
  what hangs on other sites (who ``needs`` the factory, what is the ``provision`` of the getter), ``planner``
  turns the verdicts into edits;
- ``rewrite`` makes the edits on the smallest units of syntax and proves the result, ``write`` puts it on disk;
- ``report`` tells it in several formats.

A *group* is all bindings of one name in one scope. A *draft* is a site before its verdict is settled. An
*anchored* use stands in the factory's or the getter's own definition, which stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from codemod.errors import UsageError
    from codemod.model import Config, Report

__all__ = ["Config", "Report", "UsageError", "migrate"]


def __getattr__(name: str) -> type:
    """Import the records when they are asked for: the command does not always need them."""
    if name not in ("Config", "Report", "UsageError"):
        raise AttributeError(f"module 'codemod' has no attribute {name!r}")
    from importlib import import_module

    found: type = getattr(import_module("codemod.errors" if name == "UsageError" else "codemod.model"), name)
    return found


def migrate(
    paths: Sequence[str | Path] = (".",),
    config: Config | None = None,
    *,
    write: bool = False,
    executor: Executor | None = None,
) -> Report:
    """Decide every site under ``paths``, and rewrite those that are safe if ``write``.

    Without ``config`` the configuration is read as the command does. The report's ``plans`` hold the old and
    new bytes of each file. The stages that run per file are done by ``executor`` if one is given, wherever it is,
    if the files are the same there; otherwise by processes of this machine. Raises UsageError for paths or a
    configuration that cannot be used.
    """
    from codemod import run

    return run.migrate(paths, config, write=write, executor=executor)
