"""``ctxmigrate split``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.options import phase_options
from codemod.cli.working import WorkOptions


@click.command("split", short_help="Write the dry run as independent patches with owners.")
@phase_options
def command(**options: Any) -> None:
    """Write the dry run as independent patches with owners."""
    raise NotImplementedError(WorkOptions(**options))
