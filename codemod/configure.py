"""Settle what a run works with: the root, and the configuration from its file and the command line."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemod.keys import AskCodes, hint, kind_of, read_codes, readers_of
from codemod.model import Config, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TABLE = "[tool.ctxmigrate]"


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line adds to the lists of the configuration file."""

    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool = False
    clean: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The root as a real path, the configuration, and where each of its settings comes from.

    ``origins`` has the name of every key, ``strict`` and ``clean``; its values are "default", the name of the
    configuration file, an option such as "--allow", or the last two joined by " and ".
    """

    root: Path
    config: Config
    origins: Mapping[str, str]


def find_root(first: Path, cwd: Path) -> Path:
    """Find the folder whose files are the facts of a run, from the first PATH and the current folder.

    It is the nearest folder at or above ``first`` that has a ``[tool.ctxmigrate]`` in its ``pyproject.toml``;
    where there is none, the nearest that has a ``.git``; else ``cwd``, if ``first`` is in it; else the own
    folder of ``first``, moved up out of any package.

    Raises UsageError where ``first`` does not exist and where a ``pyproject.toml`` on the way cannot be read.
    """
    return _find(first, cwd)[0]


def settle(
    paths: Sequence[str],
    *,
    cwd: Path | None = None,
    config_file: str | None = None,
    overrides: Overrides,
    codes: AskCodes,
) -> Settled:
    """Settle the root of ``paths`` (that of the current folder, without any) and the configuration there.

    The configuration is the ``[tool.ctxmigrate]`` of ``config_file``, else that of the nearest
    ``pyproject.toml`` at or above the root that has one; ``overrides`` add to it. Relative names are taken
    from ``cwd``, by default the current folder. ``codes`` is asked only where a code is named.

    Raises UsageError that names the file and the key, what stands there and what would be right.
    """
    cwd = cwd or Path.cwd()
    root, file, table = _find(Path(paths[0] if paths else "."), cwd)
    if config_file is not None:
        file, table = config_file, _given_table(cwd, config_file)
    config = replace(Config(), **_values(file, table, root, codes))
    if "session-key" not in table:
        kept = tuple(name for name in config.session_key if name not in config.drop)
        config = replace(config, session_key=kept)
    _check_together(file, config)
    return Settled(root, _overridden(config, overrides, codes), _origins(file, table, overrides))


def _find(first: Path, cwd: Path) -> tuple[Path, str, dict[str, Any]]:
    """Find the root, and the configuration table at or above it with its file; without one both are empty."""
    if not os.path.exists(cwd / first):
        raise UsageError(f"{str(first)!r} does not exist")
    place = Path(os.path.realpath(cwd / first))
    own = place if place.is_dir() else place.parent
    upwards = (own, *own.parents)
    for folder in upwards:
        file = str(folder / "pyproject.toml")
        table = _table_of_project(file)
        if table is not None:
            return folder, file, table
    here = Path(os.path.realpath(cwd))
    candidates = chain(
        (folder for folder in upwards if os.path.lexists(folder / ".git")),
        (folder for folder in upwards if folder == here),
        (folder for folder in upwards if not (folder / "__init__.py").is_file()),
        upwards,
    )
    return next(candidates), "", {}


def _table_of_project(file: str) -> dict[str, Any] | None:
    if not os.path.isfile(file):
        return None
    data = _read(file, file)
    return _table(file, data) if b"ctxmigrate" in data else None


def _given_table(cwd: Path, file: str) -> dict[str, Any]:
    table = _table(file, _read(file, cwd / file))
    if table is None:
        raise UsageError(f"{file}: there is no {_TABLE} in it")
    return table


def _read(shown: str, file: str | Path) -> bytes:
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown}: cannot be read: {getattr(error, 'strerror', error)}") from None


def _table(file: str, data: bytes) -> dict[str, Any] | None:
    tool = _parsed(file, data).get("tool")
    table = tool.get("ctxmigrate") if isinstance(tool, dict) else None
    if table is None or isinstance(table, dict):
        return table
    raise UsageError(f"{file}: tool.ctxmigrate is {kind_of(table)}; right would be a table, {_TABLE}")


def _parsed(file: str, data: bytes) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: this is no TOML: a byte that is no UTF-8") from None
    except (ValueError, RecursionError) as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else max(len(data.splitlines()), 1)
        raise UsageError(f"{file}:{line}: this is no TOML: {error}") from None


def _values(file: str, table: Mapping[str, Any], root: Path, codes: AskCodes) -> dict[str, Any]:
    readers = readers_of(root, codes)
    for key in table:
        if key not in readers:
            raise UsageError(f"{file}: {key!r} is no key{hint(key, readers)}; the keys: {', '.join(readers)}")
    return {key.replace("-", "_"): readers[key](f"{file}: {key}", value) for key, value in table.items()}


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _check_together(file: str, config: Config) -> None:
    if config.factory_name == config.getter_name:
        raise UsageError(f"{file}: getter: {config.getter!r} has the factory's name; right would be another")
    for name in config.session_key:
        if name in config.drop:
            raise UsageError(
                f"{file}: session-key: {name!r} is in drop; right would be what the getter takes"
            )


def _overridden(config: Config, overrides: Overrides, codes: AskCodes) -> Config:
    return replace(
        config,
        allow=_once((*config.allow, *read_codes("--allow", overrides.allow, "allow", codes))),
        block=_once((*config.block, *read_codes("--block", overrides.block, "block", codes))),
        exclude=_once((*config.exclude, *overrides.exclude)),
        strict=overrides.strict,
        clean=overrides.clean,
    )


def _origins(file: str, table: Iterable[str], overrides: Overrides) -> dict[str, str]:
    keys = (setting.name.replace("_", "-") for setting in fields(Config))
    origins = dict.fromkeys(keys, "default") | dict.fromkeys(table, file)
    for key in (setting.name for setting in fields(Overrides)):
        if getattr(overrides, key):
            origins[key] = f"--{key}" if origins[key] == "default" else f"{origins[key]} and --{key}"
    return origins
