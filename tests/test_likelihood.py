"""The chain rule from rows to a parameter vector: against central differences, and a batch against each alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from likelihood_kit.calculus import DATUM
from likelihood_kit.families import CATALOGUE, Bernoulli, Exponential, Family, Gamma, Normal, Poisson, StudentT, Weibull
from likelihood_kit.likelihood import Likelihood
from likelihood_kit.links import LINE, known_links
from likelihood_kit.parameters import Interval
from likelihood_kit.predictor import Predictor, blocks, params_from_working, params_jacobian, working_from_params
from likelihood_kit.sample import Sample

ROWS = 7
#: Central difference of order 8: weights of f(x + k h) - f(x - k h), k = 1..4 (Fornberg 1988, table 1).
WEIGHTS = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])
STEP = 0.01


def difference(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, step: float = STEP) -> np.ndarray:
    """Derivatives `(..., k)` of a function of `(k,)`."""
    columns = []
    for j in range(len(at)):
        unit = step * np.eye(len(at))[j]
        moved = [function(at + k * unit) - function(at - k * unit) for k in (1, 2, 3, 4)]
        columns.append(sum(w * m for w, m in zip(WEIGHTS, moved, strict=True)) / step)
    return np.stack(columns, axis=-1)


def predictors_of(family: Family, designs: Mapping[str, np.ndarray]) -> tuple[Predictor, ...]:
    found = []
    for name in family.parameter_names:
        columns = designs.get(name)
        labels = (name,) if columns is None else tuple(f"{name}:{j}" for j in range(columns.shape[1]))
        found.append(Predictor(name, family.spaces[name], family.links[name], columns, labels))
    return tuple(found)


def likelihood_of(family: Family, y: np.ndarray, designs: Mapping[str, np.ndarray], **given) -> Likelihood:
    """Of samples `y (r, n)`, with columns of known quantities and of given parameters by name."""
    names = family.coordinate_names
    known = {name: given.get(name, family.fixed.get(name)) for name in family.law.data if name != DATUM}
    columns = {name: {DATUM: y, **known}[name] for name in family.law.data}
    held = {names.index(name): value for name, value in family.fixed.items() if name in names}
    return Likelihood(family.kernels, Sample.of(columns), predictors_of(family, designs), held)


def design(seed: int, q: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([np.ones(ROWS), rng.normal(size=(ROWS, q - 1))])


CASES = {
    "all constant": (Weibull(), {}),
    "predicted": (Weibull(), {"scale": design(1, 3)}),
    "the other": (Weibull(), {"shape": design(2, 2)}),
    "both": (Weibull(), {"shape": design(2, 2), "scale": design(1, 3)}),
    "one parameter": (Exponential(), {"scale": design(1, 2)}),
    "fixed in the middle": (StudentT(scale=0.7), {"loc": design(3, 2)}),
    "three, two driven": (StudentT(), {"loc": design(3, 2), "df": design(4, 2)}),
    "other coordinates": (Gamma(parameters=("mean", "shape")), {"mean": design(5, 3)}),
    "other link": (Bernoulli(links={"probability": "cloglog"}), {"probability": design(6, 2)}),
    "probit": (Bernoulli(links={"probability": "probit"}), {"probability": design(6, 3)}),
    "counts": (Poisson(), {"rate": design(7, 3)}),
    "variance": (Normal(parameters=("mean", "variance")), {"mean": design(8, 2), "variance": design(9, 2)}),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request):
    """Likelihood of three samples, and working `(3, k)`."""
    family, designs = request.param
    rng = np.random.default_rng(10)
    theta = {name: np.full((3, 1), float(family.spaces[name].link().inverse(0.4))) for name in family.parameter_names}
    y = np.asarray(family.sample((3, ROWS), rng, **theta), dtype=float)
    likelihood = likelihood_of(family, y, designs)
    k = sum(predictor.size for predictor in likelihood.predictors)
    return likelihood, rng.normal(0.3, 0.2, size=(3, k))


def assert_chain_rule(likelihood, working, natural, step=STEP):
    """Of a likelihood of one sample, at one working vector `(k,)`."""
    predictors = likelihood.predictors
    at = params_from_working(predictors, working) if natural else working

    def derivatives(point):
        there = working_from_params(predictors, point) if natural else point
        return [part[0] for part in likelihood.derivatives(there[None], natural=natural)]

    value, score, hessian = derivatives(at)
    assert_allclose(value, likelihood.value(working[None])[0], rtol=1e-13)
    assert_allclose(score, difference(lambda point: derivatives(point)[0], at, step), rtol=1e-7, atol=1e-8)
    assert_allclose(hessian, difference(lambda point: derivatives(point)[1], at, step), rtol=1e-7, atol=1e-7)
    assert_allclose(hessian, hessian.T, rtol=1e-12)


@pytest.mark.parametrize("natural", [False, True], ids=["working", "params"])
def test_chain_rule(case, natural):
    likelihood, working = case
    for i in range(3):
        assert_chain_rule(likelihood.take(np.array([i])), working[i], natural)


def test_a_wrong_chain_rule_is_found(case):
    """A chain rule that takes every link for a straight one."""
    likelihood, working = case

    def straight(predictor):
        def slopes(eta, theta):
            return predictor.link.slopes(eta, theta)[0], np.zeros_like(eta)

        return replace(predictor, link=replace(predictor.link, slopes=slopes))

    wrong = replace(likelihood.take(np.array([0])), predictors=tuple(map(straight, likelihood.predictors)))
    with pytest.raises(AssertionError):
        assert_chain_rule(wrong, working[0], natural=False)


def test_rows_add_up(case):
    likelihood, working = case
    for natural in (False, True):
        value, score, _ = likelihood.derivatives(working, natural=natural)
        for i in range(3):
            alone = likelihood.take(np.array([i]))
            assert_allclose(alone.row_values(working[i]).sum(), value[i], rtol=1e-12)
            rows = alone.row_scores(working[i], natural=natural)
            assert rows.shape == (ROWS, working.shape[1])
            assert_allclose(rows.sum(axis=0), score[i], rtol=1e-10, atol=1e-12)


def test_batch_is_each_alone(case):
    likelihood, working = case
    together = likelihood.derivatives(working)
    for i in range(3):
        alone = likelihood.take(np.array([i])).derivatives(working[i : i + 1])
        for part, single in zip(together, alone, strict=True):
            assert_allclose(part[i], single[0], rtol=1e-13, atol=1e-13)
    back = likelihood.take(np.array([2, 0]))
    assert_allclose(back.value(working[[2, 0]]), together[0][[2, 0]], rtol=1e-13)


def test_one_sample_under_many_vectors(case):
    likelihood, working = case
    one = likelihood.take(np.array([1]))
    many = one.derivatives(working)
    for i in range(3):
        for part, single in zip(many, one.derivatives(working[i : i + 1]), strict=True):
            assert_allclose(part[i], single[0], rtol=1e-13, atol=1e-13)


def test_params_and_working_invert_each_other(case):
    likelihood, working = case
    predictors = likelihood.predictors
    params = params_from_working(predictors, working)
    assert_allclose(working_from_params(predictors, params), working, rtol=1e-12)
    jacobian = params_jacobian(predictors, working[0])
    slopes = difference(lambda w: params_from_working(predictors, w), working[0])
    assert_allclose(np.diag(jacobian), slopes, rtol=1e-8, atol=1e-10)
    natural, inner = (likelihood.derivatives(working, natural=kind)[1][0] for kind in (True, False))
    assert_allclose(natural * jacobian, inner, rtol=1e-10, atol=1e-12)
    assert [place.stop - place.start for place in blocks(predictors)] == [predictor.size for predictor in predictors]


def test_expected_information_of_counts_is_the_observed_one():
    """With a log link a Poisson regression's Hessian does not depend on the counts."""
    x = design(7, 3)
    likelihood = likelihood_of(Poisson(), np.random.default_rng(1).poisson(2.0, (1, ROWS)).astype(float), {"rate": x})
    working = np.array([[0.3, -0.2, 0.5]])
    rate = likelihood.natural(working)[0]
    per_row = Poisson().expected_information(rate=rate[0])
    found = likelihood.expected_information(working[0], per_row)
    assert_allclose(found, x.T @ (rate[0][:, None] * x), rtol=1e-12)
    assert_allclose(found, -likelihood.derivatives(working, natural=True)[2][0], rtol=1e-12)


