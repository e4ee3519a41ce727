"""Spaces and links: what lies in them, that links invert, and that their slopes are derivatives."""

import copy
import pickle
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.differentiate import derivative

from likelihood_kit.errors import ArgumentError, shown
from likelihood_kit.links import LINE, Link
from likelihood_kit.parameters import Integers, Interval, Known, Observed, Positive, Real, Space, UnitInterval

SPACES = {
    "line": Real(),
    "above zero": Positive(),
    "above": Interval(2, np.inf),
    "above a negative": Interval(-0.25, np.inf),
    "below": Interval(-np.inf, 3),
    "below zero": Interval(-np.inf, 0),
    "unit": UnitInterval(),
    "bounded": Interval(-2, 5),
    "narrow": Interval(0, 1e-8),
}
LINKS = {
    "line": ["identity"],
    "above zero": ["log", "identity", "inverse", "inverse_squared", "sqrt"],
    "above": ["log", "identity"],
    "above a negative": ["log", "identity"],
    "below": ["log", "identity"],
    "below zero": ["log", "identity"],
    "unit": ["logit", "probit", "cloglog", "identity"],
    "bounded": ["logit", "probit", "cloglog", "identity"],
    "narrow": ["logit", "probit", "cloglog", "identity"],
}
CURVED = [(space, name) for space, names in LINKS.items() for name in names if name != "identity"]
PARTIAL = [(space, name) for space, name in CURVED if SPACES[space].link(name).image != LINE]
ETA = np.linspace(-3, 2, 11)


def predictors_of(link: Link) -> np.ndarray:
    """Ordinary linear predictors of a link."""
    return ETA if link.image == LINE else np.exp(ETA)


@pytest.mark.parametrize("space", SPACES)
def test_the_links_of_a_space(space):
    assert SPACES[space].link().name == LINKS[space][0]
    assert [SPACES[space].link(name).name for name in LINKS[space]] == LINKS[space]


@pytest.mark.parametrize(("space", "name"), CURVED)
def test_a_link_and_its_inverse(space, name):
    link = SPACES[space].link(name)
    eta = predictors_of(link)
    theta = link.inverse(eta)
    assert SPACES[space].contains(theta).all()
    assert (np.diff(theta) < 0 if link.falls else np.diff(theta) > 0).all()
    assert_allclose(link.forward(theta), eta, rtol=1e-9, atol=1e-9)
    assert_allclose(link.inverse(link.forward(theta)), theta, rtol=1e-12)
    assert_allclose([link.inverse(float(e)) for e in eta], theta, rtol=1e-15)


@pytest.mark.parametrize(("space", "name"), CURVED)
def test_slopes_are_the_derivatives_of_the_inverse(space, name):
    link = SPACES[space].link(name)
    eta = predictors_of(link)
    scale = np.ptp(link.inverse(ETA)) if link.image == LINE else link.inverse(eta)
    step = {} if link.image == LINE else {"initial_step": eta / 8}
    first, second = link.slopes(eta, link.inverse(eta))
    assert_allclose(first / scale, derivative(link.inverse, eta, **step).df / scale, rtol=1e-7, atol=1e-9)
    numeric = derivative(lambda e: link.slopes(e, link.inverse(e))[0], eta, **step).df
    assert_allclose(second / scale, numeric / scale, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("space", "name"), CURVED)
def test_no_eta_leaves_the_open_interval(space, name):
    """Rounding would put the logit's inverse at 1 from eta = 37 on."""
    link = SPACES[space].link(name)
    eta = np.array([-1e4, -745.0, -50.0, 37.0, 50.0, 745.0, 1e4])
    eta = eta if link.image == LINE else np.array([5e-324, 1e-200, 1e-9, 1.0, 1e9, 1e200, 1e308])
    theta = link.inverse(eta)
    assert SPACES[space].contains(theta).all()
    assert (np.diff(theta) <= 0 if link.falls else np.diff(theta) >= 0).all()
    if link.image == LINE:
        assert np.isfinite(link.slopes(eta, theta)).all()


@pytest.mark.parametrize(("space", "name"), PARTIAL)
def test_no_eta_outside_the_image_is_taken_for_a_parameter(space, name):
    """The square of -2, taken back by the square root, would be the parameter 4."""
    link = SPACES[space].link(name)
    assert not SPACES[space].contains(link.inverse(np.array([-2.0, -0.0, 0.0, np.nan]))).any()
    assert np.isnan(link.forward(np.array([-2.0, 0.0, np.nan]))).all()
    assert SPACES[space].onto_the_line(link).name == SPACES[space].link().name


def test_powers_of_a_parameter_at_the_end_of_its_link_are_finite():
    """Derivatives of a log density hold fourth powers; 1 / tiny**2 overflowed."""
    for theta in Positive().link().inverse(np.array([-1e4, 1e4])):
        assert np.isfinite([theta**4, theta**-4]).all()
        assert theta**4 > 0 < theta**-4


