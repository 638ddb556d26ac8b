"""``ctxmigrate deprecate --decorator``: the decorator of PEP 702, in modules and stubs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from deprecating import CONFIGURATION, GETTER, caught, check, deprecated, run, source, write

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = '''
    from __future__ import annotations

    import functools

    from app import db


    # About.
    @functools.cache
    def create(user_id, thread_id, run_id=None):
        """Make a context."""
        return (user_id, thread_id, run_id)
'''
MARKED = '''
    from __future__ import annotations

    import functools

    from typing_extensions import deprecated

    from app import db


    # About.
    @deprecated("create is deprecated: use get")
    @functools.cache
    def create(user_id, thread_id, run_id=None):
        """Make a context.

        Deprecated: use get instead.
        """
        return (user_id, thread_id, run_id)
'''
PYTHONS = {
    ">=3.13": "warnings",
    ">= 3.13.2, <4": "warnings",
    "~=3.14": "warnings",
    "==3.13.*": "warnings",
    ">=3.10,>=3.13": "warnings",
    ">=3.12": "typing_extensions",
    ">3.12": "typing_extensions",
    "<3.14": "typing_extensions",
    ">=3.10,!=3.13.0": "typing_extensions",
    ">=3": "typing_extensions",
}


def test_the_decorator_comes_above_the_others(tmp_path: Path) -> None:
    check(tmp_path, PLAIN, MARKED, "--decorator", app__py="db = None\n")


def test_it_finds_its_line_between_other_functions(tmp_path: Path) -> None:
    other = "@functools.cache\ndef other{}(): ...\n"
    own = '    @functools.cache\n    def create(x):\n        "Deprecated."\n'
    before = "import functools\n\nfrom warnings import deprecated\n\n" + other.format(1) + "if True:\n"
    settings = f'[project]\nname = "x"\nrequires-python = ">=3.13"\n{CONFIGURATION}'
    after = deprecated(
        tmp_path, before + own + other.format(2), "--decorator", **{"pyproject.toml": settings}
    ).decode()
    assert after == f'{before}    @deprecated("create is deprecated: use get")\n{own}{other.format(2)}'


@pytest.mark.parametrize(("pythons", "home"), PYTHONS.items())
def test_the_oldest_python_says_where_it_comes_from(pythons: str, home: str, tmp_path: Path) -> None:
    settings = f'[project]\nname = "x"\nrequires-python = "{pythons}"\n{CONFIGURATION}'
    write(tmp_path, {"pyproject.toml": settings, "deps.py": "def create(x): ...\n"})
    assert run(tmp_path, "--decorator").exit_code == 0
    assert f"from {home} import deprecated\n" in (tmp_path / "deps.py").read_text()


def test_a_package_of_its_own_says_so_itself(tmp_path: Path) -> None:
    inner = '[tool.poetry.dependencies]\npython = "^3.13"\n'
    write(
        tmp_path,
        {
            "pyproject.toml": f'[project]\nrequires-python = ">=3.10"\n{CONFIGURATION}',
            "chat/pyproject.toml": inner,
            "chat/deps.py": "def create(x): ...\n",
        },
    )
    assert run(tmp_path, "--decorator").exit_code == 0
    assert "from warnings import deprecated\n" in (tmp_path / "chat/deps.py").read_text()


@pytest.mark.parametrize(
    ("declared", "is_told"), [("", True), ('dependencies = ["typing-extensions>=4.5"]\n', False)]
)
def test_a_dependency_that_nothing_names_is_told(declared: str, is_told: bool, tmp_path: Path) -> None:
    settings = f"[project]\n{declared}{CONFIGURATION}"
    write(tmp_path, {"pyproject.toml": settings, "deps.py": "def create(x): ...\n"})
    output = " ".join(run(tmp_path, "--decorator").output.split())
    assert ("`typing_extensions` has to be installed" in output) == is_told


EITHER = """\
try:
    from warnings import deprecated
except ImportError:
    from typing_extensions import deprecated
