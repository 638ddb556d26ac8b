"""Generated modules in every layout that Python allows: blanks, comments, line endings, encodings.

A module is a row of pieces, in turn one that has to stay byte for byte and one that a run may change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .choices import Choices

CONFIGURATION = b'[tool.ctxmigrate]\nfactory = "begin"\ngetter = "session"\n'
DEFINITIONS = b"""def begin(user_id, thread_id, run_id=None): ...
def session(user_id, thread_id): ...
"""
# The cookie's name for it, and characters that it can write.
ENCODINGS = (
    ("", "é😀ß"),
    ("utf-8", "é😀ß"),
    ("latin-1", "éüß"),
    ("cp1252", "é€“"),
    ("iso-8859-15", "é€ß"),
    ("koi8-r", "жщю"),
    ("cp437", "éßπ"),
    ("mac-roman", "éπ∞"),
    ("shift_jis", "表ソ能"),
    ("gb18030", "中é😀"),
    ("big5", "功許蓋"),
    ("euc-kr", "한글말"),
)
NEWLINES = (("\n",), ("\r\n",), ("\r",), ("\n", "\r\n", "\r"))
VALUES = (
    '"u"', '"t, run_id=1"', "'''{c}'''", 'f"{{1}}"', "(1)", "[1, (2,)][0]", '{{"k": 1}}["k"]', "u.v", "u",
    "lambda *a, b=1: b", "1 if u else 2", 'b"x" rb"y"', '"{c}"', "-1", '"#"', "u[0:1]", "'''\n'''",
    '("a"\n"b")', "[\n    u,\n]", "not u", "u if u else (\n u)", "u or u",
)  # fmt: skip
GAPS = (
    "", "", "", " ", "\t", "\n", "\n    ", "\n\n  ", " \\\n  ", "  # c\n    ", "\n  # c\n  ", " # c\n# c\n", "\x0c",
    "  # {c}\n", "\n\t\t",
)  # fmt: skip
IMPORTS_FOR_TWO = (
    ("from deps import ", "\n"),
    ("from\tdeps  import   ", "  # begin\n"),
    ("from deps import (", ")\n"),
    ("from deps import \\\n    ", "\n"),
    ("import os; from deps import ", "; import sys\n"),
    ("if 1:\n\tfrom deps import ", " # {c}\n"),
    ("try:\n    from deps import os_, ", "\nexcept ImportError:\n    raise\n"),
)
IMPORTS = (*IMPORTS_FOR_TWO, ("from deps import (\n    ", ",  # c\n)\n"))
BEFORE = (
    "x = ", "", "  \n\n", "# {c}\n", "{n} = '{c}', ", "if 1: x = ", "def f(a):\n\treturn ", "x = [\n  # {c}\n  ",
    "'''{c}\n begin \n'''\n", "class A:\n\n\n    x = ", "x = f'{c}'; y = ", "\x0cx = ", "@", "for _ in 1, ", "x = y = ",
    "async def f():\n  await ", "x = lambda: ", "assert ", "x = \\\n  ", "# begin(1, 2, 3)\n\x0c\n", "print(1, ",
    "x = {{'a': ", "if x:\n  if y:\n  \tz = ", "x = '''\n{c}\n''' + ", "#\t \x0b\n",
)  # fmt: skip
AFTER = {
    "x = [\n  # {c}\n  ": " ,\n]\n", "@": "\ndef g(): pass\n", "for _ in 1, ": ":\n  pass\n",
    "print(1, ": "  , 2 # {c}\n )\n", "x = {{'a': ": "}}\n", "if x:\n  if y:\n  \tz = ": "\n",
}  # fmt: skip
ENDS = (
    "\n",
    "  # end {c}\n",
    "; y = '{c}'\n",
    "[0].b\n\n\n# end\n",
    " \t\n",
    "\n\x0c\n",
    "\n# a\n\t# b\n",
    " if 1 else 2\n",
)
WHOLE = ("  \n\n", "# {c}\n", "'''{c}\n begin \n'''\n", "# begin(1, 2, 3)\n\x0c\n", "#\t \x0b\n")


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that a run may change: its source, what becomes of it but for blanks, and the comments that may go."""

    before: str
    after: str
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layout:
    """A module: ``stays`` are the pieces around its units, one more than those, with so many ``blocked`` calls."""

    stays: tuple[bytes, ...]
    units: tuple[Unit, ...]
    encoding: str
    source: bytes
    blocked: int


