"""``ctxmigrate status``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.options import phase_options
from codemod.cli.working import WorkOptions


@click.command("status", short_help="Show where the migration stands and what is next.")
@phase_options
def command(**options: Any) -> None:
    """Show where the migration stands and what is next."""
    raise NotImplementedError(WorkOptions(**options))
