"""Cramer-Rao bounds of biased estimators, of several functions, at several numbers of observations."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, LikelihoodKitError, NotAvailableError

NORMAL = {"mean": 1.0, "sd": 2.0}


def square(mean, sd):
    return sd**2


@pytest.mark.parametrize("n", [2, 10, 1000])
def test_mean_square_about_the_sample_mean(n):
    """Its bias is -sd^2 / n, so that its bound has the factor (1 - 1/n)^2; its variance is 2 (n - 1) sd^4 / n^2."""
    table = lk.cramer_rao_bound(lk.Normal(), NORMAL, n=n, of=square, bias=lambda n, mean, sd: -(sd**2) / n)
    row = table.loc["square"]
    assert_allclose(row["variance_bound"], (1 - 1 / n) ** 2 * 2 * 16 / n, rtol=1e-12)
    assert_allclose(row["bias"], -4 / n, rtol=1e-14)
    assert_allclose(row["mean_squared_error_bound"], row["variance_bound"] + 16 / n**2, rtol=1e-12)
    assert row["variance_bound"] < 2 * (n - 1) * 16 / n**2
    assert list(table.columns)[:3] == ["value", "variance_bound", "standard_error_bound"]


def test_at_ten_it_is_the_factor_081():
    both = [lk.cramer_rao_bound(lk.Normal(), NORMAL, n=10, of=square, bias=bias)["variance_bound"].item()
            for bias in (None, lambda n, mean, sd: -(sd**2) / n)]  # fmt: skip
    assert_allclose(both[1] / both[0], 0.81, rtol=1e-12)


def shrunk(theta):
    return {"mean": -0.3 * theta["mean"]}


WAYS = {
    "a dict, the rest unbiased": lambda **theta: shrunk(theta),
    "a tuple": lambda mean, sd: (-0.3 * mean, 0.0),
    "a list": lambda mean, sd: [-0.3 * mean, 0 * sd],
    "an array": lambda mean, sd: np.array([-0.3 * mean, 0.0]),
    "an opaque one": lambda mean, sd: (-0.3 * float(mean), 0.0),
}


@pytest.mark.parametrize("bias", WAYS.values(), ids=WAYS)
def test_a_bias_of_each_parameter(bias):
    """A mean that is shrunk by 0.7 meets its bound, 0.49 sd^2 / n; that of sd stays sd^2 / (2 n)."""
    table = lk.cramer_rao_bound(lk.Normal(), NORMAL, n=8, bias=bias)
    assert_allclose(table["variance_bound"], [0.49 * 4 / 8, 4 / 16], rtol=1e-9)
    assert_allclose(table["bias"], [-0.3, 0.0], atol=1e-15)
    assert_allclose(table["mean_squared_error_bound"], [0.49 * 4 / 8 + 0.09, 4 / 16], rtol=1e-9)


def test_a_bias_by_a_special_function_is_traced():
    """E[log y] = digamma(shape) of a Gamma law of scale 1: the mean of log y estimates log(shape) with that bias."""
    family, shape = lk.Gamma(scale=1.0), 2.5
    table = lk.cramer_rao_bound(
        family, {"shape": shape}, n=20, of=lambda shape: np.log(shape),
        bias=lambda n, shape: special.polygamma(0, shape) - np.log(shape),
    )  # fmt: skip
    assert_allclose(table["variance_bound"], special.polygamma(1, shape) / 20, rtol=1e-12)  # which it meets


def test_n_of_a_family_is_its_own():
    class OfN(lk.Family):
        n = lk.Positive()

        @staticmethod
        def log_density(y, n):
            return np.log(n) / 2 - n * y**2 / 2 - np.log(2 * np.pi) / 2

    table = lk.cramer_rao_bound(OfN(), {"n": 3.0}, n=50, bias=lambda n: -n / 10)
    assert_allclose(table["variance_bound"], 0.81 * 2 * 9 / 50, rtol=1e-8)


@pytest.mark.parametrize(
    ("bias", "words"),
    [
        (0.5, "bias must be a function of the parameters"),
        (lambda mean: 0.0, "bias takes mean; the function must take mean, sd"),
        (lambda mean, sd, size: 0.0, "bias takes mean, sd, size"),
        (lambda mean, sd: 0.1, "one number for mean, sd: return one for each"),
        (lambda mean, sd: (0.1, 0.2, 0.3), "returns 3 numbers for mean, sd"),
        (lambda mean, sd: {"men": 0.1}, "did you mean 'mean'"),
        (lambda mean, sd: {"mean": "a"}, "bias of mean: the function"),
        (lambda mean, sd: {"mean": None}, "bias of mean: the function"),
        (lambda mean, sd: {"mean": np.nan * mean}, "bias of mean: the function must return one finite"),
        (lambda mean, sd: 1 / 0, "bias cannot be evaluated at .*ZeroDivisionError"),
        (lambda mean, sd: {"mean": abs(mean - 1.0)}, "bias of mean: .*slope in mean is -1 below and 1 above"),
    ],
)
def test_a_bias_that_is_none(bias, words):
    with pytest.raises(ArgumentError, match=words):
        lk.cramer_rao_bound(lk.Normal(), NORMAL, n=10, bias=bias)


def test_a_bias_whose_derivative_is_not_known():
    def rough(mean, sd):
        return {"mean": 1e-3 * np.round(float(mean) * 1e7 * float(sd)) * 1e-6}

    with pytest.raises(LikelihoodKitError):
        lk.cramer_rao_bound(lk.Normal(), NORMAL, n=10, bias=rough)


def test_several_functions_at_once():
    truth = {"shape": 2.0, "scale": 3.0}
    table = lk.cramer_rao_bound(
        lk.Gamma(), truth, n=10, of=lambda shape, scale: {"mean": shape * scale, "variance": shape * scale**2}
    )
    alone = [lk.cramer_rao_bound(lk.Gamma(), truth, n=10, of=function) for function in
             (lambda shape, scale: shape * scale, lambda shape, scale: shape * scale**2)]  # fmt: skip
    assert list(table.index) == ["mean", "variance"]
    assert_allclose(table["variance_bound"], [part["variance_bound"].item() for part in alone], rtol=1e-12)
    for wrong in ({}, {1: 2.0}):
        with pytest.raises(ArgumentError, match="return a number, or a dict of name to number"):
            lk.cramer_rao_bound(lk.Gamma(), truth, of=lambda shape, scale, wrong=wrong: wrong)


def test_of_a_fit():
    y = np.random.default_rng(3).normal(1.0, 2.0, 40)
    results = lk.LikelihoodModel(y, family=lk.Normal()).fit()
    at = dict(zip(("mean", "sd"), results.params, strict=True))
    keywords = {"of": square, "bias": lambda n, mean, sd: -(sd**2) / n, "nuisance": True}
    pd.testing.assert_frame_equal(
        results.cramer_rao(**keywords), lk.cramer_rao_bound(lk.Normal(), at, n=40, **keywords), rtol=1e-9
    )
    repeated = lk.LikelihoodModel(y, family=lk.Normal(), freq_weights=np.full(40, 2)).fit()
    twice = repeated.cramer_rao(square, lambda n, mean, sd: -(sd**2) / n)
    assert_allclose(twice["bias"], -(at["sd"] ** 2) / 80, rtol=1e-9)
    with pytest.raises(NotAvailableError, match="prob_weights"):
        lk.LikelihoodModel(y, family=lk.Normal(), prob_weights=np.ones(40)).fit().cramer_rao(bias=keywords["bias"])
    with pytest.raises(ArgumentError, match="nuisance = 1: give True or False"):
        results.cramer_rao(nuisance=1)


# As a function of n

SIZES = (1, 5, 40)
ALL = {
    "Cramer and Rao": lambda n: lk.cramer_rao_bound(lk.Normal(), NORMAL, n=n),
    "of a bias": lambda n: lk.cramer_rao_bound(lk.Normal(), NORMAL, n=n, bias=lambda n, mean, sd: {"sd": -sd / n}),
    "Bhattacharyya": lambda n: lk.bhattacharyya_bound(lk.Poisson(), {"rate": 2.0}, n, lambda rate: rate**2),
    "Chapman and Robbins": lambda n: lk.chapman_robbins_bound(lk.Uniform(low=0.0), {"high": 2.0}, n=n),
    "Barankin": lambda n: lk.barankin_bound(lk.Uniform(low=0.0), {"high": 2.0}, [{"high": 1.8}, {"high": 1.5}], n),
    "van Trees": lambda n: lk.van_trees_bound(lk.Normal(sd=2.0), {"mean": stats.norm(1, 1)}, n=n),
    "a design": lambda n: lk.cramer_rao_bound(lk.Poisson(), {"rate": [0.2, 0.3]}, n, design=[[1.0, 1], [1, 2], [1, 4]]),
}


@pytest.mark.parametrize("bound", ALL.values(), ids=ALL)
def test_a_bound_at_several_n_is_that_at_each(bound):
    table = bound(SIZES)
    assert table.index.names == ["n", "parameter"]
    for n in SIZES:
        assert_allclose(table.loc[n].to_numpy(), bound(n).to_numpy(), rtol=1e-12)
        assert list(table.loc[n].index) == list(bound(n).index)
    assert list(bound(np.array(SIZES)).index) == [*bound(range(1, 2)).index, *bound([5, 40]).index]


@pytest.mark.parametrize("bound", ALL.values(), ids=ALL)
@pytest.mark.parametrize("n", [[], (5, 5), (5, 0), [2.0], ["5"], np.ones((2, 2), dtype=int), {5, 6}, None, [[5]]])
def test_sizes_that_are_none(bound, n):
    with pytest.raises(ArgumentError, match=r"n must be a positive whole|give different numbers"):
        bound(n)


def test_an_empty_dict_was_taken_for_no_bias():
    with pytest.raises(ArgumentError, match="bias returns an empty dict"):
        lk.cramer_rao_bound(lk.Gamma(), {"shape": 2.0, "scale": 1.0}, bias=lambda shape, scale: {})
