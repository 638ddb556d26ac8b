"""Where calls stand in generated programs: in which expression, which statement, and which scope.

``{c}`` is the call, ``{e}`` the expression around it, ``{body}`` the statements around that, ``{n}`` its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .arguments import Feature


@dataclass(frozen=True, slots=True)
class Place:
    """A template, what Python does not allow in it, and what it needs itself."""

    text: str
    forbids: frozenset[Feature] = frozenset()
    needs: Feature | None = None


ANYTHING: frozenset[Feature] = frozenset({"await", "yield", "walrus", "lines", "text", "local"})
OWN_SCOPE: frozenset[Feature] = frozenset({"await", "yield", "walrus"})
SYNC: frozenset[Feature] = frozenset({"await", "yield"})
YIELD: frozenset[Feature] = frozenset({"yield"})
TEXT: frozenset[Feature] = frozenset({"text", "lines"})

EXPRESSIONS: tuple[Place, ...] = (
    Place("{c}"),
    Place("({c})"),
    Place("[{c}, 1][0]"),
    Place("{{'key': {c}}}['key']"),
    Place("(note(1), {c}, note(2))"),
    Place("({c} if note(True) else note(None))"),
    Place("(note(None) or {c})"),
    Place("(note(1) and {c})"),
    Place("(not {c})"),
    Place("({c} == note(1) != 2)"),
    Place("note({c})"),
    Place("note(value={c})"),
    Place("note(*[{c}])"),
    Place("note(**{{'value': {c}}})"),
    Place("[*{c}, note(1)]", needs="context"),
    Place("{c}[note(0)]", needs="context"),
    Place("[1, 2, 3][:len({c})]", needs="context"),
    Place("{c}.user_id", needs="context"),
    Place("{c}.count(note(1))", needs="context"),
    Place("(lambda value={c}: value)()"),
    Place("(outcome_{n} := {c})", needs="walrus"),
    Place("(lambda: {c})()", SYNC),
    Place("(lambda note=note: note({c}))()", SYNC),
    Place("[{c} for _ in range(2)]", OWN_SCOPE),
    Place("[1 for _ in {c}]", OWN_SCOPE, "context"),
    Place("[1 for _ in range(2) if {c}]", OWN_SCOPE),
    Place("{{1: {c} for _ in range(2)}}", OWN_SCOPE),
    Place("list({c} for _ in range(2))", OWN_SCOPE),
    Place("len({{{c} for _ in range(2)}})", OWN_SCOPE, "context"),
    Place("f'''{{({c})!r:>60}}'''", TEXT, "text"),
    Place("f'''{{note(1)}} é {{note({c})}} {{{{}}}}'''", TEXT, "text"),
    Place("f'''{{({c}) = }}'''", TEXT, "text"),
)
STATEMENTS: tuple[Place, ...] = (
    Place("return {e}"),
    Place("value = {e}\nreturn value"),
    Place("value: object = {e}\nreturn value"),
    Place("one = two = {e}; note(1); return one, two"),
    Place("one, *two = [{e}, note(2)]\nreturn one, two"),
    Place("values = []\nvalues += [{e}]\nreturn values"),
    Place("values = {{}}\nvalues[note('k')] = {e}\nreturn values"),
    Place("values = {{}}\nvalues[str({e})] = note(1)\nreturn values"),
    Place("{e}\nreturn note(1)"),
    Place("if {e}:\n    return note(1)\nelif note(2):\n    return 2"),
    Place("if note(0):\n    pass\nelif {e}:\n    return note(1)"),
    Place("while {e}:\n    return note(1)"),
    Place("for item in [{e}]:\n    note(item)\nelse:\n    note('else')"),
    Place("for _ in range(2):\n    if note(0):\n        continue\n    value = {e}\nreturn value"),
    Place("with {c} as value:\n    return note(value)"),
    Place("with {c} as one, contextlib.nullcontext(note(2)) as two:\n    return one, two"),
    Place("assert note({e}) is not None, note(2)\nreturn 1"),
    Place("try:\n    return {e}\nfinally:\n    note('end')"),
    Place("try:\n    fails(1)\nexcept ValueError:\n    return {e}\nelse:\n    note(2)"),
    Place("try:\n    raise ValueError({e})\nexcept ValueError as error:\n    return error.args"),
    Place("try:\n    pass\nfinally:\n    value = {e}\nreturn value"),
    Place("match {e}:\n    case value if note(value):\n        return value"),
    Place("match note(1):\n    case 1 if {e}:\n        return note(2)"),
    Place("match note(1):\n    case 1 | 2:\n        return {e}"),
    Place("def inner():\n    return {e}\nreturn inner()", OWN_SCOPE),
    Place("def inner(value={e}):\n    return value\nreturn inner()"),
    Place("def inner(*, value={e}):\n    return value\nreturn inner()"),
    Place("@wrap({e})\ndef inner():\n    return note(1)\nreturn inner()"),
    Place("@wrap({e})\nclass Inner:\n    pass\nreturn 1"),
    Place("class Inner:\n    value = {e}\nreturn Inner.value", OWN_SCOPE),
    Place("class Inner(object if {e} else note(1)):\n    pass\nreturn 1"),
    Place("global shared_{n}\nshared_{n} = {e}\nreturn shared_{n}"),
    Place(
        "value = None\ndef inner():\n    nonlocal value\n    value = {e}\ninner()\nreturn value",
        OWN_SCOPE,
    ),
    Place("del [{e}][0]; return note(1)", YIELD),
    Place("note(1); value = {e}; note(2)\nreturn value"),
    Place("if note(1): value = {e}\nreturn value"),
)
FUNCTIONS: tuple[Place, ...] = (
    Place("def use_{n}():\n    {body}", SYNC),
    Place("def use_{n}(*_, **__):\n    '''Text.'''\n    {body}", SYNC),
    Place("class Holder_{n}:\n    def run(self):\n        {body}\nuse_{n} = Holder_{n}().run", SYNC),
    Place(
        "class Holder_{n}:\n    @staticmethod\n    def run():\n        {body}\nuse_{n} = Holder_{n}.run",
        SYNC,
    ),
    Place(
        "class Holder_{n}:\n    @property\n    def run(self):\n        {body}\nuse_{n} = lambda: Holder_{n}().run",
        SYNC,
    ),
    Place(
        "def use_{n}():\n    def middle():\n        class Holder:\n            @classmethod\n"
        "            def run(cls):\n                {body}\n        return Holder.run()\n    return middle()",
        SYNC,
    ),
    Place("if note(True):\n    def use_{n}():\n        {body}", SYNC),
    Place("def use_{n}():\n\tif note(1):\n\t\tif note(2):\n\t\t\t{body}", SYNC),
    Place("async def use_{n}():\n    {body}", YIELD),
    Place(
        "class Holder_{n}:\n    async def run(self):\n        {body}\nuse_{n} = Holder_{n}().run",
        YIELD,
    ),
    Place("def use_{n}():\n    yield note(0)\n    {body}", frozenset({"await"})),
    Place("async def use_{n}():\n    async def inner():\n        {body}\n    return await inner()", YIELD),
)
PLAIN: tuple[Place, ...] = (
    Place("use_{n} = {e}", SYNC | {"local"}),
    Place("use_{n} = lambda: {e}", SYNC | {"local"}),
    Place("use_{n}: object = {e}", SYNC | {"local"}),
    Place("def use_{n}(value={e}):\n    return value", SYNC | {"local"}),
    Place("def use_{n}(*, one=note(1), value={e}, two=note(2)):\n    return value", SYNC | {"local"}),
    Place("@wrap({e})\ndef use_{n}():\n    return note(1)", SYNC | {"local"}),
    Place("def use_{n}(value: note({e}) = note(1)) -> note(2):\n    return value", SYNC | {"local"}),
    Place("class Holder_{n}:\n    value = {e}\nuse_{n} = Holder_{n}.value", OWN_SCOPE | {"local"}),
    Place(
        "class Holder_{n}:\n    class Inner:\n        values: list = [{e}]\nuse_{n} = Holder_{n}.Inner.values",
        OWN_SCOPE | {"local"},
    ),
    Place("class Holder_{n}:\n    def run(self, value={e}):\n        return value\nuse_{n} = Holder_{n}().run",
     OWN_SCOPE | {"local"}),
    Place("try:\n    use_{n} = {e}\nexcept ValueError:\n    use_{n} = None", SYNC | {"local"}),
    Place("for _ in range(2):\n    use_{n} = {e}", SYNC | {"local"}),
    Place("if {e}:\n    use_{n} = note(1)\nelse:\n    use_{n} = note(2)", SYNC | {"local"}),
    Place("match {e}:\n    case use_{n}:\n        pass", SYNC | {"local"}),
    Place("note(1); use_{n} = {e}; note(2)", SYNC | {"local"}),
    Place("async def use_{n}():\n    yield note(1)\n    yield {e}", YIELD | {"local"}),
    Place("async def use_{n}():\n    return [{e} async for _ in Manager(1)]", YIELD | {"local", "walrus"}),
    Place("async def use_{n}():\n    async with Manager({e}) as value:\n        return value", YIELD | {"local"}),
    Place(
        "async def use_{n}():\n    values = []\n    async for value in Manager({e}):\n        values.append(value)\n"
        "    return values",
        YIELD | {"local"},
    ),
)  # fmt: skip
