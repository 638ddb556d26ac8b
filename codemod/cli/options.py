"""The options that commands share, and the records that their values come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from codemod.cli.formats import FORMATS, SUFFIXES
from codemod.report import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from codemod.configure import Overrides, Settled
    from codemod.decide.rule import Rule

Command = TypeVar("Command", bound="Callable[..., Any]")

_KNOWN = ", ".join(SUFFIXES)


@dataclass(frozen=True, slots=True)
class Settings:
    """What root and configuration are settled from on a command line."""

    paths: tuple[str, ...]
    allow: tuple[str, ...]
    block: tuple[str, ...]
    strict: bool
    config: str | None
    exclude: tuple[str, ...]
    clean: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Options(Settings):
    """What the commands that look at sites have in common on their command lines."""

    format: str
    report: tuple[Path, ...]
    baseline: Path | None
    baseline_strict: bool
    write_baseline: Path | None
    jobs: int | None
    dask: str | None
    exit_zero: bool
    quiet: bool
    verbose: bool

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if self.quiet and self.verbose:
            raise click.UsageError("--quiet and --verbose contradict each other.")
        if self.jobs and self.dask:
            raise click.UsageError("--jobs and --dask exclude each other: the cluster has its own processes.")
        if self.baseline and self.write_baseline:
            raise click.UsageError(
                "--baseline and --write-baseline exclude each other: the latter reads the file too."
            )
        if self.baseline_strict and not self.baseline:
            raise click.UsageError("--baseline-strict needs --baseline FILE.")


def settled_for(settings: Settings) -> Settled:
    """Settle the root and the configuration. Raises the model's UsageError where that cannot be."""
    from codemod.configure import Overrides

    overrides = Overrides(settings.allow, settings.block, settings.exclude, settings.strict, settings.clean)
    return _settled(settings.paths, settings.config, overrides)


def settled_from(paths: tuple[str, ...], config: str | None, exclude: tuple[str, ...]) -> Settled:
    """Settle the root and the configuration of a command that decides no sites itself; raises the same."""
    from codemod.configure import Overrides

    return _settled(paths, config, Overrides(exclude=exclude))


def _settled(paths: tuple[str, ...], config: str | None, overrides: Overrides) -> Settled:
    from codemod.configure import settle
    from codemod.run import rule_codes

    return settle(paths, config_file=config, overrides=overrides, codes=rule_codes)


def _report_files(_: click.Context, __: click.Parameter, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Refuse a report file that could not be written, before anything runs."""
    for path in paths:
        if path.suffix.lower() not in SUFFIXES:
            raise click.BadParameter(f"'{visible(str(path))}' has none of the known suffixes: {_KNOWN}.")
        _check_writable(path)
    return paths


def _baseline_file(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    if path:
        _check_writable(path)
    return path


def _check_writable(path: Path) -> None:
    if not path.parent.is_dir():
        raise click.BadParameter(f"'{visible(str(path))}': there is no such folder.")
    if path.is_dir():
        raise click.BadParameter(f"'{visible(str(path))}' is a folder.")


def _complete(wanted: Callable[[Rule], bool]) -> Callable[..., list[CompletionItem]]:
    """Complete the codes of the rules that are ``wanted``."""

    def codes(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from codemod.decide.rules import RULES

        known = (rule for rule in RULES if wanted(rule) and rule.code.startswith(incomplete.upper()))
        return [CompletionItem(rule.code, help=rule.name) for rule in known]

    return codes


any_code = _complete(lambda _: True)

_PATHS = click.argument(
    "paths", nargs=-1, type=click.Path(), callback=lambda _context, _parameter, paths: paths or (".",)
)
_CONFIG = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(),
    help="Read [tool.ctxmigrate] from FILE instead of the nearest pyproject.toml.",
)
_EXCLUDE = click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Neither report nor write the files that match GLOB. Repeatable.",
)
_QUIET = click.option(
    "-q", "--quiet", is_flag=True, help="Print only what a person has to see to, and errors."
)
_SETTINGS = (
    click.option(
        "--allow",
        multiple=True,
        metavar="CODE",
        help="Migrate although CODE (CTX104 or CTX107) was found. Repeatable.",
        shell_complete=_complete(lambda rule: rule.allowable),
    ),
    click.option(
        "--block",
        multiple=True,
        metavar="CODE",
        help="Block a site with the note CODE. Repeatable.",
        shell_complete=_complete(lambda rule: rule.kind == "note"),
    ),
    click.option("--strict", is_flag=True, help="Block every site that has a note."),
    _CONFIG,
    _EXCLUDE,
)
clean_option = click.option(
    "--clean",
    is_flag=True,
    help="Also take out what the migration leaves without use: assignments of the dropped arguments, and imports.",
)
_REPORTS = (
    click.option(
        "--format",
        type=click.Choice(["text", *FORMATS]),
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
)
_BASELINE = (
    click.option(
        "--baseline",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Neither fail for the blocked sites that are listed in FILE nor tell people of them: only JSON, "
        "SARIF and the files of --report have them.",
    ),
    click.option(
        "--baseline-strict",
        is_flag=True,
        help="Exit with 1 while the baseline lists sites that are fixed.",
    ),
    click.option(
        "--write-baseline",
        metavar="FILE",
        type=click.Path(path_type=Path),
        callback=_baseline_file,
        help="List the blocked sites in a new FILE; from one that is there, remove those that are fixed. "
        "It never gets longer: to list new sites, delete it first.",
    ),
)
_RUN = (
    click.option("-j", "--jobs", metavar="N", type=click.IntRange(min=1), help="Use N processes."),
    click.option(
        "--dask",
        metavar="ADDRESS",
        help="Use the workers of the Dask cluster whose scheduler is at ADDRESS; they have to see the same files.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even if sites are blocked."),
    _QUIET,
    click.option(
        "-v", "--verbose", is_flag=True, help="Print clean sites, imports, lookalikes and mentions too."
    ),
)


def run_options(command: Command) -> Command:
    """Add what every command that looks at sites takes."""
    return _with(command, _PATHS, *_REPORTS, *_SETTINGS, *_BASELINE, *_RUN)


def phase_options(command: Command) -> Command:
    """Add what the commands of the phases take: the fields of ``WorkOptions`` but ``dry_run``."""
    kind = click.option(
        "--format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="What to print: a report for people, or one for programs.",
    )
    return _with(command, _PATHS, kind, _CONFIG, _EXCLUDE, _QUIET)


def writing_options(command: Command) -> Command:
    """Add what the commands of the phases take that write: the fields of ``WorkOptions``."""
    dry_run = click.option(
        "--dry-run", is_flag=True, help="Write nothing; print a diff, and the report on stderr."
    )
    return _with(phase_options(command), dry_run)


def setting_options(command: Command) -> Command:
    """Add what the configuration is settled from."""
    return _with(command, _PATHS, *_SETTINGS)


def _with(command: Command, *decorators: Callable[[Command], Command]) -> Command:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
