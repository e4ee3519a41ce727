"""Vuong's and Clarke's tests against R's pscl and the published formulas; their size and power; what they refuse."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mpmath import atan, exp, log, mp, mpf, pi, quad, sin
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit._numerics.chi_squares import weighted_chi_squares_survival
from likelihood_kit.diagnostics.non_nested import VarianceTest, clarke
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError

ORACLES = Path(__file__).parent / "oracles"
#: Estimates of R's glm.nb stop at about this.
R = 1e-5
RNG = np.random.default_rng(8)
Y = RNG.gamma(0.8, 2.0, 300)


def fit(family, y=Y, exog=None, **kwargs):
    return lk.LikelihoodModel(y, exog, family=family, **kwargs).fit()


@pytest.fixture(scope="module")
def warpbreaks():
    rows = pd.read_csv(ORACLES / "data.csv")
    table = rows[rows["dataset"] == "warpbreaks"].pivot(index="row", columns="column", values="value")
    one = np.ones(len(table))
    wool, tension = np.column_stack([one, table["woolB"]]), np.column_stack([one, table[["tensionM", "tensionH"]]])
    laws = {"poisson": (lk.Poisson(), lk.Poisson()), "negative binomial": (lk.NegativeBinomial(),) * 2}
    laws["of two families"] = (lk.NegativeBinomial(), lk.Poisson())
    y = table["y"].to_numpy()
    return {case: (fit(a, y, wool), fit(b, y, tension)) for case, (a, b) in laws.items()}


# The numbers


@pytest.mark.parametrize("case", ["poisson", "negative binomial", "of two families"])
def test_statistics_of_pscl(warpbreaks, case):
    """pscl's variance has n - 1 in the denominator, the published one n."""
    wool, tension = warpbreaks[case]
    row = pd.read_csv(ORACLES / "non_nested.csv", index_col="case").loc[case]
    assert_allclose([wool.llf, tension.llf], row[["llf", "other_llf"]].astype(float), rtol=R)
    n = wool.nobs
    columns = {"none": "printed_raw", "aic": "printed_aic", "bic": "printed_bic"}
    if case == "of two families":  # pscl counts coefficients alone, not the dispersion of the one law
        columns = {"none": "printed_raw"}
    for correction, printed in columns.items():
        found = wool.vuong_test(tension, correction=correction)
        assert_allclose(found.statistic * np.sqrt((n - 1) / n), row[printed], rtol=R)
        if found.distinguishable:
            assert_allclose(found.pvalue, 2 * stats.norm.sf(abs(found.statistic)))
            assert_allclose(found.pvalue_first + found.pvalue_other, 1)
    assert wool.clarke_test(tension).statistic == row["higher"]


def test_the_variance_test_by_vuongs_own_matrix(warpbreaks):
    """W as published, from the scores of a Poisson law, and Imhof's integral (3.2) in place of the transform."""
    wool, tension = warpbreaks["poisson"]
    y, n, scores, inverses = np.asarray(wool.model.endog), int(wool.nobs), [], []
    for one in (wool, tension):
        rate, exog = np.exp(one.model.exog @ one.params), one.model.exog
        scores.append((y - rate)[:, None] * exog)
        inverses.append(np.linalg.inv(-(exog.T * rate) @ exog / n))  # A of the paper, the mean Hessian
    (bf, bfg), bg = (scores[0].T @ scores[0] / n, scores[0].T @ scores[1] / n), scores[1].T @ scores[1] / n
    af, ag = inverses
    weights = np.linalg.eigvals(np.block([[-bf @ af, -bfg @ ag], [bfg.T @ af, bg @ ag]])).real ** 2
    found = wool.vuong_test(tension).variance_test
    assert_allclose(found.weights, np.sort(weights)[::-1], rtol=1e-7, atol=1e-12)
    differences = stats.poisson.logpmf(y, np.exp(wool.model.exog @ wool.params)) - stats.poisson.logpmf(
        y, np.exp(tension.model.exog @ tension.params)
    )
    assert_allclose(found.statistic, n * differences.var(), rtol=1e-7)
    assert_allclose(found.pvalue, imhof(found.statistic, found.weights), atol=1e-8)


def imhof(value, weights):
    """Imhof (1961), eq. (3.2), over the logarithm of u."""
    weights = [mpf(float(weight)) for weight in weights if weight > 1e-12 * weights.max()]
    mp.dps = 20

    def integrand(u):
        angle = sum(atan(weight * u) for weight in weights) / 2 - value * u / 2
        size = exp(sum(log(1 + (weight * u) ** 2) for weight in weights) / 4)
        return sin(angle) / (u * size)

    period = 4 * pi / value
    points = [mpf(0)] + [period * k / 2 for k in range(1, 400)]
    return float(mpf(1) / 2 + quad(integrand, points) / pi)


