"""What the probe finds, and where in the tree."""

from __future__ import annotations

import json
import os
import traceback
from typing import Any


class Answers:
    """Writes the results to ``file``. ``root`` is the folder of the tree, whose files count as evidence; ``home`` is
    where the function under test is, once that is known.
    """

    def __init__(self, file: str, root: str) -> None:
        self.file = file
        self.root = os.path.join(os.path.realpath(root), "")
        self.home = ("", 0)
        self._paths: dict[str, str] = {}

    def tell(self, **event: Any) -> None:
        """Write one line."""
        with open(self.file, "a", encoding="ascii") as file:
            file.write(json.dumps(event) + "\n")

    def path(self, filename: str) -> str:
        """Return a file of the tree relative to the root; empty for any other."""
        if filename not in self._paths:
            real = os.path.realpath(filename)
            is_file = os.path.isabs(filename)  # and no <frozen importlib>
            is_own = is_file and real.startswith(self.root) and "site-packages" not in real
            self._paths[filename] = real[len(self.root) :] if is_own else ""
        return self._paths[filename]

    def problem(self, message: str, error: BaseException | None = None) -> dict[str, Any]:
        """Return what is wrong, with the innermost place in the tree that an error comes from, else ``home``. The
        error is printed, from the first place in the tree on.
        """
        places = [self.home]
        if error:
            self._print(error)
            frames = traceback.extract_tb(error.__traceback__)
            places += [(self.path(frame.filename), frame.lineno or 0) for frame in frames]
        if isinstance(error, SyntaxError):
            places.append((self.path(error.filename or ""), error.lineno or 0))
        path, line = next((place for place in reversed(places) if place[0]), ("", 0))
        return {"path": path, "line": line, "message": message, "raised": error is not None}

    def _print(self, error: BaseException) -> None:
        trace = error.__traceback__
        while trace and not self.path(trace.tb_frame.f_code.co_filename):
            trace = trace.tb_next
        traceback.print_exception(type(error), error, trace)
