"""The certificate of one maximum in words, made of the codes of a search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit.links import LARGEST, SMALLEST
from likelihood_kit.maximise.end_of_space import AT_THE_END
from likelihood_kit.maximise.findings import Findings, Flaw, Grade
from likelihood_kit.maximise.search import MOST_UNSEEN
from likelihood_kit.maximise.surroundings import Surroundings
from likelihood_kit.predictor import Predictor, at_the_end_of_the_range, blocks, params_from_working

#: Part of the largest weight in a direction from which a parameter is named, and how many of them are.
LEADING = 0.3
NAMED = 3
#: Directions named.
DIRECTIONS = 4

#: Estimated relative error of numeric Hessians of the rows above which they say nothing: smooth formulas leave 1e-6 at
#: most, kinks some tenths.
LARGEST_DERIVATIVE_ERROR = 1e-3

#: Where the likelihood is higher than a maximum that searches left behind.
RAN_AWAY = "rises without an end that was found where some searches ran away"
#: Grades as they are printed.
GRADES = {Grade.GLOBAL: "global", Grade.HIGHEST_FOUND: "highest found", Grade.LOCAL: "local", Grade.NONE: ""}


@dataclass(frozen=True, repr=False)
class Certificate(InWords):
    """Why the estimate is the maximum of the likelihood, or why it is not.

    Attributes
    ----------
    ok : bool
        Whether there is a maximum to report.
    grade : str
        "global": a stationary point is the maximum by a theorem; "highest found": searches from starts spread over the
        space ended no higher; "local": elsewhere the likelihood is higher, has no bound, or is not known well enough,
        as `unbounded` and `unseen` say. Empty where not ok.
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
    starts, restarts, agreeing : int
        Starts from which was searched, independent of this maximum; those from which a search came to an end, and those
        of them that ended at this maximum. None where a theorem holds.
    relabelled : int
        Those of `agreeing` that ended at other parameters of the same law, such as a mixture's parts in another order.
    reach : str
        Over what the starts were spread, in words.
    least_fall : float or None
        Smallest fall of the log likelihood where one parameter is three standard errors away, on either side, and the
        others move along as on a quadratic profile; 4.5 for a quadratic log likelihood. None where a theorem
        spared the look.
    rising : tuple of str
        Directions in which the log likelihood does not fall, in words.
    iterations : int
    kinked : bool
        Whether the log likelihood has a kink at the maximum, which was found without derivatives: there is no Newton
        decrement and no curvature then.
    as_high : str
        Over which values of one parameter alone a maximum in closed form is as high, in words; empty for the one.
    unseen : bool
        Whether the searches ended at so many maxima that others are to be expected.
    contradicted : str
        What was found that contradicts a theorem of the user's own law; empty for nothing.
    """

    ok: bool
    grade: str = ""
    theorem: str = ""
    unbounded: str = ""
    reasons: tuple[str, ...] = ()
    newton_decrement: float = 0.0
    curvature: float | None = None
    starts: int = 0
    restarts: int = 0
    agreeing: int = 0
    relabelled: int = 0
    reach: str = ""
    least_fall: float | None = None
    rising: tuple[str, ...] = ()
    iterations: int = 0
    kinked: bool = False
    unseen: bool = False
    contradicted: str = ""
    as_high: str = ""
    #: What a notebook shows: the front door adds it, since it belongs to a higher layer.
    _repr_html_: ClassVar[Callable[..., str]]

    def __str__(self) -> str:
        if not self.ok:
            return "NOT certified: " + "; ".join(self.reasons)
        if self.curvature is None:
            others = f"; it is as high for {self.as_high}, of which the estimate is one" if self.as_high else ""
            return f"maximum certified ({self.grade}): in closed form{others}"
        evidence = f"Newton decrement {self.newton_decrement:.1e}, information positive definite"
        if self.kinked:
            evidence = "the log likelihood has a kink and falls on all sides"
        if self.theorem:
            return f"maximum certified ({self.grade}): {evidence}; by theorem: {self.theorem}"
        unbounded = f"; the likelihood {self.unbounded}" if self.unbounded else ""
        if self.unseen:
            why = "the ends differ so much" if self.reach else "it was searched near by only, so"
            unbounded += f"; {why} that there may be other maxima, and higher ones"
        if self.contradicted:
            unbounded += f"; {self.contradicted}"
        return f"maximum certified ({self.grade}): {evidence}, no parameter at its boundary; {self.searches}{unbounded}"

    @property
    def searches(self) -> str:
        """What the searches from elsewhere found, in words."""
        number = f"{self.starts} search{'' if self.starts == 1 else 'es'}"
        began = f"{number} from starts spread over {self.reach}" if self.reach else f"{number} from elsewhere"
        relabelled = f" ({self.relabelled} with its parts in another order)" if self.relabelled else ""
        lower, lost = self.restarts - self.agreeing, self.starts - self.restarts
        others = [f"{lower} at lower maxima" if lower else "", f"{lost} came to no end" if lost > 0 else ""]
        return ", ".join([f"{began}: {self.agreeing} ended here{relabelled}", *filter(None, others)])


@dataclass(frozen=True)
class Labels:
    """Words for the entries of the working vector.

    Attributes
    ----------
    rising, falling : tuple of k str
        What it means that the entry grows or falls without bound, such as "df runs to infinity".
    names : tuple of k str
        What the entry is, such as "the coefficient of x".
    """

    rising: tuple[str, ...]
    falling: tuple[str, ...]
    names: tuple[str, ...]


def certificate_of(
    findings: Findings,
    predictors: Sequence[Predictor],
    *,
    theorem: str = "",
    unbounded: str = "",
    contradicted: str = "",
    rows: float = np.inf,
    which: int = 0,
) -> Certificate:
    """Certificate of one of the ends of a search, of a parameter vector with these predictors."""
    flaws, grade = Flaw(int(findings.flaws[which])), Grade(int(findings.grade[which]))
    rising, words = _told(findings, predictors, flaws, rows, which) if flaws else ((), {})
    reasons = tuple(text for flaw, text in words.items() if flaw in flaws)
    return Certificate(
        ok=not reasons,
        grade=GRADES[grade],
        theorem=theorem if grade == Grade.GLOBAL else "",
        unbounded=unbounded or (RAN_AWAY if grade == Grade.LOCAL and findings.escaped[which] else ""),
        reasons=reasons[:1] if Flaw.PERFECT in flaws else reasons,
        newton_decrement=float(findings.decrement[which]),
        curvature=float(findings.curvature[which]),
        starts=int(findings.starts[which]),
        restarts=int(findings.restarts[which]),
        agreeing=int(findings.agreeing[which]),
        relabelled=int(findings.relabelled[which]),
        reach=_reach(predictors, findings.lowest[which], findings.highest[which]),
        least_fall=None if np.isnan(findings.least_fall[which]) else float(findings.least_fall[which]),
        rising=("the scale runs to 0",) if Flaw.PERFECT in flaws else rising,
        iterations=int(findings.iterations[which]),
        kinked=findings.kinked,
        unseen=bool(findings.unseen[which] > MOST_UNSEEN),
        contradicted=contradicted,
    )


def _told(
    findings: Findings, predictors: Sequence[Predictor], flaws: Flaw, rows: float, which: int
) -> tuple[tuple[str, ...], dict[Flaw, str]]:
    """Directions in which the log likelihood rises, and each flaw that a point may have, in words."""
    around, labels = findings.around, labels_of(predictors)
    rising, level = _directions(around, labels) if around is not None else ((), ())
    ends = _ends(predictors, findings.working[which]) if Flaw.END in flaws else {}
    rising = rising if Flaw.RISING in flaws else tuple(ends)
    line = f" (the log likelihood is level as {level[0]})" if level else ""
    restarts, k = int(findings.restarts[which]), findings.working.shape[1]
    moving = _on_the_curve(around, labels)
    return rising, {
        Flaw.PERFECT: "the model fits every observation to rounding: the log likelihood has no bound as the scale runs "
        "to 0",
        Flaw.RISING: f"the log likelihood keeps rising as {' or as '.join(rising)}: "
        + (
            "the maximum is that end, which its space holds, and has no standard errors; hold it fixed there"
            if _is_held(predictors, rising)
            else "no maximum exists"
        ),
        Flaw.END: f"the log likelihood is highest as {' and '.join(map(' in '.join, ends.items()))}: no maximum inside "
        "its space exists",
        Flaw.LEVEL: f"the log likelihood is level along a curve through the estimate, on which {moving}: it has no "
        "unique maximum",
        Flaw.FLAT: "the observed information is singular at the estimate: around it the log likelihood falls, but "
        "along some way more slowly than it would with any curvature, so that there are no standard errors",
        Flaw.VALUE: "the log likelihood is not finite at the estimate",
        Flaw.DERIVATIVES: "the derivatives of the log likelihood are not finite at the estimate",
        Flaw.STOPPED: f"the search stopped {findings.decrement[which]:.1e} standard errors from the maximum",
        Flaw.SINGULAR: "the observed information is not positive definite: some parameters are not identified" + line,
        Flaw.TWIN: f"{findings.twins[which]} of {restarts} searches ended at another, equally high maximum",
        Flaw.UNCONFIRMED: f"of {findings.starts[which]} searches from elsewhere none "
        f"{'ended at this maximum' if restarts else 'came to an end'}: nothing confirms it",
        Flaw.ROUNDED: "double precision does not hold the log likelihood and its curvature here, which are small "
        "differences of large terms: the data are too close together beside their size; take a Normal or LogNormal "
        "law, or subtract a constant from them",
        Flaw.TIED: "the data are so close together beside their size that double precision cannot tell the parameters "
        "apart: estimate others, such as a mean and a shape, or subtract a constant from the data",
        Flaw.RANGE: _beyond_the_range(predictors, findings.working[which]),
        Flaw.INACCURATE: "the numeric derivatives are too inaccurate to certify anything: the relative error estimated "
        f"of them is above {LARGEST_DERIVATIVE_ERROR:g}",
        Flaw.ROWS: f"{rows:g} observation{'' if rows == 1 else 's'} cannot identify {k} parameters",
    }


def closed_certificate(theorem: str, as_high: str = "") -> Certificate:
    """Certificate of a maximum that its family gives in closed form, and of what is as high, in words."""
    return Certificate(ok=True, grade=GRADES[Grade.GLOBAL], theorem=theorem, as_high=as_high)


def _beyond_the_range(predictors: Sequence[Predictor], working: np.ndarray) -> str:
    """That the data are too large or too small for the kit, in words."""
    names = " and ".join(at_the_end_of_the_range(predictors, working)) or "a parameter"
    return (
        f"the search came to the end of the kit's range of numbers, {SMALLEST:.1e} to {LARGEST:.1e}, in {names}: a "
        "maximum may lie beyond it; give the data in other units"
    )


def refused_certificate(reason: str) -> Certificate:
    """Certificate that a maximum in closed form is none."""
    return Certificate(ok=False, reasons=(reason,))


def _reach(predictors: Sequence[Predictor], lowest: np.ndarray, highest: np.ndarray) -> str:
    """Over what values of the parameters starts were spread, such as "loc from -2 to 31"."""
    if not (np.isfinite(lowest) & np.isfinite(highest)).any():
        return ""
    low, high = (params_from_working(predictors, end) for end in (lowest, highest))
    labels = [label for predictor in predictors for label in predictor.labels]
    named = [
        f"{label} from {a:.3g} to {b:.3g}"
        for label, a, b in zip(labels, low, high, strict=True)
        if np.isfinite(a) and np.isfinite(b) and a < b
    ]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return ", ".join(named[:NAMED]) + more


def _directions(around: Surroundings, labels: Labels) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rising and level directions around the one point that was looked at, in words."""
    if not (around.rising.any() or around.level.any()):
        return (), ()
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