"""
# The name of the case: what stands above the definition before the run and after it, and the decorator.
NAMES = {
    "there": ("from typing_extensions import deprecated\n", "from typing_extensions import deprecated\n", "deprecated"),
    "of the standard library": ("from warnings import deprecated\n", "from warnings import deprecated\n", "deprecated"),
    "by its module": ("import typing_extensions as t\n", "import typing_extensions as t\n", "t.deprecated"),
    "with others": (
        "from typing_extensions import (\n    Any,\n    final,\n)\n",
        "from typing_extensions import (\n    Any,\n    deprecated,\n    final,\n)\n",
        "deprecated",
    ),
    "with others that come later": (
        "from typing_extensions import final, overload\n",
        "from typing_extensions import final, overload, deprecated\n",
        "deprecated",
    ),
    "either": (
        EITHER,
        EITHER,
        "deprecated",
    ),
    "taken": (
        "def deprecated(f): return f\n",
        "from typing_extensions import deprecated as _deprecated\n\n\ndef deprecated(f): return f\n",
        "_deprecated",
    ),
    "taken beside others": (
        "from typing_extensions import Any\n\n\ndef deprecated(f): return f\n",
        "from typing_extensions import deprecated as _deprecated\n"
        "from typing_extensions import Any\n\n\ndef deprecated(f): return f\n",
        "_deprecated",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES.keys())
def test_the_decorator_is_reached_by_a_name_that_means_it(case: tuple[str, str, str], tmp_path: Path) -> None:
    before, after, name = case
    body = 'def create(x):\n    """Deprecated."""\n    return x\n'
    expected = f'{after}\n\n@{name}("create is deprecated: use get")\n{body}'
    assert deprecated(tmp_path, f"{before}\n\n{body}", "--decorator").decode() == expected


def test_a_factory_that_warns_is_marked_for_type_checkers_alone(tmp_path: Path) -> None:
    warned = deprecated(tmp_path, source(PLAIN), app__py="db = None\n")
    after = deprecated(tmp_path, warned, "--decorator", app__py="db = None\n").decode()
    assert '@deprecated("create is deprecated: use get", category=None)\n@functools.cache\n' in after
    assert after.count("stacklevel=2") == 1
    assert "has this deprecation already" in run(tmp_path).output


def test_a_decorated_factory_has_what_the_default_gives(tmp_path: Path) -> None:
    before = deprecated(tmp_path, source(PLAIN), "--decorator", app__py="db = None\n")
    assert "has this deprecation already" in run(tmp_path).output
    assert (tmp_path / "deps.py").read_bytes() == before


def test_another_decorator_of_that_name_warns_already(tmp_path: Path) -> None:
    before = 'from lib import deprecated\n\n\n@deprecated\ndef create(x):\n    """Make."""\n'
    assert "warnings.warn" not in deprecated(tmp_path, before).decode()


def test_it_goes_with_delegate(tmp_path: Path) -> None:
    before = "def create(user_id, thread_id, run_id=None): return run_id\n"
    after = '''
        from typing_extensions import deprecated


        @deprecated("create is deprecated: use get (run_id is ignored)")
        def create(user_id, thread_id, run_id=None):
            """Deprecated: use get instead."""
            return get(user_id, thread_id)
    '''
    assert (
        deprecated(tmp_path, before + GETTER, "--decorator", "--delegate").decode() == source(after) + GETTER
    )


STUB = """
    from typing import overload

    @overload
    def create(user_id: str) -> str: ...
    @overload
    def create(user_id: str, thread_id: str) -> int: ...
    def get(user_id: str, thread_id: str) -> int: ...
"""
MARKED_STUB = """
    from typing import overload

    from typing_extensions import deprecated

    @overload
    @deprecated("create is deprecated: use get")
    def create(user_id: str) -> str: ...
    @overload
    @deprecated("create is deprecated: use get")
    def create(user_id: str, thread_id: str) -> int: ...
    def get(user_id: str, thread_id: str) -> int: ...
"""


def test_a_stub_is_marked_on_every_overload(tmp_path: Path) -> None:
    deprecated(tmp_path, "def create(user_id, thread_id=''): ...\n", "--decorator", deps__pyi=source(STUB))
    assert (tmp_path / "deps.pyi").read_text() == source(MARKED_STUB)


def test_a_stub_that_is_not_among_paths_is_told_of(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"pyproject.toml": CONFIGURATION, "deps.py": "def create(x): ...\n", "deps.pyi": source(STUB)},
    )
    output = " ".join(run(tmp_path / "deps.py", "--decorator").output.split())
    assert "deps.pyi:4 stays as it is" in output
    assert (tmp_path / "deps.pyi").read_text() == source(STUB)


NEWEST = "warnings" if sys.version_info >= (3, 13) else "typing_extensions"


@pytest.mark.parametrize("manager", ["", "@contextmanager\n"])
def test_it_warns_the_caller_once_when_it_is_called(manager: str, tmp_path: Path) -> None:
    above = f"from contextlib import contextmanager\nfrom {NEWEST} import deprecated\n\n\n"
    after = deprecated(tmp_path, f"{above}{manager}def create(x):\n    yield x\n", "--decorator")
    result, told = caught(after, "result = create(1), create")
    assert told == [("caller.py", 1, "DeprecationWarning")]
    assert result[1].__deprecated__ == "create is deprecated: use get"
