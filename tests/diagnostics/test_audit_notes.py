"""What an audit says beside its standard errors: eigenvalues, where an information comes from, and conventions."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg

import likelihood_kit as lk
from likelihood_kit.diagnostics.information import relative_eigenvalues
from likelihood_kit.models.expected_by_draws import expected_by_draws


def fit(y, family, *, cov_type="observed", cov_kwds=None, **keywords):
    return lk.LikelihoodModel(y, family=family, **keywords).fit(cov_type=cov_type, cov_kwds=cov_kwds)


def unwrapped(audit):
    return " ".join(str(audit).split())


def test_eigenvalues_of_one_information_in_another():
    """Of SciPy's generalised problem, and the same in other coordinates and units."""
    y = np.random.default_rng(1).gamma(2.0, 3.0, 80)
    found = []
    for scale, family in ((1.0, lk.Gamma()), (1e6, lk.Gamma()), (1.0, lk.Gamma(parameters=("mean", "shape")))):
        results = fit(scale * y, family)
        values = results.information_audit(replications=0).eigenvalues
        observed = results.information("observed").to_numpy()
        size = np.sqrt(np.diag(observed))
        for kind in ("expected", "outer_product"):
            other = results.information(kind).to_numpy()
            wanted = linalg.eigh(other / np.outer(size, size), observed / np.outer(size, size), eigvals_only=True)
            assert_allclose(values[kind], wanted, rtol=1e-6)
        found.append(values)
    for values in found[1:]:
        assert_allclose(values, found[0], rtol=1e-5)


def test_the_expected_information_is_in_the_observed_one_and_not_the_other_way_round():
    """Of a Weibull law the two differ at the estimate; the product of the eigenvalues is that of the determinants."""
    results = fit(np.random.default_rng(7).weibull(0.7, 12) + 0.3, lk.Weibull())
    values = results.information_audit(replications=0).eigenvalues
    expected, observed = (results.information(kind).to_numpy() for kind in ("expected", "observed"))
    ratio = np.linalg.det(expected) / np.linalg.det(observed)
    assert abs(np.log(ratio)) > 0.02
    assert_allclose(values["expected"].prod(), ratio, rtol=1e-8)


def test_of_a_singular_matrix_they_are_not_numbers():
    assert np.isnan(relative_eigenvalues(np.eye(2), np.ones((2, 2)))).all()
    assert_allclose(relative_eigenvalues(np.diag([2.0, 6.0]), np.diag([1.0, 2.0])), [2.0, 3.0])


class InLoops(lk.Family):
    """An exponential law without a closed form for its information."""

    scale = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, scale):
        return -np.log(scale) - y / scale


SOURCES = {
    "closed form": (lk.Exponential(), {}, "by closed form"),
    "quadrature": (InLoops(), {}, "by quadrature"),
    "truncated": (lk.truncated(lk.Normal(), low=0.0), {}, "by quadrature"),
    "no limit": (lk.censored(lk.Exponential()), {"event": np.ones(60)}, "expected: none, .*limit"),
    "a limit": (lk.censored(lk.Exponential(), limit=50.0), {"event": np.ones(60)}, "by quadrature"),
}


@pytest.mark.parametrize(("family", "keywords", "words"), SOURCES.values(), ids=SOURCES)
def test_where_the_expected_information_comes_from(family, keywords, words):
    y = np.random.default_rng(2).exponential(2.0, 60)
    audit = fit(y, family, **keywords).information_audit(replications=0)
    (note,) = [note for note in audit.notes if note.startswith("expected")]
    assert re.search(words, note)
    assert note in unwrapped(audit)
    assert ("expected" in audit.table) == ("none" not in note)


def test_a_model_without_a_family_has_no_expected_information():
    class Own(lk.LikelihoodModel):
        parameters = {"rate": lk.Positive()}

        def loglikeobs(self, params):
            return np.log(params[0]) - params[0] * self.endog

    audit = Own(np.random.default_rng(3).exponential(size=50)).fit().information_audit(replications=0)
    assert not any(note.startswith("expected") for note in audit.notes)
    assert list(audit.eigenvalues) == ["outer_product"]


class Paired(lk.Family):
    """Two exponential responses of one scale: of two columns, and information 2 / scale^2."""

    scale = lk.Positive()
    other = lk.Observed(lk.Positive())
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, other, scale):
        return -2 * np.log(scale) - (y + other) / scale

    @staticmethod
    def sample(rng, size, scale):
        return {"y": rng.exponential(scale, size), "other": rng.exponential(scale, size)}


def test_by_monte_carlo_where_there_is_neither():
    """Of 1,000 samples of 60: within 4 of the standard errors that it says, and that error is about 0.3 %."""
    rng = np.random.default_rng(4)
    y, other = rng.exponential(2.0, (2, 60))
    results = fit(y, Paired(), other=other)
    audit = results.information_audit(replications=0)
    exact = results.params[0] / np.sqrt(120)
    (note,) = [note for note in audit.notes if note.startswith("expected")]
    error = float(note.split("standard error of ")[1].split(" %")[0]) / 100
    assert "Monte Carlo" in note
    assert 0.001 < error < 0.01
    assert abs(audit.table["expected"].item() / exact - 1) < 4 * error + 5e-4


def test_the_error_of_monte_carlo_is_that_of_the_mean_of_fourth_powers():
    """Of n exponential values the outer product has variance 8 n / scale^4, as E(z - 1)^4 = 9: its relative error is
    sqrt(8 / (n R)), that of a standard error half of it. By 1,000 samples it is known to 4 standard errors of 3 %."""
    results = fit(np.random.default_rng(9).exponential(2.0, 200), lk.Exponential())
    covariance, errors = expected_by_draws(results, 1)
    exact = np.sqrt(8 / (200 * 1000)) / 2
    assert_allclose(errors, exact, rtol=0.12)
    assert abs(covariance.item() * 200 / results.params[0] ** 2 - 1) < 4 * 2 * exact


def test_errors_by_clusters_stand_beside_the_others():
    rng = np.random.default_rng(5)
    y, groups = rng.gamma(2.0, 3.0, 90), np.repeat(np.arange(15), 6)
    results = fit(y, lk.Gamma(), cov_type="cluster", cov_kwds={"groups": groups})
    audit = results.information_audit(replications=0)
    assert_allclose(audit.table["cluster"], results.bse, rtol=1e-12)
    assert_allclose(audit.table["cluster/observed"], results.bse / audit.table["observed"], rtol=1e-12)
    assert any(note.startswith("cluster:") for note in audit.notes)
    plain = fit(y, lk.Gamma()).information_audit(replications=0)
    assert "cluster" not in plain.table


def test_the_factors_of_the_sandwich_are_those_of_the_sample():
    y = np.random.default_rng(6).gamma(2.0, 3.0, 21)
    audit = fit(y, lk.Gamma()).information_audit(replications=0)
    (note,) = [note for note in audit.notes if note.startswith("sandwich")]
    assert f"it is {np.sqrt(21 / 20):.3f} times this" in note
    assert f"HC1, {np.sqrt(21 / 19):.3f}." in note
    for text in (*audit.notes, audit.verdict):
        assert text in unwrapped(audit)
    assert "Eigenvalues of one information in another" in audit._repr_html_()