def _ends(predictors: Sequence[Predictor], working: np.ndarray) -> dict[str, str]:
    """Parameters at an end of their space at a finite linear predictor, such as "rate runs to 0", and in which rows."""
    found: dict[str, str] = {}
    for predictor, place in zip(predictors, blocks(predictors), strict=True):
        eta = predictor.linear(working[None, place])[0]
        for end, image in zip(predictor.space.numbers, predictor.link.image, strict=True):
            if np.isfinite(image) and np.isfinite(end):
                distance = np.abs(eta - image)
                number = int(np.sum(distance <= AT_THE_END * max(distance.max(), 1.0)))
                if number:
                    found[f"{predictor.name} runs to {_end(end)}"] = (
                        "all rows" if number == len(eta) else f"{number} of {len(eta)} rows"
                    )
    return found or {"a parameter runs to an end of its space": "some rows"}


def _is_held(predictors: Sequence[Predictor], rising: Sequence[str]) -> bool:
    """Whether what rises leads to an end that the space of a parameter holds."""
    held = {
        f"{predictor.name} runs to {_end(end)}"
        for predictor in predictors
        for end, closed in zip(predictor.space.numbers, predictor.space.closed, strict=True)
        if closed and predictor.columns is None
    }
    return len(rising) == 1 and rising[0] in held


