"""The modified signed root r* against exact laws, closed forms, and the exact conditional law of a location model."""

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from nonsense import swept, values
from numpy.testing import assert_allclose
from scipy import integrate, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, InformationWarning, NotAvailableError
from likelihood_kit.models import modified_roots
from likelihood_kit.models.interests import Standard, asked_of

NORMAL = np.array([1.2, 3.1, 4.4, 2.0, 5.9])


def fitted(y, family, exog=None, **options):
    return lk.LikelihoodModel(y, exog, family=family, **options).fit()


def modified(r, u):
    return r + np.log(u / r) / r


@pytest.fixture(scope="module")
def gamma():
    return fitted(np.random.default_rng(3).gamma(2, 3, 12), lk.Gamma())


# Closed forms, and exact laws


@pytest.mark.parametrize("scale", [0.7, 1.5, 2.4, 2.6, 5.0, 12.0])
def test_mean_of_an_exponential_law(scale):
    """r^2 / 2 = n (x - 1 - log x), u = sqrt(n) (1 - 1/x), x = mean / scale; the sum of n has a gamma law."""
    y = np.array([0.4, 2.5, 6.0, 1.1, 2.2])
    x = y.mean() / scale
    r, u = np.sign(x - 1) * np.sqrt(10 * (x - 1 - np.log(x))), np.sqrt(5) * (x - 1)
    found = fitted(y, lk.Exponential()).r_star("scale", scale)
    assert_allclose([found.r, found.u, found.r_star], [r, u, modified(r, u)], rtol=1e-6)
    exact = np.array([stats.gamma.cdf(y.sum(), 5, scale=scale), stats.gamma.sf(y.sum(), 5, scale=scale)])
    assert_allclose([found.pvalue_less, found.pvalue_greater], exact, rtol=0.006)
    assert abs(found.first_order / (2 * exact.min()) - 1) > 0.06  # the first order is no such thing
    assert found.form == modified_roots.EXACT


@pytest.mark.parametrize("mean", [-1.0, 1.0, 3.0, 5.0])
def test_mean_of_a_normal_law(mean):
    """u = sqrt(n) (ybar - mean) s / (s^2 + (ybar - mean)^2), s^2 with divisor n, by hand; Student's t is exact."""
    y, n = NORMAL, 5
    away, s = y.mean() - mean, y.std()
    r, u = np.sign(away) * np.sqrt(n * np.log1p((away / s) ** 2)), np.sqrt(n) * away * s / (s**2 + away**2)
    found = fitted(y, lk.Normal()).r_star("mean", mean)
    assert_allclose([found.r, found.u, found.r_star], [r, u, modified(r, u)], rtol=1e-6)
    exact = 2 * stats.t.sf(abs(away) / (y.std(ddof=1) / np.sqrt(n)), n - 1)
    assert abs(np.log(found.pvalue / exact)) < 0.25 * abs(np.log(found.first_order / exact))


@pytest.mark.parametrize("sd", [0.8, 1.2, 2.5, 5.0])
def test_standard_deviation_of_a_normal_law(sd):
    """u = sqrt(n/2) (x - 1) sqrt(x), x = s^2 / sd^2, s^2 with divisor n; the chi-squared law of n - 1 is exact."""
    y, n = NORMAL, 5
    x = y.var() / sd**2
    r, u = np.sign(x - 1) * np.sqrt(n * (x - 1 - np.log(x))), np.sqrt(n / 2) * (x - 1) * np.sqrt(x)
    found = fitted(y, lk.Normal()).r_star("sd", sd)
    assert_allclose([found.r, found.u, found.r_star], [r, u, modified(r, u)], rtol=1e-6)
    exact = min(stats.chi2.cdf(n * x, n - 1), stats.chi2.sf(n * x, n - 1))
    assert abs(np.log(found.pvalue / (2 * exact))) < 0.12 * abs(np.log(found.first_order / (2 * exact)))


def test_shape_of_a_gamma_law():
    """Given the mean the shape is tested by geometric over arithmetic mean, whose law is free of the scale.

    By 400,000 draws, with a standard error of .0006. What r* errs by at n = 5 is a tenth of the error of r.
    """
    y = np.array([2.1, 4.0, 5.5, 8.0, 1.3])
    draws = np.random.default_rng(1).standard_gamma(1.0, (400_000, 5))
    ratios = np.log(draws).mean(axis=1) - np.log(draws.mean(axis=1))
    exact = np.mean(ratios >= np.log(y).mean() - np.log(y.mean()))
    found = fitted(y, lk.Gamma()).r_star("shape", 1.0)
    assert_allclose(found.pvalue_greater, exact, atol=0.014)
    assert abs(stats.norm.sf(found.r) - exact) > 0.1


