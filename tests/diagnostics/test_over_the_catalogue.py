"""Every diagnostic of a fit and of a law over every regular family of the catalogue, each held to what must be so.

One seed: p-values of right models are held to be above 1e-6 only, which over the 60 or so of them here fails once in
16,000 seeds. Of a family that is not smooth what needs a Hessian is refused by name.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError

REGULAR = [name for name, family in lk.CATALOGUE.items() if family().regular]
KNOWN = {"Binomial": {"trials": 8}}
#: Of a law with which these samples have their maximum within.
TRUTH = {"StudentT": {"loc": 1.0, "scale": 2.0, "df": 3.0}}
#: Laws whose third cumulants exist, and are not found.
LOST_CUMULANTS = {lk.Cauchy, lk.StudentT}
N, SEED, SURELY = 400, 20, 1e-6


class Fitted:
    """A fit of a family to a sample of its own, at the middle of its typical box."""

    def __init__(self, name):
        self.known = KNOWN.get(name, {})
        self.family = lk.CATALOGUE[name](**self.known)
        typical = {one: float(np.mean(self.family.law.typical[one])) for one in self.family.parameter_names}
        self.truth = TRUTH.get(name, typical)
        self.y = self.family.sample(N, SEED, **self.truth)
        self.results = lk.LikelihoodModel(self.y, family=self.family).fit()
        self.at = dict(zip(self.truth, np.asarray(self.results.params).tolist(), strict=True))


@pytest.fixture(scope="module", params=REGULAR)
def fitted(request):
    return Fitted(request.param)


def needs_smooth(fitted, call):
    """What a call gives, or None where the family is not smooth and it says so."""
    if fitted.family.smooth:
        return call()
    with pytest.raises(NotAvailableError, match=r"kink|order 2 over itself"):
        call()
    return None


def test_it_is_certified_near_the_truth(fitted):
    assert fitted.results.certificate.ok
    errors = lk.cramer_rao_bound(fitted.family, fitted.truth, n=N)["standard_error_bound"]
    assert (np.abs(np.subtract(list(fitted.at.values()), list(fitted.truth.values()))) < 5 * errors).all()


def test_informations(fitted):
    expected = fitted.results.information("expected").to_numpy()
    assert_allclose(expected, N * fitted.family.expected_information(**fitted.at), rtol=1e-9)
    outer = fitted.results.information("outer_product").to_numpy()
    observed = needs_smooth(fitted, lambda: fitted.results.information("observed").to_numpy())
    for found in (outer, observed):
        if found is not None:
            whitened = np.linalg.solve(expected, found)
            assert (np.abs(np.linalg.eigvals(whitened) - 1) < 0.7).all()


def test_cramer_rao(fitted):
    table = fitted.results.cramer_rao(nuisance=True)
    law = lk.cramer_rao_bound(fitted.family, fitted.at, n=N, nuisance=True)
    assert_allclose(table.to_numpy(), law.to_numpy(), rtol=1e-8, atol=1e-12)
    assert (table.filter(like="known(").to_numpy() <= table[["variance_bound"]].to_numpy() * (1 + 1e-9)).sum() == (
        table.filter(like="known(").notna().to_numpy().sum()
    )


def test_bhattacharyya_is_not_below(fitted):
    first = lk.cramer_rao_bound(fitted.family, fitted.truth, n=(5, 50))["variance_bound"]
    found = needs_smooth(fitted, lambda: lk.bhattacharyya_bound(fitted.family, fitted.truth, n=(5, 50)))
    if found is not None:
        assert (found["variance_bound"] >= first * (1 - 1e-6)).all()


def test_barankin_is_near_cramer_rao_and_not_above_what_two_points_add(fitted):
    first = lk.cramer_rao_bound(fitted.family, fitted.truth, n=20)
    points = [
        {**fitted.truth, name: value + 0.02 * error}
        for (name, value), error in zip(fitted.truth.items(), first["standard_error_bound"], strict=True)
    ]
    if fitted.family.moving:
        with pytest.raises(NotAvailableError, match="outside the support"):
            lk.barankin_bound(fitted.family, fitted.truth, points, n=20)
        return
    found = lk.barankin_bound(fitted.family, fitted.truth, points, n=20)
    assert_allclose(found["variance_bound"], first["variance_bound"], rtol=0.1)


def test_chapman_robbins_of_one_parameter_is_not_below(fitted):
    first, *others = fitted.truth
    family = type(fitted.family)(**fitted.known, **{name: fitted.truth[name] for name in others})
    truth = {first: fitted.truth[first]}
    lowest = lk.cramer_rao_bound(family, truth, n=10)["variance_bound"]
    found = lk.chapman_robbins_bound(family, truth, n=10)["variance_bound"]
    assert (found >= lowest * (1 - 1e-9)).all()


def test_regularity(fitted):
    found = lk.check_regularity(fitted.family, fitted.truth)
    assert found.ok
    assert found.smooth == fitted.family.smooth


def test_sampler(fitted):
    assert lk.check_sampler(fitted.family, fitted.truth, seed=SEED, n=2000, level=SURELY).ok


def test_derivatives(fitted):
    found = needs_smooth(fitted, fitted.results.check_derivatives)
    assert found is None or found.ok


def test_identifiability(fitted):
    found = fitted.results.identifiability()
    assert found.ok
    assert found.condition_number >= 1 - 1e-12


def test_audit_and_information_matrix_test(fitted):
    audit = needs_smooth(fitted, lambda: fitted.results.information_audit(replications=0))
    if audit is not None:
        assert list(audit.table.index) == list(fitted.truth)
        assert np.isnan(audit.pvalue) or audit.pvalue > SURELY
        test = fitted.results.information_matrix_test(bootstrap=0)
        assert np.isnan(test.pvalue) or test.pvalue > SURELY


def test_goodness_of_fit(fitted):
    found = fitted.results.goodness_of_fit(99)
    assert (found.table["pvalue"] >= 0.01).all()  # the smallest there is


def test_bias(fitted):
    if type(fitted.family) in LOST_CUMULANTS:
        pytest.xfail("integrals of third cumulants that exist are refused in heavy tails")
    found = needs_smooth(fitted, fitted.results.cox_snell_bias)
    if found is not None:
        assert_allclose(found, lk.cox_snell_bias(fitted.family, fitted.at, n=N), rtol=1e-6, atol=1e-14)
        assert (np.abs(found) < fitted.results.cramer_rao()["standard_error_bound"]).all()


def test_intervals(fitted):
    wald = np.asarray(fitted.results.conf_int())
    at = np.array(list(fitted.at.values()))
    width = np.diff(wald)[:, 0]
    for method in ("profile", "score"):
        found = needs_smooth(fitted, lambda method=method: np.asarray(fitted.results.conf_int(method=method)))
        if found is not None:
            assert ((found[:, 0] < at) & (at < found[:, 1])).all()
            assert_allclose(np.diff(found)[:, 0], width, rtol=0.5)


def test_divergences(fitted):
    apart = lk.kl_divergence(fitted.family, fitted.truth, fitted.family, fitted.at)
    assert 0 <= apart < 5 * len(fitted.at) / N  # 2 n KL is near chi-squared, of mean p
    assert_allclose(lk.kl_divergence(fitted.family, fitted.truth, fitted.family, fitted.truth), 0, atol=1e-9)
    entropy = fitted.results.cross_entropy()
    assert_allclose(entropy.value, -fitted.results.llf / N, rtol=1e-12)
