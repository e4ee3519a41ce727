"""A formula is tried before its first use: what the trace saw must be what the author's code does."""

import math
import time

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import FormulaError
from likelihood_kit.families import CATALOGUE, trial
from likelihood_kit.families.coordinates import Coordinates

Y = np.random.default_rng(0).exponential(2.0, 50) + 0.01


def family_of(log_density, **attributes):
    body = {"scale": lk.Positive(), "support": lk.Interval(0, np.inf), "log_density": staticmethod(log_density)}
    return type("Own", (lk.Family,), {**body, **attributes})()


def exponential(y, scale):
    return -np.log(scale) - y / scale


def converts_if_it_can(y, scale):
    try:
        y = np.asarray(y)
    except TypeError:
        return exponential(2 * y, scale)
    return exponential(y, scale)


def asks_for_the_type(y, scale):
    return exponential(y if isinstance(y, np.ndarray) else 2 * y, scale)


def loses_a_sign(y, scale):
    """Of special.gamma(1 - scale), for scales between 1 and 2, the trace has the absolute value."""
    return exponential(y, scale) + np.minimum(special.gamma(1 - scale), 0.0) * 0.0 + np.sign(special.gamma(1 - scale))


OTHER = {"conversion": converts_if_it_can, "type": asks_for_the_type}


@pytest.mark.parametrize("formula", OTHER.values(), ids=OTHER)
def test_a_trace_that_is_not_the_function_was_certified_with_wrong_numbers(formula):
    family = family_of(formula)
    assert family.derivatives == "numeric"
    assert "its symbolic form is" in family.kernels.reason
    results = lk.LikelihoodModel(Y, family=family).fit()
    assert_allclose(results.params, Y.mean(), rtol=1e-8)
    assert_allclose(results.bse, Y.mean() / np.sqrt(50), rtol=1e-6)
    assert_allclose(family.expected_information(scale=2.0), [[0.25]], rtol=1e-8)


def test_a_sign_that_the_trace_loses():
    family = family_of(loses_a_sign)
    assert family.derivatives == "numeric"
    assert_allclose(family.log_density(1.0, scale=1.5), exponential(1.0, 1.5) - 1, rtol=1e-14)


def random_rows(y, scale):
    return exponential(y, scale) + np.random.default_rng().normal()


def random_untraced(y, scale):
    return stats.expon.logpdf(y, scale=scale) + np.random.default_rng().normal(size=np.shape(y))


def by_the_clock(y, scale):
    return exponential(y, scale) + time.perf_counter()


def caching():
    kept = {}

    def log_density(y, scale):
        return exponential(kept.setdefault("y", y), scale)

    return log_density


def counting():
    calls = []

    def log_density(y, scale):
        calls.append(0)
        return exponential(y, scale) * len(calls)

    return log_density


def branches(y, scale):
    return exponential(y, scale) if scale > 3 else exponential(y, scale) - 0.0


def guards(y, scale):
    return -np.inf if scale <= 0 else exponential(y, scale)


def assigns(y, scale):
    out = exponential(y, scale)
    out[y < 0] = -np.inf
    return out


def assigns_by_parts(y, scale):
    out = np.zeros_like(y)
    out[y > 0] = -y[y > 0] / scale
    return out - np.log(scale)


def divides_in_place(y, scale):
    y /= scale
    return -np.log(scale) - y


def divides_another_name_in_place(y, scale):
    z = y
    z *= 1 / scale
    return -np.log(scale) - z


def assigns_untraced(y, scale):
    y = np.asarray(y)
    y[y < 0] = 0.0
    return exponential(y, scale)


def one_row_alone(y, scale):
    return exponential(y, scale) + (np.ndim(y) == 0 and np.ndim(scale) == 0)


REFUSED = {
    "random": (random_rows, "returns other values for the same arguments"),
    "random, not traced": (random_untraced, "random numbers belong into sample"),
    "time": (by_the_clock, "returns other values for the same arguments"),
    "a cache": (caching(), "keeps something from one call to the next"),
    "a counter": (counting(), "returns other values for the same arguments"),
    "if": (branches, "cannot branch on arrays: write np.where"),
    "a guard": (guards, "cannot branch on arrays: write np.where"),
    "items": (assigns, "assigns to items of an array, .* write np.where"),
    "items by parts": (assigns_by_parts, "write np.where"),
    "in place": (divides_in_place, "changes its argument y in place, .* write y = y"),
    "in place, by another name": (divides_another_name_in_place, "changes its argument y in place"),
    "in place, not traced": (assigns_untraced, "changes its argument in place"),
    "math": (lambda y, scale: -math.log(scale) - y / scale, "write np.log for math.log"),
    "a mean over the rows": (lambda y, scale: exponential(y.mean(), scale) + 0 * y, "row by row"),
    "sorted rows": (lambda y, scale: exponential(np.sort(y), scale), "row by row"),
    "one row alone": (one_row_alone, "row by row"),
    "complex": (lambda y, scale: exponential(y, scale) + 0j, "returns complex numbers"),
    "float32": (lambda y, scale: np.asarray(exponential(y, scale)).astype(np.float32), "float32 numbers"),
    "an error": (lambda y, scale: undefined, "NameError"),  # noqa: F821
}


@pytest.mark.parametrize(("formula", "message"), REFUSED.values(), ids=REFUSED)
def test_formulas_that_are_no_function_of_a_row_and_parameters(formula, message):
    y = Y.copy()
    with pytest.raises(FormulaError, match=f"Own: log_density.*{message}"):
        lk.LikelihoodModel(y, family=family_of(formula)).fit()
    np.testing.assert_array_equal(y, Y)


def in_place_on_its_own(y, scale):
    z = y / scale
    z += np.log(scale)
    return -z


