"""A quantity may have any name that Python allows; what users of SciPy type by habit is told its name here."""

import keyword

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import FormulaError
from likelihood_kit.families.scipy_names import SCIPY_NAMES

#: Names that arguments, modules or emitted source have, or that SymPy knows.
ODD = (
    "size", "start", "q", "rng", "h0", "x0", "t0", "m0", "w0", "np", "special", "hoisted", "means", "loc", "self",
    "cls", "theta", "data", "fixed", "family", "values", "what", "name", "support_", "E", "I", "S", "N", "Q", "pi",
    "beta", "gamma", "zeta", "log", "exp", "oo", "mean", "variance", "cdf", "sample_", "λ", "Ω", "_hidden", "x1", "y0",
    "size_", "np_", "log1p_ratio", "log_excess", "log_rising", "stirling_remainder", "value", "match", "type", "spaces",
    "kernels", "free",
)  # fmt: skip


def law_in(name: str, other: str) -> lk.Family:
    """A Gamma law whose two parameters have these names, written as a class body would."""
    namespace = {"np": np, "lk": lk}
    exec(
        "from scipy import special as functions\nimport numpy as numbers\n"
        "class Odd(lk.Family):\n"
        f"    {name} = lk.Positive()\n"
        f"    {other} = lk.Positive()\n"
        "    support = lk.Interval(0, float('inf'))\n\n"
        "    @staticmethod\n"
        f"    def log_density(y, {name}, {other}):\n"
        f"        logs = ({name} - 1) * numbers.log(y) - {name} * numbers.log({other})\n"
        f"        return logs - y / {other} - functions.gammaln({name})\n",
        namespace,
    )
    return namespace["Odd"]()


@pytest.mark.parametrize("name", ODD)
def test_any_name_works(name):
    y, plain = np.array([0.5, 2.0]), {"shape": 2.5, "scale": 1.5}
    for family, theta in (
        (law_in(name, "other"), {name: 2.5, "other": 1.5}),
        (law_in("other", name), {"other": 2.5, name: 1.5}),
    ):
        gamma = lk.Gamma()
        assert family.parameter_names == tuple(theta)
        for method in ("log_density", "density", "score", "hessian", "cdf", "survival", "log_survival"):
            rtol = 1e-12 if method in ("log_density", "density", "score", "hessian") else 1e-8
            found = getattr(family, method)(y, **theta)
            assert_allclose(found, getattr(gamma, method)(y, **plain), rtol=rtol, err_msg=method)
        assert_allclose(family.ppf(0.3, **theta), gamma.ppf(0.3, **plain), rtol=1e-8)
        assert_allclose(family.mean(**theta), 3.75, rtol=1e-8)
        assert_allclose(family.expected_information(**theta), gamma.expected_information(**plain), rtol=1e-8)
        assert family.sample(3, 1, **theta).shape == (3,)
        assert family.derivation().parameters == tuple(theta)
        assert set(family.start(y)) == set(theta)
        kernel = family.kernels.statistics
        means = [np.mean(product) for product in kernel.products(kernel.hoist(y), np.nan, np.nan)]
        assert_allclose(kernel.value_combine(means, 2.5, 1.5), gamma.log_density(y, **plain).mean(), rtol=1e-12)
        held = type(family)(**{name: theta[name]})
        assert_allclose(held.log_density(y, other=theta["other"]), family.log_density(y, **theta), rtol=1e-12)


REFUSED = ("y", "parameters", "links", "given", "predicted", "typical", "regular", "smooth", "law", *keyword.kwlist)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("kind", [lk.Positive, lambda: lk.Known(lk.Positive()), lambda: lk.Observed(lk.Positive())])
def test_a_name_that_cannot_work_is_refused_when_the_class_is_made(name, kind):
    body = {
        "scale": lk.Positive(),
        name: kind(),
        "log_density": staticmethod(lambda y, scale: -y / scale),
    }
    with pytest.raises(FormulaError, match=f"{name!r} cannot be the name of a quantity"):
        type("Mistaken", (lk.Family,), body)


def test_a_column_of_the_response_that_a_named_tuple_cannot_hold_is_refused():
    with pytest.raises(FormulaError, match="cannot begin with an underscore: '_seen'"):

        class Mistaken(lk.Family):
            scale = lk.Positive()
            _seen = lk.Observed(lk.Integers(0, 1))

            @staticmethod
            def log_density(y, _seen, scale):
                return -y / scale


def test_a_support_that_is_no_space_is_refused():
    with pytest.raises(FormulaError, match="'support' cannot be the name of a quantity"):

        class Mistaken(lk.Family):
            scale = lk.Positive()
            support = lk.Known(lk.Positive())

            @staticmethod
            def log_density(y, scale):
                return -y / scale


@pytest.mark.parametrize("name", SCIPY_NAMES)
def test_what_users_of_scipy_type_is_told_its_name(name):
    with pytest.raises(AttributeError, match="a family has no") as caught:
        getattr(lk.Gamma(), name)
    assert SCIPY_NAMES[name] in str(caught.value)
    ours = SCIPY_NAMES[name].partition("(")[0].partition(" ")[0]
    assert ours.startswith("lk.") or hasattr(lk.Gamma(), ours)
    assert not hasattr(lk.Gamma(), name)


def test_habits_that_are_listed():
    assert {"pdf", "logpdf", "pmf", "rvs", "sf", "isf", "std"} <= set(SCIPY_NAMES)


def test_another_unknown_attribute():
    with pytest.raises(AttributeError, match=r"'Gamma' object has no attribute 'loglik'"):
        lk.Gamma().loglik  # noqa: B018


def test_a_family_took_attributes_that_it_did_not_heed():
    """A family is a value: another name of a parameter, or a misspelt setting, was kept in silence."""
    family = lk.Gamma()
    for name in ("parameter_names", "fixed", "foo"):
        with pytest.raises(AttributeError, match=rf"{name} of Gamma\(\) cannot be set: a family is a value"):
            setattr(family, name, ("x",))
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del family.links
    assert family.parameter_names == ("shape", "scale")
