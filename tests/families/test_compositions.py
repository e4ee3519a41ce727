"""Truncated and censored laws: mass, derivatives, information, tails, and what they keep of their parts."""

import pickle

import numpy as np
import pytest
from mpmath import mp
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate, optimize, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError, ParameterError

PARTS = {
    "normal": (lk.Normal(), {"mean": 2.0, "sd": 1.5}),
    "weibull": (lk.Weibull(), {"shape": 1.4, "scale": 2.5}),
    "gamma": (lk.Gamma(), {"shape": 2.2, "scale": 1.3}),
    "gamma in its mean": (lk.Gamma(parameters=("mean", "shape")), {"mean": 2.9, "shape": 2.2}),
    "one held fixed": (lk.Weibull(shape=1.4), {"scale": 2.5}),
    "counts": (lk.Poisson(), {"rate": 3.0}),
}
LIMIT, LOW, HIGH = 4.0, 1.0, 5.0
COMPOSED = {
    "censored": lk.censored,
    "low": lambda part: lk.truncated(part, low=LOW),
    "high": lambda part: lk.truncated(part, high=HIGH),
    "both": lambda part: lk.truncated(part, low=LOW, high=HIGH),
    "censored, truncated": lambda part: lk.censored(lk.truncated(part, low=LOW)),
}


@pytest.fixture(params=PARTS.values(), ids=PARTS)
def part(request):
    return request.param


@pytest.fixture(params=COMPOSED.values(), ids=COMPOSED)
def composed(request, part):
    family, theta = part
    return request.param(family), theta


def at(family, theta, y, event):
    """Log density, with the event where the response has one."""
    further = {"event": event} if "event" in family.law.observed else {}
    return lambda **moved: family.log_density(y, **further, **{**theta, **moved})


def test_score_and_hessian_are_derivatives(composed):
    family, theta = composed
    y, event = np.array([2.0, 3.0, 4.0, 3.0]), np.array([1, 0, 1, 0])
    further = {"event": event} if "event" in family.law.observed else {}
    score, hessian = family.score(y, **further, **theta), family.hessian(y, **further, **theta)
    weights = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}  # Fornberg (1988), table 1
    for j, (name, value) in enumerate(theta.items()):
        h = 0.01 * value
        slope = sum(
            w
            * (
                at(family, theta, y, event)(**{name: value + k * h})
                - at(family, theta, y, event)(**{name: value - k * h})
            )
            for k, w in weights.items()
        )
        assert_allclose(score[:, j], slope / h, rtol=1e-8, atol=1e-9)
        bend = sum(
            w
            * (
                family.score(y, **further, **{**theta, name: value + k * h})
                - family.score(y, **further, **{**theta, name: value - k * h})
            )
            for k, w in weights.items()
        )
        assert_allclose(hessian[:, :, j], bend / h, rtol=1e-7, atol=1e-8)


def test_the_whole_mass_is_one(composed):
    family, theta = composed
    if "event" in family.law.observed:
        low, _ = family.support.ends(theta)
        if family.discrete:
            points = np.arange(low, LIMIT + 1)
            seen = family.density(points, event=1, **theta).sum()
        else:
            seen = integrate.quad(lambda y: float(family.density(y, event=1, **theta)), low, LIMIT, epsabs=1e-12)[0]
        assert_allclose(seen + family.density(LIMIT, event=0, **theta), 1, rtol=1e-9)
        return
    low, high = family.support.ends(theta)
    if family.discrete:
        assert_allclose(family.density(np.arange(low, min(high, 200) + 1), **theta).sum(), 1, rtol=1e-9)
    else:
        total = integrate.quad(lambda y: float(family.density(y, **theta)), low, high, epsabs=1e-12)[0]
        assert_allclose(total, 1, rtol=1e-9)
    assert family.density(low - 0.5, **theta) == 0


def test_information_is_the_variance_of_the_score(composed):
    """Over 200,000 draws, each entry within five of its standard errors: false alarms below 1e-4 for all."""
    family, theta = composed
    limit = {"limit": LIMIT} if "event" in family.law.observed else {}
    drawn = family.sample(200_000, 7, **limit, **theta)
    y, further = (drawn.y, {"event": drawn.event}) if limit else (drawn, {})
    score = family.score(y, **further, **theta)
    products = score[:, :, None] * score[:, None, :]
    errors = products.std(axis=0) / np.sqrt(len(score))
    assert (np.abs(products.mean(axis=0) - family.expected_information(**limit, **theta)) < 5 * errors).all()
    assert (np.abs(score.mean(axis=0)) < 5 * score.std(axis=0) / np.sqrt(len(score))).all()


