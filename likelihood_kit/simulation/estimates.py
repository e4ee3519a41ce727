"""What an estimator makes of samples, and which of it lies in the parameter space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from likelihood_kit.families import Family

#: Columns of the response by name, `(r, n)` each.
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Estimates:
    """What an estimator made of r samples.

    Attributes
    ----------
    values : (r, p)
        Natural coordinates, at an end of the space too, which may be infinite; NaN in the whole row of a failure.
    standard_errors : (r, p) or None
        None for an estimator that gives none; NaN for an estimate at an end of the space.
    converged : (r,) bool
        Whether the estimate lies inside the parameter space; False at its end, and for a failure.
    """

    values: np.ndarray
    standard_errors: np.ndarray | None
    converged: np.ndarray


def of_space(
    family: Family, values: np.ndarray, standard_errors: np.ndarray | None = None, *, degenerate: bool = True
) -> Estimates:
    """Estimates with NaN for what failed: without a value, or outside the closure of the parameter space.

    A support of no length counts where `degenerate`.
    """
    good, inside = np.ones((2, len(values)), bool)
    theta = dict(zip(family.parameter_names, values.T, strict=True))
    for name, column in theta.items():
        space = family.spaces[name]
        within = space.contains(column)
        good &= within | np.isin(column, space.numbers)
        inside &= within
    if family.support.depends_on:
        with np.errstate(invalid="ignore"):
            low, high = family.support.ends(family.canonical(theta))
            nonempty = low <= high if family.discrete else low < high
            good &= (nonempty | (low == high)) if degenerate else nonempty
            inside &= nonempty
    inside &= good
    if standard_errors is not None:
        known = inside & np.isfinite(standard_errors).all(axis=1)
        standard_errors = np.where(known[:, None], standard_errors, np.nan)
    return Estimates(np.where(good[:, None], values, np.nan), standard_errors, inside)
