"""From derivatives per row to the log likelihood of a parameter vector, once for every model and every study.

Coordinates: `theta` are the family's natural parameters, `eta` their images under the links. The maximiser moves in
`working`: for each free parameter in order its `eta` where nothing predicts it, the coefficients of its `eta` where
something does. The user sees `params`: the same, but the natural value where nothing predicts. Sizes: n rows, p family
parameters, k entries of working or params, r replications, axes in the order (r, n).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likelihood_kit._numerics import lower_pairs
from likelihood_kit.calculus import Kernel
from likelihood_kit.parameters import Link, Space

#: Rows of a design whose weighted copy fits the cache, so that it never travels to memory and back.
ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Predictor:
    """How one free family parameter depends on the parameter vector.

    Attributes
    ----------
    name : str
    space : Space
    link : Link
    columns : (n, q) array or None
        Design on the link scale; None where the parameter is the same for every row.
    labels : tuple of q str, or of one
        Names of its entries of `params`.
    """

    name: str
    space: Space
    link: Link
    columns: np.ndarray | None
    labels: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of entries of `params`."""
        return len(self.labels)

    def spread(self) -> np.ndarray:
        """How far `eta` moves, in root mean square, per unit of each entry; `(q,)`."""
        return np.ones(1) if self.columns is None else np.sqrt(np.mean(self.columns**2, axis=0))


def blocks(predictors: Sequence[Predictor]) -> list[slice]:
    """Place of each predictor's entries in the parameter vector."""
    ends = list(itertools.accumulate((predictor.size for predictor in predictors), initial=0))
    return [slice(begin, end) for begin, end in itertools.pairwise(ends)]


def linear_predictors(
    predictors: Sequence[Predictor], working: np.ndarray, places: Sequence[slice] | None = None
) -> list[np.ndarray]:
    """`eta` of each predictor from working `(r, k)`: `(r, 1)`, or `(r, n)` where there are columns."""
    return [
        working[:, block] if predictor.columns is None else working[:, block] @ predictor.columns.T
        for predictor, block in zip(predictors, places or blocks(predictors), strict=True)
    ]


def params_from_working(predictors: Sequence[Predictor], working: np.ndarray) -> np.ndarray:
    """`params` `(..., k)` from working `(..., k)`: the natural value where nothing predicts."""
    params = np.array(working, dtype=float)
    for predictor, block in zip(predictors, blocks(predictors), strict=True):
        if predictor.columns is None:
            params[..., block] = predictor.link.inverse(params[..., block])
    return params


def working_from_params(predictors: Sequence[Predictor], params: np.ndarray) -> np.ndarray:
    """Working `(..., k)` from `params`; not finite where a natural value lies outside its space."""
    working = np.array(params, dtype=float)
    with np.errstate(all="ignore"):
        for predictor, block in zip(predictors, blocks(predictors), strict=True):
            if predictor.columns is None:
                inside = predictor.space.contains(working[..., block])
                working[..., block] = np.where(inside, predictor.link.forward(working[..., block]), np.nan)
    return working


def params_jacobian(predictors: Sequence[Predictor], working: np.ndarray) -> np.ndarray:
    """D params / d working, a diagonal `(..., k)`."""
    diagonal = np.ones_like(working)
    for predictor, block in zip(predictors, blocks(predictors), strict=True):
        if predictor.columns is None:
            eta = working[..., block]
            diagonal[..., block] = predictor.link.slopes(eta, predictor.link.inverse(eta))[0]
    return diagonal


