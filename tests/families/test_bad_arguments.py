"""Arguments of a family that cannot be used are refused by name, and never taken for something else."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError, ParameterError

GAMMA, CENSORED = lk.Gamma(), lk.censored(lk.Weibull())
AT = {"shape": 2.0, "scale": 3.0}
METHODS = ("log_density", "density", "score", "hessian", "cdf", "log_cdf", "survival", "log_survival", "ppf")


class Exposed(lk.Family):
    """Exponential law whose rate is known up to a factor."""

    rate = lk.Positive()
    exposure = lk.Known(lk.Positive())
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, exposure, rate):
        return np.log(rate * exposure) - y * rate * exposure


NO_VALUES = {
    "True": True,
    "NumPy's True": np.True_,
    "complex": np.complex64(1),
    "text": "1",
    "None": None,
    "a date": np.datetime64("2020"),
    "a duration": np.timedelta64(1, "s"),
    "an integer beyond floats": 10**400,
    "an array": np.array([1.0]),
}


@pytest.mark.parametrize("value", NO_VALUES.values(), ids=NO_VALUES)
def test_what_is_no_number_cannot_be_held_fixed(value):
    """NumPy's True was 1, the imaginary part of a complex number was cut, and a long integer overflowed."""
    with pytest.raises(ParameterError, match=r"^shape=.* is not a value in its space"):
        lk.Gamma(shape=value)
    with pytest.raises(ParameterError, match=r"truth: shape = .* is not in its space"):
        GAMMA.check_theta({"shape": value, "scale": 1.0}, "truth")


def test_a_fraction_is_a_number():
    assert lk.Gamma(shape=Fraction(1, 2)).fixed["shape"] == 0.5


REFUSED_LINKS = {
    "of a fixed parameter": ({"shape": "identity"}, "links: shape is held fixed; only a parameter that is estimated"),
    "no name": ({"scale": None}, "links: scale: None is no name of a link"),
    "a list": ([("scale", "log")], r"links must be a dict of parameter to the name of a link, not \[\("),
    "an empty list": ([], "links must be a dict"),
    "zero": (0, "links must be a dict"),
}


@pytest.mark.parametrize(("links", "message"), REFUSED_LINKS.values(), ids=REFUSED_LINKS)
def test_a_link_that_cannot_be_used_is_refused(links, message):
    """The link of a fixed parameter was printed and dropped in silence."""
    with pytest.raises(ParameterError, match=message):
        lk.Gamma(shape=1.0, links=links)


@pytest.mark.parametrize("parameters", [[["mean"]], [["mean"], ["shape"]], 3, {"mean", "shape"}, [1, 2], [None]])
def test_coordinates_are_named_by_text(parameters):
    with pytest.raises(ParameterError, match="parameters names coordinates, such as"):
        lk.Gamma(parameters=parameters)


NO_DATA = {
    "None": None,
    "text": ["1.5"],
    "text as objects": np.array(["1.5"], dtype=object),
    "complex": np.array([1 + 0j]),
    "complex series": pd.Series([1 + 1j]),
    "dates": np.array(["2020"], dtype="M8[Y]"),
    "a duration": np.timedelta64(1, "s"),
    "a structured array": np.zeros(2, dtype=[("y", float)]),
    "an integer beyond floats": 10**400,
    "integers beyond floats": [1, 10**400],
    "lists of different lengths": [[1.0], [1.0, 2.0]],
    "a dict": {},
}


@pytest.mark.parametrize("value", NO_DATA.values(), ids=NO_DATA)
@pytest.mark.parametrize("method", [*METHODS, "start", "method_of_moments"])
def test_what_is_no_number_is_no_datum(method, value):
    """The density at None was NaN, at text and dates a number."""
    theta = {} if method in ("start", "method_of_moments") else AT
    with pytest.raises(DataError, match=r"Gamma: y and .* must be numbers: y is (not|rows of different)"):
        getattr(GAMMA, method)(value, **theta)


@pytest.mark.parametrize("value", [*NO_DATA.values(), True, np.True_], ids=[*NO_DATA, "True", "NumPy's True"])
@pytest.mark.parametrize("method", [*METHODS, "mean", "variance", "expected_information", "sample"])
def test_what_is_no_number_is_no_parameter(method, value):
    leading = {"sample": (3, 1)}.get(method, (0.5,) if method in METHODS else ())
    with pytest.raises(DataError, match=r"y and the parameters must be numbers: shape is"):
        getattr(GAMMA, method)(*leading, shape=value, scale=1.0)


@pytest.mark.parametrize("method", METHODS)
def test_shapes_that_do_not_fit_together_are_named(method):
    with pytest.raises(DataError, match=r"shapes of y and the parameters do not fit together: shape \(3,\), y \(2,\)"):
        getattr(GAMMA, method)([0.1, 0.2], shape=[1.0, 2.0, 3.0], scale=1.0)


@pytest.mark.parametrize("method", ["mean", "variance", "expected_information"])
def test_shapes_of_parameters_that_do_not_fit_together_are_named(method):
    with pytest.raises(DataError, match=r"do not fit together: shape \(2,\), scale \(3,\)"):
        getattr(GAMMA, method)(shape=[1.0, 2.0], scale=[1.0, 2.0, 3.0])


