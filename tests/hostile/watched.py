"""A tree of which every module and every setting leaves a mark if it is executed, and a witness of what is done."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from .sources import CALLER, DEPS, lay

if TYPE_CHECKING:
    from pathlib import Path

MARK = 'open("{mark}", "a").write(__file__ + " was executed\\n")\n'
MODULES = (
    "conftest",
    "setup",
    "sitecustomize",
    "usercustomize",
    "__init__",
    "__main__",
    "tests/test_m",
    "tests/conftest",
)
COMMANDS_OF_GIT = {
    "core.fsmonitor": "{script}",
    "core.hooksPath": "{hooks}",
    "core.pager": "{script}",
    "core.sshCommand": "{script}",
    "core.askPass": "{script}",
    "credential.helper": "!{script}",
    "alias.ls-files": "!{script}",
    "filter.x.clean": "{script}",
    "filter.x.smudge": "{script}",
    "filter.x.process": "{script}",
    "diff.external": "{script}",
    "diff.x.textconv": "{script}",
    "remote.origin.uploadpack": "{script}",
}
SCRIPT = '#!/bin/sh\necho "git ran $0 $*" >> "{mark}"\nexit 1\n'

# Runs the command with a hook that notes what Python itself does; it goes on in forked workers.
WITNESS = """
import os, sys
sys.path[:] = [place for place in sys.path if place not in ("", os.getcwd())]
notes = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
tree = os.path.join(os.getcwd(), "")
may_write = sys.argv.pop(1) == "yes"

def inside(path):
    return os.path.abspath(os.fsdecode(path)).startswith(tree)

def note(event, arguments):
    told = ""
    if event == "exec":
        code = arguments[0]
        told = inside(code.co_filename) and "file" in repr(code) and not code.co_filename.startswith("<")
    elif event == "import":
        told = arguments[1] is not None and inside(arguments[1])
    elif event == "subprocess.Popen":
        is_isolated = {"-I", "-S"} <= set(arguments[1])
        told = os.path.basename(os.fsdecode(arguments[0])) != "git" and not is_isolated
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.startfile", "ctypes.dlopen", "socket.connect"):
        told = True
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        is_writing = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        told = is_writing and arguments[0] != os.devnull and not may_write
    elif event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink"):
        told = not may_write
    if told:
        os.write(notes, f"{event} {arguments}\\n".encode(errors="backslashreplace"))

from codemod.entry import main
sys.addaudithook(note)
main()
"""


def lay_marks(root: Path, mark: Path) -> None:
    """Make such a tree, with a git repository; what is executed is told in the file ``mark``."""
    lay(root)
    marking = MARK.format(mark=mark)
    (root / "deps.py").write_text(marking + DEPS)
    (root / "tests").mkdir()
    for name in MODULES:
        (root / f"{name}.py").write_text(marking + CALLER)
    for name in (*sys.stdlib_module_names, "click", "libcst", "rich", "jinja2", "pathspec"):
        (root / f"{name}.py").write_text(marking)
    (root / "pyproject.toml").write_text(
        '[tool.ctxmigrate]\ngetter = "deps.get_user_execution_context"\n'
        '[build-system]\nbuild-backend = "setup"\nbackend-path = ["."]\n'
        '[tool.pytest.ini_options]\naddopts = "-p conftest"\n'
    )
    _lay_repository(root, mark)


def _lay_repository(root: Path, mark: Path) -> None:
    hooks = root / ".git/marks"
    _git(root, "init", "-q")
    _git(root, "add", "-A")
    _git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "all")
    hooks.mkdir()
    for name in ("script", "post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
        (hooks / name).write_text(SCRIPT.format(mark=mark))
        (hooks / name).chmod(0o755)
    (root / ".gitattributes").write_text("*.py filter=x diff=x\n")
    for key, value in COMMANDS_OF_GIT.items():
        _git(root, "config", key, value.format(script=hooks / "script", hooks=hooks))


def lay_partial_clone(root: Path, mark: Path) -> None:
    """Make a clone whose index stands for a folder that has to be fetched, with a command that leaves a mark."""
    origin = lay(root.parent / "origin", m=CALLER)
    (origin / "far/away").mkdir(parents=True)
    (origin / "far/away/m.py").write_text(CALLER)
    _git(origin, "init", "-q")
    _git(origin, "config", "uploadpack.allowFilter", "true")
    _git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    _git(origin, "add", "-A")
    _git(origin, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "all")
    _git(
        root.parent, "clone", "-q", "--filter=tree:0", "--sparse", "--no-checkout", origin.as_uri(), root.name
    )
    _git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "near")
    _git(root, "checkout", "-q")
    for pack in (root / ".git/objects/pack").iterdir():
        pack.unlink()
    script = root / ".git/fetching"
    script.write_text(SCRIPT.format(mark=mark))
    script.chmod(0o755)
    _git(root, "config", "remote.origin.uploadpack", str(script))


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
