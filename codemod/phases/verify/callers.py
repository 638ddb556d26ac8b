"""The check that every real call of the factory that a test run saw is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import Check, Remark
from codemod.phases.verify.words import counted
from codemod.phases.witnesses import read_witnesses, stale_callers, unknown_callers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codemod.phases.tree import Tree
    from codemod.phases.witnesses import Caller, Witnesses

_AGAIN = "Record the witnesses again."


def callers_check(tree: Tree, file: Path) -> Check:
    """Return the callers in a witness file that static analysis does not know.

    Raises UsageError for a file that cannot be used.
    """
    witnesses = read_witnesses(file)
    findings = tuple(_unknown(each) for each in unknown_callers(tree.report, witnesses))
    seen = counted(len(witnesses.callers), "caller")
    end = f"{len(findings)} of them unknown" if findings else "each of them is known"
    message = (
        f"{seen} of `{witnesses.factory}` in a test run: {end}"
        if witnesses.callers
        else (f"no call of `{witnesses.factory}` in a test run")
    )
    return Check("callers", message, findings, tuple(_doubts(tree, witnesses)))


def _unknown(caller: Caller) -> Remark:
    times = counted(caller.count, "time")
    if not caller.path:
        message = f"`{caller.module}` line {caller.line}, outside the root, called the factory {times}"
        return Remark("", 0, message, "Look for what passes the factory on to it.")
    return Remark(
        caller.path,
        caller.line,
        f"called the factory {times}, and no site is known here: `{caller.source}`",
        "Call the getter there; what makes the call may be dynamic.",
    )


def _doubts(tree: Tree, witnesses: Witnesses) -> Iterator[Remark]:
    for each in stale_callers(tree.report, witnesses):
        yield Remark(each.path, each.line, f"reads otherwise since the test run. {_AGAIN}")
    for definition in witnesses.definitions:
        if not definition.imported:
            message = "the test run did not import this module, so it saw no call of its function"
            yield Remark(definition.path, definition.line, message)
    if witnesses.lost:
        yield Remark(
            "",
            0,
            f"{witnesses.lost} of the test run's processes ended without telling what they saw. {_AGAIN}",
        )
