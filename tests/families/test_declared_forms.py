"""A closed form of a user's own law is tried beside its log density before its first use."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.errors import FormulaError, NotAvailableError
from likelihood_kit.families import CATALOGUE, declared_forms

Y = np.random.default_rng(1).gamma(2, 3, 60)


def rayleigh(**functions):
    """The Rayleigh law with these functions besides its formula."""
    body = {
        "scale": lk.Positive(),
        "support": lk.Interval(0, np.inf),
        "log_density": staticmethod(lambda y, scale: np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)),
    }
    return type("R", (lk.Family,), body | {name: staticmethod(f) for name, f in functions.items()})()


def rayleigh_cdf(y, scale):
    return -np.expm1(-(y**2) / (2 * scale**2))


def rayleigh_sample(rng, size, scale):
    return scale * rng.rayleigh(size=size)


SEED = np.random.default_rng
MEAN, VARIANCE = np.sqrt(np.pi / 2), 2 - np.pi / 2
RIGHT = {
    "cdf": rayleigh_cdf,
    "survival": lambda y, scale: np.exp(-(y**2) / (2 * scale**2)),
    "log_survival": lambda y, scale: -(y**2) / (2 * scale**2),
    "log_cdf": lambda y, scale: np.log(rayleigh_cdf(y, scale)),
    "ppf": lambda q, scale: scale * np.sqrt(-2 * np.log1p(-q)),
    "moments": lambda scale: (scale * MEAN, scale**2 * VARIANCE),
    "expected_information": lambda scale: (4 / scale**2,),
    "sample": rayleigh_sample,
    "method_of_moments": lambda y: {"scale": y.mean(axis=-1) / MEAN},
}
WRONG = {
    "a factor lost in log_survival": ("log_survival", lambda y, scale: -(y**2) / scale**2),
    "a cdf that is 3": ("cdf", lambda y, scale: 3.0 + 0 * y),
    "a cdf that is NaN": ("cdf", lambda y, scale: np.nan * y),
    "a survival of another law": ("survival", lambda y, scale: np.exp(-y / scale)),
    "a log_cdf that is no logarithm": ("log_cdf", rayleigh_cdf),
    "a linear ppf": ("ppf", lambda q, scale: q * scale),
    "a ppf that is NaN": ("ppf", lambda q, scale: q * np.nan),
    "a ppf that falls": ("ppf", lambda q, scale: scale * np.sqrt(-2 * np.log(q))),
    "another mean": ("moments", lambda scale: (7 * scale, scale**2 * VARIANCE)),
    "another variance": ("moments", lambda scale: (scale * MEAN, scale**2)),
    "a negative variance": ("moments", lambda scale: (scale * MEAN, -(scale**2))),
    "four times the information": ("expected_information", lambda scale: (16 / scale**2,)),
    "negative information": ("expected_information", lambda scale: (-4 / scale**2,)),
    "no information": ("expected_information", lambda scale: (0 * scale,)),
    "information that is NaN": ("expected_information", lambda scale: (np.nan * scale,)),
    "a sample of another law": ("sample", lambda rng, size, scale: scale * rng.exponential(size=size)),
    "a constant sample": ("sample", lambda rng, size, scale: np.full(size, 1.0) * scale),
    "a sample outside the support": ("sample", lambda rng, size, scale: scale * rng.normal(size=size)),
    "a sample that ignores rng": ("sample", lambda rng, size, scale: rayleigh_sample(SEED(1), size, scale)),
    "a sample that is a list": ("sample", lambda rng, size, scale: list(rayleigh_sample(rng, size, scale))),
    "an estimate outside the space": ("method_of_moments", lambda y: {"scale": -y.mean(axis=-1)}),
}  # fmt: skip


def used(family, name):
    """What a closed form is for."""
    calls = {
        "moments": lambda: family.variance(scale=2.0),
        "expected_information": lambda: family.expected_information(scale=2.0),
        "sample": lambda: family.sample(5, 1, scale=2.0),
        "ppf": lambda: family.ppf(0.3, scale=2.0),
        "method_of_moments": lambda: family.method_of_moments(Y),
    }
    return calls[name]() if name in calls else getattr(family, name)(1.0, scale=2.0)


@pytest.mark.parametrize(("name", "function"), WRONG.values(), ids=WRONG)
def test_a_closed_form_that_contradicts_the_density_was_believed_unseen(name, function):
    family = rayleigh(**{name: function})
    for _ in range(2):
        with pytest.raises(FormulaError, match=rf"^family R: {name}(\(| contradicts log_density: )"):
            used(family, name)


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_are_taken(name):
    used(rayleigh(**{name: RIGHT[name]}), name)


def test_what_is_compared_is_said():
    family = rayleigh(expected_information=lambda scale: (16 / scale**2,))
    message = r"at scale = 0\.\d+ the entry of scale is 109\.\d+, and by integration of the density 27\.\d+;"
    with pytest.raises(FormulaError, match=message):
        family.expected_information(scale=2.0)


def test_a_censored_fit_by_a_wrong_survival_function():
    """It was 8.9 in place of 6.5, certified."""
    with pytest.raises(FormulaError, match="log_survival contradicts log_density"):
        lk.censored(rayleigh(log_survival=WRONG["a factor lost in log_survival"][1]))
    right = lk.LikelihoodModel(Y, family=lk.censored(rayleigh(log_survival=RIGHT["log_survival"])), event=Y < 5).fit()
    assert_allclose(right.params, np.sqrt((Y**2).sum() / 2 / (Y < 5).sum()), rtol=1e-7)


def test_a_censored_sample_by_a_wrong_sampler():
    family = lk.censored(rayleigh(sample=WRONG["a sample of another law"][1]))
    with pytest.raises(FormulaError, match="sample contradicts"):
        family.sample(5, 1, scale=2.0, limit=3.0)


@pytest.mark.parametrize(
    ("name", "ask"), [("ppf", lambda f: f.ppf(0.5, scale=1.0)), ("moments", lambda f: f.mean(scale=1.0))]
)
def test_forms_that_a_censored_law_takes_over(name, ask):
    wrong = {"ppf": WRONG["a linear ppf"][1], "moments": WRONG["another mean"][1]}[name]
    with pytest.raises(FormulaError, match=f"{name} contradicts"):
        ask(lk.censored(rayleigh(**{name: wrong})))


def test_a_function_added_to_a_law_of_the_catalogue():
    class NormalDraws(lk.Gamma):
        @staticmethod
        def sample(rng, size, shape, scale):
            return rng.normal(size=size)

    with pytest.raises(FormulaError, match=r"NormalDraws: sample contradicts log_density: .*outside the support"):
        NormalDraws().sample(3, 1, shape=2.0, scale=1.0)


def counts(**functions):
    body = {
        "rate": lk.Positive(),
        "support": lk.Integers(0, np.inf),
        "log_density": staticmethod(lambda y, rate: y * np.log(rate) - rate - special.gammaln(y + 1)),
    }
    return type("Counts", (lk.Family,), body | {name: staticmethod(f) for name, f in functions.items()})()


COUNTS = {
    "cdf": (lambda y, rate: special.pdtr(y, rate), lambda y, rate: special.pdtr(y + 1, rate)),
    "ppf": (
        lambda q, rate: np.ceil(special.pdtrik(q, rate)),
        lambda q, rate: np.ceil(special.pdtrik(q, rate)) + 1,
    ),
    "sample": (
        lambda rng, size, rate: rng.poisson(rate, size),
        lambda rng, size, rate: rng.poisson(rate, size) + 0.5,
    ),
    "moments": (lambda rate: (rate, rate), lambda rate: (rate, rate**2)),
}


@pytest.mark.parametrize("name", COUNTS)
def test_of_counts(name):
    right, wrong = COUNTS[name]
    assert declared_forms.contradiction(counts(**{name: right}).law, name) == ""
    assert f"{name} contradicts log_density" in declared_forms.contradiction(counts(**{name: wrong}).law, name)


def test_without_an_oracle_nothing_is_said():
    """Of no law, and of tails without a mean, there is nothing to compare a form with."""

    class Cauchy(lk.Family):
        loc = lk.Real()

        @staticmethod
        def log_density(y, loc):
            return -np.log1p((y - loc) ** 2) - np.log(np.pi)

        @staticmethod
        def moments(loc):
            return np.nan * loc, np.inf + 0 * loc

    assert np.isnan(Cauchy().mean(loc=1.0))

    class TwiceTooMuch(lk.Family):
        scale = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, scale):
            return np.log(2) - y / scale - np.log(scale)

        @staticmethod
        def cdf(y, scale):
            return -np.expm1(-y / scale)

    assert_allclose(TwiceTooMuch().cdf(1.0, scale=1.0), -np.expm1(-1.0), rtol=1e-15)


EVERY = [(family(), name) for family in CATALOGUE.values() for name in family().law.functions]
COMPOSED = [
    (family, name)
    for family in (
        lk.truncated(lk.Gamma(), low=0.5),
        lk.truncated(lk.Normal(), low=-1.0, high=2.0),
        lk.truncated(lk.Poisson(), low=1),
        lk.censored(lk.Weibull()),
    )
    for name in family.law.functions
]


@pytest.mark.parametrize(("family", "name"), EVERY + COMPOSED, ids=repr)
def test_no_right_form_is_refused(family, name):
    if name in declared_forms.TRIED:
        assert declared_forms.contradiction(family.law, name) == ""


def test_laws_of_the_catalogue_are_not_tried():
    """The tests hold them to the formula; a fit must not wait for it."""
    family = type("Kept", (lk.Gamma,), {})()
    family.cdf(1.0, shape=2.0, scale=1.0)
    assert not [key for key in family.law.kept_answers if key[0] == "closed form"]


# A formula that is no density


class Unnormalised(lk.Family):
    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return -y / scale


class NotANumber(lk.Family):
    scale = lk.Positive()
    support = lk.Interval(-np.inf, np.inf)

    @staticmethod
    def log_density(y, scale):
        return np.log(y) - 2 * np.log(scale) - y / scale


@pytest.mark.parametrize("kind", ["cdf", "survival", "log_cdf", "log_survival", "ppf", "mean", "sample"])
def test_a_density_of_another_mass_was_normalised_in_silence(kind):
    leading = {"mean": (), "sample": (3, 1)}.get(kind, (0.5,))
    with pytest.raises(NotAvailableError, match="total mass 3, not 1"):
        getattr(Unnormalised(), kind)(*leading, scale=3.0)


def test_integrals_of_no_density_had_no_end():
    with pytest.raises(FormulaError, match=r"family Unnormalised: .*total mass 0\.38"):
        lk.censored(Unnormalised())
    with pytest.raises(FormulaError, match="family NotANumber: log_density is NaN inside the support, at y = -"):
        lk.censored(NotANumber())


def test_a_sampler_of_what_is_not_a_number_said_that_it_jumps():
    with pytest.raises(NotAvailableError, match="cannot be inverted numerically: log_density is NaN inside"):
        NotANumber().sample(3, 1, scale=3.0)


def test_truncated_over_and_over_had_no_end():
    family = lk.Gamma()
    for end in range(1, 12):
        family = lk.truncated(family, low=end / 100)
    assert repr(family) == "truncated(Gamma(), low=0.11)"
    twice = lk.truncated(lk.truncated(lk.Gamma(), low=1.0), high=4.0)
    once = lk.truncated(lk.Gamma(), low=1.0, high=4.0)
    at = {"shape": 2.0, "scale": 1.0}
    assert_allclose(twice.log_density([0.5, 2.0, 5.0], **at), once.log_density([0.5, 2.0, 5.0], **at), rtol=1e-14)
    assert_allclose(lk.truncated(once, low=0.5).cdf(2.0, **at), once.cdf(2.0, **at), rtol=1e-14)


def test_another_support_is_another_law():
    """Closed forms, theorem and normalisation of the old one were believed."""

    class Late(lk.Exponential):
        support = lk.Interval(5, np.inf)

    assert not dict(Late.law.functions)
    with pytest.raises(NotAvailableError, match=r"total mass 0\.08"):
        Late().cdf(6.0, scale=2.0)
    with pytest.warns(lk.errors.DensityWarning, match="total mass"):
        lk.LikelihoodModel(5 + Y, family=Late()).fit()
    same = type("Same", (lk.Exponential,), {"support": lk.Exponential.law.support})
    assert dict(same.law.functions) == dict(lk.Exponential.law.functions)
