"""What users of other programs ask of results is told its name here."""

import pickle

import pytest

import likelihood_kit as lk
from likelihood_kit.models.names_elsewhere import NAMES_ELSEWHERE, TO_COME

RESULTS = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Exponential()).fit()
HABITS = {
    "coef": "params", "confint": "conf_int()", "vcov": "cov_params()", "logLik": "llf", "residuals": "resid",
    "deviance": "-2 * llf", "std_err": "bse", "AIC": "aic", "fitted": "fittedvalues", "coef_": "params",
}  # fmt: skip


@pytest.mark.parametrize(("name", "ours"), HABITS.items(), ids=HABITS)
def test_the_names_of_r_were_bare_attribute_errors(name, ours):
    with pytest.raises(AttributeError, match=f"results have no {name}: it is called") as raised:
        getattr(RESULTS, name)
    assert ours in str(raised.value)
    assert not hasattr(RESULTS, name)


@pytest.mark.parametrize("plain", NAMES_ELSEWHERE)
def test_what_it_is_called_is_there(plain):
    ours = NAMES_ELSEWHERE[plain].format(plain=plain).replace("-2 * ", "").replace(",", " ").partition(" ")[0]
    assert hasattr(RESULTS, ours.removesuffix("()"))


@pytest.mark.parametrize("name", TO_COME)
def test_what_is_to_come_is_said_to_be(name):
    with pytest.raises(AttributeError, match=f"results have no {name} yet"):
        getattr(RESULTS, name)


def test_another_unknown_attribute():
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        RESULTS.nonsense  # noqa: B018
    assert pickle.loads(pickle.dumps(RESULTS)).llf == RESULTS.llf
