"""A maximum that a family declares is compared with the likelihood around it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning, NotAvailableError
from likelihood_kit.maximise import as_high, surpassed
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


@pytest.mark.parametrize("family", [Laplace(), lk.Laplace()], ids=["one's own", "of the catalogue"])
def test_any_median_of_an_even_number_is_a_maximum(family):
    """The certificate spoke of the maximum, though each value between the two in the middle was one."""
    middle = np.sort(Y)[24:26]
    even, odd = (lk.LikelihoodModel(y, family=family).fit().certificate for y in (Y, Y[:49]))
    assert f"as high for loc from {middle[0]:.6g} to {middle[1]:.6g}, of which the estimate is one" in str(even)
    assert (even.grade, odd.grade, odd.as_high) == ("global", "global", "")
    tied = np.append(Y, [middle[1], middle[1]])  # both in the middle are one value
    assert lk.LikelihoodModel(tied, family=family).fit().certificate.as_high == ""


def test_what_is_as_high_is_found_to_the_digits_of_the_numbers():
    """Level from -1 to 3 and steep beyond; a parabola is level nowhere, however flat it is at its top."""
    found = as_high(lambda p: -max(abs(p[0] - 1) - 2, 0.0) - 50 * p[1] ** 2, np.array([0.5, 0.0]), Y)
    assert_allclose(found.pop(0), [-1, 3], rtol=1e-10)
    assert found == {}
