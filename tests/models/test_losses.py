"""The loss that a fit makes least: identities that a student is told, against sums written out in NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError

RNG = np.random.default_rng(21)
N = 80
X = np.column_stack([np.ones(N), RNG.normal(size=N)])
Y = RNG.gamma(2.0, 2.0, N)
COUNTS = RNG.poisson(np.exp(X @ [0.5, 0.4]))
SEEN = (RNG.random(N) < special.expit(X @ [0.2, 1.0])).astype(int)


def fit(family, y=Y, exog=X, **kwargs):
    return lk.LikelihoodModel(y, exog, family=family, **kwargs).fit()


# The losses, by sums of their own


def test_normal_is_least_squares():
    results = fit(lk.Normal())
    found = results.loss_equivalence()
    coefficients, squares, *_ = np.linalg.lstsq(X, Y, rcond=None)
    assert_allclose(results.params[:2], coefficients, rtol=1e-8)
    assert (found.name, str(found.loss), found.shared) == ("squared error", "(y - mean)^2", ())
    assert_allclose(found.total, squares[0], rtol=1e-10)
    # With the deviation at its best, minus the log likelihood is n / 2 of the logarithm of the squares.
    assert_allclose(-results.llf, N / 2 * (np.log(2 * np.pi * squares[0] / N) + 1), rtol=1e-10)


def test_laplace_is_least_absolute_deviations():
    found = fit(lk.Laplace(), exog=None).loss_equivalence()
    least = optimize.minimize_scalar(lambda m: np.abs(Y - m).sum(), bounds=(Y.min(), Y.max()), method="bounded")
    assert (found.name, str(found.loss)) == ("absolute error", "|y - loc|")
    assert_allclose(found.total, least.fun, rtol=1e-6)


def test_bernoulli_is_binary_cross_entropy():
    """sklearn's log_loss is its mean."""
    results = fit(lk.Bernoulli(), SEEN)
    p = special.expit(X @ results.params)
    found = results.loss_equivalence()
    assert found.name == "binary cross-entropy"
    assert_allclose(found.total / N, -np.mean(np.log(np.where(SEEN == 1, p, 1 - p))), rtol=1e-10)
    assert_allclose(found.total, found.negative_log_likelihood, rtol=1e-10)


def test_poisson_is_its_deviance():
    """2 sum {y log(y / m) - (y - m)}, with 0 log 0 = 0: sklearn's mean_poisson_deviance, times n."""
    results = fit(lk.Poisson(), COUNTS)
    rate = np.exp(X @ results.params)
    assert (COUNTS == 0).any()
    seen = np.where(COUNTS > 0, COUNTS, 1)
    deviance = 2 * np.sum(np.where(COUNTS > 0, COUNTS * np.log(seen / rate), 0.0) - COUNTS + rate)
    found = results.loss_equivalence()
    assert found.name == "Poisson deviance"
    assert_allclose(found.total, deviance, rtol=1e-8)
    assert_allclose(found.constants, -stats.poisson.logpmf(COUNTS, COUNTS).sum(), rtol=1e-10)


@pytest.mark.parametrize("family", [lk.Exponential(), lk.Gamma(), lk.Gamma(parameters=("mean", "shape"))], ids=repr)
def test_exponential_and_gamma_are_their_deviance(family):
    results = fit(family)
    mean = np.asarray(results.fittedvalues)
    found = results.loss_equivalence()
    assert (found.name, found.shared) == ("gamma deviance", ())
    assert_allclose(found.total, 2 * np.sum((Y - mean) / mean - np.log(Y / mean)), rtol=1e-8)
    shape = float(dict(zip(results.model.exog_names, results.params, strict=True)).get("shape", 1.0))
    assert_allclose(found.constants, -stats.gamma.logpdf(Y, shape, scale=Y / shape).sum(), rtol=1e-8)
    assert found.agrees


