"""The function of `log_rising` as a SymPy function, for formulas that are traced."""

from __future__ import annotations

from typing import Any

import sympy

from likelihood_kit.calculus import functions


class log_rising(functions.Stable):
    """Derivative of an order, in the dispersion, of the sum of `log(1 + dispersion j)` over j below a count.

    The order is a constant, and the count a datum.
    """

    numpy_name = "log_rising"

    def fdiff(self, argindex: int = 2) -> Any:
        """Derivative in the dispersion: the next order."""
        y, dispersion, order = self.args
        if argindex != 2:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return log_rising(y, dispersion, order + 1)

    def plain(self) -> Any:
        """The same in gamma functions, which cancel where the dispersion is small."""
        y, dispersion, order = self.args
        a = sympy.Dummy("a", real=True)
        rising = sympy.loggamma(y + 1 / a) - sympy.loggamma(1 / a) + y * sympy.log(a)
        return sympy.diff(rising, a, order).xreplace({a: dispersion})

    def _latex(self, printer: Any, exp: Any = None) -> str:
        text = rf"\left({printer._print(self.plain())}\right)"
        return rf"{text}^{{{exp}}}" if exp else text
