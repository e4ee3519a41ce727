"""Bias-reduced estimates of all samples of a batch: the maximum less its bias, and roots of Firth's adjusted score."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from likelihood_kit._numerics import stacked_inverse
from likelihood_kit.diagnostics.adjusted_score import (
    FROM_AN_END,
    SOLVED,
    AdjustedScore,
    adjusted_score_root,
    updated_inverse,
)
from likelihood_kit.diagnostics.bias import biases
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import Family, regularity
from likelihood_kit.families.cumulants import third_cumulants
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import start_values
from likelihood_kit.predictor import params_from_working, params_jacobian, working_from_params
from likelihood_kit.simulation.estimates import Columns, Estimates, of_space

WHAT = "bias of maximum likelihood"
#: Steps that all samples take together; those that are not there then, or stepped higher, go on one by one.
TOGETHER = 20


def corrected(family: Family, samples: Columns, highest: Estimates) -> Estimates:
    """Maxima `(r, p)` less their bias."""
    n, good = next(iter(samples.values())).shape[1], highest.converged
    values = np.full(highest.values.shape, np.nan)
    if good.any():
        _require(family, highest.values[good])
        values[good] = highest.values[good] - _biases(family, highest.values[good]) / n
    return _with_errors(family, values, n)


def roots(family: Family, likelihood: Likelihood, highest: Estimates) -> Estimates:
    """Roots of the adjusted scores of a batch of samples, from their maxima, or from starts where there are none."""
    starts = np.broadcast_to(start_values(family, likelihood), highest.values.shape)
    maxima = working_from_params(likelihood.predictors, np.where(highest.converged[:, None], highest.values, np.nan))
    points = np.where(np.isfinite(maxima).all(axis=1)[:, None], maxima, starts)
    _require(family, params_from_working(likelihood.predictors, points))
    points, solved = _together(family, likelihood, points)
    for i in np.flatnonzero(~solved):
        single = functools.partial(_single, family, likelihood.take(np.array([i])))
        end = adjusted_score_root(single, points[i])
        points[i], solved[i] = end.point, end.solved
    found = _with_errors(family, params_from_working(likelihood.predictors, points), likelihood.sample.rows)
    return of_space(family, _or_the_end(family, found, solved), found.standard_errors, degenerate=False)


def _or_the_end(family: Family, found: Estimates, solved: np.ndarray) -> np.ndarray:
    """Roots `(r, p)`, the end of a space in the place of what is so near to it that it is no root inside."""
    values, errors = found.values.copy(), np.asarray(found.standard_errors)
    at_an_end = np.zeros(values.shape, bool)
    for j, name in enumerate(family.parameter_names):
        for end in family.spaces[name].numbers:
            with np.errstate(invalid="ignore"):
                near = np.abs(values[:, j] - end) <= FROM_AN_END * errors[:, j]
            values[near, j], at_an_end[near, j] = end, True
    return np.where((solved | at_an_end.any(axis=1))[:, None], values, np.nan)


def _require(family: Family, values: np.ndarray) -> None:
    regularity.require(family, WHAT, _quantities(family, values), smooth=True)


def _quantities(family: Family, values: np.ndarray) -> dict[str, Any]:
    return {**family.fixed, **dict(zip(family.parameter_names, values.T, strict=True))}


def _information(family: Family, values: np.ndarray) -> np.ndarray:
    """Expected information of one observation, `(r, p, p)`."""
    found = family.information_inside(_quantities(family, values))
    return np.broadcast_to(found, (len(values), *found.shape[-2:]))


def _biases(family: Family, values: np.ndarray) -> np.ndarray:
    """Bias `(r, p)` of a maximum of one observation's weight; NaN where its expectations are not known.

    Raises
    ------
    NotAvailableError
        Where none of them is.
    """
    try:
        cumulants = third_cumulants(family, _quantities(family, values))
        return biases(_information(family, values), *cumulants)
    except NotAvailableError:
        if len(values) == 1:
            raise
    found, errors = np.full(values.shape, np.nan), []
    for half in np.array_split(np.arange(len(values)), 2):
        try:
            found[half] = _biases(family, values[half])
        except NotAvailableError as error:
            errors.append(error)
    if len(errors) == 2:
        raise errors[0]
    return found


def _with_errors(family: Family, values: np.ndarray, n: int) -> Estimates:
    """Estimates with standard errors from the expected information."""
    found = of_space(family, values, degenerate=False)
    errors = np.full(values.shape, np.nan)
    if found.converged.any():
        inverse = stacked_inverse(n * _information(family, found.values[found.converged]))
        errors[found.converged] = np.sqrt(np.einsum("rii->ri", inverse))
    return of_space(family, values, errors, degenerate=False)


def _scores(family: Family, likelihood: Likelihood, points: np.ndarray) -> AdjustedScore:
    """Adjusted scores `(r, k)` and informations `(r, k, k)` in working coordinates."""
    params, slopes = (make(likelihood.predictors, points) for make in (params_from_working, params_jacobian))
    _, score, hessian = likelihood.derivatives(points, natural=True)
    information = _information(family, params)
    taken = np.einsum("rij,rj->ri", information, _biases(family, params))
    both = slopes[:, :, None] * slopes[:, None, :]
    return AdjustedScore((score - taken) * slopes, likelihood.sample.rows * information * both, -hessian * both)


def _single(family: Family, likelihood: Likelihood, point: np.ndarray) -> AdjustedScore | None:
    try:
        found = _scores(family, likelihood, point[None])
    except NotAvailableError:
        return None
    if not (np.isfinite(found.score).all() and np.isfinite(found.observed).all()):
        return None
    return AdjustedScore(found.score[0], found.expected[0], found.observed[0])


def _together(family: Family, likelihood: Likelihood, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points `(r, k)` after whole steps as `adjusted_score_root` takes them, and which are roots `(r,)`.

    A sample whose score is no lower after a step stays there.
    """
    points, solved, active = points.copy(), np.zeros(len(points), bool), np.arange(len(points))
    before, told = np.full(len(points), np.inf), None
    for _ in range(TOGETHER):
        there = _scores(family, likelihood.take(active), points[active])
        metric = stacked_inverse(there.expected)
        with np.errstate(all="ignore"):
            size = np.sqrt(np.einsum("ri,rij,rj->r", there.score, metric, there.score))
        solved[active] = size <= SOLVED
        inverse = metric
        for way in (stacked_inverse(there.observed), *([] if told is None else [updated_inverse(*told, there)])):
            inverse = np.where(np.isfinite(way).all(axis=(1, 2))[:, None, None], way, inverse)
        step = np.einsum("rij,rj->ri", inverse, there.score)
        going = (size > SOLVED) & (size < before) & np.isfinite(step).all(axis=1)
        active, before, step = active[going], size[going], step[going]
        if not active.size:
            break
        told = inverse[going], step, AdjustedScore(there.score[going], there.expected[going], there.observed[going])
        points[active] = points[active] + step
    return points, solved