def exactly_given_the_configuration(y, logpdf, loc_hat, scale_hat, loc):
    """P(T > t | a) of T = (loc_hat - loc) / scale_hat, a = (y - loc_hat) / scale_hat: Fisher (1934).

    The density of (t, s), s = scale_hat / scale, given a is in proportion to s^(n-1) prod f(s (a_i + t)).
    """
    a, n = (y - loc_hat) / scale_hat, len(y)
    t, s = np.linspace(-6, 6, 4001), np.exp(np.linspace(-3, 2, 801))
    log_density = logpdf(s[:, None, None] * (a + t[:, None])).sum(axis=-1) + n * np.log(s)[:, None]
    of_t = integrate.simpson(np.exp(log_density - log_density.max()), x=np.log(s), axis=0)
    upper = t >= (loc_hat - loc) / scale_hat
    return of_t[upper].sum() / of_t.sum()


@pytest.mark.parametrize("loc", [-2.0, -0.6, 1.3, 2.0])
def test_skovgaard_in_a_location_model_with_unknown_scale(loc):
    """In the tails it errs by a twentieth of what the first order does; near the estimate by order 1 / n."""
    y = np.array([-0.9, 0.1, 0.4, 0.5, 0.9, 1.2, 3.0, -0.2])
    results = fitted(y, lk.StudentT(df=3.0))
    exact = exactly_given_the_configuration(y, lambda z: stats.t.logpdf(z, 3), *results.params, loc)
    tail, found = 2 * min(exact, 1 - exact), results.r_star("loc", loc)
    assert found.form == modified_roots.SKOVGAARD
    assert abs(np.log(found.pvalue / tail)) < 0.05 * abs(np.log(found.first_order / tail))


def test_a_discrete_response_is_near_the_mid_p_value():
    y = np.array([3, 1, 4, 2, 0, 1])
    found = fitted(y, lk.Poisson()).r_star("rate", 1.0)
    law = stats.poisson(6.0)
    assert_allclose(found.pvalue_greater, law.sf(11) + law.pmf(11) / 2, rtol=0.05)
    assert abs(found.first_order / 2 / law.sf(10) - 1) > 0.2
    assert "mid-p" in str(found)


# The two forms are one where both are there


@pytest.mark.parametrize("of", ["mean", "sd", lambda mean, sd: mean / sd])
@pytest.mark.parametrize("level", [-2.0, -0.05, 0.5, 3.0])
def test_covariances_give_the_exact_form_in_an_exponential_family(of, level):
    standard = Standard.of(fitted(NORMAL, lk.Normal()))
    exact = modified_roots.HigherOrder.of(standard)
    other = modified_roots.HigherOrder(standard, modified_roots.by_covariances(standard), "", "")
    asked = asked_of(standard, of)
    assert_allclose(other.roots(asked, level), exact.roots(asked, level), rtol=1e-9)


@pytest.mark.parametrize("which", ["trials", "given", "offset", "truncated", "frequencies"])
def test_covariances_give_the_exact_form_of_regressions_too(which):
    rng = np.random.default_rng(5)
    exog = np.column_stack([np.ones(12), rng.normal(size=12)])
    sd, trials = rng.uniform(1, 2, 12), np.arange(3, 15)
    y = exog @ [1.0, 0.5] + sd * rng.normal(size=12)
    results = {
        "trials": lambda: fitted(rng.binomial(trials, 0.4), lk.Binomial(), exog, trials=trials),
        "given": lambda: fitted(y, lk.Normal(), exog, given={"sd": sd}),
        "offset": lambda: fitted(
            np.exp(y), lk.LogNormal(), exog, given={"sdlog": sd}, offset=rng.normal(size=12), freq_weights=np.arange(12)
        ),
        "truncated": lambda: fitted(np.abs(y), lk.truncated(lk.Exponential(), low=0.01, high=20.0)),
        "frequencies": lambda: fitted(np.arange(12), lk.Poisson(), exog, freq_weights=1 + np.arange(12) % 3),
    }[which]()
    standard = Standard.of(results)
    exact = modified_roots.HigherOrder.of(standard)
    assert exact.form == modified_roots.EXACT
    other = modified_roots.HigherOrder(standard, modified_roots.by_covariances(standard), "", "")
    asked = asked_of(standard, results.model.exog_names[-1])
    for level in (-1.5, 0.05, 2.0):
        assert_allclose(other.roots(asked, level), exact.roots(asked, level), rtol=1e-6)


