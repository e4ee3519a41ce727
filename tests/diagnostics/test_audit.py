"""The audit speaks against wrong models, seldom against right ones, and never where it has nothing to compare."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import likelihood_kit as lk
from likelihood_kit.diagnostics import (
    covariance,
    information_audit,
    outer_product_covariance,
    sandwich_covariance,
)
from likelihood_kit.diagnostics.replicates import informations_at_maximum
from likelihood_kit.diagnostics.specification import large_sample_test
from likelihood_kit.errors import ArgumentError, MaximumWarning, NotAvailableError
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.predictor import iid_predictors, working_from_params
from likelihood_kit.sample import Sample

AGAINST, NOT_AGAINST = "Evidence against the model at the 5 % level:", "No evidence against the model at the 5 % level:"
#: Samples of the fitted law in tests of many audits: the level is that of any number.
FEW = 199


def verdict(y, exog=None, *, family):
    return lk.LikelihoodModel(y, exog, family=family).fit().information_audit(replications=FEW).verdict


def regression(seed, n=300):
    rng = np.random.default_rng(seed)
    exog = np.column_stack([np.ones(n), rng.normal(size=n)])
    return rng, exog, np.exp(exog @ [1.0, 0.3])


# Right models, forty seeds each. The level is 5 %: of 40 audits more than 7 accuse by chance 1 time in 1,000, in one of
# the cells 1 time in 100; the seeds are fixed. The wrong models below are the negative control.
RIGHT = {
    "poisson": lambda seed: (np.random.default_rng(seed).poisson(4.0, 300), None, lk.Poisson()),
    "gamma": lambda seed: (np.random.default_rng(seed).gamma(2.0, 3.0, 300), None, lk.Gamma()),
    "normal": lambda seed: (np.random.default_rng(seed).normal(0.0, 2.0, 300), None, lk.Normal()),
    "weibull": lambda seed: (np.random.default_rng(seed).weibull(1.5, 300), None, lk.Weibull()),
    "student, few": lambda seed: (np.random.default_rng(seed).standard_t(4.0, 62), None, lk.StudentT(df=4.0)),
    "exponential, few": lambda seed: (np.random.default_rng(seed).exponential(2.0, 62), None, lk.Exponential()),
    "poisson regression": lambda seed: (
        regression(seed)[0].poisson(regression(seed)[2]),
        regression(seed)[1],
        lk.Poisson(),
    ),
}


@pytest.mark.parametrize("draw", RIGHT.values(), ids=RIGHT)
def test_right_models(draw):
    accused = 0
    for seed in range(40):
        y, exog, family = draw(seed)
        found = verdict(y, exog, family=family)
        assert (AGAINST in found) != (NOT_AGAINST in found)
        accused += AGAINST in found
    assert accused <= 7


# Wrong models, each far enough from the right one that all but two of twenty samples show it.
def heteroscedastic(seed):
    rng, exog, _ = regression(seed)
    return rng.normal(exog @ [1.0, 0.3], 0.3 + np.abs(exog[:, 1]) ** 1.5), exog, lk.Normal()


WRONG = {
    "overdispersed counts": lambda seed: (
        np.random.default_rng(seed).negative_binomial(2, 1 / 3, 300), None, lk.Poisson(),
    ),
    "underdispersed counts": lambda seed: (np.random.default_rng(seed).binomial(5, 0.8, 300), None, lk.Poisson()),
    "heavy tails": lambda seed: (np.random.default_rng(seed).standard_t(3, 600), None, lk.Normal()),
    "light tails": lambda seed: (np.random.default_rng(seed).uniform(size=300), None, lk.Normal()),
    "gamma variates": lambda seed: (np.random.default_rng(seed).gamma(4.0, size=300), None, lk.Exponential()),
    "unequal variances": heteroscedastic,
    # At 200 observations the audit spoke against 28 % of the first, 1.5 % of the second and 2 % of the third.
    "heavy tails, 200": lambda seed: (np.random.default_rng(seed).standard_t(3, 200), None, lk.Normal()),
    "gamma variates, 200": lambda seed: (np.random.default_rng(seed).gamma(0.6, size=200), None, lk.Exponential()),
    "log-normal variates": lambda seed: (np.random.default_rng(seed).lognormal(0.0, 1.0, 200), None, lk.Gamma()),
}  # fmt: skip


@pytest.mark.parametrize("draw", WRONG.values(), ids=WRONG)
def test_wrong_models(draw):
    accused = 0
    for seed in range(20):
        y, exog, family = draw(seed)
        accused += AGAINST in verdict(y, exog, family=family)
    assert accused >= 18


def test_the_accusation_says_how_much_and_what_to_do():
    y = np.random.default_rng(1).negative_binomial(2, 1 / 3, 2000)
    results = lk.LikelihoodModel(y, family=lk.Poisson()).fit()
    audit = results.information_audit()
    ratio = np.sqrt(y.var() / y.mean())
    assert_allclose(audit.table.loc["rate", "sandwich/observed"], ratio, rtol=1e-9)
    assert f"{100 * (ratio - 1):.1f} % larger" in audit.verdict
    assert "Prefer cov_type='sandwich'" in audit.verdict
    assert audit.verdict in " ".join(str(audit).split())
    assert audit.verdict in audit._repr_html_()


def test_the_level_is_in_the_sentence_and_decides():
    """The threshold was in none, and -20 % with noise of 10 % was "within sampling noise"."""
    y = np.random.default_rng(5).gamma(0.75, size=100)
    results = lk.LikelihoodModel(y, family=lk.Exponential()).fit()
    pvalue = results.information_audit().pvalue
    assert 0.001 < pvalue < 0.2
    for level in (pvalue / 2, pvalue, min(2 * pvalue, 0.9)):
        audit = results.information_audit(level)
        start = "Evidence" if pvalue <= level else "No evidence"
        assert audit.verdict.startswith(f"{start} against the model at the {100 * level:g} % level: p = {pvalue:.3f}")
        assert (audit.level, audit.pvalue) == (level, pvalue)


def test_the_same_audit_for_the_same_fit():
    y = np.random.default_rng(6).gamma(2.0, size=80)
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    assert results.information_audit().verdict == results.information_audit().verdict
    assert results.information_audit(seed=1).pvalue != results.information_audit(seed=2).pvalue
    # Of either a standard error of sqrt(p (1 - p) / 999), at most 0.016: five of their difference.
    assert abs(results.information_audit(seed=1).pvalue - results.information_audit(seed=2).pvalue) < 0.11


@pytest.mark.parametrize(
    "arguments",
    [{"level": 0}, {"level": 1}, {"level": "5 %"}, {"level": True}, {"replications": -1}, {"replications": 10},
     {"replications": 200.0}, {"seed": -1}, {"seed": None}],
)  # fmt: skip
def test_bad_arguments(arguments):
    results = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Exponential()).fit()
    with pytest.raises(ArgumentError, match=next(iter(arguments))):
        results.information_audit(**arguments)


def test_the_table_holds_the_standard_errors_of_fit():
    y = np.random.default_rng(2).gamma(2.0, 3.0, 100)
    model = lk.LikelihoodModel(y, family=lk.Gamma())
    table = model.fit().information_audit().table
    kinds = ["observed", "expected", "outer_product", "sandwich"]
    for kind in kinds:
        assert_allclose(table[kind], model.fit(cov_type=kind).bse, rtol=1e-9)
    for kind in kinds[1:]:
        assert_allclose(table[f"{kind}/observed"], table[kind] / table["observed"], rtol=1e-12)
    assert list(table.index) == ["shape", "scale"]


NOISE = {
    "poisson": (lk.Poisson(), {"rate": 4.0}),
    "gamma": (lk.Gamma(), {"shape": 2.0, "scale": 3.0}),
    "normal": (lk.Normal(), {"mean": 0.0, "sd": 2.0}),
}


def ratios_of_samples(family, theta, r, n):
    """Sandwich over observed standard errors of r samples, `(r, k)`."""
    y = family.sample((r, n), 8, **theta)
    predictors = iid_predictors(family)
    likelihood = Likelihood(family.kernels, Sample.of({"y": y}), predictors)
    start = working_from_params(predictors, np.array(list(theta.values())))
    observed, outer, _ = informations_at_maximum(likelihood, start)
    bread = np.linalg.inv(observed)
    return np.sqrt(np.einsum("rij,rjk,rki->ri", bread, outer, bread) / np.einsum("rii->ri", bread))


@pytest.mark.parametrize("replications", [FEW, 0])
@pytest.mark.parametrize(("family", "theta"), NOISE.values(), ids=NOISE)
def test_noise_is_the_spread_of_the_ratio(family, theta, replications):
    """Of sandwich/observed over 2,000 samples, whose error is 2 %: the estimate from one of them within a quarter.

    With 199 samples of the law it has an error of 5 %, and a false alarm of 1 in a million.
    """
    spread = ratios_of_samples(family, theta, 2000, 400).std(axis=0)
    results = lk.LikelihoodModel(family.sample(400, 9, **theta), family=family).fit()
    found = results.information_audit(replications=replications).table["noise"].to_numpy()
    free = spread > 1e-9
    assert free.any()
    assert_allclose(found[free], spread[free], rtol=0.25)
    assert (found[~free] < 1e-9).all()
    if family is NOISE["normal"][0]:
        # Shown to fail: the spread of the squared scores of sd, var (z^2 - 1)^2 = 56, which knows of no estimation.
        unaware = np.sqrt(56) / 2 / 2 / np.sqrt(400)
        assert unaware > 1.4 * spread[1]


def audited(observed, expected, scores):
    covariances = {"observed": covariance(observed)} | ({} if expected is None else {"expected": covariance(expected)})
    outer = scores.T @ scores
    covariances["outer_product"] = outer_product_covariance(observed, outer)
    covariances["sandwich"] = sandwich_covariance(observed, outer)
    usable = np.isfinite(covariances["outer_product"]).all()
    test = large_sample_test(observed, outer, scores, np.ones(len(scores)), "a reason") if usable else None
    return information_audit(covariances, test, ["a", "b"])


def test_a_model_without_family_is_audited_without_expectation():
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(100, 2))
    audit = audited(100 * np.eye(2), None, scores)
    assert "expected" not in audit.table
    assert audit.verdict.startswith(NOT_AGAINST)
    assert "by the spread of the data (a reason)" in audit.verdict
    wrong = audited(100 * np.eye(2), None, 2 * scores)
    assert wrong.verdict.startswith(AGAINST)
    assert_allclose(wrong.table["sandwich"], 2 * audit.table["sandwich"], rtol=1e-12)


class Counts(lk.LikelihoodModel):
    """A Poisson law in a model's own words."""

    parameters = {"rate": lk.Positive()}

    def loglikeobs(self, params):
        return stats.poisson.logpmf(self.endog, params[0])


