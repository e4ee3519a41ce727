"""Goodness of fit: distances and critical values that are known, its size, its power, and what it is not for."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.diagnostic import lilliefors, normal_ad

import likelihood_kit as lk
from likelihood_kit.diagnostics.goodness_of_fit import DISTANCES, distances, goodness_of_fit
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.models.distributions import integrated_distribution

RNG = np.random.default_rng(11)


def test_distances_are_those_of_scipy():
    y = RNG.normal(size=40)
    found = distances(stats.norm.cdf(y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        law = stats.norm(*stats.norm.fit(y))
    own = distances(law.cdf(y))
    assert_allclose(found[1], stats.cramervonmises(y, "norm").statistic)
    assert_allclose(found[2], stats.kstest(y, "norm").statistic)
    ordered, i = np.sort(law.cdf(y)), np.arange(1, 41)
    terms = (2 * i - 1) * (np.log(ordered) + np.log1p(-ordered[::-1]))
    assert_allclose(own[0], -40 - terms.mean())
    assert_allclose(distances(np.stack([stats.norm.cdf(y), law.cdf(y)])), [found, own])


#: Upper 5 % points where the parameters are estimated, and the modifications of A^2, W^2 and D: Stephens (1974), table
#: 1A, for the sample size below.
N = 50
STEPHENS = {
    "normal": (
        lk.Normal(),
        (1 + 0.75 / N + 2.25 / N**2, 1 + 0.5 / N, np.sqrt(N) - 0.01 + 0.85 / np.sqrt(N)),
        (0.0, 0.0, 0.0),
        (0.752, 0.126, 0.895),
    ),
    "exponential": (
        lk.Exponential(),
        (1 + 0.6 / N, 1 + 0.16 / N, np.sqrt(N) + 0.26 + 0.5 / np.sqrt(N)),
        (0.0, 0.0, 0.2 / N),
        (1.321, 0.224, 1.094),
    ),
}
#: The same of known parameters, case 0.
KNOWN = (2.492, 0.461, 1.358)


@pytest.mark.parametrize(("family", "factor", "less", "points"), STEPHENS.values(), ids=STEPHENS)
def test_critical_values_are_those_of_stephens(family, factor, less, points):
    """To 7 %: the 95 % point of 3,999 samples has a standard error of 2 %."""
    y = RNG.exponential(size=N) if family.name == "Exponential" else RNG.normal(size=N)
    found = lk.LikelihoodModel(y, family=family).fit().goodness_of_fit(3999)
    modified = (np.quantile(found.drawn, 0.95, axis=0) - less) * factor
    assert_allclose(modified, points, rtol=0.07)
    assert (np.abs(modified / KNOWN - 1) > 0.07).all()


def test_p_values_of_a_normal_law_are_those_of_statsmodels():
    y = RNG.gamma(6, 1, 60)
    found = lk.LikelihoodModel(y, family=lk.Normal()).fit().goodness_of_fit(3999)
    # Of 3,999 samples four Monte Carlo standard errors of a p-value of a fifth.
    assert_allclose(found.table["pvalue"].iloc[0], normal_ad(y)[1], atol=0.026)
    assert_allclose(found.table["pvalue"].iloc[2], lilliefors(y, pvalmethod="approx")[1], atol=0.05)


SIZES = {
    "exponential": (lk.Exponential(), {"scale": 2.0}, 20),
    "gamma": (lk.Gamma(), {"shape": 0.5, "scale": 2.0}, 30),
    "poisson": (lk.Poisson(), {"rate": 0.7}, 30),
}


@pytest.mark.parametrize(("family", "theta", "n"), SIZES.values(), ids=SIZES)
def test_size(family, theta, n):
    """Of 200 samples of a right law 10 are accused at 5 %: fewer than 2, or more than 21, once in 1,000 times."""
    rng = np.random.default_rng(2)
    accused = 0
    for _ in range(200):
        results = lk.LikelihoodModel(family.sample(n, rng, **theta), family=family).fit()
        accused += results.goodness_of_fit(99).pvalue <= 0.05
    assert 2 <= accused <= 21


WRONG = {
    "gamma for exponential": (lk.Exponential(), lambda rng: rng.gamma(3, 1, 60)),
    "heavy tails for normal": (lk.Normal(), lambda rng: rng.standard_t(1.5, 60)),
    "overdispersed for poisson": (lk.Poisson(), lambda rng: rng.negative_binomial(1, 0.2, 60)),
    "exponential for uniform": (lk.Uniform(), lambda rng: rng.exponential(1, 60)),
}


@pytest.mark.parametrize(("family", "draw"), WRONG.values(), ids=WRONG)
def test_power(family, draw):
    """Each is found in more than 9 of 10 samples."""
    found = [
        lk.LikelihoodModel(draw(np.random.default_rng(seed)), family=family).fit().goodness_of_fit(199)
        for seed in range(5)
    ]
    assert sum(one.pvalue <= 0.05 for one in found) >= 4
    assert sum(one.verdict.startswith("Evidence") for one in found) >= 4


def test_a_regression_and_what_is_known_of_its_rows():
    x = np.column_stack([np.ones(150), RNG.normal(1e5, 1e3, 150)])
    mean = np.exp((x[:, 1] - 1e5) / 1e3)
    right = lk.LikelihoodModel(RNG.exponential(mean), x, family=lk.Exponential()).fit().goodness_of_fit(199)
    wrong = lk.LikelihoodModel(RNG.exponential(mean), x[:, :1], family=lk.Exponential()).fit().goodness_of_fit(199)
    assert right.pvalue > 0.01
    assert wrong.pvalue <= 0.01
    trials = np.tile([1, 30], 50)
    model = lk.LikelihoodModel(RNG.binomial(trials, 0.4), family=lk.Binomial(), trials=trials)
    assert model.fit().goodness_of_fit(199).pvalue > 0.01


def test_frequencies_are_rows_that_are_repeated():
    values, counts = np.arange(6), np.array([10, 15, 12, 5, 0, 3])
    weighted = lk.LikelihoodModel(values, family=lk.Poisson(), freq_weights=counts).fit().goodness_of_fit(99)
    plain = lk.LikelihoodModel(np.repeat(values, counts), family=lk.Poisson()).fit().goodness_of_fit(99)
    assert_allclose(weighted.table.to_numpy(), plain.table.to_numpy())
    assert len(weighted.places) == 45


class Plain(lk.Family):
    """A Rayleigh law of which nothing but the density is known."""

    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)


def test_a_law_without_a_distribution_function():
    y = RNG.rayleigh(2, 60)
    results = lk.LikelihoodModel(y, family=Plain()).fit()
    found = results.goodness_of_fit(99)
    assert_allclose(found.places, stats.rayleigh.cdf(y, scale=results.params[0]), rtol=1e-9)
    assert found.pvalue > 0.01
    assert lk.LikelihoodModel(RNG.gamma(0.5, 1, 60), family=Plain()).fit().goodness_of_fit(99).pvalue <= 0.01


def test_integration_between_observations():
    y = RNG.gamma(2, 3, (3, 50))
    theta = {"shape": np.array([[0.3], [2.0], [8.0]]), "scale": np.full((3, 1), 3.0)}
    assert_allclose(integrated_distribution(lk.Gamma(), {})(y, theta), lk.Gamma().cdf(y, **theta), atol=1e-9)
    each = {"shape": np.full((3, 50), 2.0), "scale": RNG.uniform(1, 3, (3, 50))}
    assert_allclose(integrated_distribution(lk.Gamma(), {})(y, each), lk.Gamma().cdf(y, **each), atol=1e-9)
    counts = RNG.poisson(4, (2, 30)).astype(float)
    for lower in (0, 1):
        found = integrated_distribution(lk.Poisson(), {})(counts - lower, {"rate": np.array([[3.0], [5.0]])})
        assert_allclose(found, stats.poisson.cdf(counts - lower, [[3.0], [5.0]]), atol=1e-12)
    trials = {"trials": np.tile([4.0, 9.0], 15)}
    y = RNG.binomial(4, 0.4, (2, 30)).astype(float)
    found = integrated_distribution(lk.Binomial(), trials)(y, {"probability": np.array([[0.3], [0.5]])})
    assert_allclose(found, stats.binom.cdf(y, trials["trials"], [[0.3], [0.5]]), atol=1e-12)


@pytest.mark.parametrize("n", [60, 200])
def test_chi_squared_lies_between_its_two_limits(n):
    """Of parameters estimated from the observations: m - 1 - k to m - 1 degrees of freedom (Chernoff and Lehmann 1954).

    The mean of 1,999 samples within 4 standard errors of that interval.
    """
    y = RNG.normal(size=n)
    found = lk.LikelihoodModel(y, family=lk.Normal()).fit().goodness_of_fit(1999)
    m = min(int(np.ceil(2 * n**0.4)), n // 5)
    counts = np.histogram(stats.norm.cdf(y, y.mean(), y.std()), np.linspace(0, 1, m + 1))[0]
    assert_allclose(found.table["statistic"][f"Chi-squared, {m} cells"], ((counts - n / m) ** 2 / (n / m)).sum())
    error = 4 * np.sqrt(2 * m / 1999)
    assert m - 3 - error < found.chi_squares.mean() < m - 1 + error
    assert_allclose(
        found.table["pvalue"].iloc[3], (1 + (found.chi_squares >= found.table["statistic"].iloc[3] - 1e-9).sum()) / 2000
    )


def test_counts_are_pooled_into_cells_of_whole_numbers():
    """By hand: cells from 0 on, each closed at the first number from which n / 8 are expected in it and above it."""
    y = np.repeat(np.arange(8), [6, 11, 14, 12, 8, 5, 3, 1])
    n, rate = len(y), y.mean()
    probability = stats.poisson.pmf(np.arange(8), rate)
    least, observed, expected = n / min(int(np.ceil(2 * n**0.4)), n // 5), [0.0], [0.0]
    for value in range(8):
        observed[-1] += (y == value).sum()
        expected[-1] += n * probability[value]
        if expected[-1] >= least and n * stats.poisson.sf(value, rate) >= least:
            observed.append(0.0)
            expected.append(0.0)
    expected[-1] = n - sum(expected[:-1])
    assert min(expected) >= 5
    table = lk.LikelihoodModel(y, family=lk.Poisson()).fit().goodness_of_fit(99).table
    assert table.index[3] == f"Chi-squared, {len(expected)} cells"
    assert_allclose(table["statistic"].iloc[3], np.sum((np.array(observed) - expected) ** 2 / expected), rtol=1e-8)
    # Two cells hold a probability that is estimated: nothing is left to differ.
    coin = lk.LikelihoodModel(y > 2, family=lk.Bernoulli()).fit().goodness_of_fit(99).table
    assert_allclose(coin.iloc[3].to_numpy(), [0.0, 1.0], atol=1e-12)


def test_chi_squared_size_and_power():
    """Of 200 right laws 10 are accused at 5 %, below 2 or above 21 once in 1,000; nearly all wrong ones are."""
    rng, accused = np.random.default_rng(5), np.zeros(2)
    for _ in range(200):
        results = lk.LikelihoodModel(rng.poisson(2.0, 40), family=lk.Poisson()).fit()
        accused[0] += results.goodness_of_fit(99).table["pvalue"].iloc[3] <= 0.05
    for _ in range(20):
        results = lk.LikelihoodModel(rng.negative_binomial(1, 0.2, 60), family=lk.Poisson()).fit()
        accused[1] += results.goodness_of_fit(99).table["pvalue"].iloc[3] <= 0.05
    assert 2 <= accused[0] <= 21
    assert accused[1] >= 18


def _censored(law, y, limit):
    seen = (y <= limit).astype(int)
    return lk.LikelihoodModel(np.minimum(y, limit), family=lk.censored(law), event=seen, limit=limit).fit()


def test_places_of_censored_times_are_drawn_above_them():
    """Of an exponential law with a limit at half its scale six in ten are: between 1 - exp(-limit / scale) and 1."""
    results = _censored(lk.Exponential(), np.random.default_rng(5).exponential(2.0, 400), np.full(400, 1.0))
    places, seen = results.goodness_of_fit(99).places, np.asarray(results.model.columns["event"]) == 1
    end = -np.expm1(-1.0 / results.params[0])
    assert_allclose(places[seen], -np.expm1(-results.model.endog[seen] / results.params[0]), rtol=1e-10)
    assert stats.kstest(places[~seen], stats.uniform(end, 1 - end).cdf).pvalue > 0.001  # once in 1,000
    assert stats.kstest(places[~seen], "uniform").pvalue < 1e-6


def test_size_and_power_of_censored_times():
    """Times that are censored at known limits: about 5 of 100 right laws are accused, and nearly all wrong ones."""
    rng, accused = np.random.default_rng(6), np.zeros(2)
    for _ in range(100):
        limit = rng.uniform(1, 4, 60)
        accused[0] += _censored(lk.Weibull(), rng.weibull(1.5, 60) * 2, limit).goodness_of_fit(99).pvalue <= 0.05
    for _ in range(10):
        limit = rng.uniform(1, 6, 150)
        accused[1] += _censored(lk.Exponential(), rng.weibull(3, 150) * 2, limit).goodness_of_fit(99).pvalue <= 0.05
    assert accused[0] <= 15  # 5 are expected; more once in 10,000
    assert accused[1] >= 9


def test_the_same_test_for_the_same_fit():
    results = lk.LikelihoodModel(RNG.poisson(3, 40), family=lk.Poisson()).fit()
    one, same, other = (results.goodness_of_fit(99, seed=seed) for seed in (1, 1, 2))
    assert_allclose(one.table.to_numpy(), same.table.to_numpy())
    assert not np.array_equal(one.drawn, other.drawn)
    assert list(one.table.index)[:3] == list(DISTANCES)
    assert one.table.index[3].startswith("Chi-squared, ")
    assert one.replications + one.failures == 99


def test_refused_by_name():
    y = RNG.gamma(2, 3, 50)
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    for replications in (0, 98, 1.5, "99", True):
        with pytest.raises(ArgumentError, match="replications"):
            results.goodness_of_fit(replications)
    with pytest.raises(ArgumentError, match="seed"):
        results.goodness_of_fit(99, seed=-1)
    with pytest.raises(ArgumentError, match="level"):
        results.goodness_of_fit(99, level=0)
    censored = lk.LikelihoodModel(np.minimum(y, 5), family=lk.censored(lk.Gamma()), event=(y < 5).astype(int)).fit()
    with pytest.raises(NotAvailableError, match=r"censored where observation ends.*give limit="):
        censored.goodness_of_fit()
    weighted = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=np.linspace(1, 2, 50)).fit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        weighted.goodness_of_fit()
    with pytest.raises(NotAvailableError, match="only 3 of 99"):
        goodness_of_fit(np.full(5, 0.5), np.ones((3, 3)), 96)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nothing = lk.LikelihoodModel([0, 0, 0], family=lk.Poisson()).fit()
    with pytest.raises(NotAvailableError, match="not certified"):
        nothing.goodness_of_fit()
