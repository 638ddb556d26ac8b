"""Small programs made at random: modules that pass a factory on in many ways, and use it in many ways.

They run, and each use of the factory has a number: the line of its site ends in it, and what the use gives is
found under ``use_<number>`` in its module.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

FACTORY, GETTER = "make", "find"
FACTORY_SOURCE = """def make(user_id, thread_id, run_id=None, mode=None):
    return ["factory", user_id, thread_id, run_id, mode]
"""
GETTER_SOURCE = """def find(user_id, thread_id):
    return ["getter", user_id, thread_id]
"""
STRANGER_SOURCE = """def find(user_id, thread_id):
    return ["stranger", user_id, thread_id]
"""
USES = {
    "call": 'def use_{n}():\n    return {f}("u{n}", thread_id="t{n}", run_id="r{n}")  # {n}',
    "positional": 'def use_{n}():\n    return {f}("u{n}", "t{n}", "r{n}")  # {n}',
    "again": 'def use_{n}():\n    return {f}(run_id="r{n}", thread_id="t{n}", user_id="u{n}")  # {n}',
    "at import": 'use_{n} = {f}("u{n}", "t{n}", run_id="r{n}")  # {n}',
    "lambda": 'use_{n} = lambda: {f}("u{n}", "t{n}", run_id="r{n}")  # {n}',
    "default": 'def use_{n}(context={f}("u{n}", "t{n}", "r{n}")):  # {n}\n    return context',
    "unpacked": 'def use_{n}():\n    return {f}(*("u{n}", "t{n}", "r{n}"))  # {n}',
    "unsupported": 'def use_{n}():\n    return {f}("u{n}", "t{n}", mode="m{n}")  # {n}',
    "reference": 'def use_{n}():\n    function = {f}  # {n}\n    return function("u{n}", "t{n}", "r{n}")',
    "ignored": 'def use_{n}():\n    return {f}("u{n}", "t{n}", "r{n}")  # ctxmigrate: ignore  # {n}',
    "shown": "def use_{n}():\n    return f\"{{{f}('u{n}', 't{n}', 'r{n}')=}}\"  # {n}",
}
ID_USES = (
    'def use_{n}():\n    run_id = str({u}(int={n}))\n    return {f}("u{n}", "t{n}", run_id)  # {n}',
    'def use_{n}():\n    return {f}("u{n}", "t{n}", run_id=str({u}(int={n})))  # {n}',
    "def use_{n}(known={n} % 2):\n    if known:\n        run_id = f'{{known}}'\n    else:\n"
    '        run_id = {u}(int={n}).hex\n    return {f}("u{n}", "t{n}", run_id=run_id)  # {n}',
    "def use_{n}():\n    made: '{u}' = {u}(int={n}); run_id = str(made)\n"
    '    return {f}("u{n}", "t{n}", run_id)  # {n}',
    'def use_{n}():\n    run_id = str({u}(int={n})); found = {f}("u{n}", "t{n}", run_id)  # {n}\n'
    "    return found if run_id else None",
    'def use_{n}():\n    run_id = str({u}(int={n})); found = {f}("u{n}", "t{n}", run_id)  # {n}\n'
    '    return found if locals()["run_id"] else None',
    "def use_{n}():\n    run_id = str({u}(int={n}))\n    def inner():\n        nonlocal run_id\n        run_id = 'i'\n"
    '    return {f}("u{n}", "t{n}", run_id)  # {n}',
    "def use_{n}():\n    try:\n        run_id = str({u}('{n}'))\n    except ValueError:\n        run_id = 'r'; "
    "other = 'o'\n"
    '    return [*{f}("u{n}", "t{n}", run_id)] if other else ""  # {n}',
)
ID_IMPORTS = {
    "import uuid": "uuid.UUID",
    "import os, uuid": "uuid.UUID",
    "import uuid as ids": "ids.UUID",
    "from uuid import UUID": "UUID",
    "from uuid import SafeUUID, UUID as Id": "Id",
}
ID_READS = (
    "def use_{n}():\n    return {u}(int={n}).int",
    "def use_{n}():\n    return eval('{u}')(int={n}).int",
    "def use_{n}(known: '{u}' = None):\n    import typing\n    return list(typing.get_type_hints(use_{n}))",
)
MIGRATED_MOSTLY = ("call", "call", "call", "positional", "positional", *USES)
ALL_FORMS = (
    "__all__ = [{names}]",
    "__all__ = ({names},)",
    "__all__ = []\n__all__.extend([{names}])",
    "__all__ = []\n__all__ += [{names}]",
    "__all__ = sorted([{names}])",
    "__all__ = [*[], {names}]",
)


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
        return self.name.replace(".", "/") + ("/__init__.py" if self.is_package else ".py")

    @property
    def source(self) -> str:
        return "".join(f"{line}\n" for line in self.imports + self.body)


@dataclass(frozen=True, slots=True)
class Program:
    """The files of a program by path, and its modules' names in an order in which they can be imported."""

    files: dict[str, str]
    modules: tuple[str, ...]


