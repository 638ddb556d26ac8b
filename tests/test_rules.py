"""The rules' own examples: each has the code that it is an example of, and is what the rule says it becomes."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

import pytest

import codemod
from codemod.decide.rules import RULES, rule

if TYPE_CHECKING:
    from pathlib import Path

    from codemod.decide.rule import Rule

DEPENDENCIES = """\
def create_user_execution_context(user_id, thread_id, run_id=None, db_session=None):
    return user_id, thread_id, run_id


def get_user_execution_context(user_id, thread_id):
    return user_id, thread_id
"""
IMPORT = "from app.dependencies import create_user_execution_context\n"
HANDLER = f"{IMPORT}\n\ndef handle(m):\n    return create_user_execution_context(m.user, m.thread, m.run)\n"
BLOCKED_HANDLER = HANDLER.replace("m.user, m.thread, m.run", "*m.ids")

SURROUNDINGS = {
    "CTX106": {
        "app/dependencies.py": DEPENDENCIES.replace("def create", "async def create"),
        "prefix": IMPORT,
        "wrap": "async def example(user_id, thread_id, run_id):\n",
    },
    "CTX107": {"name": "app/test_example.py", "prefix": IMPORT},
    "CTX151": {"prefix": IMPORT},
    "CTX152": {"prefix": f"import uuid\n\n{IMPORT}"},
    "CTX153": {
        "app/handler.py": HANDLER,
        "prefix": "from unittest.mock import patch\n\nfrom app.handler import handle\n",
    },
    "CTX154": {"prefix": f"import uuid\n\n{IMPORT}"},
    "CTX202": {"prefix": "from app import dependencies\n"},
    "CTX203": {"prefix": ""},
    "CTX205": {"app/handler.py": BLOCKED_HANDLER, "prefix": "from unittest.mock import patch\n"},
    "CTX301": {
        "app/legacy.py": "def create_user_execution_context(user_id, thread_id, run_id=None): ...\n",
        "prefix": "",
        "suffix": "\ncreate_user_execution_context(1, 2, 3)\n",
    },
    "CTX302": {"app/removed.py": "", "prefix": ""},
    "CTX303": {"prefix": "def create_user_execution_context(user_id, thread_id, run_id=None): ...\n\n\n"},
    "CTX351": {"prefix": "", "suffix": "\ncreate_user_execution_context(1, 2, 3)\n"},
}
EXAMPLES = [each for each in RULES if each.before and each.code != "CTX156"]


def build(root: Path, surroundings: dict[str, str], example: str) -> Path:
    """Lay the example and what it needs into a tree; the example's file."""
    files = {"pyproject.toml": "[tool.ctxmigrate]\n", "app/dependencies.py": DEPENDENCIES, **surroundings}
    prefix = files.pop("prefix", IMPORT)
    name, wrap, suffix = files.pop("name", "app/example.py"), files.pop("wrap", ""), files.pop("suffix", "")
    body = wrap + textwrap.indent(example, "    ") if wrap else example
    for path, text in {**files, name: f"{prefix}{body}\n{suffix}"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root / name


@pytest.mark.parametrize("each", EXAMPLES, ids=lambda each: each.code)
def test_the_example_before_has_the_code(each: Rule, tmp_path: Path) -> None:
    file = build(tmp_path, SURROUNDINGS.get(each.code, {}), each.before)
    report = codemod.migrate([tmp_path], None)
    found = {
        finding.code
        for site in report.sites
        if site.path == file.relative_to(tmp_path).as_posix()
        for finding in (*site.codes, *site.notes)
    }
    assert each.code in found


@pytest.mark.parametrize(
    "each", [e for e in EXAMPLES if e.kind == "note" and e.code != "CTX351"], ids=lambda each: each.code
)
def test_the_example_after_a_note_is_what_the_tool_makes_of_it(each: Rule, tmp_path: Path) -> None:
    file = build(tmp_path, SURROUNDINGS.get(each.code, {}), each.before)
    codemod.migrate([tmp_path], None, write=True)
    assert each.after in file.read_text()


def test_a_mock_in_a_file_that_is_left_alone_is_noted_on_the_call(tmp_path: Path) -> None:
    mocked = rule("CTX156")
    build(tmp_path, {"app/handler.py": HANDLER, "prefix": "from unittest.mock import patch\n"}, mocked.before)
    report = codemod.migrate([tmp_path / "app/handler.py"], None)
    assert [[note.code for note in site.notes] for site in report.sites] == [["CTX156"]]


def test_the_help_of_a_seeded_generator_names_the_setting(tmp_path: Path) -> None:
    surroundings = {"prefix": f"import random\n\n{IMPORT}"}
    build(tmp_path, surroundings, "create_user_execution_context(1, 2, random.random())")
    report = codemod.migrate([tmp_path], None)
    ((finding,),) = [site.codes for site in report.sites]
    assert finding.code == "CTX104"
    assert 'pure-calls = ["random.*"]' in finding.help


@pytest.mark.parametrize("each", [e for e in RULES if e.before], ids=lambda each: each.code)
def test_the_examples_are_python(each: Rule) -> None:
    ast.parse(each.before)
    ast.parse(each.after)


def test_codes_and_names_are_unique_and_every_rule_says_what_to_do() -> None:
    assert len({each.code for each in RULES}) == len({each.name for each in RULES}) == len(RULES)
    assert all(each.summary.endswith(".") and each.advice.endswith(".") for each in RULES)
