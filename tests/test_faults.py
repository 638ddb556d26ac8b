"""Whatever fails while files are written, none is lost: the short form of ``python -m tests.faults``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faults.campaign import Campaign, Tally
from faults.cases import CALLER, CASES, Place, State
from faults.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.server import Ending

NOBODY = 65534
REWRITE = ["rewrite", "--format", "json"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path / "place")
    place.plant()
    return place


@pytest.fixture
def ordinary() -> Iterator[Place]:
    """A tree of a user whom modes keep from reading and writing."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder, "place"))
        place.plant()
        if os.geteuid() == 0:
            for path in (Path(folder), *Path(folder).rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        yield place
        for path in (place.root / "app", place.root / "app/api"):
            path.chmod(0o755)


def run(server: Server, place: Place) -> Ending:
    return server.run(place, REWRITE, user=NOBODY if os.geteuid() == 0 else None)


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("rewrite --clean", 1),
        ("rewrite --run", 11),
        ("scaffold session", 1),
        ("rewrite", 5),
        ("scaffold test", 2),
        ("deprecate", 3),
        ("check --write-baseline", 1),
        ("split", 2),
    ],
)
def test_a_fault_at_an_operation_loses_nothing(server: Server, tmp_path: Path, name: str, every: int) -> None:
    (case,) = (each for each in CASES if each.name == name)
    tally = Tally()
    campaign = Campaign(server, case, tmp_path / "place", tally)
    campaign.run(campaign.few_faults(every))
    assert tally.problems == []
    assert {result for *_, result in tally.counts} >= {"old"}


def test_a_disk_that_takes_no_large_file(server: Server, place: Place) -> None:
    (place.root / "app/user.py").write_text(CALLER + "# a comment\n" * 1000)
    before = State.of(place.root)
    ending = server.run(place, REWRITE, file_size=4096)
    assert ending.status == 2
    assert '"cannot be written: File too large"' in ending.stdout
    assert State.of(place.root) == before


def test_messages_that_nothing_takes(tmp_path: Path) -> None:
    """Nobody can be told of the wrong path, but the exit status says it."""
    with open(os.devnull, encoding="utf-8") as read_only:
        done = subprocess.run(
            [sys.executable, "-m", "codemod", "rewrite", "nowhere"],
            cwd=tmp_path,
            stdout=read_only,
            stderr=read_only,
            check=False,
        )
    assert done.returncode == 2


def test_two_runs_at_once_are_as_one(server: Server, place: Place) -> None:
    with Server() as other, ThreadPoolExecutor(2) as threads:
        assert server.run(place, REWRITE).status == 0
        expected = State.of(place.root)
        for _ in range(8):
            place.plant()
            runs = [threads.submit(each.run, place, REWRITE) for each in (server, other)]
            endings = [run.result() for run in runs]
            assert State.of(place.root) == expected
            assert 0 in [ending.status for ending in endings]
            assert "".join(ending.stderr for ending in endings) == ""


class TestModes:
    """``app/api/__init__.py`` is written in a run that may write everything."""

    def test_a_file_that_cannot_be_read(self, server: Server, ordinary: Place) -> None:
        (ordinary.root / "app/api/__init__.py").chmod(0)
        ending = run(server, ordinary)
        assert ending.status == 2
        assert '"cannot be read: Permission denied"' in ending.stdout
        self.check(server, ordinary)

    def test_a_file_that_cannot_be_written(self, server: Server, ordinary: Place) -> None:
        (ordinary.root / "app/api/__init__.py").chmod(0o444)
        ending = run(server, ordinary)
        assert ending.status == 2
        assert '"cannot be written: it is read-only"' in ending.stdout
        self.check(server, ordinary)

    def test_a_folder_that_takes_no_new_file(self, server: Server, ordinary: Place) -> None:
        (ordinary.root / "app/api").chmod(0o555)
        ending = run(server, ordinary)
        assert ending.status == 2
        assert '"cannot be written: its folder is read-only"' in ending.stdout
        self.check(server, ordinary)

    def check(self, server: Server, place: Place) -> None:
        """Hold that all else is written, and the file too as soon as that can be."""
        assert "get_user" in (place.root / "app/hub.py").read_text()
        (place.root / "app/api").chmod(0o755)
        (place.root / "app/api/__init__.py").chmod(0o644)
        assert "get_user" not in (place.root / "app/api/__init__.py").read_text()
        assert run(server, place).status == 0
        assert "get_user" in (place.root / "app/other.py").read_text()
        assert not [path for path in State.of(place.root).files if path.endswith(".tmp")]
