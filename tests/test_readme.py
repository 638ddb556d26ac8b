"""The README says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from click import Option
from click.testing import CliRunner

from codemod.cli import main
from codemod.cli.commands import rewrite
from codemod.cli.group import COMMANDS
from codemod.decide.rules import RULES
from codemod.model import Config

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
KINDS = {"block": "blocks", "note": "note", "file": "file"}


def rules_table() -> str:
    """The table of codes as the README has it: made from the rules."""
    rows = [f"| {rule.code} | {rule.name} | {KINDS[rule.kind]} | {rule.summary} |" for rule in RULES]
    return "\n".join(["| code | name | kind | when |", "| --- | --- | --- | --- |", *rows])


def test_the_table_of_codes_is_made_from_the_rules() -> None:
    table = README.partition("<!-- rules -->")[2].partition("<!-- /rules -->")[0]
    assert table.strip() == rules_table()


def test_every_option_of_rewrite_is_in_the_table() -> None:
    options = {
        max(parameter.opts, key=len) for parameter in rewrite.command.params if isinstance(parameter, Option)
    }
    assert {option for option in options if option not in README} == set()


def test_every_option_in_the_readme_is_known() -> None:
    help_text = "".join(CliRunner().invoke(main, [command, "--help"]).output for command in COMMANDS)
    own = re.sub("pre-commit run --all-files|pytest .* --dist worksteal", "", README)
    written = set(re.findall(r"`?(--[a-z]+(?:-[a-z]+)*)", own))
    assert {option for option in written if option not in help_text} == set()


def test_every_configuration_key_is_shown_with_its_default() -> None:
    keys = {name.replace("_", "-") for name in Config.__slots__ if name not in ("strict", "clean")}
    shown = README.partition("```toml")[2].partition("```")[0]
    assert keys == set(re.findall(r"^([a-z-]+) = ", shown, re.MULTILINE))
