"""Theorems are claimed where they hold, and not where the parameter leaves every statistic as it is."""

import numpy as np
import pytest
from scipy import special

import likelihood_kit as lk
from likelihood_kit.maximise.theorems import is_of_each_row, theorem_and_proof
from likelihood_kit.predictor import Predictor, iid_predictors


class Idle(lk.Family):
    """The second parameter is none: the first, the rate, alone makes an exponential family."""

    rate, idle = lk.Positive(), lk.Real()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, rate, idle):
        return np.log(rate) - y * rate + 0 * idle


class Constant(lk.Family):
    """A parameter that no statistic of the response meets."""

    a = lk.Real()

    @staticmethod
    def log_density(y, a):
        return -(y**2) / 2 - a**2


class Folded(lk.Family):
    """A normal law whose mean turns back twice: a stationary point may be one of the map alone."""

    theta = lk.Real()

    @staticmethod
    def log_density(y, theta):
        return -((y - (theta**3 - 3 * theta)) ** 2) / 2


class Even(lk.Family):
    """Counts of which the sign of theta says nothing: there are two maxima, equally high."""

    theta = lk.Real()
    support = lk.Integers(0, np.inf)

    @staticmethod
    def log_density(y, theta):
        return y * np.log(theta**2 + 1) - theta**2 - 1 - special.gammaln(y + 1)


class Jumping(lk.Family):
    """A normal law whose mean rises, and jumps back at 0: every mean between -2 and 2 is that of two values."""

    theta = lk.Real()

    @staticmethod
    def log_density(y, theta):
        return -((y - (theta - 2 * np.sign(theta))) ** 2) / 2


class Rising(lk.Family):
    """The mean is one to one on the numbers above 1 alone, where it rises."""

    theta = lk.Interval(1, np.inf)

    @staticmethod
    def log_density(y, theta):
        return -((y - (theta**3 - 3 * theta)) ** 2) / 2


class Odds(lk.Family):
    """Two coordinates in which the coefficients are triangular, one in a bounded interval."""

    share, spread = lk.UnitInterval(), lk.Positive()

    @staticmethod
    def log_density(y, share, spread):
        return -((y - np.log(share / (1 - share))) ** 2) / (2 * spread) - np.log(spread) / 2


CASES = {
    "a map that turns back": (Folded(), False),
    "a map of two halves": (Even(), False),
    "a map that jumps": (Jumping(), False),
    "a map that rises where it is used": (Rising(), True),
    "a triangular map": (Odds(), True),
    "truncated": (lk.truncated(lk.Gamma(), low=1.0), True),
    "one statistic": (Idle(idle=0.0), True),
    "one statistic for two parameters": (Idle(), False),
    "a statistic that does not move": (Idle(rate=1.0), False),
    "none of the response": (Constant(), False),
    "two for two": (lk.Normal(), True),
    "two for one": (lk.Normal(parameters=("mean", "variance"), variance=2.0), True),
    "no statistics": (lk.StudentT(), False),
    "a support that moves": (lk.Uniform(), False),
    "censored, by Burridge": (lk.censored(lk.LogNormal()), True),
    "censored, by Farnum and Booth": (lk.censored(lk.Weibull()), True),
    "censored, by none": (lk.censored(lk.Gamma()), False),
}


@pytest.mark.parametrize(("family", "holds"), CASES.values(), ids=CASES)
def test_of_identical_rows(family, holds):
    assert bool(theorem_and_proof(family, iid_predictors(family), {})[0]) == holds


def sorted_dummies(order):
    """A Gamma regression without a constant that has two maxima; its covariate is sorted, unless the rows are not."""
    x = np.repeat([0.5572109075177219, 0.783946801879878, 1.1359383744953502], 600)[order, None]
    y = np.repeat([3.791995177114061, 1.0283815826005007, 0.13726689123191887], 600)[order]
    return lk.LikelihoodModel(y, x, family=lk.Gamma()).fit()


def test_a_column_that_begins_like_a_constant_is_none():
    """The first 512 rows were taken for all: the lower of two maxima was global, by the order of the rows."""
    in_order = sorted_dummies(np.arange(1800))
    shuffled = sorted_dummies(np.random.default_rng(0).permutation(1800))
    assert in_order.certificate.grade == shuffled.certificate.grade == "highest found"
    np.testing.assert_allclose(in_order.params, shuffled.params, rtol=1e-6)


@pytest.mark.parametrize("columns", [1, 2])
def test_a_constant_of_many_rows_is_seen(columns):
    x = np.column_stack([np.full(2000, 3.0), np.random.default_rng(1).normal(size=2000)])[:, :columns]
    y = np.random.default_rng(2).gamma(2.0, 1.0, 2000)
    assert lk.LikelihoodModel(y, x, family=lk.Gamma()).fit().certificate.grade == "global"
    dummies = np.repeat(np.eye(2), 1000, axis=0)
    assert lk.LikelihoodModel(y, dummies, family=lk.Gamma()).fit().certificate.grade == "global"


def of_a_gamma_regression(columns):
    family = lk.Gamma()
    predictors = [
        Predictor(name, family.spaces[name], family.links[name], columns if name == "scale" else None, ("a", "b"))
        for name in family.parameter_names
    ]
    return theorem_and_proof(family, predictors, {})[0]


