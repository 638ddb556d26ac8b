"""What holds for every program: a run never breaks one, and its calls arrive as its report says.

The short form of ``python -m tests.laws``, with programs that Hypothesis makes and reduces.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from laws.behaviour import check, on_disk, problems_of, settled, show
from laws.choices import Choices
from laws.modules import KINDS, Kind, some_program
from laws.running import observe

from codemod.phases.remove import remove
from codemod.phases.tree import Tree
from codemod.write import write

CHOICES = st.randoms(use_true_random=False).map(Choices)


@settings(
    max_examples=500, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(CHOICES, st.sampled_from(KINDS), st.booleans())
def test_a_run_breaks_nothing_and_does_what_it_reports(choices: Choices, kind: Kind, clean: bool) -> None:
    program = some_program(choices, kind)
    with tempfile.TemporaryDirectory() as folder:
        run, problems = problems_of(Path(folder), program, choices, clean=clean)
    assume(run.is_sound)
    assert not problems, "\n".join([*problems, f"{program.options}, clean {clean}", show(program)])


def test_the_programs_have_what_the_laws_are_about(tmp_path: Path) -> None:
    seen: set[str] = set()
    for number in range(60):
        program = some_program(Choices(random.Random(number)), KINDS[number % 3])
        run = check(tmp_path / str(number), program)
        seen |= {finding.code for site in run.report.sites for finding in (*site.codes, *site.notes)}
        seen |= {f"{site.kind} {site.verdict}" for site in run.report.sites}
        seen |= {who for outcome in run.before.values() for who, _ in outcome.events}
    assert seen >= {"call migrated", "call blocked", "reference blocked", "factory", "note", "mock", "other"}
    assert seen >= {"CTX101", "CTX102", "CTX104", "CTX108", "CTX151", "CTX152", "CTX201", "CTX203", "CTX204"}


@settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(CHOICES)
def test_a_removal_breaks_nothing(choices: Choices) -> None:
    program = some_program(choices, "identifiers")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run = check(root, program, clean=True)
        assume(run.is_sound)
        work = remove(Tree.open(root, settled(root), [root]))
        assert bool(work.plans) != bool(work.refusals), show(program)
        assert work.plans or not work.done
        assert not write(root, work.plans)
        after = observe(on_disk(root, program), program.modules)
    gone = repr(program.names.factory) if work.plans else ""
    expected = {
        key: outcome for key, outcome in run.after.items() if not ("offers" in key and outcome.value == gone)
    }
    assert after == expected, show(program)