def test_which_law_is_a_full_exponential_family():
    rng = np.random.default_rng(2)
    exog = np.column_stack([np.ones(20), rng.normal(size=20)])
    counts, times = rng.poisson(np.exp(0.5 + 0.3 * exog[:, 1])), rng.gamma(2, 1, 20)
    exact = [
        fitted(counts, lk.Poisson(), exog),
        fitted(times, lk.Normal(), exog),
        fitted(np.minimum(counts, 4), lk.Binomial(), exog, trials=np.full(20, 4)),
        fitted(times, lk.Gamma(parameters=("mean", "shape"), links={"mean": "inverse"}), exog),
        fitted(times, lk.LogNormal()),
    ]
    curved = [
        fitted(times, lk.Gamma(parameters=("mean", "shape")), exog),
        fitted(counts, lk.NegativeBinomial()),
        fitted(times, lk.Weibull()),
    ]
    for group, form in ((exact, modified_roots.EXACT), (curved, modified_roots.SKOVGAARD)):
        for results in group:
            assert modified_roots.HigherOrder.of(Standard.of(results)).form == form, results.model


# Laws


def test_r_star_does_not_depend_on_coordinates(gamma):
    other = fitted(gamma.model.endog, lk.Gamma(parameters=("mean", "shape"), links={"mean": "identity"}))
    mean = gamma.r_star(lambda shape, scale: shape * scale, 8.0)
    assert_allclose(other.r_star("mean", 8.0).r_star, mean.r_star, rtol=1e-6)
    assert_allclose(other.r_star("shape", 3.0).r_star, gamma.r_star("shape", 3.0).r_star, rtol=1e-6)
    weibull = fitted(gamma.model.endog, lk.Weibull())
    whole = weibull.r_star("shape", 1.0)
    assert_allclose(weibull.r_star(lambda shape, scale: shape, 1.0).r_star, whole.r_star, rtol=1e-6)
    opposite = weibull.r_star(lambda shape, scale: 1 / shape, 1.0)
    assert_allclose([opposite.r_star, opposite.pvalue_less], [-whole.r_star, whole.pvalue_greater], rtol=1e-6)


def test_a_link_that_falls_turns_the_sign(gamma):
    inverse = fitted(gamma.model.endog, lk.Gamma(links={"scale": "inverse"}))
    assert_allclose(inverse.r_star("scale", 2.0).r_star, gamma.r_star("scale", 2.0).r_star, rtol=1e-7)
    assert_allclose(inverse.conf_int(method="r_star"), gamma.conf_int(method="r_star"), rtol=1e-5)


@pytest.mark.parametrize("family", [lk.Gamma(), lk.Weibull()])
def test_frequencies_are_repeated_rows(family):
    values, counts = np.array([0.5, 1.0, 2.5, 6.0]), [3, 1, 4, 2]
    weighted = fitted(values, family, freq_weights=counts).r_star("shape", 1.0)
    repeated = fitted(np.repeat(values, counts), family).r_star("shape", 1.0)
    assert_allclose([weighted.r, weighted.u], [repeated.r, repeated.u], rtol=1e-7)


def test_near_the_estimate_nothing_is_divided_by_nearly_nothing():
    """Of an exponential mean log(u / r) / r tends to -1 / (3 sqrt(n)) at the estimate: its third cumulant."""
    y = np.array([0.4, 2.5, 6.0, 1.1, 2.2])
    results = fitted(y, lk.Exponential())
    at = results.r_star("scale", y.mean())
    assert_allclose([at.r, at.r_star], [0.0, 1 / (3 * np.sqrt(5))], atol=1e-7)
    steps = np.array([-0.05, -1e-2, -1e-6, -1e-12, 1e-12, 1e-6, 1e-2, 0.05])
    found = [results.r_star("scale", y.mean() * (1 + step)) for step in steps]
    assert (np.diff([one.r_star for one in found]) <= 1e-9).all()
    for step, one in zip(steps, found, strict=True):
        x = 1 / (1 + step)
        if abs(step) > 1e-3:
            r = np.sign(x - 1) * np.sqrt(10 * (x - 1 - np.log(x)))
            assert_allclose(one.r_star, modified(r, np.sqrt(5) * (x - 1)), atol=1e-6)


def test_known_quantities_offsets_and_given_parameters():
    rng = np.random.default_rng(4)
    exog, sd = np.column_stack([np.ones(15), rng.normal(size=15)]), rng.uniform(1, 2, 15)
    y = exog @ [1.0, 0.5] + sd * rng.normal(size=15)
    given = fitted(y, lk.Normal(), exog, given={"sd": sd}).r_star("x1", 0.0)
    assert_allclose([given.u, given.r_star], [given.r, given.r], rtol=1e-7)  # exactly normal
    moved = fitted(y + 3 * exog[:, 1], lk.StudentT(df=5.0), exog, offset=3 * exog[:, 1])
    assert_allclose(moved.r_star("x1", 0.0).r_star, fitted(y, lk.StudentT(df=5.0), exog).r_star("x1", 0.0).r_star)


