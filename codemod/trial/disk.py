"""The files on disk in the course of a trial, from one state to the next and back."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from codemod.model import FilePlan
from codemod.write import restore, write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codemod.model import FileError
    from codemod.write.guard import Guard


class Disk:
    """The files below ``root`` that are rewritten. ``guard`` is told of each step before it is taken."""

    def __init__(self, root: Path, guard: Guard) -> None:
        self.root = root
        self._guard = guard
        self._now: dict[str, FilePlan] = {}
        self._versions: dict[str, list[bytes]] = {}
        self._journal: list[FilePlan] = []

    def become(self, plans: Iterable[FilePlan]) -> tuple[FileError, ...]:
        """Have just these plans written, whatever was written before, or else change nothing and say why."""
        wanted = {plan.path: plan for plan in plans}
        steps = [
            step
            for path in sorted(self._now.keys() | wanted.keys())
            if (step := self._step(path, wanted)).before != step.after
        ]
        self._note(steps)
        errors = write(self.root, steps, is_guarded=True)
        if not errors:
            self._now = wanted
        return errors

    def restore(self) -> tuple[FileError, ...]:
        """Give every file its old bytes back; an error for each that somebody else wrote meanwhile."""
        return restore(self.root, self._journal)

    def changed(self) -> tuple[str, ...]:
        """The files that somebody else has changed since they were written."""
        return tuple(path for path, plan in self._now.items() if _content(self.root / path) != plan.after)

    def _step(self, path: str, wanted: dict[str, FilePlan]) -> FilePlan:
        old, new = self._now.get(path), wanted.get(path)
        before = old.after if old else wanted[path].before
        return FilePlan(path, before, new.after if new else self._now[path].before)

    def _note(self, steps: list[FilePlan]) -> None:
        """Remember the bytes that are new, and let Python see that they are.

        It takes compiled code for that of a source of the same size that was written in the same second.
        """
        fresh: list[FilePlan] = []
        confusable = False
        for step in steps:
            older = self._versions.setdefault(step.path, [step.before])
            confusable = confusable or any(_looks_like(each, step.after) for each in older)
            if step.after not in older:
                older.append(step.after)
                fresh.append(step)
        self._guard.note(fresh)
        self._journal += fresh
        if confusable:
            _wait_for_the_next_second()


def _looks_like(old: bytes, new: bytes) -> bool:
    return len(old) == len(new) and old != new


def _wait_for_the_next_second() -> None:
    time.sleep(1.05 - time.time() % 1)


def _content(file: Path) -> bytes | None:
    with suppress(OSError):
        return file.read_bytes()
    return None
