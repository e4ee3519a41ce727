"""A model in another place, or without its data, still knows what it was: its formulas' functions, offsets, weights."""

import copy
import os
import pickle
import subprocess
import sys
import threading

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


# A formula that names what its author wrote

SCRIPT = """
import sys
import numpy as np
import pandas as pd
import likelihood_kit as lk

k = 2.0


def sq(x):
    return x**2 / k


rng = np.random.default_rng(4)
data = pd.DataFrame({"x": rng.normal(3.0, 1.0, 60), "z": rng.normal(size=60), "y": rng.gamma(2.0, 3.0, 60)})
right = "sq(x) + I(z**2 / k) + scale(z) + cr(x, df=4, constraints='center')"
results = lk.LikelihoodModel.from_formula(
    f"y ~ {right}", data, family=lk.Gamma(), formulas={"shape": "~ sq(z) + center(x)"}
).fit()
new = data.iloc[[3, 9]]
results.save(sys.argv[1])
new.to_pickle(sys.argv[2])
print([float(value) for value in results.predict(new)])
print([float(value) for value in results.get_prediction(new, which="shape").se])
"""
LOADED = """
import pickle
import sys
import pandas as pd

results = pickle.load(open(sys.argv[1], "rb"))
new = pd.read_pickle(sys.argv[2])
print([float(value) for value in results.predict(new)])
print([float(value) for value in results.get_prediction(new, which="shape").se])
assert "sympy" not in sys.modules
"""


def printed_by(script, *arguments, engine="formulaic"):
    environment = {**os.environ, "SM_FORMULA_ENGINE": engine}
    command = [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("engine", ["formulaic", "patsy"])
def test_a_function_of_the_author_s_was_not_defined_in_another_process(engine, tmp_path):
    """ "NameError: name 'sq' is not defined", at predictions of a file; knots and means are those of the fit."""
    files = tmp_path / "fit.pickle", tmp_path / "new.pickle"
    wanted = printed_by(SCRIPT, *files, engine=engine)
    assert wanted.count("[") == 2
    assert printed_by(LOADED, *files, engine="formulaic") == wanted


@pytest.mark.parametrize("engine", ["formulaic", "patsy"])
def test_a_function_of_the_author_s_was_not_defined_in_a_copy(engine, monkeypatch):
    monkeypatch.setenv("SM_FORMULA_ENGINE", engine)
    k = 2.0

    def sq(x):
        return x**2 / k

    results = lk.LikelihoodModel.from_formula("y ~ sq(x) + I(z / k)", FRAME, family=lk.Gamma()).fit()
    wanted = results.predict(FRAME.head(2))
    for copied in (pickle.loads(pickle.dumps(results)), copy.deepcopy(results), pickle.loads(pickle.dumps(results))):
        assert_allclose(copied.predict(FRAME.head(2)), wanted, rtol=1e-14)
        assert_allclose(pickle.loads(pickle.dumps(copied)).predict(FRAME.head(2)), wanted, rtol=1e-14)
        assert_allclose(copied.wald_test_terms(scalar=True).table.astype(float).iloc[0, 0] > 0, True)


def test_only_what_a_formula_names_travels_and_what_cannot_stays_behind():
    """A program has more around a formula than can be pickled, and more than should be."""
    lock, df, secret = threading.Lock(), np.zeros(10**6), np.ones(10**6)  # noqa: F841

    def guarded(x):
        with lock:
            return x * 2.0

    plain = lk.LikelihoodModel.from_formula("y ~ bs(x, df=4)", FRAME, family=lk.Gamma()).fit()
    assert set(plain.model.formula_names) == set()
    assert len(pickle.dumps(plain)) < 10**5
    results = lk.LikelihoodModel.from_formula("y ~ guarded(x)", FRAME, family=lk.Gamma()).fit()
    copied = pickle.loads(pickle.dumps(results))
    assert_allclose(copied.params, results.params)
    with pytest.raises(DataError, match="guarded"):
        copied.predict(FRAME.head(2))
