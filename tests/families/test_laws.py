"""What every family keeps: density, derivatives, information and moments agree with each other.

Every law is a function that fails on a family that breaks it, and is shown to.
"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from likelihood_kit.calculus import higher_derivatives
from likelihood_kit.calculus.multi_index import multi_indices
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import Bernoulli, Gamma, Normal, Poisson, StudentT, Uniform

RTOL = 1e-7
#: Central difference of order 8: weights of f(x + k h) - f(x - k h), k = 1..4 (Fornberg 1988, table 1).
WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
#: Step relative to the room within the parameter's space: truncation and rounding are then both below 1e-9.
DIFFERENCE = 0.01


def derivatives_of(drawn, function) -> np.ndarray:
    """Derivatives `(..., p)` of `function(**theta)` in the parameters, with none of the kit's calculus."""
    columns = []
    for name, at in drawn.theta.items():
        low, high = drawn.family.spaces[name].ends()
        h = DIFFERENCE * np.minimum(1.0, np.minimum(at - low, high - at))
        moved = [function(**{**drawn.theta, name: at + k * h}) for k in (1, 2, 3, 4, -1, -2, -3, -4)]
        total = sum(w * (up - down) for w, up, down in zip(WEIGHTS, moved[:4], moved[4:], strict=True))
        columns.append(total / h.reshape(h.shape + (1,) * (total.ndim - 2)))
    return np.stack(columns, axis=-1)


def total_mass_is_one(drawn):
    assert_allclose(drawn.expected(np.ones_like), 1, rtol=RTOL)


def score_is_the_derivative_of_the_authors_log_density(drawn):
    y = drawn.typical_data()

    def authors(**theta):
        return drawn.family.formula(*drawn.data(y), *theta.values()) + np.zeros(y.shape)

    assert_allclose(drawn.log_density(y), authors(**drawn.theta), rtol=1e-12, atol=1e-13)
    assert_allclose(drawn.score(y), derivatives_of(drawn, authors), rtol=RTOL, atol=1e-9)


def hessian_is_the_derivative_of_the_score(drawn):
    y = drawn.typical_data()
    found = derivatives_of(drawn, lambda **theta: drawn.family.score(y, **theta, **drawn.known))
    assert_allclose(drawn.hessian(y), found, rtol=RTOL, atol=1e-9)


def third_derivatives_are_those_of_the_hessian(drawn):
    y, p = drawn.typical_data(), len(drawn.theta)
    found = higher_derivatives(drawn.family.formula, 3)(drawn.data(y), list(drawn.theta.values()))
    wanted = derivatives_of(drawn, lambda **theta: drawn.family.hessian(y, **theta, **drawn.known))
    for entry, index in zip(found, multi_indices(p, 3), strict=True):
        if sum(index) < 3:
            continue
        i, j, k = (at for at, often in enumerate(index) for _ in range(often))
        for a, b, c in {(i, j, k), (k, i, j), (j, k, i)}:
            assert_allclose(np.broadcast_to(entry, y.shape), wanted[..., a, b, c], rtol=RTOL, atol=1e-7)


def score_has_expectation_zero(drawn):
    scale = np.sqrt(np.einsum("dkk->dk", drawn.expected(lambda y: outer(drawn.score(y)))))
    assert_allclose(drawn.expected(drawn.score) / scale, 0, atol=RTOL)


def information_is_the_variance_of_the_score(drawn):
    assert_same_information(drawn, drawn.expected(lambda y: outer(drawn.score(y))))


def information_is_the_expected_curvature(drawn):
    assert_same_information(drawn, -drawn.expected(drawn.hessian))


def outer(score: np.ndarray) -> np.ndarray:
    return score[..., :, None] * score[..., None, :]


def assert_same_information(drawn, found: np.ndarray) -> None:
    scale = np.sqrt(np.einsum("dkk->dk", found))
    unit = scale[:, :, None] * scale[:, None, :]
    assert_allclose(drawn.expected_information()[:, 0] / unit, found / unit, rtol=RTOL, atol=RTOL)


def mean_and_variance_are_the_moments(drawn):
    if np.isnan(drawn.mean()).all():
        there_is_no_mean(drawn)
        return
    mean = drawn.expected(lambda y: y)
    assert_allclose(drawn.mean()[:, 0], mean, rtol=RTOL, atol=RTOL)
    variance = drawn.expected(lambda y: (y - mean[:, None]) ** 2)
    assert_allclose(drawn.variance()[:, 0], variance, rtol=RTOL)


