"""Bounds that go beyond Cramer and Rao's, where they are known: of estimators that meet them, and in closed form."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, FormulaError, NotAvailableError, ParameterError


def variance_bounds(table):
    return table["variance_bound"].to_numpy()


# Bhattacharyya


@pytest.mark.parametrize("n", [1, 10, 1000])
@pytest.mark.parametrize("rate", [0.3, 2.0, 50.0])
def test_square_of_a_poisson_rate(n, rate):
    """4 rate^3 / n + 2 rate^2 / n^2, the variance of the unbiased estimator, and no more by order 3."""
    expected = 4 * rate**3 / n + 2 * rate**2 / n**2
    for order in (2, 3):
        table = lk.bhattacharyya_bound(lk.Poisson(), {"rate": rate}, n=n, of=lambda rate: rate**2, order=order)
        assert_allclose(variance_bounds(table), expected, rtol=1e-7)
    first = lk.bhattacharyya_bound(lk.Poisson(), {"rate": rate}, n=n, of=lambda rate: rate**2, order=1)
    assert_allclose(variance_bounds(first), 4 * rate**3 / n, rtol=1e-7)


@pytest.mark.parametrize("n", [2, 10])
def test_variance_of_a_normal_law(n):
    """2 sigma^4 / (n - 1) with an unknown mean, which the sample variance has; 2 sigma^4 / n is Cramer and Rao's."""
    table = lk.bhattacharyya_bound(lk.Normal(), {"mean": 1.0, "sd": 2.0}, n=n, of=lambda mean, sd: sd**2, order=2)
    assert_allclose(variance_bounds(table), 2 * 16 / (n - 1), rtol=1e-6)
    first = lk.bhattacharyya_bound(lk.Normal(), {"mean": 1.0, "sd": 2.0}, n=n, of=lambda mean, sd: sd**2, order=1)
    assert_allclose(variance_bounds(first), 2 * 16 / n, rtol=1e-7)


def test_product_of_bernoulli_probabilities():
    """p (1 - p) has the unbiased estimator x (n - x) / (n (n - 1)), whose variance is summed here."""
    p, n = 0.3, 10
    x = np.arange(n + 1)
    estimates, weights = x * (n - x) / (n * (n - 1)), stats.binom.pmf(x, n, p)
    variance = weights @ estimates**2 - (weights @ estimates) ** 2
    table = lk.bhattacharyya_bound(
        lk.Bernoulli(), {"probability": p}, n=n, of=lambda probability: probability * (1 - probability)
    )
    assert_allclose(variance_bounds(table), variance, rtol=1e-9)


@pytest.mark.parametrize(
    ("family", "theta"),
    [
        (lk.Gamma(), {"shape": 2.0, "scale": 3.0}),
        (lk.Weibull(), {"shape": 1.5, "scale": 2.0}),
        (lk.StudentT(df=5.0), {"loc": 0.0, "scale": 1.0}),
        (lk.LogNormal(), {"meanlog": 0.3, "sdlog": 0.5}),
    ],
)
def test_order_1_is_cramer_raos_and_higher_orders_are_never_below(family, theta):
    bounds = [variance_bounds(lk.bhattacharyya_bound(family, theta, n=20, order=order)) for order in (1, 2, 3)]
    assert_allclose(bounds[0], variance_bounds(lk.cramer_rao_bound(family, theta, n=20)), rtol=1e-6)
    assert (bounds[1] >= bounds[0] * (1 - 1e-9)).all()
    assert (bounds[2] >= bounds[1] * (1 - 1e-9)).all()


def test_fourth_order_of_a_normal_mean():
    """mean^4 has an unbiased estimator by Hermite polynomials: its variance is the sum of (d^k g)^2 v^k / k!."""
    mean, v = 1.2, 4.0 / 7
    slopes = [4 * mean**3, 12 * mean**2, 24 * mean, 24.0]
    expected = np.cumsum([s**2 * v**k / np.prod(range(1, k + 1)) for k, s in enumerate(slopes, 1)])
    family, theta = lk.Normal(sd=2.0), {"mean": mean}
    tables = [lk.bhattacharyya_bound(family, theta, n=7, of=lambda mean: mean**4, order=k) for k in (1, 2, 3, 4)]
    found = [variance_bounds(table) for table in tables]
    assert_allclose(np.ravel(found), expected, rtol=1e-6)


