"""Cramer-Rao bounds with other parameters known, of regressions, and under censoring, against closed forms."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError

TRUTH = {"shape": 2.5, "scale": 3.0}


def design(n=60, seed=4):
    return np.column_stack([np.ones(n), np.random.default_rng(seed).normal(size=n)])


# Nuisance parameters


def test_a_known_parameter_of_a_gamma_law():
    """Information [[trigamma, 1/scale], [1/scale, shape/scale^2]]: the squared correlation 1 / (shape trigamma)."""
    trigamma = float(special.polygamma(1, 2.5))
    table = lk.cramer_rao_bound(lk.Gamma(), TRUTH, n=10, nuisance=True)
    assert_allclose(table.loc["shape", "known(scale)"], 1 / trigamma / 10, rtol=1e-12)
    assert_allclose(table.loc["scale", "known(shape)"], 9 / 2.5 / 10, rtol=1e-12)
    for row, other in (("shape", "scale"), ("scale", "shape")):
        assert_allclose(table.loc[row, f"loss({other})"], 1 / (2.5 * trigamma), rtol=1e-9)
        assert np.isnan(table.loc[row, [f"known({row})", f"loss({row})"]]).all()


@pytest.mark.parametrize("known", ["loc", "scale", "df"])
def test_known_is_what_a_family_that_holds_it_fixed_has(known):
    truth = {"loc": 1.0, "scale": 2.0, "df": 4.0}
    table = lk.cramer_rao_bound(lk.StudentT(), truth, n=7, nuisance=True)
    rest = {name: value for name, value in truth.items() if name != known}
    fixed = lk.cramer_rao_bound(lk.StudentT(**{known: truth[known]}), rest, n=7)
    assert_allclose(table.loc[list(rest), f"known({known})"], fixed["variance_bound"], rtol=1e-9)
    alone = lk.cramer_rao_bound(lk.StudentT(**rest), {known: truth[known]}, n=7)
    assert_allclose(table.loc[known, "known(others)"], alone["variance_bound"].item(), rtol=1e-9)
    losses = table.filter(like="loss(").to_numpy()
    assert ((losses >= 0) & (losses < 1))[~np.isnan(losses)].all()
    assert (table["loss(loc)"].dropna() == 0).all()  # orthogonal


def test_with_all_others_known_a_bias_counts_as_it_does_for_one_parameter():
    """(1 + b')^2 over the information: an estimator of the scale that is shrunk by a fifth has 0.64 of the bound."""
    truth = {"loc": 1.0, "scale": 2.0, "df": 4.0}
    options = {"n": 7, "nuisance": True, "bias": lambda loc, scale, df: {"scale": -0.2 * scale}}
    plain, shrunk = (
        lk.cramer_rao_bound(lk.StudentT(), truth, n=7, nuisance=True),
        lk.cramer_rao_bound(lk.StudentT(), truth, **options),
    )
    part = (shrunk["known(others)"] / plain["known(others)"])[["loc", "scale", "df"]]
    assert_allclose(part, [1.0, 0.64, 1.0], rtol=1e-9)


def test_a_function_of_the_parameters_has_nuisances_too():
    """The mean of a Gamma law with the shape known: scale alone, shape^2 var(scale) = the variance of the mean."""
    table = lk.cramer_rao_bound(lk.Gamma(), TRUTH, n=10, of=lambda shape, scale: shape * scale, nuisance=True)
    assert_allclose(table["known(shape)"], 2.5 * 9 / 10, rtol=1e-9)
    assert table["loss(shape)"].item() == 0
    assert "known(others)" not in table


def test_a_single_parameter_has_none():
    plain, asked = (lk.cramer_rao_bound(lk.Poisson(), {"rate": 2.0}, nuisance=value) for value in (False, True))
    pd.testing.assert_frame_equal(plain, asked)


# Regressions


def test_least_squares():
    X = design()
    table = lk.cramer_rao_bound(lk.Normal(), {"mean": [1.0, 2.0], "sd": 3.0}, design=X, nuisance=True)
    assert list(table.index) == ["const", "x1", "sd"]
    inverse = np.linalg.inv(X.T @ X)
    assert_allclose(table["variance_bound"], [*(9 * np.diag(inverse)), 9 / 120], rtol=1e-12)
    assert_allclose(table.loc["x1", "known(const)"], 9 / (X[:, 1] @ X[:, 1]), rtol=1e-12)
    of = lambda const, x1, sd: const + 2 * x1  # noqa: E731
    found = lk.cramer_rao_bound(lk.Normal(), {"mean": [1.0, 2.0], "sd": 3.0}, n=5, design=X, of=of)
    at = np.array([1.0, 2.0])
    assert_allclose(found["variance_bound"], 9 * at @ inverse @ at / 5, rtol=1e-12)


def test_weighted_least_squares_of_counts():
    """Poisson with the logarithm as its link: (X' diag(rate) X)^-1."""
    X, beta = design(), np.array([0.4, -0.7])
    table = lk.cramer_rao_bound(lk.Poisson(), {"rate": beta}, design=pd.DataFrame(X, columns=["one", "dose"]))
    assert list(table.index) == ["one", "dose"]
    assert_allclose(table["variance_bound"], np.diag(np.linalg.inv(X.T * np.exp(X @ beta) @ X)), rtol=1e-12)


@pytest.mark.parametrize("exogs", [{}, {"shape": "same"}])
def test_at_the_estimate_it_is_the_bound_of_the_fit(exogs):
    rng, X = np.random.default_rng(5), design()
    exogs = {name: X for name in exogs}
    results = lk.LikelihoodModel(rng.weibull(1.5, 60), X, family=lk.Weibull(), exogs=exogs).fit()
    params = np.asarray(results.params)
    theta = {"shape": params[:-2] if exogs else params[0], "scale": params[-2:]}
    table = lk.cramer_rao_bound(lk.Weibull(), theta, design={"scale": X, **exogs}, nuisance=True)
    pd.testing.assert_frame_equal(table, results.cramer_rao(nuisance=True), rtol=1e-9)


def test_a_column_that_is_named_as_another_parameter_is_named_as_a_fit_names_it():
    rng = np.random.default_rng(8)
    X = pd.DataFrame({"one": np.ones(30), "sd": rng.normal(size=30)})
    table = lk.cramer_rao_bound(lk.Normal(), {"mean": [1.0, 2.0], "sd": 3.0}, design=X)
    results = lk.LikelihoodModel(rng.normal(size=30), X, family=lk.Normal()).fit()
    assert list(table.index) == list(results.model.exog_names) == ["one", "mean:sd", "sd"]


# Censored sampling


@pytest.mark.parametrize("limit", [0.3, 2.0, 50.0])
def test_a_rate_with_one_limit(limit):
    """Seen is the part 1 - exp(-rate c): rate^2 / (n (1 - exp(-rate c)))."""
    family, rate = lk.censored(lk.Exponential()), 1 / 1.7
    seen = 1 - np.exp(-rate * limit)
    for found in (
        lk.cramer_rao_bound(family, {"scale": 1.7}, n=12, of=lambda scale: 1 / scale, limit=limit),
        lk.cramer_rao_bound(lk.censored(lk.Exponential(), limit=limit), {"scale": 1.7}, 12, lambda scale: 1 / scale),
    ):
        assert_allclose(found["variance_bound"], rate**2 / (12 * seen), rtol=1e-10)


def test_a_regression_with_a_limit_of_each_row():
    X, beta = design(), np.array([1.0, 0.2])
    limit = np.random.default_rng(6).uniform(0.5, 5.0, 60)
    seen = 1 - np.exp(-limit / np.exp(X @ beta))
    table = lk.cramer_rao_bound(lk.censored(lk.Exponential()), {"scale": beta}, design=X, limit=limit)
    assert_allclose(table["variance_bound"], np.diag(np.linalg.inv(X.T * seen @ X)), rtol=1e-10)


# What is refused

NORMAL = {"mean": [1.0, 2.0], "sd": 3.0}
REFUSED = {
    "no rows": ([lk.Normal(), NORMAL], {"design": np.ones((0, 2))}, ArgumentError, "finite numbers of shape"),
    "a gap": ([lk.Normal(), NORMAL], {"design": [[1.0, np.nan]]}, ArgumentError, "finite numbers of shape"),
    "text": ([lk.Normal(), NORMAL], {"design": [["a", "b"]]}, ArgumentError, "must be columns of numbers"),
    "empty": ([lk.Normal(), NORMAL], {"design": {}}, ArgumentError, "empty dict"),
    "no parameter": ([lk.Normal(), NORMAL], {"design": {"men": design()}}, ArgumentError, "did you mean 'mean'"),
    "two lengths": (
        [lk.Normal(), {"mean": [1.0, 2.0], "sd": [0.1, 0.2]}],
        {"design": {"mean": design(), "sd": design(5)}}, ArgumentError, "5 rows, another one 60",
    ),
    "one coefficient": ([lk.Normal(), {**NORMAL, "mean": 1.0}], {"design": design()}, ParameterError, "2 columns"),
    "text for one": ([lk.Normal(), {**NORMAL, "mean": "a"}], {"design": design()}, ParameterError, "must be numbers"),
    "none": ([lk.Normal(), {"sd": 1.0}], {"design": design()}, ParameterError, "no value for 'mean'"),
    "no dict": ([lk.Normal(), [1.0]], {"design": design()}, ParameterError, "must be a dict"),
    "nothing to drive": ([lk.Normal(mean=0.0), {"sd": 1.0}], {"design": design()}, ArgumentError, "nothing to drive"),
    "outside": (
        [lk.Normal(links={"sd": "identity"}), {"mean": 0.0, "sd": [0.1, 1.0]}], {"design": {"sd": design()}},
        ParameterError, "in row",
    ),
    "limits": (
        [lk.censored(lk.Exponential()), {"scale": [1.0, 0.2]}], {"design": design(), "limit": [1.0, 2.0]},
        ArgumentError, "give one value in .* or 60",
    ),
    "limit": (
        [lk.censored(lk.Exponential()), {"scale": [1.0, 0.2]}], {"design": design(), "limt": 1.0},
        ArgumentError, "did you mean 'limit'",
    ),
    "no limit": ([lk.censored(lk.Exponential()), {"scale": [1.0, 0.2]}], {"design": design()}, ParameterError, "limit"),
    "not regular": (
        [lk.ShiftedExponential(), {"loc": [1.0], "scale": 2.0}], {"design": np.ones(3)}, NotAvailableError, "moves",
    ),
    "collinear": (
        [lk.Normal(), {"mean": [1.0, 2.0, 0.0], "sd": 1.0}],
        {"design": np.column_stack([design(), design() @ [1.0, 1.0]])}, NotAvailableError, "singular",
    ),
    "twice": (
        [lk.Normal(), NORMAL], {"design": pd.DataFrame(design(), columns=["x", "x"])}, ArgumentError, "two columns",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "keywords", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_refusals(arguments, keywords, error, words):
    with pytest.raises(error, match=words):
        lk.cramer_rao_bound(*arguments, **keywords)


# Of fits of all kinds


def test_given_parameters_and_offsets_of_a_fit():
    """A meta-analysis: 1 / sum(1 / s^2). Counts with exposures: (X' diag(exposure rate) X)^-1."""
    rng = np.random.default_rng(7)
    s = rng.uniform(0.5, 2.0, 25)
    results = lk.LikelihoodModel(rng.normal(1.0, s), family=lk.Normal(), given={"sd": s}).fit()
    table = results.cramer_rao(bias=lambda mean: -mean / 2, nuisance=True)
    assert_allclose(table["variance_bound"], 0.25 / np.sum(s**-2), rtol=1e-9)
    assert "known(others)" not in table
    X, exposure = design(), rng.uniform(1.0, 9.0, 60)
    y = rng.poisson(exposure * np.exp(X @ [0.2, 0.3]))
    counts = lk.LikelihoodModel(y, X, family=lk.Poisson(), offset=np.log(exposure)).fit()
    rate = exposure * np.exp(X @ counts.params)
    assert_allclose(counts.cramer_rao()["variance_bound"], np.diag(np.linalg.inv(X.T * rate @ X)), rtol=1e-9)


def test_of_a_family_that_is_not_smooth_and_of_a_model_without_one():
    y = np.random.default_rng(8).laplace(1.0, 2.0, 41)
    results = lk.LikelihoodModel(y, family=lk.Laplace()).fit()
    table = results.cramer_rao(bias=lambda n, loc, scale: {"scale": -scale / n}, nuisance=True)
    scale = results.params[1]
    assert_allclose(table["variance_bound"], np.array([1.0, (40 / 41) ** 2]) * scale**2 / 41, rtol=1e-9)

    class Own(lk.LikelihoodModel):
        parameters = {"rate": lk.Positive()}

        def loglikeobs(self, params):
            return np.log(params[0]) - params[0] * self.endog

    with pytest.raises(NotAvailableError, match="needs expected information, and so a family"):
        Own(np.abs(y)).fit().cramer_rao(bias=lambda rate: 0.0)
    flat = lk.LikelihoodModel([0, 0, 0], family=lk.Poisson())
    with pytest.warns(lk.errors.MaximumWarning), pytest.raises(NotAvailableError, match="not certified"):
        flat.fit().cramer_rao(nuisance=True)
