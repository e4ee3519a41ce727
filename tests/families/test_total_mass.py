"""A formula that does not integrate to 1 is told: the kit would fit it, certify it and bound it."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import DensityWarning, FormulaError, NotAvailableError
from likelihood_kit.families.total_mass import is_of_the_catalogue, mass_note, total_mass


def own(log_density, /, **attributes):
    body = {"scale": lk.Positive(), "support": lk.Interval(0, np.inf), "log_density": staticmethod(log_density)}
    return type("Own", (lk.Family,), {**body, **attributes})


def rayleigh(y, scale):
    return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)


WRONG = {
    "a factor of the scale": (lambda y, scale: np.log(y) - np.log(scale) - y**2 / (2 * scale**2), {}, {"scale": 2.0}),
    "no constant": (lambda y, scale: -np.abs(y) / scale, {"support": lk.Real()}, {"scale": 1.0}),
    "the density for its logarithm": (lambda y, scale: np.exp(rayleigh(y, scale)), {}, {"scale": 2.0}),
    "half of it": (lambda y, scale: rayleigh(y, scale) - np.log(2), {}, {"scale": 2.0}),
    "counts without their factorial": (
        lambda y, scale: y * np.log(scale) - scale, {"support": lk.Integers(0, np.inf)}, {"scale": 0.5},
    ),
    "half of the counts": (
        lambda y, scale: y * np.log(scale) - scale - special.gammaln(y + 1) - np.log(2),
        {"support": lk.Integers(0, np.inf)}, {"scale": 300.0},
    ),
    "a support that is too small": (rayleigh, {"support": lk.Interval(1, np.inf)}, {"scale": 2.0}),
}  # fmt: skip
RIGHT = {
    "rayleigh": (rayleigh, {}, {"scale": 2.0}),
    "in other units": (rayleigh, {}, {"scale": 1e9}),
    "counts": (
        lambda y, scale: y * np.log(scale) - scale - special.gammaln(y + 1),
        {"support": lk.Integers(0, np.inf)}, {"scale": 300.0},
    ),
    "a heavy tail": (
        lambda y, scale: np.log(scale) - (scale + 1) * np.log(y), {"support": lk.Interval(1, np.inf)}, {"scale": 0.3},
    ),
    "a pole at its upper end": (
        lambda y, scale: np.log(scale) + (scale - 1) * np.log1p(-y), {"support": lk.Interval(0, 1)}, {"scale": 0.3},
    ),
    "a kink": (
        lambda y, scale: -np.abs(y) / scale - np.log(2 * scale), {"support": lk.Real()}, {"scale": 3.0},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("formula", "more", "theta"), WRONG.values(), ids=WRONG)
def test_a_total_mass_that_is_not_one_is_told(formula, more, theta):
    assert "total mass" in mass_note(own(formula, **more)(), theta, "here")


@pytest.mark.parametrize(("formula", "more", "theta"), RIGHT.values(), ids=RIGHT)
def test_a_density_is_no_alarm(formula, more, theta):
    assert mass_note(own(formula, **more)(), theta, "here") == ""


def test_the_mass_itself():
    family = own(WRONG["a factor of the scale"][0])()
    assert_allclose(total_mass(family, {"scale": np.array([0.5, 2.0])}), [0.5, 2.0], rtol=1e-10)


def test_only_laws_of_ones_own_are_asked():
    mine = own(rayleigh)()
    ours = lk.truncated(lk.Gamma(), low=1.0)
    for family in (lk.Gamma(), ours, lk.censored(lk.Weibull()), lk.censored(ours)):
        assert is_of_the_catalogue(family.law)
    for family in (mine, lk.truncated(mine, low=1.0), lk.censored(mine), type("Gamma", (type(mine),), {})()):
        assert not is_of_the_catalogue(family.law)


def samples():
    rng = np.random.default_rng(0)
    return rng.rayleigh(2.0, 50), rng.normal(size=50)


def test_a_fit_of_no_density_warns_and_says_so():
    """It was certified "global", audited and reported without a word."""
    wrong, (y, x) = own(WRONG["a factor of the scale"][0])(), samples()
    with pytest.warns(DensityWarning, match=r"total mass \d.* at the estimate, not 1"):
        results = lk.LikelihoodModel(y, family=wrong).fit()
    assert f"total mass {float(results.params[0]):.6g}" in results.density_note
    assert "total mass" in results.summary().as_text()
    with pytest.warns(DensityWarning, match="total mass"):
        lk.LikelihoodModel(y, np.column_stack([np.ones(50), x]), family=wrong).fit()
    with pytest.raises(FormulaError, match="total mass"):
        lk.censored(wrong, limit=3.0)
    with (
        pytest.warns(DensityWarning, match="total mass 2 at the truth"),
        pytest.raises(NotAvailableError, match="sampler is not known: the density has total mass 2"),
    ):
        lk.Study(wrong, {"scale": 2.0}, sizes=(10,), replications=2)


def test_a_fit_of_a_density_does_not_warn():
    right, (y, x) = own(rayleigh)(), samples()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = lk.LikelihoodModel(y, x[:, None], family=right).fit()
        lk.LikelihoodModel(np.minimum(y, 3), family=lk.censored(right), event=(y < 3).astype(int)).fit()
    assert results.density_note == ""


def next_to_a_pole(constant):
    """A pole at 1 in a form that cannot be traced: y is all there is, and numbers next to 1 lie 1e-16 apart."""

    class Untraced(lk.Family):
        scale = lk.Positive()
        support = lk.Interval(0, 1)

        @staticmethod
        def log_density(y, scale):
            return stats.beta.logpdf(y, 1.0, scale) + constant

    return Untraced()


@pytest.mark.parametrize("exponent", [0.35, 0.4, 0.5])
def test_a_density_that_loses_less_next_to_a_pole_than_is_told_was_an_alarm(exponent):
    theta = {"scale": exponent}
    assert mass_note(next_to_a_pole(0.0), theta, "here") == ""
    assert "has total mass 1.0001 here" in mass_note(next_to_a_pole(1e-4), theta, "here")


def test_a_mass_of_which_more_is_lost_than_is_told_is_not_known():
    assert "is not known" in mass_note(next_to_a_pole(0.0), {"scale": 0.2}, "here")
