"""Times of functions that take turns, so that what else the machine does falls on all of them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Row:
    """One line of the table: the kit beside one rival.

    Attributes
    ----------
    what : str
    seconds : (m,) array
        Of the kit, one per repetition.
    rival : str
    rival_seconds : (m,) array
        Of the same repetitions.
    target : float or None
        Largest ratio of the two that is wanted.
    """

    what: str
    seconds: np.ndarray
    rival: str
    rival_seconds: np.ndarray
    target: float | None = None

    @property
    def ratios(self) -> np.ndarray:
        """Kit over rival in each repetition, `(m,)`."""
        return self.seconds / self.rival_seconds

    def cells(self) -> list[str]:
        """The line, as text."""
        ratio = float(np.median(self.ratios))
        low, high = np.quantile(self.ratios, (0.25, 0.75))
        met = "" if self.target is None else "met" if ratio <= self.target else "missed"
        return [
            self.what,
            duration(float(np.median(self.seconds))),
            self.rival,
            duration(float(np.median(self.rival_seconds))),
            f"{ratio:.3g} ({low:.3g} to {high:.3g})",
            "" if self.target is None else f"{self.target:g}",
            met,
        ]


def race(runners: Mapping[str, Callable[[], Any]], repetitions: int) -> dict[str, np.ndarray]:
    """Seconds of each runner in each repetition, `(repetitions,)`, after one untimed turn of all."""
    for run in runners.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in runners}
    names = list(runners)
    collecting = gc.isenabled()
    gc.disable()
    try:
        for repetition in range(repetitions):
            gc.collect()
            # Each runner is first equally often, so that none always meets the caches that another has filled.
            for name in names[repetition % len(names) :] + names[: repetition % len(names)]:
                begin = time.perf_counter()
                runners[name]()
                seconds[name].append(time.perf_counter() - begin)
    finally:
        if collecting:
            gc.enable()
    return {name: np.array(times) for name, times in seconds.items()}


def duration(seconds: float) -> str:
    """Seconds in a unit that leaves three digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} us"


def markdown(rows: list[Row]) -> str:
    """The lines as a Markdown table."""
    head = ["measured", "median", "beside", "median", "ratio (quartiles)", "wanted, at most", ""]
    table = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)
