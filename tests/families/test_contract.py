"""The contract as a user meets it: a family of one's own, fixed parameters, links, and maxima in closed form."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, ParameterError


class Rayleigh(lk.Family):
    """Rayleigh law on y > 0."""

    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return np.log(y) - 2 * np.log(scale) - y**2 / (2 * scale**2)


def test_a_family_of_ones_own():
    family, oracle = Rayleigh(), stats.rayleigh(scale=1.7)
    y = np.array([0.2, 1.0, 4.0])
    assert family.parameter_names == ("scale",)
    assert (family.name, family.predicted, family.regular, family.discrete) == ("Rayleigh", "scale", True, False)
    assert family.derivatives == "symbolic"
    assert family.kernels.statistics is not None
    assert_allclose(family.log_density(y, scale=1.7), oracle.logpdf(y), rtol=1e-13)
    assert_allclose(family.score(y, scale=1.7)[:, 0], -2 / 1.7 + y**2 / 1.7**3, rtol=1e-13)
    assert_allclose(family.hessian(y, scale=1.7)[:, 0, 0], 2 / 1.7**2 - 3 * y**2 / 1.7**4, rtol=1e-13)
    assert_allclose(family.expected_information(scale=1.7), [[4 / 1.7**2]], rtol=1e-12)
    assert_allclose(family.mean(scale=1.7), oracle.mean(), rtol=1e-12)
    assert_allclose(family.variance(scale=1.7), oracle.var(), rtol=1e-12)
    assert_allclose(family.cdf(y, scale=1.7), oracle.cdf(y), rtol=1e-12)
    assert_allclose(family.ppf([0.1, 0.9], scale=1.7), oracle.ppf([0.1, 0.9]), rtol=1e-10)
    assert stats.kstest(family.sample(2000, 3, scale=1.7), oracle.cdf).pvalue > 1e-6  # its false-alarm rate
    assert_array_equal(family.log_density([-1.0, 0.0], scale=1.7), -np.inf)
    with pytest.raises(NotAvailableError, match="no method of moments declared"):
        family.method_of_moments(y)


def test_closed_forms_that_an_author_adds_are_used():
    """What they are, they are to the last digit: here with a difference that no quadrature would see."""
    mark = 1 + 1e-8

    class Marked(Rayleigh):
        @staticmethod
        def cdf(y, scale):
            return -np.expm1(-((y / scale) ** 2) / 2) * mark

        @staticmethod
        def moments(scale):
            return scale * np.sqrt(np.pi / 2) * mark, scale**2 * (2 - np.pi / 2) * mark

        @staticmethod
        def sample(rng, size, scale):
            return rng.rayleigh(scale, size) * mark

    family = Marked()
    assert_allclose(family.cdf(1.0, scale=2.0), -np.expm1(-1 / 8) * mark, rtol=1e-15)
    assert_allclose(family.mean(scale=2.0), 2 * np.sqrt(np.pi / 2) * mark, rtol=1e-15)
    assert_allclose(family.variance(scale=2.0), 4 * (2 - np.pi / 2) * mark, rtol=1e-15)
    assert_array_equal(family.sample(3, 1, scale=2.0), np.random.default_rng(1).rayleigh(2.0, 3) * mark)
    assert_allclose(Rayleigh().cdf(1.0, scale=2.0), -np.expm1(-1 / 8))


def test_a_law_stays_with_its_class():
    assert (Rayleigh.law.name, dict(Rayleigh.law.functions)) == ("Rayleigh", {})
    assert lk.Family.law is None


class TestFixedParameters:
    def test_they_leave_the_names_and_the_derivatives(self):
        family, whole = lk.Gamma(shape=2.5), lk.Gamma()
        y, theta = np.array([0.4, 2.0]), {"shape": 2.5, "scale": 1.5}
        assert family.parameter_names == ("scale",)
        assert_allclose(family.log_density(y, scale=1.5), whole.log_density(y, **theta))
        assert_allclose(family.score(y, scale=1.5), whole.score(y, **theta)[:, 1:])
        assert_allclose(family.hessian(y, scale=1.5), whole.hessian(y, **theta)[:, 1:, 1:])
        assert_allclose(family.expected_information(scale=1.5), whole.expected_information(**theta)[1:, 1:])
        assert_array_equal(family.sample(4, 9, scale=1.5), whole.sample(4, 9, **theta))
        assert_allclose(family.mean(scale=1.5), 3.75)

    def test_one_in_the_middle(self):
        family, theta = lk.StudentT(scale=2.0), {"loc": 0.5, "df": 4.0}
        whole = lk.StudentT().expected_information(scale=2.0, **theta)
        assert_allclose(family.expected_information(**theta), whole[np.ix_([0, 2], [0, 2])])
        hessian = lk.StudentT().hessian(1.0, scale=2.0, **theta)
        assert_allclose(family.hessian(1.0, **theta), hessian[np.ix_([0, 2], [0, 2])])

    def test_in_other_coordinates(self):
        family = lk.Gamma(parameters=("mean", "shape"), shape=2.0)
        assert (family.parameter_names, family.predicted) == (("mean",), "mean")
        assert_allclose(family.expected_information(mean=3.0), [[2 / 9]])
        assert repr(family) == "Gamma(parameters=('mean', 'shape'), shape=2)"

    def test_the_predicted_one_is_then_no_more_predicted(self):
        assert lk.Gamma(scale=1.0).predicted is None
        assert not lk.Gamma(scale=1.0).predicts_mean()

    def test_all_of_them(self):
        family = lk.Gamma(shape=2.0, scale=3.0)
        y = np.array([1.0, 2.0])
        assert_allclose(family.log_density(y), lk.Gamma().log_density(y, shape=2.0, scale=3.0))
        assert family.score(y).shape == (2, 0)
        assert family.hessian(y).shape == (2, 0, 0)
        assert family.expected_information().shape == (0, 0)

    @pytest.mark.parametrize("value", [0.0, -1.0, np.inf, np.nan, "two", 1j, None, [1.0, 2.0]])
    def test_a_value_outside_its_space_is_refused(self, value):
        with pytest.raises(ParameterError, match=r"^shape=.* is not a value in its space lk\.Positive\(\)"):
            lk.Gamma(shape=value)

    def test_one_that_is_fixed_is_not_given_again(self):
        with pytest.raises(ParameterError, match="no free parameter 'shape': it is held fixed at 2"):
            lk.Gamma(shape=2.0).log_density(1.0, shape=3.0, scale=1.0)

    def test_a_law_whose_moving_ends_are_fixed_is_regular(self):
        assert lk.Uniform().regular is False
        assert lk.Uniform(low=0.0).regular is False
        assert lk.Uniform(low=0.0, high=1.0).regular is True


class TestLinks:
    def test_a_link_by_name(self):
        assert lk.Bernoulli().links["probability"].name == "logit"
        assert lk.Bernoulli(links={"probability": "probit"}).links["probability"].name == "probit"
        assert repr(lk.Gamma(links={"scale": "identity"})) == "Gamma(links={'scale': 'identity'})"

    def test_an_unknown_link_is_told_its_neighbours(self):
        with pytest.raises(ArgumentError, match=r"'logti' does not fit .*UnitInterval.*did you mean 'logit'"):
            lk.Bernoulli(links={"probability": "logti"})

    def test_a_link_of_another_space_is_refused(self):
        with pytest.raises(
            ArgumentError, match=r"'logit' does not fit the space lk\.Positive\(\).*known: log, identity"
        ):
            lk.Gamma(links={"scale": "logit"})

    def test_a_link_of_an_unknown_parameter_is_refused(self):
        with pytest.raises(ParameterError, match="no parameter 'scael': did you mean 'scale'"):
            lk.Gamma(links={"scael": "log"})


def test_quantities_come_in_any_order():
    """By name: in the formula, in closed forms, and in a sampler."""

    class Reversed(lk.Gamma):
        @staticmethod
        def log_density(value, scale, shape):
            return lk.Gamma.law.log_density(value, shape, scale)

        @staticmethod
        def cdf(value, scale, shape):
            return special.gammainc(shape, value / scale)

        @staticmethod
        def moments(scale, shape):
            return shape * scale, shape * scale**2

    theta, y = {"shape": 2.5, "scale": 1.5}, np.array([0.3, 2.0])
    for method in ("log_density", "score", "hessian", "cdf"):
        assert_allclose(getattr(Reversed(), method)(y, **theta), getattr(lk.Gamma(), method)(y, **theta), rtol=1e-13)
    assert_allclose(Reversed().variance(**theta), 2.5 * 1.5**2)


def test_new_parameters_make_a_new_law():
    """Nothing that spoke of the parent's parameters may be kept."""

    class Inverted(lk.Exponential):
        rate = lk.Positive()
        support = lk.Interval(0, np.inf)

        @staticmethod
        def log_density(y, rate):
            return np.log(rate) - rate * y

    assert dict(Inverted.law.functions) == {}
    assert Inverted().available_parameters == (("rate",),)
    assert_allclose(Inverted().expected_information(rate=2.0), [[0.25]], rtol=1e-10)


