"""``ctxmigrate deprecate``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.group import examples
from codemod.cli.options import writing_options
from codemod.cli.working import WorkOptions, work


@click.command(
    "deprecate",
    epilog=examples(
        "ctxmigrate deprecate --dry-run     look first",
        "ctxmigrate deprecate               warn, and leave the body as it is",
        "ctxmigrate deprecate --decorator   warn by @deprecated, which editors show too",
        "ctxmigrate deprecate --delegate    call the getter in the place of the body",
    ),
    short_help="Make the factory warn.",
)
@click.option(
    "--delegate",
    is_flag=True,
    help="Call the getter in the place of the body; refused while a call would lose something by it.",
)
@click.option(
    "--decorator",
    is_flag=True,
    help="Warn by the decorator of PEP 702, so that type checkers and editors show it; marks a stub too.",
)
@writing_options
def command(delegate: bool, decorator: bool, **options: Any) -> None:
    """Give the factory a note in its docstring and a DeprecationWarning for whoever still calls it.

    PATHS, by default the current folder, must hold its one definition. Nothing else in the file changes but the
    import that the warning needs.

    Exit status: 0 if the factory is deprecated now, or was; 1 if that is refused; 2 for a wrong command line or
    configuration, and for a file that could not be handled.
    """
    from codemod.phases.deprecate import deprecate

    work(WorkOptions(**options), lambda tree: deprecate(tree, delegate=delegate, decorator=decorator))
