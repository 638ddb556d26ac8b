"""How a project writes its code: what its formatter is set to, else what its files look like."""

from __future__ import annotations

import re
import sys
import tokenize
from collections import Counter
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from itertools import product
from typing import TYPE_CHECKING, Any

from codemod.reader import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codemod.source import Source

_QUOTES = {"single": "'", "double": '"'}
_NEWLINES = {"lf": "\n", "cr-lf": "\r\n", "crlf": "\r\n"}
_PLAIN_STRING = re.compile(r"""[a-zA-Z]*(?:(')(?!''|.*")|(")(?!""|.*'))""", re.DOTALL)
_LINTERS = ("pycodestyle", "flake8")
_LENGTH_KEYS = ("max-line-length", "max_line_length")
_FOR_PYTHON = re.compile(r"\*\*?|(\*\*/)?\*\.(py|\{([^{}]*,)?\s*py\s*(,[^{}]*)?\})")


@dataclass(frozen=True, slots=True)
class Style:
    """How code is written: one level of ``indent``, the ``quote`` of a plain string, the longest line and the
    ``newline`` at its end.
    """

    indent: str = "    "
    quote: str = '"'
    line_length: int = 88
    newline: str = "\n"


def style_of(root: Path, source: Source | None = None) -> Style:
    """The style for code in ``source``, or beside it; without one, for the tree at ``root``.

    The settings of the formatters count first, then what ``source`` looks like, then the defaults; but its line
    ends are those that it has. A file of settings that cannot be read counts as none.
    """
    start = (root / source.path).parent if source else root
    found: dict[str, Any] = {}
    for folder in reversed(_folders(root, start)):
        found |= _settings(folder)
    if source is None:
        return Style(**found)
    return Style(**{**_layout(source.text), **found, **_line_ends(source.text)})


def _folders(root: Path, start: Path) -> tuple[Path, ...]:
    """The folders from ``start`` up to ``root``, or on to the top of the work tree that it is in."""
    above = (start, *start.parents)
    work_tree = (number for number, folder in enumerate(above) if (folder / ".git").exists())
    return above[: max(above.index(root), next(work_tree, 0)) + 1]


def _settings(folder: Path) -> dict[str, Any]:
    """What the files of one folder settle; the later ones here are nearer to the code."""
    tools = _table(read_toml(folder / "pyproject.toml").get("tool"))
    found = _from_editorconfig(folder / ".editorconfig")
    found |= _from_ini([folder / name for name in ("setup.cfg", "tox.ini", ".flake8")])
    if "black" in tools:
        found |= _from_black(_table(tools["black"]))
    ruff = read_toml(folder / "ruff.toml") or read_toml(folder / ".ruff.toml") or _table(tools.get("ruff"))
    return found | _from_ruff(ruff) if ruff else found


def _from_black(table: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"indent": "    ", "line_length": 88, **_length(table.get("line-length"))}
    return found if table.get("skip-string-normalization") is True else {**found, "quote": '"'}


def _from_ruff(table: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"line_length": 88, **_length(table.get("line-length"))}
    layout = table.get("format")
    if not isinstance(layout, dict):
        return found
    found["indent"] = "\t" if layout.get("indent-style") == "tab" else _spaces(table.get("indent-width"))
    quote = _QUOTES.get(str(layout.get("quote-style", "double")))
    newline = _NEWLINES.get(str(layout.get("line-ending")))
    return found | ({"quote": quote} if quote else {}) | ({"newline": newline} if newline else {})


def _from_ini(files: list[Path]) -> dict[str, Any]:
    """The longest line that the linters set up in ``setup.cfg`` and its like take."""
    found: dict[str, Any] = {}
    for parsed, section, key in product(map(read_ini, files), _LINTERS, _LENGTH_KEYS):
        found |= _length(_number(parsed.get(section, key, fallback="")))
    return found


def _from_editorconfig(file: Path) -> dict[str, Any]:
    """What an ``.editorconfig`` says of all files, and of all ``.py`` files."""
    given: dict[str, str] = {}
    parsed = read_ini(file)
    for section in filter(_FOR_PYTHON.fullmatch, parsed.sections()):
        given |= {key: value.strip().lower() for key, value in parsed[section].items()}
    found: dict[str, Any] = _length(_number(given.get("max_line_length", "")))
    if given.get("indent_style") == "tab":
        found["indent"] = "\t"
    elif "indent_style" in given or "indent_size" in given:
        found["indent"] = _spaces(_number(given.get("indent_size", "")))
    newline = _NEWLINES.get(given.get("end_of_line", ""))
    return found | ({"newline": newline} if newline else {})


def _spaces(width: Any) -> str:
    return " " * (width if type(width) is int and 0 < width <= 8 else 4)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0


def _length(value: Any) -> dict[str, int]:
    return {"line_length": value} if type(value) is int and 0 < value <= 1000 else {}


def read_ini(file: Path) -> ConfigParser:
    """A file of settings in sections; an empty one where it cannot be read."""
    parsed = ConfigParser(interpolation=None, strict=False)
    with suppress(ValueError, ConfigParserError):
        text = _text(file).removeprefix("\ufeff")
        parsed.read_string(text if file.name != ".editorconfig" else f"[preamble]\n{text}")
    return parsed


def read_toml(file: Path) -> dict[str, Any]:
    """A TOML file; an empty one where it cannot be read."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(_text(file))
    except (ValueError, RecursionError):
        return {}


def _text(file: Path) -> str:
    """The text of a file; none where it is no regular one, or cannot be read. ValueError where it is no UTF-8."""
    raw = read_bytes(file.parent, file.name)
    return raw.decode() if isinstance(raw, bytes) else ""


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _layout(text: str) -> dict[str, Any]:
    """What most of the indentation and of the quotes in ``text`` are; no word of what it does not have."""
    indents: Counter[str] = Counter()
    quotes: Counter[str] = Counter()
    levels = [""]
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(StringIO(text, newline=None).readline):
            if token.type == tokenize.INDENT:
                indents[token.string[len(levels[-1]) :]] += 1
                levels.append(token.string)
            elif token.type == tokenize.DEDENT:
                levels.pop()
            elif opening := _PLAIN_STRING.match(token.string):
                quotes[opening[1] or opening[2]] += 1
    most = {"indent": indents.most_common(1), "quote": quotes.most_common(1)}
    return {key: found[0][0] for key, found in most.items() if found}


def _line_ends(text: str) -> dict[str, str]:
    ends = Counter(re.findall(r"\r\n?|\n", text))
    return {"newline": ends.most_common(1)[0][0]} if ends else {}
