"""Intervals and tests of the entries of params."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np
from scipy import stats

from likelihood_kit._numerics import is_whole
from likelihood_kit.diagnostics.intervals import wald_intervals
from likelihood_kit.errors import ArgumentError, near_names, shown
from likelihood_kit.links import Link
from likelihood_kit.models import bootstrap_intervals, modified_roots, penalised_likelihood, profile_likelihood
from likelihood_kit.models.bootstrap_intervals import Resampling
from likelihood_kit.models.columns import as_choice, as_flag
from likelihood_kit.parameters import Real

#: Intervals that are there.
METHODS = ("wald", "profile", "score", "r_star", "bootstrap")


def intervals(
    results: Any, alpha: float, method: Any, resampling: Mapping[str, Any], wanted: list[int] | None = None
) -> np.ndarray:
    """Intervals of the entries of params, `(k, 2)`, inside their spaces; `resampling` is of those by the bootstrap.

    Of entries that are not `wanted` they may be left out, as numbers that are none.
    """
    chosen = as_choice(method, "method", METHODS)
    if resampling and chosen != "bootstrap":
        raise ArgumentError(f"{next(iter(resampling))} is an argument of method='bootstrap', not of method={chosen!r}")
    if chosen == "profile" and results.bias_reduction is not None:
        return penalised_likelihood.intervals(results, alpha, wanted)
    if chosen in ("profile", "score"):
        return profile_likelihood.intervals(results, alpha, by_score=chosen == "score")
    if chosen == "r_star":
        return modified_roots.intervals(results, alpha)
    if chosen == "bootstrap":
        return bootstrap_intervals.intervals(results, alpha, Resampling(**resampling))
    half_width = reference_law(results).isf(alpha / 2)
    return wald_intervals(np.asarray(results.params), np.asarray(results.bse), links(results), half_width)


def places(results: Any, cols: Any) -> list[int]:
    """Places of entries of params that are given by position or name."""
    names = results.model.exog_names
    if isinstance(cols, (Mapping, Set)):
        raise ArgumentError(f"cols = {shown(cols)} has no order: give a list of positions or names, {', '.join(names)}")
    if isinstance(cols, np.ndarray) and not cols.ndim:
        cols = cols[()]
    found = []
    one: Any
    for one in [cols] if isinstance(cols, (str, int)) or not isinstance(cols, Iterable) else cols:
        if isinstance(one, str) and one in names:
            found.append(names.index(one))
        elif is_whole(one) and -len(names) <= one < len(names):
            found.append(int(one))
        else:
            raise ArgumentError(f"cols: {shown(one)} is no entry of params: {near_names(one, names)}")
    return found


def links(results: Any) -> list[Link]:
    """Links on which the intervals of the entries of params are made; of a coefficient the identity."""
    return [
        p.space.onto_the_line(p.link) if p.columns is None else Real().link()
        for p in results.model.predictors
        for _ in p.labels
    ]


def scales_in_words(results: Any) -> str:
    """Parameters whose intervals are made on another scale, such as "shape and scale on the log scale"."""
    named: dict[str, list[str]] = {}
    for name, link in zip(results.model.exog_names, links(results), strict=True):
        if link.name != "identity":
            named.setdefault(link.name, []).append(name)
    return ", ".join(f"{_listed(names)} on the {scale} scale" for scale, names in named.items())


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def reference_law(results: Any) -> Any:
    """The law of an estimate over its standard error: standard normal, or Student's t."""
    return stats.t(degrees_of_freedom(results)) if results.use_t else stats.norm


def checked_use_t(value: Any, df: Any) -> bool:
    """Whether to take Student's t, of which `df` degrees of freedom are left, or `(k,)`."""
    wanted = as_flag(value, "use_t")
    if wanted and not np.all(np.asarray(df) > 0):
        raise ArgumentError("use_t=True needs more observations than parameters: no degrees of freedom are left")
    return wanted


def degrees_of_freedom(results: Any) -> Any:
    """Those of Student's t: of the residuals, or under clusters one less than there are of these.

    Of a bias-reduced clustered covariance those of Satterthwaite, `(k,)`.
    """
    found = getattr(results, "df_satterthwaite", None)
    return getattr(results, "df_resid_inference", results.df_resid) if found is None else found


def may_be_zero(results: Any) -> np.ndarray:
    """Which entries of params could be 0, `(k,)`; of others it is no hypothesis."""
    return np.array([bool(space.contains(0.0)) for space in results.spaces])


def ratios(results: Any) -> np.ndarray:
    """Estimates over their standard errors, `(k,)`; NaN for a parameter that cannot be 0."""
    with np.errstate(all="ignore"):
        return np.where(may_be_zero(results), np.asarray(results.params) / np.asarray(results.bse), np.nan)


def probabilities(results: Any) -> np.ndarray:
    """Two-sided p-values of `ratios`, `(k,)`."""
    return 2 * reference_law(results).sf(np.abs(ratios(results)))