def test_where_there_is_no_bhattacharyya_bound():
    with pytest.raises(NotAvailableError):
        lk.bhattacharyya_bound(lk.Uniform(), {"low": 0.0, "high": 1.0})
    for order in (0, 7, 1.5, "2", True):
        with pytest.raises(ArgumentError, match="order"):
            lk.bhattacharyya_bound(lk.Poisson(), {"rate": 1.0}, order=order)
    with pytest.raises(ArgumentError, match="of must be a function"):
        lk.bhattacharyya_bound(lk.Poisson(), {"rate": 1.0}, of="rate")
    with pytest.raises(NotAvailableError, match="cannot be traced"):
        lk.bhattacharyya_bound(lk.Poisson(), {"rate": 1.0}, of=lambda rate: float(rate) ** 2)


@pytest.mark.parametrize("shape", [1e3, 1e5, 1e6, 1e8])
def test_near_singular_scores_lost_a_direction_of_order_2(shape):
    """In the limit of large shapes 1 + 23 / 28 times Cramer and Rao's bound at n = 5; 1.25 was given from 1e5 on."""
    theta = {"shape": shape, "scale": 1.0}
    found = variance_bounds(lk.bhattacharyya_bound(lk.Gamma(), theta, n=5))
    ratio = found / variance_bounds(lk.cramer_rao_bound(lk.Gamma(), theta, n=5))
    assert_allclose(ratio, [51 / 28, 5 / 4], rtol=1e-4)


@pytest.mark.parametrize(
    ("family", "theta"),
    [
        (lk.Gamma(), {"shape": 1e9, "scale": 1.0}),
        (lk.Gamma(), {"shape": 1e10, "scale": 1.0}),
        (lk.Gamma(), {"shape": 1e12, "scale": 1.0}),
        (lk.Bernoulli(), {"probability": 1e-300}),
    ],
)
def test_where_rounding_decides_a_bound_below_that_of_order_1_was_given(family, theta):
    with pytest.raises(NotAvailableError, match=r"rounding decides|does not converge"):
        lk.bhattacharyya_bound(family, theta, n=5)


@pytest.mark.parametrize("n", [1, 2])
def test_derivatives_that_are_combinations_of_others_took_from_a_bound(n):
    """Of a normal law the derivative by sd is sd times the second by mean: order 3 gave 0.25 of order 1 at n = 1."""
    theta = {"mean": 0.0, "sd": 1.0}
    bounds = [variance_bounds(lk.bhattacharyya_bound(lk.Normal(), theta, n=n, order=k)) for k in (1, 2, 3)]
    assert (np.diff(bounds, axis=0) >= -1e-9).all()


# Chapman and Robbins


@pytest.mark.parametrize("n", [1, 2, 10, 200])
def test_end_of_a_uniform_law(n):
    """max over h of h^2 / ((1 - h)^-n - 1), of which the maximum is found here by another search."""
    found = optimize.minimize_scalar(
        lambda h: -(h**2) / np.expm1(-n * np.log1p(-h)), bounds=(1e-9, 1 - 1e-9), method="bounded",
        options={"xatol": 1e-12},
    )  # fmt: skip
    table = lk.chapman_robbins_bound(lk.Uniform(low=0.0), {"high": 3.0}, n=n)
    assert_allclose(variance_bounds(table), -9 * found.fun, rtol=1e-6)
    assert_allclose(table["h(high)"], -3 * found.x, rtol=1e-2)
    both = lk.chapman_robbins_bound(lk.Uniform(), {"low": 0.0, "high": 3.0}, n=n)
    assert_allclose(variance_bounds(both), -9 * found.fun, rtol=1e-4)


def test_a_regular_law_has_cramer_raos_bound_in_the_limit():
    table = lk.chapman_robbins_bound(lk.Normal(sd=2.0), {"mean": 1.0}, n=10)
    assert_allclose(variance_bounds(table), 0.4, rtol=1e-3)
    rate = lk.chapman_robbins_bound(lk.Exponential(), {"scale": 2.0}, n=10)
    assert 0.4 * (1 - 1e-6) <= variance_bounds(rate)[0] <= 10 * 4 / 10


