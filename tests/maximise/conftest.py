"""Maximum likelihood of a family over one sample, from the search and its certificate alone: no model in sight."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import Family
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import Certificate, certificate_of, estimate
from likelihood_kit.predictor import Predictor, params_from_working, working_from_params
from likelihood_kit.sample import Sample


@dataclass(frozen=True)
class Fit:
    """One maximum.

    Attributes
    ----------
    params : (k,)
        In natural coordinates, the coefficients of a design on the link scale.
    standard_errors : (k,)
        From the observed information; NaN where it is not positive definite.
    llf : float
    certificate : Certificate
    """

    params: np.ndarray
    working: np.ndarray
    standard_errors: np.ndarray
    llf: float
    certificate: Certificate


def predictors_of(family: Family, exog: np.ndarray | None = None) -> tuple[Predictor, ...]:
    """Predictors of the free parameters; a design drives the predicted one."""
    found = []
    for name in family.parameter_names:
        columns = exog if name == family.predicted else None
        labels = (name,) if columns is None else ("const", *(f"x{j}" for j in range(1, columns.shape[1])))
        found.append(Predictor(name, family.spaces[name], family.links[name], columns, labels))
    return tuple(found)


def likelihood_of(family: Family, y, exog: np.ndarray | None = None, **known) -> Likelihood:
    """Of samples `y (n,)` or `(r, n)`."""
    names = family.coordinate_names
    data = {name: family.fixed[name] for name in family.law.known if name in family.fixed} | known
    columns = {name: {**data, DATUM: y}[name] for name in family.law.data}
    held = {names.index(name): value for name, value in family.fixed.items() if name in names}
    return Likelihood(family.kernels, Sample.of(columns), predictors_of(family, exog), held)


def fit_of(y, exog: np.ndarray | None = None, *, family: Family, start=None, **known) -> Fit:
    """The maximum of one sample."""
    likelihood = likelihood_of(family, np.asarray(y, dtype=float), exog, **known)
    predictors = likelihood.predictors
    given = [] if start is None else [working_from_params(predictors, np.asarray(start, dtype=float))[None]]
    found = estimate(family, likelihood, given)
    certificate = certificate_of(
        found.findings, predictors, theorem=found.theorem, unbounded=found.unbounded, rows=len(y)
    )
    assert certificate.ok == found.findings.exists[0]
    working = found.findings.working
    with np.errstate(all="ignore"):
        hessian = found.likelihood.derivatives(working, natural=True)[2][0]
        try:
            errors = np.sqrt(np.diag(np.linalg.inv(-hessian)))
        except np.linalg.LinAlgError:
            errors = np.full(len(hessian), np.nan)
    params = params_from_working(predictors, working)[0]
    return Fit(params, working[0], errors, float(found.findings.log_likelihood[0]), certificate)


@pytest.fixture(scope="session")
def fit() -> Callable[..., Fit]:
    return fit_of


@pytest.fixture(scope="session")
def batch_of() -> Callable[..., Likelihood]:
    return likelihood_of
