"""What has to be recorded after a run, where something was recorded before it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemod import Report
    from codemod.model import Site

    from .modules import Program
    from .names import Names
    from .running import Event, Outcome


class Expected:
    """The events that a program and the report of a run over it make one expect.

    ``splits_mocks`` tells that the report blocks a mock, so that it may not intercept any more what is migrated.
    """

    def __init__(self, program: Program, report: Report) -> None:
        self._names = program.names
        calls = [site for site in report.sites if site.kind == "call" and site.verdict == "migrated"]
        self._migrated = {number_of(site, program.names) for site in calls} - {0}
        self._has_mode = bool(self._names.getter_form[2])
        self._dropped = {number for site in calls for number in self._numbers_dropped(site)}
        self._drops_effects = "CTX104" in program.options
        self.splits_mocks = any(
            site.kind in ("mock", "dynamic") and site.verdict != "migrated" for site in report.sites
        )

    def events(self, events: Sequence[Event]) -> list[Event]:
        """What has to be recorded, of what was."""
        return self._seen(self._after(event) for event in events if not self._goes(event))

    def found(self, events: Sequence[Event]) -> list[Event]:
        """The same, of what is recorded after the run."""
        return self._seen(events)

    def are_alike(self, before: Outcome, after: Outcome) -> bool:
        """Whether both gave the same; the message of an error may name the getter instead of the factory."""
        if before.failed and after.failed:
            return before.value.replace(self._names.factory, self._names.getter) == after.value.replace(
                self._names.factory, self._names.getter
            )
        return self._without_dropped(before.value) == self._without_dropped(after.value)

    def _without_dropped(self, value: str) -> str:
        """The text of a value without what the dropped arguments yielded, where effects may be dropped."""
        yielded = [f"[ut]{number}" for number in self._dropped] + [f"r{number}" for number in self._migrated]
        if not self._drops_effects or not yielded:
            return value
        gone = f"'(?:{'|'.join(yielded)})'"
        return re.sub(f", {gone}|{gone}, ", "", value)

    def _seen(self, events: Iterable[Event]) -> list[Event]:
        """Events without what may differ: the effects that may be dropped, and who answers a split mock's calls."""
        seen = []
        for who, values in events:
            if who == "mock" or (who in ("factory", "getter") and self.splits_mocks):
                values = {key[0]: value for key, value in values.items() if key[0] in "ut"}
                who = "mock" if self.splits_mocks else who
            if not (who == "note" and self._drops_effects):
                seen.append((who, values))
        return seen

    def _goes(self, event: Event) -> bool:
        """Whether it is a call in a dropped argument."""
        who, values = event
        return who == "factory" and _number(values["user"]) in self._dropped

    def _after(self, event: Event) -> Event:
        who, values = event
        if who != "factory" or _number(values["user"]) not in self._migrated:
            return who, values
        kept = ("user", "thread", "mode") if self._has_mode else ("user", "thread")
        return "getter", {key: values[key] for key in kept}

    def _numbers_dropped(self, site: Site) -> set[int]:
        """The numbers of the calls in the dropped argument of a migrated one."""
        dropped = _of_site(site, self._names, self._names.run)
        return {int(each) for each in re.findall(r"\bu(\d+)", ast.unparse(dropped))} if dropped else set()


def _number(user: str) -> int:
    found = re.match(r"[\"']*u(\d+)", user)
    return int(found[1]) if found else 0


def _argument(call: ast.Call, name: str, position: int) -> ast.expr | None:
    named = (keyword.value for keyword in call.keywords if keyword.arg == name)
    return next(named, call.args[position] if position < len(call.args) else None)


def _of_site(site: Site, names: Names, name: str) -> ast.expr | None:
    """The argument for a parameter in the call of a site as it was."""
    call: ast.expr = ast.parse(f"({site.before})", mode="eval").body
    assert isinstance(call, ast.Call)
    positional = names.positional
    return _argument(call, name, positional.index(name) if name in positional else len(call.args))


def number_of(site: Site, names: Names) -> int:
    """The number of a call, which is in its user."""
    user = _of_site(site, names, names.user)
    found = re.search(r"\bu(\d+)", ast.unparse(user)) if user else None
    return int(found[1]) if found else 0
