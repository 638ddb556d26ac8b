"""``ctxmigrate deprecate``: what the factory's definition gains by default, and when nothing is written."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from deprecating import CONFIGURATION, caught, deprecated, run, source, write

from codemod.cli import main
from codemod.phases.deprecate import names

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

PLAIN = """
    def create(user_id, thread_id, run_id=None):
        return (user_id, thread_id, run_id)
"""
WARNED = '''
    import warnings


    def create(user_id, thread_id, run_id=None):
        """Deprecated: use get instead."""
        warnings.warn("create is deprecated: use get", DeprecationWarning, stacklevel=2)
        return (user_id, thread_id, run_id)
'''

BYTES = {
    "tabs": ("\treturn 1\n", "\tDOC\n\tWARN\n\treturn 1\n"),
    "form feeds": ("\f\n    return 1\n\f\n", "    DOC\n    WARN\n\f\n    return 1\n\f\n"),
    "no newline at the end": ("    return 1", "    DOC\n    WARN\n    return 1"),
}


def cases(name: str) -> list[ParameterSet]:
    """The cases in a file: a name, a source before the run, and one after it."""
    text = (Path(__file__).parent / "data" / name).read_text("utf-8")
    found = re.findall(r"^=== (.*)\n((?s:.*?))=== becomes\n((?s:.*?))(?=\n===|\Z)", text, re.MULTILINE)
    assert found
    return [pytest.param(before, after, id=title) for title, before, after in found]


def expanded(text: str) -> str:
    """A source with what it gains written out."""
    warning = 'warnings.warn("create is deprecated: use get", DeprecationWarning, stacklevel=2)'
    return text.replace("DOC", '"""Deprecated: use get instead."""').replace("WARN", warning)


@pytest.mark.parametrize(("before", "after"), cases("deprecated_definitions.txt"))
def test_a_definition_says_and_warns(before: str, after: str, tmp_path: Path) -> None:
    above = "import warnings\n\nuser = overload = print\n\n"
    assert deprecated(tmp_path, above + before).decode() == above + after


@pytest.mark.parametrize(("before", "after"), BYTES.values(), ids=BYTES.keys())
def test_lines_of_other_kinds_stay(before: str, after: str, tmp_path: Path) -> None:
    above = "import warnings\n\f\ndef create(x):\n"
    assert deprecated(tmp_path, above + before).decode() == above + expanded(after)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_are_those_of_the_file(newline: str, tmp_path: Path) -> None:
    before, after = (source(text).replace("\n", newline) for text in (PLAIN, WARNED))
    assert deprecated(tmp_path, before).decode() == after


def test_a_byte_order_mark_stays_first(tmp_path: Path) -> None:
    after = deprecated(tmp_path, b"\xef\xbb\xbf" + source(PLAIN).encode())
    assert after == b"\xef\xbb\xbf" + source(WARNED).encode()


def test_another_encoding_is_kept(tmp_path: Path) -> None:
    before = "# coding: latin-1\n\n\ndef create(user_id):\n    return 'é'\n".encode("latin-1")
    after = deprecated(tmp_path, before).decode("latin-1")
    assert after.startswith("# coding: latin-1\n\n\nimport warnings\n\n\ndef create(")
    assert after.endswith("    return 'é'\n")


@pytest.mark.parametrize(("before", "after"), cases("deprecated_imports.txt"))
def test_the_import_goes_where_sorters_have_it(before: str, after: str, tmp_path: Path) -> None:
    assert deprecated(tmp_path, before).decode() == after


# The name of the case: what stands above the definition, its first parameter, the import and the call it gets.
NAMES = {
    "an alias": ("import warnings as w\n", "x", "", "w.warn"),
    "the function": ("from warnings import warn\n", "x", "", "warn"),
    "the function by an alias": ("from warnings import warn as tell\n", "x", "", "tell"),
    "taken in the module": ("warnings = []\n", "x", "import warnings as _warnings\n", "_warnings.warn"),
    "taken in the function": ("import os\n", "warnings", "import warnings as _warnings\n", "_warnings.warn"),
    "hidden in the function": ("import warnings\n", "warnings", "import warnings as _warnings\n", "_warnings.warn"),
    "for type checkers": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import warnings\n",
        "x",
        "import warnings as _warnings\n",
        "_warnings.warn",
    ),
    "a star import could bring it": ("from os import *\n", "x", "import warnings as _warnings\n", "_warnings.warn"),
    "in a function": ("def f():\n    import warnings\n", "x", "import warnings\n", "warnings.warn"),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES.keys())
def test_the_warning_is_reached_by_a_name_that_means_it(
    case: tuple[str, str, str, str], tmp_path: Path
) -> None:
    above, parameter, new_import, function = case
    after = deprecated(tmp_path, f"{above}\n\ndef create({parameter}=0):\n    return {parameter}\n").decode()
    assert f"    {function}(" in after
    assert new_import in after
    assert after.count("import warnings") + after.count("from warnings") == 1 + (
        bool(new_import) and "warnings" in above.replace("warnings = []", "")
    )
    assert caught(after, "result = create()") == (0, [("caller.py", 1, "DeprecationWarning")])


def test_the_style_is_that_of_the_function_and_the_formatter(tmp_path: Path) -> None:
    before = """
        def create_user_execution_context(user_id):
          return ['a', user_id]
    """
    after = """
        import warnings


        def create_user_execution_context(user_id):
          '''Deprecated: use get_user_execution_context instead.'''
          warnings.warn(
            'create_user_execution_context is deprecated: use '
            'get_user_execution_context',
            DeprecationWarning,
            stacklevel=2,
          )
          return ['a', user_id]
    """
    settings = "[tool.ctxmigrate]\n[tool.ruff]\nline-length = 70\n"
    other = "\n\ndef other():\n  '''Say.'''\n"
    write(tmp_path, {"pyproject.toml": settings, "deps.py": source(before) + other})
    assert run(tmp_path).exit_code == 0
    assert (tmp_path / "deps.py").read_text() == source(after) + other


# The name of the case: the body before the run, and after it.
PRESENT = {
    "no category": ('warnings.warn("deprecated")', 'warnings.warn("deprecated", DeprecationWarning, stacklevel=2)'),
    "no level": ('warnings.warn("x", DeprecationWarning)', 'warnings.warn("x", DeprecationWarning, stacklevel=2)'),
    "keywords": (
        'warnings.warn(message="Deprecated")',
        'warnings.warn(message="Deprecated", category=DeprecationWarning, stacklevel=2)',
    ),
    "brackets": (
        'warnings.warn(("it is "  # )\n  "deprecated"), )',
        'warnings.warn(("it is "  # )\n  "deprecated"), DeprecationWarning, stacklevel=2, )',
    ),
    "lines": (
        'warnings.warn(\n        "deprecated",  # text\n    )',
        'warnings.warn(\n        "deprecated",\n        DeprecationWarning,\n        stacklevel=2,  # text\n    )',
    ),
    "a bracket on its own line": (
        'warnings.warn("deprecated"\n    )',
        'warnings.warn("deprecated", DeprecationWarning, stacklevel=2\n    )',
    ),
    "an instance": (
        'warnings.warn(DeprecationWarning("x"))',
        'warnings.warn(DeprecationWarning("x"), stacklevel=2)',
    ),
    "complete": ('warnings.warn("x", DeprecationWarning, 3)', 'warnings.warn("x", DeprecationWarning, 3)'),
    "unpacked": ('warnings.warn(*["deprecated"])', 'warnings.warn(*["deprecated"])'),
    "pending": (
        'warnings.warn("x", PendingDeprecationWarning)',
        'warnings.warn("x", PendingDeprecationWarning, stacklevel=2)',
    ),
    "a helper": ("warn_deprecated()", "warn_deprecated()"),
    "another warning": ('warnings.warn("slow")', 'WARN\n    warnings.warn("slow")'),
    "on a condition": (
        'if x: warnings.warn("x", DeprecationWarning)',
        'WARN\n    if x: warnings.warn("x", DeprecationWarning)',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PRESENT.values(), ids=PRESENT.keys())
def test_a_warning_that_is_there_is_completed(case: tuple[str, str], tmp_path: Path) -> None:
    docstring = '"""Do.\n\n    .. deprecated:: 1.0\n    """'
    frame = f"import warnings\n\n\ndef create(x):\n    {docstring}\n    BODY\n    return x\n"
    before, after = (frame.replace("BODY", body) for body in case)
    if before == after:
        write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": before})
        assert run(tmp_path).exit_code == 0
    else:
        deprecated(tmp_path, before)
    assert (tmp_path / "deps.py").read_text() == expanded(after)


@pytest.mark.parametrize(
    "docstring",
    ["Deprecated.", "DEPRECATED: no", "Make it. Deprecated since 2.", "**Deprecated**", "This function is deprecated."],
)  # fmt: skip
def test_a_docstring_that_says_so_is_left(docstring: str, tmp_path: Path) -> None:
    before = f'import warnings\n\n\ndef create(x):\n    """{docstring}"""\n'
    after = deprecated(tmp_path, before).decode()
    assert after == expanded(f"{before}    WARN\n")


def test_a_docstring_that_deprecates_a_parameter_is_completed(tmp_path: Path) -> None:
    before = 'import warnings\n\n\ndef create(x):\n    """Make.\n\n    x is deprecated.\n    """\n'
    assert "Deprecated: use get instead." in deprecated(tmp_path, before).decode()


def test_the_command_tells_what_it_did(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": source(PLAIN)})
    output = run(tmp_path).output
    assert output == source("""
        deps.py:1: `create` gains a docstring and a `DeprecationWarning`
        deps.py: the module gains `import warnings`

        1 file written.
        Run the tests with `-W error::DeprecationWarning` to find who still calls it.
    """)


def test_the_json_report_has_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": source(PLAIN)})
    report = json.loads(run(tmp_path, "--format", "json", "--dry-run").output)
    assert (report["command"], report["outcome"]) == ("deprecate", "planned")
    assert [(each["path"], each["line"]) for each in report["done"]] == [("deps.py", 1), ("deps.py", 0)]
    assert report["files"] == [{"path": "deps.py", "is_new": False}]


def test_a_dry_run_is_a_patch_for_the_same_result(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": source(PLAIN)})
    result = run(tmp_path, "--dry-run")
    assert (tmp_path / "deps.py").read_text() == source(PLAIN)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=result.stdout_bytes, check=True)
    assert (tmp_path / "deps.py").read_text() == source(WARNED)


def refused(root: Path, *args: str) -> str:
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    result = run(root, *args)
    assert result.exit_code == 1, result.output
    assert {path: path.read_bytes() for path in root.rglob("*.py")} == before
    return result.output


def test_a_factory_that_is_gone_is_no_refusal(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": "def get(user_id, thread_id): ...\n"})
    result = run(tmp_path)
    assert result.exit_code == 0
    assert result.output == "`create` is gone already: nothing under the root defines or needs it.\n"


@pytest.mark.parametrize("configuration", [CONFIGURATION, CONFIGURATION.replace("create", "app.deps.create")])
def test_a_factory_outside_paths_is_named_as_path(configuration: str, tmp_path: Path) -> None:
    files = {"app/deps.py": "def create(x): ...\n", "api/use.py": ""}
    write(tmp_path, {"pyproject.toml": configuration, **files})
    result = CliRunner().invoke(main, ["deprecate", str(tmp_path / "api")])
    assert result.exit_code == 1
    assert "is defined not in PATHS, but in app/deps.py:1" in result.output
    assert "Help: Name app/deps.py (seen from the root) as PATH, or run this in the root." in result.output


# The name of the case: the files, and what the refusal says.
REFUSALS = {
    "no factory": ({"deps.py": ""}, "`create` is defined nowhere under the root"),
    "no factory, but a use": (
        {"deps.py": "def get(): ...\n", "use.py": "from deps import create\ncreate()\n"},
        "`create` is defined nowhere under the root",
    ),
    "two factories": (
        {"a.py": "def create(): ...\n", "b.py": "def create(): ...\n"},
        "b.py:1: one of several definitions of `create`",
    ),
    "overloads alone": (
        {"deps.py": "from typing import overload\n@overload\ndef create(x): ...\n"},
        "deps.py:3: only overloads of `create` are here",
    ),
    "a module called warnings": (
        {"deps.py": source(PLAIN), "warnings.py": "def warn(): ...\n"},
        "`import warnings` would bring warnings.py, a module of this project",
    ),
    "another DeprecationWarning": (
        {"deps.py": "class DeprecationWarning(Exception): ...\ndef create(x): ...\n"},
        "`DeprecationWarning` means something else",
    ),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS.keys())
def test_what_cannot_be_deprecated_is_refused(case: tuple[dict[str, str], str], tmp_path: Path) -> None:
    files, reason = case
    write(tmp_path, {"pyproject.toml": CONFIGURATION, **files})
    assert reason in " ".join(refused(tmp_path).split())


def test_paths_choose_among_several_factories(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "a.py": source(PLAIN), "b.py": source(PLAIN)})
    assert run(tmp_path / "b.py").exit_code == 0
    assert (tmp_path / "a.py").read_text() == source(PLAIN)
    assert (tmp_path / "b.py").read_text() == source(WARNED)


def test_a_syntax_error_beside_the_factory_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": "def create(x):\n    return (\n"})
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "deps.py:2: CTX901" in " ".join(result.output.split())
    assert "mend it first, as it seems to define `create`" in " ".join(result.output.split())


def test_a_read_only_file_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": source(PLAIN)})
    (tmp_path / "deps.py").chmod(0o444)
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "deps.py:1: CTX905" in result.output


def test_a_name_that_the_encoding_lacks_is_an_error(tmp_path: Path) -> None:
    configuration = '[tool.ctxmigrate]\nfactory = "create"\ngetter = "hole_größe"\n'
    module = "# coding: ascii\ndef create(x): ...\n"
    write(tmp_path, {"pyproject.toml": configuration, "deps.py": module})
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "CTX906" in result.output
    assert (tmp_path / "deps.py").read_text() == module


def test_a_module_that_the_function_declares_below_is_imported_by_another_name(tmp_path: Path) -> None:
    module = "import warnings\n\ndef create():\n    global C, warnings\n    C = 1\n    return C\n"
    after = deprecated(tmp_path, module)
    assert b"import warnings as _warnings\n" in after
    assert caught(after, "result = create()") == (1, [("caller.py", 1, "DeprecationWarning")])


@pytest.mark.parametrize("declared", ["DeprecationWarning", "x, DeprecationWarning"])
def test_a_name_that_the_function_declares_below_is_not_used(declared: str, tmp_path: Path) -> None:
    module = f"import warnings\n\ndef create():\n    global {declared}\n"
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": module})
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "`DeprecationWarning` means something else" in result.output
    assert (tmp_path / "deps.py").read_text() == module


def test_what_would_not_compile_any_more_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_declared", lambda _: ())
    module = "import warnings\n\ndef create():\n    global warnings\n"
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": module})
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "name 'warnings' is used prior to global declaration" in " ".join(result.output.split())
    assert (tmp_path / "deps.py").read_text() == module


def test_what_did_not_compile_before_is_no_matter(tmp_path: Path) -> None:
    after = deprecated(tmp_path, "import warnings\n\ndef create():\n    return 1\n\nreturn\n")
    assert b"warnings.warn(" in after


def test_a_stub_stays_as_it_is_and_is_told_of(tmp_path: Path) -> None:
    stub = "def create(user_id: str) -> str: ...\n"
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": source(PLAIN), "deps.pyi": stub})
    assert "deps.pyi:1 stays as it is" in " ".join(run(tmp_path).output.split())
    assert (tmp_path / "deps.pyi").read_text() == stub


def test_a_getter_that_calls_the_factory_is_told_of(tmp_path: Path) -> None:
    module = source(PLAIN) + "\n\ndef get(user_id, thread_id):\n    return create(user_id, thread_id)\n"
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": module})
    assert "deps.py:6: the getter calls it, and so warns" in " ".join(run(tmp_path).output.split())


@pytest.mark.parametrize(
    ("definition", "tip"),
    [
        ("def create(x):\n    yield x\n", "deps.py:1 is a generator: it warns when its first value"),
        ("@traced\ndef create(x): ...\n", "deps.py:2 is decorated with `@traced`"),
    ],
)
def test_a_warning_that_may_not_name_the_call_is_told_of(definition: str, tip: str, tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": CONFIGURATION, "deps.py": definition})
    assert tip in " ".join(run(tmp_path, "--dry-run").stderr.split())
    assert tip not in " ".join(run(tmp_path, "--decorator").output.split())