@pytest.mark.parametrize("weights", [(1.0,), (2.0, 2.0), (3.0,) * 5, (0.5,) * 40, (1.0,) * 120])
def test_equal_weights_are_a_chi_squared_law(weights):
    m = len(weights)
    for value in stats.chi2.isf([0.999, 0.5, 0.05, 1e-6], m):
        found = weighted_chi_squares_survival(weights[0] * value, np.array(weights))
        assert_allclose(found, stats.chi2.sf(value, m), atol=1e-11 if m <= 100 else 1e-8)


def test_imhofs_table():
    """Table 1 of Imhof (1961), to the digits given, and weights of which most hardly count."""
    for value, published in {0.1: 0.9458, 0.7: 0.5064, 2.0: 0.1240}.items():
        assert_allclose(weighted_chi_squares_survival(value, np.array([0.6, 0.3, 0.1])), published, atol=5e-5)
    tiny = np.array([1.0, 1e-3, 1e-9, 1e-14, 0.0])
    assert_allclose(weighted_chi_squares_survival(3.0, tiny), stats.chi2.sf(3 - 1e-3, 1), atol=1e-4)
    assert weighted_chi_squares_survival(0.0, tiny) == 1.0
    assert weighted_chi_squares_survival(1.0, np.zeros(3)) == 0.0
    assert np.isnan(weighted_chi_squares_survival(1.0, np.ones(201)))


def test_sign_test_by_hand():
    gamma, normal = fit(lk.Gamma()), fit(lk.Normal())
    differences = gamma.model.loglikeobs(gamma.params) - normal.model.loglikeobs(normal.params)
    found = gamma.clarke_test(normal)
    higher = int((differences > 0).sum())
    assert (found.statistic, found.n) == (higher, 300)
    assert_allclose(found.binomial_pvalue, stats.binomtest(higher, 300).pvalue)
    assert found.replications == 399
    exponential = fit(lk.Exponential())
    moved = exponential.model.loglikeobs(exponential.params) - normal.model.loglikeobs(normal.params)
    corrected = exponential.clarke_test(normal, correction="bic")
    assert corrected.statistic == (moved + np.log(300) / 600 > 0).sum()


def test_order_units_and_coordinates_do_not_matter():
    gamma, lognormal = fit(lk.Gamma()), fit(lk.LogNormal())
    found, turned = gamma.vuong_test(lognormal), lognormal.vuong_test(gamma)
    assert_allclose([turned.statistic, turned.pvalue_other], [-found.statistic, found.pvalue_first])
    others = (
        fit(lk.Gamma(parameters=("mean", "shape"))).vuong_test(lognormal),
        fit(lk.Gamma(), 1e6 * Y).vuong_test(fit(lk.LogNormal(), 1e6 * Y)),
    )
    for other in others:
        assert_allclose(other.statistic, found.statistic, rtol=1e-6)
        assert_allclose(other.variance_test.weights, found.variance_test.weights, rtol=1e-5, atol=1e-8)


def test_a_far_column_is_no_matter():
    """A predictor far from 0 beside its spread: the weights are found where the design is well conditioned."""
    x = RNG.normal(size=(300, 2))
    y = np.exp(x[:, 0]) * Y
    designs = [np.column_stack([np.ones(300), far + x[:, j]]) for far in (0, 1e6) for j in (0, 1)]
    near, far = (fit(lk.Weibull(), y, a).vuong_test(fit(lk.Weibull(), y, b)) for a, b in (designs[:2], designs[2:]))
    assert_allclose(far.variance_test.weights, near.variance_test.weights, rtol=1e-5, atol=1e-8)
    assert_allclose(far.statistic, near.statistic, rtol=1e-6)


def test_frequencies_are_repeated_rows():
    values, counts = np.array([0, 1, 2, 3, 5, 8]), np.array([30, 22, 15, 0, 4, 2])
    weighted = _own(values, freq_weights=counts).vuong_test(fit(lk.NegativeBinomial(), values, freq_weights=counts))
    rows = np.repeat(values, counts)
    repeated = _own(rows).vuong_test(fit(lk.NegativeBinomial(), rows))
    assert_allclose(weighted.statistic, repeated.statistic, rtol=1e-7)
    assert_allclose(weighted.variance_test.weights, repeated.variance_test.weights, rtol=1e-6, atol=1e-9)
    assert weighted.n == 73


