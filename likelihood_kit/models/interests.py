"""What a profile is of, an entry of params or a function of them, in coordinates in which the estimate is standard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.calculus import InMoreDigits, slopes_of
from likelihood_kit.diagnostics.bounds import check_names, label_of
from likelihood_kit.errors import ArgumentError, NotAvailableError, near_names
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise.lost_digits import lost_digits
from likelihood_kit.maximise.moved_coordinates import MovedCoordinates
from likelihood_kit.maximise.profiled import Curved, Interest, Linear
from likelihood_kit.models import at_params
from likelihood_kit.models.columns import short
from likelihood_kit.parameters import Real
from likelihood_kit.predictor import params_from_working, params_jacobian

#: A step of an interest, in standard errors, that tells whether its value rises.
GLANCE = 0.1
#: Linear predictor, of either sign, at which a value is the end of its space to rounding: e^-36 is 2e-16.
AT_END = 36.0
#: Fall of the log likelihood over as much again at which it is taken to be without end.
ENDLESS = 1.0
#: What the theorems on regressions say of their log likelihoods.
CONCAVE = ("concave", "coefficients")


@dataclass(frozen=True, eq=False)
class Standard:
    """The log likelihood of a fit in coordinates in which the estimate is 0 and its observed information the identity.

    Attributes
    ----------
    results : LikelihoodResults
    likelihood : MovedCoordinates
    transform : (k, k)
        Working vector = estimate + transform @ these coordinates.
    highest : float
        Log likelihood at the estimate.
    """

    results: Any
    likelihood: MovedCoordinates
    transform: np.ndarray
    highest: float

    @classmethod
    def of(cls, results: Any) -> Standard:
        """The likelihood of a fit; refused where its observed information is singular."""
        model = results.model
        model.require_data()
        here = model.conditioned
        likelihood, estimate = here.summed, here.inner(model.working(np.asarray(results.params)))
        value, _, hessian = likelihood.derivatives(estimate[None])
        covariance = stacked_inverse(-hessian[0])
        if not np.isfinite(covariance).all():
            raise NotAvailableError("there is no profile likelihood: the observed information is singular")
        root = np.linalg.cholesky(covariance)
        return cls(results, MovedCoordinates(likelihood, estimate, root), here.transform @ root, float(value[0]))

    @property
    def estimate(self) -> np.ndarray:
        """Working vector of the estimate, `(k,)`."""
        found: np.ndarray = self.results.model.working(np.asarray(self.results.params))
        return found

    def params(self, point: np.ndarray) -> np.ndarray:
        """The user's params `(..., k)` at points `(..., k)`."""
        return params_from_working(self.results.model.predictors, self.estimate + point @ self.transform.T)

    def inner(self, point: np.ndarray) -> np.ndarray:
        """Working vector `(k,)` where the designs are well conditioned, at a point `(k,)`."""
        found: np.ndarray = self.likelihood.origin + self.likelihood.basis @ point
        return found

    def variance(self, interest: Interest, point: np.ndarray) -> float:
        """Variance of the estimate of one interest by the expected information at a point, in these coordinates."""
        information = self.information(point)
        gradient = interest.at(point[None])[1][0]
        return float(gradient @ stacked_inverse(information) @ gradient)

    def information(self, point: np.ndarray) -> np.ndarray:
        """Expected information of the sample at a point, `(k, k)`, in these coordinates."""
        here, working = self.results.model.conditioned, self.inner(point)
        params = params_from_working(here.predictors, working)
        along = params_jacobian(here.predictors, working)[:, None] * self.likelihood.basis
        found = at_params.expected_information(here.rows, params, here.model.family, here.model.known)
        return along.T @ found @ along

    def lost_digits(self, point: np.ndarray) -> float:
        """Estimated error of the log likelihood at a point by digits that its formula loses; 0 where not known."""
        model = self.results.model
        if model.family is None or not isinstance(model.likelihood, Likelihood):
            return 0.0
        working = self.estimate + self.transform @ point
        return lost_digits(InMoreDigits(model.family.formula), model.likelihood, working)

    @property
    def alone(self) -> bool:
        """Whether a theorem says that there is one maximum under a restriction on an entry of params too.

        Of a regression whose log likelihood is concave in its coefficients, over the scale or not, in which the
        restriction is linear. That the maximum without a restriction is the only one says nothing of those under one.
        """
        model = self.results.model
        said = self.results.certificate.theorem
        return all(word in said for word in CONCAVE) and any(p.columns is not None for p in model.predictors)


