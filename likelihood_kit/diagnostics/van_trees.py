"""The van Trees inequality: the least mean squared error of any estimator, averaged over a prior of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.calculus import slopes_of
from likelihood_kit.diagnostics.bounds import (
    bound_of_function,
    check_known,
    check_names,
    checked_sizes,
    label_of,
    one_bound_table,
    over_sizes,
    require_free,
)
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names, shown
from likelihood_kit.families import Family

#: Points of the quadrature over the prior of each parameter: the trapezium rule in a variable in which every prior ends
#: like exp(-exp(t)) (Takahasi and Mori 1974, *Publications RIMS* 9, 721-741), from -REACH to REACH, coarse and fine.
REACH, POINTS = 3.2, (33, 65)
#: The same for the information of a prior, which may sit at its very ends: down to probabilities of 1e-275, in an even
#: number of points, so that none meets a kink at the median.
OWN_REACH, OWN_POINTS = 6.0, (240, 480)
#: Distance from an end, in units of the last digit, below which it has no digits to differentiate with.
DIGITS = 2.0**14
#: Relative difference of the two beyond which an expectation is not known.
TRUSTED = 1e-6
#: Density of a prior at an end of its support, beside its highest, that is not 0.
NOT_ZERO = 1e-6
#: Step of a difference of the log density of a prior, in parts of the distance between its quartiles, and at most of
#: that to the end: at a pole of the slope its error is 5e-8.
STEP, NEAR_END = 1e-3, 1 / 64


@named_arguments
def van_trees_bound(
    family: Family,
    prior: Mapping[str, Any],
    n: int | Sequence[int] = 1,
    of: Callable[..., Any] | None = None,
    **known: float,
) -> pd.DataFrame:
    r"""Van Trees bound: least mean squared error over a prior, for n independent observations.

    :math:`E[g]' (n E[I(\theta)] + I(\pi))^{-1} E[g]`, with the expected information I of one observation, the
    information :math:`I(\pi) = E[(d \log \pi / d \theta)^2]` of the prior about its own location, g the derivatives of
    what is estimated, and all expectations over the prior. It holds for every estimator, biased ones included, and is
    what none can beat on average over the prior, the posterior mean included.

    Parameters
    ----------
    family : Family
    prior : dict of str to frozen SciPy distribution
        Of each free parameter, independent of each other, such as `{"mean": scipy.stats.norm(0, 2)}`. Its density must
        vanish at the ends of its support.
    n : int or sequence of int
        Number of observations, or several.
    of : callable, optional
        `of(**theta)`: a function of the parameters instead.
    **known : float
        Known quantities of the family, the same for all observations.

    Returns
    -------
    DataFrame
        One row per parameter, or one for the function: `value`, its expectation under the prior, `variance_bound`, of
        the mean squared error, and its root `standard_error_bound`. For several n by levels `n` and `parameter`.

    Raises
    ------
    NotAvailableError
        For a prior that does not vanish at its ends, or whose information is infinite or not known, or a family that is
        not regular.

    References
    ----------
    Van Trees, H. L. (1968). *Detection, Estimation, and Modulation Theory*, part I, section 2.4.2. Gill, R. D. and
    Levit, B. Y. (1995). Applications of the van Trees inequality. *Bernoulli* 1, 59-79.

    Examples
    --------
    >>> from scipy import stats
    >>> from likelihood_kit.families import Normal
    >>> van_trees_bound(Normal(sd=2.0), {"mean": stats.norm(1, 1)}, n=4).round(6)   # the posterior variance
          value  variance_bound  standard_error_bound
    mean    1.0             0.5              0.707107
    """
    if not isinstance(family, Family):
        raise ArgumentError(f"family must be a family such as lk.Gamma(), not {shown(family)}")
    require_free(family, "van_trees_bound")
    checked_sizes(n)
    check_known(family, known, "van_trees_bound", ("prior",))
    priors = _checked(family, prior)
    family.require_regular("van Trees bound")
    names = list(family.parameter_names)
    nodes = [_over(family, priors, known, points, of) for points in POINTS]
    if not nodes[1][3] <= TRUSTED:
        raise NotAvailableError(
            f"the van Trees bound is not known to {TRUSTED:g}: the information of the family grows, or is not known, "
            "at an end of the prior"
        )
    for coarse, fine in zip(nodes[0][:2], nodes[1][:2], strict=True):  # information and slopes
        if not np.allclose(coarse, fine, rtol=TRUSTED, atol=TRUSTED * np.abs(fine).max(initial=0.0)):
            raise NotAvailableError(
                "there is no van Trees bound: an expectation over the prior is infinite, or not known to "
                f"{TRUSTED:g}: the information of the family grows without bound where the prior has mass"
            )
    information, slopes, values, _ = nodes[1]
    own = np.diag([_information(name, law) for name, law in priors.items()])
    index = names if of is None else [label_of(of)]

    def table(size: int) -> pd.DataFrame:
        errors = bound_of_function(size * information + own, slopes)
        return one_bound_table(index, list(zip(values, errors, strict=True)))

    return over_sizes(n, table)


def _checked(family: Family, prior: Any) -> dict[str, Any]:
    """Priors by parameter, in the order of the family."""
    if not isinstance(prior, Mapping):
        raise ArgumentError(f"prior = {shown(prior)}: give a dict of parameter to a frozen distribution of scipy.stats")
    names = family.parameter_names
    for name, law in prior.items():
        if name not in names:
            raise ArgumentError(
                f"prior: {family!r} has no free parameter {shown(name)}: {near_names(str(name), names)}"
            )
        if callable(getattr(law, "freeze", None)) and getattr(law, "numargs", None) and hasattr(law, "logpdf"):
            own = f"scipy.stats.{law.name}"
            frozen = f"{own}({', '.join('2' * law.numargs)})"
            raise ArgumentError(f"prior of {name}: {own} needs {law.shapes}; give a frozen law, such as {frozen}")
        if not all(callable(getattr(law, part, None)) for part in ("ppf", "isf", "logpdf", "support")):
            raise ArgumentError(
                f"prior of {name}: {shown(law)} is no frozen continuous distribution such as scipy.stats.norm(0, 1)"
            )
    missing = [name for name in names if name not in prior]
    if missing:
        raise ArgumentError(f"prior: none for {' and '.join(missing)}; hold what is known fixed in the family")
    for name in names:
        _check_law(name, prior[name])
        low, high = (float(end) for end in prior[name].support())
        space = family.spaces[name].numbers
        if low < space[0] or high > space[1]:
            raise ArgumentError(f"prior of {name}: its support {low:g} to {high:g} leaves the space of {name}")
        _check_ends(name, prior[name], low, high)
    return {name: prior[name] for name in names}


def _check_law(name: str, law: Any) -> None:
    """Refuse several laws in one, and none."""
    with np.errstate(all="ignore"):
        quartiles = [np.asarray(law.ppf(part), dtype=float) for part in (0.25, 0.5, 0.75)]
    if any(entry.size != 1 for entry in quartiles):
        raise ArgumentError(f"prior of {name}: its parameters are arrays; give one distribution, of numbers")
    if not np.isfinite(quartiles).all():
        raise ArgumentError(f"prior of {name}: it has no quartiles; its own parameters are outside their space")


def _check_ends(name: str, law: Any, low: float, high: float) -> None:
    """Refuse a density that does not vanish where it ends: integration by parts then leaves something over."""
    quartiles = law.ppf([0.25, 0.5, 0.75])
    highest = float(np.max(law.pdf(quartiles)))
    for end, inside in ((low, 1.0), (high, -1.0)):
        if np.isfinite(end):
            there = float(law.pdf(end + inside * STEP**3 * (quartiles[2] - quartiles[0])))
            if not there <= NOT_ZERO * highest:
                raise NotAvailableError(
                    f"there is no van Trees bound: the prior of {name} does not vanish at {end:g}, where it ends"
                )


def _nodes(law: Any, points: int, reach: float = REACH) -> tuple[np.ndarray, np.ndarray]:
    """Places of a prior and their weights, dense at both ends."""
    t = np.linspace(-reach, reach, points)
    lower, upper = (special.expit(sign * np.pi * np.sinh(t)) for sign in (1, -1))
    weight = np.cosh(t) * lower * upper
    return np.where(lower < upper, law.ppf(lower), law.isf(upper)), weight / weight.sum()


def _over(
    family: Family, priors: Mapping[str, Any], known: Mapping[str, float], points: int, of: Callable[..., Any] | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Expectations over the priors of information `(p, p)`, slopes `(m, p)` and values `(m,)`.

    Last the largest part of an information on the diagonal that the outermost places have.
    """
    places, weights_of_each = zip(*(_nodes(law, points) for law in priors.values()), strict=True)
    grids = np.meshgrid(*places, indexing="ij")
    weights = np.prod(np.meshgrid(*weights_of_each, indexing="ij"), axis=0).ravel()
    theta = {name: grid.ravel() for name, grid in zip(priors, grids, strict=True)}
    with np.errstate(all="ignore"):
        each = family.expected_information(**theta, **known)
    each = np.broadcast_to(each, (len(weights), *each.shape[-2:]))
    information = np.einsum("m,mij->ij", weights, each)
    inner = np.zeros([points] * len(priors), dtype=bool)
    inner[(slice(1, -1),) * len(priors)] = True
    outer = np.where(inner.ravel(), 0.0, weights)
    with np.errstate(all="ignore"):
        cut = float(np.max(np.diag(np.einsum("m,mij->ij", outer, each)) / np.diag(information)))
    if of is None:
        means = np.array([float(weights @ values) for values in theta.values()])
        return information, np.eye(len(priors)), means, cut
    check_names(of, list(priors))
    centre = {name: float(law.ppf(0.5)) for name, law in priors.items()}
    steps = [float(np.diff(law.ppf([0.25, 0.75]))[0]) / 4 for law in priors.values()]
    values, slopes = slopes_of(of, centre, [family.spaces[name].numbers for name in priors], steps)(
        np.stack(list(theta.values()), axis=1)
    )
    return information, (weights @ slopes)[None], np.array([float(weights @ values)]), cut