def some_layout(choices: Choices) -> Layout:
    """A module that imports the factory and calls it some times."""
    return _Maker(choices).make()


class _Maker:
    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._cookie, self._letters = choices.one_of(ENCODINGS[:1] * 4 + ENCODINGS)
        self._newlines = choices.one_of(NEWLINES)
        self._comments = 0

    def make(self) -> Layout:
        has_mark = self._cookie in ("", "utf-8") and self._choices.chance(20)
        is_blocked = self._choices.chance(20)
        start, end = self._choices.one_of(IMPORTS_FOR_TWO if is_blocked else IMPORTS)
        kept = [self._head() + self._text(start)]
        units = [Unit("begin", "begin, session" if is_blocked else "session")]
        tail = self._text(end) + self._text("y = begin( *u, )\n" if is_blocked else "")
        for _ in range(self._choices.up_to(4, 1)):
            before, after = self._around()
            kept.append(tail + before)
            units.append(self._call())
            tail = after
        if self._choices.chance(30):
            tail = tail.rstrip("\r\n")
        kept.append(tail)
        encoding = self._cookie or "utf-8"
        mark = b"\xef\xbb\xbf" if has_mark else b""
        stays = tuple(piece.encode(encoding) for piece in kept)
        stays = (mark + stays[0], *stays[1:])
        source = stays[0] + b"".join(
            unit.before.encode(encoding) + piece for unit, piece in zip(units, stays[1:], strict=True)
        )
        return Layout(stays, tuple(units), encoding, source, int(is_blocked))

    def _head(self) -> str:
        if not self._cookie:
            return self._text(
                self._choices.one_of(("", "", "#!/usr/bin/env python\n", "'''{c}'''\n", "\x0c\n"))
            )
        form = self._choices.one_of(
            ("# -*- coding: {} -*-\n", "# coding={}\n", "#!/x\n# vim: set fileencoding={} :\n")
        )
        return self._lines(form.format(self._cookie))

    def _around(self) -> tuple[str, str]:
        """What stands before a call in its statement, and after it."""
        whole = "".join(self._text(self._choices.one_of(WHOLE)) for _ in range(self._choices.up_to(2)))
        before = self._choices.one_of([each for each in BEFORE if each not in WHOLE])
        after = AFTER.get(before) or self._choices.one_of(ENDS)
        return whole + self._text(before), self._text(after)

    def _call(self) -> Unit:
        """A call with its arguments in any order, and gaps wherever Python allows some."""
        names = ["user_id", "thread_id", "run_id"]
        positional = self._choices.up_to(3)
        order = names[:positional] + self._choices.shuffled(names[positional:])
        equals = self._choices.one_of(("=", " = ", "= "))
        texts = [
            ("" if index < positional else name + equals) + self._text(self._choices.one_of(VALUES))
            for index, name in enumerate(order)
        ]
        has_comma = self._choices.chance(50)
        gaps = [self._gap() for _ in range(2 * len(order) + 1)]
        call = "begin" + self._choices.one_of(("", " ")) + "(" + gaps[0]
        for index, text in enumerate(texts):
            comma = "," + gaps[2 * index + 2] if has_comma or index < len(texts) - 1 else ""
            call += text + gaps[2 * index + 1] + comma
        dropped = order.index("run_id")
        kept = [text for index, text in enumerate(texts) if index != dropped]
        ends = (re.match(r"[^\r\n]*?(# c\d+\.)", gap) for gap in gaps[2 * dropped + 1 : 2 * dropped + 3])
        plain = "session(" + ", ".join(kept) + ("," if has_comma else "") + ")"
        return Unit(call + ")", plain, frozenset(end[1] for end in ends if end))

    def _gap(self) -> str:
        """Blanks and comments, each of which has a number."""
        return self._lines(re.sub("# (?:c|{c})", self._comment, self._choices.one_of(GAPS)))

    def _comment(self, found: re.Match[str]) -> str:
        self._comments += 1
        letters = self._letters if "{" in found[0] else ""
        return f"# c{self._comments}.{letters}"

    def _text(self, template: str) -> str:
        """A template with letters of the encoding and line endings of the module in it."""
        filled = template.replace("{c}", self._letters).replace("{n}", self._letters[0])
        return self._lines(filled.replace("{{", "{").replace("}}", "}"))

    def _lines(self, text: str) -> str:
        return re.sub("\n", lambda _: self._choices.one_of(self._newlines), text)
