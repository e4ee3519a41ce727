"""The audit speaks against wrong models, seldom against right ones, and never where it has nothing to compare."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.diagnostics import information_audit
from likelihood_kit.errors import NotAvailableError

AGAINST, NOT_AGAINST = ": evidence against the model;", "no evidence against the model."


def verdict(y, exog=None, *, family):
    return lk.LikelihoodModel(y, exog, family=family).fit().information_audit().verdict


def regression(seed, n=300):
    rng = np.random.default_rng(seed)
    exog = np.column_stack([np.ones(n), rng.normal(size=n)])
    return rng, exog, np.exp(exog @ [1.0, 0.3])


# Right models: samples of 300, forty seeds each. With the noise band at three standard errors a right model is accused
# in about 1 of 200 samples, here at most in 3 of 40: by chance 1 time in 10,000, and the seeds are fixed.
RIGHT = {
    "poisson": lambda seed: (np.random.default_rng(seed).poisson(4.0, 300), None, lk.Poisson()),
    "gamma": lambda seed: (np.random.default_rng(seed).gamma(2.0, 3.0, 300), None, lk.Gamma()),
    "normal": lambda seed: (np.random.default_rng(seed).normal(0.0, 2.0, 300), None, lk.Normal()),
    "weibull": lambda seed: (np.random.default_rng(seed).weibull(1.5, 300), None, lk.Weibull()),
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
    assert accused <= 3


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
    assert f"{100 * (ratio - 1):.0f} % larger" in audit.verdict
    assert "prefer cov_type='sandwich'" in audit.verdict
    assert audit.verdict in str(audit)
    assert audit.verdict in audit._repr_html_()


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


def test_noise_is_the_spread_of_the_ratio():
    """Of outer_product/observed over 400 samples; its estimate within a quarter, false alarms below 1e-4."""
    rng = np.random.default_rng(8)
    tables = [
        lk.LikelihoodModel(rng.poisson(4.0, 400), family=lk.Poisson()).fit().information_audit().table
        for _ in range(400)
    ]
    spread = np.std([np.log(table["outer_product/observed"].iloc[0]) for table in tables])
    assert_allclose(np.median([table["noise"].iloc[0] for table in tables]), spread, rtol=0.25)


def audited(observed, expected, scores):
    return information_audit(observed, expected, scores.T @ scores, (scores, np.ones(len(scores))), ["a", "b"])


def test_a_model_without_family_is_audited_without_expectation():
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(100, 2))
    audit = audited(100 * np.eye(2), None, scores)
    assert "expected" not in audit.table
    assert NOT_AGAINST in audit.verdict
    wrong = audited(100 * np.eye(2), None, 2 * scores)
    assert AGAINST in wrong.verdict
    assert_allclose(wrong.table["sandwich"], 2 * audit.table["sandwich"], rtol=1e-12)


@pytest.mark.parametrize(("gap", "told"), [(0.0, False), (0.04, False), (-0.04, False), (0.06, True), (-0.06, True)])
def test_a_small_gap_between_expected_and_observed_is_not_worth_a_sentence(gap, told):
    """From five percent of a standard error on; of the parameter where it is largest."""
    scores = np.random.default_rng(3).normal(size=(100, 2))
    found = audited(100 * np.eye(2), 100 * np.diag([1.0, (1 + gap) ** -2]), scores).verdict
    assert (f"of b differs from the observed one by {100 * gap:+.0f} %" in found) == told
    assert ("differs from the observed one" in found) == told


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