OWN = {
    "weibull": (lk.Weibull(), Y, {}),
    "student": (lk.StudentT(df=4.0), Y, {}),
    "logistic": (lk.Logistic(), Y, {}),
    "negative binomial": (lk.NegativeBinomial(), RNG.negative_binomial(2, 0.3, N), {}),
    "beta": (lk.Beta(parameters=("mean", "precision")), RNG.beta(2, 3, N), {}),
    "log normal": (lk.LogNormal(), Y, {}),
    "binomial": (lk.Binomial(), SEEN + 1, {"trials": SEEN + 3}),
    "binomial of 5": (lk.Binomial(trials=5), SEEN + 1, {}),
    "weighted": (lk.Poisson(), COUNTS, {"freq_weights": np.tile([0, 1, 2, 3], N // 4)}),
    "known deviations": (lk.Normal(), Y, {"given": {"sd": 1 + Y / 4}}),
    "two designs": (lk.Normal(), Y, {"exogs": {"sd": X}}),
    "truncated": (lk.truncated(lk.Normal(), low=0.0), Y, {}),
}


@pytest.mark.parametrize("case", OWN)
def test_minus_the_log_likelihood_is_rebuilt(case):
    family, y, kwargs = OWN[case]
    found = fit(family, y, **kwargs).loss_equivalence()
    assert found.agrees
    assert_allclose(found.weighted + found.constants, found.negative_log_likelihood, rtol=1e-9)
    assert_allclose(found.cross_entropy * found.n, found.negative_log_likelihood)
    assert "NOT the same" not in str(found)


def test_a_loss_that_depends_on_what_is_estimated_with_it_says_so():
    assert fit(lk.Weibull()).loss_equivalence().shared == ("shape",)
    assert fit(lk.Normal(), exogs={"sd": X}).loss_equivalence().shared == ("sd",)
    assert fit(lk.Normal(), given={"sd": 1 + Y}).loss_equivalence().shared == ()


def test_what_is_written_is_what_is_computed():
    """The text of loss, factor and constant, evaluated: minus the log density of each observation."""
    for family in (lk.Normal(), lk.Gamma(), lk.LogNormal(), lk.Exponential(), lk.Weibull()):
        results = fit(family, exog=None)
        found = results.loss_equivalence()
        names = dict(zip(results.model.exog_names, results.params, strict=True))
        names |= {"y": Y, "log": np.log, "exp": np.exp, "pi": np.pi, "gammaln": special.gammaln}
        loss, factor, constant = (
            eval(str(part).replace("^", "**"), names) for part in (found.loss, found.factor, found.constant)
        )
        assert_allclose(factor * loss + constant, -results.model.loglikeobs(results.params), rtol=1e-9)
        assert found._repr_latex_().startswith(r"$\displaystyle -\log f(y) = ")
    counts = fit(lk.Poisson(), COUNTS + 1, None)
    found, names = counts.loss_equivalence(), {"y": COUNTS + 1, "rate": counts.params[0], "log": np.log}
    parts = [
        eval(str(part), {**names, "gammaln": special.gammaln}) for part in (found.loss, found.factor, found.constant)
    ]
    assert_allclose(parts[1] * parts[0] + parts[2], -counts.model.loglikeobs(counts.params), rtol=1e-9)


def test_a_law_of_ones_own_is_told_by_its_formula():
    class Rate(lk.Family):
        """Exponential law by its rate, with a name that says nothing."""

        speed = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, speed):
            return np.log(speed) - speed * y

    found = fit(Rate(), exog=None).loss_equivalence()
    assert found.name == "gamma deviance"
    assert_allclose(found.total, fit(lk.Exponential(), exog=None).loss_equivalence().total, rtol=1e-8)


def test_cross_entropy_is_entropy_and_divergence():
    found = fit(lk.Poisson(), COUNTS, None).loss_equivalence()
    values, counts = np.unique(COUNTS, return_counts=True)
    share = counts / N
    assert_allclose(found.entropy, -(share * np.log(share)).sum(), rtol=1e-10)
    fitted = stats.poisson.logpmf(values, COUNTS.mean())
    assert_allclose(found.divergence, (share * (np.log(share) - fitted)).sum(), rtol=1e-8)
    assert_allclose(found.entropy + found.divergence, found.cross_entropy, rtol=1e-10)
    assert np.isnan(fit(lk.Poisson(), COUNTS).loss_equivalence().divergence)


def test_a_wrong_constant_would_be_seen():
    from dataclasses import replace

    found = fit(lk.Normal()).loss_equivalence()
    wrong = replace(found, constants=found.constants * (1 + 1e-6))
    assert not wrong.agrees
    assert "NOT the same" in str(wrong)


# What has none


def test_what_has_no_loss_is_refused():
    class Own(lk.LikelihoodModel):
        parameters = {"scale": lk.Positive()}

        def loglikeobs(self, params):
            return stats.expon.logpdf(self.endog, scale=params[0])

    with pytest.raises(NotAvailableError, match="formula of a family"):
        Own(Y).fit().loss_equivalence()
    with pytest.raises(NotAvailableError, match="prob_weights"):
        fit(lk.Normal(), prob_weights=Y).loss_equivalence()
    with pytest.raises(NotAvailableError, match="censored"):
        fit(lk.censored(lk.Weibull()), event=SEEN).loss_equivalence()
    with pytest.raises(NotAvailableError, match="support moves with low and high"):
        fit(lk.Uniform(), exog=None).loss_equivalence()
    with pytest.warns(lk.errors.MaximumWarning):
        none = fit(lk.Bernoulli(), (X[:, 1] > 0).astype(int))
    with pytest.raises(NotAvailableError, match="not certified"):
        none.loss_equivalence()


def test_without_a_constant_what_is_best_depends_on_the_shape():
    """It was said to be best whatever the shape: at shape .5 the best coefficient is .685, at 3 it is -.415."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=40) + 1
    y = rng.gamma(0.8, np.exp(0.5 * x))
    alone = lk.LikelihoodModel(y, x[:, None], family=lk.Gamma()).fit().loss_equivalence()
    assert alone.shared == ("shape",)
    assert "depends on shape too" in alone.verdict
    with_constant = lk.LikelihoodModel(y, np.column_stack([np.ones(40), x]), family=lk.Gamma()).fit().loss_equivalence()
    assert with_constant.shared == ()


def test_a_formula_with_functions_of_the_kit_was_refused_by_a_name_of_python():
    y = np.random.default_rng(3).gamma(2.0, 3.0, 40) + 1
    results = lk.LikelihoodModel(y, family=lk.truncated(lk.Gamma(), low=1.0)).fit()
    with pytest.raises(NotAvailableError, match="functions without a plain form"):
        results.loss_equivalence()


def test_a_notebook_takes_no_product_for_emphasis():
    shown = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Gamma()).fit().loss_equivalence()._repr_markdown_()
    assert r"scale\*shape" in shown
