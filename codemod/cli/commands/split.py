"""``ctxmigrate split``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codemod.cli.folder import check_folder, save_folder
from codemod.cli.group import Failure, examples
from codemod.cli.options import phase_options
from codemod.cli.output import show
from codemod.cli.working import WorkOptions, opened
from codemod.errors import UsageError
from codemod.report.screen import has_color, width

if TYPE_CHECKING:
    from codemod.phases.split.model import Division, Split


@click.command(
    "split",
    epilog=examples(
        "ctxmigrate split --by codeowners --out patches   a patch for each owner",
        "ctxmigrate split --by folder --out patches app   a patch for each folder, of the files in app",
        "ctxmigrate split --by folder --depth 2 --out p   a patch for app/routes, one for app/workers",
    ),
    short_help="Write the dry run as independent patches with owners.",
)
@click.option(
    "--by",
    type=click.Choice(["codeowners", "folder"]),
    required=True,
    help="Whose a file is: what CODEOWNERS says, or the folder that it is in.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --by folder: take the first N folders of a path for one.  [default: 1]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Write the patches to DIR, in place of those of an earlier split.",
)
@phase_options
def command(by: str, depth: int | None, out: Path, **options: Any) -> None:
    """Write what rewrite would do under PATHS as independent patches; no Python file is written.

    Each patch has a text beside it: its owner, what to review, what is blocked and why. No file is in two
    patches, so they can be applied in any order. What several of them need is in the first one.

    Exit status: 0 if the patches are written, or there is nothing to split; 2 for a wrong command line or
    configuration, and for files that could not be handled.
    """
    if depth and by != "folder":
        raise click.UsageError("--depth goes with --by folder.")
    _run(WorkOptions(**options), by, depth or 1, Path(os.path.abspath(out)))


def _run(options: WorkOptions, by: str, depth: int, out: Path) -> None:
    from codemod.phases.split.divide import split

    check_folder(out, _is_own)
    tree = opened(options)
    try:
        done = split(tree, _division(by, depth, tree.root))
    except UsageError as error:
        raise Failure(str(error)) from None
    if done.parts:
        _save(done, out)
    _tell(done, options, out)
    sys.exit(2 if done.report.errors else 0)


def _division(by: str, depth: int, root: Path) -> Division:
    from codemod.phases.split.owners import Folders, read_code_owners

    return Folders(depth) if by == "folder" else read_code_owners(root)


def _save(done: Split, out: Path) -> None:
    from codemod.decide.rules import RULES
    from codemod.report.split_files import render

    files = render(done, RULES, os.path.relpath(out, done.report.root))
    check_folder(out, _is_own)
    save_folder(out, files)


def _is_own(path: Path) -> bool:
    """Whether a file was written by an earlier split, as its index says."""
    from codemod.report.split_files import INDEX, listed

    try:
        return path.name in listed((path.parent / INDEX).read_bytes()) and path.is_file()
    except OSError:
        return False


def _tell(done: Split, options: WorkOptions, out: Path) -> None:
    from codemod.report import warning_lines
    from codemod.report.split import as_json, as_text

    folder = os.path.relpath(out)
    if options.format == "json":
        show(sys.stdout, as_json(done, folder))
        return
    stream = sys.stdout
    show(stream, as_text(done, folder, width=width(stream), color=has_color(stream), quiet=options.quiet))
    if not options.quiet:
        show(sys.stderr, warning_lines(done.report))
