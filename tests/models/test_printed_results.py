"""What results, models and summaries say of themselves."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, ParameterError

ROWS = 60
RNG = np.random.default_rng(4)
FRAME = pd.DataFrame({"x": RNG.normal(size=ROWS), "g": [*"abcdef"] * 10})
FRAME["y"] = RNG.gamma(2.0, np.exp(0.4 * FRAME["x"]))
FRAME["seen"], FRAME["until"] = (FRAME["y"] < 2).astype(int), np.minimum(FRAME["y"], 2.0)
MODEL = lk.LikelihoodModel.from_formula("y ~ x", FRAME, family=lk.Gamma())
CENSORED = lk.LikelihoodModel.from_formula("until ~ x", FRAME, family=lk.censored(lk.Weibull()), event="seen")


def test_clusters_are_counted_and_their_factor_is_said():
    """G / (G - 1) (n - 1) / (n - k), by hand."""
    clustered = MODEL.fit(cov_type="cluster", cov_kwds={"groups": "g"})
    text = " ".join(clustered.summary().as_text().split())
    assert f"within 6 clusters, times the small-sample factor {6 / 5 * 59 / 57:.4g}" in text
    plain = MODEL.fit(cov_type="cluster", cov_kwds={"groups": "g", "use_correction": False})
    assert "within 6 clusters, without a small-sample factor" in plain.covariance_used
    assert MODEL.fit().covariance_used == "inverse observed information"


def test_notes_of_a_summary_are_as_wide_as_its_tables():
    for results in (MODEL.fit(), MODEL.fit(cov_type="cluster", cov_kwds={"groups": "g"}), CENSORED.fit()):
        notes = results.summary().as_text().rpartition("=" * 78)[2].splitlines()
        assert len(notes) > 3
        assert max(map(len, notes)) <= 78


def test_a_model_says_what_it_is():
    assert repr(MODEL) == "<LikelihoodModel of Gamma(), n=60: y ~ x>"
    assert repr(lk.LikelihoodModel([1.0, 2.0], family=lk.Exponential())) == "<LikelihoodModel of Exponential(), n=2>"


def test_bootstrap_estimates_are_labelled_where_the_data_are():
    mean, deviation, estimates = MODEL.fit().bootstrap(3, rng=1)
    names = ["shape", "Intercept", "x"]
    assert list(mean.index) == list(deviation.index) == list(estimates.columns) == names
    array = lk.LikelihoodModel(FRAME["y"].to_numpy(), family=lk.Gamma()).fit().bootstrap(3, rng=1)
    assert all(isinstance(part, np.ndarray) for part in array)


def test_a_censored_row_has_no_residual():
    results = CENSORED.fit()
    assert_array_equal(results.resid.isna(), FRAME["seen"] == 0)
    seen = FRAME["seen"] == 1
    assert_allclose(results.resid[seen], (FRAME["until"] - results.predict())[seen])


def test_a_bound_under_censoring_asks_for_the_limit_where_it_is_given():
    with pytest.raises(ParameterError, match=r"needs limit of each row.*give it to the model, Likelihood.*limit="):
        CENSORED.fit().cramer_rao()
    known = lk.LikelihoodModel.from_formula(
        "until ~ x", FRAME.assign(end=2.0), family=lk.censored(lk.Weibull()), event="seen", limit="end"
    )
    assert len(known.fit().cramer_rao()) == 3


def test_arguments_of_results():
    results = MODEL.fit()
    with pytest.raises(ArgumentError, match="method"):
        results.conf_int(method="r-star")
    assert_allclose(results.conf_int(method="wald"), results.conf_int())
    with pytest.raises(ArgumentError, match="of takes shape, scale; the function must take shape, Intercept, x"):
        results.cramer_rao(of=lambda shape, scale: shape * scale)


def test_a_summary_counts_the_events_of_a_censored_fit():
    """The report said it, the summary did not: 60 observations, of which a third may be all that was seen."""
    results = CENSORED.fit()
    for text in (results.summary().as_text(), results.summary2().as_text()):
        assert f"No. Events: {FRAME['seen'].sum()}" in " ".join(text.split())
    assert "No. Events:" not in MODEL.fit().summary().as_text()


def test_a_summary_says_that_observations_are_weighted_rows():
    weights = np.arange(ROWS) % 3
    family = lk.censored(lk.Weibull())
    results = lk.LikelihoodModel.from_formula(
        "until ~ x", FRAME, family=family, event="seen", freq_weights=weights
    ).fit()
    for text in (results.summary().as_text(), results.summary2().as_text()):
        words = " ".join(text.split())
        assert f"No. Events: {weights @ FRAME['seen']}" in words
        assert "60 observations in 60 rows, weighted by their frequencies." in words
    assert f"No. Rows: {ROWS}" in " ".join(results.summary().as_text().split())
    results.remove_data()
    assert "No. Rows:" not in results.summary().as_text()


@pytest.mark.parametrize(
    ("missing", "words"), [(1, "1 row with missing values was"), (2, "2 rows with missing values were")]
)
def test_one_row_left_out_is_singular(missing, words):
    frame = FRAME.assign(x=FRAME["x"].where(np.arange(ROWS) >= missing))
    results = lk.LikelihoodModel.from_formula("y ~ x", frame, family=lk.Gamma()).fit()
    assert f"{words} left out." in results.summary().as_text()


def test_a_scale_of_statsmodels_is_not_printed_beside_a_parameter_of_that_name():
    """ "Scale: 1.0000" stood above a Gamma law with scale 2.1."""
    text = MODEL.fit().summary2().as_text()
    assert "Scale:" not in text
    assert "Log-Likelihood:" in text
