"""``rewrite --clean``: what the migration leaves without use goes, and nothing else."""

from __future__ import annotations

import json
import subprocess
import textwrap
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from codemod import Config, migrate
from codemod.cli import main
from codemod.reader import LARGEST

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from codemod import Report

DEPENDENCIES = """\
def make(user_id, thread_id, run_id=None):
    return user_id, thread_id, run_id


def find(user_id, thread_id):
    return user_id, thread_id
"""
CONFIG = Config(factory="make", getter="find", clean=True)

# The name of the case: the module before the run, the module after it.
TAKEN_OUT: dict[str, tuple[str, str]] = {
    "the assignment and the import that only it used": (
        """
        import uuid

        from deps import make


        def handle(user, thread):
            run_id = str(uuid.uuid4())  # of this message
            return make(user, thread, run_id=run_id)
        """,
        """
        from deps import find


        def handle(user, thread):
            return find(user, thread)
        """,
    ),
    "the import that only the dropped argument used": (
        """
        import os
        import uuid
        from deps import make

        context = make("user", os.name, run_id=str(uuid.uuid4()))
        """,
        """
        import os
        from deps import find

        context = find("user", os.name)
        """,
    ),
    "assignments that several others are made of": (
        """
        import uuid
        from deps import make

        def handle(user, thread):
            first = uuid.uuid4()
            second = uuid.uuid4()
            one = str(first)
            two = str(second)
            return make(user, thread, one + two)
        """,
        """
        from deps import find

        def handle(user, thread):
            return find(user, thread)
        """,
    ),
    "an import between others that are marked": (
        """
        import os  # noqa: F401
        import uuid
        import sys  # noqa: F401
        from deps import make

        context = make("user", "thread", uuid.uuid4())
        """,
        """
        import os  # noqa: F401
        import sys  # noqa: F401
        from deps import find

        context = find("user", "thread")
        """,
    ),
    "an assignment beside what asks an object for its names": (
        """
        from deps import make

        def handle(user, thread, log):
            run_id = "r"
            log(vars(user), dir(user), stack="run_id", dir=None)  # not of the locals
            return make(user, thread, run_id)
        """,
        """
        from deps import find

        def handle(user, thread, log):
            log(vars(user), dir(user), stack="run_id", dir=None)  # not of the locals
            return find(user, thread)
        """,
    ),
    "an import that a comment below a type comment names": (
        """
        import uuid
        from deps import make

        known = []  # type: list
        # a uuid for each
        context = make("user", "thread", uuid.uuid4())
        """,
        """
        from deps import find

        known = []  # type: list
        # a uuid for each
        context = find("user", "thread")
        """,
    ),
    "a module of a package by its dotted name": (
        """
        import os.path
        from deps import make

        context = make("user", "thread", os.path.sep)
        """,
        """
        from deps import find

        context = find("user", "thread")
        """,
    ),
    "an import in the middle of its section": (
        """
        import os

        import uuid

        import sys

        from deps import make
        context = make(os.name, sys.path, run_id=uuid.uuid4().hex)
        """,
        """
        import os

        import sys

        from deps import find
        context = find(os.name, sys.path)
        """,
    ),
    "one name of several": (
        """
        import os, uuid
        from time import (
            monotonic,
            time,  # of the run
        )
        from deps import make

        def handle(user):
            started = time()
            return make(user, os.name, f"{started}_{uuid.uuid4()}"), monotonic()
        """,
        """
        import os
        from time import (
            monotonic,
        )
        from deps import find

        def handle(user):
            return find(user, os.name), monotonic()
        """,
    ),
    "two names of three": (
        """
        from string import digits, hexdigits, punctuation
        from deps import make

        context = make("user", punctuation, (digits, hexdigits))
        """,
        """
        from string import punctuation
        from deps import find

        context = find("user", punctuation)
        """,
    ),
    "a module of a package": (
        """
        import app.ids
        from deps import make
        context = make("user", "thread", app.ids.generate_run_id())
        """,
        """
        from deps import find
        context = find("user", "thread")
        """,
    ),
    "an import under another name": (
        """
        from uuid import uuid4 as fresh, UUID as Id
        from deps import make

        def handle(user, thread):
            run_id: Id = fresh()
            return make(user, thread, run_id)
        """,
        """
        from deps import find

        def handle(user, thread):
            return find(user, thread)
        """,
    ),
    "an import inside the function": (
        """
        from deps import make

        def handle(user, thread):
            import uuid
            run_id = uuid.uuid4().hex
            return make(user, thread, run_id)

        def other():
            import uuid
            return uuid.uuid4()
        """,
        """
        from deps import find

        def handle(user, thread):
            return find(user, thread)

        def other():
            import uuid
            return uuid.uuid4()
        """,
    ),
    "what was only assigned for what goes": (
        """
        from deps import make

        def handle(user, thread, message):
            prefix = "run" + str(message)[:8]
            number = len(message.text)
            run_id = f"{prefix}_{number}"
            return make(user, thread, run_id), number
        """,
        """
        from deps import find

        def handle(user, thread, message):
            number = len(message.text)
            return find(user, thread), number
        """,
    ),
    "all assignments in all branches": (
        """
        import uuid
        from deps import make

        def handle(user, thread, known):
            run_id: str
            if known:
                run_id = known
            elif thread:
                run_id = f"{thread}"
            else:
                # nothing is known
                run_id = str(uuid.uuid4())
            return make(user, thread, run_id)
        """,
        """
        from deps import find

        def handle(user, thread, known):
            if known:
                pass
            elif thread:
                pass
            else:
                # nothing is known
                pass
            return find(user, thread)
        """,
    ),
    "an assignment that shares its line": (
        """
        import uuid
        from deps import make

        def handle(user, thread):
            name = "n"; run_id = str(uuid.uuid4()); run = run_id; other = 1;  # four
            return make(user, thread, run), name, other

        def short(user): run_id = uuid.uuid4().hex; return make(user, "t", run_id)
        def shorter(user):
            if user: run_id = "a"; kind = "b"  # two
            else: run_id = kind = "c"
            return make(user, kind, run_id)
        """,
        """
        from deps import find

        def handle(user, thread):
            name = "n"; other = 1;  # four
            return find(user, thread), name, other

        def short(user): return find(user, "t")
        def shorter(user):
            if user: run_id = "a"; kind = "b"  # two
            else: run_id = kind = "c"
            return find(user, kind)
        """,
    ),
    "comments on lines of their own, and blank lines": (
        '''
        from deps import make


        def handle(user, thread):
            """Handle."""

            # Every message has its own run.
            run_id = "run"  # so far

            # The context.
            context = make(user, thread, run_id)

            return context


        def last(user, thread):
            context = make(user, thread, kind := "x")

            run_id = "unrelated"

            return context, run_id


        def first(user, thread):
            run_id = "r"

            return make(user, thread, run_id)
        ''',
        '''
        from deps import make, find


        def handle(user, thread):
            """Handle."""

            # Every message has its own run.

            # The context.
            context = find(user, thread)

            return context


        def last(user, thread):
            context = make(user, thread, kind := "x")

            run_id = "unrelated"

            return context, run_id


        def first(user, thread):
            return find(user, thread)
        ''',
    ),
    "an assignment over several lines": (
        """
        import uuid
        from deps import make

        async def handle(user, thread):
            run_id = (
                # a comment inside
                "run_"
                + uuid.uuid4().hex[:8]
            )  # the end
            run_id_of_child = \\
                run_id
            return make(user, thread, run_id_of_child)
        """,
        """
        from deps import find

        async def handle(user, thread):
            return find(user, thread)
        """,
    ),
    "a value that is only taken to be pure by its name": (
        """
        from ids import generate_run_id
        from deps import make

        def handle(user, thread):
            run_id = generate_run_id()
            return make(user, thread, run_id)
        """,
        """
        from deps import find

        def handle(user, thread):
            return find(user, thread)
        """,
    ),
    "an assignment that another one and the call are made of": (
        """
        from deps import make

        def handle(user, thread):
            prefix = "run"
            run_id = f"{prefix}_{user}"
            return make(user, thread, prefix + run_id)
        """,
        """
        from deps import find

        def handle(user, thread):
            return find(user, thread)
        """,
    ),
    "assignments that two dropped arguments are made of": (
        """
        from deps import make

        def handle(user, thread):
            first = "a"
            one = f"{first}1"
            second = "b"
            two = f"{second}2"
            return make(user, thread, one), make(user, thread, run_id=two)
        """,
        """
        from deps import find

        def handle(user, thread):
            return find(user, thread), find(user, thread)
        """,
    ),
    "a value that cannot fail under try": (
        """
        import uuid
        from deps import make

        def handle(user, thread):
            try:
                run_id = f"run_{uuid.uuid4().hex[:8]}"
                return make(user, thread, run_id)
            except Exception:
                return None
        """,
        """
        from deps import find

        def handle(user, thread):
            try:
                return find(user, thread)
            except Exception:
                return None
        """,
    ),
    "an import for type checkers": (
        """
        from __future__ import annotations
        from typing import TYPE_CHECKING
        from deps import make
        if TYPE_CHECKING:
            from uuid import UUID
            from typing import Any

        def handle(user: Any, thread):
            run_id: "UUID" = user
            return make(user, thread, run_id)
        """,
        """
        from __future__ import annotations
        from typing import TYPE_CHECKING
        from deps import find
        if TYPE_CHECKING:
            from typing import Any

        def handle(user: Any, thread):
            return find(user, thread)
        """,
    ),
    "the only import of a block": (
        """
        from typing import TYPE_CHECKING
        from deps import make
        if TYPE_CHECKING:
            from uuid import UUID  # of the run

        def handle(user, thread):
            run_id: UUID = user
            return make(user, thread, run_id)
        """,
        """
        from typing import TYPE_CHECKING
        from deps import find
        if TYPE_CHECKING:
            pass

        def handle(user, thread):
            return find(user, thread)
        """,
    ),
    "imports that share a line with each other": (
        """
        from deps import make

        import uuid; import time

        LIMIT = 3

        import os, secrets; from uuid import uuid1

        context = make("user", os.name, f"{uuid.uuid4()}{time.time()}{secrets.token_hex()}{uuid1()}")
        """,
        """
        from deps import find

        LIMIT = 3

        import os

        context = find("user", os.name)
        """,
    ),
    "an import above a form feed": (
        """
        import uuid
        \f
        from deps import make

        context = make("user", "thread", uuid.uuid4())
        """,
        """
        \f
        from deps import find

        context = find("user", "thread")
        """,
    ),
    "an import at the end of the file": (
        """
        from deps import make

        def handle():
            return make("user", "thread", uuid.uuid4())


        import uuid

        """,
        """
        from deps import find

        def handle():
            return find("user", "thread")
        """,
    ),
    "an import on a last line without an end": (
        """
        from deps import make

        def handle():
            return make("user", "thread", uuid.uuid4())
        import uuid""",
        """
        from deps import find

        def handle():
            return find("user", "thread")
        """,
    ),
    "a name that a docstring and comments only mention": (
        '''
        """No uuid is needed here."""
        import uuid  # for uuid
        from deps import make
        context = make("user", "thread", uuid.uuid4())  # uuid
        text = f"a new uuid: {context.uuid}, {dict(uuid=1)}"
        ''',
        '''
        """No uuid is needed here."""
        from deps import find
        context = find("user", "thread")  # uuid
        text = f"a new uuid: {context.uuid}, {dict(uuid=1)}"
        ''',
    ),
    "an import for type checkers inside the function": (
        """
        from typing import TYPE_CHECKING
        from deps import make

        def handle(user, thread):
            if TYPE_CHECKING:
                from uuid import UUID
                from typing import Any
            known: Any = user
            run_id: UUID = user
            return make(known, thread, run_id)
        """,
        """
        from typing import TYPE_CHECKING
        from deps import find

        def handle(user, thread):
            if TYPE_CHECKING:
                from typing import Any
            known: Any = user
            return find(known, thread)
        """,
    ),
    "an import that a comment wants to stay where it is": (
        """
        import os
        os.umask(0)
        import uuid  # noqa: E402
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        """,
        """
        import os
        os.umask(0)
        from deps import find
        context = find("user", "thread")
        """,
    ),
    "an import of a name that a class has as well": (
        """
        import uuid
        from deps import make

        class Row:
            uuid: str = ""

        context = make(Row("a uuid of its own").uuid, "thread", uuid.uuid4())
        """,
        """
        from deps import find

        class Row:
            uuid: str = ""

        context = find(Row("a uuid of its own").uuid, "thread")
        """,
    ),
    "an assignment in a method, and in a function inside": (
        """
        from deps import make

        class Handler:
            def handle(self, user, thread):
                run_id = "r"

                def later():
                    run = "l"
                    return make(user, thread, run)

                return make(user, thread, run_id), later
        """,
        """
        from deps import find

        class Handler:
            def handle(self, user, thread):
                def later():
                    return find(user, thread)

                return find(user, thread), later
        """,
    ),
    "an assignment with a string after the next statement": (
        """
        from deps import make

        def handle(user, thread):
            run_id = "r"
            user.handled = True
            "handled"
            return make(user, thread, run_id)
        """,
        """
        from deps import find

        def handle(user, thread):
            user.handled = True
            "handled"
            return find(user, thread)
        """,
    ),
}

