"""Cramer-Rao bounds: the least variance of an estimator, unbiased or of a given bias."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likelihood_kit._numerics.signatures import named_arguments
from likelihood_kit.diagnostics.bounds import (
    bound_of_function,
    checked_sizes,
    one_bound_table,
    over_sizes,
)
from likelihood_kit.diagnostics.designs import designed_information, plain_information
from likelihood_kit.diagnostics.estimands import Place, biases, estimands
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import Family
from likelihood_kit.parameters import Space

#: Arguments of this bound beside those that all bounds take.
OTHERS = ("bias", "nuisance", "design")
#: Part of the efficiency below which a loss is rounding.
NO_LOSS = 1e-12


@named_arguments
def cramer_rao_bound(
    family: Family,
    theta: Mapping[str, Any],
    n: int | Sequence[int] = 1,
    of: Callable[..., Any] | None = None,
    bias: Callable[..., Any] | None = None,
    nuisance: bool = False,
    design: Any = None,
    **known: Any,
) -> pd.DataFrame:
    r"""Cramer-Rao bound of a family at given parameters, for n independent observations.

    The conditions under which it holds are checked and listed by `check_regularity`.

    Parameters
    ----------
    family : Family
    theta : dict of str to float
        The free parameters, natural scale; of those that a design drives the coefficients on the link scale.
    n : int or sequence of int
        Number of observations, or several; with a design, how often it is repeated.
    of : callable, optional
        `of(**theta)`: a function of the parameters, in NumPy, whose bound is wanted instead; or several, as a dict.
    bias : callable, optional
        `bias(**theta)`, or `bias(n, **theta)`: bias b of the estimators as a function of the parameters. It returns one
        number for each row, in order, or a dict by row, of which what is left out is unbiased. The variance is then at
        least :math:`(g + b)'^T I^{-1} (g + b)'`, and the mean squared error that and the square of the bias.
    nuisance : bool
        Whether to add the bound where one of the other parameters is known, `known(...)`, or all of them are,
        `known(others)`, and `loss(...)`, the part of the efficiency that is lost for not knowing them: 1 - known /
        unknown.
    design : (m, q) array or DataFrame, or dict of these by parameter, optional
        Rows of a regression: what drives the predicted parameter, or each of several. Index and names are as those of a
        fitted model.
    **known : float
        Known quantities of the family, such as `trials=10`; with a design they may differ by row, `(m,)`.

    Returns
    -------
    DataFrame
        One row per parameter, or one per function: `value`, `variance_bound`, `standard_error_bound`; with `bias` also
        `bias` and `mean_squared_error_bound`. For several n by levels `n` and `parameter`.

    Raises
    ------
    NotAvailableError
        Where no bound exists because the support moves with a parameter, or the information is singular.
    ParameterError, ArgumentError
        For theta outside the parameter space, or n that is not a positive whole number.

    References
    ----------
    Lehmann, E. L. and Casella, G. (1998). *Theory of Point Estimation*, 2nd ed., section 2.5 (the information
    inequality, with a bias) and 2.6 (several parameters).

    Examples
    --------
    >>> from likelihood_kit.families import Normal
    >>> cramer_rao_bound(Normal(), {"mean": 0.0, "sd": 2.0}, n=100)
          value  variance_bound  standard_error_bound
    mean    0.0            0.04              0.200000
    sd      2.0            0.02              0.141421
    >>> cramer_rao_bound(Normal(), {"mean": 0.0, "sd": 2.0}, n=10, of=lambda mean, sd: sd**2,
    ...                  bias=lambda n, mean, sd: -sd**2 / n).round(4)  # the mean square about the sample mean
        value  variance_bound  standard_error_bound  bias  mean_squared_error_bound
    of    4.0           2.592                  1.61  -0.4                     2.752
    """
    checked_sizes(n)
    if not isinstance(nuisance, (bool, np.bool_)):
        raise ArgumentError(f"nuisance = {shown(nuisance)}: give True or False")
    if design is None:
        one = plain_information(family, theta, known, "cramer_rao_bound", OTHERS)
    else:
        one = designed_information(family, theta, design, known, "cramer_rao_bound", OTHERS)

    def table(size: int) -> pd.DataFrame:
        with np.errstate(over="ignore"):  # infinite at the edge of floats: no finite bound, which is refused by name
            information = size * one.information
        return bound_table(
            information, one.labels, one.params, of, one.spaces, bias, observations=size, nuisance=bool(nuisance)
        )

    return over_sizes(n, table)


def bound_table(
    information: np.ndarray,
    names: Sequence[str],
    params: np.ndarray,
    of: Callable[..., Any] | None,
    spaces: Sequence[Space],
    bias: Callable[..., Any] | None = None,
    *,
    observations: int = 1,
    nuisance: bool = False,
    transform: np.ndarray | None = None,
) -> pd.DataFrame:
    """Bounds as a table, for all parameters or for functions of them.

    Parameters
    ----------
    information : (k, k)
        Expected information of the sample at params, in coordinates v where params = transform @ v.
    names : sequence of k str
    params : (k,)
    of : callable or None
        It takes the parameters by name.
    spaces : sequence of k spaces
        Of the parameters.
    bias : callable or None
        As of `cramer_rao_bound`, with `observations` as its n.
    nuisance : bool
        Whether to compare with the bounds where other parameters are known.
    transform : (k, k), optional
        By default the identity.
    """
    rows = np.eye(len(information)) if transform is None else transform
    variances = bound_of_function(information, rows)
    if not np.isfinite(variances).all():
        raise NotAvailableError(
            "no finite Cramer-Rao bound: the expected information is singular; some parameters are not identified"
        )
    # Steps in units of the bounds themselves, whatever the units of the data.
    place = Place(tuple(names), np.asarray(params, dtype=float), tuple(spaces), np.sqrt(variances) / 4)
    wanted = estimands(of, place)
    slopes, shift = wanted.slopes, None
    if bias is not None:
        shift, extra = biases(bias, wanted, place, observations)
        slopes = slopes + extra
    bounds = bound_of_function(information, slopes @ rows) if of is not None or bias is not None else variances
    table = one_bound_table(wanted.labels, list(zip(wanted.values, bounds, strict=True)))
    if shift is not None:
        with np.errstate(over="ignore"):
            table["bias"], table["mean_squared_error_bound"] = shift + 0.0, bounds + shift**2  # no -0
    if nuisance:
        for name, column in nuisance_columns(information, slopes, place.names, bounds, rows, own=of is None).items():
            table[name] = column
    return table


def nuisance_columns(
    information: np.ndarray,
    slopes: np.ndarray,
    names: Sequence[str],
    bounds: np.ndarray,
    transform: np.ndarray,
    *,
    own: bool,
) -> dict[str, np.ndarray]:
    """Bounds `(m,)` where one parameter is known, or all others are, and what is lost where they are not.

    Parameters
    ----------
    information : (k, k)
    slopes : (m, k)
        Of what is estimated, and its bias.
    names : sequence of k str
    bounds : (m,)
        Where all are unknown.
    transform : (k, k)
        Parameters = transform @ the vector in whose coordinates the information is.
    own : bool
        Whether row j is parameter j itself: a parameter is no nuisance to itself, and all others can be known.

    References
    ----------
    Lehmann and Casella (1998), section 2.6: knowing other parameters never raises a bound.
    """
    k = len(names)
    if k == 1:
        return {}
    columns: dict[str, np.ndarray] = {}
    for q, name in enumerate(names):
        # Where a parameter is known the others move in the directions that leave it as it is.
        rest = _across(transform[q])
        found = bound_of_function(rest.T @ information @ rest, slopes @ transform @ rest)
        columns[name] = np.where(own & (np.arange(len(bounds)) == q), np.nan, found)
    if own and k > 2:
        alone = np.linalg.inv(transform)
        columns["others"] = np.diag(slopes) ** 2 / np.einsum("iq,ij,jq->q", alone, information, alone)
    known = {f"known({name})": column for name, column in columns.items()}
    return known | {f"loss({name})": _lost(column, bounds) for name, column in columns.items()}


def _across(row: np.ndarray) -> np.ndarray:
    """Directions `(k, k - 1)` in which a linear function `(k,)` does not change: units where it is one itself."""
    kept = np.flatnonzero(row)
    if len(kept) == 1:
        return np.delete(np.eye(len(row)), kept[0], axis=1)
    return np.linalg.svd(row[None])[2][1:].T


def _lost(known: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Part of the efficiency that is lost; 0 of what no parameter changes, whose bound is 0."""
    with np.errstate(all="ignore"):
        lost = np.where(bounds > 0, 1 - known / bounds, 0.0 * known)
    return np.where(lost < NO_LOSS, 0.0, lost)
