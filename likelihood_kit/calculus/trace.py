"""A log density in plain NumPy, called once with symbolic operands, becomes a SymPy expression.

NumPy's protocols (`__array_ufunc__`, `__array_function__`; NEP 13 and NEP 18) send every ufunc, those of
`scipy.special` included, to the operand `Traced`, which looks the function up in a table. What the table does not
hold raises `TraceError` with the function's name.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.lib.mixins import NDArrayOperatorsMixin
from scipy import special

from likelihood_kit.calculus import functions as stable
from likelihood_kit.calculus import incomplete_gamma_symbols as tails
from likelihood_kit.calculus.exact import exact
from likelihood_kit.calculus.large_shape_symbols import log_excess, stirling_remainder
from likelihood_kit.calculus.log_rising_symbols import log_rising
from likelihood_kit.errors import FormulaError, TraceError

#: Operations in an expression beyond which SymPy takes minutes: nested case distinctions double with each level.
LARGEST_SIZE = 2000
#: Functions that hold an operand as a value and in a condition, and what that weighs: SymPy compares all with all.
_COMPARING, _CASES = ("minimum", "maximum", "fmin", "fmax", "clip"), 4


class Traced(NDArrayOperatorsMixin):
    """A NumPy operand that stands for a SymPy expression.

    Parameters
    ----------
    expression : sympy.Basic
    argument : str
        Name of the argument of the formula that it is; empty for what the formula computes itself.
    size : int
        Operations in it, each as often as it occurs.
    """

    def __init__(self, expression: sympy.Basic, argument: str = "", size: int = 1) -> None:
        if size > LARGEST_SIZE:
            raise TraceError(f"its expression has more than {LARGEST_SIZE} operations, which takes too long")
        self.expression = expression
        self.argument = argument
        self.size = size

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Traced:
        if method != "__call__":
            raise TraceError(f"{ufunc.__name__}.{method} has no symbolic form: a log density works row by row")
        rule = _UFUNCS.get(ufunc.__name__)
        if rule is None:
            raise TraceError(f"the function {ufunc.__name__!r} has no symbolic form")
        kwargs = {
            name: value
            for name, value in kwargs.items()
            if value is not None and not (isinstance(value, tuple) and all(part is None for part in value))
        }
        if list(kwargs) == ["out"] and isinstance(kwargs["out"][0], Traced):
            return kwargs["out"][0]._become(rule(*(to_expression(operand) for operand in inputs)))
        if kwargs:
            raise TraceError(f"{ufunc.__name__} is traced without keyword arguments, not with {sorted(kwargs)}")
        return Traced(rule(*(to_expression(operand) for operand in inputs)), size=_size(ufunc.__name__, inputs))

    def _become(self, expression: sympy.Basic) -> Traced:
        """The operand itself, changed in place, as NumPy changes an array."""
        if self.argument:
            raise FormulaError(
                f"changes its argument {self.argument} in place, which is the user's: write "
                f"{self.argument} = {self.argument} - ... for {self.argument} -= ..."
            )
        self.expression = expression
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        raise FormulaError(
            "assigns to items of an array, where data and parameters may have different shapes: write "
            "np.where(condition, a, b) for x[condition] = a"
        )

    def __array_function__(self, function: Callable, types_: Any, args: tuple, kwargs: dict) -> Traced:
        rule = _ARRAY_FUNCTIONS.get(function.__name__)
        if rule is None:
            raise TraceError(f"the function np.{function.__name__} has no symbolic form")
        return Traced(rule(*args, **kwargs), size=_size(function.__name__, (*args, *kwargs.values())))

    def __traced__(self, name: str, *operands: Any) -> Traced:
        """What a numeric function of the kit's own gives for operands of which one is traced."""
        return Traced(_NAMED[name](*(to_expression(operand) for operand in operands)))

    def __opaque__(self, name: str, *operands: Any) -> Traced:
        """What a function without a symbolic form that knows its derivatives gives for traced operands."""
        orders = sympy.Tuple(*(0 for _ in operands))
        return Traced(stable.opaque(sympy.core.symbol.Str(name), orders, *(to_expression(o) for o in operands)))

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise TraceError("conversion to an array (np.asarray, scipy.stats, ...) has no symbolic form")

    def __bool__(self) -> bool:
        raise TraceError("Python's if, and, or, not cannot branch on a traced value; write np.where")

    def __float__(self) -> float:
        raise TraceError(
            "Python's math functions take numbers, not traced values; write np.log for math.log, and so on"
        )

    __int__ = __float__
    __index__ = __float__
    __complex__ = __float__

    def __iter__(self) -> Any:
        raise TraceError("a loop over the rows has no symbolic form")

    def __len__(self) -> int:
        raise TraceError("len() of a traced value has no symbolic form")

    def __getitem__(self, key: Any) -> Any:
        raise TraceError("indexing of a traced value has no symbolic form")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise TraceError(f"the array attribute .{name} has no symbolic form")


