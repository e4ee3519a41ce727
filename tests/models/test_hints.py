"""What is called otherwise in other programs is refused with what to write here."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, LikelihoodKitError

ROWS = 40
RNG = np.random.default_rng(1)
FRAME = pd.DataFrame({"x": RNG.normal(size=ROWS), "g": [*"abcd"] * 10, "m": 9, "h": RNG.uniform(1.0, 3.0, ROWS)})
FRAME["y"], FRAME["k"] = RNG.gamma(2.0, 1.0, ROWS), RNG.binomial(9, 0.6, ROWS)
FRAME["seen"] = (FRAME["y"] < 2).astype(int)
FRAME["success"] = RNG.uniform(size=ROWS) < 0.4
FRAME["answer"] = np.where(FRAME["success"], "yes", "no")
FRAME["kind"] = FRAME["answer"].astype("category")

ARGUMENTS = {
    "weights": "freq_weights= for rows that stand for several observations, prob_weights= for sampling weights",
    "frequency_weights": "write freq_weights=",
    "exposure": r"offset=np.log\(exposure\)",
    "event": r"family=lk.censored\(Gamma\(\)\), event=",
    "status": r"family=lk.censored\(Gamma\(\)\), event=",
    "groups": "cov_type='cluster'",
    "start_params": r"argument of fit\(\)",
    "links": "a link belongs to the family",
    "shape": r"hold a parameter fixed in the family, Gamma\(shape=...\)",
    "prob_weight": "did you mean 'prob_weights'",
    "ofset": "did you mean 'offset'",
    "given_values": "freq_weights, prob_weights, given",
}


@pytest.mark.parametrize(("name", "words"), ARGUMENTS.items(), ids=ARGUMENTS)
def test_an_argument_of_another_program(name, words):
    """Four known names were listed of nine."""
    with pytest.raises(ArgumentError, match=f"no argument '{name}'.*{words}"):
        lk.LikelihoodModel(FRAME["y"], family=lk.Gamma(), **{name: FRAME["h"]})
    with pytest.raises(ArgumentError, match=f"no argument '{name}'.*{words}"):
        lk.LikelihoodModel.from_formula("y ~ x", FRAME, family=lk.Gamma(), **{name: "h"})


def test_a_family_in_the_place_of_data():
    for call in (
        lambda: lk.LikelihoodModel(FRAME["y"], lk.Gamma()),
        lambda: lk.LikelihoodModel(lk.Gamma(), FRAME["y"]),
        lambda: lk.LikelihoodModel.from_formula("y ~ x", FRAME, lk.Gamma()),
        lambda: lk.LikelihoodModel.from_formula("y ~ x", lk.Gamma(), FRAME),
    ):
        with pytest.raises(ArgumentError, match=r"Gamma\(\) stands where data belong: pass it by name"):
            call()
    with pytest.raises(ArgumentError, match=r"formula is given twice.*formulas={'shape': '~ z'}"):
        lk.LikelihoodModel.from_formula("y ~ x", FRAME, family=lk.Gamma(), formula={"shape": "~ x"})
    by_name = lk.LikelihoodModel.from_formula(formula="y ~ x", data=FRAME, family=lk.Gamma())
    assert_allclose(
        by_name.fit().params, lk.LikelihoodModel.from_formula("y ~ x", FRAME, family=lk.Gamma()).fit().params
    )


FORMULAS = {
    "Surv(y, seen) ~ x": "event='name of its column'",
    "cbind(k, m - k) ~ x": "trials='name of the column of trials'",
    "k | trials(m) ~ x": "trials='name of the column of trials'",
    "y ~ x + offset(log(h))": "offset='name of its column'",
    "y ~ x + (1 | g)": "no random effects",
    "y ~ factor(g)": r"write C\(",
    "y ~ s(x)": r"write bs\(x, df=4\)",
    "sqrt(y) ~ x": r"np.log\(",
}


@pytest.mark.parametrize(("formula", "words"), FORMULAS.items(), ids=FORMULAS)
def test_a_formula_of_another_program(formula, words):
    with pytest.raises(DataError, match=words):
        lk.LikelihoodModel.from_formula(formula, FRAME, family=lk.Gamma())


def test_what_a_formula_holds_here_is_no_other_program():
    """A name of one's own is used: hints are for what cannot be evaluated."""

    def log(values):
        return np.log(values + 1)

    assert lk.LikelihoodModel.from_formula("y ~ log(h)", FRAME, family=lk.Gamma()).exog_names[-1] == "log(h)"
    with pytest.raises(DataError, match="cannot be evaluated on data with columns"):
        lk.LikelihoodModel.from_formula("y ~ nowhere", FRAME, family=lk.Gamma())