def test_a_model_of_its_own_is_audited_by_its_data():
    """Forty right ones: more than 7 of 40 accused at 5 % once in 300 times; and nine in ten of the wrong ones."""
    accused = {}
    for name, draw in {
        "right": lambda rng: rng.poisson(4.0, 300),
        "wrong": lambda rng: rng.negative_binomial(4, 0.5, 300),
    }.items():
        audits = [Counts(draw(np.random.default_rng(seed))).fit().information_audit() for seed in range(40)]
        assert all("has no law to draw from" in audit.verdict for audit in audits)
        accused[name] = sum(audit.verdict.startswith(AGAINST) for audit in audits)
    assert accused["right"] <= 7
    assert accused["wrong"] >= 36


IDENTICAL = {
    "bernoulli": (lk.Bernoulli(), [0, 1, 1, 0, 1, 1, 1], None),
    "bernoulli in two groups": (lk.Bernoulli(), [0, 1, 1, 0, 1, 1, 1], np.array([[1, 0]] * 3 + [[1, 1]] * 4)),
    "one trial": (lk.Binomial(trials=1), [0, 1, 1, 0, 1, 1, 1], None),
}


@pytest.mark.parametrize(("family", "y", "exog"), IDENTICAL.values(), ids=IDENTICAL)
@pytest.mark.parametrize("replications", [None, 0])
def test_where_the_informations_are_equal_whatever_the_data_nothing_is_said(family, y, exog, replications):
    """A Bernoulli law was "no evidence against the model" whatever the data."""
    results = lk.LikelihoodModel(y, exog, family=family).fit()
    audit = results.information_audit(replications=replications)
    assert audit.verdict.startswith("Cannot tell here: the sandwich and the observed information are equal whatever")
    assert np.isnan(audit.pvalue)