def test_known_quantities_that_do_not_fit_the_data_are_named():
    for method in ("log_density", "score", "cdf"):
        with pytest.raises(DataError, match=r"do not fit together: trials \(3,\), y \(2,\)"):
            getattr(lk.Binomial(), method)([1, 2], trials=[1, 2, 3], probability=0.5)
    for method in ("start", "method_of_moments"):
        with pytest.raises(DataError, match=r"do not fit together: y \(2,\), trials \(3,\)"):
            getattr(lk.Binomial(), method)([1, 2], trials=[1, 2, 3])


@pytest.mark.parametrize("trials", [2.5, -1, 0, np.nan, np.inf, [3, 2.5]])
@pytest.mark.parametrize("method", METHODS)
def test_a_known_quantity_outside_its_space_is_refused(method, trials):
    """2.5 trials had a density."""
    with pytest.raises(ParameterError, match=r"trials=.* is outside its space lk.Integers\(1, inf\)"):
        getattr(lk.Binomial(), method)(0, trials=trials, probability=0.5)


def test_a_known_quantity_outside_its_space_is_refused_in_a_law_of_ones_own():
    with pytest.raises(ParameterError, match=r"exposure=-1.0 is outside its space"):
        Exposed().score(1.0, exposure=-1.0, rate=2.0)


def test_what_is_masked_is_missing():
    """A mask was ignored: the density was that of the number under it."""
    y = np.ma.array([1.0, 2.0], mask=[False, True])
    for method in ("log_density", "density", "cdf", "survival"):
        found = getattr(GAMMA, method)(y, **AT)
        assert_array_equal(np.isnan(found), [False, True], err_msg=method)
    found = CENSORED.density([1.0, 2.0], event=np.ma.array([1, 1], mask=[False, True]), **AT)
    assert_array_equal(np.isnan(found), [False, True])
    with pytest.raises(ParameterError, match=r"(?s)trials=.* is outside its space"):
        lk.Binomial().density([1, 1], trials=np.ma.array([3, 3], mask=[False, True]), probability=0.5)


def test_truth_values_are_data():
    assert lk.Bernoulli().density(True, probability=0.25) == 0.25
    assert_array_equal(CENSORED.density([1.0], event=[True], **AT), CENSORED.density([1.0], event=[1], **AT))


@pytest.mark.parametrize("y", [1.0, [], np.empty((3, 0))])
@pytest.mark.parametrize("method", ["start", "method_of_moments"])
def test_estimates_need_an_observation(method, y):
    """A number failed inside NumPy, an empty sample gave 1 and a warning of NumPy's."""
    with pytest.raises(DataError, match="y must be an array of at least one observation"):
        getattr(GAMMA, method)(y)


SIZES = {
    "negative": -1,
    "text": "a",
    "a fraction": 2.5,
    "True": True,
    "None": None,
    "in a tuple": (2, -1),
    "float": 3.0,
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("family", [GAMMA, Exposed(exposure=1.0)], ids=["a sampler", "no sampler"])
def test_a_size_that_is_no_whole_number_is_refused(family, size):
    with pytest.raises(ArgumentError, match=r"size = .* is no whole number from 0 on"):
        family.sample(size, 1, **dict.fromkeys(family.parameter_names, 1.0))


def test_a_size_and_a_generator_in_the_wrong_order():
    with pytest.raises(ArgumentError, match=r"the size comes first: sample\(size, rng\)"):
        GAMMA.sample(np.random.default_rng(1), 5, **AT)


@pytest.mark.parametrize("rng", ["a", -1, 2.5, True, np.True_, {}])
def test_a_seed_that_is_none_is_refused(rng):
    with pytest.raises(ArgumentError, match=r"rng = .* is neither a numpy.random.Generator nor a seed"):
        GAMMA.sample(2, rng, **AT)


def test_sizes_and_seeds():
    drawn = GAMMA.sample(3, 1, **AT)
    assert_array_equal(drawn, GAMMA.sample((3,), np.random.default_rng(1), **AT))
    assert_array_equal(drawn, GAMMA.sample(np.int64(3), np.int64(1), **AT))
    assert GAMMA.sample((2, 3), 1, shape=[1.0, 2.0, 3.0], scale=1.0).shape == (2, 3)
    assert GAMMA.sample(0, 1, **AT).shape == (0,)
    assert np.shape(GAMMA.sample((), 1, **AT)) == ()


def test_parameters_that_do_not_fit_the_size_are_named():
    with pytest.raises(DataError, match=r"shape of shape \(3,\) does not broadcast to a sample of size \(2,\)"):
        GAMMA.sample(2, 1, shape=[1.0, 2.0, 3.0], scale=1.0)


def test_more_trials_than_an_integer_holds():
    """The conversion made them negative."""
    with pytest.raises(NotAvailableError, match="needs at most 9223372036854775807 trials"):
        lk.Binomial(trials=1e300).sample(2, 1, probability=0.5)


def test_a_sample_beyond_all_memory():
    with pytest.raises(ArgumentError, match=r"size = 100000000000000: .* of memory are free"):
        lk.Gamma().sample(10**14, 1, shape=1.0, scale=1.0)


def test_a_sample_without_a_seed():
    """It was another one each time, which no argument had asked for."""
    with pytest.raises(ArgumentError, match=r"rng = None: a sample is drawn with a numpy.random.Generator or a seed"):
        lk.Gamma().sample(3, None, shape=1.0, scale=1.0)
