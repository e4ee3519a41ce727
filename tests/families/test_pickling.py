"""Families travel: to another process by pickle, by value where their class cannot be imported, never derived twice."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import likelihood_kit as lk
from likelihood_kit.families import CATALOGUE, Coordinates, Family

ROOT = Path(lk.__file__).parent.parent
Y = np.array([0.5, 1.0])


def made_within_a_function() -> type[Family]:
    """A class that no import finds, with formula and coordinate maps that are lambdas and a support by a function."""
    shift = 0.25

    class Local(lk.Family):
        loc = lk.Real()
        scale = lk.Positive()
        support = lk.Interval(lambda loc: loc - shift, np.inf, closed=(True, False))
        regular = True
        log_density = staticmethod(lambda y, loc, scale: -np.log(scale) - (y - loc + shift) / scale)
        in_rate = Coordinates(
            {"loc": lk.Real(), "rate": lk.Positive()},
            to_canonical=lambda loc, rate: {"loc": loc, "scale": 1 / rate},
            from_canonical=lambda loc, scale: {"loc": loc, "rate": 1 / scale},
        )

    return Local


LOCAL = made_within_a_function()
INSTANCES = [
    *(family(parameters=names) for family in CATALOGUE.values() for names in family().available_parameters),
    lk.Gamma(parameters=("mean", "shape"), links={"mean": "identity"}),
    lk.Gamma(parameters=("mean", "shape"), shape=2.0),
    lk.StudentT(df=4.0),
    lk.Uniform(low=0.0),
    CATALOGUE["Binomial"](trials=3),
    LOCAL(),
    LOCAL(parameters=("loc", "rate"), links={"rate": "identity"}),
    LOCAL(parameters=("loc", "rate"), rate=2.0),
]


@pytest.mark.parametrize("copied", [lambda f: pickle.loads(pickle.dumps(f)), copy.deepcopy, copy.copy])
@pytest.mark.parametrize("family", INSTANCES, ids=repr)
def test_a_family_survives(family, copied):
    """The links are functions made on the spot, which do not pickle."""
    again = copied(family)
    assert repr(again) == repr(family)
    assert (again.parameter_names, again.fixed) == (family.parameter_names, family.fixed)
    assert {name: link.name for name, link in again.links.items()} == {n: k.name for n, k in family.links.items()}
    at = {name: 0.2 + 0.3 * i for i, name in enumerate(family.parameter_names)}
    theta = {name: float(family.spaces[name].link().inverse(eta)) for name, eta in at.items()}
    known = {name: 3.0 for name in family.law.known if name not in family.fixed}
    y = np.array([0.0, 1.0]) if family.discrete else Y
    for method in ("log_density", "score", "hessian", "cdf"):
        assert_array_equal(getattr(again, method)(y, **theta, **known), getattr(family, method)(y, **theta, **known))


@pytest.mark.parametrize("family", [*INSTANCES, lk.censored(lk.Weibull()), lk.truncated(lk.Gamma(), low=1.0)], ids=repr)
def test_what_families_share_cannot_be_written_to(family):
    """A deep copy's fixed value changed the original's, a parameter of a law that of every family of its class."""
    for one in (family, copy.deepcopy(family), pickle.loads(pickle.dumps(family))):
        for law in (one.law, copy.deepcopy(one.law)):
            shared = [
                law.parameters,
                law.known,
                law.observed,
                law.functions,
                law.coordinates,
                law.typical,
                law.quantities,
            ]
            shared += [coordinates.spaces for coordinates in law.coordinates.values()]
            for mapping in (*shared, one.fixed, one.spaces, one.links, one.chosen_links):
                with pytest.raises(TypeError, match="does not support item assignment"):
                    mapping["shape"] = 5.0


def test_what_a_family_was_made_of_is_its_own():
    links, spaces = {"scale": "identity"}, {"rate": lk.Positive()}
    family = lk.Gamma(links=links)
    coordinates = Coordinates(spaces, lambda rate: {"scale": 1 / rate}, lambda scale: {"rate": 1 / scale})
    links["scale"] = "log"
    spaces["other"] = lk.Real()
    assert family.links["scale"].name == "identity"
    assert tuple(coordinates.spaces) == ("rate",)


def test_a_family_of_the_catalogue_travels_by_reference():
    assert type(pickle.loads(pickle.dumps(lk.Gamma()))) is lk.Gamma


def run(script: str, *arguments: str, given: bytes = b"") -> bytes:
    """Standard output of a script in a process of its own, in the folder of the package."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], input=given, capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


