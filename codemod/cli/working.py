"""One command of a phase from its options to its exit status: plan, write unless told not to, tell."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from codemod.cli.group import Failure
from codemod.cli.options import settled_from
from codemod.cli.output import show
from codemod.errors import UsageError
from codemod.progress import Progress
from codemod.report.screen import has_color, width
from codemod.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from codemod.model import Work
    from codemod.phases.tree import Tree


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """What the commands of the phases have in common on their command lines."""

    paths: tuple[str, ...]
    config: str | None
    exclude: tuple[str, ...]
    format: str
    quiet: bool
    dry_run: bool = False


def opened(options: WorkOptions) -> Tree:
    """Settle the root and the configuration, and find the files. Failure where that cannot be."""
    from codemod.phases.tree import Tree

    try:
        settled = settled_from(options.paths, options.config, options.exclude)
        paths = [Path(path) for path in options.paths]
        with Progress(None if options.quiet else sys.stderr) as progress, Workers() as workers:
            return Tree.open(settled.root, settled.config, paths, progress, workers)
    except UsageError as error:
        raise Failure(str(error)) from None


def work(options: WorkOptions, plan: Callable[[Tree], Work]) -> NoReturn:
    """Do what ``plan`` plans for the tree of the options, tell, and exit: 2 for errors, 1 for refusals, else 0."""
    try:
        planned = plan(opened(options))
    except UsageError as error:
        raise Failure(str(error)) from None
    done = planned if options.dry_run else _written(planned)
    _tell(done, options)
    sys.exit(2 if done.errors else int(bool(done.refusals)))


def _written(planned: Work) -> Work:
    if not planned.plans:
        return planned
    from codemod.write import write

    errors = write(Path(planned.root), planned.plans)
    if errors:
        return replace(planned, errors=errors, plans=(), done=(), advice=())
    return replace(planned, written=True)


def _tell(done: Work, options: WorkOptions) -> None:
    from codemod.report.diff import unified_diff
    from codemod.report.work import as_json, as_text

    if options.format == "json":
        show(sys.stdout, as_json(done))
        return
    if options.dry_run:
        show(sys.stdout, unified_diff(done.plans, done.root))
    stream = sys.stderr if options.dry_run else sys.stdout
    show(stream, as_text(done, width=width(stream), color=has_color(stream), quiet=options.quiet))
