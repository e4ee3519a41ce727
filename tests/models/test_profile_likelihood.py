"""Profile likelihood against published intervals, closed forms, and searches that share nothing with the kit's."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.maximise.profiled import Curved, highest_at

CUT = stats.chi2.ppf(0.95, 1)

#: Annual maximum sea levels at Port Pirie, 1923 to 1987, metres: Coles (2001), *An Introduction to Statistical Modeling
#: of Extreme Values*, table 1.1.
PORT_PIRIE = np.array([
    4.03, 3.83, 3.65, 3.88, 4.01, 4.08, 4.18, 3.80, 4.36, 3.96, 3.98, 4.69, 3.85, 3.96, 3.85, 3.93, 3.75, 3.63, 3.57,
    4.25, 3.97, 4.05, 4.24, 4.22, 3.73, 4.37, 4.06, 3.71, 3.96, 4.06, 4.55, 3.79, 3.89, 4.11, 3.85, 3.86, 3.86, 4.21,
    4.01, 4.11, 4.24, 3.96, 4.21, 3.74, 3.85, 3.88, 3.66, 4.11, 3.71, 4.18, 3.90, 3.78, 3.91, 3.72, 4.00, 3.66, 3.62,
    4.33, 4.55, 3.75, 4.08, 3.90, 3.88, 3.94, 4.33,
])  # fmt: skip


class FunctionalResponse(lk.Family):
    """Prey eaten of N offered: binomial with probability a / (1 + a h N)."""

    a, h = lk.Positive(), lk.Positive()
    N = lk.Known(lk.Integers(1, np.inf))
    support = lk.Integers(0, "N")

    @staticmethod
    def log_density(y, a, h, N):
        p = a / (1 + a * h * N)
        ways = special.gammaln(N + 1) - special.gammaln(y + 1) - special.gammaln(N - y + 1)
        return ways + y * np.log(p) + (N - y) * np.log1p(-p)


@pytest.fixture(scope="module")
def gamma():
    return lk.LikelihoodModel(np.random.default_rng(3).gamma(2, 3, 30), family=lk.Gamma()).fit()


# Published


def test_port_pirie():
    results = lk.LikelihoodModel(PORT_PIRIE, family=lk.GeneralizedExtremeValue()).fit()
    expected = [[3.821028, 3.931285], [0.163336, 0.244662], [-0.218157, 0.170406]]
    assert_allclose(results.conf_int(method="profile"), expected, atol=5.1e-7)


def test_budworm():
    """Venables and Ripley (2002), *Modern Applied Statistics with S*, section 7.2; intervals by R's profile."""
    dead = [1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16]
    data = pd.DataFrame({"dead": dead, "sex": ["M"] * 6 + ["F"] * 6, "ldose": [*range(6)] * 2, "n": 20})
    model = lk.LikelihoodModel.from_formula("dead ~ C(sex) + ldose - 1", data, family=lk.Binomial(), trials="n")
    found = model.fit().conf_int(method="profile")
    assert list(found.index) == ["C(sex)[F]", "C(sex)[M]", "ldose"]
    expected = [[-4.458068, -2.613536], [-3.172844, -1.655103], [0.8228545, 1.3390388]]
    assert_allclose(found, expected, atol=5.1e-7)


def test_functional_response():
    """Bolker (2008), *Ecological Models and Data in R*, section 6.3: tadpoles eaten by dragonfly larvae."""
    offered = [5, 5, 10, 10, 15, 15, 20, 20, 30, 30, 50, 50, 75, 75, 100, 100]
    eaten = [1, 2, 5, 6, 10, 9, 7, 10, 11, 15, 5, 21, 32, 18, 25, 35]
    results = lk.LikelihoodModel(eaten, family=FunctionalResponse(), N=offered).fit()
    assert_allclose(results.params, [0.525892935176, 0.0166032566028], rtol=1e-10)
    assert_allclose(results.bse, [0.071065263083, 0.0048816969378], rtol=1e-9)
    assert_allclose(results.llf, -46.721357164, rtol=1e-10)
    assert_allclose(results.conf_int(method="profile"), [[0.402430, 0.682467], [0.0069881, 0.0263845]], atol=5.1e-7)


# Closed forms, and another search