def there_is_no_mean(drawn):
    """E|Y| over a range grows with it, from the root of the longest one on, as log |y| does for a tail 1 / y^2."""
    far = np.sqrt(np.abs(drawn.nodes[0]).max())
    within = drawn.expected(lambda y: np.where(np.abs(y) < far, np.abs(y), 0.0))
    assert (drawn.expected(np.abs) > 1.5 * within).all()
    assert np.isnan(drawn.variance()).all()


def density_vanishes_outside_the_support(drawn):
    low, high = drawn.ends
    outside = [low - 0.01, low - 1e6, high + 0.01, high + 1e6, low - np.inf, high + np.inf]
    if drawn.family.discrete:
        outside += [low + 0.5, low + 0.999]
    for y in outside:
        assert_array_equal(drawn.log_density(y), -np.inf)
        assert np.isnan(drawn.score(y)).all()
        assert np.isnan(drawn.hessian(y)).all()


def shapes_follow_the_data_and_the_parameters(drawn):
    scalars, family, p, draws = drawn.scalars, drawn.family, len(drawn.theta), len(drawn.ends[0])
    for n in (0, 1, 5):
        y = np.resize(drawn.typical_data()[0], n)
        for shape, theta in (((n,), scalars), ((draws, n), drawn.given)):
            for method in (family.log_density, family.cdf):
                assert method(y, **theta).shape == shape
            assert family.score(y, **theta).shape == (*shape, p)
            assert family.hessian(y, **theta).shape == (*shape, p, p)
            assert family.ppf(np.linspace(0.1, 0.9, n), **theta).shape == shape
            assert family.sample(shape, 1, **theta).shape == shape
    assert np.shape(family.log_density(y[0], **scalars)) == np.shape(family.mean(**scalars)) == ()
    assert family.mean(**drawn.given).shape == family.variance(**drawn.given).shape == (draws, 1)
    if family.regular:
        assert family.expected_information(**scalars).shape == (p, p)
        assert family.expected_information(**drawn.given).shape == (draws, 1, p, p)


def rows_are_independent_of_the_batch(drawn):
    y = np.append(drawn.typical_data()[0], [np.nan, np.inf, -1e300])
    for method in (drawn.log_density, drawn.score, drawn.hessian, drawn.cdf):
        whole = method(y)
        for i, row in enumerate(y):
            # SIMD and scalar loops of NumPy may round differently in the last place.
            assert_allclose(whole[:, i], method(row)[:, 0], rtol=1e-14, atol=1e-15)


