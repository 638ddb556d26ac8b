"""The source that all hostile trees have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FACTORY, GETTER = "create_user_execution_context", "get_user_execution_context"
DEPS = f"""from uuid import uuid4


class Context:
    def __init__(self, user_id, thread_id, run_id):
        self.user_id, self.thread_id, self.run_id = user_id, thread_id, run_id


def {FACTORY}(user_id, thread_id, run_id=None):
    return Context(user_id, thread_id, run_id or str(uuid4()))


def {GETTER}(user_id, thread_id):
    return Context(user_id, thread_id, str(uuid4()))
"""
IMPORT = f"from deps import {FACTORY}\n"
CALL = f"{FACTORY}('u', 't', 'r')"
CALLER, MIGRATED = f"{IMPORT}{CALL}\n", f"from deps import {GETTER}\n{GETTER}('u', 't')\n"


def lay(root: Path, **files: str) -> Path:
    """Make a root with the definitions and such files, by the names that they have without their suffix."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text("[tool.ctxmigrate]\n")
    (root / "deps.py").write_text(DEPS)
    for name, text in files.items():
        (root / f"{name}.py").write_text(text, encoding="utf-8")
    return root
