"""The words in which a call's report says what is the matter with its arguments, and what to do."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from codemod import Config, migrate
from codemod.decide.rules import rule

if TYPE_CHECKING:
    from pathlib import Path

    from codemod import Report

MODULE = """\
import random
import uuid

import app.runs
from ids import generate_run_id


def make(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id


def find(user_id, thread_id):
    return user_id, thread_id


async def handle(user, thread, runs):
    {body}
"""
ADVICE = {code: rule(code).advice for code in ("CTX104", "CTX151", "CTX152", "CTX154", "CTX155")}
PURE = (
    '{} If the call has no effect worth keeping, add `pure-calls = ["{}"]` under [tool.ctxmigrate], or run with'
    " `--allow CTX104`."
)

# What the function does: the code, its message, and its help where that is not the advice of the code.
REASONS: dict[str, tuple[str, ...]] = {
    "make(user, thread, await runs)": ("CTX104", "the dropped `await runs` has `await` in it"),
    "make(user, thread, (yield))": ("CTX104", "the dropped `yield` has `yield` in it"),
    "make(user, thread, (run := 7))": ("CTX104", "the dropped `run := 7` assigns `run`"),
    "make(user, thread, app.runs.start())": (
        "CTX104",
        "the dropped `app.runs.start()` could do something, and would not run any more",
        PURE.format(ADVICE["CTX104"], "app.runs.start"),
    ),
    "make(user, thread, runs.start())": (
        "CTX104",
        "the dropped `runs.start()` could do something, and would not run any more",
        PURE.format(ADVICE["CTX104"], "runs.start"),
    ),
    "make(user, thread, runs[0]())": (
        "CTX104",
        "the dropped `runs[0]()` could do something, and would not run any more",
    ),
    "make(user, thread, random.random())": (
        "CTX104",
        "the dropped `random.random()` moves the sequence of a seeded generator",
        'Set `pure-calls = ["random.*"]` under [tool.ctxmigrate] if nothing depends on that sequence.',
    ),
    "make(user, thread, [runs.start(), runs.stop()])": (
        "CTX104",
        "the dropped `runs.start()` could do something, and would not run any more",
        PURE.format(ADVICE["CTX104"], "runs.start"),
    ),
    "make(user, thread, generate_run_id(generate_run_id()))": (
        "CTX155",
        "the dropped `generate_run_id(generate_run_id())` is taken to be pure by its name alone",
    ),
    "make(user, thread, runs); print(runs)": (
        "CTX151",
        "`runs` is read again in line 17 and may differ from the returned object's own",
    ),
    "run = 'r'; make(user, thread, run)": ("CTX152", "nothing reads `run` any more"),
    "key = uuid.uuid4(); make(user, key, 'r')": (
        "CTX154",
        "`thread_id` holds a new identifier on every call",
    ),
    "make(user, str(uuid.uuid4()), 'r')": (
        "CTX154",
        "`thread_id` is `str(uuid.uuid4())`, a new identifier on every call",
    ),
}


def migrated(root: Path, body: str) -> Report:
    (root / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (root / "module.py").write_text(MODULE.format(body=textwrap.indent(body, "    ").strip()))
    return migrate([root], Config(factory="make", getter="find"))


@pytest.mark.parametrize("body", REASONS)
def test_a_reason_is_said_once_and_with_what_to_do(body: str, tmp_path: Path) -> None:
    code, message, *help_ = REASONS[body]
    (site,) = migrated(tmp_path, body).sites
    found = [(finding.code, finding.message, finding.help) for finding in (*site.codes, *site.notes)]
    assert found == [(code, message, *(help_ or [ADVICE[code]]))]


def test_an_argument_with_a_call_that_stays_says_so(tmp_path: Path) -> None:
    report = migrated(tmp_path, "make(user, thread, [make(*runs)])")
    messages = {finding.message for site in report.sites for finding in site.codes}
    assert "the dropped argument holds a reference to the factory that stays" in messages


@pytest.mark.skipif(sys.version_info < (3, 11), reason="except* is syntax from Python 3.11 on")
def test_whether_a_session_key_is_new_depends_on_groups_of_exceptions(tmp_path: Path) -> None:
    body = """\
    key = str(uuid.uuid4())
    try:
        runs.check()
    except* ValueError:
        key = {}
    make(user, key, "r")
    """
    for value, codes in {"str(uuid.uuid4())": ["CTX154"], "runs.key": []}.items():
        (site,) = migrated(tmp_path, textwrap.dedent(body).format(value)).sites
        assert [finding.code for finding in site.notes] == codes
