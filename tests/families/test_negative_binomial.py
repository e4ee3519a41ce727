"""The negative binomial law down to that of Poisson, at large counts, and where its dispersion has a maximum."""

import numpy as np
import pytest
from mpmath import mp, mpf
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning

FAMILY = lk.NegativeBinomial()


def exact(y: int, mean, dispersion) -> mpf:
    """Log density by gamma functions."""
    mean, size = mpf(mean), 1 / mpf(dispersion)
    binomial = mp.loggamma(y + size) - mp.loggamma(size) - mp.loggamma(y + 1)
    return binomial + size * mp.log(size / (size + mean)) + y * mp.log(mean / (size + mean))


@pytest.mark.parametrize("dispersion", [1e-12, 1e-10, 1e-6, 0.01, 2.0])
@pytest.mark.parametrize(("mean", "counts"), [(4.0, (0, 1, 5, 20)), (1e6, (997_000, 1_000_000, 1_004_000))])
def test_log_density_and_derivatives_without_losing_digits(mean, counts, dispersion):
    """The textbook form had none at 1e-10. A logarithm of y! is 1e7 at a million, and costs its rounding."""
    y = np.array(counts, dtype=float)
    theta = {"mean": mean, "dispersion": dispersion}
    with mp.workdps(80):
        wanted = [float(exact(count, mean, dispersion)) for count in counts]
        by_mean = [float((count - mpf(mean)) / (mpf(mean) * (1 + mpf(mean) * mpf(dispersion)))) for count in counts]
        by_dispersion = [float(mp.diff(lambda a, c=count: exact(c, mean, a), mpf(dispersion))) for count in counts]
    rounding = 4 * np.finfo(float).eps * max(counts) * np.log(max(counts) + 1)
    assert_allclose(FAMILY.log_density(y, **theta), wanted, rtol=1e-14, atol=rounding)
    score = FAMILY.score(y, **theta)
    assert_allclose(score[:, 0], by_mean, rtol=1e-13, atol=1e-14)
    terms = 8 * np.finfo(float).eps * max(counts) ** 2  # each of the terms of the score in the dispersion
    assert_allclose(score[:, 1], by_dispersion, rtol=1e-12, atol=terms)


def test_a_dispersion_that_vanishes_gives_the_poisson_law():
    y = np.array([0.0, 1, 5, 40])
    poisson = lk.Poisson().log_density(y, rate=4.0)
    assert_allclose(FAMILY.log_density(y, mean=4.0, dispersion=1e-300), poisson, rtol=1e-15)
    # The first term in the dispersion: {(y - mean)^2 - y} / 2, of which the textbook form has no digit here.
    first = (FAMILY.log_density(y, mean=4.0, dispersion=1e-9) - poisson) / 1e-9
    assert_allclose(first, ((y - 4) ** 2 - y) / 2, rtol=1e-5, atol=1e-5)


def fisher_series(mean: float, dispersion: float) -> float:
    """Information on the dispersion by the series of Fisher (1941), term by term."""
    with mp.workdps(30):
        a, m = mpf(dispersion), mpf(mean)
        x, size = a * m / (1 + a * m), 1 / a
        term, total, i = x**2 * size**4 / (2 * size * (size + 1)), mpf(0), 1
        while term > mpf(10) ** -20 * total:
            total += term
            term *= x * mpf(i + 1) ** 2 / ((i + 2) * (size + i + 1))
            i += 1
    return float(total)


@pytest.mark.parametrize(
    ("mean", "dispersion"), [(8.0, 1e-10), (0.375, 0.5), (60.0, 0.0625), (1000.0, 1.0), (1e-3, 1e3), (1e6, 1e-6)]
)
def test_information_on_the_dispersion(mean, dispersion):
    found = FAMILY.expected_information(mean=mean, dispersion=dispersion)
    assert_allclose(found[1, 1], fisher_series(mean, dispersion), rtol=1e-14)
    assert found[0, 1] == 0


def test_information_of_the_poisson_law_at_the_end():
    """Half the square of the mean, which a study of tests against Poisson laws divides by."""
    assert_allclose(FAMILY.expected_information(mean=8.0, dispersion=1e-300)[1, 1], 32.0, rtol=1e-14)


def test_a_regression_beside_the_poisson_law():
    """With a dispersion of 1e-10 held fixed the coefficients are those of the Poisson regression."""
    rng = np.random.default_rng(3)
    exog = np.column_stack([np.ones(200), rng.normal(size=200)])
    y = rng.poisson(np.exp(exog @ [1.0, 0.5]))
    poisson = lk.LikelihoodModel(y, exog, family=lk.Poisson()).fit()
    beside = lk.LikelihoodModel(y, exog, family=lk.NegativeBinomial(dispersion=1e-10)).fit()
    assert beside.certificate.grade == "global"
    assert_allclose(beside.params, poisson.params, rtol=1e-8)
    assert_allclose(beside.bse, poisson.bse, rtol=1e-8)


def test_a_small_dispersion_of_large_counts():
    """A dispersion of a millionth beside a mean of a million, by the equation of its score in mpmath."""
    rng = np.random.default_rng(5)
    y = FAMILY.sample(400, rng, mean=1e6, dispersion=1e-6)
    results = lk.LikelihoodModel(y, family=FAMILY).fit()
    assert results.certificate.ok
    with mp.workdps(60):
        mean = mpf(int(y.sum())) / len(y)

        def score(a):
            size = 1 / a
            slopes = mp.fsum((mp.digamma(int(c) + size) - mp.digamma(size)) for c in y)
            return slopes - len(y) * mp.log1p(a * mean)

        a = mpf(results.params[1])
        root = mp.findroot(score, (a * mpf("0.99"), a * mpf("1.01")))
    assert_allclose(results.params, [float(mean), float(root)], rtol=1e-8)


@pytest.mark.parametrize("y", [(3, 4, 5, 4, 3, 4, 5), (0, 2, 0, 2)], ids=["less", "as much"])
def test_counts_that_vary_no_more_than_poisson_have_no_maximum(y):
    """Levin and Reeds (1977): if and only if the variance exceeds the mean."""
    with pytest.warns(MaximumWarning, match="keeps rising as dispersion runs to 0"):
        results = lk.LikelihoodModel(np.array(y, dtype=float), family=FAMILY).fit()
    assert not results.certificate.ok
    assert np.isnan(results.bse).all()


def test_weights_count_in_the_theorem():
    """The rows vary more than their mean, the sample that the frequencies stand for less."""
    y, weights = np.array([0.0, 4.0, 8.0]), np.array([1, 30, 1])
    assert lk.LikelihoodModel(y, family=FAMILY).fit().certificate.grade == "global"
    with pytest.warns(MaximumWarning, match="dispersion runs to 0"):
        assert not lk.LikelihoodModel(y, family=FAMILY, freq_weights=weights).fit().certificate.ok
