"""Records the real calls of a function while a program runs, each with the line that made it.

The function is known by its code, so a call counts however it comes about: by an alias, ``getattr``, ``partial``, in
another thread, from a framework. A call of a mock in its place does not. From Python 3.12 on ``sys.monitoring`` tells
of the calls, and the rest of the program keeps its speed; before, a profile function does.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType, FrameType

_TOOL_IDS = (3, 4)  # those that Python sets aside for no purpose
_ORIGIN_DEPTH = 10
_HANDLERS = frozenset(
    {"asyncio.base_events", "asyncio.events", "asyncio.runners", "pluggy._callers", "trio._core._run"}
)
"""The modules that run what they were given earlier, so that what is above them on the stack did not call it."""


class Call(NamedTuple):
    """A line that called: in a file of the project, or with an empty ``path`` in another ``module``."""

    path: str
    line: int
    module: str


class Recorder:
    """Records the calls of functions called ``name``, whose definitions start at ``places``: file and line.

    Files are relative to ``root``, a real path; the callers are looked for among ``files``. Where a function
    ``is_async``, coroutines are made to remember where they come from, for those that an event loop runs.
    """

    def __init__(
        self,
        root: str,
        files: Iterable[str],
        name: str,
        places: Iterable[tuple[str, int]],
        *,
        is_async: bool,
    ) -> None:
        self._root = root
        self._files = frozenset(files)
        self._name = name
        self._places = frozenset(places)
        self._is_async = is_async
        self._paths: dict[str, str] = {}
        self._called: set[str] = set()
        self._known: dict[Call, Call] = {}
        self._calls: list[Call] = []
        self._tool = -1
        self._depth = sys.get_coroutine_origin_tracking_depth()

    @property
    def calls(self) -> Counter[Call]:
        """How often each line has called."""
        return Counter(self._calls)

    def start(self) -> None:
        """Begin to record. Raises RuntimeError where another program watches every call already."""
        self._begin_thread()
        if sys.version_info >= (3, 12):
            self._tool = _use_free_tool_id()
            events = sys.monitoring.events.PY_START
            sys.monitoring.register_callback(self._tool, events, self._on_start)
            sys.monitoring.set_events(self._tool, events)
        else:
            if sys.getprofile():
                raise RuntimeError("a profiler watches every call")
            threading.setprofile(self._on_thread)
            sys.setprofile(self._on_event)

    def stop(self) -> None:
        """End to record."""
        sys.set_coroutine_origin_tracking_depth(self._depth)
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(self._tool, 0)
            sys.monitoring.free_tool_id(self._tool)
        else:
            threading.setprofile(None)
            sys.setprofile(None)

    def imported(self) -> set[str]:
        """The files of the project that are imported now, and those of functions that were called."""
        files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        return self._called.union(self._path(file) for file in files if isinstance(file, str)) - {""}

    def is_whole(self) -> bool:
        """Whether nothing has taken the place of the recorder so far."""
        return sys.version_info >= (3, 12) or sys.getprofile() == self._on_event

    def _begin_thread(self) -> None:
        if self._is_async:
            sys.set_coroutine_origin_tracking_depth(_ORIGIN_DEPTH)

    def _on_start(self, code: CodeType, _: int) -> object:
        if code is _THREAD_START:
            self._begin_thread()
        elif self._is_watched(code):
            self._record(sys._getframe(1))
        elif sys.version_info >= (3, 12):
            return sys.monitoring.DISABLE
        return None

    def _on_thread(self, frame: FrameType, event: str, argument: Any) -> None:
        self._begin_thread()
        sys.setprofile(self._on_event)
        self._on_event(frame, event, argument)

    def _on_event(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and self._is_watched(frame.f_code) and _is_start(frame):
            self._record(frame)

    def _is_watched(self, code: CodeType) -> bool:
        return code.co_name == self._name and (
            (self._path(code.co_filename), code.co_firstlineno) in self._places
        )

    def _record(self, frame: FrameType) -> None:
        call = self._caller(frame)
        self._called.add(self._path(frame.f_code.co_filename))
        self._calls.append(self._known.setdefault(call, call))

    def _caller(self, frame: FrameType) -> Call:
        """The nearest line of the project that the call comes from, else the line outside that made it."""
        outermost = _outermost(frame)
        back = first = outermost.f_back
        while back and _module(back) not in _HANDLERS:
            if path := self._path(back.f_code.co_filename):
                return Call(path, back.f_lineno or 0, "")
            back = back.f_back
        for filename, line in _origin(outermost):
            if path := self._path(filename):
                return Call(path, line, "")
        return Call("", first.f_lineno or 0, _module(first)) if first else Call("", 0, "")

    def _path(self, filename: str) -> str:
        """The file of the project that code comes from; empty where it comes from elsewhere."""
        if filename not in self._paths:
            is_whole = os.path.isabs(filename)
            path = os.path.relpath(os.path.realpath(filename), self._root) if is_whole else ""
            self._paths[filename] = path if path in self._files else ""
        return self._paths[filename]


def _use_free_tool_id() -> int:
    if sys.version_info >= (3, 12):
        for tool in _TOOL_IDS:
            if sys.monitoring.get_tool(tool) is None:
                sys.monitoring.use_tool_id(tool, "ctxmigrate")
                return tool
    raise RuntimeError("other tools use every place that `sys.monitoring` has")


def _is_start(frame: FrameType) -> bool:
    """Whether a call is one, and not a coroutine that goes on."""
    if sys.version_info < (3, 11):
        return frame.f_lasti < 0
    return frame.f_code.co_code[frame.f_lasti + 1] == 0  # the argument of RESUME


def _outermost(frame: FrameType) -> FrameType:
    """The frame of the outermost decorator around the function that runs in ``frame``; without any, that one."""
    wrappers = _wrappers(frame)
    while frame.f_back and frame.f_back.f_code in wrappers:
        frame = frame.f_back
    return frame


def _wrappers(frame: FrameType) -> list[CodeType]:
    """The codes of what has the function's name in its module in its place, as decorators put it there."""
    wrappers: list[CodeType] = []
    face = frame.f_globals.get(frame.f_code.co_name)
    while isinstance(face, FunctionType) and face.__code__ not in (frame.f_code, *wrappers):
        wrappers.append(face.__code__)
        face = face.__dict__.get("__wrapped__")
    return wrappers


def _origin(frame: FrameType) -> Iterator[tuple[str, int]]:
    """Where the coroutine that runs in ``frame`` was made, if it is a task of its own."""
    asyncio = sys.modules.get("asyncio")
    try:
        task = asyncio.current_task() if asyncio else None
    except RuntimeError:
        return
    coroutine: Any = task.get_coro() if task else None
    if getattr(coroutine, "cr_frame", None) is frame:
        yield from ((filename, line) for filename, line, _ in coroutine.cr_origin or ())


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


_THREAD_START: CodeType = threading.Thread._bootstrap_inner.__code__  # type: ignore[attr-defined]
