"""Star imports in the bytes of files. They name modules by the last parts of their names, as the files tell no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGE = "."
"""What a package may also be named by: dots alone."""
_STAR = re.compile(rb"import[\s\\]*\*")
_STAR_FROM = re.compile(
    rb"from([\s\\.](?:(?!(?<![\w\x80-\xff])(?:from|import)[\s\\.])[\w\s\\.\x80-\xff])*)import[\s\\]*\*"
)
_ENDS_IN_STAR = re.compile(rb"\*[ \t\f]*(?:[\r\n;#\\]|\Z)")
"""What every star import ends in: ten times as fast to find as the whole of one."""


def star_sources(raw: bytes) -> frozenset[str]:
    """The last parts of the names of the modules from which a file imports everything."""
    if not has_star(raw):
        return frozenset()
    modules = (module.decode(errors="replace") for module in _STAR_FROM.findall(raw))
    return frozenset(module.rpartition(".")[2].strip(" \t\r\n\f\\") or _PACKAGE for module in modules)


def has_star(raw: bytes) -> bool:
    """Whether there is a star import in a file."""
    return _ENDS_IN_STAR.search(raw) is not None and _STAR.search(raw) is not None


def stems(modules: Iterable[str]) -> set[str]:
    """The last parts of the names of modules, which are given by their files."""
    found = set()
    for module in modules:
        if re.search(r"__init__\.pyi?$", module):
            found.add(_PACKAGE)
        found.add(re.sub(r"(/__init__)?\.pyi?$", "", module).rpartition("/")[2])
    return found