CANNOT_FAIL = [
    "str(uuid.uuid4())[:-4]",
    "uuid.uuid4().hex.upper().replace('A', '')",
    "f'{int(time.time() * 1000)}_{user!r}'",
    "time.time()",
    "1000 * time.time()",
    "str(uuid.uuid4()) + '_' + secrets.token_hex(4)",
    "str(uuid.uuid4()) or user",
    "generate_run_id(str(uuid.uuid4()))",
    "datetime.now(timezone.utc).isoformat()",
    "user or 'run'",
    "'a' if user else generate_run_id(user)",
    "secrets.token_hex(8)[:4]",
    "os.urandom(8)",
    "None",
    "3",
]
for _value in CANNOT_FAIL:
    TAKEN_OUT[f"a value that cannot fail: {_value}"] = (
        f"""
        import os, secrets, time, uuid
        from datetime import datetime, timezone
        from ids import generate_run_id
        from deps import make
        known = os, secrets, time, uuid, datetime, timezone, generate_run_id

        def handle(user, thread):
            run_id = {_value}
            return make(user, thread, run_id)
        """,
        """
        import os, secrets, time, uuid
        from datetime import datetime, timezone
        from ids import generate_run_id
        from deps import find
        known = os, secrets, time, uuid, datetime, timezone, generate_run_id

        def handle(user, thread):
            return find(user, thread)
        """,
    )

