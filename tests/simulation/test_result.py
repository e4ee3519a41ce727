import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.errors import DataError, OutputError
from likelihood_kit.families import Gamma, Uniform
from likelihood_kit.simulation import Study, StudyResult
from likelihood_kit.simulation.measures import measures

SIZES = (20, 50, 100, 200)


@pytest.fixture(scope="module")
def result():
    study = Study(Gamma(), {"shape": 2.0, "scale": 3.0}, SIZES, 400, estimators=("mle", "moments"), seed=4)
    return study.run(progress=False)


def test_the_table_is_tidy(result):
    table = result.table
    assert list(table.columns) == ["size", "estimator", "parameter", "measure", "value", "mcse"]
    assert not table.duplicated(["size", "estimator", "parameter", "measure"]).any()
    measured = table[table["estimator"] == "moments"]["measure"].unique()
    assert "model_se" in set(table["measure"])
    assert "model_se" not in measured
    expected = measures(result.estimates["mle"][1], np.array([2.0, 3.0]), result.standard_errors["mle"][1])
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


@pytest.mark.parametrize("family", [Gamma(), Uniform()], ids=repr)
def test_saved_and_loaded_is_the_same(family, tmp_path):
    truth = dict(zip(family.parameter_names, (1.0, 2.0), strict=True))
    study = Study(family, truth, (5, 10), 60, estimators=["mle", {"own way": lambda y: y[:, :2]}])
    before = study.run(progress=False)
    path = tmp_path / "study.of.mine"
    before.save(path)
    after = StudyResult.load(path)
    for name in ("family", "truth", "sizes", "replications", "seed", "no_bound"):
        assert getattr(after, name) == getattr(before, name), name
    assert list(after.estimates) == ["mle", "own way"]
    for name, values in before.estimates.items():
        np.testing.assert_array_equal(after.estimates[name], values)
        np.testing.assert_array_equal(after.expected_rates[name], before.expected_rates[name])
    assert after.table.equals(before.table)
    assert str(after.summary()) == str(before.summary())
    assert after.standard_errors.keys() == before.standard_errors.keys()


def test_a_path_that_cannot_be_written(result, tmp_path):
    with pytest.raises(OutputError, match=r"cannot write the study to '.*absent.*': No such file"):
        result.save(tmp_path / "absent" / "study.npz")
    with pytest.raises(OutputError, match="Is a directory"):
        result.save(tmp_path)


def test_files_that_are_no_study(result, tmp_path):
    path = tmp_path / "file.npz"
    with pytest.raises(DataError, match=r"cannot read '.*file.npz': No such file"):
        StudyResult.load(path)
    path.write_text("nothing of the kind")
    with pytest.raises(DataError, match="is no study saved by this kit"):
        StudyResult.load(path)
    np.savez(path, other=np.ones(3))
    with pytest.raises(DataError, match=r"is no study saved by this kit: .*header"):
        StudyResult.load(path)
    np.savez(path, header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="is no study saved by this kit"):
        StudyResult.load(path)
    np.save(tmp_path / "one.npy", np.ones(3))
    with pytest.raises(DataError, match="is no study"):
        StudyResult.load(tmp_path / "one.npy")
    path.write_bytes(b"")
    with pytest.raises(DataError, match="is no study"):
        StudyResult.load(path)


def test_files_of_another_format_or_shape(result, tmp_path):
    path = tmp_path / "file.npz"
    result.save(path)
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(str(arrays["header"]))
    np.savez(path, **{**arrays, "header": np.array(json.dumps({**header, "likelihood_kit study": 99}))})
    with pytest.raises(DataError, match="its format is 99, this version reads 1"):
        StudyResult.load(path)
    np.savez(path, **{**arrays, "header": np.array(json.dumps({**header, "mcse": "none"}))})
    with pytest.raises(DataError, match="no study saved by this kit: mcse: 'none' is unknown"):
        StudyResult.load(path)
    earlier = {name: value for name, value in header.items() if name not in ("mcse", "infinite")}
    np.savez(path, **{**arrays, "header": np.array(json.dumps(earlier))})
    assert StudyResult.load(path).table.equals(result.table)
    np.savez(path, **{**arrays, "estimates 0": np.ones((2, 2))})
    with pytest.raises(DataError, match=r"estimates of 'mle' have shape \(2, 2\), not \(4, 400, 2\)"):
        StudyResult.load(path)
