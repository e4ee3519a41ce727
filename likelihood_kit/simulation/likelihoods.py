"""Likelihoods of all samples `(r, n)` of a chunk at once, on their rows or on the means of sufficient statistics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from likelihood_kit.calculus import Kernel
from likelihood_kit.families import Family
from likelihood_kit.maximise import DECREMENT
from likelihood_kit.regression import FamilyLikelihood, Predictor

#: How far the two may be apart in scores and Hessians, in standard errors: the accuracy of the maximiser's ends.
STATISTICS_AGREEMENT = 1e-10
#: The same for log likelihoods, absolute and relative: less than what the last step before the end still gains, or than
#: what the maximiser allows for rounding, so that its line search does not take the difference for a fall.
VALUE_AGREEMENT = DECREMENT**2 / 8
VALUE_ROUNDING = 32 * np.finfo(float).eps
#: Values of an intermediate array, 256 KB: with a few others it stays in a processor's second cache.
BLOCK = 2**15


def rows_likelihood(family: Family, samples: np.ndarray) -> FamilyLikelihood:
    """Likelihood of each sample, on its rows."""
    kernel = row_means(family.kernels.rows, samples.shape[1])
    return FamilyLikelihood(kernel, kernel.hoist(samples), samples.shape[1], *free_and_fixed(family))


def statistics_likelihood(family: Family, samples: np.ndarray) -> FamilyLikelihood | None:
    """Likelihood of each sample, on the means of its sufficient statistics; None where the family has none."""
    kernel = family.kernels.reduced
    if kernel is None:
        return None
    means = tuple(h.mean(axis=-1, keepdims=True) if np.ndim(h) else h for h in kernel.hoist(samples))
    return FamilyLikelihood(kernel, means, samples.shape[1], *free_and_fixed(family))


def row_means(kernel: Kernel, rows: int) -> Kernel:
    """The kernel with every entry as its mean over the rows, `(r, 1)`, for parameters that are the same for all rows.

    The rows are evaluated in blocks whose intermediate arrays stay in the processor's cache.
    """
    width = min(rows, BLOCK)
    height = max(1, BLOCK // width)

    def blockwise(evaluate: Callable[..., list[Any]], hoisted: tuple[Any, ...], *theta: Any) -> list[np.ndarray]:
        r = max((len(part) for part in (*hoisted, *theta) if np.ndim(part)), default=1)
        sums: list[np.ndarray] = []
        for top in range(0, r, height):
            lines = slice(top, top + height)
            values = [value[lines] if np.ndim(value) else value for value in theta]
            for left in range(0, rows, width):
                columns = slice(left, left + width)
                entries = evaluate(tuple(_cut(part, lines, columns) for part in hoisted), *values)
                sums = sums or [np.zeros((r, 1)) for _ in entries]
                for total, entry in zip(sums, entries, strict=True):
                    varies = np.ndim(entry) and entry.shape[-1] > 1
                    total[lines] += (
                        np.add.reduce(entry, axis=-1, keepdims=True) if varies else entry * min(width, rows - left)
                    )
        return [total / rows for total in sums]

    def value(hoisted: tuple[Any, ...], *theta: Any) -> np.ndarray:
        return blockwise(lambda *operands: [kernel.value(*operands)], hoisted, *theta)[0]

    def derivatives(hoisted: tuple[Any, ...], *theta: Any) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
        p = len(theta)

        def flat(*operands: Any) -> list[Any]:
            level, score, hessian = (kernel.means or kernel.derivatives)(*operands)
            return [level, *score, *hessian]

        level, *rest = blockwise(flat, hoisted, *theta)
        return level, tuple(rest[:p]), tuple(rest[p:])

    return Kernel(kernel.hoist, value, derivatives)


def _cut(part: Any, lines: slice, columns: slice) -> Any:
    """Block of a hoisted array `(r, n)`, or `(1, n)` where one sample serves the whole batch; a number as it is."""
    return part[lines if len(part) > 1 else slice(None), columns] if np.ndim(part) else part


def agree(statistics: FamilyLikelihood, rows: FamilyLikelihood, working: np.ndarray) -> bool:
    """Whether statistics give what the rows give: they do not where data far from zero cancel (Normal, mean 1e8)."""
    one, other = statistics.derivatives(working), rows.derivatives(working)
    with np.errstate(all="ignore"):
        scale = 1 / np.sqrt(np.abs(np.einsum("rii->ri", other[2])))
        apart = (
            np.abs(one[0] - other[0]) / (VALUE_AGREEMENT + VALUE_ROUNDING * (1 + np.abs(other[0]))),
            np.abs(one[1] - other[1]) * scale / STATISTICS_AGREEMENT,
            np.abs(one[2] - other[2]) * scale[:, :, None] * scale[:, None, :] / STATISTICS_AGREEMENT,
        )
    # Samples without a likelihood of either kind (all values equal, say) say nothing.
    usable = np.isfinite(one[0]) | np.isfinite(other[0])
    return all(bool(np.all(distance[usable] <= 1)) for distance in apart)


def free_and_fixed(family: Family) -> tuple[tuple[Predictor, ...], tuple[tuple[int, float], ...]]:
    """Predictors of the free parameters, the same for all rows, and positions and values of the fixed ones."""
    predictors = (
        Predictor(name, family.spaces[name], family.links[name], None, (name,)) for name in family.parameter_names
    )
    fixed = ((i, family.fixed[name]) for i, name in enumerate(family.coordinate_names) if name in family.fixed)
    return tuple(predictors), tuple(fixed)
