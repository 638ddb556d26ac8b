"""The steps of the probe, one after the other."""

from __future__ import annotations

import faulthandler
import inspect
import json
import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .answers import Answers
from .checks import continuity, isolation, tasks, threads
from .subject import Subject, UnfitError, described, imported

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_GRACE = 10


def main(request_file: str, answers_file: str) -> None:
    """Try the function that a request asks for, and end the process, whatever threads the tree's code leaves."""
    with open(request_file, encoding="ascii") as file:
        request = json.load(file)
    sys.path[:0] = request["paths"]
    sys.argv[:] = [request["module"]]
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1)  # how ``probing`` asks where it is when the time is up
    faulthandler.dump_traceback_later(request["limit"] + _GRACE, exit=True)  # if nobody is left to end it
    answers = Answers(answers_file, request["root"])
    try_out(request, answers)
    answers.tell(end=True)
    sys.stdout.flush()
    os._exit(0)


def try_out(request: dict[str, Any], answers: Answers) -> None:
    """Import the function and call it once; where that works, go through the checks."""
    answers.tell(python=sys.version.split()[0])
    module = request["module"]
    function = _step(
        answers, "import", partial(imported, module, request["function"]), f"importing `{module}`"
    )
    if function is None:
        return
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code:
        answers.home = (answers.path(code.co_filename), code.co_firstlineno)
    subject = _step(answers, "call", partial(_called, function, request["key"], request["run"]))
    if subject is None:
        return
    for check in (continuity, isolation, threads, tasks):
        problems = _step(answers, check.__name__, partial(check, subject, answers))
        if problems is not None:
            answers.tell(step=check.__name__, problems=problems)


def _called(function: Callable[..., Any], key: list[str], run: str) -> Subject:
    subject = Subject(function, key, run)
    subject.ids(subject.new_key())
    return subject


def _step(answers: Answers, name: str, run: Callable[[], Result], subject: str = "it") -> Result | None:
    """Return what ``run`` returns; None, after telling of it, where that raises."""
    answers.tell(step=name)
    try:
        return run()
    except UnfitError as error:
        problem = answers.problem(str(error))
    except BaseException as error:
        problem = answers.problem(described(error, subject), error)
    answers.tell(step=name, problems=[problem])
    return None