class ZeroInflatedPoisson(lk.Family):
    inflation = lk.UnitInterval()
    rate = lk.Positive()
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, inflation, rate):
        counted = np.log1p(-inflation) + special.xlogy(y, rate) - rate - special.gammaln(y + 1)
        return np.where(y == 0, np.log(inflation + (1 - inflation) * np.exp(-rate)), counted)


def _own(y, **kwargs):
    return fit(ZeroInflatedPoisson(), y, **kwargs)


def test_censored_laws_and_own_likelihoods():
    limit = np.quantile(Y, 0.8)
    times, seen = np.minimum(Y, limit), (limit >= Y).astype(int)
    gamma, lognormal = (fit(lk.censored(law), times, event=seen) for law in (lk.Gamma(), lk.LogNormal()))
    assert gamma.vuong_test(lognormal).statistic > 0

    class Own(lk.LikelihoodModel):
        parameters = {"mean": lk.Real(), "sd": lk.Positive()}

        def loglikeobs(self, params):
            return stats.norm.logpdf(np.log(self.endog), params[0], params[1]) - np.log(self.endog)

    found, expected = (fit(lk.Gamma()).vuong_test(one) for one in (Own(Y).fit(), fit(lk.LogNormal())))
    assert_allclose(found.statistic, expected.statistic, rtol=1e-5)
    assert_allclose(found.variance_test.weights, expected.variance_test.weights, rtol=1e-4, atol=1e-7)


# What they say


def test_size_where_two_laws_are_equally_near():
    """Two predictors that count alike: 5 % of 400 samples, within 4 standard errors of 1.1 %; one alarm in 16,000."""
    rng, rejected = np.random.default_rng(11), 0
    for _ in range(400):
        x = rng.normal(size=(150, 2))
        y = x.sum(axis=1) + rng.normal(size=150)
        one, other = (fit(lk.Normal(), y, np.column_stack([np.ones(150), x[:, j]])) for j in (0, 1))
        found = one.vuong_test(other)
        assert found.distinguishable
        rejected += found.pvalue <= 0.05
    assert abs(rejected / 400 - 0.05) < 4 * 0.0109, rejected


class Near(lk.Family):
    """A normal law whose deviation is estimated, about one of two given means."""

    sd = lk.Positive()
    centre = lk.Known(lk.Real())
    support = lk.Interval(-np.inf, np.inf)
    typical = {"sd": (0.5, 2.0), "centre": (-1.0, 1.0)}

    @staticmethod
    def log_density(y, sd, centre):
        return -np.log(sd) - ((y - centre) / sd) ** 2 / 2 - np.log(2 * np.pi) / 2


def test_signs_are_not_binomial_where_a_deviation_is_estimated():
    """Of 60 samples the published law rejects a third at 5 %, samples of the rows at most 10: one alarm in 2,000."""
    rng, rejected, binomial = np.random.default_rng(14), 0, 0
    for _ in range(60):
        x = rng.normal(size=(100, 2))
        y = x.sum(axis=1) + rng.normal(size=100)
        one, other = (fit(Near(), y, centre=x[:, j]) for j in (0, 1))
        found = one.clarke_test(other, replications=99)
        rejected += found.pvalue <= 0.05
        binomial += found.binomial_pvalue <= 0.05
    assert rejected <= 10, rejected
    assert binomial > 15, binomial


def test_size_of_the_variance_test_where_the_two_laws_are_one():
    """Predictors that do not count: 5 % of 400 samples are told apart, and of the rest no test is made."""
    rng, told = np.random.default_rng(12), 0
    for _ in range(400):
        x, y = rng.normal(size=(150, 2)), rng.normal(size=150)
        one, other = (fit(lk.Normal(), y, np.column_stack([np.ones(150), x[:, j]])) for j in (0, 1))
        found = one.vuong_test(other)
        told += found.distinguishable
        assert np.isnan(found.pvalue) == (not found.distinguishable)
    assert abs(told / 400 - 0.05) < 4 * 0.0109, told


