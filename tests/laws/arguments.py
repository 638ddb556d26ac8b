"""The arguments of generated calls: positional and by keyword, in any order, with and without side effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from .choices import Choices
    from .names import Names

# What the place of a call allows: ``lines`` more than one, ``text`` an f-string, ``local`` a name of the
# function, ``context`` what only the call's own result can do.
Feature = Literal["await", "yield", "walrus", "lines", "text", "local", "context"]

# What stands where an argument is expected: ``{v}`` is its value, ``{n}`` a number; and what Python has to allow.
VALUES: tuple[tuple[str, Feature | None], ...] = (
    ('"{v}"', None),
    ('note("{v}")', None),
    ('("{v}")', None),
    ('"{v}" if note({n}) else note(0)', None),
    ('note(None) or note("{v}")', None),
    ('"{v}" + note(".")', None),
    ('[note("{v}"), note(1)][0]', None),
    ('(lambda value="{v}": note(value))()', None),
    ('str(note("{v}"))', None),
    ('"".join(note(each) for each in ("{v}",))', None),
    ('(made_{n} := "{v}")', "walrus"),
    ('await later("{v}")', "await"),
    ('(yield note("{v}")) or "{v}"', "yield"),
    ('f"{v}.{{note(0)}}"', "text"),
)
# What may be dropped without a loss, and what may not.
PURE_RUNS: tuple[tuple[str, Feature | None], ...] = (
    ('"r{n}"', None),
    ("None", None),
    ("str({n})", None),
    ('"r{n}" if {n} % 2 else None', None),
    ("RUNS[0]", None),
    ("[each for each in RUNS]", None),
    ('{{"run": RUNS}}.get("run")', None),
    ("lambda: note(1)", None),
    ('f"r{{RUNS[0]!s:>9}}"', "text"),
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The source of a call's arguments, each with its keyword or none."""

    given: tuple[tuple[str, str], ...]

    def source(self, separator: str = ", ", end: str = "") -> str:
        """As they stand between the parentheses."""
        return separator.join(f"{name}={text}" if name else text for name, text in self.given) + end

    def unpacked(self) -> str:
        """The same, given by ``*`` and ``**``."""
        positional = ", ".join(text for name, text in self.given if not name)
        named = ", ".join(f'"{name}": {text}' for name, text in self.given if name)
        return f"*[{positional}], **{{{named}}}"


class Arguing:
    """Makes the arguments of calls."""

    def __init__(self, choices: Choices, names: Names) -> None:
        self._choices = choices
        self._names = names

    def arguments(self, number: int, allowed: Set[Feature], nested: str = "", run: str = "") -> Arguments:
        """Arguments of the call of that number; in one of them stands the source of another call, if given.

        ``run`` is the source of the dropped one, if given.
        """
        names = self._names
        values = {
            names.user: self._value("u", number, allowed),
            names.thread: self._value("t", number, allowed),
            names.run: run or self._run(number, allowed),
            names.mode: self._value("m", number, allowed),
        }
        if nested:
            inside = {
                names.thread: f"{nested}[1]",
                names.user: f'"u{number}" + {nested}[0]',
                names.run: nested,
            }
            where = self._choices.one_of(list(inside))
            values[where] = inside[where]
        return Arguments(self._placed(self._given(bool(nested or run)), values))

    def _given(self, with_run: bool) -> list[str]:
        """The parameters that are given, in the order of the definition."""
        parameters = self._names.parameters
        named = [each.arg for each in parameters.kwonlyargs]
        required = len(self._names.positional) - len(parameters.defaults)
        likely = {self._names.run: 100 if with_run else 90, self._names.mode: 4}
        return [
            name
            for index, name in enumerate([*self._names.positional, *named])
            if index < required or self._choices.chance(likely.get(name, 95))
        ]

    def _placed(self, given: list[str], values: dict[str, str]) -> tuple[tuple[str, str], ...]:
        """Some arguments by position, the others by keyword in any order."""
        order = self._names.positional
        most = next((n for n, name in enumerate(order) if given[n : n + 1] != [name]), len(order))
        least = min(most, len(self._names.parameters.posonlyargs))
        count = self._choices.up_to(most, least)
        named = self._choices.shuffled(given[count:])
        return (*(("", values[name]) for name in order[:count]), *((name, values[name]) for name in named))

    def _run(self, number: int, allowed: Set[Feature]) -> str:
        if "local" in allowed and self._choices.chance(25):
            return f"local_{number}"
        if self._choices.chance(8):
            return self._value("r", number, allowed)
        return self._fitting(PURE_RUNS, allowed).format(n=number)

    def _value(self, prefix: str, number: int, allowed: Set[Feature]) -> str:
        if self._choices.chance(50):
            return f'note("{prefix}{number}")'
        return self._fitting(VALUES, allowed).format(v=f"{prefix}{number}", n=number)

    def _fitting(self, options: Sequence[tuple[str, Feature | None]], allowed: Set[Feature]) -> str:
        fitting = [text for text, needs in options if needs is None or needs in allowed]
        return self._choices.one_of(fitting)
