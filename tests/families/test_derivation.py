"""The formulas shown are the formulas computed with: plain text is evaluated and held to the family's own methods."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

from likelihood_kit._numerics import lower_pairs
from likelihood_kit.errors import TraceError
from likelihood_kit.families import (
    CATALOGUE,
    Bernoulli,
    Family,
    Gamma,
    GeneralizedExtremeValue,
    Normal,
    Poisson,
    StudentT,
    Uniform,
    Weibull,
)
from likelihood_kit.parameters import Integers, Interval, Positive, Real, UnitInterval


class Laplace(Family):
    """Laplace law."""

    loc = Real()
    scale = Positive()
    support = Real()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale


class TwoNormals(Family):
    """Mixture of two normal laws, whose derivatives SymPy would take minutes to simplify."""

    first = Real()
    second = Real()
    share = UnitInterval()
    sd = Positive()
    support = Real()

    @staticmethod
    def log_density(y, first, second, share, sd):
        constant = -0.5 * np.log(2 * np.pi) - np.log(sd)
        one = np.log(share) + constant - 0.5 * ((y - first) / sd) ** 2
        other = np.log1p(-share) + constant - 0.5 * ((y - second) / sd) ** 2
        return np.logaddexp(one, other)


class ZeroInflated(Family):
    """Poisson law with more zeros."""

    zero = UnitInterval()
    rate = Positive()
    support = Integers(0, np.inf)

    @staticmethod
    def log_density(y, zero, rate):
        count = special.xlogy(y, rate) - rate - special.gammaln(y + 1)
        return np.where(y == 0, np.log(zero + (1 - zero) * np.exp(-rate)), np.log1p(-zero) + count)


#: What plain text calls by a name that Python does not know.
NAMES = {
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "exp": np.exp,
    "sign": np.sign,
    "abs": np.abs,
    "pi": np.pi,
    "EulerGamma": np.euler_gamma,
    "gamma": special.gamma,
    "gammaln": special.gammaln,
    "betaln": special.betaln,
    "logaddexp": np.logaddexp,
    "digamma": special.digamma,
    "trigamma": lambda x: special.polygamma(1, x),
}


def value_of(notation, **values):
    text = re.sub(r"\|(.*?)\|", r"abs(\1)", notation.text.replace("^", "**"))
    return eval(text, {"__builtins__": {}}, {**NAMES, **values})


def in_every_coordinate():
    return [family(parameters=names) for family in CATALOGUE.values() for names in family().available_parameters]


def typical(family):
    """A point inside the family's box, in the coordinates in use."""
    law = family.law
    inside = {name: 0.3 * low + 0.7 * high for name, (low, high) in law.typical.items()}
    known = {name: np.round(inside[name]) if space.whole else inside[name] for name, space in law.known.items()}
    coordinates = law.coordinates.get(family.coordinate_names)
    canonical = {name: inside[name] for name in law.parameters}
    return {**(canonical if coordinates is None else coordinates.from_canonical(*canonical.values())), **known}


