"""``ctxmigrate scaffold``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.options import writing_options
from codemod.cli.working import WorkOptions


@click.command("scaffold", short_help="Write what is missing: session, getter or test.")
@writing_options
def command(**options: Any) -> None:
    """Write what is missing: session, getter or test."""
    raise NotImplementedError(WorkOptions(**options))
