"""Quadrature against a density, which comes as a function; sums where it lives on whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from likelihood_kit._numerics.location import Integrand, located
from likelihood_kit._numerics.summation import LEAST_MASS, sums
from likelihood_kit.errors import NotAvailableError

#: Relative error asked of each integral; tanh-sinh reaches it for analytic integrands with any endpoint behaviour.
QUADRATURE_RTOL = 1e-13
#: Levels of the grid at which tanh-sinh may first trust its error estimate, and gives up. At level 3 it reports 1e-15
#: and is wrong by 7e-10 for the upper tail of a Rayleigh law.
QUADRATURE_LEVELS = (5, 12)
#: Error of an integral, relative to the integral of the absolute value, beyond which it is not believed.
TRUSTED_ERROR = 1e-8
#: What bisection asks for, where an integrand jumps, and the intervals that it may take.
BISECTION_ERROR = 1e-12
BISECTIONS = 400
#: The status by which it says that rounding ended it.
ROUNDED = 2
#: Parts of the range at which it is cut beforehand: a median that was found but roughly leaves a jump at the true one
#: so near to an end that the first rule of 21 nodes has none between them, and sees none.
CUTS = (*(10.0**-k for k in range(8, 0, -1)), *(1 - 10.0**-k for k in range(1, 9)))
#: Interquartile ranges from the median within which an end of the support may hold mass of an unbounded density.
NEAR_END = 8.0
#: Distances, from the median towards an end, at which it is asked what lies beyond the last one that can be told apart.
PROBES = 48
#: Those of them, a factor of 1e6 apart, over which a fall far out is measured.
FALLING = 3
#: Logarithm of a mass that a factor too large for a number leaves without weight: the square of the smallest number.
NO_MASS = 2 * float(np.log(np.finfo(float).tiny))
#: Distance from an end, relative to that of the median, below which a density of exactly 0 is one that was rounded.
ABRUPT = 1e-8
#: Smallest distance from an end at zero, and largest from the median, that an integrand meets.
SMALLEST_DISTANCE, LARGEST_DISTANCE = 1e-300, 1e300

#: Integrands and log density as functions of the distance from an end, in place of y.
FromEnd = tuple[Sequence[Integrand], Integrand]


def expectations(
    integrands: Sequence[Integrand],
    log_density: Integrand,
    low: Any,
    high: Any,
    theta: Sequence[Any],
    *,
    whole: bool,
    part: bool = False,
    what: str = "the expectation",
    from_end: Callable[[int], FromEnd | None] | None = None,
    trusted: float = TRUSTED_ERROR,
) -> list[np.ndarray]:
    """Expectations of functions of y under a density.

    Parameters
    ----------
    integrands : sequence of callables
        Each `g(y, *theta)`, elementwise.
    log_density : callable
        `log f(y, *theta)`, elementwise.
    low, high : float or arrays
        Ends of the support.
    theta : sequence of arrays
        Parameters, of one broadcast shape `(...)`.
    whole : bool
        True for a law on the whole numbers.
    part : bool
        Whether low and high hold but a part of the mass, beyond the mode: a sum then ends where its terms vanish.
    what : str
        Name of the quantity, in messages.
    from_end : callable, optional
        `from_end(side)`, of -1 for the lower end and 1 for the upper: the same functions of the distance from that
        end, or None; asked where the density has a pole at an end that is not 0: y itself cannot tell how near it is.
    trusted : float
        Error of an integral, relative to the integral of the absolute value, beyond which it is refused.

    Returns
    -------
    list of arrays, each `(...)`

    Raises
    ------
    NotAvailableError
        Where an integral does not converge to `trusted`, or a sum does not converge.
    """
    *theta, low, high = np.broadcast_arrays(*theta, low, high)
    low, high = low.astype(float), high.astype(float)
    if whole:
        return sums(integrands, log_density, low, high, theta, 0.0 if part else LEAST_MASS, what)
    return _integrals(integrands, log_density, low, high, theta, what, from_end, trusted)


def _integrals(
    integrands: Sequence[Integrand],
    log_density: Integrand,
    low: np.ndarray,
    high: np.ndarray,
    theta: list[np.ndarray],
    what: str,
    from_end: Callable[[int], FromEnd | None] | None,
    trusted: float,
) -> list[np.ndarray]:
    quartiles, mass = located(log_density, low, high, theta, what)
    scales = [_scale(integrand, quartiles, mass, theta) for integrand in integrands]
    totals = [np.zeros(low.shape) for _ in integrands]
    for sign in (-1, 1):
        side = _Side(sign, low if sign < 0 else high, quartiles[1], quartiles[2] - quartiles[0])
        side, functions = _resolved(
            side, (low, high), (integrands, log_density), theta, scales, what, from_end, trusted
        )
        for place, (integrand, scale) in enumerate(zip(functions[0], scales, strict=True)):
            totals[place] = totals[place] + side.integral(integrand, functions[1], theta, scale, what, trusted)
    return totals


def _resolved(
    side: _Side,
    ends: tuple[np.ndarray, np.ndarray],
    functions: FromEnd,
    theta: Sequence[np.ndarray],
    scales: Sequence[np.ndarray],
    what: str,
    from_end: Callable[[int], FromEnd | None] | None,
    trusted: float,
) -> tuple[_Side, FromEnd]:
    """The side, in a variable in which all of its mass can be told apart, and the functions of that variable."""
    lost = _lost(side, functions, theta, scales, trusted)
    if not lost.any():
        return side, functions
    for sign in (side.sign, -side.sign):
        end = ends[(sign + 1) // 2]
        found = from_end(sign) if from_end is not None and np.isfinite(end).all() and np.any(end) else None
        if found is not None:
            turned = side.seen_from(sign, end)
            if not _lost(turned, found, theta, scales, trusted).any():
                return turned, found
    raise NotAvailableError(_why_lost(what, float(side.end[lost].flat[0]), trusted))


@dataclass(frozen=True, eq=False)
class _Side:
    """The support from its median to one end, and the variable t >= 0 in which it is integrated.

    From an end that is near, t is the distance from it, since that of a pole must not be rounded; from elsewhere t
    is the distance from the median, in interquartile ranges, so that the nodes meet the mass wherever it lies, and
    `1 / t - 1` is where there is no end.

    Attributes
    ----------
    sign : int
        -1 below the median, 1 above.
    end, middle, width : arrays `(...)`
    pole : bool
        Whether the distance from the end counts, however far it is.
    """

    sign: int
    end: np.ndarray
    middle: np.ndarray
    width: np.ndarray
    pole: bool = False

    def seen_from(self, sign: int, end: np.ndarray) -> _Side:
        """The same side in terms of the distance from an end, the lower one for sign -1, the upper one for 1."""
        own = sign == self.sign
        return _Side(-sign * self.sign, sign * (end - self.end), sign * (end - self.middle), self.width, own)

    @property
    def length(self) -> np.ndarray:
        """From the median to the end."""
        return self.sign * (self.end - self.middle)

    def variable(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Origin and unit of y in terms of t, the largest t, and whether `1 / t - 1` stands for it."""
        endless = np.isinf(self.end)
        near = ~endless & ((self.length < NEAR_END * self.width) | self.pole)
        origin = np.where(near, self.end, self.middle)
        with np.errstate(all="ignore"):
            unit = np.where(near, -self.sign * self.length, self.sign * self.width)
            reach = np.where(near | endless, 1.0, self.length / self.width)
        return origin, unit, reach, endless

    def integral(
        self,
        integrand: Integrand,
        log_density: Integrand,
        theta: Sequence[np.ndarray],
        scale: np.ndarray,
        what: str,
        trusted: float,
    ) -> np.ndarray:
        """Integral of integrand and density over the side."""
        from scipy.integrate import tanhsinh

        origin, unit, reach, endless = self.variable()

        def weighted(
            t: np.ndarray, origin: np.ndarray, unit: np.ndarray, endless: np.ndarray, *theta: np.ndarray
        ) -> np.ndarray:
            with np.errstate(all="ignore"):
                y = origin + unit * np.where(endless, 1 / t - 1, t)
                # The logarithm of the slope of 1 / t: its square would overflow half way to the largest number.
                density = np.exp(log_density(y, *theta) + np.log(np.abs(unit)) - np.where(endless, 2 * np.log(t), 0.0))
                product = integrand(y, *theta) * density
            # A node that rounds onto an end of the support, or so far out that the density vanishes, adds nothing.
            return np.where((density > 0) & np.isfinite(product), product, 0.0)

        args = (origin, unit, endless, *theta)
        with np.errstate(all="ignore"):
            found = tanhsinh(
                weighted,
                0.0,
                reach,
                args=args,
                rtol=QUADRATURE_RTOL,
                atol=np.finfo(float).tiny,
                minlevel=QUADRATURE_LEVELS[0],
                maxlevel=QUADRATURE_LEVELS[1],
            )
            poor = ~(found.error <= trusted * (scale + np.abs(found.integral)))
        return _again_where(poor, found.integral, weighted, reach, args, scale, what, trusted)


