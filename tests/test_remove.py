"""``ctxmigrate remove``: the factory goes with all that is its own, or nothing does."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from codemod.cli import main
from codemod.edits import FileEdits, Removal
from codemod.model import FileError
from codemod.read import load
from codemod.resolve.places import ModuleIndex
from codemod.rewrite.file import rewrite_file

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

GETTER = """\
def find(user_id, thread_id):
    return user_id, thread_id
"""
FACTORY = """\
def make(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id
"""
DEPENDENCIES = f"{GETTER}\n\n{FACTORY}"
CONFIGURATION = '[tool.ctxmigrate]\nfactory = "make"\ngetter = "find"\n'
DOTTED = CONFIGURATION.replace("make", "app.deps.make")

# The name of the case: the files before the run, those that the run changes after it.
REMOVED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "overloads, decorators and comments": (
        {
            "deps.py": '''
            """What handlers depend on."""

            from __future__ import annotations

            import warnings
            from functools import lru_cache
            from typing import TYPE_CHECKING, Any, overload

            from typing_extensions import deprecated

            if TYPE_CHECKING:
                from contexts import Context
                from modes import Mode


            # The getter.
            def find(user_id: str, thread_id: str) -> Context: ...


            # Makes a context every time.
            # It will go.
            @overload
            def make(user_id: str, thread_id: str) -> Context: ...
            @overload
            def make(user_id: str, thread_id: str, mode: Mode) -> Context: ...
            @deprecated("use find")
            @lru_cache(maxsize=None)
            def make(user_id, thread_id, mode: "Mode | None" = None, **more: Any) -> Context:
                """Make a context."""
                warnings.warn("use find", DeprecationWarning, stacklevel=2)
                return find(user_id, thread_id)
                # nothing else

            # The rest.


            LIMIT = 3
            '''
        },
        {
            "deps.py": '''
            """What handlers depend on."""

            from __future__ import annotations

            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from contexts import Context


            # The getter.
            def find(user_id: str, thread_id: str) -> Context: ...


            # The rest.


            LIMIT = 3
            '''
        },
    ),
    "the first and the last of its file": (
        {"deps.py": f"import re\n\n\n{FACTORY}\n\n\nif re:\n    pass\n", "find.py": GETTER},
        {"deps.py": "import re\n\n\n\nif re:\n    pass\n"},
    ),
    "all of its file": (
        {"deps.py": FACTORY, "find.py": GETTER, "unused.py": "from deps import make\n"},
        {"deps.py": "", "unused.py": ""},
    ),
    "comments that are not its own": (
        {
            "deps.py": """
            # It opens the file.
            def make(a, b): return 1
            # fmt: off
            # The formatter is off.
            async def make(a, b): return 2
            # fmt: on


            # ------------------
            # Contexts
            # ------------------
            # All that make one.
            def make(a, b): return 3


            text = '''
            # not a comment'''
            def make(a, b):
                return 4
            def find(a, b):
                return 5
            """
        },
        {
            "deps.py": """
            # It opens the file.
            # fmt: off
            # The formatter is off.
            # fmt: on


            # ------------------
            # Contexts
            # ------------------
            # All that make one.


            text = '''
            # not a comment'''
            def find(a, b):
                return 5
            """
        },
    ),
    "definitions under a condition": (
        {
            "deps.py": """
            import sys

            def find(user_id, thread_id): ...

            if sys.argv:
                # with arguments
                def make(user_id, thread_id): return 1
            else:
                def make(user_id, thread_id):
                    return 2

            try:
                LIMIT = 3
            except ValueError:

                async def make(user_id, thread_id):
                    return 3

                LIMIT = 4
            """
        },
        {
            "deps.py": """
            import sys

            def find(user_id, thread_id): ...

            if sys.argv:
                pass
            else:
                pass

            try:
                LIMIT = 3
            except ValueError:

                LIMIT = 4
            """
        },
    ),
    "a stub beside it": (
        {
            "app/deps.py": DEPENDENCIES,
            "app/deps.pyi": """
            from typing import Any, overload
            __all__ = ["find", "make"]
            def find(user_id: str, thread_id: str) -> Any: ...
            @overload
            def make(user_id: str) -> Any: ...
            @overload
            def make(user_id: str, thread_id: str) -> Any: ...
            """,
            "app/use.pyi": "from app.deps import make as make, find as find\n",
        },
        {
            "app/deps.py": GETTER,
            "app/deps.pyi": """
            from typing import Any
            __all__ = ["find"]
            def find(user_id: str, thread_id: str) -> Any: ...
            """,
            "app/use.pyi": "from app.deps import find as find\n",
        },
    ),
    "imports and re-exports in all forms": (
        {
            "deps.py": DEPENDENCIES,
            "app/__init__.py": """
            import os

            from deps import make

            from deps import (
                find,
                # the old one
                make as build,  # for plugins
            )
            from deps import make as make, find as find

            __all__ = [
                "build",
                "find",  # the new one
                "make", "os",
            ]
            """,
            "star.py": "from app import *\n__all__ = 'find', 'make'\n",
            "append.py": """
            from app import build
            __all__ = ["find"]
            __all__.append("build")
            __all__ += ["build"]
            __all__.extend(("build", ))
            def later():
                from deps import make  # not used
            def soon():
                from deps import make; return 1
            class Kept: pass
            """,
            "types.py": """
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                from app import make  # noqa: F401
            try:
                from app import make
            except ImportError:
                raise
            """,
        },
        {
            "deps.py": GETTER,
            "app/__init__.py": """
            import os

            from deps import (
                find,
                # the old one
            )
            from deps import find as find

            __all__ = [
                "find",  # the new one
                "os",
            ]
            """,
            "star.py": "from app import *\n__all__ = 'find',\n",
            "append.py": """
            __all__ = ["find"]
            def later():
                pass
            def soon():
                return 1
            class Kept: pass
            """,
            "types.py": """
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                pass
            try:
                pass
            except ImportError:
                raise
            """,
        },
    ),
    "entries of an __all__ with the comments at their lines": (
        {
            "deps.py": DEPENDENCIES,
            "alone.py": """
            from deps import make
            __all__ = [  # what is offered
                # the old one
                "make",  # to be removed
                # nothing else
            ]
            """,
            "alone_without_comma.py": """
            from deps import make
            __all__ = [
                # the old one
                "make"  # to be removed
                # nothing else
            ]
            """,
            "alone_in_a_tuple.py": "from deps import make\n__all__ = ('make',)\n",
            "alone_in_a_bare_tuple.py": "from deps import make\n__all__ = 'make',\n",
            "first.py": """
            from deps import find, make
            __all__ = (
                # the old one
                "make",
                # the new one
                "find"  # to be kept
            )
            """,
            "last.py": """
            from deps import find, make
            __all__ = [
                "find",  # to be kept
                "make",  # to be removed
            ]
            """,
            "last_in_a_tuple.py": """
            from deps import find, make
            __all__ = (
                "find",
                "make",  # to be removed
                # nothing else
            )
            """,
            "in_two_parentheses.py": "from deps import find, make\n__all__ = ( ('find', 'make' ) )\n",
            "of_three.py": """
            from deps import find, make
            __all__ = ("find", "make", "READY")
            READY = True
            """,
        },
        {
            "deps.py": GETTER,
            "alone.py": """
            __all__ = [  # what is offered
                # the old one
                # nothing else
            ]
            """,
            "alone_without_comma.py": """
            __all__ = [
                # the old one
                # nothing else
            ]
            """,
            "alone_in_a_tuple.py": "__all__ = ()\n",
            "alone_in_a_bare_tuple.py": "__all__ = ()\n",
            "first.py": """
            from deps import find
            __all__ = (
                # the old one
                # the new one
                "find",  # to be kept
            )
            """,
            "last.py": """
            from deps import find
            __all__ = [
                "find",  # to be kept
            ]
            """,
            "last_in_a_tuple.py": """
            from deps import find
            __all__ = (
                "find",
                # nothing else
            )
            """,
            "in_two_parentheses.py": "from deps import find\n__all__ = ( ('find', ) )\n",
            "of_three.py": """
            from deps import find
            __all__ = ("find", "READY")
            READY = True
            """,
        },
    ),
    "a decorated factory below another, with comments behind its body": (
        {
            "deps.py": """
            from functools import cache


            @cache
            def find(user_id, thread_id):
                return user_id, thread_id


            @cache
            def make(user_id, thread_id, run_id=None):
                return user_id, thread_id, run_id

                # What it was:

                # return None"""
        },
        {
            "deps.py": """
            from functools import cache


            @cache
            def find(user_id, thread_id):
                return user_id, thread_id
            """
        },
    ),
    "lookalikes and mentions stay": (
        {
            "deps.py": DEPENDENCIES,
            "other.py": '''
            """Not make."""
            def outer(make):
                return make("a"), self.make, {"make": 1}  # make
            class Maker:
                def make(self): return self.make()
            ''',
        },
        {"deps.py": GETTER},
    ),
    "names that only it reads, and mentions in other files": (
        {
            "README.md": "`make` is here, `deps.find` too; not deps.maker or mydeps.make.\n",
            "CHANGES.md": "deps.make is deprecated\n",
            "conf.yaml": "old: deps:make  # ctxmigrate: ignore\n",
            "deps.py": f"""
            try:
                from warnings import deprecated
            except ImportError:
                from typing_extensions import deprecated
            import functools as ft
            from typing import *

            {textwrap.indent(GETTER, " " * 12).strip()}

            @ft.cache
            @deprecated("use find")
            def make(user_id, thread_id, run_id=(Z := 5)):
                global _last
                _last = Z
            """,
        },
        {
            "deps.py": f"""
            try:
                from warnings import deprecated
            except ImportError:
                from typing_extensions import deprecated
            from typing import *

            {textwrap.indent(GETTER, " " * 12).strip()}
            """
        },
    ),
    "an import that another file takes from there": (
        {
            "deps.py": f"import uuid, time\nfrom os import *\n\n{GETTER}\n\n"
            "def make(user_id, thread_id):\n    return uuid.uuid4(), time.time()\n",
            "tests/test_deps.py": "import mock\nmock.patch('deps.uuid.uuid4')\n",
        },
        {"deps.py": f"import uuid\nfrom os import *\n\n{GETTER}"},
    ),
    "an import that only an annotation in a string used": (
        {
            "deps.py": f"""
            from contexts import Context, Run
            {textwrap.indent(GETTER, " " * 12).strip()}
            def make(user_id: "Run", thread_id) -> "Context":
                return user_id, thread_id
            """,
        },
        {
            "deps.py": f"""
            {textwrap.indent(GETTER, " " * 12).strip()}
            """
        },
    ),
    "a dotted name": (
        {
            "pyproject.toml": '[tool.ctxmigrate]\nfactory = "a.deps.make"\ngetter = "find"\n',
            "a/deps.py": DEPENDENCIES,
            "b/deps.py": DEPENDENCIES,
            "b/use.py": "from b.deps import make\nmake(1, 2)\n",
            "a/use.py": "from a.deps import find, make\nfind(1, 2)\n",
        },
        {"a/deps.py": GETTER, "a/use.py": "from a.deps import find\nfind(1, 2)\n"},
    ),
}

