"""Observed and expected standard errors where they differ, each by means that share nothing with the kit."""

import warnings

import mpmath
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import special

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, InformationWarning, NotAvailableError


class CauchyLocation(lk.Family):
    """Cauchy law of scale 1."""

    loc = lk.Real()

    @staticmethod
    def log_density(y, loc):
        return -np.log(np.pi) - np.log1p((y - loc) ** 2)


#: Darwin's differences in height of 15 pairs of plants, in eighths of an inch: Fisher (1935), *The Design of
#: Experiments*.
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48.0])


def test_cauchy_location():
    """Efron and Hinkley (1978), *Biometrika* 65, 457-487: the expected information is n / 2 whatever the sample."""
    y = DARWIN / 10
    observed = lk.LikelihoodModel(y, family=CauchyLocation()).fit()
    expected = lk.LikelihoodModel(y, family=CauchyLocation()).fit(cov_type="expected")

    def log_likelihood(loc):
        return -mpmath.fsum(mpmath.log(1 + (mpmath.mpf(value) - loc) ** 2) for value in y)

    root = mpmath.findroot(lambda loc: mpmath.diff(log_likelihood, loc), 2.5)
    curvature = -mpmath.diff(log_likelihood, root, 2)
    assert_allclose(observed.params, float(root), rtol=1e-10)
    assert_allclose(observed.bse, float(1 / mpmath.sqrt(curvature)), rtol=1e-9)
    assert_allclose(expected.bse, np.sqrt(2 / 15), rtol=1e-9)
    assert abs(observed.bse[0] / expected.bse[0] - 1) > 0.15
    verdict = observed.information_audit().verdict
    assert "expected-information standard error of loc differs from the observed one" in verdict


def test_student_t_of_loc_and_scale():
    """Expected information by quadrature of the squared score of mpmath's own derivatives."""
    y, df = np.array([-1.2, -0.4, 0.1, 0.3, 4.0, 6.5]), mpmath.mpf(2)
    observed, expected = (
        lk.LikelihoodModel(y, family=lk.StudentT(df=2.0)).fit(cov_type=kind) for kind in ("observed", "expected")
    )
    loc, scale = (mpmath.mpf(float(value)) for value in observed.params)

    def log_density(value, loc, scale):
        return -mpmath.log(scale) - (df + 1) / 2 * mpmath.log(1 + ((value - loc) / scale) ** 2 / df)

    def total(loc, scale):
        return mpmath.fsum(log_density(mpmath.mpf(value), loc, scale) for value in y)

    orders = [[(2, 0), (1, 1)], [(1, 1), (0, 2)]]
    hessian = [[float(mpmath.diff(total, (loc, scale), order)) for order in row] for row in orders]
    assert_allclose(observed.cov_params(), np.linalg.inv(-np.array(hessian)), rtol=1e-8)

    weight = mpmath.gamma((df + 1) / 2) / (mpmath.gamma(df / 2) * mpmath.sqrt(df * mpmath.pi))

    def squared_score(order):
        def integrand(t):
            value = loc + scale * t
            score = mpmath.diff(lambda a, b: log_density(value, a, b), (loc, scale), order)
            return score**2 * weight * (1 + t**2 / df) ** (-(df + 1) / 2)

        return 2 * mpmath.quad(integrand, [0, 1, 4, mpmath.inf], maxdegree=5)

    variances = [float(1 / (6 * squared_score(order))) for order in ((1, 0), (0, 1))]
    assert_allclose(np.diag(expected.cov_params()), variances, rtol=1e-6)
    assert observed.bse[1] / expected.bse[1] > 1.15


def test_exponential_regression():
    """With a log link the observed information weighs the rows by y / mean, the expected one does not."""
    exog = sm.add_constant(np.arange(12.0))
    y = np.array([9, 4, 1, 0.3, 0.1, 0.1, 0.1, 0.2, 0.4, 1, 5, 12])
    model = lk.LikelihoodModel(y, exog, family=lk.Exponential())
    observed, expected = model.fit(), model.fit(cov_type="expected")
    # statsmodels' default, iteratively reweighted least squares, runs in a circle here.
    glm = sm.GLM(y, exog, family=sm.families.Gamma(sm.families.links.Log())).fit(method="newton")
    assert_allclose(observed.params, glm.params, rtol=1e-8)
    weights = y / np.exp(exog @ glm.params)
    assert_allclose(observed.cov_params(), np.linalg.inv(exog.T * weights @ exog), rtol=1e-7)
    assert_allclose(expected.cov_params(), np.linalg.inv(exog.T @ exog), rtol=1e-9)
    assert (observed.bse / expected.bse < 0.85).all()


class Rayleigh(lk.Family):
    """Rayleigh law, through its mean: a formula of a user's own with a curvature that follows the data."""

    mean = lk.Positive()
    support = lk.Interval(0, np.inf)

    @staticmethod
    def log_density(y, mean):
        return np.log(np.pi * y / 2) - 2 * np.log(mean) - np.pi * (y / mean) ** 2 / 4


@pytest.mark.parametrize("kind", ["observed", "expected"])
def test_own_family_with_predictors(kind):
    """Minus the second derivative in log mean: pi (y / mean)^2, of expectation 4."""
    rng = np.random.default_rng(4)
    exog = sm.add_constant(rng.normal(size=15))
    y = rng.rayleigh(np.exp(exog @ [1.0, 0.7]))
    results = lk.LikelihoodModel(y, exog, family=Rayleigh()).fit(cov_type=kind)
    squares = np.pi * (y / np.exp(exog @ results.params)) ** 2
    assert_allclose(exog.T @ (squares - 4), 0, atol=1e-8)  # the score
    weights = squares if kind == "observed" else np.full(15, 4.0)
    assert_allclose(results.cov_params(), np.linalg.inv(exog.T * weights @ exog), rtol=1e-8)