def make_program(seed: int, *, strangers: bool = False, ids: bool = False) -> Program:
    """The program of a seed; with ``strangers`` it uses another function of the getter's name here and there, and
    with ``ids`` it makes identifiers for the factory.
    """
    return _Maker(random.Random(seed), 0.15 if strangers else 0.0, ids).make()


class _Maker:
    def __init__(self, choices: random.Random, strangers: float, ids: bool) -> None:
        self.choices = choices
        self.strangers = strangers
        self.ids = ids
        self.number = 0
        self.modules: list[Module] = []
        self.readers: list[Module] = []

    def make(self) -> Program:
        prefix = self.choices.choice(["", "app.", "app."])
        home = Module(
            f"{prefix}deps", body=[FACTORY_SOURCE + GETTER_SOURCE], names=[FACTORY], has_getter=True
        )
        self._maybe_list(home, 0.25)
        self.modules.append(home)
        names = [f"{self.choices.choice(['', prefix])}m{n}" for n in range(self.choices.choice([1, 2, 3, 4]))]
        if prefix:
            names.insert(self.choices.choice([0, 0, len(names)]), "app")
        for name in names:
            self.modules.append(self._module(Module(name, is_package=name == "app")))
        extra = [Module("strangers", body=[STRANGER_SOURCE]), Module("sessions", body=[GETTER_SOURCE])]
        settings = [f'factory = "{FACTORY}"', f'getter = "{GETTER}"']
        match self.choices.choice(["bare", "bare", "bare", "dotted factory", "dotted getter"]):
            case "dotted factory":
                settings[0] = f'factory = "{home.name}.{FACTORY}"'
            case "dotted getter":
                settings[1] = f'getter = "sessions.{GETTER}"'
        self.modules += self.readers
        files = {module.path: module.source for module in self.modules + extra}
        files["pyproject.toml"] = "\n".join(["[tool.ctxmigrate]", *settings, ""])
        return Program(files, tuple(module.name for module in self.modules))

    def _module(self, module: Module) -> Module:
        if self._chance(self.strangers):
            self._import_stranger(module)
        for _ in range(self.choices.choice([1, 1, 2])):
            source = self.choices.choice([other for other in self.modules if other.names])
            reference = self._import(module, source, self.choices.choice(source.names))
            for _ in range(self.choices.choice([0, 1, 1, 2]) if reference else 0):
                self._use(module, reference)
        if self._chance(self.strangers):
            self._import_stranger(module)
        if module.has_getter and self._chance(0.5):
            self.number += 1
            module.body.append(f"def use_{self.number}():\n    return {GETTER}('u', 't')")
        self._maybe_list(module, 0.3)
        return module

    def _import(self, module: Module, source: Module, name: str) -> str:
        """Import a name in one of many ways: how it is written where it is used, or "" where it cannot be."""
        path, add = self._spell(module, source), module.imports.append
        listed = source.names if source.starred is None else source.starred
        more = f", {GETTER}" if source.has_getter and self._chance(0.2) else ""
        match self.choices.choice(
            ["from", "from", "as", "same", "star", "try", "in function", "module", "as module"]
        ):
            case "as":
                alias = self.choices.choice(["build", "start"])
                add(f"from {path} import {name} as {alias}{more}")
                name = alias
            case "same":
                add(f"from {path} import {name} as {name}{more}")
            case "star" if name in listed:
                add(f"from {path} import *")
                more = GETTER if source.has_getter and source.starred is None else ""
            case "try":
                add(f"try:\n    from {path} import {name}{more}\nexcept ImportError:\n    raise")
            case "in function":
                self.number += 1
                call = f'{name}("u{self.number}", "t{self.number}", "r{self.number}")  # {self.number}'
                module.body.append(
                    f"def use_{self.number}():\n    from {path} import {name}{more}\n    return {call}"
                )
                return ""
            case "module":
                add(f"import {source.name}")
                return f"{source.name}.{name}"
            case "as module":
                add(f"import {source.name} as module_{len(module.imports)}")
                return f"module_{len(module.imports) - 1}.{name}"
            case _:
                add(f"from {path} import {name}{more}")
        module.has_getter |= bool(more)
        module.names += [name] * (name not in module.names)
        return name

    def _spell(self, module: Module, source: Module) -> str:
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        if package and source.name.startswith(f"{package}.") and self._chance(0.5):
            return source.name.removeprefix(package)
        return source.name

    def _use(self, module: Module, reference: str) -> None:
        self.number += 1
        if self.ids and self._chance(0.7):
            use = self.choices.choice(ID_USES)
            module.body.append(use.format(n=self.number, f=reference, u=self._import_ids(module)))
            return
        use = USES[self.choices.choice(MIGRATED_MOSTLY)]
        module.body.append(use.format(n=self.number, f=reference))

    def _import_ids(self, module: Module) -> str:
        """Import what makes identifiers, use it for something else too here and there: how it is written."""
        statement, reference = self.choices.choice(list(ID_IMPORTS.items()))
        if statement not in module.imports:
            module.imports.append(statement)
        if self._chance(0.2):
            self._read_ids(module, reference)
        elif self._chance(0.3):
            other, name = Module(f"reader{self.number}"), reference.partition(".")[0]
            taken = reference.replace(name, f"{module.name}.{name}", 1)
            forms = {f"import {module.name}": taken, f"from {module.name} import {name}": reference}
            statement, reference_there = self.choices.choice(list(forms.items()))
            other.imports.append(statement)
            self._read_ids(other, reference_there)
            self.readers.append(other)
        return reference

    def _read_ids(self, module: Module, reference: str) -> None:
        self.number += 1
        module.body.append(self.choices.choice(ID_READS).format(n=self.number, u=reference))

    def _import_stranger(self, module: Module) -> None:
        """Import another function of the getter's name, and use it."""
        self.number += 1
        module.imports.append(f"from strangers import {self.choices.choice(['*', GETTER])}")
        module.body.append(f"def use_{self.number}():\n    return {GETTER}('u', 't')")

    def _maybe_list(self, module: Module, chance: float) -> None:
        """Give a module an ``__all__`` with some of the names by which it has the factory."""
        if module.names and self._chance(chance):
            listed = self.choices.sample(module.names, self.choices.choice(range(1, len(module.names) + 1)))
            module.starred = listed + [GETTER] * (module.has_getter and self._chance(0.3))
            names = ", ".join(f'"{name}"' for name in module.starred)
            module.imports.append(self.choices.choice(ALL_FORMS).format(names=names))

    def _chance(self, chance: float) -> bool:
        return self.choices.random() < chance