def test_a_theorem_that_needs_a_constant_has_one():
    """As a column, or as a combination of them."""
    x = np.random.default_rng(1).normal(size=1000)
    half = (np.arange(1000) % 2).astype(float)
    assert of_a_gamma_regression(np.column_stack([np.ones(1000), x]))
    assert of_a_gamma_regression(np.column_stack([half, 1 - half]))
    assert not of_a_gamma_regression(np.column_stack([half, x]))


def test_a_column_that_begins_as_a_constant_is_none():
    x = np.random.default_rng(1).normal(size=1000)
    first = (np.arange(1000) < 600).astype(float)
    assert not of_a_gamma_regression(np.column_stack([first, x]))


#: Rows, and what bends as rounding does: second differences, in units of the largest log density.
ROWS, ROUNDING = 40, 1e-12


def bends_upwards(family, driven, link, more):
    """Whether a log density of a row is somewhere not concave in its linear predictor, at random other parameters."""
    law, rng = family.law, np.random.default_rng(5)
    space = law.parameters[driven]
    eta = np.sort(rng.uniform(*space.link(link).forward(np.array(law.typical[driven])), (ROWS, 31)), axis=1)
    eta = np.linspace(eta[:, 0], eta[:, -1], 31, axis=1)
    others = {name: rng.uniform(*law.typical[name], (ROWS, 1)) for name in law.parameters if name != driven}
    known = {"trials": rng.integers(1, 9, (ROWS, 1))} if "trials" in law.known else {}
    theta = {**others, **known, driven: space.link(link).inverse(eta)}
    y = family.sample((ROWS, 1), rng, **{name: value[:, :1] for name, value in theta.items()})
    value = (lk.censored(family) if more else family).log_density(y, **more, **theta)
    second = np.diff(value, 2, axis=1)
    return bool(np.max(second) > ROUNDING * np.max(np.abs(value)))


OF_EACH_ROW = [
    (family, theorem, link, more)
    for family in lk.families.CATALOGUE.values()
    for theorem in family.law.theorems
    if is_of_each_row(theorem)
    for link in theorem.links
    for more in ({}, {"event": 0})[: 1 + theorem.censored]
]


@pytest.mark.parametrize(("family", "theorem", "link", "more"), OF_EACH_ROW)
def test_a_log_density_that_is_declared_concave_in_the_driven_parameter_is(family, theorem, link, more):
    assert not bends_upwards(family(), theorem.driven, link, more)


def test_a_log_density_that_is_not_concave_is_seen():
    """The control: the same check on laws and links for which nothing is declared."""
    assert bends_upwards(lk.StudentT(), "loc", "identity", {})
    assert bends_upwards(lk.Gamma(), "scale", "identity", {})


def test_a_theorem_that_asks_something_of_all_rows_is_none_of_each():
    alone = {"free": ("loc",), "driven": "loc", "links": ("identity",)}
    assert is_of_each_row(lk.UniqueMaximum("concave", "nowhere", **alone))
    for more in ({"where": lambda fixed: True}, {"of_samples": lambda fixed, y, weights: True}):
        assert not is_of_each_row(lk.UniqueMaximum("concave", "nowhere", **alone, **more))


def of_given(family, y, given, x=None, **more):
    return lk.LikelihoodModel(y, x, family=family, given=given, **more).fit().certificate


@pytest.mark.parametrize("design", [False, True])
def test_a_regression_with_a_given_sd_was_highest_found(design):
    """Weighted least squares have one maximum; a meta-analysis was searched for others."""
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(60), rng.normal(size=60)])
    sd = rng.uniform(0.3, 3.0, 60)
    y = x @ [1.0, 0.5] + sd * rng.normal(size=60)
    columns = x if design else None
    seen = {"event": (y < 1.5).astype(int)}
    shape = {"shape": sd}
    positive = np.exp(y)
    assert of_given(lk.Normal(), y, {"sd": sd}, columns).grade == "global"
    assert of_given(lk.censored(lk.Normal()), np.minimum(y, 1.5), {"sd": sd}, columns, **seen).grade == "global"
    for family in (lk.Weibull(), lk.Gamma()):
        assert of_given(family, positive, shape, columns).grade == "global"
    assert of_given(lk.LogNormal(), positive, {"sdlog": sd}, columns).grade == "global"


def test_what_is_given_of_each_row_gives_no_theorem_of_all_rows_together():
    rng = np.random.default_rng(4)
    sd, y = rng.uniform(0.3, 3.0, 60), rng.normal(size=60)
    for family, given in (
        (lk.Normal(), {"mean": sd}),  # the theorem on the sd alone is none of a row
        (lk.StudentT(df=4.0), {"scale": sd}),
        (lk.Gamma(links={"scale": "identity"}), {"shape": sd}),
    ):
        positive = isinstance(family, lk.Gamma)
        driven = np.column_stack([np.ones(60)]) if positive else None
        assert of_given(family, np.exp(y) if positive else y, given, driven).grade != "global"


class SeenOrNot(lk.Family):
    """A normal mean; all that is known of some values is that they are larger."""

    loc, seen = lk.Real(), lk.Observed(lk.Integers(0, 1))

    @staticmethod
    def log_density(y, seen, loc):
        return np.where(seen == 1, -((y - loc) ** 2) / 2, special.log_ndtr(loc - y))


@pytest.mark.parametrize("censored", [False, True])
def test_a_theorem_on_whole_samples_is_none_on_censored_ones(censored):
    theorem = lk.UniqueMaximum("concave", "nowhere", free=("loc",), censored=censored)
    family = type("Own", (SeenOrNot,), {"theorems": theorem})()
    assert bool(theorem_and_proof(family, iid_predictors(family), {})[0]) == censored