MAIN = """
import pickle, sys
import numpy as np
import likelihood_kit as lk


class Logistic(lk.Family):
    loc = lk.Real()
    scale = lk.Positive()

    @staticmethod
    def log_density(y, loc, scale):
        z = (y - loc) / scale
        return -z - np.log(scale) - 2 * np.log1p(np.exp(-z))


family = Logistic(scale=2.0)
found = family.score(np.array([0.5, 1.0]), loc=0.25)
assert "sympy" in sys.modules
sys.stdout.buffer.write(pickle.dumps((family, found)))
"""
ELSEWHERE = """
import pickle, sys
import numpy as np

family, wanted = pickle.loads(sys.stdin.buffer.read())
found = family.score(np.array([0.5, 1.0]), **eval(sys.argv[1]))
assert np.array_equal(found, wanted), (found, wanted)
assert family.derivatives == "symbolic"
assert "sympy" not in sys.modules, "derived again"
sys.stdout.buffer.write(repr(family).encode())
"""


def test_a_class_of_a_script_is_not_derived_again_elsewhere():
    """Every worker of a study derived its family anew, for seconds."""
    packed = run(MAIN)
    assert run(ELSEWHERE, "{'loc': 0.25}", given=packed) == b"Logistic(scale=2)"


def test_a_class_within_a_function_is_not_derived_again_elsewhere():
    for family, theta in (
        (LOCAL(), {"loc": 0.1, "scale": 2.0}),
        (LOCAL(parameters=("loc", "rate")), {"loc": 0.1, "rate": 0.5}),
    ):
        packed = pickle.dumps((family, family.score(Y, **theta)))
        assert run(ELSEWHERE, repr(theta), given=packed).decode() == repr(family)


def test_a_family_of_the_catalogue_is_not_derived_elsewhere():
    family = lk.Gamma(parameters=("mean", "shape"))
    theta = {"mean": 2.0, "shape": 1.5}
    assert run(ELSEWHERE, repr(theta), given=pickle.dumps((family, family.score(Y, **theta)))).decode() == repr(family)


def test_what_is_not_derived_yet_is_derived_where_it_arrives():
    family = made_within_a_function()()
    again = pickle.loads(pickle.dumps(family))
    assert_array_equal(again.score(Y, loc=0.1, scale=2.0), family.score(Y, loc=0.1, scale=2.0))


class Pair(lk.Family):
    """A time and whether it was seen, by a sampler of its author's."""

    rate = lk.Positive()
    seen = lk.Observed(lk.Integers(0, 1))
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, seen, rate):
        return seen * np.log(rate) - rate * y

    @staticmethod
    def sample(rng, size, rate):
        y = rng.standard_exponential(size) / rate
        return {"seen": (y < 1).astype(int), "y": np.minimum(y, 1)}


def test_a_sample_of_several_columns_travels():
    """Its class, made on the spot, did not; and its columns were the names of them."""
    drawn = Pair().sample(50, 1, rate=2.0)
    assert drawn._fields == ("y", "seen")
    assert_array_equal(drawn.seen, drawn.y < 1)
    again = pickle.loads(pickle.dumps(drawn))
    assert (type(again), again._fields) == (type(drawn), drawn._fields)
    assert_array_equal(again.y, drawn.y)
    assert np.isfinite(Pair().log_density(*drawn[:1], seen=drawn.seen, rate=2.0)).all()