SOUND = {"in place on its own": in_place_on_its_own, "plain": exponential}


@pytest.mark.parametrize("formula", SOUND.values(), ids=SOUND)
def test_sound_formulas_stay_symbolic(formula):
    """The negative control."""
    family = family_of(formula)
    assert (family.derivatives, family.kernels.reason) == ("symbolic", "")
    assert_allclose(lk.LikelihoodModel(Y, family=family).fit().params, Y.mean(), rtol=1e-10)


@pytest.mark.parametrize("name", ["start", "cdf", "ppf", "moments", "sample", "method_of_moments"])
def test_no_function_of_the_author_writes_to_the_users_arrays(name):
    def sorts(y, *rest):
        y.sort()
        return {"scale": y.mean(axis=-1)}

    functions = {
        "start": lambda y: sorts(y),
        "method_of_moments": lambda y: sorts(y),
        "cdf": lambda y, scale: sorts(y),
        "ppf": lambda q, scale: sorts(q),
        "moments": lambda scale: (sorts(scale), scale),
        "sample": lambda rng, size, scale: sorts(scale),
    }
    family = family_of(exponential, **{name: staticmethod(functions[name])})
    given = np.array([0.5, 0.2])
    calls = {
        "start": lambda: family.start(given),
        "method_of_moments": lambda: family.method_of_moments(given),
        "cdf": lambda: family.cdf(given, scale=1.0),
        "ppf": lambda: family.ppf(given, scale=1.0),
        "moments": lambda: family.mean(scale=given),
        "sample": lambda: family.sample(2, 1, scale=given),
    }
    with pytest.raises(FormulaError, match=f"family Own: {name} fails: .*in place"):
        calls[name]()
    np.testing.assert_array_equal(given, [0.5, 0.2])


def test_a_formula_nested_too_deeply_was_a_recursion_error():
    def deep(y, scale):
        z = y / scale
        for _ in range(400):
            z = np.arctan(z)
        return exponential(y, scale) + 1e-12 * z

    family = family_of(deep)
    assert family.derivatives == "numeric"
    assert "nested too deeply" in family.kernels.reason
    assert_allclose(family.score([1.0], scale=2.0), [[-0.25]], rtol=1e-8)


def test_case_distinctions_within_each_other_took_minutes():
    def nested(y, scale):
        z = y / scale
        for k in range(12):
            z = np.maximum(z, (k + 1) * y / scale / 12)
        return -np.log(scale) - z

    family = family_of(nested)
    assert family.derivatives == "numeric"
    assert "operations, which takes too long" in family.kernels.reason
    assert_allclose(family.score([1.0], scale=2.0), [[-0.25]], rtol=1e-8)


def test_points_lie_in_the_spaces_and_the_support():
    for cls in CATALOGUE.values():
        for names in cls().available_parameters:
            law = cls.law
            data, theta = trial.points(law, names)
            assert len(data["y"]) > trial.POINTS // 3
            assert all(space.contains(theta[name]).all() for name, space in law.spaces_in(names).items())
            values = {**{name: data[name] for name in law.known}, **theta}
            if names in law.coordinates:
                values |= law.coordinates[names].to_canonical(*theta.values())
            assert law.support.contains(data["y"], values).all()


# Maps between coordinates


class InOffset(lk.Gamma):
    """A map that is not analytic: the complex step took the slope of abs for 1."""

    in_offset = Coordinates(
        {"offset": lk.Real(), "scale": lk.Positive()},
        to_canonical=lambda offset, scale: {"scale": scale, "shape": np.abs(offset - 5.0)},
        from_canonical=lambda shape, scale: {"offset": 5 - shape, "scale": scale},
    )


class InMedian(lk.Gamma):
    """A map that cannot be traced."""

    in_median = Coordinates(
        {"median": lk.Positive(), "shape": lk.Positive()},
        to_canonical=lambda median, shape: {"shape": shape, "scale": median / special.gammaincinv(shape, 0.5)},
        from_canonical=lambda shape, scale: {"median": scale * special.gammaincinv(shape, 0.5), "shape": shape},
    )


class InSteps(lk.Gamma):
    """A map that is none of sizes with a fraction: it jumps there, and goes back only from whole ones."""

    in_steps = Coordinates(
        {"size": lk.Positive(), "scale": lk.Positive()},
        to_canonical=lambda size, scale: {"shape": np.where(size < 50, size, np.floor(size)), "scale": scale},
        from_canonical=lambda shape, scale: {"size": shape, "scale": scale},
    )


def test_the_information_in_coordinates_with_abs_had_a_wrong_sign():
    found = InOffset(parameters=("offset", "scale")).expected_information(offset=2.0, scale=1.5)
    wanted = lk.Gamma().expected_information(shape=3.0, scale=1.5) * np.array([[1, -1], [-1, 1]])
    assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize("median", [1e-7, 2.0, 1e9])
def test_a_map_that_cannot_be_traced(median):
    found = InMedian(parameters=("median", "shape")).expected_information(median=median, shape=3.0)
    middle, h = special.gammaincinv(3.0, 0.5), 1e-4
    bend = (special.gammaincinv(3 + h, 0.5) - special.gammaincinv(3 - h, 0.5)) / (2 * h)
    matrix = np.array([[0.0, 1.0], [1 / middle, -median * bend / middle**2]])
    wanted = matrix.T @ lk.Gamma().expected_information(shape=3.0, scale=median / middle) @ matrix
    assert_allclose(found, wanted, rtol=1e-6)


def test_a_map_without_derivatives_is_refused():
    with pytest.raises(lk.errors.NotAvailableError, match="derivatives of shape in size, scale are not known"):
        InSteps(parameters=("size", "scale")).expected_information(size=60.95, scale=1.0)
