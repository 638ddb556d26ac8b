"""``ctxmigrate deprecate``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.options import writing_options
from codemod.cli.working import WorkOptions


@click.command("deprecate", short_help="Make the factory warn.")
@writing_options
def command(**options: Any) -> None:
    """Make the factory warn."""
    raise NotImplementedError(WorkOptions(**options))
