"""What is known of the ends of searches: their flaws, their grades, and what other searches said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, IntFlag
from typing import Any

import numpy as np

from likelihood_kit.maximise.newton import Maximum
from likelihood_kit.maximise.surroundings import Surroundings


class Flaw(IntFlag):
    """Why a point is not certified."""

    RISING = 1
    VALUE = 2
    DERIVATIVES = 4
    STOPPED = 8
    SINGULAR = 16
    TWIN = 32
    UNCONFIRMED = 64
    ROWS = 128
    PERFECT = 256
    RANGE = 512
    INACCURATE = 1024
    LEVEL = 2048
    END = 4096
    FLAT = 8192
    ROUNDED = 16384
    TIED = 32768


class Grade(IntEnum):
    """What is claimed of a point."""

    NONE = 0
    LOCAL = 1
    HIGHEST_FOUND = 2
    GLOBAL = 3


@dataclass(frozen=True, eq=False)
class Findings:
    """Ends of the searches of r likelihoods, with what is known of each.

    Attributes
    ----------
    working : (r, k)
    log_likelihood, decrement, curvature, least_fall : (r,)
        `curvature` is the smallest eigenvalue of the observed information scaled to unit diagonal; `least_fall` not a
        number where a theorem spares the look around.
    hessian : (r, k, k)
    iterations, starts, restarts, agreeing : (r,) int
        `starts` from which was searched, `restarts` that came to an end, and those of them that ended here.
    twins, relabelled : (r,) int
        Searches that ended elsewhere and as high; those of `agreeing` that ended at other parameters of the same law.
    escaped : (r,) int
        Searches that ran away while the log likelihood rose, above this point.
    unseen : (r,)
        Maxima expected beside those found, where the starts were drawn from a box.
    lowest, highest : (r, k)
        Reach of the places among which the starts were chosen; not a number where there were none.
    flaws : (r,) int
        Sum of `Flaw`; 0 for a maximum.
    grade : (r,) int
        `Grade`.
    around : Surroundings or None
    kinked : bool
        Whether the log likelihood has a kink at the points, which were found without derivatives.
    """

    working: np.ndarray
    log_likelihood: np.ndarray
    hessian: np.ndarray
    decrement: np.ndarray
    curvature: np.ndarray
    least_fall: np.ndarray
    iterations: np.ndarray
    starts: np.ndarray
    restarts: np.ndarray
    agreeing: np.ndarray
    twins: np.ndarray
    relabelled: np.ndarray
    escaped: np.ndarray
    unseen: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    flaws: np.ndarray
    grade: np.ndarray
    around: Surroundings | None = field(default=None, repr=False)
    kinked: bool = False

    def take(self, index: np.ndarray) -> Findings:
        """The findings `index` of the batch."""
        parts: dict[str, Any] = {name: part[index] for name, part in vars(self).items() if isinstance(part, np.ndarray)}
        return replace(self, **parts, around=None)

    def replaced(self, where: np.ndarray, other: Findings, index: np.ndarray | slice = slice(None)) -> Findings:
        """The findings with those at `where` replaced by those `index` of others, whose surroundings are kept."""
        changed: dict[str, Any] = {}
        for name, part in vars(self).items():
            if isinstance(part, np.ndarray):
                changed[name] = part.copy()
                changed[name][where] = getattr(other, name)[index]
        return replace(self, **changed, around=other.around if len(where) else self.around)

    @classmethod
    def joined(cls, parts: Sequence[Findings]) -> Findings:
        """The findings of several batches, one after the other; the surroundings of the first."""
        first = parts[0]
        every: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name, array in vars(first).items()
            if isinstance(array, np.ndarray)
        }
        return replace(first, **every)

    @property
    def exists(self) -> np.ndarray:
        """Which of the points are maxima, `(r,)`."""
        return self.flaws == 0


def nothing_else_searched(found: Maximum, flaws: np.ndarray, grade: np.ndarray, **seen: Any) -> Findings:
    """Findings of the ends `found`, with what was seen around them, before others say anything.

    Parameters
    ----------
    found : Maximum
        Of r likelihoods.
    flaws, grade : (r,) int
    **seen
        Decrement, curvature and least fall `(r,)`, and the surroundings.
    """
    r, k = found.working.shape
    counts: dict[str, Any] = {
        name: np.zeros(r, int) for name in ("starts", "restarts", "agreeing", "twins", "relabelled", "escaped")
    }
    return Findings(
        working=found.working.copy(),
        log_likelihood=found.log_likelihood.copy(),
        hessian=found.hessian.copy(),
        iterations=found.iterations,
        **counts,
        unseen=np.zeros(r),
        lowest=np.full((r, k), np.nan),
        highest=np.full((r, k), np.nan),
        flaws=flaws,
        grade=grade,
        **seen,
    )