def test_bounds_hold_for_the_estimators_that_there_are():
    """The unbiased (n + 1) / n max of a uniform law has variance high^2 / (n (n + 2))."""
    for n in (1, 5, 50):
        bound = variance_bounds(lk.chapman_robbins_bound(lk.Uniform(low=0.0), {"high": 1.0}, n=n))[0]
        assert bound <= 1 / (n * (n + 2))
        assert bound >= 0.6 / (n * (n + 2))


def test_barankin_by_more_points_is_higher():
    """By ever more points it tends to the variance of the best unbiased estimator."""
    truth, best = {"high": 1.0}, 1 / (10 * 12)
    bounds = [
        variance_bounds(lk.barankin_bound(lk.Uniform(low=0.0), truth, [{"high": float(h)} for h in highs], n=10))[0]
        for highs in ([0.87], [0.87, 0.7], np.linspace(0.5, 0.98, 12))
    ]
    one = variance_bounds(lk.chapman_robbins_bound(lk.Uniform(low=0.0), truth, n=10))[0]
    assert bounds[0] <= one
    assert bounds[0] < bounds[1] < bounds[2] < best
    assert bounds[2] > 0.97 * best


def test_what_is_no_displacement():
    with pytest.raises(NotAvailableError, match="outside the support"):
        lk.barankin_bound(lk.Uniform(low=0.0), {"high": 1.0}, [{"high": 1.5}])
    for points in ([], None, {"high": 0.5}, "ab"):
        with pytest.raises(ArgumentError, match="points"):
            lk.barankin_bound(lk.Uniform(low=0.0), {"high": 1.0}, points)
    with pytest.raises(ArgumentError, match="law of theta itself"):
        lk.barankin_bound(lk.Poisson(), {"rate": 1.0}, [{"rate": 1.0}])
    with pytest.raises(ParameterError):
        lk.barankin_bound(lk.Poisson(), {"rate": 1.0}, [{"rate": -1.0}])
    with pytest.raises(ArgumentError, match="of cannot be evaluated"):
        lk.chapman_robbins_bound(lk.Poisson(), {"rate": 1.0}, of=lambda rate: 1 / 0)


@pytest.mark.parametrize(
    ("family", "theta", "n"),
    [
        (lk.Normal(sd=1e-6), {"mean": 1.0}, 100),
        (lk.Normal(sd=1.0), {"mean": 1e9}, 1),
        (lk.Poisson(), {"rate": 1e4}, 10**4),
        (lk.Exponential(), {"scale": 2.0}, 10**12),
        (lk.Bernoulli(), {"probability": 0.5}, 10**12),
        (lk.Exponential(), {"scale": 2.0}, 10**30),
    ],
)
def test_rounding_at_tiny_displacements_made_a_bound_above_that_of_the_best_estimator(family, theta, n):
    """The mean meets Cramer and Rao's bound in each of them, so that no bound is higher."""
    table = lk.chapman_robbins_bound(family, theta, n=n)
    assert_allclose(variance_bounds(table), variance_bounds(lk.cramer_rao_bound(family, theta, n=n)), rtol=1e-9)
    assert table.iloc[0, -1] == 0


@pytest.mark.parametrize("step", [3.06e-8, 1e-8, 1e-4])
def test_a_test_point_near_theta_gave_a_bound_by_rounding(step):
    """One near point gives Cramer and Rao's bound."""
    family, theta = lk.Gamma(scale=3.0), {"shape": 2.0}
    table = lk.barankin_bound(family, theta, [{"shape": 2.0 + step}], n=10)
    assert_allclose(variance_bounds(table), variance_bounds(lk.cramer_rao_bound(family, theta, n=10)), rtol=5e-4)


def test_where_rounding_decides_of_a_test_point_is_refused():
    with pytest.raises(ArgumentError, match="rounding decides"):
        lk.barankin_bound(lk.Gamma(scale=3.0), {"shape": 2.0}, [{"shape": 2.0 + 1e-12}], n=10)
    with pytest.raises(NotAvailableError, match="rounding decides"):
        lk.chapman_robbins_bound(lk.Uniform(low=0.0), {"high": 2.0}, n=10**30)


