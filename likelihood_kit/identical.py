"""Totals over the rows of what kernels compute, for parameters that are the same for all rows.

By sufficient statistics, where a law has some and they keep their digits; by the means of few products of each row,
where its derivatives are known; row by row elsewhere. In natural coordinates; the chain rule is `likelihood`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from likelihood_kit.calculus import Kernels
from likelihood_kit.sample import Sample

#: How far a likelihood on statistics may be from one on rows in scores and Hessians, in standard errors.
STATISTICS_AGREEMENT = 1e-10
#: The same for log likelihoods, absolute and relative to their size: less than the last step of a search gains.
VALUE_AGREEMENT = 1e-11
VALUE_ROUNDING = 32 * np.finfo(float).eps
#: Information of one observation on the logarithm of a parameter up to which the two are not compared: statistics then
#: lose two digits at most.
LITTLE_INFORMATION = 100.0
#: Samples on which the two are compared.
COMPARED = 4


class Summed(Protocol):
    """Log likelihood of samples whose parameters are the same for all rows, as its totals are made of it."""

    @property
    def parts(self) -> Sequence[Summed]:
        """Likelihoods of some of the rows each, which add up to this one; none where it is one of its own."""

    @property
    def kernels(self) -> Kernels:
        """Kernels of the log density."""

    @property
    def sample(self) -> Sample:
        """The rows."""

    @property
    def hoisted(self) -> tuple[Any, ...]:
        """What the kernel computes of the data alone."""

    @property
    def statistics(self) -> tuple[Any, ...] | None:
        """Means of the sufficient statistics, `(r, 1)` each; None where the rows are used."""

    @property
    def plain_statistics(self) -> list[float] | None:
        """The same of one sample, in plain numbers."""

    def operands(self, theta: Sequence[Any], rows: slice) -> Sequence[Any]:
        """Operands of the kernel for some rows, of natural values of the free parameters."""

    def derivatives(self, working: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log likelihood `(r,)`, its score `(r, k)` and its Hessian `(r, k, k)` at working `(r, k)`."""

    def take(self, index: np.ndarray) -> Summed:
        """The likelihood of the samples `index` of the batch."""


def means_of_statistics(kernels: Kernels, sample: Sample, parameters: int) -> tuple[Any, ...]:
    """Means of the sufficient statistics of samples, `(r, 1)` each, by kernels on them with so many parameters."""
    kernel: Any = kernels.statistics

    def products(columns: tuple[Any, ...]) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            hoisted = kernel.hoist(*columns)
            # They depend on the data alone, whatever the parameters.
            return kernel.products(hoisted, *[np.nan] * parameters)

    return tuple(sample.means(products, tuple(sample.columns.values()), ()))


def totals(likelihood: Summed, theta: Sequence[Any], *, derivatives: bool) -> Any:
    """Totals of value, scores and Hessian entries of a likelihood, `(r, 1)` each, or of the value alone.

    Parameters
    ----------
    likelihood : Likelihood
        Whose parameters are the same for all rows.
    theta : sequence of (r, 1) arrays
        Natural values of the free parameters.
    derivatives : bool
    """
    if likelihood.parts:
        return _added([totals(part, theta, derivatives=derivatives) for part in likelihood.parts])
    operands, weight = likelihood.operands(theta, slice(None)), likelihood.sample.weight
    # Which of its functions a kernel has goes with its kind.
    kernel: Any = likelihood.kernels.statistics
    means: Sequence[Any] | None = likelihood.statistics
    if means is None:
        kernel = likelihood.kernels.rows
        if kernel.products is None:
            return _by_rows(likelihood, operands, derivatives)
        products = kernel.products if derivatives else kernel.value_products
        means = tuple(likelihood.sample.means(products, likelihood.hoisted, operands))
    if not derivatives:
        return (weight * kernel.value_combine(means, *operands),)
    value, score, hessian = kernel.combine(means, *operands)
    return weight * value, [weight * entry for entry in score], [weight * entry for entry in hessian]


def plain_totals(likelihood: Summed, theta: Sequence[float]) -> tuple[float, list[float], list[float]]:
    """The same with derivatives, of one likelihood that `is_single`, in plain numbers."""
    if likelihood.parts:
        every = [plain_totals(part, theta) for part in likelihood.parts]
        score, hessian = (
            [sum(entries) for entries in zip(*(part[at] for part in every), strict=True)] for at in (1, 2)
        )
        return sum(part[0] for part in every), score, hessian
    operands = likelihood.operands(theta, slice(None))
    kernel: Any = likelihood.kernels.statistics
    means: Sequence[Any] | None = likelihood.plain_statistics
    if means is None:
        kernel = likelihood.kernels.rows
        of_rows = likelihood.sample.means(kernel.products, likelihood.hoisted, operands)
        means = [float(np.ravel(mean)[0]) for mean in of_rows]
    weight = float(np.ravel(likelihood.sample.weight)[0])
    value, score, hessian = kernel.combine(means, *operands)
    return weight * float(value), [weight * float(s) for s in score], [weight * float(h) for h in hessian]


def _by_rows(likelihood: Summed, operands: Sequence[Any], derivatives: bool) -> Any:
    kernel: Any = likelihood.kernels.rows
    p = len(operands)

    def flat(hoisted: tuple[Any, ...], *theta: Any) -> list[Any]:
        if not derivatives:
            return [kernel.value(hoisted, *theta)]
        value, score, hessian = kernel.derivatives(hoisted, *theta)
        return [value, *score, *hessian]

    value, *rest = likelihood.sample.totals(flat, likelihood.hoisted, operands)
    return value, rest[:p], rest[p:]


def _added(parts: Sequence[Sequence[Any]]) -> list[Any]:
    """Sums of totals of the same kind: of numbers and arrays, and entry by entry of lists of such."""
    return [
        [sum(entries) for entries in zip(*totals, strict=True)] if isinstance(totals[0], list) else sum(totals)
        for totals in zip(*parts, strict=True)
    ]


def keeps_digits(likelihood: Summed, theta: Sequence[Any]) -> bool:
    """Whether statistics lose few digits at natural values of the free parameters: numbers, or `(r, 1)`.

    The terms that cancel in them are of the size of the information on the logarithm of a parameter: the squared mean
    over the variance for a normal law, the shape for a gamma law.
    """
    kernel: Any = likelihood.kernels.statistics
    means = likelihood.plain_statistics if likelihood.sample.size == 1 else likelihood.statistics
    operands = likelihood.operands(theta, slice(None))
    try:
        _, _, hessian = kernel.combine(means, *operands)
    except ArithmeticError:
        return False
    with np.errstate(all="ignore"):
        told = [abs(hessian[i * (i + 3) // 2] * operand * operand) for i, operand in enumerate(operands)]
    return all(np.all(entry <= LITTLE_INFORMATION) if np.ndim(entry) else entry <= LITTLE_INFORMATION for entry in told)


def agree(likelihood: Summed, on_rows: Summed, working: np.ndarray) -> bool:
    """Whether a likelihood on statistics and that on the rows are the same at working `(r, k)`, but for rounding."""
    few = np.arange(len(working))[:COMPARED]
    one, other = (made.take(few).derivatives(working[few]) for made in (likelihood, on_rows))
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
