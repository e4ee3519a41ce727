"""HC0 to HC3 and CR2 against R's sandwich and clubSandwich, statsmodels and matrices written out; what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import linalg, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, InformationWarning, NotAvailableError, ParameterError
from likelihood_kit.models import leverages

ORACLES = Path(__file__).parent / "oracles"
#: R's fits stop at a relative change of the deviance of 1e-14, so that estimates have half as many digits.
R = 1e-7
#: clubSandwich takes the Cholesky root of the working variances, the kit their symmetric root inside the hat matrix:
#: both have the working variance on average, and differ where weights do, here by less than this.
OTHER_ROOT = 0.03
CASES, TYPES = ("lm", "poisson", "binomial"), ("HC0", "HC1", "HC2", "HC3")
RNG = np.random.default_rng(6)
X = np.column_stack([np.ones(40), RNG.normal(size=(40, 2))])
Y = X @ [1.0, 2.0, 3.0] + RNG.normal(size=40) * np.exp(X[:, 1] / 2)
GROUPS = np.arange(40) % 6
CR2 = {"cov_type": "cluster", "cov_kwds": {"groups": GROUPS, "use_correction": "CR2"}}


@pytest.fixture(scope="module")
def models():
    rows = pd.read_csv(ORACLES / "data.csv")
    wide = {name: part.pivot(index="row", columns="column", values="value") for name, part in rows.groupby("dataset")}
    stack, warp = wide["stackloss"], wide["warpbreaks"]
    air = np.column_stack([np.ones(21), stack[["air", "water", "acid"]]])
    wool = np.column_stack([np.ones(54), warp[["woolB", "tensionM", "tensionH"]]])
    return {
        "lm": lk.LikelihoodModel(stack["y"].to_numpy(), air, family=lk.Normal()),
        "poisson": lk.LikelihoodModel(warp["y"].to_numpy(), wool, family=lk.Poisson()),
        "binomial": lk.LikelihoodModel((warp["y"].to_numpy() > 26).astype(int), wool, family=lk.Bernoulli()),
    }


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(ORACLES / "covariances.csv", skipinitialspace=True)


def of_r(table, case, kind):
    part = table[(table["case"] == case) & (table["type"] == kind)]
    return part.pivot(index="i", columns="j", values="value").to_numpy(), part["df"].to_numpy()[:4]


def four(results):
    return np.asarray(results.normalized_cov_params)[:4, :4]


# Against R and statsmodels


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", TYPES)
def test_rs_sandwich(models, table, case, kind):
    assert_allclose(four(models[case].fit(cov_type=kind)), of_r(table, case, kind)[0], rtol=R)


@pytest.mark.parametrize("case", CASES)
def test_rs_clubsandwich(models, table, case):
    groups = np.arange(len(models[case].endog)) % 7
    found = models[case].fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": "CR2"})
    covariance, df = of_r(table, case, "CR2")
    assert_allclose(four(found), covariance, rtol=R if case == "lm" else OTHER_ROOT)
    assert_allclose(found.df_satterthwaite[:4], df, rtol=R if case == "lm" else 1e-4)


@pytest.mark.parametrize("kind", TYPES)
def test_the_mean_of_a_normal_law_is_statsmodels_least_squares(kind):
    """Its deviation is a parameter too: the expected information has no entry between the two, nor the observed one."""
    found = lk.LikelihoodModel(Y, X, family=lk.Normal()).fit(cov_type=kind)
    assert_allclose(four(found)[:3, :3], sm.OLS(Y, X).fit(cov_type=kind).cov_params(), rtol=1e-10)


def test_known_deviations_are_weighted_least_squares():
    """sd given for each row: HC1 to HC3 of statsmodels' weighted fit."""
    sd = np.exp(X[:, 1] / 2)
    model = lk.LikelihoodModel(Y, X, family=lk.Normal(), given={"sd": sd})
    for kind in TYPES:
        expected = sm.WLS(Y, X, weights=sd**-2).fit(cov_type=kind).cov_params()
        assert_allclose(model.fit(cov_type=kind).normalized_cov_params, expected, rtol=1e-8)


# Against matrices written out


