"""CTX906: a file that came out other than planned is left as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from deprecating import CONFIGURATION, run, write

from codemod import Config, migrate
from codemod.model import FileError
from codemod.rewrite.part import Part
from codemod.rewrite.statements import spliced

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codemod import Report
    from codemod.rewrite.statements import Splice

NO_PYTHON = "no Python"
CONFIG = Config(factory="make", getter="find", clean=True)
DEPENDENCIES = """\
def make(user_id, thread_id, run_id=None): ...
def find(user_id, thread_id): ...
"""
BEFORE = """\
import os, uuid
from deps import make, other
from unittest.mock import patch

__all__ = ["handle", "make"]


@known(1)
def handle(user, thread, size=1):
    run_id = str(uuid.uuid4())
    first = make(user, thread, run_id=run_id) if size + 1 else None
    text = f"{make(user, thread, run_id=1)!r} of {size:>3}"
    patch("handler.make", first)
    return [first, text, True, 1, u"a", os.name, first.id]


@known(3)
def idle():
    pass
"""
# What goes wrong: a text of the rewritten file, and what stands there instead.
DAMAGE = {
    "an argument": ("find(user, thread) if", "find(user, user) if"),
    "the order of the arguments": ("find(user, thread) if", "find(thread, user) if"),
    "an argument too few": ("find(user, thread) if", "find(user) if"),
    "an argument too many": ("find(user, thread) if", "find(user, thread, 1) if"),
    "a keyword for a position": ("find(user, thread) if", "find(user, thread=thread) if"),
    "the name of the call": ("find(user, thread) if", "fund(user, thread) if"),
    "a call that was not rewritten": ("find(user, thread) if", "make(user, thread, run_id=run_id) if"),
    "an awaited call": ("find(user, thread) if", "(yield find(user, thread)) if"),
    "an operator": ("size + 1", "size - 1"),
    "a number of another type": ("size + 1", "size + 1.0"),
    "a number for a truth value": ("True, 1", "1, 1"),
    "an item too few": ("True, 1", "True"),
    "the prefix of a string": ('u"a"', '"a"'),
    "an attribute": ("first.id", "first.ib"),
    "a decorator": ("known(1)", "known(2)"),
    "a decorator of a function with no change": ("known(3)", "known(4)"),
    "a default": ("size=1", "size=2"),
    "the kind of a function": ("def handle", "async def handle"),
    "a call in an f-string": ("{find(user, thread)", "{find(user, user)"),
    "the text of an f-string": (" of ", " if "),
    "the format of a field": (">3", "<3"),
    "the conversion of a field": ("!r", "!s"),
    "the target of a mock": ("handler.find", "handler.make"),
    "the module of a mock's target": ("handler.find", "handled.find"),
    "the name of an import": ("find, other", "fund, other"),
    "the module of an import": ("from deps", "from debs"),
    "a relative import": ("from deps", "from .deps"),
    "another name of an import": ("other", "another"),
    "an import under another name": ("import os", "import os as o"),
    "an import that should be gone": ("import os", "import os, uuid"),
    "an import that should be there": ("import os\n", ""),
    "an entry of __all__": ('"handle", ', '"handled", '),
    "an entry of __all__ too few": ('"handle", ', ""),
    "a statement too few": ('    patch("handler.find", first)\n', ""),
    "a statement too many": ("    return", "    pass\n    return"),
    "a statement that should be gone": ("    first =", "    run_id = str(uuid.uuid4())\n    first ="),
    NO_PYTHON: ("return [", "return [["),
}

DEFINITION = '''\
import os


@known(1)
def create(user_id, size=1):
    """Make a context."""
    return [user_id, size, os.name]
'''
DAMAGE_TO_A_DEFINITION = {
    "the body": ("[user_id, size", "[size, user_id"),
    "a default": ("size=1", "size=2"),
    "a decorator": ("known(1)", "known(2)"),
    "the kind of the function": ("def create", "async def create"),
    "the words of the docstring": ("Make", "Take"),
    "a docstring without the sentence": ("\n\n    Deprecated: use get instead.\n    ", ""),
    "a docstring with another sentence": ("use get", "use got"),
    "a docstring of bytes": ('"""Make', 'b"""Make'),
    "the warning's category": (", DeprecationWarning", ", UserWarning"),
    "a warning that should be there": ("    warnings.warn", "    # warnings.warn"),
    "an import of something else": ("import warnings", "import warning"),
    "an import that should be there": ("import warnings\n", ""),
    "an import too few": ("import os\n", ""),
    "a function too many": ("    return", "    def inner(): ...\n    return"),
    NO_PYTHON: ("return [", "return [["),
}


def migrated(root: Path) -> Report:
    files = {"pyproject.toml": "[tool.ctxmigrate]\n", "deps.py": DEPENDENCIES, "handler.py": BEFORE}
    for path, source in files.items():
        (root / path).write_text(source)
    return migrate([root], CONFIG, write=True)


@pytest.mark.parametrize("case", DAMAGE)
def test_a_file_that_came_out_wrong_is_left_as_it_was(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = DAMAGE[case]
    rewritten = Part.spliced

    def damaged(part: Part, splices: Iterable[Splice]) -> list[str]:
        return [text.replace(right, wrong, 1) for text in rewritten(part, splices)]

    monkeypatch.setattr(Part, "spliced", damaged)
    report = migrated(tmp_path)
    reason = "does not parse" if case == NO_PYTHON else "differs in more than was planned"
    message = f"the rewritten file {reason}; it was left as it was"
    assert report.errors == (FileError("handler.py", 1, "CTX906", message),)
    assert {site.verdict for site in report.sites} == {"blocked"}
    assert (tmp_path / "handler.py").read_text() == BEFORE


def test_each_damage_is_to_something(tmp_path: Path) -> None:
    assert migrated(tmp_path).errors == ()
    after = (tmp_path / "handler.py").read_text()
    assert [case for case, (right, _) in DAMAGE.items() if right not in after] == []


def test_a_file_whose_encoding_lacks_the_getters_name_is_left_as_it_was(tmp_path: Path) -> None:
    before = "# coding: ascii\nfrom deps import make\nmake('u', 't', run_id='r')\n"
    files = {"deps.py": DEPENDENCIES.replace("find", "größe"), "handler.py": before}
    write(tmp_path, {"pyproject.toml": "[tool.ctxmigrate]\n", **files})
    (error,) = migrate([tmp_path], Config(factory="make", getter="größe"), write=True).errors
    assert (error.path, error.line, error.code) == ("handler.py", 1, "CTX906")
    assert error.message.startswith("a part of it cannot be rewritten: 'ascii' codec can't encode ")
    assert error.message.endswith("; it was left as it was")
    assert (tmp_path / "handler.py").read_text() == before


@pytest.mark.parametrize("case", DAMAGE_TO_A_DEFINITION)
def test_a_definition_that_came_out_wrong_is_left_as_it_was(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = DAMAGE_TO_A_DEFINITION[case]

    def damaged(text: str, splices: Iterable[Splice]) -> str:
        after = spliced(text, splices)
        assert right in after
        return after.replace(right, wrong, 1)

    monkeypatch.setattr("codemod.rewrite.definition_file.spliced", damaged)
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": DEFINITION})
    result = run(tmp_path)
    assert result.exit_code == 2
    message = "the edited file would differ in more than was planned; it was left as it was"
    assert f"deps.py:1: CTX906: {message}" in " ".join(result.output.split())
    assert (tmp_path / "deps.py").read_text() == DEFINITION
