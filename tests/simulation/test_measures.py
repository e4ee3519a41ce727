import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.errors import ArgumentError, DataError
from likelihood_kit.simulation import performance
from likelihood_kit.simulation.measures import measures, variance_mcse

# By hand, after Morris, White and Crowther (2019), Table 6: estimates 1, 2, 3, 6 of 2, with standard errors 1, 1, 2, 2.
# Mean 3, sum of squares about it 14; squared errors 1, 0, 1, 16 with mean 4.5 and sum of squares 177 about it;
# squared standard errors 1, 1, 4, 4 with mean 2.5 and variance 3; the interval 6 +- 3.9 misses 2.
ESTIMATES = np.array([1.0, 2.0, 3.0, 6.0])[:, None]
ERRORS = np.array([1.0, 1.0, 2.0, 2.0])[:, None]
TRUTH = np.array([2.0])
EMPIRICAL = np.sqrt(14 / 3)
BY_HAND = {
    "bias": (1.0, np.sqrt(14 / (4 * 3))),
    "empirical_se": (EMPIRICAL, EMPIRICAL / np.sqrt(2 * 3)),
    "variance": (14 / 3, 2 * 14 / 3 / np.sqrt(2 * 3)),
    "mse": (4.5, np.sqrt(177 / (4 * 3))),
    "rmse": (np.sqrt(4.5), np.sqrt(177 / (4 * 3)) / (2 * np.sqrt(4.5))),
    "model_se": (np.sqrt(2.5), np.sqrt(3 / (4 * 4 * 2.5))),
    "relative_error_model_se": (
        100 * (np.sqrt(2.5) / EMPIRICAL - 1),
        100 * np.sqrt(2.5) / EMPIRICAL * np.sqrt(3 / (4 * 4 * 2.5**2) + 1 / (2 * 3)),
    ),
    "coverage": (0.75, np.sqrt(0.75 * 0.25 / 4)),
    "failures": (0.0, 0.0),
}


def test_measures_are_those_of_a_calculation_by_hand():
    found = measures(ESTIMATES, TRUTH, ERRORS)
    assert found.keys() == BY_HAND.keys()
    for name, expected in BY_HAND.items():
        assert_allclose(np.ravel(found[name]), expected, rtol=1e-14, err_msg=name)


def test_measures_without_standard_errors_claim_none():
    assert measures(ESTIMATES, TRUTH).keys() == BY_HAND.keys() - {"model_se", "relative_error_model_se", "coverage"}


@pytest.mark.parametrize("missing", [np.nan, np.inf])
def test_failures_are_counted_and_left_out(missing):
    # One of two parameters without an estimate makes the replication a failure.
    failed = np.array([[missing, 1.0], [missing, missing]])
    both = np.concatenate([np.tile(ESTIMATES, (1, 2)), failed])
    found = measures(both, np.repeat(TRUTH, 2), np.concatenate([np.tile(ERRORS, (1, 2)), np.ones((2, 2))]))
    for name, expected in {**BY_HAND, "failures": (2.0, np.sqrt(6 * (1 / 3) * (2 / 3)))}.items():
        assert_allclose(found[name], np.repeat([expected], 2, axis=0).T, rtol=1e-14, err_msg=name)


def test_an_estimate_without_standard_error_is_no_failure():
    found = measures(ESTIMATES, TRUTH, np.where(ERRORS == 2, np.nan, ERRORS))
    assert_allclose([found["failures"][0][0], found["bias"][0][0], found["model_se"][0][0]], [0, 1, 1])


@pytest.mark.parametrize("replications", [0, 1])
def test_too_few_replications_have_no_error_and_no_warning(replications):
    found = measures(ESTIMATES[:replications], TRUTH, ERRORS[:replications])
    for name in ("bias", "empirical_se", "mse", "rmse", "model_se"):
        assert np.isnan(found[name][1]).all(), name
    assert np.isnan(variance_mcse(ESTIMATES[:replications])).all()


