"""Files parsed and ready to be asked. Those parsed last are kept, within a bound: parsing one again costs less
than keeping every syntax tree.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codemod.model import FileError
from codemod.read import load
from codemod.resolve.places import ModuleIndex
from codemod.resolve.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codemod.resolve.facts import FileFacts

_MOST = 400_000
"""Bytes of source whose trees are kept; a tree takes some fifty times as much."""

_kept: OrderedDict[tuple[str, bytes, str], Survey] = OrderedDict()


def survey(path: str, raw: bytes, getter_name: str) -> Survey | FileError:
    """Parse the bytes of a file; an error where they do not parse."""
    key = path, raw, getter_name
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    loaded = load(path, raw)
    if isinstance(loaded, FileError):
        return loaded
    _kept[key] = Survey(ModuleIndex(*loaded), getter_name)
    total = sum(len(raw) for _, raw, _ in _kept)
    while total > _MOST and len(_kept) > 1:
        (_, old, _), _ = _kept.popitem(last=False)
        total -= len(old)
    return _kept[key]


def survey_facts(path: str, raw: bytes, name: str, getter_name: str) -> FileFacts | FileError:
    """The facts of a file about one name and the getter; an error where it does not parse or is nested too deeply."""
    found = survey(path, raw, getter_name)
    if isinstance(found, FileError):
        return found
    try:
        return found.facts([name, getter_name])
    except RecursionError:
        return too_deep(path)


def too_deep(path: str) -> FileError:
    """The error of a file whose syntax is nested too deeply to be walked."""
    return FileError(path, 1, "CTX901", "nested too deeply to be looked through")


class Indexes(Mapping[str, ModuleIndex]):
    """The indexes of files by path, of which ``read`` gives the bytes."""

    def __init__(self, read: Callable[[str], bytes | None], getter_name: str) -> None:
        self.paths: set[str] = set()
        self._read = read
        self._getter_name = getter_name

    def __contains__(self, path: object) -> bool:
        return path in self.paths

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.paths))

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, path: str) -> ModuleIndex:
        found = survey(path, self._read(path) or b"", self._getter_name)
        assert isinstance(found, Survey), "only what was parsed is asked for"
        return found.index
