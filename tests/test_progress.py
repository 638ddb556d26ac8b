"""The bar for those who wait: when it is there, and that nothing is left of it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codemod.progress import Progress, Stopwatch, unwatched

if TYPE_CHECKING:
    from pathlib import Path

ERASE = "\r\x1b[K"


class Terminal(io.TextIOWrapper):
    """A terminal of 100 columns that remembers what it was sent."""

    def __init__(self, is_terminal: bool = True) -> None:
        self.bytes = io.BytesIO()
        self.is_terminal = is_terminal
        super().__init__(self.bytes, encoding="utf-8")

    def isatty(self) -> bool:
        return self.is_terminal

    @property
    def sent(self) -> str:
        return self.bytes.getvalue().decode()


class Clock:
    """Goes on by ``step`` seconds each time somebody looks."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLUMNS", raising=False)


def test_a_short_run_shows_nothing() -> None:
    terminal = Terminal()
    with Progress(terminal, Clock(0.004)) as watch:
        assert list(watch("Reading", range(100))) == list(range(100))
        watch.tell("Writing")
    assert terminal.sent == ""


def test_a_long_run_shows_a_bar_that_is_gone_when_it_is_over() -> None:
    terminal = Terminal()
    with Progress(terminal, Clock(0.3)) as watch:
        assert list(watch("Reading", "abcd")) == list("abcd")
        watch.tell("Writing 2 files")
        assert terminal.sent == (
            f"{ERASE}Reading [#######.......................] 1 of 4"
            f"{ERASE}Reading [###############...............] 2 of 4"
            f"{ERASE}Reading [######################........] 3 of 4"
            f"{ERASE}Writing 2 files"
        )
    assert terminal.sent.endswith(f"Writing 2 files{ERASE}")


def test_the_bar_is_drawn_ten_times_a_second_at_most() -> None:
    terminal = Terminal()
    with Progress(terminal, Clock(0.001)) as watch:
        list(watch("Reading", range(2000)))
    assert 10 <= terminal.sent.count("Reading") <= 20


def test_the_bar_is_gone_when_a_run_fails() -> None:
    terminal = Terminal()

    def fail() -> None:
        with Progress(terminal, Clock(1)) as watch:
            for _ in watch("Reading", range(3)):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert terminal.sent == f"{ERASE}Reading [..............................] 0 of 3{ERASE}"


def test_the_bar_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    with Progress(terminal, Clock(1)) as watch:
        list(watch("Reading", range(1)))
    assert terminal.sent == f"{ERASE}Reading [..........{ERASE}"


@pytest.mark.parametrize(("is_terminal", "kind"), [(False, "xterm"), (True, "dumb")])
def test_only_a_capable_terminal_gets_a_bar(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, kind: str
) -> None:
    monkeypatch.setenv("TERM", kind)
    stream = Terminal(is_terminal)
    with Progress(stream, Clock(1)) as watch:
        assert list(watch("Reading", "ab")) == ["a", "b"]
    assert stream.sent == ""


def test_a_closed_stream_gets_nothing() -> None:
    with Progress(None, Clock(1)) as watch:
        assert list(watch("Reading", "ab")) == ["a", "b"]


def test_nobody_needs_to_watch() -> None:
    assert list(unwatched("Reading", "ab")) == ["a", "b"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("quiet", [[], ["--quiet"]], ids=["", "quiet"])
def test_a_real_run_keeps_its_output_clean(tmp_path: Path, quiet: list[str]) -> None:
    import pty

    (tmp_path / "app.py").write_text("from there import *\ncreate_user_execution_context(1, 2, 3)\n")
    program = (
        "import codemod.progress\n"
        "codemod.progress._DELAY = codemod.progress._PAUSE = 0\n"
        "from codemod.cli import main\n"
        "main()\n"
    )
    master, slave = pty.openpty()
    run = subprocess.run(
        [sys.executable, "-c", program, "rewrite", *quiet],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=slave,
        check=False,
    )
    os.close(slave)
    os.set_blocking(master, False)
    try:
        sent = os.read(master, 100_000)
    except OSError:
        sent = b""
    os.close(master)
    assert run.returncode == 1
    assert b"\x1b" not in run.stdout
    assert b"app.py:2:1: blocked (CTX203)" in run.stdout
    if quiet:
        assert sent == b""
    else:
        stages = [part.split()[0].decode() for part in sent.split(ERASE.encode()) if part]
        assert stages == ["Searching", "Reading", "Deciding", "Writing"]
        assert sent.endswith(ERASE.encode())


def test_a_stopwatch_takes_the_time_of_each_stage() -> None:
    watch = Stopwatch(unwatched)
    assert [
        list(watch("Reading", ["a", "b"])),
        list(watch("Reading", [])),
        list(watch("Deciding", ["c"])),
    ] == [
        ["a", "b"],
        [],
        ["c"],
    ]
    assert list(watch.seconds) == ["Reading", "Deciding"]
    assert all(seconds >= 0 for seconds in watch.seconds.values())
