"""Phase 3: whether every real call of the factory is one that the source shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import Remark
from codemod.phases.witnesses import stale_callers, unknown_callers
from codemod.report import counted
from codemod.status import Item, Place, Witnessed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.model import Report
    from codemod.phases.witnesses import Caller, Witnesses


def witnessed_by(report: Report, file: str, witnesses: Witnesses) -> Witnessed:
    """Return what the ``witnesses`` from ``file`` add to a report. UsageError where they are of another factory."""
    return Witnessed(
        file=file,
        calls=sum(each.count for each in witnesses.callers),
        lines=len(witnesses.callers),
        unknown=tuple(map(_remark, unknown_callers(report, witnesses))),
        cautions=tuple(_cautions(report, witnesses)),
    )


def witnessed_item(found: Witnessed) -> Item:
    """Return whether the source shows every call that was witnessed."""
    name = "callers-known"
    if not found.unknown:
        return Item(name, "yes", f"all callers that the tests met are known ({found.file})")
    places = tuple(Place(each.path, each.line) for each in found.unknown if each.path)
    message = f"{counted(len(found.unknown), 'line')} called the factory that no site shows ({found.file})"
    return Item(
        name,
        "no",
        message,
        places,
        "See by which name each of those lines gets the factory, and migrate it by hand.",
    )


def _remark(caller: Caller) -> Remark:
    times = counted(caller.count, "call")
    if caller.path:
        return Remark(caller.path, caller.line, f"{times}: {caller.source}")
    return Remark("", 0, f"{times} from outside the project: {caller.module}:{caller.line}")


def _cautions(report: Report, witnesses: Witnesses) -> Iterator[str]:
    if stale := stale_callers(report, witnesses):
        first = f"{stale[0].path}:{stale[0].line}"
        lines = f"{first} and {counted(len(stale) - 1, 'other line')}" if stale[1:] else first
        yield f"changed since, so what was witnessed there does not count: {lines}"
    for each in witnesses.definitions:
        if not each.imported:
            yield f"the tests did not import {each.path}, so no call of its {witnesses.factory} could be seen"
    if not witnesses.definitions:
        yield f"there was no definition of {witnesses.factory} to watch"
    if witnesses.lost:
        processes = f"{witnesses.lost} of the test run's processes"
        yield f"{processes} ended without telling what they saw: record the witnesses again"