def test_cr2_by_the_whole_hat_matrix(models):
    """I - W^1/2 X (X'WX)^-1 X' W^1/2 of each cluster, its inverse root by an eigendecomposition of n_g by n_g."""
    model = models["poisson"]
    found = model.fit(cov_type="cluster", cov_kwds={"groups": np.arange(54) % 7, "use_correction": "CR2"})
    exog, y = model.exog, np.asarray(model.endog)
    rate = np.exp(exog @ found.params)
    bread, root = np.linalg.inv((exog.T * rate) @ exog), np.sqrt(rate)
    meat = np.zeros((4, 4))
    for g in range(7):
        rows = np.arange(54) % 7 == g
        scaled = exog[rows] * root[rows, None]
        inverse_root = np.linalg.inv(linalg.sqrtm(np.eye(rows.sum()) - scaled @ bread @ scaled.T).real)
        score = scaled.T @ inverse_root @ ((y - rate) / root)[rows]
        meat += np.outer(score, score)
    assert_allclose(found.normalized_cov_params, bread @ meat @ bread, rtol=1e-8)


def test_without_designs_all_observations_have_one_leverage():
    """1 / n: HC2 and HC3 are n / (n - 1) times the sandwich, once and twice; HC1 counts all parameters."""
    y = RNG.gamma(2, 3, 25)
    fits = {kind: lk.LikelihoodModel(y, family=lk.Gamma()).fit(cov_type=kind) for kind in TYPES}
    plain = np.asarray(fits["HC0"].normalized_cov_params)
    for kind, factor in {"HC1": 25 / 23, "HC2": 25 / 24, "HC3": (25 / 24) ** 2}.items():
        assert_allclose(fits[kind].normalized_cov_params, factor * plain, rtol=1e-10)


def test_clusters_of_one_are_rows():
    model = lk.LikelihoodModel(np.exp(Y / 5), X, family=lk.Gamma(), exogs={"shape": X[:, :2]})
    alone = model.fit(cov_type="cluster", cov_kwds={"groups": np.arange(40), "use_correction": "CR2"})
    assert_allclose(alone.normalized_cov_params, model.fit(cov_type="HC2").normalized_cov_params, rtol=1e-8)


def test_hc3_is_the_row_left_out_by_one_step():
    """Sum of squares of what a Newton step with the expected information moves the estimate when a row is left out."""
    model = lk.LikelihoodModel(np.exp(Y / 5), X, family=lk.Gamma(parameters=("mean", "shape")))
    found = model.fit(cov_type="HC3")
    scores = model.score_obs(found.params)
    total, observed = model.information(found.params), np.asarray(found.information("observed"))
    mean, shape = np.exp(X @ found.params[:3]), found.params[3]
    meat = np.zeros((4, 4))
    for i in range(40):
        own = np.zeros((4, 4))
        own[:3, :3] = shape * np.outer(X[i], X[i])
        own[3, 3] = lk.Gamma(parameters=("mean", "shape")).expected_information(mean=mean[i], shape=shape)[1, 1]
        step = np.linalg.solve(total - own, scores[i])
        meat += np.outer(step, step)
    middle = total @ meat @ total
    bread = np.linalg.inv(observed)
    assert_allclose(found.normalized_cov_params, bread @ middle @ bread, rtol=1e-7)


def test_coordinates_and_far_columns_do_not_matter():
    positive, far = np.exp(Y / 5), X + np.array([0, 1e5, 0])
    for options in ({"cov_type": "HC3"}, CR2):
        fits = [
            lk.LikelihoodModel(positive, exog, family=law).fit(**options)
            for law, exog in ((lk.Gamma(), X), (lk.Gamma(parameters=("mean", "shape")), X), (lk.Gamma(), far))
        ]
        slopes = [np.asarray(one.bse)[[-2, -1] if one.model.exog_names[0] == "shape" else [1, 2]] for one in fits]
        assert_allclose(slopes[1], slopes[0], rtol=1e-6)
        assert_allclose(slopes[2], slopes[0], rtol=1e-5)


@pytest.mark.parametrize("options", [{"cov_type": "HC1"}, {"cov_type": "HC2"}, {"cov_type": "HC3"}])
def test_frequencies_are_repeated_rows(options):
    counts = np.tile([1, 2, 0, 3], 10)
    weighted = lk.LikelihoodModel(Y, X, family=lk.Normal(), freq_weights=counts).fit(**options)
    repeated = lk.LikelihoodModel(np.repeat(Y, counts), np.repeat(X, counts, axis=0), family=lk.Normal()).fit(**options)
    assert_allclose(weighted.normalized_cov_params, repeated.normalized_cov_params, rtol=1e-8)


