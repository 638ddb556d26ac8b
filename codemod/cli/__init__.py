"""The command line: options in, reports and an exit status out."""

from __future__ import annotations

import sys
from typing import Any

import click

from codemod.cli.group import Failure, Group
from codemod.cli.migrating import exit_status, migrate
from codemod.cli.options import Options, Settings, any_code, run_options, setting_options, settled_for
from codemod.cli.output import row_width, show
from codemod.model import UsageError
from codemod.report import WIDTH
from codemod.report.screen import width

__all__ = ["exit_status", "main"]


def _examples(*lines: str) -> str:
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
    epilog=_examples(
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


@main.command(
    epilog=_examples(
        "ctxmigrate rewrite --dry-run                     look first",
        "ctxmigrate rewrite --dry-run > migration.patch   a patch for git apply",
        "ctxmigrate rewrite app/routes app/main.py        write only these",
        "ctxmigrate rewrite --strict                      write only what needs no review",
        "ctxmigrate rewrite --report migration.json       keep a report for programs",
    ),
    short_help="Migrate what is safe to migrate, report the rest.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; print a diff, and the report on stderr.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if anything would change.")
@run_options
def rewrite(dry_run: bool, check: bool, **options: Any) -> None:
    """Migrate what is safe to migrate under PATHS: folders or files, by default the current folder.

    What a call means is found out from the whole project, whatever PATHS are. Either all files that should
    change are written, or none is.

    Exit status: 0 if no site is blocked but those in the baseline; 1 if one is, or with --check if anything
    would change; 2 for a wrong command line or configuration, and for files that could not be handled.
    """
    migrate(Options(**options), dry_run=dry_run, check=check)


@main.command(
    epilog=_examples(
        "ctxmigrate check                              is there anything left to do?",
        "ctxmigrate check --quiet app                  print only what is blocked",
        "ctxmigrate check --format github              annotate a pull request",
        "ctxmigrate check --write-baseline known.json  list what is blocked today",
        "ctxmigrate check --baseline known.json        fail for new uses only",
    ),
    short_help="Fail if anything is left to migrate.",
)
@run_options
def check(**options: Any) -> None:
    """Fail if anything under PATHS would be rewritten or is blocked. No Python file is written.

    Exit status: 0 if there is nothing to do but what the baseline lists; 1 if there is; 2 for a wrong command
    line or configuration, and for files that could not be handled.
    """
    migrate(Options(**options), dry_run=False, check=True)


@main.command(
    epilog=_examples(
        "ctxmigrate explain", "ctxmigrate explain CTX102", "ctxmigrate explain unsupported-argument"
    ),
    short_help="Print what a code means and what to do.",
)
@click.argument("code", required=False, shell_complete=any_code)
def explain(code: str | None) -> None:
    """Print what CODE means, an example before and after, and what to do; without CODE, list all codes."""
    from codemod.decide.rules import RULES
    from codemod.explain import explanation, find_rule, overview

    try:
        rule = find_rule(code, RULES) if code else None
    except UsageError as error:
        raise Failure(str(error)) from None
    if rule:
        show(sys.stdout, explanation(rule, min(width(sys.stdout), WIDTH)))
    else:
        show(sys.stdout, overview(RULES, row_width(sys.stdout)))


@main.command(
    epilog=_examples(
        "ctxmigrate config                  of this project",
        "ctxmigrate config services/chat    of the project that this folder is in",
        "ctxmigrate config --format json    the same for a program",
    ),
    short_help="Print the settled configuration and where it comes from.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print: TOML with comments, or JSON.",
)
@setting_options
def config(kind: str, **settings: Any) -> None:
    """Print the root and the configuration that a run over PATHS has, and where each value comes from."""
    from codemod.cli.settings import as_json, as_toml

    try:
        settled = settled_for(Settings(**settings))
    except UsageError as error:
        raise Failure(str(error)) from None
    show(sys.stdout, as_json(settled) if kind == "json" else as_toml(settled, row_width(sys.stdout)))
