"""The command line: options in, reports and an exit status out."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar

import click

from codemod.model import UsageError
from codemod.report import WIDTH, nothing_found, nothing_to_tell, visible, warning_lines
from codemod.report.screen import emit, has_color, width

if TYPE_CHECKING:
    from collections.abc import Callable

    from codemod.model import Report

Command = TypeVar("Command", bound="Callable[..., Any]")


def _json(report: Report) -> str:
    from codemod.report import as_json

    return as_json.render(report)


_FORMATS = {"json": _json}
_SUFFIXES = {".json": _json}


@dataclass(frozen=True, slots=True)
class Options:
    """What the commands that look at sites have in common on their command lines."""

    paths: tuple[str, ...]
    format: str
    report: tuple[Path, ...]
    allow: tuple[str, ...]
    block: tuple[str, ...]
    strict: bool
    config: str | None
    exclude: tuple[str, ...]
    jobs: int | None
    exit_zero: bool
    quiet: bool
    verbose: bool


class _Failure(click.ClickException):
    """A message on stderr and exit status 2."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__("\n".join(visible(line) for line in message.split("\n")))


def _report_files(_: click.Context, __: click.Parameter, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Refuse a report file that could not be written, before anything runs."""
    for path in paths:
        name = visible(str(path))
        if path.suffix.lower() not in _SUFFIXES:
            raise click.BadParameter(f"'{name}' has none of the known suffixes: {_KNOWN}.")
        if not path.parent.is_dir():
            raise click.BadParameter(f"'{name}': there is no such folder.")
        if path.is_dir():
            raise click.BadParameter(f"'{name}' is a folder.")
    return paths


_KNOWN = ", ".join(_SUFFIXES)
_SHARED = (
    click.argument("paths", nargs=-1, type=click.Path(), default=["."]),
    click.option(
        "--format",
        type=click.Choice(["text", *_FORMATS]),
        default="text",
        show_default=True,
        help="What to print: a report for people, or one for programs.",
    ),
    click.option(
        "--report",
        multiple=True,
        metavar="FILE",
        type=click.Path(path_type=Path),
        callback=_report_files,
        help=f"Also write a report to FILE; its suffix says which kind: {_KNOWN}. Repeatable.",
    ),
    click.option(
        "--allow",
        multiple=True,
        metavar="CODE",
        help="Migrate although CODE (CTX104 or CTX107) was found. Repeatable.",
    ),
    click.option(
        "--block", multiple=True, metavar="CODE", help="Block a site with the note CODE. Repeatable."
    ),
    click.option("--strict", is_flag=True, help="Block every site that has a note."),
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(),
        help="Read [tool.ctxmigrate] from FILE instead of the nearest pyproject.toml.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        help="Neither report nor write the files that match GLOB. Repeatable.",
    ),
    click.option("-j", "--jobs", metavar="N", type=click.IntRange(min=1), help="Use N processes."),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even if sites are blocked."),
    click.option("-q", "--quiet", is_flag=True, help="Print only what is blocked, and errors."),
    click.option(
        "-v", "--verbose", is_flag=True, help="Print clean sites, imports, lookalikes and mentions too."
    ),
)


def _shared(command: Command) -> Command:
    for option in reversed(_SHARED):
        command = option(command)
    return command


def _examples(*lines: str) -> str:
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
    epilog=_examples(
        "ctxmigrate rewrite --dry-run    show what would change, write nothing",
        "ctxmigrate rewrite              migrate this project",
        "ctxmigrate check                fail if anything is left to migrate",
        "ctxmigrate explain CTX102       what a code means and what to do",
    ),
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
@_shared
def rewrite(dry_run: bool, check: bool, **options: Any) -> None:
    """Migrate what is safe to migrate under PATHS: folders or files, by default the current folder.

    What a call means is found out from the whole project, whatever PATHS are. Either all files that should
    change are written, or none is.

    Exit status: 0 if no site is blocked; 1 if one is, or with --check if anything would change; 2 for a wrong
    command line or configuration, and for files that could not be handled.
    """
    _migrate(Options(**options), dry_run=dry_run, check=check)


@main.command(
    epilog=_examples(
        "ctxmigrate check                 is there anything left to do?",
        "ctxmigrate check --quiet app     print only what is blocked",
        "ctxmigrate check --format json   the same for a program",
    ),
    short_help="Fail if anything is left to migrate.",
)
@_shared
def check(**options: Any) -> None:
    """Fail if anything under PATHS would be rewritten or is blocked. Nothing is written.

    Exit status: 0 if there is nothing to do; 1 if there is; 2 for a wrong command line or configuration, and
    for files that could not be handled.
    """
    _migrate(Options(**options), dry_run=False, check=True)


@main.command(
    epilog=_examples("ctxmigrate explain CTX102", "ctxmigrate explain unsupported-argument"),
    short_help="Print what a code means and what to do.",
)
@click.argument("code")
def explain(code: str) -> None:
    """Print what CODE means, an example before and after, and what to do."""
    from codemod.decide.rules import RULES
    from codemod.explain import explanation, find_rule

    try:
        rule = find_rule(code, RULES)
    except UsageError as error:
        raise _Failure(str(error)) from None
    _print(sys.stdout, explanation(rule, min(width(sys.stdout), WIDTH)))


def exit_status(report: Report, *, check: bool, exit_zero: bool) -> int:
    """Return 2 for file errors, 1 for blocked sites or, with ``check``, for anything to change, else 0."""
    if report.errors:
        return 2
    to_do = report.summary.blocked or (check and report.plans)
    return int(bool(to_do) and not exit_zero)


def _migrate(options: Options, *, dry_run: bool, check: bool) -> NoReturn:
    """Plan, write unless told not to, tell, and exit."""
    if options.quiet and options.verbose:
        raise click.UsageError("--quiet and --verbose contradict each other.")
    report = _run(options, write=not (dry_run or check))
    try:
        for path in options.report:
            _save(report, path)
    finally:
        _tell(report, options, dry_run)
    sys.exit(exit_status(report, check=check, exit_zero=options.exit_zero))


def _run(options: Options, *, write: bool) -> Report:
    from codemod.configure import Overrides, settle
    from codemod.run import apply, plan, rule_codes
    from codemod.write import UndoError

    overrides = Overrides(options.allow, options.block, options.exclude, options.strict)
    try:
        settled = settle(options.paths, config_file=options.config, overrides=overrides, codes=rule_codes())
        report = plan(settled.root, settled.config, [Path(path) for path in options.paths], options.jobs)
        return apply(report) if write else report
    except UsageError as error:
        raise _Failure(str(error)) from None
    except UndoError as error:
        raise _Failure(f"interrupted, and not everything could be undone: {error}") from None
    except KeyboardInterrupt:
        raise _Failure("interrupted") from None


def _save(report: Report, path: Path) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_text(_SUFFIXES[path.suffix.lower()](report), encoding="utf-8", newline="\n")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise _Failure(f"the report '{path}' cannot be written: {error.strerror}") from None


def _tell(report: Report, options: Options, dry_run: bool) -> None:
    if options.format != "text":
        _print(sys.stdout, _FORMATS[options.format](report))
        _print(sys.stderr, "" if options.quiet else warning_lines(report))
    elif dry_run:
        from codemod.report.diff import unified_diff

        _print(sys.stdout, unified_diff(report.plans, report.root))
        _print(sys.stderr, _text(report, options, sys.stderr))
    else:
        _print(sys.stdout, _text(report, options, sys.stdout))


def _text(report: Report, options: Options, stream: TextIO) -> str:
    if nothing_to_tell(report) and not (options.verbose and report.occurrences):
        return "" if options.quiet else nothing_found(report)
    from codemod.decide.rules import RULES
    from codemod.report import text

    return text.render(
        report,
        names={rule.code: rule.name for rule in RULES},
        advice={rule.code: rule.advice for rule in RULES},
        width=width(stream),
        color=has_color(stream),
        quiet=options.quiet,
        verbose=options.verbose,
    )


def _print(stream: TextIO, content: str | bytes) -> None:
    try:
        emit(stream, content)
    except OSError as error:
        raise _Failure(f"{stream.name} cannot be written: {error.strerror}") from None
