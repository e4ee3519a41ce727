"""Several quantiles or probabilities at once are those asked for one by one, and those of scipy's laws."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from predicted import CASES, NEW

import likelihood_kit as lk
from likelihood_kit.errors import InformationWarning

LEVELS = [0.9, 0.1, 0.5]
VALUES = [0.0, 2.0, 1.0]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_column_for_each_quantile(case):
    results = case.fit()
    law = case.at(results.params)
    found = results.predict(NEW, quantile=LEVELS)
    assert_array_equal(found.columns, LEVELS)
    assert found.columns.name == "quantile"
    assert_array_equal(found.index, NEW.index)
    for level in LEVELS:
        assert_allclose(found[level], law.ppf(level), rtol=1e-9)
    assert_array_equal(results.model.predict(results.params, NEW, quantile=np.array(LEVELS)), found)
    # Shown able to fail: the levels are not interchanged.
    assert np.abs(found[0.9] - law.ppf(0.1)).min() > 0


def test_standard_errors_and_intervals_are_those_of_each_alone():
    results = CASES["weibull, both"].fit()
    found = results.get_prediction(NEW, quantile=tuple(LEVELS))
    table = found.summary_frame(0.1)
    assert table.columns.names == ["quantile", None]
    for place, level in enumerate(LEVELS):
        alone = results.get_prediction(NEW, quantile=level)
        pd.testing.assert_frame_equal(table[level], alone.summary_frame(0.1))
        assert_array_equal(found.predicted[:, place], alone.predicted)
        assert_array_equal(found.se[:, place], alone.se)
        assert_array_equal(found.conf_int(0.1)[:, place], alone.conf_int(0.1))
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(found)).summary_frame(0.1), table)
    assert repr(found).splitlines()[0] == "<Prediction of the 0.9, 0.1, 0.5 quantiles, 4 rows>"
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize("argument", ["probability_of", "survival_of"])
@pytest.mark.parametrize("case", ["weibull, both", "counts"])
def test_several_values_were_refused(case, argument):
    results = CASES[case].fit()
    law = CASES[case].at(results.params)
    found = results.predict(NEW, **{argument: VALUES})
    assert_array_equal(found.columns, VALUES)
    assert found.columns.name == argument
    assert_array_equal(found.index, NEW.index)
    table = results.get_prediction(NEW, **{argument: np.array(VALUES)})
    density = getattr(law, "pdf", None) if case != "counts" else law.pmf
    for place, value in enumerate(VALUES):
        assert_allclose(found[value], law.sf(value) if argument == "survival_of" else density(value), rtol=1e-9)
        alone = results.get_prediction(NEW, **{argument: value})
        pd.testing.assert_frame_equal(table.summary_frame(0.1)[value], alone.summary_frame(0.1))
        assert_array_equal(table.conf_int(0.1)[:, place], alone.conf_int(0.1))
    heading = repr(table).splitlines()[0]
    word = "P(Y > 0), P(Y > 2)" if argument == "survival_of" else "P(Y = 0), P(Y = 2)"
    assert heading.startswith(f"<Prediction of {word if case == 'counts' or argument == 'survival_of' else 'density'}")
    assert "P(Y >" not in table._repr_html_()


def test_averages_labels_and_one_warning():
    results = CASES["weibull, both"].fit()
    mean = results.get_prediction(NEW, quantile=[0.2, 0.8], average=True)
    assert_allclose(mean.predicted, results.predict(NEW, quantile=[0.2, 0.8]).to_numpy().mean(axis=0)[None], rtol=1e-12)
    labelled = results.get_prediction(NEW, quantile=[0.2], row_labels=[*"wxyz"])
    assert_array_equal(labelled.summary_frame().index, [*"wxyz"])
    with pytest.warns(InformationWarning, match="moves in steps") as raised:
        CASES["counts"].fit().get_prediction(NEW, quantile=[0.2, 0.8])
    assert len(raised) == 1


def test_without_labels_rows_are_numbered():
    results = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], [[1.0], [2.0], [3.0], [2.5]], family=lk.Exponential()).fit()
    found = results.predict([[1.0], [2.0]], quantile=pd.Series([0.25]))
    assert_array_equal(found.index, [0, 1])
    assert_array_equal(found[0.25], results.predict([[1.0], [2.0]], quantile=0.25))