@pytest.mark.parametrize("family", in_every_coordinate(), ids=repr)
def test_what_is_shown_is_what_is_computed(family):
    derivation, theta = family.derivation(), typical(family)
    p = len(family.parameter_names)
    y = family.sample(5, 1, **theta).astype(float)
    assert_allclose(np.broadcast_to(value_of(derivation.log_density, y=y, **theta), 5), family.log_density(y, **theta))
    score = family.score(y, **theta)
    for j, entry in enumerate(derivation.score):
        assert_allclose(np.broadcast_to(value_of(entry, y=y, **theta), 5), score[:, j], rtol=1e-9, atol=1e-12)
    hessian = family.hessian(y, **theta)
    for (i, j), entry in zip(lower_pairs(p), derivation.observed_information, strict=True):
        assert_allclose(np.broadcast_to(value_of(entry, y=y, **theta), 5), -hessian[:, i, j], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("family", [family for family in in_every_coordinate() if family.regular], ids=repr)
def test_expected_information_in_every_coordinate(family):
    derivation, theta = family.derivation(), typical(family)
    if derivation.expected_information is None:
        assert derivation.expected_information_note == "by the family's own function, in numbers"
        return
    information = family.expected_information(**theta)
    for (i, j), entry in zip(lower_pairs(len(family.parameter_names)), derivation.expected_information, strict=True):
        assert_allclose(value_of(entry, **theta), information[i, j], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("family", [family for family in in_every_coordinate() if family.regular], ids=repr)
def test_statistics_and_natural_parameters_make_the_density(family, oracles):
    """Differences of the log density between parameters are those of the exponential family, up to a constant in y."""
    derivation, theta = family.derivation(), typical(family)
    if derivation.sufficient_statistics is None:
        assert not oracles[family.name].statistics
        return
    y = family.sample(6, 2, **theta).astype(float)
    other = {name: value * (0.9 if name in family.parameter_names else 1) for name, value in theta.items()}
    difference = family.log_density(y, **theta) - family.log_density(y, **other)
    inner = sum(
        value_of(statistic, y=y) * (value_of(natural, **theta) - value_of(natural, **other))
        for statistic, natural in zip(derivation.sufficient_statistics, derivation.natural_parameters, strict=True)
    )
    assert_allclose(np.ptp(difference - inner), 0.0, atol=1e-10)


def test_textbook_forms():
    gamma = Gamma().derivation()
    assert gamma.log_density.text == "(shape - 1)*log(y) - y/scale - shape*log(scale) - gammaln(shape)"
    assert [entry.text for entry in gamma.expected_information] == ["trigamma(shape)", "1/scale", "shape/scale^2"]
    normal = Normal().derivation()
    assert normal.score[0].text == "(y - mean)/sd^2"
    assert normal.score[0].latex == r"\frac{y - \mathrm{mean}}{\mathrm{sd}^{2}}"
    assert [entry.text for entry in normal.expected_information] == ["1/sd^2", "0", "2/sd^2"]
    assert Bernoulli().derivation().score[0].text == "(y - probability)/(probability*(1 - probability))"
    assert Weibull().derivation().log_density.latex.count(r"\left(\frac{y}{\mathrm{scale}}\right)") == 2
    # np.pi and np.euler_gamma stay themselves.
    assert "EulerGamma" in Weibull().derivation().expected_information[0].text


def test_fixed_parameters_are_put_in():
    derivation = Gamma(shape=1.0).derivation()
    assert derivation.parameters == ("scale",)
    assert derivation.log_density.text == "-y/scale - log(scale)"
    # The statistic log y goes with the parameter that moved it.
    assert [statistic.text for statistic in derivation.sufficient_statistics] == ["y"]
    assert StudentT(df=1.0).derivation().log_density.text == "-log(1 + (y - loc)^2/scale^2) - log(pi) - log(scale)"


def test_what_does_not_exist_is_explained():
    derivation = Uniform().derivation()
    assert derivation.expected_information is None
    assert "support moves" in derivation.expected_information_note
    assert derivation.sufficient_statistics is None
    assert "support moves" in str(derivation)


def test_without_a_closed_form_information_is_computed():
    assert Laplace().derivation().expected_information is None
    assert "quadrature" in str(Laplace().derivation())
    assert "summation" in str(ZeroInflated().derivation())


def test_case_distinctions_stay():
    """A count that may be zero is not taken for positive, which would strike out the case y = 0."""
    derivation = ZeroInflated().derivation()
    assert "if y = 0" in derivation.log_density.text
    assert all("if y = 0" in entry.text for entry in derivation.score)
    assert r"\begin" not in derivation.log_density.latex


def test_a_mixture_is_derived_in_bounded_time():
    derivation = TwoNormals().derivation()
    y, theta = np.array([-1.0, 0.5, 3.0]), {"first": 0.0, "second": 2.0, "share": 0.3, "sd": 0.8}
    hessian = TwoNormals().hessian(y, **theta)
    for (i, j), entry in zip(lower_pairs(4), derivation.observed_information, strict=True):
        assert_allclose(value_of(entry, y=y, **theta), -hessian[:, i, j], rtol=1e-9)


@pytest.mark.parametrize(
    ("family", "text"),
    [
        (Poisson(), "{0, 1, ...}"),
        (Bernoulli(), "{0, 1}"),
        (Gamma(), "(0, inf)"),
        (Uniform(), "[low, high]"),
        (Normal(), "(-inf, inf)"),
    ],
)
def test_supports(family, text):
    assert str(family.derivation().support) == text


def test_it_prints_and_renders():
    derivation = Gamma().derivation()
    assert str(derivation).startswith("Gamma(), y in (0, inf)\n\nlog density\n    (shape - 1)*log(y)")
    latex = derivation._repr_latex_()
    assert latex.count(r"\\") == latex.count("&=") - 1
    markdown = derivation._repr_markdown_()
    assert markdown.count("$$") % 2 == 0
    assert r"\psi'\left(\mathrm{shape}\right)" in markdown
    assert derivation.score[0]._repr_latex_().startswith(r"$\displaystyle")


def test_names_with_underscores_are_latex():
    class Law(Family):
        scale_1 = Positive()
        support = Interval(0, np.inf)

        @staticmethod
        def log_density(y, scale_1):
            return -np.log(scale_1) - y / scale_1

    assert r"\mathrm{scale\_1}" in Law().derivation().log_density.latex


def test_a_formula_that_cannot_be_traced_is_refused():
    class Law(Family):
        scale = Positive()
        support = Interval(0, np.inf)

        @staticmethod
        def log_density(y, scale):
            return np.interp(y, [0.0, 1.0], [0.0, 1.0]) - y / scale

    with pytest.raises(TraceError, match="interp"):
        Law().derivation()


def test_a_support_that_moves_is_written_as_a_formula():
    text = str(GeneralizedExtremeValue().derivation())
    assert text.splitlines()[0] == (
        "GeneralizedExtremeValue(), y in ({loc - scale/shape if shape > 0, -inf otherwise}, "
        "{loc - scale/shape if shape < 0, inf otherwise})"
    )
    assert str(GeneralizedExtremeValue(shape=0.2).derivation()).splitlines()[0].endswith("y in (loc - 5*scale, inf)")


def test_a_derivation_says_where_its_information_exists():
    text = str(GeneralizedExtremeValue().derivation())
    assert "expected information: in closed form; Fisher information exists where shape > -1/2 only" in text
    assert "exp(gammaln" not in text
    assert "gamma(2*shape + 1)" in text
