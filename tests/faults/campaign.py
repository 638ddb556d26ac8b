"""Goes through all operations of a command with all faults."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from .cases import Place, State
from .laws import Course, outcome, problems, problems_afterwards
from .shim import NONE, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from .cases import Case
    from .server import Ending

ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS", "EINTR")
LASTING = ("ENOSPC", "EIO", "EROFS")


@dataclass(slots=True)
class Tally:
    """How often each fault was tried at each operation, what came out, and what was wrong."""

    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Runner(Protocol):
    """Runs commands with faults."""

    def run(self, place: Place, arguments: Sequence[str], fault: Fault = NONE, /) -> Ending:
        """Run ``ctxmigrate`` in a tree."""


class Campaign:
    """The tries of one command. Those that end like an earlier one need no next run of their own."""

    def __init__(self, server: Runner, case: Case, folder: Path, tally: Tally) -> None:
        self.server = server
        self.case = case
        self.place = Place(folder)
        self.tally = tally
        self.known: list[tuple[State, State]] = []
        self.place.plant()
        old = State.of(self.place.root)
        first = server.run(self.place, case.command(self.place))
        new, beside = State.of(self.place.root), State.of(self.place.beside)
        between = frozenset(
            (path.partition("/")[2], content) for path, content in State.of(self.place.kept).files.items()
        )
        second = server.run(self.place, case.command(self.place))
        self.operations = first.done
        self.course = Course(old, between, new, beside, frozenset({first.status, second.status}))

    def faults(self) -> Iterable[Fault]:
        """Every fault at every operation, and errors that last from there on."""
        for number, operation in enumerate(self.operations, 1):
            yield from (Fault(number, kind) for kind in (*ERRORS, "KILL"))
            yield from (Fault(number, kind, stays=True) for kind in LASTING)
            if operation == "write":
                yield Fault(number, "TORN")

    def few_faults(self, every: int = 1) -> Sequence[Fault]:
        """A kill at every operation of so many, and one error, of each kind in turn."""
        numbers = range(1, len(self.operations) + 1, every)
        return [
            fault
            for number in numbers
            for fault in (
                Fault(number, "TORN"),
                Fault(number, ERRORS[number % len(ERRORS)], stays=number % 4 == 0),
            )
        ]

    def run(self, faults: Iterable[Fault]) -> None:
        """Try the faults, and the next run after each."""
        for fault in faults:
            operation = self.operations[fault.number - 1]
            result, wrong = self._try(fault)
            kind = f"{fault.kind} from there on" if fault.stays else fault.kind
            self.tally.counts[self.case.name, operation, kind, result] += 1
            place = f"{self.case.name}: {kind} at {operation} ({fault.number})"
            self.tally.problems += [f"{place}: {each}" for each in wrong]

    def _try(self, fault: Fault) -> tuple[str, list[str]]:
        self.place.plant()
        ending = self.server.run(self.place, self.case.command(self.place), fault)
        wrong = list(problems(self.course, self.place, fault, ending))
        tree, beside = State.of(self.place.root), State.of(self.place.beside)
        result = outcome(self.course, self.place)
        if (tree, beside) not in self.known:
            self.known.append((tree, beside))
            again = self.server.run(self.place, self.case.command(self.place), NONE)
            wrong += problems_afterwards(self.course, self.place, result, again)
        return result, wrong
