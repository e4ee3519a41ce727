"""From derivatives per row to the log likelihood of a parameter vector, once for every model and every study.

Coordinates: `theta` are the law's natural parameters, `eta` their images under the links. The maximiser moves in
`working`: for each free parameter in order its `eta` where nothing predicts it, the coefficients of its `eta` where
something does. The user sees `params`: the same, but the natural value where nothing predicts. Sizes: n rows, p law
parameters, k entries of working or params, r samples, axes in the order (r, n).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from likelihood_kit._numerics import lower_pairs, mirror_lower
from likelihood_kit.calculus import CaseKernels, Kernels
from likelihood_kit.identical import agree, keeps_digits, means_of_statistics, totals
from likelihood_kit.predictor import Predictor, blocks, natural_values, values_alone
from likelihood_kit.sample import Sample, block, gram, taken


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Log likelihood of a law over samples, as a function of working `(r, k)`.

    Attributes
    ----------
    kernels : Kernels
    sample : Sample
        Of r samples, or of one that serves a batch of parameter vectors.
    predictors : tuple of Predictor, for the free parameters in order
    held : dict of position to number or (1, n) array
        Parameters of the kernel that are fixed, or given for each row.
    on_statistics : bool
        Whether sufficient statistics may stand for the rows.
    """

    kernels: Kernels
    sample: Sample
    predictors: tuple[Predictor, ...]
    held: Mapping[int, Any] = field(default_factory=dict)
    on_statistics: bool = True

    @cached_property
    def parts(self) -> tuple[Likelihood, ...]:
        """Likelihoods of the rows of each case of the kernels, which add up to this one.

        Empty where there is but one formula, or many samples, whose rows cannot be told apart once for all.
        """
        if not self.kernels.cases or self.sample.size > 1:
            return ()
        return tuple(part for case in self.kernels.cases if (part := self._part(case)) is not None)

    def _part(self, case: CaseKernels) -> Likelihood | None:
        chosen = self.sample.rows_with(case.column, case.value)
        if not chosen.size:
            return None
        part = replace(self.row_subset(chosen), kernels=case.kernels)
        sample = replace(part.sample, columns={name: part.sample.columns[name] for name in case.data})
        return replace(part, sample=sample.compressed() if part.identical else sample)

    @cached_property
    def free(self) -> tuple[int, ...]:
        """Positions of the free parameters among the kernel's."""
        return tuple(i for i in range(len(self.predictors) + len(self.held)) if i not in self.held)

    @cached_property
    def places(self) -> list[slice]:
        """Place of each predictor's entries in the parameter vector."""
        return blocks(self.predictors)

    @cached_property
    def pairs(self) -> list[tuple[int, int, int]]:
        """Pairs (i, j), i >= j, of free parameters, and the place of their Hessian entry among the kernel's."""
        place = {pair: at for at, pair in enumerate(lower_pairs(len(self.predictors) + len(self.held)))}
        return [(i, j, place[self.free[i], self.free[j]]) for i, j in lower_pairs(len(self.predictors))]

    @cached_property
    def identical(self) -> bool:
        """Whether all parameters are the same for all rows."""
        return all(predictor.columns is None for predictor in self.predictors) and all(
            np.ndim(value) == 0 for value in self.held.values()
        )

    @cached_property
    def hoisted(self) -> tuple[Any, ...]:
        """What the kernel computes of the data alone, `(r, n)` each, or numbers."""
        return self.kernels.rows.hoist(*self.sample.columns.values())

    @cached_property
    def statistics(self) -> tuple[Any, ...] | None:
        """Means of the sufficient statistics, `(r, 1)` each; None where there are none or they are not to be used."""
        if self.kernels.statistics is None or not self.on_statistics or not self.identical:
            return None
        return means_of_statistics(self.kernels, self.sample, len(self.predictors) + len(self.held))

    @cached_property
    def plain_statistics(self) -> list[float] | None:
        """The same of one sample, in plain numbers."""
        return None if self.statistics is None else [float(np.ravel(mean)[0]) for mean in self.statistics]

    def take(self, index: np.ndarray) -> Likelihood:
        """The likelihood of the samples `index` of the batch; itself where one sample serves the whole batch."""
        columns = (*self.sample.columns.values(), self.sample.frequencies)
        if all(np.ndim(column) == 0 or len(column) == 1 for column in columns):
            return self
        chosen = replace(self, sample=self.sample.take(index))
        for name in ("hoisted", "statistics"):
            if self.__dict__.get(name) is not None:
                chosen.__dict__[name] = tuple(taken(part, index) for part in self.__dict__[name])
        return chosen

    def row_subset(self, chosen: np.ndarray) -> Likelihood:
        """The likelihood of the rows `chosen`."""
        return replace(
            self,
            sample=self.sample.row_subset(chosen),
            predictors=tuple(predictor.row_subset(chosen) for predictor in self.predictors),
            held={i: value[:, chosen] if np.ndim(value) else value for i, value in self.held.items()},
        )

    def trusted(self, working: np.ndarray) -> Likelihood:
        """The likelihood, on the rows if its statistics lose digits there, as for a mean of 1e8 and a spread of 1."""
        if self.parts:
            chosen = replace(self)
            chosen.__dict__["parts"] = tuple(part.trusted(working) for part in self.parts)
            return chosen
        if self.statistics is None or self.kernels.statistics is self.kernels.rows:
            return self
        on_rows = self
        kept = keeps_digits(self, values_alone(self.predictors, working))
        return self if kept or agree(self, on_rows := replace(self, on_statistics=False), working) else on_rows

    # Totals over the rows

    def value(self, working: np.ndarray) -> np.ndarray:
        """Log likelihood, `(r,)`; -inf outside the parameter space and where it is not a number."""
        with np.errstate(all="ignore"):
            if self.identical:
                theta, inside = natural_values(self.predictors, [working[:, place] for place in self.places])
                return _valid(totals(self, theta, derivatives=False)[0], inside, len(working))
            if self.parts:
                return functools.reduce(np.add, (part.value(working) for part in self.parts))
            total, inside = np.zeros(len(working)), np.ones(len(working), dtype=bool)
            for lines, rows in self.sample.blocks(len(working), self.places[-1].stop):
                theta, here = natural_values(self.predictors, self._eta(working[lines], rows))
                value = self.kernels.rows.value(self._block(lines, rows), *self.operands(theta, rows))  # type: ignore[misc]
                total[lines] += np.ravel(self.sample.total(value, lines, rows))
                inside[lines] &= True if here is None else here
            return _valid(total, inside, len(working))

    def derivatives(self, working: np.ndarray, *, natural: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log likelihood `(r,)`, its score `(r, k)` and its Hessian `(r, k, k)`.

        In working coordinates; with `natural` in those of `params`.
        """
        r, k = working.shape
        with np.errstate(all="ignore"):
            if self.identical:
                return self._identical_derivatives(working, natural)
            if self.parts:
                every = [part.derivatives(working, natural=natural) for part in self.parts]
                return tuple(functools.reduce(np.add, totals) for totals in zip(*every, strict=True))
            total, inside = np.zeros(r), np.ones(r, dtype=bool)
            score, hessian = np.zeros((r, k)), np.zeros((r, k, k))
            for lines, rows in self.sample.blocks(r, k):
                eta = self._eta(working[lines], rows)
                theta, here = natural_values(self.predictors, eta)
                value, *entries = self.kernels.rows.derivatives(  # type: ignore[misc]
                    self._block(lines, rows), *self.operands(theta, rows)
                )
                total[lines] += np.ravel(self.sample.total(value, lines, rows))
                inside[lines] &= True if here is None else here
                self._accumulate(score, hessian, entries, self._slopes(eta, theta, natural), lines, rows)
        mirror_lower(hessian)
        return _valid(total, inside, r), score, hessian

    def _identical_derivatives(self, working: np.ndarray, natural: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r, k = working.shape
        eta = [working[:, place] for place in self.places]
        theta, inside = natural_values(self.predictors, eta)
        slopes = self._slopes(eta, theta, natural)
        value, first, second = totals(self, theta, derivatives=True)
        score, hessian = np.empty((r, k)), np.empty((r, k, k))
        scores, curvatures = self.chained(first, second, slopes)
        for i, entry in enumerate(scores):
            score[:, i] = _flat(entry)
        for (i, j, _), entry in zip(self.pairs, curvatures, strict=True):
            hessian[:, i, j] = hessian[:, j, i] = _flat(entry)
        return _valid(value, inside, r), score, hessian

    @property
    def is_single(self) -> bool:
        """Whether this is one likelihood of parameters that are the same for all rows, and their derivatives known."""
        if self.parts:
            return all(part.is_single for part in self.parts)
        known = self.statistics is not None or self.kernels.rows.products is not None
        return known and self.sample.size == 1 and self.identical

    def _accumulate(
        self,
        score: np.ndarray,
        hessian: np.ndarray,
        entries: Sequence[Sequence[Any]],
        slopes: Sequence[tuple[Any, Any]],
        lines: slice,
        rows: slice,
    ) -> None:
        """Add a block's rows to the score `(r, k)` and the lower blocks of the Hessian `(r, k, k)`."""
        first, second = entries
        scores, curvatures = self.chained(first, second, slopes)
        for i, entry in enumerate(scores):
            score[lines, self.places[i]] += self._against(entry, i, lines, rows)
        for (i, j, _), entry in zip(self.pairs, curvatures, strict=True):
            hessian[lines, self.places[i], self.places[j]] += self._outer(entry, i, j, lines, rows)

    def chained(
        self, first: Sequence[Any], second: Sequence[Any], slopes: Sequence[tuple[Any, Any]]
    ) -> tuple[list[Any], list[Any]]:
        """Scores in the linear predictors, one for each free parameter, and Hessian entries, one for each of `pairs`.

        With `d`, `d2` the first two derivatives of theta in eta: the score in eta is `s d`, the Hessian
        `h_ij d_i d_j`, plus `s_i d2_i` on its diagonal; columns of a design then enter as in a linear model.
        """
        scores = [first[self.free[i]] * slope for i, (slope, _) in enumerate(slopes)]
        curvatures = []
        for i, j, place in self.pairs:
            entry = second[place] * slopes[i][0] * slopes[j][0]
            curvatures.append(entry + first[self.free[i]] * slopes[i][1] if i == j else entry)
        return scores, curvatures

    def _against(self, entry: Any, i: int, lines: slice, rows: slice) -> Any:
        """Total over a block's rows of an entry times a predictor's columns, `(r, q)`."""
        columns = self.predictors[i].columns
        if columns is None:
            return np.reshape(self.sample.total(entry, lines, rows), (-1, 1))
        return self.sample.weighted(entry, lines, rows) @ columns[rows]

    def _outer(self, entry: Any, i: int, j: int, lines: slice, rows: slice) -> Any:
        """Total over a block's rows of an entry times the outer product of two predictors' columns, `(r, q1, q2)`."""
        left, right = self.predictors[i].columns, self.predictors[j].columns
        if right is None:
            return self._against(entry, i, lines, rows)[:, :, None]
        if left is None:
            return self._against(entry, j, lines, rows)[:, None, :]
        cut = left[rows]
        return gram(self.sample.weighted(entry, lines, rows), cut, cut if left is right else right[rows])

    # Rows

    def row_values(self, working: np.ndarray) -> np.ndarray:
        """Log density of each row at one working vector `(k,)`, without its weight; `(n,)`."""
        with np.errstate(all="ignore"):
            theta, inside = natural_values(self.predictors, self._eta(working[None], slice(None)))
            value = self.kernels.rows.value(self.hoisted, *self.operands(theta, slice(None)))  # type: ignore[misc]
        value = np.broadcast_to(value, (1, self.sample.rows))[0]
        return np.where(inside is None or inside[0], value, -np.inf)

    def row_scores(self, working: np.ndarray, *, natural: bool = False) -> np.ndarray:
        """Score of each row at one working vector `(k,)`, without its weight; `(n, k)`.

        With `natural` in the coordinates of `params`.
        """
        found = np.empty((self.sample.rows, len(working)))
        with np.errstate(all="ignore"):
            for lines, rows in self.sample.blocks(1):
                eta = self._eta(working[None], rows)
                theta, _ = natural_values(self.predictors, eta)
                hoisted, operands = self._block(lines, rows), self.operands(theta, rows)
                _, score, _ = self.kernels.rows.derivatives(hoisted, *operands)  # type: ignore[misc]
                for i, (slope, _) in enumerate(self._slopes(eta, theta, natural)):
                    column = np.reshape(score[self.free[i]] * slope, (-1, 1))
                    columns = self.predictors[i].columns
                    found[rows, self.places[i]] = column if columns is None else column * columns[rows]
        return found

    def row_entries(self, working: np.ndarray, *, natural: bool = False) -> tuple[list[Any], list[Any]]:
        """Scores and Hessian entries of each row in the linear predictors, at working `(r, k)`, without weights.

        One array `(r, n)`, or what broadcasts to it, for each free parameter, and for each pair of them (`pairs`). With
        `natural` in the natural value of what nothing predicts.
        """
        with np.errstate(all="ignore"):
            eta = self._eta(working, slice(None))
            theta, _ = natural_values(self.predictors, eta)
            operands = self.operands(theta, slice(None))
            _, first, second = self.kernels.rows.derivatives(self.hoisted, *operands)  # type: ignore[misc]
            return self.chained(first, second, self._slopes(eta, theta, natural))

    def expected_information(self, working: np.ndarray, per_row: np.ndarray) -> np.ndarray:
        """Expected information of the sample `(k, k)` in the coordinates of `params`, at working `(k,)`.

        Parameters
        ----------
        working : (k,)
        per_row : (1 or n, p, p)
            Of each row, in natural coordinates of the free parameters.
        """
        if self.identical and len(per_row.shape) == 3 and len(per_row) == 1:
            return per_row[0] * np.ravel(self.sample.weight)[0]
        eta = self._eta(working[None], slice(None))
        slopes = self._slopes(eta, natural_values(self.predictors, eta)[0], natural=True)
        result = np.zeros((1, len(working), len(working)))
        everything = slice(0, 1), slice(0, self.sample.rows)
        for i, j, _ in self.pairs:
            entry = np.atleast_2d(per_row[..., i, j]) * slopes[i][0] * slopes[j][0]
            result[:, self.places[i], self.places[j]] = self._outer(entry, i, j, *everything)
        mirror_lower(result)
        return result[0]

    def natural(self, working: np.ndarray) -> list[np.ndarray]:
        """Natural value of every free parameter at working `(r, k)`: `(r, 1)` or `(r, n)` each."""
        return natural_values(self.predictors, self._eta(working, slice(None)))[0]

    # Pieces

    def _eta(self, working: np.ndarray, rows: slice) -> list[np.ndarray]:
        return [p.linear(working[:, place], rows) for p, place in zip(self.predictors, self.places, strict=True)]

    def _block(self, lines: slice, rows: slice) -> tuple[Any, ...]:
        return tuple(block(part, lines, rows) for part in self.hoisted)

    def _slopes(self, eta: Sequence[np.ndarray], theta: Sequence[np.ndarray], natural: bool) -> list[tuple[Any, Any]]:
        return [
            (1.0, 0.0) if natural and predictor.columns is None else predictor.link.slopes(e, t)
            for predictor, e, t in zip(self.predictors, eta, theta, strict=True)
        ]

    def operands(self, theta: Sequence[Any], rows: slice) -> Sequence[Any]:
        """Operands of the kernel for some rows: the free parameters, and those that are held, in its order."""
        if not self.held:
            return theta
        values = {i: value[:, rows] if np.ndim(value) else value for i, value in self.held.items()}
        values.update(zip(self.free, theta, strict=True))
        return [values[position] for position in sorted(values)]


def _valid(total: Any, inside: np.ndarray | None, r: int) -> np.ndarray:
    total = np.broadcast_to(np.ravel(total), (r,))
    defined = ~np.isnan(total) if inside is None else inside & ~np.isnan(total)
    return np.where(defined, total, -np.inf)


def _flat(entry: Any) -> Any:
    return entry[:, 0] if np.ndim(entry) else entry
