"""The sentences and statements that a deprecation consists of, and how they are laid out."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemod.rewrite.definitions import docstring_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemod.resolve.places import ModuleIndex
    from codemod.rewrite.definitions import FunctionNode
    from codemod.style import Style

_PLAIN_STRING = re.compile(r"""[a-zA-Z]*(?:(')(?!''|[^'\r\n]*")|(")(?!""|[^"\r\n]*'))""")


@dataclass(frozen=True, slots=True)
class Texts:
    """How the deprecation of ``factory`` in favour of ``getter`` is worded; ``ignored`` are the parameters that
    have no effect any more.
    """

    factory: str
    getter: str
    ignored: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What the docstring says."""
        return f"Deprecated: use {self.getter} instead."

    @property
    def message(self) -> str:
        """What the warning says."""
        ignored = f" ({listed(self.ignored)} ignored)" if self.ignored else ""
        return f"{self.factory} is deprecated: use {self.getter}{ignored}"


def listed(names: tuple[str, ...]) -> str:
    """Names in a sentence, with the verb that they need."""
    *others, last = names
    return f"{', '.join(others)} and {last} are" if others else f"{last} is"


def own_style(index: ModuleIndex, node: FunctionNode, style: Style) -> Style:
    """The style of a function as far as it shows one, else that of its file."""
    outer, inner = before(index, node), before(index, node.body[0])
    is_indented = not inner.strip() and inner != outer and inner.startswith(outer)
    quotes = (_PLAIN_STRING.match(index.source.text, index.node_start(each)) for each in _strings(node))
    quote = next((found[1] or found[2] for found in quotes if found), style.quote)
    return replace(style, indent=inner[len(outer) :] if is_indented else style.indent, quote=quote)


def before(index: ModuleIndex, node: ast.stmt) -> str:
    """What stands before a statement on its line."""
    start = index.node_start(node)
    return index.source.text[index.source.line_starts[index.source.position(start)[0] - 1] : start]


def call(head: str, arguments: Iterable[str], style: Style, indent: int, text: str = "") -> str:
    """The source of a call behind ``indent`` characters, with the string ``text`` as its first argument if there
    is one: on one line where that is not too long, else with a line for each argument.
    """
    quote, inner = style.quote, style.indent
    whole = [f"{quote}{text}{quote}", *arguments] if text else [*arguments]
    line = f"{head}({', '.join(whole)})"
    if indent + len(line) <= style.line_length:
        return line
    if text:
        room = style.line_length - indent - len(inner) - len(f"{quote}{quote},")
        whole[0] = f"\n{inner}".join(f"{quote}{part}{quote}" for part in _parts(text, room))
    end = "," if len(whole) > 1 else ""
    return f"{head}(\n{inner}" + f",\n{inner}".join(whole) + f"{end}\n)"


def _parts(text: str, room: int) -> list[str]:
    """Parts that join up to a text, each no longer than ``room`` where a space allows it."""
    parts = [""]
    for word in text.split(" "):
        if parts[-1] and len(parts[-1]) + len(word) > room:
            parts.append("")
        parts[-1] += f"{word} "
    return [*parts[:-1], parts[-1][:-1]]


def _strings(node: FunctionNode) -> Iterator[ast.expr]:
    """The strings of a function but its docstring, in no order."""
    docstring = docstring_of(node)
    pending: list[ast.AST] = [each for each in node.body if each is not docstring]
    while pending:
        each = pending.pop(0)
        if isinstance(each, ast.JoinedStr) or (
            isinstance(each, ast.Constant) and isinstance(each.value, str)
        ):
            yield each
        else:
            pending = [*ast.iter_child_nodes(each), *pending]
