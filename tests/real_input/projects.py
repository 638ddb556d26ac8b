"""The projects, and the function of each that its run retires."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """One source distribution and what is migrated in it.

    ``definition`` is the file that defines the factory, where the getter is laid beside it. ``setting`` is
    the configured factory: dotted, or bare. ``exporters`` are the modules that the factory can be imported
    from, ``source_roots`` the folders in which module names start.
    """

    name: str
    version: str
    sha256: str
    definition: str
    setting: str
    getter: str
    drop: str
    session_key: tuple[str, ...]
    exporters: frozenset[str]
    source_roots: tuple[str, ...] = ("",)

    @property
    def factory(self) -> str:
        """The factory's own name."""
        return self.setting.rpartition(".")[2]


PROJECTS = (
    Project(
        name="django",
        version="5.2.1",
        sha256="57fe1f1b59462caed092c80b3dd324fd92161b620d59a9ba9181c34746c97284",
        definition="django/urls/base.py",
        setting="django.urls.base.reverse",
        getter="url_of_view",
        drop="args",
        session_key=("viewname",),
        exporters=frozenset({"django.urls", "django.urls.base"}),
    ),
    Project(
        name="sympy",
        version="1.14.0",
        sha256="d3d3fe8df1e5a0b42f0e7bdf50541697dbe7d23746e894990c030e2b05e72517",
        definition="sympy/core/symbol.py",
        setting="sympy.core.symbol.symbols",
        getter="named_symbols",
        drop="cls",
        session_key=("names",),
        exporters=frozenset({"sympy", "sympy.core", "sympy.core.symbol"}),
    ),
    Project(
        name="sqlalchemy",
        version="2.0.41",
        sha256="edba70118c4be3c2b1f90754d308d0b79c6fe2c0fdc52d8ddf603916f83f4db9",
        definition="lib/sqlalchemy/orm/_orm_constructors.py",
        setting="relationship",
        getter="lazy_relationship",
        drop="lazy",
        session_key=("argument",),
        exporters=frozenset({"sqlalchemy.orm", "sqlalchemy.orm._orm_constructors"}),
        source_roots=("lib", ""),
    ),
    Project(
        name="twisted",
        version="24.11.0",
        sha256="695d0556d5ec579dcc464d2856b634880ed1319f45b10d19043f2b57eb0115b5",
        definition="src/twisted/internet/defer.py",
        setting="twisted.internet.defer.succeed",
        getter="already_fired",
        drop="result",
        session_key=(),
        exporters=frozenset({"twisted.internet.defer"}),
        source_roots=("src", ""),
    ),
    Project(
        name="transformers",
        version="4.46.3",
        sha256="8ee4b3ae943fe33e82afff8e837f4b052058b07ca9be3cb5b729ed31295f72cc",
        definition="src/transformers/utils/logging.py",
        setting="transformers.utils.logging.get_logger",
        getter="get_module_logger",
        drop="name",
        session_key=(),
        exporters=frozenset({"transformers.utils.logging"}),
        source_roots=("src", ""),
    ),
)
