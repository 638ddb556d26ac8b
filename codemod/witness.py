"""A pytest plugin that records who really calls the factory: ``pytest --ctxmigrate-witness FILE``.

Without the option it does nothing, and imports nothing of the rest.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from codemod.report import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codemod.phases.tree import Definition, Tree
    from codemod.phases.witnesses import Witnesses

_OPTION = "--ctxmigrate-witness"
_KEY = "ctxmigrate_witness"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("ctxmigrate").addoption(
        _OPTION,
        dest=_KEY,
        metavar="FILE",
        help="Record every real call of the factory, with its caller, in FILE, "
        "for `ctxmigrate status --witness FILE`.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin to record, if the option is given, before anything of the project is imported."""
    name = getattr(early_config.known_args_namespace, _KEY, None)
    if name is not None:
        early_config.pluginmanager.register(_begun(early_config.invocation_params.dir, name))


def _begun(folder: Path, name: str) -> Witnessing:
    from codemod.configure import Overrides, settle
    from codemod.errors import UsageError
    from codemod.phases.tree import Tree
    from codemod.run import rule_codes

    file = folder / name
    if not file.parent.is_dir() or file.is_dir():
        raise pytest.UsageError(f"{_OPTION}: '{name}' is a folder, or in a folder that is not there")
    try:
        settled = settle([str(folder)], overrides=Overrides(), codes=rule_codes)
        return Witnessing(file, Tree.open(settled.root, settled.config, [settled.root]))
    except (UsageError, RuntimeError) as error:
        raise pytest.UsageError(f"{_OPTION}: {error}") from None


class Witnessing:
    """Records the calls of the factory of ``tree`` from now on, and writes ``file`` when the tests have run.

    With pytest-xdist the workers hand what they saw to the process that started them, and that one writes.
    """

    def __init__(self, file: Path, tree: Tree) -> None:
        from ast import AsyncFunctionDef

        from codemod.recorder import Recorder

        self.file = file
        self.root = tree.root
        self.factory = tree.config.factory
        self.definitions = [each for each in tree.definitions(self.factory) if not each.is_stub]
        places = [(each.path, line) for each in self.definitions for line in _first_lines(each)]
        self.recorder = Recorder(
            str(tree.root),
            tree.found.paths,
            tree.config.factory_name,
            places,
            is_async=any(
                isinstance(node, AsyncFunctionDef) for each in self.definitions for node in each.nodes
            ),
        )
        self.calls: Counter[tuple[str, int, str]] = Counter()
        self.imported: set[str] = set()
        self.lost = 0
        self.told: list[str] = []
        self.recorder.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the file, or hand over what was seen."""
        self.calls += self.recorder.calls
        self.imported |= self.recorder.imported()
        self.lost += not self.recorder.is_whole()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            calls = [[*call, count] for call, count in self.calls.items()]
            output[_KEY] = calls, sorted(self.imported), self.lost
        elif not session.config.option.collectonly:
            self._save(session)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of pytest-xdist saw."""
        calls, imported, lost = getattr(node, "workeroutput", {}).get(_KEY, ((), (), 1))
        self.imported.update(imported)
        self.lost += lost
        for path, line, module, count in calls:
            self.calls[path, line, module] += count

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what came of it."""
        for line in self.told:
            terminalreporter.write_line(f"ctxmigrate: {line}")

    def pytest_unconfigure(self) -> None:
        """Stop recording."""
        self.recorder.stop()

    def _save(self, session: pytest.Session) -> None:
        from codemod.cli.group import Failure
        from codemod.cli.output import save
        from codemod.phases.witnesses import render_witnesses

        witnesses = self._witnesses()
        try:
            save(self.file, render_witnesses(witnesses), "witness file")
            self.told = list(_summary(witnesses, self.file))
        except Failure as error:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            self.told = [error.message]

    def _witnesses(self) -> Witnesses:
        from codemod.phases.witnesses import Caller, Watched, Witnesses, lines_of

        watched = [Watched(each.path, each.line, each.path in self.imported) for each in self.definitions]
        lines = {path: lines_of(self.root, path) for path, _, _ in self.calls if path}
        callers = [
            Caller(path, line, module, "".join(lines.get(path, ())[line - 1 : line]), count)
            for (path, line, module), count in self.calls.items()
        ]
        return Witnesses(self.factory, tuple(watched), tuple(callers), self.lost)


def _first_lines(definition: Definition) -> Iterator[int]:
    """The lines that the code of each function of a definition starts on, which is with its decorators."""
    for node in definition.nodes:
        yield min(each.lineno for each in (node, *node.decorator_list))


def _summary(witnesses: Witnesses, file: Path) -> Iterator[str]:
    calls = counted(sum(each.count for each in witnesses.callers), "call")
    lines = counted(len(witnesses.callers), "line")
    yield f"{calls} of {witnesses.factory}, from {lines}: see {file}"
    if not witnesses.definitions:
        yield f"{witnesses.factory} is defined nowhere under the root, so no call could be seen"
    for each in witnesses.definitions:
        if not each.imported:
            yield f"{each.path} was not imported, so no call of its {witnesses.factory} could be seen"
    if witnesses.lost:
        yield f"{witnesses.lost} of the processes did not tell all: a worker crashed, or another profiler took over"
