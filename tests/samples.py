"""Reports to render, built by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import Change, Config, FileError, FilePlan, Finding, Occurrence, Report, Site, Summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemod.model import Caution, Verdict

DEFINER = """\
def create_user_execution_context(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id


def get_user_execution_context(user_id, thread_id):
    return user_id, thread_id
"""
NAMES = {
    "CTX101": "unpacked-arguments",
    "CTX102": "unsupported-argument",
    "CTX151": "dropped-value-still-used",
    "CTX901": "syntax-error",
}

ADVICE = {"CTX901": "Mend the file, or exclude it."}

UNPACKED = Finding("CTX101", "`**extra` hides which arguments the call passes", "Write the arguments out.")
UNSUPPORTED = Finding(
    "CTX102",
    "`db_session=` is not a parameter of `get_user_execution_context` (app/dependencies.py:41)",
    "Give the getter that parameter, or set the value on the returned object, and call the getter.",
)
STILL_USED = Finding(
    "CTX151",
    "`run_id` is read again on line 47 and may differ from the context's own",
    "Read `context.run_id` there.",
)
BROKEN = FileError("app/bad.py", 14, "CTX901", "invalid syntax")


def site(
    place: str,
    verdict: Verdict = "migrated",
    codes: Sequence[Finding] = (),
    notes: Sequence[Finding] = (),
    before: str = "create_user_execution_context(user_id, thread_id, run_id)",
    source: str = "",
) -> Site:
    """Return a call that starts at ``path:line:column``."""
    path, line, column = place.rsplit(":", 2)
    rows = before.split("\n")
    return Site(
        path=path,
        line=int(line),
        column=int(column),
        end_line=int(line) + len(rows) - 1,
        end_column=len(rows[-1]) + (1 if rows[1:] else int(column)),
        kind="call",
        verdict=verdict,
        codes=tuple(codes),
        notes=tuple(notes),
        before=before,
        after="get_user_execution_context(user_id, thread_id)" if verdict == "migrated" else None,
        source=source,
    )


def report(
    *sites: Site,
    changes: Sequence[Change] = (),
    errors: Sequence[FileError] = (),
    occurrences: Sequence[Occurrence] = (),
    plans: Sequence[FilePlan] = (),
    warnings: Sequence[Caution] = (),
    files_scanned: int = 12,
    written: bool = False,
) -> Report:
    """Return the report of a run that found this, with the counts that follow from it."""
    roles = [each.role for each in occurrences]
    summary = Summary(
        files_scanned=files_scanned,
        files_matched=len({each.path for each in sites} | {each.path for each in occurrences}),
        files_changed=len({each.path for each in sites if each.verdict == "migrated"}),
        migrated=sum(each.verdict == "migrated" for each in sites),
        noted=sum(bool(each.notes) for each in sites),
        blocked=sum(each.verdict == "blocked" for each in sites),
        ignored=sum(each.verdict == "ignored" for each in sites),
        occurrences=len(sites) + len(roles),
        imports=roles.count("import"),
        definitions=roles.count("definition"),
        lookalikes=roles.count("lookalike"),
        mentions=roles.count("mention"),
        errors=len(errors),
    )
    return Report(
        root="/project",
        config=Config(),
        summary=summary,
        sites=tuple(sites),
        changes=tuple(changes),
        errors=tuple(errors),
        occurrences=tuple(occurrences),
        plans=tuple(plans),
        warnings=tuple(warnings),
        written=written,
        seconds=0.42,
    )
