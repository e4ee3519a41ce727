"""Start values of a search know what the likelihood knows of each row."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.calculus import DATUM
from likelihood_kit.families import CATALOGUE
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import start_values
from likelihood_kit.predictor import Predictor
from likelihood_kit.sample import Sample
from likelihood_kit.simulation.estimators import maximum_likelihood

Y = np.array([3.0, 4.0, 5.0, 0.0])
BINOMIAL = CATALOGUE["Binomial"]


@pytest.mark.parametrize("trials", [20.0, np.full(4, 20.0), np.array([[20.0] * 4])], ids=["number", "rows", "sample"])
def test_a_known_quantity_that_is_one_number(trials, fit):
    """A number for all rows was left out of what a start is found from, and then missed."""
    assert_allclose(fit(Y, family=BINOMIAL(), trials=trials).params, [0.15], rtol=1e-10)
    assert_allclose(fit(Y, family=BINOMIAL(trials=20)).params, [0.15], rtol=1e-10)


@pytest.mark.parametrize("rows", [40, 6000])
def test_a_start_makes_up_for_an_offset(rows):
    """Exposures of a million: the intercept is found below the logarithm of the counts by the mean of the offset."""
    family, rng = CATALOGUE["Poisson"](), np.random.default_rng(4)
    offset = np.log(1e6) + rng.normal(0, 0.1, (1, rows))
    y = rng.poisson(7.0, (1, rows)).astype(float)
    columns = np.column_stack([np.ones(rows), 1e-3 * rng.normal(size=rows)])
    for moved, mean in ((offset, offset.mean()), (None, 0.0)):
        predictor = Predictor("rate", family.spaces["rate"], family.links["rate"], columns, ("const", "x"), moved)
        found = start_values(family, Likelihood(family.kernels, Sample.of({DATUM: y}), (predictor,)))
        # Of many rows a start is found on some.
        assert_allclose(found, [[np.log(y.mean()) - mean, 0.0]], atol=0.05)


def test_a_start_out_of_all_reason_is_dropped():
    """From 1e300 no maximum existed, and no replication of a study had one."""

    class FarOff(lk.Family):
        scale = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, scale):
            return -y / scale - np.log(scale)

        @staticmethod
        def start(y):
            return {"scale": 1e300 + 0 * y[..., 0]}

    y = np.random.default_rng(1).gamma(2, 3, 60)
    results = lk.LikelihoodModel(y, family=FarOff()).fit()
    assert results.certificate.ok
    assert_allclose(results.params, y.mean(), rtol=1e-9)
    samples = np.random.default_rng(2).exponential(2.0, (40, 20))
    assert maximum_likelihood(FarOff(), {DATUM: samples}).converged.all()