def test_mean_of_a_normal_law():
    """The profile of the mean is n log(1 + (m - mean)^2 / s^2), s^2 with divisor n."""
    y = np.random.default_rng(0).normal(2, 3, 15)
    profile = lk.LikelihoodModel(y, family=lk.Normal()).fit().profile("mean")
    half = y.std() * np.sqrt(np.expm1(CUT / 15))
    assert_allclose(profile.conf_int(), [y.mean() - half, y.mean() + half], rtol=1e-8)
    values = np.array([[-5.0, 0.0], [y.mean(), 40.0]])
    assert_allclose(profile.deviance(values), 15 * np.log1p((values - y.mean()) ** 2 / y.var()), rtol=1e-7, atol=1e-9)
    assert_allclose(profile.signed_root([0.0, 5.0]), [-1, 1] * np.sqrt(profile.deviance([0.0, 5.0])))


@pytest.mark.parametrize("alpha", [0.5, 0.05, 1e-4])
def test_shape_of_a_gamma_law(gamma, alpha):
    """Of a given shape the likelihood is highest at scale = mean / shape."""
    y, cut = gamma.model.endog, stats.chi2.ppf(1 - alpha, 1)

    def short(shape):
        return 2 * (gamma.llf - stats.gamma.logpdf(y, shape, scale=y.mean() / shape).sum()) - cut

    shape = gamma.params[0]
    expected = [optimize.brentq(short, *ends, xtol=1e-13) for ends in ((1e-3, shape), (shape, 1e3))]
    assert_allclose(gamma.profile("shape").conf_int(alpha), expected, rtol=1e-7)


def test_coefficients_of_a_regression_by_another_search():
    rng = np.random.default_rng(5)
    exog = np.column_stack([np.ones(40), rng.normal(size=40)])
    y = rng.weibull(1.7, 40) * np.exp(exog @ [0.4, 0.3])
    results = lk.LikelihoodModel(y, exog, family=lk.Weibull()).fit()

    def highest(slope):
        def loss(rest):
            return -stats.weibull_min.logpdf(y, np.exp(rest[1]), scale=np.exp(rest[0] + slope * exog[:, 1])).sum()

        return -optimize.minimize(loss, [0.4, 0.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11}).fun

    for end in results.profile("x1").conf_int():
        assert_allclose(2 * (results.llf - highest(end)), CUT, atol=1e-6)


# Laws


def test_a_function_that_is_a_parameter_has_its_interval(gamma):
    assert_allclose(gamma.profile(lambda shape, scale: shape).conf_int(), gamma.profile("shape").conf_int(), rtol=1e-7)


def test_intervals_do_not_depend_on_coordinates(gamma):
    other = lk.LikelihoodModel(gamma.model.endog, family=lk.Gamma(parameters=("mean", "shape"))).fit()
    assert_allclose(gamma.profile(lambda shape, scale: shape * scale).conf_int(), other.profile("mean").conf_int())
    assert_allclose(other.conf_int(method="profile")[1], gamma.conf_int(method="profile")[0], rtol=1e-7)


def test_a_link_that_falls_turns_the_ends(gamma):
    y = gamma.model.endog
    inverse = lk.LikelihoodModel(y, family=lk.Gamma(links={"scale": "inverse"})).fit()
    assert_allclose(inverse.conf_int(method="profile"), gamma.conf_int(method="profile"), rtol=1e-7)
    curve = inverse.profile("scale").curve()
    assert (np.diff(curve["value"]) > 0).all()
    assert (np.diff(curve["signed_root"]) > 0).all()