# Why it is refused: files that a tree has beside the factory's, and where and why that is told.
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a call that can be migrated": (
        {"use.py": "from deps import make\nmake(1, 2)\n"},
        "use.py:2: `make(1, 2)` calls it\n    Help: Run `ctxmigrate rewrite` first.",
    ),
    "a blocked call": (
        {"use.py": "from deps import make\nmake(1, 2, mode=3)\n"},
        "use.py:2: `make(1, 2, mode=3)` calls it (blocked: CTX102)\n    Help: Give the getter",
    ),
    "an ignored call": (
        {"use.py": "from deps import make\nmake(1, 2)  # ctxmigrate: ignore\n"},
        "use.py:2: `make(1, 2)` calls it, and a comment says to leave that",
    ),
    "a reference": (
        {"use.py": "from deps import make\nprint(make)\n"},
        "use.py:2: `make` refers to it (blocked: CTX201)",
    ),
    "an annotation for type checkers": (
        {"use.py": "import deps\ndef f(x: deps.make): ...\n"},
        "use.py:2: `deps.make` refers to it (blocked: CTX201)",
    ),
    "a mock": (
        {"use.py": "import mock\nmock.patch('deps.make')\n"},
        "use.py:2: `'deps.make'` mocks it\n    Help: Run `ctxmigrate rewrite` first.",
    ),
    "a string": (
        {"use.py": "import deps\ngetattr(deps, 'make')\n"},
        "use.py:2: `'make'` reaches it (blocked: CTX202)",
    ),
    "a name that a star import may bring": (
        {"use.py": "from somewhere import *\nfrom deps import *\nmake(1, 2)\n"},
        "use.py:3: `make(1, 2)` calls it",
    ),
    "the getter": (
        {"deps.py": "def make(a, b): return make\ndef find(a, b):\n    return make(a, b)\n"},
        "deps.py:3: `find` itself uses it\n    Help: Make it work without the factory first.",
    ),
    "a file that cannot be parsed": (
        {"use.py": "from deps import make\nmake(\n"},
        "use.py:2: may need it: not valid",
    ),
    "an import with a fallback": (
        {"use.py": "try:\n    from deps import make\nexcept ImportError:\n    make = None\n"},
        "use.py:2: `make` is imported here, and bound in another way too or in a class",
    ),
    "an import in a class": (
        {"use.py": "class A:\n    from deps import make\n"},
        "use.py:2: `make` is imported here, and bound in another way too or in a class",
    ),
    "an __all__ that cannot be followed": (
        {"use.py": "from deps import make\n__all__ = sorted(['make'])\n"},
        "use.py:2: `make` is in an `__all__` that is no plain list",
    ),
    "another binding": (
        {"deps.py": f"{DEPENDENCIES}\ntry:\n    from fast import make\nexcept ImportError:\n    pass\n"},
        "deps.py:9: `make` is bound here too",
    ),
    "a decorator that registers it": (
        {"deps.py": f"from app import router\n{GETTER}\n@router.get('/')\n{FACTORY}"},
        "deps.py:5: `@router.get('/')` may make it known to something that calls it",
    ),
    "a fixture": (
        {"deps.py": f"import pytest\n{GETTER}\n@pytest.fixture\n{FACTORY}"},
        "deps.py:5: `@pytest.fixture` may make it known to something that calls it",
    ),
    "a decorator of unknown effect": (
        {"deps.py": f"from app import reg\n{GETTER}\n@reg\n{FACTORY}"},
        "deps.py:5: `@reg` may make it known to something that calls it",
    ),
    "a decorator with an effect made of a harmless one": (
        {"deps.py": f"import functools, app\n{GETTER}\n@functools.partial(app.add, 1)\n{FACTORY}"},
        "deps.py:5: `@functools.partial(app.add, 1)` may make it known to something that calls it",
    ),
    "a name that a default binds": (
        {"deps.py": f"{GETTER}\ndef make(a, b, w=(Z := 5)): ...\ndef g(): return Z\n"},
        "deps.py:4: `Z` of the module is bound here, and something else may read it",
    ),
    "a name that a default binds for another file": (
        {"deps.py": f"{GETTER}\ndef make(a, b, w=(Z := 5)): ...\n", "use.py": "from deps import Z\n"},
        "deps.py:4: `Z` of the module is bound here, and something else may read it",
    ),
    "a global name that it sets and another function adds to": (
        {
            "deps.py": f"{GETTER}\ndef make(a, b):\n    global _made\n    _made = 0\n"
            "def count():\n    global _made\n    _made += 1\n"
        },
        "deps.py:6: `_made` of the module is bound here, and something else may read it",
    ),
    "a global name that it sets": (
        {
            "deps.py": f"_last = None\n{GETTER}\ndef make(a, b):\n    global _last\n    _last = a\n"
            "def last(): return _last\n"
        },
        "deps.py:7: `_last` of the module is bound here, and something else may read it",
    ),
    "an entry point": (
        {
            "pyproject.toml": f"{CONFIGURATION}[project.scripts]\nstart = 'app.deps:make'\n",
            "deps.py": "",
            "app/__init__.py": "from app.deps import make\n",
            "app/deps.py": DEPENDENCIES,
        },
        "pyproject.toml:5: `app.deps:make` may be looked up by its name",
    ),
    "settings that name what exports it": (
        {"app/__init__.py": "from deps import make as build\n", "conf/a.yaml": "x: 1\nfactory: app.build\n"},
        "conf/a.yaml:2: `app.build` may be looked up by its name",
    ),
    "a tree of stubs": (
        {
            "deps.py": "",
            "app/deps.py": DEPENDENCIES,
            "stubs/app/deps.pyi": "def make(user_id, thread_id): ...\n",
        },
        "stubs/app/deps.pyi:1: this stub declares `make` too",
    ),
    "two factories": (
        {"other.py": FACTORY},
        "other.py:1: one of several definitions of `make`",
    ),
    "a factory that is a class": (
        {"deps.py": f"class make: ...\n{GETTER}"},
        "deps.py:1: it binds the name `make`, but not by `def`",
    ),
    "a factory that is a lambda": (
        {"deps.py": f"import a\nmake = lambda u, t: (u, t)\n{GETTER}"},
        "deps.py:2: it binds the name `make`, but not by `def`",
    ),
    "a factory that a loop binds": (
        {"app/deps.py": "if 1:\n    for make in (print,): ...\n", "pyproject.toml": DOTTED},
        "app/deps.py:2: it binds the name `make`, but not by `def`",
    ),
    "a module that is not there": (
        {"deps.py": "", "app/dep.py": DEPENDENCIES, "pyproject.toml": DOTTED},
        "there is no module `app.deps` under the root; `make` is defined in app/dep.py:5\n"
        '    Help: Set factory = "app.dep.make" in [tool.ctxmigrate].',
    ),
    "a module that is not there, and no definition either": (
        {"deps.py": "", "app/dep.py": GETTER, "pyproject.toml": DOTTED},
        "there is no module `app.deps` under the root; `make` is defined nowhere",
    ),
    "no factory, but a use": (
        {"deps.py": GETTER, "use.py": "from deps import make\nmake(1, 2)\n"},
        "use.py:2: `make(1, 2)` calls it (blocked: CTX302)",
    ),
    "no factory, but a stub of it": (
        {"deps.py": GETTER, "deps.pyi": "def make(a, b): ...\n"},
        "deps.pyi:1: only this stub declares `make`",
    ),
    "a factory outside the root": (
        {"deps.py": GETTER, "use.py": "from vendor import make\n"},
        "the factory `make` is defined nowhere under the root",
    ),
}


