"""Checks of the scores of a sample: that their mean is 0, their variance the information, and what cannot tell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import special

from likelihood_kit._numerics import lower_pairs
from likelihood_kit._numerics.printed import counted, significant
from likelihood_kit.diagnostics.score_rounding import rounding_of
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families import Family, informations, operands
from likelihood_kit.families.expectations import OfObservation, expectations
from likelihood_kit.families.sampling import sample

#: Part of the mean square below which the variance of a direction is rounding: it then has its expectation, or has not.
RANK = 1e-9
#: Samples that are drawn at once where a limit law is doubted, and how many of higher statistics are enough to stop:
#: the p-value is then far above the level (Besag and Clifford 1991, *Biometrika* 78, 301-304).
BATCH, ENOUGH = 50, 10
#: Part of a score's standard deviation, and of its variance, that rounding may take: no sample of a million shows it.
NOISE = 1e-3
#: Draws that carry the variance of a score of mean 0 and variance 1, n over its fourth moment, below which it tells
#: nothing: of a coin of probability p, n p.
FEWEST_CARRYING = 1.0
#: Names of the checks.
MEAN, VARIANCE = "mean of the score", "variance of the score"


def without_digits(
    family: Family,
    y: np.ndarray,
    further: Mapping[str, np.ndarray],
    theta: Mapping[str, float],
    known: Mapping[str, float],
) -> str:
    """Why rounding leaves no check of the score; empty where it does."""
    information = family.expected_information(**theta, **known)
    try:
        root = np.linalg.inv(np.linalg.cholesky(information)).T
        noise = rounding_of(lambda **at: family.score(y, **further, **at, **known) @ root, theta)
        lost = float(np.sqrt(np.mean(noise**2, axis=0)).max())
        if informations.source(family) == "closed form":  # an integral is refused where it has no digits
            other = rounding_of(lambda **at: root.T @ family.expected_information(**at, **known) @ root, theta)
            lost = max(lost, float(other.max()))
    except (np.linalg.LinAlgError, ParameterError):  # at the edge of a space the last digit leads out of it
        lost = np.nan
    if lost <= NOISE:
        return ""
    return "Left out: the score, of which, or of the information, rounding leaves too few digits at these parameters."


def too_few(family: Family, every: Mapping[str, np.ndarray], values: Mapping[str, float], n: int) -> str:
    """Why the variance of the score cannot be told from so many draws; empty where it can, or that is not known."""
    root = np.linalg.inv(np.linalg.cholesky(family.expected_information(**values))).T

    def fourth(i: int) -> OfObservation:
        return lambda y, _: (family.score(y, **values) @ root)[..., i] ** 4

    try:
        powers = expectations(family, [fourth(i) for i in range(len(root))], every, "check of the score")
    except NotAvailableError:
        return ""
    carrying = n / float(np.max(powers))
    if carrying >= FEWEST_CARRYING:
        return ""
    return (
        f"Left out: the variance of the score. Of {counted(n)} draws {significant(carrying, 2)} carry it on average, "
        "too few to tell."
    )


def scores(drawn: np.ndarray, information: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Checks of scores `(n, p)` beside the information `(p, p)`, in coordinates in which it is the unit matrix."""
    white = drawn @ np.linalg.inv(np.linalg.cholesky(information)).T
    return {name: hotelling(rows(white)) for name, rows in ROWS.items()}


def _products(white: np.ndarray) -> np.ndarray:
    """Products of scores `(n, p)` of unit variance less their expectations, `(n, q)`."""
    return np.stack([white[:, i] * white[:, j] - (i == j) for i, j in lower_pairs(white.shape[1])], axis=1)


#: What has mean 0, of scores of unit variance.
ROWS = {MEAN: lambda white: white, VARIANCE: _products}


def by_samples(
    family: Family,
    every: Mapping[str, np.ndarray],
    values: Mapping[str, float],
    name: str,
    found: tuple[float, float, float],
    n: int,
    replications: int,
    rng: np.random.Generator,
) -> float:
    """p-value of what was found of the scores, by samples of the law that the author's sampler has no part in."""
    root = np.linalg.inv(np.linalg.cholesky(family.expected_information(**values))).T
    canonical = operands.canonical(family, every)
    seen: list[tuple[np.ndarray, np.ndarray, float]] = []
    higher = 0
    while len(seen) < replications and higher < ENOUGH:
        try:
            for _ in range(min(BATCH, replications - len(seen))):
                drawn = family.score(sample(family.law, rng, n, canonical), **values)
                seen.append(_moments(ROWS[name](drawn @ root)))
        except NotAvailableError:  # the density cannot be inverted: the limit law has to do
            return found[2]
        # About their own mean: an information that is wrong must not be taken for right because its samples agree.
        centre = np.mean([mean for mean, _, _ in seen], axis=0)
        higher = sum(_t_squared(mean - centre, variance, size, n)[0] >= found[0] for mean, variance, size in seen)
    return (1 + higher) / (1 + len(seen))


def hotelling(rows: np.ndarray) -> tuple[float, float, float]:
    """Hotelling's T squared of the hypothesis that rows `(n, q)` have mean 0: statistic, rank and p-value.

    In the directions in which they vary; one in which they do not, and whose mean is not 0, is against it for certain.
    Entries are of the order of 1.
    """
    n = len(rows)
    statistic, q = _t_squared(*_moments(rows), n)
    if not 0 < statistic < np.inf:
        return statistic, float(q), float(statistic == 0)
    # F with q and n - q degrees of freedom (Hotelling 1931).
    return statistic, float(q), float(special.fdtrc(q, n - q, statistic * (n - q) / (q * (n - 1))))


def _moments(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean `(q,)` and variance `(q, q)` of rows, and their size."""
    mean = rows.mean(axis=0)
    apart = rows - mean
    return mean, apart.T @ apart / (len(rows) - 1), float(np.mean(rows**2)) + 1.0


def _t_squared(mean: np.ndarray, variance: np.ndarray, size: float, n: int) -> tuple[float, int]:
    """T squared of a mean, and the rank of the variance; infinite where the mean lies off the directions that vary."""
    variances, directions = np.linalg.eigh(variance)
    along = directions.T @ mean
    varies = variances > RANK * size
    q = int(varies.sum())
    if np.any(along[~varies] ** 2 > RANK * size):
        return np.inf, q
    return n * float(np.sum(along[varies] ** 2 / variances[varies])), q
