"""Find the files whose rewrite makes a command fail, with as few runs as there are halves to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Search:
    """Searches ``suspects`` for those with which ``passes`` fails.

    ``passes`` tells it of rewriting just the files that it is given: it is known to pass for none of them, and
    to fail for all. Afterwards it has passed for ``good``, and last failed for ``good`` with each one of
    ``culprits``.
    """

    def __init__(self, suspects: Sequence[str], passes: Callable[[frozenset[str]], bool]) -> None:
        self.good: frozenset[str] = frozenset()
        self.culprits: list[str] = []
        self._passes = passes
        self._halve(suspects, known_to_fail=True)
        while self._try_again():
            continue

    def _halve(self, suspects: Sequence[str], *, known_to_fail: bool = False) -> None:
        """Make those of ``suspects`` good that can be, all at once if that passes."""
        if not known_to_fail and self._add(suspects):
            return
        if len(suspects) == 1:
            self.culprits += suspects
            return
        middle = len(suspects) // 2
        left, right = suspects[:middle], suspects[middle:]
        self._halve(left)
        self._halve(right, known_to_fail=self.good.issuperset(left))

    def _try_again(self) -> bool:
        """Try each culprit once more, with all that is good by now; whether that made one good."""
        before = self.good
        self.culprits = [each for each in self.culprits if not self._add([each])]
        return self.good != before

    def _add(self, suspects: Sequence[str]) -> bool:
        together = self.good.union(suspects)
        if is_good := self._passes(together):
            self.good = together
        return is_good
