"""Under clusters what takes the rows for independent is refused, and what is by clusters is given."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError

GROUPS = np.repeat(np.arange(10), 6)
RNG = np.random.default_rng(3)
X = np.column_stack([np.ones(60), (GROUPS < 3).astype(float)])
Y = X @ [1.0, 0.5] + RNG.normal(size=10)[GROUPS] + RNG.normal(size=60)


def fit(**kwds):
    model = lk.LikelihoodModel(Y, X, family=lk.Normal())
    return model.fit(cov_type="cluster", cov_kwds={"groups": GROUPS, **kwds})


REFUSED = {
    "AIC": lambda r: r.aic,
    "BIC": lambda r: r.bic,
    "AICc": lambda r: r.aicc,
    "TIC": lambda r: r.tic,
    "cross-entropy": lambda r: r.cross_entropy(),
    "goodness of fit": lambda r: r.goodness_of_fit(99),
    "pit": lambda r: r.pit(),
    "information matrix": lambda r: r.information_matrix_test(),
    "bound": lambda r: r.cramer_rao(),
    "bias": lambda r: r.cox_snell_bias(),
    "likelihood ratio": lambda r: r.likelihood_ratio_test({"x1": 0.0}),
    "resampled rows": lambda r: r.bootstrap(5),
    "r*": lambda r: r.r_star("x1", 0.0),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_what_takes_the_rows_for_independent(call):
    """A goodness of fit rejected 24 % of right laws, whose rows were clustered, at 5 %."""
    with pytest.raises(NotAvailableError, match="cluster"):
        call(fit())


def test_the_audit_shows_the_clusters_and_tests_nothing():
    """It advised sandwich errors in the place of those by clusters, which were 2.4 times as large."""
    results = fit()
    audit = results.information_audit()
    assert "cov_type='sandwich'" not in audit.verdict
    assert "By clusters the standard error of x1" in audit.verdict
    assert_allclose(audit.table["cluster"], results.bse)
    assert "lower" not in audit.printed
    assert np.isnan(audit.pvalue)


def test_a_report_shows_the_clusters(tmp_path):
    text = fit().report(tmp_path / "fit.md").read_text()
    assert "Clust./obs." in text
    assert "AIC" not in text


def test_few_clusters_have_student_t_by_default():
    """The words named Satterthwaite's degrees of freedom, and the intervals were normal."""
    found, normal = (
        fit(use_correction="CR2"),
        lk.LikelihoodModel(Y, X, family=lk.Normal()).fit(
            cov_type="cluster", cov_kwds={"groups": GROUPS, "use_correction": "CR2"}, use_t=False
        ),
    )
    assert found.use_t
    assert "P>|t|" in str(found.summary())
    width, other = (np.diff(np.asarray(r.conf_int()), axis=1)[:2] for r in (found, normal))
    assert np.all(width > 1.1 * other)
    assert not fit().use_t
