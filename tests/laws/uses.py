"""Uses of the factory, put together: arguments in a call in an expression in a statement in a scope."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from . import odd
from .arguments import Arguing
from .places import ANYTHING, EXPRESSIONS, FUNCTIONS, PLAIN, STATEMENTS, SYNC, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from .arguments import Feature
    from .choices import Choices
    from .names import Names

LAYOUTS = (
    ("(", ", ", "", ")"),
    ("(\n        ", ",\n        ", ",", "\n    )"),
    ("(  # first\n        ", ",  # next\n        ", ",  # last", "\n    )"),
    ("( ", " , ", "", " )"),
    ("(\n", "\n        , ", "\n", ")"),
    ("(", ",\n\n        # between\n        ", "", ")"),
)
IMPORTING = (
    "def use_{n}():\n    {imports}\n    return {e}",
    "def use_{n}():\n    if note(1):\n        {imports}\n    return {e}",
    "def use_{n}():\n    {imports}\n    def inner():\n        return {e}\n    return inner()",
    "def use_{n}():\n    def inner():\n        {imports}\n        return {e}\n    return inner()",
    "class Holder_{n}:\n    def run(self):\n        try:\n            {imports}\n        except ImportError:\n"
    "            raise\n        return {e}\nuse_{n} = Holder_{n}().run",
)


class Uses:
    """Makes uses, each with the next of ``numbers``, in a program with these names."""

    def __init__(self, choices: Choices, names: Names, numbers: Iterator[int]) -> None:
        self._choices = choices
        self._names = names
        self._numbers = numbers
        self._arguing = Arguing(choices, names)

    def use(self, reference: str, module: str) -> str:
        """The statements of one use in a module, where ``reference`` is how the factory is written."""
        kind = self._choices.up_to(99)
        if kind >= 88 and not self._names.is_async:
            return self._odd(reference, module)
        number = next(self._numbers)
        if kind < 30:
            scope = self._choices.one_of(PLAIN)
            return scope.text.format(
                n=number, e=self._expression(number, reference, ANYTHING - scope.forbids)
            )
        return self._function(number, reference)

    def _function(self, number: int, reference: str) -> str:
        scope, statement = self._choices.one_of(FUNCTIONS), self._choices.one_of(STATEMENTS)
        allowed = ANYTHING - scope.forbids - statement.forbids
        call, expression = "", ""
        if "{c}" in statement.text:
            call = self._call(number, reference, allowed)
        else:
            expression = self._expression(number, reference, allowed)
        body = statement.text.format(n=number, c=call, e=expression)
        if f"local_{number}" in body:
            body = f"local_{number} = str({number})\n{body}"
        text = scope.text.replace("{n}", str(number))
        line = next(each for each in text.split("\n") if "{body}" in each)
        return text.replace(line, textwrap.indent(body, line.partition("{body}")[0]))

    def in_function(self, reference: str, statement: str) -> str:
        """A function that has a statement, which imports the factory, and a use of it."""
        number = next(self._numbers)
        expression = self._expression(number, reference, ANYTHING - SYNC - {"local"})
        return self._choices.one_of(IMPORTING).format(n=number, imports=statement, e=expression)

    def _expression(self, number: int, reference: str, allowed: Set[Feature]) -> str:
        places: list[Place] = []
        for rest in reversed(range(self._choices.up_to(2))):
            possible = allowed if rest else allowed | {"context"}
            fitting = [each for each in EXPRESSIONS if each.needs is None or each.needs in possible]
            places.append(self._choices.one_of(fitting))
            allowed = allowed - places[-1].forbids
        source = self._call(number, reference, allowed)
        for place in reversed(places):
            source = place.text.format(c=source, n=number)
        return source

    def _call(self, number: int, reference: str, allowed: Set[Feature]) -> str:
        nested = ""
        if self._choices.chance(8):
            nested = self._call(next(self._numbers), reference, allowed - {"local"})
        arguments = self._arguing.arguments(number, allowed, nested)
        layouts = LAYOUTS if "lines" in allowed and self._choices.chance(30) else LAYOUTS[:1]
        start, separator, comma, end = self._choices.one_of(layouts)
        call = f"{reference}{start}{arguments.source(separator)}{comma}{end}"
        if not self._names.is_async:
            return call
        return f"(await {call})" if "await" in allowed else f"drive({call})"

    def _odd(self, reference: str, module: str) -> str:
        number = next(self._numbers)
        forms: Sequence[str] = odd.USES if "." in reference else odd.USES + odd.BARE_USES
        arguments = self._arguing.arguments(number, frozenset())
        return self._choices.one_of(forms).format(
            f=reference,
            s=reference.rpartition(".")[2],
            a=arguments.source(),
            star=arguments.unpacked(),
            g=self._names.getter,
            module=module,
            n=number,
        )