def test_power_and_words():
    """Of 40 samples of a gamma law most speak for it, none for the log normal one: the control of the sizes above."""
    rng, nearer = np.random.default_rng(13), np.zeros(2)
    for _ in range(40):
        y = rng.gamma(0.8, 2.0, 400)
        gamma, lognormal = fit(lk.Gamma(), y), fit(lk.LogNormal(), y)
        found = [gamma.vuong_test(lognormal), gamma.clarke_test(lognormal)]
        nearer += [test.pvalue_first < 0.025 for test in found]
        assert all(test.pvalue_other > 0.025 for test in found)
    assert (nearer > 30).all(), nearer
    assert "Gamma() is nearer to the truth than LogNormal()" in str(found[0])
    assert "Vuong test of Gamma() against LogNormal()" in str(found[0])


def test_laws_that_are_not_told_apart_have_no_p_value():
    y = np.random.default_rng(2).exponential(size=60)  # within both
    found = fit(lk.Gamma(), y).vuong_test(fit(lk.Weibull(), y))
    assert np.isnan([found.pvalue, found.pvalue_first, found.pvalue_other]).all()
    assert "do not tell Gamma() from Weibull()" in str(found)


# What they refuse


def test_nested_laws_and_laws_at_a_boundary_are_refused():
    gamma, exponential = fit(lk.Gamma()), fit(lk.Exponential())
    for one, other in ((gamma, exponential), (exponential, gamma)):
        with pytest.raises(NotAvailableError, match=r"Exponential\(\) lies within Gamma\(\)"):
            one.vuong_test(other)
    with pytest.raises(NotAvailableError, match="one law, written twice"):
        gamma.clarke_test(fit(lk.Gamma(parameters=("mean", "shape"))))
    counts = np.random.default_rng(4).negative_binomial(2, 0.4, 200)
    poisson = fit(lk.Poisson(), counts)
    for larger, words in ((fit(lk.NegativeBinomial(), counts), "dispersion"), (_own(counts), "inflation")):
        for test in (larger.vuong_test, larger.clarke_test):
            with pytest.raises(NotAvailableError, match=f"boundary of its space.*{words}.*Wilson 2015"):
                test(poisson)
    x = np.column_stack([np.ones(300), RNG.normal(size=300)])
    with pytest.raises(NotAvailableError, match="lies within"):
        fit(lk.Weibull(), exog=x).vuong_test(fit(lk.Weibull()))


def test_other_rows_and_pseudo_likelihoods_are_refused():
    gamma = fit(lk.Gamma())
    with pytest.raises(DataError, match="300 and 299 rows"):
        gamma.vuong_test(fit(lk.LogNormal(), Y[:-1]))
    with pytest.raises(DataError, match=r"that of Normal\(\) is log\(y\)"):
        gamma.vuong_test(fit(lk.Normal(), np.log(Y)))
    with pytest.raises(NotAvailableError, match="prob_weights"):
        gamma.vuong_test(fit(lk.LogNormal(), prob_weights=1 + Y))
    options = {"cov_type": "cluster", "cov_kwds": {"groups": np.repeat(np.arange(30), 10)}}
    with pytest.raises(NotAvailableError, match="cluster"):
        gamma.clarke_test(lk.LikelihoodModel(Y, family=lk.LogNormal()).fit(**options))
    with pytest.raises(NotAvailableError, match="kink"):
        fit(lk.Normal()).vuong_test(fit(lk.Laplace()))
    with pytest.raises(NotAvailableError, match="moves with"):
        fit(lk.Normal()).vuong_test(fit(lk.Uniform()))


def test_bad_arguments_are_named():
    gamma, lognormal = fit(lk.Gamma()), fit(lk.LogNormal())
    for other in (None, 3, {"shape": 1.0}, gamma.model):
        with pytest.raises(ArgumentError, match="other"):
            gamma.vuong_test(other)
    with pytest.raises(ArgumentError, match="correction"):
        gamma.vuong_test(lognormal, correction="aicc")
    with pytest.raises(ArgumentError, match="level"):
        gamma.clarke_test(lognormal, level=2)


def test_clarkes_p_value_counts_the_data_among_the_samples():
    """(1 + k) / (r + 1), never 0: Davison and Hinkley (1997), section 4.2; a share of one half is on both sides."""
    told = VarianceTest(9.0, np.ones(1), 0.001)
    for drawn, first, other in (([0.6, 0.7, 0.9], 1 / 4, 1.0), ([0.5, 0.4, 0.9], 3 / 4, 3 / 4)):
        found = clarke(70, 30, np.array(drawn), told, ("one", "other"))
        assert_allclose([found.pvalue_first, found.pvalue_other], [first, other])
        assert_allclose(found.pvalue, min(2 * first, 2 * other, 1.0))
    assert_allclose(found.binomial_pvalue, stats.binomtest(70, 100).pvalue)
