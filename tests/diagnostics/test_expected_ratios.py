"""What a right model makes of the ratio of sandwich and observed-information standard errors."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.diagnostics.ratios import distances, expected_in_samples, expected_in_the_limit

#: Annual maximum sea levels at Port Pirie, centimetres over 3 m: Coles (2001), *Modeling of Extreme Values*,
#: example 1.4.1.
CENTIMETRES = [
    103, 83, 65, 88, 101, 108, 118, 80, 136, 96, 98, 169, 85, 96, 85, 93, 75, 63, 57, 125, 97, 105, 124, 122, 73, 137,
    106, 71, 96, 106, 155, 79, 89, 111, 85, 86, 86, 121, 101, 111, 124, 96, 121, 74, 85, 88, 66, 111, 71, 118, 90, 78,
    91, 72, 100, 66, 62, 133, 155, 75, 108, 90, 88, 94, 133,
]  # fmt: skip
PORT_PIRIE = np.array(CENTIMETRES) / 100 + 3


@pytest.fixture(scope="module")
def results():
    return lk.LikelihoodModel(PORT_PIRIE, family=lk.GeneralizedExtremeValue()).fit()


def test_a_ratio_that_is_low_in_a_right_model_is_not_told_as_standard_errors_from_one(results):
    """0.77, "standard error 9.8 %", beside p = 0.96: in samples of the fitted law its mean is 0.84, not 1."""
    audit = results.information_audit()
    row = audit.table.loc["shape"]
    assert audit.pvalue > 0.5
    # More than two standard errors below 1, as was printed, and yet in the range that is printed now.
    assert (1 - row["sandwich/observed"]) / row["noise"] > 2
    assert row["lower"] < row["sandwich/observed"] < row["upper"]
    ends = f"in 95 % of samples of the fitted law that ratio is between {row['lower']:.2f} and {row['upper']:.2f}."
    assert "standard error of shape is 0.77 times the observed-information one, or 23.1 % smaller" in audit.verdict
    assert ends in audit.verdict
    for printed in (str(audit), audit._repr_html_()):
        assert "noise" not in printed
        assert "lower" in printed
        assert ends in printed


def test_the_range_is_that_of_independent_samples(results):
    """Of 100 others at least 84 inside, a false alarm of 1e-5 at 95 expected; few around 1, as was printed."""
    theta = dict(zip(("loc", "scale", "shape"), np.asarray(results.params), strict=True))
    row = results.information_audit(replications=999).table.loc["shape"]
    ratios = []
    for y in lk.GeneralizedExtremeValue().sample((100, 65), 7, **theta):
        fit = lk.LikelihoodModel(y, family=lk.GeneralizedExtremeValue()).fit()
        if fit.certificate.ok:
            ratios.append(fit.information_audit(replications=0).table.loc["shape", "sandwich/observed"])
    ratios = np.array(ratios)
    inside = np.mean((row["lower"] <= ratios) & (ratios <= row["upper"]))
    assert inside >= 0.84
    centred = np.mean(np.abs(ratios - 1) <= 1.96 * row["noise"])
    assert centred < 0.8


def test_where_no_samples_are_drawn_the_range_is_said_to_be_that_of_large_ones(results):
    audit = results.information_audit(replications=0)
    assert "in 95 % of large samples of a right model that ratio is between" in audit.verdict
    assert_allclose(np.log(audit.table["upper"]), -np.log(audit.table["lower"]))


@pytest.mark.parametrize("suffix", ["html", "tex", "md"])
def test_reports_give_the_range_and_not_the_noise(results, suffix, tmp_path):
    text = results.report(tmp_path / f"report.{suffix}").read_text("utf-8")
    assert "Noise" not in text
    assert "ends of the range of Sandw./obs. in 95" in text


def test_the_worst_is_chosen_by_its_distance_from_what_is_expected_of_it():
    """Of ratios 0.8, where 0.8 is the mean, and 1.1, where 1 is: the second, though 0.8 is further from 1."""
    rng = np.random.default_rng(1)
    drawn = np.column_stack([0.8 + 0.05 * rng.normal(size=999), 1 + 0.05 * rng.normal(size=999)])
    own = np.array([0.8, 1.1])
    expected = expected_in_samples(own, drawn)
    assert expected.distance[0] < 0.2 < 1.5 < expected.distance[1]
    assert_allclose(expected.distance, distances(np.vstack([own, drawn]))[0])
    assert_allclose(expected.lower, [0.702, 0.902], atol=0.012)
    in_the_limit = expected_in_the_limit(own, np.array([0.05, 1e-9]))
    assert in_the_limit.distance[0] > 4
    assert in_the_limit.distance[1] == 0
    assert list(in_the_limit.identical) == [False, True]


def test_a_missing_test_leaves_the_range_empty():
    audit = lk.diagnostics.information_audit(
        {kind: np.full((1, 1), np.nan) for kind in ("observed", "outer_product", "sandwich")}, None, ["mean"]
    )
    assert audit.table[["noise", "lower", "upper"]].isna().all(axis=None)
