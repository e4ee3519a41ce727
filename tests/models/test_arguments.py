"""Arguments of a model, a formula and a fit: each is used or refused by name, before any work."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError

ROWS = 40
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": RNG.normal(size=ROWS), "b": RNG.uniform(1.0, 2.0, ROWS), "y": RNG.gamma(2.0, 3.0, ROWS)})
Y, X = FRAME["y"].to_numpy(), FRAME[["a"]].to_numpy()


def of_formula(formula="y ~ a", data=FRAME, **more):
    return lk.LikelihoodModel.from_formula(formula, data, family=lk.Gamma(), **more)


NO_FORMULA = ("", " ", "~ a", "y ~", "y", 3, None, ["y ~ a"])
FORMULAS = {
    "driven twice": ({"formulas": {"shape": "~ b"}, "exogs": {"shape": X}}, ArgumentError, "both drive 'shape'"),
    "missing": ({"missing": "dorp"}, ArgumentError, "missing='dorp': did you mean 'drop'"),
    "letters to drop": ({"drop_cols": "a"}, ArgumentError, "drop_cols must be a list of names, such as ['x'], not 'a'"),
    "a number to drop": ({"drop_cols": 3}, ArgumentError, "drop_cols must be a list of names"),
    "nothing to drop": ({"drop_cols": ["nope"]}, ArgumentError, "no column 'nope': known: Intercept, a"),
    "formulas": ({"formulas": "~ b"}, ArgumentError, "formulas must be a dict"),
    "formulas of 0": ({"formulas": 0}, ArgumentError, "formulas must be a dict"),
    "an empty formula": ({"formulas": {"shape": "~"}}, ArgumentError, "'shape': '~' is no formula"),
    "exogs": ({"exogs": 0}, ArgumentError, "exogs must be a dict"),
    "labels of a subset": ({"subset": [99]}, DataError, "subset does not choose rows"),
    "length of a subset": ({"subset": [True, False]}, DataError, "subset does not choose rows"),
    "a subset in words": ({"subset": "a > 0"}, DataError, "subset = 'a > 0': give one truth value for each row"),
    "another's subset": ({"subset": pd.Series([True], ["z"])}, DataError, "subset does not choose rows"),
    "an empty subset": ({"subset": FRAME["a"] > 99}, DataError, "no row in subset: there is nothing to fit"),
    "ragged data": ({"data": {"y": [1.0, 2.0], "a": [1.0]}}, DataError, "data is a dict that makes no table"),
    "data of one name": ({"data": FRAME[["y", "a", "a"]]}, DataError, "data: two columns are named 'a'"),
}


@pytest.mark.parametrize(("arguments", "error", "words"), FORMULAS.values(), ids=FORMULAS)
def test_arguments_of_a_formula(arguments, error, words):
    with pytest.raises(error) as raised:
        of_formula(**arguments)
    assert words in str(raised.value)


@pytest.mark.parametrize("formula", NO_FORMULA)
def test_what_is_no_formula_of_a_response(formula):
    with pytest.raises(ArgumentError, match="must be a text with the response on its left"):
        of_formula(formula)


def test_a_formula_takes_what_it_may():
    assert of_formula("y ~ a + b", drop_cols=["b"]).exog_names == ["shape", "Intercept", "a"]
    chosen = FRAME["a"] > 0
    wanted = of_formula(data=FRAME[chosen]).fit().params
    for subset in (chosen, chosen.to_numpy(), list(chosen), FRAME.index[chosen], list(FRAME.index[chosen])):
        assert_allclose(of_formula(subset=subset).fit().params, wanted, rtol=1e-12)
    # Columns that no formula names may share one.
    assert_allclose(
        of_formula("y ~ b", pd.concat([FRAME, FRAME[["a"]]], axis=1)).fit().params, of_formula("y ~ b").fit().params
    )


def test_a_frame_changed_after_the_model_was_made():
    data = FRAME.assign(g=np.repeat([*"abcd"], 10))
    model = of_formula(data=data)
    wanted = model.fit(cov_type="cluster", cov_kwds={"groups": "g"}).bse
    data["g"] = [*"ab"] * 20
    assert_allclose(model.fit(cov_type="cluster", cov_kwds={"groups": "g"}).bse, wanted, rtol=1e-14)


MODELS = {
    "given of 0": ({"given": 0}, "given must be a dict"),
    "given as a list": ({"given": []}, "given must be a dict"),
    "given as a frame": ({"given": FRAME}, "given must be a dict"),
    "exogs of 0": ({"exogs": 0}, "exogs must be a dict"),
    "exogs as a list": ({"exogs": []}, "exogs must be a dict"),
}


@pytest.mark.parametrize(("arguments", "words"), MODELS.values(), ids=MODELS)
def test_arguments_of_a_model(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        lk.LikelihoodModel(Y, family=lk.Normal(), **arguments)


@pytest.mark.parametrize("name", ["hasconst", "formula", "model_spec", "missing_idx", "design_info"])
def test_words_of_another_formula_interface(name):
    """They were taken and left aside: `formula=` beside arrays, say."""
    with pytest.raises(ArgumentError, match=f"no argument '{name}'"):
        lk.LikelihoodModel(Y, X, family=lk.Gamma(), **{name: "y ~ b"})


@pytest.mark.parametrize("size", [1e300, 1e-300])
def test_columns_of_a_size_that_has_no_square(size):
    """One of 1e300 was called a combination of the others, one of 1e-300 zero."""
    with pytest.raises(DataError, match=r"exog: column x1 has values of size 2e[+-]300, too far from 1; rescale"):
        lk.LikelihoodModel(Y, np.column_stack([np.ones(ROWS), size * X[:, 0]]), family=lk.Gamma())


FITS = {
    "a list of covariances": ({"cov_type": ["observed"]}, "did you mean 'observed'"),
    "a covariance of an array": ({"cov_type": np.array(["observed", "sandwich"])}, "cov_type="),
    "cov_kwds of 5": ({"cov_kwds": 5}, "cov_kwds must be a dict"),
    "cov_kwds in words": ({"cov_kwds": "groups"}, "cov_kwds must be a dict"),
    "a correction in words": (
        {"cov_type": "cluster", "cov_kwds": {"groups": X[:, 0] > 0, "use_correction": "no"}}, "use_correction = 'no'",
    ),
    "use_t in words": ({"use_t": "no"}, "use_t = 'no' is neither True nor False"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), FITS.values(), ids=FITS)
def test_arguments_of_a_fit(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        lk.LikelihoodModel(Y, family=lk.Normal()).fit(**arguments)


class Median(lk.Family):
    """Laplace law that declares its maximum."""

    loc = lk.Real()
    scale = lk.Positive()
    regular = True
    smooth = False

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale

    @staticmethod
    def maximum_likelihood(y):
        loc = np.median(y, axis=-1)
        return {"loc": loc, "scale": np.abs(y - loc[..., None]).mean(axis=-1)}


def test_a_given_parameter_beside_a_maximum_in_closed_form():
    """The closed form, which knows of no given values, gave a vector that did not fit params."""
    with pytest.raises(ArgumentError, match=r"given: Uniform\(\) has its maximum in closed form, in which low cannot"):
        lk.LikelihoodModel(Y, family=lk.Uniform(), given={"low": 0.0})
    # Where the support stands still there is a search: the mean distance from the given location.
    results = lk.LikelihoodModel(Y, family=Median(), given={"loc": 5.0}).fit()
    assert_allclose(results.params, [np.abs(Y - 5.0).mean()], rtol=1e-7)
    assert results.certificate.ok


# Arguments of any kind

ODD = {
    "array": np.array([0.25, 0.5, 2.5]),
    "text array": np.array(["none", "drop"]),
    "series": pd.Series([0.05, 0.1]),
    "missing": pd.array([1, None], dtype="Int64"),
    "list": [0.05],
    "dict": {"a": 1},
    "function": len,
    "class": dict,
    "bytes": b"none",
    "set": {1},
    "negative": -1.5,
    "text": "nonsense",
    "halves": np.float16([0.5, 0.5]),
    "multiple labels": pd.Series([1.0, 2.0], pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])),
}
FITTED = of_formula().fit()
TAKING = {
    "missing": lambda value: lk.LikelihoodModel(Y, family=lk.Gamma(), missing=value),
    "missing of a formula": lambda value: of_formula(missing=value),
    "subset": lambda value: of_formula(subset=value if np.ndim(value) else [value]),
    "drop_cols": lambda value: of_formula(drop_cols=value),
    "eval_env": lambda value: of_formula(eval_env=None if isinstance(value, dict) else value),
    "cov_type": lambda value: FITTED.model.fit(cov_type=value),
    "use_t": lambda value: FITTED.model.fit(use_t=value),
    "information": FITTED.information,
    "interval": FITTED.conf_int,
    "summary": lambda value: FITTED.summary(alpha=value),
    "interval of a prediction": lambda value: FITTED.get_prediction().conf_int(value),
    "table of a prediction": lambda value: FITTED.get_prediction().summary_frame(value),
    "average": lambda value: FITTED.get_prediction(average=value),
    "nrep": FITTED.bootstrap,
    "rng": lambda value: FITTED.bootstrap(2, rng=value),
    "which": lambda value: FITTED.predict(which=value),
    "parameter": lambda value: FITTED.predict(parameter=value),
    "quantile": lambda value: FITTED.predict(quantile=value),
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
@pytest.mark.parametrize("take", TAKING.values(), ids=TAKING)
def test_odd_values(take, value):
    """Each raised a foreign error, or was taken."""
    several = (value is ODD["series"] or value is ODD["list"]) and take is TAKING["quantile"]
    allowed = several or (isinstance(value, dict) and take is TAKING["eval_env"])
    if allowed:
        take(value)
        return
    with pytest.raises(lk.errors.LikelihoodKitError) as raised:
        take(value)
    assert "ambiguous" not in str(raised.value)
    assert len(str(raised.value)) < 250


@pytest.mark.parametrize("alpha", [0, 1, 2, -0.1, np.nan, np.inf, True, "0.05"])
def test_levels(alpha):
    for interval in (FITTED.conf_int, FITTED.get_prediction().conf_int, lambda alpha: FITTED.summary(alpha=alpha)):
        with pytest.raises(ArgumentError, match="alpha = "):
            interval(alpha)
    assert_allclose(FITTED.conf_int(np.float32(0.5)), FITTED.conf_int(0.5))


@pytest.mark.parametrize("weights", [[np.nan] * ROWS, [-1.0] * ROWS, [0.0] * ROWS, [np.inf] * ROWS])
def test_weights_of_an_average(weights):
    with pytest.raises(DataError, match="agg_weights must be numbers of at least 0"):
        FITTED.get_prediction(average=True, agg_weights=weights)


def test_more_than_can_be_counted():
    """Frequencies of 1e308 overflowed to infinitely many observations."""
    for argument, most in (("freq_weights", "9e"), ("prob_weights", "2e")):
        with pytest.raises(DataError, match=f"{argument} add up to more than {most}"):
            lk.LikelihoodModel(Y, family=lk.Gamma(), **{argument: 1e308})


IGNORED = {
    "quantile": (lambda: FITTED.predict(quantile=0.5, which="mean"), "one of which='mean' and quantile at a time"),
    "parameter": (lambda: FITTED.predict(parameter="shape", which="mean"), "one of which='mean' and parameter='shape'"),
    "transform": (lambda: FITTED.predict(transform="no"), "transform = 'no' is neither True nor False"),
    "columns": (lambda: FITTED.predict([[1.0, 2.0]], transform=False), "transform=False: the formula is always"),
    "eval_env": (lambda: of_formula(eval_env=3), "eval_env = 3: give a dict of names, or -1"),
    "store": (lambda: FITTED.bootstrap(2, store="no"), "store = 'no': give True or False"),
    "alpha": (lambda: FITTED.information_audit(alpha=2), "information_audit takes no argument 'alpha'"),
    "misspelt": (lambda: FITTED.conf_int(alhpa=0.1), "conf_int takes no argument 'alhpa': did you mean 'alpha'"),
    "title": (lambda: FITTED.summary(title=3), "title = 3 is no text"),
    "yname": (lambda: FITTED.summary2(yname=3), "yname = 3 is no text"),
    "format": (lambda: FITTED.summary2(float_format="%d %d"), "float_format = '%d %d' is no format"),
    "cols": (lambda: FITTED.conf_int(cols=["shpae"]), "cols: 'shpae' is no entry of params: did you mean 'shape'"),
    "col": (lambda: FITTED.conf_int(cols=9), "cols: 9 is no entry of params"),
    "term": (lambda: FITTED.t_test_pairwise("shape"), "term_name='shape': known: "),
    "no formula": (
        lambda: lk.LikelihoodModel(Y, family=lk.Gamma()).fit().t_test_pairwise("g"),
        "t_test_pairwise needs a factor of a formula",
    ),
}


@pytest.mark.parametrize(("call", "words"), IGNORED.values(), ids=IGNORED)
def test_an_argument_was_ignored_or_raised_an_error_of_python(call, words):
    with pytest.raises(lk.errors.LikelihoodKitError, match=words):
        call()


def test_intervals_of_some_entries_as_in_statsmodels():
    plain = lk.LikelihoodModel(Y, family=lk.Gamma()).fit()
    assert_allclose(plain.conf_int(cols=[1]), np.asarray(plain.conf_int())[[1]])
    whole, names = FITTED.conf_int(), list(FITTED.params.index)
    pd.testing.assert_frame_equal(FITTED.conf_int(cols=[-1, 0]), whole.iloc[[-1, 0]])
    pd.testing.assert_frame_equal(FITTED.conf_int(cols=names[:1]), whole.iloc[:1])


def test_none_is_no_parameter_that_is_asked_for():
    """It was no argument: `did you mean 'parameter'?`."""
    assert_allclose(FITTED.predict(parameter=None, quantile=None), FITTED.predict())
