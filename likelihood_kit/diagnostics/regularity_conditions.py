"""The conditions under which a Cramer-Rao bound holds, and a Hessian carries the information, each with what was found.

A bound holds for every unbiased estimator of finite variance where the support does not move with the parameters (or
moves so that nothing is lost), the score has mean 0, the information is finite and positive definite, and the
parameters are interior. That the information is minus the expected Hessian the bound does not need; standard errors do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.linear_algebra import smallest_eigenvalue
from likelihood_kit._numerics.printed import counted, powered, shortest
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.bounds import Question, asked
from likelihood_kit.diagnostics.identifiability import NULL, listed
from likelihood_kit.diagnostics.rounded_draws import SQUARES
from likelihood_kit.diagnostics.score_rounding import rounding_of
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import Family, informations, regularity
from likelihood_kit.families.fallbacks import MASS_TOLERANCE
from likelihood_kit.families.regularity import KINK
from likelihood_kit.families.score_moments import ScoreMoments, score_moments

#: Mean of a score, in its standard deviations, that is not 0: ten times the error of the mass of a quadrature.
MEAN_ZERO = 10 * MASS_TOLERANCE
#: How often what the last digits of the parameters move a quantity its own rounding may be: they are but two samples.
SAFETY = 10.0
#: Draws where a response of several columns leaves no quadrature, their seed, and how many Monte Carlo standard errors
#: are too many: 6 in 100,000 right laws for each mean.
DRAWS, SEED, TOO_FAR = 20_000, 1945, 4.0

SUPPORT, SCORE, INFORMATION, INTERIOR, BARTLETT = (
    "support",
    "score mean zero",
    "information",
    "interior point",
    "second Bartlett identity",
)
#: Those without which there is no bound.
NEEDED = (SUPPORT, SCORE, INFORMATION, INTERIOR)


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes
    ----------
    name : str
    holds : bool or None
        None where it is not known.
    value : float
        What was found, NaN where nothing could be computed.
    tolerance : float
        Up to which it holds, or for the information and the interior above which; NaN for the support.
    finding : str
        The same in words.
    """

    name: str
    holds: bool | None
    value: float
    tolerance: float
    finding: str


