"""``ctxmigrate remove``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.group import examples
from codemod.cli.options import writing_options
from codemod.cli.working import WorkOptions, work


@click.command(
    "remove",
    epilog=examples(
        "ctxmigrate remove --dry-run    look first, or see what still needs the factory",
        "ctxmigrate remove              delete it everywhere",
    ),
    short_help="Delete the factory and what only it used.",
)
@writing_options
def command(**options: Any) -> None:
    """Delete the factory, with its overloads and stubs, its imports and re-exports, its entries in `__all__`, and
    the imports that only it used.

    Refused, with the list, while anything under the root still needs it, whatever PATHS are: run the tests after
    it all the same.

    Exit status: 0 if it is deleted or was gone already; 1 if something stands against it; 2 for a wrong command
    line or configuration, and for files that could not be handled.
    """
    from codemod.phases.remove import remove

    work(WorkOptions(**options), remove)
