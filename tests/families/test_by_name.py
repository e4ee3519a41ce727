"""Quantities of a family go by name; what is passed otherwise is refused with how to write it."""

import pickle

import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError

GAMMA = lk.Gamma()
CALLS = {
    "mean": (lambda: GAMMA.mean(2, 3), r"Gamma\(\).mean\(shape=..., scale=...\)"),
    "variance": (lambda: GAMMA.variance(2, 3), r"Gamma\(\).variance\(shape="),
    "log_density": (lambda: GAMMA.log_density(1.0, 2.0, 3.0), r"Gamma\(\).log_density\(y, shape="),
    "no response": (lambda: GAMMA.density(shape=2.0, scale=3.0), r"density takes y in place"),
    "score": (lambda: GAMMA.score(1.0, 2.0), r"score\(y, shape="),
    "hessian": (lambda: GAMMA.hessian(1.0, 2.0), r"hessian\(y, shape="),
    "expected_information": (lambda: GAMMA.expected_information(2.0, 3.0), r"expected_information\(shape="),
    "cdf": (lambda: GAMMA.cdf(1.0, 2.0, 3.0), r"cdf\(y, shape="),
    "ppf": (lambda: GAMMA.ppf(0.5, 2.0, 3.0), r"ppf\(q, shape="),
    "no seed": (lambda: GAMMA.sample(5, shape=2, scale=1), "rng is a numpy Generator or a seed"),
    "size by name": (lambda: GAMMA.sample(size=5, rng=1, shape=2, scale=1), r"sample\(size, rng, shape="),
    "trials": (lambda: lk.Binomial().mean(0.5, trials=10), r"mean\(probability=..., trials=...\)"),
    "lower": (lambda: lk.truncated(GAMMA, lower=3), "no argument 'lower': did you mean 'low'"),
    "hihg": (lambda: lk.truncated(GAMMA, hihg=3), "no argument 'hihg': did you mean 'high'"),
    "upper": (lambda: lk.censored(GAMMA, upper=3.0), "no argument 'upper': did you mean 'limit'"),
    "event": (lambda: lk.censored(GAMMA, event=[1, 0]), "'event': it belongs to the model"),
}


@pytest.mark.parametrize(("call", "words"), CALLS.values(), ids=CALLS)
def test_what_is_not_by_name(call, words):
    """Each was a TypeError of Python's, without the remedy."""
    with pytest.raises(ArgumentError, match=words):
        call()


def test_what_is_by_name():
    assert GAMMA.mean(shape=2.0, scale=3.0) == 6.0
    assert GAMMA.sample(5, 1, shape=2.0, scale=1.0).shape == (5,)
    assert GAMMA.mean.__doc__ == "Expectation of Y."
    assert_allclose(pickle.loads(pickle.dumps(GAMMA)).cdf(1.0, shape=1.0, scale=1.0), 0.6321205588285577)
