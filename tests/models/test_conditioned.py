"""Designs whose cross products are singular to rounding: what is inverted there was wrong, not a number, or refused."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

import likelihood_kit as lk
from likelihood_kit.diagnostics.bootstrap_intervals import acceleration
from likelihood_kit.diagnostics.identifiability import identifiability
from likelihood_kit.diagnostics.outer_product_form import outer_product_form
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.models.interests import Standard, entry
from likelihood_kit.models.modified_roots import HigherOrder, interval

RNG = np.random.default_rng(3)
YEAR = RNG.uniform(1990, 2020, 60)
DECADE = (YEAR - 2005) / 10
Y = RNG.gamma(2.0, np.exp(1 + 0.3 * DECADE) / 2)
GAMMA = lk.Gamma(parameters=("mean", "shape"))
#: Of both, by which a coefficient of the cube is multiplied to be per decade cubed.
BOTH = ((DECADE, 1.0), (YEAR, 1e3))
#: Digits of the reference.
DIGITS = 60
#: How near what is made of a search in years comes to that in decades.
NEAR = 1e-6


def powers(x, p):
    return np.column_stack([x**j for j in range(p + 1)])


def fit(x, p=3, family=GAMMA, y=Y, **keywords):
    return lk.LikelihoodModel(y, powers(x, p), family=family, **keywords).fit()


def of_cube(results):
    return results.model.exog_names.index("x3")


class Paired(lk.Family):
    """Two exponential responses of one scale, of whose information nothing is known but by draws."""

    scale = lk.Positive()
    other = lk.Observed(lk.Positive())
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, other, scale):
        return -2 * np.log(scale) - (y + other) / scale

    @staticmethod
    def sample(rng, size, scale):
        return {"y": rng.exponential(scale, size), "other": rng.exponential(scale, size)}


def test_coordinates_there_and_back():
    model = fit(YEAR).model
    here, params = model.conditioned, np.asarray(model.fit().params)
    inner = here.params(params)
    assert_allclose(here.transform @ inner, params, rtol=NEAR)
    assert_allclose(here.row_scores(params), model.score_obs(params) @ here.transform, atol=1e-4)
    scaled = here.expected_information(params)
    scaled = scaled / np.sqrt(np.outer(np.diag(scaled), np.diag(scaled)))
    assert np.linalg.cond(scaled) < 10
    own = model.information(params)
    assert np.linalg.cond(own / np.sqrt(np.outer(np.diag(own), np.diag(own)))) > 1e12


def test_well_conditioned_designs_keep_their_coordinates():
    model = fit(DECADE).model
    here = model.conditioned
    assert here.rows is model.likelihood
    assert here.summed is model.summed
    assert_allclose(here.transform, np.eye(5), atol=0)


@pytest.mark.parametrize("family", [lk.Weibull(), lk.NegativeBinomial(), GAMMA], ids=repr)
def test_modified_roots(family):
    """Of the cube it was -0.438 in decades and -3.719 in years, of a Weibull law with r alike, without a word."""
    y = np.round(Y) if family.discrete else Y
    decades, years = (fit(x, family=family, y=y).r_star("x3", 0.1 / unit) for x, unit in BOTH)
    assert_allclose([years.r, years.u, years.r_star], [decades.r, decades.u, decades.r_star], rtol=NEAR)


def test_expected_information_by_draws():
    """In years the ratio was 0.479, with an error by Monte Carlo that said nothing of it."""
    rng = np.random.default_rng(4)
    y, other = rng.exponential(np.exp(1 + 0.3 * DECADE), (2, len(DECADE)))
    found = []
    for x, _ in BOTH:
        results = fit(x, family=Paired(), y=y, other=other)
        table = results.information_audit(replications=0).table
        found.append(table["expected/observed"].to_numpy()[of_cube(results)])
    assert_allclose(found[1], found[0], rtol=NEAR)
    # Of the log of a scale the expected information is 2 x x', without any draw.
    results = fit(DECADE, family=Paired(), y=y, other=other)
    exact = np.sqrt(np.diag(np.linalg.inv(2 * powers(DECADE, 3).T @ powers(DECADE, 3))))
    assert_allclose(found[1], (exact / results.bse)[of_cube(results)], rtol=0.03)  # 1,000 samples: 0.01 at most


def test_accelerations_are_numbers():
    for kind, resample in [("bca", "case"), ("bca", "parametric"), ("studentised", "case")]:
        how = {"method": "bootstrap", "kind": kind, "resample": resample, "replications": 99}
        ends = []
        for x, unit in BOTH:
            results = fit(x)
            ends.append(results.conf_int(**how)[of_cube(results)] * unit)
        assert_allclose(ends[1], ends[0], rtol=1e-5, err_msg=f"{kind} {resample}")


def test_an_influence_that_is_no_number_is_refused():
    influence = np.array([[1.0, 2.0], [np.nan, 1.0]])
    with pytest.raises(NotAvailableError, match="influence of a row"):
        acceleration(influence, np.ones(2))
    assert_allclose(acceleration(np.zeros((2, 1)), np.ones(2)), 0.0, atol=0)


def test_a_cubic_in_years_is_identified():
    """Eigenvalues of the scaled information by mpmath: the mean of a Gamma law has shape times X'X under a log link."""
    found = fit(YEAR, 2).identifiability()
    assert found.ok
    mpmath.mp.dps = DIGITS
    try:
        design = mpmath.matrix([[mpmath.mpf(float(year)) ** j for j in range(3)] for year in YEAR])
        gram = design.T * design
        size = [mpmath.sqrt(gram[j, j]) for j in range(3)]
        scaled = mpmath.matrix([[gram[i, j] / size[i] / size[j] for j in range(3)] for i in range(3)])
        wanted = sorted([*map(float, mpmath.eigsy(scaled, eigvals_only=True)), 1.0])
    finally:
        mpmath.mp.dps = 15
    assert_allclose(found.eigenvalues, wanted, rtol=1e-4)
    assert fit(YEAR, 3).identifiability().ok
    assert fit(YEAR, 3).identifiability("observed").ok


