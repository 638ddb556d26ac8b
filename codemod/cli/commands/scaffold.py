"""``ctxmigrate scaffold``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.group import examples
from codemod.cli.options import writing_options
from codemod.cli.working import WorkOptions, work


@click.command(
    "scaffold",
    epilog=examples(
        "ctxmigrate scaffold session                        a session manager beside the factory",
        "ctxmigrate scaffold session --module app.sessions  in a module of that name",
        "ctxmigrate scaffold getter --dry-run               show the getter, write nothing",
        "ctxmigrate scaffold test                           a test that conversations keep their run",
    ),
    short_help="Write what is missing: session, getter or test.",
)
@click.argument("thing", type=click.Choice(["session", "getter", "test"]))
@click.option(
    "--module",
    metavar="DOTTED.NAME",
    default="",
    help="With session: the module to write. With getter: the module whose session manager to call.",
)
@writing_options
def command(thing: str, module: str, **options: Any) -> None:
    """Write what is missing and never over what is there, in the style of the project.

    session is a module with a session manager, getter the function that takes the factory's place, and test a
    pytest file that holds that a conversation keeps its identity.
    """
    from codemod.phases.scaffold import scaffold

    if module and thing == "test":
        raise click.UsageError("--module goes with session and getter.")
    work(WorkOptions(**options), lambda tree: scaffold(tree, thing, module))
