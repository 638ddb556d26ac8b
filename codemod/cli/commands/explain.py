"""``ctxmigrate explain``."""

from __future__ import annotations

import sys

import click

from codemod.cli.group import Failure, examples
from codemod.cli.options import any_code
from codemod.cli.output import row_width, show
from codemod.errors import UsageError
from codemod.report import WIDTH
from codemod.report.screen import width


@click.command(
    "explain",
    epilog=examples(
        "ctxmigrate explain", "ctxmigrate explain CTX102", "ctxmigrate explain unsupported-argument"
    ),
    short_help="Print what a code means and what to do.",
)
@click.argument("code", required=False, shell_complete=any_code)
def command(code: str | None) -> None:
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
