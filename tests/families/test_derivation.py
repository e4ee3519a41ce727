"""What a derivation prints is what the kernels compute."""

import functools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

from likelihood_kit.errors import TraceError
from likelihood_kit.families import Family, Gamma, StudentT, Uniform, Weibull
from likelihood_kit.parameters import Positive, Real

#: Names of the functions in a derivation's text.
FUNCTIONS = {name: getattr(np, name) for name in ("log", "log1p", "exp", "expm1", "sqrt", "abs", "sign")} | {
    "gammaln": special.gammaln,
    "betaln": special.betaln,
    "digamma": special.digamma,
    "trigamma": lambda x: special.polygamma(1, x),
    "pi": np.pi,
    "euler_gamma": np.euler_gamma,
    "EulerGamma": np.euler_gamma,
}


@functools.cache
def derivation(family: type[Family], names: tuple[str, ...]):
    return family(parameters=names).derivation()


def evaluated(notation, values) -> np.ndarray:
    text = notation.text.replace("^", "**")
    return np.asarray(eval(text, {"__builtins__": {}}, FUNCTIONS | values), dtype=float)


def text_says_what_the_kernels_compute(drawn):
    found, y = derivation(type(drawn.family), drawn.family.coordinate_names), drawn.typical_data()
    values = drawn.theta | {"y": y}
    p = len(drawn.theta)
    rows, columns = np.tril_indices(p)
    at = lambda notations: np.stack([evaluated(e, values) + 0 * y for e in notations], axis=-1)  # noqa: E731
    assert_allclose(evaluated(found.log_density, values) + 0 * y, drawn.log_density(y), rtol=1e-10, atol=1e-12)
    assert_allclose(at(found.score), drawn.score(y), rtol=1e-10, atol=1e-12)
    assert_allclose(at(found.observed_information), -drawn.hessian(y)[..., rows, columns], rtol=1e-10, atol=1e-12)
    if found.expected_information is None:
        return
    expected = np.broadcast_to(drawn.expected_information()[..., rows, columns], (*y.shape, rows.size))
    assert_allclose(at(found.expected_information), expected, rtol=1e-10, atol=1e-12)


def test_a_derivation_says_what_the_kernels_compute(drawn):
    text_says_what_the_kernels_compute(drawn)


def test_a_fraction_of_a_difference_has_its_parentheses(at_drawn):
    """The score of the Uniform law in low read 1/high - low."""
    text_says_what_the_kernels_compute(at_drawn(Uniform()))


def test_fixed_parameters_are_put_in():
    found = Gamma(shape=2.0).derivation()
    assert found.parameters == ("scale",)
    assert "shape" not in str(found).partition("\n")[2]
    assert_allclose(evaluated(found.score[0], {"y": 1.3, "scale": 0.7}), Gamma(shape=2.0).score(1.3, scale=0.7)[0])


def test_latex_is_balanced(drawn):
    latex = derivation(type(drawn.family), drawn.family.coordinate_names)._repr_latex_()
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    for name in drawn.family.parameter_names:
        assert name[:3] in latex


@pytest.mark.parametrize(
    ("family", "statistics"), [(Gamma, {"y", "log(y)"}), (Weibull, None), (StudentT, None), (Uniform, None)]
)
def test_sufficient_statistics_in_a_derivation(family, statistics):
    found = derivation(family, family().coordinate_names).sufficient_statistics
    assert found == statistics or {notation.text for notation in found} == statistics


def test_a_law_that_is_not_regular_says_why_it_has_no_information():
    found = derivation(Uniform, ("low", "high"))
    assert found.expected_information is None
    assert "support moves with low and high" in found.expected_information_note
    assert "support moves" in found.sufficient_statistics_note


class Opaque(Family):
    """A law that another library computes."""

    loc = Real()
    scale = Positive()
    support = Real()

    @staticmethod
    def log_density(y, loc, scale):
        return stats.logistic.logpdf(y, loc, scale)


def test_a_formula_without_symbolic_form_has_no_derivation():
    with pytest.raises(TraceError, match=r"scipy\.stats"):
        Opaque().derivation()
