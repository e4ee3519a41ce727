"""Every example runs without a warning, writes what it says, and finds what is known of its data."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import special
from statsmodels.datasets import strikes

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture
def run(tmp_path, capsys):
    """Function that runs an example and checks that each file it names last is there, and no other."""

    def run_example(name, **arguments):
        found = runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"](tmp_path, **arguments)
        last = capsys.readouterr().out.rstrip().splitlines()[-1]
        named = set(re.findall(r"\w+\.(?:png|html)\b", last))
        assert named == {path.name for path in tmp_path.iterdir()}
        for path in tmp_path.glob("*.png"):
            assert path.read_bytes().startswith(b"\x89PNG")
        return found

    return run_example


def test_quickstart(run):
    found = run("quickstart")
    assert all(results.certificate.ok for results in found.values())
    data = strikes.load_pandas().data
    shape, scale = found["gamma"].params
    np.testing.assert_allclose(shape * scale, data["duration"].mean(), rtol=1e-9)
    gap = np.log(data["duration"].mean()) - np.log(data["duration"]).mean()
    np.testing.assert_allclose(np.log(shape) - special.digamma(shape), gap, rtol=1e-9)
    np.testing.assert_allclose(found["in_mean"].params, [shape * scale, shape], rtol=1e-9)
    # The exponential regression is statsmodels' Gamma one with dispersion 1.
    family = sm.families.Gamma(sm.families.links.Log())
    other = sm.GLM(data["duration"], sm.add_constant(data["iprod"]), family=family).fit(
        tol=1e-14, tol_criterion="params"
    )
    np.testing.assert_allclose(found["Exponential"].params, other.params, rtol=1e-8)
    assert found["Exponential"].aic < min(found["Gamma"].aic, found["Weibull"].aic)


def test_likelihood_curve(run):
    found = run("likelihood_curve")
    np.testing.assert_allclose(found["likelihood"], np.exp([0, -0.5, -2]) / np.sqrt(8 * np.pi), rtol=1e-12)
    np.testing.assert_allclose(found["four"].params, [2.0, 29.5], rtol=1e-10)
    # 10097 particles in 2608 intervals, as published.
    np.testing.assert_allclose(found["rutherford"].params, [10097 / 2608], rtol=1e-10)


def test_small_samples(run):
    """The exact interval of a mean is by chi-squared with 2 n degrees of freedom; r* of a scale all but has it."""
    found = run("small_samples", replications=199)
    exact = found["intervals"].loc["exact"]
    np.testing.assert_allclose(exact, [65.9, 209.2], atol=0.05)
    np.testing.assert_allclose(found["intervals"].loc["r*"], exact, rtol=1e-3)
    assert abs(found["intervals"].loc["profile likelihood", "upper"] / exact["upper"] - 1) > 0.03
    # The part of exponential samples of 12 whose shape is smaller still, by 400,000 of them: .0885.
    np.testing.assert_allclose(found["gamma"].r_star("shape", 1.0).pvalue / 2, 0.0885, atol=0.003)
    # Heinze, G. and Schemper, M. (2002), *Statistics in Medicine* 21, 2409-2419: half an observation in every cell.
    np.testing.assert_allclose(found["firth"].params[1], 2 * np.log(7), rtol=1e-8)


def test_a_family_of_your_own(run):
    found = run("a_family_of_your_own", replications=200)
    lindley = found["lindley"]
    mean = lindley.model.endog.mean()
    # Ghitany, Atieh and Nadarajah (2008): the maximum in closed form, and the information of one observation.
    theta = (1 - mean + np.sqrt((mean - 1) ** 2 + 8 * mean)) / (2 * mean)
    np.testing.assert_allclose(lindley.params, [theta], rtol=1e-9)
    np.testing.assert_allclose(
        found["bound"]["variance_bound"], [0.01 / (2 / theta**2 - 1 / (1 + theta) ** 2)], rtol=1e-7
    )
    assert lindley.derivatives == "symbolic"
    assert lindley.aic < found["exponential"].aic
    assert not np.isnan(found["study"].estimates["mle"]).any()


def test_consistency_and_efficiency(run):
    """A false alarm of the last two checks, at four standard errors, is below one in 5000."""
    found = run("consistency_and_efficiency", replications=1000)
    at_largest = found["gamma"].efficiency().table.query("size == 1000").set_index(["estimator", "parameter"])["ratio"]
    assert (at_largest["moments"] > 1.5).all()
    assert (at_largest["mle"] < 1.3).all()
    median = found["normal"].efficiency().table.query("size == 1000 and estimator == 'median'").iloc[0]
    assert abs(median["ratio"] - np.pi / 2) < 4 * median["mcse"]
    rates = found["uniform"].consistency().table
    assert (abs(rates["local_slope"] + 1) < 4 * rates["local_se"]).all()


def test_every_example_is_run():
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tested
