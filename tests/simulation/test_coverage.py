"""Coverage of a study is that of the intervals that results print."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.simulation import Study, performance, study
from likelihood_kit.simulation.estimators import resolve

CASES = {
    "both on the log scale": (lk.Gamma(), {"shape": 2.0, "scale": 3.0}, 8),
    "one on the log scale": (lk.Normal(), {"mean": 1.0, "sd": 2.0}, 5),
    "of a coordinate": (lk.Gamma(parameters=("mean", "shape")), {"mean": 6.0, "shape": 2.0}, 8),
    "an identity link on a half line": (lk.Exponential(links={"scale": "identity"}), {"scale": 2.0}, 5),
    "on the logit scale": (lk.Binomial(trials=4), {"probability": 0.2}, 6),
    "on another scale of the same space": (lk.Bernoulli(links={"probability": "cloglog"}), {"probability": 0.2}, 12),
}
R = 60


@pytest.mark.parametrize(("family", "truth", "n"), CASES.values(), ids=CASES)
def test_coverage_is_that_of_the_interval_that_results_print(family, truth, n):
    """It was that of estimate plus or minus 1.96 standard errors, which results do not print."""
    own = Study(family, truth, n, R, seed=5)
    result = own.run(progress=False)
    seen = {}

    def keep(y):
        seen.setdefault("y", y)
        return y[:, : len(truth)] * 0 + 0.5

    drawn = resolve({"seen": keep}, family)
    study.one_chunk(family, own.truth, drawn, 5, n, 0, R)
    held = []
    for y, known in zip(seen["y"], np.isfinite(result.standard_errors["mle"][0]).all(axis=1), strict=True):
        if known:
            interval = np.asarray(lk.LikelihoodModel(y, family=family).fit().conf_int())
            held.append((interval[:, 0] <= list(truth.values())) & (list(truth.values()) <= interval[:, 1]))
    table = result.table[result.table["measure"] == "coverage"]
    assert len(held) > R / 2
    assert_allclose(table["value"], np.mean(held, axis=0), atol=1e-12)


def test_the_scale_of_an_interval_matters():
    """A negative control of the test above: another scale covers other samples."""
    result = Study(lk.Gamma(), {"shape": 2.0, "scale": 3.0}, 8, 500, seed=5).run(progress=False)
    values, errors = result.estimates["mle"][0], result.standard_errors["mle"][0]
    symmetric = np.mean(np.abs(values - [2.0, 3.0]) <= 1.959964 * errors, axis=0)
    coverage = result.table[result.table["measure"] == "coverage"]["value"].to_numpy()
    assert np.all(np.abs(coverage - symmetric) > 0.02)


def test_performance_of_estimates_of_unknown_space_is_that_of_symmetric_intervals():
    frame = pd.DataFrame({"estimate": [1.1, 4.0, 9.0], "se": [0.5, 1.0, 1.0]})
    found = performance(frame, estimate="estimate", se="se", truth=2.0).set_index("measure")["value"]
    assert found["coverage"] == pytest.approx(1 / 3)
