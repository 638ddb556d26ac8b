"""Source that is deep or wide in every way that Python's grammar has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .sources import CALL, FACTORY, IMPORT, lay

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BRACKETS = 150
"""Brackets in brackets that a parser takes."""
INDENTS = 90


def _passing(argument: str) -> str:
    return f"{FACTORY}('u', 't', {argument})"


def _ladder(line: str, depth: int) -> str:
    depth = min(depth, INDENTS)
    return "".join(f"{' ' * level}{line}\n" for level in range(depth)) + " " * depth + CALL


def _in_strings(depth: int) -> str:
    openings = "".join(("f'{", 'f"{')[level % 2] for level in range(min(depth, BRACKETS)))
    return openings + "1" + openings.translate({ord("f"): None, ord("{"): "}"})[::-1] + f"; {CALL}"


SHAPES: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "(" * n + CALL + ")" * n,
    "parentheses inside": lambda n: _passing("(" * n + "1" + ")" * n),
    "lists": lambda n: _passing("[" * n + "1" + "]" * n),
    "dictionaries": lambda n: _passing("{1:" * n + "1" + "}" * n),
    "attributes": lambda n: CALL + ".a" * n,
    "attributes inside": lambda n: _passing("x" + ".a" * n),
    "subscripts": lambda n: CALL + "[0]" * n,
    "calls": lambda n: CALL + "()" * n,
    "calls inside": lambda n: _passing("x" + "()" * n),
    "its own calls": lambda n: f"{FACTORY}('u', 't', " * n + "1" + ")" * n,
    "a few of its own": lambda n: f"{FACTORY}(" * min(n, INDENTS) + "'u'" + ", 't', 'r')" * min(n, INDENTS),
    "sums": lambda n: CALL + "+1" * n,
    "sums before": lambda n: "1+" * n + CALL,
    "sums inside": lambda n: _passing("1" + "+1" * n),
    "powers": lambda n: "1**" * n + CALL,
    "nots": lambda n: "not " * n + CALL,
    "minuses": lambda n: _passing("-" * n + "1"),
    "ands and ors": lambda n: _passing("1" + " and 1 or 2" * n),
    "comparisons": lambda n: "1" + " < 1" * n + f" < {CALL}",
    "conditionals": lambda n: "1 if 1 else " * n + CALL,
    "lambdas": lambda n: "lambda: " * n + CALL,
    "lambdas inside": lambda n: _passing("lambda: " * n + "1"),
    "comprehension": lambda n: _passing("[x " + "for x in y " * n + "]"),
    "comprehensions": lambda n: _passing("[x for x in " * min(n, INDENTS) + "y" + "]" * min(n, INDENTS)),
    "f-strings": _in_strings,
    "format specifications": lambda n: f"f'{'{x:' * n}{'}' * n}'; {CALL}",
    "implicit concatenation": lambda n: _passing("'a' " * n),
    "elifs": lambda n: "if a: pass\n" + "elif a: pass\n" * n + f"else: {CALL}",
    "ifs": lambda n: _ladder("if a:", n),
    "functions": lambda n: _ladder("def f():", n),
    "classes": lambda n: _ladder("class C:", n),
    "withs": lambda n: "with a as b" + ", a as b" * n + f": {CALL}",
    "decorators": lambda n: "@d\n" * n + f"def f(x={CALL}): pass",
    "arguments": lambda n: "f(" + "a," * n + CALL + ")",
    "targets": lambda n: "x = " * n + CALL,
    "patterns": lambda n: "match x:\n  case " + "[" * n + "]" * n + f":\n    {CALL}",
    "alternatives": lambda n: "match x:\n  case " + "1 |" * n + f" 2:\n    {CALL}",
    "a dotted name": lambda n: f"import {'.'.join(['a'] * n)}\n{CALL}",
    "dots": lambda n: f"from {'.' * n}a import {FACTORY}\n{CALL}",
    "imported names": lambda n: f"from deps import {'a, ' * n}{FACTORY}\n{CALL}",
    "a string of brackets": lambda n: f"x: '{'a[' * n}{']' * n}' = {CALL}",
    "__all__": lambda n: f"__all__ = {'[0] + ' * n}['{FACTORY}']\n{CALL}",
    "a mock's target": lambda n: (
        f"from unittest.mock import patch\npatch('deps.' {chr(39) * 2 * n} '{FACTORY}')"
    ),
    "a computed name": lambda n: f"from unittest.mock import patch\npatch({'x + ' * n}'deps.{FACTORY}')",
    "globals": lambda n: f"def f():\n  global {'a, ' * n}b\n  {CALL}",
    "continued lines": lambda n: "x = 1 " + "\\\n" * n + f"+ {CALL}",
    "blank lines": lambda n: "\n" * n + CALL,
}


def lay_nesting(root: Path, depth: int) -> int:
    """Make a tree of a file for each shape; the result is how many."""
    sources = {f"m{number}": f"{IMPORT}{shape(depth)}\n" for number, shape in enumerate(SHAPES.values())}
    lay(root, **sources)
    return len(sources)
