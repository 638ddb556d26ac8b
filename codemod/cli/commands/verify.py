"""``ctxmigrate verify``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.options import phase_options
from codemod.cli.working import WorkOptions


@click.command("verify", short_help="Check that nothing refers to the factory any more but what is known.")
@phase_options
def command(**options: Any) -> None:
    """Check that nothing refers to the factory any more but what is known."""
    raise NotImplementedError(WorkOptions(**options))
