"""Two-parameter profile regions against closed forms, another search, and the exact ellipse of a normal likelihood."""

import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from nonsense import swept
from numpy.testing import assert_allclose
from scipy import optimize, stats

import likelihood_kit as lk
from likelihood_kit.errors import ArgumentError, DataError, NotAvailableError
from likelihood_kit.models import profile_regions

CUT = stats.chi2.ppf(0.95, 2)


@pytest.fixture(scope="module")
def gamma():
    return lk.LikelihoodModel(np.random.default_rng(3).gamma(2, 3, 30), family=lk.Gamma()).fit()


@pytest.fixture(scope="module")
def weibull():
    rng = np.random.default_rng(5)
    exog = np.column_stack([np.ones(40), rng.normal(size=40)])
    return lk.LikelihoodModel(rng.weibull(1.7, 40) * np.exp(exog @ [0.4, 0.3]), exog, family=lk.Weibull()).fit()


@pytest.fixture(scope="module")
def counts():
    """Hardly more spread than a Poisson law: the region is open at dispersion 0."""
    y = np.array([2, 3, 1, 5, 4, 2, 0, 7, 3, 2, 6, 1, 3, 4, 2])
    return lk.LikelihoodModel(y, family=lk.NegativeBinomial()).fit()


# Closed forms, and another search


@pytest.mark.parametrize("alpha", [0.5, 0.05, 1e-4])
def test_mean_and_standard_deviation_of_a_normal_law(alpha):
    """n {2 log(sd / s) + (s^2 + (ybar - mean)^2) / sd^2 - 1}, s^2 with divisor n."""
    y = np.random.default_rng(0).normal(2, 3, 15)
    region = lk.LikelihoodModel(y, family=lk.Normal()).fit().profile("mean", "sd")

    def deviance(mean, sd):
        return 15 * (2 * np.log(sd / y.std()) + (y.var() + (y.mean() - mean) ** 2) / sd**2 - 1)

    contour = region.contour(alpha, rays=40)
    points = contour.points
    assert_allclose(deviance(points["mean"], points["sd"]), stats.chi2.isf(alpha, 2), rtol=1e-6)
    assert_allclose([contour.cutoff, contour.level], [stats.chi2.isf(alpha, 2), 1 - alpha])
    grid = np.stack(np.meshgrid([-1.0, 2.0, 4.0], [2.0, 3.0]), axis=-1)
    assert_allclose(region.deviance(grid), deviance(grid[..., 0], grid[..., 1]), rtol=1e-8)
    assert region.deviance([2.0, -1.0]) == np.inf
    assert not points["open"].any()


def test_a_region_of_a_regression_by_another_search(weibull):
    """The coefficients, with the shape at its best by Nelder and Mead's method at each of some points."""
    y, exog = weibull.model.endog, weibull.model.exog
    points = weibull.profile("const", "x1").contour(rays=12).points

    def highest(coefficients):
        scale = np.exp(exog @ coefficients)
        found = optimize.minimize_scalar(
            lambda log_shape: -stats.weibull_min.logpdf(y, np.exp(log_shape), scale=scale).sum(),
            bounds=(-2, 3), method="bounded", options={"xatol": 1e-9},
        )  # fmt: skip
        return -found.fun

    for point in points[["const", "x1"]].to_numpy():
        assert_allclose(2 * (weibull.llf - highest(point)), CUT, atol=1e-5)


def test_a_normal_likelihood_has_the_ellipse_as_its_region():
    """Of coefficients, errors of known size: points of the region and of the Wald ellipse are the same, one by one."""
    rng = np.random.default_rng(4)
    exog, sd = np.column_stack([np.ones(20), rng.normal(size=(20, 2))]), rng.uniform(1, 2, 20)
    y = exog @ [1.0, 0.5, -0.2] + sd * rng.normal(size=20)
    results = lk.LikelihoodModel(y, exog, family=lk.Normal(), given={"sd": sd}).fit()
    region = results.profile("x1", "x2")
    points = region.contour(rays=16).points[["x1", "x2"]].to_numpy()
    assert_allclose(points, region.wald(rays=16), rtol=1e-6)
    at = np.linalg.inv(np.asarray(results.cov_params())[1:, 1:])
    away = points - region.estimate
    assert_allclose(np.einsum("mi,ij,mj->m", away, at, away), CUT, rtol=1e-6)


