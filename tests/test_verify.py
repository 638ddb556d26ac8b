"""``ctxmigrate verify`` without running anything: what it finds, what it tells, and the exit status."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from codemod.cli import main
from codemod.phases.witnesses import Caller, Watched, Witnesses, render_witnesses

FACTORY = """\
def create_user_execution_context(user_id, thread_id, run_id=None):
    return (user_id, thread_id, run_id)


"""
GETTER = """\
def get_user_execution_context(user_id, thread_id):
    return (user_id, thread_id)
"""
DEFINITIONS = FACTORY + GETTER
USE = """\
from app.dependencies import get_user_execution_context


def chat(user_id, thread_id):
    return get_user_execution_context(user_id, thread_id)
"""
MIGRATED = {"app/__init__.py": "", "app/dependencies.py": GETTER, "app/chat.py": USE}
"""A tree from which the factory is removed."""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write({"pyproject.toml": "[tool.ctxmigrate]\n"})
    return folder


def write(files: dict[str, str]) -> None:
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode())


def ctxmigrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def verified(*arguments: str) -> dict[str, dict[str, Any]]:
    """The checks of a run, by their names."""
    result = ctxmigrate("verify", "--format", "json", *arguments)
    document = json.loads(result.stdout)
    found = any(check["findings"] for check in document["checks"])
    assert result.exit_code == (2 if document["errors"] else int(found))
    return {check["name"]: check for check in document["checks"]}


def found(check: dict[str, Any], kind: str = "findings") -> list[str]:
    return [f"{each['path']}:{each['line']}: {each['message']}" for each in check[kind]]


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


class TestFactory:
    def test_a_tree_without_the_factory_passes(self) -> None:
        write(MIGRATED)
        result = ctxmigrate("verify")
        assert result.exit_code == 0
        assert "nothing refers to `create_user_execution_context`" in result.stdout
        assert "All that was looked at holds." in result.stdout

    def test_what_is_left_is_listed_by_what_there_is_to_do(self) -> None:
        write(
            {
                **MIGRATED,
                "app/dependencies.py": DEFINITIONS,
                "app/late.py": (
                    "from app.dependencies import create_user_execution_context as make\n\n\n"
                    "def late(a, b, c):\n"
                    "    make(a, b, run_id=None)\n"
                    "    make(*c)\n"
                    "    make(*c)  # ctxmigrate: ignore\n"
                ),
            }
        )
        check = verified()["factory"]
        assert found(check) == [
            "app/late.py:5: not migrated yet: `make(a, b, run_id=None)`",
            "app/late.py:6: blocked (CTX101): `*c` hides which arguments the call passes",
        ]
        assert check["findings"][0]["help"] == "Run `ctxmigrate rewrite` for these."
        assert found(check, "notes") == ["app/late.py:7: stays, as a comment says: `make(*c)`"]

    def test_what_a_person_ignores_fails_nothing(self) -> None:
        call = "def late(c):\n    create_user_execution_context(*c)  # ctxmigrate: ignore\n"
        write(
            {"deps.py": DEFINITIONS, "late.py": f"from deps import create_user_execution_context\n\n\n{call}"}
        )
        assert ctxmigrate("verify").exit_code == 0

    def test_the_definition_and_its_imports_may_stay(self) -> None:
        write(
            {
                "deps.py": DEFINITIONS,
                "api.py": '"""Has create_user_execution_context."""\nfrom deps import create_user_execution_context\n',
                "other.py": "class Factory:\n    def create_user_execution_context(self):\n        pass\n",
            }
        )
        check = verified()["factory"]
        assert check["verdict"] == "ok"
        assert check["message"] == (
            "nothing refers to `create_user_execution_context` but what is known: 1 definition, 1 import, 1 lookalike "
            "and 1 mention"
        )

    def test_what_the_getter_itself_uses_is_a_note(self) -> None:
        getter = "def get_user_execution_context(user_id, thread_id):\n    return {}(user_id, thread_id)\n"
        write({"deps.py": FACTORY + getter.format("create_user_execution_context")})
        check = verified()["factory"]
        assert check["verdict"] == "ok"
        assert found(check, "notes") == ["deps.py:6: a definition that stays as it is uses it"]

    def test_words_about_the_removed_factory_fail_nothing(self) -> None:
        write({**MIGRATED, "app/old.py": '"""Once there was create_user_execution_context."""\n'})
        check = verified()["factory"]
        assert check["verdict"] == "ok"
        assert check["message"] == (
            "nothing refers to `create_user_execution_context`, which is named in 1 mention"
        )

    def test_what_still_imports_the_removed_factory_is_found(self) -> None:
        late = (
            "import app.dependencies as deps\n"
            "from app.dependencies import create_user_execution_context\n\n"
            'HOOK = "app.dependencies:create_user_execution_context"\n\n\n'
            "def late():\n    deps.create_user_execution_context('a', 'b')\n"
        )
        write(
            {**MIGRATED, "app/late.py": late, "app/api.py": '__all__ = ["create_user_execution_context"]\n'}
        )
        checks = verified()
        assert [line.partition(": ")[0] for line in found(checks["factory"])] == [
            "app/api.py:1",
            "app/late.py:2",
            "app/late.py:8",
        ]
        assert found(checks["mocks"]) == [
            "app/late.py:4: app/dependencies.py has no `create_user_execution_context`"
        ]

    def test_a_dotted_factory_that_is_gone_is_found_by_its_attribute_too(self) -> None:
        late = "import app.dependencies\n\napp.dependencies.create_user_execution_context('a', 'b')\n"
        table = '[tool.ctxmigrate]\nfactory = "app.dependencies.create_user_execution_context"\n'
        write({**MIGRATED, "app/late.py": late, "pyproject.toml": table})
        (line,) = found(verified()["factory"])
        assert line == "app/late.py:3: app/dependencies.py has no `create_user_execution_context`"

    def test_every_place_with_the_name_is_accounted_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write({"deps.py": DEFINITIONS + "# create_user_execution_context\n"})
        assert ctxmigrate("verify").exit_code == 0
        monkeypatch.setattr("codemod.outcome.count_occurrences", lambda *_: ())
        (line,) = found(verified()["factory"])
        assert line.endswith("`create_user_execution_context` stands in 2 places, and 0 are accounted for")

    def test_where_neither_name_is_there_is_nothing_to_verify(self, root: Path) -> None:
        write({"app.py": "x = 1\n"})
        result = ctxmigrate("verify")
        assert result.exit_code == 1
        assert f"no Python file under {root} names" in " ".join(result.stdout.split())

    @pytest.mark.parametrize("binding", ["class {}: ...", "{} = lambda user_id, thread_id: None"])
    def test_a_factory_that_no_def_makes_is_found(self, binding: str) -> None:
        bound = binding.format("create_user_execution_context")
        write({**MIGRATED, "app/dependencies.py": f"{GETTER}{bound}\n", "tests/fake.py": f"{bound}\n"})
        check = verified()["factory"]
        assert [(each["path"], each["line"]) for each in check["findings"]] == [("app/dependencies.py", 3)]
        assert check["findings"][0]["message"].endswith(", but not by `def`")

    def test_only_what_paths_name_is_told(self) -> None:
        late = "from deps import create_user_execution_context\n\ncreate_user_execution_context('a', 'b')\n"
        write({"deps.py": DEFINITIONS, "one/late.py": late, "two/late.py": late})
        assert found(verified("one")["factory"]) == [
            "one/late.py:3: not migrated yet: `create_user_execution_context('a', 'b')`"
        ]

    def test_a_file_that_does_not_parse_is_an_error(self) -> None:
        write(
            {
                **MIGRATED,
                "app/bad.py": "def create_user_execution_context(:\n",
                "app/worse.py": "(get_user_execution_context",
            }
        )
        result = ctxmigrate("verify")
        assert result.exit_code == 2
        assert "app/bad.py:1: error (CTX901)" in result.stdout
        assert "app/worse.py:1: error (CTX901)" in result.stdout
        assert "2 files could not be looked at" in result.stdout


class TestGetter:
    def test_imports_and_uses_that_find_it_are_counted(self) -> None:
        write(
            {**MIGRATED, "app/__init__.py": "from .dependencies import get_user_execution_context as get\n"}
        )
        check = verified()["getter"]
        assert check["message"] == "2 imports and 1 use of `get_user_execution_context` find it"

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("from app.chat2 import get_user_execution_context\n", "there is no module `app.chat2` under the root"),
            ("from .chat2 import get_user_execution_context\n", "there is no module `.chat2` under the root"),
            ("from app.empty import get_user_execution_context\n", "app/empty.py has no `get_user_execution_context`"),
            ("from app.empty import get_user_execution_context as g\n", "app/empty.py has no"),
            ("from app.typed import get_user_execution_context\n", "app/typed.py has no"),
            ("get_user_execution_context('a', 'b')\n", "nothing binds `get_user_execution_context` here"),
            ("import app.empty\n\napp.empty.get_user_execution_context()\n", "app/empty.py has no"),
            ("from app import empty as e\n\ne.get_user_execution_context()\n", "app/empty.py has no"),
            ("import app.gone\n\napp.gone.get_user_execution_context()\n", "there is no module `app.gone`"),
            ("from app import gone\n\ngone.get_user_execution_context()\n", "there is no module `app.gone`"),
            ("__all__ = ['get_user_execution_context']\n", "`__all__` lists `get_user_execution_context`, which"),
            (
                "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
                "    from app.dependencies import get_user_execution_context\n\nget_user_execution_context()\n",
                "`get_user_execution_context` is bound here for type checkers only",
            ),
        ],
    )  # fmt: skip
    def test_what_does_not_find_it_is_found(self, source: str, message: str) -> None:
        typed = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.dependencies import *\n"
        typed = typed.replace("*", "get_user_execution_context")
        write({**MIGRATED, "app/empty.py": "", "app/typed.py": typed, "app/wrong.py": source})
        check = verified()["getter"]
        (line,) = found(check)
        assert line.startswith("app/wrong.py:")
        assert message in line
        assert (
            check["findings"][0]["help"]
            == "`get_user_execution_context` is defined in app/dependencies.py:1."
        )

    @pytest.mark.parametrize(
        "source",
        [
            "from app.dependencies import *\n\nget_user_execution_context()\n",
            "from app.chat import get_user_execution_context\n",
            "import app.chat\n\napp.chat.get_user_execution_context()\n",
            "import app.dynamic\n\napp.dynamic.get_user_execution_context()\n",
            "def run(get_user_execution_context):\n    get_user_execution_context()\n",
            "def run(self):\n    self.get_user_execution_context()\n",
            "from app.dependencies import get_user_execution_context\n\n__all__ = ['get_user_execution_context']\n",
            (
                "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
                "    from app.dependencies import get_user_execution_context\n\n    get_user_execution_context()\n"
            ),
        ],
    )
    def test_what_finds_it_is_fine(self, source: str) -> None:
        write(
            {
                **MIGRATED,
                "app/dynamic.py": "def __getattr__(name):\n    return name\n",
                "app/right.py": source,
            }
        )
        assert found(verified()["getter"]) == []

    @pytest.mark.parametrize(
        ("source", "doubt"),
        [
            ("from sdk.context import get_user_execution_context\n", "`sdk.context` is not under the root"),
            ("from sdk import *\n\nget_user_execution_context()\n", "`from sdk import *` may bring it"),
            ("from app.dynamic import get_user_execution_context\n", "app/dynamic.py makes its names in `__getattr__`"),
            (
                "try:\n    from app.gone import get_user_execution_context\nexcept ImportError:\n    pass\n",
                "there is no module `app.gone` under the root, and an `except` sees to that",
            ),
        ],
    )  # fmt: skip
    def test_what_cannot_be_known_is_a_note(self, source: str, doubt: str) -> None:
        write(
            {
                **MIGRATED,
                "app/dynamic.py": "def __getattr__(name):\n    return name\n",
                "app/maybe.py": source,
            }
        )
        check = verified()["getter"]
        assert check["verdict"] == "ok"
        assert doubt in found(check, "notes")[0]


class TestMocks:
    @pytest.mark.parametrize(
        ("name", "target"),
        [
            ("create_user_execution_context", "app.chat"),
            ("create_user_execution_context", "app.dependencies"),
            ("get_user_execution_context", "app.empty"),
        ],
    )
    @pytest.mark.parametrize(
        "form",
        [
            'patch("{target}.{name}")',
            'patch.object({target}, "{name}")',
            'monkeypatch.setattr("{target}.{name}", None)',
            'monkeypatch.setattr({target}, "{name}", None)',
            "patch.multiple({target}, {name}=None)",
        ],
    )
    def test_a_target_that_is_not_there_is_found(self, name: str, target: str, form: str) -> None:
        call = form.format(name=name, target=target)
        test = (
            f"import {target}\nfrom unittest.mock import patch\n\n\ndef test_it(monkeypatch):\n    {call}\n"
        )
        write({**MIGRATED, "app/empty.py": "", "tests/test_it.py": test})
        (line,) = found(verified()["mocks"])
        assert line == f"tests/test_it.py:6: {target.replace('.', '/')}.py has no `{name}`"

    def test_a_target_in_a_module_that_is_not_there_is_found(self) -> None:
        test = 'from unittest.mock import patch\n\npatch("app.gone.get_user_execution_context")\n'
        write({**MIGRATED, "test_it.py": test})
        assert found(verified()["mocks"]) == ["test_it.py:3: there is no module `app.gone` under the root"]

    @pytest.mark.parametrize(
        "call",
        [
            'patch("app.chat.get_user_execution_context")',
            'patch("app.empty.get_user_execution_context", create=True)',
            'monkeypatch.setattr("app.empty.get_user_execution_context", None, raising=False)',
            'patch("app.empty.Service.get_user_execution_context")',
            'patch("sdk.get_user_execution_context")',
        ],
    )
    def test_a_target_that_is_there_or_need_not_be_is_fine(self, call: str) -> None:
        test = f"from unittest.mock import patch\n\n\ndef test_it(monkeypatch):\n    {call}\n"
        write({**MIGRATED, "app/empty.py": "class Service:\n    pass\n", "test_it.py": test})
        assert found(verified()["mocks"]) == []

    def test_a_call_of_patch_that_replaces_both_is_fine(self) -> None:
        both = "create_user_execution_context=None, get_user_execution_context=None"
        test = f'from unittest.mock import patch\n\npatch.multiple("deps", {both})\n'
        write({"deps.py": DEFINITIONS, "test_it.py": test})
        check = verified()["mocks"]
        assert (check["findings"], check["notes"]) == ([], [])
        assert check["message"].startswith("2 mock targets of ")

    def test_a_computed_target_is_a_note(self) -> None:
        test = 'from unittest.mock import patch\n\nM = "app"\npatch(f"{M}.get_user_execution_context")\n'
        write({**MIGRATED, "test_it.py": test})
        assert "test_it.py:4: the mock target is computed" in found(verified()["mocks"], "notes")[0]


class TestCallers:
    def witness(self, *callers: Caller, imported: bool = True, lost: int = 0) -> dict[str, Any]:
        definition = Watched("deps.py", 1, imported)
        witnesses = Witnesses("create_user_execution_context", (definition,), callers, lost)
        Path("calls.json").write_text(render_witnesses(witnesses))
        return verified("--witness", "calls.json")["callers"]

    @pytest.fixture(autouse=True)
    def files(self) -> None:
        late = "import deps\n\ndeps.create_user_execution_context('a', 'b')\nmake = lambda f: f('a', 'b')\n"
        write({"deps.py": DEFINITIONS, "late.py": late})

    def test_a_caller_that_is_a_site_is_known(self) -> None:
        source = "deps.create_user_execution_context('a', 'b')"
        check = self.witness(Caller("late.py", 3, "", source, 2))
        assert (check["verdict"], check["message"]) == (
            "ok",
            "1 caller of `create_user_execution_context` in a test run: each of them is known",
        )

    def test_a_caller_that_is_no_site_is_found(self) -> None:
        source = "make = lambda f: f('a', 'b')"
        check = self.witness(Caller("late.py", 4, "", source, 2))
        assert found(check) == [
            f"late.py:4: called the factory 2 times, and no site is known here: `{source}`"
        ]

    def test_a_caller_outside_of_the_tree_is_found(self) -> None:
        check = self.witness(Caller("", 7, "vendor.pool", "", 1))
        assert found(check) == [":0: `vendor.pool` line 7, outside the root, called the factory 1 time"]

    def test_what_the_witnesses_cannot_vouch_for_is_a_note(self) -> None:
        check = self.witness(Caller("late.py", 1, "", "f('a')", 1), imported=False, lost=2)
        assert found(check, "notes") == [
            "late.py:1: reads otherwise since the test run. Record the witnesses again.",
            "deps.py:1: the test run did not import this module, so it saw no call of its function",
            ":0: 2 of the test run's processes ended without telling what they saw. Record the witnesses again.",
        ]

    def test_a_file_that_holds_no_witnesses_is_told(self) -> None:
        Path("calls.json").write_text("[]")
        result = ctxmigrate("verify", "--witness", "calls.json")
        assert result.exit_code == 2
        assert "calls.json: this holds no witnesses" in result.stderr


class TestTexts:
    def test_other_files_that_name_the_factory_are_listed(self) -> None:
        notebook = '{"cells": [{"source": ["context = create_user_execution_context(a)\\n"]}]}\n'
        write(
            {
                **MIGRATED,
                "docs/guide.md": "# Guide\r\n\r\nCall `create_user_execution_context` first.\r\n",
                "deploy/app.yaml": "factory: app.dependencies.create_user_execution_context\n",
                "notes.ipynb": notebook,
                "Dockerfile": "# recreate_user_execution_context, create_user_execution_contexts\n",
            }
        )
        check = verified()["texts"]
        assert found(check) == [
            "deploy/app.yaml:1: factory: app.dependencies.create_user_execution_context",
            "docs/guide.md:3: Call `create_user_execution_context` first.",
            f"notes.ipynb:1: {notebook.strip()}",
        ]
        assert "`ctxmigrate: ignore` on the line" in check["findings"][0]["help"]

    @pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
    def test_any_encoding_of_text_will_do(self, encoding: str) -> None:
        write(MIGRATED)
        Path("notes.txt").write_bytes("né\ncreate_user_execution_context\n".encode(encoding))
        assert found(verified()["texts"]) == ["notes.txt:2: create_user_execution_context"]

    def test_words_of_languages_without_spaces_do_not_hide_it(self) -> None:
        write({**MIGRATED, "guide.md": "関数create_user_execution_contextを使う\n"})
        assert len(found(verified()["texts"])) == 1

    def test_binary_files_are_passed_over(self) -> None:
        write({**MIGRATED, "cache.bin": "\0create_user_execution_context\n", "empty.txt": ""})
        assert found(verified()["texts"]) == []

    def test_a_name_on_the_border_of_two_parts_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("codemod.phases.verify.naming._CHUNK", 32)
        write({**MIGRATED, "big.txt": "x" * 15 + " create_user_execution_context\n"})
        assert len(found(verified()["texts"])) == 1

    def test_a_long_line_is_cut_around_the_name(self) -> None:
        write({**MIGRATED, "long.json": f"{'a' * 500} create_user_execution_context {'b' * 500}\n"})
        message = verified()["texts"]["findings"][0]["message"]
        assert len(message) < 120
        assert message.startswith("...")
        assert "create_user_execution_context" in message

    def test_what_records_the_past_is_a_note(self) -> None:
        write(
            {
                **MIGRATED,
                "CHANGELOG.md": "- create_user_execution_context is deprecated\n",
                "changelog.d/12.md": "create_user_execution_context is gone\n",
                "old/one.patch": "-create_user_execution_context\n+get_user_execution_context\n",
            }
        )
        check = verified()["texts"]
        assert found(check) == []
        assert found(check, "notes") == [
            "CHANGELOG.md:1: a changelog: 1 line with the name may stay",
            "changelog.d/12.md:1: a changelog: 1 line with the name may stay",
            "old/one.patch:1: a patch: 1 line with the name may stay",
        ]

    def test_what_this_tool_wrote_is_a_note(self) -> None:
        late = "from deps import create_user_execution_context\n\ncreate_user_execution_context(*x)\n"
        write({"deps.py": DEFINITIONS, "late.py": late})
        reports = [
            argument for kind in ("json", "sarif", "html", "md") for argument in ("--report", f"r.{kind}")
        ]
        assert ctxmigrate("check", *reports, "--write-baseline", "known.json").exit_code == 0
        check = verified()["texts"]
        assert found(check) == []
        assert [each["path"] for each in check["notes"]] == [
            "known.json",
            "r.html",
            "r.json",
            "r.md",
            "r.sarif",
        ]
        assert all("written by ctxmigrate" in each["message"] for each in check["notes"])

    def test_a_line_that_says_so_may_stay(self) -> None:
        write({**MIGRATED, "guide.md": "create_user_execution_context <!-- ctxmigrate: ignore -->\n"})
        check = verified()["texts"]
        assert found(check) == []
        assert found(check, "notes")[0].startswith("guide.md:1: stays, as the line says: ")

    def test_the_configuration_of_this_tool_is_no_mention(self) -> None:
        table = '[tool.ctxmigrate]\nfactory = "app.dependencies.create_user_execution_context"\n'
        write(
            {
                **MIGRATED,
                "pyproject.toml": f'{table}\n[[tool.hooks]]\nrun = "create_user_execution_context"\n',
            }
        )
        assert found(verified()["texts"]) == ['pyproject.toml:5: run = "create_user_execution_context"']

    def test_excluded_files_and_those_outside_of_paths_are_left_out(self) -> None:
        text = "create_user_execution_context\n"
        write({**MIGRATED, "docs/one.md": text, "docs/two.md": text, "three.md": text})
        assert found(verified("docs", "--exclude", "two.md")["texts"]) == [f"docs/one.md:1: {text.strip()}"]

    def test_in_a_work_tree_only_tracked_files_count(self) -> None:
        text = "create_user_execution_context\n"
        write(
            {**MIGRATED, "tracked.md": text, "scratch.md": text, "forced.log": text, ".gitignore": "*.log\n"}
        )
        git("init", "-q")
        git("add", "-f", "tracked.md", "forced.log", "app")
        assert [each["path"] for each in verified()["texts"]["findings"]] == ["forced.log", "tracked.md"]

    def test_elsewhere_what_is_ignored_does_not_count(self) -> None:
        text = "create_user_execution_context\n"
        write({**MIGRATED, "a.log": text, ".gitignore": "*.log\n", "node_modules/x.js": text, "b.md": text})
        assert [each["path"] for each in verified()["texts"]["findings"]] == ["b.md"]

    def test_a_file_that_cannot_be_read_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write(MIGRATED)
        monkeypatch.setattr("codemod.phases.verify.texts.discover_tracked", lambda *_: ("gone.md",))
        result = ctxmigrate("verify")
        assert result.exit_code == 2
        assert "gone.md:1: error (CTX903): cannot be read: No such file or directory" in result.stdout


class TestOutput:
    def test_quiet_keeps_what_there_is_to_see_to(self) -> None:
        write({**MIGRATED, "guide.md": "create_user_execution_context\n"})
        result = ctxmigrate("verify", "--quiet")
        assert result.stdout.splitlines()[0].startswith("see to  texts: ")
        assert "getter" not in result.stdout
        assert "to see to." not in result.stdout

    def test_quiet_has_nothing_to_say_of_what_holds(self) -> None:
        write(MIGRATED)
        result = ctxmigrate("verify", "--quiet")
        assert (result.exit_code, result.stdout) == (0, "")

    def test_help_that_places_share_is_told_once(self) -> None:
        write({**MIGRATED, "guide.md": "create_user_execution_context\n" * 3})
        assert ctxmigrate("verify").stdout.count("Help: ") == 1

    def test_what_was_not_run_is_told_with_how_to_run_it(self) -> None:
        write(MIGRATED)
        check = verified()["probe"]
        assert check["verdict"] == "not-run"
        assert "`--getter app.dependencies:get_user_execution_context`" in check["message"]

    def test_control_characters_are_shown_escaped(self) -> None:
        write({**MIGRATED, "guide.md": "create_user_execution_context \x1b[31m\n"})
        assert "\x1b" not in ctxmigrate("verify").stdout
        assert "\\x1b[31m" in ctxmigrate("verify").stdout

    def test_no_file_is_written(self, root: Path) -> None:
        write(MIGRATED)
        before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
        ctxmigrate("verify")
        assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before

    def test_a_path_that_does_not_exist_is_told(self) -> None:
        result = ctxmigrate("verify", "gone")
        assert result.exit_code == 2
        assert "'gone' does not exist" in result.stderr