MAY_FAIL = [
    "str(uuid.UUID(known))",
    'known["run_id"]',
    "int(known)",
    "known.run_id",
    "known[:8]",
    "-known",
    "1 + known",
    "known * 2",
    'f"{known:>8}"',
    "f'{known.id}'",
    "len(known)",
    '"run" + known',
    "known.hex()",
    "str(known, 'utf8')",
    "known.get('id')",
    "known or known.id",
    "uuid.uuid4().text",
    "unknown()[:8]",
    "uuid.uuid5(known, 'a')",
    "uuid.uuid4().hex[:known]",
    "uuid.uuid4().hex['a':]",
    "uuid.uuid4().isoformat()",
    "known.lower()",
    "'run'.encode('idna')",
    "generate_id(known.id)",
    "datetime.now(known)",
    "datetime.now(known).isoformat()",
    "'%s' % known",
    "'{}'.format(known)",
    "min(known)",
    "time.strftime('%Y')",
]

# Why something stays: the module before the run, and a line of it that is still there afterwards.
LEFT: dict[str, tuple[str, str]] = {
    "the value has an effect": (
        """
        from deps import make
        def handle(user, thread, runs):
            run_id = runs.open()
            return make(user, thread, run_id)
        """,
        "run_id = runs.open()",
    ),
    "one of the values has an effect": (
        """
        from deps import make
        def handle(user, thread, runs):
            run_id = "r"
            if runs:
                run_id = runs.open()
            return make(user, thread, run_id)
        """,
        'run_id = "r"',
    ),
    "a failure of the value is caught": (
        """
        from deps import make
        def handle(user, thread, headers):
            try:
                run_id = headers["run"]
            except KeyError:
                raise ValueError from None
            return make(user, thread, run_id)
        """,
        'run_id = headers["run"]',
    ),
    **{
        f"the value may fail: {value}": (
            f"""
        import time, uuid
        from datetime import datetime
        from deps import make
        def handle(user, thread, known):
            run_id = {value}
            return make(user, thread, run_id)
        """,
            f"run_id = {value}",
        )
        for value in MAY_FAIL
    },
    "a failure of the value is suppressed": (
        """
        from contextlib import suppress
        from deps import make
        def handle(user, thread, text):
            with suppress(ValueError):
                run_id = int(text)
                user.count += 1
            return make(user, thread, run_id)
        """,
        "run_id = int(text)",
    ),
    "it is read before the call": (
        """
        from deps import make
        def handle(user, thread, log):
            run_id = "r"
            log(run_id)
            return make(user, thread, run_id)
        """,
        'run_id = "r"',
    ),
    "it is assigned through unpacking": (
        """
        from deps import make
        def handle(ids):
            user, thread, run_id = ids
            return make(user, thread, run_id)
        """,
        "user, thread, run_id = ids",
    ),
    "two names are assigned": (
        """
        from deps import make
        def handle(user, thread):
            run_id = first = "r"
            return make(user, thread, run_id), first
        """,
        'run_id = first = "r"',
    ),
    "it is added to": (
        """
        from deps import make
        def handle(user, thread):
            run_id = "r"
            run_id += "x"
            return make(user, thread, run_id)
        """,
        'run_id = "r"',
    ),
    "it is deleted": (
        """
        from deps import make
        def handle(user, thread):
            run_id = "r"
            context = make(user, thread, run_id)
            del run_id
            return context
        """,
        'run_id = "r"',
    ),
    "it is assigned within an expression": (
        """
        from deps import make
        def handle(user, thread):
            if run_id := user.run_id:
                return make(user, thread, run_id)
        """,
        "if run_id := user.run_id:",
    ),
    "it is a parameter": (
        """
        from deps import make
        def handle(user, thread, run_id):
            run_id = run_id or "r"
            return make(user, thread, run_id)
        """,
        'run_id = run_id or "r"',
    ),
    "it is global": (
        """
        from deps import make
        def handle(user, thread):
            global run_id
            run_id = "r"
            return make(user, thread, run_id)
        """,
        'run_id = "r"',
    ),
    "a nested function assigns it": (
        """
        from deps import make
        def handle(user, thread):
            run_id = "r"
            def change():
                nonlocal run_id
                run_id = "s"
            change()
            return make(user, thread, run_id)
        """,
        'run_id = "r"',
    ),
    "a nested function declares it": (
        """
        from deps import make
        def handle(user, thread):
            run_id = "r"
            def nothing():
                nonlocal run_id
            return make(user, thread, run_id)
        """,
        'run_id = "r"',
    ),
    "it belongs to the function around": (
        """
        from deps import make
        def handle(user, thread):
            run_id = "r"
            def inner():
                return make(user, thread, run_id)
            return inner
        """,
        'run_id = "r"',
    ),
    "it belongs to the module": (
        """
        from deps import make
        run_id = "r"
        context = make("user", "thread", run_id)
        """,
        'run_id = "r"',
    ),
    "all locals are read": (
        """
        from deps import make
        def handle(user, thread, log):
            run_id = "r"
            context = make(user, thread, run_id)
            log("%(run_id)s", locals())
            return context
        """,
        'run_id = "r"',
    ),
    "a query reads it": (
        """
        from deps import make
        def handle(user, thread, frame):
            run_id = "r"
            context = make(user, thread, run_id)
            return context, frame.query("run == @run_id")
        """,
        'run_id = "r"',
    ),
    "a blocked call takes it": (
        """
        from deps import make
        def handle(user, thread):
            run_id = "r"
            return make(user, thread, run_id), make(user, thread, run_id, mode=1)
        """,
        'run_id = "r"',
    ),
    "its value has a site in it": (
        """
        from deps import make
        def handle(user, thread):
            run_id = make
            return make(user, thread, run_id)
        """,
        "run_id = make",
    ),
    "a string behind it would become a docstring": (
        """
        from deps import make
        class Handler:
            def handle(self, user, thread):
                run_id = "r"
                "handled"
                return make(user, thread, run_id)
        """,
        'run_id = "r"',
    ),
    "the import was unused before": (
        """
        import uuid
        import models
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        """,
        "import models",
    ),
    "the import was unused before, and what goes says its name": (
        """
        import uuid
        from deps import make
        context = make("user", "thread", "uuid")
        """,
        "import uuid",
    ),
    "another module of the package is imported": (
        """
        import app.models
        import app.ids
        from deps import make
        context = make("user", "thread", app.ids.generate_run_id())
        """,
        "import app.models",
    ),
    "a module whose name begins the same is imported": (
        """
        import app.id
        import app.ids
        from deps import make
        context = make("user", "thread", app.ids.generate_run_id())
        """,
        "import app.id",
    ),
    "the import is used elsewhere": (
        """
        import uuid
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        def other(): return uuid
        """,
        "import uuid",
    ),
    "the import is in __all__": (
        """
        import uuid
        from deps import make
        __all__ = ["context", "uuid"]
        context = make("user", "thread", uuid.uuid4())
        """,
        "import uuid",
    ),
    "the import is written as a re-export": (
        """
        from uuid import uuid4 as uuid4
        from deps import make
        context = make("user", "thread", uuid4())
        """,
        "from uuid import uuid4 as uuid4",
    ),
    "a comment wants the import": (
        """
        import uuid  # noqa: E402, F401
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        """,
        "import uuid  # noqa: E402, F401",
    ),
    "a comment without codes wants the import": (
        """
        import uuid  # noqa
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        """,
        "import uuid  # noqa",
    ),
    "a comment at the end of the import wants it": (
        """
        from uuid import (
            uuid4,
        )  # pylint: disable=unused-import
        from deps import make
        context = make("user", "thread", uuid4())
        """,
        "    uuid4,",
    ),
    "a comment wants all imports of the file": (
        """
        # ruff: noqa: F401
        import uuid
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        """,
        "import uuid",
    ),
    "the import has a fallback": (
        """
        try:
            from uuid6 import uuid7
        except ImportError:
            from uuid import uuid4 as uuid7
        from deps import make
        context = make("user", "thread", str(uuid7.uuid4()))
        """,
        "    from uuid6 import uuid7",
    ),
    "the import is under a condition": (
        """
        import sys
        if sys.argv:
            import uuid
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        """,
        "    import uuid",
    ),
    "an annotation in a string uses the import": (
        """
        from typing import TYPE_CHECKING
        from deps import make
        if TYPE_CHECKING:
            from uuid import UUID
        def handle(user: "list[UUID]", thread):
            run_id: "UUID" = user.run_id
            return make(user, thread, run_id)
        """,
        "    from uuid import UUID",
    ),
    "a type comment uses the import": (
        """
        from uuid import UUID
        from deps import make
        known = []  # type: list[UUID]
        context = make("user", "thread", UUID(int=1))
        """,
        "from uuid import UUID",
    ),
    "a doctest uses the import": (
        '''
        """
        >>> uuid.UUID(int=1).int
        1
        """
        import uuid
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        ''',
        "import uuid",
    ),
    "names of the module are looked up": (
        """
        import uuid
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        def look_up(name): return globals()[name]
        """,
        "import uuid",
    ),
    "a function takes the import from the module": (
        """
        import uuid
        from deps import make
        context = make("user", "thread", uuid.uuid4())
        def change():
            global uuid
            uuid = None
        """,
        "import uuid",
    ),
    "a nested function declares the import": (
        """
        from deps import make
        def handle(user, thread):
            import uuid
            def nothing():
                nonlocal uuid
            return make(user, thread, uuid.uuid4())
        """,
        "import uuid",
    ),
    "a class reads the import, which it has only an annotation for": (
        """
        import uuid
        from deps import make
        class Row:
            uuid: str
            first = uuid.UUID(int=1)
        context = make("user", "thread", uuid.uuid4())
        """,
        "import uuid",
    ),
    "a class has its name only under a condition": (
        """
        import uuid
        from deps import make
        class Row:
            if make.__doc__:
                uuid = None
            known = uuid
        context = make("user", "thread", uuid.uuid4())
        """,
        "import uuid",
    ),
    "a class adds to the import": (
        """
        from settings import prefix
        from deps import make
        class Handler:
            prefix += "_"
        context = make("user", "thread", prefix)
        """,
        "from settings import prefix",
    ),
    "the import stands in a class": (
        """
        from deps import make
        class Handler:
            import uuid
            context = make("user", "thread", uuid.uuid4())
        """,
        "    import uuid",
    ),
}