def test_the_identity_link():
    link = Real().link()
    assert_array_equal(link.inverse(ETA), ETA)
    assert_array_equal(link.slopes(ETA, ETA), [np.ones(11), np.zeros(11)])


def test_numbers_in_a_space():
    values = [-np.inf, -1.0, 0.0, 0.5, 1.0, 2.0, np.inf, np.nan]
    for space, inside in (
        (Real(), [0, 1, 1, 1, 1, 1, 0, 0]),
        (Positive(), [0, 0, 0, 1, 1, 1, 0, 0]),
        (UnitInterval(), [0, 0, 0, 1, 0, 0, 0, 0]),
        (Interval(0, 1, closed=(True, False)), [0, 0, 1, 1, 0, 0, 0, 0]),
        (Interval(0, np.inf, closed=(True, True)), [0, 0, 1, 1, 1, 1, 0, 0]),
        (replace(Interval(0, np.inf), unlimited=True), [0, 0, 0, 1, 1, 1, 1, 0]),
        (Integers(0, 1), [0, 0, 1, 0, 1, 0, 0, 0]),
        (Integers(0, np.inf), [0, 0, 1, 0, 1, 1, 0, 0]),
        (Integers(-np.inf, np.inf), [0, 1, 1, 0, 1, 1, 0, 0]),
    ):
        assert_array_equal(space.contains(values), np.array(inside, dtype=bool), err_msg=repr(space))
    assert Positive().contains(1.0).shape == ()
    assert Real().contains([]).shape == (0,)


def test_a_space_whose_ends_are_parameters():
    space = Interval("low", "high")
    theta = {"low": np.array([[0.0], [1.0]]), "high": 2.0}
    assert space.depends_on == ("low", "high")
    assert_array_equal(space.contains([0.0, 1.0, 2.0, 3.0], theta), [[1, 1, 1, 0], [0, 1, 1, 0]])
    assert Interval("low", np.inf).closed == (True, False)
    assert Interval("low", np.inf, closed=(False, False)).contains(0.0, {"low": 0.0}) == np.False_
    assert Integers(0, "high").depends_on == ("high",)
    assert_array_equal(Integers(0, "high").contains([3, 4], {"high": 3}), [True, False])


def test_a_space_whose_ends_are_functions_of_quantities():
    def upper_end(loc, scale):
        return loc + 2 * scale

    space = Interval(-1.0, upper_end)
    theta = {"scale": np.array([[0.5], [1.0]]), "loc": 0.0, "unused": 7.0}
    assert space.depends_on == ("loc", "scale")
    assert space.numbers == (-1.0, np.inf)
    assert space.closed == (False, False)
    assert_array_equal(space.contains([-1.0, 0.5, 1.0, 1.5, 2.0], theta), [[0, 1, 0, 0, 0], [0, 1, 1, 1, 0]])
    assert space.latex == r"(-1, \mathrm{upper\_end}(\mathrm{loc}, \mathrm{scale}))"
    assert repr(space) == "lk.Interval(-1.0, upper_end)"
    assert Interval("loc", upper_end).depends_on == ("loc", "scale")
    assert Integers(0, lambda trials: 2 * trials).depends_on == ("trials",)
    assert_array_equal(Integers(0, lambda trials: 2 * trials).contains([3, 6, 7], {"trials": 3}), [True, True, False])
    assert Integers(0, "trials").latex == r"\{0, 1, \ldots, \mathrm{trials}\}"


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1)])
def test_an_interval_the_wrong_way_round_is_refused(low, high):
    with pytest.raises(ArgumentError, match=f"low = {low} is not below high = {high}"):
        Interval(low, high)


@pytest.mark.parametrize(
    "end",
    [
        *(np.nan, True, np.True_, None, [1.0], 1j, np.complex64(1j), Decimal(1)),
        *(10**400, np.datetime64("2020"), np.timedelta64(1, "s")),
    ],
    ids=lambda end: shown(end),
)
def test_an_end_that_is_no_number_is_refused(end):
    for make in (Interval, Integers):
        with pytest.raises(ArgumentError, match=r"high = .* is no number, name of a quantity, or function"):
            make(0, end)
        with pytest.raises(ArgumentError, match=r"low = .* is no number, name of a quantity, or function"):
            make(end, 5)


@pytest.mark.parametrize(
    "end", [lambda: 0.0, max, int, lambda *scale: 0.0, lambda **scale: 0.0, lambda *, scale: scale]
)
def test_a_function_for_an_end_takes_quantities_by_their_names(end):
    """Such a function was taken for a number, or failed at the first value of the response."""
    with pytest.raises(ArgumentError, match=r"high = .* is no function of quantities by their names"):
        Interval(0, end)


