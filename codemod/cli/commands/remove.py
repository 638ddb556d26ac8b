"""``ctxmigrate remove``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.options import writing_options
from codemod.cli.working import WorkOptions


@click.command("remove", short_help="Delete the factory and what only it used.")
@writing_options
def command(**options: Any) -> None:
    """Delete the factory and what only it used."""
    raise NotImplementedError(WorkOptions(**options))
