"""What a reader is shown is what the kernels compute."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

from likelihood_kit.calculus import Formula, compile_kernels, latex_name, typeset, typeset_log_density

#: Functions by their names in plain text.
FUNCTIONS = {
    name: getattr(np, name) for name in ("log", "exp", "sqrt", "sign", "cosh", "pi", "logaddexp", "absolute")
} | {
    name: getattr(special, name)
    for name in ("gammaln", "betaln", "digamma", "polygamma", "zeta", "erf", "ndtr", "log_ndtr", "i0e", "i1e", "ive")
}
FUNCTIONS |= {
    "trigamma": lambda x: special.polygamma(1, x),
    "inverse_mills": lambda x: stats.norm.pdf(x) / stats.norm.cdf(x),
    "EulerGamma": np.euler_gamma,
}
# Formulas of y and t in stable functions, which a reader sees in plain ones.
FORMULAS = {
    "logaddexp": lambda y, t: np.logaddexp(y * t, 0),
    "log_ndtr": lambda y, t: special.log_ndtr(y * t) - np.log(t),
    "log1p and expm1": lambda y, t: np.expm1(t) * np.log1p(t * y),
    "expit": lambda y, t: special.log_expit(y * t) + special.expit(t) ** 2,
    "xlogy": lambda y, t: special.xlogy(y, t) + special.xlog1py(2 - y, t),
    "polygamma": lambda y, t: special.gammaln(t) ** 2 + special.digamma(y * t) + special.polygamma(2, t),
    "betaln and zeta": lambda y, t: special.betaln(t, y) + special.zeta(2.5, t),
    "Bessel": lambda y, t: np.log(special.i0e(y * t)) + special.i1e(t) ** 2,
    "erf and ndtr": lambda y, t: special.erf(t) + special.ndtr(t * y) ** 2,
    "absolute": lambda y, t: np.abs(y - t) ** 3 + np.sign(y - t),
    "powers": lambda y, t: np.sqrt(t) * y - np.exp(-t * np.log(y)) + np.euler_gamma * t + np.pi + y / (t - 3 * y) ** 2,
    "numbers": lambda y, t: 1.5 * t * y + t**-2 + 1e-30 / t,
}


def formula_of(function, positive=("y", "t")) -> Formula:
    return Formula(function, ("y", "t"), ("y",), ("t",), ("t",), None, positive)


@pytest.mark.parametrize("function", FORMULAS.values(), ids=FORMULAS)
def test_text_says_what_the_kernels_compute(function):
    y, t = np.array([0.3, 1.4, 2.0]), 0.8
    found = typeset(formula_of(function), {}, None)
    kernel = compile_kernels(formula_of(function), [(0.0, np.inf)])[0].rows
    value, (score,), (hessian,) = kernel.derivatives(kernel.hoist(y), t)
    shown = (found.log_density, *found.score, *found.observed_information)
    for notation, wanted in zip(shown, (value, score, -hessian), strict=True):
        source = re.sub(r"\|([^|]*)\|", r"absolute(\1)", notation.text.replace("^", "**"))
        number = eval(source, {"__builtins__": {}}, FUNCTIONS | {"absolute": np.abs, "y": y, "t": t})
        assert_allclose(number + 0 * y, wanted + 0 * y, rtol=1e-10, err_msg=notation.text)
        for left, right in ("{}", (r"\left", r"\right")):
            assert notation.latex.count(left) == notation.latex.count(right), notation.latex


LATEX = {
    r"\log\Phi\left(t\right)": lambda y, t: special.log_ndtr(t),
    r"\log\left(1 + e^{t}\right)": lambda y, t: np.logaddexp(t, 0),
    r"y \, \log t": lambda y, t: special.xlogy(y, t),
    r"\log\left(1 + t \, y\right)": lambda y, t: np.log1p(t * y),
    r"\left(\log\Gamma\left(t\right)\right)^{2}": lambda y, t: special.gammaln(t) ** 2,
    r"\psi'\left(t\right)": lambda y, t: special.polygamma(1, t),
    r"\psi^{(3)}\left(t\right)": lambda y, t: special.polygamma(3, t),
    r"\left|y\right|": lambda y, t: np.abs(y),
    r"1 \times 10^{-30} \, t": lambda y, t: 1e-30 * t,
    r"\frac{1}{2 \, t}": lambda y, t: 1 / (2 * t),
    r"\gamma \, t": lambda y, t: np.euler_gamma * t,
    r"\log^{2}\left(e^{y} + e^{t}\right)": lambda y, t: np.logaddexp(t, y) ** 2,
}


@pytest.mark.parametrize(("latex", "function"), LATEX.items())
def test_latex(latex, function):
    assert typeset_log_density(formula_of(function, ("t",)), {}).latex == latex


def test_a_choice_reads_as_one():
    found = typeset_log_density(formula_of(lambda y, t: np.where(y < 1, t, 2 * t)), {})
    assert found.text == "{t if y < 1, 2*t otherwise}"
    assert r"\mathrm{otherwise}" in found.latex


def test_fixed_parameters_are_put_in_with_their_value():
    formula = Formula(lambda y, a, b: a * y**b, ("y", "a", "b"), ("y",), ("a", "b"), ("a", "b"))
    assert typeset_log_density(formula, {"b": 2.0}).text == "a*y^2"


def test_names_of_parameters():
    assert [latex_name(name) for name in ("x", "shape", "sigma_1")] == ["x", r"\mathrm{shape}", r"\mathrm{sigma\_1}"]
    assert typeset_log_density(formula_of(lambda y, t: t * y), {})._repr_latex_().strip("$") == r"\displaystyle t \, y"
