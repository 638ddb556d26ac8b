"""Runs ``ctxmigrate deprecate`` over small trees whose factory is ``create`` and whose getter is ``get``."""

from __future__ import annotations

import textwrap
import warnings
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from codemod.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIGURATION = '[tool.ctxmigrate]\nfactory = "create"\ngetter = "get"\n'
GETTER = '\n\ndef get(user_id, thread_id):\n    return ("session", user_id, thread_id)\n'


def source(text: str) -> str:
    """A test's source, which is indented as the test is."""
    return textwrap.dedent(text).lstrip("\n")


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def run(root: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["deprecate", str(root), *args])


def deprecated(root: Path, module: str | bytes, *args: str, **files: str) -> bytes:
    """What the factory's module ``deps.py`` becomes. A second run has to change nothing."""
    named = {name.replace("__", "."): text for name, text in files.items()}
    write(root, {"pyproject.toml": CONFIGURATION, **named, "deps.py": module})
    result = run(root, *args)
    assert result.exit_code == 0, result.output
    after = (root / "deps.py").read_bytes()
    again = run(root, *args)
    assert again.exit_code == 0, again.output
    assert "`create` has this deprecation already" in again.output
    assert (root / "deps.py").read_bytes() == after
    return after


def check(root: Path, before: str, after: str, *args: str, **files: str) -> None:
    """Hold what a module becomes."""
    assert deprecated(root, source(before), *args, **files).decode() == source(after)


def caught(code: str | bytes, caller: str) -> tuple[Any, list[tuple[str, int, str]]]:
    """The ``result`` that the source ``caller`` has after ``code`` ran, and where which warnings point."""
    namespace: dict[str, Any] = {}
    exec(compile(code, "deps.py", "exec"), namespace)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        exec(compile(caller, "caller.py", "exec"), namespace)
    told = [(each.filename, each.lineno, each.category.__name__) for each in found]
    return namespace["result"], told