def test_expected_information_of_two_predictors():
    """In `params`: a design's block through the link's slope, a cross term, a parameter without one as it is."""
    family, x, z = Gamma(), design(1, 3), design(2, 2)
    y = np.random.default_rng(3).gamma(2.0, 1.0, (1, ROWS))
    for designs, working in (
        ({"shape": z, "scale": x}, np.array([0.3, 0.1, 0.4, -0.2, 0.2])),
        ({"scale": x}, np.array([0.3, 0.4, -0.2, 0.2])),
    ):
        likelihood = likelihood_of(family, y, designs)
        shape, scale = (np.broadcast_to(part, (1, ROWS))[0] for part in likelihood.natural(working[None]))
        per_row = family.expected_information(shape=shape, scale=scale)
        # Columns of d theta / d params of each row, one parameter of the law after the other.
        in_shape = shape[:, None] * z if "shape" in designs else np.ones((ROWS, 1))
        slopes = np.zeros((ROWS, 2, in_shape.shape[1] + 3))
        slopes[:, 0, : in_shape.shape[1]], slopes[:, 1, in_shape.shape[1] :] = in_shape, scale[:, None] * x
        wanted = np.einsum("nik,nij,njl->kl", slopes, per_row, slopes)
        found = likelihood.expected_information(working, per_row)
        assert_allclose(found, wanted, rtol=1e-12)
        assert np.abs(wanted[0, -1]) > 0.1


