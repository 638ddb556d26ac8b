"""The public tools that the tool is compared with, in an environment of their own."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .straightforward import FACTORY, GETTER

PACKAGES = ("ast-grep-cli==0.51.1", "libcst==1.9.0", "semgrep==1.182.0")
STRAIGHTFORWARD = Path(__file__).with_name("straightforward.py")
PATTERN = f"{FACTORY}($USER, $THREAD, $$$REST)"
RULE = f"""\
rules:
  - id: factory
    languages: [python]
    severity: WARNING
    message: use the getter
    pattern: {FACTORY}($USER, $THREAD, ...)
    fix: {GETTER}($USER, $THREAD)
"""


@dataclass(frozen=True, slots=True)
class Peers:
    """Commands of other tools; ``bin`` holds their programs."""

    bin: Path
    rule: Path

    @classmethod
    def install(cls, home: Path) -> Peers:
        """Make the environment in ``home``, once."""
        environment = home / "peers"
        if not (environment / "done").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
            subprocess.run([environment / "bin" / "pip", "install", "-q", *PACKAGES], check=True)
            (environment / "rule.yml").write_text(RULE)
            (environment / "done").touch()
        return cls(environment / "bin", environment / "rule.yml")

    @property
    def floor_name(self) -> str:
        """The plain search that everything is measured by."""
        return "ripgrep" if shutil.which("rg") else "grep"

    @property
    def floor(self) -> list[str]:
        """Lists the Python files that mention the factory."""
        if shutil.which("rg"):
            return ["rg", "-l", "--fixed-strings", "-g", "*.py", FACTORY, "."]
        return ["grep", "-rlF", "--include=*.py", FACTORY, "."]

    @property
    def ast_grep(self) -> list[str]:
        """Rewrites all calls under the folder, on paper."""
        program = str(self.bin / "ast-grep")
        return [
            program,
            "run",
            "--lang",
            "python",
            "--pattern",
            PATTERN,
            "--rewrite",
            f"{GETTER}($USER, $THREAD)",
        ]

    @property
    def ast_grep_fed(self) -> list[str]:
        """The same for the files that the plain search lists."""
        return ["sh", "-c", f"{shlex.join(self.floor)} | xargs {shlex.join(self.ast_grep)}"]

    @property
    def semgrep(self) -> list[str]:
        """Finds all calls and works out their fixes."""
        options = [
            "--metrics=off",
            "--disable-version-check",
            "--autofix",
            "--dryrun",
            "--quiet",
            "--no-git-ignore",
        ]
        return [str(self.bin / "semgrep"), "scan", *options, "--config", str(self.rule), "."]

    def rename(self, files: list[str]) -> list[str]:
        """LibCST's own rename of the factory in some files."""
        names = [f"--old_name=app.dependencies.{FACTORY}", f"--new_name=app.dependencies.{GETTER}"]
        tool = [str(self.bin / "python"), "-m", "libcst.tool", "codemod", "rename.RenameCommand"]
        return [*tool, *names, "--no-format", "--unified-diff", *files]

    def straightforward(self, *files: str) -> list[str]:
        """The codemod that one would write first, over the folder or some files."""
        return [str(self.bin / "python"), str(STRAIGHTFORWARD), ".", *files]
