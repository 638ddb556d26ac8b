"""Lets one operation of this process that writes fail, or kill the process."""

from __future__ import annotations

import _io
import builtins
import errno
import io
import os
import signal
import stat
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATIONS = ("chmod", "fchmod", "fchown", "fsync", "link", "mkdir", "rename", "replace", "rmdir", "unlink")
NEEDS_SPACE = {"open", "write", "fsync", "mkdir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the operation of that ``number``, from 1: an error by its name, or ``KILL`` before it is done
    or ``TORN``, after half of a write. With ``stays`` the error meets all that come after it too, ``ENOSPC`` only
    those that need space. Number 0 is none.
    """

    number: int
    kind: str
    stays: bool = False


NONE = Fault(0, "")


class Shim:
    """Counts the operations in ``done``, and brings a fault about."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.done: list[str] = []

    def install(self) -> None:
        """Take the place of the functions of ``os`` and of ``open``."""
        for name in OPERATIONS:
            setattr(os, name, self._failing(name, getattr(os, name)))
        os.remove = os.unlink
        os.open = self._opening(os.open)
        builtins.open = io.open = _io.open = self._file(io.open)

    def meet(self, operation: str) -> bool:
        """Count an operation; whether it is to be torn. OSError and the end of the process are the other faults."""
        self.done.append(operation)
        fault, number = self.fault, len(self.done)
        if number < fault.number or not fault.number or (number > fault.number and not fault.stays):
            return False
        if fault.kind == "KILL" or (fault.kind == "TORN" and operation != "write"):
            os.kill(os.getpid(), signal.SIGKILL)
        if fault.kind == "TORN":
            return True
        if fault.kind == "ENOSPC" and number > fault.number and operation not in NEEDS_SPACE:
            return False
        code = getattr(errno, fault.kind)
        raise OSError(code, os.strerror(code))

    def _failing(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(real)
        def stand_in(*args: Any, **keywords: Any) -> Any:
            self.meet("rename" if name == "replace" else name)
            return real(*args, **keywords)

        return stand_in

    def _opening(self, real: Callable[..., int]) -> Callable[..., int]:
        @wraps(real)
        def stand_in(path: Any, flags: int, *args: Any, **keywords: Any) -> int:
            if flags & WRITING:
                self.meet("open")
            return real(path, flags, *args, **keywords)

        return stand_in

    def _file(self, real: Callable[..., Any]) -> Callable[..., Any]:
        shim = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                if not stat.S_ISREG(os.fstat(self.fileno()).st_mode):
                    return super().write(data)
                if shim.meet("write"):
                    super().write(bytes(data)[: len(data) // 2])
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().write(data)

        @wraps(real)
        def stand_in(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **keywords: Any) -> Any:
            if not set(mode) & set("wax+") or (isinstance(file, int) and file <= 2):
                return real(file, mode, buffering, *args, **keywords)
            if not isinstance(file, int):
                self.meet("open")
            raw = Raw(
                file,
                mode.replace("b", "").replace("t", ""),
                keywords.pop("closefd", True),
                keywords.pop("opener", None),
            )
            buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, *args, **keywords)

        return stand_in
