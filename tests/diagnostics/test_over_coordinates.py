"""Every diagnostic of a fit says the same of a cubic in decades since 2005 and of one in years.

Both designs span one space, D(years) = D(decades) @ CHANGE, but cross products of the powers of years are singular to
rounding: what is inverted, or compared with rounding, in the coordinates of params is wrong there.
"""

import warnings
from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, NotAvailableError

POWERS, MIDDLE, UNIT = 3, 2005, 10
#: Coefficients of decades = CHANGE @ coefficients of years, by the binomial theorem.
CHANGE = np.array([[comb(j, i) * float(MIDDLE) ** (j - i) * UNIT**i for j in range(4)] for i in range(4)])
#: A linear predictor of years is known to 1e-16 times its largest term, 1e6 here; what searches make of it, to less.
RELATIVE = 1e-5
#: Resamples, and samples of the fitted law.
FEW = 99
LAWS = {
    "Gamma": (lk.Gamma(parameters=("mean", "shape")), lk.Weibull()),
    "Poisson": (lk.Poisson(), lk.NegativeBinomial()),
    "Weibull": (lk.Weibull(), lk.LogNormal()),
}


class Fit:
    """A fit in decades or years, and what of its params does not depend on which."""

    def __init__(self, name, *, years, **how):
        rng = np.random.default_rng(3)
        year = rng.uniform(1990, 2020, 60)
        y = rng.gamma(2.0, np.exp(1 + 0.03 * (year - MIDDLE)) / 2)
        y = np.round(y) if name == "Poisson" else y
        x = year if years else (year - MIDDLE) / UNIT
        design = np.column_stack([x**j for j in range(POWERS + 1)])
        family, other = LAWS[name]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.results = lk.LikelihoodModel(y, design, family=family).fit(**how)
            self.other = None if how else lk.LikelihoodModel(y, design[:, :2], family=other).fit()
            self.smaller = None if how else lk.LikelihoodModel(y, design[:, :3], family=family).fit()
        names = self.results.model.exog_names
        self.places = [names.index("x3"), *(i for i, one in enumerate(names) if one not in ("const", "x1", "x2", "x3"))]
        self.units = np.where(np.array(self.places) == names.index("x3"), UNIT**POWERS if years else 1.0, 1.0)
        self.to_years, first = np.eye(len(names)), names.index("const")
        if not years:
            self.to_years[first : first + 4, first : first + 4] = CHANGE

    def value(self, of_decades):
        """The value of the last coefficient that is this one in decades."""
        return of_decades / self.units[0]

    def of_params(self, values):
        """Entries that are in units of params, of those which are the same: of the last coefficient, and no other."""
        return (np.asarray(values, dtype=float)[self.places].T * self.units).T

    def same(self, values):
        """The same entries of what has no units."""
        return np.asarray(values, dtype=float)[self.places]

    def of_information(self, matrix):
        """An information in the coordinates of years, scaled to unit diagonal."""
        found = self.to_years.T @ np.asarray(matrix) @ self.to_years
        return found / np.sqrt(np.outer(np.diag(found), np.diag(found)))


def numbers(frame):
    return frame.select_dtypes("number").to_numpy()


def audit(fit):
    found = fit.results.information_audit(replications=FEW)
    errors = [name for name in found.table if "/" not in name and name not in ("noise", "lower", "upper")]
    ratios = [name for name in found.table if name not in errors]
    return [
        fit.of_params(found.table[errors]), fit.same(found.table[ratios]), found.eigenvalues.to_numpy(),
        found.test.statistic, found.test.parts["information matrix"],
    ]  # fmt: skip


def information_matrix_tests(fit):
    found = []
    for form in ("efficient", "outer_product"):
        for bootstrap in (0, FEW):
            test = fit.results.information_matrix_test(form, bootstrap=bootstrap)
            found += [test.statistic, test.df, test.pvalue]
    return found


def bounds(fit):
    table = fit.results.cramer_rao(nuisance=True)
    return [fit.of_params(table["standard_error_bound"]), fit.of_params(np.sqrt(table["known(others)"]))[1:]]


def intervals(fit):
    # By r*, whose search is long, of one law alone.
    methods = ("wald", "profile", "score", *(["r_star"] if isinstance(fit.results.model.family, lk.Weibull) else []))
    how = [{"method": method} for method in methods]
    how += [
        {"method": "bootstrap", "kind": kind, "resample": resample, "replications": FEW}
        for kind, resample in (("bca", "parametric"), ("percentile", "case"), ("studentised", "case"))
    ]
    return [fit.of_params(fit.results.conf_int(**one)) for one in how]


def tests_of_terms(fit):
    found = fit.results.wald_test_terms(scalar=True).table.loc["x3"]
    return [float(value) for value in found]


def test_of(test):
    return [test.statistic, test.pvalue]


test_of.__test__ = tests_of_terms.__test__ = False


def of_x3(name):
    return lambda fit: test_of(getattr(fit.results, name)({"x3": fit.value(0.2)}))