@pytest.mark.parametrize("offset", [0.0, 1e7])
def test_a_predictor_far_from_zero(offset):
    """The slope and its interval are those of the centred predictor."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=50)
    y = rng.poisson(np.exp(0.5 + 0.4 * x))
    intervals = [
        lk.LikelihoodModel(y, np.column_stack([np.ones(50), x + moved]), family=lk.Poisson()).fit().profile("x1")
        for moved in (0.0, offset)
    ]
    assert_allclose(intervals[1].conf_int(), intervals[0].conf_int(), rtol=1e-6)


def test_frequencies_are_repeated_rows(gamma):
    values, counts = np.array([0.5, 1.0, 2.5, 6.0]), [3, 1, 4, 2]
    weighted = lk.LikelihoodModel(values, family=lk.Gamma(), freq_weights=counts).fit()
    repeated = lk.LikelihoodModel(np.repeat(values, counts), family=lk.Gamma()).fit()
    assert_allclose(weighted.conf_int(method="profile"), repeated.conf_int(method="profile"), rtol=1e-8)


def test_a_model_with_its_own_loglikeobs():
    class Own(lk.LikelihoodModel):
        parameters = {"mean": lk.Real(), "sd": lk.Positive()}

        def loglikeobs(self, params):
            return stats.norm.logpdf(self.endog, *params)

    y = np.random.default_rng(0).normal(2, 3, 15)
    kit = lk.LikelihoodModel(y, family=lk.Normal()).fit().conf_int(method="profile")
    assert_allclose(Own(y).fit().conf_int(method="profile"), kit, rtol=1e-6)


# Ends


def test_an_open_end_is_the_end_of_the_space():
    """Three tails longer than normal: no large df is unlikely by this sample."""
    y = stats.t.ppf((np.arange(25) + 0.5) / 25, 6)
    interval = lk.LikelihoodModel(y, family=lk.StudentT()).fit().profile("df").interval()
    assert interval.open_high
    assert not interval.open_low
    assert interval.high == np.inf
    assert "open at the upper end: the likelihood stays above its cutoff up to inf" in str(interval)


def test_values_outside_the_space_are_infinitely_unlikely(gamma):
    assert_allclose(gamma.profile("shape").deviance([-1.0, 0.0]), [np.inf, np.inf])


def lower_maximum(y, bounds):
    """Results at the lower of two maxima of a Cauchy law, as if it had been certified."""
    model = lk.LikelihoodModel(y, family=lk.StudentT(df=1, scale=1))
    certificate = model.fit().certificate
    loc = optimize.minimize_scalar(
        lambda loc: -stats.cauchy.logpdf(y, loc).sum(), bounds=bounds, method="bounded", options={"xatol": 1e-12}
    ).x
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("likelihood_kit.models.fitting.maximum", lambda *_: (np.array([loc]), certificate))
        return model.fit()


def test_a_higher_likelihood_on_the_way_begins_the_fit_again():
    """The valley between the maxima is no deep one."""
    y = np.array([-3.0, -3.0, 3.0, 3.0, 3.0])
    results = lk.LikelihoodModel(y, family=lk.StudentT(df=1, scale=1)).fit()
    assert results.params[0] > 2
    with pytest.warns(lk.errors.MaximumWarning, match="begun again"):
        profile = lower_maximum(y, (-4, -1)).profile("loc")
    assert_allclose(profile.estimate, results.params[0], rtol=1e-6)
    assert_allclose(profile.conf_int(), results.profile("loc").conf_int(), rtol=1e-6)


def test_a_value_above_the_maximum_has_no_deviance():
    """Between maxima 12 apart no interval meets the other one; a deviance below 0 would be none."""
    profile = lower_maximum(np.r_[np.linspace(-1, 1, 6), 12 + np.linspace(-1, 1, 7)], (-2, 2)).profile("loc")
    with pytest.raises(NotAvailableError, match="higher likelihood"):
        profile.deviance([0.0, 12.0])


def test_score_intervals():
    """Wilson's of a probability, the roots of a quadratic for a Poisson rate, and the score test at the ends."""
    y = [0] * 14 + [1] * 6
    found = lk.LikelihoodModel(y, family=lk.Bernoulli()).fit().conf_int(method="score")[0]
    centre, z2 = (6 + CUT / 2) / (20 + CUT), CUT
    half = np.sqrt(z2 * (6 * 14 / 20 + z2 / 4)) / (20 + z2)
    assert_allclose(found, [centre - half, centre + half], rtol=1e-6)
    rate = lk.LikelihoodModel([3, 1, 4, 2, 0], family=lk.Poisson()).fit().conf_int(method="score")[0]
    assert_allclose(rate, (10 + CUT / 2 + np.sqrt(CUT * (10 + CUT / 4)) * np.array([-1, 1])) / 5, rtol=1e-6)


def test_the_score_test_rejects_at_the_ends_of_its_intervals(gamma):
    for name, ends in zip(("shape", "scale"), gamma.conf_int(method="score"), strict=True):
        for end in ends:
            assert_allclose(gamma.score_test({name: end}).pvalue, 0.05, rtol=1e-4)


def test_results_with_a_profile_taken_pickle(gamma):
    gamma.profile("shape")
    again = pickle.loads(pickle.dumps(gamma))
    assert_allclose(again.profile("shape").conf_int(), gamma.profile("shape").conf_int())


# Other maxima under a restriction


def test_a_curved_restriction_has_maxima_of_its_own():
    """Of shape + 0.3 scale^2; deviances from a grid of 400,000 points along each curve of constant interest."""
    y = np.array([1.0, 2, 3, 5, 9, 4, 2, 7, 3, 3, 6, 1])
    profile = lk.LikelihoodModel(y, family=lk.Gamma()).fit().profile(lambda shape, scale: shape + 0.3 * scale**2)
    assert_allclose(profile.conf_int(), [2.4534, 6.1269], atol=1e-4)
    assert_allclose(profile.deviance([4.0, 5, 5.5, 6, 7]), [1.017, 2.904, 3.351, 3.747, 4.432], atol=6e-4)


