"""The certificate of one maximum in words, made of the codes of a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.maximise.search import Findings, Flaw, Grade
from likelihood_kit.maximise.surroundings import Surroundings

#: Part of the largest weight in a direction from which a parameter is named, and how many of them are.
LEADING = 0.3
NAMED = 3
#: Directions named.
DIRECTIONS = 4

#: Grades as they are printed.
GRADES = {Grade.GLOBAL: "global", Grade.HIGHEST_FOUND: "highest found", Grade.LOCAL: "local", Grade.NONE: ""}


@dataclass(frozen=True)
class Certificate:
    """Why the estimate is the maximum of the likelihood, or why it is not.

    Attributes
    ----------
    ok : bool
        Whether there is a maximum to report.
    grade : str
        "global": a stationary point is the maximum by a theorem; "highest found": searches from elsewhere ended no
        higher; "local": the likelihood is higher, or has no bound, elsewhere. Empty where not ok.
    theorem : str
        By which it is global.
    unbounded : str
        Where the likelihood has no bound; empty where it has one.
    reasons : tuple of str
        What failed, in words; empty where `ok`.
    newton_decrement : float
        Distance to the maximum of the quadratic approximation, in standard errors.
    curvature : float or None
        Smallest eigenvalue of the observed information scaled to unit diagonal; 1 for orthogonal parameters; None
        where the maximum is a closed form.
    restarts, agreeing : int
        Independent restarts that converged, and those of them that found this maximum; none where a theorem holds.
    least_fall : float or None
        Smallest fall of the log likelihood where one parameter is three standard errors away, on either side, and the
        others move along as on a quadratic profile; 4.5 for a quadratic log likelihood. None where a theorem
        spared the look.
    rising : tuple of str
        Directions in which the log likelihood does not fall, in words.
    iterations : int
    """

    ok: bool
    grade: str
    theorem: str
    unbounded: str
    reasons: tuple[str, ...]
    newton_decrement: float
    curvature: float | None
    restarts: int
    agreeing: int
    least_fall: float | None
    rising: tuple[str, ...]
    iterations: int

    def __str__(self) -> str:
        if not self.ok:
            return "NOT certified: " + "; ".join(self.reasons)
        if self.curvature is None:
            return f"maximum certified ({self.grade}): in closed form"
        evidence = f"Newton decrement {self.newton_decrement:.1e}, information positive definite"
        if self.theorem:
            return f"maximum certified ({self.grade}): {evidence}; by theorem: {self.theorem}"
        lower = self.restarts - self.agreeing
        elsewhere = f" ({lower} ended at a lower local maximum)" if lower else ""
        unbounded = f"; the likelihood {self.unbounded}" if self.unbounded else ""
        return (
            f"maximum certified ({self.grade}): {evidence}, {self.agreeing} of {self.restarts} restarts "
            f"agree{elsewhere}, no parameter at its boundary{unbounded}"
        )


@dataclass(frozen=True)
class Labels:
    """Words for the entries of the working vector.

    Attributes
    ----------
    rising, falling : tuple of k str
        What it means that the entry grows or falls without bound, such as "df runs to infinity".
    """

    rising: tuple[str, ...]
    falling: tuple[str, ...]


def certificate_of(
    findings: Findings,
    predictors: Sequence[Any],
    *,
    theorem: str = "",
    unbounded: str = "",
    rows: float = np.inf,
    which: int = 0,
) -> Certificate:
    """Certificate of one of the ends of a search, of a parameter vector with these predictors."""
    flaws, k = Flaw(int(findings.flaws[which])), findings.working.shape[1]
    around = findings.around
    if around is None or not (around.rising.any() or around.level.any()):
        rising, level = tuple[str, ...](), tuple[str, ...]()
    else:
        rising, level = _directions(around, labels_of(predictors))
    rising = rising if Flaw.RISING in flaws else ()
    line = f" (the log likelihood is level as {level[0]})" if level else ""
    restarts, agreeing = int(findings.restarts[which]), int(findings.agreeing[which])
    words = {
        Flaw.PERFECT: "the model fits every observation to rounding: the log likelihood has no bound as the scale runs "
        "to 0",
        Flaw.RISING: f"the log likelihood keeps rising as {' or as '.join(rising)}: no maximum exists",
        Flaw.VALUE: "the log likelihood is not finite at the estimate",
        Flaw.DERIVATIVES: "the derivatives of the log likelihood are not finite at the estimate",
        Flaw.STOPPED: f"the search stopped {findings.decrement[which]:.1e} standard errors from the maximum",
        Flaw.SINGULAR: "the observed information is not positive definite: some parameters are not identified" + line,
        Flaw.TWIN: f"{findings.twins[which]} of {restarts} restarts ended at another, equally high maximum",
        Flaw.UNCONFIRMED: f"none of the restarts {'ended at this maximum' if restarts else 'came to an end'}: nothing "
        "confirms it",
        Flaw.ROWS: f"{rows:g} observations cannot support {k} parameters",
    }
    reasons = tuple(text for flaw, text in words.items() if flaw in flaws)
    grade = Grade(int(findings.grade[which]))
    return Certificate(
        not reasons,
        GRADES[grade],
        theorem if grade == Grade.GLOBAL else "",
        unbounded,
        reasons[:1] if Flaw.PERFECT in flaws else reasons,
        float(findings.decrement[which]),
        float(findings.curvature[which]),
        restarts,
        agreeing,
        None if np.isnan(findings.least_fall[which]) else float(findings.least_fall[which]),
        ("the scale runs to 0",) if Flaw.PERFECT in flaws else rising,
        int(findings.iterations[which]),
    )


def closed_certificate(theorem: str) -> Certificate:
    """Certificate of a maximum that its family gives in closed form."""
    return Certificate(True, GRADES[Grade.GLOBAL], theorem, "", (), 0.0, None, 0, 0, None, (), 0)


def _directions(around: Surroundings, labels: Labels) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rising and level directions around the one point that was looked at, in words."""
    rays = around.rays[0]

    def named(chosen: np.ndarray) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_in_words(rays[j], labels) for j in np.flatnonzero(chosen)[:DIRECTIONS]))

    return named(around.rising[0]), named(around.level[0])


def _in_words(ray: np.ndarray, labels: Labels) -> str:
    """The leading parts of a direction, such as "df runs to infinity"."""
    weight = np.abs(ray)
    leading = np.flatnonzero(weight >= LEADING * weight.max())
    leading = leading[np.argsort(-weight[leading])][:NAMED]
    return " and ".join(labels.rising[j] if ray[j] > 0 else labels.falling[j] for j in leading)


def labels_of(predictors: Sequence[Any]) -> Labels:
    """Words for the directions of a parameter vector, from its predictors."""
    rising, falling = [], []
    for predictor in predictors:
        low, high = (_end(end) for end in predictor.space.numbers)
        if predictor.columns is None:
            rising.append(f"{predictor.name} runs to {high}")
            falling.append(f"{predictor.name} runs to {low}")
        else:
            rising.extend(f"the coefficient of {label} grows without bound" for label in predictor.labels)
            falling.extend(f"the coefficient of {label} falls without bound" for label in predictor.labels)
    return Labels(tuple(rising), tuple(falling))


def _end(value: float) -> str:
    return f"{value:g}" if np.isfinite(value) else "infinity" if value > 0 else "minus infinity"
