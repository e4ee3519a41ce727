"""A log density in more digits than a double has, to tell how many of them a formula loses where it is evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from likelihood_kit.calculus.formula import Formula, by_sympy, expression_of
from likelihood_kit.errors import FormulaError, TraceError

#: Decimal digits beside those that a formula may lose: a double's sixteen, and as many for what it adds up.
DIGITS = 32
#: What it may lose are those of terms as large as the square of an operand or of its inverse.
POWER = 2


@dataclass(frozen=True)
class InMoreDigits:
    """A formula evaluated in as many digits as it takes, at the doubles that it is given."""

    formula: Formula

    @cached_property
    def _function(self) -> Callable[..., Any] | None:
        try:
            return _compiled(self.formula)
        except (TraceError, FormulaError):
            return None

    def __call__(self, columns: Mapping[str, np.ndarray], theta: Sequence[np.ndarray]) -> np.ndarray | None:
        """Log density of m rows, `(m,)`; None where the formula has no symbolic form, or not in more digits.

        Parameters
        ----------
        columns : dict of name to (m,)
            Response and what is known of each row.
        theta : sequence of (m,) arrays
            In the order of the formula's names.
        """
        import mpmath

        names = self.formula.data
        if self._function is None or any(name not in columns for name in names):
            return None
        operands = np.abs(np.concatenate([*(columns[name] for name in names), *theta]))
        sizes = np.log10(operands[np.isfinite(operands) & (operands > 0)])
        digits = DIGITS + POWER * int(np.ceil(np.abs(sizes).max(initial=0.0)))
        try:
            with mpmath.workdps(digits):
                rows = zip(*(columns[name] for name in names), *theta, strict=True)
                values = [self._function(*map(mpmath.mpf, map(float, row))) for row in rows]
                return np.array([float(value) if mpmath.isfinite(value) else math.nan for value in values])
        except Exception:  # whatever a formula of the user's raises in another arithmetic: nothing is known then
            return None


@by_sympy
def _compiled(formula: Formula) -> Callable[..., Any]:
    import mpmath
    import sympy

    from likelihood_kit.calculus.latex import textbook
    from likelihood_kit.calculus.trace import symbol

    functions = {
        "logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
        "betaln": lambda a, b: mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b),
        "ndtr": mpmath.ncdf,
        "log_ndtr": lambda x: mpmath.log(mpmath.ncdf(x)),
        "absolute": abs,
        "sign": mpmath.sign,
    }
    arguments = [symbol(name) for name in (*formula.data, *formula.names)]
    return sympy.lambdify(arguments, textbook(expression_of(formula), ()), modules=[functions, "mpmath"])