# Laws


def test_the_least_deviance_over_one_parameter_is_the_profile_of_the_other(weibull):
    region, profile = weibull.profile("shape", "x1"), weibull.profile("shape")
    for shape in (1.2, 2.2):
        least = optimize.minimize_scalar(
            lambda slope, shape=shape: float(region.deviance([shape, slope])), bounds=(-0.5, 1), method="bounded"
        ).fun
        assert_allclose(least, profile.deviance(shape), atol=1e-5)


def test_the_order_of_the_names_is_that_of_the_pairs(gamma):
    one, other = gamma.profile("shape", "scale"), gamma.profile("scale", "shape")
    values = np.array([[2.0, 3.0], [1.5, 4.0]])
    assert_allclose(one.deviance(values), other.deviance(values[:, ::-1]), rtol=1e-8)
    assert list(other.contour(rays=4).points.columns) == ["scale", "shape", "deviance", "open"]


def test_a_region_does_not_depend_on_links(gamma):
    inverse = lk.LikelihoodModel(gamma.model.endog, family=lk.Gamma(links={"scale": "inverse"})).fit()
    points = inverse.profile("shape", "scale").contour(rays=24).points
    assert points["deviance"].notna().sum() > 20
    there = points.dropna()[["shape", "scale"]].to_numpy()
    assert_allclose(gamma.profile("shape", "scale").deviance(there), CUT, rtol=1e-5)


def test_frequencies_are_repeated_rows():
    values, counts = np.array([0.5, 1.0, 2.5, 6.0]), [3, 1, 4, 2]
    weighted = lk.LikelihoodModel(values, family=lk.Gamma(), freq_weights=counts).fit().profile("shape", "scale")
    repeated = lk.LikelihoodModel(np.repeat(values, counts), family=lk.Gamma()).fit().profile("shape", "scale")
    assert_allclose(weighted.contour(rays=8).points.iloc[:, :2], repeated.contour(rays=8).points.iloc[:, :2], rtol=1e-6)


def test_a_fit_that_is_not_the_highest_has_no_region(gamma):
    """A deviance below 0 would be none; the Gamma fit is taken to be lower than it is."""
    region = gamma.profile("shape", "scale")
    low = replace(region, standard=replace(region.standard, highest=region.standard.highest - 10))
    with pytest.raises(NotAvailableError, match="higher likelihood"):
        low.contour()
    with pytest.raises(NotAvailableError, match="higher likelihood"):
        low.deviance(region.estimate)


# Open rays, words, figures


def test_an_open_ray_is_said(counts):
    contour = counts.profile("mean", "dispersion").contour(rays=24)
    points = contour.points
    assert points["open"].any()
    assert (points.loc[points["open"], "dispersion"] < 1e-6).all()
    assert (points.loc[points["open"], "deviance"] < CUT).all()
    assert_allclose(points.loc[~points["open"], "deviance"], CUT, rtol=1e-6)
    assert "open along" in str(contour)


def test_a_ray_without_an_end_is_no_numbers(gamma, monkeypatch):
    original = profile_regions.ends_along

    def missing(*arguments):
        ends = original(*arguments)
        return replace(ends, found=np.arange(len(ends.found)) != 2, open=np.arange(len(ends.found)) < 3)

    region = gamma.profile("shape", "scale")
    whole = region.contour(rays=8).points
    monkeypatch.setattr(profile_regions, "ends_along", missing)
    contour = region.contour(rays=8)
    assert contour.points.iloc[2, :3].isna().all()
    assert list(contour.points["open"]) == [True, True] + [False] * 6
    assert_allclose(contour.points.drop(index=2).iloc[:, :3], whole.drop(index=2).iloc[:, :3])
    assert str(contour).endswith("no end was found along 1")


