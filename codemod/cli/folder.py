"""A folder of files that a command makes anew as a whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codemod.cli.beside import beside, remove, sweep
from codemod.cli.group import Failure
from codemod.signals import HeldSignals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def check_folder(folder: Path, is_own: Callable[[Path], bool]) -> None:
    """Failure unless ``folder`` can be made, or everything in it is the command's own and may go."""
    if not folder.parent.is_dir():
        raise Failure(f"'{folder}': there is no folder '{folder.parent}' to make it in.")
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise Failure(f"'{folder}' is no folder: name one that is not there yet, or an empty one.")
    foreign = sorted(path.name for path in folder.iterdir() if not is_own(path))
    if foreign:
        more = f" and {len(foreign) - 1} more" if foreign[1:] else ""
        raise Failure(
            f"'{folder}' has something else in it ('{foreign[0]}'{more}), which would be lost: "
            "name a folder that is not there yet, or an empty one."
        )


def save_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder`` with these files, in place of what is there: all or nothing. Failure where that cannot be."""
    new, old = beside(folder, "new"), beside(folder, "old")
    with HeldSignals():
        sweep(folder)
        try:
            new.mkdir()
            for name, content in files.items():
                (new / name).write_bytes(content)
            _put(new, folder, old)
        except OSError as error:
            raise Failure(f"the folder '{folder}' cannot be written: {error.strerror}") from None
        finally:
            remove(new)


def _put(new: Path, folder: Path, old: Path) -> None:
    """Rename ``new`` to ``folder``; what is there is ``old`` meanwhile."""
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    remove(old)
