"""The catalogue against mpmath at 50 digits and scipy.stats: one file of `oracles` per family, none of which is listed.

Every density and information is written there anew, from the reference that it names, and none of the kit is used.
"""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from mpmath import mp, mpf
from numpy.testing import assert_allclose
from scipy import stats

from likelihood_kit.families import CATALOGUE

#: Digits of the oracles.
DIGITS = 50
#: Digits of a quadrature that holds an information from a reference to the density from it.
QUADRATURE_DIGITS = 20
QUADRATURE_TOLERANCE = mpf(10) ** -12
#: Levels at which the range of a quadrature is cut, so that each part of it is smooth on its own scale.
CUTS = (1e-6, 0.05, 0.5, 0.95, 1 - 1e-6)


@pytest.fixture(autouse=True)
def _digits():
    with mp.workdps(DIGITS):
        yield


def numbers(values) -> np.ndarray:
    """Of mpmath, rounded once."""
    return np.array([[float(entry) for entry in row] for row in values])


def information_by_quadrature(oracle, theta) -> list[list[mpf]]:
    """E[s s'] over the parameters, with the score by mpmath's differentiation of the oracle's density."""
    law, positions = oracle.scipy(*theta), [oracle.arguments.index(name) for name in oracle.parameters]
    exact = [mpf(t) for t in theta]

    def products(y):
        f = oracle.density(y, *exact)
        score = []
        for i in positions:
            moved = lambda t, i=i: mp.log(oracle.density(y, *exact[:i], t, *exact[i + 1 :]))  # noqa: E731
            score.append(mp.diff(moved, exact[i]))
        return [score[i] * score[j] * f for i in range(len(score)) for j in range(i + 1)]

    low, high = law.support()
    with mp.workdps(QUADRATURE_DIGITS):
        if isinstance(law.dist, stats.rv_discrete):
            last = int(min(high, law.mean() + 40 * law.std() + 60))
            totals = [sum(terms) for terms in zip(*(products(mpf(y)) for y in range(int(low), last + 1)), strict=True)]
        else:
            cuts = [mpf(float(end)) for end in (low, *law.ppf(CUTS), high)]
            found = {}  # all entries at a node come from one evaluation

            def entry(which):
                def at(y):
                    if y not in found:
                        found[y] = products(y)
                    return found[y][which]

                return at

            totals = [mp.quad(entry(k), cuts) for k in range(len(positions) * (len(positions) + 1) // 2)]
    p, triangle = len(positions), iter(totals)
    result = [[mpf(0)] * p for _ in range(p)]
    for i, j in itertools.chain.from_iterable(((i, j) for j in range(i + 1)) for i in range(p)):
        result[i][j] = result[j][i] = next(triangle)
    return result


def information_agrees(family, given, exact) -> None:
    found = family.expected_information(**given)
    unit = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))
    assert_allclose(found / unit, exact / unit, rtol=1e-10, atol=1e-15)


def test_every_coordinates_of_every_family_have_an_oracle(oracles):
    for name, family in CATALOGUE.items():
        found = [oracle.parameters for oracle in oracles[name].coordinates]
        assert found == list(family().available_parameters)


def test_log_density(row):
    family, oracle, theta = row
    given, y = dict(zip(oracle.arguments, theta, strict=True)), np.array(oracle.data)
    exact = [mp.log(oracle.density(mpf(float(value)), *map(mpf, theta))) for value in y]
    assert_allclose(family.log_density(y, **given), [float(value) for value in exact], rtol=1e-13, atol=1e-14)


def test_expected_information(row):
    family, oracle, theta = row
    assert family.regular == oracle.regular
    if not oracle.regular:
        assert oracle.information is None
        return
    closed = oracle.information or (lambda *values: information_by_quadrature(oracle, values))
    exact = numbers(closed(*map(mpf, theta)))
    information_agrees(family, dict(zip(oracle.arguments, theta, strict=True)), exact)


def test_the_information_of_a_reference_is_that_of_its_density(law_oracle):
    if law_oracle.information is None:
        return
    theta = law_oracle.theta[0]
    closed, found = law_oracle.information(*map(mpf, theta)), information_by_quadrature(law_oracle, theta)
    for i, j in itertools.product(range(len(closed)), repeat=2):
        unit = mp.sqrt(closed[i][i] * closed[j][j])
        assert abs(found[i][j] - closed[i][j]) / unit < QUADRATURE_TOLERANCE, (i, j)


def test_an_information_in_other_coordinates_is_found(oracles):
    gamma = oracles["Gamma"].coordinates[0]
    wrong = SimpleNamespace(**{**vars(gamma), "information": oracles["Gamma"].coordinates[2].information})
    with pytest.raises(AssertionError):
        test_the_information_of_a_reference_is_that_of_its_density(wrong)


def test_information_off_in_the_ninth_digit_is_found(oracles):
    oracle, theta = oracles["StudentT"].coordinates[0], (-2.0, 0.375, 1.0)
    wrong = numbers(oracle.information(*map(mpf, theta)))
    wrong[0, 0] *= 1 + 1e-9
    with pytest.raises(AssertionError):
        information_agrees(CATALOGUE["StudentT"](), dict(zip(oracle.arguments, theta, strict=True)), wrong)


def test_scipy(row):
    family, oracle, theta = row
    law, given, y = oracle.scipy(*theta), dict(zip(oracle.arguments, theta, strict=True)), np.array(oracle.data)
    assert family.discrete == isinstance(law.dist, stats.rv_discrete)
    logarithm = law.logpmf if family.discrete else law.logpdf
    assert_allclose(family.log_density(y, **given), logarithm(y), rtol=1e-10, atol=1e-12)
    assert_allclose(family.cdf(y, **given), law.cdf(y), rtol=1e-10)
    assert_allclose(family.survival(y, **given), law.sf(y), rtol=1e-10)
    q = np.array([0.001, 0.3, 0.8, 0.999])
    assert_allclose(family.ppf(q, **given), law.ppf(q), rtol=1e-9)
    for found, wanted in ((family.mean(**given), law.mean()), (family.variance(**given), law.var())):
        if np.isfinite(wanted):
            assert_allclose(found, wanted, rtol=1e-10)
        else:
            assert not np.isfinite(found)


def test_the_moments_of_student_t_that_do_not_exist():
    family, theta = CATALOGUE["StudentT"](), {"loc": 2.0, "scale": 1.5}
    df = np.array([0.5, 1.0, 1.5, 2.0, 2.5])
    oracle = [stats.t(d, 2.0, 1.5) for d in df]
    assert_allclose(family.mean(df=df, **theta), [np.nan, np.nan, 2, 2, 2])
    assert_allclose(family.variance(df=df, **theta)[1:], [np.nan, np.inf, np.inf, oracle[-1].var()])
