"""All rules.

A new rule is a record beside its check in a file of its own, and a line in ``RULES``. A check that needs no
more than the call itself is called from ``sites.py``; one that hangs on the verdicts of other sites from
``settle.py``. The README's table and the test of the rule's example follow from the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemod.decide.arguments import MISSING_ARGUMENT, UNPACKED_ARGUMENTS, UNSUPPORTED_ARGUMENT
from codemod.decide.await_mismatch import AWAIT_MISMATCH
from codemod.decide.dropped_value import DROPPED_VALUE_STILL_USED, UNUSED_AFTER_DROP
from codemod.decide.files import FILE_RULES
from codemod.decide.getter import GETTER_MISSING, GETTER_NAME_TAKEN, GETTER_UNVERIFIED
from codemod.decide.mocks import MOCK_REPLACEMENT, MOCK_TARGET_SPLIT, MOCKED_ELSEWHERE
from codemod.decide.reached import GETTER_CALLS_ITSELF
from codemod.decide.references import DANGLING_IMPORT, DYNAMIC_REFERENCE, FACTORY_AS_VALUE, UNRESOLVED_NAME
from codemod.decide.run_failed import RUN_FAILED
from codemod.decide.session_key import FRESH_SESSION_KEY
from codemod.decide.side_effects import GENERATOR_DROPPED, SIDE_EFFECT_DROPPED
from codemod.decide.source_shown import SOURCE_SHOWN
from codemod.decide.under_test import FACTORY_UNDER_TEST

if TYPE_CHECKING:
    from codemod.decide.rule import Rule

RULES: tuple[Rule, ...] = (
    UNPACKED_ARGUMENTS,
    UNSUPPORTED_ARGUMENT,
    MISSING_ARGUMENT,
    SIDE_EFFECT_DROPPED,
    AWAIT_MISMATCH,
    FACTORY_UNDER_TEST,
    SOURCE_SHOWN,
    DROPPED_VALUE_STILL_USED,
    UNUSED_AFTER_DROP,
    MOCK_REPLACEMENT,
    FRESH_SESSION_KEY,
    GENERATOR_DROPPED,
    MOCKED_ELSEWHERE,
    FACTORY_AS_VALUE,
    DYNAMIC_REFERENCE,
    UNRESOLVED_NAME,
    GETTER_NAME_TAKEN,
    MOCK_TARGET_SPLIT,
    GETTER_MISSING,
    DANGLING_IMPORT,
    GETTER_CALLS_ITSELF,
    GETTER_UNVERIFIED,
    RUN_FAILED,
    *FILE_RULES,
)


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError where there is none."""
    for candidate in RULES:
        if candidate.code == code:
            return candidate
    raise KeyError(code)
