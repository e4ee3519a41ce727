"""One set of nodes for all ratios of a search tells the variances that adaptive quadrature does, or says nothing."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.diagnostics import displacement_search, ratio_covariances
from likelihood_kit.diagnostics.bounds import asked
from likelihood_kit.diagnostics.ratio_covariances import NEAR, covariances
from likelihood_kit.diagnostics.ratio_nodes import ratio_nodes

LAWS = {
    "normal": (lk.Normal(), {"mean": 1.0, "sd": 2.0}),
    "normal, far": (lk.Normal(), {"mean": 1e6, "sd": 2.0}),
    "gamma": (lk.Gamma(), {"shape": 2.0, "scale": 3.0}),
    "gamma with a pole": (lk.Gamma(), {"shape": 0.4, "scale": 3.0}),
    "beta": (lk.Beta(), {"alpha": 0.5, "beta": 3.0}),
    "student": (lk.StudentT(), {"loc": 0.0, "scale": 1.0, "df": 4.0}),
    "lognormal": (lk.LogNormal(), {"meanlog": 0.3, "sdlog": 0.5}),
    "poisson": (lk.Poisson(), {"rate": 2.0}),
    "negative binomial": (lk.NegativeBinomial(), {"mean": 3.0, "dispersion": 0.5}),
    "truncated": (lk.truncated(lk.Normal(), low=0.0), {"mean": 1.0, "sd": 2.0}),
}


@pytest.mark.parametrize(("family", "truth"), LAWS.values(), ids=LAWS)
def test_they_agree_with_adaptive_quadrature(family, truth):
    """At displacements of 0.1 to 40 % of a standard error of one observation, both ways, along and across."""
    question = asked(family, truth, 1, {}, "test")
    nodes = ratio_nodes(family, question)
    unit = np.sqrt(np.diag(np.linalg.inv(family.expected_information(**truth))))
    told = 0
    for part in (-0.2, -0.001, 0.03, 0.4):
        for direction in (*np.eye(len(unit)), np.ones(len(unit))):
            move = part * direction * unit
            place = {name: value + step for (name, value), step in zip(truth.items(), move, strict=True)}
            if not all(family.spaces[name].contains(value) for name, value in place.items()):
                continue
            exact, error = (float(one[0, 0]) for one in covariances(family, question, [place], 1))
            found = nodes.variance(place, NEAR)
            if found is None:
                continue
            told += 1
            if not exact < 1e6:  # as far out as that quadrature goes: none is to be relied upon
                assert not found[0] < 1e6
                continue
            assert_allclose(found[0], exact, rtol=2e-8, atol=10 * error)
            assert_allclose(found[1], error, rtol=0.5)
    assert told >= 4


@pytest.mark.parametrize("shift", [1e-3, 0.3, 2.0, 5.0])
def test_a_shifted_normal_law(shift):
    """exp(shift^2 / sd^2) - 1."""
    family, truth = lk.Normal(sd=2.0), {"mean": 1.0}
    nodes = ratio_nodes(family, asked(family, truth, 1, {}, "test"))
    assert_allclose(nodes.variance({"mean": 1.0 + shift}, NEAR)[0], np.expm1(shift**2 / 4), rtol=1e-9)


def test_what_is_infinite_and_what_is_not_told():
    family = lk.Normal(mean=0.0)
    nodes = ratio_nodes(family, asked(family, {"sd": 1.0}, 1, {}, "test"))
    # (2 / s^2 - 1)^(-1/2) / s is finite below sqrt(2) alone.
    assert nodes.variance({"sd": 1.5}, NEAR)[0] == np.inf
    assert_allclose(nodes.variance({"sd": 1.2}, NEAR)[0], 1 / (1.44 * np.sqrt(2 / 1.44 - 1)) - 1, rtol=1e-9)
    kinked = lk.Laplace(scale=1.0)
    assert ratio_nodes(kinked, asked(kinked, {"loc": 0.0}, 1, {}, "test")).variance({"loc": 0.3}, NEAR) is None
    moving = lk.Uniform(low=0.0)
    assert ratio_nodes(moving, asked(moving, {"high": 1.0}, 1, {}, "test")) is None
    many = lk.Poisson()
    assert ratio_nodes(many, asked(many, {"rate": 1e6}, 1, {}, "test")) is None


@pytest.mark.parametrize(("df", "infinite"), [(1.5, True), (1.9, True), (2.5, False)])
def test_a_variance_that_grows_without_overflow_is_infinite(df, infinite):
    """Of t laws the integrand falls as y^(2 (4 - df) - 5): its integral is finite where df > 2."""
    family = lk.StudentT(loc=0.0, scale=1.0)
    found = ratio_nodes(family, asked(family, {"df": 4.0}, 1, {}, "test")).variance({"df": df}, NEAR)
    assert (found == (np.inf, 0.0)) == infinite


@pytest.mark.parametrize("name", ["gamma", "student", "normal"])
def test_a_search_is_left_to_them_but_for_a_few_places(name, monkeypatch):
    """Adaptive quadrature took 40 milliseconds for each of some 300 places: 6 s for a Gamma law, 36 s for a t."""
    family, truth = LAWS[name]
    counts = {"nodes": 0, "adaptive": 0}
    one = ratio_covariances._one

    def counted(*arguments):
        counts["adaptive"] += 1
        return one(*arguments)

    monkeypatch.setattr(ratio_covariances, "_one", counted)
    found = lk.chapman_robbins_bound(family, truth, n=10)
    few = counts["adaptive"]
    monkeypatch.setattr(displacement_search, "ratio_nodes", lambda family, question: None)
    if name == "gamma":  # the same bounds by quadrature alone
        assert_allclose(
            found["variance_bound"], lk.chapman_robbins_bound(family, truth, n=10)["variance_bound"], rtol=1e-7
        )
        assert counts["adaptive"] - few > 200
    assert few <= 20