def test_the_mean_of_a_normal_law_says_nothing():
    audit = lk.LikelihoodModel(np.random.default_rng(4).normal(size=50), family=lk.Normal()).fit().information_audit()
    assert "For mean the two are equal whatever the data, and say nothing of the model." in audit.verdict
    assert audit.table.loc["mean", "noise"] < 1e-9 < 0.05 < audit.table.loc["sd", "noise"]


def test_where_there_is_no_maximum_nothing_is_said():
    with pytest.warns(MaximumWarning):
        results = lk.LikelihoodModel([0, 0, 0], family=lk.Bernoulli()).fit()
    with pytest.raises(NotAvailableError, match="the estimate is not certified"):
        results.information_audit()


def test_a_predictor_far_from_zero_is_audited_as_one_near():
    rng = np.random.default_rng(10)
    x = rng.normal(size=120)
    y = 1 + x + rng.normal(size=120)
    near, far = (lk.LikelihoodModel(y, np.column_stack([np.ones(120), x + offset]), family=lk.Normal()).fit()
                 .information_audit(replications=FEW) for offset in (0.0, 1e7))  # fmt: skip
    assert_allclose(far.table.iloc[1:], near.table.iloc[1:], rtol=1e-3)
    assert far.verdict[:7] == near.verdict[:7]
    # The constants are different parameters, and so are their standard errors; the law is the same.
    for part in ("information matrix", "distribution function"):
        assert_allclose(far.test.parts[part], near.test.parts[part], atol=0.006)