def _size(function: str, operands: Sequence[Any]) -> int:
    """Operations in what a function makes of its operands."""
    parts = [part for o in operands for part in (o if isinstance(o, (list, tuple)) else (o,))]
    total = sum(part.size for part in parts if isinstance(part, Traced))
    return 1 + (_CASES * total if function in _COMPARING else total)


def to_expression(operand: Any) -> sympy.Basic:
    """SymPy expression of a traced value or of a number."""
    if isinstance(operand, Traced):
        return operand.expression
    if isinstance(operand, (bool, np.bool_)):
        return sympy.true if operand else sympy.false
    if isinstance(operand, np.ndarray) and operand.ndim == 0:
        operand = operand[()]
    if isinstance(operand, (int, np.integer)):
        return sympy.Integer(int(operand))
    if isinstance(operand, (float, np.floating)):
        return exact(float(operand))
    raise TraceError(f"a constant of type {type(operand).__name__} inside a log density has no symbolic form")


def _where(condition: Any, if_true: Any, if_false: Any) -> sympy.Expr:
    condition = to_expression(condition)
    return sympy.Piecewise((to_expression(if_true), condition), (to_expression(if_false), True), evaluate=False)


def _minimum(first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((first, first < second), (second, True), evaluate=False)


def _maximum(first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((first, first > second), (second, True), evaluate=False)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> sympy.Expr:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    result = to_expression(a)
    if low is not None:
        result = _maximum(result, to_expression(low))
    if high is not None:
        result = _minimum(result, to_expression(high))
    return result


def _select(conditions: Sequence[Any], choices: Sequence[Any], default: Any = 0) -> sympy.Expr:
    pairs = [(to_expression(choice), to_expression(when)) for when, choice in zip(conditions, choices, strict=True)]
    return sympy.Piecewise(*pairs, (to_expression(default), True), evaluate=False)


_UFUNCS: dict[str, Callable[..., sympy.Basic]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "float_power": lambda a, b: a**b,
    "negative": lambda a: -a,
    "positive": lambda a: a,
    "reciprocal": lambda a: 1 / a,
    "square": lambda a: a**2,
    "sqrt": sympy.sqrt,
    "cbrt": lambda a: stable.sign(a) * stable.absolute(a) ** sympy.Rational(1, 3),
    "exp": sympy.exp,
    "exp2": lambda a: 2**a,
    "log": sympy.log,
    "log2": lambda a: sympy.log(a) / sympy.log(2),
    "log10": lambda a: sympy.log(a) / sympy.log(10),
    "log1p": stable.log1p,
    "expm1": stable.expm1,
    "logaddexp": stable.logaddexp,
    "absolute": stable.absolute,
    "fabs": stable.absolute,
    "sign": stable.sign,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "arctan2": sympy.atan2,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "arcsinh": sympy.asinh,
    "arctanh": sympy.atanh,
    "minimum": _minimum,
    "maximum": _maximum,
    "fmin": _minimum,
    "fmax": _maximum,
    "less": lambda a, b: sympy.Lt(a, b),
    "less_equal": lambda a, b: sympy.Le(a, b),
    "greater": lambda a, b: sympy.Gt(a, b),
    "greater_equal": lambda a, b: sympy.Ge(a, b),
    "equal": lambda a, b: sympy.Eq(a, b),
    "not_equal": lambda a, b: sympy.Ne(a, b),
    "logical_and": lambda a, b: sympy.And(a, b),
    "logical_or": lambda a, b: sympy.Or(a, b),
    "logical_not": lambda a: sympy.Not(a),
    "bitwise_and": lambda a, b: sympy.And(a, b),
    "bitwise_or": lambda a, b: sympy.Or(a, b),
    "invert": lambda a: sympy.Not(a),
    "gammaln": stable.gammaln,
    "loggamma": stable.gammaln,
    "gamma": lambda a: sympy.exp(stable.gammaln(a)),
    "betaln": stable.betaln,
    "beta": lambda a, b: sympy.exp(stable.betaln(a, b)),
    "psi": lambda a: stable.polygamma(sympy.Integer(0), a),
    "_zeta": stable.zeta,  # the ufunc within special.zeta
    "expit": stable.expit,
    "logit": lambda a: sympy.log(a) - stable.log1p(-a),
    "log_expit": stable.log_expit,
    "xlogy": stable.xlogy,
    "xlog1py": stable.xlog1py,
    "entr": lambda a: -stable.xlogy(a, a),
    "erf": stable.erf,
    "erfc": stable.erfc,
    "ndtr": stable.ndtr,
    "log_ndtr": stable.log_ndtr,
    "i0e": stable.i0e,
    "i1e": stable.i1e,
    "ive": stable.ive,
    "i0": lambda a: stable.i0e(a) * sympy.exp(stable.absolute(a)),
    "i1": lambda a: stable.i1e(a) * sympy.exp(stable.absolute(a)),
    "gammaincc": lambda a, x: sympy.exp(tails.log_gammaincc(a, x)),
    "gammainc": lambda a, x: sympy.exp(tails.log_gammainc(a, x)),
}

_ARRAY_FUNCTIONS: dict[str, Callable[..., sympy.Basic]] = {
    "where": _where,
    "clip": _clip,
    "select": _select,
    "zeros_like": lambda a, **_: sympy.Integer(0),
    "ones_like": lambda a, **_: sympy.Integer(1),
    "full_like": lambda a, fill_value, **_: to_expression(fill_value),
    "log_gammaincc": lambda a, x: tails.log_gammaincc(to_expression(a), to_expression(x)),
    "log_gammainc": lambda a, x: tails.log_gammainc(to_expression(a), to_expression(x)),
}

#: Numeric functions of the kit's own, by the name under which they call `__traced__` of an operand.
_OWN = (stable.log1p_ratio, stable.scaled_log1p, log_rising, log_excess, stirling_remainder)
_NAMED: dict[str, Callable[..., sympy.Basic]] = {function.__name__: function for function in _OWN}


def _polygamma(order: Any, x: Any) -> Any:
    if not isinstance(x, Traced):
        return special.polygamma(order, x)
    if not isinstance(order, (int, np.integer)):
        raise TraceError("special.polygamma is traced with a whole number as its order")
    return Traced(stable.polygamma(sympy.Integer(int(order)), x.expression))


class _Special:
    """`scipy.special` with `polygamma`, a Python function that NumPy's protocols do not see, made traceable."""

    polygamma = staticmethod(_polygamma)

    def __getattr__(self, name: str) -> Any:
        return getattr(special, name)


def traceable(function: Callable) -> Callable:
    """The function with `scipy.special.polygamma`, however it was imported, exchanged for its traceable form."""
    if not isinstance(function, types.FunctionType):
        return function
    exchange = {id(special): _Special(), id(special.polygamma): _polygamma}
    names = function.__globals__
    changed = {
        name: exchange[id(names[name])] for name in function.__code__.co_names if id(names.get(name)) in exchange
    }
    if not changed:
        return function
    copy = types.FunctionType(
        function.__code__, {**names, **changed}, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def trace(formula: Callable, names: Sequence[str]) -> Any:
    """What a formula returns when called with symbols: an expression, or a dict or tuple of expressions.

    Parameters
    ----------
    formula : callable
        Elementwise, in NumPy and `scipy.special`, with one positional argument per name.
    names : sequence of str
        Names of the symbols, in the order of the arguments.

    Returns
    -------
    sympy.Expr, or dict of str to sympy.Expr or tuple of sympy.Expr where the formula returns such

    Raises
    ------
    TraceError
        Where the formula uses an operation without a symbolic form.
    FormulaError
        Where it assigns to its arguments, or to items of an array.
    """
    with np.errstate(all="ignore"):
        try:
            result = traceable(formula)(*(Traced(symbol(name), name) for name in names))
        except (TraceError, FormulaError):
            raise
        except RecursionError:
            raise TraceError("its expression is nested too deeply for SymPy") from None
        except Exception as error:
            raise TraceError(f"the formula fails on symbolic operands: {type(error).__name__}: {error}") from error
    if isinstance(result, dict):
        return {name: to_expression(value) for name, value in result.items()}
    if isinstance(result, tuple):
        return tuple(to_expression(value) for value in result)
    return to_expression(result)


def symbol(name: str) -> sympy.Symbol:
    """Symbol of a datum or a parameter.

    Real, never positive: SymPy would split `(y / scale)**shape` into `y**shape * scale**-shape`, which overflows.
    """
    return sympy.Symbol(name, real=True)
