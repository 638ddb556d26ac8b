"""Runs generated programs in this process, from the bytes of their files, and says what they did."""

from __future__ import annotations

import importlib
import re
import sys
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import ModuleType

Event = tuple[str, Any]
BEGINS, ENDS = "a module begins", "a module ends"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one thing that was tried gave, as text, and what was recorded meanwhile."""

    value: str
    events: tuple[Event, ...]

    @property
    def failed(self) -> bool:
        """Whether it ended with an exception."""
        return self.value.startswith("raised ")


class _Files(MetaPathFinder, Loader):
    """Imports modules from the bytes of files. The ``events`` say where a module begins and ends."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.events: list[Event] = []

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        base = name.replace(".", "/")
        for path, is_package in ((f"{base}/__init__.py", True), (f"{base}.py", False)):
            if path in self._files:
                return spec_from_loader(name, self, origin=path, is_package=is_package)
        if any(path.startswith(f"{base}/") for path in self._files):
            return ModuleSpec(name, None, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        path = str(module.__spec__.origin)
        self.events.append((BEGINS, module.__name__))
        try:
            exec(compile(self._files[path], path, "exec", dont_inherit=True), module.__dict__)
        finally:
            self.events.append((ENDS, module.__name__))


def observe(files: Mapping[str, bytes], modules: Iterable[str]) -> dict[str, Outcome]:
    """What a program does: what can be imported, what each use gives, and what is offered by ``__all__``.

    What is recorded while a module is imported stands by the module: a run may change when that is.
    """
    with _importable(files) as finder:
        record = importlib.import_module("record")
        finder.events = record.events
        observer = _Observer(record)
        for name in modules:
            observer.note(f"import {name}", partial(_imported, name))
            observer.note(f"import * of {name}", partial(exec, f"from {name} import *", {}))
            module = sys.modules.get(name)
            if module is None:
                continue
            for key, value in list(vars(module).items()):
                if key.startswith("use_"):
                    observer.note(f"{name} {key}", value if callable(value) else partial(_same, value))
            for key in getattr(module, "__all__", []):
                observer.note(f"{name} offers {key}", partial(_offered, module, key))
    return observer.outcomes()


class _Observer:
    """Tries things, and keeps what each gave and what the ``record`` has of it."""

    def __init__(self, record: ModuleType) -> None:
        self._record = record
        self._values: dict[str, str] = {}
        self._events: dict[str, list[Event]] = defaultdict(list)
        self._begun: set[str] = set()

    def note(self, key: str, get: Callable[[], object]) -> None:
        """Try something."""
        del self._record.events[:]
        try:
            self._values[key] = _text(self._record.drive(get()))
        except Exception as error:
            self._values[key] = f"raised {type(error).__name__}: {_text(error.args)}"
        inside = [key]
        for who, what in self._record.events:
            if who == BEGINS:
                inside.append(f"module {what}")
                if what in self._begun:  # where it began before, it failed, and somebody took no notice
                    self._values[f"import {what} at once"] = "raised something"
                self._begun.add(what)
            elif who == ENDS:
                inside.pop()
            else:
                self._events[inside[-1]].append((who, _plain(what)))

    def outcomes(self) -> dict[str, Outcome]:
        """What was found."""
        keys = dict.fromkeys([*self._values, *self._events])
        return {key: Outcome(self._values.get(key, ""), tuple(self._events[key])) for key in keys}


@contextmanager
def _importable(files: Mapping[str, bytes]) -> Iterator[_Files]:
    """Import from files for a while; their modules are forgotten afterwards."""
    finder = _Files(files)
    own = {path.partition("/")[0].removesuffix(".py") for path in files}
    sys.meta_path.insert(0, finder)
    try:
        yield finder
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in own]:
            del sys.modules[name]


def _imported(name: str) -> str:
    importlib.import_module(name)
    return "imported"


def _same(value: object) -> object:
    return value


def _offered(module: ModuleType, key: str) -> str:
    return str(getattr(module, key).__name__)


def _plain(value: Any) -> Any:
    """Values of an event, in a form that can be compared after the run is over."""
    if isinstance(value, dict):
        return {key: _text(each) for key, each in value.items()}
    return _text(value)


def _text(value: object) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
