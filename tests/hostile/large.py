"""Trees that are large: of one file, of one line, of many calls, of many files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .sources import CALL, CALLER, FACTORY, IMPORT, lay

if TYPE_CHECKING:
    from pathlib import Path

GIGABYTE = 1_000_000_000
_PART = b"x = 1; " * 10_000


def lay_sparse(root: Path, size: int, end: str = "") -> None:
    """Make a tree with a file of zeros, and ``end`` at its end."""
    lay(root, m=CALLER)
    with (root / "large.py").open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(end.encode())


def lay_one_line(root: Path, size: int, end: str = "") -> None:
    """Make a tree with a file of one line of source, and ``end`` at its end."""
    lay(root, m=CALLER)
    with (root / "large.py").open("wb") as file:
        for _ in range(size // len(_PART) + 1):
            file.write(_PART)
        file.write(end.encode())


def lay_calls(root: Path, count: int) -> None:
    """Make a tree with a file of so many calls."""
    lay(root, m=f"{IMPORT}{f'{CALL}{chr(10)}' * count}")


def lay_files(root: Path, count: int) -> None:
    """Make a tree of so many small files, a thousand in a folder, one of which has a call."""
    lay(root)
    for number in range(count):
        folder = root / f"d{number // 100_000}" / f"d{number // 1_000 % 100}"
        if number % 1_000 == 0:
            folder.mkdir(parents=True)
        (folder / f"m{number % 1_000}.py").write_text(CALLER if number == count // 2 else "x = 1\n")


LARGE_TREES = {
    "1 GB of zeros without the name": lambda root: lay_sparse(root, GIGABYTE),
    "1 GB of zeros, then the name": lambda root: lay_sparse(root, GIGABYTE, f"\n{FACTORY}(1)\n"),
    "one line of 1 GB without the name": lambda root: lay_one_line(root, GIGABYTE),
    "one line of 1 GB, then the name": lambda root: lay_one_line(root, GIGABYTE, f"{FACTORY}(1)\n"),
    "a line of 9 MB": lambda root: lay_one_line(root, 9_000_000, f"{FACTORY}('u', 't', 'r')\n"),
    "100,000 calls in a file": lambda root: lay_calls(root, 100_000),
    "a million files": lambda root: lay_files(root, 1_000_000),
}
