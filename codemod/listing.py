"""The Python files of a tree, held folder by folder so that a million of them take little room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Set
from itertools import groupby

_END = "\0"


class Listing(Collection[str]):
    """Paths relative to a root, with ``/``. They come folder by folder, in the order of their names."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._names: dict[str, str] = {}
        for folder, group in groupby(paths, folder_of):
            self.add(folder, (path[len(folder) :] for path in group))

    def add(self, folder: str, names: Iterable[str]) -> None:
        """Put files in, by the names that they have in ``folder``, which ends in a slash unless it is the root."""
        known = {*self.names(folder), *names}
        self._names[folder] = "".join(f"{_END}{name}" for name in sorted(known))

    def put(self, path: str) -> None:
        """Put one file in."""
        folder = folder_of(path)
        self.add(folder, [path[len(folder) :]])

    @property
    def folders(self) -> Collection[str]:
        """The folders that were added to."""
        return self._names.keys()

    def names(self, folder: str) -> list[str]:
        """The names of the files in one folder."""
        return self._names.get(folder, "").split(_END)[1:]

    def without(self, other: Listing) -> Iterator[str]:
        """The files that are not in another listing."""
        for folder in self._names:
            for name in set(self.names(folder)).difference(other.names(folder)):
                yield folder + name

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        folder = folder_of(path)
        return f"{_END}{path[len(folder) :]}{_END}" in f"{self._names.get(folder, '')}{_END}"

    def __iter__(self) -> Iterator[str]:
        for folder in sorted(self._names):
            for name in self.names(folder):
                yield folder + name

    def __len__(self) -> int:
        return sum(names.count(_END) for names in self._names.values())


class Selection(Set[str]):
    """Those files of a listing that are ``wanted``."""

    def __init__(self, listing: Listing, wanted: Callable[[str], bool]) -> None:
        self.listing = listing
        self._wanted = wanted

    @classmethod
    def _from_iterable(cls, it: Iterable[str]) -> frozenset[str]:  # type: ignore[override]
        return frozenset(it)

    def without(self, paths: Collection[str]) -> Selection:
        """Return the selection less ``paths``."""
        return Selection(self.listing, lambda path: path not in paths and self._wanted(path))

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and path in self.listing and self._wanted(path)

    def __iter__(self) -> Iterator[str]:
        return filter(self._wanted, self.listing)

    def __len__(self) -> int:
        return sum(map(self._wanted, self.listing))


def folder_of(path: str) -> str:
    """Return the folder that a file or folder is in, with its slash; empty for the root."""
    return path[: path.rstrip("/").rfind("/") + 1]


def folders_of(path: str) -> Iterator[str]:
    """Yield the folders around a file, the nearest first; the last is the root."""
    while path:
        path = folder_of(path)
        yield path