@dataclass(frozen=True, repr=False, eq=False)
class RegularityConditions(InWords):
    """Conditions of a law at given parameters.

    Attributes
    ----------
    family : str
    theta : dict of str to float
    conditions : tuple of Condition
    """

    family: str
    theta: Mapping[str, float]
    conditions: tuple[Condition, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row per condition: `holds`, `value`, `tolerance`, `finding`."""
        rows = {one.name: [one.holds, one.value, one.tolerance, one.finding] for one in self.conditions}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["holds", "value", "tolerance", "finding"])

    @property
    def ok(self) -> bool:
        """Whether the Cramer-Rao bound is known to hold."""
        return all(one.holds for one in self.conditions if one.name in NEEDED)

    @property
    def smooth(self) -> bool:
        """Whether the Hessian is known to carry the information too."""
        return all(one.holds for one in self.conditions)

    @property
    def verdict(self) -> str:
        """What follows, in words."""
        if self.smooth:
            return "All conditions hold: there is a Cramer-Rao bound, and the Hessian carries the information."
        broken = {one.name for one in self.conditions if one.holds is False}
        unknown = {one.name for one in self.conditions if one.holds is None}
        if self.ok and unknown:
            return "There is a Cramer-Rao bound; whether the Hessian carries the information is not known here."
        if self.ok:
            return (
                "There is a Cramer-Rao bound, but the Hessian does not carry the information: standard errors need the "
                "expected information."
            )
        failed = [name for name in NEEDED if name in broken]
        if not failed:
            missing = listed([name for name in NEEDED if name in unknown])
            return f"Cannot tell whether there is a Cramer-Rao bound; not known: {missing}."
        return f"NOT regular: there is no Cramer-Rao bound, by: {listed(failed)}."

    def _words(self) -> str:
        at = ", ".join(f"{name} = {shortest(value)}" for name, value in self.theta.items())
        width = max(len(one.name) for one in self.conditions)
        said = {True: "yes", False: "NO ", None: "?  "}
        lines = [f"{one.name:<{width}}  {said[one.holds]}  {one.finding}" for one in self.conditions]
        return "\n".join([f"Regularity of {self.family} at {at}", *lines, self.verdict])


@named_arguments
def check_regularity(family: Family, theta: Mapping[str, float], **known: float) -> RegularityConditions:
    """Conditions of the Cramer-Rao bound of a family at given parameters, each with what was found.

    Expectations are by quadrature or summation; of a response of several columns, such as a censored one, by draws.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale.
    **known : float
        Known quantities of the family, such as `trials=10`.

    Returns
    -------
    RegularityConditions
        `ok`, whether the bound holds, `smooth`, `table`, `verdict`.

    Raises
    ------
    ArgumentError, ParameterError

    References
    ----------
    Lehmann, E. L. and Casella, G. (1998). *Theory of Point Estimation*, 2nd ed., section 2.5.
    Bartlett, M. S. (1953). Approximate confidence intervals. *Biometrika* 40, 12-19.

    Examples
    --------
    >>> from likelihood_kit.families import Laplace
    >>> found = check_regularity(Laplace(), {"loc": 0.0, "scale": 2.0})
    >>> found.ok, found.smooth
    (True, False)
    """
    question = asked(family, theta, 1, known, "check_regularity")
    support = _support(family, question)
    moments = _by_draws(family, question, known) if family.law.observed else _by_quadrature(family, question)
    information = _information(family, question, known, bool(support.holds))
    return RegularityConditions(
        repr(family), question.theta, (support, moments[0], information, _interior(family, question), moments[1])
    )


def _support(family: Family, question: Question) -> Condition:
    try:
        regularity.require(family, "Cramer-Rao bound", question.values)
    except NotAvailableError as error:
        return Condition(SUPPORT, False, np.nan, np.nan, str(error))
    if not family.moving:
        return Condition(SUPPORT, True, np.nan, np.nan, "is the same at all parameters")
    words = f"moves with {listed(family.moving)}, so slowly that the law is declared regular here"
    return Condition(SUPPORT, True, np.nan, np.nan, words)


def _by_quadrature(family: Family, question: Question) -> tuple[Condition, Condition]:
    """Mean of the score, and the second identity."""
    how = "summation" if family.discrete else "quadrature"
    try:
        found = score_moments(family, question.values)
        product, curvature = found.product, found.curvature
        information = informations.of_family(family, question.values) if product is None else product
    except NotAvailableError as error:
        return Condition(SCORE, None, np.nan, MEAN_ZERO, str(error)), Condition(
            BARTLETT, None, np.nan, KINK, str(error)
        )
    errors = np.sqrt(np.diag(information))
    off = float(np.max(np.abs(found.mean) / errors))
    rounding = _rounding(family, question, found, errors) if off > MEAN_ZERO else (0.0, 0.0)
    words = f"largest mean, in standard deviations: {powered(off)} by {how}"
    score = _judged(SCORE, off, MEAN_ZERO, rounding[0], words)
    if family.kernels.derivatives == "numeric":
        smooth = "no kink was found" if family.smooth else "the log density has a kink"
        return score, Condition(BARTLETT, family.smooth, np.nan, KINK, f"derivatives are numeric; {smooth}")
    if product is None or curvature is None:
        return score, Condition(BARTLETT, None, np.nan, KINK, found.why)
    size = np.sqrt(np.diag(product))
    apart = float(np.max(np.abs(product - curvature) / np.outer(size, size)))
    if apart > KINK:
        rounding = _rounding(family, question, found, size)
    words = f"E[score score'] and -E[Hessian] differ by {powered(apart)} of the first by {how}"
    return score, _judged(BARTLETT, apart, KINK, rounding[1], words)


def _judged(name: str, value: float, tolerance: float, rounding: float, words: str) -> Condition:
    """A condition on what is to be 0, which rounding alone may move; where it moves it too far, none can tell."""
    if value > tolerance and value <= SAFETY * rounding:
        if value > KINK or not np.isfinite(rounding) or name == BARTLETT:
            told = f"{words}, but rounding alone moves it as far"
            return Condition(name, None, value, tolerance, told)
        tolerance = SAFETY * rounding
        return Condition(name, True, value, tolerance, f"{words}, up to {powered(tolerance)}, by its rounding")
    return Condition(name, bool(value <= tolerance), value, tolerance, f"{words}, up to {tolerance:g}")


def _rounding(family: Family, question: Question, found: ScoreMoments, size: np.ndarray) -> tuple[float, float]:
    """How far the last digits of the parameters move the mean of the score, and Bartlett's identity, in their sizes."""

    def moments(**theta: float) -> np.ndarray:
        at = {**question.values, **{name: np.asarray(value) for name, value in theta.items()}}
        there = score_moments(family, at)
        gap = np.full(len(size) ** 2, 0.0)
        if there.product is not None and there.curvature is not None:
            gap = ((there.product - there.curvature) / np.outer(size, size)).ravel()
        return np.concatenate([there.mean / size, gap])

    try:
        moved = rounding_of(moments, question.theta)
    except NotAvailableError:  # which is known of the parameters themselves, but not one digit apart
        return np.inf, np.inf
    except ParameterError:  # at the edge of a space the last digit leads out of it
        return 0.0, 0.0
    mean, gap = float(moved[: len(size)].max()), float(moved[len(size) :].max())
    # A score that is rounding, such as that of a t of 1e10 degrees of freedom, may be one constant for all moves.
    return (np.inf if SAFETY * gap > KINK else mean), gap


def _by_draws(family: Family, question: Question, known: Mapping[str, float]) -> tuple[Condition, Condition]:
    """The same of a response of several columns, in Monte Carlo standard errors."""
    values = {**question.theta, **known}
    drawn = dict(zip(family.law.response, family.sample(DRAWS, SEED, **values), strict=True))
    y, further = drawn[DATUM], {name: column for name, column in drawn.items() if name != DATUM}
    scores = family.score(y, **further, **values)
    products = np.einsum("ni,nj->nij", scores, scores) + family.hessian(y, **further, **values)
    found = []
    for name, rows in ((SCORE, scores), (BARTLETT, products)):
        flat = rows.reshape(DRAWS, -1)
        error = flat.std(axis=0) / np.sqrt(DRAWS)
        mean = np.abs(flat.mean(axis=0))
        with np.errstate(all="ignore"):
            away = float(np.max(np.where(error > 0, mean / error, np.where(mean > 0, np.inf, 0.0))))
        what = "largest mean" if name == SCORE else "largest mean of score score' + Hessian"
        words = f"{what}: {away:.2f} Monte Carlo standard errors of {counted(DRAWS)} draws from 0, up to {TOO_FAR:g}"
        found.append(Condition(name, bool(away <= TOO_FAR), away, TOO_FAR, words))
    return found[0], found[1]


def _information(family: Family, question: Question, known: Mapping[str, float], regular: bool) -> Condition:
    """Whether the information of one observation is finite and positive definite."""
    if not regular:
        return Condition(INFORMATION, False, np.nan, NULL, "there is none where the support moves")
    try:
        information = np.asarray(family.expected_information(**question.theta, **known), dtype=float)
    except NotAvailableError as error:
        return Condition(INFORMATION, False, np.nan, NULL, str(error))
    diagonal = np.diag(information)
    if not np.isfinite(information).all() or not (diagonal > 0).all():
        if any(value != 0 and not 1 / SQUARES < abs(value) < SQUARES for value in question.theta.values()):
            return Condition(INFORMATION, None, np.nan, NULL, "its numbers overflow at these parameters")
        return Condition(INFORMATION, False, np.nan, NULL, "is not finite, or 0 for a parameter")
    scaled = information / np.sqrt(np.outer(diagonal, diagonal))
    least = float(smallest_eigenvalue(scaled))
    how = f"by {informations.source(family)}"
    words = f"finite, {how}; smallest eigenvalue, scaled to unit diagonal: {powered(least)}, above {NULL:g}"
    return Condition(INFORMATION, bool(least > NULL), least, NULL, words)


def _interior(family: Family, question: Question) -> Condition:
    """Whether there is room on both sides of each parameter."""
    room = {}
    for name, value in question.theta.items():
        space = family.spaces[name]
        if space.whole:
            words = f"{name} is a whole number: there are no derivatives in it"
            return Condition(INTERIOR, False, 0.0, 0.0, words)
        room[name] = min(value - space.numbers[0], space.numbers[1] - value)
    name = min(room, key=lambda name: room[name])
    if np.isinf(room[name]):
        return Condition(INTERIOR, True, float("inf"), 0.0, "the spaces have no ends")
    words = f"{name} is {shortest(room[name])} from the nearest end of its space"
    return Condition(INTERIOR, bool(room[name] > 0), float(room[name]), 0.0, words)
