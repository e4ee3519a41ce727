"""Penalised likelihood of bias-reduced fits: against R, written anew, and refused where there is none."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError
from likelihood_kit.models.penalised_likelihood import is_penalised

ORACLES = Path(__file__).parent / "oracles"
Y = np.array([1.0, 2.0, 4.0, 3.0, 6.0, 9.0])
STEP = np.array([0, 0, 0, 1, 1, 1.0])


@pytest.fixture(scope="module")
def endometrial():
    data = pd.read_csv(ORACLES / "endometrial.csv")
    return lk.LikelihoodModel.from_formula("HG ~ NV + PI + EH", data, family=lk.Bernoulli()).fit(bias_reduction="firth")


def test_tests_and_intervals_against_r(endometrial):
    """R's optim leaves 1e-9 of the likelihood, and so 1e-6 of an interval."""
    table = pd.read_csv(ORACLES / "penalised.csv").set_index("parameter")
    entries = ["(Intercept)", "NV", "PI", "EH"]
    assert_allclose(endometrial.conf_int(method="profile"), table.loc[entries, ["lower", "upper"]], rtol=1e-5)
    for name, entry in zip(endometrial.params.index, entries, strict=True):
        found = endometrial.likelihood_ratio_test({name: 0.0})
        assert_allclose(found.statistic, table.loc[entry, "statistic"], rtol=1e-6)
        assert_allclose(found.pvalue, stats.chi2.sf(found.statistic, 1))
    together = endometrial.likelihood_ratio_test({"NV": 0.0, "PI": 0, "EH": 0})
    assert together.df == 3
    assert_allclose(together.statistic, table.loc["NV PI EH", "statistic"], rtol=1e-6)
    assert "penalised likelihood-ratio test" in str(together)


def test_the_estimate_is_its_maximum(endometrial):
    model, params = endometrial.model, np.asarray(endometrial.params)
    x, y = model.exog, model.endog

    def penalised(b):
        p = special.expit(x @ b)
        return np.sum(np.log(np.where(y == 1, p, 1 - p))) + np.linalg.slogdet(x.T * p * (1 - p) @ x)[1] / 2

    assert_allclose(endometrial.llf_penalized, penalised(params), rtol=1e-12)
    for j in range(4):
        for side in (-1e-3, 1e-3):
            assert penalised(params + side * np.eye(4)[j]) < penalised(params)


def test_deviance_at_the_ends_of_a_rate():
    """Jeffreys' prior of an exponential rate is 1 / rate: the penalised likelihood is rate^(n - 1) exp(-rate s)."""
    results = lk.LikelihoodModel(Y, family=lk.Exponential(parameters=("rate",))).fit(bias_reduction="firth")
    low, high = results.conf_int(method="profile", alpha=0.1)[0]

    def fall(rate):
        highest = 5 / Y.sum()
        return 2 * (5 * np.log(highest / rate) - (highest - rate) * Y.sum()) - stats.chi2.isf(0.1, 1)

    assert_allclose(low, optimize.brentq(fall, 1e-3, 5 / Y.sum()), rtol=1e-8)
    assert_allclose(high, optimize.brentq(fall, 5 / Y.sum(), 10), rtol=1e-8)


def test_frequencies_and_far_columns_change_nothing():
    counts = np.array([3, 1, 2, 1, 2, 4])
    x = np.column_stack([np.ones(6), [0, 1, 2, 0, 1, 2.0]])
    far = x + np.outer(np.ones(6), [0, 1e7])
    plain = lk.LikelihoodModel(np.repeat(STEP, counts), np.repeat(x, counts, axis=0), family=lk.Bernoulli())
    weighted = lk.LikelihoodModel(STEP, far, family=lk.Bernoulli(), freq_weights=counts)
    one, other = (model.fit(bias_reduction="firth") for model in (plain, weighted))
    assert other.model.basis is not None
    assert_allclose(other.conf_int(method="profile")[1], one.conf_int(method="profile")[1], rtol=1e-6)
    slope = one.model.exog_names[1]
    tests = [results.likelihood_ratio_test({slope: 0.0}).statistic for results in (one, other)]
    assert_allclose(tests[0], tests[1], rtol=1e-6)


CANONICAL = {
    "logit": (lk.Bernoulli(), STEP, True),
    "trials": (lk.Binomial(trials=10), Y, True),
    "log rate": (lk.Poisson(), Y, True),
    "normal mean": (lk.Normal(sd=1.0), Y, True),
    "probit": (lk.Bernoulli(links={"probability": "probit"}), STEP, False),
    "root of a rate": (lk.Poisson(links={"rate": "sqrt"}), Y, False),
    "mean and sd": (lk.Normal(), Y, False),
    "gamma": (lk.Gamma(), Y, False),
    "curved": (lk.NegativeBinomial(dispersion=0.5), Y, False),
}


@pytest.mark.parametrize(("family", "y", "canonical"), CANONICAL.values(), ids=CANONICAL)
def test_where_there_is_one(family, y, canonical):
    x = np.column_stack([np.ones(6), [0, 1, 2, 0, 1, 1.5]])
    results = lk.LikelihoodModel(y, x, family=family).fit(bias_reduction="firth")
    assert is_penalised(results._results if hasattr(results, "_results") else results) is canonical
    if not canonical:
        for ask in (
            lambda: results.llf_penalized,
            lambda: results.conf_int(method="profile"),
            lambda: results.likelihood_ratio_test({results.model.exog_names[-1]: 1.0}),
        ):
            with pytest.raises(NotAvailableError, match="full exponential family in canonical coordinates"):
                ask()


def test_natural_parameters_in_canonical_coordinates_and_not():
    """Shape and rate of a Gamma law; of a scale the Hessian is its mean where y is the estimate, but not aside."""
    canonical = lk.LikelihoodModel(Y, family=lk.Gamma(parameters=("shape", "rate"))).fit(bias_reduction="firth")
    assert is_penalised(canonical._results)
    assert not is_penalised(
        lk.LikelihoodModel([2.0, 2.0], family=lk.Exponential()).fit(bias_reduction="firth")._results
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (canonical.conf_int(method="profile") > 0).all()


def test_refused_by_name(endometrial):
    maximum = lk.LikelihoodModel(Y, family=lk.Exponential(parameters=("rate",))).fit()
    with pytest.raises(NotAvailableError, match="of a bias-reduced fit"):
        _ = maximum.llf_penalized
    corrected = lk.LikelihoodModel(Y, family=lk.Exponential(parameters=("rate",))).fit(bias_reduction="cox_snell")
    with pytest.raises(NotAvailableError, match="of a bias-reduced fit"):
        corrected.likelihood_ratio_test({"rate": 1.0})
    with pytest.raises(NotAvailableError, match="give the values of params"):
        endometrial.likelihood_ratio_test(maximum)
    for wrong, words in (({}, "empty dict"), ({"x": 0}, "no entry of params"), ({"NV": "a"}, "NV")):
        with pytest.raises((ArgumentError, ValueError), match=words):
            endometrial.likelihood_ratio_test(wrong)
