"""Densities that contradict themselves, and family arguments that do not exist: refused by name, with the remedy."""

import warnings
from typing import ClassVar

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, FormulaError, NotAvailableError, ParameterError

Y = np.random.default_rng(0).exponential(size=10) + 0.1


def family_of(log_density, /, **attributes):
    """Family of one positive parameter `scale` on the positive numbers."""
    body = {"scale": lk.Positive(), "support": lk.Interval(0, np.inf), "log_density": staticmethod(log_density)}
    return type("Own", (lk.Family,), {**body, **attributes})


def log_density(y, scale):
    return -y / scale - np.log(scale)


# What a density may not return


DENSITIES = {
    "a sum": (lambda y, scale: np.sum(log_density(y, scale)), ("10 observations", "one value per observation")),
    "some rows": (lambda y, scale: log_density(y, scale)[::2], ("has shape (5,)", "one value per observation")),
    "a column": (lambda y, scale: np.asarray(log_density(y, scale))[..., None], ("one value per observation",)),
    "nothing": (lambda y, scale: None, ("one value per observation",)),
    "NaN": (lambda y, scale: np.log(-y) - scale, ("NaN at row 0", "endog = 0.")),
    "NaN in places": (lambda y, scale: np.sqrt(y - 0.5) - y / scale, ("the log density is NaN at row", "for params")),
}


@pytest.mark.parametrize(("density", "words"), DENSITIES.values(), ids=DENSITIES)
def test_log_density_of_a_family(density, words):
    with pytest.raises(FormulaError) as raised:
        lk.LikelihoodModel(Y, family=family_of(density)()).fit()
    for word in words:
        assert word in str(raised.value)


class OwnModel(lk.LikelihoodModel):
    parameters: ClassVar = {"scale": lk.Positive()}

    def loglikeobs(self, params):
        return log_density(self.endog, params[0])


ROWS = {
    "a sum": (lambda self, params: log_density(self.endog, params[0]).sum(), "has shape ()"),
    "some rows": (lambda self, params: log_density(self.endog, params[0])[:5], "has shape (5,)"),
    "NaN": (lambda self, params: np.full(10, np.nan), "NaN at row 0"),
}


@pytest.mark.parametrize(("loglikeobs", "words"), ROWS.values(), ids=ROWS)
def test_loglikeobs_of_a_model(loglikeobs, words):
    model = type("Faulty", (OwnModel,), {"loglikeobs": loglikeobs})(Y)
    with pytest.raises(FormulaError) as raised:
        model.fit()
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"parameters": {}}, "defines loglikeobs but not its parameters"),
        ({"parameters": ["scale"]}, "must be a dict of name to space"),
        ({"parameters": {"scale": "positive"}}, "must be a dict of name to space"),
        ({"parameters": {"scale": lk.Positive}}, "must be a dict of name to space"),
    ],
)
def test_parameters_of_a_model(attributes, words):
    with pytest.raises(FormulaError) as raised:
        type("Faulty", (OwnModel,), attributes)(Y)
    assert words in str(raised.value)


def test_a_model_with_its_own_density_takes_no_family():
    with pytest.raises(ArgumentError, match="OwnModel defines loglikeobs itself and takes no family"):
        OwnModel(Y, family=lk.Gamma())


@pytest.mark.parametrize("start", [[-1.0], [1.0, 2.0]])
def test_start_params_of_a_model(start):
    model = type("Faulty", (OwnModel,), {"start_params": start})(Y)
    with pytest.raises(ParameterError, match=r"outside the space|must hold 1 values: scale"):
        model.fit()


def test_what_needs_a_family_says_so():
    results = OwnModel(Y).fit()
    for refused in (
        results.predict,
        results.cramer_rao,
        lambda: results.information("expected"),
        lambda: results.model.fit(cov_type="expected"),
    ):
        with pytest.raises((ArgumentError, NotAvailableError), match="family"):
            refused()


# What a declaration may not say


DECLARATIONS = {
    "other names": (
        {"log_density": staticmethod(lambda y, rate: -y)},
        ("log_density(y, rate)", "write log_density(y, scale)"),
    ),
    "predicted": ({"predicted": "scal"}, ("predicted = 'scal'", "did you mean 'scale'?")),
    "support": ({"support": lk.Interval("low", np.inf)}, ("the support ends at 'low'", "known: scale")),
}


@pytest.mark.parametrize(("attributes", "words"), DECLARATIONS.values(), ids=DECLARATIONS)
def test_declarations(attributes, words):
    with pytest.raises(FormulaError) as raised:
        family_of(log_density, **attributes)
    for word in words:
        assert word in str(raised.value)


def test_a_family_needs_a_density_and_a_parameter():
    with pytest.raises(FormulaError, match=r"has no log_density\(y, scale\)"):
        type("Own", (lk.Family,), {"scale": lk.Positive()})
    with pytest.raises(FormulaError, match="declares no parameter"):
        type("Own", (lk.Family,), {"log_density": staticmethod(lambda y: -y)})


ARGUMENTS = {
    "parameter": (lambda: lk.Gamma(shpe=1.0), ParameterError, ("'shpe'", "did you mean 'shape'?", "shape, scale")),
    "link": (lambda: lk.Gamma(links={"scale": "lgo"}), ArgumentError, ("link 'lgo'", "did you mean 'log'?")),
    "link of none": (lambda: lk.Gamma(links={"scle": "log"}), ParameterError, ("'scle'", "did you mean 'scale'?")),
    "link that does not fit": (lambda: lk.Normal(links={"mean": "logit"}), ArgumentError, ("lk.Real()", "identity")),
    "link in a list": (lambda: lk.Gamma(links={"scale": ["log"]}), ArgumentError, ("link ['log']", "known: log")),
    "links in words": (lambda: lk.Gamma(links="log"), ParameterError, ("links must be a dict",)),
    "coordinates": (lambda: lk.Gamma(parameters=("mean", "shpe")), ParameterError, ("('mean', 'shape')",)),
    "a bare number": (lambda: lk.Gamma(2.0), ParameterError, ("hold a value fixed by keyword",)),
    "fixed below": (lambda: lk.Gamma(shape=-1.0), ParameterError, ("shape=-1.0", "lk.Positive()")),
    "fixed NaN": (lambda: lk.Gamma(shape=np.nan), ParameterError, ("shape=nan",)),
    "fixed infinite": (lambda: lk.Gamma(shape=np.inf), ParameterError, ("shape=inf",)),
    "fixed text": (lambda: lk.Gamma(shape="1"), ParameterError, ("shape='1'",)),
    "fixed array": (lambda: lk.Gamma(shape=[1, 2]), ParameterError, ("shape=[1, 2]",)),
    "fixed elsewhere": (lambda: lk.Gamma(parameters=("mean", "shape"), scale=1.0), ParameterError, ("mean, shape",)),
    "interval": (lambda: lk.Interval(2, 1), ArgumentError, ("low = 2 is not below high = 1",)),
}


@pytest.mark.parametrize(("make", "error", "words"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_of_a_family(make, error, words):
    with pytest.raises(error) as raised:
        make()
    for word in words:
        assert word in str(raised.value)


def test_a_sound_formula_passes_without_a_word():
    """The negative control of all of the above."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        by_family, by_model = lk.LikelihoodModel(Y, family=family_of(log_density)()).fit(), OwnModel(Y).fit()
    np.testing.assert_allclose(by_family.params, Y.mean(), rtol=1e-10)
    np.testing.assert_allclose(by_model.params, Y.mean(), rtol=1e-8)
