"""``ctxmigrate explain``: one rule in full, or all in a table."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest
from click.testing import CliRunner, Result

from codemod.cli import main
from codemod.decide.rules import RULES


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_code_is_explained(rule: Any) -> None:
    told = ctxmigrate("explain", rule.code).stdout
    assert told.startswith(f"{rule.code} {rule.name}\n\n    {rule.summary[:20]}")
    assert "\n\nWhat to do:\n\n    " in told
    assert indent(rule.before, "    ") in told
    assert indent(rule.after, "    ") in told


@pytest.mark.parametrize("code", ["ctx102", "unsupported-argument", "Unsupported-Argument"])
def test_a_code_is_found_by_its_name_and_in_any_case(code: str) -> None:
    assert ctxmigrate("explain", code).stdout.startswith("CTX102 unsupported-argument\n")


def test_an_explanation_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    prose = ctxmigrate("explain", "CTX901").stdout.splitlines()
    assert max(map(len, prose)) <= 50


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("CTX12", "'CTX12' is no code; did you mean CTX"),
        ("unsuported-arguments", "'unsuported-arguments' is no code; did you mean CTX102"),
        ("???", "'???' is no code; the codes are CTX101, CTX102, "),
    ],
)
def test_an_unknown_code_is_an_error_that_says_what_was_meant(code: str, message: str) -> None:
    result = ctxmigrate("explain", code)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {message}")


def test_all_rules_have_a_line_each_in_a_pipe() -> None:
    head, *lines = ctxmigrate("explain").stdout.splitlines()
    assert head.split() == ["Code", "Name", "Kind", "Meaning"]
    assert [line.split(maxsplit=3) for line in lines] == sorted(
        [rule.code, rule.name, rule.kind, rule.summary] for rule in RULES
    )


def test_the_table_of_all_rules_fits_a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    lines = ctxmigrate("explain").stdout.splitlines()
    assert max(map(len, lines)) <= 90
    assert lines[1:3] == [
        "CTX101  unpacked-arguments        block  The call has `*args` or `**kwargs`, so what it",
        "                                         passes cannot be read off the source.",
    ]


def test_the_summaries_stand_below_the_rules_in_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    told = ctxmigrate("explain").stdout
    assert max(map(len, told.splitlines())) <= 60
    assert told.startswith(
        "CTX101 unpacked-arguments (block)\n"
        "    The call has `*args` or `**kwargs`, so what it passes\n"
        "    cannot be read off the source.\n"
        "\n"
        "CTX102 unsupported-argument (block)\n"
    )
