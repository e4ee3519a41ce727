"""Special functions that keep their numerically stable form through differentiation.

SymPy would rewrite `log1p(x)` as `log(1 + x)` and lose what the author wrote it for. Each class here is a SymPy
function that stays itself, knows its derivative (`fdiff`, again in stable functions), and prints to the NumPy or
SciPy name in `numpy_name`.
"""

from __future__ import annotations

import sympy
from sympy import Function, Integer, exp, pi, sqrt


class Stable(Function):
    """Base: prints as a call of `numpy_name`; argument numbers in `fdiff` start at 1, as in SymPy."""

    numpy_name = ""
    latex_name = ""

    def _numpycode(self, printer):
        return f"{self.numpy_name}({', '.join(printer._print(argument) for argument in self.args)})"

    def _latex(self, printer, exp=None):
        arguments = ", ".join(printer._print(argument) for argument in self.args)
        power = f"^{{{exp}}}" if exp else ""
        name = self.latex_name or rf"\operatorname{{{type(self).__name__}}}"
        return rf"{name}{power}\left({arguments}\right)"

    def _eval_is_extended_real(self):
        return True


class log1p(Stable):
    numpy_name = "np.log1p"

    def fdiff(self, argindex=1):
        return 1 / (1 + self.args[0])

    def _latex(self, printer, exp=None):
        return printer._print(sympy.log(1 + self.args[0]) ** (Integer(1) if exp is None else sympy.sympify(exp)))


class expm1(Stable):
    numpy_name = "np.expm1"

    def fdiff(self, argindex=1):
        return exp(self.args[0])

    def _latex(self, printer, exp=None):
        return rf"\left({printer._print(sympy.exp(self.args[0]))} - 1\right)" + (f"^{{{exp}}}" if exp else "")


class log1p_ratio(Stable):
    """Derivative of an order of `log(1 + u) / u`; the order is a constant."""

    numpy_name = "log1p_ratio"

    def fdiff(self, argindex=1):
        u, order = self.args
        if argindex == 2:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return log1p_ratio(u, order + 1)

    def _latex(self, printer, exp=None):
        u, order = self.args
        name = {0: "g", 1: "g'", 2: "g''"}.get(int(order), rf"g^{{({order})}}")
        text = rf"{name}\left({printer._print(u)}\right)"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class scaled_log1p(Stable):
    """`log(1 + shape z) / shape`, whose derivatives in z are plain."""

    def fdiff(self, argindex=1):
        z, shape = self.args
        return 1 / (1 + shape * z) if argindex == 1 else z**2 * log1p_ratio(shape * z, Integer(1))

    def _numpycode(self, printer):
        z, shape = self.args
        return f"(({printer._print(z)})*{printer._print(log1p_ratio(shape * z, Integer(0)))})"

    def _latex(self, printer, exp=None):
        z, shape = self.args
        text = printer._print(sympy.log(1 + shape * z) / shape)
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class log_rising(Stable):
    """Derivative of an order, in the dispersion, of the sum of `log(1 + dispersion j)` over j below a count.

    The order is a constant, and the count a datum.
    """

    numpy_name = "log_rising"

    def fdiff(self, argindex=2):
        y, dispersion, order = self.args
        if argindex != 2:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return log_rising(y, dispersion, order + 1)

    def plain(self):
        """The same in gamma functions, which cancel where the dispersion is small."""
        y, dispersion, order = self.args
        a = sympy.Dummy("a", real=True)
        rising = sympy.loggamma(y + 1 / a) - sympy.loggamma(1 / a) + y * sympy.log(a)
        return sympy.diff(rising, a, order).xreplace({a: dispersion})

    def _latex(self, printer, exp=None):
        text = rf"\left({printer._print(self.plain())}\right)"
        return rf"{text}^{{{exp}}}" if exp else text


class expit(Stable):
    numpy_name = "special.expit"
    latex_name = r"\sigma"

    def fdiff(self, argindex=1):
        return expit(self.args[0]) * expit(-self.args[0])


