import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families import (
    Bernoulli,
    Binomial,
    Exponential,
    Family,
    Gamma,
    Normal,
    Poisson,
    StudentT,
    Uniform,
    Weibull,
    truncated,
)
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.maximise import maximise
from likelihood_kit.models import LikelihoodModel
from likelihood_kit.parameters import Interval, Positive, Real
from likelihood_kit.predictor import data_columns, held_parameters, iid_predictors, working_from_params
from likelihood_kit.sample import BLOCK, Sample
from likelihood_kit.simulation import estimators as kit
from likelihood_kit.simulation.estimators import Estimates

# Of a response of one column.


def maximum_likelihood(family, samples):
    return kit.maximum_likelihood(family, {"y": samples})


def method_of_moments(family, samples):
    return kit.method_of_moments(family, {"y": samples})


def drawn(family, truth, shape, seed=11):
    return np.asarray(family.sample(shape, np.random.default_rng(seed), **truth), dtype=float)


def likelihood_of(family, samples, *, on_statistics):
    sample = Sample.of(data_columns(family, {"y": samples}))
    return Likelihood(family.kernels, sample, iid_predictors(family), held_parameters(family), on_statistics)


def starts(family, samples):
    predictors = iid_predictors(family)
    return working_from_params(predictors, np.stack(list(family.start(samples).values()), axis=-1))


def assert_same(found: Estimates, expected: Estimates, rtol: float) -> None:
    np.testing.assert_array_equal(found.converged, expected.converged)
    assert_allclose(found.values, expected.values, rtol=rtol)
    if expected.standard_errors is None:
        assert found.standard_errors is None
    else:
        assert_allclose(found.standard_errors, expected.standard_errors, rtol=rtol)


@pytest.mark.parametrize("estimator", [maximum_likelihood, method_of_moments])
def test_a_batch_is_its_samples_one_by_one(estimator, family, truth):
    if estimator is method_of_moments and "method_of_moments" not in family.law.functions:
        pytest.skip("none is declared")
    samples = drawn(family, truth, (9, 40))
    batch = estimator(family, samples)
    alone = [estimator(family, sample[None]) for sample in samples]
    errors = None if batch.standard_errors is None else np.concatenate([one.standard_errors for one in alone])
    values = np.concatenate([one.values for one in alone])
    assert_same(batch, Estimates(values, errors, np.concatenate([one.converged for one in alone])), 1e-9)
    assert batch.converged.any()


def test_the_likelihood_is_no_lower_than_at_the_truth(family, truth):
    samples = drawn(family, truth, (9, 40))
    found = maximum_likelihood(family, samples)
    theta = {name: column[:, None] for name, column in zip(family.parameter_names, found.values.T, strict=True)}
    gain = (family.log_density(samples, **theta) - family.log_density(samples, **truth)).sum(axis=1)
    assert (gain[found.converged] >= 0).all()


def test_standard_errors_are_those_of_the_observed_information(family, truth):
    if not family.regular:
        pytest.skip("no information exists")
    samples = drawn(family, truth, (5, 60))
    found = maximum_likelihood(family, samples)
    theta = {name: column[:, None] for name, column in zip(family.parameter_names, found.values.T, strict=True)}
    information = -family.hessian(samples, **theta).sum(axis=1)[found.converged]
    if not family.smooth:  # the Hessian does not carry the information
        at = {name: column[found.converged, 0] for name, column in theta.items()}
        information = samples.shape[1] * family.expected_information(**at)
    expected = np.sqrt(np.einsum("rii->ri", np.linalg.inv(information)))
    assert_allclose(found.standard_errors[found.converged], expected, rtol=1e-6)


def test_statistics_give_what_the_rows_give(family, truth):
    samples = drawn(family, truth, (20, 50))
    statistics = likelihood_of(family, samples, on_statistics=True)
    if statistics.statistics is None or not family.regular:
        pytest.skip("no sufficient statistics, or not used")
    assert all(np.ndim(mean) == 0 or mean.shape == (20, 1) for mean in statistics.statistics)
    start = starts(family, samples)
    found, expected = maximise(statistics, start), maximise(likelihood_of(family, samples, on_statistics=False), start)
    assert found.converged.all()
    assert_allclose(found.working, expected.working, rtol=1e-9, atol=1e-12)
    assert_allclose(found.hessian, expected.hessian, rtol=1e-6, atol=1e-6)