def test_frequencies_are_repeated_rows_of_a_cluster():
    counts = np.tile([1, 2, 0, 3], 10)
    weighted = lk.LikelihoodModel(Y, X, family=lk.Normal(), freq_weights=counts).fit(**CR2)
    kwds = {"groups": np.repeat(GROUPS, counts), "use_correction": "CR2"}
    repeated = lk.LikelihoodModel(np.repeat(Y, counts), np.repeat(X, counts, axis=0), family=lk.Normal())
    repeated = repeated.fit(cov_type="cluster", cov_kwds=kwds)
    assert_allclose(weighted.normalized_cov_params, repeated.normalized_cov_params, rtol=1e-8)
    assert_allclose(weighted.df_satterthwaite, repeated.df_satterthwaite, rtol=1e-6)


@pytest.mark.parametrize("kind", ["HC2", "HC3"])
def test_a_far_row_that_does_not_count_has_no_leverage(kind):
    """Its predictor is 60 standard deviations away: its information alone is more than that of all the others."""
    far, counts = X[:, :2].copy(), np.arange(40) != 3
    far[3, 1] = 60.0
    found = lk.LikelihoodModel(Y, far, family=lk.Normal(), freq_weights=counts.astype(int)).fit(cov_type=kind)
    without = lk.LikelihoodModel(Y[counts], far[counts], family=lk.Normal()).fit(cov_type=kind)
    assert_allclose(found.normalized_cov_params, without.normalized_cov_params, rtol=1e-8)


def test_rows_are_the_same_some_at_a_time(monkeypatch):
    """Five of them at once, in place of 2^22 / 16: HC3, CR2, and which row is refused."""
    model = lk.LikelihoodModel(Y, X, family=lk.Normal())
    whole = [np.asarray(model.fit(**options).normalized_cov_params) for options in ({"cov_type": "HC3"}, CR2)]
    monkeypatch.setattr(leverages, "HELD", 5 * 16)
    parts = [np.asarray(model.fit(**options).normalized_cov_params) for options in ({"cov_type": "HC3"}, CR2)]
    assert_allclose(parts, whole, rtol=1e-12)
    own = lk.LikelihoodModel(Y, np.column_stack([X, np.arange(40) == 23]), family=lk.Normal())
    with pytest.warns(InformationWarning, match="row 23 has leverage 1"):
        own.fit(cov_type="HC2")


# Few clusters


def test_degrees_of_freedom_of_clusters_with_means_of_their_own():
    """By n by n matrices: I - H of a cluster has eigenvalue 0 along its mean, and the inverse root is the generalised.

    Errors of known size 1, so that H = X (X'X)^-1 X'. Bell and McCaffrey (2002), section 5.
    """
    dummies = np.column_stack([X[:, 1:], GROUPS[:, None] == np.arange(6)]).astype(float)
    with pytest.warns(InformationWarning, match="singular|cancel|tested together"):
        found = lk.LikelihoodModel(Y, dummies, family=lk.Normal(sd=1.0)).fit(**CR2)
    bread = np.linalg.inv(dummies.T @ dummies)
    residual_maker = np.eye(40) - dummies @ bread @ dummies.T
    for entry in range(8):
        vectors = np.zeros((6, 40))
        for g in range(6):
            rows = g == GROUPS
            values, axes = np.linalg.eigh(residual_maker[np.ix_(rows, rows)])
            inverse = np.where(values > 1e-8, np.abs(values).clip(1e-8) ** -0.5, 0.0)
            root = (axes * inverse) @ axes.T
            vectors[g] = residual_maker[:, rows] @ root @ dummies[rows] @ bread[:, entry]
        products = vectors @ vectors.T
        assert_allclose(found.df_satterthwaite[entry], np.trace(products) ** 2 / np.sum(products**2), rtol=1e-6)


def test_students_t_has_the_degrees_of_freedom_of_each_entry():
    found = lk.LikelihoodModel(Y, X, family=lk.Normal()).fit(**CR2, use_t=True)
    df = found.df_satterthwaite
    assert ((df > 1) & (df <= 6)).all()
    half = stats.t.isf(0.025, df) * found.bse
    assert_allclose(found.conf_int()[:3], np.column_stack([found.params - half, found.params + half])[:3])
    assert_allclose(found.pvalues[:3], 2 * stats.t.sf(np.abs(found.tvalues[:3]), df[:3]))
    assert found.t_test("x1 = 0").df_denom == df.min()
    assert f"bias-reduced (CR2), of {df.min():.3g} to {df.max():.3g} degrees of freedom" in _text(found)