def test_monte_carlo_errors_are_the_standard_deviations_of_the_measures():
    """2,000 studies: their spread has 1.6 % error, and 6.4 % is four times that; false alarm 6e-5 per measure."""
    rng = np.random.default_rng(7)
    studies, replications, tolerance = 2000, 300, 0.064
    estimates = rng.standard_normal((studies, replications, 1)) + 0.5
    errors = np.sqrt(rng.chisquare(30, (studies, replications, 1)) / 30)
    found = [measures(e, np.zeros(1), s) for e, s in zip(estimates, errors, strict=True)]
    for name in BY_HAND.keys() - {"failures"}:
        values, mcse = np.array([np.ravel(study[name]) for study in found]).T
        assert_allclose(mcse.mean(), values.std(), rtol=tolerance, err_msg=name)
        # The check would see an error that is 15 % too large.
        assert abs(1.15 * mcse.mean() / values.std() - 1) > tolerance


def test_error_of_the_variance_of_skewed_estimates():
    """As above, for exponential estimates, of which the normal formula gives half."""
    rng = np.random.default_rng(8)
    estimates = rng.standard_exponential((1000, 1500, 1))
    spread = estimates.var(axis=1, ddof=1).std()
    assert_allclose(np.sqrt(np.mean([variance_mcse(e) ** 2 for e in estimates])), spread, rtol=0.09)
    normal = np.mean([measures(e, np.ones(1))["variance"][1] for e in estimates])
    assert normal < 0.55 * spread


FRAME = pd.DataFrame(
    {
        "estimate": np.r_[ESTIMATES[:, 0], ESTIMATES[:, 0] + 1],
        "se": np.tile(ERRORS[:, 0], 2),
        "true": np.repeat([2.0, 3.0], 4),
        "method": np.repeat(["a", "b"], 4),
        "n": 10,
    }
)


def test_performance_of_a_frame_is_one_table():
    table = performance(FRAME, estimate="estimate", se="se", truth="true", by=["method", "n"])
    assert list(table.columns) == ["method", "n", "measure", "value", "mcse"]
    for _, rows in table.groupby(["method", "n"]):
        assert dict(zip(rows["measure"], rows["value"], strict=True)) == pytest.approx(
            {name: value for name, (value, _) in BY_HAND.items()}
        )
    assert list(table["method"].unique()) == ["a", "b"]


def test_performance_without_groups():
    table = performance(FRAME[:4], estimate="estimate", truth=2)
    assert list(table.columns) == ["measure", "value", "mcse"]
    assert_allclose(table.set_index("measure").loc["bias"], BY_HAND["bias"])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"estimate": "estimat"}, ArgumentError, "estimate: no column 'estimat': did you mean 'estimate'"),
        ({"se": "s"}, ArgumentError, "se: no column 's'"),
        ({"truth": "tru"}, ArgumentError, "truth: no column 'tru': did you mean 'true'"),
        ({"truth": np.nan}, ArgumentError, "truth = nan is not a finite number"),
        ({"by": "nn"}, ArgumentError, "by: no column 'nn'"),
        ({"estimate": "method"}, DataError, "column 'method' is not numeric"),
        ({"truth": "true", "by": "n"}, DataError, "not one finite truth at n = 10; add what it varies with to `by`"),
    ],
)
def test_performance_names_what_is_wrong(change, error, message):
    with pytest.raises(error, match=message):
        performance(FRAME, **{"estimate": "estimate", "truth": 2.0, **change})


def test_performance_refuses_frames_that_say_nothing():
    with pytest.raises(DataError, match="no rows"):
        performance(FRAME[:0], estimate="estimate", truth=2.0)
    with pytest.raises(ArgumentError, match="must be a pandas DataFrame, not list"):
        performance([1.0], estimate="estimate", truth=2.0)
    with pytest.raises(DataError, match="negative standard error in row 5"):
        performance(FRAME.assign(se=[1, 1, 1, 1, 1, -1, 1, 1]), estimate="estimate", se="se", truth=2.0)
