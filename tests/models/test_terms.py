"""Tests of the terms of formulas against contrasts that are written out by the labels of params."""

import pickle

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.contrast import t_test_pairwise

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError

FAMILIES = {
    "mean first": lk.Normal(),
    "shape first": lk.Gamma(),
    "scale second": lk.Weibull(),
    "mean in other coordinates": lk.Gamma(parameters=("mean", "shape")),
}


@pytest.fixture(params=["patsy", "formulaic"])
def engine(request, monkeypatch):
    monkeypatch.setenv("SM_FORMULA_ENGINE", request.param)
    monkeypatch.setattr(statsmodels.formula.options, "formula_engine", request.param)
    return request.param


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.normal(size=300), "z": rng.normal(size=300), "g": rng.choice([*"abc"], 300)})
    mean = np.exp(0.3 + 0.4 * (data["g"] == "b") + 0.2 * data["x"])
    return data.assign(h=rng.choice([*"pqr"], 300), y=rng.gamma(2.0, mean / 2))


def fitted(formula, family, **kwargs):
    return lk.LikelihoodModel.from_formula(formula, frame(), family=family, **kwargs).fit()


def by_hand(results, labels):
    """Wald's chi-squared statistic that the entries of these labels are 0, and its p-value."""
    estimate, covariance = results.params[labels], results.cov_params().loc[labels, labels]
    statistic = float(estimate @ np.linalg.solve(covariance, estimate))
    return statistic, stats.chi2.sf(statistic, len(labels))


def check_terms(results, wanted):
    table = results.wald_test_terms().table
    assert list(table.index) == list(wanted)
    assert_allclose(table[["statistic", "pvalue"]], [by_hand(results, labels) for labels in wanted.values()], rtol=1e-7)
    assert list(table["df_constraint"]) == [len(labels) for labels in wanted.values()]


TERMS = {"Intercept": ["Intercept"], "C(g)": ["C(g)[T.b]", "C(g)[T.c]"], "x": ["x"]}
OF_SHAPE = {
    "shape:Intercept": ["shape:Intercept"],
    "shape:h": ["shape:h[T.q]", "shape:h[T.r]"],
    "shape:z": ["shape:z"],
}


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_columns_of_the_design_were_taken_for_places_of_params(family):
    """Of a Gamma law 21.54 was printed for C(g), which was a test of Intercept and one of its coefficients; 3.41."""
    results = fitted("y ~ C(g) + x", family)
    check_terms(results, TERMS)
    table = results.t_test_pairwise("C(g)").result_frame
    b, c = results.params["C(g)[T.b]"], results.params["C(g)[T.c]"]
    assert list(table.index) == ["b-a", "c-a", "c-b"]
    assert_allclose(table["coef"].astype(float), [b, c, c - b], rtol=1e-9)
    covariance = results.cov_params()
    both = covariance.loc[["C(g)[T.b]", "C(g)[T.c]"], ["C(g)[T.b]", "C(g)[T.c]"]].to_numpy()
    errors = np.sqrt([both[0, 0], both[1, 1], both[0, 0] + both[1, 1] - 2 * both[0, 1]])
    assert_allclose(table["std err"].astype(float), errors, rtol=1e-7)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("family", [lk.Gamma(), lk.Weibull()])
def test_terms_of_two_formulas(family):
    results = fitted("y ~ C(g) + x", family, formulas={"shape": "~ h + z"})
    check_terms(results, OF_SHAPE | TERMS)
    table = results.t_test_pairwise("shape:h").result_frame
    q, r = results.params["shape:h[T.q]"], results.params["shape:h[T.r]"]
    assert_allclose(table["coef"].astype(float), [q, r, r - q], rtol=1e-9)
    copied = pickle.loads(pickle.dumps(results))
    pd.testing.assert_frame_equal(copied.wald_test_terms().table, results.wald_test_terms().table)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("right", ["0 + C(g) + x", "C(g, Sum) + x", "C(g, Treatment('c')) + x"])
def test_pairs_of_levels_are_the_same_in_every_coding(right):
    results, term = fitted(f"y ~ {right}", lk.Gamma()), right.removeprefix("0 + ").removesuffix(" + x")
    wanted = fitted("y ~ C(g) + x", lk.Gamma()).t_test_pairwise("C(g)").result_frame
    found = results.t_test_pairwise(term).result_frame
    assert list(found.index) == list(wanted.index)
    assert_allclose(found.astype(float), wanted.astype(float), rtol=1e-5, atol=1e-7)