def test_what_is_not_identified_is_not_in_these_coordinates_either():
    """Two of four parameters, of which the information knows the sum alone; the others are two powers of years."""
    transform = np.array([[1.0, -2005.0], [0.0, 1.0]])
    whole, information = np.eye(4), np.zeros((4, 4))
    whole[:2, :2], information[:2, :2], information[2:, 2:] = transform, 10 * np.eye(2), 1.0
    found = identifiability(
        information,
        np.ones(4),
        list("abcd"),
        np.zeros(4, bool),
        lambda p: -((p[2] + p[3]) ** 2),
        "expected",
        0.0,
        whole,
    )
    assert [sentence.split(" is ")[0] for sentence in found.unidentified] == ["only c + d"]
    assert found.eigenvalues[0] == 0.0


@pytest.mark.parametrize("family", [GAMMA, lk.Weibull(), lk.Normal()], ids=repr)
def test_the_information_matrix_test_keeps_its_directions(family):
    """Of the Gamma law it was 16.291 with df 9, and 200 units further off 16.082 with df 8."""
    rng = np.random.default_rng(5)
    z = rng.uniform(-1.5, 1.5, 60)
    y = rng.gamma(2.0, np.exp(1 + 0.3 * z) / 2)
    near, far = (
        fit(x, 2, family, y).information_matrix_test("outer_product", bootstrap=0) for x in (z, z + 200)
    )  # fmt: skip
    assert far.df == near.df
    assert_allclose(far.statistic, near.statistic, rtol=NEAR)


def test_directions_without_information_are_still_dropped():
    """Of a normal mean and variance: the entry of the mean squared is that of the variance's score."""
    results = lk.LikelihoodModel(Y, family=lk.Normal()).fit()
    model, params = results.model, np.asarray(results.params)
    covariance = np.linalg.inv(results.information())
    working = model.working(params)[None]
    _, df = outer_product_form(model.likelihood, working, np.linalg.cholesky(covariance), covariance)
    assert df[0] == 2