def _on_the_curve(around: Surroundings | None, labels: Labels) -> str:
    """Which entries move along a level curve through the one point that was looked at, such as "loc and scale move"."""
    if around is None or around.curves is None:
        return ""
    weight = np.abs(around.curves[0])
    names = [labels.names[j] for j in np.flatnonzero(weight > 0)]
    listed = ", ".join([*names[:-2], " and ".join(names[-2:])])
    return f"{listed} {'moves' if len(names) == 1 else 'move together'}"


def labels_of(predictors: Sequence[Predictor]) -> Labels:
    """Words for the directions of a parameter vector, from its predictors."""
    rising, falling, names = [], [], []
    for predictor in predictors:
        low, high = (_end(end) for end in predictor.space.numbers)
        if predictor.link.falls:
            low, high = high, low
        if predictor.columns is None:
            rising.append(f"{predictor.name} runs to {high}")
            falling.append(f"{predictor.name} runs to {low}")
            names.append(predictor.name)
        else:
            rising.extend(f"the coefficient of {label} grows without bound" for label in predictor.labels)
            falling.extend(f"the coefficient of {label} falls without bound" for label in predictor.labels)
            names.extend(f"the coefficient of {label}" for label in predictor.labels)
    return Labels(tuple(rising), tuple(falling), tuple(names))


def _end(value: float) -> str:
    return f"{value:g}" if np.isfinite(value) else "infinity" if value > 0 else "minus infinity"
