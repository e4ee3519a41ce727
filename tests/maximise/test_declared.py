"""A maximum that a family declares is compared with the likelihood around it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning, NotAvailableError
from likelihood_kit.maximise import surpassed
from likelihood_kit.predictor import Predictor

Y = 2 + np.random.default_rng(0).exponential(3, size=50)


class Shifted(lk.Family):
    loc, scale = lk.Real(), lk.Positive()
    support = lk.Interval("loc", np.inf)
    typical = {"loc": (-1.0, 1.0), "scale": (0.5, 2.0)}

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(scale) - (y - loc) / scale

    @staticmethod
    def sample(rng, size, loc, scale):
        return loc + scale * rng.standard_exponential(size)

    @staticmethod
    def maximum_likelihood(y):
        low = y.min(axis=-1)
        return {"loc": low, "scale": y.mean(axis=-1) - low}


class NearlyRight(Shifted):
    @staticmethod
    def maximum_likelihood(y):
        low = y.min(axis=-1)
        return {"loc": low, "scale": y.std(axis=-1)}


class OutsideTheSupport(Shifted):
    @staticmethod
    def maximum_likelihood(y):
        return {"loc": y.mean(axis=-1), "scale": y.std(axis=-1)}


class Laplace(lk.Family):
    loc, scale = lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale

    @staticmethod
    def maximum_likelihood(y):
        middle = np.median(y, axis=-1)
        return {"loc": middle, "scale": np.abs(y - middle[..., None]).mean(axis=-1)}


@pytest.mark.parametrize(
    "family", [Shifted(), Shifted(scale=3.0), lk.Uniform(), lk.Uniform(low=0.0), Laplace()], ids=repr
)
def test_right_ones_stay(family):
    certificate = lk.LikelihoodModel(Y, family=family).fit().certificate
    assert certificate.ok
    assert "in closed form" in str(certificate)


@pytest.mark.parametrize("family", [NearlyRight(), OutsideTheSupport()], ids=repr)
def test_a_wrong_one_was_believed_unseen(family):
    with pytest.warns(MaximumWarning, match="declares is none"):
        results = lk.LikelihoodModel(Y, family=family).fit()
    assert not results.certificate.ok
    assert "correct maximum_likelihood" in str(results.certificate)


def test_one_that_ignores_what_is_held_fixed():
    """The scale about the median is not that about a known location."""
    results = lk.LikelihoodModel(Y, family=Laplace(loc=1.0)).fit()
    assert results.certificate.ok
    assert_allclose(results.params, [np.abs(Y - 1.0).mean()], rtol=1e-9)


def test_a_study_refuses_a_wrong_one():
    plan = {"truth": {"loc": 0.0, "scale": 1.0}, "sizes": (20,), "replications": 10, "seed": 1}
    with pytest.raises(NotAvailableError, match="declares is none"):
        lk.Study(NearlyRight(), **plan).run(progress=False)
    assert lk.Study(Shifted(), **plan).run(progress=False).table is not None


@pytest.mark.parametrize(("slant", "wrong"), [(3.0, True), (1.0, False)])
def test_one_that_is_wrong_between_the_axes_alone(slant, wrong):
    """Along both axes the surface falls from 0; along the diagonal it rises where the slant outweighs that."""
    predictors = [Predictor(name, lk.Real(), lk.Real().link(), None, (name,)) for name in "ab"]
    found = surpassed(lambda p: slant * p[0] * p[1] - p[0] ** 2 - p[1] ** 2, np.zeros(2), predictors, Y)
    assert (found is not None) == wrong
