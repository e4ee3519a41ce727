"""Small samples, heavy tails and extreme shapes: what is certified is the maximum, and what has one is certified.

Whether a maximum exists, and where, is decided here by one equation in one unknown per family, never by the kit.
"""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning

SIZES = (2, 3, 4, 5, 10, 30, 100)
SAMPLES = 150


def root(function, low, high):
    return optimize.brentq(function, low, high, xtol=1e-14, rtol=1e-14, maxiter=500)


def normal(y):
    return y.mean(), y.std()


def gamma(y):
    """In the logarithm of shape: log shape - digamma(shape) = log mean - mean log."""
    gap = np.log(y.mean()) - np.log(y).mean()
    shape = np.exp(root(lambda t: t - special.digamma(np.exp(t)) - gap, -12, 25))
    return shape, y.mean() / shape


def weibull(y):
    """In the logarithm of shape: sum y^k log y / sum y^k - 1 / k = mean log."""
    logs = np.log(y)

    def excess(t):
        weights = special.softmax(np.exp(t) * logs)
        return weights @ logs - np.exp(-t) - logs.mean()

    shape = np.exp(root(excess, -8, 15))
    return shape, np.exp((special.logsumexp(shape * logs) - np.log(len(y))) / shape)


def mean(y):
    return (y.mean(),)


# law, its maximum, parameters drawn over decades, whether a sample has a maximum
LAWS = {
    "normal": (lk.Normal, normal, {"mean": (-3, 6), "sd": (-3, 3)}, lambda y: True),
    "exponential": (lk.Exponential, mean, {"scale": (-6, 6)}, lambda y: True),
    "gamma": (lk.Gamma, gamma, {"shape": (-1, 4), "scale": (-3, 3)}, lambda y: True),
    "weibull": (lk.Weibull, weibull, {"shape": (-1, 1.7), "scale": (-3, 3)}, lambda y: True),
    "poisson": (lk.Poisson, mean, {"rate": (-2, 5)}, lambda y: y.sum() > 0),
    "bernoulli": (lk.Bernoulli, mean, {"probability": (-2, -0.01)}, lambda y: 0 < y.sum() < len(y)),
}


@pytest.mark.parametrize(("law", "maximum", "decades", "exists"), LAWS.values(), ids=LAWS)
def test_random_samples(law, maximum, decades, exists, fit):
    absent = 0
    for seed in range(SAMPLES):
        rng = np.random.default_rng([seed, 7])
        theta = {name: 10 ** rng.uniform(*box) for name, box in decades.items()}
        y = np.asarray(law().sample(int(rng.choice(SIZES)), rng, **theta), dtype=float)
        results = fit(y, family=law())
        assert results.certificate.ok == exists(y), (seed, results.certificate)
        absent += not exists(y)
        if results.certificate.ok:
            assert_allclose(results.params, maximum(y), rtol=1e-7, err_msg=f"seed {seed}")
            assert np.isfinite(results.standard_errors).all()
    assert absent < SAMPLES / 2


EXTREMES = {
    "gamma, shape 0.01": (lk.Gamma, gamma, lambda rng, n: np.maximum(rng.gamma(0.01, 1.0, n), 1e-300)),
    "gamma, shape 1e4": (lk.Gamma, gamma, lambda rng, n: rng.gamma(1e4, 3.0, n)),
    "gamma, shape 1e8": (lk.Gamma, gamma, lambda rng, n: rng.gamma(1e8, 3.0, n)),
    "gamma, one near zero": (lk.Gamma, gamma, lambda rng, n: np.append(rng.gamma(2.0, 1.0, n), 1e-200)),
    "gamma, one huge": (lk.Gamma, gamma, lambda rng, n: np.append(rng.gamma(2.0, 1.0, n), 1e8)),
    "weibull, shape 50": (lk.Weibull, weibull, lambda rng, n: 7 * rng.weibull(50, n)),
    "weibull, shape 1e4": (lk.Weibull, weibull, lambda rng, n: 7 * rng.weibull(1e4, n)),
    "weibull, shape 0.05": (lk.Weibull, weibull, lambda rng, n: 7 * rng.weibull(0.05, n)),
    "weibull, one near zero": (lk.Weibull, weibull, lambda rng, n: np.append(rng.weibull(2.0, n), 1e-200)),
    "weibull, tiny units": (lk.Weibull, weibull, lambda rng, n: 1e-70 * rng.weibull(2.0, n)),
    "exponential, huge units": (lk.Exponential, mean, lambda rng, n: 1e70 * rng.exponential(size=n)),
    "normal, far from zero": (lk.Normal, normal, lambda rng, n: 1e10 + rng.normal(size=n)),
    "normal, one outlier": (lk.Normal, normal, lambda rng, n: np.append(rng.normal(size=n), 1e8)),
    "poisson, rate 1e8": (lk.Poisson, mean, lambda rng, n: rng.poisson(1e8, n).astype(float)),
}


