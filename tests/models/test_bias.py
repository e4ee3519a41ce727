"""First-order bias against published and closed formulas, and against the bias of simulated estimates."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError, ParameterError
from likelihood_kit.families.cumulants import third_cumulants
from likelihood_kit.models import bias

RNG = np.random.default_rng(0)
EXOG = np.column_stack([np.ones(40), RNG.normal(size=40)])


def test_weibull_shape():
    """1.3795 shape / n: Ross (1996), *IEEE Transactions on Dielectrics and Electrical Insulation* 3, 28-42."""
    found = lk.cox_snell_bias(lk.Weibull(), {"shape": 1.5, "scale": 2.0}, n=100)
    assert_allclose(found["shape"], 0.02069296, atol=5e-9)


@pytest.mark.parametrize(
    ("family", "theta", "expected"),
    [
        (lk.Normal(), {"mean": 1.0, "sd": 2.0}, [0, -0.75 * 2]),
        (lk.Normal(parameters=("mean", "variance")), {"mean": 1.0, "variance": 4.0}, [0, -4]),
        (lk.Exponential(), {"scale": 2.0}, [0]),
        (lk.Poisson(), {"rate": 3.0}, [0]),
        (lk.Bernoulli(), {"probability": 0.2}, [0]),
    ],
)
def test_closed_forms(family, theta, expected):
    assert_allclose(lk.cox_snell_bias(family, theta, n=10), np.array(expected) / 10, atol=1e-9)


def test_gamma_shape():
    """Cordeiro and McCullagh (1991): of the shape a, (a psi' - a^2 psi'' - 2) / (2 n (a psi' - 1)^2)."""
    a, n = 2.3, 30
    one, two = special.polygamma(1, a), special.polygamma(2, a)
    expected = (a * one - a**2 * two - 2) / (2 * n * (a * one - 1) ** 2)
    assert_allclose(lk.cox_snell_bias(lk.Gamma(), {"shape": a, "scale": 3.0}, n=n)["shape"], expected, rtol=1e-7)


@pytest.mark.parametrize("shape", [1e4, 1e6, 1e7])
def test_cumulants_that_cancel_took_the_digits_of_a_bias(shape):
    """5996002.96 was given for 5999999.87 at 1e7; the same formula in 60 digits."""
    with mpmath.workdps(60):
        a = mpmath.mpf(shape)
        one, two = mpmath.psi(1, a), mpmath.psi(2, a)
        expected = float((a * one - a**2 * two - 2) / (10 * (a * one - 1) ** 2))
    found = lk.cox_snell_bias(lk.Gamma(), {"shape": shape, "scale": 1.0}, n=5)
    assert_allclose(found["shape"], expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [1e9, 1e12])
def test_a_bias_that_rounding_decides_is_refused(shape):
    with pytest.raises(NotAvailableError, match="rounding takes its digits"):
        lk.cox_snell_bias(lk.Gamma(), {"shape": shape, "scale": 1.0}, n=5)


def test_logistic_regression():
    """McCullagh and Nelder (1989), *Generalized Linear Models*, section 15.2: a weighted regression."""
    y = (RNG.random(40) < special.expit(EXOG @ [0.3, 0.8])).astype(float)
    results = lk.LikelihoodModel(y, EXOG, family=lk.Bernoulli()).fit()
    p = results.fittedvalues
    weights = p * (1 - p)
    covariance = np.linalg.inv(EXOG.T * weights @ EXOG)
    leverage = np.einsum("ni,ij,nj->n", EXOG, covariance, EXOG)
    expected = covariance @ EXOG.T @ (weights * leverage * (p - 0.5))
    assert_allclose(results.cox_snell_bias(), expected, rtol=1e-8)


@pytest.mark.parametrize("link", ["log", "identity"])
def test_a_column_of_ones_is_no_design(link):
    """In the coordinates of the link: that of log scale follows from that of the scale and its variance."""
    y = np.random.default_rng(3).gamma(2, 3, 50)
    plain = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    driven = lk.LikelihoodModel(y, np.ones((50, 1)), family=lk.Gamma(links={"scale": link})).fit()
    bias, found = plain.cox_snell_bias(), driven.cox_snell_bias()
    assert_allclose(found["shape"], bias["shape"], rtol=1e-7)
    scale = plain.params[1]
    variance = np.linalg.inv(plain.information("expected"))[1, 1]
    expected = bias["scale"] if link == "identity" else bias["scale"] / scale - variance / (2 * scale**2)
    assert_allclose(found["const"], expected, rtol=1e-6)


def test_two_designs_against_simulation():
    """400 samples of 60 rows: within 4 Monte Carlo errors and a fifth of itself, which is of second order."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=60)
    exog, truth = np.column_stack([np.ones(60), x]), [0.5, 0.2, 1.0, 0.3]

    def fit(y):
        return lk.LikelihoodModel(y, exog, family=lk.Weibull(), exogs={"shape": exog}).fit()

    samples = [rng.weibull(np.exp(exog @ truth[:2])) * np.exp(exog @ truth[2:]) for _ in range(400)]
    estimates = np.array([fit(y).params for y in samples])
    at_truth = fit(samples[0])
    predicted = np.mean([fit(y).cox_snell_bias() for y in samples[:20]], axis=0)
    error = estimates.std(axis=0) / 20
    assert list(at_truth.cox_snell_bias().index) == at_truth.model.exog_names
    assert (np.abs(estimates.mean(axis=0) - truth - predicted) < 4 * error + 0.2 * np.abs(predicted)).all()
    assert np.abs(predicted[0]) > 3 * error[0]  # there is something to be seen