def write_tree(root: Path, files: dict[str, str]) -> None:
    for path, source in ({"pyproject.toml": CONFIGURATION} | files).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(source).lstrip("\n"))


def contents(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*.[pt]*")
        if path.is_file()
    }


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["remove", *arguments], catch_exceptions=False)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


@pytest.mark.parametrize("case", REMOVED)
def test_the_factory_goes_with_all_that_is_its_own(case: str, root: Path) -> None:
    before, after = REMOVED[case]
    write_tree(root, before)
    unchanged = contents(root)
    diff = run("--dry-run")
    assert (diff.exit_code, contents(root)) == (0, unchanged)
    result = run()
    assert result.exit_code == 0, result.output
    expected = unchanged | {path: textwrap.dedent(source).lstrip("\n") for path, source in after.items()}
    got = contents(root)
    assert got == expected
    for path, source in got.items():
        assert path == "pyproject.toml" or compile(source, path, "exec")
    assert diff.stderr == result.stdout.replace(" written.", " would be written.")
    write_tree(root, before)
    subprocess.run(["git", "apply", "-"], input=diff.stdout_bytes, cwd=root, check=True)
    assert contents(root) == expected


@pytest.mark.parametrize("configuration", [CONFIGURATION, DOTTED])
def test_without_a_getter_a_second_run_says_that_it_is_gone(configuration: str, root: Path) -> None:
    write_tree(root, {"pyproject.toml": configuration, "app/deps.py": FACTORY, "use.py": "import app.deps\n"})
    assert run().exit_code == 0
    second = run()
    assert second.exit_code == 0
    assert "is gone, or was never here: nothing under the root defines or needs it." in second.stdout


