"""The projects, and the functions of each that its runs retire."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

STANDARD_LIBRARY = "cpython"


@dataclass(frozen=True, slots=True)
class Project:
    """One distribution and what one run migrates in it.

    ``archive`` is ``sdist`` or ``wheel``; the running Python's own standard library has none, and no ``sha256``.
    ``definition`` is the file that defines the factory, where the getter is laid beside it. ``setting`` is
    the configured factory: dotted, or bare. ``exporters`` are modules that the factory can be imported
    from, ``source_roots`` the folders in which module names start.
    """

    name: str
    version: str
    sha256: str
    definition: str
    setting: str
    drop: str
    exporters: frozenset[str]
    source_roots: tuple[str, ...] = ("",)
    archive: str = "wheel"

    @property
    def factory(self) -> str:
        """The factory's own name."""
        return self.setting.rpartition(".")[2]

    @property
    def getter(self) -> str:
        """The getter's name, which no project has."""
        return f"{self.factory}_without_{self.drop}"


def read_projects(path: Path) -> tuple[Project, ...]:
    """One project for each target of each distribution that the TOML file ``path`` lists."""
    return tuple(
        project(distribution, target)
        for distribution in tomllib.loads(path.read_text())["distribution"]
        for target in distribution["target"]
    )


def project(distribution: dict[str, Any], target: dict[str, Any]) -> Project:
    """The run of one target."""
    return Project(
        name=distribution["name"],
        version=distribution.get("version", ".".join(map(str, sys.version_info[:3]))),
        sha256=distribution.get("sha256", ""),
        definition=target["definition"],
        setting=target["factory"],
        drop=target["drop"],
        exporters=frozenset(target["exporters"]),
        source_roots=tuple(distribution.get("source-roots", [""])),
        archive=distribution.get("archive", "wheel"),
    )


PROJECTS = read_projects(Path(__file__).with_name("projects.toml"))
