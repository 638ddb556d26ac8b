"""``ctxmigrate status``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codemod.cli.group import Failure, examples
from codemod.cli.options import phase_options
from codemod.cli.output import show
from codemod.cli.working import WorkOptions, opened
from codemod.errors import UsageError
from codemod.report.screen import has_color, width

if TYPE_CHECKING:
    from codemod.status import Status


@click.command(
    "status",
    epilog=examples(
        "ctxmigrate status                          where the migration stands, and what is next",
        "ctxmigrate status --require 3              fail unless the calls are migrated",
        "pytest --ctxmigrate-witness witness.json   record who really calls the factory",
        "ctxmigrate status --witness witness.json   show the callers that the source does not show",
    ),
    short_help="Show where the migration stands and what is next.",
)
@click.option(
    "--require",
    metavar="N",
    type=click.IntRange(1, 4),
    help="Exit with 1 unless phase N is reached, with those before it.",
)
@click.option(
    "--witness",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Show the callers in FILE that the source does not show; `pytest --ctxmigrate-witness FILE` writes it.",
)
@phase_options
def command(require: int | None, witness: Path | None, **options: Any) -> None:
    """Show where the migration stands: its four phases, each with the lines that show it, and what is next.

    An answer is "yes", "no", or "?" for what the source alone cannot tell. A phase is reached where its first
    item is there and nothing is known to be missing. PATHS limit which calls are told of.

    Exit status: 0; 1 with --require if that phase is not reached; 2 for a wrong command line or configuration.
    """
    settings = WorkOptions(**options)
    found = _status(settings, witness)
    _tell(found, settings, require)
    sys.exit(int(require is not None and found.reached < require))


def _status(options: WorkOptions, witness: Path | None) -> Status:
    from codemod.phases.evidence.commands import Commands
    from codemod.phases.status import status

    tree = opened(options)
    try:
        return status(tree, Commands(os.path.relpath(tree.root), options.paths), witness)
    except UsageError as error:
        raise Failure(str(error)) from None


def _tell(found: Status, options: WorkOptions, require: int | None) -> None:
    from codemod.report.status import as_json, as_text

    if options.format == "json":
        show(sys.stdout, as_json(found, require))
        return
    text = as_text(
        found, required=require, width=width(sys.stdout), color=has_color(sys.stdout), quiet=options.quiet
    )
    show(sys.stdout, text)
