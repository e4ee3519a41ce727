"""Numbers as text prints them, in plain ASCII: the one place that chooses digits.

A number is given to the digits that its standard error supports: no digit is noise, and none that matters is lost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

#: Significant digits of a standard error, after Cole (2015), *Arch. Dis. Child.* 100, 608-609; one more for later use.
ERROR_DIGITS = 3
#: Significant digits of a Monte Carlo standard error: it is itself known to a few percent only.
MCSE_DIGITS = 2
#: Significant digits of a number without a standard error.
DIGITS = 4
#: Numbers from 10^6 on or below 10^-4 are written with a power of ten.
LARGEST_EXPONENT, SMALLEST_EXPONENT = 6, -4
#: Decimals beyond which a table column is written with powers of ten, and by which one error may exceed another's need.
MOST_DECIMALS = 7


def exponent(value: float) -> int:
    """Power of ten of the leading digit; 0 for zero and for what is not finite."""
    return math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0


def decimals_for(error: float, digits: int = ERROR_DIGITS) -> int:
    """Decimals that show `digits` significant digits of an error; at least 0."""
    return max(digits - 1 - exponent(error), 0)


def significant(value: float, digits: int = DIGITS) -> str:
    """A number to some significant digits.

    >>> [significant(x) for x in (2.0, 0.0123456, 1234567.0, 1e-9, float("nan"))]
    ['2.000', '0.01235', '1.235e+06', '1.000e-09', 'nan']
    """
    if not math.isfinite(value):
        return str(value)
    size = exponent(float(f"{value:.{digits - 1}e}"))
    if value and not SMALLEST_EXPONENT <= size < LARGEST_EXPONENT:
        return f"{value:.{digits - 1}e}"
    return fixed(value, max(digits - 1 - size, 0))


def fixed(value: float, decimals: int) -> str:
    """A number to some decimals, without a minus sign on zero.

    >>> fixed(-0.0001, 2), fixed(float("nan"), 2)
    ('0.00', 'nan')
    """
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def shortest(value: float) -> str:
    """A number that someone chose (a truth, a fixed value, a level), in as few digits as it has, at most six.

    >>> [shortest(x) for x in (2.0, 0.95, 1e7)]
    ['2', '0.95', '1e+07']
    """
    return f"{value:g}"


def counted(count: float) -> str:
    """A number of things, thousands apart.

    >>> [counted(n) for n in (62, 2608.0, 12.5)]
    ['62', '2,608', '12.5']
    """
    return f"{count:,.0f}" if count == math.floor(count) else f"{count:,}"


def in_bytes(count: float) -> str:
    """A number of bytes in the unit that it is of the order of.

    >>> [in_bytes(n) for n in (800, 3.2e9, 8e13)]
    ['800 bytes', '3.2 GB', '80 TB']
    """
    for power, unit in ((15, "PB"), (12, "TB"), (9, "GB"), (6, "MB")):
        if count >= 10**power:
            return (
                f"{count / 10**power:,.3g} {unit}" if count < 10 ** (power + 3) else f"{count / 10**power:.1e} {unit}"
            )
    return f"{count:,.0f} bytes"


def percent(fraction: float, decimals: int | None = None, *, signed: bool = False) -> str:
    """A fraction in percent: as few digits as it has, or some decimals; with `signed` a plus sign on a gain.

    >>> percent(0.95), percent(0.0301, 1), percent(0.0301, 1, signed=True)
    ('95 %', '3.0 %', '+3.0 %')
    """
    text = shortest(100 * fraction) if decimals is None else fixed(100 * fraction, decimals)
    return f"{'+' if signed and fraction >= 0 else ''}{text} %"


def powered(value: float, digits: int = MCSE_DIGITS) -> str:
    """A number of which only its size matters, with a power of ten.

    >>> powered(2.04e-14)
    '2.0e-14'
    """
    return f"{value:.{digits - 1}e}"


def with_error(values: Sequence[float], error: float) -> list[str]:
    """Numbers that share a standard error (an estimate, the error itself, the ends of an interval), to its digits.

    >>> with_error([2.82611, 1.26294, 0.35078], error=1.26294)
    ['2.83', '1.26', '0.35']
    """
    if not math.isfinite(error) or error == 0:
        return [significant(value) for value in values]
    decimals = decimals_for(error)
    if _needs_powers(values, decimals):
        smallest_place = exponent(error) - ERROR_DIGITS + 1
        return [significant(value, max(exponent(value) - smallest_place + 1, 1)) for value in values]
    return [fixed(value, decimals) for value in values]


def with_mcse(values: Sequence[float], errors: Sequence[float]) -> list[str]:
    """Column of numbers with their Monte Carlo standard errors in parentheses, all to the same decimals.

    >>> with_mcse([0.51234, 0.20345], [0.0123, 0.0051])
    ['0.5123 (0.0123)', '0.2034 (0.0051)']
    """
    known = [error for error in errors if math.isfinite(error) and error > 0]
    if not known:
        return [significant(value) for value in values]
    decimals = min(decimals_for(min(known), MCSE_DIGITS), decimals_for(max(known), MCSE_DIGITS) + 1)
    if _needs_powers(values, decimals):
        pairs = zip(values, errors, strict=True)
        return [f"{significant(value)} ({powered(error)})" for value, error in pairs]
    cells = []
    for value, error in zip(values, errors, strict=True):
        text = fixed(value, decimals)
        cells.append(f"{text} ({fixed(error, decimals)})" if math.isfinite(error) else text)
    return cells


def _needs_powers(values: Sequence[float], decimals: int) -> bool:
    """Whether a column of numbers to so many decimals is too wide, or has a number too large, for plain ones."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return decimals > MOST_DECIMALS or exponent(largest) >= LARGEST_EXPONENT