def test_block_by_block_is_all_at_once(rng):
    """Blocks split both axes: several samples to a block, and one sample over several."""
    family = Weibull()
    for shape in ((BLOCK // 50 * 3 + 1, 50), (2, 2 * BLOCK + 7)):
        samples = drawn(family, {"shape": 2.0, "scale": 3.0}, shape)
        theta = rng.uniform(1, 2, (2, shape[0], 1))
        likelihood = likelihood_of(family, samples, on_statistics=False)
        working = np.log(theta[:, :, 0].T)
        value, score, hessian = likelihood.derivatives(working)
        plain = family.kernels.rows
        level, slopes, _ = plain.derivatives(plain.hoist(samples), *theta)
        assert_allclose(value, np.broadcast_to(level, shape).sum(axis=1), rtol=1e-10)
        for j, slope in enumerate(slopes):
            wanted = np.broadcast_to(slope * theta[j], shape).sum(axis=1)
            assert_allclose(score[:, j], wanted, rtol=1e-9, atol=1e-8)
        assert_allclose(likelihood.value(working), value, rtol=1e-13)
        assert hessian.shape == (shape[0], 2, 2)


def test_normal_far_from_zero_falls_back_on_the_rows(rng):
    """Means of y and y^2 lose the spread of values near 1e8, whose squares have a rounding error of 1."""
    family = Normal()
    samples = rng.normal(1e8, 1.0, (50, 30))
    found = maximum_likelihood(family, samples)
    assert found.converged.all()
    assert_allclose(found.values[:, 0], samples.mean(axis=1), rtol=1e-15)
    assert_allclose(found.values[:, 1], samples.std(axis=1), rtol=1e-7)
    trusting = maximise(likelihood_of(family, samples, on_statistics=True), starts(family, samples))
    assert not np.allclose(np.exp(trusting.working[:, 1]), samples.std(axis=1), rtol=0.01)


def test_closed_forms(rng):
    normal = rng.normal(3.0, 2.0, (6, 25))
    found = maximum_likelihood(Normal(), normal)
    assert_allclose(found.values, np.stack([normal.mean(axis=1), normal.std(axis=1)], axis=1), rtol=1e-10)
    assert_allclose(found.standard_errors, normal.std(axis=1)[:, None] / np.sqrt([[25, 50]]), rtol=1e-6)
    counts = rng.poisson(4.0, (6, 25)).astype(float)
    found = maximum_likelihood(Poisson(), counts)
    assert_allclose(found.values[:, 0], counts.mean(axis=1), rtol=1e-10)
    assert_allclose(found.standard_errors[:, 0], np.sqrt(counts.mean(axis=1) / 25), rtol=1e-6)
    uniform = rng.uniform(2.0, 5.0, (6, 25))
    found = maximum_likelihood(Uniform(), uniform)
    np.testing.assert_array_equal(found.values, np.stack([uniform.min(axis=1), uniform.max(axis=1)], axis=1))
    assert found.standard_errors is None


def test_gamma_and_weibull_against_others(rng):
    gamma = rng.gamma(2.0, 3.0, (4, 40))
    shape, scale = maximum_likelihood(Gamma(), gamma).values.T
    # The likelihood equations: Johnson, Kotz and Balakrishnan (1994), eqs. (17.45) and (17.46).
    assert_allclose(np.log(shape) - special.digamma(shape), np.log(gamma.mean(1)) - np.log(gamma).mean(1), rtol=1e-9)
    assert_allclose(shape * scale, gamma.mean(axis=1), rtol=1e-9)
    weibull = 3 * rng.weibull(2.0, (4, 40))
    expected = [stats.weibull_min.fit(sample, floc=0)[::2] for sample in weibull]
    assert_allclose(maximum_likelihood(Weibull(), weibull).values, expected, rtol=1e-4)


def test_coordinates_links_and_fixed_values(rng):
    samples = rng.gamma(2.0, 3.0, (5, 30))
    shape, scale = maximum_likelihood(Gamma(), samples).values.T
    mean = maximum_likelihood(Gamma(parameters=("mean", "shape")), samples).values
    assert_allclose(mean, np.stack([shape * scale, shape], axis=1), rtol=1e-9)
    identity = maximum_likelihood(Gamma(links={"scale": "identity"}), samples)
    assert_allclose(identity.values, np.stack([shape, scale], axis=1), rtol=1e-9)
    held = maximum_likelihood(Gamma(shape=2.0), samples)
    assert_allclose(held.values[:, 0], samples.mean(axis=1) / 2, rtol=1e-10)
    assert_allclose(held.standard_errors[:, 0], samples.mean(axis=1) / 2 / np.sqrt(60), rtol=1e-6)


def test_a_formula_of_ones_own(rayleigh, rng):
    samples = rng.rayleigh(2.0, (5, 30))
    found = maximum_likelihood(rayleigh, samples)
    scale = np.sqrt(np.mean(samples**2, axis=1) / 2)
    assert_allclose(found.values[:, 0], scale, rtol=1e-10)
    assert_allclose(found.standard_errors[:, 0], scale / np.sqrt(120), rtol=1e-6)


WITHOUT_MAXIMUM = {
    "constant, normal": (Normal(), np.full(12, 3.0)),
    "constant, gamma": (Gamma(), np.full(12, 3.0)),
    "constant, weibull": (Weibull(), np.full(12, 3.0)),
    "constant, uniform": (Uniform(), np.full(12, 3.0)),
    "one value": (Normal(), np.array([3.0])),
    "one value, Student": (StudentT(), np.array([3.0])),
    "zero in a gamma sample": (Gamma(), np.r_[0.0, np.arange(1.0, 12.0)]),
}


@pytest.mark.parametrize(("family", "sample"), WITHOUT_MAXIMUM.values(), ids=WITHOUT_MAXIMUM)
def test_a_sample_without_maximum_is_a_failure_and_spares_its_neighbours(family, sample):
    truth = {name: 1.5 if name in ("df", "high", "shape") else 0.5 for name in family.parameter_names}
    neighbour = drawn(family, truth, (1, max(len(sample), 12)))[:, : len(sample)]
    found = maximum_likelihood(family, np.concatenate([neighbour, sample[None]]))
    expected = maximum_likelihood(family, neighbour)
    assert not found.converged[1]
    assert np.isnan(found.values[1]).all()
    assert_allclose(found.values[:1], expected.values, rtol=1e-9)
    if found.standard_errors is not None:
        assert np.isnan(found.standard_errors[1]).all()


def test_a_maximum_at_the_normal_limit_is_infinite_and_one_before_it_is_not():
    """At n = 20 and 5 degrees of freedom about 2 samples in 5 prefer the normal law; their df ran to 1e8 or 1e15."""
    samples = drawn(StudentT(), {"loc": 0.0, "scale": 1.0, "df": 5.0}, (2000, 20))
    found = maximum_likelihood(StudentT(), samples)
    assert 0.35 < np.mean(~found.converged) < 0.55
    assert found.values[found.converged, 2].max() < 1e6
    # The estimates of loc and scale there are those of the normal law; none is lost.
    limit = samples[~found.converged]
    assert (found.values[~found.converged, 2] == np.inf).all()
    assert_allclose(found.values[~found.converged, 0], limit.mean(axis=1), atol=1e-7)
    assert_allclose(found.values[~found.converged, 1], limit.std(axis=1), rtol=1e-6)
    assert np.isnan(found.standard_errors[~found.converged]).all()
    # The derivative of the log likelihood in 1/df at the normal limit: where it rises, a finite df is better.
    z = stats.zscore(samples, axis=1)
    assert ((z**4 - 2 * z**2 - 1).sum(axis=1)[~found.converged] < 0).all()


AT_AN_END = {
    "no success": (Bernoulli(), np.zeros(12), 0.0),
    "no failure": (Bernoulli(), np.ones(12), 1.0),
    "no success in 36": (Binomial(trials=3), np.zeros(12), 0.0),
    "no counts": (Poisson(), np.zeros(12), 0.0),
    "one count of none": (Poisson(), np.zeros(1), 0.0),
    "no success, on the probit scale": (Bernoulli(links={"probability": "probit"}), np.zeros(12), 0.0),
    "flatter than uniform": (truncated(Exponential(), high=1.0), np.linspace(0.4, 1.0, 12), np.inf),
}


@pytest.mark.parametrize(("family", "sample", "end"), AT_AN_END.values(), ids=AT_AN_END)
def test_a_likelihood_that_rises_to_the_end_of_the_space_has_its_estimate_there(family, sample, end):
    """82 % of the samples of 10 with probability 0.02 were left out, and the estimator was biased by 0.09."""
    rng = np.random.default_rng(3)
    neighbour = drawn(family, {name: 0.4 for name in family.parameter_names}, (1, len(sample)), seed=3)
    found = maximum_likelihood(family, np.stack([neighbour[0], sample, rng.permutation(sample)]))
    assert list(found.converged[1:]) == [False, False]
    np.testing.assert_array_equal(found.values[1:, 0], end)
    assert np.isnan(found.standard_errors[1:]).all()
    assert_same(maximum_likelihood(family, neighbour), Estimates(*(part[:1] for part in vars(found).values())), 1e-9)


def test_moments_outside_the_parameter_space_are_failures():
    light = np.linspace(-1, 1, 12)
    found = method_of_moments(StudentT(), np.stack([light, stats.t.ppf(np.linspace(0.01, 0.99, 12), 3)]))
    assert list(found.converged) == [False, True]
    assert np.isnan(found.values[0]).all()


def test_a_support_that_moves_needs_a_closed_form():
    class Shifted(Family):
        loc = Real()
        scale = Positive()
        support = Interval("loc", np.inf)

        @staticmethod
        def log_density(y, loc, scale):
            return -np.log(scale) - (y - loc) / scale

    with pytest.raises(NotAvailableError, match="add a static method maximum_likelihood"):
        maximum_likelihood(Shifted(), np.ones((1, 4)))


class Laplace(Family):
    """With a kink, and its maximum in closed form."""

    loc, scale = Real(), Positive()

    @staticmethod
    def log_density(y, loc, scale):
        return -np.log(2 * scale) - np.abs(y - loc) / scale

    @staticmethod
    def maximum_likelihood(y):
        loc = np.median(y, axis=-1)
        return {"loc": loc, "scale": np.abs(y - loc[..., None]).mean(axis=-1)}


class LaplaceWithInformation(Laplace):
    @staticmethod
    def expected_information(loc, scale):
        return 1 / scale**2, 0 * scale, 1 / scale**2


def test_errors_of_a_closed_maximum_are_those_of_its_information(rng):
    """Scale / sqrt(n) for both parameters of a Laplace law; none where its author gives no information."""
    samples = rng.laplace(2.0, 3.0, (7, 41))
    bare, informed = (kit.closed_maximum(family(), {"y": samples}) for family in (Laplace, LaplaceWithInformation))
    loc = np.median(samples, axis=1)
    scale = np.abs(samples - loc[:, None]).mean(axis=1)
    for found in (bare, informed):
        assert_allclose(found.values, np.stack([loc, scale], axis=1), rtol=1e-12)
        assert found.converged.all()
    assert bare.standard_errors is None
    assert_allclose(informed.standard_errors, np.stack([scale, scale], axis=1) / np.sqrt(41), rtol=1e-9)


def test_standard_errors_are_positive_on_a_link_that_falls(rng):
    """On the inverse link the slope of a scale is negative, and its standard error was."""
    samples = rng.gamma(2.0, 3.0, (4, 50))
    found, plain = (maximum_likelihood(Gamma(links=links), samples) for links in ({"scale": "inverse"}, {}))
    assert_allclose(found.standard_errors, plain.standard_errors, rtol=1e-6)


REDUCED = {
    "gamma": (Gamma(), {"shape": 2.0, "scale": 3.0}),
    "weibull": (Weibull(), {"shape": 2.0, "scale": 3.0}),
    "rate": (Exponential(parameters=("rate",)), {"rate": 2.0}),
    "one is fixed": (Normal(mean=0.0), {"sd": 2.0}),
    "truncated": (truncated(Poisson(), low=1), {"rate": 2.0}),
}


@pytest.mark.parametrize(("family", "truth"), REDUCED.values(), ids=REDUCED)
@pytest.mark.parametrize(("name", "method"), [("firth", "firth"), ("bias_corrected", "cox_snell")])
def test_bias_reduced_estimates_are_those_of_fits(name, method, family, truth):
    """Up to 1e-7 standard errors, at which a root is taken for one."""
    samples = drawn(family, truth, (6, 12))
    found = kit.ESTIMATORS[name](family, {"y": samples})
    for row, sample in enumerate(samples):
        fitted = LikelihoodModel(sample, family=family).fit(bias_reduction=method)
        assert_allclose(found.values[row], fitted.params, atol=2e-7 * fitted.bse.max(), rtol=1e-9)
        assert_allclose(found.standard_errors[row], fitted.bse, rtol=1e-6)
    assert found.converged.all()


def test_bias_reduced_estimates_at_an_end_of_the_space():
    """In its own units a probability has no bias of first order: its root is the mean, at an end of the space too."""
    samples = np.array([[0.0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 1, 0]])
    found = kit.firth(Bernoulli(), {"y": samples})
    assert_allclose(found.values[:, 0], [0, 1, 0.5])
    assert list(found.converged) == [False, False, True]
    assert np.isnan(found.standard_errors[:2]).all()
    corrected = kit.bias_corrected(Bernoulli(), {"y": samples})
    assert_allclose(corrected.values[:, 0], [np.nan, np.nan, 0.5])


def test_a_correction_outside_the_space_is_a_failure():
    found = kit.bias_corrected(Gamma(), {"y": np.array([[1.0, 2.0], [1.0, 30.0]])})
    assert np.isnan(found.values).all()


def test_bias_reduced_estimates_are_refused_without_expectations():
    for estimator in (kit.firth, kit.bias_corrected):
        with pytest.raises(NotAvailableError, match="support moves"):
            estimator(Uniform(), {"y": np.array([[1.0, 2.0, 3.0]])})