def _text(results):
    return " ".join(str(results.summary()).split())


def test_size_with_few_clusters():
    """A predictor of six clusters that does not count, 400 samples: by CR2 and its t law 5 %, within 4 standard errors.

    The control: by the sandwich of the clusters and a normal law three times as many.
    """
    rng, rejected = np.random.default_rng(9), np.zeros(2)
    groups = np.repeat(np.arange(6), 8)
    for _ in range(400):
        exog = np.column_stack([np.ones(48), np.repeat(rng.normal(size=6), 8)])
        model = lk.LikelihoodModel(rng.normal(size=48), exog, family=lk.Normal())
        for j, (correction, use_t) in enumerate((("CR2", True), (False, False))):
            kwds = {"groups": groups, "use_correction": correction}
            rejected[j] += model.fit(cov_type="cluster", cov_kwds=kwds, use_t=use_t).pvalues[1] < 0.05
    assert abs(rejected[0] / 400 - 0.05) < 4 * 0.0109, rejected
    assert rejected[1] / 400 > 0.15, rejected


# What is said and refused


def test_the_factor_is_said():
    model = lk.LikelihoodModel(Y, X, family=lk.Normal())
    assert "times n / (n - 3) = 1.081" in model.fit(cov_type="HC1").covariance_used
    assert "scores over 1 - leverage" in _text(model.fit(cov_type="HC3"))
    assert "HC2" in str(model.fit(cov_type="HC2").summary())


def test_leverage_one_is_refused_but_in_clusters():
    """A level of one row: HC2 divides by 0; of clusters with a mean of their own the generalised inverse is taken."""
    own = np.column_stack([X, np.arange(40) == 11])
    model = lk.LikelihoodModel(Y, own, family=lk.Normal())
    for kind in ("HC2", "HC3"):
        with pytest.warns(InformationWarning, match="row 11 has leverage 1"):
            found = model.fit(cov_type=kind)
        assert np.isnan(found.bse).all()
        assert "row 11 has leverage 1" in found.covariance_note
    dummies = np.column_stack([X[:, 1:], GROUPS[:, None] == np.arange(6)])
    with pytest.warns(InformationWarning, match="6 clusters and 9 parameters: at most 5"):
        within = lk.LikelihoodModel(Y, dummies, family=lk.Normal()).fit(**CR2)
    assert (within.bse[:2] > 0).all()


def test_what_has_no_leverages_is_refused():
    class Own(lk.LikelihoodModel):
        parameters = {"mean": lk.Real(), "sd": lk.Positive()}

        def loglikeobs(self, params):
            return stats.norm.logpdf(self.endog, params[0], params[1])

    for options in ({"cov_type": "HC2"}, {"cov_type": "HC3"}, CR2):
        with pytest.raises(NotAvailableError, match="needs the leverages"):
            Own(Y).fit(**options)
    assert_allclose(Own(Y).fit(cov_type="HC1").bse ** 2, 40 / 38 * Own(Y).fit(cov_type="HC0").bse ** 2, rtol=1e-8)
    weighted = lk.LikelihoodModel(Y, X, family=lk.Normal(), prob_weights=np.linspace(1, 2, 40))
    for options in ({"cov_type": "HC1"}, {"cov_type": "HC2"}, CR2):
        with pytest.raises(NotAvailableError, match="prob_weights"):
            weighted.fit(**options)
    censored = lk.LikelihoodModel(np.exp(Y), family=lk.censored(lk.Weibull()), event=np.arange(40) % 2)
    with pytest.raises(ParameterError, match="limit"):
        censored.fit(cov_type="HC3")
    assert "kink" in lk.LikelihoodModel(Y, X, family=lk.Laplace()).fit(cov_type="HC3").covariance_note


def test_bad_corrections_are_named():
    model = lk.LikelihoodModel(Y, X, family=lk.Normal())
    for correction in ("CR3", "", 2, None, np.ones(2)):
        with pytest.raises(ArgumentError, match="use_correction"):
            model.fit(cov_type="cluster", cov_kwds={"groups": GROUPS, "use_correction": correction})
    with pytest.raises(ArgumentError, match="HC1"):
        model.fit(cov_type="hc1")
    with pytest.raises(ArgumentError, match="cluster"):
        model.fit(cov_type="CR2")
