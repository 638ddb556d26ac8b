"""Settle what a run works with: the root, and the configuration from its file and the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemod.errors import UsageError
from codemod.keys import AskCodes, check_together, hint, read_codes, readers_of
from codemod.model import Config
from codemod.root import TABLE, find, read, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


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
    return Path(find(str(first), str(cwd))[0])


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
    found, file, table = find(paths[0] if paths else ".", str(cwd))
    root = Path(found)
    if config_file is not None:
        file, table = config_file, _given_table(cwd, config_file)
    config = replace(Config(), **_values(file, table, root, codes))
    if "session-key" not in table:
        kept = tuple(name for name in config.session_key if name not in config.drop)
        config = replace(config, session_key=kept)
    check_together(file, config.factory, config.getter, config.drop, config.session_key)
    return Settled(root, _overridden(config, overrides, codes), _origins(file, table, overrides))


def _given_table(cwd: Path, file: str) -> dict[str, Any]:
    table = table_of(file, read(file, os.path.join(cwd, file)))
    if table is None:
        raise UsageError(f"{file}: there is no {TABLE} in it")
    return table


def _values(file: str, table: Mapping[str, Any], root: Path, codes: AskCodes) -> dict[str, Any]:
    readers = readers_of(str(root), codes)
    for key in table:
        if key not in readers:
            raise UsageError(f"{file}: {key!r} is no key{hint(key, readers)}; the keys: {', '.join(readers)}")
    return {key.replace("-", "_"): readers[key](f"{file}: {key}", value) for key, value in table.items()}


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


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
