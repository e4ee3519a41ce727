"""Samples of a law that has no sampler: by its quantile function, or numerical inversion of its density.

The inversion is that of Derflinger, Hörmann and Leydold (2010), in SciPy.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections import namedtuple
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_whole, locate_mass
from likelihood_kit._numerics.memory import check_memory_for
from likelihood_kit.errors import ArgumentError, DataError, LikelihoodKitError, NotAvailableError, shown
from likelihood_kit.families import declared_forms, fallbacks, integrable, operands
from likelihood_kit.families.handle import Handle
from likelihood_kit.families.law import Law

#: Probabilities at which an inverse that SciPy has doubts about is compared with the distribution function.
DOUBTED_AT = (0.01, 0.25, 0.5, 0.75, 0.99)
#: Error of a probability that no sample would show: a million draws have a standard error of 5e-4.
INVERSION_ERROR = 1e-6
#: Densities computed for an inverse, at most: smooth ones take some 20,000, one with a pole inside its support has no
#: end.
MOST_DENSITIES = 500_000

#: Bytes of a number, and so many of them that it is asked whether they fit into memory.
ITEM, LARGE = np.dtype(float).itemsize, 10**7


def draw(family: Handle, size: Any, rng: Any, theta: Mapping[str, Any]) -> Any:
    """Random sample of shape `size` at quantities by name; of a response of several columns a named tuple of such."""
    shape, generator = checked_size(size), checked_generator(rng)
    if rng is None:
        raise ArgumentError("rng = None: a sample is drawn with a numpy.random.Generator or a seed, sample(size, rng)")
    if math.prod(shape) >= LARGE:
        check_memory_for("size", math.prod(shape), ITEM)
    values = operands.checked(family, theta, "sample")
    for name, value in values.items():
        if value.ndim and not _fits(value.shape, shape):
            raise DataError(f"{name} of shape {value.shape} does not broadcast to a sample of size {shape}")
    law, canonical = family.law, operands.canonical(family, values)
    if "sample" in law.functions:
        operands.require(family, law.takes("sample"), values, "sample")
    drawn = sample(law, generator, size, canonical)
    return response(law.response, tuple(drawn[name] for name in law.response)) if law.observed else drawn


def checked_size(size: Any) -> tuple[int, ...]:
    """Shape of a sample.

    Raises
    ------
    ArgumentError
        For what is no whole number from 0 on, or tuple of such.
    """
    shape = size if isinstance(size, (tuple, list)) else (size,)
    if not all(is_whole(length) and length >= 0 for length in shape):
        swapped = "; the size comes first: sample(size, rng)" if isinstance(size, np.random.Generator) else ""
        raise ArgumentError(f"size = {shown(size)} is no whole number from 0 on, or tuple of such{swapped}")
    return tuple(int(length) for length in shape)


def checked_generator(rng: Any) -> np.random.Generator:
    """Generator of random numbers: itself, or a new one of a seed.

    Raises
    ------
    ArgumentError
        For what is neither.
    """
    # Asked for the kind first: some arrays are the end of the process in NumPy.
    if rng is None or isinstance(rng, (np.random.Generator, np.random.BitGenerator, np.random.SeedSequence)):
        return np.random.default_rng(rng)
    if not is_whole(rng) or rng < 0:
        raise ArgumentError(
            f"rng = {shown(rng)} is neither a numpy.random.Generator nor a seed, a whole number from 0 on"
        )
    return np.random.default_rng(int(rng))


def _fits(shape: tuple[int, ...], size: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, size) == size
    except ValueError:
        return False


def sample(
    law: Law, generator: np.random.Generator, size: int | tuple[int, ...], values: Mapping[str, np.ndarray]
) -> Any:
    """Random sample of a law; of several columns a dict of them.

    Raises
    ------
    NotAvailableError
        Without a sampler, for parameter arrays without a quantile function, or a density that cannot be inverted
        numerically.
    """
    if "sample" in law.functions:
        try:
            drawn = law.call("sample", (generator, size), values)
        except ValueError as error:
            if isinstance(error, LikelihoodKitError):
                raise
            raise NotAvailableError(f"{law.title} cannot be sampled at these parameters: {error}") from error
        declared_forms.require_true(law, "sample")
        return drawn
    fallbacks.one_column(law, "sampler")
    declared_forms.require_quantiles(law)
    if "ppf" in law.functions:
        drawn = law.call("ppf", (generator.random(size),), values)
        return drawn.astype(np.int64) if law.whole else drawn
    if any(np.ndim(value) for value in values.values()):
        raise NotAvailableError(f"{law.title} has no sampler for arrays of parameters; add sample(rng, size, ...)")
    if law.whole:
        return _whole_sample(law, generator, size, values)
    return _inverse(law, tuple((name, float(value)) for name, value in values.items())).ppf(generator.random(size))


class _EndlessError(Exception):
    """An inversion that does not come to an end."""


@lru_cache(maxsize=16)
def _inverse(law: Law, values: tuple[tuple[str, float], ...]) -> Any:
    """Numerical inverse of a distribution function; kept, since a study draws from one law many times."""
    from scipy.stats.sampling import NumericalInversePolynomial, UNURANError

    named = {name: np.asarray(value) for name, value in values}
    low, high = (float(end) for end in law.support.ends(named))
    density, operands = fallbacks.canonical_density(law, named)
    quartiles = locate_mass(density, np.asarray(low), np.asarray(high), operands)

    other_mass = fallbacks.other_mass(law, "sampler", quartiles[1], named)
    if other_mass:
        raise NotAvailableError(f"{law.title}: {other_mass}")
    computed = itertools.count()

    class Distribution:
        def logpdf(self, y: float) -> float:
            if next(computed) > MOST_DENSITIES:
                raise _EndlessError
            return float(density(np.asarray(y), *operands))

        def pdf(self, y: float) -> float:
            return float(np.exp(self.logpdf(y)))

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found = NumericalInversePolynomial(Distribution(), center=float(quartiles[1]), domain=(low, high))
        except (UNURANError, _EndlessError):
            found = None
    if found is None or (told and not _inverts(law, found, named)):
        where = ", ".join(f"{name} = {value:g}" for name, value in values)
        why = integrable.nan_inside(law, named) or (
            "it jumps, has no bound inside the support, or its tails are too heavy"
        )
        raise NotAvailableError(
            f"{law.title} has no sampler, and its density at {where} cannot be inverted numerically: {why}; add a "
            "static method sample(rng, size, ...) or ppf(q, ...) to the family"
        )
    return found


def _inverts(law: Law, inverse: Any, values: Mapping[str, np.ndarray]) -> bool:
    """Whether an inverse of the distribution function that SciPy has doubts about is one."""
    points = inverse.ppf(np.array(DOUBTED_AT))
    try:
        back = fallbacks.probability(law, "cdf", points, values)
    except NotAvailableError:
        return False
    return bool(np.all(np.abs(back - DOUBTED_AT) <= INVERSION_ERROR))


def _whole_sample(
    law: Law, generator: np.random.Generator, size: int | tuple[int, ...], values: Mapping[str, np.ndarray]
) -> np.ndarray:
    low, _ = law.support.ends(values)
    uniform = generator.random(size)
    largest = fallbacks.quantile(law, np.asarray(uniform.max(initial=0.0)), values)
    points = np.arange(float(low), float(largest) + 1)
    cumulative = fallbacks.probability(law, "cdf", points, values)
    return points[np.minimum(np.searchsorted(cumulative, uniform), len(points) - 1)].astype(np.int64)


def response(names: tuple[str, ...], columns: tuple[np.ndarray, ...]) -> Any:
    """Sample of a response of several columns: a named tuple of them, which pickles."""
    return _response_class(names)(*columns)


@lru_cache
def _response_class(names: tuple[str, ...]) -> Any:
    made: Any = namedtuple("Response", names)  # type: ignore[misc]

    def reduced(self: tuple[np.ndarray, ...]) -> tuple[Any, ...]:
        return response, (names, tuple(self))

    made.__reduce__ = reduced
    return made