REGULAR_LAWS = (
    score_has_expectation_zero,
    information_is_the_variance_of_the_score,
    information_is_the_expected_curvature,
)
LAWS = (
    total_mass_is_one,
    score_is_the_derivative_of_the_authors_log_density,
    hessian_is_the_derivative_of_the_score,
    third_derivatives_are_those_of_the_hessian,
    *REGULAR_LAWS,
    mean_and_variance_are_the_moments,
    density_vanishes_outside_the_support,
    shapes_follow_the_data_and_the_parameters,
    rows_are_independent_of_the_batch,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_family_keeps(law, drawn):
    if law in REGULAR_LAWS and drawn.family.regular is False:
        with pytest.raises(NotAvailableError, match="support moves with"):
            drawn.expected_information()
        return
    if law is information_is_the_expected_curvature and not drawn.family.smooth:
        assert drawn.kink is not None
        with np.errstate(all="ignore"), pytest.raises(AssertionError):  # the Hessian in loc is 0
            law(drawn)
        return
    law(drawn)


def test_the_excuse_of_a_family_that_is_not_regular_is_needed(at_drawn):
    """The score of a Uniform law is a constant: its expectation is not zero."""
    with pytest.raises(AssertionError):
        score_has_expectation_zero(at_drawn(Uniform()))


def broken(family, **methods):
    """The family with some of what a user calls replaced by a faulty one."""
    altered = type(f"Broken{family.__name__}", (family,), {})
    for name, method in methods.items():
        setattr(altered, name, method)
    return altered()


class Unnormalised(Gamma):
    @staticmethod
    def log_density(y, shape, scale):
        return (shape - 1) * np.log(y) - y / scale - shape * np.log(scale)


class InformationOfTheVariance(Normal):
    """The information on the variance, where that on the sd is due."""

    @staticmethod
    def expected_information(mean, sd):
        return 1 / sd**2, 0.0, 1 / (2 * sd**4)


class InformationOfAnotherScale(StudentT):
    """The corner that belongs to log(df)."""

    @staticmethod
    def expected_information(loc, scale, df):
        *others, corner = StudentT.law.functions["expected_information"](loc, scale, df)
        return *others, corner * df**2


class PopulationVariance(Gamma):
    @staticmethod
    def moments(shape, scale):
        return shape * scale, shape * scale


class WithoutMean(Normal):
    @staticmethod
    def moments(mean, sd):
        return np.nan * mean, np.nan * sd


class MeanOfTheWrongEnd(Bernoulli):
    @staticmethod
    def moments(probability):
        return 1 - probability, probability * (1 - probability)


def kernels_off_by_a_digit(self):
    """A generated kernel with a slip in one entry of the score and one of the Hessian."""
    rows = Gamma.kernels.fget(self).rows

    def derivatives(hoisted, shape, scale):
        value, (in_shape, in_scale), (first, second, third) = rows.derivatives(hoisted, shape, scale)
        return value, (in_shape - 1e-6, in_scale), (first, second, third * (1 + 1e-6))

    return replace(Gamma.kernels.fget(self), rows=replace(rows, derivatives=derivatives))


def bent_hessian(self, y, **theta):
    return Gamma.hessian(self, y, **theta) * (1 + 1e-6 * theta["scale"][..., None, None])


BROKEN_KERNELS = broken(Gamma, kernels=property(kernels_off_by_a_digit))
ASYMMETRIC = broken(Gamma, hessian=lambda self, y, **theta: Gamma.hessian(self, y, **theta) * [[1, 1 + 1e-6], [1, 1]])
FAULTS = {
    "mass of Gamma(shape)": (total_mass_is_one, Unnormalised()),
    "a slip in a kernel's score": (score_is_the_derivative_of_the_authors_log_density, BROKEN_KERNELS),
    "a slip in a kernel's Hessian": (hessian_is_the_derivative_of_the_score, BROKEN_KERNELS),
    "an asymmetric Hessian": (hessian_is_the_derivative_of_the_score, ASYMMETRIC),
    "a slip in the Hessian that third derivatives do not have": (
        third_derivatives_are_those_of_the_hessian,
        broken(Gamma, hessian=bent_hessian),
    ),
    "a score that is not centred": (score_has_expectation_zero, BROKEN_KERNELS),
    "the score of an unnormalised density": (score_has_expectation_zero, Unnormalised()),
    "information in other coordinates": (information_is_the_variance_of_the_score, InformationOfTheVariance()),
    "information on a logarithm": (information_is_the_variance_of_the_score, InformationOfAnotherScale()),
    "curvature in other coordinates": (information_is_the_expected_curvature, InformationOfTheVariance()),
    "curvature on a logarithm": (information_is_the_expected_curvature, InformationOfAnotherScale()),
    "a variance without its square": (mean_and_variance_are_the_moments, PopulationVariance()),
    "a mean of the wrong end": (mean_and_variance_are_the_moments, MeanOfTheWrongEnd()),
    "a mean that is there": (mean_and_variance_are_the_moments, WithoutMean()),
    "a density that goes on": (
        density_vanishes_outside_the_support,
        broken(Poisson, log_density=lambda self, y, rate: special.xlogy(y, rate) - rate - special.gammaln(y + 1)),
    ),
    "a score without its last axis": (
        shapes_follow_the_data_and_the_parameters,
        broken(Poisson, score=lambda self, y, rate: y / rate - 1),
    ),
    "a density of the centred data": (
        rows_are_independent_of_the_batch,
        broken(Normal, log_density=lambda self, y, mean, sd: -np.log(sd) - np.abs(y - np.nanmedian(y)) / sd),
    ),
}


@pytest.mark.parametrize(("law", "family"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(law, family, at_drawn, untried):
    with pytest.raises(AssertionError):
        law(at_drawn(untried(family)))


def test_every_law_is_shown_to_fail():
    assert {law for law, _ in FAULTS.values()} == set(LAWS)