def test_a_syntax_error_beside_its_definition_is_an_error(root: Path) -> None:
    write_tree(root, {"deps.py": f"{DEPENDENCIES}\nmake(\n"})
    result = run()
    assert result.exit_code == 2
    assert "deps.py:8: CTX901: not valid Python" in " ".join(result.stdout.split())
    assert "mend it first, as it seems to define `make`" in result.stdout


def test_an_import_stays_for_what_the_module_does(root: Path) -> None:
    used = "def make(user_id, thread_id):\n    return plain, models, register\n"
    imports = "from app import models\nfrom app import plain\nfrom app.hooks import register\n"
    write_tree(
        root,
        {
            "deps.py": f"{imports}\n\n{used}\n\n{GETTER}",
            "app/models.py": "from app.tables import metadata\n",
            "app/tables.py": "metadata = {}\nmetadata['a'] = 1\n",
            "app/hooks.py": "def register(): ...\nregister()\n",
            "app/plain.py": "NAMES = ('a', 1)\n",
        },
    )
    result = run()
    assert result.exit_code == 0
    assert (root / "deps.py").read_text() == f"{imports}\n\n{GETTER}".replace("from app import plain\n", "")
    assert "deps.py:1 (`models`), deps.py:2 (`register`)" in " ".join(result.stdout.split())
    assert "delete them" not in result.stdout


