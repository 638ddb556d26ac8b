"""How a generated program calls its factory, its getter and their parameters, and how it defines them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .choices import Choices

SPELLINGS = (
    ("make", "find", "user_id", "thread_id", "run_id", "mode"),
    ("create_context", "get_context", "user", "thread", "trace", "flags"),
    ("Kontext", "kontext_holen", "wer", "wo", "lauf", "art"),
)
# The parameters of the factory, which takes the four of them in some order.
FACTORIES = (
    "{u}, {t}, {r}=None, {m}=None",
    "{u}, {r}, {t}, {m}=None",
    "{r}, {u}, {t}, {m}=None",
    "{u}, {t}, *, {r}=None, {m}=None",
    "{u}, /, {t}, {r}, *, {m}=None",
    "{u}, {t}='t', {r}=None, {m}=None",
)
# The parameters of the getter, and where it has the thread and the mode.
GETTERS = (
    ("{u}, {t}", "{t}", ""),
    ("{t}, {u}", "{t}", ""),
    ("*, {u}, {t}", "{t}", ""),
    ("{u}, *, {t}", "{t}", ""),
    ("{u}, {t}, /", "{t}", ""),
    ("{u}, {t}, {m}=None", "{t}", "{m}"),
    ("{u}, {t}='t', *, {m}=None", "{t}", "{m}"),
    ("{u}, **rest", "rest.get('{t}', 't')", "rest.get('{m}')"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names, and the parameters as both definitions have them in their parentheses."""

    factory: str = "make"
    getter: str = "find"
    user: str = "user_id"
    thread: str = "thread_id"
    run: str = "run_id"
    mode: str = "mode"
    factory_form: str = FACTORIES[0]
    getter_form: tuple[str, str, str] = GETTERS[0]
    is_async: bool = False

    def fill(self, text: str) -> str:
        """A text with the names of the parameters in it."""
        return text.format(u=self.user, t=self.thread, r=self.run, m=self.mode)

    @property
    def parameters(self) -> ast.arguments:
        """The factory's parameters."""
        function = ast.parse(f"def f({self.fill(self.factory_form)}): pass").body[0]
        assert isinstance(function, ast.FunctionDef)
        return function.args

    @property
    def positional(self) -> tuple[str, ...]:
        """Those of the factory's parameters that can be given by position, in order."""
        return tuple(each.arg for each in (*self.parameters.posonlyargs, *self.parameters.args))

    @property
    def factory_source(self) -> str:
        """The definition of the factory."""
        values = self.fill("user={u}, thread={t}, run={r}, mode={m}")
        return self._source(self.factory, self.factory_form, f'"factory", {values}')

    def getter_source(self, who: str = "getter") -> str:
        """The definition of the getter, or of a stranger that bears its name."""
        form, thread, mode = self.getter_form
        values = self.fill("user={u}, thread=" + thread + (f", mode={mode}" if mode else ""))
        return self._source(self.getter, form, f'"{who}", {values}')

    def _source(self, name: str, form: str, values: str) -> str:
        start = "async def" if self.is_async else "def"
        return f"{start} {name}({self.fill(form)}):\n    return called({values})\n"


def some_names(choices: Choices) -> Names:
    """Names and definitions of one program, mostly the plain ones."""
    return Names(
        *choices.one_of(SPELLINGS[:1] * 2 + SPELLINGS),
        factory_form=choices.one_of(FACTORIES[:1] * 10 + FACTORIES),
        getter_form=choices.one_of(GETTERS[:1] * 20 + GETTERS),
        is_async=choices.chance(15),
    )
