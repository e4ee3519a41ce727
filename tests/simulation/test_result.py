import copy
import dataclasses
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import Exponential, Gamma, Uniform
from likelihood_kit.simulation import Study, StudyResult
from likelihood_kit.simulation.measures import measures


def test_the_table_is_tidy(result):
    table = result.table
    assert list(table.columns) == ["size", "estimator", "parameter", "measure", "value", "mcse"]
    assert not table.duplicated(["size", "estimator", "parameter", "measure"]).any()
    measured = table[table["estimator"] == "moments"]["measure"].unique()
    assert "model_se" in set(table["measure"])
    assert "model_se" not in measured
    positive = [(0.0, np.inf, "log")] * 2
    errors = result.standard_errors["mle"][1]
    expected = measures(result.estimates["mle"][1], np.array([2.0, 3.0]), errors, scales=positive)
    rows = table[(table["size"] == 50) & (table["estimator"] == "mle") & (table["parameter"] == "scale")]
    for name, value, mcse in rows[["measure", "value", "mcse"]].itertuples(index=False):
        assert_allclose([value, mcse], [part[1] for part in expected[name]], err_msg=name)


def test_the_bound_is_that_of_the_expected_information(result):
    assert_allclose(result.bound, np.diag(np.linalg.inv(Gamma().expected_information(shape=2.0, scale=3.0))))
    rows = result.efficiency().table
    assert_allclose(rows["ratio"], rows["variance"] / rows["bound"])
    assert_allclose(
        rows["bound"],
        [result.bound[["shape", "scale"].index(p)] / n for p, n in zip(rows["parameter"], rows["size"], strict=True)],
    )


def test_results_print_and_render(result):
    for part in (result.summary(), result.consistency(), result.efficiency()):
        assert "mle, shape: " in str(part)
        assert "<table" in part._repr_html_()
        assert "<b>mle, shape</b>" in part._repr_html_()
    text = str(result.summary())
    assert text.startswith("Study of Gamma() at shape = 2, scale = 3: 400 replications, seed 4")
    assert "moments" in text
    assert repr(result) == "<StudyResult of Gamma(): mle, moments at n = 20, 50, 100, 200, 400 replications>"


def test_one_reason_for_all_is_said_once():
    uniform = Study(Uniform(), {"low": 0.0, "high": 1.0}, (5, 10), 50, seed=1).run(progress=False)
    assert str(uniform.efficiency()).count("support moves") == 1
    assert "all: no bound" in str(uniform.summary())


def test_names_are_escaped_in_a_notebook():
    result = Study(
        Uniform(), {"low": 0.0, "high": 1.0}, (5, 10), 50, estimators={"<b>": lambda y: y[:, :2]}, seed=1
    ).run(progress=False)
    assert "&lt;b&gt;" in result.summary()._repr_html_()
    assert "<b><b>" not in result.summary()._repr_html_()


def test_a_summary_fits_a_terminal_and_loses_no_column(result):
    text = str(result.summary())
    assert max(map(len, text.splitlines())) <= 80
    for name in result.summary().table.columns:
        assert name in text


def test_a_study_takes_a_margin_of_rates():
    study = Study(Exponential(), {"scale": 2.0}, sizes=(20, 100, 1000), replications=1000, seed=1)
    result = study.run(progress=False)
    assert "within 0.25 of it" in result.consistency(margin=0.25).verdicts["mle", "scale"]
    with pytest.raises(ArgumentError, match="margin = 2"):
        result.consistency(margin=2)


def test_a_result_cannot_be_made_to_contradict_itself(result, tmp_path):
    """All words after a change of an array, of the truth or of the table were of other numbers."""
    words = str(result.summary())
    for where in (result, copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        for mapping in (where.truth, where.estimates, where.standard_errors, where.expected_rates, where.scales):
            with pytest.raises(TypeError, match="it cannot be changed"):
                mapping["shape"] = 99
        for array in (where.estimates["mle"], where.standard_errors["mle"], where.information):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0
        table = where.table
        table.loc[:, "value"] = 0
        assert str(where.summary()) == words
        where.save(tmp_path / "again.npz")
        assert str(StudyResult.load(tmp_path / "again.npz").summary()) == words


def test_the_arrays_of_which_a_result_is_made_may_change(result):
    mine = {name: np.array(values) for name, values in result.estimates.items()}
    made = dataclasses.replace(result, estimates=mine)
    mine["mle"][...] = 0
    np.testing.assert_array_equal(made.estimates["mle"], result.estimates["mle"])


def test_the_truth_of_a_study_cannot_be_changed():
    study = Study(Exponential(), {"scale": 2.0}, sizes=(20,), replications=10, seed=1)
    with pytest.raises(TypeError, match="it cannot be changed"):
        study.truth["scale"] = 3.0
    assert pickle.loads(pickle.dumps(study)).truth == study.truth == {"scale": 2.0}
