"""Links: smooth monotone maps from the open interval of a parameter onto the real line, or onto a part of it.

Models move on the line (`eta`), families speak in the natural scale (`theta`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

#: Links never return a value nearer to an end at zero, or larger, than these: their fourth powers, which the
#: derivatives of a log density hold, still neither underflow nor overflow.
SMALLEST = float(np.finfo(float).tiny ** 0.25)
LARGEST = 1 / SMALLEST
#: Beyond which its exponential is beyond the kit's range, and below that of floats.
LARGEST_EXPONENT = 500.0
#: Linear predictors of a link that knows a parameter for all of them.
LINE = (-np.inf, np.inf)


@dataclass(frozen=True)
class Link:
    """Smooth monotone map `theta -> eta`, with its inverse and the first two derivatives of the inverse.

    Attributes
    ----------
    name : str
    forward : callable
        `eta(theta)`, elementwise.
    inverse : callable
        `theta(eta)`, elementwise; stays inside the open interval also where rounding would reach its end. Of an `eta`
        outside the `image` it is no value of the parameter, or NaN.
    slopes : callable
        `slopes(eta, theta) -> (d theta / d eta, d^2 theta / d eta^2)`, elementwise.
    latex : str
        The map, with `%s` for the parameter.
    image : (low, high)
        The linear predictors that are the image of a parameter.
    falls : bool
        Whether `eta` falls as the parameter grows.
    has_unit : bool
        Whether a step of `eta` has a unit, that of the parameter or a power of it, so that none is small in itself.
    ends : (low, high)
        The interval.
    """

    name: str
    forward: Callable[[Any], Any]
    inverse: Callable[[Any], Any]
    slopes: Callable[[Any, Any], tuple[Any, Any]]
    latex: str
    image: tuple[float, float] = LINE
    falls: bool = False
    has_unit: bool = False
    ends: tuple[float, float] = LINE

    def __reduce__(self) -> tuple[Any, ...]:
        return link_of, (*self.ends, self.name)  # its functions are made on the spot


def _identity(low: float, high: float) -> Link:
    def slopes(eta: Any, theta: Any) -> tuple[Any, Any]:
        return (1.0, 0.0) if isinstance(eta, float) else (np.ones_like(eta), np.zeros_like(eta))

    return Link("identity", lambda t: t, lambda e: e, slopes, "%s", image=(low, high), has_unit=True)


def _log(low: float, high: float) -> Link:
    smallest = float(np.nextafter(low, np.inf)) if low else SMALLEST

    def inverse(eta: Any) -> Any:
        if isinstance(eta, float) and abs(eta) < LARGEST_EXPONENT:
            return min(max(math.exp(eta) + low, smallest), LARGEST)
        return np.minimum(np.maximum(np.exp(np.minimum(eta, LARGEST_EXPONENT)) + low, smallest), LARGEST)

    def slopes(eta: Any, theta: Any) -> tuple[Any, Any]:
        slope = theta - low if low else theta
        return slope, slope

    return Link("log", lambda t: np.log(t - low), inverse, slopes, rf"\log(%s - {low:g})" if low else r"\log %s")


def _mirrored_log(low: float, high: float) -> Link:
    def inverse(eta: Any) -> Any:
        return np.clip(high - np.exp(np.minimum(-eta, LARGEST_EXPONENT)), -LARGEST, np.nextafter(high, -np.inf))

    def slopes(eta: Any, theta: Any) -> tuple[Any, Any]:
        return high - theta, theta - high

    return Link("log", lambda t: -np.log(high - t), inverse, slopes, rf"-\log({high:g} - %s)")


def _power(name: str, exponent: float, latex: str) -> Callable[[float, float], Link]:
    """Link `theta ** exponent` of the positive numbers, onto themselves.

    The canonical links of Gamma and inverse Gaussian laws among them: McCullagh and Nelder (1989), *Generalized Linear
    Models*, 2nd ed., table 2.1.
    """
    root = 1 / exponent

    def forward(theta: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.where(theta > 0, np.power(np.maximum(theta, 0.0), exponent), np.nan)[()]

    def inverse(eta: Any) -> Any:
        with np.errstate(all="ignore"):
            found = np.power(np.where(eta > 0, eta, np.nan), root)
        return np.minimum(np.maximum(found, SMALLEST), LARGEST)[()]

    def slopes(eta: Any, theta: Any) -> tuple[Any, Any]:
        # By theta alone, which is inside the kit's range where eta is not.
        first = root * np.power(theta, 1 - exponent)
        return first, (root - 1) * root * np.power(theta, 1 - 2 * exponent)

    def make(low: float, high: float) -> Link:
        return Link(name, forward, inverse, slopes, latex, image=(0.0, np.inf), falls=exponent < 0, has_unit=True)

    return make


def _onto_interval(
    name: str,
    to_line: Callable[[Any], Any],
    from_line: Callable[[Any], Any],
    density: Callable[[Any], Any],
    density_slope: Callable[[Any], Any],
    latex: str,
) -> Callable[[float, float], Link]:
    """Link of a bounded interval through a distribution function on the line."""

    def make(low: float, high: float) -> Link:
        width = high - low
        ends = np.nextafter(low, high) if low else SMALLEST, np.nextafter(high, low)
        return Link(
            name,
            lambda t: to_line((t - low) / width),
            lambda e: np.clip(low + width * from_line(e), *ends),
            lambda e, t: (width * density(e), width * density_slope(e)),
            latex,
        )

    return make


def _logistic_density(eta: Any) -> Any:
    return special.expit(eta) * special.expit(-eta)


def _normal_density(eta: Any) -> Any:
    return np.exp(-np.square(eta) / 2) / np.sqrt(2 * np.pi)


def _gumbel_density(eta: Any) -> Any:
    with np.errstate(over="ignore"):
        return np.exp(eta - np.exp(eta))


_logit = _onto_interval(
    "logit",
    special.logit,
    special.expit,
    _logistic_density,
    lambda e: -_logistic_density(e) * np.tanh(e / 2),
    r"\operatorname{logit} %s",
)
_probit = _onto_interval(
    "probit", special.ndtri, special.ndtr, _normal_density, lambda e: -e * _normal_density(e), r"\Phi^{-1}(%s)"
)
_cloglog = _onto_interval(
    "cloglog",
    lambda t: np.log(-np.log1p(-t)),
    lambda e: -np.expm1(-np.exp(np.minimum(e, 700.0))),
    _gumbel_density,
    lambda e: -np.expm1(np.minimum(e, 700.0)) * _gumbel_density(e),
    r"\log(-\log(1 - %s))",
)

#: Links by the kind of interval: the whole line, bounded below, bounded above, bounded. The first is the default.
_LINKS: Mapping[tuple[bool, bool], Mapping[str, Callable[[float, float], Link]]] = {
    (False, False): {"identity": _identity},
    (True, False): {"log": _log, "identity": _identity},
    (False, True): {"log": _mirrored_log, "identity": _identity},
    (True, True): {"logit": _logit, "probit": _probit, "cloglog": _cloglog, "identity": _identity},
}
#: Links of the positive numbers besides these.
_OF_POSITIVE: Mapping[str, Callable[[float, float], Link]] = {
    "inverse": _power("inverse", -1.0, r"1 / %s"),
    "inverse_squared": _power("inverse_squared", -2.0, r"1 / %s^2"),
    "sqrt": _power("sqrt", 0.5, r"\sqrt{%s}"),
}


def _links_of(low: float, high: float) -> Mapping[str, Callable[[float, float], Link]]:
    usual = _LINKS[bool(np.isfinite(low)), bool(np.isfinite(high))]
    return {**usual, **_OF_POSITIVE} if (low, high) == (0.0, np.inf) else usual


def known_links(low: float, high: float) -> tuple[str, ...]:
    """Names of the links of an interval, the default one first."""
    return tuple(_links_of(low, high))


def link_of(low: float, high: float, name: str) -> Link:
    """Link of an interval by its name, which is one of `known_links`."""
    return replace(_links_of(low, high)[name](low, high), ends=(low, high))
