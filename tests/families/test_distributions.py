"""Distribution function, quantiles and samples follow the density."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate, special, stats

from likelihood_kit.families import Exponential, Gamma, Normal, Poisson, Uniform, Weibull

RTOL = 1e-7
#: Of one check of a sample; the suite makes about 50 of them, at fixed seeds.
FALSE_ALARM = 1e-6
SAMPLE = 20_000
#: Classes of the chi-square test expect at least this many, so that its law holds in the far tail asked for here.
LEAST_EXPECTED = 20
#: A wrong sampler: all values moved by a tenth of a standard deviation, or a quarter of the counts by one.
SHIFT_IN_SD, SHIFTED_COUNTS = 0.1, 0.25


def cdf_is_the_integral_of_the_density(drawn):
    if drawn.family.discrete:
        points, _ = drawn.nodes
        assert_allclose(drawn.cdf(points), np.cumsum(np.exp(drawn.log_density(points)), axis=-1), rtol=RTOL)
        assert_array_equal(drawn.cdf(points), drawn.cdf(points + 0.5))
        return
    breaks = np.concatenate([drawn.ends[0], drawn.typical_data(), drawn.ends[1]], axis=1)
    cdf = drawn.cdf(breaks)
    assert_array_equal(cdf[:, [0, -1]], [[0, 1]] * len(cdf))
    for d, row in enumerate(breaks):
        theta = drawn.draw(d)
        density = lambda y, theta=theta: np.exp(drawn.family.log_density(y, **theta))  # noqa: E731
        pieces = [integrate.quad(density, *ends, epsabs=0, epsrel=1e-9)[0] for ends in pairwise(row)]
        assert_allclose(np.diff(cdf[d]), pieces, rtol=RTOL)


def ppf_inverts_the_cdf(drawn):
    assert_array_equal((drawn.ppf(0.0), drawn.ppf(1.0)), drawn.ends)
    assert np.isnan(drawn.ppf(np.array([-0.1, 1.1, np.nan]))).all()
    if not drawn.family.discrete:
        q = np.array([1e-10, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-10])
        y = drawn.ppf(q)
        assert (np.diff(y) > 0).all()
        assert_allclose(drawn.cdf(y), np.broadcast_to(q, y.shape), rtol=1e-9, atol=1e-15)
        return
    points = np.arange(drawn.ppf(0.999).max() + 1)
    below, at = drawn.cdf(points - 1), drawn.cdf(points)
    for inside in (at, (below + at) / 2, below + 1e-3 * (at - below)):
        # The smallest y whose distribution function reaches q, wherever q lies on the step; 1 itself is the far end.
        reached = (inside < 1) & (at - below > 1e-12)
        assert_array_equal(drawn.ppf(inside)[reached], np.broadcast_to(points, at.shape)[reached])


def p_values(drawn, sample: np.ndarray) -> list[float]:
    """Of the test that each row of `sample (DRAWS, n)` follows the law: Kolmogorov-Smirnov; chi-square for counts."""
    if not drawn.family.discrete:
        return [stats.kstest(row, "uniform").pvalue for row in drawn.cdf(sample)]
    found = []
    points, _ = drawn.nodes
    for probability, values, row in zip(np.exp(drawn.log_density(points)), points, sample, strict=True):
        wanted = probability * row.size
        kept = wanted >= LEAST_EXPECTED
        table = np.array([[np.count_nonzero(row == value) for value in values[kept]], wanted[kept]])
        table = np.column_stack([table, row.size - table.sum(axis=1)])
        if table[1, -1] < LEAST_EXPECTED:
            table = np.column_stack([table[:, :-2], table[:, -2:].sum(axis=1)])
        found.append(stats.chisquare(*table).pvalue)
    return found


def sampler_follows_the_law(drawn):
    sample = drawn.sample((len(drawn.mean()), SAMPLE), 7)
    assert drawn.family.support.contains(sample, drawn.canonical()).all()
    assert min(p_values(drawn, sample)) > FALSE_ALARM


def all_probabilities_agree(drawn):
    """Both sides and their logarithms; each is right on its own where the other is near 1."""
    low, high = drawn.ends
    y = np.concatenate([low - 1, low, drawn.typical_data(), high, high + 1], axis=1)
    cdf, survival = drawn.cdf(y), drawn.survival(y)
    assert_allclose(cdf + survival, 1, rtol=1e-13)
    with np.errstate(divide="ignore"):
        assert_allclose(drawn.log_cdf(y), np.log(cdf), rtol=1e-12, atol=1e-14)
        assert_allclose(drawn.log_survival(y), np.log(survival), rtol=1e-12, atol=1e-14)
    assert_array_equal(np.diff(survival, axis=1) <= 0, True)
    outside = np.array([-np.inf, np.inf, np.nan])
    assert_array_equal(drawn.survival(outside), [[1, 0, np.nan]] * len(low))
    assert_array_equal(drawn.log_survival(outside), [[0, -np.inf, np.nan]] * len(low))
    assert_array_equal(drawn.log_cdf(outside), [[-np.inf, 0, np.nan]] * len(low))
    # Far in the upper tail by the density alone: survival at y is the mass beyond it.
    far = drawn.ppf(1 - 1e-9)
    points, weights = drawn.nodes
    mass = np.exp(drawn.log_density(points)) * weights
    if drawn.family.discrete:
        beyond = np.where(points > far, mass, 0.0).sum(axis=1, keepdims=True)
        assert_allclose(drawn.survival(far), beyond, rtol=1e-9, atol=1e-25)
    else:
        assert_allclose(drawn.survival(far), 1e-9, rtol=1e-6)


def density_is_the_exponential_of_its_logarithm(drawn):
    low, high = drawn.ends
    y = np.concatenate([low - 1, drawn.typical_data(), high + 1], axis=1)
    assert_array_equal(drawn.density(y), np.exp(drawn.log_density(y)))
    assert_array_equal(drawn.density(y)[:, [0, -1]], 0)


LAWS = (
    cdf_is_the_integral_of_the_density,
    all_probabilities_agree,
    density_is_the_exponential_of_its_logarithm,
    ppf_inverts_the_cdf,
    sampler_follows_the_law,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_family_keeps(law, drawn):
    law(drawn)


def test_the_check_of_the_sampler_rejects_a_shifted_one(drawn):
    rng = np.random.default_rng(7)
    sample = drawn.family.sample((len(drawn.mean()), SAMPLE), rng, **drawn.given)
    if drawn.family.discrete:
        sample = np.minimum(sample + (rng.random(sample.shape) < SHIFTED_COUNTS), drawn.ends[1])
    else:
        # A spread that every law has: of a normal law a standard deviation.
        lower, upper = (drawn.ppf(special.ndtr(z)) for z in (-1.0, 1.0))
        sample = sample + SHIFT_IN_SD * (upper - lower) / 2
    assert max(p_values(drawn, sample)) < FALSE_ALARM


def test_a_seed_and_its_generator_draw_the_same(drawn):
    shape = (len(drawn.mean()), 3)
    rng = np.random.default_rng(5)
    first = drawn.family.sample(shape, rng, **drawn.given)
    assert_array_equal(first, drawn.sample(shape, 5))
    assert (first != drawn.family.sample(shape, rng, **drawn.given)).any()
    assert first.dtype == (np.int64 if drawn.family.discrete else np.float64)


class CdfOfTheRate(Exponential):
    @staticmethod
    def cdf(y, scale):
        return -np.expm1(-y * scale)


class SurvivalForCdf(Poisson):
    @staticmethod
    def cdf(y, rate):
        return 1 - Poisson.law.functions["cdf"](y, rate)


class QuantileOffByOne(Poisson):
    @staticmethod
    def ppf(q, rate):
        return Poisson.law.functions["ppf"](q, rate) + 1


class QuantileOfTheVariance(Normal):
    @staticmethod
    def ppf(q, mean, sd):
        return Normal.law.functions["ppf"](q, mean, sd**2)


class SamplerOfTheRate(Gamma):
    @staticmethod
    def sample(rng, size, shape, scale):
        return rng.standard_gamma(shape, size) / scale


class SamplerOfTheUnitScale(Weibull):
    @staticmethod
    def sample(rng, size, shape, scale):
        return rng.weibull(shape, size)


class SamplerBeyondTheEnd(Uniform):
    @staticmethod
    def sample(rng, size, low, high):
        return low + (high - low) * rng.random(size) * 1.001


class SurvivalOfTheRate(Exponential):
    @staticmethod
    def log_survival(y, scale):
        return -y * scale


class DensityWithoutItsEnds(Poisson):
    """Its body could not say so: a family refuses methods in place of its own."""


DensityWithoutItsEnds.density = lambda self, y, /, **theta: np.exp(self.log_density(np.abs(y), **theta))


FAULTS = {
    "a survival function in other coordinates": (all_probabilities_agree, SurvivalOfTheRate),
    "a density that goes on": (density_is_the_exponential_of_its_logarithm, DensityWithoutItsEnds),
    "a cdf in other coordinates": (cdf_is_the_integral_of_the_density, CdfOfTheRate),
    "a survival function": (cdf_is_the_integral_of_the_density, SurvivalForCdf),
    "a quantile off by one": (ppf_inverts_the_cdf, QuantileOffByOne),
    "a quantile in other coordinates": (ppf_inverts_the_cdf, QuantileOfTheVariance),
    "a sampler in other coordinates": (sampler_follows_the_law, SamplerOfTheRate),
    "a sampler without its scale": (sampler_follows_the_law, SamplerOfTheUnitScale),
    "a sampler that leaves the support": (sampler_follows_the_law, SamplerBeyondTheEnd),
}


@pytest.mark.parametrize(("law", "family"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(law, family, at_drawn, untried):
    with pytest.raises(AssertionError):
        law(at_drawn(untried(family())))


def test_every_law_is_shown_to_fail():
    assert {law for law, _ in FAULTS.values()} == set(LAWS)


@pytest.mark.parametrize("family", [Normal, Gamma, Exponential, Uniform, Poisson], ids=lambda family: family.__name__)
def test_the_distribution_function_at_infinity(family, at_drawn):
    """It was NaN, through a product of infinity and zero."""
    drawn = at_drawn(family())
    assert_array_equal(drawn.cdf(np.array([-np.inf, np.inf])), [[0.0, 1.0]] * len(drawn.mean()))
    assert np.isnan(drawn.cdf(np.nan)).all()
