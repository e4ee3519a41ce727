"""Methods of results refuse arguments that they do not take, by name, and what they hand out cannot be written to."""

import contextlib
import inspect

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError
from likelihood_kit.models.results import LikelihoodResults

Y = np.random.default_rng(3).gamma(2.0, 1.5, 30)
FIT = lk.LikelihoodModel(Y, family=lk.Gamma()).fit()
#: Beside these, whose arguments are those of a prediction: of any name that the model knows.
OPEN = ("predict", "get_prediction")


def methods():
    """Public methods of results that the kit defines itself."""
    found = []
    for name in dir(LikelihoodResults):
        owner = next(cls for cls in LikelihoodResults.__mro__ if name in cls.__dict__)
        static = inspect.getattr_static(LikelihoodResults, name)
        known = not name.startswith("_") and owner.__module__.startswith("likelihood_kit")
        if known and (callable(static) or isinstance(static, classmethod)):
            found.append(name)
    return found


def test_methods_were_found():
    assert {"conf_int", "profile", "r_star", "load", "report", "to_arviz", "wald_test", "f_test"} <= set(methods())


@pytest.mark.parametrize("name", methods())
def test_an_unknown_keyword_is_refused_by_name(name):
    for results in (FIT, getattr(FIT, "_results", FIT)):
        with pytest.raises(ArgumentError, match=None if name in OPEN else f"^{name} takes no argument 'replicatons'"):
            getattr(results, name)(replicatons=99)


@pytest.mark.parametrize(("name", "given"), [("profile", ()), ("r_star", ("shape",)), ("t_test", ())])
def test_a_missing_argument_is_named(name, given):
    with pytest.raises(ArgumentError, match=f"^{name}: missing a required argument"):
        getattr(FIT, name)(*given)


@pytest.mark.parametrize("y", [Y, pd.Series(Y)], ids=["array", "series"])
@pytest.mark.parametrize("name", ["bse", "bsejac", "bsejhj", "covjac", "covjhj"])
def test_standard_errors_cannot_be_written_to(name, y):
    """They are computed once, and all intervals rest on them: `bse[:] = 77` changed those."""
    results = lk.LikelihoodModel(y, family=lk.Gamma()).fit()
    before, interval = np.array(getattr(results, name)), np.array(results.conf_int())
    written = getattr(results, name)
    with contextlib.suppress(ValueError):  # of an array; a Series may be written to where that is a copy
        written[:] = 77.0
    assert_allclose(getattr(results, name), before, rtol=0)
    assert_allclose(results.conf_int(), interval, rtol=0)


def test_standard_errors_are_those_of_the_covariance():
    assert_allclose(FIT.bse, np.sqrt(np.diag(FIT.cov_params())), rtol=1e-15)
    with pytest.raises(ValueError, match="read-only"):
        FIT.bse[:] = 77.0


@pytest.mark.parametrize("cols", [{1: 2}, {"shape": "scale"}, {0, 1}], ids=str)
def test_entries_without_an_order_are_refused(cols):
    with pytest.raises(ArgumentError, match="has no order"):
        FIT.conf_int(cols=cols)


def test_an_array_of_no_dimension_is_one_place():
    assert_allclose(FIT.conf_int(cols=np.array(1)), FIT.conf_int()[[1]], rtol=0)
    with pytest.raises(ArgumentError, match="no entry of params"):
        FIT.conf_int(cols=np.array(0.5))


def test_small_integers_of_numpy_are_numbers():
    """A product of eight bits overflowed."""
    assert FIT.bootstrap(np.int8(3), rng=1)[2].shape == (3, 2)
    found, other = (FIT.information_matrix_test(bootstrap=number) for number in (np.int8(100), 100))
    assert found == other
    assert FIT.information_audit(replications=np.int8(99)).test.replications == 99
    assert FIT.goodness_of_fit(replications=np.int8(99)).replications == 99
    assert FIT.likelihood_ratio_test({"shape": 1.0}, bootstrap=np.int8(99)).bootstrap.replications == 99


@pytest.mark.parametrize("form", ["efficient", "outer_product"])
def test_more_samples_than_fit_into_memory_are_refused(form):
    with pytest.raises(ArgumentError, match=r"bootstrap = 1000000000000: .* of memory are free"):
        FIT.information_matrix_test(form, bootstrap=10**12)


def test_the_same_fit_twice_is_no_comparison():
    for fits in ([FIT, FIT], {"one": FIT, "two": FIT.model.fit(cov_type="sandwich")}):
        with pytest.raises(ArgumentError, match="are the same fit; give each once"):
            lk.compare(fits)
