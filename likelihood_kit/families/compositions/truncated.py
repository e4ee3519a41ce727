r"""Truncated laws.

What lies outside the ends `low` and `high` is not observed at all; the ends belong to what is kept. The log density is
that of the law less the logarithm of the mass between the ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from likelihood_kit._numerics import is_number
from likelihood_kit.calculus import DATUM
from likelihood_kit.errors import ArgumentError, NotAvailableError, shown
from likelihood_kit.families import declared_forms, fallbacks
from likelihood_kit.families.compositions.part import (
    checked_part,
    density_of,
    kept,
    log_difference,
    over,
    refuse_others,
    with_support,
)
from likelihood_kit.families.family import Family
from likelihood_kit.families.law import Law, with_signature
from likelihood_kit.families.tails import Tail, tail_of
from likelihood_kit.parameters import Space

#: What a truncated law keeps: the law of which it is a part, and its ends.
_WITHIN = ("truncated",)


def truncated(family: Family, *, low: float | None = None, high: float | None = None, **others: Any) -> Family:
    """The family between two ends, which belong to what is kept.

    Parameters
    ----------
    family : Family
        Its coordinates, links and fixed values are kept.
    low, high : float, optional
        Ends, in the units of the response; none by default.

    Raises
    ------
    ArgumentError
        For ends that are no numbers, out of order, or that leave nothing of the support.
    NotAvailableError
        For a law whose support moves with a parameter.

    Examples
    --------
    >>> from likelihood_kit.families import Exponential
    >>> family = truncated(Exponential(), low=1.0)
    >>> family.log_density([0.5, 2.0], scale=2.0)
    array([       -inf, -1.19314718])
    """
    refuse_others("truncated", others, {"low": ("lower", "left", "minimum"), "high": ("upper", "right", "maximum")})
    law = checked_part(family, "truncated")
    held = {name: value for name, value in family.fixed.items() if name in law.known}
    law = with_support(law, law.support.at(held))
    support, low_end, high_end = _ends(law, low, high)
    if _WITHIN in law.kept_answers:
        # Between two pairs of ends is between the inner ones of the part itself: nested, each tail would ask the next
        # one within for two, and ten of them for a thousand.
        law, first, last = law.kept_answers[_WITHIN]
        low_end, high_end = (first if low_end is None else low_end), (last if high_end is None else high_end)
        low, high = low_end, high_end
    composed = kept(
        law,
        ("truncated", low, high),
        lambda: _truncated(law, support, low_end, high_end, _pattern(law, low, high)),
    )
    composed.kept_answers[_WITHIN] = law, low_end, high_end
    return over(family, composed)


def _pattern(law: Law, low: float | None, high: float | None) -> str:
    ends = ", ".join(f"{name}={value:g}" for name, value in (("low", low), ("high", high)) if value is not None)
    return f"truncated({law.pattern}, {ends})"


def _truncated(law: Law, support: Space, low: float | None, high: float | None, pattern: str) -> Law:
    between = _Between(law, low, high)
    density = density_of(law)
    quantities = tuple(law.quantities)

    def log_density(y: Any, *operands: Any) -> Any:
        values = dict(zip(quantities, operands, strict=True))
        return density(y, values) - between.log_mass(values)

    return replace(
        law,
        pattern=pattern,
        log_density=with_signature(log_density, (DATUM, *quantities)),
        support=support,
        functions=_functions(law, between, support),
        theorems=(),
        origin="",
        opaque={**law.opaque, **between.opaque},
    )


def _ends(law: Law, low: Any, high: Any) -> tuple[Space, float | None, float | None]:
    """Support that is left, and the ends that cut something off."""
    if law.support.depends_on:
        raise NotAvailableError(f"truncated: the support of {law.title} moves with {', '.join(law.support.depends_on)}")
    for name, end in (("low", low), ("high", high)):
        if end is not None and not (is_number(end) and np.isfinite(float(end))):
            raise ArgumentError(f"truncated: {name} = {shown(end)} is not a finite number; leave it out for no end")
    if low is None and high is None:
        raise ArgumentError("truncated needs low=, high= or both")
    least, most = law.support.numbers
    if law.whole:
        low, high = (None if low is None else np.ceil(low)), (None if high is None else np.floor(high))
    low = None if low is None or low < least or (low == least and (law.whole or law.support.closed[0])) else float(low)
    high = (
        None if high is None or high > most or (high == most and (law.whole or law.support.closed[1])) else float(high)
    )
    begin, end = least if low is None else low, most if high is None else high
    if not (begin <= end if law.whole else begin < end):
        raise ArgumentError(f"truncated: nothing of the support of {law.title} lies between low and high")
    kind = "Integers" if law.whole else "Interval"
    closed = law.support.closed[0] or low is not None, law.support.closed[1] or high is not None
    return replace(law.support, low=begin, high=end, closed=closed, name=f"{kind}({begin:g}, {end:g})"), low, high


class _Between:
    """Mass of a law between two ends, either of which may be missing."""

    def __init__(self, law: Law, low: float | None, high: float | None) -> None:
        self.law, self.high = law, high
        # The largest value that is cut off below: for whole numbers the one before.
        self.low = None if low is None else low - 1 if law.whole else low
        self.survival: Tail | None = None if low is None else tail_of(law, "log_survival")
        self.below: Tail | None = None if high is None else tail_of(law, "log_cdf")

    @property
    def opaque(self) -> dict[str, Callable[..., Any]]:
        """What the trace of the tails holds by name."""
        return {name: f for tail in (self.survival, self.below) if tail is not None for name, f in tail.opaque.items()}

    def log_mass(self, values: Any) -> Any:
        """Logarithm of the mass between the ends."""
        if self.survival is None and self.below is None:
            return 0.0
        if self.below is None:
            return self.survival(self.low, values)  # type: ignore[misc]
        if self.survival is None:
            return self.below(self.high, values)
        return self.log_between(self.low, self.high, values)

    def log_between(self, low: Any, high: Any, values: Any) -> Any:
        """Logarithm of P(low < Y <= high), by the tail on whose side it lies."""
        survival, below = self.survival or tail_of(self.law, "log_survival"), self.below or tail_of(self.law, "log_cdf")
        above, under = survival(low, values), below(high, values)
        return np.where(
            above < under,
            log_difference(above, survival(high, values)),
            log_difference(under, below(low, values)),
        )


def _functions(law: Law, between: _Between, support: Space) -> dict[str, Any]:
    """Closed forms of the truncated law."""
    quantities = tuple(law.quantities)
    found: dict[str, Any] = {}

    def by_name(function: Callable[[Any, dict[str, Any]], Any]) -> Any:
        def positional(y: Any, *operands: Any) -> Any:
            return function(y, dict(zip(quantities, operands, strict=True)))

        return with_signature(positional, (DATUM, *quantities))

    def log_survival(y: Any, values: dict[str, Any]) -> Any:
        """P(Y > y) of what lies beyond y and below the upper end."""
        if between.below is None:
            return between.survival(y, values) - between.log_mass(values)  # type: ignore[misc]
        return between.log_between(y, between.high, values) - between.log_mass(values)

    def log_cdf(y: Any, values: dict[str, Any]) -> Any:
        if between.survival is None:
            return between.below(y, values) - between.log_mass(values)  # type: ignore[misc]
        return between.log_between(between.low, y, values) - between.log_mass(values)

    if between.survival is not None or between.below is not None:
        found = {"log_survival": by_name(log_survival), "log_cdf": by_name(log_cdf)}
    declared_forms.require_true(law, "ppf", "cdf")
    if "ppf" in law.functions and ("cdf" in law.functions or between.low is None):
        found["ppf"] = by_name(_quantile(law, between, support, dict(found)))
    for name in ("start", "method_of_moments"):
        if name in law.functions and "start" not in found:
            found["start"] = law.functions[name]
    return found


def _quantile(law: Law, between: _Between, support: Space, tails: dict[str, Any]) -> Callable[..., Any]:
    """Quantile function of what is kept: that of the law, shifted by what is cut off below.

    Where nearly all of the law is cut off below, `P(Y <= low)` is 1 but for rounding; there the distribution function
    of what is kept, which has all its digits, is inverted.
    """
    kept_law = replace(law, support=support, functions=tails)

    def ppf(q: Any, values: dict[str, Any]) -> Any:
        if between.low is None:
            return law.call("ppf", (q * np.exp(between.log_mass(values)),), values)
        begin, log_mass = law.call("cdf", (between.low,), values), between.log_mass(values)
        found = np.asarray(law.call("ppf", (begin + q * np.exp(log_mass),), values), dtype=float)
        beyond = np.exp(between.survival(between.low, values))  # type: ignore[misc]
        far = np.broadcast_to(beyond < fallbacks.SMALLEST_COMPLEMENT, found.shape)
        if not far.any():
            return found
        names = [name for name in law.quantities if name in values]
        q, *given = np.broadcast_arrays(q, *(values[name] for name in names))
        inverted = fallbacks.inverted(kept_law, q[far], dict(zip(names, (g[far] for g in given), strict=True)))
        found = found.copy()
        found[far] = inverted
        return found

    return ppf