@dataclass(frozen=True)
class FamilyLikelihood:
    """Log likelihood of a family over data, as a function of working `(r, k)`.

    Attributes
    ----------
    kernel : Kernel
        On rows, or on sufficient statistics.
    hoisted : tuple of arrays
        `kernel.hoist` of the data: `(r, n)` each, or `(1, n)` for one sample under many parameter vectors; of
        sufficient statistics their means over the rows, `(r, 1)`.
    rows : int
        Observations per sample.
    predictors : tuple of Predictor, for the free parameters in order
    fixed : tuple of (position, value)
        Parameters of the kernel that are held fixed.
    """

    kernel: Kernel
    hoisted: tuple[Any, ...]
    rows: int
    predictors: tuple[Predictor, ...]
    fixed: tuple[tuple[int, float], ...] = ()

    @functools.cached_property
    def free(self) -> tuple[int, ...]:
        """Positions of the free parameters among the kernel's."""
        held = {position for position, _ in self.fixed}
        return tuple(i for i in range(len(self.predictors) + len(held)) if i not in held)

    @functools.cached_property
    def places(self) -> list[slice]:
        """Place of each predictor's entries in the parameter vector."""
        return blocks(self.predictors)

    @functools.cached_property
    def pairs(self) -> dict[tuple[int, int], int]:
        """Place of each Hessian entry among those that the kernel returns."""
        return {pair: place for place, pair in enumerate(lower_pairs(len(self.predictors) + len(self.fixed)))}

    def take(self, index: np.ndarray) -> FamilyLikelihood:
        """The likelihood of the samples `index` of the batch; itself where one sample serves the whole batch."""
        if all(np.ndim(h) == 0 or len(h) == 1 for h in self.hoisted):
            return self
        return replace(self, hoisted=tuple(h[index] if np.ndim(h) and len(h) > 1 else h for h in self.hoisted))

    def value(self, working: np.ndarray) -> np.ndarray:
        """Log likelihood, `(r,)`; -inf outside the parameter space and where it is not a number."""
        with np.errstate(all="ignore"):
            theta, inside = self._natural(self._linear(working))
            total = self._total(self.kernel.value(self.hoisted, *self._operands(theta)))
        return _valid(np.broadcast_to(total, (len(working),)), inside)

    def derivatives(self, working: np.ndarray, *, natural: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log likelihood `(r,)`, its score `(r, k)` and its Hessian `(r, k, k)`.

        In working coordinates; with `natural` in those of `params`.
        """
        with np.errstate(all="ignore"):
            eta = self._linear(working)
            theta, inside = self._natural(eta)
            value, score, hessian = self.kernel.derivatives(self.hoisted, *self._operands(theta))
            total = np.broadcast_to(self._total(value), (len(working),))
            slopes = self._slopes(eta, theta, natural)
            return _valid(total, inside), *chain(self, score, hessian, slopes, len(working))

    def row_values(self, working: np.ndarray) -> np.ndarray:
        """Log density of each row at one working vector `(k,)`; `(n,)`."""
        theta, inside = self._natural(self._linear(working[None]))
        value = np.broadcast_to(self.kernel.value(self.hoisted, *self._operands(theta)), (1, self.rows))[0]
        return np.where(inside is None or inside[0], value, -np.inf)

    def row_scores(self, working: np.ndarray, *, natural: bool = False) -> np.ndarray:
        """Score of each row at one working vector `(k,)`; `(n, k)`; with `natural` in the coordinates of `params`."""
        eta = self._linear(working[None])
        theta, _ = self._natural(eta)
        _, score, _ = self.kernel.derivatives(self.hoisted, *self._operands(theta))
        parts = []
        slopes = self._slopes(eta, theta, natural)
        for predictor, (slope, _), position in zip(self.predictors, slopes, self.free, strict=True):
            column = np.broadcast_to(score[position] * slope, (1, self.rows))[0][:, None]
            parts.append(column if predictor.columns is None else column * predictor.columns)
        return np.concatenate(parts, axis=1)

    def slopes(self, working: np.ndarray, *, natural: bool) -> list[Any]:
        """D theta / d eta of every free parameter at working `(1, k)`; 1 for those that `params` holds themselves."""
        eta = self._linear(working)
        return [first for first, _ in self._slopes(eta, self._natural(eta)[0], natural)]

    def natural(self, working: np.ndarray) -> list[np.ndarray]:
        """Natural value of every free parameter at working `(r, k)`: `(r, 1)` or `(r, n)` each."""
        return self._natural(self._linear(working))[0]

    def _linear(self, working: np.ndarray) -> list[np.ndarray]:
        return linear_predictors(self.predictors, working, self.places)

    def _slopes(self, eta: Sequence[np.ndarray], theta: Sequence[np.ndarray], natural: bool) -> list[tuple[Any, Any]]:
        return [
            (1.0, 0.0) if natural and predictor.columns is None else predictor.link.slopes(e, t)
            for predictor, e, t in zip(self.predictors, eta, theta, strict=True)
        ]

    def _natural(self, eta: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray | None]:
        """Natural values, and which replications lie inside their spaces (None: a link keeps them all there)."""
        theta = [predictor.link.inverse(e) for predictor, e in zip(self.predictors, eta, strict=True)]
        inside = None
        for predictor, t in zip(self.predictors, theta, strict=True):
            if predictor.link.name == "identity":
                here = predictor.space.contains(t).all(axis=1)
                inside = here if inside is None else inside & here
        return theta, inside

    def _operands(self, theta: Sequence[np.ndarray]) -> Sequence[Any]:
        if not self.fixed:
            return theta
        values: dict[int, Any] = dict(self.fixed)
        values.update(zip(self.free, theta, strict=True))
        return [values[position] for position in sorted(values)]

    def _total(self, entry: Any) -> Any:
        """Sum over the rows of an entry that may not vary over them: a number, or `(r,)`, or `(1,)`."""
        shape = np.shape(entry)
        if not shape:
            return entry * self.rows
        return entry[..., 0] * self.rows if shape[-1] == 1 else entry.sum(axis=-1)


def _valid(total: np.ndarray, inside: np.ndarray | None) -> np.ndarray:
    defined = ~np.isnan(total) if inside is None else inside & ~np.isnan(total)
    return np.where(defined, total, -np.inf)


def chain(
    likelihood: FamilyLikelihood,
    score: Sequence[Any],
    hessian: Sequence[Any],
    slopes: Sequence[tuple[Any, Any]],
    r: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Score `(r, k)` and Hessian `(r, k, k)` in coefficients, from derivatives per row in natural parameters.

    With `d`, `d2` the first two derivatives of theta in eta: the score in eta is `s d`, the Hessian
    `h_ij d_i d_j`, plus `s_i d2_i` on its diagonal; columns of a design then enter as they do in a linear model.
    A slope that is the same for all rows is applied after the sum over them.

    Parameters
    ----------
    likelihood : FamilyLikelihood
        For its predictors, rows and free positions.
    score, hessian
        Of the kernel, for all of its parameters.
    slopes : sequence of (d, d2) pairs, for the free parameters
    r : int
        Replications.
    """
    predictors, free, places = likelihood.predictors, likelihood.free, likelihood.places
    k = places[-1].stop
    total_score, total_hessian = np.empty((r, k)), np.empty((r, k, k))
    for i, predictor in enumerate(predictors):
        first, second = slopes[i]
        if predictor.columns is None:
            summed = likelihood._total(score[free[i]])
            first, second = _once(first), _once(second)
            total_score[:, places[i].start] = summed * first
        else:
            total_score[:, places[i]] = _against(likelihood, score[free[i]] * first, predictor, r)
        for j in range(i + 1):
            other = predictors[j]
            entry = hessian[likelihood.pairs[free[i], free[j]]]
            if predictor.columns is None and other.columns is None:
                block = likelihood._total(entry) * first * _once(slopes[j][0])
                if i == j:
                    block = block + summed * second
                total_hessian[:, places[i].start, places[j].start] = block
                total_hessian[:, places[j].start, places[i].start] = block
                continue
            entry = entry * slopes[i][0] * slopes[j][0]
            if i == j:
                entry = entry + score[free[i]] * second
            block = _block(likelihood, entry, predictor, other, r)
            total_hessian[:, places[i], places[j]] = block
            total_hessian[:, places[j], places[i]] = np.swapaxes(block, 1, 2)
    return total_score, total_hessian


def _once(slope: Any) -> Any:
    """A slope `(r, 1)` that is the same for all rows, as `(r,)`."""
    return slope[:, 0] if np.ndim(slope) else slope


def expected_hessian(likelihood: FamilyLikelihood, information: np.ndarray, slopes: Sequence[Any]) -> np.ndarray:
    """Expected information of the sample `(k, k)` from that of each row, `(1 or n, p, p)` in natural parameters.

    `slopes` are d theta / d eta of each free parameter, or 1 for natural coordinates.
    """
    places = likelihood.places
    result = np.empty((places[-1].stop, places[-1].stop))
    for i, j in lower_pairs(len(likelihood.predictors)):
        entry = np.atleast_2d(information[..., i, j]) * slopes[i] * slopes[j]
        block = _block(likelihood, entry, likelihood.predictors[i], likelihood.predictors[j], 1)[0]
        result[places[i], places[j]] = block
        result[places[j], places[i]] = block.T
    return result


def _against(likelihood: FamilyLikelihood, entry: Any, predictor: Predictor, r: int) -> np.ndarray:
    """Sum over rows of an entry times a predictor's columns; `(r, q)`."""
    if predictor.columns is None:
        return np.broadcast_to(likelihood._total(entry), (r,))[:, None]
    return np.broadcast_to(entry, (r, likelihood.rows)) @ predictor.columns


def _block(likelihood: FamilyLikelihood, entry: Any, first: Predictor, second: Predictor, r: int) -> np.ndarray:
    """Sum over rows of an entry times the outer product of two predictors' columns; `(r, q1, q2)`."""
    if second.columns is None:
        return _against(likelihood, entry, first, r)[:, :, None]
    if first.columns is None:
        return _against(likelihood, entry, second, r)[:, None, :]
    weights = np.broadcast_to(entry, (r, likelihood.rows))
    total = np.zeros((r, first.size, second.size))
    for begin in range(0, likelihood.rows, ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        left, right = first.columns[rows].T, second.columns[rows]
        total += np.stack([(left * row) @ right for row in weights[:, rows]])
    return total