def _information(name: str, law: Any) -> float:
    """Information of a prior about its own location: E[(d log density)^2], by differences of the log density."""
    found = [_own_information(law, points) for points in OWN_POINTS]
    (coarse, _), (fine, cut) = found
    if not np.isclose(coarse, fine, rtol=TRUSTED, atol=0.0) or not cut <= TRUSTED * fine:
        raise NotAvailableError(
            f"there is no van Trees bound: the information of the prior of {name} is infinite, or not known to "
            f"{TRUSTED:g}: too much of it lies at the ends of the prior, or where its density has a kink"
        )
    return fine


def _own_information(law: Any, points: int) -> tuple[float, float]:
    """Information of a prior, and what is cut off of it at both ends."""
    with np.errstate(all="ignore"):
        at, weight = _nodes(law, points, OWN_REACH)
        low, high = (float(end) for end in law.support())
        quartiles = law.ppf([0.25, 0.75])
        room = np.minimum(at - low, high - at)
        lost = ~np.isfinite(at)
        for end, distance in ((low, at - low), (high, high - at)):
            if np.isfinite(end):
                lost |= ~(distance > DIGITS * np.spacing(np.abs(end)))
        step = np.minimum(STEP * (quartiles[1] - quartiles[0]), NEAR_END * room)
        # Fourth-order differences.
        one, two = (law.logpdf(at + k * step) - law.logpdf(at - k * step) for k in (1, 2))
        square = ((8 * one - two) / (12 * step)) ** 2
    told = np.flatnonzero(~lost & np.isfinite(square))
    if len(told) < points // 2:
        return np.inf, np.inf
    log_odds = np.pi * np.sinh(np.linspace(OWN_REACH, -OWN_REACH, points))
    cut = sum(_cut(-np.abs(log_odds[ends]), square[ends]) for ends in (told[:2], told[:-3:-1]))
    return float(weight[told] @ square[told]), cut


def _cut(log_probability: np.ndarray, square: np.ndarray) -> float:
    """Integral of a function beyond the first of two probabilities: a power of the probability, as between the two."""
    with np.errstate(all="ignore"):
        size = np.log(square) + log_probability
        power = np.diff(size)[0] / np.diff(log_probability)[0]
    if not size[0] > -np.inf:
        return 0.0
    return float(np.exp(size[0]) / power) if power > 0 else np.inf