def test_in_words_and_to_another_process(gamma):
    region = gamma.profile("shape", "scale")
    said = str(region.contour(rays=36))
    assert "open" not in said
    assert said.startswith("region of shape and scale (95 %), 36 rays: shape 1.2")
    assert "ProfileRegion of shape and scale" in repr(region)
    again = pickle.loads(pickle.dumps(region))
    assert_allclose(again.deviance([2.0, 3.0]), region.deviance([2.0, 3.0]))
    assert_allclose(again.estimate, gamma.params)


# Refusals


class Own(lk.LikelihoodModel):
    parameters = {"mean": lk.Real(), "sd": lk.Positive()}

    def loglikeobs(self, params):
        return stats.norm.logpdf(self.endog, *params)


def test_a_model_with_its_own_loglikeobs_has_regions():
    y = np.random.default_rng(0).normal(2, 3, 15)
    own, kit = (model.fit().profile("mean", "sd") for model in (Own(y), lk.LikelihoodModel(y, family=lk.Normal())))
    assert_allclose(own.deviance([1.0, 3.0]), kit.deviance([1.0, 3.0]), rtol=1e-6)
    assert_allclose(own.contour(rays=8).points.iloc[:, :2], kit.contour(rays=8).points.iloc[:, :2], rtol=1e-4)


def test_refused_by_name(gamma):
    y = gamma.model.endog
    with pytest.raises(NotAvailableError, match="prob_weights"):
        lk.LikelihoodModel(y, family=lk.Gamma(), prob_weights=np.linspace(1, 2, 30)).fit().profile("shape", "scale")
    clustered = gamma.model.fit(cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(10), 3)})
    with pytest.raises(NotAvailableError, match="cluster"):
        clustered.profile("shape", "scale")
    with pytest.raises(NotAvailableError, match="support moves"):
        lk.LikelihoodModel(y, family=lk.Uniform()).fit().profile("low", "high")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nothing = lk.LikelihoodModel([3, 3, 3, 3], family=lk.NegativeBinomial()).fit()
    with pytest.raises(NotAvailableError, match="not certified"):
        nothing.profile("mean", "dispersion")


def test_what_is_no_pair_of_parameters(gamma):
    for pair in (("shape", "sahpe"), ("shpae", "scale"), ("shape", "shape"), (lambda shape, scale: shape, "scale")):
        with pytest.raises(ArgumentError, match=r"o(f|ther)="):
            gamma.profile(*pair)
    region = gamma.profile("shape", "scale")
    for bad in ([1.0, 2.0, 3.0], 1.0, [1.0, np.nan], "a", []):
        with pytest.raises(DataError, match="values"):
            region.deviance(bad)
    for options in ({"rays": 3}, {"rays": 1e9}, {"rays": 4.5}, {"rays": "a"}, {"alpha": 0}, {"alpha": 2}):
        with pytest.raises(ArgumentError, match=next(iter(options))):
            region.contour(**options)
        with pytest.raises(ArgumentError, match=next(iter(options))):
            region.wald(**options)


@pytest.mark.parametrize("argument", ["other", "alpha", "rays"])
def test_nonsense_is_refused(gamma, argument):
    region = gamma.profile("shape", "scale")
    call = {
        "other": lambda v: gamma.profile("shape", v),
        "alpha": lambda v: region.contour(v, rays=4),
        "rays": lambda v: region.contour(rays=v),
    }[argument]
    foreign, silent = swept(call)
    assert not foreign
    assert silent <= {"None", "decimal", "fraction"} if argument != "rays" else not silent - {"uint64", "int8"}
