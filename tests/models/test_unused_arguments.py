"""What stands in statsmodels' signature and is not used is told, once and by name."""

import warnings

import pytest

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, ArgumentWarning

MODEL = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Exponential())
USED_BY_NONE = {
    "a search": ({"method": "nm", "maxiter": 3}, "fit: method and maxiter are not used"),
    "a number of steps": ({"maxiter": 3}, "fit: maxiter is not used"),
    "words": ({"disp": True}, "fit: disp is not used"),
    "a callback": ({"callback": print, "retall": True}, "fit: callback and retall are not used"),
    "an output": ({"full_output": False}, "fit: full_output is not used"),
}


@pytest.mark.parametrize(("arguments", "words"), USED_BY_NONE.values(), ids=USED_BY_NONE)
def test_an_argument_that_did_nothing_was_silent(arguments, words):
    with pytest.warns(ArgumentWarning, match=words) as raised:
        found = MODEL.fit(**arguments)
    assert [warning.filename for warning in raised] == [__file__]
    assert found.llf == MODEL.fit().llf


def test_a_search_of_resamples_too():
    with pytest.warns(ArgumentWarning, match="bootstrap: method is not used") as raised:
        MODEL.fit().bootstrap(2, "nm")
    assert [warning.filename for warning in raised] == [__file__]


def test_a_design_that_was_not_to_be_coded():
    x = [[1.0, 0.5], [1.0, 2.0], [1.0, 1.0], [1.0, 3.0]]
    data = {"y": [1.0, 2.0, 4.0, 3.0], "x": [0.5, 2.0, 1.0, 3.0]}
    by_formula = lk.LikelihoodModel.from_formula("y ~ x", data, family=lk.Exponential()).fit()
    by_design = lk.LikelihoodModel(data["y"], x, family=lk.Exponential()).fit()
    for results, new, words in (
        (MODEL.fit(), (), "the rows are those of the fit"),
        (by_formula, (), "the rows are those of the fit"),
        (by_design, (x,), "an array is the design itself"),
    ):
        for method in ("predict", "get_prediction"):
            predict = getattr(results, method)
            with pytest.warns(ArgumentWarning, match=f"^{method}: transform is not used: {words}") as raised:
                predict(*new, transform=False)
            assert [warning.filename for warning in raised] == [__file__]
    for predict in (by_formula.predict, by_formula.get_prediction):
        with pytest.raises(ArgumentError, match="transform=False: the formula is always applied"):
            predict(data, transform=False)


def test_what_statsmodels_has_by_default_is_no_wish():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        MODEL.fit(None, "newton", None, True, False, None, False)
        MODEL.fit(disp=0, full_output=1).bootstrap(nrep=2, method="newton", disp=0, rng=1)
