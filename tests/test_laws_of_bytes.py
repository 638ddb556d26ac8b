"""What holds for every layout of a module: the short form of ``python -m tests.laws``."""

from __future__ import annotations

import multiprocessing
import tempfile
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws.byte_law import Tree
from laws.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield executor


@settings(
    max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(choices=st.randoms(use_true_random=False).map(Choices))
def test_every_byte_beside_the_units_stays(processes: Executor, choices: Choices) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder), choices, processes)
        problems = list(tree.problems())
    sources = "\n".join(f"{path}: {layout.source!r}" for path, layout in tree.layouts.items())
    assert not problems, "\n".join([*problems, sources])
