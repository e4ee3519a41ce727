"""Bias-reduced fits against R's brglm2, closed forms, an adjusted score written anew, and simulation."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nonsense import swept
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, MaximumWarning, NotAvailableError, ParameterError

ORACLES = Path(__file__).parent / "oracles"
#: R's searches end at 1e-12; corrections start from its maximum, known to 1e-9.
RTOL = 1e-8
STEP = np.array([0, 0, 0, 1, 1, 1.0])
SEPARATED = np.column_stack([np.ones(6), STEP])


# Against R


def reference(case: str, kind: str) -> pd.DataFrame:
    table = pd.read_csv(ORACLES / "bias_reduction.csv")
    return table[(table["case"] == case) & (table["type"] == kind)]


def agrees(model, case, *, kinds=("AS_mean", "correction")):
    for kind in kinds:
        results = model.fit(bias_reduction={"AS_mean": "firth", "correction": "cox_snell"}[kind])
        expected = reference(case, kind)
        assert_allclose(results.params, expected["estimate"], rtol=RTOL)
        assert_allclose(results.bse, expected["se"], rtol=RTOL)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_binary_regression_under_quasi_separation(link):
    """The maximum likelihood estimate of NV is infinite: Heinze and Schemper (2002)."""
    data = pd.read_csv(ORACLES / "endometrial.csv")
    family = lk.Bernoulli(links={"probability": link})
    model = lk.LikelihoodModel.from_formula("HG ~ NV + PI + EH", data, family=family)
    agrees(model, f"endometrial {link}", kinds=("AS_mean",))
    with pytest.raises(NotAvailableError, match=r"cox_snell.*none is certified.*NV grows.*use bias_reduction='firth'"):
        model.fit(bias_reduction="cox_snell")


def test_poisson_regression(sample_of):
    counts, design = sample_of("sprays")
    groups = (design[:, 1][:, None] == np.arange(1, 6)).astype(float)
    agrees(lk.LikelihoodModel(counts, np.column_stack([np.ones(72), groups]), family=lk.Poisson()), "sprays poisson")


def test_poisson_regression_by_a_square_root(sample_of):
    counts, design = sample_of("warpbreaks")
    family = lk.Poisson(links={"rate": "sqrt"})
    agrees(lk.LikelihoodModel(counts, design, family=family), "warpbreaks poisson sqrt")


@pytest.mark.parametrize(
    ("family", "case"),
    [
        (lk.Gamma(parameters=("mean", "shape"), links={"mean": "log"}), "clotting gamma log"),
        (lk.Gamma(parameters=("mean", "shape"), links={"mean": "inverse"}), "clotting gamma inverse"),
        (lk.Normal(), "clotting normal"),
    ],
)
def test_a_law_with_dispersion(family, case):
    agrees(lk.LikelihoodModel(*clotting(), family=family), case)


def clotting():
    """Times and design of McCullagh and Nelder (1989), section 8.4.2."""
    times = [118, 58, 42, 35, 27, 25, 21, 19, 18, 69, 35, 26, 21, 18, 16, 13, 12, 12]
    u = np.tile([5, 10, 15, 20, 30, 40, 60, 80, 100], 2)
    return np.array(times, dtype=float), np.column_stack([np.ones(18), np.log(u), np.repeat([0, 1], 9)])


# Closed forms


def test_complete_separation():
    results = lk.LikelihoodModel(STEP, SEPARATED, family=lk.Bernoulli()).fit(bias_reduction="firth")
    assert_allclose(results.params, [-np.log(7), 2 * np.log(7)], rtol=1e-9)
    assert_allclose(results.params[1], 3.89182030, atol=5e-9)


@pytest.mark.parametrize("ones", [0, 1, 3, 5])
def test_logit_of_a_sample(ones):
    """(s + 1/2) / (n + 1): Firth (1993), *Biometrika* 80, 27-38, section 3."""
    y = (np.arange(5) < ones).astype(float)
    results = lk.LikelihoodModel(y, np.ones((5, 1)), family=lk.Bernoulli()).fit(bias_reduction="firth")
    assert_allclose(special.expit(results.params), (ones + 0.5) / 6, rtol=1e-9)


def test_poisson_sample_of_zeros():
    """In the log of the rate the adjusted score is s + 1/2 - n rate."""
    results = lk.LikelihoodModel(np.zeros(5), np.ones((5, 1)), family=lk.Poisson()).fit(bias_reduction="firth")
    assert_allclose(np.exp(results.params), 0.1, rtol=1e-9)


Y = np.array([1.0, 2.0, 3.5, 0.5, 4.0, 7.0])
SQUARES = ((Y - Y.mean()) ** 2).sum()


@pytest.mark.parametrize(
    ("family", "firth", "cox_snell"),
    [
        # Adjusted scores n/r - s - 1/r; the maximum n/s has bias r/n.
        (lk.Exponential(parameters=("rate",)), [5 / Y.sum()], [6 / Y.sum() * 5 / 6]),
        (lk.Exponential(), [Y.mean()], [Y.mean()]),
        # -n/sd + S/sd^3 + 3/(2 sd): the bias of sd is -3 sd / (4 n).
        (lk.Normal(), [Y.mean(), np.sqrt(SQUARES / 4.5)], [Y.mean(), np.sqrt(SQUARES / 6) * (1 + 3 / 24)]),
        # -n/(2v) + S/(2v^2) + 1/(2v): the unbiased variance; the maximum less -v/n.
        (
            lk.Normal(parameters=("mean", "variance")),
            [Y.mean(), SQUARES / 5],
            [Y.mean(), SQUARES / 6 * (1 + 1 / 6)],
        ),
    ],
)
def test_samples_in_closed_form(family, firth, cox_snell):
    model = lk.LikelihoodModel(Y, family=family)
    assert_allclose(model.fit(bias_reduction="firth").params, firth, rtol=1e-8)
    assert_allclose(model.fit(bias_reduction="cox_snell").params, cox_snell, rtol=1e-7)


# What results say


def test_what_the_results_say():
    results = lk.LikelihoodModel(STEP, SEPARATED, family=lk.Bernoulli()).fit(bias_reduction="firth")
    assert results.bias_reduction == "firth"
    assert results.converged
    assert results.cov_type == "expected"
    assert str(results.certificate).startswith("bias-reduced (Firth): adjusted score")
    assert "no maximum of the likelihood" in str(results.certificate)
    assert_allclose(results.llf, 6 * np.log(7 / 8), rtol=1e-9)
    summary = str(results.summary())
    assert "Firth's adjusted score" in summary
    assert "aximum certified" not in summary
    assert "AIC:                              none" in summary
    assert "none" in str(results.summary2())
    assert_allclose(results.bse, np.sqrt(np.diag(np.linalg.inv(results.information("expected")))))
    corrected = lk.LikelihoodModel(Y, family=lk.Gamma()).fit(bias_reduction="cox_snell")
    assert corrected.bias_reduction == "cox_snell"
    assert str(corrected.certificate).startswith("bias-corrected (Cox and Snell): the maximum likelihood estimate less")
    assert lk.LikelihoodModel(Y, family=lk.Gamma()).fit().bias_reduction is None


REFUSED = {
    "aic": lambda r: r.aic,
    "aicc": lambda r: r.aicc,
    "bic": lambda r: r.bic,
    "tic": lambda r: r.tic,
    "cross-entropy": lambda r: r.cross_entropy(),
    "profile": lambda r: r.profile("shape"),
    "profile interval": lambda r: r.conf_int(method="profile"),
    "score interval": lambda r: r.conf_int(method="score"),
    "bootstrap interval": lambda r: r.conf_int(method="bootstrap"),
    "likelihood ratio": lambda r: r.likelihood_ratio_test({"shape": 1.0}),
    "score test": lambda r: r.score_test({"shape": 1.0}),
    "three tests": lambda r: r.restriction_tests({"shape": 1.0}),
    "audit": lambda r: r.information_audit(),
    "information-matrix test": lambda r: r.information_matrix_test(),
    "goodness of fit": lambda r: r.goodness_of_fit(),
    "bias": lambda r: r.cox_snell_bias(),
}


@pytest.mark.parametrize("method", ["firth", "cox_snell"])
@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
def test_what_rests_on_a_maximum_is_refused(ask, method):
    results = lk.LikelihoodModel(Y, family=lk.Gamma()).fit(bias_reduction=method)
    with pytest.raises(NotAvailableError, match=r"rests on the maximum of the likelihood, and|of a bias-reduced"):
        ask(results)


def test_a_smaller_fit_that_is_bias_reduced_is_no_restriction():
    smaller = lk.LikelihoodModel(Y, family=lk.Gamma(shape=1.0)).fit(bias_reduction="firth")
    with pytest.raises(NotAvailableError, match="rests on the maximum"):
        lk.LikelihoodModel(Y, family=lk.Gamma()).fit().likelihood_ratio_test(smaller)


def test_what_needs_an_estimate_alone_is_there():
    results = lk.LikelihoodModel(Y, family=lk.Gamma()).fit(bias_reduction="firth")
    assert len(results.simulate(1)) == 6
    bound = results.cramer_rao()["standard_error_bound"]
    assert_allclose(bound, results.bse)
    assert np.isfinite(results.conf_int()).all()
    assert (results.conf_int() > 0).all()
    assert results.kl_divergence((lk.Gamma(), {"shape": 1.0, "scale": 2.0})) > 0
    assert_allclose(results.predict()[0], results.params[0] * results.params[1])
    assert np.isfinite(results.t_test(np.eye(2)).pvalue).all()
    z = (results.params[0] - 1) / results.bse[0]
    assert_allclose(results.wald_test({"shape": 1.0}).statistic, z**2)
    with pytest.raises(ArgumentError, match="no entry of params"):
        results.wald_test({"form": 1.0})


@pytest.mark.parametrize("cov_type", ["observed", "outer_product", "sandwich"])
def test_other_covariances_are_at_the_estimate(cov_type):
    x = np.column_stack([np.ones(18), np.arange(18.0)])
    model = lk.LikelihoodModel((np.arange(18) % 3 > 0).astype(float), x, family=lk.Bernoulli())
    results = model.fit(bias_reduction="firth", cov_type=cov_type)
    scores = model.score_obs(results.params)
    inverse, outer = np.linalg.inv(-model.hessian(results.params)), scores.T @ scores
    expected = {"observed": inverse, "outer_product": np.linalg.inv(outer), "sandwich": inverse @ outer @ inverse}
    assert_allclose(results.cov_params(), expected[cov_type], rtol=1e-8)


def test_labels_formulas_and_pickles():
    data = pd.DataFrame({"y": STEP, "x": STEP})
    model = lk.LikelihoodModel.from_formula("y ~ x", data, family=lk.Bernoulli())
    results = model.fit(bias_reduction="firth")
    assert list(results.params.index) == ["Intercept", "x"]
    assert list(results.bse.index) == ["Intercept", "x"]
    again = pickle.loads(pickle.dumps(results))
    assert again.bias_reduction == "firth"
    assert again.certificate == results.certificate
    assert_allclose(again.params, results.params)


def test_a_bootstrap_reduces_the_bias_of_each_resample():
    data = pd.DataFrame({"y": Y, "count": [2, 1, 1, 1, 3, 1]})
    model = lk.LikelihoodModel(data["y"], family=lk.Normal(parameters=("mean", "variance")), freq_weights=data["count"])
    _, deviation, estimates = model.fit(bias_reduction="firth").bootstrap(20, 1)
    _, _, highest = model.fit().bootstrap(20, 1)
    # The same resamples, whose unbiased variances are 9/8 of the maxima.
    assert_allclose(estimates["mean"], highest["mean"], rtol=1e-6)
    assert_allclose(estimates["variance"] / highest["variance"], 9 / 8, rtol=1e-6)
    assert (deviation > 0).all()


# The same data, otherwise


@pytest.mark.parametrize("method", ["firth", "cox_snell"])
def test_frequencies_are_repeated_rows(method):
    values, counts = np.array([0.5, 1.0, 2.5, 6.0]), np.array([3, 1, 4, 2])
    weighted = lk.LikelihoodModel(values, family=lk.Gamma(), freq_weights=counts).fit(bias_reduction=method)
    repeated = lk.LikelihoodModel(np.repeat(values, counts), family=lk.Gamma()).fit(bias_reduction=method)
    assert_allclose(weighted.params, repeated.params, rtol=1e-8)
    assert_allclose(weighted.bse, repeated.bse, rtol=1e-8)


def test_offsets_move_the_coefficients():
    y, design = clotting()
    family = lk.Gamma(parameters=("mean", "shape"))
    plain = lk.LikelihoodModel(y, design, family=family).fit(bias_reduction="firth")
    moved = lk.LikelihoodModel(y, design, family=family, offset=design @ [1.0, 2.0, -1.0]).fit(bias_reduction="firth")
    assert_allclose(np.add(moved.params[:3], [1, 2, -1]), plain.params[:3], rtol=1e-7)
    assert_allclose(moved.params[3], plain.params[3], rtol=1e-7)


def test_coefficients_are_those_of_any_columns_that_span_the_same():
    """A far column, such as years, is searched in other coordinates, and carried back."""
    y, design = clotting()
    family = lk.Gamma(parameters=("mean", "shape"))
    far = design + np.outer(1e7 * np.ones(18), [0, 1, 0])
    plain = lk.LikelihoodModel(y, design, family=family).fit(bias_reduction="firth")
    there = lk.LikelihoodModel(y, far, family=family).fit(bias_reduction="firth")
    assert there.model.basis is not None
    assert_allclose(there.params[1:], plain.params[1:], rtol=1e-6)
    assert_allclose(there.bse[1:], plain.bse[1:], rtol=1e-6)


def test_a_parameter_that_is_given_is_not_estimated():
    y, design = clotting()
    deviations = np.linspace(1, 3, 18)
    given = lk.LikelihoodModel(y, design, family=lk.Normal(), given={"sd": deviations}).fit(bias_reduction="firth")
    weights = np.diag(deviations**-2)
    assert_allclose(given.params, np.linalg.solve(design.T @ weights @ design, design.T @ weights @ y), rtol=1e-8)


# Endings


@pytest.mark.parametrize(
    ("family", "y", "name"), [(lk.Bernoulli(), np.ones(5), "probability"), (lk.Poisson(), np.zeros(5), "rate")]
)
def test_in_natural_units_without_bias_there_is_no_root_inside(family, y, name):
    with pytest.warns(MaximumWarning, match=f"no root inside the space: {name} runs to an end") as raised:
        results = lk.LikelihoodModel(y, family=family).fit(bias_reduction="firth")
    assert [warning.filename for warning in raised] == [__file__]
    assert not results.converged
    assert np.isnan(results.bse).all()
    assert str(results.certificate).startswith("NOT bias-reduced")
    assert "NO" in str(results.summary())
    for ask in (lambda: results.simulate(1), lambda: results.cramer_rao(), lambda: results.aic):
        with pytest.raises(NotAvailableError):
            ask()


def test_a_correction_that_leaves_the_space_is_refused():
    """The bias of a Gamma shape is 3 shape / n for large shapes: more than itself for two observations."""
    with pytest.raises(NotAvailableError, match=r"cox_snell.*shape = .* less its first-order bias is -.*firth"):
        lk.LikelihoodModel([1.0, 2.0], family=lk.Gamma()).fit(bias_reduction="cox_snell")


def test_refused_by_name():
    model = lk.LikelihoodModel(Y, family=lk.Gamma())
    for wrong in ("Firth", "jeffreys", 1, True, ["firth"]):
        with pytest.raises(ArgumentError, match=r"bias_reduction=.*known: firth, cox_snell"):
            model.fit(bias_reduction=wrong)
    with pytest.raises(ArgumentError, match="did you mean 'firth'"):
        model.fit(bias_reduction="AS_mean")
    with pytest.raises(NotAvailableError, match="independent rows"):
        model.fit(bias_reduction="firth", cov_type="cluster", cov_kwds={"groups": [0, 0, 1, 1, 2, 2]})
    with pytest.raises(NotAvailableError, match="prob_weights"):
        lk.LikelihoodModel(Y, family=lk.Gamma(), prob_weights=Y).fit(bias_reduction="firth")
    with pytest.raises(NotAvailableError, match="kink"):
        lk.LikelihoodModel(Y, family=lk.Laplace()).fit(bias_reduction="firth")
    with pytest.raises(NotAvailableError, match="support moves"):
        lk.LikelihoodModel(Y, family=lk.Uniform()).fit(bias_reduction="cox_snell")
    event = np.array([1, 1, 0, 1, 1, 0])
    with pytest.raises(ParameterError, match="needs limit of each row"):
        lk.LikelihoodModel(Y, family=lk.censored(lk.Weibull()), event=event).fit(bias_reduction="firth")


def test_nonsense_is_refused():
    model = lk.LikelihoodModel(Y, family=lk.Exponential(parameters=("rate",)))
    foreign, silent = swept(lambda value: model.fit(bias_reduction=value))
    assert not foreign
    assert silent == {"None"}  # the maximum
    results = model.fit(bias_reduction="firth")
    foreign, silent = swept(lambda value: results.likelihood_ratio_test(value))
    assert not foreign
    assert not silent


def test_a_likelihood_of_rows_has_no_expectations():
    class Own(lk.LikelihoodModel):
        parameters = {"rate": lk.Positive()}

        def loglikeobs(self, params):
            return np.log(params[0]) - params[0] * self.endog

    with pytest.raises(NotAvailableError, match="needs expectations, and so a family"):
        Own(Y).fit(bias_reduction="firth")
