"""A sample as a value: what was observed, what is known of each row, and how much each row counts.

This is the only place that sums over rows. Arrays are `(r, n)`, the rows of each of r samples, or `(1, n)`, one sample
that serves a whole batch of parameter vectors; what is the same for all rows is a number or `(r, 1)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

#: Values of an intermediate array, 256 KB: with a few others it stays in a processor's second cache.
BLOCK = 2**15
#: Rows of a block, at least: fewer would spend their time in the interpreter.
SHORTEST_BLOCK = 2**12
#: Counts are replaced by values and frequencies if their range is at most this part of the number of rows: a sample
#: that does not shrink tenfold is not worth the pass.
COMPRESSION = 0.1
#: Rows of which so few must be distinct before all are sorted.
PROBED = 1024


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows of r samples.

    Attributes
    ----------
    columns : dict of name to array `(r, n)` or `(1, n)`, or number
        The response first, then further columns of it and known quantities.
    rows : int
        n, the rows that are held.
    frequencies : (r, n) or (1, n) array, optional
        Observations that each row stands for.
    sampling : (1, n) array, optional
        Weight of each observation in a pseudo-likelihood: the reciprocal of its probability of being sampled.
    """

    columns: Mapping[str, Any]
    rows: int
    frequencies: np.ndarray | None = None
    sampling: np.ndarray | None = None

    @classmethod
    def of(cls, columns: Mapping[str, Any], **weights: Any) -> Sample:
        """The sample of columns `(n,)`, `(r, n)` or numbers, with weights `(n,)`."""
        wide = {name: _wide(column) for name, column in columns.items()}
        rows = max((column.shape[-1] for column in wide.values() if np.ndim(column)), default=1)
        return cls(wide, rows, **{name: None if w is None else _wide(w) for name, w in weights.items()})

    @cached_property
    def weights(self) -> np.ndarray | None:
        """Weight of each row in a total, `(r, n)` or `(1, n)`; None where all are 1."""
        if self.frequencies is None or self.sampling is None:
            return self.sampling if self.frequencies is None else self.frequencies
        return self.frequencies * self.sampling

    @cached_property
    def size(self) -> int:
        """Samples that are held, r."""
        return max((len(part) for part in (*self.columns.values(), self.frequencies) if np.ndim(part)), default=1)

    @cached_property
    def count(self) -> Any:
        """Observations of each sample: a number, or `(r, 1)`."""
        return float(self.rows) if self.frequencies is None else self.frequencies.sum(axis=-1, keepdims=True)

    @cached_property
    def weight(self) -> Any:
        """Total weight of each sample: a number, or `(r, 1)`."""
        return float(self.rows) if self.weights is None else self.weights.sum(axis=-1, keepdims=True)

    def take(self, index: np.ndarray) -> Sample:
        """The samples `index` of the batch."""
        return replace(self, columns=_Taken.of(self.columns, index), frequencies=taken(self.frequencies, index))

    def row_subset(self, chosen: np.ndarray | slice) -> Sample:
        """The rows `chosen` of each sample."""
        columns = {name: _rows(column, chosen) for name, column in self.columns.items()}
        weights = _rows(self.frequencies, chosen), _rows(self.sampling, chosen)
        rows = len(range(self.rows)[chosen]) if isinstance(chosen, slice) else len(chosen)
        return Sample(columns, rows, *weights)

    def rows_with(self, name: str, value: float) -> np.ndarray:
        """Rows of the first sample that hold a value in a column, of those that stand for an observation, `(m,)`."""
        held = np.broadcast_to(self.columns[name], (1, self.rows))[0] == value
        return np.flatnonzero(held if self.frequencies is None else held & (self.frequencies[0] > 0))

    def compressed(self) -> Sample:
        """The same sample as distinct values with frequencies, where the one column that varies holds few of them."""
        varying = [name for name, column in self.columns.items() if np.ndim(column)]
        if len(varying) != 1 or self.sampling is not None or not self.rows:
            return self
        column = self.columns[varying[0]]
        if column.shape != (1, self.rows):
            return self
        weights = None if self.frequencies is None else self.frequencies[0]
        found = _counted(column[0], weights) or _repeated(column[0], weights)
        if found is None:
            return self
        values, frequencies = found
        return Sample({**self.columns, varying[0]: values[None]}, len(values), frequencies[None])

    def representative(self, most: int) -> Sample:
        """At most so many rows that are distributed as the whole, without weights; start values are found on them."""
        if self.weights is None and self.rows <= most:
            return self
        if self.weights is None:
            # At even distances: views, and the quantiles of rows that are in order.
            step = self.rows // most
            return self.row_subset(slice(step // 2, step * most, step))
        # Systematic sampling along the order of the response.
        response = next(iter(self.columns.values()))
        order = np.argsort(response[0], kind="stable")
        cumulative = np.cumsum(self.weights[0, order])
        places = (np.arange(most) + 0.5) / most * cumulative[-1]
        chosen = order[np.minimum(np.searchsorted(cumulative, places), self.rows - 1)]
        return Sample({name: _rows(column, chosen) for name, column in self.columns.items()}, most)

    # Sums over the rows

    def blocks(self, r: int, columns: int = 1) -> Iterator[tuple[slice, slice]]:
        """Samples and rows that are treated at once, so that arrays of so many columns stay in the cache."""
        width = min(self.rows, max(BLOCK // columns, SHORTEST_BLOCK))
        height = max(1, BLOCK // max(width, 1))
        for top in range(0, r, height):
            for left in range(0, self.rows, width):
                yield slice(top, min(top + height, r)), slice(left, min(left + width, self.rows))

    def totals(
        self, evaluate: Callable[..., Sequence[Any]], columns: Sequence[Any], theta: Sequence[Any]
    ) -> list[np.ndarray]:
        """Weighted totals over the rows, `(r, 1)` each, of what `evaluate(columns, *theta)` returns for a block."""
        r = max((len(part) for part in (*columns, *theta, self.weights) if np.ndim(part)), default=1)
        if r == 1 and self.rows <= BLOCK:
            return [np.reshape(self.total(entry), (1, 1)) for entry in evaluate(tuple(columns), *theta)]
        sums: list[np.ndarray] = []
        for lines, rows in self.blocks(r):
            entries = evaluate(
                tuple(block(part, lines, rows) for part in columns), *(block(value, lines, rows) for value in theta)
            )
            sums = sums or [np.zeros((r, 1)) for _ in entries]
            for total, entry in zip(sums, entries, strict=True):
                total[lines] += self.total(entry, lines, rows)
        return sums

    def means(
        self, evaluate: Callable[..., Sequence[Any]], columns: Sequence[Any], theta: Sequence[Any]
    ) -> list[np.ndarray]:
        """`totals` over the total weight."""
        return [total / self.weight for total in self.totals(evaluate, columns, theta)]

    def total(self, entry: Any, lines: slice = slice(None), rows: slice = slice(None)) -> Any:
        """Weighted total of an entry over a block of rows; `(r, 1)`, or a number."""
        weights = None if self.weights is None else block(self.weights, lines, rows)
        if np.ndim(entry) and entry.shape[-1] > 1:
            if weights is None:
                return np.add.reduce(entry, axis=-1, keepdims=True)
            return np.einsum("rn,rn->r", *np.broadcast_arrays(entry, weights))[:, None]
        if weights is not None:
            return entry * weights.sum(axis=-1, keepdims=True)
        return entry * len(range(*rows.indices(self.rows)))

    def weighted(self, entry: Any, lines: slice, rows: slice) -> np.ndarray:
        """An entry times the weights of its rows, `(r, m)` in full."""
        shape = lines.stop - lines.start, rows.stop - rows.start
        if self.weights is not None:
            entry = entry * block(self.weights, lines, rows)
        return np.broadcast_to(entry, shape)

    def outer_product(self, scores: np.ndarray, groups: np.ndarray | None = None) -> np.ndarray:
        """Total of `s s'` of the first sample, `(k, k)`, of the scores `(n, k)` of its rows or of sums of them.

        The square of a sampling weight counts, but a frequency only as often as it says.

        Parameters
        ----------
        scores : (n, k)
        groups : (n,) int array, optional
            Codes of clusters, whose scores are summed first.
        """
        if groups is not None:
            weighted = scores if self.weights is None else scores * self.weights[0][:, None]
            sums = np.zeros((int(groups.max()) + 1, scores.shape[1]))
            np.add.at(sums, groups, weighted)
            return sums.T @ sums
        if self.sampling is not None:
            scores = scores * self.sampling[0][:, None]
        if self.frequencies is not None:
            scores = scores * np.sqrt(self.frequencies[0])[:, None]
        return scores.T @ scores


class _Taken(Mapping):
    """Columns of some samples of a batch, copied when they are asked for: a search asks for what it hoisted alone."""

    def __init__(self, columns: Mapping[str, Any], index: np.ndarray) -> None:
        self._columns, self._index = columns, index

    @classmethod
    def of(cls, columns: Mapping[str, Any], index: np.ndarray) -> _Taken:
        """Columns of the samples `index`."""
        if isinstance(columns, cls):
            return cls(columns._columns, columns._index[index])
        return cls(columns, index)

    def __getitem__(self, name: str) -> Any:
        return taken(self._columns[name], self._index)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _counted(column: np.ndarray, weights: np.ndarray | None) -> tuple[np.ndarray, np.ndarray] | None:
    """Distinct values and their frequencies where they are whole numbers in a short range, in one pass."""
    rows = len(column)
    low, high = float(column.min()), float(column.max())
    if not (np.isfinite(low) and np.isfinite(high)) or not high - low <= COMPRESSION * rows:
        return None
    places = column.astype(np.intp)
    low = int(low) if not 0 <= low <= COMPRESSION * rows else 0
    if low:
        places -= low
    frequencies = np.bincount(places, weights=weights)
    if not np.array_equal(places if not low else places + low, column):
        return None  # not whole
    present = np.flatnonzero(frequencies)
    return low + present, frequencies[present].astype(float)


def _repeated(column: np.ndarray, weights: np.ndarray | None) -> tuple[np.ndarray, np.ndarray] | None:
    """Distinct values and their frequencies where few are repeated often, as at a limit of observation.

    Values are sorted only where the first of them promise it.
    """
    if len(np.unique(column[:PROBED])) > COMPRESSION * min(len(column), PROBED):
        return None
    values, places = np.unique(column, return_inverse=True)
    if len(values) > COMPRESSION * len(column) or np.isnan(values[-1]):
        return None
    frequencies = np.bincount(places, weights=weights).astype(float)
    return values[frequencies > 0], frequencies[frequencies > 0]


def gram(weights: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Total over rows of weight times the outer product of two designs' rows, `(r, q1, q2)`.

    Parameters
    ----------
    weights : (r, m)
    left, right : (m, q1), (m, q2)
        The same object where the result is symmetric: half of the work is then left out.
    """
    total = np.empty((len(weights), left.shape[1], right.shape[1]))
    for i, row in enumerate(weights):
        if left is right and row.size:
            low, high = row.min(), row.max()
            if low >= 0 or high <= 0:
                root = left * np.sqrt(np.abs(row))[:, None]
                # A product of an array with its own transpose is a symmetric update.
                total[i] = root.T @ root if low >= 0 else -(root.T @ root)
                continue
        total[i] = (left * row[:, None]).T @ right
    return total


def block(part: Any, lines: slice, rows: slice) -> Any:
    """Block of an array `(r, n)`, of one that has one row or one column for all, or a number as it is."""
    if not np.ndim(part):
        return part
    part = part[lines] if len(part) > 1 else part
    return part[:, rows] if part.shape[-1] > 1 else part


def taken(part: Any, index: np.ndarray) -> Any:
    """Samples `index` of an array `(r, n)`; itself where it serves all samples."""
    return part[index] if np.ndim(part) and len(part) > 1 else part


def _rows(part: Any, chosen: np.ndarray | slice) -> Any:
    return part[:, chosen] if np.ndim(part) and part.shape[-1] > 1 else part


def _wide(column: Any) -> Any:
    column = np.asarray(column, dtype=float)
    return float(column) if column.ndim == 0 else np.atleast_2d(column)