class log_expit(Stable):
    numpy_name = "special.log_expit"
    latex_name = r"\log\sigma"

    def fdiff(self, argindex=1):
        return expit(-self.args[0])


class logaddexp(Stable):
    numpy_name = "np.logaddexp"

    def fdiff(self, argindex=1):
        first, second = self.args
        return expit(first - second) if argindex == 1 else expit(second - first)

    def _latex(self, printer, exp=None):
        first, second = self.args
        inner = printer._print(sympy.exp(first) + sympy.exp(second))
        power = f"^{{{exp}}}" if exp else ""
        return rf"\log{power}\left({inner}\right)"


class xlogy(Stable):
    """`x * log(y)`, and 0 where x = 0 whatever y."""

    numpy_name = "special.xlogy"

    def fdiff(self, argindex=1):
        x, y = self.args
        return sympy.log(y) if argindex == 1 else x / y

    def _eval_rewrite_as_separable(self):
        return self.args[0] * sympy.log(self.args[1])

    def _latex(self, printer, exp=None):
        text = printer._print(self._eval_rewrite_as_separable())
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class xlog1py(Stable):
    """`x * log(1 + y)`, and 0 where x = 0 whatever y."""

    numpy_name = "special.xlog1py"

    def fdiff(self, argindex=1):
        x, y = self.args
        return log1p(y) if argindex == 1 else x / (1 + y)

    def _eval_rewrite_as_separable(self):
        return self.args[0] * log1p(self.args[1])

    def _latex(self, printer, exp=None):
        text = printer._print(self.args[0] * sympy.log(1 + self.args[1]))
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class polygamma(Stable):
    """Derivative of order `n` of digamma; `n` is a whole number, known when the formula is traced."""

    numpy_name = "special.polygamma"

    def fdiff(self, argindex=2):
        order, x = self.args
        return polygamma(order + 1, x)

    def _numpycode(self, printer):
        order, x = self.args
        if order == 0:
            return f"special.digamma({printer._print(x)})"
        # psi^(n)(x) = (-1)^(n+1) n! zeta(n+1, x), DLMF 25.11.12; one ufunc call where special.polygamma makes four.
        factor = (-1) ** (int(order) + 1) * sympy.factorial(order)
        call = f"special.zeta({float(order + 1)}, {printer._print(x)})"
        return call if factor == 1 else f"({float(factor)}*{call})"

    def _latex(self, printer, exp=None):
        order, x = self.args
        name = {0: r"\psi", 1: r"\psi'", 2: r"\psi''"}.get(int(order), rf"\psi^{{({order})}}")
        text = rf"{name}\left({printer._print(x)}\right)"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class gammaln(Stable):
    numpy_name = "special.gammaln"
    latex_name = r"\log\Gamma"

    def fdiff(self, argindex=1):
        return polygamma(Integer(0), self.args[0])


class betaln(Stable):
    numpy_name = "special.betaln"
    latex_name = r"\log\mathrm{B}"

    def fdiff(self, argindex=1):
        first, second = self.args
        return polygamma(Integer(0), self.args[argindex - 1]) - polygamma(Integer(0), first + second)


class zeta(Stable):
    """Hurwitz zeta function; the order is a constant."""

    numpy_name = "special.zeta"
    latex_name = r"\zeta"

    def fdiff(self, argindex=2):
        order, x = self.args
        if argindex == 1:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return -order * zeta(order + 1, x)


class erf(Stable):
    numpy_name = "special.erf"

    def fdiff(self, argindex=1):
        return 2 / sqrt(pi) * exp(-(self.args[0] ** 2))


class erfc(Stable):
    numpy_name = "special.erfc"

    def fdiff(self, argindex=1):
        return -2 / sqrt(pi) * exp(-(self.args[0] ** 2))


class ndtr(Stable):
    numpy_name = "special.ndtr"
    latex_name = r"\Phi"

    def fdiff(self, argindex=1):
        return exp(-(self.args[0] ** 2) / 2) / sqrt(2 * pi)


