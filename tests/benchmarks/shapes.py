"""Generated modules with calls of the factory in many shapes, among code that has nothing to do with it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEFINER = '''"""Where contexts come from."""

from dataclasses import dataclass
from uuid import uuid4


@dataclass(frozen=True)
class UserExecutionContext:
    user_id: str
    thread_id: str
    run_id: str


def create_user_execution_context(user_id, thread_id, run_id=None):
    return UserExecutionContext(user_id, thread_id, run_id or uuid4().hex)


def get_user_execution_context(user_id, thread_id):
    return UserExecutionContext(user_id, thread_id, "the session's")
'''
SITES = (
    "    context = create_user_execution_context(user_id, thread_id, run_id=str(uuid4()))\n"
    "    return context\n",
    "    return create_user_execution_context(\n        user_id=user_id,\n        thread_id=thread_id,\n"
    '        run_id=f"run_{uuid4().hex[:8]}",  # a run of its own\n    )\n',
    "    return create_user_execution_context(user_id, thread_id, None)\n",
    "    run_id = str(uuid4())\n    return create_user_execution_context(user_id, thread_id, run_id)\n",
    '    run_id = payload.get("run_id") or "none"\n'
    "    context = create_user_execution_context(user_id, thread_id, run_id)\n"
    "    return context, run_id\n",
    "    return [create_user_execution_context(each, thread_id, run_id=None) for each in payload]\n",
    "    return create_user_execution_context(*payload)\n",
    "    return create_user_execution_context(user_id, thread_id, run_id=store(payload))\n",
    "    return deps.create_user_execution_context(user_id, thread_id, run_id=payload)\n",
    "    return partial(create_user_execution_context, user_id)\n",
)
FILLERS = (
    "    total = 0\n    for number, item in enumerate(payload, 1):\n"
    "        if item is None or number % 7 == 0:\n            continue\n"
    "        total += len(str(item)) * number\n    return total / max(len(payload), 1)\n",
    "    result = {}\n    for key, value in sorted(payload.items()):\n        name = key.strip().lower()\n"
    "        if name not in result:\n            result[name] = []\n        result[name].append((value, user_id))\n"
    "    return {name: values for name, values in result.items() if len(values) > 1}\n",
    '    try:\n        with open(thread_id, encoding="utf-8") as file:\n            lines = file.read().splitlines()\n'
    '    except OSError as error:\n        raise ValueError(f"{thread_id!r} cannot be read: {error}") from None\n'
    '    return [line.partition("#")[0].rstrip() for line in lines if line and not line.startswith("#")]\n',
    "    first, *rest = payload\n    while rest and first != user_id:\n        first, rest = rest[0], rest[1:]\n"
    '    return {"user": user_id, "thread": thread_id, "first": first, "left": len(rest)}\n',
)
HEAD = '''"""Module {number}: handlers of one kind of message."""

from __future__ import annotations

import logging
from functools import partial
from uuid import uuid4

from app import dependencies as deps
from app.dependencies import create_user_execution_context

logger = logging.getLogger(__name__)


def store(payload):
    logger.info("stored %s", payload)
    return payload
'''
PLAIN_HEAD = HEAD.replace("from app.dependencies import create_user_execution_context\n", "")


def module(number: int, sites: int) -> str:
    """One module of 200 to 400 lines with that many calls of the factory, always the same for a number."""
    chance = random.Random(number)
    places = set(chance.sample(range(30), sites))
    parts = [(HEAD if sites else PLAIN_HEAD).format(number=number)]
    for index in range(chance.randint(30, 52)):
        body = chance.choice(SITES if index in places else FILLERS)
        parts.append(
            f'def handle_{number}_{index}(user_id, thread_id, payload):\n    """Handle it."""\n{body}'
        )
    return "\n\n".join(parts)


def write_app(folder: Path, modules: int, start: int = 0, *, clean: bool = False) -> None:
    """Write the definer and that many modules with 1 to 6 calls each; with none where ``clean``."""
    app = folder / "app"
    app.mkdir(parents=True)
    (app / "__init__.py").write_text("")
    (app / "dependencies.py").write_text('"""Nothing."""\n' if clean else DEFINER)
    for number in range(start, start + modules):
        package = app / f"part_{number // 50:03}"
        if not package.exists():
            package.mkdir()
            (package / "__init__.py").write_text("")
        sites = 0 if clean else 1 + number % 6
        (package / f"module_{number:04}.py").write_text(module(number, sites))
