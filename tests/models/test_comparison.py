"""Fits side by side against closed forms, and fits that cannot be compared."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError
from likelihood_kit.models.cross_validation import folds_of

RNG = np.random.default_rng(3)
Y = RNG.gamma(2.0, 3.0, 40)
X = np.column_stack([np.ones(40), RNG.normal(size=40)])
COUNTS = RNG.poisson(np.exp(X @ [1.0, 0.3]))


def fit(family, y=Y, exog=None, **kwargs):
    return lk.LikelihoodModel(y, exog, family=family, **kwargs).fit()


class OwnExponential(lk.LikelihoodModel):
    parameters = {"scale": lk.Positive()}

    def loglikeobs(self, params):
        return stats.expon.logpdf(self.endog, scale=params[0])


# The numbers


def test_criteria_against_their_formulas():
    fits = {"gamma": fit(lk.Gamma()), "exponential": fit(lk.Exponential()), "normal": fit(lk.Normal())}
    table = lk.compare(fits, folds=0).table
    assert list(table["aic"]) == sorted(table["aic"])
    llf = {
        "exponential": stats.expon.logpdf(Y, scale=Y.mean()).sum(),
        "normal": stats.norm.logpdf(Y, Y.mean(), Y.std()).sum(),
        "gamma": stats.gamma.logpdf(Y, *_gamma_maximum()).sum(),
    }
    for name, k in {"gamma": 2, "exponential": 1, "normal": 2}.items():
        row = table.loc[name]
        aic = -2 * llf[name] + 2 * k
        assert_allclose(row[["k", "llf", "aic"]].astype(float), [k, llf[name], aic], rtol=1e-10)
        assert_allclose(row["aicc"], aic + 2 * k * (k + 1) / (40 - k - 1), rtol=1e-10)
        assert_allclose(row["bic"], -2 * llf[name] + k * np.log(40), rtol=1e-10)
    aic = table["aic"].to_numpy()
    assert_allclose(table["weight"], special.softmax(-aic / 2), rtol=1e-10)
    for column in ("aic", "aicc", "bic", "tic"):
        assert_allclose(table[f"{column}_difference"], table[column] - table[column].min())


def _gamma_maximum():
    shape, _, scale = stats.gamma.fit(Y, floc=0)
    shape = float(shape)
    target = np.log(Y.mean()) - np.log(Y).mean()
    for _ in range(50):
        shape -= (np.log(shape) - special.digamma(shape) - target) / (1 / shape - special.polygamma(1, shape))
    assert_allclose(scale, Y.mean() / shape, rtol=1e-3)
    return shape, 0, Y.mean() / shape


@pytest.mark.parametrize("folds", [40, 10, 3])
def test_cross_validation_against_closed_forms(folds):
    """Of an exponential and a normal law, each observation under the mean and deviation of the other folds."""
    found = lk.compare({"e": fit(lk.Exponential()), "n": fit(lk.Normal())}, folds=folds, seed=5).table
    fold = folds_of(40, folds, 5)
    held = {"e": np.empty(40), "n": np.empty(40)}
    for i in range(40):
        others = Y[fold != fold[i]]
        held["e"][i] = -np.log(others.mean()) - Y[i] / others.mean()
        held["n"][i] = stats.norm.logpdf(Y[i], others.mean(), others.std())
    for name, values in held.items():
        assert_allclose(found["cv"][name], values.sum(), rtol=1e-8)
        assert_allclose(found["cv_se"][name], np.sqrt(40) * values.std(ddof=1), rtol=1e-8)
        assert found["cv"][name] < found["llf"][name]  # what was seen is fitted better
    apart = held["n"] - held["e"]
    worse = "n" if apart.sum() < 0 else "e"
    assert_allclose(found["cv_difference"][worse], -abs(apart.sum()), rtol=1e-8)
    assert_allclose(found["cv_difference_se"][worse], np.sqrt(40) * apart.std(ddof=1), rtol=1e-8)


def test_leaving_one_out_of_a_regression():
    """Fits of the kit's own without each row by hand, with an offset and known trials left out alike."""
    trials = np.arange(5, 45)
    y = RNG.binomial(trials, special.expit(X @ [0.2, 0.5]))
    offset = X[:, 1] ** 2 / 10
    model = lk.LikelihoodModel(y, X, family=lk.Binomial(), trials=trials, offset=offset)
    found = lk.compare({"a": model.fit(), "b": fit(lk.Binomial(), y, X[:, :1], trials=trials)}, folds=40)
    values = np.empty(40)
    for i in range(40):
        keep = np.arange(40) != i
        others = lk.LikelihoodModel(y[keep], X[keep], family=lk.Binomial(), trials=trials[keep], offset=offset[keep])
        p = special.expit(X[i] @ others.fit().params + offset[i])
        values[i] = stats.binom.logpmf(y[i], trials[i], p)
    assert_allclose(found.table["cv"]["a"], values.sum(), rtol=1e-8)
    assert "leaving out one at a time" in str(found)


