"""Whether a migration holds: what is gone is not needed, and the getter keeps its promises.

``verify`` looks at the files only; ``promises`` runs the tree's code, in a process of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.model import Verification
from codemod.phases.verify.callers import callers_check
from codemod.phases.verify.factory import factory_check
from codemod.phases.verify.references import references
from codemod.phases.verify.resolving import getter_check, mocks_check
from codemod.phases.verify.texts import texts_check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codemod.phases.tree import Tree

_UNREAD = frozenset({"CTX901", "CTX902", "CTX903"})


def verify(tree: Tree, paths: Sequence[Path], witness: Path | None = None) -> Verification:
    """Return what can be verified without running anything under ``paths``, with a file of witnesses if there is one.

    Raises UsageError for a witness file that cannot be used.
    """
    factory = references(tree, tree.config.factory_name)
    getter = references(tree, tree.config.getter_name)
    texts, unread = texts_check(tree, paths)
    mocks = mocks_check(factory, getter, tree.report.sites)
    checks = [factory_check(tree, factory), getter_check(getter), mocks, texts]
    if witness:
        checks.append(callers_check(tree, witness))
    of_report = (each for each in tree.report.errors if each.code in _UNREAD)
    errors = {each.path: each for each in (*of_report, *factory.errors, *getter.errors, *unread)}
    return Verification(str(tree.root), tuple(checks), tuple(error for _, error in sorted(errors.items())))
