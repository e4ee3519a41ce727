"""Times of functions that take turns, so that what else the machine does falls on all of them alike."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Names of the units of each quantity, with their size, largest first; the last holds whatever is smaller.
UNITS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "seconds": (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)),
    "bytes": (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)),
}

#: Seconds that a turn lasts at least, so that the clock and a single interruption do not decide it.
SHORTEST_TURN = 0.01


@dataclass(frozen=True)
class Row:
    """One line of the table: the kit beside one rival.

    Attributes
    ----------
    what : str
    measured : (m,) array
        Of the kit, one per repetition.
    rival : str
    rival_measured : (m,) array
        Of the same repetitions.
    target : float or None
        Largest ratio of the two that is wanted; None for a line that only compares.
    quantity : {"seconds", "bytes"}
    """

    what: str
    measured: np.ndarray
    rival: str
    rival_measured: np.ndarray
    target: float | None = None
    quantity: str = "seconds"

    @property
    def ratios(self) -> np.ndarray:
        """Kit over rival in each repetition, `(m,)`."""
        return self.measured / self.rival_measured

    def cells(self) -> list[str]:
        """The line, as text."""
        ratio = float(np.median(self.ratios))
        low, high = np.quantile(self.ratios, (0.25, 0.75))
        met = "" if self.target is None else "met" if ratio <= self.target else "missed"
        return [
            self.what,
            in_units(float(np.median(self.measured)), self.quantity),
            self.rival,
            in_units(float(np.median(self.rival_measured)), self.quantity),
            f"{ratio:.3g} ({low:.3g} to {high:.3g})",
            "" if self.target is None else f"{self.target:g}",
            met,
        ]


@dataclass(frozen=True)
class Skipped:
    """A line that cannot be measured here.

    Attributes
    ----------
    what : str
    why : str
    target : float
    """

    what: str
    why: str
    target: float

    def cells(self) -> list[str]:
        """The line, as text."""
        return [self.what, "", "", "", self.why, f"{self.target:g}", "skipped"]


def race(runners: Mapping[str, Callable[[], Any]], repetitions: int) -> dict[str, np.ndarray]:
    """Seconds of each runner in each repetition, `(repetitions,)`, after two untimed calls of each.

    A turn of a short runner is a mean of many calls, so that no ratio hangs on what the call before left in the cache.
    """
    calls = {}
    for name, run in runners.items():
        run()
        calls[name] = math.ceil(SHORTEST_TURN / _seconds(run, 1))
    seconds: dict[str, list[float]] = {name: [] for name in runners}
    names = list(runners)
    collecting = gc.isenabled()
    gc.disable()
    try:
        for repetition in range(repetitions):
            gc.collect()
            # Each runner is first equally often, so that none always meets the caches that another has filled.
            for name in names[repetition % len(names) :] + names[: repetition % len(names)]:
                seconds[name].append(_seconds(runners[name], calls[name]))
    finally:
        if collecting:
            gc.enable()
    return {name: np.array(times) for name, times in seconds.items()}


def _seconds(run: Callable[[], Any], calls: int) -> float:
    begin = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - begin) / calls


def in_units(value: float, quantity: str) -> str:
    """A quantity in a unit that leaves three digits."""
    units = UNITS[quantity]
    unit, size = next((pair for pair in units if value >= pair[1]), units[-1])
    return f"{value / size:.3g} {unit}"


def markdown(rows: Sequence[Row | Skipped]) -> str:
    """The lines as a Markdown table."""
    head = ["measured", "median", "beside", "median", "ratio (quartiles)", "wanted, at most", ""]
    table = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)