def test_an_infinite_supremum_was_a_huge_number():
    table = lk.chapman_robbins_bound(lk.StudentT(loc=0.0, scale=1.0), {"df": 3.0}, n=5)
    assert variance_bounds(table) == np.inf
    assert table["h(df)"].iloc[0] == np.inf
    jump = lk.chapman_robbins_bound(lk.Gamma(scale=3.0), {"shape": 2.0}, n=5, of=lambda shape: np.floor(shape))
    assert variance_bounds(jump) == np.inf
    within = lk.chapman_robbins_bound(lk.Gamma(scale=3.0), {"shape": 2.5}, n=5, of=lambda shape: np.floor(shape))
    assert 0 < variance_bounds(within) < np.inf


def test_why_there_is_no_bound_by_displacements_was_told_wrongly():
    constant = lk.chapman_robbins_bound(lk.Poisson(), {"rate": 2.0}, n=5, of=lambda rate: 4.0)
    assert variance_bounds(constant) == 0
    with pytest.raises(NotAvailableError, match="further columns"):
        lk.chapman_robbins_bound(lk.censored(lk.Exponential(), limit=3.0), {"scale": 1.0})
    for bound, points in ((lk.chapman_robbins_bound, ()), (lk.barankin_bound, ([{"probability": 0.4}],))):
        with pytest.raises(ParameterError, match="needs trials; pass it by keyword"):
            bound(lk.Binomial(), {"probability": 0.3}, *points, n=10)
    for points in ([1], iter([{"rate": 2.0}]), pd.DataFrame({"rate": np.arange(50.0)})):
        with pytest.raises(ArgumentError, match="give a list of dicts") as told:
            lk.barankin_bound(lk.Poisson(), {"rate": 1.0}, points)
        assert len(str(told.value)) < 200


def test_a_family_without_a_free_parameter():
    family = lk.Gamma(shape=2.0, scale=3.0)
    for bound in (lk.cramer_rao_bound, lk.chapman_robbins_bound, lk.bhattacharyya_bound, lk.cox_snell_bias,
                  lk.van_trees_bound):  # fmt: skip
        with pytest.raises(ArgumentError, match="has no free parameter"):
            bound(family, {})
    with pytest.raises(ArgumentError, match="has no free parameter"):
        lk.barankin_bound(family, {}, [{}])


@pytest.mark.parametrize("log_density", [lambda y, scale: np.sum(-y / scale - np.log(scale)), lambda y, scale: -1.0])
def test_a_log_density_of_one_number_for_all_was_an_index_error(log_density):
    body = {"scale": lk.Positive(), "support": lk.Interval(0, np.inf), "log_density": staticmethod(log_density)}
    with pytest.raises(FormulaError, match="one number for many observations"):
        lk.cramer_rao_bound(type("Own", (lk.Family,), body)(), {"scale": 2.0})


# Van Trees


@pytest.mark.parametrize("n", [1, 4, 100])
def test_conjugate_normal_prior(n):
    """The posterior variance, which the posterior mean has."""
    table = lk.van_trees_bound(lk.Normal(sd=2.0), {"mean": stats.norm(1, 3)}, n=n)
    assert_allclose(variance_bounds(table), 1 / (n / 4 + 1 / 9), rtol=1e-8)
    assert_allclose(table["value"], 1.0, rtol=1e-8)


def test_poisson_rate_under_a_gamma_prior():
    """E[1 / rate] = b / (a - 1), and the prior's own information b^2 / (a - 2)."""
    a, b, n = 5.0, 2.0, 10
    table = lk.van_trees_bound(lk.Poisson(), {"rate": stats.gamma(a, scale=1 / b)}, n=n)
    assert_allclose(variance_bounds(table), 1 / (n * b / (a - 1) + b**2 / (a - 2)), rtol=1e-6)
    assert variance_bounds(table)[0] <= (a / b) / (b + n)  # the Bayes risk of the posterior mean


def test_van_trees_of_a_function():
    """Of mean^3: E[3 mean^2]^2 over the information."""
    table = lk.van_trees_bound(lk.Normal(sd=1.0), {"mean": stats.norm(0, 1)}, n=4, of=lambda mean: mean**3)
    assert_allclose(variance_bounds(table), 9 / 5, rtol=1e-7)


