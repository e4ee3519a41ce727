"""Laws with kinks: the maximum is one, and no Hessian is trusted with a standard error."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning
from likelihood_kit.maximise import Flaw, Grade, Scales, Starts, estimate, kinked_maximum, kinks_near


class Traced(lk.Family):
    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale


class Opaque(lk.Family):
    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return stats.laplace.logpdf(y, loc, scale)


class OpaqueStudentT(lk.Family):
    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return stats.t.logpdf(y, 5, loc, scale)


class Own(lk.LikelihoodModel):
    parameters = {"loc": lk.Real(), "scale": lk.Positive()}

    def loglikeobs(self, params):
        return stats.laplace.logpdf(self.endog, *params)


class OwnNormal(lk.LikelihoodModel):
    parameters = {"loc": lk.Real()}

    def loglikeobs(self, params):
        return stats.norm.logpdf(self.endog, params[0])


def opaque_mixture(y, w, m1, s1, m2, s2):
    return np.logaddexp(np.log(w) + stats.norm.logpdf(y, m1, s1), np.log1p(-w) + stats.norm.logpdf(y, m2, s2))


class OpaqueMixture(lk.Family):
    w, m1, s1, m2, s2 = lk.UnitInterval(), lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, w, m1, s1, m2, s2):
        return opaque_mixture(y, w, m1, s1, m2, s2)


class TracedMixture(lk.Family):
    w, m1, s1, m2, s2 = lk.UnitInterval(), lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, w, m1, s1, m2, s2):
        one = np.log(w) - np.log(s1) - ((y - m1) / s1) ** 2 / 2
        other = np.log1p(-w) - np.log(s2) - ((y - m2) / s2) ** 2 / 2
        return np.logaddexp(one, other) - np.log(2 * np.pi) / 2


class OpaqueMixtureOfOneScale(lk.Family):
    w, m1, m2, scale = lk.UnitInterval(), lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, w, m1, m2, scale):
        return opaque_mixture(y, w, m1, scale, m2, scale)


class LaplaceMixture(lk.Family):
    w, m1, s1, m2, s2 = lk.UnitInterval(), lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, w, m1, s1, m2, s2):
        one = np.log(w) - np.log(2 * s1) - np.abs(y - m1) / s1
        return np.logaddexp(one, np.log1p(-w) - np.log(2 * s2) - np.abs(y - m2) / s2)


class KinkBetweenLocations(lk.Family):
    w, m1, m2 = lk.Real(), lk.Real(), lk.Real()

    @staticmethod
    def log_density(y, w, m1, m2):
        return stats.norm.logpdf(y, m1 + np.abs(w) * (m2 - m1))


@pytest.mark.parametrize("mixture", [OpaqueMixture, OpaqueMixtureOfOneScale])
def test_stairs_of_rounding_were_taken_for_a_kink(mixture):
    """Along the weight of two parts that are the same the log density is constant but for its last digits."""
    assert mixture().smooth


def test_a_kink_is_seen_where_like_parameters_differ():
    assert not KinkBetweenLocations(m1=0.0).smooth
    assert not KinkBetweenLocations().smooth


def two_groups(seed):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(size=20), rng.normal(4, 2, 20)])


@pytest.mark.parametrize("seed", [3, 5])
def test_a_point_on_a_spike_was_the_highest_found(seed):
    """An opaque mixture was taken for kinked, and nothing said that its likelihood has no bound.

    With seed 3 its derivatives saw a maximum at a scale of two units in the last place, at an observation. Which of the
    two components is called the first is left to rounding: the maxima are mirror images of one height.
    """
    y = two_groups(seed)
    opaque, traced = (lk.LikelihoodModel(y, family=family).fit() for family in (OpaqueMixture(), TracedMixture()))
    assert opaque.certificate.grade == "local"
    assert "has no bound" in str(opaque.certificate)
    assert_allclose(opaque.llf, traced.llf, rtol=1e-9)
    assert_allclose(np.sort(opaque.bse), np.sort(traced.bse), rtol=1e-4)


def test_a_smooth_mixture_had_no_standard_errors():
    results = lk.LikelihoodModel(two_groups(2), family=OpaqueMixtureOfOneScale()).fit()
    assert results.certificate.grade == "highest found"
    assert np.isfinite(results.bse).all()


def climbed(y, family, start):
    """The maximum by values alone, without the expected information, a quadrature of minutes."""
    model = lk.LikelihoodModel(y, family=family)
    return estimate(model.family, model.likelihood, [np.asarray(start)[None]])


def test_a_likelihood_with_kinks_and_without_a_bound_was_the_highest_found():
    rng = np.random.default_rng(1)
    y = np.concatenate([rng.laplace(size=20), rng.laplace(4, 2, 20)])
    found = climbed(y, LaplaceMixture(), [0.0, 0.0, 0.0, 4.0, 0.7])
    assert found.findings.kinked
    assert found.findings.grade[0] == Grade.LOCAL
    assert "has no bound as s1 runs to 0 with m1 at an observation" in found.unbounded


def test_one_with_a_bound_is():
    """The negative control."""
    y = np.random.default_rng(1).laplace(size=41)
    found = climbed(y, Traced(), [0.0, 0.0])
    assert found.findings.grade[0] == Grade.HIGHEST_FOUND
    assert not found.unbounded


def test_an_end_that_rises_is_passed_over_where_there_is_no_bound(monkeypatch):
    """The higher end runs to minus infinity; without a bound elsewhere that is told, with it the lower one counts."""
    monkeypatch.setattr(
        "likelihood_kit.maximise.kinked._climbed", lambda like, at: (at, float(like.value(at[None])[0]))
    )
    cliff = Values(lambda x: -abs(x) if x > -50 else -x)
    points, base = np.array([[-80.0], [0.0]]), np.zeros(1)
    scales = Scales(np.ones(1), np.zeros(1, bool), 10.0)
    for words, end, flaw in (("", -80.0, Flaw.RISING), ("has no bound", 0.0, 0)):
        found = kinked_maximum(cliff, Starts.of(points), base, scales, words)
        assert found.working[0, 0] == end
        assert found.flaws[0] == int(flaw)
    assert found.grade[0] == Grade.LOCAL


def test_what_is_smooth():
    assert not Traced().smooth
    assert not Opaque().smooth
    assert not Opaque(scale=2.0).smooth
    assert Opaque(loc=0.0).smooth
    assert OpaqueStudentT().smooth


@pytest.mark.parametrize("family", [Traced(), Opaque()], ids=["traced", "numeric"])
@pytest.mark.parametrize("n", [31, 61])
def test_a_laplace_law_was_certified_with_a_wrong_standard_error(family, n):
    """By the numeric route 60 of 60, at a quarter of the standard error, beside an error estimate of 0.57."""
    y = 1 + 2 * np.random.default_rng(n).laplace(size=n)
    results = lk.LikelihoodModel(y, family=family).fit()
    scale = np.abs(y - np.median(y)).mean()
    assert results.certificate.ok
    assert results.certificate.kinked
    assert "kink" in str(results.certificate)
    assert_allclose(results.params, [np.median(y), scale], rtol=1e-6)
    # The expected information of a Laplace law is 1 / scale^2 for both: Johnson, Kotz and Balakrishnan (1995), ch. 24.
    assert_allclose(results.bse, scale / np.sqrt(n), rtol=1e-4)
    assert "expected" in results.covariance_used


def test_the_middle_of_an_even_sample_is_any_point_of_it():
    y = np.sort(np.random.default_rng(1).laplace(size=40))
    results = lk.LikelihoodModel(y, family=Traced()).fit()
    assert results.certificate.ok
    assert y[19] - 1e-6 <= results.params[0] <= y[20] + 1e-6


def test_least_absolute_deviations():
    rng = np.random.default_rng(4)
    exog = sm.add_constant(rng.normal(size=(60, 2)))
    y = exog @ [1.0, 2.0, -1.0] + rng.laplace(size=60)
    results = lk.LikelihoodModel(y, exog, family=Traced()).fit()
    regression = sm.QuantReg(y, exog).fit(0.5, p_tol=1e-10)
    assert results.certificate.ok
    deviations = [np.abs(y - exog @ beta).sum() for beta in (results.params[:3], regression.params)]
    assert deviations[0] <= deviations[1] * (1 + 1e-9)
    assert_allclose(results.params[:3], regression.params, atol=1e-3)


def test_a_model_of_ones_own_has_no_standard_error_and_a_reason():
    results = Own(np.random.default_rng(61).laplace(size=61)).fit()
    assert results.certificate.kinked
    assert np.isnan(results.bse).all()
    assert "kink" in results.covariance_note


def test_inaccurate_derivatives_certify_nothing(monkeypatch):
    """The error was estimated and had no consequences."""
    y = np.random.default_rng(2).normal(size=50)
    assert OwnNormal(y).fit().certificate.ok
    monkeypatch.setattr(OwnNormal, "derivative_error", lambda self, params: 0.57)
    with pytest.warns(MaximumWarning, match="derivatives are too inaccurate"):
        results = OwnNormal(y).fit()
    assert not results.certificate.ok
    assert np.isnan(results.bse).all()


def test_accurate_ones_do():
    """The negative control."""
    y = np.random.default_rng(7).standard_t(5, 80)
    numeric, symbolic = (lk.LikelihoodModel(y, family=f).fit() for f in (OpaqueStudentT(), lk.StudentT(df=5.0)))
    assert numeric.certificate.ok
    assert not numeric.certificate.kinked
    assert_allclose(numeric.bse, symbolic.bse, rtol=1e-6)


class Values:
    """A function of k variables as the likelihood of one sample, by its values."""

    def __init__(self, function):
        self.function = function

    def value(self, working):
        return np.array([float(self.function(*row)) for row in working])


@pytest.mark.parametrize("side", [1, -1])
def test_a_unit_is_that_of_the_nearer_side(side):
    """On the other one the likelihood falls only beyond a kink that is 200 units away."""
    slope = Values(lambda x: -50 * x**2 - 3 * abs(x))
    assert not kinks_near(slope, np.array([1.0 * side]), -53.0)
    assert kinks_near(slope, np.array([0.0]), 0.0)


def test_a_way_up_between_the_axes_is_seen(monkeypatch):
    """A ridge aslant falls along both axes: random directions are looked along too."""
    monkeypatch.setattr(
        "likelihood_kit.maximise.kinked._climbed", lambda like, at: (at, float(like.value(at[None])[0]))
    )
    scales = Scales(np.ones(2), np.zeros(2, bool), 10.0)
    for rise, flawed in ((1.9, True), (0.0, False)):
        ridge = Values(lambda x, y, rise=rise: -2 * abs(x - y) - 0.1 * (abs(x) + abs(y)) + rise * (x + y))
        found = kinked_maximum(ridge, Starts.of(np.zeros((3, 2))), np.zeros(2), scales)
        assert bool(found.flaws[0] & Flaw.RISING) == flawed


@pytest.mark.parametrize(("starts", "flawed"), [((0.2, -0.1, 999.8), True), ((0.2, 1000.3, 999.8), False)])
def test_the_higher_of_two_maxima_to_which_nothing_else_came_is_unconfirmed(starts, flawed):
    """Kinks at 0 and, higher by 3, at 1,000 units; searches begin beside them."""
    hills = Values(lambda x: 3.0 - abs(x - 1000.0) if x > 500 else -abs(x))
    scales = Scales(np.ones(1), np.zeros(1, bool), 10.0)
    found = kinked_maximum(hills, Starts.of(np.array(starts[1:])[:, None]), np.array(starts[:1]), scales)
    assert_allclose(found.working, 1000.0, atol=1e-6)
    assert bool(found.flaws[0] & Flaw.UNCONFIRMED) == flawed
    assert found.exists[0] != flawed
