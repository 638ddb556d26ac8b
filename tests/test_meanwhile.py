"""What goes on in the tree while a run is under way: nobody's work is lost, and the report tells of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from faults.cases import CALLER, Place, State

import codemod.write
from codemod.cli import main
from codemod.discover import discover

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "app/hub.py"
MORE = "\n# more\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path / "place")
    place.plant()
    monkeypatch.chdir(place.root)
    monkeypatch.setattr(tempfile, "tempdir", str(place.kept))
    return place


def rewritten() -> tuple[int, dict[str, Any]]:
    """The exit status and the JSON report of a run."""
    result = CliRunner().invoke(main, ["rewrite", "--format", "json"], catch_exceptions=False)
    assert result.stderr == ""
    return result.exit_code, json.loads(result.stdout)


def delete(place: Place) -> None:
    (place.root / FILE).unlink()


def replace(place: Place) -> None:
    (place.beside / "other").write_text(CALLER.replace("handle", "treat"))
    (place.beside / "other").replace(place.root / FILE)


def grow(place: Place) -> None:
    with (place.root / FILE).open("a") as file:
        file.write(MORE)


def shrink(place: Place) -> None:
    os.truncate(place.root / FILE, 10)


def empty(place: Place) -> None:
    os.truncate(place.root / FILE, 0)


def link_out(place: Place) -> None:
    shutil.move(place.root / FILE, place.beside / "hub.py")
    (place.root / FILE).symlink_to(place.beside / "hub.py")


def link_nowhere(place: Place) -> None:
    (place.root / FILE).unlink()
    (place.root / FILE).symlink_to("nowhere.py")


def make_folder(place: Place) -> None:
    (place.root / FILE).unlink()
    (place.root / FILE).mkdir()


def make_pipe(place: Place) -> None:
    (place.root / FILE).unlink()
    os.mkfifo(place.root / FILE)


def link_folder_out(place: Place) -> None:
    shutil.move(place.root / "app", place.beside / "app")
    (place.root / "app").symlink_to(place.beside / "app")


def delete_folder(place: Place) -> None:
    shutil.rmtree(place.root / "app")


EVENTS = [
    delete,
    replace,
    grow,
    shrink,
    empty,
    link_out,
    link_nowhere,
    make_folder,
    make_pipe,
    link_folder_out,
    delete_folder,
]


def once(act: Callable[[], None], real: Callable[..., Any], *, after: bool = False) -> Callable[..., Any]:
    """Do something more before or after the first call of a function."""
    to_do = [act]

    def stand_in(*args: Any, **keywords: Any) -> Any:
        if to_do and not after:
            to_do.pop()()
        result = real(*args, **keywords)
        if to_do:
            to_do.pop()()
        return result

    return stand_in


def described(path: Path) -> object:
    if path.is_symlink():
        return "link", os.readlink(path)
    return path.read_bytes() if path.is_file() else path.exists()


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize(
    ("module", "name", "after"),
    [
        (codemod.write, "compare_all", False),
        (codemod.write, "compare_all", True),
        (codemod.write, "_replace", False),
        (codemod.write, "_replace", True),
    ],
    ids=["after planning", "after comparing", "before the first is replaced", "after the first is replaced"],
)
def test_what_becomes_of_a_file_before_it_is_written_stays(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    after: bool,
    event: Callable[[Place], None],
) -> None:
    seen: list[tuple[object, State]] = []

    def act() -> None:
        event(place)
        seen.append((described(place.root / FILE), State.of(place.beside)))

    old = State.of(place.root).files
    monkeypatch.setattr(module, name, once(act, getattr(module, name), after=after))
    status, report = rewritten()
    ((file, beside),) = seen
    assert described(place.root / FILE) == file
    now = State.of(place.root).files
    assert {path: old[path] for path in now.keys() - {FILE}} == {
        path: now[path] for path in now.keys() - {FILE}
    }
    assert (status, report["summary"]["files_changed"]) == (2, 0)
    paths = [error["path"] for error in report["errors"]]
    assert FILE in paths or (event in (link_folder_out, delete_folder) and paths[0].startswith("app/"))
    if event is not link_folder_out or (name, after) != ("_replace", True):
        assert State.of(place.beside) == beside


@pytest.mark.parametrize("event", EVENTS)
def test_what_becomes_of_a_file_before_it_is_read_is_what_counts(
    place: Place, monkeypatch: pytest.MonkeyPatch, event: Callable[[Place], None]
) -> None:
    monkeypatch.setattr("codemod.run.discover", once(lambda: event(place), discover, after=True))
    status, report = rewritten()
    written = {
        path for path, (text, _) in State.of(place.root).files.items() if b"get_user_execution" in text
    }
    if event is grow:
        assert (place.root / FILE).read_text().endswith(MORE)
    if event in (replace, grow):
        assert (status, FILE in written) == (0, True)
        return
    told = [error["path"] for error in report["errors"]]
    assert (status, told) == (1, []) if event in (empty, shrink) else (status, FILE in told) == (2, True)
    assert FILE not in written
    assert not any(b"return get_user" in text for text, _ in State.of(place.beside).files.values())


def test_clocks_that_jump_make_no_difference(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the times of files nor the time of day are taken for anything."""
    assert rewritten()[0] == 0
    expected = State.of(place.root)
    for seed in range(3):
        chance = random.Random(seed)
        place.plant()
        os.chdir(place.root)
        for path in place.root.rglob("*"):
            os.utime(path, (chance.uniform(0, 2**33), chance.uniform(0, 2**33)))
        monkeypatch.setattr(time, "time", lambda chance=chance: chance.uniform(0, 1e9))
        assert rewritten()[0] == 0
        monkeypatch.undo()
        assert State.of(place.root) == expected
