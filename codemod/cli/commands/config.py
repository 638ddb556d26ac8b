"""``ctxmigrate config``."""

from __future__ import annotations

import sys
from typing import Any

import click

from codemod.cli.group import Failure, examples
from codemod.cli.options import Settings, setting_options, settled_for
from codemod.cli.output import row_width, show
from codemod.errors import UsageError


@click.command(
    "config",
    epilog=examples(
        "ctxmigrate config                  of this project",
        "ctxmigrate config services/chat    of the project that this folder is in",
        "ctxmigrate config --format json    the same for a program",
    ),
    short_help="Print the settled configuration and where it comes from.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print: TOML with comments, or JSON.",
)
@setting_options
def command(kind: str, **settings: Any) -> None:
    """Print the root and the configuration that a run over PATHS has, and where each value comes from."""
    from codemod.cli.settings import as_json, as_toml

    try:
        settled = settled_for(Settings(**settings))
    except UsageError as error:
        raise Failure(str(error)) from None
    show(sys.stdout, as_json(settled) if kind == "json" else as_toml(settled, row_width(sys.stdout)))
