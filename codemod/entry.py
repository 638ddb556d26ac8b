"""Where the command starts. What a hook asks most, about files that have nothing to do with the factory, is
answered before the command line and the records of a run are imported.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codemod.defaults import DROP, FACTORY, GETTER

if TYPE_CHECKING:
    from collections.abc import Sequence

_HARMLESS = {"factory", "getter", "drop", "parameters", "session-key", "pure-calls", "fresh-calls"}


def main() -> None:
    """Run ``ctxmigrate`` with the arguments of the process, and end the process."""
    try:
        run()
    except SystemExit as end:
        _leave(end.code)
        raise
    _leave(0)


def _leave(code: object) -> None:
    """End the process without freeing all that it made, which takes long; return where it cannot write its last."""
    if isinstance(code, int):
        with suppress(AttributeError, OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def run() -> None:
    """Do what the arguments of the process ask for, which ends before a search for cycles is worth its time."""
    gc.disable()
    command, *names = sys.argv[1:] or [""]
    is_plain = command in ("rewrite", "check") and not any(name.startswith("-") for name in names)
    answer = _answer(names) if is_plain and names else None
    if answer is None:
        from codemod.cli import main as command_line

        command_line(prog_name="ctxmigrate")
    else:
        _tell(answer)


def _tell(answer: str) -> None:
    from codemod.report.screen import emit

    try:
        emit(sys.stdout, answer)
    except OSError as error:
        from codemod.cli.output import unwritable

        failure = unwritable(sys.stdout, error)
        failure.show()
        sys.exit(failure.exit_code)


def _answer(names: Sequence[str]) -> str | None:
    """What there is to say of named files that have no site; None where that takes a real run to know.

    A file has none if neither the factory's name is in it nor any file gives the factory another name.
    """
    import re
    import time

    from codemod.discover import discover
    from codemod.errors import UsageError
    from codemod.reader import Reader
    from codemod.report import no_use
    from codemod.root import find

    started = time.perf_counter()
    try:
        root, file, table = find(names[0], os.getcwd())
        if not all(map(os.path.isfile, names)) or not _is_settled(root, file, table):
            return None
        selected = discover(root, names, ())
    except UsageError:
        return None
    reader = Reader(root)
    factory: str = table.get("factory", FACTORY)
    name = factory.rpartition(".")[2]
    needle = name.encode()
    renamed = re.compile(re.escape(needle) + rb"(?:[\s\\]|#[^\r\n]*)*\bas\b")
    mentioning = {path: reader(path) for path, _ in reader.search(selected.listing, name)}
    if any(path in selected for path in mentioning):
        return None
    if any(raw is None or needle not in raw or renamed.search(raw) for raw in mentioning.values()):
        return None
    return no_use(factory, len(selected), time.perf_counter() - started)


def _is_settled(root: str, file: str, table: dict[str, Any]) -> bool:
    """Whether the configuration is right, and needs no look at the rules. Raises UsageError where it is wrong."""
    from codemod.keys import Codes, check_together, readers_of

    readers = readers_of(root, lambda: Codes(frozenset(), frozenset(), frozenset()))
    if not _HARMLESS.issuperset(table):
        return False
    values: dict[str, Any] = {key: readers[key](f"{file}: {key}", value) for key, value in table.items()}
    factory, getter = values.get("factory", FACTORY), values.get("getter", GETTER)
    check_together(file, factory, getter, values.get("drop", DROP), values.get("session-key", ()))
    return True
