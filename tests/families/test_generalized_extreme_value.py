"""The generalized extreme value law, function by function, against mpmath: its file in `references`."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from mpmath import mp
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize, stats

import likelihood_kit as lk
from likelihood_kit.errors import NotAvailableError
from likelihood_kit.families.catalogue.generalized_extreme_value import (
    GeneralizedExtremeValue,
    lower_end,
    upper_end,
)

REFERENCES = Path(__file__).parent / "references"
TABLE = json.loads((REFERENCES / "generalized_extreme_value.json").read_text("utf-8"))
LAW = {"log_density": GeneralizedExtremeValue.law.log_density, **GeneralizedExtremeValue.law.functions}
FAMILY = GeneralizedExtremeValue()
SHAPES = (-0.3, -1e-9, 0.0, 1e-9, 0.4)
#: Near an end of the support, 1 + shape z is 1e-4 and has four digits fewer; a second derivative holds its square.
RTOL = 3e-12


@pytest.fixture(scope="module")
def script():
    specification = importlib.util.spec_from_file_location("reference", REFERENCES / "generalized_extreme_value.py")
    module = importlib.util.module_from_spec(specification)
    digits = mp.dps
    specification.loader.exec_module(module)
    script_digits, mp.dps = mp.dps, digits
    with mp.workdps(script_digits):
        yield module


def numbers(texts) -> np.ndarray:
    return np.array(texts, dtype=float)


@pytest.fixture(params=TABLE["density"], ids=lambda row: str(tuple(row["theta"])))
def row(request):
    return request.param


def test_log_density(row):
    found = LAW["log_density"](np.array(row["y"]), *row["theta"])
    assert_allclose(found, numbers(row["log_density"]), rtol=2e-13)


def test_score_and_hessian(row, script):
    rows, y, theta = FAMILY.kernels.rows, row["y"], [mp.mpf(t) for t in row["theta"]]
    assert FAMILY.derivatives == "symbolic"
    orders = [tuple(int(i == k) for k in range(3)) for i in range(3)]
    orders += [tuple(int(i == k) + int(j == k) for k in range(3)) for i, j in script.PAIRS]
    wanted = [[mp.diff(lambda *t, x=x: script.log_density(mp.mpf(x), *t), theta, order) for x in y] for order in orders]
    _, score, hessian = rows.derivatives(rows.hoist(np.array(y)), *row["theta"])
    wanted = numbers(wanted)
    # In units of the diagonal too: a score is zero somewhere, and far out the cross derivatives are much smaller.
    diagonal = np.sqrt(np.abs(wanted[[3, 5, 8]]))
    units = np.array([*diagonal, *(diagonal[i] * diagonal[j] for i, j in script.PAIRS)])
    error = np.abs(np.array([np.broadcast_to(entry, len(y)) for entry in (*score, *hessian)]) - wanted)
    assert np.max(error - RTOL * (np.abs(wanted) + units)) < 1e-60  # the differences' own error


def information_agrees(theta, exact) -> None:
    assert_allclose(LAW["expected_information"](*theta), exact, rtol=1e-13)


@pytest.mark.parametrize("case", TABLE["information"], ids=lambda case: str(case["theta"][2]))
def test_expected_information(case):
    exact = numbers(case["information"])
    information_agrees(case["theta"], exact)
    with pytest.raises(AssertionError):
        information_agrees(case["theta"], exact * (1 + 1e-12 * (np.arange(6) == 5)))


def test_expected_information_of_many_shapes(script):
    """The closed form with 80 digits, on both sides of zero and of where the series end; none at -1/2 and below."""
    shape = np.array([-0.49, -0.25, -0.2001, -0.1999, -1e-4, -1e-9, 1e-300, 1e-12, 1e-3, 0.1999, 0.2001, 1.0, 3.0])
    found = np.array(LAW["expected_information"](0.5, 1.25, shape))
    (at_zero,) = (case["information"] for case in TABLE["information"] if case["theta"] == [0.5, 1.25, 0.0])
    for i, xi in enumerate(shape):
        if abs(xi) < 1e-100:  # the same to 300 digits, of which the closed form would need 1200
            exact = numbers(at_zero)
        else:
            with mp.workdps(mp.dps + 4 * max(0, -round(np.log10(abs(xi))))):
                exact = numbers(script.closed_information([mp.mpf(0.5), mp.mpf(1.25), mp.mpf(xi)]))
        unit = np.sqrt(exact[[0, 2, 5]])
        scale = [unit[a] * unit[b] for a, b in script.PAIRS]
        assert_allclose(found[:, i] / scale, exact / scale, atol=3e-13, err_msg=str(xi))
    assert np.all(np.isnan(LAW["expected_information"](0.5, 1.25, -0.5)))


@pytest.mark.parametrize("case", TABLE["moments"], ids=lambda case: str(case["shape"]))
def test_moments(case):
    mean, variance = numbers(case["moments"])
    assert_allclose(LAW["moments"](0.0, 1.0, case["shape"]), (mean, variance), rtol=1e-14)
    assert_allclose(LAW["moments"](3.0, 2.0, case["shape"]), (2 * mean + 3, 4 * variance), rtol=1e-14)


def test_moments_that_do_not_exist():
    mean, variance = LAW["moments"](0.0, 1.0, np.array([0.49, 0.5, 0.99, 1.0, 2.0]))
    assert_array_equal(np.isfinite(mean), [True, True, True, False, False])
    assert_array_equal(mean[3:], np.inf)
    assert_array_equal(variance[1:], [np.inf, np.inf, np.nan, np.nan])


def test_the_ends_of_the_support():
    """Warnings are errors: a shape of 0, or one so small that scale / shape overflows, raises none."""
    shape = np.array([-0.5, -1e-320, 0.0, 1e-320, 0.5])
    assert_array_equal(lower_end(1.0, 2.0, shape), [-np.inf, -np.inf, -np.inf, -np.inf, -3.0])
    assert_array_equal(upper_end(1.0, 2.0, shape), [5.0, np.inf, np.inf, np.inf, np.inf])
    assert lower_end(1.0, 2.0, 0) == -np.inf
    assert upper_end(1.0, 2.0, 0) == np.inf


def test_the_ends_are_where_the_density_ends():
    y, theta = np.array([-0.7500001, -0.75, -0.7499999]), (-2.0, 0.375, -0.3)
    assert_allclose(upper_end(*theta), -0.75, rtol=1e-15)
    with np.errstate(all="ignore"):
        inside = np.isfinite(LAW["log_density"](y, *theta))
    assert_array_equal(inside[[0, 2]], [True, False])


def test_the_support_is_declared():
    assert_array_equal(FAMILY.support.ends({"loc": 1.0, "scale": 2.0, "shape": 0.5}), (-3.0, np.inf))
    assert FAMILY.moving == ("loc", "scale", "shape")
    assert (FAMILY.regular, FAMILY.smooth) == (True, True)
    assert_array_equal(FAMILY.log_density([-3.1, -2.9], loc=1.0, scale=2.0, shape=0.5) == -np.inf, [True, False])


def test_where_it_is_not_regular_its_information_is_refused():
    with pytest.raises(NotAvailableError, match=r"no expected information at .*shape = -0.5: .*shape > -1/2 only"):
        FAMILY.expected_information(loc=0.0, scale=1.0, shape=-0.5)
    assert FAMILY.expected_information(loc=0.0, scale=1.0, shape=-0.49).shape == (3, 3)


@pytest.mark.parametrize("shape", SHAPES)
def test_distribution_functions(shape):
    """In the upper tail, too, where the survival is 1e-12."""
    theta = (0.5, 1.25, shape)
    y = LAW["ppf"](np.array([1e-12, 0.2, 0.7, 1 - 1e-12]), *theta)
    with mp.workdps(60):
        z = [(mp.mpf(x) - mp.mpf(0.5)) / mp.mpf(1.25) for x in y]
        w = [mp.log1p(mp.mpf(shape) * x) / mp.mpf(shape) if shape else x for x in z]
        log_cdf = [-mp.exp(-x) for x in w]
        wanted = numbers([[mp.exp(v) for v in log_cdf], log_cdf, [mp.log(-mp.expm1(v)) for v in log_cdf]])
    found = [LAW[name](y, *theta) for name in ("cdf", "log_cdf", "log_survival")]
    assert_allclose(found, wanted, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("shape", SHAPES)
def test_quantiles(shape):
    q = np.array([1e-300, 1e-12, 0.2, 0.7, 0.999])
    theta = (0.5, 1.25, shape)
    assert_allclose(LAW["cdf"](LAW["ppf"](q, *theta), *theta), q, rtol=1e-11)
    assert_allclose(LAW["ppf"](q, *theta), stats.genextreme.ppf(q, -shape, 0.5, 1.25), rtol=1e-7)
    with np.errstate(divide="ignore"):
        ends = LAW["ppf"](np.array([0.0, 1.0]), *theta)
    assert_allclose(ends, (lower_end(*theta), upper_end(*theta)), rtol=1e-15)


def test_quantiles_pass_smoothly_through_shape_zero():
    q, shape = 0.99, np.array([-1e-8, -1e-300, 0.0, 1e-300, 1e-8])
    w = -np.log(-np.log(q))
    assert_allclose(LAW["ppf"](q, 0.0, 1.0, shape), w + shape * w**2 / 2, rtol=1e-15)


@pytest.mark.parametrize("shape", SHAPES)
def test_sampler(shape):
    """Kolmogorov-Smirnov at false alarm rate 1e-4 per shape; a tenth of the scale off is found."""
    sample = LAW["sample"](np.random.default_rng(11), 20_000, 0.5, 1.25, shape)
    right, wrong = (stats.kstest(sample, lambda y, m=m: LAW["cdf"](y, m, 1.25, shape)).pvalue for m in (0.5, 0.625))
    assert right > 1e-4
    assert wrong < 1e-4


def test_samples_of_a_shape_per_row():
    shape = np.array([[-0.3], [0.0], [0.4]])
    sample = LAW["sample"](np.random.default_rng(1), (3, 1000), 0.5, 1.25, shape)
    alone = LAW["sample"](np.random.default_rng(1), (3, 1000), 0.5, 1.25, 0.0)
    assert_array_equal(sample[1], alone[1])
    assert np.all((sample > lower_end(0.5, 1.25, shape)) & (sample < upper_end(0.5, 1.25, shape)))


@pytest.mark.parametrize("shape", SHAPES)
def test_starts_are_near_the_truth(shape):
    """Within 0.06 at n = 20,000, five of the largest of their standard errors, which is 0.012."""
    sample = LAW["sample"](np.random.default_rng(3), (10, 20_000), 0.5, 1.25, shape)
    start = LAW["start"](sample)
    for name, truth in zip(("loc", "scale", "shape"), (0.5, 1.25, shape), strict=True):
        assert_allclose(start[name], np.full(10, truth), atol=0.06, err_msg=name)


def test_starts_are_equivariant_and_by_row():
    sample = LAW["sample"](np.random.default_rng(4), (6, 30), 0.5, 1.25, 0.1)
    whole, moved = LAW["start"](sample), LAW["start"](1e6 + 4 * sample)
    assert_allclose(moved["loc"], 1e6 + 4 * whole["loc"], rtol=1e-12)
    assert_allclose([moved["scale"], moved["shape"]], [4 * whole["scale"], whole["shape"]], rtol=1e-6)
    for i, row in enumerate(sample):
        for name, value in LAW["start"](row).items():
            assert_allclose(value, whole[name][i], rtol=1e-12)


@pytest.mark.parametrize("shape", [-0.95, -0.6, 0.0, 0.8, 3.0])
@pytest.mark.parametrize("n", [3, 10, 50])
def test_starts_are_inside_the_support(shape, n):
    """The likelihood of every sample is finite at its start, from light tails to those without a mean."""
    sample = LAW["sample"](np.random.default_rng(5), (2000, n), 0.5, 1.25, shape)
    start = {name: value[:, None] for name, value in LAW["start"](sample).items()}
    assert np.all(np.isfinite(LAW["log_density"](sample, **start)))
    assert np.all((start["scale"] > 0) & (start["shape"] > -1))


def test_starts_outside_the_support_are_found(monkeypatch):
    monkeypatch.setattr("likelihood_kit.families.catalogue.generalized_extreme_value._MARGIN", 1.1)
    with pytest.raises(AssertionError), np.errstate(invalid="ignore"):
        test_starts_are_inside_the_support(-0.6, 10)


@pytest.mark.parametrize("sample", [[1.5], [1.0, 2.0], [2.0, 2.0, 2.0, 2.0]])
def test_a_sample_too_poor_for_a_start(sample):
    """Nothing invented: what two values cannot give is not a number, and the contract puts a plain value there."""
    with np.errstate(all="ignore"):
        start = LAW["start"](np.array(sample))
    assert np.isnan(start["shape"])
    assert FAMILY.start(np.array(sample))["shape"] > -1


@pytest.fixture(scope="module")
def fit():
    """Maximum of the author's formula at Port Pirie, by derivative-free search and Newton's method on differences."""
    y = np.array(TABLE["fit"]["y"])

    def loss(theta):
        return -LAW["log_density"](y, *theta).sum()

    start = LAW["start"](y)
    found = optimize.minimize(
        loss, [float(start[name]) for name in ("loc", "scale", "shape")], method="Nelder-Mead", tol=1e-12
    )
    return y, found.x, -found.fun, numeric_hessian(loss, found.x)


def numeric_hessian(function, x) -> np.ndarray:
    """Central differences of second order with a step of 1e-4, whose error is about 1e-7 of each entry."""
    step = 1e-4 * np.eye(3)
    return np.array(
        [
            [
                (function(x + a + b) - function(x + a - b) - function(x - a + b) + function(x - a - b)) / (4e-8)
                for b in step
            ]
            for a in step
        ]
    )


def test_the_fit_at_port_pirie(fit):
    """Published: 3.87474985, 0.19804396, -0.05010953; 0.0279322, 0.0202493, 0.0982556; 4.339058."""
    _, estimate, log_likelihood, hessian = fit
    assert_allclose(estimate, numbers(TABLE["fit"]["estimate"]), atol=2e-8)
    assert_allclose(estimate, (3.87474985, 0.19804396, -0.05010953), atol=2e-8)
    errors = np.sqrt(np.diag(np.linalg.inv(hessian)))
    assert_allclose(errors, numbers(TABLE["fit"]["standard_error"]), rtol=1e-4)
    assert_allclose(errors, (0.0279322, 0.0202493, 0.0982556), rtol=1e-4)
    assert_allclose(log_likelihood, float(TABLE["fit"]["log_likelihood"]), rtol=1e-12)


def test_derivatives_at_port_pirie(fit):
    """The derived Hessian gives the oracle's standard errors; the score vanishes at the oracle's estimate."""
    y, rows, theta = fit[0], FAMILY.kernels.rows, numbers(TABLE["fit"]["estimate"])
    _, score, hessian = rows.derivatives(rows.hoist(y), *theta)
    information = np.zeros((3, 3))
    information[np.tril_indices(3)] = [-np.sum(entry * np.ones_like(y)) for entry in hessian]
    information += np.tril(information, -1).T
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    assert_allclose(errors, numbers(TABLE["fit"]["standard_error"]), rtol=1e-12)
    assert_allclose([s.sum() for s in score] * errors, 0.0, atol=1e-12)


def test_the_table_is_what_the_script_makes(script):
    assert script.table() == TABLE


def test_the_fit_of_the_kit_at_port_pirie():
    """The kit's own fit, against the oracle's 25 digits and the digits that are published."""
    results = lk.LikelihoodModel(TABLE["fit"]["y"], family=FAMILY).fit()
    assert results.certificate.ok
    assert_allclose(results.params, numbers(TABLE["fit"]["estimate"]), rtol=1e-9)
    assert_allclose(results.bse, numbers(TABLE["fit"]["standard_error"]), rtol=1e-9)
    assert_allclose(results.llf, float(TABLE["fit"]["log_likelihood"]), rtol=1e-13)
    assert_allclose(results.params, (3.87474985, 0.19804396, -0.05010953), atol=5e-9)
    assert_allclose(results.bse, (0.0279322, 0.0202493, 0.0982556), atol=1e-7)


def test_the_summary_says_where_the_shape_is_kept():
    y = TABLE["fit"]["y"]
    sentence = "Shape is kept above -1: below, the likelihood has no bound"
    assert sentence in str(lk.LikelihoodModel(y, family=FAMILY).fit().summary())
    assert "has no bound" not in str(lk.LikelihoodModel(y, family=lk.Gamma()).fit().summary())


@pytest.mark.parametrize("limit", [1e3, 1e6, 1e10])
def test_the_hessian_far_beyond_the_law_is_that_of_its_exponential_tail(limit):
    """exp(-w) underflowed from w = 745 on: log density -inf, Hessian NaN. There log P(Y > y) is -w."""
    censored_law = lk.censored(lk.GeneralizedExtremeValue())
    at = {"loc": 0.0, "scale": 1.0, "shape": 0.0}
    hessian = censored_law.hessian(limit, event=0.0, **at)
    # w = z - shape z^2 / 2 + shape^2 z^3 / 3 with z = (y - loc) / scale: its second derivatives at shape 0.
    z = limit
    exact = -np.array([[0.0, 1.0, z], [1.0, 2 * z, z**2], [z, z**2, 2 * z**3 / 3]])
    assert_allclose(censored_law.log_density(limit, event=0.0, **at), -z, rtol=1e-14)
    assert_allclose(hessian, exact, rtol=1e-12)
