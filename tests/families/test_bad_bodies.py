"""Class bodies that cannot mean what they say are refused when the class is made, by class, attribute and remedy."""

import ast
import functools
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit import models
from likelihood_kit.errors import FormulaError, LikelihoodKitError
from likelihood_kit.families.class_body import FUNCTIONS, KEYWORDS, PLAIN, TAKEN


def density(y, scale):
    return -y / scale - np.log(scale)


def keyword_only(y, *, scale):
    return density(y, scale)


class Callable:
    def __call__(self, y, scale):
        return density(y, scale)


def made(**body):
    """A family class whose body is that of an exponential law with these attributes."""
    plain = {"scale": lk.Positive(), "support": lk.Interval(0, np.inf), "log_density": staticmethod(density)}
    return type("Mistaken", (lk.Family,), plain | body)


def to_scale(rate):
    return {"scale": 1 / rate}


def to_rate(scale):
    return {"rate": 1 / scale}


RATE = {"rate": lk.Positive()}
REFUSED = {
    "a formula that takes its quantities by keyword": ({"log_density": staticmethod(keyword_only)}, "without the star"),
    "a class method for a formula": ({"log_density": classmethod(density)}, "log_density .* must be a static method"),
    "a property for a formula": ({"log_density": property(density)}, "log_density .* must be a static method"),
    "None for a formula": ({"log_density": None}, "log_density is None; it must be a static method"),
    "text for a formula": ({"log_density": "x"}, "log_density is 'x'; it must be a static method"),
    "a built-in for a formula": ({"log_density": max}, "does not say what it takes"),
    "a formula that takes the instance": (
        {"log_density": lambda self, y, scale: density(y, scale)},
        r"log_density\(self, y, scale\) has one argument too many .* static method, log_density\(y, scale\)",
    ),
    "a response that is last": (
        {"log_density": staticmethod(lambda scale, y: density(y, scale))},
        r"log_density\(scale, y\): the response comes first, .*write log_density\(y, scale\)",
    ),
    "a support that is a pair": ({"support": (0, np.inf)}, r"support = \(0, inf\) must be a space such as lk.Interval"),
    "a support that is text": ({"support": "abc"}, "support = 'abc' must be a space"),
    "a support that is None": ({"support": None}, "support = None must be a space"),
    "a support without parentheses": (
        {"support": lk.Positive},
        "support = lk.Positive is not called",
    ),
    "a parameter without parentheses": ({"rate": lk.Positive}, r"rate = lk.Positive is not called"),
    "a known quantity that is not called": ({"trials": lk.Known}, r"trials = lk.Known is not called"),
    "a predicted list": ({"predicted": ["scale"]}, r"predicted = \['scale'\] must be text"),
    "closed form None": ({"ppf": None}, "ppf is None; it must be a static method"),
    "closed form text": ({"moments": "abc"}, "moments is 'abc'; it must be a static method"),
    "a class for a closed form": ({"cdf": Callable}, "cdf is .*Callable.*must be a static method"),
    "a condition that is text": ({"regular": "no"}, "regular = 'no' must be True, False, or a function"),
    "a condition that is a number": ({"smooth": 3}, "smooth = 3 must be True, False, or a function"),
    "a condition on nothing known": ({"regular": lambda zzz: True}, "regular speaks of 'zzz', .*known: scale"),
    "theorems that are a number": ({"theorems": 3}, "theorems = 3 must be a lk.UniqueMaximum"),
    "a theorem of another parameter": (
        {"theorems": lk.UniqueMaximum("concave", "nowhere", free=("rate",))},
        "theorems speaks of 'rate'",
    ),
    "typical values that are a number": ({"typical": 3}, r"typical = 3 must be a dict"),
    "typical values that are no pair": ({"typical": {"scale": 3}}, r"'scale' is 3; it must be a pair"),
    "typical values in the wrong order": (
        {"typical": {"scale": (3, 1)}},
        r"it must be a pair of numbers \(low, high\)",
    ),
    "typical values outside the space": ({"typical": {"scale": (-3, 1)}}, "scale from -3 to 1 leaves its space"),
    "a theorem with an unknown link": (
        {"theorems": lk.UniqueMaximum("concave", "nowhere", free=("scale",), driven="scale", links=("lgo",))},
        "theorems speaks of 'lgo', which is no link of the driven parameter: did you mean 'log'",
    ),
    "typical values of nothing known": ({"typical": {"scael": (1, 3)}}, "typical speaks of 'scael', .*did you mean"),
    "unbounded that is a number": ({"unbounded": 3}, "unbounded = 3 must be text"),
    "a remark that is a truth value": ({"remark": True}, "remark = True must be text"),
    "a parameter of whole numbers": ({"scale": lk.Integers(1, 50)}, r"scale = .* is no whole number; declare lk.Known"),
    "a parameter with a named end": ({"scale": lk.Interval("nope", np.inf)}, "scale: the ends of .* must be numbers"),
    "a known quantity that nothing takes": ({"trials": lk.Known(lk.Positive())}, "'trials' is declared, but no funct"),
    "a column that nothing takes": ({"seen": lk.Observed(lk.Real())}, "'seen' is declared, but no function"),
    "a parameter named as Python's": ({"__module__": lk.Positive()}, "'__module__' cannot be the name of a quantity"),
    "a parameter named __class__": ({"__class__": lk.Positive()}, "'__class__' cannot be the name of a quantity"),
    "a parameter named __doc__": ({"__doc__": lk.Positive()}, "'__doc__' cannot be the name of a quantity"),
    "a mean": ({"mean": staticmethod(lambda scale: scale)}, "mean would hide .*declare moments"),
    "a variance": ({"variance": staticmethod(lambda scale: scale)}, "variance would hide .*declare moments"),
    "a density": ({"density": staticmethod(density)}, "density would hide .*follows from log_density"),
    "a score": ({"score": lambda self, y, **theta: y}, "score would hide"),
    "a constructor": ({"__init__": lambda self: None}, "__init__ would hide"),
    "a way to pickle": ({"__reduce__": lambda self: (int, ())}, "__reduce__ would hide"),
    "a misspelt closed form": ({"cfd": staticmethod(density)}, "cfd is nothing that a law knows: did you mean 'cdf'"),
    "a misspelt sampler": ({"smaple": staticmethod(lambda rng, size, scale: scale)}, "did you mean 'sample'"),
    "a misspelt estimate": ({"method_of_moment": lambda y: y}, "did you mean 'method_of_moments'"),
    "a misspelt condition": ({"regualr": False}, "regualr is nothing that a law knows: did you mean 'regular'"),
    "SciPy's name": ({"sf": staticmethod(density)}, "sf is called survival here"),
    "coordinates with the names of the parameters": (
        {"c": lk.Coordinates({"scale": lk.Positive()}, lambda scale: {"scale": scale}, lambda scale: {"scale": scale})},
        "have the names of the parameters themselves",
    ),
    "too many coordinates": (
        {"c": lk.Coordinates({**RATE, "more": lk.Real()}, lambda rate, more: {"scale": rate}, to_rate)},
        "not as many as the parameters",
    ),
    "a coordinate named as an argument": (
        {"c": lk.Coordinates({"links": lk.Positive()}, lambda links: {"scale": links}, to_rate)},
        "'links' cannot be the name",
    ),
    "coordinates of the same names twice": (
        {"c": lk.Coordinates(RATE, to_scale, to_rate), "d": lk.Coordinates(RATE, to_scale, to_rate)},
        "declares coordinates of the same names twice",
    ),
    "a map of other arguments": (
        {"c": lk.Coordinates(RATE, lambda rate, more: {"scale": rate}, to_rate)},
        "to_canonical must take rate, in this order",
    ),
}


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
def test_a_body_that_cannot_work_is_refused(body, message):
    with pytest.raises(FormulaError, match=f"family Mistaken: .*{message}|{message}"):
        made(**body)


