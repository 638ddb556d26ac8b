"""The stretches in which two texts differ: together they make the one of the other, and each is short."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codemod.report.stretches import Stretch, stretches

WORDS = st.sampled_from(
    ["create", "get", "(", ")", ",", " ", "    ", "run_id", "\n", "\r\n", "\r", "\f", "é", "\U0001f600"]
)
TEXTS = st.lists(WORDS, max_size=30).map("".join)


def applied(old: str, found: list[Stretch]) -> str:
    for each in reversed(found):
        old = old[: each.start] + each.text + old[each.end :]
    return old


def told(old: str, new: str, *expected: Stretch) -> list[tuple[str, str]]:
    found = stretches(old, new, expected)
    assert applied(old, found) == new
    return [(old[each.start : each.end], each.text) for each in found]


@given(old=TEXTS, new=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=6), guess=TEXTS)
def test_they_make_the_new_text_whatever_was_expected(
    old: str, new: str, cuts: list[int], guess: str
) -> None:
    places = sorted(min(cut, len(old)) for cut in cuts)
    expected = [
        Stretch(start, end, guess)
        for start, end in zip(places[::2], places[1::2], strict=False)
        if start < end
    ]
    found = stretches(old, new, expected)
    assert applied(old, found) == new
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_equal_texts_have_none() -> None:
    assert told("a\nb", "a\nb") == []


def test_a_call_changes_its_name_and_loses_an_argument() -> None:
    old, new = (
        "x = create(\n    a,  # who\n    run_id=r,\n    b,\n)\n",
        "x = get(\n    a,  # who\n    b,\n)\n",
    )
    call = Stretch(4, len(old) - 1, new[4:-1])
    assert told(old, new, call) == [("create", "get"), ("run_id=r,\n    ", "")]


def test_what_is_changed_beside_the_expected_is_found() -> None:
    old = "from m import create\n" + "x = create(r)\n" * 3
    new = "from m import get\n" + "x = get()\n" * 3
    calls = [Stretch(found, found + 9, "get()") for found in range(25, len(old), 14)]
    assert told(old, new, *calls) == [("create", "get"), *[("create", "get"), ("r", "")] * 3]


def test_only_the_expected_that_is_right_is_kept() -> None:
    old, new = "create(r)\ncreate(r)\ncreate(r)\n", "get()\ncreate(r)\nget()\n"
    calls = [Stretch(at, at + 9, "get()") for at in (0, 10, 20)]
    assert told(old, new, *calls) == [("create", "get"), ("r", ""), ("create", "get"), ("r", "")]


def test_a_line_that_is_added_stands_apart_from_a_call_at_the_start_of_the_next() -> None:
    for newline in ("\n", "\r\n", "\r"):
        old = f"import a{newline}create(r){newline}"
        new = f"import a{newline}import b{newline}get(){newline}"
        call = Stretch(8 + len(newline), 17 + len(newline), "get()")
        assert told(old, new, call) == [("", f"{newline}import b"), ("create", "get"), ("r", "")]


def test_texts_with_nothing_in_common_are_one_stretch() -> None:
    old, new = "a " * 2000, "b\t" * 2000
    assert told(old, new) == [(old, new)]


def test_far_apart_lines_meet_again_at_the_ends() -> None:
    old = "".join(f"{number}\n" for number in range(1000)) + "end\n"
    assert told(old, "end\n") == [(old.removesuffix("end\n"), "")]
