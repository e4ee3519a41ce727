"""Nothing that rests on a maximum is given for an estimate that is not certified, and the reason is said."""

import warnings

import numpy as np
import pytest

import likelihood_kit as lk
from likelihood_kit.errors import MaximumWarning, NotAvailableError
from likelihood_kit.links import SMALLEST

Y = np.random.default_rng(0).gamma(2, 3, 50)
FAMILIES = {"normal": lk.Normal(), "gamma": lk.Gamma(), "t": lk.StudentT(), "exponential": lk.Exponential()}


def uncertified():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MaximumWarning)
        return lk.LikelihoodModel(np.zeros(6), family=lk.Poisson()).fit()


@pytest.mark.parametrize("what", ["information_audit", "cramer_rao"])
def test_audit_and_bound_are_refused_with_the_reason(what):
    with pytest.raises(NotAvailableError, match=r"not certified.*rate runs to 0"):
        getattr(uncertified(), what)()
    getattr(lk.LikelihoodModel(Y, family=lk.Gamma()).fit(), what)()


def test_criteria_and_standard_errors_are_no_numbers():
    results = uncertified()
    assert np.isnan([results.aic, results.bic, results.aicc, *results.bse]).all()
    assert "no standard errors" in results.covariance_note
    shown = results.summary2().tables[0]
    for name in ("AIC:", "BIC:"):
        row, column = np.argwhere((shown == name).to_numpy())[0]
        assert shown.iloc[row, column + 1] == "none"
    assert np.isfinite(lk.LikelihoodModel(Y, family=lk.Gamma()).fit().aicc)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("unit", [1e80, 1e-80, 1e150])
def test_the_end_of_the_range_is_named(family, unit):
    """Of data times 1e80 it was said that no maximum exists: the kit's own links end there."""
    with pytest.warns(MaximumWarning, match="end of the kit's range"):
        certificate = lk.LikelihoodModel(unit * Y, family=family).fit().certificate
    assert "in other units" in str(certificate)
    assert "no maximum exists" not in str(certificate)


def test_a_scale_at_the_end_of_the_range_is_named_though_the_data_are_within_it():
    assert 3e-78 * Y.max() > SMALLEST
    with pytest.warns(MaximumWarning, match="end of the kit's range"):
        certificate = lk.LikelihoodModel(3e-78 * Y, family=lk.Gamma()).fit().certificate
    assert "in other units" in str(certificate)


@pytest.mark.parametrize("family", [lk.Normal(), lk.Gamma()], ids=repr)
@pytest.mark.parametrize("unit", [1e50, 1e-50])
def test_within_the_range_nothing_is_said_of_it(family, unit):
    assert lk.LikelihoodModel(unit * Y, family=family).fit().certificate.ok
