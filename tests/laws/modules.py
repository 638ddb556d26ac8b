"""Generated programs: modules and packages that pass a factory on in many ways, and use it in many ways."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import odd
from .identifiers import Identifiers
from .names import Names, some_names
from .uses import Uses

if TYPE_CHECKING:
    from .choices import Choices

Kind = Literal["plain", "strangers", "identifiers"]
KINDS: tuple[Kind, ...] = ("plain", "strangers", "identifiers")
RECORD = Path(__file__).with_name("record.py").read_text(encoding="utf-8")
HEADER = """import contextlib, functools, sys
from typing import TYPE_CHECKING
from unittest import mock
from record import Manager, called, drive, fails, later, mocked, note, other, wrap
RUNS = ["r"]
"""
ALL_FORMS = (
    "__all__ = [{names}]",
    "__all__ = ({names},)",
    "__all__ = [\n    {names},\n]",
    "__all__ = []\n__all__.extend([{names}])",
    "__all__ = []\n__all__ += [{names}]",
    "__all__ = sorted([{names}])",
    "__all__ = [*[], {names}]",
)
STATEMENTS = {
    "from": "from {path} import {name}{more}",
    "same": "from {path} import {name} as {name}{more}",
    "try": "try:\n    from {path} import {name}{more}\nexcept ImportError:\n    raise",
    "lines": "from {path} import (  # what for\n    {name}{more},  # this\n)",
    "branches": "if note(1):\n    from {path} import {name}{more}\nelse:\n    from {path} import {name}{more}",
}
IMPORTS = (
    *("from", "from", "same", "try", "lines", "branches", "as", "star", "in function", "module", "as module"),
    *("parent", "bound", "type checking"),
)
OPTIONS = ((), (), (), (), ("--strict",), ("--allow", "CTX104"), ("--block", "CTX151"), ("--block", "CTX155"))


@dataclass(slots=True)
class Module:
    """A module in the making. ``names`` are those by which others can import the factory from it."""

    name: str
    is_package: bool = False
    imports: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    starred: list[str] | None = None
    has_getter: bool = False

    @property
    def path(self) -> str:
        """Its path in the tree."""
        return self.name.replace(".", "/") + ("/__init__.py" if self.is_package else ".py")

    @property
    def source(self) -> str:
        """Its text."""
        return HEADER + "".join(f"{line}\n" for line in self.imports + self.body)


@dataclass(frozen=True, slots=True)
class Program:
    """The files of a program by path, and its modules' names in an order in which they can be imported.

    ``options`` are those of the command line to run the tool with.
    """

    names: Names
    files: dict[str, bytes]
    modules: tuple[str, ...]
    options: tuple[str, ...] = ()


def some_program(choices: Choices, kind: Kind) -> Program:
    """A program: with ``strangers`` it uses another function of the getter's name here and there, and with
    ``identifiers`` it makes some for the factory.
    """
    return _Maker(choices, kind).make()


class _Maker:
    def __init__(self, choices: Choices, kind: Kind) -> None:
        self.choices = choices
        self.names = some_names(choices)
        self.strangers = 15 if kind == "strangers" else 0
        self.ids = 70 if kind == "identifiers" else 0
        self.numbers = itertools.count(1)
        self.uses = Uses(choices, self.names, self.numbers)
        self.identifiers = Identifiers(choices, self.names, self.numbers)
        self.modules: list[Module] = []

    def make(self) -> Program:
        """A home of the factory, modules around it, and a configuration."""
        prefix = self.choices.one_of(["", "app.", "app.core."])
        home = Module(f"{prefix}deps", names=[self.names.factory], has_getter=True)
        home.body = [self.names.factory_source + self.names.getter_source()]
        self._maybe_list(home, 25)
        self.modules.append(home)
        folders = ["", prefix, "app."] if prefix else [""]
        names = [
            f"{self.choices.one_of(folders)}m{n}" for n in range(self.choices.one_of([1, 1, 2, 2, 3, 4]))
        ]
        first = 0
        for package in {"": (), "app.": ("app",), "app.core.": ("app.core", "app")}[prefix]:
            names.insert(self.choices.one_of([first, first, len(names)]), package)
            first = names.index(package) + 1
        for name in names:
            self.modules.append(self._module(Module(name, is_package=name in ("app", "app.core"))))
        extra = [
            Module("strangers", body=[self.names.getter_source("stranger")]),
            Module("sessions", body=[self.names.getter_source()]),
        ]
        self.modules += self.identifiers.readers
        files = {module.path: module.source for module in self.modules + extra}
        files["record.py"] = RECORD
        factory, getter = self._settings(home)
        files["pyproject.toml"] = self._configuration(factory, getter)
        order = tuple(module.name for module in self.modules)
        options = self.choices.one_of(OPTIONS)
        return Program(self.names, {path: text.encode() for path, text in files.items()}, order, options)

    def _settings(self, home: Module) -> tuple[str, str]:
        """The factory and the getter, as the configuration names them."""
        factory, getter = self.names.factory, self.names.getter
        match self.choices.one_of(["bare", "bare", "bare", "dotted factory", "dotted getter", "both"]):
            case "dotted factory":
                factory = f"{home.name}.{factory}"
            case "dotted getter":
                getter = f"sessions.{getter}"
            case "both":
                factory, getter = f"{home.name}.{factory}", f"{home.name}.{getter}"
        return factory, getter

    def _configuration(self, factory: str, getter: str) -> str:
        names = self.names
        parameters = ", ".join(f'"{name}"' for name in names.positional)
        return (
            f'[tool.ctxmigrate]\nfactory = "{factory}"\ngetter = "{getter}"\ndrop = ["{names.run}"]\n'
            f'parameters = [{parameters}]\nsession-key = ["{names.user}", "{names.thread}"]\n'
        )

    def _module(self, module: Module) -> Module:
        if self.choices.chance(self.strangers):
            self._import_stranger(module)
        for _ in range(self.choices.one_of([1, 1, 2])):
            source = self.choices.one_of([other for other in self.modules if other.names])
            reference = self._import(module, source, self.choices.one_of(source.names))
            for _ in range(self.choices.up_to(3) if reference else 0):
                module.body.append(self._use(module, reference))
        if self.choices.chance(self.strangers):
            self._import_stranger(module)
        if module.has_getter and self.choices.chance(30):
            module.body.append(f"def use_{next(self.numbers)}():\n    return {self._getter_call()}")
        self._maybe_list(module, 30)
        return module

    def _use(self, module: Module, reference: str) -> str:
        if self.choices.chance(self.ids):
            return self.identifiers.use(module, reference)
        return self.uses.use(reference, module.name)

    def _getter_call(self) -> str:
        """A call of the getter's name that every form of it takes, by keyword unless it takes none."""
        names = self.names
        if self.names.getter_form[0].endswith("/"):
            call = f"{names.getter}('u', 't')"
        else:
            call = f"{names.getter}({names.user}='u', {names.thread}='t')"
        return f"drive({call})"

    def _import(self, module: Module, source: Module, name: str) -> str:
        """Import a name in one of many ways: how it is written where it is used, or "" where it cannot be."""
        path, add, number = self._spell(module, source), module.imports.append, next(self.numbers)
        listed = source.names if source.starred is None else source.starred
        more = f", {self.names.getter}" if source.has_getter and self.choices.chance(20) else ""
        form = self.choices.one_of(IMPORTS)
        match form:
            case "as":
                alias = self.choices.one_of(["build", "start"])
                add(f"from {path} import {name} as {alias}{more}")
                name = alias
            case "star" if name in listed:
                add(f"from {path} import *")
                more = self.names.getter if source.has_getter and source.starred is None else ""
            case "type checking":
                add(f"if TYPE_CHECKING:\n    from {path} import {name}{more}")
                module.body.append(f"def use_{number}(value: '{name}' = 1) -> \"{name}\":\n    return value")
                return ""
            case "in function":
                module.body.append(self.uses.in_function(name, f"from {path} import {name}{more}"))
                return ""
            case "module" if not (source.name.startswith("app.core.") and module.name.startswith("app")):
                add(f"import {source.name}")
                return f"{source.name}.{name}"
            case "as module":
                add(f"import {source.name} as module_{number}")
                return f"module_{number}.{name}"
            case "parent" if "." in path.strip("."):
                parent, _, last = path.rpartition(".")
                add(f"from {parent or '.'} import {last}")
                return f"{last}.{name}"
            case "bound":
                binding = self.choices.one_of(odd.BINDINGS)
                add(binding.format(path=path, module=source.name, name=name, n=number))
                if binding.startswith("import"):
                    add(f"import {source.name}")
                module.names += [f"bound_{number}"]
                return f"bound_{number}"
            case _:
                statement = STATEMENTS.get(form, STATEMENTS["from"])
                add(statement.format(path=path, name=name, more=more))
        module.has_getter |= bool(more)
        module.names += [name] * (name not in module.names)
        return name

    def _spell(self, module: Module, source: Module) -> str:
        """How a module writes another one in an import: absolute, or relative to its own package."""
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        dots = "."
        while package and self.choices.chance(60):
            if source.name.startswith(f"{package}."):
                return dots + source.name.removeprefix(f"{package}.")
            package, dots = package.rpartition(".")[0], f"{dots}."
        return source.name

    def _import_stranger(self, module: Module) -> None:
        """Import another function of the getter's name, and use it."""
        star = "*" if self.choices.chance(30) else self.names.getter
        module.imports.append(f"from strangers import {star}")
        module.body.append(f"def use_{next(self.numbers)}():\n    return {self._getter_call()}")

    def _maybe_list(self, module: Module, percent: int) -> None:
        """Give a module an ``__all__`` with some of the names by which it has the factory."""
        if module.names and self.choices.chance(percent):
            module.starred = self.choices.some(module.names)
            module.starred += [self.names.getter] * (module.has_getter and self.choices.chance(30))
            names = ", ".join(f'"{name}"' for name in module.starred)
            module.imports.append(self.choices.one_of(ALL_FORMS).format(names=names))