def test_another_formula_makes_a_new_law():
    """It kept the mean and the information of the parent."""

    class Tilted(lk.Gamma):
        @staticmethod
        def log_density(y, shape, scale):
            return -np.log(scale * shape) - y / (scale * shape)

    assert_allclose(Tilted().variance(shape=3.0, scale=2.0), 36.0, rtol=1e-10)
    assert_allclose(Tilted().expected_information(shape=3.0, scale=2.0)[1, 1], 0.25, rtol=1e-10)
    assert Tilted().available_parameters == lk.Gamma().available_parameters


INSTANCES = [
    lk.Gamma(),
    lk.Gamma(parameters=("mean", "shape"), links={"mean": "identity"}),
    lk.StudentT(df=4.0),
    lk.Uniform(low=0.0),
    Rayleigh(),
]


@pytest.mark.parametrize("family", INSTANCES, ids=repr)
def test_a_family_survives_pickling(family):
    """The links are functions made on the spot, which do not pickle."""
    again = pickle.loads(pickle.dumps(family))
    assert repr(again) == repr(family)
    assert (again.parameter_names, again.fixed) == (family.parameter_names, family.fixed)
    theta = dict.fromkeys(family.parameter_names, 1.5)
    assert_array_equal(again.score([0.5, 1.0], **theta), family.score([0.5, 1.0], **theta))
    assert {name: link.name for name, link in again.links.items()} == {n: k.name for n, k in family.links.items()}


