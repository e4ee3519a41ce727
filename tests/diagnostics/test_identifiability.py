"""What data determine is named where it is simple, and nothing is called unidentified that is not."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.diagnostics.identifiability import identifiability
from likelihood_kit.errors import ArgumentError, NotAvailableError

Y = np.random.default_rng(0).exponential(3, 100)


class Product(lk.Family):
    shape, scale, support = lk.Positive(), lk.Positive(), lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, shape, scale):
        return -np.log(shape * scale) - y / (shape * scale)


class Power(lk.Family):
    a, b, support = lk.Positive(), lk.Positive(), lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, a, b):
        return -np.log(a * b**2) - y / (a * b**2)


class Total(lk.Family):
    a, b, support = lk.Positive(), lk.Positive(), lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, a, b):
        return -np.log(a + b) - y / (a + b)


class OfThree(lk.Family):
    a, b, c, shape, support = lk.Positive(), lk.Positive(), lk.Positive(), lk.Positive(), lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, a, b, c, shape):
        scale = a * b / c
        return (shape - 1) * np.log(y) - y / scale - shape * np.log(scale) - special.gammaln(shape)


class SumOfLocations(lk.Family):
    a, b, sd = lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, a, b, sd):
        return -np.log(sd) - np.log(2 * np.pi) / 2 - (y - a - 2 * b) ** 2 / (2 * sd**2)


class Mixed(lk.Family):
    a, b, support = lk.Positive(), lk.Real(), lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, a, b):
        return -np.log(a) - b - y / (a * np.exp(b))


class Without(lk.Family):
    a, b, support = lk.Positive(), lk.Positive(), lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, a, b):
        return -np.log(a) - y / a + 0 * b


class Curved(lk.Family):
    a, b, support = lk.Positive(), lk.Positive(), lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, a, b):
        return -np.log(a) - b**2 - y / (a * np.exp(b**2))


SAID = {
    Product: "only shape * scale is determined by these data, not shape and scale by themselves",
    Power: "only a * b^2 is determined by these data, not a and b by themselves",
    Total: "only a + b is determined by these data, not a and b by themselves",
    OfThree: "only a * b / c is determined by these data, not a, b and c by themselves",
    SumOfLocations: "only a + 2 b is determined by these data, not a and b by themselves",
    Mixed: "only log(a) + b is determined by these data, not a and b by themselves",
    Without: "nothing in these data depends on b",
}


def fitted(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit()


@pytest.mark.parametrize("kind", ["expected", "observed"])
@pytest.mark.parametrize(("family", "words"), SAID.items(), ids=lambda part: getattr(part, "__name__", ""))
def test_what_is_determined_is_named_of_a_fit_that_is_not_certified(family, words, kind):
    results = fitted(lk.LikelihoodModel(Y, family=family()))
    assert not results.certificate.ok
    found = results.identifiability(kind)
    assert found.unidentified == (words,)
    assert found.verdict == f"NOT identified: {words}."
    assert not found.ok
    assert found.condition_number == np.inf
    assert found.kind == kind
    m = 2 if family is OfThree else 1
    assert_allclose(found.eigenvalues[:m], 0)
    assert (found.eigenvalues[m:] > 0.1).all()


def test_a_curved_ridge_is_not_given_a_simple_name():
    found = fitted(lk.LikelihoodModel(Y, family=Curved())).identifiability()
    assert len(found.unidentified) == 1
    assert "singular: none along" in found.unidentified[0]
    assert "only" not in found.unidentified[0]


class Own(lk.LikelihoodModel):
    parameters = {"a": lk.Positive(), "b": lk.Positive()}

    def loglikeobs(self, params):
        return -np.log(params[0] * params[1]) - self.endog / (params[0] * params[1])


def test_a_model_with_its_own_loglikeobs():
    found = fitted(Own(Y)).identifiability()
    assert found.kind == "observed"
    assert found.unidentified == ("only a * b is determined by these data, not a and b by themselves",)


TRUTHS = {
    "Normal": {"mean": 3e6, "sd": 2e-3},
    "Gamma": {"shape": 2.0, "scale": 3.0},
    "Weibull": {"shape": 1.5, "scale": 2e9},
    "StudentT": {"loc": 1.0, "scale": 2.0, "df": 5.0},
    "Poisson": {"rate": 3.0},
}


def test_the_catalogue_is_identified(typical):
    y = typical.family.sample(300, 1, **typical.theta, **typical.known)
    known = {name: np.full(300, value) for name, value in typical.known.items()}
    results = lk.LikelihoodModel(y, family=typical.family, **known).fit()
    if typical.family.regular:
        assert results.identifiability().ok


@pytest.mark.parametrize("kind", ["expected", "observed"])
@pytest.mark.parametrize("name", TRUTHS)
def test_laws_are_identified_in_any_units(name, kind):
    family = lk.CATALOGUE[name]()
    found = lk.LikelihoodModel(family.sample(300, 1, **TRUTHS[name]), family=family).fit().identifiability(kind)
    assert found.ok
    assert found.weak == ()
    assert found.condition_number < 100
    assert found.verdict.startswith("All parameters are determined")
    assert_allclose(found.eigenvalues.sum(), len(family.parameter_names))


def test_condition_number_of_a_gamma_law():
    """Correlation of the scores of log shape and log scale: 1 / sqrt(shape trigamma(shape))."""
    results = lk.LikelihoodModel(np.random.default_rng(1).gamma(2, 3, 100), family=lk.Gamma()).fit()
    shape = results.params[0]
    rho = 1 / np.sqrt(shape * special.polygamma(1, shape))
    found = results.identifiability("expected")
    assert_allclose(found.eigenvalues, [1 - rho, 1 + rho], rtol=1e-9)
    assert_allclose(found.condition_number, (1 + rho) / (1 - rho), rtol=1e-9)


def test_columns_that_are_nearly_the_same():
    rng = np.random.default_rng(2)
    x = rng.normal(size=200)
    design = np.column_stack([np.ones(200), x, x + 0.01 * rng.normal(size=200)])
    results = lk.LikelihoodModel(design.sum(axis=1) + rng.normal(size=200), design, family=lk.Normal()).fit()
    found = results.identifiability()
    assert found.ok
    assert len(found.weak) == 1
    assert [name in found.weak[0] for name in ("const", "x1", "x2", "sd")] == [False, True, True, False]
    difference = results.cov_params() @ [0, 1, -1, 0] @ [0, 1, -1, 0]
    assert f"standard error of {np.sqrt(difference):.2g}" in found.weak[0]
    far = lk.LikelihoodModel(results.model.endog, design[:, :2], family=lk.Normal()).fit()
    assert far.identifiability().weak == ()


def test_two_ridges_are_told_apart():
    information = np.zeros((4, 4))
    information[:2, :2] = 1.0
    information[2:, 2:] = 1.0
    found = identifiability(
        information, np.array([2.0, 3.0, 1.0, 5.0]), list("abcd"), np.ones(4, bool),
        lambda p: -(np.log(p[0] * p[1]) ** 2) - np.log(p[2] * p[3]) ** 2, "expected",
    )  # fmt: skip
    assert [sentence.split(" is ")[0] for sentence in found.unidentified] == ["only a * b", "only c * d"]


def test_a_name_is_given_only_where_the_likelihood_agrees():
    """The same information of a law in which nothing but the point itself is flat."""
    found = identifiability(
        np.ones((2, 2)), np.array([2.0, 3.0]), ["a", "b"], np.ones(2, bool), lambda p: -(p[0] ** 2), "expected"
    )
    assert "only" not in found.unidentified[0]


def test_refused_by_name():
    results = fitted(lk.LikelihoodModel(Y, family=lk.Gamma()))
    with pytest.raises(ArgumentError, match="kind"):
        results.identifiability("outer_product")
    with pytest.raises(NotAvailableError, match="not positive semidefinite"):
        identifiability(np.diag([1.0, -1.0]), np.ones(2), ["a", "b"], np.ones(2, bool), lambda p: 0.0, "observed")
    with pytest.raises(NotAvailableError, match="support moves"):
        lk.LikelihoodModel(Y, family=lk.Uniform()).fit().identifiability()
    weighted = lk.LikelihoodModel(Y, family=lk.Gamma(), prob_weights=np.linspace(1, 2, 100)).fit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.identifiability()