@pytest.mark.parametrize("closed", [True, "ab", (1, 0), (True, False, True), (True,)])
def test_what_is_closed_is_a_pair(closed):
    with pytest.raises(ArgumentError, match=r"closed = .* is no pair of True or False"):
        Interval(0, 1, closed=closed)


def test_a_name_for_an_end_is_a_name():
    with pytest.raises(ArgumentError, match="low = '' is no name of a quantity"):
        Interval("", 1)


@pytest.mark.parametrize("kind", [Known, Observed])
def test_a_known_quantity_has_a_space_with_ends_that_are_numbers(kind):
    """`lk.Known(lk.Positive)`, `lk.Known(3)` failed in the first fit, a named end at its first value."""
    with pytest.raises(ArgumentError, match=rf"{kind.__name__} takes a space .* not .*Positive.*write Positive\(\)"):
        kind(Positive)
    with pytest.raises(ArgumentError, match=rf"{kind.__name__} takes a space such as lk.Positive\(\), not 3"):
        kind(3)
    with pytest.raises(ArgumentError, match=r"ends of lk.Interval\(low, 1\) must be numbers"):
        kind(Interval("low", 1))


@pytest.mark.parametrize("values", ["1", None, 1j, ["a"], np.datetime64("2020"), 10**400], ids=lambda v: shown(v))
def test_what_is_no_number_lies_in_no_space(values):
    with pytest.raises(ArgumentError, match=r"lk.Positive\(\): what lies in it must be numbers, not"):
        Positive().contains(values)


def test_whole_numbers_end_at_whole_numbers():
    """From 0.5 on, a sum over them met none."""
    with pytest.raises(ArgumentError, match=r"Integers: low = 0.5 is no whole number"):
        Integers(0.5, 4)
    assert Integers(3, 3).contains([2, 3, 4]).tolist() == [False, True, False]
    with pytest.raises(ArgumentError, match="low = 4 is not below high = 3"):
        Integers(4, 3)


def test_an_unknown_link_is_told_those_that_fit():
    with pytest.raises(ArgumentError, match=r"link 'lgo' does not fit .*lk\.Positive\(\): did you mean 'log'\?"):
        Positive().link("lgo")
    with pytest.raises(ArgumentError, match=r"'probit' does not fit the space lk\.Real\(\): known: identity"):
        Real().link("probit")


def test_spaces_print_as_they_are_typed():
    typed = [Real(), Positive(), UnitInterval(), Interval(0, np.inf), Interval("low", 2.5), Integers(0, np.inf)]
    assert [repr(space) for space in typed] == [
        "lk.Real()",
        "lk.Positive()",
        "lk.UnitInterval()",
        "lk.Interval(0, inf)",
        "lk.Interval(low, 2.5)",
        "lk.Integers(0, inf)",
    ]


def test_spaces_as_sets():
    assert Real().latex == r"(-\infty, \infty)"
    assert Interval(0, 1, closed=(True, False)).latex == "[0, 1)"
    assert Interval("low", np.inf).latex == r"[\mathrm{low}, \infty)"
    assert Integers(0, np.inf).latex == r"\{0, 1, \ldots\}"


@pytest.mark.parametrize(("space", "name"), [(s, n) for s, names in LINKS.items() for n in names])
def test_links_print_with_the_name_of_the_parameter(space, name):
    latex = SPACES[space].link(name).latex % r"\mathrm{shape}"
    assert r"\mathrm{shape}" in latex
    assert latex.count("{") == latex.count("}")


def test_spaces_are_values():
    assert Positive() == Interval(0, np.inf)
    assert Positive() != Interval(0, np.inf, closed=(True, False))
    assert hash(Positive()) == hash(Interval(0.0, np.inf))
    for space in SPACES.values():
        assert pickle.loads(pickle.dumps(space)) == copy.deepcopy(space) == space


def test_spaces_that_nobody_typed_print_their_ends():
    """All were called lk.Real()."""
    made = [
        Space(), Space(0, np.inf), Space(0.0, 1.0), Space(0.0, 5.0), Space(0.0, 5.0, (True, False)),
        Space(0, 10, (True, True), whole=True), Integers(0, "trials").at({"trials": 10.0}),
        Interval("low", np.inf).at({"low": 0.5}),
    ]  # fmt: skip
    assert [repr(space) for space in made] == [
        "lk.Real()",
        "lk.Positive()",
        "lk.UnitInterval()",
        "lk.Interval(0, 5)",
        "lk.Interval(0, 5, closed=(True, False))",
        "lk.Integers(0, 10)",
        "lk.Integers(0, 10)",
        "lk.Interval(0.5, inf, closed=(True, False))",
    ]
