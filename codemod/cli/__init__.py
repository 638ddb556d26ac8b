"""The command line: options in, reports and an exit status out."""

from __future__ import annotations

import click

from codemod.cli.group import Group, examples
from codemod.report import WIDTH

__all__ = ["main"]


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
    epilog=examples(
        "ctxmigrate status               where this project stands, and what is next",
        "ctxmigrate rewrite --dry-run    show what would change, write nothing",
        "ctxmigrate rewrite              migrate this project",
        "ctxmigrate check                fail if anything is left to migrate",
        "ctxmigrate explain CTX102       what a code means and what to do",
    )
    + "\n\n\b\nCompletion of names and codes, for ~/.bashrc (zsh and fish alike):\n"
    '  eval "$(_CTXMIGRATE_COMPLETE=bash_source ctxmigrate)"',
)
@click.version_option(package_name="ctxmigrate", prog_name="ctxmigrate", message="%(prog)s %(version)s")
def main() -> None:
    """Migrate the calls of a context factory to its getter.

    What is safe to migrate is rewritten, imports included. Everything else stays byte for byte as it was, and
    is reported with a reason.
    """