def test_a_fit_is_the_maximum(composed):
    """Of the log likelihood written with scipy's minimiser."""
    family, theta = composed
    limit = {"limit": LIMIT} if "event" in family.law.observed else {}
    drawn = family.sample(300, 3, **limit, **theta)
    y, further = (drawn.y, {"event": drawn.event}) if limit else (drawn, {})
    results = lk.LikelihoodModel(y, family=family, **further).fit()
    assert results.certificate.ok
    names, best = list(theta), results.params

    def minus(units):
        return -family.log_density(y, **further, **dict(zip(names, best * units, strict=True))).sum()

    found = optimize.minimize(minus, np.full(len(names), 1.02), method="Nelder-Mead", options={"fatol": 1e-9})
    assert -results.llf <= found.fun + 1e-7
    truth = -family.log_density(y, **further, **theta).sum()
    assert 0 <= truth + results.llf < 12  # half a chi-square of 1 or 2: 1e-5


LAWS = {
    "normal": (lk.Normal(), {"mean": 2.0, "sd": 1.5}, stats.norm(2.0, 1.5)),
    "weibull": (lk.Weibull(), {"shape": 1.4, "scale": 2.5}, stats.weibull_min(1.4, scale=2.5)),
    "gamma": (lk.Gamma(), {"shape": 2.2, "scale": 1.3}, stats.gamma(2.2, scale=1.3)),
    "student": (lk.StudentT(), {"loc": 2.0, "scale": 1.5, "df": 4.0}, stats.t(4.0, 2.0, 1.5)),
    "counts": (lk.Poisson(), {"rate": 3.0}, stats.poisson(3.0)),
}


@pytest.mark.parametrize(("low", "high"), [(LOW, None), (None, HIGH), (LOW, HIGH)], ids=["low", "high", "both"])
@pytest.mark.parametrize(("part", "theta", "law"), LAWS.values(), ids=LAWS)
def test_tails_and_quantiles_of_what_is_left(part, theta, low, high, law):
    """(F(y) - F(low)) / (F(high) - F(low)), of counts from the value before low on, and the same upside down."""
    family = lk.truncated(part, low=low, high=high)
    below = 0.0 if low is None else law.cdf(low - 1 if part.discrete else low)
    mass = (1.0 if high is None else law.cdf(high)) - below
    y = np.array([1.0, 2.0, 3.0, 4.0]) if part.discrete else np.array([1.2, 2.0, 3.1, 4.7])
    cdf = (law.cdf(y) - below) / mass
    assert_allclose(family.cdf(y, **theta), cdf, rtol=1e-8)
    assert_allclose(family.survival(y, **theta), 1 - cdf, rtol=1e-7)
    assert_allclose(family.log_cdf(y, **theta), np.log(cdf), rtol=1e-8)
    assert_allclose(family.log_survival(y, **theta), np.log1p(-cdf), rtol=1e-7)
    q = np.array([0.03, 0.4, 0.8, 0.99])
    assert_allclose(family.ppf(q, **theta), law.ppf(below + q * mass), rtol=1e-7)
    # Shown able to fail: what is not truncated has other tails.
    assert np.abs(law.cdf(y) - cdf).max() > 0.01


def test_links_coordinates_and_fixed_values_are_kept():
    part = lk.Gamma(parameters=("mean", "shape"), links={"mean": "identity"}, shape=2.0)
    family = lk.censored(lk.truncated(part, low=0.5))
    assert family.parameter_names == ("mean",)
    assert family.fixed == {"shape": 2.0}
    assert family.links["mean"].name == "identity"
    assert repr(family) == f"censored(truncated({part!r}, low=0.5))"
    twin = pickle.loads(pickle.dumps(family))
    assert_array_equal(
        twin.log_density([1.0, 2.0], event=[1, 0], mean=2.0), family.log_density([1.0, 2.0], event=[1, 0], mean=2.0)
    )
    assert twin.law.kept_sources