def test_frequencies_are_repeated_rows():
    values, counts = np.arange(6), np.array([9, 12, 8, 4, 2, 1])
    weighted = {name: fit(law, values, freq_weights=counts) for name, law in _laws().items()}
    repeated = {name: fit(law, np.repeat(values, counts)) for name, law in _laws().items()}
    pd.testing.assert_frame_equal(lk.compare(weighted, folds=6).table, lk.compare(repeated, folds=6).table, rtol=1e-8)


def _laws():
    return {"poisson": lk.Poisson(), "negative": lk.NegativeBinomial()}


def test_own_likelihoods_are_cross_validated_by_weights():
    found = lk.compare({"own": OwnExponential(Y).fit(), "family": fit(lk.Exponential())}, folds=8).table
    assert_allclose(found.loc["own", ["cv", "cv_se"]].astype(float), found.loc["family", ["cv", "cv_se"]].astype(float))


def test_laws_that_are_not_smooth_have_a_note_in_place_of_what_is_missing():
    found = lk.compare(
        {"laplace": fit(lk.Laplace()), "uniform": fit(lk.Uniform()), "normal": fit(lk.Normal())}, folds=5
    )
    assert np.isnan(found.table["tic"][["laplace", "uniform"]]).all()
    assert "laplace has no TIC" in found.verdict
    assert "uniform is not regular" in found.verdict
    assert found.table["cv"]["uniform"] == -np.inf  # the largest lies outside of the others
    assert found.table["cv"]["laplace"] > -np.inf


def test_a_fold_without_a_maximum_is_said():
    """Without the one row of a level its coefficient has no estimate."""
    level = np.zeros(40)
    level[7] = 1
    rare = fit(lk.Poisson(), COUNTS + 1, np.column_stack([np.ones(40), level]))
    found = lk.compare({"rare": rare, "common": fit(lk.Poisson(), COUNTS + 1)}, folds=10)
    assert np.isnan(found.table["cv"]["rare"])
    assert "rare has no cross-validation: without the observations of fold" in found.verdict


def test_the_words_and_the_seed():
    fits = [fit(lk.Gamma()), fit(lk.Exponential()), fit(lk.Gamma(), exog=X)]
    found = lk.compare(fits)
    assert set(found.table.index) == {"Gamma()", "Exponential()", "Gamma() (2)"}
    assert str(found) == str(lk.compare(fits, folds=10))
    assert lk.compare(fits, seed=2).table["cv"].iloc[0] != found.table["cv"].iloc[0]
    assert found.best in found.verdict
    assert "AICc is the one to go by" in found.verdict
    assert "Not every maximum is global" in found.verdict or (found.table["grade"] == "global").all()
    assert "<table" in found._repr_html_()
    with pytest.raises(AttributeError):
        found.n = 3


# What cannot be compared


