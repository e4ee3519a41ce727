"""A maximum is certified; where there is none, words say so, with the direction in which the likelihood rises."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats
from scipy.optimize import linprog

import likelihood_kit as lk


def with_constant(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns])


def counts_of(rate, n, seed):
    return np.random.default_rng(seed).poisson(rate, n)


SOUND = {
    "normal": (np.random.default_rng(1).normal(3, 2, 50), None, lk.Normal()),
    "gamma": (np.random.default_rng(1).gamma(2, 3, 50), None, lk.Gamma()),
    "weibull": (np.random.default_rng(1).weibull(0.7, 50), None, lk.Weibull()),
    "student": (np.random.default_rng(1).standard_t(3, 200), None, lk.StudentT()),
    "poisson": (counts_of(0.2, 30, 1), None, lk.Poisson()),
    "bernoulli": ([0, 1, 1, 0, 1], None, lk.Bernoulli()),
    "logit": ([0, 1, 0, 1, 1], with_constant([1.0, 2, 3, 4, 5]), lk.Bernoulli()),
    "two values": ([-1.0, 1.0, 1.0], None, lk.Normal()),
}


@pytest.mark.parametrize(("y", "exog", "family"), SOUND.values(), ids=SOUND)
def test_a_healthy_fit_is_certified(y, exog, family, fit):
    """The negative control of everything below."""
    certificate = fit(y, exog, family=family).certificate
    assert certificate.ok
    assert not certificate.reasons
    assert not certificate.rising
    assert certificate.newton_decrement < 1e-6
    assert 0 < certificate.curvature <= 1 + 1e-9
    assert str(certificate).startswith(f"maximum certified ({certificate.grade})")
    if certificate.theorem:
        # Nothing else is looked for.
        assert certificate.grade == "global"
        assert certificate.restarts == 0
        assert certificate.least_fall is None or certificate.least_fall > 0
        assert certificate.theorem in str(certificate)
    else:
        assert 0 < certificate.agreeing <= certificate.restarts
        assert certificate.least_fall > 0


X5 = np.arange(1.0, 6)
HALVES = np.repeat([1.0, 0.0], 4)
RISING = {
    "all zero": (np.zeros(6), None, lk.Bernoulli(), "probability runs to 0"),
    "all one": (np.ones(6), None, lk.Bernoulli(), "probability runs to 1"),
    "no counts": (np.zeros(6), None, lk.Poisson(), "rate runs to 0"),
    "no counts at all": (np.zeros(8), with_constant(np.arange(8.0)), lk.Poisson(), "const falls without bound"),
    "no counts in a group": (4 * (1 - HALVES), with_constant(HALVES), lk.Poisson(), "x1 falls without bound"),
    "all one in a regression": (np.ones(5), with_constant(X5), lk.Bernoulli(), "const grows without bound"),
    "complete separation": ([0, 0, 0, 1, 1], with_constant(X5), lk.Bernoulli(), "x1 grows without bound"),
    "separation downwards": ([1, 1, 0, 0, 0], with_constant(X5), lk.Bernoulli(), "x1 falls without bound"),
    "separation, probit": (
        [0, 0, 0, 1, 1], with_constant(X5), lk.Bernoulli(links={"probability": "probit"}), "x1 grows without bound",
    ),
    "quasi-separation": ([0, 0, 0, 1, 1, 0, 1], with_constant([*X5, 4, 4]), lk.Bernoulli(), "x1 grows without bound"),
    "a cell of ones": ([0, 1, 1, 1], with_constant([0, 0, 1, 1.0]), lk.Bernoulli(), "x1 grows without bound"),
    "small units": (4 * (1 - HALVES), with_constant(1e-9 * HALVES), lk.Poisson(), "x1 falls without bound"),
    "large units": ([0, 0, 0, 1, 1], with_constant(1e9 * X5), lk.Bernoulli(), "x1 grows without bound"),
    "t on a uniform sample": (np.random.default_rng(2).uniform(size=200), None, lk.StudentT(), "df runs to infinity"),
    "t on a normal sample": (np.random.default_rng(2).normal(size=200), None, lk.StudentT(), "df runs to infinity"),
    "t on normal scores": (stats.norm.ppf((np.arange(60) + 0.5) / 60), None, lk.StudentT(), "df runs to infinity"),
}  # fmt: skip


@pytest.mark.parametrize(("y", "exog", "family", "direction"), RISING.values(), ids=RISING)
def test_no_maximum(y, exog, family, direction, fit):
    results = fit(np.asarray(y, dtype=float), exog, family=family)
    certificate = results.certificate
    assert not certificate.ok
    assert certificate.grade == ""
    assert any(direction in words for words in certificate.rising), certificate.rising
    assert "the log likelihood keeps rising as" in str(certificate)
    assert "no maximum exists" in str(certificate)


@pytest.mark.parametrize("y", [3 + 2 * X5, 0.1 + 0.3 * X5, 1e6 - 7.1 * X5, 1e12 + 0.3 * X5, np.full(5, 2.0)])
def test_perfect_fit(y, fit):
    """To rounding: the residuals are 0, or a few units in the last place."""
    results = fit(y, with_constant(X5), family=lk.Normal())
    assert re.search("keeps rising as|fits every observation to rounding", str(results.certificate))
    assert not results.certificate.ok
    sound = fit(y + 1e-6 * np.abs(y).max() * np.array([1, -1, 0, 1, -1]), with_constant(X5), family=lk.Normal())
    assert sound.certificate.ok


def separable(y, exog):
    """Whether some direction of the predictors never contradicts the outcome: Albert and Anderson (1984)."""
    signed = (2 * y - 1)[:, None] * exog / np.abs(exog).max(axis=0)
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=(-1, 1))
    return -found.fun > 1e-7


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_separation_was_certified_and_sound_fits_were_not(link, fit):
    """One fit in ten of such designs: restarts left the balance of const and a column far from zero."""
    family, found = lk.Bernoulli(links={"probability": link}), []
    for seed in range(100):
        rng = np.random.default_rng([seed, 11])
        n, q = int(rng.choice([6, 10, 30, 100])), int(rng.integers(1, 5))
        far = rng.choice([0, 0, 10.0], size=q - 1)
        exog = with_constant(np.ones(n), *(rng.normal(size=(n, q - 1)) * 10 ** rng.uniform(-4, 4, q - 1) + far).T)[
            :, 1:
        ]
        slopes = rng.normal(0, 1.5, size=q) / np.abs(exog).max(axis=0)
        y = (rng.random(n) < family.links["probability"].inverse(exog @ slopes)).astype(float)
        certificate = fit(y, exog, family=family).certificate
        found.append(separable(y, exog))
        assert certificate.ok != found[-1], (seed, certificate)
        assert bool(certificate.rising) == found[-1], (seed, certificate)
    assert 10 < sum(found) < 90


# Parameters that the data cannot tell apart


class Sum(lk.Family):
    a, b, sd = lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, a, b, sd):
        return -np.log(sd) - ((y - a - b) / sd) ** 2 / 2


class Ratio(lk.Family):
    a, b = lk.Positive(), lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, a, b):
        return np.log(a / b) - y * a / b


class Idle(lk.Family):
    rate, idle = lk.Positive(), lk.Real()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, rate, idle):
        return np.log(rate) - y * rate + 0 * idle


Y = np.random.default_rng(3).exponential(2, 50)
UNIDENTIFIED = {
    "sum": (Sum(), r"level as .*(a runs to .*b runs to|b runs to .*a runs to)"),
    "ratio": (Ratio(), r"level as a runs to (0|infinity) and b runs to \1|and a runs to"),
    "idle": (Idle(), "level as idle runs to"),
}


@pytest.mark.parametrize(("family", "words"), UNIDENTIFIED.values(), ids=UNIDENTIFIED)
def test_parameters_that_are_not_identified(family, words, fit):
    certificate = fit(Y, family=family).certificate
    assert not certificate.ok
    assert "not positive definite: some parameters are not identified" in str(certificate)
    assert re.search(words, str(certificate))


# More than one maximum


CAUCHY = lk.StudentT(df=1.0, scale=1.0)


def highest(y):
    grid = np.linspace(min(y), max(y), 2001)
    values = stats.cauchy.logpdf(np.asarray(y)[:, None], grid).sum(axis=0)
    near = grid[np.argmax(values)]
    width = grid[1] - grid[0]
    return optimize.minimize_scalar(
        lambda m: -stats.cauchy.logpdf(y, m).sum(), bounds=(near - width, near + width), options={"xatol": 1e-10}
    ).x


@pytest.mark.parametrize("start", [[-2.0], [9.0], [4.0]])
def test_restarts_find_the_higher_of_two_maxima(start, fit):
    y = [-3.0, -2.5, -2.2, -1.9, 2.4, 2.6]
    results = fit(y, family=CAUCHY, start=start)
    assert results.certificate.ok
    assert_allclose(results.params[0], highest(y), atol=1e-7)


def test_two_equally_high_maxima_are_told(fit):
    """They agreed in height, and so passed for one."""
    certificate = fit([-2.0, 2.0, -2.1, 2.1], family=CAUCHY).certificate
    assert not certificate.ok
    assert "another, equally high maximum" in str(certificate)


def test_a_start_on_a_saddle(fit):
    results = fit([-10.0, -9.5, 9.5, 10.0, 10.2], family=CAUCHY, start=[0.0])
    assert_allclose(results.params[0], highest([-10.0, -9.5, 9.5, 10.0, 10.2]), atol=1e-6)


def test_a_start_at_the_lower_of_two_maxima_far_apart(fit):
    """Restarts around a user's start never crossed the valley: the search now begins at the model's own start too."""
    y = [0.0, 0.1, 0.2, -0.3, 20.0, 20.5, 19.8]
    results = fit(y, family=CAUCHY, start=[20.0])
    assert_allclose(results.params[0], highest(y), atol=1e-6)


def test_a_start_from_which_there_is_no_way(fit):
    y = np.random.default_rng(1).gamma(2, 3, 50)
    far, near = (fit(y, family=lk.Gamma(), start=start) for start in ([1e70, 1e-70], None))
    assert far.certificate.ok
    assert_allclose(far.params, near.params, rtol=1e-8)


@pytest.mark.parametrize(
    ("family", "maximum"),
    [(lk.Normal(), (1.5, 0.5)), (lk.LogNormal(), (np.log(2) / 2, np.log(2) / 2)),
     (lk.StudentT(df=5.0), (1.5, 0.5)), (lk.StudentT(df=1.5), (1.5, 0.5))],
    ids=["normal", "lognormal", "t of 5 df", "t of 1.5 df"],
)  # fmt: skip
def test_two_observations_were_said_not_to_support_two_parameters(family, maximum, fit):
    """The middle and half the distance: the scores of both are zero there, whatever df."""
    found = fit([1.0, 2.0], family=family)
    assert (found.certificate.ok, found.certificate.grade) == (True, "global")
    assert_allclose(found.params, maximum, rtol=1e-8)


@pytest.mark.parametrize("family", [lk.Normal(), lk.Gamma(), lk.Weibull()], ids=["normal", "gamma", "weibull"])
def test_two_equal_observations_have_no_maximum(family, fit):
    """The negative control."""
    assert not fit([2.0, 2.0], family=family).certificate.ok


class Ratio(lk.Family):
    """Of one observation a and b are not told apart."""

    a, b, sd = lk.Real(), lk.Real(), lk.Positive()

    @staticmethod
    def log_density(y, a, b, sd):
        return -((y - a - b) ** 2) / 2 - (np.log(sd) - 1) ** 2


def test_few_rows_are_said_to_be_too_few(fit):
    for y, words in (([1.0], "1 observation cannot"), ([1.0, 2.0], "2 observations cannot")):
        assert fit(y, family=Ratio()).certificate.reasons == (f"{words} identify 3 parameters",)
    assert "not identified" in str(fit([1.0, 2.0, 4.0], family=Ratio()).certificate)
