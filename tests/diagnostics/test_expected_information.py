"""Expected information as a function of the parameters, against closed forms, in both coordinates."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError


def test_a_normal_law_in_both_coordinates():
    """n / sd^2 and 2 n / sd^2; of log sd 2 n, whatever the units."""
    truth = {"mean": 1.0, "sd": 3.0}
    natural = lk.expected_information(lk.Normal(), truth, 50)
    link = lk.expected_information(lk.Normal(), truth, n=50, coordinates="link")
    assert_allclose(natural.matrix, np.diag([50 / 9, 100 / 9]), atol=1e-12)
    assert_allclose(link.matrix, np.diag([50 / 9, 100]), atol=1e-12)
    assert natural.orthogonal == link.orthogonal == {("mean", "sd"): True}
    assert_allclose(natural.condition_number, 1.0)
    assert "50 observations, in natural coordinates, by closed form" in " ".join(str(natural).split())
    assert "in the coordinates of the links" in " ".join(str(link).split())
    assert "one observation" in str(lk.expected_information(lk.Normal(), truth))


def test_a_gamma_law_and_its_mean():
    """Correlation of the scores 1 / sqrt(shape trigamma(shape)); mean and shape are orthogonal (Cox and Reid 1987)."""
    found = lk.expected_information(lk.Gamma(), {"shape": 2.0, "scale": 3.0})
    correlation = 1 / np.sqrt(2 * float(special.polygamma(1, 2.0)))
    assert_allclose(found.correlations.iloc[0, 1], correlation, rtol=1e-12)
    assert_allclose(found.eigenvalues, [1 - correlation, 1 + correlation], rtol=1e-12)
    assert_allclose(found.condition_number, (1 + correlation) / (1 - correlation), rtol=1e-9)
    assert_allclose(np.abs(found.directions), np.ones((2, 2)))
    assert found.orthogonal == {}
    assert "Orthogonal: none of the parameters." in " ".join(str(found).split())
    mean = lk.expected_information(lk.Gamma(parameters=("mean", "shape")), {"mean": 6.0, "shape": 2.0})
    assert mean.orthogonal == {("mean", "shape"): True}
    assert_allclose(mean.matrix, np.diag([2 / 36, float(special.polygamma(1, 2.0)) - 1 / 2]), atol=1e-12)


def test_orthogonal_here_and_not_everywhere():
    """The mean and precision of a Beta law are where it is symmetric, and nowhere else."""
    family = lk.Beta(parameters=("mean", "precision"))
    here = lk.expected_information(family, {"mean": 0.5, "precision": 4.0})
    assert here.orthogonal == {("mean", "precision"): False}
    assert "here, not everywhere" in " ".join(str(here).split())
    assert lk.expected_information(family, {"mean": 0.4, "precision": 4.0}).orthogonal == {}


@pytest.mark.parametrize(
    ("family", "truth", "pairs"),
    [
        (lk.StudentT(), {"loc": 0.0, "scale": 2.0, "df": 4.0}, {("loc", "scale"), ("loc", "df")}),
        (lk.NegativeBinomial(), {"mean": 3.0, "dispersion": 0.5}, {("mean", "dispersion")}),
        (lk.Logistic(), {"loc": 0.0, "scale": 2.0}, {("loc", "scale")}),
        (lk.Weibull(), {"shape": 1.5, "scale": 2.0}, set()),
        (lk.GeneralizedExtremeValue(), {"loc": 0.0, "scale": 1.0, "shape": -0.45}, set()),
        (lk.truncated(lk.Normal(), low=0.0), {"mean": 1.0, "sd": 1.0}, set()),
    ],
)
def test_which_are_orthogonal(family, truth, pairs):
    found = lk.expected_information(family, truth)
    assert set(found.orthogonal) == pairs
    assert all(found.orthogonal.values())


def test_a_regression_and_a_censored_one():
    X = np.column_stack([np.ones(30), np.random.default_rng(1).normal(size=30)])
    found = lk.expected_information(lk.Normal(), {"mean": [1.0, 2.0], "sd": 3.0}, 4, design=X, coordinates="link")
    assert_allclose(found.matrix.iloc[:2, :2], 4 * X.T @ X / 9, rtol=1e-12)
    assert_allclose(found.matrix.loc["sd", "sd"], 4 * 30 * 2)
    assert found.orthogonal == {("const", "sd"): None, ("x1", "sd"): None}
    assert "const and sd, here; x1 and sd, here." in " ".join(str(found).split())
    limit = np.linspace(0.5, 3.0, 30)
    censored = lk.expected_information(
        lk.censored(lk.Exponential()), {"scale": [1.0, 0.2]}, design=X, limit=limit, coordinates="natural"
    )
    seen = 1 - np.exp(-limit / np.exp(X @ [1.0, 0.2]))
    assert_allclose(censored.matrix, X.T * seen @ X, rtol=1e-10)
    assert censored.source == "quadrature"


class Unidentified(lk.Family):
    a, b = lk.Real(), lk.Real()

    @staticmethod
    def log_density(y, a, b):
        return -((y - a - b) ** 2) / 2 - np.log(2 * np.pi) / 2


def test_a_singular_one_has_an_infinite_condition_number():
    found = lk.expected_information(Unidentified(), {"a": 0.0, "b": 1.0})
    assert found.condition_number == np.inf
    assert found.source == "quadrature"


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "words"),
    [
        ([lk.Uniform(), {"low": 0.0, "high": 1.0}], {}, NotAvailableError, "no expected information"),
        ([lk.Gamma(), {"shape": 2.0}], {}, ParameterError, "no value for 'scale'"),
        ([lk.Poisson(), {"rate": 2.0}], {"n": 0}, ArgumentError, "positive whole number"),
        ([lk.Poisson(), {"rate": 2.0}], {"n": (5, 10)}, ArgumentError, "positive whole number"),
        ([lk.Poisson(), {"rate": 2.0}], {"coordinates": "lnik"}, ArgumentError, "did you mean 'link'"),
        ([lk.Poisson(), {"rate": 2.0}], {"coordinates": 3}, ArgumentError, "natural or link"),
        ([lk.Poisson(), {"rate": 2.0}], {"coordinate": "link"}, ArgumentError, "did you mean 'coordinates'"),
        ([lk.Poisson(), {"rate": [2.0]}], {"design": [1.0, 2.0], "desing": 1}, ArgumentError, "expected_information"),
        (["poisson", {"rate": 2.0}], {}, ArgumentError, "family must be a family"),
    ],
)
def test_refusals(arguments, keywords, error, words):
    with pytest.raises(error, match=words):
        lk.expected_information(*arguments, **keywords)


@pytest.mark.parametrize("df", [49.9, 50.0, 1e3, 1e5, 1e6, 1e10, 1e30])
def test_trigamma_functions_that_cancel_left_noise_for_an_information(df):
    """Beside their difference in 200 digits; at 1e10 it was negative, and NumPy warned of its root."""
    with mpmath.workdps(200):
        v = mpmath.mpf(df)
        expected = (mpmath.psi(1, v / 2) - mpmath.psi(1, (v + 1) / 2)) / 4 - (v + 5) / (2 * v * (v + 1) * (v + 3))
    found = lk.expected_information(lk.StudentT(), {"loc": 0.0, "scale": 1.0, "df": df})
    assert_allclose(found.matrix.loc["df", "df"], float(expected), rtol=1e-11)


@pytest.mark.parametrize("what", [lk.check_regularity, lk.cox_snell_bias])
@pytest.mark.parametrize(
    ("family", "theta"),
    [(lk.Normal(), {"mean": 0.0, "sd": 1e308}), (lk.Cauchy(), {"loc": 1e300, "scale": 1e-300})],
)
def test_numbers_that_overflow_were_warnings(what, family, theta):
    if what is lk.check_regularity:
        assert "Cannot tell" in what(family, theta).verdict
    else:
        with pytest.raises(NotAvailableError):
            what(family, theta)
