"""From a project's name to a tree that the tool can be run on."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from .projects import STANDARD_LIBRARY

if TYPE_CHECKING:
    from .projects import Project

BODY = ast.parse("raise NotImplementedError").body
PYTHON = (".py", ".pyi")
NO_SOURCE = shutil.ignore_patterns("__pycache__", "site-packages", "dist-packages", "config-*", "*.so", "*.a")
WHEEL = (
    *("--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp"),
    *("--abi", "cp311", "--abi", "none", "--platform", "manylinux_2_17_x86_64", "--platform", "any"),
)


def download(project: Project, cache: Path) -> Path:
    """The project's archive in ``cache``, fetched by pip where it is not there yet.

    For the standard library that is its own folder. For a source distribution, pip asks for its metadata in an
    environment of its own, as before any installation; a wheel is the one for one Python, whichever runs this.
    Raises SystemExit where pip fails, or where the archive is not the one that was chosen.
    """
    if project.name == STANDARD_LIBRARY:
        return Path(sysconfig.get_path("stdlib"))
    folder = cache / f"{project.name}-{project.version}"
    if not folder.is_dir() or not any(folder.iterdir()):
        kind = WHEEL if project.archive == "wheel" else ("--no-binary", project.name)
        arguments = ("--quiet", "--no-deps", *kind, "--dest", str(folder))
        command = (sys.executable, "-m", "pip", "download", *arguments, f"{project.name}=={project.version}")
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"real_input: pip could not download {project.name} {project.version}")
    (archive,) = folder.iterdir()
    if hashlib.sha256(archive.read_bytes()).hexdigest() != project.sha256:
        sys.exit(f"real_input: {archive} is not the archive that was chosen; delete it and run again")
    return archive


def unpack(source: Path, folder: Path) -> Path:
    """Lay what ``download`` returned into ``folder`` and return the tree's root; of a wheel, Python files only."""
    if source.is_dir():
        return shutil.copytree(source, folder / source.name, ignore=NO_SOURCE)
    if source.suffix == ".whl":
        with zipfile.ZipFile(source) as wheel:
            wheel.extractall(folder / "tree", [name for name in wheel.namelist() if name.endswith(PYTHON)])
        return folder / "tree"
    with tarfile.open(source) as tar:
        tar.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


def prepare(project: Project, root: Path) -> tuple[str, ...]:
    """Lay the getter beside the factory and the configuration into ``pyproject.toml``.

    Returns the factory's positional parameters.
    """
    path = root / project.definition
    source = path.read_bytes()
    factory = definition(source, project.factory)
    lines = source.splitlines(keepends=True)
    getter = ast.unparse(without(factory, project.drop, project.getter))
    lines.insert(factory.end_lineno or len(lines), f"\n\n{getter}\n".encode())
    path.write_bytes(b"".join(lines))
    parameters = tuple(parameter.arg for parameter in (*factory.args.posonlyargs, *factory.args.args))
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(configuration(project, parameters))
    return parameters


def configuration(project: Project, parameters: tuple[str, ...]) -> str:
    """The table that makes ``project``'s tree a root of the tool."""
    settings = {
        "factory": project.setting,
        "getter": project.getter,
        "drop": [project.drop],
        "parameters": list(parameters),
        "session-key": [],
    }
    return "\n".join(
        ["", "[tool.ctxmigrate]", *(f"{key} = {json.dumps(settings[key])}" for key in settings), ""]
    )


def definition(source: bytes, name: str) -> ast.FunctionDef:
    """The only module-level function ``name`` in ``source``."""
    (found,) = (
        item for item in ast.parse(source).body if isinstance(item, ast.FunctionDef) and item.name == name
    )
    return found


def without(factory: ast.FunctionDef, parameter: str, name: str) -> ast.FunctionDef:
    """A function ``name`` with the factory's signature less ``parameter``, which does nothing."""
    getter = ast.parse(ast.unparse(factory)).body[0]
    assert isinstance(getter, ast.FunctionDef)
    arguments = getter.args
    positional = (*arguments.posonlyargs, *arguments.args)
    defaults = dict(
        zip((item.arg for item in reversed(positional)), reversed(arguments.defaults), strict=False)
    )
    keyword_only = list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    arguments.posonlyargs = [item for item in arguments.posonlyargs if item.arg != parameter]
    arguments.args = [item for item in arguments.args if item.arg != parameter]
    kept = (*arguments.posonlyargs, *arguments.args)
    arguments.defaults = [defaults[item.arg] for item in kept if item.arg in defaults]
    arguments.kwonlyargs = [item for item, _ in keyword_only if item.arg != parameter]
    arguments.kw_defaults = [default for item, default in keyword_only if item.arg != parameter]
    getter.name, getter.body, getter.decorator_list = name, BODY, []
    return getter
