"""What much larger trees and fleets would take, by the slopes between two sizes that were measured."""

from __future__ import annotations

from dataclasses import dataclass

CORES = 2
"""The processes of the faster of two runs, and of each machine that is added."""
MACHINES = 20


@dataclass(frozen=True, slots=True)
class Slope:
    """Seconds that one more unit takes: ``serial`` in one process, ``spread`` over all there are."""

    serial: float
    spread: float

    @classmethod
    def between(cls, one: float, two: float, units: int) -> Slope:
        """From the seconds that so many more units take with one process and with ``CORES``."""
        spread = max(one - two, 0) / (1 - 1 / CORES)
        return cls(max(one - spread, 0) / units, spread / units)

    def row(self, what: str, units: int) -> str:
        """A row of the table: the slopes, and what so many units take on one machine and on ``MACHINES``."""
        one, many = (units * (self.serial + self.spread / cores) for cores in (CORES, CORES * MACHINES))
        slopes = f"{1e3 * self.serial:.3f} + {1e3 * self.spread:.3f}"
        return f"| {what} | {slopes} | {_time(one)} | {_time(many)} |"


def table(*rows: str) -> str:
    """The table of what was computed."""
    heads = ("", "ms a unit, serial + spread", f"1 machine of {CORES} cores", f"{MACHINES} such machines")
    return "\n".join(["", f"| {' | '.join(heads)} |", "| --- | ---: | ---: | ---: |", *rows])


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
