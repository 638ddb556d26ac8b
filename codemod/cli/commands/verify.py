"""``ctxmigrate verify``."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from codemod.cli.group import Failure, examples
from codemod.cli.options import phase_options
from codemod.cli.output import show
from codemod.cli.working import WorkOptions, opened
from codemod.errors import UsageError
from codemod.report import visible
from codemod.report.screen import has_color, width

if TYPE_CHECKING:
    from codemod.model import Check
    from codemod.phases.tree import Tree
    from codemod.phases.verify.probing import Probe

_SECONDS = 60


@click.command(
    "verify",
    epilog=examples(
        "ctxmigrate verify                      does anything need the factory still?",
        "ctxmigrate verify --witness calls.json with the calls that a test run saw",
        "ctxmigrate verify --getter app.dependencies:get_user_execution_context",
        "                                       run the real function too",
    ),
    short_help="Check that the migration holds.",
)
@click.option(
    "--getter",
    metavar="MODULE:FUNCTION",
    help="Also import and call the real function, to check continuity, isolation and concurrency. This runs the "
    "tree's code, with made-up ids, in a process of its own.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help=f"End that after SECONDS.  [default: {_SECONDS}]",
)
@click.option(
    "--python", metavar="PYTHON", help="The Python to run that with.  [default: the one of this command]"
)
@click.option(
    "--witness",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also check the calls of the factory that `pytest --ctxmigrate-witness FILE` saw.",
)
@phase_options
def command(
    getter: str | None, timeout: float | None, python: str | None, witness: Path | None, **options: Any
) -> None:
    """Check that the migration holds: that nothing refers to the factory but what is told, that every import and use
    of the getter and every mock target of both finds what it names, and that no other file that git tracks has the
    factory's name in it.

    Nothing is written. Exit status: 0 if all holds; 1 if there is something that a person has to see to; 2 for a wrong
    command line or configuration, and for files that could not be looked at.
    """
    if not getter and (timeout or python):
        raise click.UsageError("--timeout and --python go with --getter.")
    try:
        probe = _probe(getter, python, timeout) if getter else None
        _run(WorkOptions(**options), witness, probe)
    except UsageError as error:
        raise Failure(str(error)) from None


def _probe(getter: str, python: str | None, timeout: float | None) -> Probe:
    from codemod.phases.verify.probing import Probe

    program = shutil.which(python) if python else sys.executable
    if program is None:
        raise UsageError(f"--python: {python!r} is no program that can be run")
    return Probe.of(getter, os.path.abspath(program), timeout or _SECONDS)


def _run(options: WorkOptions, witness: Path | None, probe: Probe | None) -> NoReturn:
    from codemod.phases.verify import verify
    from codemod.phases.verify.promises import unprobed
    from codemod.report.verify import as_json, as_text

    tree = opened(options)
    found = verify(tree, [Path(path) for path in options.paths], witness)
    checks = _probed(tree, probe, quiet=options.quiet) if probe else (unprobed(tree),)
    found = replace(found, checks=(*found.checks, *checks))
    if options.format == "json":
        show(sys.stdout, as_json(found))
    else:
        text = as_text(found, width=width(sys.stdout), color=has_color(sys.stdout), quiet=options.quiet)
        show(sys.stdout, text)
    sys.exit(2 if found.errors else int(any(check.findings for check in found.checks)))


def _probed(tree: Tree, probe: Probe, *, quiet: bool) -> tuple[Check, ...]:
    from codemod.phases.verify.promises import promise_checks

    if not quiet:
        show(
            sys.stderr,
            f"Running the tree's code: {visible(probe.python)} imports {probe.module} and calls {probe.name}, for at "
            f"most {probe.seconds:g} s.\n",
        )
    return promise_checks(tree, probe)
