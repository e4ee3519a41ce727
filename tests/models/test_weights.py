"""Weights of rows: a frequency is as good as the rows repeated, in every figure; a sampling weight is no frequency."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import DataError, NotAvailableError

FIGURES = ("params", "bse", "llf", "aic", "bic", "aicc", "nobs", "df_resid", "df_model")
COVARIANCES = ("observed", "expected", "outer_product", "sandwich")


def frame():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"x": rng.normal(size=60), "w": rng.integers(0, 4, 60)})
    data["y"] = rng.gamma(2.0, np.exp(0.5 + 0.3 * data["x"]))
    data["count"] = rng.poisson(np.exp(0.5 + 0.3 * data["x"]))
    return data


MODELS = {
    "iid": lambda data, **more: lk.LikelihoodModel(data["y"].to_numpy(), family=lk.Gamma(), **more),
    "counts": lambda data, **more: lk.LikelihoodModel(data["count"].to_numpy(), family=lk.Poisson(), **more),
    "rows": lambda data, **more: lk.LikelihoodModel(data["y"].to_numpy(), family=lk.Weibull(), **more),
    "regression": lambda data, **more: lk.LikelihoodModel.from_formula("y ~ x", data, family=lk.Gamma(), **more),
    "both": lambda data, **more: lk.LikelihoodModel.from_formula(
        "y ~ x", data, family=lk.Weibull(), formulas={"shape": "~ x"}, **more
    ),
}


@pytest.mark.parametrize("cov_type", COVARIANCES)
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_frequencies_are_repeated_rows(model, cov_type):
    data = frame()
    weighted = model(data, freq_weights=data["w"].to_numpy()).fit(cov_type=cov_type)
    repeated = model(data.loc[data.index.repeat(data["w"])].reset_index(drop=True)).fit(cov_type=cov_type)
    for name in FIGURES:
        assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-9, err_msg=name)
    ours, theirs = weighted.information_audit(), repeated.information_audit()
    assert_allclose(ours.table, theirs.table, rtol=1e-8)
    for kind in ("observed", "expected", "outer_product"):
        assert_allclose(weighted.information(kind), repeated.information(kind), rtol=1e-8)
    assert_allclose(weighted.cramer_rao(), repeated.cramer_rao(), rtol=1e-8)
    assert_allclose(weighted.model.score(weighted.params), repeated.model.score(weighted.params), atol=1e-6)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_wrong_frequency_is_seen(model):
    """The negative control: rows that count once are not those that count twice."""
    data = frame()
    twice = model(data, freq_weights=np.full(60, 2)).fit()
    once = model(data).fit()
    assert_allclose(twice.params, once.params, rtol=1e-8)
    assert_allclose(twice.bse * np.sqrt(2), once.bse, rtol=1e-8)
    assert_allclose(twice.llf, 2 * once.llf, rtol=1e-10)
    assert twice.bic != pytest.approx(once.bic)


def test_frequencies_of_a_closed_maximum_are_repeated_rows():
    """A Uniform law refused them; a row without observations is not one of its extremes."""
    y, counts = np.array([1.0, 9.0, 2.0, 3.0, 5.0]), np.array([2, 0, 1, 3, 1])
    weighted = lk.LikelihoodModel(y, family=lk.Uniform(), freq_weights=counts).fit()
    repeated = lk.LikelihoodModel(np.repeat(y, counts), family=lk.Uniform()).fit()
    assert_allclose(weighted.params, [1.0, 5.0], rtol=0)
    for name in FIGURES:
        assert_allclose(getattr(weighted, name), getattr(repeated, name), rtol=1e-12, err_msg=name)
    assert str(weighted.certificate) == str(repeated.certificate)
    assert_allclose(*(res.bootstrap(nrep=20, rng=3)[2] for res in (weighted, repeated)), rtol=0)


def test_sampling_weights_of_a_closed_maximum_are_refused_by_name():
    model = lk.LikelihoodModel([1.0, 2.0, 3.0], family=lk.Uniform(), prob_weights=[1.0, 2.0, 1.5])
    with pytest.raises(NotAvailableError, match="leave prob_weights out"):
        model.fit(cov_type="sandwich")


def test_clusters_of_repeated_rows():
    data = frame()
    groups = np.arange(60) % 7
    repeat = np.repeat(np.arange(60), data["w"])
    weighted = lk.LikelihoodModel(data["y"], family=lk.Gamma(), freq_weights=data["w"])
    repeated = lk.LikelihoodModel(data["y"].to_numpy()[repeat], family=lk.Gamma())
    ours = weighted.fit(cov_type="cluster", cov_kwds={"groups": groups})
    theirs = repeated.fit(cov_type="cluster", cov_kwds={"groups": groups[repeat]})
    assert_allclose(ours.bse, theirs.bse, rtol=1e-9)


def test_sampling_weights_give_a_sandwich():
    """J^-1 (sum of w^2 s s') J^-1 with the scores (y - mu) x of a Poisson regression typed out."""
    data = frame()
    weights = np.random.default_rng(1).uniform(0.5, 4.0, 60)
    exog = np.column_stack([np.ones(60), data["x"]])
    results = lk.LikelihoodModel(data["count"].to_numpy(), exog, family=lk.Poisson(), prob_weights=weights).fit()
    mean = np.exp(exog @ results.params)
    residual = data["count"].to_numpy() - mean
    assert_allclose(exog.T @ (weights * residual), 0, atol=1e-7)
    bread = np.linalg.inv((exog.T * (weights * mean)) @ exog)
    meat = (exog.T * (weights * residual) ** 2) @ exog
    assert results.cov_type == "sandwich"
    assert_allclose(results.cov_params(), bread @ meat @ bread, rtol=1e-8)


REFUSED = {
    "AIC": lambda results: results.aic,
    "BIC": lambda results: results.bic,
    "audit": lambda results: results.information_audit(),
    "information": lambda results: results.information("observed"),
    "Cramer-Rao": lambda results: results.cramer_rao(),
    "cov_type='observed'": lambda results: results.model.fit(cov_type="observed"),
}


@pytest.mark.parametrize(("words", "call"), REFUSED.items(), ids=REFUSED)
def test_what_a_pseudo_likelihood_has_not(words, call):
    results = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Gamma(), prob_weights=[1.0, 2.0, 1.0, 0.5]).fit()
    assert "Log-Pseudolik" in str(results.summary())
    with pytest.raises(NotAvailableError, match=words):
        call(results)


