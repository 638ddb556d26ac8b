"""Settle what a run works with: the root, and the configuration from its file and the command line."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, fields, replace
from itertools import chain
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from codemod.model import Config, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Ask = Callable[[], "Codes"]

_TABLE = "[tool.ctxmigrate]"
_KINDS = {bool: "a boolean", dict: "a table", float: "a float", int: "an integer", list: "a list"}


@dataclass(frozen=True, slots=True)
class Codes:
    """The rule codes: ``allowable`` ones may be allowed, ``notes`` may be blocked; ``known`` has all."""

    known: frozenset[str]
    allowable: frozenset[str]
    notes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line adds to the lists of the configuration file."""

    allow: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The root as a real path, the configuration, and where each of its settings comes from.

    ``origins`` has the name of every key, and ``strict``; its values are "default", the name of the
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
    codes: Ask,
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
    raise UsageError(f"{file}: tool.ctxmigrate is {_kind(table)}; right would be a table, {_TABLE}")


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


def _values(file: str, table: Mapping[str, Any], root: Path, codes: Ask) -> dict[str, Any]:
    readers = _readers(root, codes)
    for key in table:
        if key not in readers:
            raise UsageError(
                f"{file}: {key!r} is no key{_hint(key, readers)}; the keys: {', '.join(readers)}"
            )
    return {key.replace("-", "_"): readers[key](f"{file}: {key}", value) for key, value in table.items()}


def _readers(root: Path, codes: Ask) -> dict[str, Callable[[str, Any], str | tuple[str, ...]]]:
    """Give the keys, each with what checks its value and settles it."""
    return {
        "factory": _function,
        "getter": _function,
        "drop": _parameters,
        "parameters": _parameters,
        "session-key": _parameters,
        "pure-calls": _globs,
        "fresh-calls": _globs,
        "allow": lambda at, value: _codes(at, _strings(at, value, "CTX104"), "allow", codes),
        "block": lambda at, value: _codes(at, _strings(at, value, "CTX151"), "block", codes),
        "exclude": lambda at, value: _strings(at, value, "tests/"),
        "source-roots": lambda at, value: _source_roots(at, _strings(at, value, "src"), root),
    }


def _function(at: str, value: Any) -> str:
    right = "right would be a function's name such as 'make', or a dotted one such as 'app.tools.make'"
    if not isinstance(value, str):
        raise UsageError(f"{at}: this is {_kind(value)}; {right}")
    if not all(_is_name(part) for part in value.split(".")):
        raise UsageError(f"{at}: {value!r} is no name; {right}")
    last = value.rpartition(".")[2]
    if last.startswith("__") and not last.endswith("__"):
        raise UsageError(f"{at}: Python gives {last!r} another name in class bodies; {right}")
    return value


def _parameters(at: str, value: Any) -> tuple[str, ...]:
    names = _strings(at, value, "run_id")
    for position, name in enumerate(names):
        if not _is_name(name):
            raise UsageError(f"{at}: {name!r} is no name; right would be a parameter's name such as 'run_id'")
        if name in names[:position]:
            raise UsageError(f"{at}: {name!r} stands there twice; right would be every name once")
    return names


def _globs(at: str, value: Any) -> tuple[str, ...]:
    globs = _strings(at, value, "random.*")
    for glob in globs:
        if not all(re.sub(r"[*?]|\[[^]]+\]", "_", part).isidentifier() for part in glob.split(".")):
            raise UsageError(f"{at}: {glob!r} is no name; right would be a dotted one such as 'random.*'")
    return globs


def _codes(at: str, given: Sequence[str], use: Literal["allow", "block"], ask: Ask) -> tuple[str, ...]:
    if not given:
        return ()
    codes = ask()
    if use == "allow":
        right, reason = codes.allowable, "may not be allowed, since a rewrite would break the program"
    else:
        right, reason = codes.notes, "is no note, and only a note can be made to block"
    for code in given:
        if code not in right:
            problem = reason if code in codes.known else f"is no code{_hint(code.upper(), right)}"
            raise UsageError(f"{at}: {code!r} {problem}; right would be one of {', '.join(sorted(right))}")
    return _once(given)


def _source_roots(at: str, given: Iterable[str], root: Path) -> tuple[str, ...]:
    folders = []
    for name in given:
        folder = Path(os.path.realpath(root / name))
        if root != folder and root not in folder.parents:
            raise UsageError(
                f"{at}: {name!r} is outside the root {str(root)!r}; right would be a folder in it"
            )
        if not folder.is_dir():
            raise UsageError(f"{at}: {name!r} is no folder; right would be one in the root {str(root)!r}")
        folders.append(folder.relative_to(root).as_posix())
    return _once(folders)


def _strings(at: str, value: Any, example: str) -> tuple[str, ...]:
    right = f"right would be a list of strings such as [{example!r}]"
    if not isinstance(value, list):
        raise UsageError(f"{at}: this is {_kind(value)}; {right}")
    for item in value:
        if not isinstance(item, str) or not item.strip() or "\0" in item:
            raise UsageError(f"{at}: {_kind(item)} is in the list; {right}")
    return tuple(value)


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return f"the string {value!r}" if value.strip() else "an empty string"
    return _KINDS.get(type(value), "a date or time")


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)


def _hint(word: str, words: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, list(words), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


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


def _overridden(config: Config, overrides: Overrides, codes: Ask) -> Config:
    return replace(
        config,
        allow=_once((*config.allow, *_codes("--allow", overrides.allow, "allow", codes))),
        block=_once((*config.block, *_codes("--block", overrides.block, "block", codes))),
        exclude=_once((*config.exclude, *overrides.exclude)),
        strict=overrides.strict,
    )


def _origins(file: str, table: Iterable[str], overrides: Overrides) -> dict[str, str]:
    keys = (setting.name.replace("_", "-") for setting in fields(Config))
    origins = dict.fromkeys(keys, "default") | dict.fromkeys(table, file)
    for key in (setting.name for setting in fields(Overrides)):
        if getattr(overrides, key):
            origins[key] = f"--{key}" if origins[key] == "default" else f"{origins[key]} and --{key}"
    return origins