@pytest.mark.parametrize(("law", "maximum", "draw"), EXTREMES.values(), ids=EXTREMES)
def test_extreme_samples(law, maximum, draw, fit):
    """Densities that spread over decades passed for a perfect fit."""
    for seed in range(8):
        rng = np.random.default_rng([seed, 3])
        y = draw(rng, int(rng.choice([5, 10, 50, 500])))
        results = fit(y, family=law())
        assert results.certificate.ok, (seed, results.certificate)
        # Of a shape of 1e8 the data determine the last digits no better than their own rounding.
        assert_allclose(results.params, maximum(y), rtol=1e-6, err_msg=f"seed {seed}")


def profile(y, log_df):
    """Highest log likelihood of Student t laws with df degrees of freedom, by the EM steps of Lange et al. (1989)."""
    df, loc, scale = np.exp(log_df), np.median(y), np.subtract(*np.quantile(y, (0.75, 0.25)))
    for _ in range(2000):
        weights = (df + 1) / (df + ((y - loc) / scale) ** 2)
        loc, before = weights @ y / weights.sum(), scale
        scale = np.sqrt(weights @ (y - loc) ** 2 / len(y))
        if abs(scale / before - 1) < 1e-12:
            break
    return stats.t.logpdf(y, df, loc, scale).sum()


def test_student_t_samples(fit):
    """Certified where the profile over df falls on either side; "df runs to infinity" where it rises to its end."""
    inside = outside = 0
    for seed in range(40):
        rng = np.random.default_rng([seed, 5])
        y = 10 ** rng.uniform(-6, 9) * (
            rng.standard_t(10 ** rng.uniform(0, 1.5), int(rng.choice([30, 60, 200]))) + rng.normal()
        )
        grid = np.linspace(np.log(0.2), np.log(1e6), 60)
        values = np.array([profile(y, t) for t in grid])
        best, certificate = int(np.argmax(values)), fit(y, family=lk.StudentT()).certificate
        fall = values[best] - values[-1]
        if fall > 1e-3:
            inside += 1
            assert certificate.ok, (seed, certificate)
        elif best == len(grid) - 1:
            outside += 1
            assert certificate.rising == ("df runs to infinity",), (seed, certificate)
    assert inside > 10
    assert outside > 3


def test_student_t_reaches_the_top_of_its_profile(fit):
    for seed in range(6):
        y = np.random.default_rng(seed).standard_t(2.5, 80)
        results = fit(y, family=lk.StudentT())
        best = optimize.minimize_scalar(lambda t, y=y: -profile(y, t), bounds=(-1, 4), options={"xatol": 1e-8})
        assert_allclose(np.log(results.params[2]), best.x, atol=1e-5)
        assert_allclose(results.llf, -best.fun, rtol=1e-10)


@pytest.mark.parametrize(("y", "n_ties"), [([0.0, 0, 0, 0, 1, -1, 2], 4), ([3.0] * 9 + [1.0, 4.0], 9)])
def test_ties_let_a_free_student_t_collapse(y, n_ties, fit):
    """With enough ties the density at the tied value grows faster than df can pay for: the maximum does not exist."""
    results = fit(np.array(y), family=lk.StudentT())
    assert not results.certificate.ok
    assert results.certificate.grade == ""


def truncated_normal(y):
    return lk.LikelihoodModel(y, family=lk.truncated(lk.Normal(), low=0.0))


@pytest.mark.parametrize("seed", range(16))
def test_a_truncated_normal_law_without_maximum(seed):
    """It has one where the variance is below the squared mean alone (del Castillo 1994, Annals of the Institute of
    Statistical Mathematics 46, 57-66); elsewhere the end of the search was global, by a theorem of uniqueness."""
    rng = np.random.default_rng(seed)
    y = rng.exponential(1.0, int(rng.integers(5, 40))) ** rng.choice([0.7, 1.0, 1.2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MaximumWarning)
        certificate = truncated_normal(y).fit().certificate
    assert certificate.ok == (y.var() < y.mean() ** 2)
    if not certificate.ok:
        assert "as mean runs to minus infinity and sd runs to infinity: no maximum exists" in str(certificate)


@pytest.mark.parametrize(("y", "df"), [([0, 0, 1, 1], 1), ([0, 0, 0, 1], 3), ([0] * 6 + [1, 4], 3)])
def test_a_theorem_on_t_laws_asks_for_samples_without_heavy_ties(y, df):
    """With df / (df + 1) of the sample at one point there is no maximum, or more than one: it was global."""
    with pytest.warns(MaximumWarning):
        certificate = lk.LikelihoodModel(y, family=lk.StudentT(df=df)).fit().certificate
    assert not certificate.ok
    assert lk.LikelihoodModel([0, 0, 1, 1, 2], family=lk.StudentT(df=df)).fit().certificate.grade == "global"


@pytest.mark.parametrize("seed", [0, 5, 6, 7])
def test_a_short_tail_runs_to_the_end_of_the_shapes(seed):
    """The last point lay on the end of the space by rounding, and the formula was blamed for what it gave there."""
    with pytest.warns(MaximumWarning, match="keeps rising"):
        results = lk.LikelihoodModel(
            np.random.default_rng(seed).beta(2, 0.8, 20), family=lk.GeneralizedExtremeValue()
        ).fit()
    assert not results.certificate.ok
