"""``scaffold``: writes what a phase of the migration needs and the tree does not have, in the tree's own style.

``session`` writes a session manager, ``getter`` the function in the factory's place, ``continuity`` the test that both
hold. Each reads what the others have written, or what somebody wrote by hand: ``manager`` finds the session
manager, ``construction`` reads how the factory makes its context, ``arguments`` settles what the getter makes it
of, ``importing`` and ``placing`` put it into its module.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemod.model import FileError, Work
from codemod.phases.absent import stopped
from codemod.phases.scaffold.continuity import scaffold_test
from codemod.phases.scaffold.getter import scaffold_getter
from codemod.phases.scaffold.refusal import RefusedError, refused
from codemod.phases.scaffold.session import scaffold_session
from codemod.read import decode, uncompilable
from codemod.write import unwritable

if TYPE_CHECKING:
    from collections.abc import Callable

    from codemod.model import FilePlan
    from codemod.phases.tree import Tree

_PLANS: dict[str, Callable[[Tree, str], Work]] = {
    "session": scaffold_session,
    "getter": scaffold_getter,
    "test": lambda tree, _: scaffold_test(tree),
}


def scaffold(tree: Tree, thing: str, module: str = "") -> Work:
    """Plan one thing: ``session``, ``getter`` or ``test``.

    ``module`` is a dotted name: for a session of the module to write, for a getter of the one whose session manager
    to call. Raises UsageError where it is no name.
    """
    try:
        work = _PLANS[thing](tree, module)
        for plan in work.plans:
            _check(plan)
    except RefusedError as refusal:
        return stopped(Work(f"scaffold {thing}", str(tree.root)), refusal.remarks)
    errors = (unwritable(tree.root, plan.path) for plan in work.plans if not plan.is_new)
    found = tuple(error for error in errors if error)
    return replace(work, done=(), plans=(), advice=(), errors=found) if found else work


def _check(plan: FilePlan) -> None:
    """RefusedError for a file that Python would not take."""
    source = decode(plan.path, plan.after)
    error = source if isinstance(source, FileError) else uncompilable(source)
    if error:
        raise refused(plan.path, error.line, f"it would not compile: {error.message}", "Write it by hand.")
