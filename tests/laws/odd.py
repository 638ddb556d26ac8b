"""What generated programs do with the factory beside a plain call, and with what only looks like it.

``{f}`` is how the factory is written there, ``{s}`` its last name, ``{a}`` the arguments of a call, ``{star}``
the same given by stars, ``{g}`` the getter's name, ``{module}`` the name of the module, ``{n}`` a number.
"""

from __future__ import annotations

USES = (
    "def use_{n}():\n    return {f}({star})",
    "def use_{n}():\n    return {f}({a}, **{{}})",
    "def use_{n}():\n    function = {f}\n    return function({a})",
    "alias_{n} = {f}\ndef use_{n}():\n    return alias_{n}({a})",
    "def use_{n}():\n    return functools.partial({f}, {a})()",
    "def use_{n}():\n    return list(map(lambda function: function({a}), [{f}]))",
    "def use_{n}(function={f}):\n    return function({a})",
    "def use_{n}():\n    return {f}({a})  # ctxmigrate: ignore",
    "def use_{n}():\n    return {f}.__name__, {f} is None, {f}({a})",
    "def use_{n}():\n    {g} = 1\n    return {f}({a}), {g}",
    "def use_{n}({g}=1):\n    return {f}({a}), {g}",
    "def use_{n}():\n    return [{f}({a}) for {g} in range(2)]",
    "def use_{n}():\n    def {g}():\n        return 1\n    return {f}({a}), {g}()",
    "class Holder_{n}:\n    {g} = 1\n    value = {f}({a})\nuse_{n} = Holder_{n}.value",
    "class Holder_{n}:\n    {g} = 1\n    def run(self):\n        return {f}({a})\nuse_{n} = Holder_{n}().run",
    "def use_{n}():\n    '''Calls {s}.'''\n    return {f}({a}), '{s}', '{module}.{s}'",
    "def use_{n}() -> '{s}':\n    # {s} is called here\n    return {f}({a})",
)
# The same where the factory is written as a bare name.
BARE_USES = (
    "def use_{n}({f}=other):\n    return {f}({a})",
    "def use_{n}():\n    {f} = other\n    return {f}({a})",
    "def use_{n}():\n    def {f}(*a, **b):\n        return other(*a, **b)\n    return {f}({a})",
    "def use_{n}():\n    return [{f}({a}) for {f} in [other]]",
    "def use_{n}():\n    return (lambda {f}: {f}({a}))(other)",
    "def use_{n}():\n    for {f} in [other]:\n        {f}({a})",
    "def use_{n}():\n    with contextlib.nullcontext(other) as {f}:\n        return {f}({a})",
    "def use_{n}():\n    match other:\n        case {f}:\n            return {f}({a})",
    "def use_{n}():\n    if ({f} := other):\n        return {f}({a})",
    "class Holder_{n}:\n    def {f}(self, *a, **b):\n        return other(*a, **b)\n    def run(self):\n"
    "        return self.{f}({a}), {f}({a})\nuse_{n} = Holder_{n}().run",
    "class Holder_{n}:\n    {f} = other\n    value = {f}({a})\nuse_{n} = Holder_{n}.value",
    "class Holder_{n}:\n    {f} = {f}\n    value = {f}({a})\nuse_{n} = Holder_{n}.value",
    "def use_{n}():\n    return globals()['{f}']({a})",
    "def use_{n}():\n    return getattr(sys.modules['{module}'], '{f}')({a})",
    "def use_{n}():\n    with mock.patch('{module}.{f}', mocked):\n        return {f}({a})",
    "@mock.patch('{module}.{f}', new=mocked)\ndef use_{n}():\n    return {f}({a})",
    "def use_{n}():\n    with mock.patch.object(sys.modules['{module}'], '{f}', mocked):\n        return {f}({a})",
    "def use_{n}():\n    with mock.patch('{module}.{f}', side_effect=mocked) as fake:\n"
    "        return {f}({a}), bool(fake)",
    "def use_{n}():\n    with mock.patch.multiple('{module}', {f}=mocked):\n        return {f}({a})",
    "TARGET_{n} = '{module}.{f}'\ndef use_{n}():\n    with mock.patch(TARGET_{n}, mocked):\n"
    "        return {f}({a})",
    "def use_{n}():\n    global {f}\n    kept = {f}\n    {f} = other\n    try:\n        return {f}({a})\n"
    "    finally:\n        {f} = kept",
)
# Uses of the factory through a name of their own, bound in ways that cannot or can be followed.
BINDINGS = (
    "try:\n    from {path} import {name} as bound_{n}\nexcept ImportError:\n    bound_{n} = None",
    "if note(True):\n    from {path} import {name} as bound_{n}\nelse:\n    bound_{n} = other",
    "bound_{n} = other\nfrom {path} import {name} as bound_{n}",
    "from {path} import {name} as bound_{n}\nfor _ in range(1):\n    note(bound_{n} is None)",
    "with contextlib.suppress(ImportError):\n    from {path} import {name} as bound_{n}",
    "if TYPE_CHECKING:\n    from {path} import {name} as bound_{n}\nelse:\n    from {path} import {name} as bound_{n}",
    "import {module}; bound_{n} = {module}.{name}",
    "class Names_{n}:\n    from {path} import {name} as bound\nbound_{n} = Names_{n}.bound",
)
