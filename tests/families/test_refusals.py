"""A mistake of a user or of an author is named by one error of the kit."""

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import DataError, FormulaError, NotAvailableError, ParameterError


@pytest.mark.parametrize("law", [lk.Uniform(), lk.Uniform(low=-1.0)], ids=repr)
def test_a_law_that_is_not_regular_refuses_information(law):
    with pytest.raises(NotAvailableError, match=r"no expected information: its support moves with .*high"):
        law.expected_information(**{name: {"low": 0.0, "high": 1.0}[name] for name in law.parameter_names})


REFUSED = {
    "an unknown parameter at the start": (lambda: lk.Gamma(shpae=1.0), "Gamma has no parameter 'shpae'.*'shape'"),
    "unknown coordinates": (
        lambda: lk.Gamma(parameters=("mean", "rate")),
        r"\('mean', 'shape'\) or \('shape', 'rate'\)",
    ),
    "coordinates given twice": (lambda: lk.Gamma(parameters=("shape", "shape")), "no coordinates"),
    "a parameter of other coordinates": (
        lambda: lk.Gamma(parameters=("mean", "shape"), scale=1.0),
        "no parameter 'scale'.*known: mean, shape",
    ),
    "an unknown keyword": (lambda: lk.Gamma().mean(shape=1.0, scael=2.0), "no free parameter 'scael'.*'scale'"),
    "a missing keyword": (lambda: lk.Gamma().mean(shape=1.0), "needs a value for scale, by keyword"),
    "missing keywords": (lambda: lk.Gamma().score(1.0), "needs a value for shape, scale, by keyword"),
    "a sample outside the space": (lambda: lk.Gamma().sample(3, 1, shape=-1.0, scale=1.0), "shape=-1.0 is outside"),
    "a mean outside the space": (lambda: lk.Poisson().mean(rate=[1.0, 0.0]), "rate=.* is outside its space"),
    "the base class": (lambda: lk.Family(), "base class"),
    "a truth that is no dict": (lambda: lk.Gamma().check_theta([1.0, 2.0], "truth"), "truth must be a dict"),
    "a truth with an unknown name": (lambda: lk.Gamma().check_theta({"shpe": 1.0}, "truth"), "truth: no free.*'shape'"),
    "a truth with a missing name": (lambda: lk.Gamma().check_theta({"shape": 1.0}, "truth"), "truth has no .*'scale'"),
    "a truth outside": (lambda: lk.Poisson().check_theta({"rate": -1.0}, "truth"), "truth: rate = -1.0 is not in"),
    "a truth that is text": (lambda: lk.Poisson().check_theta({"rate": "1"}, "truth"), "truth: rate = '1' is not in"),
    "a support that is empty": (lambda: lk.Uniform().check_theta({"low": 2.0, "high": 1.0}), "from 2 to 1 is empty"),
}


@pytest.mark.parametrize(("call", "message"), REFUSED.values(), ids=REFUSED)
def test_a_users_mistake_is_named(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


@pytest.mark.parametrize("y", ["a", ["a", "b"], [[1.0], [1.0, 2.0]], {"y": 1.0}])
def test_data_that_are_no_numbers_are_refused(y):
    with pytest.raises(DataError, match="must be numbers"):
        lk.Poisson().log_density(y, rate=1.0)


def formula_error(message: str, **body):
    with pytest.raises(FormulaError, match=message):
        type("Mistaken", (lk.Family,), body)


def test_an_authors_mistakes_are_named():
    density = staticmethod(lambda y, scale: -y / scale)
    formula_error("Mistaken declares no parameter", log_density=density)
    formula_error(r"has no log_density\(y, scale\)", scale=lk.Positive())
    formula_error(
        r"log_density\(y, scale\) does not take .*write log_density\(y, rate\)", rate=lk.Positive(), log_density=density
    )
    formula_error(
        r"log_density\(y\) does not take .*write log_density\(y, scale, loc\)",
        scale=lk.Positive(),
        loc=lk.Real(),
        log_density=staticmethod(lambda y: y),
    )
    formula_error(
        r"'scael' is unknown: did you mean 'scale'",
        scale=lk.Positive(),
        log_density=staticmethod(lambda y, scale, scael: y),
    )
    formula_error(
        r"does not take what is declared", scale=lk.Positive(), log_density=staticmethod(lambda y, **scale: y)
    )
    for begun in (lambda size, rng: size, lambda size, rng, scale: size, lambda rng: rng):
        formula_error(
            r"sample\(.*\) begins otherwise .*write sample\(rng, size, scale\)",
            scale=lk.Positive(),
            log_density=density,
            sample=staticmethod(begun),
        )
    formula_error(
        "cdf takes 'scael', which is no quantity of the law: did you mean 'scale'",
        scale=lk.Positive(),
        log_density=density,
        cdf=staticmethod(lambda y, scael: y),
    )
    formula_error(
        "method_of_moments takes 'trails', which is no known quantity of the law: did you mean 'trials'",
        scale=lk.Positive(),
        trials=lk.Known(lk.Integers(1, np.inf)),
        log_density=staticmethod(lambda y, trials, scale: -y / scale / trials),
        method_of_moments=staticmethod(lambda y, trails: y),
    )
    formula_error(
        "support ends at 'scael', which is no parameter or known quantity: did you mean 'scale'",
        scale=lk.Positive(),
        support=lk.Interval("scael", np.inf),
        log_density=density,
    )
    formula_error("predicted = 'rate' is no parameter", scale=lk.Positive(), predicted="rate", log_density=density)
