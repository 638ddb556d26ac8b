"""A report with many sites, as a run over a large tree would make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import samples

from codemod.model import Change, FilePlan

if TYPE_CHECKING:
    from codemod.model import Finding, Report, Verdict

BEFORE = "create_user_execution_context(user_id, thread_id, run_id)"
EVERY = 50
"""The sites of one file."""


def many_sites(count: int) -> Report:
    """Return a report of ``count`` sites: of ten, three to review, one blocked and one ignored."""
    sites, plans, changes = [], [], []
    for number in range(0, count, EVERY):
        path = f"app/part_{number // EVERY:04}.py"
        calls = [samples.site(f"{path}:{line}:11", *_verdict(line)) for line in range(2, EVERY + 2)]
        before = [
            "from app.dependencies import create_user_execution_context",
            *([f"context = {BEFORE}"] * EVERY),
        ]
        after = [before[0].replace("create", "get")]
        after += [f"context = {call.after or BEFORE}" for call in calls]
        sites += calls
        changes.append(Change(path, "import", 1))
        plans.append(FilePlan(path, "\n".join(before).encode(), "\n".join(after).encode()))
    return samples.report(*sites, changes=changes, plans=plans)


def _verdict(line: int) -> tuple[Verdict, list[Finding], list[Finding]]:
    if line % 10 == 0:
        return "blocked", [samples.UNPACKED, samples.UNSUPPORTED], []
    if line % 10 == 1:
        return "ignored", [samples.UNPACKED], []
    return "migrated", [], [samples.STILL_USED] if line % 10 < 5 else []