# What reads the locals of a function without naming them.
READERS = (
    "vars()",
    "dir()",
    "eval('run_id')",
    "exec('print(run_id)')",
    "frame.f_locals",
    "inspect.currentframe()",
    "sys._getframe(0)",
    "list(map(eval, user.names))",
    "list(map(vars, user.names))",
    "known = vars",
    "from inspect import stack as frames",
)
# How another file takes the import.
TAKERS = {
    "imported": ("other.py", "from handler import uuid4"),
    "imported relatively": ("other.py", "from .handler import (\n    x,\n    uuid4 as u,\n)"),
    "everything imported": ("other.py", "from handler import *"),
    "as an attribute": ("other.py", "import handler\nhandler.uuid4()"),
    "imported from a package": ("pkg/other.py", "from pkg.handler import uuid4"),
    "as an attribute by its dotted name": ("pkg/other.py", "import pkg.handler\npkg.handler.uuid4()"),
    "as an attribute of another name": ("other.py", "import handler\napi = handler\napi.uuid4()"),
    "as an attribute of an alias": ("other.py", "import handler as h\nprint(h.uuid4)"),
    "as an attribute of an imported module": ("pkg/other.py", "from pkg import handler as h\nh.uuid4"),
    "as an attribute of an attribute": (
        "other.py",
        "import handler\nclass Client:\n    api = handler\n    def id(self): self.api.uuid4()",
    ),
    "as an attribute of an argument": (
        "other.py",
        "from pkg import handler as h\ndef call(module): module.uuid4()\ncall(h)",
    ),
    "mocked by name": ("tests.py", "import mock\n@mock.patch('handler.uuid4')\ndef test(uuid4): ..."),
    "named like an entry point": ("other.py", "import pkgutil\npkgutil.resolve_name('handler:uuid4')"),
    "mocked by a computed name": (
        "tests.py",
        "import handler, mock\nmock.patch(f'{handler.__name__}.uuid4')",
    ),
    "mocked on the module": ("tests.py", "import handler as h\ndef test(mp): mp.setattr(h, 'uuid4', str)"),
    "mocked on the module with keywords": (
        "tests.py",
        "import handler as h, mock\nmock.patch.object(target=h, attribute='uuid4')",
    ),
    "mocked by keyword": ("tests.py", "import mock\nmock.patch.multiple('handler', uuid4=str)"),
    "loaded by name": ("other.py", "import importlib\nm = importlib.import_module('handler')\nm.uuid4()"),
    "in a file that cannot be parsed": ("broken.py", "from handler import uuid4\nfrom )"),
}
NO_TAKERS = {
    "its own import": "import handler\nfrom uuid import uuid4\nprint(uuid4(), handler.context)",
    "an attribute of another module": "import handler, uuid\nuuid.uuid4()",
    "an attribute of something else": "import handler\ndef f(user): return user.uuid4, dict(uuid4=1)",
    "an attribute of another module beside one that is loaded by name": (
        "import importlib, uuid\nm = importlib.import_module('handler')\nuuid.uuid4()"
    ),
    "a keyword of a class": "import handler\nclass Run(handler.Base, uuid4=True): ...",
    "a string of another module": "import handler, mock\nmock.patch('uuid.uuid4')\nrow = {'uuid4': 1}['uuid4']",
    "another module's": "from other import uuid4",
}
HANDLER = """\
from uuid import uuid4
from deps import make
context = make("user", "thread", uuid4())
"""


