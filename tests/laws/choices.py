"""The choices that a program is made of: a generator of random numbers, of Hypothesis or of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

T = TypeVar("T")


class Choices:
    """Choices, of which the first one is the simplest: to that Hypothesis reduces what it finds."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def one_of(self, options: Sequence[T]) -> T:
        """One of some options."""
        return options[self._random.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        """Whether something of that chance happens."""
        return self._random.randrange(100) >= 100 - percent

    def up_to(self, most: int, least: int = 0) -> int:
        """A number in that range, with both ends."""
        return self._random.randint(least, most)

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """The same values in some order."""
        rest, order = list(values), []
        while rest:
            order.append(rest.pop(self.up_to(len(rest) - 1)))
        return order

    def some(self, values: Sequence[T]) -> list[T]:
        """One or more of the values, in some order."""
        return self.shuffled(values)[: self.up_to(len(values), 1)]
