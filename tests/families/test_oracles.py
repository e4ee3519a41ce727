"""The catalogue against mpmath at 50 digits (`oracles/make_tables.py`) and against scipy.stats."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from mpmath import mp
from numpy.testing import assert_allclose
from scipy import stats

from likelihood_kit.families import CATALOGUE, Family

ORACLES = Path(__file__).parent / "oracles"
ROWS = json.loads((ORACLES / "tables.json").read_text("utf-8"))
SCIPY = {
    "Normal": lambda mean, sd: stats.norm(mean, sd),
    "Normal in mean, variance": lambda mean, variance: stats.norm(mean, np.sqrt(variance)),
    "Exponential": lambda scale: stats.expon(scale=scale),
    "Exponential in rate": lambda rate: stats.expon(scale=1 / rate),
    "Gamma": lambda shape, scale: stats.gamma(shape, scale=scale),
    "Gamma in mean, shape": lambda mean, shape: stats.gamma(shape, scale=mean / shape),
    "Gamma in shape, rate": lambda shape, rate: stats.gamma(shape, scale=1 / rate),
    "Weibull": lambda shape, scale: stats.weibull_min(shape, scale=scale),
    "StudentT": lambda loc, scale, df: stats.t(df, loc, scale),
    "Uniform": lambda low, high: stats.uniform(low, high - low),
    "Bernoulli": lambda probability: stats.bernoulli(probability),
    "Poisson": lambda rate: stats.poisson(rate),
}


def family_of(label: str) -> Family:
    name, _, coordinates = label.partition(" in ")
    return CATALOGUE[name](parameters=coordinates.split(", ") if coordinates else None)


def numbers(texts) -> np.ndarray:
    return np.array(texts, dtype=float)


def information_agrees(family, theta, exact) -> None:
    found = family.expected_information(**dict(zip(family.parameter_names, theta, strict=True)))
    unit = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))
    assert_allclose(found / unit, exact / unit, rtol=1e-10, atol=1e-15)


@pytest.fixture(params=ROWS, ids=lambda row: f"{row['family']}{tuple(row['theta'])}")
def row(request):
    return request.param


def test_every_coordinates_of_every_family_have_an_oracle():
    wanted = {
        repr(family(parameters=names)) for family in CATALOGUE.values() for names in family().available_parameters
    }
    assert {repr(family_of(row["family"])) for row in ROWS} == wanted
    assert set(SCIPY) == {row["family"] for row in ROWS}


def test_log_density(row):
    family, y = family_of(row["family"]), np.array(row["y"])
    theta = dict(zip(family.parameter_names, row["theta"], strict=True))
    assert_allclose(family.log_density(y, **theta), numbers(row["log_density"]), rtol=1e-13, atol=1e-14)


def test_expected_information(row):
    family = family_of(row["family"])
    if family.regular:
        information_agrees(family, row["theta"], numbers(row["information"]))
    else:
        assert "information" not in row


def test_information_off_in_the_ninth_digit_is_found():
    (exact,) = (numbers(r["information"]) for r in ROWS if r["family"] == "StudentT" and r["theta"][2] == 1.0)
    wrong = exact.copy()
    wrong[0, 0] *= 1 + 1e-9
    with pytest.raises(AssertionError):
        information_agrees(family_of("StudentT"), (-2.0, 0.375, 1.0), wrong)


def test_scipy(row):
    family, y, oracle = family_of(row["family"]), np.array(row["y"]), SCIPY[row["family"]](*row["theta"])
    theta = dict(zip(family.parameter_names, row["theta"], strict=True))
    logarithm = oracle.logpmf if family.discrete else oracle.logpdf
    assert_allclose(family.log_density(y, **theta), logarithm(y), rtol=1e-10, atol=1e-12)
    assert_allclose(family.cdf(y, **theta), oracle.cdf(y), rtol=1e-10)
    q = np.array([0.001, 0.3, 0.8, 0.999])
    assert_allclose(family.ppf(q, **theta), oracle.ppf(q), rtol=1e-9)
    for found, wanted in ((family.mean(**theta), oracle.mean()), (family.variance(**theta), oracle.var())):
        if np.isfinite(wanted):
            assert_allclose(found, wanted, rtol=1e-10)
        else:
            assert not np.isfinite(found)


def test_the_table_is_what_the_script_makes():
    specification = importlib.util.spec_from_file_location("make_tables", ORACLES / "make_tables.py")
    script = importlib.util.module_from_spec(specification)
    digits = mp.dps
    try:
        specification.loader.exec_module(script)
        made = [(name, list(theta)) for name, values in script.THETA.items() for theta in values]
        assert [(row["family"], row["theta"]) for row in ROWS] == made
        for row in ROWS:
            theta, density = [mp.mpf(t) for t in row["theta"]], script.DENSITIES[row["family"]]
            assert row["log_density"] == [script.text(mp.log(density(mp.mpf(y), *theta))) for y in row["y"]]
    finally:
        mp.dps = digits


def test_the_moments_of_student_t_that_do_not_exist():
    family, theta = CATALOGUE["StudentT"](), {"loc": 2.0, "scale": 1.5}
    df = np.array([0.5, 1.0, 1.5, 2.0, 2.5])
    oracle = [stats.t(d, 2.0, 1.5) for d in df]
    assert_allclose(family.mean(df=df, **theta), [np.nan, np.nan, 2, 2, 2])
    assert_allclose(family.variance(df=df, **theta)[1:], [np.nan, np.inf, np.inf, oracle[-1].var()])
