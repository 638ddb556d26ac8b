"""What must hold after a command that met a fault."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .cases import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .cases import Place
    from .server import Ending
    from .shim import Fault

Outcome = Literal["old", "new", "told"]
TEMPORARY = re.compile(r"(.*/)?\.ctxmigrate-\d+-[0-9a-f]{8}-\d+\.tmp")
SAVED = re.compile(r"\.[\w.]+\.\d+\.(new|old)(/.*)?")
KILLING = ("KILL", "TORN")


@dataclass(frozen=True, slots=True)
class Course:
    """The course of a command without a fault: the tree before, its files on the way, and the tree after, what is
    beside that then, the exit status of this run and of a second one.
    """

    old: State
    between: frozenset[tuple[str, tuple[bytes, int]]]
    new: State
    beside: State
    statuses: frozenset[int]


def outcome(course: Course, place: Place) -> Outcome:
    """Whether a command has done nothing or all to a tree, or something; temporary files aside. For one that only
    writes beside the tree, whether it has done that.
    """
    if course.old == course.new:
        is_done = course.beside.files.keys() <= State.of(place.beside).files.keys()
        return "new" if is_done else "old"
    files = _lasting(State.of(place.root))
    if files == course.old.files:
        return "old"
    return "new" if files == course.new.files else "told"


def problems(course: Course, place: Place, fault: Fault, ending: Ending) -> Iterator[str]:
    """What is wrong right after the fault."""
    tree = State.of(place.root)
    result = outcome(course, place)
    yield from _torn(course, tree)
    yield from _strays(course, State.of(place.beside), fault)
    if result == "told" and not fault.stays:
        yield "some files are old and some are new"
    if fault.kind in KILLING:
        if ending.status == -9 and ending.stdout:
            yield "a killed process has told something"
        return
    if not fault.stays:
        yield from _leftovers(course, tree, result)
    yield from _untruths(course, place, tree, result, ending)


def problems_afterwards(course: Course, place: Place, before: Outcome, ending: Ending) -> Iterator[str]:
    """What is wrong after the next run, which met no fault."""
    tree, beside = State.of(place.root), State.of(place.beside)
    if before != "told":
        if _lasting(tree) != course.new.files or course.beside.files.keys() - beside.files.keys():
            yield f"the next run does not complete the work: {sorted(_different(course.new, tree))}"
        if ending.status not in course.statuses:
            yield f"the next run exits with {ending.status}: {ending.stderr}"
        yield from _left(tree, beside)


def _left(tree: State, beside: State) -> Iterator[str]:
    for folder in (tree, beside):
        if left := [path for path in (*folder.files, *folder.folders) if _is_temporary(path)]:
            yield f"the next run leaves {left}"


def _lasting(tree: State) -> Mapping[str, tuple[bytes, int]]:
    return {path: content for path, content in tree.files.items() if not TEMPORARY.fullmatch(path)}


def _is_temporary(path: str) -> bool:
    return bool(TEMPORARY.fullmatch(path) or SAVED.fullmatch(path))


def _different(one: State, other: State) -> set[str]:
    return {path for path, _ in set(one.files.items()) ^ set(other.files.items())}


def _torn(course: Course, tree: State) -> Iterator[str]:
    for path, content in _lasting(tree).items():
        known = (course.old.files.get(path), course.new.files.get(path))
        if content not in known and (path, content) not in course.between:
            yield f"{path} is neither old nor new"
    for path in course.old.files.keys() - tree.files.keys():
        yield f"{path} is gone"


def _strays(course: Course, beside: State, fault: Fault) -> Iterator[str]:
    """Files beside the tree are there whole or not at all. A report may tell of the fault."""
    for path, (content, _) in beside.files.items():
        if _is_temporary(path):
            if fault.kind not in KILLING and not fault.stays:
                yield f"{path} is left"
        elif path.endswith(".json") and path != "baseline.json":
            json.loads(content)
        elif course.beside.files.get(path, (b"",))[0] != content:
            yield f"{path} is not what it should be"


def _leftovers(course: Course, tree: State, result: Outcome) -> Iterator[str]:
    if left := [path for path in tree.files if TEMPORARY.fullmatch(path)]:
        yield f"temporary files are left: {left}"
    expected = course.old if result == "old" else course.new
    if tree.folders != expected.folders:
        yield f"folders are left: {sorted(tree.folders ^ expected.folders)}"


def _untruths(course: Course, place: Place, tree: State, result: Outcome, ending: Ending) -> Iterator[str]:
    """Where what a process told is not what it did."""
    if ending.status not in {2, *course.statuses} or "Traceback" in ending.stderr:
        yield f"it broke down with {ending.status}: {ending.stderr}"
    if result == "old" and course.new != course.old and ending.status != 2:
        yield f"nothing was written, and it exits with {ending.status}"
    if '"outcome": "error"' in ending.stdout and '"advice": []' not in ending.stdout:
        yield f"it goes on as if all were well: {ending.stdout}"
    if not ending.stdout and not ending.stderr.startswith("Error: "):
        yield f"it tells nothing: {ending.stderr!r}"
    if ending.stdout.startswith("{") and _says_new(ending.stdout):
        if result != "new":
            yield f"it says that all is written: {ending.stdout}"
        return
    told = ending.stdout + ending.stderr
    for path in _different(course.old, tree):
        if TEMPORARY.fullmatch(path):
            continue
        if (
            f"'{place.beside}" not in told
            and not re.search("<stdout> cannot be written: .* had been written by then", told)
            and not re.search(f"{path}.{{,200}}could not (get|be taken)", told, re.S)
        ):
            yield f"{path} is new, and nothing tells of it: {told}"


def _says_new(stdout: str) -> bool:
    document = json.loads(stdout)
    if "summary" in document:
        return bool(document["summary"]["files_changed"])
    return bool(document["outcome"] == "done")