#: Of each public name of results what must not depend on the coordinates, or is known to change with them.
READINGS = {
    "information_audit": audit,
    "information_matrix_test": information_matrix_tests,
    "cramer_rao": bounds,
    "conf_int": intervals,
    "wald_test_terms": tests_of_terms,
    "likelihood_ratio_test": of_x3("likelihood_ratio_test"),
    "score_test": of_x3("score_test"),
    "restriction_tests": lambda fit: [
        test_of(one)
        for one in vars(fit.results.restriction_tests(fit.smaller)).values()
        if hasattr(one, "statistic")
    ],
    "hessv": lambda fit: fit.of_information(fit.results.hessv),
    "information": lambda fit: [
        fit.of_information(fit.results.information(kind)) for kind in ("observed", "expected", "outer_product")
    ],
    "predict": lambda fit: fit.results.predict(),
    "get_prediction": lambda fit: numbers(fit.results.get_prediction().summary_frame()),
    "check_derivatives": lambda fit: fit.results.check_derivatives().ok,
    "identifiability": lambda fit: [fit.results.identifiability(kind).ok for kind in ("expected", "observed")],
    "simulate": lambda fit: fit.results.simulate(1),
    "tic": lambda fit: fit.results.tic,
    "cross_entropy": lambda fit: [fit.results.cross_entropy().value, fit.results.cross_entropy().penalty],
    "kl_divergence": lambda fit: fit.results.kl_divergence((lk.Exponential(), {"scale": 1.0})),
    "loss_equivalence": lambda fit: [fit.results.loss_equivalence().total, fit.results.loss_equivalence().weighted],
    "goodness_of_fit": lambda fit: numbers(fit.results.goodness_of_fit(replications=FEW).table),
    "fittedvalues": lambda fit: fit.results.fittedvalues,
    "resid": lambda fit: fit.results.resid,
    "resid_pearson": lambda fit: fit.results.resid_pearson,
    "resid_quantile": lambda fit: fit.results.resid_quantile,
    "pit": lambda fit: numbers(fit.results.pit().table),
    "t_test": lambda fit: np.ravel(fit.results.t_test(f"x3 = {fit.value(0.2):.17g}").pvalue),
    "wald_test": of_x3("wald_test"),
    "f_test": lambda fit: float(fit.results.f_test("x3 = 0").statistic),
    "bse": lambda fit: fit.of_params(fit.results.bse),
    "r_star": lambda fit: [
        getattr(fit.results.r_star("x3", fit.value(level)), name)
        for level in (-0.3, 0.1)
        for name in ("r", "u", "r_star")
    ],
    "vuong_test": lambda fit: test_of(fit.results.vuong_test(fit.other)),
    "clarke_test": lambda fit: test_of(fit.results.clarke_test(fit.other, replications=FEW)),
    "t_test_pairwise": lambda fit: fit.results.t_test_pairwise("x3"),
    "tvalues": lambda fit: fit.same(fit.results.tvalues),
    "pvalues": lambda fit: fit.same(fit.results.pvalues),
    "profile": lambda fit: fit.results.profile("x3").deviance(fit.value(np.array([-0.3, 0.1, 0.4]))),
    "estimates": lambda fit: fit.of_params(fit.results.estimates),
    "aic": lambda fit: fit.results.aic,
    "bic": lambda fit: fit.results.bic,
    "aicc": lambda fit: fit.results.aicc,
    "cox_snell_bias": lambda fit: fit.of_params(fit.results.cox_snell_bias()),
    "bootstrap": lambda fit: fit.of_params(fit.results.bootstrap(nrep=20, store=False, rng=1)[1])
}  # fmt: skip
#: What is no number of the fit; what is settings; what prints or writes the rest.
NO_READING = {
    "density_note", "derivatives", "summary", "summary2", "save", "remove_data", "report", "plot", "to_arviz", "load",
    "spaces", "bias_reduction", "use_t", "llf_penalized", "bsejac", "bsejhj", "covjac", "covjhj",
}  # fmt: skip


@pytest.fixture(scope="module", params=LAWS)
def both(request):
    return [Fit(request.param, years=years) for years in (False, True)]


def read(reading, fit):
    """What a reading gives, as one vector; the kind of refusal where there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = reading(fit)
    except (NotAvailableError, ArgumentError) as error:
        return f"{type(error).__name__}: {str(error)[:40]}"
    parts = found if isinstance(found, list) else [found]
    return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])


def test_every_public_name_is_read():
    classes = [one for one in lk.LikelihoodResults.__mro__ if one.__module__.startswith("likelihood_kit")]
    names = {name for one in classes for name in vars(one) if not name.startswith("_")}
    assert names == set(READINGS) | NO_READING


def test_the_change_of_coordinates():
    decades, years = (Fit("Poisson", years=years).results.model.exog for years in (False, True))
    assert_allclose(decades @ CHANGE, years, rtol=1e-12)


@pytest.mark.parametrize("name", READINGS)
def test_it_is_the_same_in_decades_and_in_years(both, name):
    decades, years = (read(READINGS[name], fit) for fit in both)
    if isinstance(decades, str) or isinstance(years, str):
        assert str(decades) == str(years)
        return
    assert_allclose(years, decades, rtol=RELATIVE, atol=RELATIVE)


@pytest.mark.parametrize("cov_type", ["expected", "outer_product", "sandwich", "HC1", "HC2", "HC3"])
def test_covariances(cov_type):
    decades, years = (Fit("Gamma", years=years, cov_type=cov_type) for years in (False, True))
    assert_allclose(years.of_params(years.results.bse), decades.of_params(decades.results.bse), rtol=RELATIVE)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("method", ["firth", "cox_snell"])
def test_bias_reduced_estimates(name, method):
    decades, years = (Fit(name, years=years, bias_reduction=method) for years in (False, True))
    for found in (lambda fit: fit.results.params, lambda fit: fit.results.bse):
        assert_allclose(years.of_params(found(years)), decades.of_params(found(decades)), rtol=RELATIVE, atol=RELATIVE)
    assert decades.results.certificate.ok
    assert years.results.certificate.ok


def test_a_penalised_likelihood_changes_by_the_volume_of_the_coordinates():
    decades, years = (Fit("Poisson", years=years, bias_reduction="firth").results for years in (False, True))
    volume = np.linalg.slogdet(CHANGE)[1]
    assert_allclose(years.llf_penalized, decades.llf_penalized + volume, rtol=1e-9)