def _scale(integrand: Integrand, quartiles: np.ndarray, mass: np.ndarray, theta: Sequence[np.ndarray]) -> np.ndarray:
    """Order of magnitude of the integral of the absolute value: a cancelling integral is itself no measure of it.

    At least so large that the error that is trusted is a number with all its digits.
    """
    with np.errstate(all="ignore"):
        size = np.nan_to_num(np.abs(integrand(quartiles, *theta)), nan=0.0, posinf=0.0)
    return np.maximum((size + np.zeros(quartiles.shape)).max(axis=0) * mass, np.finfo(float).tiny / TRUSTED_ERROR)


def _lost(
    side: _Side, functions: FromEnd, theta: Sequence[np.ndarray], scales: Sequence[np.ndarray], trusted: float
) -> np.ndarray:
    """Where too much lies nearer to an end, or farther out, than numbers can tell; `(...)` of bool."""
    distance, y, spacing = _probes(side)
    operands = [t[..., None] for t in theta]
    lost = np.zeros(side.end.shape, dtype=bool)
    with np.errstate(all="ignore"):
        # In logarithms: far out a mass may be too small for a number, and what it is multiplied with too large for one.
        mass = functions[1](y, *operands) + np.log(distance)
        for integrand, scale in zip(functions[0], scales, strict=True):
            logs = np.log(np.abs(integrand(y, *operands))) + mass
            size = np.exp(np.where((mass > NO_MASS) | np.isfinite(logs), logs, -np.inf)) + np.zeros(distance.shape)
            size = np.where(size < np.finfo(float).tiny, 0.0, size)  # of few digits: quotients tell of any exponent
            lost |= ~(_unresolved(distance, size, spacing, np.isinf(side.end)) <= trusted * scale)
    return lost


