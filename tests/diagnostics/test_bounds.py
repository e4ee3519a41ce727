"""Cramer-Rao bounds against closed forms, in every coordinates, for functions, for densities of one's own."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.bounds import bound_of_function, bound_of_parameters
from likelihood_kit.errors import ArgumentError, LikelihoodKitError, NotAvailableError, ParameterError


def gamma_bounds(shape, scale):
    """Inverse of [[trigamma, 1/scale], [1/scale, shape/scale^2]]."""
    trigamma = float(mpmath.psi(1, shape))
    determinant = shape * trigamma - 1
    return shape / determinant, scale**2 * trigamma / determinant


def weibull_bounds(shape, scale):
    """Of one observation: 6 shape^2 / pi^2 and its fellow, from the moments of the Gumbel law."""
    drift = 1 - np.euler_gamma
    return 6 * shape**2 / np.pi**2, (1 + 6 * drift**2 / np.pi**2) * (scale / shape) ** 2


CLOSED = {
    "normal": (lk.Normal(), {"mean": 1.0, "sd": 2.0}, (4.0, 2.0)),
    "normal, variance": (lk.Normal(parameters=("mean", "variance")), {"mean": 1.0, "variance": 4.0}, (4.0, 32.0)),
    "poisson": (lk.Poisson(), {"rate": 3.0}, (3.0,)),
    "exponential": (lk.Exponential(), {"scale": 3.0}, (9.0,)),
    "bernoulli": (lk.Bernoulli(), {"probability": 0.2}, (0.16,)),
    "gamma": (lk.Gamma(), {"shape": 2.5, "scale": 3.0}, gamma_bounds(2.5, 3.0)),
    "weibull": (lk.Weibull(), {"shape": 1.7, "scale": 3.0}, weibull_bounds(1.7, 3.0)),
    "student, df known": (lk.StudentT(df=3.0), {"loc": 0.0, "scale": 2.0}, (6.0, 4.0)),
    "cauchy": (lk.StudentT(df=1.0), {"loc": 5.0, "scale": 2.0}, (8.0, 8.0)),
    "normal, sd known": (lk.Normal(sd=2.0), {"mean": 1.0}, (4.0,)),
    "gamma, scale known": (lk.Gamma(scale=3.0), {"shape": 2.5}, (1 / float(mpmath.psi(1, 2.5)),)),
    "gamma, shape known": (lk.Gamma(shape=2.5), {"scale": 3.0}, (9 / 2.5,)),
}


@pytest.mark.parametrize(("family", "theta", "bounds"), CLOSED.values(), ids=CLOSED)
def test_closed_forms(family, theta, bounds):
    for n in (1, 50):
        table = lk.cramer_rao_bound(family, theta, n=n)
        assert_allclose(table["variance_bound"], np.array(bounds) / n, rtol=1e-10)
        assert_allclose(table["standard_error_bound"], np.sqrt(np.array(bounds) / n), rtol=1e-10)
        assert_allclose(table["value"], list(theta.values()))
        assert list(table.index) == list(theta)


def test_a_known_parameter_lowers_the_bound_of_the_other():
    truth = {"shape": 2.5, "scale": 3.0}
    both = lk.cramer_rao_bound(lk.Gamma(), truth)["variance_bound"]
    assert lk.cramer_rao_bound(lk.Gamma(scale=3.0), {"shape": 2.5}).loc["shape", "variance_bound"] < both["shape"] / 2


# Functions, and other coordinates


def mean(shape, scale):
    return shape * scale


@pytest.mark.parametrize("units", [1e-9, 1.0, 1e12])
def test_bound_of_a_function_is_the_bound_in_other_coordinates(units):
    truth = {"shape": 2.0, "scale": 3.0 * units}
    table = lk.cramer_rao_bound(lk.Gamma(), truth, n=10, of=mean)
    other = lk.cramer_rao_bound(lk.Gamma(parameters=("mean", "shape")), {"mean": 6.0 * units, "shape": 2.0}, n=10)
    assert_allclose(table.loc["mean"], other.loc["mean"], rtol=1e-8)
    # The mean of ten: attained by the sample mean, whose variance is shape scale^2 / n.
    assert_allclose(table.loc["mean", "variance_bound"], 2.0 * (3.0 * units) ** 2 / 10, rtol=1e-8)


FUNCTIONS = {
    "coefficient of variation": (lambda shape, scale: 1 / np.sqrt(shape), lambda a, b: (-0.5 * a**-1.5, 0.0)),
    "variance": (lambda shape, scale: shape * scale**2, lambda a, b: (b**2, 2 * a * b)),
    "log density": (
        lambda shape, scale: -special.gammaln(shape) - shape * np.log(scale),
        lambda a, b: (-special.digamma(a) - np.log(b), -a / b),
    ),
    "a parameter": (lambda shape, scale: scale, lambda a, b: (0.0, 1.0)),
    "by name only": (lambda **theta: theta["shape"] + theta["scale"], lambda a, b: (1.0, 1.0)),
}


@pytest.mark.parametrize(("function", "slopes"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions(function, slopes):
    truth = {"shape": 2.5, "scale": 3.0}
    gradient = np.array(slopes(*truth.values()))
    information = 40 * lk.Gamma().expected_information(**truth)
    wanted = gradient @ np.linalg.inv(information) @ gradient
    table = lk.cramer_rao_bound(lk.Gamma(), truth, n=40, of=function)
    assert_allclose(table["variance_bound"], [wanted], rtol=1e-8)
    assert list(table.index) == ["of"]
    fitted = lk.LikelihoodModel(np.random.default_rng(1).gamma(2.5, 3.0, 40), family=lk.Gamma()).fit()
    at_estimate = lk.cramer_rao_bound(lk.Gamma(), dict(zip(truth, fitted.params, strict=True)), n=40, of=function)
    assert_allclose(fitted.cramer_rao(function), at_estimate, rtol=1e-9)


@pytest.mark.parametrize("units", [1e-10, 1e-3, 1e12])
@pytest.mark.parametrize("function", [lambda shape, scale: np.log(scale), lambda shape, scale: 1 / scale])
def test_functions_in_small_units_were_wrong_by_14_digits(function, units):
    """Steps were 0.0016 whatever the units, across zero: the relative bound of 1/scale is that of scale."""
    table = lk.cramer_rao_bound(lk.Gamma(), {"shape": 2.0, "scale": 3.0 * units}, of=function)
    value = table["value"].iloc[0]
    relative = table["standard_error_bound"].iloc[0] / (value if value == 1 / (3.0 * units) else 1.0)
    assert_allclose(relative**2, gamma_bounds(2.0, 3.0)[1] / 9, rtol=1e-9)


class InRate(lk.Family):
    """An exponential law by its rate; information 1 / rate^2."""

    rate = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, rate):
        return np.log(rate) - rate * y


def series(**theta):
    total = 0.0
    for k in range(1, 4):
        total = total + theta["rate"] ** k
    return total


def opaque_reciprocal(rate):
    return 1 / float(rate)


@pytest.mark.parametrize("rate", [1e-6, 1e-4, 1.0, 1e5])
@pytest.mark.parametrize("function", [lambda rate: 1 / rate, lambda **theta: 1 / theta["rate"], opaque_reciprocal])
def test_the_bound_of_a_reciprocal_was_2500_times_too_small(function, rate):
    """3.9e8 for 1e12 at rate 1e-4."""
    table = lk.cramer_rao_bound(InRate(), {"rate": rate}, of=function)
    assert_allclose(table["variance_bound"], [rate**-2], rtol=1e-9)


PROBABILITIES = {
    "special": lambda mean, sd: special.ndtr((mean - 1030) / sd),
    "stats": lambda mean, sd: stats.norm.sf(1030, mean, sd),
    "where": lambda mean, sd: np.where(sd > 1, special.ndtr((mean - 1030) / sd), 0.0),
}


@pytest.mark.parametrize("function", PROBABILITIES.values(), ids=PROBABILITIES)
def test_the_bound_of_a_probability_at_a_large_mean_was_off_by_3(function):
    slope = float(mpmath.npdf(1) / 30)
    table = lk.cramer_rao_bound(lk.Normal(), {"mean": 1000.0, "sd": 30.0}, n=50, of=function)
    assert_allclose(table["variance_bound"], [slope**2 * (900 + 450) / 50], rtol=1e-9)


def test_the_bound_of_a_ratio_at_a_small_rate_and_of_a_loop():
    family, truth = lk.Gamma(parameters=("shape", "rate")), {"shape": 2.0, "rate": 1e-6}
    found = lk.cramer_rao_bound(family, truth, n=10, of=lambda shape, rate: shape / rate)
    assert_allclose(found["variance_bound"], [2.0 / 1e-12 / 10], rtol=1e-9)  # of the mean, which attains it
    found = lk.cramer_rao_bound(InRate(), {"rate": 0.5}, of=series)
    assert_allclose(found["variance_bound"], [(1 + 2 * 0.5 + 3 * 0.25) ** 2 * 0.25], rtol=1e-12)


def test_arrays():
    information = np.array([[2.0, 0.5], [0.5, 1.0]])
    inverse = np.linalg.inv(information)
    assert_allclose(bound_of_parameters(information), inverse, rtol=1e-13)
    slopes = np.array([[1.0, 0.0], [2.0, -1.0]])
    assert_allclose(bound_of_function(information, slopes), np.diag(slopes @ inverse @ slopes.T), rtol=1e-13)


# Of a fit


def test_bound_of_a_regression_is_the_expected_covariance():
    rng = np.random.default_rng(4)
    exog = np.column_stack([np.ones(60), rng.normal(size=60)])
    model = lk.LikelihoodModel(rng.weibull(1.5, 60), exog, family=lk.Weibull())
    results = model.fit(cov_type="expected")
    table = results.cramer_rao()
    assert list(table.index) == ["shape", "const", "x1"]
    assert_allclose(table["standard_error_bound"], results.bse, rtol=1e-9)
    slope = results.cramer_rao(lambda shape, const, x1: x1 / shape)
    gradient = np.array([-results.params[2] / results.params[0] ** 2, 0, 1 / results.params[0]])
    assert_allclose(slope["variance_bound"], gradient @ results.cov_params() @ gradient, rtol=1e-8)


def test_the_sample_mean_attains_the_bound_and_the_median_does_not():
    """Over 20,000 samples of 25; each variance has a Monte Carlo error of 1 %, four of them allowed."""
    samples = np.random.default_rng(6).normal(0.0, 2.0, size=(20_000, 25))
    bound = lk.cramer_rao_bound(lk.Normal(), {"mean": 0.0, "sd": 2.0}, n=25).loc["mean", "variance_bound"]
    assert_allclose(samples.mean(axis=1).var() / bound, 1, atol=0.04)
    assert np.median(samples, axis=1).var() / bound > 1.3


# Densities of one's own, by quadrature or summation


class LogisticLaw(lk.Family):
    """Information 1 / (3 scale^2) on loc, (3 + pi^2) / (9 scale^2) on scale."""

    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        z = (y - loc) / scale
        return -np.log(scale) - np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z)))


class GeometricLaw(lk.Family):
    """Failures before the first success; information 1 / (p^2 (1 - p))."""

    p = lk.UnitInterval()
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, p):
        return np.log(p) + y * np.log1p(-p)


class ParetoLaw(lk.Family):
    """Above 1; information 1 / index^2."""

    index = lk.Positive()
    support = lk.Interval(1, np.inf)

    @staticmethod
    def log_density(y, index):
        return np.log(index) - (index + 1) * np.log(y)


OWN = {
    "logistic": (LogisticLaw(), {"loc": 1.0, "scale": 2.0}, (12.0, 36 / (3 + np.pi**2))),
    "logistic, far": (LogisticLaw(), {"loc": 1e4, "scale": 1e-2}, (3e-4, 9e-4 / (3 + np.pi**2))),
    "logistic, wide": (LogisticLaw(), {"loc": 0.0, "scale": 1e12}, (3e24, 9e24 / (3 + np.pi**2))),
    "geometric": (GeometricLaw(), {"p": 0.2}, (0.04 * 0.8,)),
    "pareto": (ParetoLaw(), {"index": 2.0}, (4.0,)),
    "pareto, heavy": (ParetoLaw(), {"index": 0.3}, (0.09,)),
}


@pytest.mark.parametrize(("family", "theta", "bounds"), OWN.values(), ids=OWN)
def test_densities_of_ones_own(family, theta, bounds):
    assert_allclose(lk.cramer_rao_bound(family, theta, n=3)["variance_bound"], np.array(bounds) / 3, rtol=1e-7)


# What is refused


class Unidentified(lk.Family):
    a, b = lk.Real(), lk.Real()

    @staticmethod
    def log_density(y, a, b):
        return -((y - a - b) ** 2) / 2 - np.log(2 * np.pi) / 2


TRUTH = {"shape": 2.0, "scale": 1.0}
MOVES = "its support moves with"
REFUSED = {
    "uniform": ([lk.Uniform(), {"low": 0.0, "high": 1.0}], {}, NotAvailableError, f"{MOVES} low and high"),
    "uniform, low known": ([lk.Uniform(low=0.0), {"high": 1.0}], {}, NotAvailableError, f"{MOVES} high"),
    "not identified": ([Unidentified(), {"a": 0.0, "b": 0.0}], {}, NotAvailableError, "not identified"),
    "outside": ([lk.Gamma(), {**TRUTH, "scale": -1.0}], {}, ParameterError, "scale = -1.0"),
    "missing": ([lk.Gamma(), {"shape": 1.0}], {}, ParameterError, "no value for 'scale'"),
    "misspelt": ([lk.Gamma(), {**TRUTH, "shpe": 1.0}], {}, ParameterError, "did you mean 'shape'"),
    "a list": ([lk.Gamma(), [2.0, 1.0]], {}, ParameterError, "must be a dict"),
    "a class": ([lk.Gamma, TRUTH], {}, ArgumentError, "family must be a family"),
    "a name": (["gamma", TRUTH], {}, ArgumentError, "family must be a family"),
    "no rows": ([lk.Gamma(), TRUTH], {"n": 0}, ArgumentError, "positive whole number"),
    "half a row": ([lk.Gamma(), TRUTH], {"n": 2.5}, ArgumentError, "not 2.5"),
    "other names": ([lk.Gamma(), TRUTH], {"of": lambda x: x}, ArgumentError, "shape, scale by keyword"),
    "a vector": ([lk.Gamma(), TRUTH], {"of": lambda **t: np.ones(2)}, ArgumentError, "one finite"),
    "infinite": ([lk.Gamma(), TRUTH], {"of": lambda **t: np.log(0 * t["shape"])}, ArgumentError, "one finite"),
}


@pytest.mark.parametrize(("arguments", "keywords", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_refusals(arguments, keywords, error, words):
    with pytest.raises(error) as raised:
        lk.cramer_rao_bound(*arguments, **keywords)
    assert words in str(raised.value)


class Tail(lk.Family):
    """Pareto law above a known end."""

    alpha = lk.Positive()
    xmin = lk.Known(lk.Positive())
    support = lk.Interval("xmin", np.inf)

    @staticmethod
    def log_density(y, alpha, xmin):
        return np.log(alpha) + alpha * np.log(xmin) - (alpha + 1) * np.log(y)


def test_a_known_quantity_of_a_bound():
    """Information 1 / alpha^2, whatever the end; the quantity was a foreign TypeError."""
    for table in (
        lk.cramer_rao_bound(Tail(), {"alpha": 2.5}, n=10, xmin=3.0),
        lk.cramer_rao_bound(Tail(xmin=3.0), {"alpha": 2.5}, n=10),
    ):
        assert_allclose(table["variance_bound"], [2.5**2 / 10], rtol=1e-8)
    assert_allclose(lk.cramer_rao_bound(lk.Binomial(), {"probability": 0.3}, trials=7)["variance_bound"], [0.21 / 7])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: lk.cramer_rao_bound(Tail(), {"alpha": 2.5, "xmin": 1.0}), r"hold it fixed .*, Tail\(xmin=1\)"),
        (lambda: lk.cramer_rao_bound(Tail(), {"alpha": 2.5}, xmni=1.0), "no argument 'xmni': did you mean 'xmin'"),
        (lambda: lk.cramer_rao_bound(Tail(xmin=1.0), {"alpha": 2.5}, xmin=1.0), "held fixed at 1"),
        (lambda: lk.cramer_rao_bound(Tail(), {"alpha": 2.5}, xmin=[1.0, 2.0]), "is not one value in"),
        (lambda: lk.cramer_rao_bound(Tail(), {"alpha": 2.5}, xmin=-1.0), "is not one value in"),
        (lambda: lk.cramer_rao_bound(lk.Gamma(), {"shape": 2.0, "scale": 1.0}, of=lambda shape, rate: shape * rate),
         r"of takes shape, rate; the function must take shape, scale by keyword"),
    ],
)  # fmt: skip
def test_quantities_of_a_bound_that_are_none(call, words):
    with pytest.raises(LikelihoodKitError, match=words):
        call()
