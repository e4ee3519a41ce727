"""Samples of the fitted law in the place of the data, and their distances from the laws fitted to them."""

import numpy as np
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics.replicates import informations_at_maximum
from likelihood_kit.diagnostics.specification import DISTANCE
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.models.audit import DISTANCES
from likelihood_kit.predictor import iid_predictors
from likelihood_kit.sample import Sample

#: Samples of the fitted law in tests of many audits: the level is that of any number.
FEW = 199


def test_a_sample_without_a_maximum_is_no_replicate():
    """Of counts that are all 0 the search ends where its steps do; the information there is none."""
    predictors = iid_predictors(lk.Poisson())
    samples = Sample.of({"y": np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 2.0]])})
    observed, _, (_, maxima) = informations_at_maximum(
        Likelihood(lk.Poisson().kernels, samples, predictors), np.array([-1.0])
    )
    assert_allclose(np.exp(maxima), [[1.0]])
    assert_allclose(observed, [[[3.0]]])


def test_the_distances_of_counts_are_those_of_the_middles_of_their_steps(monkeypatch):
    """Anderson and Darling (1954), eq. (1), typed out, and the skewness of quantiles, at (P(Y < y) + P(Y <= y)) / 2."""
    found = []

    def kept(distance):
        def call(below, at):
            found.append(distance(below, at))
            return found[-1]

        return call

    for name, distance in DISTANCES.items():
        monkeypatch.setitem(DISTANCES, name, kept(distance))
    y = np.random.default_rng(12).poisson(2.0, 20)
    lk.LikelihoodModel(y, family=lk.Poisson()).fit().information_audit(replications=FEW)
    law = stats.poisson(y.mean())
    places = np.sort((law.cdf(y - 1) + law.cdf(y)) / 2)
    terms = [(2 * i - 1) * (np.log(places[i - 1]) + np.log(1 - places[20 - i])) for i in range(1, 21)]
    expected = -20 - np.mean(terms), abs(stats.skew(stats.norm.ppf(places)))
    assert_allclose(np.ravel(found[-2:]), expected, rtol=1e-9)


def test_a_law_bent_to_one_side_is_seen_by_the_skewness_of_its_residuals():
    """Of 40 log-normal samples taken for gamma it alone is below 5 % in some; of gamma samples in few.

    40 right samples are below 5 % more than 7 times by chance 1 time in 1,000.
    """

    def below(draw):
        found = [lk.LikelihoodModel(y, family=lk.Gamma()).fit().information_audit(replications=FEW).test for y in draw]
        return np.array([[test.parts[name] <= 0.05 for name in ("skewness of residuals", DISTANCE)] for test in found])

    rng = np.random.default_rng(15)
    wrong, right = below(rng.lognormal(0.0, 0.5, (40, 200))), below(rng.gamma(4.0, size=(40, 200)))
    assert wrong[:, 0].sum() > max(25, wrong[:, 1].sum())
    assert right[:, 0].sum() <= 7
