"""Log likelihood of a model whose author wrote `loglikeobs(params)` instead of a family.

Derivatives per observation are numeric. The steps are found from the likelihood itself: a parameter is moved as far as
changes the log likelihood by about one, which is its standard error, whatever its units.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit.calculus import numeric_derivatives
from likelihood_kit.errors import ParameterError
from likelihood_kit.families import suggestions
from likelihood_kit.parameters import Space
from likelihood_kit.predictor import Predictor, params_from_working

#: Change of the log likelihood that the first step of a difference aims at; steps shrink from there.
STEP_CHANGE = 0.5
#: Start vectors tried for a model that gives none.
LARGEST_GRID = 256
#: Factors of two by which a step is lengthened or shortened in search of it.
STEP_SEARCH = 60


@dataclass(frozen=True)
class RowLikelihood:
    """Log likelihood given by its rows, as a function of working `(r, k)`.

    Attributes
    ----------
    loglikeobs : callable
        `loglikeobs(params (k,)) -> (n,)`.
    predictors : tuple of Predictor, one per parameter, without columns
    """

    loglikeobs: Callable[[np.ndarray], np.ndarray]
    predictors: tuple[Predictor, ...]

    def take(self, index: np.ndarray) -> RowLikelihood:
        """The same likelihood: there is one sample, under many parameter vectors."""
        return self

    def row_values(self, working: np.ndarray) -> np.ndarray:
        """Log density of each row at one working vector `(k,)`; `(n,)`; -inf where it is not a number."""
        with np.errstate(all="ignore"):
            rows = np.asarray(self.loglikeobs(params_from_working(self.predictors, working)), dtype=float)
        return np.where(np.isnan(rows), -np.inf, rows)

    def value(self, working: np.ndarray) -> np.ndarray:
        """Log likelihood `(r,)`."""
        return np.array([self.row_values(row).sum() for row in working])

    def derivatives(self, working: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log likelihood `(r,)`, score `(r, k)`, Hessian `(r, k, k)`, in working coordinates."""
        r, k = working.shape
        value, score, hessian = np.empty(r), np.empty((r, k)), np.empty((r, k, k))
        for i, row in enumerate(working):
            value[i], scores, hessian[i], _ = self.at(row, natural=False)
            score[i] = scores.sum(axis=0)
        return value, score, hessian

    def at(self, point: np.ndarray, *, natural: bool) -> tuple[float, np.ndarray, np.ndarray, float]:
        """Log likelihood, scores of the rows `(n, k)`, Hessian `(k, k)` and the relative error estimated of it.

        Parameters
        ----------
        point : (k,)
            Working vector; with `natural` the params.
        natural : bool
            Coordinates of the point and of the derivatives.
        """
        k = len(point)

        def rows(*coordinates: np.ndarray) -> np.ndarray:
            vector = np.array([float(c) for c in coordinates])
            with np.errstate(all="ignore"):
                params = vector if natural else params_from_working(self.predictors, vector)
                return np.asarray(self.loglikeobs(params), dtype=float)

        bounds = [p.space.numbers if natural else (-np.inf, np.inf) for p in self.predictors]
        with np.errstate(all="ignore"):
            steps = self._steps(lambda vector: float(rows(*vector).sum()), point, bounds)
            found = numeric_derivatives(rows, list(point), bounds, list(steps))
        n = found.value.shape[0]
        scores = np.stack([np.broadcast_to(entry, (n,)) for entry in found.score], axis=1)
        hessian = np.empty((k, k))
        pairs = [(i, j) for i in range(k) for j in range(i + 1)]
        for (i, j), entry in zip(pairs, found.hessian, strict=True):
            hessian[i, j] = hessian[j, i] = np.sum(entry)
        total = float(found.value.sum())
        return (total if not np.isnan(total) else -np.inf), scores, hessian, found.relative_error()

    def _steps(
        self, total: Callable[[np.ndarray], float], point: np.ndarray, bounds: list[tuple[float, float]]
    ) -> np.ndarray:
        """Step of each parameter that changes the log likelihood by about `STEP_CHANGE`."""
        centre = total(point)
        steps = np.empty(len(point))
        for j, (low, high) in enumerate(bounds):
            room = min(point[j] - low, high - point[j]) / 2
            step = min(0.01 * max(abs(point[j]), 1.0), room)
            for _ in range(STEP_SEARCH):
                unit = np.zeros(len(point))
                unit[j] = step
                # The even part: the slope, far from the maximum, says nothing of the curvature.
                change = abs(total(point + unit) - 2 * centre + total(point - unit))
                if change < STEP_CHANGE / 4 and 2 * step <= room:
                    step *= 2
                elif not change < 4 * STEP_CHANGE:
                    step /= 2
                else:
                    break
            steps[j] = step
        return steps


def plain_predictors(parameters: Mapping[str, Space]) -> tuple[Predictor, ...]:
    """Predictors of parameters that nothing predicts, by name and space."""
    return tuple(Predictor(name, space, space.link(), None, (name,)) for name, space in parameters.items())


def row_start(likelihood: RowLikelihood, endog: np.ndarray, given: Any, model: Any) -> np.ndarray:
    """Working vector of a model with its own `loglikeobs`: its `start_params`, or the best of a grid."""
    if given is not None:
        start = model.working(given)
        if not np.isfinite(start).all():
            raise ParameterError("start_params has a value outside the space of its parameter")
        return start
    return row_starts(likelihood, endog)[0]


def row_starts(likelihood: RowLikelihood, endog: np.ndarray) -> np.ndarray:
    """Working vectors `(m, k)` of a grid, the highest first."""
    location, spread, size = np.median(endog), np.std(endog) or 1.0, np.mean(np.abs(endog)) or 1.0
    grids = [
        [predictor.link.forward(float(value)) for value in suggestions(predictor.space, location, spread, size)]
        for predictor in likelihood.predictors
    ]
    while np.prod([len(grid) for grid in grids]) > LARGEST_GRID:
        longest = max(range(len(grids)), key=lambda j: len(grids[j]))
        if len(grids[longest]) == 1:
            break
        grids[longest] = grids[longest][:-1]
    candidates = np.array(list(itertools.islice(itertools.product(*grids), LARGEST_GRID)))
    values = likelihood.value(candidates)
    return candidates[np.argsort(-np.where(np.isnan(values), -np.inf, values), kind="stable")]
