"""CTX401: a file whose rewrite makes a command fail. It is found by trying, not by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.decide.rule import Rule

if TYPE_CHECKING:
    from codemod.model import Finding

RUN_FAILED = Rule(
    code="CTX401",
    name="run-failed",
    kind="block",
    summary="The command of `--run` fails with this file rewritten, and passes with the file as it was.",
    advice="See what the command prints, make the code or its tests work with the getter, and run the same again.",
)


def failed_run(command: str, ending: str) -> Finding:
    """CTX401 on the sites of a file, with how the command ended."""
    return RUN_FAILED.found(
        f"`{command}` fails with this file rewritten ({ending}), and passes with the file as it was"
    )