# Outside the spaces


def test_outside_their_spaces_parameters_have_no_likelihood():
    """The log density of a Gamma law at shape -1 was a number, and so was its score."""
    gamma, inside = lk.Gamma(), {"shape": 2.0, "scale": 3.0}
    for outside in ({"shape": -1.0}, {"scale": 0.0}, {"scale": -3.0}, {"shape": np.inf}):
        theta = {**inside, **outside}
        assert_array_equal(gamma.log_density([1.0, 2.0], **theta), -np.inf)
        assert_array_equal(gamma.density([1.0, 2.0], **theta), 0.0)
        assert np.isnan(gamma.score([1.0, 2.0], **theta)).all()
        assert np.isnan(gamma.hessian([1.0, 2.0], **theta)).all()
    assert np.isnan(gamma.log_density(1.0, shape=np.nan, scale=1.0))
    found = gamma.log_density(1.0, shape=np.array([2.0, -2.0]), scale=3.0)
    assert_allclose(found, [gamma.log_density(1.0, **inside), -np.inf])
    assert lk.Gamma(parameters=("mean", "shape")).log_density(1.0, mean=-1.0, shape=-1.0) == -np.inf


@pytest.mark.parametrize(
    "call",
    [
        lambda y: lk.Gamma().log_density(y, shape=1.0, scale=1.0),
        lambda y: lk.Gamma().log_density(1.0, shape=y, scale=1.0),
        lambda y: lk.Gamma().cdf(y, shape=1.0, scale=1.0),
        lambda y: lk.Gamma().start(y),
    ],
)
def test_the_imaginary_part_of_data_was_cut_off(call):
    with pytest.raises(DataError, match=r"must be numbers: .* complex"):
        call(np.array([1 + 1j, 2.0]))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.int8])
def test_data_of_few_digits_are_computed_in_float64(kind):
    y = np.array([1, 2, 3]).astype(kind)
    found = lk.Gamma().log_density(y, shape=kind(1), scale=np.float16(3))
    assert found.dtype == float
    assert_array_equal(found, lk.Gamma().log_density(y.astype(float), shape=1.0, scale=3.0))


# A maximum in closed form


class ShiftedExponential(lk.Family):
    loc, scale = lk.Real(), lk.Positive()
    support = lk.Interval("loc", np.inf)

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(scale) - (y - loc) / scale

    @staticmethod
    def maximum_likelihood(y):
        return {"loc": y.min(axis=-1), "scale": y.mean(axis=-1) - y.min(axis=-1)}


def test_a_maximum_in_closed_form_took_no_notice_of_what_is_held_fixed():
    y = np.array([5.0, 6.0, 10.0])
    assert ShiftedExponential().closed_maximum(y) == {"loc": 5.0, "scale": 2.0}
    assert ShiftedExponential(scale=9.0).closed_maximum(y) == {"loc": 5.0}
    assert ShiftedExponential(loc=4.0).closed_maximum(y) is None  # it is 3, not 2
    assert_allclose(lk.LikelihoodModel(y, family=ShiftedExponential(loc=4.0)).fit().params, [3.0], rtol=1e-9)
    assert lk.Uniform(low=0.0).closed_maximum(y) == {"high": 10.0}