def test_truth_values_are_a_response():
    """The formula made two columns of them, which were refused."""
    number = FRAME.assign(success=FRAME["success"].astype(float))
    wanted = lk.LikelihoodModel.from_formula("success ~ x", number, family=lk.Bernoulli()).fit().params
    for formula in ("success ~ x", "I(answer == 'yes') ~ x", "I(kind == 'yes') ~ x"):
        model = lk.LikelihoodModel.from_formula(formula, FRAME, family=lk.Bernoulli())
        assert_allclose(model.fit().params, wanted, rtol=1e-10)
        assert model.endog_names == formula.partition(" ~")[0]
    assert_allclose(lk.LikelihoodModel(FRAME["success"], family=lk.Bernoulli()).fit().params, [FRAME["success"].mean()])


def test_a_response_in_words_is_refused_with_what_to_write():
    for name in ("answer", "kind"):
        with pytest.raises(DataError, match=rf"say which one counts as 1, such as I\({name} == 'yes'\)"):
            lk.LikelihoodModel.from_formula(f"{name} ~ x", FRAME, family=lk.Bernoulli())
        with pytest.raises(DataError, match=r"1 for what counts, such as \(y == 'yes'\)"):
            lk.LikelihoodModel(FRAME[name], family=lk.Bernoulli())
    with pytest.raises(DataError, match="is more than one column: it gives"):
        lk.LikelihoodModel.from_formula("np.column_stack([y, h]) ~ x", FRAME, family=lk.Gamma())


def test_values_outside_say_what_is_known_of_their_row():
    with pytest.raises(DataError, match=r"the first is 12 in row 1, where trials is 11"):
        lk.LikelihoodModel([3, 12, 4], family=lk.Binomial(), trials=[10, 11, 10])
    with pytest.raises(DataError, match="1 where the response was seen, 0 where it was censored"):
        lk.LikelihoodModel(FRAME["y"], family=lk.censored(lk.Weibull()), event=FRAME["seen"] + 1)
    with pytest.raises(DataError, match="freq_weights must be not negative: it is negative in row 1"):
        lk.LikelihoodModel([1.0, 2.0, 3.0], family=lk.Gamma(), freq_weights=[1, -1, 0.5])
    with pytest.raises(DataError, match="whole number of observations: it is not in row 2; for sampling weights"):
        lk.LikelihoodModel([1.0, 2.0, 3.0], family=lk.Gamma(), freq_weights=[1, 1, 0.5])


SAID = {
    "bare": ({"formula": "y ~ sqrt(x**2)"}, r"write np\.sqrt\("),
    "left side": ({"formulas": {"shape": "y ~ x"}}, "'shape': 'y ~ x' has a left side.*write '~ x'"),
    "python": ({"formula": "y ~ __import__('os').getcwd()"}, "invalid syntax; a term is a column"),
    "frame": ({"formula": "y ~ whole", "eval_env": {"whole": FRAME}}, "whole is a data frame of the program"),
}


@pytest.mark.parametrize(("wrong", "words"), SAID.values(), ids=SAID)
def test_a_message_spoke_of_what_nobody_had_written(wrong, words):
    """Of np.log where log is taken, of '~ y ~ x', of '<unknown>, line 1' and of find_nulls()."""
    arguments = {"formula": "y ~ x", "data": FRAME, "family": lk.Gamma(), **wrong}
    with pytest.raises(LikelihoodKitError, match=words) as refused:
        lk.LikelihoodModel.from_formula(**arguments)
    assert not re.search(r"~ y ~|<unknown>|find_nulls|np\.exp", str(refused.value))


def test_a_function_that_is_known_alone_has_no_hint():
    assert lk.LikelihoodModel.from_formula("y ~ log(h)", FRAME, family=lk.Gamma()).exog_names[-1] == "log(h)"
    with pytest.raises(DataError, match="'nowhere' is not defined"):
        lk.LikelihoodModel.from_formula("y ~ log(h) + nowhere", FRAME, family=lk.Gamma())


@pytest.mark.parametrize("several", [{"which": ["mean", "variance"]}, {"parameter": ("shape", "scale")}])
def test_several_names_of_what_is_predicted(several):
    results = lk.LikelihoodModel.from_formula("y ~ x", FRAME, family=lk.Gamma()).fit()
    for ask in (results.predict, results.get_prediction):
        with pytest.raises(ArgumentError, match=r"(which|parameter) = .* takes one name at a time"):
            ask(**several)
