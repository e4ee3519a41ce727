"""Parameter spaces, and the links that carry them onto the whole real line.

A space is an interval of the real line, or the whole numbers in one. A link is a smooth increasing map from the open
interval of a parameter onto the line; models move on the line (`eta`), families speak in the natural scale (`theta`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import special

from likelihood_kit.errors import ArgumentError, near_names

#: Links never return a value nearer to an end at zero, or larger, than these: their fourth powers, which the
#: derivatives of a log density hold, still neither underflow nor overflow.
SMALLEST = float(np.finfo(float).tiny ** 0.25)
LARGEST = 1 / SMALLEST


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
        return _link, (*self.ends, self.name)  # its functions are made on the spot


def _identity(low: float, high: float) -> Link:
    return Link("identity", lambda t: t, lambda e: e, lambda e, t: (np.ones_like(e), np.zeros_like(e)), "%s")


def _log(low: float, high: float) -> Link:
    smallest = np.nextafter(low, np.inf) if low else SMALLEST

    def inverse(eta: Any) -> Any:
        with np.errstate(over="ignore"):
            return np.minimum(np.maximum(np.exp(eta) + low, smallest), LARGEST)

    def slopes(eta: Any, theta: Any) -> tuple[Any, Any]:
        slope = theta - low if low else theta
        return slope, slope

    return Link("log", lambda t: np.log(t - low), inverse, slopes, rf"\log(%s - {low:g})" if low else r"\log %s")


def _mirrored_log(low: float, high: float) -> Link:
    def inverse(eta: Any) -> Any:
        with np.errstate(over="ignore"):
            return np.clip(high - np.exp(-eta), -LARGEST, np.nextafter(high, -np.inf))

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


#: An end of a space: a number, the name of a quantity, or a function of quantities, which are its arguments.
End = float | str | Callable[..., Any]


def _link(low: float, high: float, name: str) -> Link:
    return replace(_LINKS[bool(np.isfinite(low)), bool(np.isfinite(high))][name](low, high), ends=(low, high))


@dataclass(frozen=True)
class Space:
    """Interval `(low, high)` of the real line, open unless `closed`; or the whole numbers from low to high.

    Where the space is a support, an end may be the name of a quantity, or a function of quantities by their names.
    """

    low: End = -np.inf
    high: End = np.inf
    closed: tuple[bool, bool] = (False, False)
    whole: bool = False
    name: str = field(default="Real()", compare=False)

    def __repr__(self) -> str:
        return f"lk.{self.name}"

    def ends(self, values: Mapping[str, Any] | None = None) -> tuple[Any, Any]:
        """Both ends, numbers or arrays, at the `values` of the quantities that they depend on, by name."""
        return _at(self.low, values or {}), _at(self.high, values or {})

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Names of the quantities with which an end moves."""
        return tuple(dict.fromkeys((*_names(self.low), *_names(self.high))))

    @property
    def numbers(self) -> tuple[float, float]:
        """Both ends where they are numbers; infinite where they move."""
        low = -np.inf if _names(self.low) else float(self.low)  # type: ignore[arg-type]
        return low, np.inf if _names(self.high) else float(self.high)  # type: ignore[arg-type]

    def at(self, values: Mapping[str, Any]) -> Space:
        """The same space with numbers for the ends that these values of quantities determine."""
        low, high = (
            float(_at(end, values)) if _names(end) and all(name in values for name in _names(end)) else end
            for end in (self.low, self.high)
        )
        return replace(self, low=low, high=high)

    def contains(self, values: Any, quantities: Mapping[str, Any] | None = None) -> Any:
        """Which of the values lie in the space; False for NaN; boolean array of the broadcast shape."""
        values = np.asarray(values, dtype=float)
        low, high = self.ends(quantities)
        above = values >= low if self.closed[0] else values > low
        below = values <= high if self.closed[1] else values < high
        inside = above & below & np.isfinite(values)
        return inside & (values == np.floor(values)) if self.whole else inside

    def link(self, name: str | None = None) -> Link:
        """Link onto the real line: the default one, or by name.

        Raises
        ------
        ArgumentError
            For a name that the space does not know.
        """
        low, high = self.numbers
        known = _LINKS[np.isfinite(low), np.isfinite(high)]
        if name is None:
            name = next(iter(known))
        if not isinstance(name, str) or name not in known:
            raise ArgumentError(f"link {name!r} does not fit the space {self!r}: {near_names(name, known)}")
        return _link(low, high, name)

    @property
    def latex(self) -> str:
        r"""Set notation, such as `(0, \infty)`."""
        low, high = _latex_end(self.low), _latex_end(self.high)
        if not self.whole:
            return f"{'[' if self.closed[0] else '('}{low}, {high}{']' if self.closed[1] else ')'}"
        if not isinstance(self.low, (int, float)) or self.low == -np.inf:
            first = low
        elif isinstance(self.high, (int, float)) and self.high - self.low == 1:
            return rf"\{{{low}, {high}\}}"
        else:
            first = f"{low}, {_latex_end(self.low + 1)}"
        return rf"\{{{first}, \ldots\}}" if self.high == np.inf else rf"\{{{first}, \ldots, {high}\}}"


