"""Links: smooth increasing maps from the open interval of a parameter onto the real line.

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


@dataclass(frozen=True)
class Link:
    """Smooth increasing map `theta -> eta`, with its inverse and the first two derivatives of the inverse.

    Attributes
    ----------
    name : str
    forward : callable
        `eta(theta)`, elementwise.
    inverse : callable
        `theta(eta)`, elementwise; stays inside the open interval also where rounding would reach its end.
    slopes : callable
        `slopes(eta, theta) -> (d theta / d eta, d^2 theta / d eta^2)`, elementwise.
    latex : str
        The map, with `%s` for the parameter.
    ends : (low, high)
        The interval.
    """

    name: str
    forward: Callable[[Any], Any]
    inverse: Callable[[Any], Any]
    slopes: Callable[[Any, Any], tuple[Any, Any]]
    latex: str
    ends: tuple[float, float] = (-np.inf, np.inf)

    def __reduce__(self) -> tuple[Any, ...]:
        return link_of, (*self.ends, self.name)  # its functions are made on the spot


def _identity(low: float, high: float) -> Link:
    def slopes(eta: Any, theta: Any) -> tuple[Any, Any]:
        return (1.0, 0.0) if isinstance(eta, float) else (np.ones_like(eta), np.zeros_like(eta))

    return Link("identity", lambda t: t, lambda e: e, slopes, "%s")


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


def known_links(low: float, high: float) -> tuple[str, ...]:
    """Names of the links of an interval, the default one first."""
    return tuple(_LINKS[bool(np.isfinite(low)), bool(np.isfinite(high))])


def link_of(low: float, high: float, name: str) -> Link:
    """Link of an interval by its name, which is one of `known_links`."""
    return replace(_LINKS[bool(np.isfinite(low)), bool(np.isfinite(high))][name](low, high), ends=(low, high))