COORDINATES = {
    "spaces that are no dict": ((["rate"], to_scale, to_rate), "spaces must be a dict of name to space"),
    "no spaces": (({}, to_scale, to_rate), "spaces must be a dict of name to space"),
    "a space that is a number": (({"rate": 3}, to_scale, to_rate), "rate takes a space such as"),
    "a space without parentheses": (({"rate": lk.Positive}, to_scale, to_rate), r"write Positive\(\)"),
    "a space of whole numbers": (({"rate": lk.Integers(1, 9)}, to_scale, to_rate), "no whole number"),
    "a name that is none": (({"1": lk.Positive()}, to_scale, to_rate), "'1' is no name"),
    "a map that is none": ((RATE, to_scale, {"rate": 1.0}), "from_canonical = .* must be a function"),
}


@pytest.mark.parametrize(("arguments", "message"), COORDINATES.values(), ids=COORDINATES)
def test_coordinates_of_the_wrong_kind_are_refused(arguments, message):
    with pytest.raises(LikelihoodKitError, match=f"^Coordinates: .*{message}"):
        lk.Coordinates(*arguments)


THEOREMS = {
    "free that is text": ({"free": "scale"}, "free = 'scale' must be a tuple of names"),
    "no free": ({"free": ()}, "free must name parameters"),
    "links that are text": ({"links": "log"}, "links = 'log' must be a tuple of names"),
    "driven by None": ({"driven": None}, "driven = None must be text"),
    "words that are a number": ({"words": 3}, "words = 3 must be text"),
    "a condition that is a truth value": ({"where": True}, "where must be a function"),
}