@pytest.mark.parametrize("family", [lk.Gamma(), lk.Weibull(), lk.NegativeBinomial(), lk.Poisson()], ids=repr)
def test_many_rows_are_as_each_row(family, monkeypatch):
    """Of rows that differ in one linear predictor their cumulants are interpolated, to 1e-8 at least."""
    x = np.linspace(-2, 3, 130)
    exog = np.column_stack([np.ones(130), x])
    theta = {name: 1.5 for name in family.parameter_names if name != family.predicted}
    y = family.sample(130, np.random.default_rng(2), **theta, **{family.predicted: np.exp(exog @ [1.0, 0.5])})
    results = lk.LikelihoodModel(y, exog, family=family).fit()
    found, asked = results.cox_snell_bias(), []
    monkeypatch.setattr(bias, "third_cumulants", lambda *given: asked.append(given) or third_cumulants(*given))
    again = results.cox_snell_bias()
    assert max(len(np.ravel(values[family.predicted])) for _, values in asked) < 130
    monkeypatch.setattr(bias, "MANY", 1000)
    assert_allclose(found, results.cox_snell_bias(), rtol=1e-7, atol=1e-12)
    assert_allclose(found, again, rtol=1e-12)


def test_frequencies_are_repeated_rows():
    values, counts = np.array([0.5, 1.0, 2.5, 6.0]), np.array([3, 1, 4, 2])
    weighted = lk.LikelihoodModel(values, family=lk.Gamma(), freq_weights=counts).fit()
    repeated = lk.LikelihoodModel(np.repeat(values, counts), family=lk.Gamma()).fit()
    assert_allclose(weighted.cox_snell_bias(), repeated.cox_snell_bias(), rtol=1e-9)


def test_refused_by_name():
    with pytest.raises(NotAvailableError, match="support moves"):
        lk.cox_snell_bias(lk.Uniform(), {"low": 0.0, "high": 1.0})
    with pytest.raises(ParameterError):
        lk.cox_snell_bias(lk.Gamma(), {"shape": -1.0, "scale": 1.0})
    weighted = lk.LikelihoodModel([1.0, 2.0, 5.0], family=lk.Gamma(), prob_weights=[1, 2, 3]).fit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.cox_snell_bias()


def test_a_limit_that_is_never_reached_censors_nothing():
    theta = {"shape": 1.5, "scale": 2.0}
    for limit in (100.0, np.inf):
        found = lk.cox_snell_bias(lk.censored(lk.Weibull(), limit=limit), theta)
        assert_allclose(found, lk.cox_snell_bias(lk.Weibull(), theta), rtol=1e-7)


@pytest.mark.parametrize("limit", [1.0, 3.0])
def test_a_censored_exponential(limit):
    """Of D events and a time T in units of the scale l' = T - D, l'' = D - 2 T, and the third derivative 6 T - 2 D.

    With d = 1 - exp(-c), c = limit / scale: E T = E D = d, by parts E T^2 = 2 E[D T] and E[D T] = d - c exp(-c).
    """
    scale = 2.0
    c = limit / scale
    d, both = 1 - np.exp(-c), 1 - np.exp(-c) - c * np.exp(-c)
    expected = (4 * d / 2 + 3 * both - d - 2 * (2 * both)) / d**2 * scale
    found = lk.cox_snell_bias(lk.censored(lk.Exponential(), limit=limit), {"scale": scale})
    assert_allclose(found["scale"], expected, rtol=1e-7)


def test_heavy_tails_were_refused_where_their_location_is_0():
    """Far out the third derivatives are what rounding leaves of terms that cancel, and once 0."""
    centred = lk.cox_snell_bias(lk.StudentT(df=4.0), {"loc": 0.0, "scale": 1.0})
    moved = lk.cox_snell_bias(lk.StudentT(df=4.0), {"loc": 0.3, "scale": 1.1})
    assert_allclose(moved["scale"], 1.1 * centred["scale"], rtol=1e-9)
    assert_allclose(lk.cox_snell_bias(lk.Cauchy(), {"loc": 0.0, "scale": 1.0}), 0, atol=1e-9)
