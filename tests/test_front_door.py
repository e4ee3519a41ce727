"""What `lk.` offers, and what a name that is not there is told."""

import re
import types

import pytest

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError
from likelihood_kit.families import to_come
from likelihood_kit.families.other_names import TO_COME

TOLD = {
    "gamma": "write lk.Gamma()",
    "GAMMA": "write lk.Gamma()",
    "log_normal": "write lk.LogNormal()",
    "lognormal": "write lk.LogNormal()",
    "GEV": "write lk.GeneralizedExtremeValue()",
    "GeneralisedExtremeValue": "write lk.GeneralizedExtremeValue()",
    "Gaussian": "write lk.Normal()",
    "LikelihodModel": "did you mean 'LikelihoodModel'",
    "cramer_rao": "did you mean 'cramer_rao_bound'",
    "nonsense": "known: .*Gamma",
    "TYPE_CHECKIN": "known: ",
    "_private": "no attribute '_private'",
}


@pytest.mark.parametrize(("name", "words"), TOLD.items(), ids=TOLD)
def test_a_name_that_is_not_there_was_a_bare_attribute_error(name, words):
    with pytest.raises(AttributeError, match=words):
        getattr(lk, name)
    assert not hasattr(lk, name)


@pytest.mark.parametrize("name", [name for name in TO_COME if name not in lk.CATALOGUE])
def test_what_is_to_come_is_said_to_be(name):
    with pytest.raises(AttributeError, match=f"{name} is not there yet"):
        getattr(lk, name)


def test_what_is_to_come_is_called_otherwise_too():
    assert to_come("exponnorm").startswith("ExGaussian is not there yet: write it as a family of your own")
    assert to_come("gamma") == to_come("normal") == to_come("nonsense") == ""


def test_what_is_offered_is_for_users():
    """It offered TYPE_CHECKING, what a notebook shows, and the functions behind methods."""
    offered = {name for name in dir(lk) if not name.startswith("__")}
    assert offered == set(lk.__all__)
    assert not offered & {"TYPE_CHECKING", "certificate_html", "report_fit", "sample", "predictor", "identical"}
    assert {name for name in offered if isinstance(getattr(lk, name), types.ModuleType)} == {"errors", "families"}
    assert all(hasattr(lk, name) for name in dir(lk))


MISTAKEN = {
    "a class": (lk.Gamma, "the class: write Gamma(), with parentheses"),
    "a name": ("gamma", "not 'gamma': write lk.Gamma()"),
    "another name": ("lognorm", "not 'lognorm': write lk.LogNormal()"),
    "a misspelt name": ("Gama", "did you mean 'Gamma'?"),
    "a name to come": ("exponnorm", "ExGaussian is not there yet: write it as a family of your own"),
    "nothing": (None, "must be a family such as lk.Gamma(), not None"),
}
TAKING = {
    "model": lambda family: lk.LikelihoodModel([1.0, 2.0, 4.0], family=family),
    "bound": lambda family: lk.cramer_rao_bound(family, {"shape": 2.0, "scale": 3.0}, n=100),
    "study": lambda family: lk.Study(family, {"shape": 2.0, "scale": 3.0}, sizes=(5,), replications=5),
    "truncated": lambda family: lk.truncated(family, low=1.0),
    "censored": lk.censored,
}


@pytest.mark.parametrize(("family", "words"), MISTAKEN.values(), ids=MISTAKEN)
@pytest.mark.parametrize("take", TAKING.values(), ids=TAKING)
def test_what_is_no_family_is_told_what_to_write_wherever_it_is_taken(take, family, words):
    with pytest.raises(ArgumentError, match=re.escape(words)):
        take(family)


def test_methods_are_called_by_their_names(tmp_path):
    """It named the functions behind them, and what they belong to among their arguments."""
    results = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Exponential()).fit()
    with pytest.raises(ArgumentError, match=r"^report takes no argument 'title': known: path, fragment$"):
        results.report(tmp_path / "x.html", title="My")
    with pytest.raises(ArgumentError, match=r"^plot takes no argument 'axes': did you mean 'ax'"):
        results.plot(axes=None)
    with pytest.raises(ArgumentError, match=r"^report: missing .*'path'; its arguments are path, fragment$"):
        results.report()


def test_a_function_of_parameters_as_text_was_a_type_error():
    words = "of must be a function of the parameters, such as lambda shape, scale: shape * scale, not 'shape"
    with pytest.raises(ArgumentError, match=re.escape(words)):
        lk.cramer_rao_bound(lk.Gamma(), {"shape": 2.0, "scale": 3.0}, n=100, of="shape*scale")
    results = lk.LikelihoodModel([1.0, 2.0, 4.0, 3.0], family=lk.Gamma()).fit()
    with pytest.raises(ArgumentError, match=re.escape(words)):
        results.cramer_rao("shape*scale")