@pytest.mark.parametrize(("arguments", "message"), THEOREMS.values(), ids=THEOREMS)
def test_a_theorem_of_the_wrong_kind_is_refused(arguments, message):
    """Of the text "scale" each letter was a parameter."""
    with pytest.raises(LikelihoodKitError, match=f"^UniqueMaximum: .*{message}|^UniqueMaximum: {message}"):
        lk.UniqueMaximum(**({"words": "concave", "source": "nowhere", "free": ("scale",)} | arguments))


WORKING = {
    "positional only": {"log_density": staticmethod(lambda y, scale, /: density(y, scale))},
    "no static method": {"log_density": density},
    "an object that is called": {"log_density": Callable()},
    "a partial": {"log_density": functools.partial(lambda shift, y, scale: density(y, scale) + shift, 0.0)},
    "a helper of another name": {
        "_moment": staticmethod(lambda scale: scale),
        "helper": lambda self: 3,
        "note": "text",
    },
    "a method of one's own": {"median": lambda self, **theta: self.ppf(0.5, **theta), "__str__": lambda self: "law"},
    "a condition by a function": {"regular": staticmethod(lambda scale: scale > 0)},
}


@pytest.mark.parametrize("body", WORKING.values(), ids=WORKING)
def test_what_works_is_left_alone(body):
    assert_allclose(made(**body)().log_density(1.0, scale=2.0), density(1.0, 2.0))


def keywords_of_models() -> set[str]:
    """Arguments that models and their results take by keyword, in a signature or out of their `kwargs`."""
    found = {"hasconst", "formula", "model_spec", "missing_idx", "design_info"}  # statsmodels' formula interface
    model, results = lk.LikelihoodModel, lk.LikelihoodResults
    for function in (
        *(model.__init__, model.from_formula.__func__, model.predict),
        *(results.predict, results.get_prediction),
    ):
        parameters = inspect.signature(function).parameters.values()
        found |= {p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    for path in Path(models.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("kwargs.pop", "kwargs.get"):
                found |= {argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)}
    for method in (model.from_formula, results.predict, results.get_prediction):
        described = re.findall(r"^ *(\w+(?:, \w+)*) : ", inspect.getdoc(method), re.MULTILINE)
        found |= {name for names in described for name in names.split(", ")}
    return found


def test_the_keywords_of_models_are_no_names_of_known_quantities():
    """A known quantity called `offset` or `quantile` was accepted, and could never be given."""
    needed = keywords_of_models()
    assert {"quantile", "average", "eval_env", "offset", "which"} <= needed  # that it finds them
    assert needed <= {*KEYWORDS, *TAKEN}


@pytest.mark.parametrize("name", KEYWORDS)
@pytest.mark.parametrize("kind", [lk.Known, lk.Observed])
def test_a_known_quantity_that_could_not_be_given_is_refused(name, kind):
    with pytest.raises(FormulaError, match=f"{name!r} cannot be the name of a quantity"):
        made(**{name: kind(lk.Real())})


def test_every_attribute_that_a_law_knows_is_checked():
    for name in (*FUNCTIONS, *PLAIN):
        with pytest.raises(FormulaError, match=name):
            made(**{name: 3})


def test_a_family_of_two_laws():
    """It was the first of them, without a word."""
    with pytest.raises(FormulaError, match="family Both has the parents Gamma and Normal, which are different laws"):
        type("Both", (lk.Gamma, lk.Normal), {})
    first, second = type("First", (lk.Gamma,), {}), type("Second", (lk.Gamma,), {})
    assert type("Same", (first, second), {}).law is lk.Gamma.law


@pytest.mark.parametrize("name", ["parameter_names", "spaces", "fixed"])
def test_a_property_in_the_place_of_what_a_family_is_given(name):
    with pytest.raises(FormulaError, match=f"family Own: {name} would hide"):
        type("Own", (lk.Gamma,), {name: property(lambda self: ("a",))})


def test_a_log_density_of_a_fixed_length():
    """Of other data than those of the fit it had the same rows, and differences failed inside the kit."""

    class Fixed(lk.Family):
        loc = lk.Real()

        @staticmethod
        def log_density(y, loc):
            return np.zeros(60)

    with pytest.raises(FormulaError, match=r"log_density: .* of any length has shape \(60,\); it must return"):
        lk.LikelihoodModel(np.arange(60.0), family=Fixed()).fit()