def test_a_transformed_response_is_refused_with_the_jacobian():
    fits = {"gamma": fit(lk.Gamma()), "log": fit(lk.Normal(), np.log(Y))}
    with pytest.raises(
        DataError, match="gamma and log were fitted to different responses: that of log is log"
    ) as refused:
        lk.compare(fits)
    jacobian = -np.log(Y).sum()
    assert f"{jacobian:.6g}" in str(refused.value)
    # The remedy is right: the log normal law has the log likelihood of the normal one and the Jacobian.
    assert_allclose(fit(lk.LogNormal()).llf, fits["log"].llf + jacobian, rtol=1e-10)
    for other in (np.sqrt(Y), 1 / Y, Y**2, np.log1p(Y), np.exp(Y / 10) * 3):
        with pytest.raises(DataError, match="other units"):
            lk.compare({"a": fit(lk.Gamma()), "b": fit(lk.Normal(), other)})


def test_the_jacobian_counts_frequencies():
    counts = np.tile([1, 2, 0, 3], 10)
    gamma, log, lognormal = (
        fit(family, y, freq_weights=counts)
        for family, y in ((lk.Gamma(), Y), (lk.Normal(), np.log(Y)), (lk.LogNormal(), Y))
    )
    with pytest.raises(DataError, match="Jacobian") as refused:
        lk.compare({"gamma": gamma, "log": log})
    said = float(str(refused.value).split("Jacobian, ")[1].split(",")[0])
    assert_allclose(lognormal.llf, log.llf + said, atol=1e-3)


def test_other_rows_or_weights_are_refused():
    gamma = fit(lk.Gamma())
    for other, match in (
        (fit(lk.Exponential(), Y[:-1]), "40 and 39 rows"),
        (fit(lk.Exponential(), Y[::-1]), "same rows in the same order"),
        (fit(lk.Exponential(), freq_weights=np.full(40, 2)), "freq_weights"),
        (fit(lk.censored(lk.Exponential()), event=np.ones(40)), "event"),
    ):
        with pytest.raises(DataError, match=match) as refused:
            lk.compare({"one": gamma, "other": other})
        assert "one and other" in str(refused.value)
    assert lk.compare([gamma, fit(lk.Exponential(), freq_weights=np.ones(40))], folds=0).n == 40


def test_probabilities_and_densities_are_in_other_units():
    with pytest.raises(NotAvailableError, match="poisson gives probabilities of whole numbers and normal densities"):
        lk.compare({"normal": fit(lk.Normal(), COUNTS), "poisson": fit(lk.Poisson(), COUNTS)})


def test_what_has_no_likelihood_is_refused():
    weighted = fit(lk.Gamma(), prob_weights=np.linspace(1, 2, 40))
    with pytest.raises(NotAvailableError, match=r"weighted is refused under prob_weights"):
        lk.compare({"gamma": fit(lk.Gamma()), "weighted": weighted})
    options = {"cov_type": "cluster", "cov_kwds": {"groups": np.repeat(np.arange(8), 5)}}
    clustered = lk.LikelihoodModel(Y, family=lk.Gamma()).fit(**options)
    with pytest.raises(NotAvailableError, match="clustered is refused under cov_type='cluster'"):
        lk.compare({"gamma": fit(lk.Gamma()), "clustered": clustered})
    separated = lk.LikelihoodModel((X[:, 1] > 0).astype(int), X, family=lk.Bernoulli())
    with pytest.warns(lk.errors.MaximumWarning):
        none = separated.fit()
    with pytest.raises(NotAvailableError, match="of none the estimate is not certified"):
        lk.compare({"none": none, "other": fit(lk.Bernoulli(), (X[:, 1] > 0).astype(int))})


def test_bad_arguments_are_named():
    gamma = fit(lk.Gamma())
    for fits in (
        {"a": gamma},
        [gamma],
        [],
        {},
        gamma,
        None,
        "ab",
        {"a": gamma, "b": 3},
        {1: gamma, 2: gamma},
        [gamma, Y],
    ):
        with pytest.raises(ArgumentError, match="fits"):
            lk.compare(fits)
    both = [gamma, fit(lk.Exponential())]
    for folds in (1, 41, -1, 2.5, "ten", True):
        with pytest.raises(ArgumentError, match="folds"):
            lk.compare(both, folds=folds)
    with pytest.raises(ArgumentError, match="seed"):
        lk.compare(both, seed=-1)