@pytest.mark.parametrize("gap", [False, True])
def test_an_interval_by_r_star_with_a_gap_is_refused(gap):
    """SciPy's root finder raised ValueError where r* is no number within the bracket."""
    standard = Standard.of(fit(DECADE, 1))

    class Stepped(HigherOrder):
        def roots(self, asked, level, *, elsewhere=True):
            hidden = gap and 1.9 < abs(level) < 2.1
            return (-level, np.nan, np.nan) if hidden else (-level, -level, -level)

    higher, asked = Stepped(standard, lambda point: (point, 0.0), "", ""), entry(standard, 0)
    if gap:
        with pytest.raises(NotAvailableError, match="end was not found, since the likelihood is not concave"):
            interval(higher, asked, 0.05)
    else:
        ends = asked.natural(np.array([-1.0, 1.0]) * 1.959963984540054)
        assert_allclose(interval(higher, asked, 0.05), ends, rtol=NEAR)


def test_nothing_is_refused_for_its_units():
    """Each said that the information is singular, or that parameters are not identified."""
    found = []
    for x, unit in BOTH:
        results = fit(x)
        j = of_cube(results)
        reduced = [
            lk.LikelihoodModel(Y, powers(x, 3), family=GAMMA).fit(bias_reduction=one) for one in ("firth", "cox_snell")
        ]
        assert all(one.certificate.ok for one in reduced)
        bound = results.cramer_rao()["standard_error_bound"].iloc[j]
        of_function = results.cramer_rao(of=lambda x3, **others: 2 * x3)["standard_error_bound"].iloc[0]
        assert_allclose(of_function, 2 * bound, rtol=NEAR)
        coefficients = [
            bound,
            results.cox_snell_bias().iloc[j],
            *(one.params[j] for one in reduced),
            *(one.bse[j] for one in reduced),
        ]
        found.append([*(np.array(coefficients) * unit), results.score_test({"x3": 0.1 / unit}).statistic])
    assert_allclose(found[1], found[0], rtol=1e-5)


def test_bounds_where_another_parameter_is_known():
    """Of a coefficient with the others known, by the model that has them fixed: 1 / information of it alone."""
    for x, unit in BOTH:
        results = fit(x)
        j, shape = of_cube(results), float(results.params[-1])
        table = results.cramer_rao(nuisance=True).iloc[j]
        assert_allclose(table["known(others)"] * unit**2, unit**2 / (shape * np.sum(x**6)), rtol=NEAR)
        # The mean and the shape of a Gamma law are orthogonal.
        assert_allclose(table["known(shape)"], table["variance_bound"], rtol=NEAR)


def test_the_remedy_for_a_missing_limit_is_one():
    event = (Y <= 5).astype(int)
    for x, _ in BOTH:
        results = fit(x, family=lk.censored(lk.Weibull()), y=np.minimum(Y, 5.0), event=event)
        said = " ".join(results.information_audit(replications=0).notes)
        assert "give it to the model, LikelihoodModel(..., limit=...)" in said
        assert "by keyword" not in said


def test_predictions_far_from_zero_have_standard_errors():
    """They were not numbers: a linear predictor in years is a difference of terms a million times as large."""
    decades, years = (fit(x).get_prediction(powers(x[:5], 3)).summary_frame() for x, _ in BOTH)
    assert_allclose(years.select_dtypes("number"), decades.select_dtypes("number"), rtol=NEAR)
    before, after = (fit(x) for x in (DECADE, YEAR))
    assert after.get_prediction().note == ""
    # The delta method by hand in decades, of a log mean.
    design, at = powers(DECADE, 3), slice(0, 4)
    errors = np.sqrt(np.einsum("nk,kl,nl->n", design, np.asarray(before.cov_params())[at, at], design))
    assert_allclose(after.get_prediction().se / after.fittedvalues, errors, rtol=NEAR)