@pytest.mark.usefixtures("engine")
def test_terms_without_the_columns_that_were_dropped():
    """Columns of the shape of the same name stay, and are read from new data too."""
    results = fitted("y ~ C(g) + x", lk.Gamma(), drop_cols=["C(g)[T.b]", "x"], formulas={"shape": "~ x"})
    shape = {"shape:Intercept": ["shape:Intercept"], "shape:x": ["shape:x"]}
    names = {name: name if name in results.params else name.removeprefix("shape:") for name in shape}
    check_terms(results, {name: [names[name]] for name in shape} | {"Intercept": ["Intercept"], "C(g)": ["C(g)[T.c]"]})
    assert results.t_test_pairwise("C(g)").result_frame.loc["b-a", "coef"] == 0
    assert_allclose(results.predict(frame().head(5)), results.predict()[:5], rtol=1e-10)


def test_terms_combined_left_out_and_added():
    results = fitted("y ~ C(g) + x", lk.Gamma(), formulas={"shape": "~ z"})
    identity = np.eye(len(results.params))
    table = results.wald_test_terms(
        skip_single=True, combine_terms=["shape"], extra_constraints=[("all", identity)]
    ).table
    assert list(table.index) == ["C(g)", "shape", "all"]
    assert_allclose(table.loc["shape", "statistic"], by_hand(results, ["shape:Intercept", "shape:z"])[0], rtol=1e-8)
    results.use_t = True
    assert list(results.wald_test_terms().table["df_denom"].unique()) == [results.df_resid]


def test_without_a_formula_columns_are_terms():
    data = frame()
    design = pd.DataFrame({"const": 1.0, "x": data["x"]})
    results = lk.LikelihoodModel(data["y"], design, family=lk.Gamma()).fit()
    check_terms(results, {"const": ["const"], "x": ["x"]})
    check_terms(lk.LikelihoodModel(data["y"], family=lk.Normal()).fit(), {"mean": ["mean"]})
    with pytest.raises(NotAvailableError, match="no terms to test"):
        lk.LikelihoodModel(data["y"], family=lk.Gamma()).fit().wald_test_terms()


REFUSED = {
    "a number": (lambda results: results.t_test_pairwise("x"), "'x' is no single category"),
    "an interaction": (lambda results: results.t_test_pairwise("C(g):x"), "is no single category"),
    "no term": (lambda results: results.t_test_pairwise("g"), "term_name='g': .*known: Intercept"),
    "labels": (lambda results: results.t_test_pairwise("C(g)", factor_labels=["a"]), "give 3 labels"),
    "method": (lambda results: results.t_test_pairwise("C(g)", method="no"), "method cannot be read"),
    "combine": (lambda results: results.wald_test_terms(combine_terms=["q"]), "'q' is in no term"),
    "letters": (lambda results: results.wald_test_terms(combine_terms="x"), "list of names"),
    "extra": (lambda results: results.wald_test_terms(extra_constraints=["x"]), "list of \\(name, restrictions\\)"),
}


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("call", "words"), REFUSED.values(), ids=REFUSED)
def test_refusals_of_tests_of_terms(call, words):
    """A numeric term was KeyError 'categories', a fit of arrays AttributeError 'model_spec'."""
    with pytest.raises(ArgumentError, match=words):
        call(fitted("y ~ C(g)*x", lk.Gamma()))


def test_tables_of_least_squares_were_an_error_of_python():
    """Statsmodels' own functions of terms would take columns for places of params; anova asked for design_info."""
    results = fitted("y ~ C(g) + x", lk.Gamma())
    for call in (lambda: anova_lm(results), lambda: t_test_pairwise(results, "C(g)"), lambda: anova_lm(results, typ=2)):
        with pytest.raises(AttributeError, match="wald_test_terms"):
            call()
    with pytest.raises(AttributeError, match="no ssr, which is of least squares"):
        anova_lm(results, results)
    for ask in (results.model.expandparams, results.model.reduceparams):
        with pytest.raises(NotAvailableError, match="hold it fixed in the family"):
            ask(results.params)
