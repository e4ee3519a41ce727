"""Without its data a model still knows what it was: offsets, given parameters, a pseudo-likelihood."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import DataError, NotAvailableError, ParameterError

ROWS = 30
RNG = np.random.default_rng(4)
FRAME = pd.DataFrame({"x": RNG.normal(size=ROWS), "z": RNG.uniform(2.0, 3.0, ROWS), "y": RNG.gamma(2.0, 3.0, ROWS)})
X = np.column_stack([np.ones(ROWS), FRAME["x"]])


def stripped(model):
    results = model.fit()
    results.remove_data()
    return results


def test_the_column_of_an_offset_is_found_after_a_file(tmp_path):
    """It was left out in silence, though it is in the new data."""
    results = lk.LikelihoodModel.from_formula("y ~ x", FRAME, family=lk.Gamma(), offset="z").fit()
    wanted = results.predict(FRAME[:4])
    results.save(tmp_path / "small", remove_data=True)
    loaded = sm.load(tmp_path / "small")
    assert_allclose(loaded.predict(FRAME[:4]), wanted, rtol=1e-14)
    with pytest.raises(DataError, match="offset of scale"):
        loaded.predict(FRAME[["x"]][:4])


def test_an_offset_of_an_array():
    model = lk.LikelihoodModel(FRAME["y"].to_numpy(), X, family=lk.Gamma(), offset=FRAME["z"].to_numpy())
    wanted = model.fit().predict(X[:3], offset=2.0)
    results = stripped(model)
    with pytest.raises(DataError, match="offset of scale: pass offset="):
        results.predict(X[:3])
    assert_allclose(results.predict(X[:3], offset=2.0), wanted, rtol=1e-14)


def test_a_given_parameter_is_asked_for_and_taken():
    """It was asked for by keyword, and the keyword then refused."""
    results = stripped(lk.LikelihoodModel(FRAME["y"], X, family=lk.Normal(), given={"sd": FRAME["z"]}))
    assert_allclose(results.predict(X[:3], sd=[1.0, 2.0, 3.0], which="variance"), [1.0, 4.0, 9.0], rtol=1e-14)
    with pytest.raises(ParameterError, match="needs sd of the new rows: pass sd="):
        results.predict(X[:3], which="variance")


def test_a_pseudo_likelihood_stays_one():
    """Its AIC was refused with its data, and a number without them."""
    model = lk.LikelihoodModel(FRAME["y"], family=lk.Gamma(), prob_weights=FRAME["z"])
    summary = model.fit().summary().as_text()
    results = stripped(model)
    for what in ("aic", "bic", "aicc"):
        with pytest.raises(NotAvailableError, match="refused under prob_weights"):
            getattr(results, what)
    for what in ("information", "cramer_rao", "information_audit"):
        with pytest.raises(NotAvailableError, match="refused under prob_weights"):
            getattr(results, what)()
    assert results.summary().as_text() == summary
    plain = stripped(lk.LikelihoodModel(FRAME["y"], family=lk.Gamma()))
    assert np.isfinite(plain.aic)


def test_what_needs_the_rows_says_so():
    results = stripped(lk.LikelihoodModel(FRAME["y"], family=lk.Gamma()))
    clustered = {"cov_type": "cluster", "cov_kwds": {"groups": [1] * ROWS}}
    for asked in (lambda: results.resid, results.bootstrap, results.model.fit, lambda: results.model.fit(**clustered)):
        with pytest.raises(DataError, match="the data were removed from this model"):
            asked()