class log_ndtr(Stable):
    numpy_name = "special.log_ndtr"
    latex_name = r"\log\Phi"

    def fdiff(self, argindex=1):
        return inverse_mills(self.args[0])


class inverse_mills(Stable):
    """`phi(x) / Phi(x)`, by erfcx: both underflow far in the left tail, and their logarithms lose x^2 roundings."""

    def fdiff(self, argindex=1):
        return -self * (self.args[0] + self)

    def _numpycode(self, printer):
        argument = printer._print(-self.args[0] / sqrt(2))
        return f"({printer._print(sqrt(2 / pi).evalf(17))}/special.erfcx({argument}))"

    def _latex(self, printer, exp=None):
        argument = printer._print(self.args[0])
        text = rf"\frac{{\phi\left({argument}\right)}}{{\Phi\left({argument}\right)}}"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class i0e(Stable):
    """`exp(-|x|) I_0(x)`."""

    numpy_name = "special.i0e"

    def fdiff(self, argindex=1):
        x = self.args[0]
        return i1e(x) - sign(x) * i0e(x)


class i1e(Stable):
    """`exp(-|x|) I_1(x)`."""

    numpy_name = "special.i1e"

    def fdiff(self, argindex=1):
        x = self.args[0]
        # I_1' = (I_0 + I_2) / 2, DLMF 10.29.1: unlike I_0 - I_1 / x it has no 0/0 at the origin.
        return (i0e(x) + ive(Integer(2), x)) / 2 - sign(x) * i1e(x)


class ive(Stable):
    """`exp(-|x|) I_v(x)`; the order v is a constant."""

    numpy_name = "special.ive"

    def fdiff(self, argindex=2):
        order, x = self.args
        if argindex == 1:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        return (ive(order - 1, x) + ive(order + 1, x)) / 2 - sign(x) * ive(order, x)


class absolute(Stable):
    numpy_name = "np.abs"

    def fdiff(self, argindex=1):
        return sign(self.args[0])

    def _latex(self, printer, exp=None):
        return rf"\left|{printer._print(self.args[0])}\right|" + (f"^{{{exp}}}" if exp else "")


class sign(Stable):
    """Sign; its derivative is 0 almost everywhere, which is what a density per observation needs."""

    numpy_name = "np.sign"

    def fdiff(self, argindex=1):
        return Integer(0)


class opaque(Stable):
    """A function without a symbolic form that knows its derivatives: its name, the order in each operand, operands."""

    def _eval_derivative(self, symbol):
        name, orders, *operands = self.args
        total = Integer(0)
        for i, operand in enumerate(operands):
            slope = operand.diff(symbol)
            if slope != 0:
                raised = sympy.Tuple(*(order + (i == j) for j, order in enumerate(orders)))
                total += slope * opaque(name, raised, *operands)
        return total

    def _numpycode(self, printer):
        name, orders, *operands = self.args
        written = "".join(f"{order}, " for order in orders)
        return f"{name.name}({', '.join(printer._print(operand) for operand in operands)}, orders=({written.strip()}))"

    def _latex(self, printer, exp=None):
        name, orders, *operands = self.args
        below = "".join(
            rf"\partial {printer._print(operand)}" + (f"^{order}" if order > 1 else "")
            for order, operand in zip(orders, operands, strict=True)
            if order
        )
        above = sum(orders)
        slope = rf"\frac{{\partial{f'^{above}' if above > 1 else ''}}}{{{below}}}" if above else ""
        function = r"\log S" if "survival" in name.name else r"\log F"
        text = rf"{slope} {function}\left({', '.join(printer._print(operand) for operand in operands)}\right)".strip()
        return rf"\left({text}\right)^{{{exp}}}" if exp else text

    def _sympystr(self, printer):
        name, orders, *operands = self.args
        primes = "".join(f"_{operand}" * int(order) for order, operand in zip(orders, operands, strict=True))
        kind = "log_survival" if "survival" in name.name else "log_cdf"
        return f"{kind}{primes}({', '.join(printer._print(operand) for operand in operands)})"