@pytest.mark.parametrize("shape", [0.01, 0.5, 3.0, 80.0, 1e4])
@pytest.mark.parametrize("survival", [1e-30, 1e-8, 0.5, 1 - 1e-9])
def test_tail_of_a_gamma_law_against_mpmath(shape, survival):
    """The censored log density and its derivatives in the shape, to 1e-9."""
    y = float(stats.gamma.isf(survival, shape))
    if y == 0:
        pytest.skip("not a number that a double holds")
    family = lk.censored(lk.Gamma(scale=1.0))
    with mp.workdps(60):

        def log_survival(a):
            return mp.log(mp.gammainc(a, mp.mpf(y), mp.inf, regularized=True))

        wanted = [float(mp.diff(log_survival, mp.mpf(shape), k)) for k in range(3)]
    found = [
        family.log_density(y, event=0, shape=shape),
        family.score(y, event=0, shape=shape)[0],
        family.hessian(y, event=0, shape=shape)[0, 0],
    ]
    assert_allclose(found, wanted, rtol=1e-9)


def test_a_family_without_tails_of_its_own_is_censored_by_quadrature():
    """Louis (1982): against a Rayleigh law that gives its survival function itself."""

    class Bare(lk.Family):
        scale = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, scale):
            return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)

    family, y = lk.censored(Bare()), np.array([0.1, 1.0, 4.0])
    assert_allclose(family.log_density(y, event=0, scale=2.0), -(y**2) / 8, rtol=1e-9)
    assert_allclose(family.score(y, event=0, scale=2.0)[:, 0], y**2 / 8, rtol=1e-8)
    assert_allclose(family.hessian(y, event=0, scale=2.0)[:, 0, 0], -3 * y**2 / 16, rtol=1e-7)


def test_studies_and_bounds_need_the_limit_by_name():
    family, truth = lk.censored(lk.Weibull()), {"shape": 1.5, "scale": 2.0}
    for call in (lambda: family.expected_information(**truth), lambda: family.sample(5, 1, **truth)):
        with pytest.raises(ParameterError, match="limit"):
            call()
    fixed = lk.censored(lk.Weibull())
    held = type(fixed).of(fixed.law, None, {}, {"limit": 2.5})
    result = lk.Study(held, truth=truth, sizes=(200,), replications=400, seed=1).run(progress=False)
    variance = result.estimates["mle"][0].var(axis=0)
    bound = np.diag(np.linalg.inv(200 * held.expected_information(**truth)))
    # 400 replications: the ratio has a standard error of 7 %, and at n = 200 the second order adds a few.
    assert_allclose(variance / bound, 1, atol=0.35)


def test_a_tail_by_quadrature_reads_as_one():
    """The survival function of what is censored, the distribution function up to the end that truncates."""

    class Bare(lk.Family):
        loc = lk.Real()

        @staticmethod
        def log_density(y, loc):
            return loc - y - 2 * np.logaddexp(0, loc - y)

    seen = lk.censored(Bare()).derivation()
    slope = r"\frac{\partial}{\partial \mathrm{loc}} \log S\left(y, \mathrm{loc}\right)"
    assert r"\log S\left(y, \mathrm{loc}\right) \;\; \mathrm{otherwise}" in seen.log_density.latex
    assert slope in seen.score[0].latex
    left = lk.truncated(Bare(), high=1.0).derivation()
    assert left.log_density.latex.endswith(r"- \log F\left(1, \mathrm{loc}\right)")


def test_derivations_read():
    text = str(lk.censored(lk.Weibull()).derivation())
    assert "event" in text
    assert "expected information: by quadrature of the squared score\n" in text
    assert "information: by summation of the squared score\n" in str(lk.censored(lk.Poisson()).derivation())
    assert "log" in str(lk.truncated(lk.Gamma(), low=1.0).derivation())


REFUSED = {
    "a class": (lambda: lk.censored(lk.Weibull), ArgumentError, "with parentheses"),
    "no family": (lambda: lk.truncated(3, low=1), ArgumentError, "truncated: its part must be a family .* not 3"),
    "no ends": (lambda: lk.truncated(lk.Weibull()), ArgumentError, "low=, high= or both"),
    "out of order": (lambda: lk.truncated(lk.Weibull(), low=3, high=2), ArgumentError, "nothing of the support"),
    "text": (lambda: lk.truncated(lk.Weibull(), low="3"), ArgumentError, "low = '3'"),
    "twice": (lambda: lk.censored(lk.censored(lk.Weibull())), NotAvailableError, "event"),
    "moving": (lambda: lk.truncated(lk.Uniform(), low=0), NotAvailableError, "moves with low"),
}


@pytest.mark.parametrize(("call", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
