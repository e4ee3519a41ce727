"""What an author's functions return is checked where they are called: a wrong number, shape or name is named."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import likelihood_kit as lk
from likelihood_kit.errors import FormulaError, NotAvailableError

Y = np.array([[0.5, 1.5, 2.5], [1.0, 3.0, 8.0]])


def made(**body):
    """An exponential law with these functions besides its formula."""
    plain = {
        "scale": lk.Positive(),
        "support": lk.Interval(0, np.inf),
        "log_density": staticmethod(lambda y, scale: -y / scale - np.log(scale)),
    }
    functions = {name: staticmethod(value) if callable(value) else value for name, value in body.items()}
    return type("Mistaken", (lk.Family,), plain | functions)()


def broken(y, scale):
    return {}["nothing"]


RETURNED = {
    "one moment": ({"moments": lambda scale: scale}, "mean", r"moments returns .*tuple of 2: \(mean, variance\)"),
    "three moments": ({"moments": lambda scale: (scale,) * 3}, "mean", "moments returns 3 entries; .* tuple of 2"),
    "moments that are None": ({"moments": lambda scale: None}, "variance", "moments returns None; .* tuple of 2"),
    "a mean that is text": ({"moments": lambda scale: ("a", scale)}, "mean", "moments returns 'a'; it must return one"),
    "too much information": (
        {"expected_information": lambda scale: (scale, scale, scale)},
        "expected_information",
        "expected_information returns 3 entries; .* tuple of 1: the lower triangle by rows",
    ),
    "information that is no tuple": (
        {"expected_information": lambda scale: scale**-2},
        "expected_information",
        "expected_information returns .*; it must return a tuple of 1",
    ),
    "information that is a matrix": (
        {"expected_information": lambda scale: np.array([[4 / np.asarray(scale) ** 2]])},
        "expected_information",
        "expected_information returns .*; it must return .* a tuple of 1: the lower triangle by rows, .* arrays",
    ),
    "no information": ({"expected_information": lambda scale: ()}, "expected_information", "returns 0 entries"),
    "a cdf that is None": (
        {"cdf": lambda y, scale: None},
        "cdf",
        "cdf returns None; it must return one number",
    ),
    "a complex cdf": ({"cdf": lambda y, scale: 1j * y}, "cdf", "cdf returns complex numbers"),
    "a cdf of another shape": ({"cdf": lambda y, scale: np.ones(5)}, "cdf", r"cdf returns an array of shape \(5,\)"),
    "a quantile that is a list": ({"ppf": lambda q, scale: [q]}, "ppf", "ppf returns .*; it must return one number"),
    "a function that fails": ({"cdf": broken}, "cdf", "cdf fails: KeyError: 'nothing'"),
}


@pytest.mark.parametrize(("body", "method", "message"), RETURNED.values(), ids=RETURNED)
def test_what_a_closed_form_returns_is_checked(body, method, message):
    """Entries too many were cut, too few failed inside the kit."""
    leading = (Y[0] / 10,) if method in ("cdf", "ppf") else ()
    with pytest.raises(FormulaError, match=f"^family Mistaken: .*{message}|^family Mistaken: {message}"):
        getattr(made(**body), method)(*leading, scale=2.0)


ESTIMATED = {
    "no dict": (lambda y: 3, "returns 3; it must return a dict of scale"),
    "an empty dict": (lambda y: {}, r"returns \{\}; it must return a dict of scale"),
    "another name": (lambda y: {"scael": y.mean(axis=-1)}, "returns a dict of scael; it must return a dict of scale"),
    "a name too many": (lambda y: {"scale": y.mean(axis=-1), "more": 1.0}, "returns a dict of scale, more; it must"),
    "text": (lambda y: {"scale": "1"}, "the estimate of scale must be numbers, not '1'"),
    "another shape": (lambda y: {"scale": y.mean(axis=0)}, r"has shape \(3,\), not \(2,\); reduce over axis=-1"),
}


@pytest.mark.parametrize(("function", "message"), ESTIMATED.values(), ids=ESTIMATED)
@pytest.mark.parametrize("name", ["start", "method_of_moments", "maximum_likelihood"])
def test_what_an_estimate_returns_is_checked(name, function, message):
    family = made(**{name: function})
    with pytest.raises(FormulaError, match=f"^family Mistaken: {name}.*{message}"):
        getattr(family, "closed_maximum" if name == "maximum_likelihood" else name)(Y)


def test_one_number_for_all_samples_is_a_start_but_no_estimate():
    """`y.mean()` for `y.mean(axis=-1)` gave each sample of a study the mean of all of them."""
    assert_array_equal(made(start=lambda y: {"scale": 2.0}).start(Y)["scale"], [2.0, 2.0])
    for name in ("method_of_moments", "maximum_likelihood"):
        family = made(**{name: lambda y: {"scale": y.mean()}})
        method = family.closed_maximum if name == "maximum_likelihood" else family.method_of_moments
        with pytest.raises(FormulaError, match=r"the estimate of scale has shape \(\), not \(2,\)"):
            method(Y)
        assert_allclose(method(Y[:1])["scale"], [Y[0].mean()])
        assert_allclose(method(Y[0])["scale"], Y[0].mean())


DRAWN = {
    "a number": (lambda rng, size, scale: 1.0, r"sample\(rng, size=\(5,\), ...\) returns 1.0"),
    "too few": (lambda rng, size, scale: rng.random(4), r"returns an array of shape \(4,\)"),
    "None": (lambda rng, size, scale: None, "returns None; it must return an array of shape size"),
    "complex numbers": (lambda rng, size, scale: 1j * rng.random(size), "sample returns complex numbers"),
    "a failure": (lambda rng, size, scale: rng.nothing, "sample fails: AttributeError"),
}


@pytest.mark.parametrize(("sampler", "message"), DRAWN.values(), ids=DRAWN)
def test_what_a_sampler_returns_is_checked(sampler, message):
    """One number for five went on as the sample."""
    with pytest.raises(FormulaError, match=f"^family Mistaken: .*{message}"):
        made(sample=sampler).sample(5, 1, scale=2.0)


def test_what_the_sampler_of_a_part_returns_is_checked():
    """One number was compared with each limit, and made a sample of so many."""
    family = lk.censored(made(sample=lambda rng, size, scale: 1.0))
    with pytest.raises(FormulaError, match=r"family Mistaken: sample\(rng, size=\(3,\), ...\) returns 1.0"):
        family.sample(3, 1, scale=2.0, limit=[0.5, 2.0, 3.0])


def test_a_sample_of_several_columns_holds_them_all():
    class Seen(lk.Family):
        scale = lk.Positive()
        seen = lk.Observed(lk.Integers(0, 1))
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, seen, scale):
            return -y / scale - seen * np.log(scale)

        @staticmethod
        def sample(rng, size, scale):
            return {"y": rng.random(size)}

    with pytest.raises(FormulaError, match=r"family Seen: sample returns .*; it must return a dict of y, seen"):
        Seen().sample(3, 1, scale=1.0)


def in_rate(to_canonical, from_canonical):
    coordinates = lk.Coordinates({"rate": lk.Positive()}, to_canonical, from_canonical)
    return type(made(in_rate=coordinates))(parameters="rate")


MAPS = {
    "no inverse": (
        lambda rate: {"scale": 1 / rate},
        lambda scale: {"rate": 7 / scale},
        "the maps do not invert each other: from_canonical of scale = .* goes back to .* by to_canonical",
    ),
    "an inverse to one percent": (
        lambda rate: {"scale": 1 / rate},
        lambda scale: {"rate": 1.01 / scale},
        "the maps do not invert each other",
    ),
    "another name": (
        lambda rate: {"sacle": 1 / rate},
        lambda scale: {"rate": 1 / scale},
        "to_canonical returns .*; it must return a dict of scale",
    ),
    "no dict": (lambda rate: 1 / rate, lambda scale: {"rate": 1 / scale}, "to_canonical returns .* a dict of scale"),
    "a tuple": (
        lambda rate: {"scale": 1 / rate},
        lambda scale: (1 / scale,),
        "from_canonical returns .* dict of rate",
    ),
    "no number": (
        lambda rate: {"scale": 1 / rate},
        lambda scale: {"rate": "a"},
        "from_canonical: rate is 'a'",
    ),
    "a failure": (lambda rate: {"scale": rate.nothing}, lambda scale: {"rate": 1 / scale}, "to_canonical fails: Attr"),
}


@pytest.mark.parametrize(("to_canonical", "from_canonical", "message"), MAPS.values(), ids=MAPS)
def test_maps_between_coordinates_are_checked_when_they_are_first_used(to_canonical, from_canonical, message):
    """Maps that did not invert each other gave estimates in coordinates of their own."""
    with pytest.raises(FormulaError, match=rf"^family Mistaken: coordinates \(rate\).*{message}"):
        in_rate(to_canonical, from_canonical)


def test_maps_that_hold_for_some_values_alone():
    """A variance exists only where df > 2: elsewhere there is nothing to invert."""
    family = in_rate(
        lambda rate: {"scale": 1 / rate}, lambda scale: {"rate": np.where(scale > 1, 1 / scale, np.nan)[()]}
    )
    assert_allclose(family.mean(rate=4.0), 0.25)


FORMULAS = {
    "None": lambda y, scale: None,
    "text": lambda y, scale: "a",
    "a dict": lambda y, scale: {"value": -y / scale},
    "a tuple": lambda y, scale: (-y / scale, scale),
    "a list": lambda y, scale: [-value / scale for value in np.atleast_1d(np.asarray(y))],
}


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_what_a_formula_returns_is_checked(formula):
    """The density of None was NaN; a dict failed inside the calculus."""
    family = made(log_density=formula)
    for call in (
        lambda: family.log_density(Y[0], scale=2.0),
        lambda: family.cdf(Y[0], scale=2.0),
        lambda: family.mean(scale=2.0),
        lambda: lk.LikelihoodModel(Y[0], family=family).fit(),
    ):
        with pytest.raises(FormulaError, match=r"log.density returns .*; it must return one value per observation"):
            call()


ENDS = {
    "text": (lambda scale: "a", r"is 'a'; it must be one number for each of the values"),
    "None": (lambda scale: None, "is None; it must be one number"),
    "complex": (lambda scale: 1j * scale, "returns complex numbers"),
    "another shape": (lambda scale: np.zeros(5), r"is array\(\[0., .*; it must be one number"),
    "a failure": (lambda scale: scale.nothing, "fails: AttributeError"),
}


@pytest.mark.parametrize(("end", "message"), ENDS.values(), ids=ENDS)
def test_what_a_function_for_an_end_returns_is_checked(end, message):
    family = made(support=lk.Interval(end, np.inf), regular=True)
    for call in (lambda: family.log_density(Y[0], scale=2.0), lambda: family.cdf(Y[0], scale=2.0)):
        with pytest.raises(FormulaError, match=rf"the end .*\(scale\) of a support {message}"):
            call()


CONDITIONS = {
    "text": (lambda scale: "a", "regular or smooth returns 'a'"),
    "None": (lambda scale: None, "regular or smooth returns None"),
    "a failure": (lambda scale: scale.nothing, "regular or smooth fails: AttributeError"),
}


@pytest.mark.parametrize(("condition", "message"), CONDITIONS.values(), ids=CONDITIONS)
def test_what_a_condition_returns_is_checked(condition, message):
    with pytest.raises(FormulaError, match=f"^family Mistaken: {message}"):
        made(regular=condition).expected_information(scale=2.0)


def test_an_attribute_error_inside_a_property_is_told_as_it_is():
    """A wrong space of a known quantity was told as: no attribute 'smooth'."""

    class Failing(type(made())):
        @property
        def _inner(self):
            return {}.nothing

    with pytest.raises(AttributeError, match="'dict' object has no attribute 'nothing'"):
        Failing()._inner  # noqa: B018


def test_an_error_of_the_kit_passes():
    def refuses(rng, size, scale):
        raise NotAvailableError("not today")

    with pytest.raises(NotAvailableError, match="not today"):
        made(sample=refuses).sample(3, 1, scale=1.0)
