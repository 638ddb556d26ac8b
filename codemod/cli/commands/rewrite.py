"""``ctxmigrate rewrite``."""

from __future__ import annotations

from typing import Any

import click

from codemod.cli.group import examples
from codemod.cli.migrating import migrate
from codemod.cli.options import Options, clean_option, run_options


@click.command(
    "rewrite",
    epilog=examples(
        "ctxmigrate rewrite --dry-run                     look first",
        "ctxmigrate rewrite --dry-run > migration.patch   a patch for git apply",
        "ctxmigrate rewrite app/routes app/main.py        write only these",
        "ctxmigrate rewrite repo-a repo-b repo-c          several projects, in one report",
        "ctxmigrate rewrite --strict                      write only what needs no review",
        "ctxmigrate rewrite --report migration.json       keep a report for programs",
        "ctxmigrate rewrite --run 'pytest -q'             keep only what passes the tests",
    ),
    short_help="Migrate what is safe to migrate, report the rest.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; print a diff, and the report on stderr.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if anything would change.")
@click.option(
    "--run",
    metavar="COMMAND",
    help="Run COMMAND in the shell when all is written, in the root. If it fails, but passes without the rewrite, "
    "restore the files that make it fail, and block their sites.",
)
@clean_option
@run_options
def command(dry_run: bool, check: bool, run: str | None, **options: Any) -> None:
    """Migrate what is safe to migrate under PATHS: folders or files, by default the current folder.

    What a call means is found out from the whole project, whatever PATHS are. Either all files that should
    change are written, or none is.

    PATHS may be in several projects: each has its own configuration, and all or nothing holds for each.

    Exit status: 0 if no site is blocked but those in the baseline; 1 if one is, or with --check if anything
    would change; 2 for a wrong command line or configuration, and for files that could not be handled.
    """
    if run is not None and not run.strip():
        raise click.UsageError("--run needs a command.")
    if run and (dry_run or check):
        raise click.UsageError("--run tries what is written: neither --dry-run nor --check goes with it.")
    migrate(Options(**options), dry_run=dry_run, check=check, run=run)
