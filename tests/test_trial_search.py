"""The search for the files that make a command fail."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from codemod.trial.culprits import Search

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = tuple(f"{number:02}.py" for number in range(40))


class Command:
    """Passes as ``verdict`` says, and remembers what it was asked."""

    def __init__(self, verdict: Callable[[frozenset[str]], bool]) -> None:
        self.verdict = verdict
        self.asked: list[frozenset[str]] = []

    def __call__(self, rewritten: frozenset[str]) -> bool:
        self.asked.append(rewritten)
        return self.verdict(rewritten)


@given(st.integers(1, 40).flatmap(lambda count: st.sets(st.sampled_from(FILES[:count]), min_size=1)))
def test_files_that_fail_each_for_themselves_are_found_and_no_others(bad: set[str]) -> None:
    command = Command(bad.isdisjoint)
    search = Search(FILES, command)
    assert set(search.culprits) == bad
    assert search.good == set(FILES) - bad


@given(st.sets(st.sampled_from(FILES), min_size=1, max_size=3))
def test_few_culprits_among_many_files_take_few_runs(bad: set[str]) -> None:
    command = Command(bad.isdisjoint)
    Search(FILES, command)
    assert len(command.asked) <= len(bad) * (2 * math.ceil(math.log2(len(FILES))) + 1)


@given(st.sets(st.frozensets(st.sampled_from(FILES[:12]), min_size=1, max_size=4), min_size=1, max_size=6))
def test_of_files_that_fail_together_no_more_are_restored_than_must_be(bad: set[frozenset[str]]) -> None:
    search = Search(FILES[:12], Command(lambda rewritten: not any(map(rewritten.issuperset, bad))))
    assert not any(map(search.good.issuperset, bad))
    for culprit in search.culprits:
        assert any((search.good | {culprit}).issuperset(each) for each in bad)


@given(st.sets(st.frozensets(st.sampled_from(FILES[:6])), max_size=40))
def test_whatever_passes_the_end_has_passed_and_each_culprit_has_failed_with_it(
    passing: set[frozenset[str]],
) -> None:
    files = FILES[:6]
    command = Command(lambda rewritten: rewritten in passing and rewritten != set(files))
    search = Search(files, command)
    assert not search.good or (search.good in passing and search.good in command.asked)
    assert search.good.isdisjoint(search.culprits)
    assert search.good.union(search.culprits) == set(files)
    for culprit in search.culprits:
        assert search.good | {culprit} in command.asked
        assert search.good | {culprit} not in passing - {frozenset(files)}


@given(st.lists(st.booleans(), max_size=60))
def test_a_command_that_answers_at_random_comes_to_an_end_with_a_state_that_passed(
    answers: list[bool],
) -> None:
    said = iter(answers)
    passed = [frozenset[str]()]

    def passes(rewritten: frozenset[str]) -> bool:
        if next(said, True):
            passed.append(rewritten)
            return True
        return False

    search = Search(FILES, passes)
    assert search.good == passed[-1]


def test_one_that_only_works_with_another_is_not_to_blame() -> None:
    command = Command(
        lambda rewritten: "02.py" not in rewritten and ("00.py" not in rewritten or "03.py" in rewritten)
    )
    search = Search(FILES[:4], command)
    assert search.culprits == ["02.py"]