@pytest.mark.parametrize(
    ("weights", "words"),
    [({"freq_weights": [1, 2.5, 1]}, "whole number"), ({"prob_weights": [1, -1, 1]}, "not negative"),
     ({"freq_weights": [0, 0, 0]}, "zero in every row"), ({"freq_weights": [1, 2]}, "one number for each of 3")],
)  # fmt: skip
def test_bad_weights(weights, words):
    with pytest.raises(DataError, match=words):
        lk.LikelihoodModel([1.0, 2.0, 4.0], family=lk.Gamma(), **weights)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e300])
def test_sampling_weights_of_another_scale(scale):
    """At 1e-12 there was no maximum, at 1e-300 nothing was identified, at 1e300 the search stopped."""
    y = np.random.default_rng(1).gamma(2, 3, 60)
    weights = np.random.default_rng(2).uniform(0.5, 4.0, 60)
    results = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=weights).fit()
    scaled = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=weights * scale).fit()
    assert scaled.certificate.ok
    assert_allclose(scaled.params, results.params, rtol=1e-9)
    assert_allclose(scaled.bse, results.bse, rtol=1e-9)


def test_the_likelihood_of_sampling_weights_is_that_of_the_weights_as_given():
    y = np.random.default_rng(1).gamma(2, 3, 60)
    weights = np.random.default_rng(2).uniform(0.5, 4.0, 60)
    results = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=weights).fit()
    model, at = results.model, [1.5, 2.5]
    plain = lk.LikelihoodModel(y, family=lk.Gamma())
    assert_allclose(results.llf, weights @ plain.loglikeobs(results.params), rtol=1e-12)
    assert_allclose(model.loglikeobs(at), weights * plain.loglikeobs(at), rtol=1e-12)
    assert_allclose(model.loglike(at), weights @ plain.loglikeobs(at), rtol=1e-12)
    assert_allclose(model.score_obs(at), weights[:, None] * plain.score_obs(at), rtol=1e-12)
    assert_allclose(model.score(at), weights @ plain.score_obs(at), rtol=1e-10)
    doubled = lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=2 * weights)
    assert_allclose(doubled.hessian(at), 2 * model.hessian(at), rtol=1e-12)
    assert_allclose(doubled.fit().hessv, 2 * results.hessv, rtol=1e-8)


@pytest.mark.parametrize("family", [lk.Gamma(), lk.Normal()], ids=repr)
def test_an_offset_beyond_all_digits(family):
    """The coefficient of x was 1e284, certified."""
    y, x = np.random.default_rng(1).gamma(2, 3, 60), np.linspace(0, 1, 60)
    with pytest.raises(DataError, match=r"^offset is 1e\+300 in row 0: what is added to it is lost"):
        lk.LikelihoodModel(y, np.column_stack([np.ones(60), x]), family=family, offset=1e300)


def test_the_second_summary_of_a_pseudo_likelihood_failed_for_want_of_an_aic():
    weighted = lk.LikelihoodModel([1.0, 2.0, 5.0], family=lk.Gamma(), prob_weights=[1, 2, 3]).fit()
    assert "none" in weighted.summary2().as_text()