@pytest.mark.parametrize("case", [case for case in REMOVED if case != "a dotted name"])
def test_a_second_run_says_that_it_is_gone(case: str, root: Path) -> None:
    write_tree(root, REMOVED[case][0])
    run()
    before = contents(root)
    result = run()
    told = "`make` is gone already: nothing under the root defines or needs it.\n"
    assert (result.exit_code, result.output) == (0, told)
    assert contents(root) == before


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_while_anything_needs_it(case: str, root: Path) -> None:
    files, told = REFUSED[case]
    write_tree(root, {"deps.py": DEPENDENCIES} | files)
    before = contents(root)
    result = run()
    assert (result.exit_code, contents(root)) == (1, before)
    assert told in result.stdout
    assert "Nothing was written" in result.stdout
    assert run("--dry-run").stdout == ""


def test_all_that_needs_it_is_listed_whatever_paths_are(root: Path) -> None:
    use = "from deps import make\nmake(1, 2)\n"
    write_tree(root, {"deps.py": DEPENDENCIES, "a.py": use, "old/b.py": use, "c.py": use})
    result = run("deps.py", "a.py", "--exclude", "old/", "--format", "json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["outcome"], told["files"]) == (1, "refused", [])
    assert [(each["path"], each["line"]) for each in told["refusals"]] == [
        ("a.py", 2),
        ("c.py", 2),
        ("old/b.py", 2),
    ]


@pytest.mark.parametrize("arguments", [("deps.py",), (".", "--exclude", "use.py")])
def test_a_file_that_is_not_to_be_written_may_not_import_it(arguments: tuple[str, ...], root: Path) -> None:
    write_tree(root, {"deps.py": DEPENDENCIES, "use.py": "from deps import make\n"})
    before = contents(root)
    result = run(*arguments)
    assert (result.exit_code, contents(root)) == (1, before)
    assert "use.py:1: it has the factory too, and PATHS leave it out, or it is excluded" in result.stdout
    assert run().exit_code == 0


def test_a_read_only_file_keeps_all_as_it_was(root: Path) -> None:
    write_tree(root, {"deps.py": DEPENDENCIES, "use.py": "from deps import make\n"})
    (root / "use.py").chmod(0o444)
    before = contents(root)
    result = run()
    assert (result.exit_code, contents(root)) == (2, before)
    assert "use.py:1: CTX905" in result.stdout


def test_what_is_done_and_what_is_left_is_told(root: Path) -> None:
    helper = "def _new():\n    return 1\n"
    factory = "# make makes\ndef make(a, b):\n    return _new(), uuid\n"
    deps = f"import uuid\n\n\n{helper}\n\n{factory}\n\n{GETTER}"
    write_tree(
        root,
        {
            "deps.py": deps,
            "use.py": "from deps import make\n# make was here\n",
            "old.py": "from deps import make\n",
        },
    )
    result = run()
    assert result.stdout == (
        "deps.py:1: the import of `uuid` is deleted: only the factory used it\n"
        "deps.py:9: `make` is deleted\n"
        "old.py:1: the import of `make` is deleted\n"
        "use.py:1: the import of `make` is deleted\n"
        "\n"
        "3 files written.\n"
        "Comments, docstrings or other strings still mention it: use.py:1.\n"
        "Nothing is left in: old.py.\n"
        "Only it used these; delete them if nothing else is to: `_new` (deps.py:1).\n"
        "Other text files: `ctxmigrate verify` lists those that mention it.\n"
    )
    assert (root / "deps.py").read_text() == f"{helper}\n\n{GETTER}"


def test_imports_that_are_left_are_told(root: Path) -> None:
    deps = (
        f"import uuid\nimport re  # noqa\nimport time\n{GETTER}\ndef make(a, b):\n    return uuid, re, time\n"
    )
    write_tree(root, {"app/__init__.py": deps, "use.py": "import app\napp.time\n"})
    result = run()
    assert (root / "app/__init__.py").read_text() == f"import uuid\nimport re  # noqa\nimport time\n{GETTER}"
    told = "Only it used these; delete them if nothing else is to: `re` (app/__init__.py:2), `uuid` (app/__init__.py:1)"
    assert told in result.stdout.replace("\n    ", " ")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_bytes_around_it_stay(newline: str, root: Path) -> None:
    head = "# -*- coding: latin-1 -*-\n# It opens the file.\n"
    body = "@str\n\t\t\ndef make(a, b):\n\treturn 'é'\n\n\n"
    tail = "def find(a, b):\n\treturn 'ü'  \n\f\n\n\n\n\nlast = 1"
    write_tree(root, {})
    (root / "deps.py").write_bytes((head + body + tail).replace("\n", newline).encode("latin-1"))
    assert run().exit_code == 0
    assert (root / "deps.py").read_bytes() == (head + tail).replace("\n", newline).encode("latin-1")


PIECES = st.sampled_from(
    [
        "import re\n",
        "value = 1  # one\n",
        "# A comment.\n\n",
        'text = """\n\n\n# no comment\n"""\n',
        "def other():\n    return 1\n",
        "class Other:\n    value = 1\n\n    # the end\n",
        "if value:\n    def gone(): return 1\n",
        "if value:\n\n    other = 2\n\n    @str\n    def gone(): return 1\n\n        # its end\n\n    # the end\n",
        "def gone():\n    return 1\n",
        "# A comment of its own.\n@str\ndef gone():\n    return 2\n    # its end\n",
        "gone = 1; other = 2\n",
        "gone = (\n    1\n)  # the end\n",
    ]
)
MODULES = st.lists(st.tuples(PIECES, st.sampled_from(["", "\n", "\n\n"])), max_size=8)


@given(MODULES)
def test_only_what_goes_goes_and_no_blank_lines_pile_up(pieces: list[tuple[str, str]]) -> None:
    before = "value = other = 0\n" + "".join(piece + blank for piece, blank in pieces)
    loaded = load("module.py", before.encode())
    assert not isinstance(loaded, FileError)
    index = ModuleIndex(*loaded)
    gone = [place for place in index.places("gone") if place.role in ("def", "store")]
    nodes = [place.node if place.role == "def" else place.parent() for place in gone]
    removals = tuple(Removal(index.node_start(node), index.node_end(node)) for node in nodes if node)
    rewritten = rewrite_file(index.source, FileEdits("module.py", removals=removals))
    assert not isinstance(rewritten, FileError), rewritten
    after = rewritten.after.decode()
    assert "gone" not in after
    assert most_blank_lines(after) <= most_blank_lines(before)
    assert after.count("# A comment.\n") == before.count("# A comment.\n")
    assert after.count("# the end") + before.count(")  # the end") == before.count("# the end")


def most_blank_lines(text: str) -> int:
    return max(map(len, re.findall(r"\n+", text)), default=0)