def _names(end: End) -> tuple[str, ...]:
    """Names of the quantities that an end depends on."""
    if isinstance(end, str):
        return (end,)
    return tuple(inspect.signature(end).parameters) if callable(end) else ()


def _at(end: End, values: Mapping[str, Any]) -> Any:
    if isinstance(end, str):
        return values[end]
    return end(*(values[name] for name in _names(end))) if callable(end) else end


def _latex_end(end: End) -> str:
    if isinstance(end, str):
        return rf"\mathrm{{{end}}}"
    if callable(end):
        name = getattr(end, "__name__", "end").replace("<lambda>", "end").replace("_", r"\_")
        return rf"\mathrm{{{name}}}({', '.join(_latex_end(name) for name in _names(end))})"
    if np.isinf(end):
        return r"\infty" if end > 0 else r"-\infty"
    return f"{end:g}"


@dataclass(frozen=True)
class Known:
    """A quantity of a formula that is never estimated: given for each row, or held fixed.

    Attributes
    ----------
    space : Space
        Its values.
    """

    space: Space


@dataclass(frozen=True)
class Observed:
    """A further column of the response of a formula.

    Attributes
    ----------
    space : Space
        Its values.
    """

    space: Space


def Real() -> Space:
    """The whole real line; default link identity."""
    return Space(name="Real()")


def Positive() -> Space:
    """The numbers greater than zero; default link log."""
    return Space(low=0.0, name="Positive()")


def UnitInterval() -> Space:
    """The numbers between zero and one, both excluded; default link logit."""
    return Space(low=0.0, high=1.0, name="UnitInterval()")


def Interval(low: End, high: End, *, closed: tuple[bool, bool] | None = None) -> Space:
    """The numbers between low and high.

    Parameters
    ----------
    low, high : float, str or callable
        Ends; in a support also the name of the quantity that is this end, or a function of quantities that gives it,
        whose arguments are their names.
    closed : pair of bool, optional
        Whether each end belongs to it. By default an end that is named does, another does not.
    """
    if closed is None:
        closed = (isinstance(low, str), isinstance(high, str))
    _check_ends("Interval", low, high)
    return Space(low, high, closed, name=f"Interval({_text(low)}, {_text(high)})")


def Integers(low: End, high: End) -> Space:
    """The whole numbers from low to high, both included; `np.inf` for no end, a name for a quantity that is one."""
    _check_ends("Integers", low, high, least=0.0)
    for argument, end in (("low", low), ("high", high)):
        if isinstance(end, (int, float, np.number)) and np.isfinite(end) and end != int(end):
            raise ArgumentError(f"Integers: {argument} = {end} is no whole number")
    return Space(low, high, (True, True), whole=True, name=f"Integers({_text(low)}, {_text(high)})")


def _check_ends(name: str, low: End, high: End, least: float = np.finfo(float).tiny) -> None:
    """Refuse ends that are no numbers, names or functions, or out of order."""
    for argument, end in (("low", low), ("high", high)):
        number = isinstance(end, (int, float, np.number)) and not isinstance(end, bool) and not np.isnan(end)
        if not (number or isinstance(end, str) or callable(end)):
            raise ArgumentError(f"{name}: {argument} = {end!r} is no number, name of a quantity, or function of them")
    if not _names(low) and not _names(high) and not high - low >= least:  # type: ignore[operator]
        raise ArgumentError(f"{name}: low = {low} is not below high = {high}")


def _text(end: End) -> str:
    return getattr(end, "__name__", repr(end)) if callable(end) else str(end)
