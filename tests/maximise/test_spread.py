"""No point below another maximum is certified, whatever the starts of the search find first."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.maximise import Setting, estimate, find, scales_of, start_values

CLUSTERS = np.r_[np.linspace(-1, 1, 13), 10 + np.linspace(-1, 1, 5), 23 + np.linspace(-1, 1, 12)]


def highest_on_a_grid(y, df, scale):
    grid = np.linspace(y.min(), y.max(), 4001)
    return stats.t.logpdf(y, df, grid[:, None], scale).sum(axis=1).max()


def test_a_lower_maximum_of_clusters_was_certified(fit):
    """Three restarts within the curvature of 9.70, at -189.23, agreed; at 0.25 the log likelihood is -163.99."""
    found = fit(CLUSTERS, family=lk.StudentT(df=2, scale=1))
    assert found.certificate.ok
    assert found.certificate.grade == "highest found"
    assert_allclose(found.params, [0.25397339], rtol=1e-6)
    assert "searches from starts spread over loc from" in str(found.certificate)
    assert found.certificate.agreeing < found.certificate.restarts <= found.certificate.starts


def test_without_spread_starts_the_same_sample_ends_lower(batch_of):
    """The negative control: what the certificate rests on is the spread of the starts."""
    family = lk.StudentT(df=2, scale=1)
    likelihood = batch_of(family, CLUSTERS)
    start = start_values(family, likelihood)
    alone = find(likelihood, start[None], Setting(scales_of(likelihood)))
    assert alone.log_likelihood[0] < highest_on_a_grid(CLUSTERS, 2, 1) - 10


def clustered(rng):
    groups = rng.integers(2, 6)
    centres, widths = rng.uniform(-30, 30, groups), 10 ** rng.uniform(-1.5, 0.5, groups)
    which = rng.integers(groups, size=rng.integers(8, 80))
    return centres[which] + widths[which] * rng.normal(size=len(which))


@pytest.mark.parametrize("draw", [clustered, lambda rng: rng.standard_cauchy(rng.integers(3, 51))])
def test_random_samples_of_several_maxima(draw, fit):
    """Of 60 samples 14 to 56 % of the certificates were false. Nothing here is left to chance: the seeds are fixed."""
    for seed in range(60):
        rng = np.random.default_rng([seed, 17])
        y, df = draw(rng), float(rng.choice([1.0, 2.0, 5.0]))
        found = fit(y, family=lk.StudentT(df=df, scale=1.0))
        assert found.certificate.ok, (seed, found.certificate)
        assert found.llf > highest_on_a_grid(y, df, 1.0) - 1e-6, seed


def climbed(y, exog, df, starts, steps=600):
    """Log likelihoods at the ends of the EM algorithm of a t regression of scale 1: Lange et al. (1989)."""
    beta = starts.copy()
    for _ in range(steps):
        weights = (df + 1) / (df + (y - beta @ exog.T) ** 2)
        gram = np.einsum("mn,ni,nj->mij", weights, exog, exog)
        beta = np.linalg.solve(gram, np.einsum("mn,ni,n->mi", weights, exog, y)[..., None])[..., 0]
    return stats.t.logpdf(y - beta @ exog.T, df).sum(axis=1)


def test_regressions_with_leverage(fit):
    """6 % of the certificates of Cauchy regressions were false."""
    for seed in range(12):
        rng = np.random.default_rng([seed, 23])
        n = int(rng.integers(12, 40))
        x = rng.normal(size=n)
        far = rng.random(n) < 0.25
        x[far] = rng.uniform(5, 12) + 0.3 * rng.normal(size=far.sum())
        y = 1 + 2 * x + rng.standard_t(3, n) * 0.5
        y[far] += rng.uniform(-15, 15)
        exog = np.column_stack([np.ones(n), x])
        pairs = [(i, j) for i in range(n) for j in range(i) if abs(x[i] - x[j]) > 1e-3]
        exact = np.array([np.linalg.solve(exog[list(pair)], y[list(pair)]) for pair in pairs])
        found = fit(y, exog, family=lk.StudentT(df=1.0, scale=1.0))
        assert found.certificate.ok, (seed, found.certificate)
        assert found.llf > climbed(y, exog, 1.0, exact).max() - 1e-6, seed


def test_a_study_finds_the_higher_maximum_too(batch_of):
    """Many samples at once are searched from fewer places, but not from one."""
    rng = np.random.default_rng(5)
    family = lk.StudentT(df=2, scale=1)
    samples = np.stack([rng.permutation(np.r_[rng.normal(0, 1, 24), rng.normal(a, 1, 16)]) for a in (8, 12, 20, -15)])
    likelihood = batch_of(family, samples)
    found = estimate(family, likelihood).findings
    assert found.exists.all()
    for y, value in zip(samples, found.log_likelihood, strict=True):
        assert value > highest_on_a_grid(y, 2, 1) - 1e-6


class TwoNormals(lk.Family):
    weight = lk.UnitInterval()
    mean_1, sd_1, mean_2, sd_2 = lk.Real(), lk.Positive(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, weight, mean_1, sd_1, mean_2, sd_2):
        first = np.log(weight) - np.log(sd_1) - ((y - mean_1) / sd_1) ** 2 / 2
        second = np.log1p(-weight) - np.log(sd_2) - ((y - mean_2) / sd_2) ** 2 / 2
        return np.logaddexp(first, second) - 0.5 * np.log(2 * np.pi)


def test_parts_in_another_order_are_the_same_maximum(fit):
    """They passed for another, equally high one."""
    rng = np.random.default_rng(3)
    y = np.r_[rng.normal(0, 1, 40), rng.normal(5, 0.7, 25)]
    certificate = fit(y, family=TwoNormals()).certificate
    assert certificate.ok
    assert certificate.relabelled > 0
    assert "with its parts in another order" in str(certificate)


def test_starts_do_not_depend_on_the_estimate(batch_of):
    """Only on the data: a given start changes none of them."""
    family = lk.StudentT(df=2, scale=1)
    likelihood = batch_of(family, CLUSTERS)
    one, other = (estimate(family, likelihood, [np.array([[start]])]).findings for start in (0.0, 23.0))
    assert_allclose(one.lowest, other.lowest)
    assert_allclose(one.working, other.working, atol=1e-8)
    assert one.starts[0] == other.starts[0]


def test_units_change_nothing(fit):
    family = lk.StudentT(df=2)
    plain, scaled = fit(CLUSTERS, family=family), fit(1e6 * CLUSTERS - 3e5, family=family)
    assert_allclose((scaled.params - [-3e5, 0]) / 1e6, plain.params, rtol=1e-6)
    assert replace(plain.certificate, newton_decrement=0.0).grade == scaled.certificate.grade


class Oscillation(lk.Family):
    """A frequency has many maxima, and the data do not say where."""

    frequency, sd, time = lk.Positive(), lk.Positive(), lk.Known(lk.Real())

    @staticmethod
    def log_density(y, time, frequency, sd):
        return -np.log(sd) - ((y - np.sin(frequency * time)) / sd) ** 2 / 2


def test_a_box_that_meets_many_maxima_promises_no_highest(fit):
    """Of 15 such samples 5 were certified as the highest found below another."""
    rng = np.random.default_rng([4, 6])
    time = rng.uniform(0, 20, 40)
    y = np.sin(rng.uniform(0.5, 6) * time) + 0.5 * rng.normal(size=40)
    certificate = fit(y, family=Oscillation(), time=time).certificate
    assert certificate.grade in ("local", "")
    assert certificate.unseen or not certificate.ok


class SkewNormal(lk.Family):
    loc, scale, shape = lk.Real(), lk.Positive(), lk.Real()

    @staticmethod
    def log_density(y, loc, scale, shape):
        z = (y - loc) / scale
        return np.log(2) - np.log(scale) - z**2 / 2 - 0.5 * np.log(2 * np.pi) + special.log_ndtr(shape * z)


def skewed(seed):
    rng = np.random.default_rng([4, seed])
    return rng.normal(size=30) + np.abs(rng.normal(size=30)) * rng.choice([0, 2, 5])


@pytest.mark.parametrize("seed", [7, 11, 14])
def test_a_shape_that_runs_to_infinity_was_certified(seed, fit):
    """At 4e11, where the last digits of the likelihood end, with a standard error of 6e15."""
    certificate = fit(skewed(seed), family=SkewNormal()).certificate
    assert not certificate.ok
    assert "shape runs to infinity" in str(certificate)


def test_the_higher_of_two_maxima_within_one_standard_error(fit):
    """Either side of the flat place at shape 0: rough ends at 0.0026 more passed for the same."""
    found = fit(skewed(22), family=SkewNormal())
    assert found.certificate.ok
    assert found.llf > -32.64141


def test_a_large_sample_counts_all_its_searches(fit):
    """Those that met on the rows they began on were said to have come to no end."""
    rng = np.random.default_rng(1)
    y = np.r_[rng.normal(0, 1, 1500), rng.normal(10, 1, 1300)]
    certificate = fit(y, family=lk.StudentT(df=2, scale=1)).certificate
    assert certificate.ok
    assert certificate.agreeing > 5
    assert certificate.restarts == certificate.starts
