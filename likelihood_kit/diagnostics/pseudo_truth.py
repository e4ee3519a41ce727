r"""What maximum likelihood estimates when the model is wrong, and how much the estimates vary then.

The estimates converge to the parameters of the model's law g that is nearest to the truth f, the least of
:math:`D(f \| g)`. There :math:`\sqrt n` times their error is in the limit normal with variance
:math:`J^{-1} K J^{-1}`, :math:`J = -E_f[\nabla^2 \log g]` and :math:`K = E_f[\nabla \log g \, \nabla \log g']`; under a
right model J = K (Huber 1967; White 1982).

References
----------
Huber, P. J. (1967). The behavior of maximum likelihood estimates under nonstandard conditions. *Proceedings of the
Fifth Berkeley Symposium* 1, 221-233.
White, H. (1982). Maximum likelihood estimation of misspecified models. *Econometrica* 50, 1-25, theorems 2.2, 3.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics import is_number, stacked_inverse
from likelihood_kit._numerics.in_words import InWords
from likelihood_kit._numerics.linear_algebra import lower_pairs
from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.calculus import DATUM
from likelihood_kit.diagnostics.bounds import require_free
from likelihood_kit.diagnostics.divergence import check_kinds, kl_divergence, law_ends, law_values
from likelihood_kit.diagnostics.information import covariance, sandwich_covariance
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family, checked_family, operands
from likelihood_kit.families.expectations import expectations
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import estimate
from likelihood_kit.predictor import data_columns, held_parameters, iid_predictors
from likelihood_kit.sample import Sample

#: Quantiles of the truth to which the model is fitted first.
QUANTILES = 1024
#: Steps of Newton's method from there, and the decrement of one observation below which the next is rounding.
STEPS, CLOSE = 20, 1e-10


@dataclass(frozen=True, repr=False, eq=False)
class PseudoTruth(InWords):
    """Parameters of a model that are nearest to a truth outside of it, and the spread of its estimates around them.

    Attributes
    ----------
    theta : dict of str to float
        The free parameters of the model, natural scale.
    divergence : float
        Of the model's law there from the truth, in nats; 0 where the model is right.
    sensitivity, variability : (p, p) DataFrame
        J, minus the expected Hessian, and K, the expected outer product of the scores, of one observation under the
        truth.
    """

    theta: Mapping[str, float]
    divergence: float
    sensitivity: pd.DataFrame = field(repr=False)
    variability: pd.DataFrame = field(repr=False)

    @property
    def covariance(self) -> pd.DataFrame:
        """Limit of n times the variance of the estimates, J^-1 K J^-1, `(p, p)`."""
        names = list(self.theta)
        found = sandwich_covariance(self.sensitivity.to_numpy(), self.variability.to_numpy())
        return pd.DataFrame(found, names, names)

    def standard_errors(self, n: float) -> pd.DataFrame:
        """Standard deviations of the estimates from n observations, to first order, and those by J^-1 in their place.

        Parameters
        ----------
        n : float
            Observations.

        Returns
        -------
        DataFrame
            Indexed by parameter: `pseudo_true`, `standard_error`, `by_information` (what inverse information says),
            and `ratio`, the first over the second: what standard errors that trust the model are too small by.
        """
        if not is_number(n) or not 0 < n < np.inf:
            raise ArgumentError(f"n = {shown(n)}: give a positive number of observations")
        errors = np.sqrt(np.diag(self.covariance) / n)
        trusting = np.sqrt(np.diag(covariance(self.sensitivity.to_numpy())) / n)
        columns = {
            "pseudo_true": list(self.theta.values()),
            "standard_error": errors,
            "by_information": trusting,
            "ratio": errors / trusting,
        }
        return pd.DataFrame(columns, index=list(self.theta))

    def _words(self) -> str:
        values = ", ".join(f"{name} {value:.6g}" for name, value in self.theta.items())
        return f"nearest to the truth: {values}; divergence {self.divergence:.6g}"


@named_arguments
def pseudo_true(true_family: Family, theta: Mapping[str, float], family: Family, **known: float) -> PseudoTruth:
    """Parameters that the estimates of a model converge to under another truth: those nearest to it.

    The least of the Kullback-Leibler divergence, by Newton's method on expectations under the truth (quadrature, or
    summation over whole numbers), from the maximum likelihood fit to quantiles of the truth.

    Parameters
    ----------
    true_family : Family
        The law of the observations.
    theta : dict of str to float
        Its free parameters, natural scale.
    family : Family
        The model that is fitted to them.
    **known : float
        Known quantities of either family, such as `trials=10`.

    Returns
    -------
    PseudoTruth

    Raises
    ------
    ArgumentError
        Where one law lives on whole numbers and the other does not.
    NotAvailableError
        For a model that is not smooth; where the divergence is infinite or has no least value inside the space.

    Examples
    --------
    >>> from likelihood_kit.families import Exponential, Gamma
    >>> found = pseudo_true(Gamma(), {"shape": 2.0, "scale": 3.0}, Exponential())
    >>> print(found)
    nearest to the truth: scale 6; divergence 0.115932
    >>> found.standard_errors(n=100).round(3)
           pseudo_true  standard_error  by_information  ratio
    scale          6.0           0.424             0.6  0.707
    """
    checked_family(family)
    first = law_values(true_family, theta, "theta", known, (family,), "pseudo_true")
    require_free(family, "pseudo-true parameters")
    check_kinds(true_family, family)
    if not family.smooth:
        raise NotAvailableError(f"{family!r} is not smooth: its estimates have no variance by the slopes of its scores")
    (low, high), support = law_ends(true_family, first), family.law.support
    if not support.depends_on and (low < support.ends({})[0] or high > support.ends({})[1]):
        raise _infinite(true_family, family)
    others = {name: value for name, value in known.items() if name in family.law.known and name not in family.fixed}
    if not family.law.observed:
        operands.require(family, tuple(family.law.known), {**others, **family.fixed}, "pseudo_true")
    model = _Expected(true_family, first, family, others)
    with np.errstate(all="ignore"):  # sums over quantiles of the truth may overflow, and have then no maximum
        point = _nearest(model, _start(true_family, theta, family, known, others))
    values = model.natural(point)
    divergence = kl_divergence(true_family, theta, family, values, **known)
    if not np.isfinite(divergence):
        raise _infinite(true_family, family)
    _, squares, hessian = model.moments(values)
    names = list(values)
    return PseudoTruth(values, divergence, pd.DataFrame(-hessian, names, names), pd.DataFrame(squares, names, names))


def _infinite(true_family: Family, family: Family) -> NotAvailableError:
    return NotAvailableError(
        f"the divergence of {family!r} from {true_family!r} is infinite whatever the parameters: observations fall "
        "outside of its support"
    )


@dataclass(frozen=True, eq=False)
class _Expected:
    """Expectations under a truth of the derivatives of a model's log density."""

    true_family: Family
    truth: Mapping[str, np.ndarray]
    family: Family
    known: Mapping[str, float]

    def natural(self, working: np.ndarray) -> dict[str, float]:
        """Parameters by name at a working vector `(p,)`."""
        predictors = iid_predictors(self.family)
        return {p.name: float(p.link.inverse(e)) for p, e in zip(predictors, working.tolist(), strict=True)}

    def moments(self, values: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Expectation of the score `(p,)`, of its outer product and of the Hessian, `(p, p)`."""
        theta = {**values, **self.known}
        p = len(values)
        lower = lower_pairs(p)

        def entry(derivative: Callable[..., np.ndarray], *at: int) -> Callable[..., np.ndarray]:
            places: Any = (..., *at)
            return lambda y, _: derivative(y, **theta)[places]

        def product(i: int, j: int) -> Callable[..., np.ndarray]:
            def of_scores(y: np.ndarray, _: Mapping[str, np.ndarray]) -> np.ndarray:
                score = self.family.score(y, **theta)
                return score[..., i] * score[..., j]

            return of_scores

        functions = [
            *(entry(self.family.score, i) for i in range(p)),
            *(product(i, j) for i, j in lower),
            *(entry(self.family.hessian, i, j) for i, j in lower),
        ]
        found = [float(value) for value in expectations(self.true_family, functions, self.truth, "expected score")]
        squares, hessian = np.empty((2, p, p))
        for matrix, entries in ((squares, found[p : p + len(lower)]), (hessian, found[p + len(lower) :])):
            for (i, j), value in zip(lower, entries, strict=True):
                matrix[i, j] = matrix[j, i] = value
        return np.array(found[:p]), squares, hessian

    def step(self, working: np.ndarray) -> tuple[np.ndarray, float]:
        """Newton step `(p,)` upwards of the expected log density, and its decrement."""
        predictors, values = iid_predictors(self.family), self.natural(working)
        score, _, hessian = self.moments(values)
        pairs = zip(predictors, working.tolist(), values.values(), strict=True)
        slopes, bends = np.array([p.link.slopes(e, t) for p, e, t in pairs]).T
        inverse = stacked_inverse(-(hessian * slopes[:, None] * slopes + np.diag(score * bends)))
        if not np.isfinite(inverse).all():
            raise NotAvailableError(
                f"{self.family!r} has no single law that is nearest to {self.true_family!r}: the expected information "
                "is singular, or there is no maximum, at " + ", ".join(f"{n} = {v:g}" for n, v in values.items())
            )
        step = inverse @ (score * slopes)
        return step, float(np.sqrt(abs(step @ (score * slopes))))


def _start(
    true_family: Family,
    theta: Mapping[str, float],
    family: Family,
    known: Mapping[str, float],
    others: Mapping[str, float],
) -> np.ndarray:
    """Working vector `(p,)` of the fit to quantiles of the truth."""
    own = {name: value for name, value in known.items() if name in true_family.law.known}
    y = np.asarray(true_family.ppf((np.arange(QUANTILES) + 0.5) / QUANTILES, **theta, **own), dtype=float)
    columns = data_columns(family, {DATUM: y, **{name: np.full(QUANTILES, v) for name, v in others.items()}})
    predictors = iid_predictors(family)
    found = estimate(family, Likelihood(family.kernels, Sample.of(columns), predictors, held_parameters(family)))
    if not found.findings.exists[0]:
        raise NotAvailableError(
            f"{family!r} has no law that is nearest to {true_family!r}: fitted to {QUANTILES} quantiles of it, the "
            "likelihood has no maximum inside the space"
        )
    return found.findings.working[0]


def _nearest(model: _Expected, working: np.ndarray) -> np.ndarray:
    """Working vector `(p,)` at which the expected score is 0."""
    smallest = np.inf
    for _ in range(STEPS):
        step, decrement = model.step(working)
        if decrement <= CLOSE or (decrement >= smallest and decrement <= np.sqrt(CLOSE)):
            return working
        smallest = min(smallest, decrement)
        working = working + step
    raise NotAvailableError(f"the law of {model.family!r} that is nearest to {model.true_family!r} was not found")