BOUNDED = [(Exponential, "scale"), (Gamma, "shape"), (Weibull, "scale"), (Normal, "sd"), (StudentT, "df")]


@pytest.mark.parametrize(("family", "name"), [*BOUNDED, (Poisson, "rate")])
def test_outside_the_space_there_is_no_likelihood(family, name):
    """Under an identity link nothing keeps a linear predictor inside."""
    held = family(links={name: "identity"})
    likelihood = likelihood_of(held, np.ones((1, ROWS)), {name: design(1, 2)})
    working = np.full((2, sum(p.size for p in likelihood.predictors)), 0.5)
    working[:, likelihood.places[held.parameter_names.index(name)]] = [[0.5, 0.0], [0.5, 10.0]]
    inside, outside = likelihood.value(working)
    assert np.isfinite(inside)
    assert outside == -np.inf
    assert likelihood.derivatives(working)[0][1] == -np.inf
    assert np.isfinite(likelihood.row_values(working[0])).all()
    assert (likelihood.row_values(working[1]) == -np.inf).all()
    params = working_from_params(predictors_of(held, {}), np.full(len(held.parameter_names), -1.0))
    assert np.isnan(params[held.parameter_names.index(name)])


@pytest.mark.parametrize(("shape", "scale"), [(-0.5, 2.0), (2.0, -0.5), (-0.5, -0.5)])
@pytest.mark.parametrize("driven", [(), ("scale",), ("shape", "scale")], ids=len)
def test_one_parameter_inside_does_not_stand_for_the_other(shape, scale, driven):
    """Both linear predictors straight: the one that is outside decides, whichever it is."""
    family = Weibull(links={"shape": "identity", "scale": "identity"})
    likelihood = likelihood_of(family, np.ones((1, ROWS)), {name: np.ones((ROWS, 1)) for name in driven})
    working = np.array([[1.0, 2.0], [shape, scale]])
    assert np.isfinite(likelihood.value(working)[0])
    assert likelihood.value(working)[1] == -np.inf
    assert likelihood.derivatives(working)[0][1] == -np.inf
    assert (likelihood.row_values(working[1]) == -np.inf).all()


class AnywhereDefined(Family):
    """A formula that is a number outside the space of its parameters too."""

    mean, slope = Interval(0, np.inf), Interval(0, np.inf)

    @staticmethod
    def log_density(y, mean, slope):
        return -((y - mean - slope * y) ** 2) / 2


@pytest.mark.parametrize("outside", [(-1.0, 0.5), (1.0, -0.5), (-1.0, -0.5)])
@pytest.mark.parametrize("driven", [(), ("mean",), ("mean", "slope")], ids=len)
@pytest.mark.parametrize("on_statistics", [True, False])
def test_the_space_ends_where_the_formula_does_not(outside, driven, on_statistics):
    family = AnywhereDefined(links={"mean": "identity", "slope": "identity"})
    likelihood = likelihood_of(family, np.ones((1, ROWS)), {name: np.ones((ROWS, 1)) for name in driven})
    likelihood = replace(likelihood, on_statistics=on_statistics)
    working = np.array([[1.0, 0.5], outside])
    assert np.isfinite(family.log_density(1.0, mean=1.0, slope=0.5))
    for value in (likelihood.value(working), likelihood.derivatives(working)[0]):
        assert np.isfinite(value[0])
        assert value[1] == -np.inf
    assert (likelihood.row_values(working[1]) == -np.inf).all()