def test_negative_binomial_information_by_summation(toxocara):
    """Sum of the squared score over the support, by mpmath's derivatives of its own density."""

    class NegativeBinomial(lk.Family):
        mean = lk.Positive()
        dispersion = lk.Positive()
        support = lk.Integers(0, np.inf)

        @staticmethod
        def log_density(y, mean, dispersion):
            size = 1 / dispersion
            counting = special.gammaln(y + size) - special.gammaln(size) - special.gammaln(y + 1)
            return counting - size * np.log1p(mean / size) + special.xlogy(y, mean / (size + mean))

    results = lk.LikelihoodModel(toxocara, family=NegativeBinomial()).fit(cov_type="expected")
    mean, dispersion = (mpmath.mpf(float(value)) for value in results.params)

    def log_mass(count, dispersion):
        size = 1 / dispersion
        binomial = mpmath.loggamma(count + size) - mpmath.loggamma(size) - mpmath.loggamma(count + 1)
        return binomial + size * mpmath.log(size / (size + mean)) + count * mpmath.log(mean / (size + mean))

    with mpmath.workdps(25):
        scores = [mpmath.diff(lambda d, count=count: log_mass(count, d), dispersion) for count in range(700)]
        total = mpmath.fsum(s**2 * mpmath.exp(log_mass(count, dispersion)) for count, s in enumerate(scores))
    # The mean is orthogonal to the dispersion: Lawless (1987), Canadian Journal of Statistics 15, 209-225.
    assert_allclose(results.bse[1], float(1 / mpmath.sqrt(53 * total)), rtol=1e-7)
    assert_allclose(results.bse[0], float(mpmath.sqrt((mean + dispersion * mean**2) / 53)), rtol=1e-9)


def test_sandwich_of_as_many_observations_as_parameters():
    """Scores sum to 0 at the estimate: those of n rows span n - 1 directions, and some error would be 0."""
    results = lk.LikelihoodModel([1.2, 3.4], family=lk.Gamma()).fit(cov_type="sandwich")
    assert results.certificate.ok
    assert np.isnan(results.bse).all()
    assert "2 observations and 2 parameters" in results.covariance_note
    assert np.isfinite(lk.LikelihoodModel([1.2, 3.4, 2.0], family=lk.Gamma()).fit(cov_type="sandwich").bse).all()


def test_few_clusters_are_warned_of():
    rng = np.random.default_rng(0)
    exog = sm.add_constant(rng.normal(size=(12, 2)))
    model = lk.LikelihoodModel(rng.gamma(2, 1, 12), exog, family=lk.Gamma())
    with pytest.warns(InformationWarning, match="2 clusters and 4 parameters"):
        model.fit(cov_type="cluster", cov_kwds={"groups": np.repeat([0, 1], 6)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(6), 2)})


def test_student_t_without_degrees_of_freedom_is_refused_when_set():
    results = lk.LikelihoodModel([1.2, 3.4], family=lk.Gamma()).fit()
    with pytest.raises(ArgumentError, match="no degrees of freedom"):
        results.use_t = True
    assert results.use_t is False


def three_clusters():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.normal(size=60), "g": np.arange(60) % 3})
    return data.assign(y=rng.gamma(2.0, np.exp(0.3 * data["x"])))


def clustered(formula, family):
    model = lk.LikelihoodModel.from_formula(formula, three_clusters(), family=family)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = model.fit(cov_type="cluster", cov_kwds={"groups": "g"})
    return results, " ".join(str(warning.message) for warning in caught)


def test_a_coefficient_of_a_cluster_had_a_standard_error_of_rounding():
    """Of 1e-16, as if it were known; its scores sum to 0 within the cluster."""
    results, told = clustered("y ~ C(g)", lk.Normal())
    lacking = ["Intercept", "C(g)[T.1]", "C(g)[T.2]"]
    assert list(results.bse.index[results.bse.isna()]) == lacking
    assert "no standard errors of Intercept, C(g)[T.1], C(g)[T.2]: the sandwich is 0 there" in told
    text = " ".join(str(results.summary()).split())
    assert "the sandwich is 0 there to rounding" in text
    assert "within 3 clusters" in text
    spread = results.model.fit(cov_type="cluster", cov_kwds={"groups": np.arange(60) % 12})
    assert np.isfinite(spread.bse).all()


@pytest.mark.parametrize(("formula", "family"), [("y ~ C(g)", lk.Normal()), ("y ~ 0 + C(g)", lk.Gamma())])
def test_predictions_of_a_singular_covariance_gave_a_false_reason(formula, family):
    """Steps were as long as standard errors of 1e-16: "it jumps or bends"; a Gamma mean had the error 0."""
    results = clustered(formula, family)[0]
    with pytest.warns(InformationWarning, match="to rounding"):
        prediction = results.get_prediction(three_clusters().head(3))
    assert np.isnan(prediction.se).all()
    assert "bends" not in prediction.note
    name = {"Normal": "sd", "Gamma": "shape"}[family.name]
    alone = results.get_prediction(three_clusters().head(2), parameter=name)
    assert_allclose(alone.se, results.bse[name], rtol=1e-7)
    assert not alone.note


@pytest.mark.parametrize(("formula", "family"), [("y ~ C(g)", lk.Normal()), ("y ~ 0 + C(g)", lk.Gamma())])
def test_levels_without_standard_errors_were_told_apart(formula, family):
    """Statsmodels' correction rejects where a p-value is NaN, and where an error is rounding."""
    with pytest.raises(NotAvailableError, match=r"no tests of levels: no standard errors .*rounding"):
        clustered(formula, family)[0].t_test_pairwise("C(g)")