@pytest.mark.parametrize("scores", [np.zeros((10, 2)), np.ones((10, 2)), 1e-17 * np.arange(20.0).reshape(10, 2)])
def test_nothing_to_compare(scores):
    """Vanishing scores divided by zero, or passed for evidence."""
    audit = audited(np.eye(2), np.eye(2), scores)
    assert "cannot be compared" in audit.verdict


def test_expected_and_observed_that_differ_are_told():
    y = np.array([-3, -2.5, -2, 0, 2.2, 2.6, 3.1])
    found = verdict(y, family=lk.StudentT(df=1.0))
    assert "The expected-information standard error of loc differs from the observed one by -39 %" in found
    assert "Efron and Hinkley 1978" in found


def test_a_family_that_is_not_regular_is_not_audited():
    results = lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Uniform()).fit()
    with pytest.raises(NotAvailableError, match="its support moves with low and high"):
        results.information_audit()
    for kind in ("observed", "expected", "outer_product"):
        with pytest.raises(NotAvailableError, match="its support moves with low and high"):
            results.information(kind)


def test_frequencies_are_repeated_rows():
    rng = np.random.default_rng(11)
    y, frequencies = rng.gamma(2.0, 3.0, 60), rng.integers(0, 4, 60)
    weighted = lk.LikelihoodModel(y, family=lk.Gamma(), freq_weights=frequencies).fit().information_audit()
    repeated = lk.LikelihoodModel(np.repeat(y, frequencies), family=lk.Gamma()).fit().information_audit()
    assert_allclose(weighted.table, repeated.table, rtol=1e-6)
    assert weighted.verdict == repeated.verdict


def test_a_pseudo_likelihood_is_not_audited():
    y = np.random.default_rng(11).gamma(2.0, 3.0, 60)
    results = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=y).fit()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        results.information_audit()
