r"""Kullback-Leibler divergence of a law from another, and the cross-entropy of a sample.

The divergence of g from f is :math:`D(f \| g) = E_f[\log f - \log g]`, in nats. The estimate of maximum likelihood is
the least cross-entropy, :math:`-\sum \log g(y_i) / n`; for whole numbers that is the entropy of the empirical law plus
its divergence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.printed import with_error
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.bounds import check_known
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.families import Family, checked_family
from likelihood_kit.families import operands as quantities
from likelihood_kit.families.expectations import OfObservation, expectations

#: Error of a divergence, absolute below 1, up to which a value below 0 is rounding: that of a trusted integral.
ROUNDING = 1e-8


@dataclass(frozen=True, repr=False)
class CrossEntropy(InWords):
    """Mean of minus the log densities of a sample, in nats.

    Attributes
    ----------
    value : float
    standard_error : float
        Of the mean as an estimate of its expectation, the parameters taken for known.
    n : float
        Observations.
    penalty : float
        What the mean is too small by because the parameters were estimated from the same sample, about tr(J^-1 K) / n
        (Takeuchi 1976); not a number where there is no such.
    """

    value: float
    standard_error: float
    n: float
    penalty: float

    def _words(self) -> str:
        value, error = with_error([self.value, self.standard_error], self.standard_error)
        return f"cross-entropy {value} (standard error {error}), {self.n:g} observations"


def cross_entropy(log_densities: np.ndarray, frequencies: np.ndarray, penalty: float) -> CrossEntropy:
    """Cross-entropy of a sample from the log densities `(m,)` of its rows, which stand for so many observations.

    Parameters
    ----------
    log_densities, frequencies : (m,)
    penalty : float
        tr(J^-1 K).
    """
    counted = frequencies > 0
    values, weights = log_densities[counted], frequencies[counted]
    n = float(weights.sum())
    mean = float(weights @ values) / n
    spread = float(weights @ (values - mean) ** 2) / (n - 1) if n > 1 else np.nan
    return CrossEntropy(-mean, float(np.sqrt(spread / n)), n, penalty / n)


def takeuchi_penalty(observed: np.ndarray, outer_product: np.ndarray) -> float:
    """tr(J^-1 K) of the observed information J and the outer product K, k where the model is right; NaN if singular.

    References
    ----------
    Takeuchi, K. (1976). Distribution of informational statistics and a criterion of model fitting. *Suri-Kagaku* 153,
    12-18 (in Japanese). Burnham, K. P. and Anderson, D. R. (2002). *Model Selection and Multimodel Inference*, 2nd ed.,
    section 7.3.1.
    """
    size = np.sqrt(np.abs(np.diag(observed)))
    scaled, other = observed / np.outer(size, size), outer_product / np.outer(size, size)
    if not np.isfinite(scaled).all() or np.linalg.eigvalsh(scaled)[0] <= len(size) * np.finfo(float).eps:
        return float("nan")
    return float(np.trace(np.linalg.solve(scaled, other)))


@named_arguments
def kl_divergence(
    family: Family, theta: Mapping[str, float], other_family: Family, other_theta: Mapping[str, float], **known: float
) -> float:
    """Kullback-Leibler divergence of a law from a first one: the expectation under the first of their log ratio.

    By quadrature, or summation over whole numbers. It is infinite where the first law has mass outside of the support
    of the other.

    Parameters
    ----------
    family : Family
        The first law, such as the truth.
    theta : dict of str to float
        Its free parameters, natural scale.
    other_family : Family
        The law that is taken for it.
    other_theta : dict of str to float
    **known : float
        Known quantities of either family, such as `trials=10`.

    Returns
    -------
    float
        In nats.

    Raises
    ------
    ArgumentError
        Where one law lives on whole numbers and the other does not.
    NotAvailableError
        Where the expectation is infinite within the common support, or not known to eight digits.

    References
    ----------
    Kullback, S. and Leibler, R. A. (1951). On information and sufficiency. *Annals of Mathematical Statistics* 22,
    79-86, eq. (2.4).

    Examples
    --------
    >>> from likelihood_kit.families import Normal
    >>> round(kl_divergence(Normal(), {"mean": 0.0, "sd": 1.0}, Normal(), {"mean": 1.0, "sd": 1.0}), 10)
    0.5
    """
    first = law_values(family, theta, "theta", known, (other_family,))
    other = law_values(other_family, other_theta, "other_theta", known, (family,))
    check_kinds(family, other_family)
    low, high = law_ends(family, first)
    if low < law_ends(other_family, other)[0] or high > law_ends(other_family, other)[1]:
        return float("inf")
    return _integrated(family, first, other_family, other)


def check_kinds(family: Family, other_family: Family) -> None:
    """Refuse to compare the density of a law on whole numbers with one on an interval."""
    if family.discrete != other_family.discrete:
        whole, line = (family, other_family) if family.discrete else (other_family, family)
        raise ArgumentError(
            f"{whole!r} lives on whole numbers and {line!r} on an interval: their densities cannot be compared"
        )


def law_values(
    family: Any,
    theta: Any,
    argument: str,
    known: Mapping[str, Any],
    others: tuple[Any, ...],
    what: str = "kl_divergence",
) -> dict[str, np.ndarray]:
    """Quantities of a law by name, checked; known ones may be those of the other law."""
    checked_family(family)
    checked = family.check_theta(theta, argument)
    foreign = {name for other in others for name in other.law.known} if known else set()
    own = {name: value for name, value in known.items() if name in family.law.known or name not in foreign}
    check_known(family, {name: value for name, value in own.items() if name not in family.fixed}, what)
    numbers = {**own, **family.fixed, **checked}
    if not family.law.observed:  # a response of several columns is refused whatever is known
        quantities.require(family, tuple(family.law.known), numbers, what)
    return {name: np.asarray(value, dtype=float) for name, value in numbers.items()}


def law_ends(family: Family, values: Mapping[str, np.ndarray]) -> tuple[float, float]:
    """Ends of the support."""
    support = family.law.support
    ends = support.ends(quantities.canonical(family, values) if support.depends_on else {})
    return float(ends[0]), float(ends[1])


def _integrated(
    family: Family, first: Mapping[str, np.ndarray], other_family: Family, other: Mapping[str, np.ndarray]
) -> float:
    outside = False
    taken = [
        {name: v for name, v in values.items() if name not in law.fixed}
        for law, values in ((family, first), (other_family, other))
    ]

    def log_density(y: np.ndarray, _: Mapping[str, np.ndarray]) -> np.ndarray:
        return family.log_density(y, **taken[0])

    def other_log_density(y: np.ndarray, _: Mapping[str, np.ndarray]) -> np.ndarray:
        return other_family.log_density(y, **taken[1])

    def ratio(y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> np.ndarray:
        nonlocal outside
        with np.errstate(all="ignore"):
            own, others = log_density(y, quantities), other_log_density(y, quantities)
            outside = outside or bool(np.any((own > np.log(np.finfo(float).tiny)) & (others == -np.inf)))
            return np.where(own == -np.inf, 0.0, own - others)

    def absolute(y: np.ndarray, quantities: Mapping[str, np.ndarray]) -> np.ndarray:
        return np.abs(ratio(y, quantities))

    try:
        found, size = (float(part) for part in expectations(family, [ratio, absolute], first, "divergence"))
    except NotAvailableError as error:
        if outside:
            return float("inf")
        if _is_rounding(family, first, [log_density, other_log_density]):
            return 0.0
        raise NotAvailableError(
            f"the divergence of {other_family!r} from {family!r} is infinite, or not known: {error}"
        ) from None
    if outside:
        return float("inf")
    if found < -ROUNDING * max(size, 1.0):
        raise NotAvailableError(
            f"the divergence of {other_family!r} from {family!r} is not known: it came out as {found:g}, below 0; the "
            "density of one of them is not that of a law"
        )
    return max(found, 0.0)


def _is_rounding(family: Family, values: Mapping[str, np.ndarray], log_densities: Sequence[OfObservation]) -> bool:
    """Whether two laws are one to rounding, of which the log ratio is noise that no quadrature sums."""
    try:
        own, other = (float(part) for part in expectations(family, log_densities, values, "divergence"))
    except NotAvailableError:
        return False
    return abs(own - other) <= ROUNDING * max(abs(own), 1.0)
