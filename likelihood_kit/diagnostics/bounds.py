"""Cramer-Rao bounds: the least variance of an unbiased estimator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.calculus import gradient
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.families import Family
from likelihood_kit.parameters import Space


def bound_of_parameters(information: np.ndarray) -> np.ndarray:
    """Least covariance of unbiased estimators: the inverse of the expected information `(k, k)` of the sample.

    References
    ----------
    Lehmann, E. L. and Casella, G. (1998). *Theory of Point Estimation*, 2nd ed., theorem 2.6.1 and eq. (2.6.16).
    """
    return stacked_inverse(information)


def bound_of_function(information: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """Least variance of an unbiased estimator of a function: `g' I^-1 g`, for slopes `g (..., k)`."""
    return np.einsum("...i,ij,...j->...", slopes, stacked_inverse(information), slopes)


def cramer_rao_bound(
    family: Family, theta: Mapping[str, float], n: int = 1, of: Callable[..., Any] | None = None
) -> pd.DataFrame:
    """Cramer-Rao bound of a family at given parameters, for n independent observations.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale.
    n : int
        Number of observations.
    of : callable, optional
        `of(**theta)`: a function of the parameters, in NumPy, whose bound is wanted instead.

    Returns
    -------
    DataFrame
        One row per parameter, or one for the function: `value`, `variance_bound`, `standard_error_bound`.

    Raises
    ------
    NotAvailableError
        Where no bound exists because the support moves with a parameter, or the information is singular.
    ParameterError, ArgumentError
        For theta outside the parameter space, or n that is not a positive whole number.

    Examples
    --------
    >>> from likelihood_kit.families import Normal
    >>> cramer_rao_bound(Normal(), {"mean": 0.0, "sd": 2.0}, n=100)
          value  variance_bound  standard_error_bound
    mean    0.0            0.04              0.200000
    sd      2.0            0.02              0.141421
    """
    if not isinstance(family, Family):
        raise ArgumentError(f"family must be a family such as lk.Gamma(), not {family!r}")
    checked = family.check_theta(theta, "theta")
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise ArgumentError(f"n must be a positive whole number of observations, not {n!r}")
    family.require_regular("Cramer-Rao bound")
    information = n * family.expected_information(**checked)
    spaces = [family.spaces[name] for name in checked]
    return bound_table(information, list(checked), np.array(list(checked.values())), of, spaces)


def bound_table(
    information: np.ndarray,
    names: Sequence[str],
    params: np.ndarray,
    of: Callable[..., Any] | None,
    spaces: Sequence[Space],
) -> pd.DataFrame:
    """Bounds as a table, for all parameters or for a function of them.

    Parameters
    ----------
    information : (k, k)
        Expected information of the sample at params.
    names : sequence of k str
    params : (k,)
    of : callable or None
        It takes the parameters by name.
    spaces : sequence of k spaces
        Of the parameters.
    """
    variances = np.diag(bound_of_parameters(information))
    if of is None or not np.isfinite(variances).all():
        values, index = params, list(names)
    else:
        # Steps in units of the bounds themselves, whatever the units of the data.
        ends = [space.numbers for space in spaces]
        room = [min(value - low, high - value) / 2 for value, (low, high) in zip(params, ends, strict=True)]
        steps = list(np.minimum(np.sqrt(variances) / 4, room))
        value, slopes = gradient(of, dict(zip(names, params, strict=True)), ends, steps)
        values, variances = np.array([value]), np.array([bound_of_function(information, slopes)])
        index = [getattr(of, "__name__", "of").replace("<lambda>", "of")]
    if not np.isfinite(variances).all():
        raise NotAvailableError(
            "no finite Cramer-Rao bound: the expected information is singular; some parameters are not identified"
        )
    columns = {"value": values, "variance_bound": variances, "standard_error_bound": np.sqrt(variances)}
    return pd.DataFrame(columns, index=index)
