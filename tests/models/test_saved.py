"""Results in a file: whole, or the earlier one."""

import os
import pickle

import numpy as np
import pandas as pd
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, OutputError


@pytest.fixture(scope="module")
def results():
    return lk.LikelihoodModel([1.0, 2.5, 3.0, 0.5], family=lk.Gamma()).fit()


def test_saved_and_loaded(results, tmp_path):
    results.save(tmp_path / "fit.pickle")
    with open(tmp_path / "fit.pickle", "rb") as file:
        again = pickle.load(file)
    np.testing.assert_array_equal(np.asarray(again.params), np.asarray(results.params))
    with open(tmp_path / "open.pickle", "wb") as file:
        results.save(file)
    assert (tmp_path / "open.pickle").read_bytes() == (tmp_path / "fit.pickle").read_bytes()


def test_a_full_disk_destroys_nothing(results, tmp_path, monkeypatch):
    path = tmp_path / "fit.pickle"
    path.write_bytes(b"earlier")

    def full(_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("likelihood_kit._numerics.files.os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        results.save(path)
    assert path.read_bytes() == b"earlier"
    assert os.listdir(tmp_path) == ["fit.pickle"]


def test_it_says_that_it_is_a_pickle_which_runs_code(results):
    for save in (results.save, lk.LikelihoodResults.save):
        assert "as a pickle, which" in save.__doc__
        assert "runs code when it is loaded" in save.__doc__


def test_what_is_no_path(results):
    for bad in (None, 3, "a\0b", "half a character \ud800"):
        with pytest.raises(ArgumentError, match="fname must be a path"):
            results.save(bad)


def test_a_file_that_holds_no_results_was_an_error_of_pickle(results, tmp_path):
    (tmp_path / "d.csv").write_text("x,y\n1,2\n")
    (tmp_path / "dict.pickle").write_bytes(pickle.dumps({}))
    results.save(tmp_path / "fit.pickle")
    cut = tmp_path / "cut.pickle"
    cut.write_bytes((tmp_path / "fit.pickle").read_bytes()[:-50])
    for kind in (type(results), lk.LikelihoodResults):
        np.testing.assert_array_equal(kind.load(tmp_path / "fit.pickle").params, results.params)
        with open(tmp_path / "fit.pickle", "rb") as file:
            np.testing.assert_array_equal(kind.load(file).params, results.params)
        for path, words in (
            (tmp_path / "d.csv", "d.csv' holds no results that this version of the kit saved"),
            (cut, "holds no results that this version"),
            (tmp_path / "dict.pickle", "holds no results, but dict"),
            (tmp_path / "none", "cannot read '.*none': No such file"),
            (tmp_path, "cannot read '.*': Is a directory"),
        ):
            with pytest.raises(DataError, match=words):
                kind.load(path)
        with pytest.raises(ArgumentError, match="fname must be a path"):
            kind.load(3)


@pytest.mark.parametrize("labelled", [True, False])
def test_fitted_values_without_the_data_were_an_error_of_statsmodels(labelled, tmp_path):
    """Of pandas AttributeError, of an array one value for all rows."""
    values = np.random.default_rng(4).gamma(2.0, 1.0, 30)
    fits = [lk.LikelihoodModel(pd.Series(values) if labelled else values, family=lk.Gamma()).fit() for _ in range(2)]
    fits[0].remove_data()
    fits[1].save(tmp_path / "fit.pickle", remove_data=True)
    for results in (*fits, lk.LikelihoodResults.load(tmp_path / "fit.pickle")):
        for name in ("fittedvalues", "resid", "resid_pearson", "resid_quantile"):
            with pytest.raises(DataError, match="the data were removed"):
                getattr(results, name)