def test_priors_that_are_refused():
    for prior, words in (
        ({"mean": stats.uniform(0, 1)}, "does not vanish at 0"),
        ({"mean": stats.expon()}, "does not vanish at 0"),
    ):
        with pytest.raises(NotAvailableError, match=words):
            lk.van_trees_bound(lk.Normal(sd=1.0), prior)
    for prior in ({"mean": 3}, {"men": stats.norm()}, {}, None, {"mean": stats.norm(), "sd": stats.norm()}):
        with pytest.raises(ArgumentError, match="prior"):
            lk.van_trees_bound(lk.Normal(sd=1.0), prior)
    with pytest.raises(ArgumentError, match="leaves the space"):
        lk.van_trees_bound(lk.Poisson(), {"rate": stats.norm()})
    with pytest.raises(NotAvailableError, match="support moves"):
        lk.van_trees_bound(lk.Uniform(low=0.0), {"high": stats.gamma(5)})


@pytest.mark.parametrize("a", [2.05, 2.5, 3.0, 5.0, 40.0])
def test_information_of_a_prior_was_cut_off_at_its_ends(a):
    """1 / (n / (b (a - 1)) + 1 / (b^2 (a - 2)))."""
    b, n = 2.0, 10
    exact = 1 / (n / (b * (a - 1)) + 1 / (b**2 * (a - 2)))
    table = lk.van_trees_bound(lk.Poisson(), {"rate": stats.gamma(a, scale=b)}, n=n)
    assert_allclose(variance_bounds(table), exact, rtol=1e-6)


def test_information_of_a_prior_with_two_ends_or_a_kink():
    table = lk.van_trees_bound(lk.Bernoulli(), {"probability": stats.beta(3, 3)}, n=4)
    assert_allclose(variance_bounds(table), 1 / 60, rtol=1e-6)
    kink = lk.van_trees_bound(lk.Normal(sd=1.0), {"mean": stats.laplace(0, 1)}, n=4)
    assert_allclose(variance_bounds(kink), 1 / 5, rtol=1e-6)
    heavy = lk.van_trees_bound(lk.Normal(sd=1.0), {"mean": stats.t(3)}, n=4)
    assert_allclose(variance_bounds(heavy), 1 / (4 + 2 / 3), rtol=1e-6)  # (df + 1) / (df + 3)
    with pytest.raises(NotAvailableError, match="not known to 1e-06"):
        lk.van_trees_bound(lk.Bernoulli(), {"probability": stats.beta(2.1, 2.1)}, n=4)
    with pytest.raises(NotAvailableError, match="not known to 1e-06"):
        lk.van_trees_bound(lk.Poisson(), {"rate": stats.gamma(2.02)})
    with pytest.raises(NotAvailableError, match="infinite, or not known"):
        lk.van_trees_bound(lk.Poisson(), {"rate": stats.gamma(1.9)})


def test_priors_that_are_no_single_law():
    for prior in (stats.norm([0, 1], 1), stats.norm(0, -1)):
        with pytest.raises(ArgumentError, match="prior of mean"):
            lk.van_trees_bound(lk.Normal(sd=1.0), {"mean": prior})


def test_a_prior_that_is_not_frozen_was_a_type_error():
    for prior, words in ((stats.gamma, r"stats.gamma\(2\)"), (stats.beta, r"stats.beta\(2, 2\)")):
        with pytest.raises(ArgumentError, match=f"give a frozen law, such as scipy.{words}"):
            lk.van_trees_bound(lk.Poisson(), {"rate": prior})


@pytest.mark.parametrize("loc", [0.0, 1.0])
def test_bhattacharyya_of_a_cauchy_law_at_any_place(loc):
    """At loc 0 terms cancel to exact zeros far out, and the bound was refused; at loc 1 they do not."""
    found = lk.bhattacharyya_bound(lk.Cauchy(), {"loc": loc, "scale": 0.5}, n=10, order=2)
    assert_allclose(found["variance_bound"], 0.2363636363636 * 0.25, rtol=1e-10)
