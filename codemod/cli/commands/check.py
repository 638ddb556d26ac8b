"""``ctxmigrate check``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.group import examples
from codemod.cli.migrating import migrate
from codemod.cli.options import Options, run_options


@click.command(
    "check",
    epilog=examples(
        "ctxmigrate check                              is there anything left to do?",
        "ctxmigrate check --quiet app                  print only what is blocked",
        "ctxmigrate check --format github              annotate a pull request",
        "ctxmigrate check --write-baseline known.json  list what is blocked today",
        "ctxmigrate check --baseline known.json        fail for new uses only",
    ),
    short_help="Fail if anything is left to migrate.",
)
@run_options
def command(**options: Any) -> None:
    """Fail if anything under PATHS would be rewritten or is blocked. No Python file is written.

    PATHS may be in several projects, each with its own configuration.

    Exit status: 0 if there is nothing to do but what the baseline lists; 1 if there is; 2 for a wrong command
    line or configuration, and for files that could not be handled.
    """
    migrate(Options(**options), dry_run=False, check=True)
