"""Uses that make an identifier for the dropped argument, and other uses of what makes it: for ``--clean``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import Arguing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .choices import Choices
    from .modules import Module
    from .names import Names

# ``{call}`` drops ``run_id``, ``{direct}`` an identifier that is made in the call; ``{u}`` makes one.
USES = (
    "def use_{n}():\n    run_id = str({u}(int={n}))\n    return {call}",
    "def use_{n}():\n    return {direct}",
    "def use_{n}(known={n} % 2):\n    if known:\n        run_id = f'{{known}}'\n    else:\n"
    "        run_id = {u}(int={n}).hex\n    return {call}",
    "def use_{n}():\n    made: '{u}' = {u}(int={n}); run_id = str(made)\n    return {call}",
    "def use_{n}():\n    run_id = str({u}(int={n})); found = {call}\n    return found if run_id else None",
    "def use_{n}():\n    run_id = str({u}(int={n})); found = {call}\n"
    "    return found if locals()['run_id'] else None",
    "def use_{n}():\n    run_id = str({u}(int={n}))\n    def inner():\n        nonlocal run_id\n"
    "        run_id = 'i'\n    return {call}",
    "def use_{n}():\n    try:\n        run_id = str({u}('{n}'))\n    except ValueError:\n        run_id = 'r'; "
    "other = 'o'\n    return [*{call}] if other else ''",
)
IMPORTS = {
    "import uuid": "uuid.UUID",
    "import os, uuid": "uuid.UUID",
    "import uuid as ids": "ids.UUID",
    "from uuid import UUID": "UUID",
    "from uuid import SafeUUID, UUID as Id": "Id",
}
READS = (
    "def use_{n}():\n    return {u}(int={n}).int",
    "def use_{n}():\n    return eval('{u}')(int={n}).int",
    "def use_{n}(known: '{u}' = None):\n    import typing\n    return list(typing.get_type_hints(use_{n}))",
)


class Identifiers:
    """Makes such uses. ``readers`` are the modules that use an identifier's maker by way of another module."""

    def __init__(self, choices: Choices, names: Names, numbers: Iterator[int]) -> None:
        self._choices = choices
        self._numbers = numbers
        self._arguing = Arguing(choices, names)
        self._is_async = names.is_async
        self.readers: list[Module] = []

    def use(self, module: Module, reference: str) -> str:
        """The statements of one use in a module, which gains the import that they need."""
        number, made = next(self._numbers), self._import(module)
        return self._choices.one_of(USES).format(
            n=number,
            u=made,
            call=self._call(number, reference, "run_id"),
            direct=self._call(number, reference, f"str({made}(int={number}))"),
        )

    def _call(self, number: int, reference: str, run: str) -> str:
        call = f"{reference}({self._arguing.arguments(number, frozenset(), run=run).source()})"
        return f"drive({call})" if self._is_async else call

    def _import(self, module: Module) -> str:
        """Import what makes identifiers, use it for something else too here and there: how it is written."""
        statement, reference = self._choices.one_of(list(IMPORTS.items()))
        if statement not in module.imports:
            module.imports.append(statement)
        if self._choices.chance(20):
            self._read(module, reference)
        elif self._choices.chance(30):
            name = reference.partition(".")[0]
            taken = reference.replace(name, f"{module.name}.{name}", 1)
            forms = {f"import {module.name}": taken, f"from {module.name} import {name}": reference}
            statement, reference_there = self._choices.one_of(list(forms.items()))
            other = type(module)(f"reader{next(self._numbers)}", imports=[statement])
            self._read(other, reference_there)
            self.readers.append(other)
        return reference

    def _read(self, module: Module, reference: str) -> None:
        module.body.append(self._choices.one_of(READS).format(n=next(self._numbers), u=reference))