# Intervals


@pytest.mark.parametrize("alpha", [0.05, 0.5])
def test_the_ends_of_an_interval_have_the_level_as_p_value(gamma, alpha):
    for results in (gamma, fitted(gamma.model.endog, lk.Weibull())):
        for name, ends in zip(results.model.exog_names, results.conf_int(alpha, method="r_star"), strict=True):
            assert_allclose([results.r_star(name, end).pvalue for end in ends], alpha, rtol=1e-5)


def test_an_interval_of_an_exponential_mean_is_nearly_the_exact_one():
    y = np.array([0.4, 2.5, 6.0, 1.1, 2.2])
    exact = 2 * y.sum() / stats.chi2.ppf([0.975, 0.025], 10)
    results = fitted(y, lk.Exponential())
    assert_allclose(results.conf_int(method="r_star")[0], exact, rtol=0.002)
    assert abs(results.conf_int(method="profile")[0] / exact - 1).min() > 0.02


def test_an_interval_keeps_the_labels_of_the_data(gamma):
    results = fitted(pd.Series(gamma.model.endog, name="time"), lk.Gamma())
    assert list(results.conf_int(method="r_star").index) == ["shape", "scale"]


def test_an_end_that_is_not_there_is_no_number_and_said():
    """The profile of df is open above."""
    y = stats.t.ppf((np.arange(25) + 0.5) / 25, 6)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = fitted(y, lk.StudentT()).conf_int(method="r_star")
    assert np.isnan(found[2]).all()
    assert any(
        issubclass(one.category, InformationWarning) and "no interval by r* of df: " in str(one.message)
        for one in caught
    )


# Refusals


class Own(lk.LikelihoodModel):
    parameters = {"mean": lk.Real(), "sd": lk.Positive()}

    def loglikeobs(self, params):
        return stats.norm.logpdf(self.endog, *params)


def test_refused_by_name(gamma):
    y = gamma.model.endog
    with pytest.raises(NotAvailableError, match="own loglikeobs"):
        Own(y).fit().r_star("mean", 1.0)
    with pytest.raises(NotAvailableError, match="several columns"):
        fitted(y, lk.censored(lk.Exponential()), event=np.arange(12) % 2).r_star("scale", 1.0)
    with pytest.raises(NotAvailableError, match="prob_weights"):
        fitted(y, lk.Gamma(), prob_weights=np.linspace(1, 2, 12)).r_star("shape", 1.0)
    clustered = gamma.model.fit(cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(6), 2)})
    with pytest.raises(NotAvailableError, match="cluster"):
        clustered.conf_int(method="r_star")
    with pytest.raises(NotAvailableError, match="support moves"):
        fitted(y, lk.Uniform()).r_star("low", 0.0)
    with pytest.raises(NotAvailableError):
        fitted(y, lk.Laplace()).r_star("loc", 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nothing = fitted([0, 0, 0], lk.Poisson())
    with pytest.raises(NotAvailableError, match="not certified"):
        nothing.r_star("rate", 1.0)


def test_a_support_that_moves_has_no_covariances_of_scores():
    y = stats.genextreme.rvs(-0.1, size=40, random_state=np.random.default_rng(0))
    with pytest.raises(NotAvailableError, match="support moves with"):
        fitted(y, lk.GeneralizedExtremeValue()).r_star("shape", 0.3)


@pytest.mark.parametrize("value", [0.0, -1.0, np.inf])
def test_a_value_outside_its_space(gamma, value):
    with pytest.raises(ArgumentError, match="value"):
        gamma.r_star("shape", value)


@pytest.mark.parametrize("argument", ["of", "value"])
def test_nonsense_is_refused(gamma, argument):
    """What is a value is a number in its space; what is taken for a function of the parameters is one."""
    call = {"of": lambda v: gamma.r_star(v, 1.0), "value": lambda v: gamma.r_star("shape", v)}[argument]
    foreign, silent = swept(call)
    assert not foreign
    assert all(isinstance(values()[name], (int, float, np.number, np.ndarray, Fraction, Decimal)) for name in silent)


def test_in_words(gamma):
    said = " ".join(str(gamma.r_star("shape", 1.0)).split())
    assert said.startswith("shape = 1.000: r* = ")
    assert "by r = " in said
    assert "exact form of a full exponential family" in said
