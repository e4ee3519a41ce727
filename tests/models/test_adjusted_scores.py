"""Adjusted scores over the catalogue, written anew without third derivatives, and the bias that they leave."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, special

import likelihood_kit as lk
from likelihood_kit.simulation import estimators

#: Of a t law with its df free, samples of 25 may have no root.
CHOSEN = {"StudentT": lk.StudentT(df=4.0)}
SMOOTH = [CHOSEN.get(name, family()) for name, family in sorted(lk.CATALOGUE.items()) if family().smooth]
#: Largest count that is summed over: the laws here hold less than 1e-12 of their mass beyond.
COUNTS = 2000
#: Parts of the mass at which the line is cut for quadrature.
CUTS = (1e-6, 1e-3, 0.03, 0.2, 0.5, 0.8, 0.97, 1 - 1e-3, 1 - 1e-6)
#: Error of the adjusted score written anew, in standard errors: quadrature to 1e-9, and rounding, of both.
ATOL = 1e-6


def typical(family):
    """Parameters in the middle of the box of typical ones, and whole numbers of what is known."""
    middle = {
        name: float(np.sqrt(low * high) if low > 0 else (low + high) / 2)
        for name, (low, high) in family.law.typical.items()
    }
    theta = {name: middle[name] for name in family.parameter_names}
    return theta, {name: float(np.ceil(middle[name])) for name in family.law.known}


def expectation(family, function, quantities):
    """Expectation `(m,)` of a function of observations `(n,)` with values `(n, m)`, by sums or by quadrature."""

    def weighted(y):
        return function(y) * family.density(y, **quantities)[:, None]

    low, high = (float(end) for end in family.support.ends({**family.fixed, **quantities}))
    if family.discrete:
        return weighted(np.arange(low, min(high, low + COUNTS) + 1)).sum(axis=0)
    cuts = [low, *(float(family.ppf(p, **quantities)) for p in CUTS), high]
    total = 0.0
    for begin, end in itertools.pairwise(cuts):
        total += integrate.quad_vec(
            lambda y: np.nan_to_num(weighted(np.array([y]))[0]), begin, end, epsabs=1e-10, epsrel=1e-9
        )[0]
    return total


def adjusted_score(family, y, theta, known):
    """U + tr{i^-1 (P_t + Q_t)} / 2 in standard errors, with P_t = E[U U' U_t] and Q_t = E[-J U_t]; J = -l''."""
    p, quantities = len(theta), {**theta, **known}

    def products(y):
        score, hessian = family.score(y, **quantities), family.hessian(y, **quantities)
        outer = score[:, :, None] * score[:, None, :]
        both = (outer + hessian)[:, :, :, None] * score[:, None, None, :]
        return np.concatenate([outer.reshape(len(y), -1), both.reshape(len(y), -1)], axis=1)

    found = expectation(family, products, quantities)
    inverse, both = np.linalg.inv(found[: p * p].reshape(p, p)), found[p * p :].reshape(p, p, p)
    total = family.score(y, **quantities).sum(axis=0) + np.einsum("rs,rst->t", inverse, both) / 2
    return float(np.sqrt(total @ inverse @ total / len(y)))


@pytest.mark.parametrize("family", SMOOTH, ids=repr)
def test_the_adjusted_score_is_zero(family):
    theta, known = typical(family)
    y = family.sample(25, np.random.default_rng(3), **theta, **known)
    model = lk.LikelihoodModel(y, family=family, **{name: np.full(25, value) for name, value in known.items()})
    results = model.fit(bias_reduction="firth")
    assert results.converged, results.certificate
    found = dict(zip(family.parameter_names, results.params, strict=True))
    assert adjusted_score(family, y, found, known) < ATOL


def test_that_check_tells_a_maximum_from_a_root():
    y = lk.Gamma().sample(25, np.random.default_rng(3), shape=2.0, scale=3.0)
    highest = dict(zip(("shape", "scale"), lk.LikelihoodModel(y, family=lk.Gamma()).fit().params, strict=True))
    assert adjusted_score(lk.Gamma(), y, highest, {}) > 0.1


def test_truncated_laws():
    """Of a Poisson law without zeros, by sums over its counts."""
    family = lk.truncated(lk.Poisson(), low=1)
    y = np.array([1, 1, 2, 1, 3, 5, 1, 2.0])
    results = lk.LikelihoodModel(y, family=family).fit(bias_reduction="firth")
    assert adjusted_score(family, y, {"rate": results.params[0]}, {}) < ATOL


def weibull_in_logarithms(eta, u):
    """Score `(..., 2)` and Hessian `(..., 2, 2)` in log shape and log scale at u = (y / scale)^shape."""
    k, w = np.exp(eta), np.log(u)
    score = np.stack([1 + w - w * u, k * (u - 1)], axis=-1)
    across = k * (u - 1) + k * w * u
    rows = [np.stack([w - w * u - w**2 * u, across], axis=-1), np.stack([across, -(k**2) * u], axis=-1)]
    return score, np.stack(rows, axis=-2)


def test_designs_of_two_parameters():
    """Weibull, both parameters by log links: (y / scale)^shape is a standard exponential variate."""
    rng = np.random.default_rng(5)
    x, z = (np.column_stack([np.ones(30), rng.normal(size=30)]) for _ in range(2))
    y = rng.weibull(np.exp(z @ [0.5, 0.2])) * np.exp(x @ [1.0, 0.3])
    results = lk.LikelihoodModel(y, x, family=lk.Weibull(), exogs={"shape": z}).fit(bias_reduction="firth")
    eta, scale = z @ results.params[:2], np.exp(x @ results.params[2:])
    nodes, weights = special.roots_legendre(400)
    # u = t^4 / (1 - t)^2 lets a logarithm at 0, and the tail, be smooth in t.
    t = (nodes + 1) / 2
    u = t**4 / (1 - t) ** 2
    weights = weights / 2 * (4 * t**3 / (1 - t) ** 2 + 2 * t**4 / (1 - t) ** 3) * np.exp(-u)

    def in_coefficients(eta, u, row):
        design = np.zeros((2, 4))
        design[0, :2], design[1, 2:] = z[row], x[row]
        score, hessian = weibull_in_logarithms(eta, u)
        return score @ design, np.einsum("ai,...ab,bj->...ij", design, hessian, design)

    information, both, total = np.zeros((4, 4)), np.zeros((4, 4, 4)), np.zeros(4)
    for row in range(30):
        score, hessian = in_coefficients(eta[row], u, row)
        outer = score[:, :, None] * score[:, None, :]
        information += np.einsum("n,nij->ij", weights, outer)
        both += np.einsum("n,nij,nk->ijk", weights, outer + hessian, score)
        total += in_coefficients(eta[row], (y[row] / scale[row]) ** np.exp(eta[row]), row)[0]
    inverse = np.linalg.inv(information)
    assert_allclose(results.information("expected"), information, rtol=1e-6, atol=1e-8)
    adjusted = total + np.einsum("rs,rst->t", inverse, both) / 2
    assert np.sqrt(total @ inverse @ total) > 0.1
    assert np.sqrt(adjusted @ inverse @ adjusted) < ATOL


def censored_in_logarithms(eta, u):
    """The same of the log survival, -u."""
    k, w = np.exp(eta), np.log(u)
    across = k * u + k * w * u
    rows = [np.stack([-w * u - w**2 * u, across], axis=-1), np.stack([across, -(k**2) * u], axis=-1)]
    return np.stack([-w * u, k * u], axis=-1), np.stack(rows, axis=-2)


def test_right_censored_laws():
    """Weibull, both parameters in logarithms, with a limit of observation of each row."""
    rng = np.random.default_rng(8)
    limit, ones = rng.uniform(0.5, 2.0, 20), np.ones((20, 1))
    drawn = 1.2 * rng.weibull(1.5, 20)
    y, event = np.minimum(drawn, limit), (drawn <= limit).astype(float)
    family = lk.censored(lk.Weibull())
    model = lk.LikelihoodModel(y, ones, family=family, exogs={"shape": ones}, event=event, limit=limit)
    results = model.fit(bias_reduction="firth")
    eta, scale = results.params[0], np.exp(results.params[1])
    nodes, weights = special.roots_legendre(200)
    t = (nodes + 1) / 2
    information, both, total = np.zeros((2, 2)), np.zeros((2, 2, 2)), np.zeros(2)
    for row in range(20):
        end = np.array([(limit[row] / scale) ** np.exp(eta)])
        u = end * t**4
        parts = [
            (weibull_in_logarithms(eta, u), weights / 2 * end * 4 * t**3 * np.exp(-u)),
            (censored_in_logarithms(eta, end), np.exp(-end)),
        ]
        for (score, hessian), weight in parts:
            outer = score[:, :, None] * score[:, None, :]
            information += np.einsum("n,nij->ij", weight, outer)
            both += np.einsum("n,nij,nk->ijk", weight, outer + hessian, score)
        seen = weibull_in_logarithms if event[row] else censored_in_logarithms
        total += seen(eta, (y[row] / scale) ** np.exp(eta))[0]
    inverse = np.linalg.inv(information)
    assert_allclose(results.information("expected"), information, rtol=1e-6)
    adjusted = total + np.einsum("rs,rst->t", inverse, both) / 2
    assert 0 < event.sum() < 20
    assert np.sqrt(total @ inverse @ total) > 0.1
    assert np.sqrt(adjusted @ inverse @ adjusted) < ATOL


def test_the_bias_of_first_order_is_gone():
    """Shapes of 400 Gamma samples of 20: false alarms 1.3e-4, for two normal means more than 4 errors from the truth.

    What is left is of second order, a quarter of an error here. The maximum, 7.5 errors off, fails the same check.
    """
    family, truth = lk.Gamma(parameters=("mean", "shape")), 2.0
    samples = {"y": family.sample((400, 20), np.random.default_rng(11), mean=2.0, shape=truth)}

    def errors_from_the_truth(estimator):
        shapes = estimator(family, samples).values[:, 1]
        return abs(shapes.mean() - truth) / (shapes.std() / np.sqrt(len(shapes)))

    assert errors_from_the_truth(estimators.firth) < 4
    assert errors_from_the_truth(estimators.bias_corrected) < 4
    assert errors_from_the_truth(estimators.maximum_likelihood) > 4