def every_link() -> list[Family]:
    """Each family of the catalogue, in each of its coordinates, under each link of each parameter but the default."""
    found = []
    for family in CATALOGUE.values():
        for names in family().available_parameters:
            plain = family(parameters=names)
            found.append(plain)
            for name, space in plain.spaces.items():
                known = known_links(*space.numbers)[1:]
                found.extend(family(parameters=names, links={name: link}) for link in known)
    return found


@pytest.mark.parametrize("natural", [False, True], ids=["working", "params"])
@pytest.mark.parametrize("family", every_link(), ids=repr)
def test_chain_rule_under_every_link(family, natural):
    """Of the driven parameter through a design, of the others without one."""
    law, rng = family.law, np.random.default_rng(10)
    middle = {name: float(np.mean(law.typical[name])) for name in law.parameters}
    known = {name: np.round(rng.uniform(*law.typical[name], (1, ROWS))) for name in law.known}
    coordinates = law.coordinates.get(family.coordinate_names)
    theta = middle if coordinates is None else coordinates.from_canonical(*middle.values())
    y = np.asarray(family.sample((1, ROWS), rng, **theta, **known), dtype=float)
    if family.regular and not family.smooth:  # a difference across a kink is no derivative
        away = y - theta[family.predicted]
        y = theta[family.predicted] + np.copysign(np.maximum(np.abs(away), 1.0), away)
    likelihood = likelihood_of(family, y, {family.predicted: design(1, 2)}, **known)
    # Steps of a difference, in units of the linear predictor, must stay inside where an identity link keeps none.
    eta = {name: float(family.links[name].forward(np.asarray(theta[name]))) for name in family.parameter_names}
    smallest = min(
        [1.0, *(abs(eta[p.name]) for p in likelihood.predictors if p.link.has_unit and p.link.image != LINE)]
    )
    parts = [[eta[p.name], 0.02 * smallest][: p.size] for p in likelihood.predictors]
    assert_chain_rule(likelihood, np.concatenate(parts), natural, STEP * smallest)


def test_parameters_given_for_each_row():
    """Known standard deviations, as in a meta-analysis, against a weighted mean."""
    family, rng = Normal(), np.random.default_rng(4)
    y, sd = rng.normal(size=(1, ROWS)), rng.uniform(0.5, 3, (1, ROWS))
    predictor = Predictor("mean", family.spaces["mean"], family.links["mean"], None, ("mean",))
    likelihood = Likelihood(family.kernels, Sample.of({DATUM: y}), (predictor,), {1: sd})
    value, score, hessian = likelihood.derivatives(np.array([[0.3]]))
    assert likelihood.statistics is None
    assert_allclose(value, family.log_density(y, mean=0.3, sd=sd).sum(axis=1), rtol=1e-13)
    assert_allclose(score, ((y - 0.3) / sd**2).sum(axis=1, keepdims=True), rtol=1e-12)
    assert_allclose(hessian[0], [[-(1 / sd**2).sum()]], rtol=1e-12)
    few = likelihood.row_subset(np.array([1, 4]))
    assert_allclose(few.value(np.array([[0.3]])), family.log_density(y[:, [1, 4]], mean=0.3, sd=sd[:, [1, 4]]).sum())


@pytest.mark.parametrize("trials", [np.array([5.0, 9, 3, 12, 4, 7, 20]), 20.0], ids=["per row", "one number"])
def test_a_known_quantity_in_a_likelihood(trials):
    family, rng = CATALOGUE["Binomial"](), np.random.default_rng(5)
    y = rng.binomial(np.broadcast_to(trials, ROWS).astype(int), 0.3, (3, ROWS)).astype(float)
    likelihood = likelihood_of(family, y, {}, trials=trials)
    working = np.array([[-0.5], [0.1], [0.4]])
    probability = 1 / (1 + np.exp(-working))
    assert_allclose(
        likelihood.value(working), family.log_density(y, trials=trials, probability=probability).sum(axis=1)
    )
    total = np.broadcast_to(trials, ROWS).sum()
    assert_allclose(likelihood.derivatives(working)[1], y.sum(axis=1, keepdims=True) - total * probability, rtol=1e-11)
    on_rows = replace(likelihood, on_statistics=False)
    for one, other in zip(likelihood.derivatives(working), on_rows.derivatives(working), strict=True):
        assert_allclose(one, other, rtol=1e-11, atol=1e-10)
