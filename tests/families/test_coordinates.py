"""The same law in other coordinates, obtained by composing its one formula."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.differentiate import jacobian

from likelihood_kit.families import CATALOGUE, Coordinates, Exponential, Gamma, Normal
from likelihood_kit.parameters import Positive, Real


def canonical_of(drawn):
    """The family in its canonical coordinates, and its parameters there."""
    return type(drawn.family)(), drawn.canonical()


def maps_invert_each_other(drawn):
    family, canonical = canonical_of(drawn)
    coordinates = family.law.coordinates.get(drawn.family.coordinate_names)
    if coordinates is None:
        return
    back = coordinates.from_canonical(*(canonical[name] for name in family.parameter_names))
    assert tuple(back) == tuple(coordinates.spaces)
    for name, value in drawn.theta.items():
        assert_allclose(back[name], value, rtol=1e-13)


def density_and_distribution_are_those_of_the_canonical_law(drawn):
    family, canonical = canonical_of(drawn)
    y = drawn.typical_data()
    assert_allclose(drawn.log_density(y), family.log_density(y, **canonical), rtol=1e-12, atol=1e-13)
    assert_allclose(drawn.cdf(y), family.cdf(y, **canonical), rtol=1e-12)
    assert_allclose(drawn.ppf(np.array([0.1, 0.7])), family.ppf(np.array([0.1, 0.7]), **canonical), rtol=1e-12)


def sample_is_that_of_the_canonical_law(drawn):
    family, canonical = canonical_of(drawn)
    shape = (len(drawn.ends[0]), 3)
    assert_array_equal(drawn.sample(shape, 3), family.sample(shape, 3, **canonical))


def moments_are_those_of_the_canonical_law(drawn):
    family, canonical = canonical_of(drawn)
    assert_allclose(drawn.mean(), family.mean(**canonical), rtol=1e-13)
    assert_allclose(drawn.variance(), family.variance(**canonical), rtol=1e-13)


def a_coordinate_called_a_moment_is_that_moment(drawn):
    for name in {"mean", "variance"} & drawn.theta.keys():
        assert_allclose(getattr(drawn, name)(), drawn.theta[name], rtol=1e-13)


def information_is_transformed_by_the_jacobian(drawn):
    family, canonical = canonical_of(drawn)
    if not family.regular:
        return
    coordinates = family.law.coordinates.get(drawn.family.coordinate_names)
    for found, wanted, *values in zip(
        drawn.expected_information()[:, 0],
        family.expected_information(**canonical)[:, 0],
        *(value[:, 0] for value in drawn.theta.values()),
        strict=True,
    ):
        if coordinates is not None:
            maps = lambda x: np.stack(list(coordinates.to_canonical(*x).values()))  # noqa: E731
            matrix = jacobian(maps, np.array(values), initial_step=0.1 * np.abs(values).min()).df
            wanted = matrix.T @ wanted @ matrix
        assert_allclose(found, wanted, rtol=1e-8, atol=1e-10)


LAWS = (
    maps_invert_each_other,
    density_and_distribution_are_those_of_the_canonical_law,
    sample_is_that_of_the_canonical_law,
    moments_are_those_of_the_canonical_law,
    a_coordinate_called_a_moment_is_that_moment,
    information_is_transformed_by_the_jacobian,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_parametrisation_agrees_with_the_canonical_one(law, drawn):
    law(drawn)


class MeanForScale(Gamma):
    """`to_canonical` multiplies where it must divide."""

    in_mean = Coordinates(
        {"mean": Positive(), "shape": Positive()},
        to_canonical=lambda mean, shape: {"shape": shape, "scale": mean * shape},
        from_canonical=lambda shape, scale: {"mean": shape * scale, "shape": shape},
    )


def unchecked(made, names):
    """A family in coordinates whose maps it would refuse."""
    made.law.kept_answers["maps", names] = True
    return made(parameters=names)


class ScaleCalledVariance(Normal):
    """Two maps that invert each other, under a name that promises something else."""

    in_variance = Coordinates(
        {"mean": Real(), "variance": Positive()},
        to_canonical=lambda mean, variance: {"mean": mean, "sd": 2 * variance},
        from_canonical=lambda mean, sd: {"mean": mean, "variance": sd / 2},
    )


def in_rate_only(name, method):
    """The Exponential law with one method that is wrong in the coordinates (rate)."""
    altered = type("Altered", (Exponential,), {})

    def wrong(self, *arguments, **theta):
        return getattr(Exponential, name)(self, *arguments, **theta) * method(self.coordinate_names == ("rate",))

    setattr(altered, name, wrong)
    return altered(parameters=["rate"])


FAULTS = {
    "maps that do not invert": (maps_invert_each_other, unchecked(MeanForScale, ("mean", "shape"))),
    "a density without its jacobian": (
        density_and_distribution_are_those_of_the_canonical_law,
        in_rate_only("log_density", lambda other: 1 + 1e-6 * other),
    ),
    "a sample in units of its own": (
        sample_is_that_of_the_canonical_law,
        in_rate_only("sample", lambda other: 1 + other),
    ),
    "a mean of the other parameter": (
        moments_are_those_of_the_canonical_law,
        in_rate_only("mean", lambda other: 1 + other),
    ),
    "a name that promises something else": (
        a_coordinate_called_a_moment_is_that_moment,
        ScaleCalledVariance(parameters=["mean", "variance"]),
    ),
    "information that is not transformed": (
        information_is_transformed_by_the_jacobian,
        in_rate_only("expected_information", lambda other: 1 + other),
    ),
}


@pytest.mark.parametrize(("law", "family"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(law, family, at_drawn):
    with pytest.raises(AssertionError):
        law(at_drawn(family))


def test_every_law_is_shown_to_fail():
    assert {law for law, _ in FAULTS.values()} == set(LAWS)


def test_coordinates_in_any_order_are_the_declared_ones():
    assert Gamma(parameters=("shape", "mean")).parameter_names == ("mean", "shape")
    assert Gamma(parameters=("shape", "scale")).parameter_names == Gamma().parameter_names


def test_the_predicted_parameter_of_other_coordinates_comes_first():
    assert Gamma(parameters=("mean", "shape")).predicted == "mean"
    assert Gamma().predicted == "scale"


class WithLogShape(Gamma):
    in_log_shape = Coordinates(
        {"logshape": Real(), "scale": Positive()},
        to_canonical=lambda logshape, scale: {"shape": np.exp(logshape), "scale": scale},
        from_canonical=lambda shape, scale: {"logshape": np.log(shape), "scale": scale},
    )


def test_a_users_coordinates_of_a_catalogue_family(at_drawn):
    """Coordinates that the family's generated file does not hold were a KeyError."""
    drawn = at_drawn(WithLogShape(parameters=("logshape", "scale")))
    for law in LAWS:
        law(drawn)
    y, theta = 1.7, {"logshape": 0.4, "scale": 2.0}
    in_shape, in_scale = Gamma().score(y, shape=np.exp(0.4), scale=2.0)
    assert_allclose(drawn.family.score(y, **theta), [in_shape * np.exp(0.4), in_scale])
    assert len(Gamma().available_parameters) == len(WithLogShape().available_parameters) - 1


def test_there_are_coordinates_to_test():
    assert sum(len(family().available_parameters) > 1 for family in CATALOGUE.values()) >= 3