def cleaned(root: Path, files: dict[str, str]) -> Report:
    """Write a tree, migrate it with ``--clean``, and see that a second run changes nothing."""
    for path, source in ({"pyproject.toml": "[tool.ctxmigrate]\n", "deps.py": DEPENDENCIES} | files).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source)
    report = migrate([root], CONFIG, write=True)
    assert not [error for error in report.errors if error.code == "CTX906"]
    assert migrate([root], CONFIG).plans == ()
    return report


def source_of(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


@pytest.mark.parametrize("case", TAKEN_OUT)
def test_what_is_left_without_use_goes(case: str, tmp_path: Path) -> None:
    before, after = map(source_of, TAKEN_OUT[case])
    cleaned(tmp_path, {"handler.py": before})
    assert (tmp_path / "handler.py").read_text() == after
    compile(after, "handler.py", "exec")


def test_blank_lines_at_the_top_stay(tmp_path: Path) -> None:
    call = 'context = {}("user", "thread"{})\n'
    before = "\n\nimport uuid\n\nfrom deps import make\n" + call.format("make", ", uuid.uuid4()")
    cleaned(tmp_path, {"handler.py": before})
    after = "\n\nfrom deps import find\n" + call.format("find", "")
    assert (tmp_path / "handler.py").read_text() == after


@pytest.mark.parametrize("case", LEFT)
def test_what_may_be_needed_stays(case: str, tmp_path: Path) -> None:
    before, line = LEFT[case]
    cleaned(tmp_path, {"handler.py": source_of(before)})
    after = (tmp_path / "handler.py").read_text()
    assert line in after.splitlines() or f"    {line}" in after.splitlines() or f"        {line}" in after
    compile(after, "handler.py", "exec")


@pytest.mark.parametrize("reader", READERS)
def test_a_local_that_may_be_read_unseen_stays(reader: str, tmp_path: Path) -> None:
    before = f"""
        from deps import make
        def handle(user, thread, frame):
            run_id = "r"
            context = make(user, thread, run_id)
            {reader}
            return context
        """
    cleaned(tmp_path, {"handler.py": source_of(before)})
    assert '    run_id = "r"\n' in (tmp_path / "handler.py").read_text()


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_endings_stay(newline: str, tmp_path: Path) -> None:
    before, after = (
        source_of(text).replace("\n", newline).encode()
        for text in TAKEN_OUT["the assignment and the import that only it used"]
    )
    (tmp_path / "handler.py").write_bytes(before)
    cleaned(tmp_path, {})
    assert (tmp_path / "handler.py").read_bytes() == after


@pytest.mark.parametrize("case", TAKERS)
def test_an_import_that_another_file_takes_stays(case: str, tmp_path: Path) -> None:
    path, source = TAKERS[case]
    folder = path.rpartition("/")[0]
    handler = f"{folder}/handler.py" if folder else "handler.py"
    cleaned(tmp_path, {handler: HANDLER, path: source + "\n"})
    assert "uuid4\n" in (tmp_path / handler).read_text()


@pytest.mark.parametrize("case", NO_TAKERS)
def test_an_import_that_no_other_file_takes_goes(case: str, tmp_path: Path) -> None:
    cleaned(tmp_path, {"handler.py": HANDLER, "other.py": NO_TAKERS[case] + "\n"})
    assert "uuid4" not in (tmp_path / "handler.py").read_text()


@pytest.mark.parametrize(
    "package", ["__init__.py", "app/__init__.py", "app/v1/__init__.py", "app/__init__.pyi"]
)
def test_an_import_of_a_package_stays(package: str, tmp_path: Path) -> None:
    cleaned(tmp_path, {package: HANDLER})
    assert "from uuid import uuid4" in (tmp_path / package).read_text()


# What a module has at its top level, and whether importing it does something.
TOP_LEVELS = {
    "import os\nfrom typing import Any\n": False,
    "'''What it is.'''\nLIMIT = 3\nNAMES: tuple[str, ...] = ('a', 'b')\n_KNOWN = {1: [2]}\n": False,
    "import logging\nlogger = logging.getLogger(__name__)\n": False,
    "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Run:\n    id: str = ''\n": False,
    "class Error(Exception): ...\nclass Own(Error):\n    def close(self): close()\n": False,
    "if __name__ == '__main__':\n    main()\n": False,
    "try:\n    import fast\nexcept ImportError:\n    fast = None\n": False,
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from acting import x\n": False,
    "class Run:\n    @property\n    def id(self): ...\n": False,
    "import functools\n@functools.cache\ndef known(): ...\n": False,
    "NAMES = ('a',)\nNAMES += ('b',)\n": False,
    "import enum\nclass Kind(enum.Enum):\n    RUN = 1\n": False,
    "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Runs(Generic[T], list[T]): ...\n": False,
    "import sys\nif sys.platform == 'linux':\n    SEP = '/'\nelse:\n    SEP = '-'\n": False,
    "if __name__ != '__main__':\n    register()\n": True,
    "import sys\nif sys.platform == 'linux':\n    register()\n": True,
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\nelse:\n    register()\n": True,
    "if register():\n    SEP = '/'\n": True,
    "from app import HANDLERS\nHANDLERS += ['ids']\n": True,
    "import app\nHANDLERS = app.HANDLERS\nHANDLERS += ['ids']\n": True,
    "NAMES = []\nNAMES += register()\n": True,
    "class User(make_base()): ...\n": True,
    "import orm\nclass User(orm.Base): ...\n": True,
    "register()\n": True,
    "import app\n@app.route\ndef handle(): ...\n": True,
    "known = {}\nknown['a'] = 1\n": True,
    "import settings\nsettings.debug = True\n": True,
    "app = make_app()\n": True,
    "from app import route\n@route\ndef handle(): ...\n": True,
    "from app import *\n@route\ndef handle(): ...\n": True,
    "from app import routes\n@routes[0]\ndef handle(): ...\n": True,
    "from app import route\n@route()('/')\ndef handle(): ...\n": True,
    "from app import route\ndef handle(x=route()): ...\n": True,
    "from orm import Base\nclass User(Base): ...\n": True,
    "class Known:\n    def __init_subclass__(cls): known(cls)\nclass User(Known): ...\n": True,
    "class User(metaclass=Meta): ...\n": True,
    "class User:\n    register('user')\n": True,
    "import quiet\n": False,
    "import ids\n": False,
    "import acting\n": True,
    "from . import acting\n": True,
    "for name in 'ab': print(name)\n": True,
    "this is no Python\n": True,
}


@pytest.mark.parametrize("top_level", TOP_LEVELS)
@pytest.mark.parametrize("statement", ["from ids import generate_id", "from sub.ids import generate_id"])
def test_an_import_of_a_module_that_does_something_stays(
    top_level: str, statement: str, tmp_path: Path
) -> None:
    module = f"{top_level}\n\ndef generate_id(): ...\n"
    handler = f"{statement}\nfrom deps import make\ncontext = make('user', 'thread', generate_id())\n"
    files = {"ids.py": module, "sub/__init__.py": top_level, "sub/ids.py": "def generate_id(): ...\n"}
    if "sub" not in statement:
        files["sub/__init__.py"] = ""
    files |= {"acting.py": "print()\n", "sub/acting.py": "print()\n", "handler.py": handler}
    cleaned(tmp_path, files | {"quiet.py": "", "sub/quiet.py": "print()\n"})
    assert (statement in (tmp_path / "handler.py").read_text()) is TOP_LEVELS[top_level]


@pytest.mark.parametrize("acting", [False, True])
def test_modules_that_are_imported_relatively_count_too(acting: bool, tmp_path: Path) -> None:
    statement = "from .ids import generate_id\n"
    call = "context = make('user', 'thread', generate_id())\n"
    files = {
        "pkg/__init__.py": "print('This runs in any case.')\n",
        "pkg/handler.py": f"{statement}from deps import make\n{call}",
        "pkg/ids.py": "from .folder.inner import x\n\ndef generate_id(): ...\n",
        "pkg/folder/inner.py": "x = print()\n" if acting else "x = None\n",
    }
    report = cleaned(tmp_path, files)
    assert (statement in (tmp_path / "pkg/handler.py").read_text()) is acting
    assert report.errors == ()


TOO_LARGE = "#" * LARGEST
"""A comment that makes a file too large to be parsed."""


def test_an_import_that_a_file_too_large_to_be_parsed_may_take_stays(tmp_path: Path) -> None:
    cleaned(tmp_path, {"handler.py": HANDLER, "other.py": f"from handler import uuid4\n{TOO_LARGE}"})
    assert "from uuid import uuid4" in (tmp_path / "handler.py").read_text()


def test_an_import_of_a_module_too_large_to_be_parsed_stays(tmp_path: Path) -> None:
    handler = "from ids import new_id\nfrom deps import make\ncontext = make('user', 'thread', new_id())\n"
    cleaned(tmp_path, {"handler.py": handler, "ids.py": f"print()\ndef new_id(): ...\n{TOO_LARGE}"})
    assert "from ids import new_id" in (tmp_path / "handler.py").read_text()


class TestCommand:
    """What the command says of it."""

    HANDLER = """\
import uuid
from ids import generate_run_id
from deps import make

def handle(user, thread):
    run_id = generate_run_id()
    trace = str(uuid.uuid4())
    return make(user, thread, run_id), make(user, thread, run_id=trace)

def other(user, thread, ids):
    first = ids.pop()
    run_id = f"{first}"
    return make(user, thread, run_id)
"""
    CLEANED = """\
from deps import find

def handle(user, thread):
    return find(user, thread), find(user, thread)

def other(user, thread, ids):
    first = ids.pop()
    return find(user, thread)
"""

    @pytest.fixture
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "120")
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        settings = '[tool.ctxmigrate]\nfactory = "make"\ngetter = "find"\n'
        for path, text in {
            "pyproject.toml": settings,
            "deps.py": DEPENDENCIES,
            "handler.py": self.HANDLER,
        }.items():
            (tmp_path / path).write_text(text)
        return tmp_path

    def run(self, *options: str) -> Result:
        return CliRunner().invoke(main, ["rewrite", *options], catch_exceptions=False)

    def test_the_diff_of_a_dry_run_is_what_a_run_does(self, root: Path) -> None:
        diff = self.run("--clean", "--dry-run").stdout_bytes
        assert (root / "handler.py").read_text() == self.HANDLER
        self.run("--clean")
        assert (root / "handler.py").read_text() == self.CLEANED
        (root / "handler.py").write_text(self.HANDLER)
        subprocess.run(["git", "apply", "-"], input=diff, cwd=root, check=True)
        assert (root / "handler.py").read_text() == self.CLEANED

    def test_what_is_removed_is_told_and_noted_only_where_a_person_should_look(self, root: Path) -> None:
        told = self.run("--clean", "--verbose").stdout
        assert "handler.py:1: `import uuid` removed\n" in told
        assert "handler.py:6: `run_id = generate_run_id()` removed\n" in told
        assert "handler.py:7: `trace = str(uuid.uuid4())` removed\n" in told
        assert "nothing reads `first` any more" in told
        assert "Left without use: 5 removed\n" in told

    def test_notes(self, root: Path) -> None:
        plain = json.loads(self.run("--check", "--format", "json").stdout)
        assert [site["notes"] for site in plain["sites"]] == [["CTX152"], ["CTX152"], ["CTX152"]]
        clean = json.loads(self.run("--clean", "--format", "json").stdout)
        assert [site["notes"] for site in clean["sites"]] == [["CTX155"], [], ["CTX152"]]
        assert [change["kind"] for change in clean["changes"]] == ["import"]

    def test_with_strict_what_is_cleaned_up_is_migrated(self, root: Path) -> None:
        told = json.loads(self.run("--clean", "--strict", "--format", "json").stdout)
        assert [site["verdict"] for site in told["sites"]] == ["blocked", "migrated", "blocked"]
        handler = (root / "handler.py").read_text()
        assert "    return make(user, thread, run_id), find(user, thread)\n" in handler
        assert "uuid" not in handler

    def test_nothing_is_removed_without_the_option(self, root: Path) -> None:
        self.run()
        renamed = self.HANDLER.replace("import make", "import find").replace(", run_id=trace)", ")")
        assert (root / "handler.py").read_text() == renamed.replace(
            "make(user, thread, run_id)", "find(user, thread)"
        ).replace("make(user, thread)", "find(user, thread)")
        assert self.run("--clean").exit_code == 0
        assert "generate_run_id()" in (root / "handler.py").read_text()
