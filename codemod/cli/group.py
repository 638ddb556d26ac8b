"""How the command as a whole behaves: errors, interruptions, and names that nearly fit."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

import click

from codemod.report import visible
from codemod.report.screen import emit

if TYPE_CHECKING:
    from collections.abc import Iterable


class Failure(click.ClickException):
    """A message on stderr and exit status 2."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__("\n".join(visible(line) for line in message.split("\n")))

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to stderr, as far as that takes it: the exit status is the same."""
        with suppress(OSError):
            emit(sys.stderr, f"Error: {self.format_message()}\n")


COMMANDS = (
    "status",
    "scaffold",
    "rewrite",
    "check",
    "split",
    "deprecate",
    "verify",
    "remove",
    "explain",
    "config",
)
"""The names of the commands, in the order in which a migration needs them."""


def examples(*lines: str) -> str:
    """Return the end of a command's help, with its examples as they are."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


class Group(click.Group):
    """Commands that are imported when they are asked for; a name that is none is told what was perhaps meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in their order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"codemod.cli.commands.{cmd_name}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named; UsageError where there is none."""
        name = args[0]
        is_unknown = not name.startswith("-") and self.get_command(ctx, name) is None
        if is_unknown and not ctx.resilient_parsing:
            raise click.UsageError(f"No such command '{visible(name)}'.{self._meant(ctx, name)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. An interruption that it does not tell of itself is told in a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Failure("interrupted") from None

    def _meant(self, ctx: click.Context, name: str) -> str:
        if close := closest(name, self.list_commands(ctx)):
            return f" Did you mean '{close}'?"
        return f" Did you mean 'rewrite {visible(name)}'?" if os.path.exists(name) else ""


def closest(word: str, words: Iterable[str]) -> str:
    """Return the one of ``words`` that ``word`` looks like most; empty where none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(words), 1)), "")