@dataclass(frozen=True)
class Asked:
    """What is profiled.

    Attributes
    ----------
    name : str
    interest : Interest
        One, in standard coordinates and in units of its standard error; 0 at the estimate.
    natural, standard : callable
        From such units to the user's scale, and back, elementwise.
    ends : (low, high)
        Of what it may be, on the user's scale; not numbers where nobody knows.
    """

    name: str
    interest: Interest
    natural: Callable[[np.ndarray], np.ndarray]
    standard: Callable[[np.ndarray], np.ndarray]
    ends: tuple[float, float]

    @property
    def linear(self) -> bool:
        """Whether it is an entry of params."""
        return isinstance(self.interest, Linear)

    @property
    def falls(self) -> bool:
        """Whether the value falls as the interest grows, as under an inverse link."""
        return bool(self.natural(np.array(GLANCE)) < self.natural(np.array(0.0)))


def entry(standard: Standard, at: int) -> Asked:
    """An entry of params."""
    model = standard.results.model
    predictor = [p for p in model.predictors for _ in p.labels][at]
    row, estimate = standard.transform[at], standard.estimate[at]
    width = float(np.sqrt(row @ row))
    link = predictor.link if predictor.columns is None else Real().link()
    space = predictor.space if predictor.columns is None else Real()

    def standard_of(value: np.ndarray) -> np.ndarray:
        eta = np.asarray(link.forward(np.asarray(value)))
        # An end that belongs to the space is the limit of what is next to it.
        held = np.isinf(eta) & space.contains(np.asarray(value))
        return (np.where(held, np.copysign(AT_END, eta), eta) - estimate) / width

    return Asked(
        model.exog_names[at],
        Linear(row[None] / width),
        lambda interest: link.inverse(estimate + width * np.asarray(interest)),
        standard_of,
        space.numbers,
    )


def function(standard: Standard, of: Callable[..., Any]) -> Asked:
    """A function of the params by their names."""
    results, transform = standard.results, standard.transform
    predictors, names = results.model.predictors, list(results.model.exog_names)
    check_names(of, names)
    start, params = standard.estimate, np.asarray(results.params, dtype=float)
    steps = np.abs(params_jacobian(predictors, start)) * np.sqrt((transform**2).sum(axis=1)) / 4
    slopes = slopes_of(of, dict(zip(names, params, strict=True)), [s.numbers for s in results.spaces], list(steps))

    def at(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        working = start + points @ transform.T
        value, gradient = slopes(params_from_working(predictors, working))
        return value, (gradient * params_jacobian(predictors, working)) @ transform

    value, gradient = at(np.zeros((1, len(params))))
    here, width = float(value[0]), float(np.sqrt(gradient[0] @ gradient[0]))
    if not width > 0:
        raise ArgumentError(f"of: the function does not change with {', '.join(names)} at the estimate")

    def in_widths(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, gradients = at(points)
        return (values - here) / width, gradients / width

    return Asked(
        label_of(of),
        Curved(in_widths),
        lambda interest: here + width * np.asarray(interest),
        lambda value: (np.asarray(value) - here) / width,
        (np.nan, np.nan),
    )


def asked_of(standard: Standard, of: Any) -> Asked:
    """The entry of params of this name, or the function."""
    names = list(standard.results.model.exog_names)
    if callable(of):
        return function(standard, of)
    if not isinstance(of, str) or of not in names:
        raise ArgumentError(
            f"of={short(of)}: {near_names(of if isinstance(of, str) else '', names)}; or give a function of them such "
            f"as lambda {names[0]}, **others: 2 * {names[0]}"
        )
    return entry(standard, names.index(of))