def test_the_deviance_of_a_cauchy_scale_takes_the_higher_of_two_locations():
    y = np.array([0.572, 5.414, 3.171, -3.279, -2.617])
    profile = lk.LikelihoodModel(y, family=lk.StudentT(df=1.0)).fit().profile("scale")
    values = np.array([0.5, 0.6, 0.7])
    locs = np.linspace(-6, 6, 24_001)
    best = [np.max([stats.cauchy.logpdf(y, loc, scale).sum() for loc in locs[::8]]) for scale in values]
    assert_allclose(profile.deviance(values), 2 * (profile.results.llf - np.array(best)), atol=1e-4)
    below = profile.conf_int()[0]
    assert_allclose(profile.deviance(below), CUT, atol=1e-5)


def test_values_beyond_an_interval_that_are_not_rejected_are_told():
    y = np.array([-0.747, -24.708, 8.507])
    interval = lk.LikelihoodModel(y, family=lk.StudentT(df=1.0, scale=1.0)).fit().profile("loc").interval()
    assert any(6 < value < 9.755 for value in interval.beyond)
    assert "are not rejected either" in str(interval)
    normal = lk.LikelihoodModel(y, family=lk.Normal()).fit().profile("mean").interval()
    assert normal.beyond == ()


def test_a_formula_that_loses_its_digits_is_no_higher_likelihood():
    """A negative binomial law in differences of gammaln, which near dispersion 0 are rounding."""

    class NegativeBinomial(lk.Family):
        mean, dispersion = lk.Positive(), lk.Positive()
        support = lk.Integers(0, np.inf)

        @staticmethod
        def log_density(y, mean, dispersion):
            size = 1 / dispersion
            counting = special.gammaln(y + size) - special.gammaln(size) - special.gammaln(y + 1)
            return counting - size * np.log1p(mean / size) + y * np.log(mean / (size + mean))

    results = lk.LikelihoodModel([5, 2, 2, 10], family=NegativeBinomial()).fit()
    assert results.certificate.ok
    with pytest.raises(NotAvailableError, match="loses its digits"):
        results.profile("dispersion")


def test_a_profile_pickles(gamma):
    again = pickle.loads(pickle.dumps(gamma.profile("shape")))
    assert_allclose(again.conf_int(), gamma.profile("shape").conf_int())


def test_a_deviance_far_away_whose_start_lies_outside_the_space(gamma):
    """Under an inverse link the line from the estimate leaves the space: the deviance there was infinite."""
    inverse = lk.LikelihoodModel(gamma.model.endog, family=lk.Gamma(links={"scale": "inverse"})).fit()
    for value in (0.2, 0.5, 6.0):
        found = inverse.profile("shape").deviance(value)
        assert_allclose(found, gamma.profile("shape").deviance(value), rtol=1e-6)
        assert np.isfinite(found)


def test_a_value_that_a_function_cannot_have_is_given_up():
    """Shapes below 0 were searched for in 60 steps at each of 44 values: 4.8 s for 0.5 s of the entry itself."""
    seen = []

    def slopes(points):
        seen.append(len(points))
        return np.expm1(points[:, 0]), np.exp(points) * [1.0, 0.0]

    found = highest_at(_Quadratic(), Curved(slopes), -1.1, np.array([-2.0, 0.3]))
    assert not found.found[0]
    assert np.isnan(found.log_likelihood[0])
    assert sum(seen) < 200  # 281 before
    reached = highest_at(_Quadratic(), Curved(slopes), -0.9, np.array([-2.0, 0.3]))
    assert_allclose(reached.point, [[np.log(0.1), 0.0]], atol=1e-6)


class _Quadratic:
    """Log likelihood of a normal mean of two."""

    def value(self, point):
        return -(point**2).sum(axis=1) / 2

    def derivatives(self, point):
        return self.value(point), -point, np.broadcast_to(-np.eye(2), (len(point), 2, 2))


def test_a_function_that_is_an_entry_has_its_interval():
    results = lk.LikelihoodModel(np.random.default_rng(3).gamma(2.0, 1.5, 30), family=lk.Gamma()).fit()
    found, expected = results.profile(lambda shape, scale: shape).conf_int(), results.profile("shape").conf_int()
    assert_allclose(found, expected, rtol=1e-5)
