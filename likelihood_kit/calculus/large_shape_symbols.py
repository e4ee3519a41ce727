"""The functions of `large_shape` as SymPy functions, for formulas that are traced."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Integer

from likelihood_kit.calculus import functions

#: Operand of a function that is differentiated before it is put in.
_U = sympy.Dummy("u", real=True)


class log_excess(functions.Stable):
    """`y / mean - 1 - log(y / mean)`; the third argument says how exactly it is wanted."""

    numpy_name = "log_excess"

    def fdiff(self, argindex: int = 1) -> Any:
        """Derivative in an argument, counted from 1."""
        y, mean, _ = self.args
        return {1: (y - mean) / (y * mean), 2: (mean - y) / mean**2, 3: Integer(0)}[argindex]

    def _eval_rewrite_as_separable(self) -> Any:
        y, mean, _ = self.args
        return y / mean - 1 - sympy.log(y / mean)


class stirling_remainder(functions.Stable):
    """Derivative of an order of `log Gamma(a) - a log(a) + a`; the order is a constant."""

    numpy_name = "stirling_remainder"

    def fdiff(self, argindex: int = 1) -> Any:
        """Derivative in an argument, counted from 1."""
        shape, order = self.args
        if argindex == 2:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return stirling_remainder(shape, order + 1)

    def _eval_rewrite_as_separable(self) -> Any:
        shape, order = self.args
        if order == 0:
            return functions.gammaln(shape) - shape * sympy.log(shape) + shape
        logarithm = sympy.log(shape) if order == 1 else sympy.diff(sympy.log(_U), _U, order - 1).xreplace({_U: shape})
        return functions.polygamma(order - 1, shape) - logarithm