def _probes(side: _Side) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances `(..., PROBES)` towards an end, the arguments there, and how far apart numbers lie at the end."""
    finite = np.isfinite(side.end)
    zero = side.end == 0
    with np.errstate(all="ignore"):
        spacing = np.where(finite & ~zero, np.spacing(np.abs(np.where(finite, side.end, 1.0))), 0.0)
        first = np.where(finite, side.length, side.width)
        last = np.where(finite, np.where(zero, SMALLEST_DISTANCE, 2 * spacing), LARGEST_DISTANCE)
        # Nothing to tell where the side itself is no longer than the last distance.
        last = np.where(finite, np.minimum(last, first), np.maximum(last, first))
        share = np.linspace(0.0, 1.0, PROBES)
        distance = np.exp(np.log(first)[..., None] * (1 - share) + np.log(last)[..., None] * share)
        end, middle = side.end[..., None], side.middle[..., None]
        y = np.where(finite[..., None], end - side.sign * distance, middle + side.sign * distance)
        told = np.where(finite[..., None], np.abs(y - end), distance)
    return told, y, spacing


def _unresolved(distance: np.ndarray, size: np.ndarray, spacing: np.ndarray, endless: np.ndarray) -> np.ndarray:
    """Integral beyond the last distance, `(...)`, and what rounding of the distances costs before it.

    `size` is the absolute integrand times the distance: a power of it near an end, so that its integral from there on
    is the size over the exponent. With exponent 1 the integrand is constant there, and rounding costs nothing.
    """
    # Where rounding takes a distance for none, the density is 0 or infinite at once.
    abrupt = (size == 0) & (distance < ABRUPT * distance[..., :1]) & ~endless[..., None]
    usable = np.logical_and.accumulate(np.isfinite(size) & ~abrupt, axis=-1)
    count = usable.sum(axis=-1)
    with np.errstate(all="ignore"):
        steps = np.diff(np.log(distance), axis=-1)
        exponents = np.diff(np.log(size), axis=-1) / steps
        bends = np.where(np.isfinite(exponents), np.minimum(np.abs(exponents - 1), 1.0), 1.0)
        last = np.maximum(count - 1, 0)[..., None]
        here, exponent, bend = (
            np.take_along_axis(part, np.clip(place, 0, part.shape[-1] - 1), axis=-1)[..., 0]
            for part, place in ((size, last), (exponents, last - 1), (bends, last - 1))
        )
        # Far out a size may be what rounding leaves, and now and then 0: fallen has the largest from where it was none.
        largest = np.maximum.accumulate(np.where(usable, size, 0.0)[..., ::-1], axis=-1)[..., ::-1]
        seen = np.maximum.accumulate(np.where(usable & (size > 0), np.arange(size.shape[-1]), 0), axis=-1)
        before = np.take_along_axis(seen, np.maximum(last - FALLING, 0), axis=-1)
        fall, way = (
            np.log(np.take_along_axis(part, before, axis=-1) / np.take_along_axis(part, last, axis=-1))[..., 0]
            for part in (largest, distance)
        )
        exponent = np.where(endless, -fall / way, exponent)
        rest = np.where(here == 0, 0.0, np.where(exponent > 0, here / exponent, np.inf))
        # At 0 the rest is none unless the exponent is small, and at infinity it is infinite unless the bend is 1.
        rest = rest * bend
        rounded = np.where(usable, size / distance, 0.0)[..., 1:] * bends * np.abs(steps)
    return np.where(count > 0, rest, np.inf) + spacing * np.nan_to_num(rounded).sum(axis=-1) / 2


def _why_lost(what: str, end: float, trusted: float) -> str:
    """Why an integral is refused of which too much lies beyond what numbers can tell apart."""
    if not np.isfinite(end) or end == 0:
        return f"{what} does not exist, or its integral does not converge to {trusted:g}"
    return (
        f"{what} cannot be had by quadrature: the density has a pole at {end:g}, and too much of the integral lies "
        "nearer to it than floating-point numbers tell apart; write log_density in functions that can be traced "
        "(NumPy, scipy.special), or add a closed form to the family"
    )


def _again_where(
    poor: np.ndarray,
    integral: np.ndarray,
    function: Integrand,
    reach: np.ndarray,
    args: Sequence[np.ndarray],
    scale: np.ndarray,
    what: str,
    trusted: float,
) -> np.ndarray:
    """Integrals from 0 to reach, those that are poor anew by bisection, which a jump within the range needs."""
    from scipy.integrate import quad_vec

    integral, poor = np.array(integral), np.asarray(poor)
    for where in map(tuple, np.argwhere(poor)):
        here, size = [part[where] for part in args], float(scale[where])
        # Without extrapolation, which takes the halves of a jump for a series that it may sum.
        found, error, info = quad_vec(
            lambda t, here=here: float(function(np.asarray(t), *here)), 0.0, float(reach[where]),
            points=[float(reach[where]) * cut for cut in CUTS],
            epsabs=BISECTION_ERROR * size, epsrel=BISECTION_ERROR, limit=BISECTIONS, full_output=True,
        )  # fmt: skip
        # Where rounding alone went wrong (a status of 2) that is forgiven, if the error is small enough.
        if (info.success or info.status == ROUNDED) and error <= trusted * (size + abs(found)):
            integral[where] = found
        else:
            raise NotAvailableError(f"{what} does not exist, or its integral does not converge to {trusted:g}")
    return integral
